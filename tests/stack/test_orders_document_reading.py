"""What Kounta's document says of reading orders, through the deployed relay: lists and filters, one order, its invoice.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.stack.orders import BREAKFAST, CARD, COFFEE, IN_FULL, LAMB, WATERS, Orders, pos_id
from tests.stack.relay import COMPANY_ID, Json, Premises, until
from tests.stack.test_kounta_webhooks import guest

ROBIN = "732846"
ACCOUNT = {"id": 4, "name": "Account"}
OPEN = {"submitted", "held", "accepted", "pending", "discounted", "dear"}
DONE = {"complete", "everything"}
LISTED = OPEN | DONE | {"rejected"}
TOUCHED = {"accepted", "rejected", "complete", "everything"}
"""Staff's hands were on these, so they bear a register and a name."""


@dataclass(frozen=True)
class Book:
    """A site's orders by the names that tests give them; the id of a customer whom one of them has."""

    orders: Orders
    by_name: Mapping[str, Json]
    customer_id: str
    day: date
    """On which all were made (UTC)."""

    def listed(self, **query: str) -> set[str]:
        """The names of what a list shows."""
        answer = self.orders.read("pos-orders", **query)
        assert answer.status_code == 200, (query, answer.text)
        names = {pos_id(order): name for name, order in self.by_name.items()}
        return {names[row["id"]] for row in answer.json()["data"]}

    def made_at(self, name: str) -> datetime:
        """When the POS made it, to the second."""
        return datetime.fromisoformat(self.orders.in_pos(self.by_name[name])["created_at"])


@pytest.fixture(scope="module")
def orders(premises: Premises) -> Orders:
    """A venue whose company also sells on account."""
    made = premises.open_venue("orders-read", told=False)
    companies = premises.sandbox.control("kounta/companies")["companies"]
    (company,) = [each for each in companies if str(each["id"]) == COMPANY_ID]
    methods = [each for each in company["payment_methods"] if each["id"] != ACCOUNT["id"]]
    premises.sandbox.control("kounta/companies", {**company, "payment_methods": [*methods, ACCOUNT]})
    return Orders(made)


BODIES: dict[str, dict[str, Any]] = {
    "submitted": {},
    "held": {"status": "ON_HOLD"},
    "accepted": {},
    "rejected": {},
    "pending": {"status": "PENDING", "payments": [{"method_id": ACCOUNT["id"], "amount": "5.00"}]},
    "complete": {"payments": [IN_FULL]},
    "discounted": {"price_variation": "0.9"},
    "deleted": {},
    "dear": {"lines": [{"product_id": LAMB}]},
    "everything": {"price_variation": "0.5", "payments": [{"method_id": CARD, "amount": "8.00"}]},
}


@pytest.fixture(scope="module")
def book(orders: Orders) -> Book:
    """Orders in every state that a list can tell apart."""
    register_id = orders.relay.site_id  # sites of tests have one register, with their own number

    def made(name: str) -> Json:
        at_register = {"register_id": register_id} if name in ("dear", "everything") else {}
        later = {"complete_when_paid": False} if name == "everything" else {}
        return orders.sent(**{"lines": [WATERS], **BODIES[name], **at_register, **later})

    with ThreadPoolExecutor(4) as senders:
        by_name = dict(zip(BODIES, senders.map(made, BODIES), strict=True))
    staff, customer_id = orders.relay.sandbox.staff, guest(orders.relay)
    staff("customer", pos_id(by_name["everything"]), {"customer_id": int(customer_id)})
    for name in ("accepted", "complete", "everything"):
        staff("accept", pos_id(by_name[name]))
    staff("complete", pos_id(by_name["everything"]))
    staff("reject", pos_id(by_name["rejected"]))
    staff("delete", pos_id(by_name["deleted"]))
    day = datetime.fromisoformat(orders.in_pos(by_name["dear"])["created_at"]).date()
    made_book = Book(orders, by_name, customer_id, day)
    until(lambda: made_book.listed() == LISTED, "all orders in the list, which lags")
    until(lambda: made_book.listed(status="complete") == DONE, "what staff did in the list")
    until(lambda: made_book.listed(deleted="true") == {"deleted"}, "the deleted one in its list")
    return made_book


# lists


def test_orders_in_every_status_are_listed(book: Book) -> None:
    rows = book.orders.read("pos-orders").json()["data"]
    statuses = {"SUBMITTED", "ON_HOLD", "PENDING", "ACCEPTED", "REJECTED", "COMPLETE"}
    assert {row["status"] for row in rows} == statuses
    assert len(rows) == len(LISTED)


def test_one_status_alone(book: Book) -> None:
    assert book.listed(status="complete") == DONE
    assert book.listed(status="submitted") == {"submitted", "discounted", "dear"}
    assert book.listed(status="on_hold") == {"held"}
    assert book.listed(status="accepted") == {"accepted"}
    assert book.listed(status="rejected") == {"rejected"}
    assert book.listed(status="pending") == {"pending"}


def test_completed_after_and_before_a_date(book: Book) -> None:
    before, after = str(book.day - timedelta(days=1)), str(book.day + timedelta(days=1))
    assert book.listed(status="complete", created_gt=before) == DONE
    assert book.listed(status="complete", created_gt=after) == set()
    assert book.listed(status="complete", created_lt=after) == DONE
    assert book.listed(status="complete", created_lt=before) == set()


def test_a_date_without_a_time_means_its_end_or_its_beginning(book: Book) -> None:
    day = str(book.day)
    assert book.listed(created_gt=day) == set()
    assert book.listed(created_gte=day) == LISTED
    assert book.listed(created_lt=day) == set()
    assert book.listed(created_lte=day) == LISTED


def test_moments_are_exact_and_written_in_iso_8601(book: Book) -> None:
    at = book.made_at("everything")
    for text in (at.isoformat(), at.strftime("%Y-%m-%dT%H:%M:%SZ")):
        assert "everything" in book.listed(created_gte=text, status="complete")
        assert "everything" in book.listed(created_lte=text, status="complete")
        assert "everything" not in book.listed(created_gt=text)
        assert "everything" not in book.listed(created_lt=text)
    for wrong in ("1 March 2019", "03/01/2019", "yesterday"):
        answer = book.orders.read("pos-orders", created_gte=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/created_gte")


def test_between_two_moments(book: Book) -> None:
    at = book.made_at("everything")
    before, after = (at - timedelta(seconds=60)).isoformat(), (at + timedelta(seconds=60)).isoformat()
    assert "everything" in book.listed(status="complete", created_gte=before, created_lte=after)
    assert book.listed(created_gte=after, created_lte=(at + timedelta(seconds=90)).isoformat()) == set()


def test_orders_worth_less(book: Book) -> None:
    assert book.listed(value_lt="69.00") == LISTED - {"dear"}
    assert book.listed(value_lt="16") == {"discounted", "everything"}


def test_values_with_every_sign_and_as_a_range(book: Book) -> None:
    assert book.listed(value_lte="14.40") == {"discounted", "everything"}
    assert book.listed(value_gt="16.00") == {"dear"}
    assert book.listed(value_gte="69.00") == {"dear"}
    assert book.listed(value_gte="8.00", value_lt="16.00") == {"discounted", "everything"}
    assert book.listed(value_gt="8.00", value_lte="14.40") == {"discounted"}


def test_pending_account_sales(book: Book) -> None:
    assert book.listed(pending_accounts="true") == {"pending"}


def test_discounted_orders(book: Book) -> None:
    assert book.listed(discounted="true") == {"discounted", "everything"}


def test_orders_deleted_from_the_pos(book: Book) -> None:
    assert book.listed(deleted="true") == {"deleted"}
    assert "deleted" not in book.listed()


def test_orders_with_a_customer_and_of_one_customer(book: Book) -> None:
    assert book.listed(linked_customer="true") == {"everything"}
    assert book.listed(customer_id=book.customer_id) == {"everything"}
    assert book.listed(customer_id="1") == set()


def test_orders_of_one_register(book: Book) -> None:
    assert book.listed(register_id=book.orders.relay.site_id) == TOUCHED | {"dear"}
    assert book.listed(register_id="16") == set()


def test_orders_of_one_member_of_staff(book: Book) -> None:
    assert book.listed(staff_id=ROBIN) == TOUCHED
    assert book.listed(staff_id="1") == set()


def test_all_filters_at_once(book: Book) -> None:
    every = {
        "register_id": book.orders.relay.site_id,
        "staff_id": ROBIN,
        "customer_id": book.customer_id,
        "status": "complete",
        "discounted": "true",
        "created_gte": "2013-06-01",
        "value_lt": "100",
    }
    assert book.listed(**every) == {"everything"}
    for name, other in {"status": "accepted", "staff_id": "1", "register_id": "1", "value_lt": "8.00"}.items():
        assert book.listed(**{**every, name: other}) == set()


def test_filters_in_any_combination(book: Book) -> None:
    assert book.listed(staff_id=ROBIN, status="complete") == DONE
    assert book.listed(discounted="true", status="submitted") == {"discounted"}
    assert book.listed(register_id=book.orders.relay.site_id, value_gte="69") == {"dear"}
    assert book.listed(deleted="true", staff_id=ROBIN, value_lte="16.00") == {"deleted"}
    assert book.listed(deleted="true", status="complete") == set()


# one order


def test_variations_of_line_and_order_multiply(orders: Orders) -> None:
    shown = orders.in_pos(orders.sent(lines=[{**WATERS, "price_variation": "0.95"}], price_variation="0.9"))
    (line,) = shown["lines"]
    assert (shown["price_variation"], line["price_variation"]) == ("0.9", "0.95")
    assert (line["unit_price"], line["line_total_ex_tax"]) == ("7.2727", "12.4363")  # 14.5454 × 0.95 × 0.9
    assert shown["total"] == "13.68"


def test_without_adjustments_the_variations_are_one_and_zero(orders: Orders) -> None:
    shown = orders.in_pos(orders.sent(lines=[WATERS]))
    for each in (shown, shown["lines"][0]):
        assert (each["price_variation"], each["price_fixed_variation"]) == ("1", "0.00")


@pytest.mark.parametrize(("variation", "total"), [("-2.00", "14.00"), ("1.15", "17.15")])
def test_a_fixed_variation_is_an_amount_less_or_more(orders: Orders, variation: str, total: str) -> None:
    shown = orders.in_pos(orders.sent(lines=[WATERS], price_fixed_variation=variation))
    assert (shown["price_fixed_variation"], shown["price_variation"], shown["total"]) == (variation, "1", total)


def test_the_lines_total_has_every_variation_in_it(orders: Orders) -> None:
    lines = [{"product_id": WATERS["product_id"], "unit_price": "10.00", "price_fixed_variation": "-1.00"}]
    (line,) = orders.in_pos(orders.sent(lines=lines, price_variation="0.5"))["lines"]
    assert (line["unit_price"], line["line_total_ex_tax"], line["line_total_tax"]) == ("10.00", "4.50", "0.45")


def test_a_completed_order_has_lost_what_is_transient(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], payments=[IN_FULL], lock=["DELETE"], price_limit="99.00")
    before = orders.in_pos(order)
    assert (before["lock"], before["price_limit"], before["complete_when_paid"]) == (["DELETE"], "99.00", True)
    assert before["callback_uri"].endswith("/status?…")
    orders.relay.sandbox.staff("accept", pos_id(order))
    after = orders.in_pos(order)
    assert (after["status"], after["total"]) == ("COMPLETE", before["total"])
    for transient in ("lock", "price_limit", "complete_when_paid", "callback_uri"):
        assert after[transient] is None


def test_an_order_without_a_type_shows_none(orders: Orders) -> None:
    without, typed = orders.sent(lines=[WATERS]), orders.sent(lines=[WATERS], order_type="Pickup")
    assert "order_type" not in orders.held(without)
    assert orders.in_pos(without)["order_type"] is None
    assert orders.in_pos(typed)["order_type"] == orders.shown(typed)["order_type"] == "Pickup"


def test_a_lines_product_has_its_sku(orders: Orders) -> None:
    first, second = orders.in_pos(orders.sent(lines=[{"product_id": COFFEE}, WATERS]))["lines"]
    assert (first["sku"], second["sku"]) == ("FLAT-WHITE", None)


def test_orders_of_one_table_share_a_group(orders: Orders) -> None:
    ours = [orders.sent(lines=[WATERS]) for _ in range(2)]
    alone = orders.sent(lines=[WATERS])
    orders.relay.sandbox.staff("group", pos_id(ours[0]), {"order_ids": [int(pos_id(ours[1]))]})
    first, second = (orders.in_pos(order)["group_id"] for order in ours)
    assert first == second is not None
    assert orders.in_pos(alone)["group_id"] is None


def test_a_group_is_known_by_its_site_and_its_id(premises: Premises) -> None:
    sites = [Orders(premises.open_venue(name)) for name in ("orders-group", "orders-same-group")]
    pairs = [[site.sent(lines=[WATERS], payments=[IN_FULL]) for _ in range(2)] for site in sites]
    for site, (first, second) in zip(sites, pairs, strict=True):
        site.relay.sandbox.staff("group", pos_id(first), {"order_ids": [int(pos_id(second))]})
    ours, others = sites[0].in_pos(pairs[0][0])["group_id"], sites[1].in_pos(pairs[1][0])["group_id"]
    assert ours == others  # the first group of each site
    sites[0].relay.sandbox.staff("finalise", pos_id(pairs[0][0]))
    for order in pairs[0]:
        sites[0].until_in(order, "completed")
    assert {sale["group_id"] for sale in until(sites[0].relay.sales, "the sales")} == {ours}
    assert [sites[1].shown(order)["status"] for order in pairs[1]] == ["sent", "sent"]
    assert sites[1].relay.sales() == []


def test_courses_have_a_number_and_a_status(orders: Orders) -> None:
    order = orders.sent(lines=[{"product_id": BREAKFAST}, WATERS])
    breakfast, water = orders.in_pos(order)["lines"]
    assert (breakfast["course_ordinal"], breakfast["course_name"]) == (2, "Mains")
    assert (water["course_ordinal"], water["course_status"]) == (None, "no status")
    for status in ("uncalled", "pending", "called", "no status"):
        orders.relay.sandbox.staff("course", pos_id(order), {"course": 2, "course_status": status})
        assert orders.in_pos(order)["lines"][0]["course_status"] == status


@pytest.mark.parametrize(
    ("charge", "shown_as", "due"),
    [
        ({"percent": "12.5"}, {"tip_service_percent": "12.5", "tip_service_amount": None}, "18.00"),
        ({"amount": "2.45"}, {"tip_service_percent": None, "tip_service_amount": "2.45"}, "18.45"),
    ],
)
def test_a_service_charge_is_a_percentage_or_an_amount(orders: Orders, charge: Json, shown_as: Json, due: str) -> None:
    order = orders.sent(lines=[WATERS])
    orders.relay.sandbox.staff("tip-service", pos_id(order), charge)
    shown = orders.in_pos(order)
    assert {name: shown[name] for name in shown_as} == shown_as
    assert (shown["total"], shown["amount_due"]) == ("16.00", due)


def test_a_service_charge_belongs_to_the_full_payment(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], status="ON_HOLD")
    staff = orders.relay.sandbox.staff
    staff("tip-service", pos_id(order), {"amount": "2.45"})
    staff("pay", pos_id(order), {"amount": "16.00"})
    half = orders.in_pos(order)
    assert (half["status"], half["tip_service_paid"], half["amount_due"]) == ("ON_HOLD", "0.00", "2.45")
    staff("pay", pos_id(order), {"amount": "0", "tip": "2.45"})
    paid = orders.in_pos(order)
    assert (paid["status"], paid["tip_service_paid"], paid["amount_due"]) == ("COMPLETE", "2.45", "0.00")


# the invoice


def test_the_invoice_is_a_pdf_of_a_completed_order_alone(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], payments=[IN_FULL])
    early = orders.read(f"orders/{order['id']}/invoice")
    assert (early.status_code, early.json()["code"]) == (409, "order_not_complete")
    orders.relay.sandbox.staff("accept", pos_id(order))
    pdf = orders.read(f"orders/{order['id']}/invoice")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.content.startswith(b"%PDF-1")
