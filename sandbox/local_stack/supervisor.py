"""Brings the local stack up in order, keeps watch, and takes it down in order."""

import contextlib
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import FrameType
from typing import Any

from sandbox.local_stack.deployment import deploy_when_changed
from sandbox.local_stack.emulator import start_emulator
from sandbox.local_stack.processes import (
    Child,
    StackError,
    require_free_port,
    running_pid,
    stop_by_pid_file,
    wait_until,
    write_pid_file,
)
from sandbox.local_stack.settings import PROJECT, REGION, StackSettings
from sandbox.local_stack.story import prepare, tell

CHILDREN = ("front-door", "sandbox", "emulator")


class _Stop(Exception):
    """Somebody asked us to end."""


def _raise_stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stop


def _say(message: str) -> None:
    print(message, flush=True)


@contextlib.contextmanager
def _step(message: str) -> Iterator[None]:
    """Says what is being done and how long it took."""
    print(f"  {message} …", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def up(settings: StackSettings) -> None:
    """Starts everything, says where it is, and stays until Ctrl-C, SIGTERM or the end of a part. Raises StackError."""
    pid_file = settings.state_folder / "supervisor.pid"
    if running_pid(pid_file) is not None:
        raise StackError("The local stack runs already; `make stop` ends it.")
    for name in CHILDREN:
        stop_by_pid_file(settings.state_folder / f"{name}.pid")
    ports = ((settings.port, "PORT"), (settings.sandbox_port, "SANDBOX_PORT"), (settings.aws_port, "AWS_PORT"))
    for port, variable in ports:
        require_free_port(port, variable)
    settings.description_file.unlink(missing_ok=True)
    write_pid_file(pid_file, os.getpid())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    children: list[Child] = []
    try:
        _start(settings, children)
        while True:
            for child in children:
                if child.ended():
                    raise StackError(f"{child.name} ended; the last lines of {child.log_file}:\n{child.last_lines()}")
            time.sleep(0.5)
    except _Stop:
        _say("\nStopping …")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        settings.description_file.unlink(missing_ok=True)
        for child in reversed(children):
            child.stop()
        pid_file.unlink(missing_ok=True)
    _say("Stopped. The data is kept; `make run` goes on with it.")


def _start(settings: StackSettings, children: list[Child]) -> None:
    began = time.monotonic()
    _say("Starting the local stack")
    with _step("point-of-sale sandbox"):
        children.append(_start_sandbox(settings))
    with _step("AWS emulator"):
        children.append(start_emulator(settings))
    with _step("build and deploy (about 20 s when something changed)"):
        outputs, _ = deploy_when_changed(settings)
    with _step("front door"):
        children.append(_start_front_door(settings, outputs["ApiId"]))
    stack: dict[str, Any] = {
        "api_url": settings.public_url,
        "sandbox_url": settings.sandbox_url,
        "aws_endpoint_url": settings.aws_endpoint_url,
        "region": REGION,
        "outputs": outputs,
    }
    stack = prepare(stack, settings.state_folder / "demo-key")
    # Written when all is ready: whoever waits for the file need not wait for anything else.
    unfinished = settings.description_file.with_suffix(".new")
    unfinished.write_text(json.dumps(stack, indent=2) + "\n")
    unfinished.replace(settings.description_file)
    _say(f"Ready after {time.monotonic() - began:.1f} s\n")
    if settings.tells_story:
        tell(stack, settings.state_folder / "story-told")
    _say(f"  API and docs   {settings.public_url}/docs")
    _say(f"  register       {settings.sandbox_url}/")
    _say(f"  AWS            {settings.aws_endpoint_url}   (region {REGION})")
    _say(f"  all addresses  {settings.description_file}")
    _say(f"  logs           {settings.state_folder / 'logs'}\n")
    _say("Ctrl-C or `make stop` ends it.")


def _start_sandbox(settings: StackSettings) -> Child:
    state = settings.state_folder / "sandbox"
    state.mkdir(parents=True, exist_ok=True)
    child = Child.start(
        "sandbox",
        [sys.executable, "-m", "sandbox", "--port", str(settings.sandbox_port), "--state-dir", str(state)],
        folder=PROJECT,
        environment=settings.aws_environment() | {"SANDBOX_AWS_INSPECT_URL": settings.aws_endpoint_url},
        state_folder=settings.state_folder,
    )
    wait_until(lambda: _answers(f"{settings.sandbox_url}/health"), what="The sandbox", timeout_s=30, child=child)
    return child


def _start_front_door(settings: StackSettings, api_id: str) -> Child:
    command = [
        sys.executable,
        "-m",
        "sandbox.local_stack.front_door",
        str(settings.port),
        str(settings.aws_port),
        api_id,
    ]
    child = Child.start(
        "front-door",
        command,
        folder=PROJECT,
        environment=settings.aws_environment(),
        state_folder=settings.state_folder,
    )
    wait_until(lambda: _answers(f"{settings.public_url}/health"), what="The front door", timeout_s=30, child=child)
    return child


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def down(settings: StackSettings) -> bool:
    """Ends everything of this state folder, also what a killed supervisor left. False when nothing ran."""
    found = stop_by_pid_file(settings.state_folder / "supervisor.pid", timeout_s=60)
    for name in CHILDREN:
        found = stop_by_pid_file(settings.state_folder / f"{name}.pid") or found
    settings.description_file.unlink(missing_ok=True)
    return found
