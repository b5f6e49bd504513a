"""Option sets, sentence by sentence (Kounta docs: Create with Option Sets; Option sets; Lines; Products)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import (
    BACON,
    COFFEE,
    EGGS,
    EXTRAS,
    FISH,
    HONEY,
    ICE,
    MUSHROOMS,
    PLATE,
    POACHED,
    SITE,
    SPREADS,
    SUGAR,
    TOAST,
    WATER,
    Till,
)

WORDS = "Your request contained some invalid data: Error validating "


def chosen(set_id: int, *options: dict[str, Any]) -> dict[str, Any]:
    return {"option_set_id": set_id, "options": list(options)}


def plate(*sets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A breakfast plate with what was chosen."""
    return {"product_id": PLATE, **more, "option_sets": list(sets) or [chosen(EGGS, {"product_id": POACHED})]}


def one(product: int, **more: Any) -> dict[str, Any]:
    return plate(chosen(EXTRAS, {"product_id": product, **more}))


def test_options_are_lines_of_their_own_separate_to_the_lines(till: Till) -> None:
    order = till.read(till.order(lines=[{"product_id": WATER, "quantity": 3}], options=[one(BACON)]))
    assert [(line["product"]["id"], line["number"], line["part_of_option_set"]) for line in order["lines"]] == [
        (WATER, 1, False),
        (PLATE, 2, True),
        (BACON, 3, True),
    ]
    assert order["total"] == 24 + 20 + 5


def test_option_sets_are_shown_in_their_own_form_with_line_numbers(till: Till) -> None:
    order = till.read(till.order(lines=[{"product_id": WATER}], options=[one(BACON, instructions="Extra")]))
    tax = [{"id": 91, "name": "GST", "rate": 0.1}]
    assert order["options"] == [
        {
            "product_id": PLATE,
            "name": "Breakfast plate",
            "unit_price": 18.1818,
            "unit_tax": 1.8182,
            "taxes": tax,
            "line_number": 2,
            "option_sets": [
                {
                    "name": "Extras",
                    "option_set_id": EXTRAS,
                    "options": [
                        {
                            "product_id": BACON,
                            "name": "Bacon",
                            "unit_price": 4.5455,
                            "unit_tax": 0.4546,
                            "taxes": tax,
                            "line_number": 3,
                            "option_sets": [],
                            "instructions": "Extra",
                        }
                    ],
                }
            ],
        }
    ]


def test_option_sets_nest_with_the_same_schema(till: Till) -> None:
    toast = {"product_id": TOAST, "option_sets": [chosen(SPREADS, {"product_id": HONEY, "instructions": "On Side"})]}
    order = till.read(till.order(options=[plate(chosen(EXTRAS, toast))]))
    nested = order["options"][0]["option_sets"][0]["options"][0]["option_sets"][0]["options"][0]
    assert (nested["product_id"], nested["line_number"], nested["instructions"]) == (HONEY, 3, "On Side")
    assert [line["product"]["id"] for line in order["lines"]] == [PLATE, TOAST, HONEY]


def test_there_is_no_quantity_but_several_entries(till: Till) -> None:
    refused = till.create(options=[{**one(BACON), "quantity": 2}])
    assert refused.json()["error_description"].startswith(WORDS + "/options/0/quantity: The property quantity is not")
    twice = plate(chosen(EXTRAS, {"product_id": BACON}, {"product_id": BACON}))
    order = till.read(till.order(options=[twice, twice]))
    assert [line["product"]["id"] for line in order["lines"]] == [PLATE, BACON, BACON] * 2


@pytest.mark.parametrize("word", ["No", "Extra", "Only", "On Side"])
def test_instructions_are_one_of_four_words(till: Till, word: str) -> None:
    order = till.read(till.order(options=[one(BACON, instructions=word)]))
    assert order["options"][0]["option_sets"][0]["options"][0]["instructions"] == word


@pytest.mark.parametrize(
    ("option", "price"),
    [
        pytest.param({"product_id": BACON}, 4.5455, id="the site's price"),
        pytest.param({"product_id": MUSHROOMS}, 2.7273, id="the option set's price"),
        pytest.param({"product_id": BACON, "unit_price": 6.25}, 6.25, id="unit_price, ex tax"),
        pytest.param({"product_id": BACON, "unit_price_inc_tax": 11}, 10, id="unit_price_inc_tax"),
        pytest.param({"product_id": BACON, "unit_price": 3, "unit_price_inc_tax": 11}, 3, id="unit_price wins"),
        pytest.param({"product_id": BACON, "instructions": "No"}, 0, id="what is left out is free"),
        pytest.param({"product_id": BACON, "instructions": "No", "unit_price": 1}, 1, id="unless it has a price"),
    ],
)
def test_prices_of_options(till: Till, option: dict[str, Any], price: float) -> None:
    order = till.read(till.order(options=[plate(chosen(EXTRAS, option))]))
    assert order["lines"][1]["unit_price"] == price


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(
            [plate(), plate(), plate(), plate(chosen(EGGS), {"option_set_id": "502", "options": []})],
            WORDS + "/options/3/option_sets/1/option_set_id: String value found, but a number is required.",
            id="the seed's own words",
        ),
        pytest.param({}, WORDS + "/options: Object value found, but an array is required.", id="not a list"),
        pytest.param(
            [{"option_sets": []}],
            WORDS + "/options/0/product_id: The property product_id is required.",
            id="no product",
        ),
        pytest.param(
            [plate({"option_set_id": EGGS})],
            WORDS + "/options/0/option_sets/0/options: The property options is required.",
            id="a set without options",
        ),
        pytest.param(
            [one(BACON, instructions="Loads")],
            WORDS + "/options/0/option_sets/0/options/0/instructions: Does not have a value in the enumeration",
            id="another instruction",
        ),
        pytest.param(
            [one(BACON, unit_price="5")],
            WORDS + "/options/0/option_sets/0/options/0/unit_price: String value found, but a number is required.",
            id="a price as text",
        ),
        pytest.param([plate(chosen(99))], f"Option set (99) does not belong to product ({PLATE}).", id="unknown set"),
        pytest.param([plate(chosen(SPREADS))], f"Option set ({SPREADS}) does not belong", id="another product's set"),
        pytest.param(
            [one(FISH)], f"Product ({FISH}) is not an option of option set ({EXTRAS}).", id="not among the options"
        ),
        pytest.param(
            [plate(chosen(EGGS, {"product_id": POACHED, "instructions": "No"}))],
            f"Option set ({EGGS}) does not support instructions.",
            id="a set without instructions",
        ),
        pytest.param([plate(instructions="No")], f"Product ({PLATE}) does not support", id="instructions at the top"),
        pytest.param([{"product_id": 1}], "Product #1 is not available at that site.", id="unknown product"),
    ],
)
def test_options_that_are_refused(till: Till, options: Any, words: str) -> None:
    answer = till.create(options=options)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert answer.json()["error_description"].startswith(words)
    assert till.live() == 0


def test_options_nested_without_end_are_refused(till: Till) -> None:
    option: dict[str, Any] = {"product_id": PLATE}
    for _ in range(20):
        option = plate(chosen(EGGS, option))
    assert till.create(options=[option]).status_code == 400


@pytest.mark.parametrize(
    ("condition", "status", "words"),
    [
        ({"product_gone": [BACON]}, "SUBMITTED", f"Product #{BACON} is not available at that site."),
        ({"product_out_of_stock": [BACON]}, "ON_HOLD", f"Product ({BACON}) is out of stock."),
        ({"product_out_of_stock": [BACON]}, "SUBMITTED", None),
    ],
)
def test_availability_holds_for_options_too(
    till: Till, condition: dict[str, Any], status: str, words: str | None
) -> None:
    till.control("state", site_id=SITE, **condition)
    answer = till.create(status=status, options=[one(BACON)])
    assert answer.status_code == (400 if words else 201)
    assert words is None or answer.json()["error_description"] == words


@pytest.mark.parametrize(
    ("method", "body"),
    [
        pytest.param("PUT", {"quantity": 2}, id="update"),
        pytest.param("PUT", {"modifiers": [SUGAR]}, id="its modifiers"),
        pytest.param("DELETE", None, id="delete"),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_lines_of_an_option_set_cannot_be_modified_directly(
    till: Till, method: str, body: dict[str, Any] | None, number: int
) -> None:
    order = till.order(options=[one(BACON)])
    before = till.read(order)
    answer = till.api.request(method, f"/orders/{order}/lines/{number}", json=body or {})
    assert answer.status_code == 400
    assert answer.json()["error_description"].startswith("Lines that belong to an option set cannot be modified")
    assert till.read(order) == before


def test_an_option_set_is_read_by_its_number_from_1(till: Till) -> None:
    order = till.order(options=[one(BACON), one(MUSHROOMS)])
    options = till.read(order)["options"]
    assert [till.api.get(f"/orders/{order}/optionsets/{number}").json() for number in (1, 2)] == options
    assert [till.api.get(f"/orders/{order}/optionsets/{number}").status_code for number in (0, 3)] == [404, 404]
    assert till.api.get(f"/orders/{order}/optionsets").status_code == 405


def test_an_option_set_can_be_added_later(till: Till) -> None:
    order = till.order(lines=[{"product_id": WATER}])
    made = till.api.post(f"/orders/{order}/optionsets", json=one(BACON))
    assert (made.status_code, made.text) == (201, "null")
    assert made.headers["location"].endswith(f"/orders/{order}/optionsets/1.json")
    assert till.api.get(made.headers["location"]).json()["line_number"] == 2
    assert till.read(order)["total"] == 33
    assert till.api.post(f"/orders/{order}/optionsets", json=one(FISH)).status_code == 400
    assert len(till.read(order)["lines"]) == 3


def test_deleting_an_option_set_takes_its_lines_and_the_next_moves_up(till: Till) -> None:
    order = till.order(lines=[{"product_id": WATER}], options=[one(BACON), one(MUSHROOMS)])
    assert till.api.delete(f"/orders/{order}/optionsets/1").status_code == 204
    left = till.read(order)
    assert [(line["number"], line["product"]["id"]) for line in left["lines"]] == [
        (1, WATER),
        (4, PLATE),
        (5, MUSHROOMS),
    ]
    assert till.api.get(f"/orders/{order}/optionsets/1").json()["line_number"] == 4
    assert till.api.delete(f"/orders/{order}/optionsets/2").status_code == 404
    assert left["total"] == 8 + 20 + 3


def test_option_sets_of_a_complete_order_stay(till: Till) -> None:
    order = till.order(status="COMPLETE", options=[one(BACON)], payments=[{"method_id": 1, "amount": 25}])
    assert till.read(order)["status"] == "COMPLETE"
    assert till.api.post(f"/orders/{order}/optionsets", json=one(BACON)).status_code == 400
    assert till.api.delete(f"/orders/{order}/optionsets/1").status_code == 400
    assert till.api.get(f"/orders/{order}/optionsets/1").status_code == 200


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, None),
        ({"notes": "well done"}, None),
        ({"modifiers": [SUGAR]}, "modifiers and option_sets cannot both be specified."),
        ({"price_variation": 0.9}, "price_variation and option_sets cannot both be specified."),
        ({"quantity": 2}, "quantity and option_sets cannot both be specified."),
    ],
)
def test_a_line_may_be_an_option_set(till: Till, more: dict[str, Any], words: str | None) -> None:
    order = till.order()
    answer = till.api.post(f"/orders/{order}/lines", json={**one(BACON), **more})
    assert answer.status_code == (400 if words else 201)
    assert words is None or answer.json()["error_description"] == words
    assert len(till.read(order)["options"]) == (words is None)


@pytest.mark.parametrize(
    ("modifiers", "status"),
    [([SUGAR, SUGAR, -ICE], 201), ([], 201), ([8196213], 400), ([-8196213], 400), (["x"], 400)],
)
def test_modifiers_repeat_and_negate(till: Till, modifiers: list[Any], status: int) -> None:
    answer = till.create(lines=[{"product_id": COFFEE, "modifiers": modifiers}])
    assert answer.status_code == status
    if status == 201:
        order = till.api.get(answer.headers["location"]).json()
        assert (order["lines"][0]["modifiers"], order["total"]) == (modifiers, 6)


def test_a_line_can_be_changed_while_its_product_is_out_of_stock(till: Till) -> None:
    order = till.order(status="ON_HOLD", lines=[{"product_id": COFFEE}])
    till.control("state", site_id=SITE, product_out_of_stock=[COFFEE])
    assert till.api.put(f"/orders/{order}/lines/1", json={"notes": "no straw"}).status_code == 200
    assert till.create(status="ON_HOLD", lines=[{"product_id": COFFEE}]).status_code == 400


def test_modifiers_are_overwritten_by_an_update(till: Till) -> None:
    order = till.order(lines=[{"product_id": COFFEE, "modifiers": [SUGAR, -ICE]}])
    assert till.api.put(f"/orders/{order}/lines/1", json={"modifiers": [1]}).status_code == 400
    till.api.put(f"/orders/{order}/lines/1", json={"modifiers": [ICE]})
    assert till.read(order)["lines"][0]["modifiers"] == [ICE]


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("unit_price", {"unit_price": 20.0}),
        ("unit_price_ex_tax,unit_tax", {"unit_price_ex_tax": 18.1818, "unit_tax": 1.8182}),
        ("availability", {"is_available": True}),
        ("categories", {"categories": [{"id": 41, "name": "Breakfast"}]}),
        ("docket_name,image", {"docket_name": "Breakfast plate", "image": None}),
        ("variants,variant_parent_id", {"variants": [], "variant_parent_id": None}),
    ],
)
def test_site_products_show_the_fields_asked_for(till: Till, fields: str, shown: dict[str, Any]) -> None:
    base = {"id", "name", "code", "number", "sku", "is_modifier", "show_online"}
    rows = till.api.get("/sites/823/products", params={"fields": fields, "exactname": "Breakfast plate"}).json()
    assert [{name: value for name, value in row.items() if name not in base} for row in rows] == [shown]


def test_site_products_show_their_option_sets(till: Till) -> None:
    till.control("state", site_id=SITE, product_gone=[TOAST], product_out_of_stock=[BACON])
    row = till.api.get(f"/sites/823/products/{PLATE}", params={"fields": "option_sets"}).json()
    extras = row["option_sets"][1]
    assert (extras["id"], extras["name"], extras["instructions"]) == (EXTRAS, "Extras", True)
    assert [(option["product_id"], option["unit_price"], option["is_available"]) for option in extras["options"]] == [
        (BACON, 5.0001, False),
        (MUSHROOMS, 3, True),
    ]


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        (f"/products/{COFFEE}/modifiers", [SUGAR, ICE, 730323]),
        ("/products?sku=BRK-PLATE", [PLATE]),
        ("/products?name=toast", [TOAST]),
        (f"/products?ids={WATER},{FISH}", [WATER, FISH]),
        ("/categories", [41, 42]),
        ("/sites/823/categories", [41, 42]),
        ("/sites/823/inventory", [COFFEE]),
        ("/sites/823/products?inventoried=true", [COFFEE]),
    ],
)
def test_the_menu_can_be_searched(till: Till, path: str, ids: list[int]) -> None:
    assert [row["id"] for row in till.api.get(path).json()] == ids
