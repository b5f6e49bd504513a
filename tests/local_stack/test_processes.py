"""Processes that are started are found again, and nobody else's are ended."""

import os
import socket
import sys
from pathlib import Path

import pytest

from sandbox.local_stack.processes import (
    Child,
    StackError,
    require_free_port,
    running_pid,
    stop_by_pid_file,
    wait_until,
    write_pid_file,
)
from sandbox.local_stack.settings import StackSettings

WAITS = "import signal; print('up', flush=True); signal.pause()"


def start(folder: Path, program: str) -> Child:
    """A Python process with its files in a folder with a space."""
    return Child.start(
        "child", [sys.executable, "-c", program], folder=folder, environment=os.environ, state_folder=folder / "a state"
    )


def test_child_is_found_by_its_pid_file_and_stopped(tmp_path: Path) -> None:
    child = start(tmp_path, WAITS)
    wait_until(lambda: child.last_lines() == "up", what="The child", timeout_s=10, child=child)
    assert running_pid(child.pid_file) == child.process.pid
    child.stop()
    assert child.ended()
    assert running_pid(child.pid_file) is None


def test_pid_file_of_a_process_that_began_at_another_time_ends_nobody(tmp_path: Path) -> None:
    pid_file = tmp_path / "old.pid"
    pid_file.write_text(f"{os.getpid()}\nThu Jan 1 00:00:00 1970\n")
    assert stop_by_pid_file(pid_file) is False
    assert not pid_file.exists()


def test_own_process_is_recognised(tmp_path: Path) -> None:
    write_pid_file(tmp_path / "own.pid", os.getpid())
    assert running_pid(tmp_path / "own.pid") == os.getpid()


def test_child_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = start(tmp_path, "raise SystemExit('no room')")
    with pytest.raises(StackError, match="no room"):
        wait_until(lambda: False, what="The child", timeout_s=10, child=child)
    child.stop()


@pytest.mark.enable_socket
def test_port_in_use_is_said_with_the_fix() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port} is in use.*make run AWS_PORT="):
            require_free_port(port, "AWS_PORT")


def test_vendor_addresses_default_to_the_sandbox_and_can_be_replaced(tmp_path: Path) -> None:
    own = StackSettings.from_environment({"SANDBOX_PORT": "9001"}, tmp_path)
    assert own.kounta_api_url == "http://127.0.0.1:9001/kounta"
    assert own.nowbookit_api_url == "http://127.0.0.1:9001/nowbookit"
    other = StackSettings.from_environment({"KOUNTA_API_URL": "http://127.0.0.1:5/k", "PORT": "9000"}, tmp_path)
    assert other.template_parameters()["KountaApiUrl"] == "http://127.0.0.1:5/k"
    assert other.template_parameters()["PublicUrl"] == "http://127.0.0.1:9000"


def test_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="eighty"):
        StackSettings.from_environment({"PORT": "eighty"}, tmp_path)
