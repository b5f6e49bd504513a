"""Every line of the document's "Get orders", from a caller's query to the address at Kounta."""

from __future__ import annotations

import pytest

from shared.adapters.kounta.filters import path_of, query_of
from shared.domain.errors import BadInputError
from shared.web.pos_orders import PAGE, asked, filters_in

SITE = "sites/823"
T = "2019-03-01T14:00:00Z"


@pytest.mark.parametrize(
    ("query", "path", "params"),
    [
        ("", "sites/823/orders", {}),
        ("status=complete", "sites/823/orders/complete", {}),
        ("status=complete&created_gt=2019-03-01", "sites/823/orders/complete", {"created_gt": "2019-03-01"}),
        ("status=complete&created_lt=2019-03-01", "sites/823/orders/complete", {"created_lt": "2019-03-01"}),
        (f"status=complete&created_gte={T}", "sites/823/orders/complete", {"created_gte": T}),
        (f"status=complete&created_lte={T}", "sites/823/orders/complete", {"created_lte": T}),
        (
            f"status=complete&created_lte={T}&created_gte=2019-02-25T13:00:00Z",
            "sites/823/orders/complete",
            {"created_lte": T, "created_gte": "2019-02-25T13:00:00Z"},
        ),
        ("value_lt=100", "sites/823/orders", {"value_lt": "100"}),
        ("value_gte=50&value_lt=100", "sites/823/orders", {"value_gte": "50", "value_lt": "100"}),
        ("pending_accounts=true", "sites/823/orders/pending/accounts", {}),
        ("pending_accounts=true&status=pending", "sites/823/orders/pending/accounts", {}),
        ("discounted=true", "sites/823/orders/discounted", {}),
        ("deleted=true", "sites/823/orders/deleted", {}),
        ("linked_customer=true", "sites/823/orders/linkedcustomer", {}),
        ("customer_id=4289", "sites/823/customers/4289/orders", {}),
        ("register_id=16", "sites/823/registers/16/orders", {}),
        ("staff_id=732846", "sites/823/staff/732846/orders", {}),
        (
            "register_id=16&staff_id=732846&customer_id=4289&status=complete&discounted=true"
            "&created_gte=2013-06-01&value_lt=100",
            "sites/823/registers/16/staff/732846/customers/4289/orders/complete/discounted",
            {"created_gte": "2013-06-01", "value_lt": "100"},
        ),
        *((f"status={word}", f"sites/823/orders/{word}", {}) for word in ("submitted", "on_hold", "accepted")),
        *((f"status={word.upper()}", f"sites/823/orders/{word}", {}) for word in ("rejected", "pending")),
        ("created_lt=2019-03-02T01:00:00.5%2B11:00", "sites/823/orders", {"created_lt": "2019-03-01T14:00:01Z"}),
        ("created_gte=2019-03-02T01:00:00.5 11:00", "sites/823/orders", {"created_gte": T}),
        ("value_gt=-1.50&value_lte=1e2", "sites/823/orders", {"value_gt": "-1.50", "value_lte": "100"}),
        ("deleted=false&discounted=true&deleted=false", "sites/823/orders/discounted", {}),
    ],
)
def test_a_line_of_the_document(query: str, path: str, params: dict[str, str]) -> None:
    pairs = (pair.partition("=") for pair in query.replace("%2B", "+").split("&") if pair)
    filters = filters_in({name: value for name, _, value in pairs})
    assert (path_of(SITE, filters), query_of(filters)) == (path, params)


def test_a_venue_that_is_one_register() -> None:
    assert path_of("registers/16", filters_in({"status": "complete"})) == "registers/16/orders/complete"
    assert path_of("registers/16", filters_in({"register_id": "16"})) == "registers/16/orders"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("status", "done"),
        ("status", ""),
        ("status", "complete/../../824/orders"),
        ("discounted", "yes"),
        ("deleted", "1"),
        ("linked_customer", ""),
        ("register_id", "16/../824"),
        ("staff_id", "-7"),
        ("customer_id", "1" * 21),
        ("customer_id", "٣"),
        ("created_gt", "yesterday"),
        ("created_lt", "2019-02-30"),
        ("created_gte", "1999-12-31"),
        ("created_lte", "2100-01-01T00:00:00Z"),
        ("value_lt", "a lot"),
        ("value_gt", "NaN"),
        ("value_gte", "1e12"),
        ("value_lte", "0.0000001"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "ten"),
        ("cursor", "https://elsewhere.example.com/?start=1"),
        ("cursor", ""),
        ("site_id", "824"),
        ("create_gt", "2019-03-01"),
    ],
)
def test_a_wrong_filter_is_pointed_at(name: str, text: str) -> None:
    with pytest.raises(BadInputError) as caught:
        asked({"discounted": "true", name: text})
    assert [problem.pointer for problem in caught.value.problems] == [f"/query/{name}"]
    assert caught.value.status == 422


def test_pending_accounts_are_pending() -> None:
    with pytest.raises(BadInputError, match="pending"):
        asked({"pending_accounts": "true", "status": "complete"})


def test_a_strange_name_is_not_repeated() -> None:
    with pytest.raises(BadInputError) as caught:
        asked({"x" * 5000: "1"})
    assert [problem.pointer for problem in caught.value.problems] == ["/query"]


def test_a_page_is_at_most_the_pos_page() -> None:
    assert [asked({"limit": text}).limit for text in ("1", "25", "100")] == [1, PAGE, PAGE]
    assert asked({}).limit == PAGE
