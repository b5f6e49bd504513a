"""`python -m sandbox --port 8601 [--host 127.0.0.1] [--state-dir DIR] [--public-url URL]`."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from sandbox.app import make_app
from sandbox.core import Sandbox, empty_mailbox
from sandbox.mailbox import emulator_mailbox
from sandbox.settings import SandboxSettings
from sandbox.sockets import DroppableProtocol

INSPECT_URL = "SANDBOX_AWS_INSPECT_URL"
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
DEFAULT_REGION = "ap-southeast-2"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Kounta and a Now Book It to try against.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; the control API has no key")
    parser.add_argument("--port", type=int, default=8601)
    parser.add_argument("--state-dir", type=Path, help="folder that keeps orders and bookings over a restart")
    parser.add_argument("--public-url", help="how others reach this server, when it is not as they call it")
    parser.add_argument("--log-level", default="warning")
    wanted = parser.parse_args(arguments)
    try:
        listener = socket.create_server((wanted.host, wanted.port), backlog=1024)
    except OSError as trouble:
        reason = os.strerror(trouble.errno) if trouble.errno is not None and trouble.errno > 0 else str(trouble)
        print(f"The sandbox cannot listen on {wanted.host}:{wanted.port}: {reason}.", file=sys.stderr)
        return 1
    inspect_url = os.environ.get(INSPECT_URL)
    region = next((os.environ[name] for name in REGIONS if os.environ.get(name)), DEFAULT_REGION)
    own_url = f"http://{wanted.host}:{listener.getsockname()[1]}"
    sandbox = Sandbox(
        settings=SandboxSettings(public_url=wanted.public_url or own_url),
        state_dir=wanted.state_dir,
        read_mailbox=emulator_mailbox(inspect_url, region) if inspect_url else empty_mailbox,
    )
    config = uvicorn.Config(
        make_app(sandbox, wanted.public_url),
        http=DroppableProtocol,
        log_level=wanted.log_level,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    print(
        f"Sandbox on {own_url} (register pages there, Kounta under /kounta, Now Book It under /nowbookit)", flush=True
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
