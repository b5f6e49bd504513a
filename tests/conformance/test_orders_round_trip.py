"""Random orders through the API's reader, the table's codec, draft, bytes and Kounta (the sandbox, in process) and
back: what was asked stands there.

`ORDER_EXAMPLES` sets their number.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from sandbox.kounta.api import KountaSandbox
from sandbox.kounta.models import Order
from sandbox.settings import SandboxSettings
from sandbox.transport import sandbox_transport
from shared.adapters.dynamodb import codec
from shared.adapters.http.clients import make_client
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.gateway import KountaGateway
from shared.adapters.kounta.tokens import Credentials
from shared.domain.bookings.events import Customer
from shared.domain.identities import markers_in, write_id
from shared.domain.online.record import Content
from shared.domain.orders.draft import OrderDraft, without_marker_brackets
from shared.domain.orders.fingerprint import fingerprint
from shared.domain.orders.online_draft import draft_online_order, payment_ref, status_to_send
from shared.domain.orders.order_rules import problems_of
from shared.domain.orders.request import LineRequest, OptionRequest, OrderRequest, PaymentRequest
from shared.domain.orders.writes import Outcome
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.web.online_orders import read_order
from tests.builders import ORDER_ID, VENUE
from tests.order_strategies import (
    REGISTER,
    as_json_body,
    is_settled,
    option_price,
    price_ex_tax,
    site_price,
    total_of,
    valid_orders,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CALLBACK = "https://relay.example.com/pos/kounta/v/orders/o/status?token=t"
WRITE = write_id(ORDER_ID, 1)


@dataclass
class Kounta:
    """A sandbox with an order to refund and a customer; orders go in by the gateway, and are read as raw JSON."""

    sandbox: KountaSandbox = field(
        default_factory=lambda: KountaSandbox(lambda: NOW, SandboxSettings(basic_per_minute=0))
    )
    keys: Iterator[int] = field(default_factory=itertools.count)
    sold: str = field(init=False)
    guest: str = field(init=False)

    def __post_init__(self) -> None:
        self.client = KountaClient(
            make_client(sandbox_transport(self.sandbox)),
            api_url="http://sandbox.test",
            connection_id="kounta-5678",
            company_id="5678",
            credentials=Credentials("demo-basic", "demo-basic-secret"),
            tokens=None,
            timings=Timings(),
            now=lambda: NOW,
        )
        self.gateway = KountaGateway(self.client, VENUE.pos, pace=lambda: None)
        one = LineRequest("730298", unit_price=Decimal(10))
        paid = OrderRequest("R-0", status="COMPLETE", lines=(one,), payments=(PaymentRequest(Decimal(11), "2"),))
        self.sold = self.put(draft_online_order(VENUE, paid, ORDER_ID, WRITE, CALLBACK, None))
        guest = self.gateway.create_customer(Customer("Alex", "Example", "alex@example.com"), "guest-1")
        assert guest is not None
        self.guest = guest

    def put(self, draft: OrderDraft) -> str:
        answer = self.gateway.create_order(self.gateway.render_create(draft), f"{WRITE}-g{next(self.keys)}")
        assert answer.outcome is Outcome.DONE, answer
        assert answer.pos_order_id is not None
        return answer.pos_order_id

    def read(self, order_id: str) -> dict[str, Any]:
        url = self.client.company_url(f"orders/{order_id}")
        received = self.client.send("get_order", "GET", url, total_s=10)
        shown: dict[str, Any] = simplejson.loads(received.body, use_decimal=True)
        return shown

    def kept(self, order_id: str) -> Order:
        return self.sandbox.state.order(int(order_id))


@pytest.fixture(scope="module")
def kounta() -> Kounta:
    return Kounta()


@given(st.data())
@settings(
    max_examples=int(os.environ.get("ORDER_EXAMPLES", "2000")),
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=list(HealthCheck),
)
def test_every_field_survives(kounta: Kounta, data: st.DataObject) -> None:
    asked = data.draw(valid_orders(originals=(kounta.sold,), customer_ids=(kounta.guest,), registers=(REGISTER,)))
    assume(not problems_of(asked))  # the strategy asks for some that Kounta takes and the API refuses
    asked = taken_in(asked)
    venue = replace(VENUE, pass_thru="off" if asked.pass_thru_printing is None else "on")
    status = status_to_send(asked, NOW, venue.preorder_after_s)
    draft = draft_online_order(venue, asked, ORDER_ID, WRITE, CALLBACK, None, status=status)
    order_id = kounta.put(draft)
    stands = kounta.read(order_id)
    event(f"{asked.status} as {stands['status']}")
    assert stands["status"] == becomes(asked, status)
    assert header_of(stands) == header_asked(venue, asked)
    assert [line_of(one) for one in stands["lines"] if not one["part_of_option_set"]] == [
        line_asked(one) for one in asked.lines
    ]
    assert [option_of(one) for one in stands["options"]] == [option_asked(one) for one in asked.options]
    assert [payment_of(one) for one in stands["payments"]] == payments_asked(asked)
    assert stands["total"] == total_of(asked)
    notes_hold(asked, stands["notes"])
    kept = kounta.kept(order_id)  # what Kounta takes and never shows
    assert kept.enable_alert_sound is (asked.enable_alert_sound is not False)
    assert kept.prompt_for_reject_reason is (asked.prompt_for_reject_reason is True)
    if stands["status"] != "COMPLETE":
        assert {name: stands[name] for name in ("callback_uri", "lock", "complete_when_paid")} == {
            "callback_uri": CALLBACK,
            "lock": list(asked.lock),
            "complete_when_paid": completes_when_paid(asked, status),
        }
        assert stands.get("price_limit") == asked.price_limit


def taken_in(asked: OrderRequest) -> OrderRequest:
    """The order as the API reads it from JSON, and as the table keeps it: nothing of it is lost."""
    body = json.loads(json.dumps(as_json_body(asked)), parse_float=Decimal)
    read = read_order(body, venue_site_id=VENUE.pos.site_id, registers=(REGISTER,))
    assert fingerprint(read) == fingerprint(asked)
    kept = codec.load(Content, codec.dump(Content(order=read))).order
    assert kept == read
    return read


def becomes(asked: OrderRequest, status: str) -> str:
    """The status after Kounta's own steps: a paid order completes, unless that was not wished or it is empty."""
    if status not in ("ON_HOLD", "PENDING") or not asked.payments or not is_settled(asked):
        return status
    if completes_when_paid(asked, status):
        return "COMPLETE"
    return "PENDING" if asked.pass_thru_printing else status  # Kounta docs: Pass Thru Printing


def completes_when_paid(asked: OrderRequest, status: str) -> bool:
    """As asked, else Kounta's default; never an empty order, and not by itself one that we hold as a pre-order."""
    is_held_by_us = status != asked.status and asked.complete_when_paid is None
    return asked.complete_when_paid is not False and not asked.is_empty and not is_held_by_us


def header_asked(venue: Venue, asked: OrderRequest) -> dict[str, object]:
    return {
        "site_id": venue.pos.site_id,
        "register_id": asked.register_id,
        "order_type": asked.order_type,
        "guests": asked.guests,
        "customer": asked.customer_id,
        "sale_number": asked.sale_number,
        "price_variation": Decimal(1) if asked.price_variation is None else asked.price_variation,
        "price_fixed_variation": asked.price_fixed_variation or Decimal(0),
        "placed_at": to_the_second(asked.placed_at),
        "fulfil_at": to_the_second(asked.fulfil_at),
        "original_order_id": asked.original_order_id,
        "pass_thru_printing": bool(asked.pass_thru_printing),
    }


def header_of(stands: dict[str, Any]) -> dict[str, object]:
    number = stands["sale_number"]  # Kounta puts a number of its own behind it (observed)
    return {
        "site_id": str(stands["site_id"]),
        "register_id": text(stands["register_id"]),
        "order_type": stands.get("order_type"),
        "guests": stands.get("guests"),
        "customer": text(stands.get("customer", {}).get("id")),
        "sale_number": None if number.startswith("HS-") else number.rpartition("-")[0],
        "price_variation": stands["price_variation"],
        "price_fixed_variation": stands["price_fixed_variation"],
        "placed_at": moment(stands.get("placed_at")),
        "fulfil_at": moment(stands.get("fulfil_at")),
        "original_order_id": text(stands.get("original_order_id")),
        "pass_thru_printing": stands.get("pass_thru_printing", False),
    }


def line_asked(asked: LineRequest) -> dict[str, object]:
    return {
        "product": asked.product_id,
        "quantity": asked.quantity,
        "unit_price": price_ex_tax(asked, site_price(asked.product_id)),
        "price_variation": Decimal(1) if asked.price_variation is None else asked.price_variation,
        "price_fixed_variation": asked.price_fixed_variation or Decimal(0),
        "modifiers": [int(one) for one in asked.modifiers],
        "notes": asked.notes,
    }


def line_of(stands: dict[str, Any]) -> dict[str, object]:
    same = ("quantity", "unit_price", "price_variation", "price_fixed_variation", "modifiers")
    return {
        "product": str(stands["product"]["id"]),
        "notes": stands.get("notes"),
        **{name: stands[name] for name in same},
    }


def option_asked(asked: OptionRequest, option_set_id: str | None = None) -> dict[str, object]:
    return {
        "product": asked.product_id,
        "unit_price": option_price(asked, option_set_id),
        "instructions": asked.instructions,
        "option_sets": [
            (chosen.option_set_id, [option_asked(one, chosen.option_set_id) for one in chosen.options])
            for chosen in asked.option_sets
        ],
    }


def option_of(stands: dict[str, Any]) -> dict[str, object]:
    return {
        "product": str(stands["product_id"]),
        "unit_price": stands["unit_price"],
        "instructions": stands.get("instructions"),
        "option_sets": [
            (str(chosen["option_set_id"]), [option_of(one) for one in chosen["options"]])
            for chosen in stands["option_sets"]
        ],
    }


def payments_asked(asked: OrderRequest) -> list[tuple[object, ...]]:
    return [
        (one.method_id, one.amount, one.tip or Decimal(0), one.ref or payment_ref(ORDER_ID, number))
        for number, one in enumerate(asked.payments, start=1)
    ]


def payment_of(stands: dict[str, Any]) -> tuple[object, ...]:
    return (str(stands["method"]["id"]), stands["amount"], stands["tip"], stands["ref"])


def notes_hold(asked: OrderRequest, notes: str) -> None:
    theirs = without_marker_brackets((asked.notes or "").strip())
    assert notes.startswith(theirs)
    assert markers_in(notes) == ((ORDER_ID, WRITE),)
    assert notes.endswith(f"[{WRITE}]")
    ours = notes.removeprefix(theirs)
    assert asked.reference in ours
    assert (asked.customer_code or "") in ours
    assert (asked.table or "") in ours
    named = asked.customer.first_name if asked.customer and asked.customer_id is None else None
    assert (named or "") in ours


def to_the_second(wanted: datetime | None) -> datetime | None:
    return None if wanted is None else wanted - timedelta(microseconds=wanted.microsecond)


def moment(shown: str | None) -> datetime | None:
    return None if shown is None else datetime.fromisoformat(shown)


def text(number: int | None) -> str | None:
    return None if number is None else str(number)
