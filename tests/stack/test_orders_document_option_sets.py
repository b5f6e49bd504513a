"""What Kounta's document says of option sets, through the deployed relay: made with an order, read, added, taken off.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

import pytest

from tests.stack.orders import (
    BACON,
    BREAKFAST,
    BUTTER,
    EGGS,
    EXTRAS,
    HONEY,
    MUSHROOMS,
    POACHED,
    SCRAMBLED,
    SPREADS,
    TOAST,
    WATER,
    Orders,
)
from tests.stack.relay import Json, Premises

WITH_TOAST = {
    "product_id": BREAKFAST,
    "option_sets": [
        {"option_set_id": EGGS, "options": [{"product_id": POACHED}]},
        {
            "option_set_id": EXTRAS,
            "options": [
                {"product_id": BACON, "instructions": "Extra"},
                {
                    "product_id": TOAST,
                    "option_sets": [
                        {
                            "option_set_id": SPREADS,
                            "options": [{"product_id": BUTTER, "instructions": "On Side"}, {"product_id": HONEY}],
                        }
                    ],
                },
            ],
        },
    ],
}
SCRAMBLED_ONLY = {
    "product_id": BREAKFAST,
    "option_sets": [{"option_set_id": EGGS, "options": [{"product_id": SCRAMBLED}]}],
}
ONE_WATER = {"product_id": WATER, "quantity": 1}


@pytest.fixture(scope="module")
def orders(premises: Premises) -> Orders:
    """A venue."""
    return Orders(premises.open_venue("orders-options"))


@pytest.fixture(scope="module")
def breakfast(orders: Orders) -> Json:
    """An order with a line of its own, and a breakfast with options within options."""
    return orders.sent(lines=[ONE_WATER], options=[WITH_TOAST])


def chosen(option: Json) -> Json:
    """What was chosen, without what the POS adds."""
    said: Json = {"product_id": int(option["product_id"])}
    if option["instructions"]:
        said["instructions"] = option["instructions"]
    sets = [
        {"option_set_id": int(each["option_set_id"]), "options": [chosen(one) for one in each["options"]]}
        for each in option["option_sets"]
    ]
    return {**said, "option_sets": sets} if sets else said


def points_at(option: Json) -> dict[int, str]:
    """Line number → product of everything chosen."""
    found = {option["line_number"]: option["product_id"]}
    for each in option["option_sets"]:
        for one in each["options"]:
            found |= points_at(one)
    return found


# made with an order


def test_an_order_is_made_with_nested_option_sets(orders: Orders, breakfast: Json) -> None:
    (option,) = orders.in_pos(breakfast)["options"]
    assert chosen(option) == WITH_TOAST


def test_options_are_lines_of_their_own(orders: Orders, breakfast: Json) -> None:
    own, *of_the_set = orders.in_pos(breakfast)["lines"]
    assert (own["product_id"], own["part_of_option_set"]) == (str(WATER), False)
    assert [int(line["product_id"]) for line in of_the_set] == [BREAKFAST, POACHED, BACON, TOAST, BUTTER, HONEY]


def test_options_take_no_quantity_but_come_again(orders: Orders) -> None:
    assert orders.pointers({"options": [{**SCRAMBLED_ONLY, "quantity": 2}]}) == ["/options/0/quantity"]
    twice = {**SCRAMBLED_ONLY, "option_sets": [{"option_set_id": EXTRAS, "options": [{"product_id": BACON}] * 2}]}
    shown = orders.in_pos(orders.sent(options=[SCRAMBLED_ONLY, SCRAMBLED_ONLY, twice]))
    assert [chosen(option) for option in shown["options"]] == [SCRAMBLED_ONLY, SCRAMBLED_ONLY, twice]
    assert {line["quantity"] for line in shown["lines"]} == {"1"}


def test_instructions_are_four_words_where_the_set_takes_them(orders: Orders) -> None:
    options = [{"product_id": BACON, "instructions": said} for said in ("No", "Extra", "Only", "On Side")]
    wanted = {"product_id": BREAKFAST, "option_sets": [{"option_set_id": EXTRAS, "options": options}]}
    (option,) = orders.in_pos(orders.sent(options=[wanted]))["options"]
    assert chosen(option) == wanted
    options[0]["instructions"] = "Less"
    assert orders.pointers({"options": [wanted]}) == ["/options/0/option_sets/0/options/0/instructions"]
    eggs = {"option_set_id": EGGS, "options": [{"product_id": POACHED, "instructions": "Extra"}]}
    refused = orders.refused_by_pos(options=[{"product_id": BREAKFAST, "option_sets": [eggs]}])
    assert refused["code"] == "instructions_not_supported"


@pytest.mark.parametrize(
    ("price", "unit_price"),
    [
        ({}, "2.7273"),
        ({"unit_price": "3.50"}, "3.50"),
        ({"unit_price_inc_tax": "5.50"}, "5.00"),
        ({"unit_price": "3.50", "unit_price_inc_tax": "5.50"}, "3.50"),
    ],
    ids=["the set's own", "before tax", "with tax", "before tax wins"],
)
def test_the_price_of_an_option(orders: Orders, price: Json, unit_price: str) -> None:
    option_set = {"option_set_id": EXTRAS, "options": [{"product_id": MUSHROOMS, **price}]}
    shown = orders.in_pos(orders.sent(options=[{"product_id": BREAKFAST, "option_sets": [option_set]}]))
    assert shown["options"][0]["option_sets"][0]["options"][0]["unit_price"] == unit_price
    assert shown["lines"][1]["unit_price"] == unit_price


# on an order that stands


def test_they_are_shown_in_their_own_form_with_their_lines(orders: Orders, breakfast: Json) -> None:
    shown = orders.in_pos(breakfast)
    (option,) = shown["options"]
    of_sets = {line["number"]: line["product_id"] for line in shown["lines"] if line["part_of_option_set"]}
    assert points_at(option) == of_sets
    assert len(of_sets) == 6


def test_the_first_option_set_is_number_one(orders: Orders, breakfast: Json) -> None:
    path = f"orders/{breakfast['id']}/option-sets"
    (listed,) = orders.read(path).json()["data"]
    assert orders.read(f"{path}/1").json() == listed
    assert (listed["number"], chosen(listed)) == (1, WITH_TOAST)
    assert orders.read(f"{path}/2").status_code == 404


def test_lines_of_an_option_set_are_not_changed_as_lines(orders: Orders) -> None:
    order = orders.sent(lines=[ONE_WATER], options=[SCRAMBLED_ONLY])
    before = orders.in_pos(order)["lines"]
    for method, content in (("PUT", {"quantity": 3}), ("PUT", {"modifiers": []}), ("DELETE", None)):
        assert orders.ask(order, "lines/2", content, method).status_code == 202
    order = orders.settled(order, all_sent=False)
    assert [write["code"] for write in order["writes"][1:]] == ["part_of_option_set"] * 3
    assert orders.in_pos(order)["lines"] == before


def test_an_option_set_is_added_and_taken_off_as_a_whole(orders: Orders) -> None:
    order = orders.sent(lines=[ONE_WATER], options=[SCRAMBLED_ONLY])
    orders.done(order, "option-sets", WITH_TOAST)
    first, second = orders.in_pos(order)["options"]
    assert (chosen(first), chosen(second)) == (SCRAMBLED_ONLY, WITH_TOAST)
    orders.done(order, "option-sets/1", method="DELETE")
    shown = orders.in_pos(order)
    assert [chosen(option) for option in shown["options"]] == [WITH_TOAST]
    assert len(shown["lines"]) == 1 + 6
