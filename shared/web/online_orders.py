"""An online order of the contract: foreign JSON in, an `OrderRequest` out."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from shared.domain.bookings.events import Customer
from shared.domain.errors import InputProblem
from shared.domain.orders.order_rules import LONGEST_CALLBACK_URI, problems_of
from shared.domain.orders.request import Address, OrderRequest
from shared.web.foreign import Moment, VisibleId
from shared.web.order_parts import (
    LONGEST_NOTES,
    MOST_LINES,
    MOST_OPTIONS,
    MOST_PAYMENTS,
    NOT_A_REGISTER,
    Coefficient,
    Flag,
    Guests,
    Lock,
    OrderInput,
    OrderLine,
    OrderOption,
    OrderPayment,
    OrderType,
    PosId,
    Price,
    SaleNumber,
    Short,
    Variation,
    line_of,
    option_of,
    payment_of,
    read_parts,
    refuse,
)

ROOM_FOR_OURS = 500
"""Characters kept free in the notes of an order: behind the platform's words stand ours."""

OrderNotes = Annotated[str, StringConstraints(max_length=LONGEST_NOTES - ROOM_FOR_OURS)]


class OrderCustomer(OrderInput):
    """Who ordered; every field may be missing."""

    first_name: Short | None = None
    last_name: Short | None = None
    email: Short | None = None
    phone: Short | None = None


class DeliveryAddress(OrderInput):
    """Where a delivery goes; every field may be missing."""

    address: Short | None = None
    city: Short | None = None
    state: Short | None = None
    postal_code: Short | None = None
    country: Short | None = None


class OnlineOrder(OrderInput):
    """An order, in the names of Kounta's own document, and what is ours beside it.

    Only `reference` is needed: lines and payments may be added by later calls.
    """

    reference: VisibleId = Field(description="Your id of the order. The same one again is the same order.")
    customer_code: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="What the customer says at the counter."
    )
    status: Literal["SUBMITTED", "ON_HOLD", "PENDING", "COMPLETE"] = "SUBMITTED"
    site_id: PosId | None = Field(default=None, description="Needs not be given; else the venue's own.")
    register_id: PosId | None = None
    order_type: OrderType | None = None
    table: Annotated[str, StringConstraints(max_length=64)] | None = None
    guests: Guests | None = None
    customer: OrderCustomer | None = None
    customer_id: PosId | None = Field(default=None, description="A customer of the POS.")
    delivery_address: DeliveryAddress | None = None
    notes: OrderNotes | None = None
    lines: Annotated[list[OrderLine], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    options: Annotated[list[OrderOption], Field(max_length=MOST_OPTIONS)] = Field(
        default_factory=list, description="Products with option sets."
    )
    payments: Annotated[list[OrderPayment], Field(max_length=MOST_PAYMENTS)] = Field(default_factory=list)
    price_variation: Coefficient | None = Field(default=None, description="0.9: 10 % off.")
    price_fixed_variation: Variation | None = Field(
        default=None, description="-2.00: 2.00 off. Not beside `price_variation`."
    )
    price_limit: Price | None = None
    lock: Lock = Field(default_factory=list, description="What staff may not change.")
    complete_when_paid: Flag | None = None
    enable_alert_sound: Flag | None = None
    prompt_for_reject_reason: Flag | None = None
    pass_thru_printing: Flag | None = None
    pass_thru_printing_register: PosId | None = None
    callback_uri: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CALLBACK_URI)] | None = Field(
        default=None, description="https; called by us whenever the order's status changes."
    )
    placed_at: Moment | None = None
    fulfil_at: Moment | None = None
    original_order_id: PosId | None = Field(default=None, description="Makes it a refund of that order of the POS.")
    sale_number: SaleNumber | None = None


def read_order(
    content: Any,
    *,
    venue_site_id: str | None,
    registers: Container[str] = (),
    may_be_private: bool = False,
) -> OrderRequest:
    """The order. Raises BadInputError with a JSON pointer for each thing that is wrong.

    venue_site_id: the one site that may be named. registers: those that may be. may_be_private: `callback_uri` may lead
    into our own network without TLS, on the local stack.
    """
    given = read_parts(OnlineOrder, content, "the order")
    request = _order(given)
    elsewhere = _elsewhere(given, venue_site_id, registers)
    refuse((*elsewhere, *problems_of(request, may_be_private=may_be_private)), "the order")
    return request


def _elsewhere(given: OnlineOrder, site_id: str | None, registers: Container[str]) -> Iterator[InputProblem]:
    """Another venue of the same company is out of reach."""
    if given.site_id is not None and given.site_id != site_id:
        yield InputProblem("/site_id", "is not the site of this venue")
    named = (("/register_id", given.register_id), ("/pass_thru_printing_register", given.pass_thru_printing_register))
    for pointer, register_id in named:
        if register_id is not None and register_id not in registers:
            yield InputProblem(pointer, NOT_A_REGISTER)


def _order(given: OnlineOrder) -> OrderRequest:
    customer, address = given.customer, given.delivery_address
    return OrderRequest(
        reference=given.reference,
        customer_code=given.customer_code,
        status=given.status,
        register_id=given.register_id,
        order_type=given.order_type,
        table=given.table,
        guests=given.guests,
        customer=Customer(**customer.model_dump()) if customer else None,
        customer_id=given.customer_id,
        delivery_address=Address(**address.model_dump()) if address else None,
        notes=given.notes,
        lines=tuple(map(line_of, given.lines)),
        options=tuple(map(option_of, given.options)),
        payments=tuple(map(payment_of, given.payments)),
        price_variation=given.price_variation,
        price_fixed_variation=given.price_fixed_variation,
        price_limit=given.price_limit,
        lock=tuple(given.lock),
        complete_when_paid=given.complete_when_paid,
        enable_alert_sound=given.enable_alert_sound,
        prompt_for_reject_reason=given.prompt_for_reject_reason,
        pass_thru_printing=given.pass_thru_printing,
        pass_thru_printing_register=given.pass_thru_printing_register,
        callback_uri=given.callback_uri,
        placed_at=given.placed_at,
        fulfil_at=given.fulfil_at,
        original_order_id=given.original_order_id,
        sale_number=given.sale_number,
    )
