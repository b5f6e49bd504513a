"""The gateway's writes against the sandbox: parts of an order, and each refusal in the vendor's words with our code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.kounta.models import Order, SiteCondition
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.draft import DraftPayment, OrderDraft
from shared.domain.orders.refusals import pointer_named, products_named, speaks_of_menu
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    PaymentRequest,
)
from shared.domain.orders.writes import Answer, Outcome
from shared.usecases.pos_gateway import PosGateway
from tests.conformance.test_kounta_gateway import DRAFT, Kounta, made

BLANK = replace(DRAFT, payments=())
WATER, COFFEE, PLATE = LineRequest("730298"), LineRequest("730297"), "730310"
EGGS = OptionSetRequest("501", (OptionRequest("730311"),))
EXTRAS = OptionSetRequest("502", (OptionRequest("730313", instructions="Extra"),))
BREAKFAST = OptionRequest(PLATE, option_sets=(EGGS, EXTRAS))
TWO = LineChanges(quantity=Decimal(2))
CASH = PaymentRequest(Decimal("5.00"), "1", "cash-1")


def kept(kounta: Kounta, order_id: str) -> Order:
    return kounta.sandbox.state.order(int(order_id))


def switch(kounta: Kounta, **condition: Any) -> None:
    """What is wrong at the site from now on."""
    switches = kounta.sandbox.state.switches
    kounta.sandbox.state.put_switches(switches.model_copy(update={"sites": {823: SiteCondition(**condition)}}))


def done(answer: Answer) -> None:
    assert answer.outcome is Outcome.DONE, answer


def test_a_blank_order_is_filled_and_emptied_again() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, BLANK)
    done(gateway.add_lines(order_id, [WATER, replace(COFFEE, modifiers=("730321", "-730323"))]))
    done(gateway.add_option_set(order_id, BREAKFAST))
    done(gateway.add_lines(order_id, [LineRequest(PLATE, option_sets=(EGGS,))]))
    order = kept(kounta, order_id)
    assert [(line.product_id, line.modifiers) for line in order.lines if not line.part_of_option_set] == [
        (730298, []),
        (730297, [730321, -730323]),
    ]
    assert [one.product_id for one in order.options] == [730310, 730310]
    assert order.options[0].option_sets[1].options[0].instructions == "Extra"

    done(gateway.change_line(order_id, 2, LineChanges(quantity=Decimal(3), notes="hot")))
    changed = kept(kounta, order_id).lines[1]
    assert (changed.quantity, changed.notes, changed.modifiers) == (Decimal(3), "hot", [730321, -730323])
    done(gateway.change_line(order_id, 2, LineChanges(modifiers=())))
    unmodified = kept(kounta, order_id).lines[1]
    assert (unmodified.quantity, unmodified.modifiers) == (Decimal(3), [])

    done(gateway.remove_line(order_id, 1))
    done(gateway.remove_option_set(order_id, 2))
    done(gateway.remove_option_set(order_id, 1))
    assert [line.product_id for line in kept(kounta, order_id).lines] == [730297]


def test_several_lines_come_all_or_none() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, BLANK)
    answer = gateway.add_lines(order_id, [WATER, LineRequest("1")])
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "product_not_at_site")
    assert kept(kounta, order_id).lines == []


def test_payments_added_and_given_a_tip() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, replace(BLANK, lines=(WATER,), asked_complete_when_paid=False))
    done(gateway.add_payment(order_id, replace(CASH, tip=Decimal("0.50"))))
    done(gateway.change_payment(order_id, 1, ref="cash-2", tip=Decimal("2.00")))
    order = kept(kounta, order_id)
    assert [(one.amount, one.tip, one.ref) for one in order.payments] == [
        (Decimal("5.00"), Decimal("0.50"), "cash-2"),
        (Decimal("0.00"), Decimal("2.00"), None),
    ]


def test_a_payment_whose_answer_was_lost_stands_there_with_its_ref() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, BLANK)
    kounta.fails("add_payment", "reset_after")
    assert gateway.add_payment(order_id, CASH).outcome is Outcome.LOST
    assert [one.ref for one in kept(kounta, order_id).payments] == ["cash-1"]


def test_a_tip_sent_twice_is_given_twice() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, replace(BLANK, payments=(DraftPayment("1", Decimal("5.00"), "r"),)))
    kounta.fails("add_payment", "reset_after")
    assert gateway.change_payment(order_id, 1, tip=Decimal("2.00")).outcome is Outcome.LOST
    done(gateway.change_payment(order_id, 1, tip=Decimal("2.00")))
    assert kept(kounta, order_id).tips == Decimal("4.00")  # so it may not be repeated without a look


def test_an_order_is_changed_and_moved_on() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, replace(BLANK, lines=(WATER,)))
    fulfil_at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    changes = OrderChanges(
        order_type="Pickup", price_variation=Decimal("0.5"), lock=("DELETE",), fulfil_at=fulfil_at, guests=2
    )
    done(gateway.change_order(order_id, changes))
    order = kept(kounta, order_id)
    assert (order.order_type, order.guests, order.lock) == ("Pickup", 2, ["DELETE"])
    assert (order.total, order.notes) == (Decimal("4.00"), DRAFT.notes)
    assert order.fulfil_at is not None
    assert datetime.fromisoformat(order.fulfil_at) == fulfil_at
    done(gateway.change_order(order_id, OrderChanges(lock=())))
    for status in ("ACCEPTED", "PENDING"):
        done(gateway.set_status(order_id, status))
        order = kept(kounta, order_id)
        assert (order.status, order.lock) == (status, [])
    done(gateway.add_payment(order_id, replace(CASH, amount=Decimal("4.00"))))
    assert kept(kounta, order_id).status == "COMPLETE"


def test_a_message_for_some_registers() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway, BLANK)
    asked = Notification(
        "Fish is off", "order", "red", 10, register_ids=("16",), expires=datetime(2027, 1, 1, tzinfo=UTC)
    )
    for _ in range(5):
        done(gateway.send_notification(order_id, asked))
    notice = kept(kounta, order_id).notices[0]
    assert (notice.message, notice.broadcast_level, notice.alert_colour) == ("Fish is off", "order", "red")
    sixth = gateway.notify(order_id, "one more")
    assert (sixth.outcome, sixth.code) == (Outcome.REFUSED, "too_many_notifications")


# what Kounta refuses when an order is created

PLATED = replace(BLANK, options=(BREAKFAST,))
PRINTED = replace(BLANK, lines=(WATER,), status="ON_HOLD", pass_thru_printing=True)


def a_plate(*sets: OptionSetRequest, instructions: str | None = None) -> OrderDraft:
    return replace(BLANK, options=(OptionRequest(PLATE, instructions=instructions, option_sets=sets),))


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(BLANK, lines=(LineRequest("1"),)), "product_not_at_site"),
        (replace(BLANK, lines=(replace(WATER, modifiers=("-1",)),)), "product_not_at_site"),
        (a_plate(OptionSetRequest("501", (OptionRequest("730313"),))), "option_not_in_set"),
        (a_plate(OptionSetRequest("503", (OptionRequest("730317"),))), "option_set_not_of_product"),
        (a_plate(OptionSetRequest("501", (OptionRequest("730311", instructions="No"),))), "instructions_not_supported"),
        (a_plate(instructions="No"), "instructions_not_supported"),
        (replace(PRINTED, status="SUBMITTED"), "pass_thru_wrong_status"),
        (replace(PRINTED, status="PENDING"), "pass_thru_not_paid"),
        (replace(PRINTED, pass_thru_printing_register="99"), "register_unknown"),
        (replace(BLANK, status="ACCEPTED"), "status_not_allowed"),
        (replace(BLANK, lines=(WATER,), status="COMPLETE"), "not_fully_paid"),
        (replace(BLANK, lines=(WATER,), price_limit=Decimal(1)), "above_price_limit"),
        (replace(BLANK, original_order_id="1"), "original_unknown"),
        (replace(BLANK, customer_id="1"), "customer_unknown"),
        (replace(BLANK, payments=(DraftPayment("99", Decimal(1), "r"),)), "payment_method_unknown"),
        (replace(BLANK, payments=(DraftPayment(None, Decimal(1), "r"),)), "payment_method_missing"),
        (replace(BLANK, register_id="99"), "register_unknown"),
        (replace(BLANK, site_id="99"), "site_unknown"),
        (replace(BLANK, guests=-1), "invalid_data"),
        (replace(BLANK, price_variation=Decimal(2), price_fixed_variation=Decimal(1)), "invalid_data"),
    ],
)
def test_what_is_refused_of_a_new_order(draft: OrderDraft, code: str) -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    answer = gateway.create_order(gateway.render_create(draft), "k-1")
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, code)
    assert kounta.sandbox.live_orders() == []
    assert speaks_of_menu(code) is code.startswith(("product_not", "option_", "instructions_"))


def test_the_words_name_the_product_and_the_place() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    switch(kounta, product_out_of_stock=[730298])
    held = replace(BLANK, lines=(COFFEE, WATER), status="ON_HOLD")
    out = gateway.create_order(gateway.render_create(held), "k-1")
    assert (out.code, products_named(out.message)) == ("product_out_of_stock", ("730298",))
    assert made(gateway, replace(held, status="SUBMITTED"), key="k-2")  # only a warning is due: Kounta takes it

    wrong = replace(PLATED, options=(replace(BREAKFAST, instructions="Some"),))
    invalid = gateway.create_order(gateway.render_create(wrong), "k-3")
    assert (invalid.code, pointer_named(invalid.message)) == ("invalid_data", "/options/0/instructions")


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"online_ordering_paused": True}, "online_ordering_paused"),
        ({"pass_thru_register_offline": True}, "pass_thru_register_offline"),
        ({"site_offline": True}, "pass_thru_register_offline"),
        ({"product_gone": [730298]}, "product_not_at_site"),
    ],
)
def test_what_the_venue_switched_off(condition: dict[str, Any], code: str) -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    switch(kounta, **condition)
    answer = gateway.create_order(gateway.render_create(PRINTED), "k-1")
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, code)


def test_a_key_of_the_wrong_form_and_a_refund_of_an_open_order() -> None:
    gateway = Kounta().gateway()
    assert gateway.create_order(gateway.render_create(BLANK), "k_1").code == "invalid_idempotency_key"
    refund = replace(BLANK, original_order_id=made(gateway, BLANK))
    assert gateway.create_order(gateway.render_create(refund), "k-2").code == "original_not_complete"


# what Kounta refuses of an order that exists

OnOrder = Callable[[PosGateway, str], Answer]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda to, order: to.change_line(order, 2, TWO), "part_of_option_set"),
        (lambda to, order: to.remove_line(order, 2), "part_of_option_set"),
        (lambda to, order: to.change_line(order, 99, TWO), "line_gone"),
        (lambda to, order: to.remove_line(order, 99), "line_gone"),
        (lambda to, order: to.remove_option_set(order, 9), "option_set_gone"),
        (lambda to, order: to.change_payment(order, 9, ref="r"), "payment_gone"),
        (lambda to, order: to.set_status(order, "COMPLETE"), "not_fully_paid"),
        (lambda to, order: to.add_lines(order, []), "invalid_data"),
        (lambda to, order: to.change_order("1", OrderChanges(guests=1)), "order_gone"),
        (lambda to, order: to.add_lines("1", [WATER]), "order_gone"),
        (lambda to, order: to.add_option_set("1", BREAKFAST), "order_gone"),
        (lambda to, order: to.add_payment("1", CASH), "order_gone"),
        (lambda to, order: to.notify("1", "m"), "order_gone"),
    ],
)
def test_what_is_refused_of_an_open_order(act: OnOrder, code: str) -> None:
    gateway = Kounta().gateway()
    answer = act(gateway, made(gateway, replace(PLATED, lines=(WATER,))))
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, code)


def test_an_accepted_order_keeps_its_lines() -> None:
    gateway = Kounta().gateway()
    order_id = made(gateway, replace(BLANK, lines=(WATER,)))
    done(gateway.set_status(order_id, "ACCEPTED"))
    assert gateway.change_line(order_id, 1, TWO).code == "order_accepted"


@pytest.mark.parametrize(
    "act",
    [
        lambda to, order: to.change_order(order, OrderChanges(guests=1)),
        lambda to, order: to.set_status(order, "REJECTED"),
        lambda to, order: to.add_lines(order, [WATER]),
        lambda to, order: to.change_line(order, 1, TWO),
        lambda to, order: to.remove_line(order, 1),
        lambda to, order: to.add_option_set(order, BREAKFAST),
        lambda to, order: to.remove_option_set(order, 1),
        lambda to, order: to.add_payment(order, CASH),
        lambda to, order: to.change_payment(order, 1, ref="r"),
    ],
)
def test_a_complete_order_stays_as_it_is(act: OnOrder) -> None:
    gateway = Kounta().gateway()
    paid = (DraftPayment("1", Decimal("8.00"), "r"),)
    order_id = made(gateway, replace(BLANK, lines=(WATER,), payments=paid, status="COMPLETE"))
    answer = act(gateway, order_id)
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "order_complete")
