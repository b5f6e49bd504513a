"""The stack's secret: the fake and the real adapter (on moto) answer alike; then what only the real one does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from shared.adapters.kounta.tokens import Credentials
from shared.adapters.secretsmanager.stack_secret import (
    ConnectionSecret,
    HookSecrets,
    NowBookItSecret,
    SecretContent,
    StackSecret,
)
from shared.domain.errors import ConflictError, NotFoundError, PermissionLostError, RelayError, UnreachableError
from tests.fake_secrets import InMemoryStackSecret

KOUNTA = ConnectionSecret(Credentials("client-1", "very-secret"), ("token-old", "token-new"))
DIARY = NowBookItSecret("diary-key", "X-Hook-Token", ("hook-1",))
HOOKS = HookSecrets(("rd-new", "rd-old"), "example-bookings", ("whsec_bmV3", "whsec_b2xk"))
DRIVERS = ("whsec_ZHJpdmVyLW5ldw==", "whsec_ZHJpdmVyLW9sZA==")
AS_MADE = {"link_key": "link-key", "connections": {}, "nowbookit": {}}


class Moments:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Counting:
    """A client that counts its calls, fails when told, and lets others in between."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[str] = []
        self.failure: Exception | None = None
        self.before: dict[str, Callable[[], None]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append(name)
            if self.failure is not None:
                raise self.failure
            self.before.pop(name, lambda: None)()
            return getattr(self.client, name)(**arguments)

        return call


@pytest.fixture
def clock() -> Moments:
    return Moments()


@pytest.fixture
def client() -> Iterator[Counting]:
    with mock_aws():
        yield Counting(
            boto3.client(
                "secretsmanager",
                region_name="ap-southeast-2",
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            )
        )


@pytest.fixture
def arn(client: Counting) -> str:
    made: str = client.client.create_secret(Name="stack", SecretString=json.dumps(AS_MADE))["ARN"]
    return made


@pytest.fixture
def real(client: Counting, arn: str, clock: Moments) -> StackSecret:
    return StackSecret(client, arn, clock)  # type: ignore[arg-type]  # counts for the real one


@pytest.fixture(params=["in memory", "secrets manager"])
def secret(request: pytest.FixtureRequest) -> StackSecret | InMemoryStackSecret:
    if request.param == "in memory":
        return InMemoryStackSecret()
    made: StackSecret = request.getfixturevalue("real")
    return made


def fill(content: SecretContent) -> SecretContent:
    content = content.with_connection("kounta-5678", KOUNTA).with_nowbookit("harbour", DIARY)
    return content.with_hooks("harbour", HOOKS).with_driver_tracking("harbour", DRIVERS)


def test_what_is_stored_is_found(secret: StackSecret | InMemoryStackSecret) -> None:
    assert secret.link_key() == "link-key"
    assert secret.update(fill) == secret.content()
    assert secret.connection("kounta-5678") == KOUNTA
    assert secret.nowbookit("harbour") == DIARY
    assert secret.hooks("harbour") == HOOKS
    assert secret.driver_tracking("harbour") == DRIVERS
    assert secret.link_key() == "link-key"


def test_what_is_missing_is_said(secret: StackSecret | InMemoryStackSecret) -> None:
    with pytest.raises(NotFoundError, match="kounta-1"):
        secret.connection("kounta-1")
    with pytest.raises(NotFoundError, match="harbour"):
        secret.nowbookit("harbour")
    with pytest.raises(NotFoundError, match="harbour"):
        secret.driver_tracking("harbour")


def test_nothing_secret_in_a_repr() -> None:
    shown = repr(fill(SecretContent("link-key")))
    for hidden in ("link-key", "very-secret", "token-old", "diary-key", "hook-1", *DRIVERS):
        assert hidden not in shown


def test_a_warm_function_makes_no_call(real: StackSecret, client: Counting, clock: Moments) -> None:
    real.update(fill)
    client.calls.clear()
    for _ in range(20):
        clock.forward(14)
        real.connection("kounta-5678")
        real.link_key()
    assert client.calls == []
    clock.forward(21)
    real.link_key()
    assert client.calls == ["get_secret_value"]


def test_a_venue_set_up_just_now_is_found(real: StackSecret, client: Counting, arn: str, clock: Moments) -> None:
    real.link_key()
    StackSecret(client.client, arn, clock).update(fill)
    with pytest.raises(NotFoundError):
        real.nowbookit("harbour")
    clock.forward(11)
    assert real.nowbookit("harbour") == DIARY


def test_asking_for_what_is_missing_does_not_call_each_time(
    real: StackSecret, client: Counting, clock: Moments
) -> None:
    for _ in range(50):
        clock.forward(0.1)
        with pytest.raises(NotFoundError):
            real.nowbookit("nobody")
    assert len(client.calls) == 1


def test_an_outage_does_not_forget(real: StackSecret, client: Counting, clock: Moments) -> None:
    real.update(fill)
    client.failure = EndpointConnectionError(endpoint_url="https://secretsmanager.example.com")
    clock.forward(301)
    client.calls.clear()
    assert real.connection("kounta-5678") == KOUNTA
    assert real.connection("kounta-5678") == KOUNTA
    assert client.calls == ["get_secret_value"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AccessDeniedException", PermissionLostError),
        ("InternalServiceError", UnreachableError),
        ("ResourceNotFoundException", NotFoundError),
    ],
)
def test_errors_in_the_relays_words(real: StackSecret, client: Counting, code: str, expected: type[RelayError]) -> None:
    client.failure = ClientError({"Error": {"Code": code, "Message": "no"}}, "GetSecretValue")
    with pytest.raises(expected):
        real.link_key()


def test_two_operators_at_once_lose_nothing(real: StackSecret, client: Counting, arn: str, clock: Moments) -> None:
    other = StackSecret(client.client, arn, clock)
    client.before["put_secret_value"] = lambda: _ignore(
        other.update(lambda content: content.with_nowbookit("elsewhere", DIARY))
    )
    real.update(lambda content: content.with_connection("kounta-5678", KOUNTA))
    content = StackSecret(client.client, arn, clock).content()
    assert content.nowbookit["elsewhere"] == DIARY
    assert content.connections["kounta-5678"] == KOUNTA


def test_endless_interference_is_a_conflict(real: StackSecret, client: Counting, arn: str, clock: Moments) -> None:
    other = StackSecret(client.client, arn, clock)
    counter = iter(range(1000))

    def interfere() -> None:
        other.update(lambda content: content.with_nowbookit(f"venue-{next(counter)}", DIARY))
        client.before["put_secret_value"] = interfere

    client.before["put_secret_value"] = interfere
    with pytest.raises(ConflictError):
        real.update(lambda content: content.with_connection("kounta-5678", KOUNTA))


def test_no_change_is_no_write(real: StackSecret, client: Counting) -> None:
    real.update(fill)
    client.calls.clear()
    real.update(fill)
    assert client.calls == ["get_secret_value"]


def test_what_newer_code_wrote_is_kept(real: StackSecret, client: Counting, arn: str) -> None:
    newer = {**AS_MADE, "kseries": {"venue": {"secret": "x"}}}
    client.client.put_secret_value(SecretId=arn, SecretString=json.dumps(newer))
    real.update(fill)
    stored = json.loads(client.client.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"])
    assert stored["kseries"] == {"venue": {"secret": "x"}}
    assert stored["connections"]["kounta-5678"]["signature_tokens"] == ["token-old", "token-new"]


@pytest.mark.parametrize(
    "text", ["not json", "[]", "{}", '{"link_key": 5}', '{"link_key": "k", "connections": {"a": 1}}']
)
def test_a_foreign_secret_is_said_without_its_words(real: StackSecret, client: Counting, arn: str, text: str) -> None:
    client.client.put_secret_value(SecretId=arn, SecretString=text)
    with pytest.raises(NotFoundError, match="shape") as caught:
        real.link_key()
    assert caught.value.__cause__ is None


def _ignore(_content: SecretContent) -> None:
    return None
