"""Child processes with pid files, so that `down` can end what a lost supervisor left behind."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class StackError(Exception):
    """The local stack cannot go on; the message says why and what to do."""


def require_free_port(port: int, variable: str) -> None:
    """Raises StackError when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(
                f"Port {port} is in use. Stop what uses it (`make stop` if it is ours) or choose another: "
                f"make run {variable}={port + 1000}"
            ) from error


def wait_until(true: Callable[[], bool], *, what: str, timeout_s: float, child: "Child | None" = None) -> None:
    """Raises StackError when it does not become true in time, or the child that shall make it true has ended."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if child is not None and child.ended():
            raise StackError(f"{what} ended at once; the last lines of {child.log_file}:\n{child.last_lines()}")
        if time.monotonic() > deadline:
            hint = f"; see {child.log_file}" if child is not None else ""
            raise StackError(f"{what} was not there after {timeout_s:.0f} s{hint}")
        time.sleep(0.05)


@dataclass(slots=True)
class Child:
    """A running child process, its log and its pid file."""

    name: str
    process: subprocess.Popen[bytes]
    log_file: Path
    pid_file: Path

    @classmethod
    def start(
        cls, name: str, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], state_folder: Path
    ) -> "Child":
        """Starts it in a session of its own: Ctrl-C reaches the supervisor only, which ends it in order."""
        log_file = state_folder / "logs" / f"{name}.log"
        log_file.parent.mkdir(parents=True, exist_ok=True)
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pid_file = state_folder / f"{name}.pid"
        write_pid_file(pid_file, process.pid)
        return cls(name, process, log_file, pid_file)

    def ended(self) -> bool:
        """Whether the process is gone."""
        return self.process.poll() is not None

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-count:])

    def stop(self, timeout_s: float = 20) -> None:
        """Asks it to end, then ends it; its whole process group goes with it."""
        if not self.ended():
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout_s)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.pid_file.unlink(missing_ok=True)


def _started_at(pid: int) -> str:
    """When the process began, empty when there is none: tells it from a later one with its number."""
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return " ".join(answer.stdout.split())


def write_pid_file(pid_file: Path, pid: int) -> None:
    """Notes the process and when it began."""
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    pid_file.write_text(f"{pid}\n{_started_at(pid)}\n")


def running_pid(pid_file: Path) -> int | None:
    """The process the file speaks of, or None when it has ended."""
    try:
        number, started_at, *_ = pid_file.read_text().splitlines()
    except (FileNotFoundError, ValueError):
        return None
    return int(number) if started_at and _started_at(int(number)) == started_at else None


def stop_by_pid_file(pid_file: Path, timeout_s: float = 30) -> bool:
    """Ends the process the file speaks of. False when there was none."""
    pid = running_pid(pid_file)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + timeout_s
        while running_pid(pid_file) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        if running_pid(pid_file) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    pid_file.unlink(missing_ok=True)
    return pid is not None
