"""Builds the template with the SAM CLI and deploys it to the emulator, when something changed since the last time."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.local_stack.processes import StackError
from sandbox.local_stack.settings import PROJECT, REGION, STACK_NAME, StackSettings

# What the zips and the stack are made of.
SOURCES = ("template.yaml", "samconfig.toml", "Makefile", "uv.lock", "functions", "shared")


def _source_files() -> Iterator[Path]:
    for name in SOURCES:
        source = PROJECT / name
        found = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def fingerprint(parameters: dict[str, str]) -> str:
    """The same for the same sources and parameters."""
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    for file in _source_files():
        digest.update(str(file.relative_to(PROJECT)).encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def deploy_when_changed(settings: StackSettings) -> tuple[dict[str, str], bool]:
    """Returns the stack's outputs, and whether it had to be deployed. Raises StackError with the end of SAM's log."""
    wanted = fingerprint(settings.template_parameters())
    noted = settings.state_folder / "deployed"
    outputs = _outputs(settings)
    if outputs and noted.exists() and noted.read_text() == wanted:
        return outputs, False
    noted.unlink(missing_ok=True)
    overrides = [f"{name}={json.dumps(value)}" for name, value in settings.template_parameters().items()]
    built = settings.state_folder / "aws-sam"
    _sam(settings, "build", "--build-dir", str(built), "--parameter-overrides", " ".join(overrides))
    _sam(
        settings,
        "deploy",
        "--template-file",
        str(built / "template.yaml"),
        "--parameter-overrides",
        " ".join(overrides),
    )
    outputs = _outputs(settings)
    if not outputs:
        raise StackError(f"The stack was deployed but cannot be described; see {settings.state_folder / 'logs'}")
    noted.write_text(wanted)
    return outputs, True


def _sam(settings: StackSettings, *arguments: str) -> None:
    log_file = settings.state_folder / "logs" / f"sam-{arguments[0]}.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "samcli",
        *arguments,
        "--config-file",
        str(PROJECT / "samconfig.toml"),
        "--config-env",
        "local",
    ]
    with log_file.open("wb") as log:
        ended = subprocess.run(
            command,
            cwd=PROJECT,
            env=settings.aws_environment() | {"ENV": "local", "PYTHON": sys.executable},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode:
        end = "\n".join(log_file.read_text(errors="replace").splitlines()[-25:])
        raise StackError(f"sam {arguments[0]} failed; the end of {log_file}:\n{end}")


def _outputs(settings: StackSettings) -> dict[str, str]:
    """Empty when there is no such stack or its last deployment failed."""
    client = boto3.client(
        "cloudformation",
        endpoint_url=settings.aws_endpoint_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        stack = client.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError:
        return {}
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
