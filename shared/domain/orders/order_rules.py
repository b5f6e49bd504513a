"""What must hold between the parts of an online order before anything of it is sent: the document's rules, each broken
one with its JSON pointer. The shape of a single field is the reader's matter.

`price_variation` XOR `price_fixed_variation`; no `modifiers`, no `price_variation` and no `quantity` beside
`option_sets` (Kounta docs: Create an order; Lines; Create with Option Sets). `unit_price` beside `unit_price_inc_tax`
is no error: the first wins. Negative quantities and payments belong to refunds alone, which bear an
`original_order_id`, and a refund has no others (Kounta docs: Refund an order). `pass_thru_printing_register` without
`pass_thru_printing` is no error: the order "will not be tagged" (Kounta docs: Pass Thru Printing). More paid than the
order costs is no error either: what has been paid is never turned away for its amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain

from shared.domain.deliveries.addresses import problem_of as problem_of_address
from shared.domain.errors import InputProblem
from shared.domain.money import CENT, shown
from shared.domain.orders.acts import AddedPayment, LineChanges, PaymentChanges, Refund
from shared.domain.orders.request import (
    LineRequest,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    OrderRequest,
    PaymentRequest,
)

LONGEST_CALLBACK_URI = 2000
PASS_THRU_STATUSES = ("ON_HOLD", "PENDING")
FREE = Decimal(0)

Problems = Iterator[InputProblem]


def problems_of(request: OrderRequest, *, may_be_private: bool = False) -> tuple[InputProblem, ...]:
    """Everything that is wrong with an order. `may_be_private`: on the local stack, which may call itself."""
    is_refund = request.original_order_id is not None
    return tuple(
        chain(
            _status(request),
            _one_variation(request.price_variation, request.price_fixed_variation, ""),
            _lock(request.lock),
            _times(request),
            _callback(request.callback_uri, may_be_private),
            problems_of_lines(request.lines, "/lines", is_refund=is_refund),
            _options(request.options, is_refund),
            _payments(request.payments, "/payments", is_refund),
            _paid(request),
        )
    )


def problems_of_lines(
    lines: Sequence[LineRequest], at: str = "", *, is_refund: bool = False
) -> tuple[InputProblem, ...]:
    """Of lines that stand in an array at the pointer `at`."""
    return tuple(
        chain.from_iterable(problems_of_line(line, f"{at}/{place}", is_refund) for place, line in enumerate(lines))
    )


def problems_of_line(line: LineRequest, at: str = "", is_refund: bool = False) -> tuple[InputProblem, ...]:
    """Of one line."""
    return tuple(
        chain(
            _quantity(line.quantity, at, is_refund),
            _one_variation(line.price_variation, line.price_fixed_variation, at),
            _line_with_option_sets(line, at),
        )
    )


def problems_of_line_changes(changes: LineChanges) -> tuple[InputProblem, ...]:
    """Of what is changed of one line."""
    if changes == LineChanges():
        return (_nothing_changes(),)
    quantity = () if changes.quantity is None else _quantity(changes.quantity, "", False)
    return tuple(chain(quantity, _one_variation(changes.price_variation, changes.price_fixed_variation, "")))


def problems_of_payment(added: AddedPayment) -> tuple[InputProblem, ...]:
    """Of a payment that is added: money back goes by a refund."""
    return tuple(_payment(added.payment, "", is_refund=False))


def problems_of_payment_changes(changes: PaymentChanges) -> tuple[InputProblem, ...]:
    """Of what is added to a payment."""
    if changes == PaymentChanges():
        return (_nothing_changes(),)
    return tuple(_tip(changes.tip, "", is_refund=False))


def problems_of_changes(changes: OrderChanges) -> tuple[InputProblem, ...]:
    """Of what is changed of an open order."""
    if changes == OrderChanges():
        return (_nothing_changes(),)
    return tuple(
        chain(
            _decision_alone(changes),
            _one_variation(changes.price_variation, changes.price_fixed_variation, ""),
            _lock(changes.lock or ()),
            _times(changes),
        )
    )


def problems_of_refund(refund: Refund) -> tuple[InputProblem, ...]:
    """Of a refund: lines or an amount, and each line once."""
    return tuple(_refund(refund))


def least_due(request: OrderRequest) -> Decimal:
    """What the order costs at the very least, in the venue's currency: the site's prices and taxes are not known here,
    so that what has no price, or one without tax, counts for what it is certain to cost."""
    goods = sum((_least_of_line(line) for line in request.lines), FREE)
    goods += sum((_least_of_option(option) for option in request.options), FREE)
    if request.price_variation is not None:
        goods *= request.price_variation
    return max(FREE, goods + (request.price_fixed_variation or FREE))


def _status(request: OrderRequest) -> Problems:
    if request.status == "COMPLETE" and request.is_empty:
        yield InputProblem("/status", "an order without lines and options cannot be COMPLETE")
    elif request.pass_thru_printing and request.status not in PASS_THRU_STATUSES:
        yield InputProblem("/status", "must be ON_HOLD or PENDING for an order with pass_thru_printing")


def _paid(request: OrderRequest) -> Problems:
    """Kounta docs: COMPLETE means fulfilled and paid; a pass-thru order in PENDING must be paid in full."""
    if request.status == "COMPLETE":
        what = "a COMPLETE order"
    elif request.status == "PENDING" and request.pass_thru_printing:
        what = "a PENDING order with pass_thru_printing"
    else:
        return
    if not request.payments:
        if request.price_variation != FREE:  # a full discount leaves nothing to pay
            yield InputProblem("/payments", f"{what} must include its payments")
        return
    if request.original_order_id is not None:
        return
    paid, due = sum((payment.amount for payment in request.payments), FREE), least_due(request)
    # Rounding is Kounta's: a cent an entry may be lost in it.
    if paid + CENT * (len(request.lines) + len(request.options) + 1) < due:
        yield InputProblem(
            "/payments", f"{what} must be paid in full: it costs at least {shown(_to_cent(due))}, not {shown(paid)}"
        )


def _one_variation(coefficient: Decimal | None, fixed: Decimal | None, at: str) -> Problems:
    if coefficient is not None and fixed is not None:
        yield InputProblem(f"{at}/price_fixed_variation", "cannot stand beside price_variation")


def _lock(flags: Sequence[str]) -> Problems:
    for place, flag in enumerate(flags):
        if flag in flags[:place]:
            yield InputProblem(f"/lock/{place}", f"{flag} stands there already")


def _times(asked: OrderRequest | OrderChanges) -> Problems:
    if asked.placed_at is not None and asked.fulfil_at is not None and asked.fulfil_at < asked.placed_at:
        yield InputProblem("/fulfil_at", "lies before placed_at")


def _callback(url: str | None, may_be_private: bool) -> Problems:
    if url is None:
        return
    if trouble := problem_of_address(url, may_be_private=may_be_private, longest=LONGEST_CALLBACK_URI):
        yield InputProblem("/callback_uri", trouble)


def _quantity(quantity: Decimal, at: str, is_refund: bool) -> Problems:
    if quantity == 0:
        yield InputProblem(f"{at}/quantity", "cannot be 0")
    elif quantity < 0 and not is_refund:
        yield InputProblem(f"{at}/quantity", "is negative only on a refund, which has an original_order_id")
    elif quantity > 0 and is_refund:
        yield InputProblem(f"{at}/quantity", "must be negative on a refund")


def _line_with_option_sets(line: LineRequest, at: str) -> Problems:
    if not line.option_sets:
        return
    if line.modifiers:
        yield InputProblem(f"{at}/modifiers", "cannot stand beside option_sets")
    if line.price_variation is not None:
        yield InputProblem(f"{at}/price_variation", "cannot stand beside option_sets")
    if line.quantity not in (0, 1, -1):
        yield InputProblem(f"{at}/quantity", "cannot stand beside option_sets: repeat the line")
    if line.quantity == -1:
        yield InputProblem(f"{at}/option_sets", "cannot be refunded as such: refund the lines that they became")


def _options(options: Sequence[OptionRequest], is_refund: bool) -> Problems:
    if options and is_refund:
        yield InputProblem("/options", "cannot be refunded as such: refund the lines that they became")


def _payments(payments: Sequence[PaymentRequest], at: str, is_refund: bool) -> Problems:
    for place, payment in enumerate(payments):
        yield from _payment(payment, f"{at}/{place}", is_refund)


def _payment(payment: PaymentRequest, at: str, is_refund: bool) -> Problems:
    if payment.amount < 0 and not is_refund:
        yield InputProblem(f"{at}/amount", "is negative only on a refund")
    if payment.amount > 0 and is_refund:
        yield InputProblem(f"{at}/amount", "must be negative on a refund")
    yield from _tip(payment.tip, at, is_refund)


def _tip(tip: Decimal | None, at: str, is_refund: bool) -> Problems:
    if tip and (tip > 0) is is_refund:
        yield InputProblem(f"{at}/tip", "must be negative on a refund" if is_refund else "cannot be below 0")


def _refund(refund: Refund) -> Problems:
    if refund.lines and refund.amount is not None:
        yield InputProblem("/amount", "cannot stand beside lines")
    if refund.amount is not None and refund.amount <= 0:
        yield InputProblem("/amount", "must be above 0")
    numbers = [line.number for line in refund.lines]
    for place, line in enumerate(refund.lines):
        if line.number in numbers[:place]:
            yield InputProblem(f"/lines/{place}/number", f"line {line.number} stands there already")
        if line.quantity <= 0:
            yield InputProblem(f"/lines/{place}/quantity", "must be above 0: so much is given back")


def _decision_alone(changes: OrderChanges) -> Problems:
    """Accepting and rejecting are acts of their own, looked at before they are written: each of them alone."""
    if changes.status in ("ACCEPTED", "REJECTED") and changes != OrderChanges(status=changes.status):
        yield InputProblem("/status", f"{changes.status} stands alone: send the other changes by themselves")


def _nothing_changes() -> InputProblem:
    return InputProblem("", "names nothing that is to change")


def _least_of_line(line: LineRequest) -> Decimal:
    if line.option_sets:
        return _least_of_price(line.unit_price, line.unit_price_inc_tax) + _least_of_sets(line.option_sets)
    if line.price_fixed_variation is not None:
        return FREE  # whether it is with or without tax is not documented
    least = line.quantity * _least_of_price(line.unit_price, line.unit_price_inc_tax)
    return least if line.price_variation is None else least * line.price_variation


def _least_of_option(option: OptionRequest) -> Decimal:
    if option.instructions == "No":
        return FREE
    return _least_of_price(option.unit_price, option.unit_price_inc_tax) + _least_of_sets(option.option_sets)


def _least_of_sets(option_sets: Sequence[OptionSetRequest]) -> Decimal:
    return sum((_least_of_option(option) for each in option_sets for option in each.options), FREE)


def _least_of_price(without_tax: Decimal | None, with_tax: Decimal | None) -> Decimal:
    if without_tax is not None:
        return without_tax
    return FREE if with_tax is None else with_tax


def _to_cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)
