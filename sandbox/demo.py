"""Reading `demo.toml`: the companies, clients and bookings the sandbox starts with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

DEMO_FILE = Path(__file__).with_name("demo.toml")


def read_demo() -> dict[str, Any]:
    """The demo set-up as it stands in its file."""
    return tomllib.loads(DEMO_FILE.read_text(encoding="utf-8"))
