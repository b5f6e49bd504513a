"""Unit tests are in process: none may open a connection to another host, and only those that say so any at all."""

from __future__ import annotations

import pytest
from pytest_socket import socket_allow_hosts


@pytest.fixture(autouse=True)
def _no_network() -> None:
    """Loopback only: a few tests talk to a server of their own on it."""
    socket_allow_hosts(["127.0.0.1"])
