"""Online orders as platforms send them: what is taken as what, and where each refusal points."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from pydantic.json_schema import models_json_schema

from shared.domain.bookings.events import Customer
from shared.domain.errors import BadInputError
from shared.domain.orders.fingerprint import content_of, fingerprint
from shared.domain.orders.request import (
    Address,
    LineRequest,
    OptionRequest,
    OptionSetRequest,
    OrderRequest,
    PaymentRequest,
)
from shared.web.foreign import MOST_PROBLEMS
from shared.web.online_orders import OnlineOrder, read_order
from shared.web.requests import Request
from tests.order_bodies import SITE, Body, breaks, broken, broken_bodies, order_bodies, respelled

# Time is no matter here: a busy machine makes examples slowly.
EXAMPLES = settings(
    max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
# Kounta docs' own examples put together, with what is ours beside them.
WHOLE: Body = {
    "reference": "OU-1042",
    "customer_code": "K42",
    "status": "ON_HOLD",
    "site_id": 823,
    "register_id": "16",
    "order_type": "Dine in",
    "table": "12",
    "guests": 23,
    "customer": {"first_name": "Kim", "last_name": "Example", "email": "kim@example.com", "phone": "555-0100"},
    "customer_id": 3842,
    "delivery_address": {"address": "1 Example St", "city": "Melbourne", "state": "VIC", "postal_code": "3000"},
    "notes": "Take away, gold member",
    "lines": [
        {"product_id": 730297, "quantity": 6, "notes": "Extra hot", "unit_price": Decimal("1.3636")},
        {"product_id": 5312, "quantity": 1, "price_variation": Decimal("0.9"), "modifiers": [228, 228, -3091]},
        {"product_id": 5313, "price_fixed_variation": "-2.00", "unit_price_inc_tax": "10.00"},
    ],
    "options": [
        {
            "product_id": 88710,
            "option_sets": [
                {
                    "option_set_id": 412,
                    "options": [
                        {"product_id": 88714, "unit_price": "2.50", "instructions": "On Side"},
                        {"product_id": 88715, "unit_price_inc_tax": 3},
                        {
                            "product_id": "88716",
                            "option_sets": [{"option_set_id": "413", "options": [{"product_id": 88717}]}],
                        },
                    ],
                }
            ],
        }
    ],
    "payments": [{"method_id": 1, "amount": Decimal("5.5"), "ref": "9000768", "tip": "1.00"}],
    "price_variation": Decimal("1.15"),
    "price_limit": 100,
    "lock": ["PAYMENTS", "DELETE"],
    "callback_uri": "https://orders.example.com/update_order_status.json?id=123582936748",
    "complete_when_paid": False,
    "enable_alert_sound": False,
    "prompt_for_reject_reason": True,
    "pass_thru_printing": True,
    "pass_thru_printing_register": 17,
    "placed_at": "2026-11-22T19:14:06+11:00",
    "fulfil_at": "2026-11-22T21:00:00+11:00",
    "sale_number": "OU-1042",
}
EVENING = datetime(2026, 11, 22, 8, 14, 6, tzinfo=UTC)


class EveryRegister:
    """Where it does not matter which ones the venue has."""

    def __contains__(self, register_id: object) -> bool:
        return True


def received(body: Any) -> Any:
    """The body as a function gets it: JSON over the wire."""
    raw = simplejson.dumps(body, use_decimal=True).encode()
    return Request("POST /", path={}, query={}, headers={}, body=raw, request_id="r", caller=None).json()


def read(body: Any) -> OrderRequest:
    return read_order(received(body), venue_site_id=SITE, registers=EveryRegister())


def pointers_of_refusal(body: Any) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        read(body)
    assert (caught.value.status, caught.value.code) == (422, "invalid_input")
    assert all(0 < len(each.detail) <= 200 for each in caught.value.problems)
    return [each.pointer for each in caught.value.problems]


def test_the_documents_own_order_is_taken_whole() -> None:
    inner = OptionRequest("88716", option_sets=(OptionSetRequest("413", (OptionRequest("88717"),)),))
    chosen = (
        OptionRequest("88714", unit_price=Decimal("2.5"), instructions="On Side"),
        OptionRequest("88715", unit_price_inc_tax=Decimal(3)),
        inner,
    )
    assert read(WHOLE) == OrderRequest(
        reference="OU-1042",
        customer_code="K42",
        status="ON_HOLD",
        register_id="16",
        order_type="Dine in",
        table="12",
        guests=23,
        customer=Customer("Kim", "Example", "kim@example.com", "555-0100"),
        customer_id="3842",
        delivery_address=Address("1 Example St", "Melbourne", "VIC", "3000"),
        notes="Take away, gold member",
        lines=(
            LineRequest("730297", Decimal(6), unit_price=Decimal("1.3636"), notes="Extra hot"),
            LineRequest("5312", price_variation=Decimal("0.9"), modifiers=("228", "228", "-3091")),
            LineRequest("5313", price_fixed_variation=Decimal(-2), unit_price_inc_tax=Decimal(10)),
        ),
        options=(OptionRequest("88710", option_sets=(OptionSetRequest("412", chosen),)),),
        payments=(PaymentRequest(Decimal("5.5"), "1", "9000768", Decimal(1)),),
        price_variation=Decimal("1.15"),
        price_limit=Decimal(100),
        lock=("PAYMENTS", "DELETE"),
        callback_uri="https://orders.example.com/update_order_status.json?id=123582936748",
        complete_when_paid=False,
        enable_alert_sound=False,
        prompt_for_reject_reason=True,
        pass_thru_printing=True,
        pass_thru_printing_register="17",
        placed_at=EVENING,
        fulfil_at=EVENING + timedelta(hours=1, minutes=45, seconds=54),
        sale_number="OU-1042",
    )


def test_only_the_reference_is_needed() -> None:
    assert read({"reference": "a/b#1"}) == OrderRequest("a/b#1")


@EXAMPLES
@given(body=order_bodies())
def test_a_valid_order_is_taken_and_reading_it_back_changes_nothing(body: Body) -> None:
    request = read(body)
    again = read(content_of(request))
    assert again == request
    assert fingerprint(again) == fingerprint(request) == fingerprint(read(respelled(body)))


@settings(EXAMPLES, max_examples=500)
@given(cases=broken_bodies(times=4))
def test_one_broken_thing_is_refused_with_its_pointer(cases: list[tuple[Body, str]]) -> None:
    for body, pointer in cases:
        assert pointer in pointers_of_refusal(body)


REFUND: Body = {
    "reference": "OU-1042-R",
    "original_order_id": 93824701,
    "lines": [{"product_id": 1, "quantity": -1}],
    "payments": [{"amount": -5}],
}
PASS_THRU: Body = {
    "reference": "OU-1043",
    "status": "PENDING",
    "pass_thru_printing": True,
    "lines": [{"product_id": 1}],
    "payments": [{"amount": 5}],
}
COMPLETE: Body = {
    "reference": "OU-1044",
    "status": "COMPLETE",
    "price_fixed_variation": 1,
    "lines": [
        {"product_id": 1, "option_sets": [{"option_set_id": 1, "options": [{"product_id": 2}]}]},
        {"product_id": 1, "price_variation": "0.9"},
    ],
    "payments": [{"amount": 5}],
}


@pytest.mark.parametrize("body", [WHOLE, REFUND, PASS_THRU, COMPLETE], ids=["whole", "refund", "pass-thru", "complete"])
def test_every_break_that_we_know_of_is_refused(body: Body) -> None:
    read(body)
    for pointer, place, value in breaks(body):
        assert pointer in pointers_of_refusal(broken(body, place, value)), (place, value)


@pytest.mark.parametrize(
    ("name", "sent", "taken"),
    [
        ("price_limit", 0, Decimal(0)),
        ("price_limit", "0.00", Decimal(0)),
        ("price_limit", Decimal("-0.0"), Decimal(0)),
        ("price_limit", Decimal("1E+2"), Decimal(100)),
        ("price_limit", "10000000.0000000", Decimal(10_000_000)),
        ("price_fixed_variation", "-2.0001", Decimal("-2.0001")),
        ("price_variation", 0, Decimal(0)),
        ("price_variation", "0.333333", Decimal("0.333333")),
        ("register_id", "0016", "16"),
        ("register_id", 2**63 - 1, "9223372036854775807"),
        ("guests", 0, 0),
        ("guests", None, None),
        ("notes", "n" * 3500, "n" * 3500),
        ("fulfil_at", "2026-11-22T19:14:06+11:00", EVENING),
    ],
)
def test_is_taken_as(name: str, sent: Any, taken: Any) -> None:
    found = getattr(read({"reference": "r", name: sent}), name)
    assert found == taken
    if isinstance(taken, Decimal):
        assert str(found) == str(taken)


@pytest.mark.parametrize("site_id", [823, "823", "0823", None])
def test_the_venues_own_site_may_be_named(site_id: Any) -> None:
    assert read({"reference": "r", "site_id": site_id}) == OrderRequest("r")


def test_a_venue_without_a_site_lets_none_be_named() -> None:
    with pytest.raises(BadInputError):
        read_order({"reference": "r", "site_id": 823}, venue_site_id=None)


@pytest.mark.parametrize("content", [None, [], "order", 7, [{"reference": "r"}]])
def test_what_is_no_object_is_no_order(content: Any) -> None:
    assert pointers_of_refusal(content) == [""]


def test_everything_wrong_is_said_at_once() -> None:
    wrong = {"reference": "r", "guests": -1, "lines": [{}, {"product_id": 1, "quantity": "x"}], "options": 5}
    assert pointers_of_refusal(wrong) == ["/guests", "/lines/0/product_id", "/lines/1/quantity", "/options"]
    wrong = {
        "reference": "r",
        "site_id": 9,
        "lock": ["ALL", "ALL"],
        "price_variation": 1,
        "price_fixed_variation": 1,
        "lines": [{"product_id": 1, "quantity": 0}],
        "payments": [{"amount": 1}, {"amount": -1, "tip": -1}],
    }
    assert pointers_of_refusal(wrong) == [
        "/site_id",
        "/price_fixed_variation",
        "/lock/1",
        "/lines/0/quantity",
        "/payments/1/amount",
        "/payments/1/tip",
    ]


@pytest.mark.parametrize("line", [{}, {"product_id": 1, "quantity": 0}], ids=["of form", "of rules"])
def test_of_very_many_problems_the_first_fifty_are_told(line: Body) -> None:
    assert len(pointers_of_refusal({"reference": "r", "lines": [line] * 400})) == MOST_PROBLEMS == 50


def test_a_misspelled_member_says_so_and_an_option_says_why_it_has_no_quantity() -> None:
    with pytest.raises(BadInputError) as caught:
        read({"reference": "r", "price_varation": 1, "options": [{"product_id": 1, "quantity": 2}]})
    said = {each.pointer: each.detail for each in caught.value.problems}
    assert said["/price_varation"] == "there is no such member"
    assert said["/options/0/quantity"] == "an option has no quantity: repeat the entry"


def test_strange_names_of_members_are_told_back_as_far_as_they_can() -> None:
    assert pointers_of_refusal({"reference": "r", "a/b~c": 1, "x" * 9000: 1}) == ["/a~1b~0c", f"/{'x' * 200}"]
    assert pointers_of_refusal({"reference": "r", "customer": {"half \ud800": 1}}) == ["/customer"]


def nested(levels: int) -> Body:
    option: Body = {"product_id": 1}
    for _ in range(levels):
        option = {"product_id": 1, "option_sets": [{"option_set_id": 2, "options": [option]}]}
    return option


def test_option_sets_nest_eight_deep_and_no_deeper() -> None:
    read({"reference": "r", "options": [nested(8)], "lines": [nested(8)]})
    beyond = "/option_sets/0/options/0" * 8 + "/option_sets"
    wrong = {"reference": "r", "options": [nested(8), nested(9)], "lines": [nested(9)]}
    assert sorted(pointers_of_refusal(wrong)) == [f"/lines/0{beyond}", f"/options/1{beyond}"]
    assert pointers_of_refusal({"reference": "r", "options": [nested(200)]}) == [f"/options/0{beyond}"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8801/told", "https://orders.example.com/told"])
def test_on_the_local_stack_a_callback_may_stay_inside(url: str) -> None:
    assert read_order({"reference": "r", "callback_uri": url}, venue_site_id=SITE, may_be_private=True)


def test_a_long_callback_uri_is_taken() -> None:
    assert read({"reference": "r", "callback_uri": "https://example.com/" + "x" * 1980})


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "OU-1043"},
        {"status": "SUBMITTED", "pass_thru_printing": None},
        {"price_limit": 99},
        {"register_id": 17},
        {"guests": None},
        {"customer": {**WHOLE["customer"], "phone": "555-0101"}},
        {"delivery_address": {}},
        {"lines": WHOLE["lines"][:1]},
        {"lines": WHOLE["lines"][::-1]},
        {"lines": [{**WHOLE["lines"][0], "quantity": Decimal("6.0001")}, *WHOLE["lines"][1:]]},
        {"options": WHOLE["options"] * 2},
        {"payments": []},
        {"payments": [{**WHOLE["payments"][0], "amount": Decimal("5.51")}]},
        {"price_variation": None},
        {"complete_when_paid": None},
        {"complete_when_paid": True},
        {"lock": ["PAYMENTS"]},
        {"placed_at": "2026-11-22T19:14:07+11:00"},
    ],
    ids=lambda change: ", ".join(change),
)
def test_other_content_has_another_fingerprint(change: Body) -> None:
    assert fingerprint(read({**WHOLE, **change})) != fingerprint(read(WHOLE))


@pytest.mark.parametrize(
    ("body", "same"),
    [
        ({"status": "SUBMITTED"}, {}),
        ({"lines": [{"product_id": 1, "quantity": "1.00"}]}, {"lines": [{"quantity": 1, "product_id": "1"}]}),
        ({"payments": [{"amount": Decimal("1.10")}]}, {"payments": [{"amount": "1.1"}]}),
        ({"placed_at": "2026-11-22T08:00:00Z"}, {"placed_at": "2026-11-22T19:00:00.000+11:00"}),
        ({"notes": None, "lock": [], "lines": []}, {}),
        ({"site_id": 823}, {}),
    ],
)
def test_the_same_content_has_the_same_fingerprint(body: Body, same: Body) -> None:
    assert fingerprint(read({"reference": "r", **body})) == fingerprint(read({"reference": "r", **same}))


def test_a_fingerprint_stays_what_it_was() -> None:
    # It is stored: when it changes, a repetition after the next deployment is taken for something else.
    assert fingerprint(read(WHOLE)) == "c58bfd32b0bc0b5cac6bf328725da6cf6c33b4c988a364a1079f2e7d38d87e23"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=order_bodies())
def test_the_schema_in_the_reference_takes_what_the_reader_takes(body: Body) -> None:
    SCHEMA.validate(body)


_, DEFINITIONS = models_json_schema([(OnlineOrder, "validation")], ref_template="#/$defs/{model}")
SCHEMA = Draft202012Validator({**DEFINITIONS, "$ref": "#/$defs/OnlineOrder"})


@pytest.mark.parametrize("change", [{"price_varation": 1}, {"status": "ACCEPTED"}, {"guests": -1}, {"lines": [{}]}])
def test_the_schema_in_the_reference_refuses_as_well(change: Body) -> None:
    assert not SCHEMA.is_valid({**WHOLE, **change})


@pytest.mark.parametrize("name", ["register_id", "pass_thru_printing_register"])
@pytest.mark.parametrize(
    ("registers", "register_id", "is_refused"),
    [((), 16, True), (("16",), 16, False), (("16",), "0016", False), (("16",), 17, True)],
)
def test_only_the_venues_own_registers_may_be_named(
    name: str, registers: tuple[str, ...], register_id: Any, is_refused: bool
) -> None:
    content = received({"reference": "r", name: register_id})
    if not is_refused:
        assert read_order(content, venue_site_id=SITE, registers=registers)
        return
    with pytest.raises(BadInputError) as caught:
        read_order(content, venue_site_id=SITE, registers=registers)
    assert [problem.pointer for problem in caught.value.problems] == [f"/{name}"]
