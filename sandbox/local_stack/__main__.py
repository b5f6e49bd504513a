"""`python -m sandbox.local_stack up|down|status`; `make run`, `make stop` and `make test` call it."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sandbox.local_stack.processes import StackError, running_pid
from sandbox.local_stack.settings import PROJECT, StackSettings
from sandbox.local_stack.supervisor import down, up


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 fine, 1 failed with one clear message, 3 not running (status)."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.local_stack", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument(
        "--state-dir", type=Path, default=PROJECT / ".local", help="where data, logs and stack.json live"
    )
    parser.add_argument(
        "--detach", action="store_true", help="up: return when ready; the stack goes on in the background"
    )
    parser.add_argument("--fresh", action="store_true", help="up: forget the data of the last time")
    parser.add_argument("--record-calls", action="store_true", help="up: keep every AWS call with its role")
    parser.add_argument("--no-story", action="store_true", help="up: do not play the story")
    options = parser.parse_args(arguments)
    try:
        settings = StackSettings.from_environment(
            os.environ, options.state_dir, records_calls=options.record_calls, tells_story=not options.no_story
        )
        if options.command == "down":
            print("Stopped." if down(settings) else "Nothing was running.")
        elif options.command == "status":
            return _status(settings)
        else:
            if options.fresh:
                down(settings)
                shutil.rmtree(settings.state_folder, ignore_errors=True)
            settings.state_folder.mkdir(parents=True, exist_ok=True)
            if options.detach:
                _up_in_background(settings, arguments)
            else:
                up(settings)
    except (StackError, ValueError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _status(settings: StackSettings) -> int:
    if running_pid(settings.state_folder / "supervisor.pid") is None or not settings.description_file.exists():
        print("The local stack is not running; `make run` starts it.")
        return 3
    print(settings.description_file.read_text(), end="")
    return 0


def _up_in_background(settings: StackSettings, arguments: list[str]) -> None:
    """Returns when the stack is ready. Raises StackError when it ended before."""
    passed = [argument for argument in arguments if argument not in {"--detach", "--fresh"}]
    log_file = settings.state_folder / "logs" / "supervisor.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    settings.description_file.unlink(missing_ok=True)
    with log_file.open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "sandbox.local_stack", *passed],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    shown = 0
    while True:
        ended = supervisor.poll() is not None
        ready = settings.description_file.exists()
        written = log_file.read_text(errors="replace")
        print(written[shown:], end="", flush=True)
        shown = len(written)
        if ended:
            raise StackError(f"The local stack did not start; see above and {log_file}")
        if ready:
            return
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
