"""What every token store does: the fake in memory and the one on DynamoDB and KMS (both played by moto)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from shared.adapters.dynamodb.token_store import LEASE_S, DynamoDBTokenStore
from shared.adapters.kounta.tokens import Tokens, TokenStore
from shared.domain.errors import PermissionLostError, UnreachableError
from tests.fake_tokens import InMemoryTokenStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
OLD = Tokens("access-1", "refresh-1", NOW)
NEW = Tokens("access-2", "refresh-2", NOW + timedelta(hours=1))
HERE = "kounta-5678"
REGION = "ap-southeast-2"


@dataclass
class Aws:
    """A table and a key, and a clock that only moves when told."""

    dynamodb: DynamoDBClient
    kms: KMSClient
    key_id: str
    now: datetime = NOW

    def store(self, sleep: Callable[[float], None] = lambda _: None) -> DynamoDBTokenStore:
        return DynamoDBTokenStore(
            self.dynamodb, self.kms, table="relay", key_id=self.key_id, now=lambda: self.now, sleep=sleep
        )

    def item(self) -> dict[str, Any]:
        key = {"pk": {"S": f"CONNECTION#{HERE}"}, "sk": {"S": "TOKENS"}}
        return dict(self.dynamodb.get_item(TableName="relay", Key=key)["Item"])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        dynamodb.create_table(
            TableName="relay",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        kms = boto3.client("kms", region_name=REGION)
        yield Aws(dynamodb, kms, kms.create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> TokenStore:
    if request.param == "memory":
        return InMemoryTokenStore()
    its_aws: Aws = request.getfixturevalue("aws")
    return its_aws.store(sleep=briefly)


def briefly(wait_s: float) -> None:
    threading.Event().wait(wait_s)


def never(_: Tokens) -> Tokens:
    raise AssertionError("refreshed although nobody should")


def test_nothing_is_stored_at_first(store: TokenStore) -> None:
    assert store.read(HERE) is None
    with pytest.raises(PermissionLostError):
        store.refresh_under_lease(HERE, "access-1", never)


def test_what_is_saved_is_read(store: TokenStore) -> None:
    store.save(HERE, OLD)
    store.save("kounta-9", Tokens("other", "other-refresh"))
    assert store.read(HERE) == OLD
    assert store.read("kounta-9") == Tokens("other", "other-refresh", None)
    store.save(HERE, NEW)
    assert store.read(HERE) == NEW


def test_a_refresh_gets_the_known_tokens_and_stores_the_new(store: TokenStore) -> None:
    store.save(HERE, OLD)
    seen: list[Tokens] = []

    def refresh(known: Tokens) -> Tokens:
        seen.append(known)
        return NEW

    assert store.refresh_under_lease(HERE, "access-1", refresh) == NEW
    assert seen == [OLD]
    assert store.read(HERE) == NEW


def test_tokens_that_are_newer_already_are_taken(store: TokenStore) -> None:
    store.save(HERE, NEW)
    assert store.refresh_under_lease(HERE, "access-1", never) == NEW


def test_a_refresh_that_fails_leaves_all_as_it_was(store: TokenStore) -> None:
    store.save(HERE, OLD)

    def refused(_: Tokens) -> Tokens:
        raise PermissionLostError("refused")

    with pytest.raises(PermissionLostError, match="refused"):
        store.refresh_under_lease(HERE, "access-1", refused)
    assert store.read(HERE) == OLD
    assert store.refresh_under_lease(HERE, "access-1", lambda _: NEW) == NEW


def test_one_refreshes_and_the_others_take_its_result(store: TokenStore) -> None:
    store.save(HERE, OLD)
    started = threading.Event()
    others_are_there = threading.Event()
    refreshes: list[Tokens] = []
    results: list[Tokens] = []

    def slow(known: Tokens) -> Tokens:
        refreshes.append(known)
        started.set()
        assert others_are_there.wait(5)
        return NEW

    def take(refresh: Callable[[Tokens], Tokens]) -> None:
        results.append(store.refresh_under_lease(HERE, "access-1", refresh))

    first = threading.Thread(target=take, args=(slow,))
    first.start()
    assert started.wait(5)
    others = [threading.Thread(target=take, args=(never,)) for _ in range(3)]
    for other in others:
        other.start()
    others_are_there.set()
    for each in (first, *others):
        each.join(10)
    assert results == [NEW] * 4
    assert refreshes == [OLD]


def test_tokens_are_encrypted_for_their_connection(aws: Aws) -> None:
    store = aws.store()
    store.save(HERE, OLD)
    assert not any(secret in str(aws.item()) for secret in ("access-1", "refresh-1"))
    moved = aws.item() | {"pk": {"S": "CONNECTION#kounta-other"}}
    aws.dynamodb.put_item(TableName="relay", Item=moved)
    with pytest.raises(PermissionLostError, match="decrypted"):
        store.read("kounta-other")


def test_a_lease_that_is_not_over_is_waited_for_a_little(aws: Aws) -> None:
    slept: list[float] = []
    store = aws.store(sleep=slept.append)
    store.save(HERE, OLD)
    with pytest.raises(UnreachableError, match="another worker"):
        store.refresh_under_lease(
            HERE, "access-1", lambda _: aws.store(slept.append).refresh_under_lease(HERE, "access-1", never)
        )
    assert 4.5 <= sum(slept) <= 5.5
    assert "lease_until" not in aws.item()


def test_the_lease_of_a_worker_that_died_ends(aws: Aws) -> None:
    store = aws.store()
    store.save(HERE, OLD)

    def dies_and_is_followed(_: Tokens) -> Tokens:
        aws.now += timedelta(seconds=LEASE_S + 1)
        assert aws.store().refresh_under_lease(HERE, "access-1", lambda _: NEW) == NEW
        return Tokens("access-late", "refresh-late")

    assert store.refresh_under_lease(HERE, "access-1", dies_and_is_followed) == NEW
    assert store.read(HERE) == NEW


def test_a_slow_refresh_nobody_overtook_is_stored(aws: Aws) -> None:
    store = aws.store()
    store.save(HERE, OLD)

    def slow(_: Tokens) -> Tokens:
        aws.now += timedelta(seconds=LEASE_S + 1)
        return NEW

    assert store.refresh_under_lease(HERE, "access-1", slow) == NEW
    assert store.read(HERE) == NEW


def test_a_new_grant_wins_against_a_refresh_under_way(aws: Aws) -> None:
    store = aws.store()
    store.save(HERE, OLD)
    granted = Tokens("access-granted", "refresh-granted")

    def overtaken(_: Tokens) -> Tokens:
        store.save(HERE, granted)
        return NEW

    assert store.refresh_under_lease(HERE, "access-1", overtaken) == granted
    assert store.read(HERE) == granted


def test_errors_of_aws_are_translated(aws: Aws) -> None:
    store = DynamoDBTokenStore(aws.dynamodb, aws.kms, table="not-there", key_id=aws.key_id)
    with pytest.raises(UnreachableError, match="ResourceNotFoundException"):
        store.read(HERE)
    with pytest.raises(UnreachableError, match="ResourceNotFoundException"):
        store.save(HERE, OLD)
