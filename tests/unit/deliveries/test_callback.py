"""Callbacks: which order's address is called, under which id, signed by whom, and what ends them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.deliveries.callback import callback_of, ending_of, signer_of
from shared.domain.deliveries.delivery import Answer, DeliveryState, after_answer, begun
from shared.domain.deliveries.endpoint import Endpoint, EndpointState, SealedSecret
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.domain.deliveries.signing import signed_headers
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from shared.web.views import without_guest
from shared.web.webhook_endpoints import ENDPOINT_ID
from tests.builders import NOON, at

URL = "https://orders.example.com/77"
ITEM = OutboxItem("order.ready", "demo", "bites", NOON, "ONLINE#…", {"order_id": "ord_1", "callback_uri": URL})
EVENT = PlatformEvent.of_outbox("OUTBOX#19a3f1", ITEM)
assert EVENT is not None
CALLBACK = callback_of(EVENT, URL, "ord_1", b"{}", NOON)
ENDPOINT = Endpoint("main", "bites", "https://hooks.example.com/", NOON, secrets=(SealedSecret("Y2lwaGVy", NOON),))


def test_the_address_is_no_part_of_the_event() -> None:
    assert EVENT is not None
    assert EVENT.callback_uri == URL
    assert EVENT.data == {"venue_id": "demo", "order_id": "ord_1"}
    assert URL.encode() not in EVENT.body()
    assert ITEM.data["callback_uri"] == URL, "the outbox keeps it"


def test_only_events_of_orders_call_back() -> None:
    event = PlatformEvent.of_outbox("OUTBOX#19a3f1", replace(ITEM, type="booking.finished"))
    assert event is not None
    assert event.callback_uri is None
    assert "callback_uri" not in event.data


def test_its_ids_are_no_endpoints_and_no_events() -> None:
    assert EVENT is not None
    assert not ENDPOINT_ID.fullmatch(CALLBACK.endpoint_id)
    assert CALLBACK.event_id != EVENT.id
    assert signed_headers(CALLBACK.event_id, b"{}", NOON, ()).keys() == {"webhook-id", "webhook-timestamp"}


def test_410_cancels_it_and_its_order_has_one_ending() -> None:
    after = after_answer(begun(CALLBACK, NOON, Timings()), Answer(410), at(1), Timings(), lambda wait_s: wait_s)
    assert (after.state, after.due_at) == (DeliveryState.CANCELLED, None)
    assert EVENT is not None
    later = callback_of(replace(EVENT, id="evt_2"), URL, "ord_1", b"{}", at(60))
    one, other = ending_of(after, at(1)), ending_of(later, at(61))
    assert (one.endpoint_id, one.event_id) == (other.endpoint_id, other.event_id)
    assert (one.state, one.due_at, one.body, one.version) == (DeliveryState.CANCELLED, None, "", 0)
    elsewhere = ending_of(callback_of(EVENT, URL, "ord_2", b"{}", NOON), at(1))
    assert elsewhere.endpoint_id != one.endpoint_id


@pytest.mark.parametrize(
    ("endpoints", "signer"),
    [
        ([], None),
        ([ENDPOINT], "main"),
        ([replace(ENDPOINT, id="a", venues=("other",)), ENDPOINT], "main"),
        ([replace(ENDPOINT, id="a", state=EndpointState.PAUSED), ENDPOINT], "main"),
        ([replace(ENDPOINT, id="a", types=("order.failed",)), ENDPOINT], "a"),
        ([replace(ENDPOINT, state=EndpointState.DISABLED)], None),
        ([replace(ENDPOINT, secrets=())], None),
    ],
)
def test_who_signs(endpoints: list[Endpoint], signer: str | None) -> None:
    found = signer_of(endpoints, "demo")
    assert (found.id if found else None) == signer


def test_what_is_kept_for_a_callback_holds_no_guest() -> None:
    view = {
        "id": "ord_1",
        "status": "sent",
        "customer": {"phone": "+61255501001"},
        "delivery_address": {},
        "notes": "x",
    }
    kept = {"id": "ord_1", "status": "sent", "customer": None, "delivery_address": None, "notes": None}
    assert without_guest(view) == kept
