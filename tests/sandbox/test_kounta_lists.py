"""Lists of orders: filters, pages, order, lag."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import DEPOSIT, OTHER_SITE, WATER, Till

ROW = {"id", "id_str", "status", "notes", "site_id", "register_id", "staff_id", "total", "total_tax", "paid", "tips"}
ROW |= {"deleted", "created_at", "updated_at"}


def test_lists_are_abridged(till: Till) -> None:
    till.order(lines=[{"product_id": WATER}])
    till.clock.push(20)
    assert till.api.get("/orders").json()[0].keys() == ROW


def test_lists_lag_behind_creating_changing_and_deleting(till: Till) -> None:
    order = till.order(notes="first")
    till.clock.push(15.9)
    assert till.api.get("/orders").json() == []
    assert till.read(order)["notes"] == "first"
    till.clock.push(0.2)
    assert [row["notes"] for row in till.api.get("/orders").json()] == ["first"]
    till.api.put(f"/orders/{order}", json={"notes": "second"})
    assert [row["notes"] for row in till.api.get("/orders").json()] == ["first"]
    till.clock.push(16)
    assert [row["notes"] for row in till.api.get("/orders").json()] == ["second"]
    till.api.delete(f"/orders/{order}")
    assert (len(till.api.get("/orders").json()), len(till.api.get("/orders/deleted").json())) == (1, 0)
    till.clock.push(16)
    assert (len(till.api.get("/orders").json()), len(till.api.get("/orders/deleted").json())) == (0, 1)


def test_the_lag_can_be_set(till: Till) -> None:
    till.control("state", list_lag_s=0)
    till.order()
    assert len(till.api.get("/orders").json()) == 1


def test_pages_of_25_newest_first_with_a_cursor(till: Till) -> None:
    till.control("state", list_lag_s=0)
    made = [till.order() for _ in range(53)]
    seen: list[int] = []
    sizes: list[int] = []
    url: str | None = "/orders/sites/823?value_gte=0"
    while url:
        answer = till.api.get(url)
        sizes.append(len(answer.json()))
        seen += [row["id"] for row in answer.json()]
        url = answer.headers.get("x-next-page")
        assert url is None or (
            url.startswith("http://pos.test/kounta/v1/") and "start=" in url and "value_gte=0" in url
        )
    assert seen == made[::-1]
    assert sizes == [25, 25, 3]


@pytest.fixture
def stocked(till: Till) -> dict[int, str]:
    """Orders by id, each with a name for what is special about it."""
    till.control("state", list_lag_s=0)
    guest = till.api.post("/customers", json={"first_name": "Alex", "phone": "5550 1234"})
    guest_id = int(guest.headers["location"].rsplit("/", 1)[1].removesuffix(".json"))
    names = {
        till.order(): "blank",
        till.order(lines=[{"product_id": WATER, "quantity": 10}]): "dear",
        till.order(site_id=OTHER_SITE): "elsewhere",
        till.order(customer_id=guest_id): "guest",
        till.order(lines=[{"product_id": WATER}], price_variation=0.9): "cheaper",
        till.order(status="PENDING", complete_when_paid=False): "pending",
    }
    accepted = till.order()
    till.control(f"kounta/orders/{accepted}/accept")
    names[accepted] = "accepted"
    gone = till.order()
    till.api.delete(f"/orders/{gone}")
    names[gone] = "gone"
    return names


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/orders", {"blank", "dear", "elsewhere", "guest", "cheaper", "pending", "accepted"}),
        ("/orders/submitted", {"blank", "dear", "elsewhere", "guest", "cheaper"}),
        ("/orders/pending", {"pending"}),
        ("/orders/pending/accounts", set()),
        ("/orders/accepted", {"accepted"}),
        ("/orders/complete", set()),
        ("/orders/discounted", {"cheaper"}),
        ("/orders/deleted", {"gone"}),
        ("/orders/linkedcustomer", {"guest"}),
        ("/sites/824/orders", {"elsewhere"}),
        ("/orders/sites/824", {"elsewhere"}),
        ("/sites/823/orders/deleted", {"gone"}),
        ("/sites/824/orders/deleted", set()),
        ("/registers/16/orders", {"accepted"}),
        ("/staff/732846/orders", {"accepted"}),
        ("/orders/sites/823/staff/732846", {"accepted"}),
        ("/customers/{guest}/orders", {"guest"}),
        ("/sites/823/orders/submitted?value_gte=50&value_lt=100", {"dear"}),
        (
            "/orders?value_lte=0&created_gte=2026-11-22T08:00:00Z",
            {"blank", "elsewhere", "guest", "pending", "accepted"},
        ),
    ],
)
def test_filters_combine(till: Till, stocked: dict[int, str], path: str, found: set[str]) -> None:
    guest = next(iter(till.sandbox.kounta.state.customers)).id
    rows = till.api.get(path.format(guest=guest)).json()
    assert {stocked[row["id"]] for row in rows} == found


@pytest.mark.parametrize(
    ("query", "count"),
    [
        # The order is made at 2026-11-22T08:00:00Z.
        ({"created_gt": "2026-11-22"}, 0),
        ({"created_gt": "2026-11-21"}, 1),
        ({"created_gte": "2026-11-22"}, 1),
        ({"created_lt": "2026-11-22"}, 0),
        ({"created_lte": "2026-11-22"}, 1),
        ({"created_gte": "2026-11-22T19:00:00+11:00"}, 1),
        ({"created_gt": "2026-11-22T08:00:00Z"}, 0),
        ({"created_lt": "2026-11-22T08:00:01Z", "created_gte": "2026-11-22T07:00:00Z"}, 1),
        ({"value_gt": "0"}, 0),
    ],
)
def test_times_are_inferred_by_the_sign(till: Till, query: dict[str, str], count: int) -> None:
    till.order(payments=[{"method_id": DEPOSIT, "amount": 5}])
    till.clock.push(20)
    assert len(till.api.get("/orders", params=query).json()) == count


@pytest.mark.parametrize("query", [{"created_gt": "yesterday"}, {"value_lt": "cheap"}, {"start": "x"}])
def test_queries_that_cannot_be_read(till: Till, query: dict[str, str]) -> None:
    assert till.api.get("/orders", params=query).status_code == 400
