"""One relay a test: moto's AWS, the template's table, a sandbox, cold functions."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

# Read once, when the functions are first imported.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "PosRelay")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "pos-relay-test")

from shared import outside
from tests.functions.relay import Relay


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """A relay with one venue and one key."""
    yield from _relay(monkeypatch)


@pytest.fixture(scope="module")
def lasting_relay() -> Iterator[Relay]:
    """One for all tests of a module, which leave it as it was. No other relay may be made meanwhile."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield from _relay(monkeypatch)


def _relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    with mock_aws():
        made = Relay(monkeypatch.setenv)
        yield made
        made.sandbox.close()
    outside.start_over(outside.Outside())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Powertools warns of invocations that count nothing; for a delivery that is as it should be nothing is counted."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:No application metrics to publish"))
