"""What platforms ask about an order that stands: foreign JSON in, domain values out.

In a body that changes something, what is not named stays; `null` is refused there, for nobody could say what it means.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, StringConstraints

from shared.domain.errors import BadInputError, InputProblem
from shared.domain.orders import acts, request
from shared.domain.orders.draft import NOTIFICATION_LENGTH
from shared.domain.orders.order_rules import (
    problems_of_changes,
    problems_of_line,
    problems_of_line_changes,
    problems_of_lines,
    problems_of_payment,
    problems_of_payment_changes,
    problems_of_refund,
)
from shared.web.foreign import Moment, VisibleId, read_as
from shared.web.online_orders import OrderNotes
from shared.web.order_parts import (
    MOST_LINES,
    NOT_A_REGISTER,
    Coefficient,
    Flag,
    Guests,
    Lock,
    Modifiers,
    Money,
    Notes,
    OrderInput,
    OrderLine,
    OrderOption,
    OrderPayment,
    OrderType,
    PosId,
    Price,
    Quantity,
    Ref,
    SaleNumber,
    Variation,
    line_of,
    option_of,
    payment_of,
    read_parts,
    refuse,
)
from shared.web.requests import ID

T = TypeVar("T")
MOST_RECIPIENTS = 100
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _named(value: object) -> object:
    if value is None:
        raise ValueError("null is nothing that it could be changed to; leave it out")
    return value


def _without_null(schema: dict[str, Any]) -> None:
    for member in schema.get("properties", {}).values():
        kinds = [kind for kind in member.pop("anyOf", ()) if kind != {"type": "null"}]
        member.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})
        member.pop("default", None)


Change = Annotated[T | None, BeforeValidator(_named)]


class _Changes(OrderInput):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_without_null)


class OrderLines(RootModel[Annotated[list[OrderLine], Field(min_length=1, max_length=MOST_LINES)]]):
    """Several lines: all of them or none."""


class OrderLineChanges(_Changes):
    """What is changed of a line; `modifiers` stand for all that were there."""

    product_id: Change[PosId] = None
    quantity: Change[Quantity] = None
    unit_price: Change[Price] = None
    unit_price_inc_tax: Change[Price] = None
    price_variation: Change[Coefficient] = None
    price_fixed_variation: Change[Variation] = None
    notes: Change[Notes] = None
    modifiers: Change[Modifiers] = None


class AddedPayment(OrderPayment):
    """A payment for an order that stands."""

    reference: VisibleId | None = Field(default=None, description="Your id of it. The same one is never added twice.")


class PaymentChanges(_Changes):
    """What is added to a payment."""

    ref: Change[Ref] = None
    tip: Change[Money] = None


class OrderNotification(OrderInput):
    """A message on the registers."""

    message: Annotated[str, StringConstraints(min_length=1, max_length=NOTIFICATION_LENGTH)]
    broadcast_level: Literal["now", "order"] = "now"
    alert_colour: Literal["green", "orange", "red"] = "orange"
    duration: Annotated[int, Field(ge=3, le=60, strict=True)] = Field(default=30, description="Seconds.")
    register_ids: Annotated[list[PosId], Field(max_length=MOST_RECIPIENTS)] = Field(default_factory=list)
    staff_ids: Annotated[list[PosId], Field(max_length=MOST_RECIPIENTS)] = Field(default_factory=list)
    expires: Moment | None = None


class OrderChanges(_Changes):
    """What is changed of an open order."""

    status: Change[Literal["SUBMITTED", "ON_HOLD", "ACCEPTED", "REJECTED", "PENDING", "COMPLETE"]] = None
    notes: Change[OrderNotes] = None
    order_type: Change[OrderType] = None
    guests: Change[Guests] = None
    customer_id: Change[PosId] = None
    price_variation: Change[Coefficient] = None
    price_fixed_variation: Change[Variation] = None
    price_limit: Change[Price] = None
    lock: Change[Lock] = None
    complete_when_paid: Change[Flag] = None
    enable_alert_sound: Change[Flag] = None
    prompt_for_reject_reason: Change[Flag] = None
    placed_at: Change[Moment] = None
    fulfil_at: Change[Moment] = None


class Progress(OrderInput):
    """How far the order is."""

    to: Literal["ready", "out_for_delivery", "done"]


class HandledByHand(OrderInput):
    """The order was typed into the POS by hand."""

    sale_number: SaleNumber | None = Field(default=None, description="Of the sale in the POS, so that it counts once.")
    note: Words


class RefundLine(OrderInput):
    """So much of a line of the order."""

    number: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    quantity: Quantity = Field(description="Above 0.")


class Refund(OrderInput):
    """Lines, or an amount; neither: the whole order."""

    reference: VisibleId = Field(description="Your id of the refund. The same one again is the same refund.")
    lines: Annotated[list[RefundLine], Field(min_length=1, max_length=MOST_LINES)] | None = None
    amount: Money | None = Field(default=None, description="Above 0. Not beside `lines`.")
    reason: Words


class Cancellation(OrderInput):
    """Why the order is cancelled."""

    reason: Words | None = None


class Nothing(OrderInput):
    """An empty object."""


def read_lines(content: Any) -> tuple[request.LineRequest, ...]:
    """One line or an array of them; pointers are into what was sent. Raises BadInputError, like all of these."""
    if isinstance(content, list):
        lines = tuple(map(line_of, read_parts(OrderLines, content, "the lines").root))
        refuse(problems_of_lines(lines), "the lines")
        return lines
    line = line_of(read_parts(OrderLine, content, "the line"))
    refuse(problems_of_line(line), "the line")
    return (line,)


def read_line_changes(content: Any) -> acts.LineChanges:
    """What is changed of a line."""
    given = read_as(OrderLineChanges, content, "the line")
    changes = acts.LineChanges(**_given(given))
    refuse(problems_of_line_changes(changes), "the line")
    return changes


def read_option_set(content: Any) -> request.OptionRequest:
    """One product with its option sets."""
    return option_of(read_parts(OrderOption, content, "the option set"))


def read_payment(content: Any) -> acts.AddedPayment:
    """A payment that is added."""
    given = read_as(AddedPayment, content, "the payment")
    added = acts.AddedPayment(payment_of(given), given.reference)
    refuse(problems_of_payment(added), "the payment")
    return added


def read_payment_changes(content: Any) -> acts.PaymentChanges:
    """What is added to a payment."""
    changes = acts.PaymentChanges(**_given(read_as(PaymentChanges, content, "the payment")))
    refuse(problems_of_payment_changes(changes), "the payment")
    return changes


def read_notification(content: Any, registers: Container[str] = ()) -> request.Notification:
    """A message for the registers. `registers`: those that may be named."""
    given = read_as(OrderNotification, content, "the notification")
    strange = [place for place, one in enumerate(given.register_ids) if one not in registers]
    refuse(tuple(InputProblem(f"/register_ids/{place}", NOT_A_REGISTER) for place in strange), "the notification")
    return request.Notification(
        message=given.message,
        broadcast_level=given.broadcast_level,
        alert_colour=given.alert_colour,
        duration_s=given.duration,
        register_ids=tuple(given.register_ids),
        staff_ids=tuple(given.staff_ids),
        expires=given.expires,
    )


def read_changes(content: Any) -> request.OrderChanges:
    """What is changed of an open order."""
    changes = request.OrderChanges(**_given(read_as(OrderChanges, content, "the order")))
    refuse(problems_of_changes(changes), "the order")
    return changes


def read_progress(content: Any) -> str:
    """One of `acts.PROGRESS`."""
    return read_as(Progress, content, "the progress").to


def read_handled(content: Any) -> acts.HandledByHand:
    """That the order was typed in by hand."""
    given = read_as(HandledByHand, content, "the note")
    return acts.HandledByHand(given.note, given.sale_number)


def read_refund(content: Any) -> acts.Refund:
    """A refund."""
    given = read_as(Refund, content, "the refund")
    lines = tuple(acts.RefundLine(line.number, line.quantity) for line in given.lines or ())
    refund = acts.Refund(given.reference, given.reason, lines, given.amount)
    refuse(problems_of_refund(refund), "the refund")
    return refund


def read_cancellation(content: Any) -> str | None:
    """Why the order is cancelled, if that is said."""
    return read_as(Cancellation, content, "the cancellation").reason


def read_nothing(content: Any) -> None:
    """Of `/accept` and `/resubmit`, which take no members (yet): one that is sent means something to its sender."""
    read_as(Nothing, content, "the body")


def read_idempotency_key(header: str | None) -> str | None:
    """The `Idempotency-Key` of a change: the same one again asks for nothing new. Raises BadInputError."""
    if header is None:
        return None
    if not ID.fullmatch(header):
        raise BadInputError("Idempotency-Key: 1 to 128 visible characters", code="invalid_idempotency_key", status=400)
    return header


def _given(changes: BaseModel) -> dict[str, Any]:
    """What was named, as dataclasses hold it."""
    named = {name: getattr(changes, name) for name in changes.model_fields_set}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in named.items()}
