"""MiniStack, the AWS emulator: started with IAM enforced, on the loopback interface, with its state in our folder."""

import json
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from sandbox.local_stack.processes import Child, wait_until
from sandbox.local_stack.settings import PROJECT, REGION, StackSettings


def emulator_python() -> Path:
    """The interpreter of the emulator's own environment, which also runs the functions."""
    default = PROJECT / ".local" / "ministack"
    return Path(os.environ.get("MINISTACK_ENVIRONMENT", default)) / "bin" / "python"


def start_emulator(settings: StackSettings) -> Child:
    """Starts it and waits until it answers.

    The emulator writes its state when it is asked to end (SIGTERM), and only then: a killed one forgets what came after
    its last orderly end.
    """
    _forget_stream_positions(settings.state_folder / "aws" / "lambda.json")
    scratch = settings.state_folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    # A bare environment: the functions' processes inherit all of it.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(settings.state_folder),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch),
        "GATEWAY_PORT": str(settings.aws_port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.state_folder / "aws"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.state_folder / "s3"),
        # Servers nobody needs; both would listen on every interface.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # One process per concurrent invocation, 60 to 90 MB and 0.5 s of processor time at its start. Past the cap the
        # emulator throttles like AWS, which for requests means an error; the front door therefore queues before it.
        "LAMBDA_ACCOUNT_CONCURRENCY": "64",
        # Surplus processes of a burst go after this; the first of each function stays, so a call is never cold twice.
        "LAMBDA_WARM_TTL_SECONDS": "120",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "1",
        "CLOUDTRAIL_RECORDING": "1" if settings.records_calls else "0",
        "CLOUDTRAIL_MAX_EVENTS": "2000000",
    }
    child = Child.start(
        "emulator",
        [str(emulator_python()), "-m", "ministack"],
        folder=settings.state_folder,
        environment=environment,
        state_folder=settings.state_folder,
    )
    wait_until(lambda: _answers(settings), what="The AWS emulator", timeout_s=60, child=child)
    return child


def _forget_stream_positions(state_file: Path) -> None:
    """Lets stream readers begin at the beginning after a restart.

    The emulator keeps how far each has read but not the stream itself, and would pass over as many new records. What
    was unread at the end is lost to the reader; caretaker sweeps outbox items that nobody claimed.
    """
    if state_file.exists():
        state = json.loads(state_file.read_text())
        state["payload"]["dynamodb_stream_positions"] = {}
        state_file.write_text(json.dumps(state))


def _answers(settings: StackSettings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.aws_endpoint_url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
