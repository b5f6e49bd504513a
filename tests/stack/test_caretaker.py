"""What nobody told the relay, and what nobody nudged: the caretaker finds it, on the deployed stack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.adapters.dynamodb.delivery_book import DynamoDBDeliveryBook
from shared.domain.identities import markers_in
from shared.domain.timings import Timings
from shared.web.booking_events import read_booking_event
from tests.stack.relay import FISH, Json, Premises, Relay, until

Care = Callable[[], Json]


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue whose webhooks were all lost."""
    opened = premises.open_venue("caretaker")
    administration = premises.deployed.line_to(opened.venue.pos).administration
    for webhook in administration.list_webhooks():
        if f"/{opened.venue_id}/" in webhook.address:
            administration.delete_webhook(webhook.id)
    return opened


def test_a_sale_that_no_webhook_told_of_is_found(relay: Relay, care: Care) -> None:
    rung_up = {"site_id": int(relay.site_id), "paid": True, **FISH}
    till = relay.sandbox.control("kounta/orders", rung_up)

    def found() -> Json | None:
        care()
        return relay.sale_of(str(till["id"]))

    sale = until(found, "the sale rung up at the till")
    assert sale["source"] == "pos"
    assert sale["booking_id"] is None
    assert len(relay.sales()) == 1


def test_a_completed_booking_whose_webhook_and_callback_were_lost_is_found(relay: Relay, care: Care) -> None:
    pos_order_id = relay.seated("unheard")
    relay.complete(pos_order_id)

    def found() -> Json | None:
        care()
        return relay.sale_of(pos_order_id)

    assert until(found, "the sale of the booking")["booking_id"] == "unheard"
    assert relay.order_in("unheard", "completed")["pos"]["status"] == "COMPLETE"


def test_an_event_whose_nudge_was_lost_is_decided_all_the_same(premises: Premises, relay: Relay, care: Care) -> None:
    table = premises.stack["outputs"]["TableName"]
    content = relay.event("unnudged", "seated")
    _, event = read_booking_event(content, received_at=datetime.now(UTC), future_tolerance_s=60)
    book = DynamoDBDeliveryBook(premises.table, table, Timings(undecided_after_s=1))
    book.put_event(relay.venue_id, relay.platform, "unnudged", event, datetime.now(UTC))

    def found() -> Json | None:
        care()
        order = relay.order_of("unnudged")
        return order if order and order["status"] == "sent" else None

    until(found, "the order of an event that nobody nudged")
    assert len(relay.pos_orders("unnudged")) == 1


def test_twins_are_counted(relay: Relay, care: Care) -> None:
    relay.seated("twin")
    (held,) = relay.pos_orders("twin")
    ((_, write_id),) = markers_in(held["notes"])
    before: int = care()["twins"]
    notes = f"entered by somebody else\n[{write_id}]"
    relay.sandbox.control("kounta/orders", {"site_id": int(relay.site_id), "notes": notes, **FISH})

    def counted() -> bool:
        twins: int = care()["twins"]
        return twins == before + 1

    until(counted, "the twin")
