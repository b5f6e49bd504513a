"""What Kounta's document says of making orders, through the deployed relay: every field, availability, idempotency, an
order that begins blank.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.stack.orders import CARD, COFFEE, FISH, IN_FULL, OAT_MILK, SUGAR, WATER, WATERS, Orders, mark_of, pos_id
from tests.stack.relay import CLIENT, COMPANY_ID, Json, Premises, until
from tests.stack.relay import FISH as MORE

LONG = 90.0


@pytest.fixture(scope="module")
def orders(premises: Premises) -> Orders:
    """A venue."""
    return Orders(premises.open_venue("orders-made"))


def with_reference(name: str) -> tuple[str, str]:
    """A reference, and what its orders' notes hold: faults match it before the order's id is known."""
    reference = f"{name}-{secrets.token_hex(4)}"
    return reference, f"({reference})"


def pressed(orders: Orders, order: Json, act: str, content: Json | None = None) -> int:
    """What the register says to staff: 200, or 409."""
    return orders.relay.sandbox.control_try(f"kounta/orders/{pos_id(order)}/{act}", content or {}).status_code


# status and callbacks


def test_no_order_is_made_accepted(orders: Orders) -> None:
    assert orders.pointers({"lines": [WATERS], "status": "ACCEPTED"}) == ["/status"]


def test_an_order_without_a_status_is_submitted(orders: Orders) -> None:
    assert orders.in_pos(orders.sent(lines=[WATERS]))["status"] == "SUBMITTED"


@pytest.mark.parametrize("status", ["SUBMITTED", "ON_HOLD", "PENDING", "COMPLETE"])
def test_an_order_is_made_in_the_status_that_it_says(orders: Orders, status: str) -> None:
    order = orders.sent(lines=[WATERS], payments=[IN_FULL], status=status, complete_when_paid=False)
    assert orders.in_pos(order)["status"] == status


def test_kounta_calls_back_at_each_change_of_status(premises: Premises) -> None:
    deaf = Orders(premises.open_venue("orders-called-back", told=False))
    order = deaf.sent(lines=[WATERS], payments=[IN_FULL], complete_when_paid=False)
    deaf.relay.sandbox.staff("accept", pos_id(order))
    deaf.until_in(order, "accepted")
    deaf.relay.sandbox.staff("complete", pos_id(order))
    assert deaf.until_in(order, "completed")["pos"]["status"] == "COMPLETE"


def test_the_platforms_callback_gets_the_order_as_json(orders: Orders) -> None:
    name = f"callback-{secrets.token_hex(4)}"
    address = f"{orders.relay.sandbox.url}/_platform/{name}"
    order = orders.sent(lines=[WATERS], payments=[IN_FULL], callback_uri=address)
    assert orders.as_kounta_got_it(order)["callback_uri"] != address

    def posted(status: str) -> Json | None:
        for call in orders.relay.sandbox.calls(f"platform.{name}"):
            assert call["headers"].get("content-type", "").startswith("application/json")
            body = json.loads(call["body"]) if isinstance(call["body"], str) else call["body"]
            if body["status"] == status:
                content: Json = body
                return content
        return None

    assert until(lambda: posted("sent"), "the order in the POS")["id"] == order["id"]
    orders.relay.sandbox.staff("reject", pos_id(order))
    rejected = until(lambda: posted("rejected"), "the order rejected")
    assert (rejected["id"], rejected["pos"]["status"]) == (order["id"], "REJECTED")


# lines


def test_modifiers_are_product_ids_that_may_repeat(orders: Orders) -> None:
    lines = [{"product_id": COFFEE, "modifiers": [OAT_MILK, SUGAR, SUGAR]}]
    (line,) = orders.in_pos(orders.sent(lines=lines))["lines"]
    assert line["modifiers"] == [str(OAT_MILK), str(SUGAR), str(SUGAR)]


def test_a_modifier_is_negated_by_its_sign(orders: Orders) -> None:
    lines = [{"product_id": COFFEE, "modifiers": [-SUGAR, str(-OAT_MILK)]}]
    (line,) = orders.in_pos(orders.sent(lines=lines))["lines"]
    assert line["modifiers"] == [f"-{SUGAR}", f"-{OAT_MILK}"]


@pytest.mark.parametrize(
    ("prices", "unit_price", "total"),
    [
        ({"unit_price": "5.00"}, "5.00", "11.00"),
        ({"unit_price": "5.00", "unit_price_inc_tax": "99.00"}, "5.00", "11.00"),
        ({"unit_price_inc_tax": "11.00"}, "10.00", "22.00"),
        ({}, "7.2727", "16.00"),
    ],
    ids=["before tax", "before tax wins", "with tax", "the site's own"],
)
def test_the_price_of_a_line(orders: Orders, prices: Json, unit_price: str, total: str) -> None:
    shown = orders.in_pos(orders.sent(lines=[{**WATERS, **prices}]))
    assert (shown["lines"][0]["unit_price"], shown["total"]) == (unit_price, total)


@pytest.mark.parametrize(("coefficient", "total"), [("0.9", "14.40"), ("1.15", "18.40")])
def test_a_variation_is_a_coefficient(orders: Orders, coefficient: str, total: str) -> None:
    by_order = orders.in_pos(orders.sent(lines=[WATERS], price_variation=coefficient))
    by_line = orders.in_pos(orders.sent(lines=[{**WATERS, "price_variation": coefficient}]))
    assert (by_order["total"], by_line["total"]) == (total, total)


@pytest.mark.parametrize(("amount", "total"), [("-2.00", "14.00"), ("1.15", "17.15")])
def test_a_fixed_variation_is_money(orders: Orders, amount: str, total: str) -> None:
    assert orders.in_pos(orders.sent(lines=[WATERS], price_fixed_variation=amount))["total"] == total


def test_an_order_has_one_kind_of_variation(orders: Orders) -> None:
    both = {"price_variation": "0.9", "price_fixed_variation": "-2.00"}
    assert orders.pointers({"lines": [WATERS], **both}) == ["/price_fixed_variation"]
    assert orders.pointers({"lines": [{**WATERS, **both}]}) == ["/lines/0/price_fixed_variation"]


def test_staff_cannot_go_beyond_the_price_limit(orders: Orders) -> None:
    limited, free = (orders.sent(lines=[WATERS], **more) for more in ({"price_limit": "20.00"}, {}))
    assert orders.in_pos(limited)["price_limit"] == "20.00"
    assert (pressed(orders, limited, "add-lines", MORE), pressed(orders, free, "add-lines", MORE)) == (409, 200)


def test_an_order_for_one_register_names_no_site(orders: Orders) -> None:
    register_id = orders.relay.site_id  # sites of tests have one register, with their own number
    order = orders.sent(lines=[WATERS], register_id=register_id)
    got = orders.as_kounta_got_it(order)
    assert (str(got["register_id"]), "site_id" in got) == (register_id, False)
    assert orders.in_pos(order)["register_id"] == register_id
    plain = orders.as_kounta_got_it(orders.sent(lines=[WATERS]))
    assert (str(plain["site_id"]), "register_id" in plain) == (orders.relay.site_id, False)


def test_a_paid_order_is_complete_by_itself(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], payments=[IN_FULL])
    orders.relay.sandbox.staff("accept", pos_id(order))
    assert orders.until_in(order, "completed")["pos"]["status"] == "COMPLETE"


def test_a_paid_order_can_wait_for_staff_to_complete_it(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], payments=[IN_FULL], complete_when_paid=False)
    orders.relay.sandbox.staff("accept", pos_id(order))
    orders.until_in(order, "accepted")
    assert orders.in_pos(order)["status"] == "ACCEPTED"
    orders.relay.sandbox.staff("complete", pos_id(order))
    orders.until_in(order, "completed")


def test_the_alert_sound_is_on_unless_it_is_turned_off(orders: Orders) -> None:
    silent = orders.as_kounta_got_it(orders.sent(lines=[WATERS], enable_alert_sound=False))
    assert silent["enable_alert_sound"] is False
    assert "enable_alert_sound" not in orders.as_kounta_got_it(orders.sent(lines=[WATERS]))


@pytest.mark.parametrize("order_type", ["Dine in", "Takeaway", "Pickup", "Delivery", "Catering", "Drive Thru"])
def test_an_order_is_of_one_of_six_types(orders: Orders, order_type: str) -> None:
    assert orders.in_pos(orders.sent(lines=[WATERS], order_type=order_type))["order_type"] == order_type


def test_there_is_no_other_type(orders: Orders) -> None:
    assert orders.pointers({"lines": [WATERS], "order_type": "Room service"}) == ["/order_type"]


def test_the_reason_for_which_staff_reject_comes_back(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], prompt_for_reject_reason=True)
    why = {"reason": "Sorry, no bubbles left", "reason_name": "Sold Out"}
    orders.relay.sandbox.staff("reject", pos_id(order), why)
    reason = orders.until_in(order, "rejected")["reject_reason"]
    assert "Sold Out" in reason
    assert "no bubbles left" in reason
    unasked = orders.sent(lines=[WATERS])
    orders.relay.sandbox.staff("reject", pos_id(unasked), why)
    assert orders.until_in(unasked, "rejected")["reject_reason"] is None


PRESSES: dict[str, Json] = {"add-lines": MORE, "pay": {"amount": "1.00"}, "delete": {}}


@pytest.mark.parametrize(
    ("lock", "forbidden"),
    [
        ([], set()),
        (["NEW_LINES"], {"add-lines"}),
        (["PAYMENTS"], {"pay"}),
        (["APP_PAYMENT"], {"pay"}),
        (["DELETE"], {"delete"}),
        (["ALL"], {"add-lines", "pay", "delete"}),
        (["NEW_LINES", "DELETE"], {"add-lines", "delete"}),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_a_lock_keeps_staff_from(orders: Orders, lock: list[str], forbidden: set[str]) -> None:
    order = orders.sent(lines=[WATERS], lock=lock)
    assert orders.in_pos(order)["lock"] == lock
    refused = {act for act, content in PRESSES.items() if pressed(orders, order, act, content) == 409}
    assert refused == forbidden


def test_a_locked_order_still_takes_our_own_payment(orders: Orders) -> None:
    order = orders.done(orders.sent(lines=[WATERS], lock=["APP_PAYMENT"]), "payments", IN_FULL)
    assert orders.in_pos(order)["paid"] == "16.00"


# availability


@pytest.fixture(scope="module")
def sold_out(premises: Premises) -> Orders:
    """A venue that has run out of fish."""
    venue = Orders(premises.open_venue("orders-sold-out"))
    venue.relay.sandbox.control("state", {"site_id": int(venue.relay.site_id), "product_out_of_stock": [FISH]})
    return venue


@pytest.mark.parametrize("status", ["ON_HOLD", "PENDING", "COMPLETE"])
def test_an_order_of_what_is_out_of_stock_is_refused(sold_out: Orders, status: str) -> None:
    paid = [{"method_id": CARD, "amount": "40.00"}]
    placed = sold_out.place(lines=[{"product_id": FISH}], payments=paid, status=status)
    order = sold_out.until_in(placed, "failed")
    (failed,) = order["failed_services"]
    assert order["attempts"][-1]["http_status"] == 400
    assert (failed["code"], failed["message"]) == ("product_out_of_stock", f"Product ({FISH}) is out of stock.")
    assert sold_out.at_kounta(order) == []


def test_a_submitted_order_of_what_is_out_of_stock_is_taken(sold_out: Orders) -> None:
    assert sold_out.in_pos(sold_out.sent(lines=[{"product_id": FISH}]))["status"] == "SUBMITTED"


# idempotency headers


def keys_of(orders: Orders, mark: str) -> list[str]:
    """The `Idempotency-Key` of each call that made an order whose body holds the mark."""
    calls = orders.relay.sandbox.calls("kounta.create_order", mark)
    return [{name.lower(): value for name, value in call["headers"].items()}["idempotency-key"] for call in calls]


def test_a_repeat_after_a_lost_answer_has_the_same_key_and_makes_nothing_new(orders: Orders) -> None:
    reference, mark = with_reference("lost")
    orders.relay.sandbox.fault("kounta.create_order", "reset_after", match=mark)
    order = orders.sent(reference=reference, lines=[WATERS])
    first, second = keys_of(orders, mark)
    assert first == second
    (held,) = orders.at_kounta(order)
    assert str(held["id"]) == pos_id(order)


def test_every_order_has_a_key_of_the_documents_form(orders: Orders) -> None:
    made = [orders.sent(lines=[WATERS]) for _ in range(3)]
    keys = [key for order in made for key in keys_of(orders, mark_of(order))]
    assert len(set(keys)) == len(made)
    for key in keys:
        assert re.fullmatch("[a-zA-Z0-9-]{1,255}", key)


def test_errors_are_kept_under_their_key_so_a_new_one_is_taken(orders: Orders) -> None:
    reference, mark = with_reference("stored")
    orders.relay.sandbox.fault("kounta.create_order", "500_stored", match=mark)
    order = orders.settled(orders.place(reference=reference, lines=[WATERS]), within_s=LONG)
    keys = keys_of(orders, mark)
    assert len(set(keys)) == 2
    statuses = [(each["idempotency_key"], each["http_status"]) for each in order["attempts"] if each["http_status"]]
    assert (keys[0], 500) in statuses
    assert {status for key, status in statuses if key == keys[0]} == {500}  # the repeat got the stored answer
    assert statuses[-1] == (keys[-1], 201)
    assert len(orders.at_kounta(order)) == 1


def test_a_key_still_under_way_is_waited_for(orders: Orders) -> None:
    reference, mark = with_reference("busy")
    orders.relay.sandbox.fault("kounta.create_order", "slow", match=mark, delay_s=5)
    order = orders.settled(orders.place(reference=reference, lines=[WATERS]), within_s=LONG)
    assert 409 in [each["http_status"] for each in order["attempts"]]
    assert len(set(keys_of(orders, mark))) == 1
    assert len(orders.at_kounta(order)) == 1


def test_a_used_key_is_followed_by_a_look_and_a_new_key(orders: Orders) -> None:
    reference, mark = with_reference("used")
    orders.relay.sandbox.fault("kounta.create_order", "422", match=mark)
    order = orders.settled(orders.place(reference=reference, lines=[WATERS]), within_s=LONG)
    assert [each["http_status"] for each in order["attempts"] if each["http_status"] in (422, 201)] == [422, 201]
    assert len(set(keys_of(orders, mark))) == 2
    assert len(orders.at_kounta(order)) == 1


def test_kounta_refuses_a_key_of_another_form(orders: Orders) -> None:
    credentials = (CLIENT.credentials.client_id, CLIENT.credentials.client_secret)
    at_kounta = f"{orders.relay.sandbox.url}/kounta/v1/companies/{COMPANY_ID}/orders"
    order = orders.sent(lines=[WATERS])
    for key, status in ((keys_of(orders, mark_of(order))[0] + "-x", 201), ("no spaces", 400), ("k" * 256, 400)):
        headers = {"accept": "application/json", "idempotency-key": key}
        body = {"site_id": int(orders.relay.site_id), "notes": "made by a test"}
        answer = orders.relay.premises.http.post(at_kounta, json=body, headers=headers, auth=credentials)
        assert answer.status_code == status, answer.text
    assert "Idempotency-Key" in answer.text


# an order that begins blank


def test_an_order_begins_blank_and_gets_lines_and_payments(orders: Orders) -> None:
    order = orders.sent()
    blank = orders.in_pos(order)
    assert (blank["status"], blank["lines"], blank["payments"], blank["total"]) == ("SUBMITTED", [], [], "0.00")
    orders.done(order, "lines", [WATERS, {"product_id": COFFEE}])
    assert [line["product_id"] for line in orders.in_pos(order)["lines"]] == [str(WATER), str(COFFEE)]
    orders.done(order, "payments", {**IN_FULL, "amount": "20.50"})
    paid = orders.in_pos(order)
    assert (paid["total"], paid["paid"], paid["amount_due"]) == ("20.50", "20.50", "0.00")


def test_a_blank_order_is_not_closed_by_its_payment(orders: Orders) -> None:
    order = orders.sent(payments=[IN_FULL])
    assert orders.as_kounta_got_it(order)["complete_when_paid"] is False
    orders.relay.sandbox.staff("accept", pos_id(order))
    orders.until_in(order, "accepted")
    assert orders.in_pos(order)["status"] == "ACCEPTED"


def test_all_fields_are_optional_but_our_reference(orders: Orders) -> None:
    assert orders.in_pos(orders.sent())["status"] == "SUBMITTED"
    answer = orders.post({"lines": [WATERS]})
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, ["/reference"])


def test_an_order_for_later_is_held_as_a_pre_order(orders: Orders) -> None:
    later: Any = (datetime.now(UTC) + timedelta(hours=5)).replace(microsecond=0)
    shown = orders.in_pos(orders.sent(lines=[WATERS], payments=[IN_FULL], fulfil_at=later.isoformat()))
    assert shown["status"] == "ON_HOLD"
    assert datetime.fromisoformat(shown["fulfil_at"]) == later
