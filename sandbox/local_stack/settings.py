"""Where the local stack stands: folders, ports and addresses, all from the environment or the command line."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
REGION = "ap-southeast-2"
STACK_NAME = "pos-relay"


@dataclass(frozen=True, slots=True)
class StackSettings:
    """One local stack; two with different folders and ports can run side by side."""

    state_folder: Path
    port: int
    sandbox_port: int
    aws_port: int
    kounta_api_url: str
    kounta_auth_url: str
    nowbookit_api_url: str
    timings: str
    log_level: str
    records_calls: bool
    """Whether every AWS call is kept with the role that made it, for comparing roles with use."""
    tells_story: bool = True
    """Whether the story is played once everything is up."""

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str],
        state_folder: Path,
        *,
        records_calls: bool = False,
        tells_story: bool = True,
    ) -> "StackSettings":
        """Raises ValueError when a port is not a number."""
        sandbox_port = int(environment.get("SANDBOX_PORT", "8601"))
        sandbox_url = f"http://127.0.0.1:{sandbox_port}"
        return cls(
            state_folder=state_folder.absolute(),
            port=int(environment.get("PORT", "8600")),
            sandbox_port=sandbox_port,
            aws_port=int(environment.get("AWS_PORT", "8602")),
            kounta_api_url=environment.get("KOUNTA_API_URL", f"{sandbox_url}/kounta"),
            kounta_auth_url=environment.get("KOUNTA_AUTH_URL", f"{sandbox_url}/kounta"),
            nowbookit_api_url=environment.get("NOWBOOKIT_API_URL", f"{sandbox_url}/nowbookit"),
            timings=environment.get("TIMINGS", "{}"),
            log_level=environment.get("LOG_LEVEL", "INFO"),
            records_calls=records_calls,
            tells_story=tells_story,
        )

    @property
    def public_url(self) -> str:
        """What people, platforms and the sandbox call."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The fake Kounta and Now Book It, their control API and the register page."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def aws_endpoint_url(self) -> str:
        """Where SDKs find the emulated AWS."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def description_file(self) -> Path:
        """stack.json, which scripts and tests read."""
        return self.state_folder / "stack.json"

    def template_parameters(self) -> dict[str, str]:
        """The parameters of the template that differ from its defaults here."""
        return {
            "Runtime": f"python{sys.version_info.major}.{sys.version_info.minor}",
            "Architecture": "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64",
            "PublicUrl": self.public_url,
            "KountaApiUrl": self.kounta_api_url,
            "KountaAuthUrl": self.kounta_auth_url,
            "NowBookItApiUrl": self.nowbookit_api_url,
            "Timings": self.timings,
            "LogLevel": self.log_level,
            # Each writer is a process of about 80 MB; four keep two processors busy.
            "WriterConcurrency": "4",
            "DeliveryConcurrency": "2",
            # The sandbox, which catches what platforms are told, is on this machine.
            "PrivateEndpoints": "allowed",
        }

    def aws_environment(self) -> dict[str, str]:
        """An environment in which SDKs and the SAM CLI reach the emulator and never a real account."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL": self.aws_endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
            # Seconds between two looks at the deployment; the default of five is most of a local deployment's time.
            "SAM_CLI_POLL_DELAY": "0.3",
        }
