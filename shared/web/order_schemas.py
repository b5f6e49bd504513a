"""How orders look in answers, for the generated reference and its tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from shared.domain.orders.placed import Fulfilment
from shared.domain.orders.writes import What, WriteState
from shared.domain.readings import OrderStatus
from shared.web.schemas import Amount, Shown


class PosSide(Shown):
    """The order in the POS."""

    kind: Literal["kounta"]
    order_id: str | None
    sale_number: str | None
    sale_id: str | None
    status: str | None = Field(description="The POS's own word.", examples=["ACCEPTED"])


class FailedService(Shown):
    """A system that did not do its part, in words that a person can act on."""

    service: Literal["pos", "driver_tracking"]
    code: str | None = Field(description="Null while nobody knows why.")
    message: str | None = Field(description="The vendor's own words.")
    meaning: str
    action: str
    at: datetime


class OrderWrite(Shown):
    """One act on the POS."""

    id: str
    what: What
    state: WriteState
    reason: str | None
    code: str | None
    generation: int
    request: Any = Field(
        default=None, description="What was, or would be, sent; while it is kept, for those who may see the guest."
    )


class Attempt(Shown):
    """One call of the create act."""

    number: int
    trigger: str
    started_at: datetime
    duration_ms: int | None
    outcome: str | None = Field(description="Null while the call is under way.")
    http_status: int | None
    code: str | None
    idempotency_key: str | None
    note: str | None


class Handled(Shown):
    """Somebody entered the order on the register by hand."""

    at: datetime
    by: str = Field(description="The platform or person that said so.")
    note: str | None
    sale_number: str | None
    pos_order_id: str | None = Field(description="Of the sale with this number, once it was found.")


class ListedOrder(Shown):
    """An order as lists show it: where it stands. `GET …/orders/{order_id}` shows what was done for it."""

    id: str
    code: str = Field(description="What people say to each other.")
    reference: str | None = Field(description="The platform's own; null for a booking's order.")
    customer_code: str | None
    venue_id: str
    source: Literal["booking", "platform"]
    platform: str
    booking_id: str | None
    table: str | None
    order_type: str | None
    status: OrderStatus
    kept: bool | None = Field(
        description="Null: the POS has not failed. True: it failed, and the order stands: do not refund. False: refund."
    )
    fulfilment: Fulfilment | None
    pos: PosSide
    reject_reason: str | None
    total: Amount | None = Field(description="As the POS counts it; before, what the order's own prices come to.")
    paid: Amount | None
    refunded: Amount | None = Field(description="What was given back, and is in the POS.")
    refund_of: str | None = Field(description="Our order that this one refunds.")
    placed_at: datetime | None
    fulfil_at: datetime | None
    not_taken_up_at: datetime | None = Field(
        description="When people were told that nobody at the register took it up; null once somebody has."
    )
    handled: Handled | None
    failed_services: list[FailedService]
    created_at: datetime
    updated_at: datetime


class OrdersPage(Shown):
    """Orders, newest first. A page may hold fewer than `limit`, or none, though there is a next one."""

    data: list[ListedOrder]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class Guest(Shown):
    """Whose order it is."""

    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None


class Notice(Shown):
    """A person who was told of a failure of the order."""

    channel: Literal["email", "sms", "operations"]
    to_masked: str | None = Field(examples=["d…@example.com"])
    at: datetime
    status: Literal["sent", "failed"] = Field(description="`failed`: it was not taken for sending.")


class OrderRefund(Shown):
    """An order that gives back (part of) this one."""

    id: str
    reference: str | None
    amount: Amount | None
    status: OrderStatus


class Order(ListedOrder):
    """An order, its acts and the timeline of its attempts. The members that may be missing are those of
    `GET …/orders/{order_id}` alone."""

    writes: list[OrderWrite]
    attempts: list[Attempt]
    customer: Guest | None = Field(
        default=None, description="While it is kept, for the order's platform and for keys with `guests:read`."
    )
    notices: list[Notice] = Field(default_factory=list)
    refunds: list[OrderRefund] = Field(default_factory=list)
    printed_at: datetime | None = Field(default=None, description="When the kitchen first printed of it.")
