"""Endpoints, their secrets and deliveries on moto's DynamoDB and KMS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.due_index import DynamoDBDueIndex
from shared.adapters.dynamodb.endpoint_book import DynamoDBEndpointBook
from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries
from shared.adapters.dynamodb.settings_book import DynamoDBSettingsBook
from shared.adapters.kms.secret_box import KMSSecretBox
from shared.domain.access import Platform
from shared.domain.deliveries.delivery import Answer, Delivery, after_answer, begun, delivery_of
from shared.domain.deliveries.endpoint import Endpoint, EndpointState, SealedSecret
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.domain.errors import ConflictError, UnreachableError
from shared.domain.timings import Timings
from tests.builders import NOON, at
from tests.dynamodb_table import TABLE, dynamodb_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENDPOINT = Endpoint("main", "demo-bookings", "https://hooks.example.com/relay", NOON, types=("order.rejected",))
KEEP_S = 3650 * 86_400.0


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    with dynamodb_table() as made:
        yield made


@pytest.fixture
def endpoints(client: DynamoDBClient) -> DynamoDBEndpointBook:
    return DynamoDBEndpointBook(client, TABLE)


@pytest.fixture
def deliveries(client: DynamoDBClient) -> DynamoDBPlatformDeliveries:
    return DynamoDBPlatformDeliveries(client, TABLE, KEEP_S)


def made(number: int, seconds: float = 0) -> Delivery:
    """A new delivery."""
    event = PlatformEvent(f"evt_{number}", "order.rejected", at(seconds), "demo-bookings", "demo", {"n": number})
    return delivery_of(event, ENDPOINT, at(seconds))


def test_every_field_comes_back() -> None:
    sealed = SealedSecret("Y2lwaGVy", NOON, at(60))
    endpoint = replace(
        ENDPOINT,
        venues=("demo",),
        secrets=(sealed,),
        state=EndpointState.PAUSED,
        reason="failing",
        contact_email="integrations@example.com",
        failing_since=NOON,
        version=7,
    )
    assert codec.load(Endpoint, codec.dump(endpoint)) == endpoint
    delivery = after_answer(begun(made(1), NOON, Timings()), Answer(500), at(1), Timings(), lambda wait_s: wait_s)
    delivery = replace(delivery, round_from=3, next_is_manual=True, url="https://hooks.example.com/o/1", version=2)
    assert codec.load(Delivery, codec.dump(delivery)) == delivery


def test_endpoints_are_saved_under_their_version(endpoints: DynamoDBEndpointBook) -> None:
    assert endpoints.endpoint("demo-bookings", "main") is None
    saved = endpoints.save(ENDPOINT)
    assert endpoints.endpoint("demo-bookings", "main") == saved
    changed = endpoints.save(replace(saved, url="https://other.example.com/"))
    for stale in (ENDPOINT, saved):
        with pytest.raises(ConflictError):
            endpoints.save(stale)
    assert endpoints.endpoints("demo-bookings") == [changed]


def test_a_removed_endpoint_does_not_come_back_by_a_late_note(endpoints: DynamoDBEndpointBook) -> None:
    saved = endpoints.save(ENDPOINT)
    endpoints.remove("demo-bookings", "main")
    endpoints.remove("demo-bookings", "main")
    with pytest.raises(ConflictError):
        endpoints.save(replace(saved, failing_since=NOON))
    assert endpoints.endpoints("demo-bookings") == []


def test_endpoints_stand_beside_their_platform_only(client: DynamoDBClient, endpoints: DynamoDBEndpointBook) -> None:
    settings = DynamoDBSettingsBook(client, TABLE, lambda: NOON)
    settings.put_platform(Platform("demo-bookings", "Demo"))
    saved = endpoints.save(ENDPOINT)
    endpoints.save(replace(ENDPOINT, platform="demo"))
    assert endpoints.endpoints("demo-bookings") == [saved]
    assert [each.id for each in settings.platforms()] == ["demo-bookings"]


def test_a_delivery_is_made_once(deliveries: DynamoDBPlatformDeliveries) -> None:
    delivery_id = deliveries.put_new(made(1))
    stored = deliveries.delivery(delivery_id)
    assert stored == replace(made(1), version=1)
    attempted = deliveries.save(begun(stored, NOON, Timings()))
    assert deliveries.put_new(made(1)) == delivery_id
    assert deliveries.delivery(delivery_id) == attempted
    with pytest.raises(ConflictError):
        deliveries.save(begun(stored, NOON, Timings()))


def test_what_is_due_stands_in_the_index_until_it_is_over(
    client: DynamoDBClient, deliveries: DynamoDBPlatformDeliveries
) -> None:
    index = DynamoDBDueIndex(client, TABLE)
    delivery_id = deliveries.put_new(made(1))
    assert list(index.overdue(NOON)) == [(delivery_id, NOON)]
    stored = deliveries.delivery(delivery_id)
    assert stored is not None
    under_way = deliveries.save(begun(stored, NOON, Timings()))
    assert list(index.overdue(at(20))) == []
    assert [found for found, _ in index.overdue(at(25))] == [delivery_id]
    deliveries.save(after_answer(under_way, Answer(204), at(1), Timings(), lambda wait_s: wait_s))
    assert list(index.overdue(at(10**6))) == []


def test_deliveries_are_listed_by_time_over_days_and_pages(deliveries: DynamoDBPlatformDeliveries) -> None:
    hours = [0, 1, 11, 13, 30, 60]
    for number, hour in enumerate(hours):
        deliveries.put_new(made(number, hour * 3600))

    def listed(since_h: float, until_h: float, after: str | None = None) -> list[tuple[str, str]]:
        found = deliveries.between("demo-bookings", "main", at(since_h * 3600), at(until_h * 3600), after)
        return [(place, each.event_id) for place, each in found]

    everything = listed(0, 61)
    assert [event_id for _, event_id in everything] == [f"evt_{number}" for number in range(6)]
    assert [event_id for _, event_id in listed(1, 30)] == ["evt_1", "evt_2", "evt_3"]
    for place, (at_place, _) in enumerate(everything):
        assert listed(0, 61, at_place) == everything[place + 1 :]
    assert listed(1, 1) == []
    assert list(deliveries.between("demo-bookings", "other", NOON, NOON + timedelta(days=3))) == []


def test_a_secret_opens_only_for_its_endpoint(client: DynamoDBClient) -> None:
    kms = boto3.client("kms", region_name="ap-southeast-2", aws_access_key_id="test", aws_secret_access_key="test")
    box = KMSSecretBox(kms, kms.create_key()["KeyMetadata"]["Arn"])
    sealed = box.seal("demo-bookings/main", "whsec_AAAA")
    assert "whsec" not in sealed
    assert box.open("demo-bookings/main", sealed) == box.open("demo-bookings/main", sealed) == "whsec_AAAA"
    with pytest.raises(UnreachableError):
        box.open("demo-bookings/other", sealed)
    with pytest.raises(UnreachableError):
        KMSSecretBox(kms, "arn:aws:kms:ap-southeast-2:123456789012:key/none").seal("a/b", "whsec_AAAA")
