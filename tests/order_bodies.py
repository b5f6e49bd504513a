"""Bodies of online orders as platforms send them: valid ones, the same content spelled otherwise, and broken ones."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shared.domain.orders.request import INSTRUCTIONS, LOCKS, ORDER_TYPES
from shared.web.order_parts import DEEPEST_OPTION_SETS, HIGHEST_ID

Body = dict[str, Any]
Break = tuple[str, str, Any]
"""(expected pointer, where to put it, what to put there)."""

SITE = "823"
GONE = object()
DECIMALS = {"price_limit", "price_variation", "price_fixed_variation", "unit_price", "unit_price_inc_tax"}
DECIMALS |= {"quantity", "amount", "tip"}
IDS = {"site_id", "register_id", "customer_id", "product_id", "option_set_id", "method_id", "original_order_id"}
TIMES = {"placed_at", "fulfil_at"}
FLAGS = ("complete_when_paid", "enable_alert_sound", "prompt_for_reject_reason", "pass_thru_printing")
EVENING = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def decimals(least: int, most: int, places: int) -> st.SearchStrategy[Any]:
    """A number as JSON holds it, so many whole ones, hundredths or finer parts: its last digits say which and how."""
    return st.integers(least, most).map(lambda units: _spelled(units, (0, 2, places)[units % 3], units % 2 == 0))


def _spelled(units: int, places: int, as_string: bool) -> Any:
    number = Decimal(units).scaleb(-places)
    return format(number, "f") if as_string else number if places else units


def _id_spelled(number: int) -> Any:
    return number if number % 2 else str(number)


def _moment(minutes: int, hours_east: int) -> str:
    zone = timezone(timedelta(hours=hours_east))
    return (EVENING + timedelta(minutes=minutes)).astimezone(zone).isoformat()


phrases = st.sampled_from(("", "No onions, please", "[PR-0123456789ABCDEF-1]", "Crème brûlée 🍮", "two\nlines\t"))
words = st.one_of(phrases, phrases, st.text(max_size=10))
ids = st.integers(1, HIGHEST_ID).map(_id_spelled)
modifiers = st.integers(-9999, 9999).filter(bool).map(_id_spelled)
prices = decimals(0, 99_999, 4)
coefficients = st.sampled_from((1, "0.9", Decimal("1.15"), "0.333333", 0, Decimal("1.0")))
variations = decimals(-500, 500, 2)
refs = st.sampled_from(("9000768", "tx_1/2", "é", "r" * 255))
moments = st.builds(_moment, st.integers(0, 600), st.sampled_from((-5, 0, 10, 11)))

priced = {"unit_price": prices | st.none(), "unit_price_inc_tax": prices}


def _options(levels: int) -> st.SearchStrategy[Body]:
    """Products with option sets, nested so many levels deep at most."""
    others = {"instructions": st.sampled_from(INSTRUCTIONS), "option_sets": _option_sets(levels)} if levels else {}
    return st.fixed_dictionaries({"product_id": ids}, optional={**priced, **others})


def _option_sets(levels: int) -> st.SearchStrategy[list[Body]]:
    chosen = st.lists(_options(levels - 1), max_size=2)
    return st.lists(st.fixed_dictionaries({"option_set_id": ids, "options": chosen}), max_size=2)


options, option_sets = _options(3), _option_sets(2)
lines = st.fixed_dictionaries(
    {"product_id": ids},
    optional={
        **priced,
        "quantity": st.sampled_from((1, 2, "3", "0.375", Decimal("1.50"))),
        "notes": words,
        "modifiers": st.lists(modifiers, max_size=3),
        "price_variation": coefficients,
    },
)
lines_with_fixed_variation = st.fixed_dictionaries({"product_id": ids, "price_fixed_variation": variations})
lines_with_option_sets = st.fixed_dictionaries(
    {"product_id": ids, "option_sets": option_sets}, optional={"price_fixed_variation": variations, "notes": words}
)
any_lines = st.one_of(lines, lines, lines_with_fixed_variation, lines_with_option_sets)
refund_lines = st.fixed_dictionaries(
    {"product_id": ids, "quantity": decimals(-300, -1, 2)}, optional={**priced, "notes": words}
)
payments = st.fixed_dictionaries(
    {"amount": decimals(0, 99_999, 2)}, optional={"method_id": ids, "ref": refs, "tip": decimals(0, 999, 2)}
)
refund_payments = st.fixed_dictionaries(
    {"amount": decimals(-99_999, 0, 2)}, optional={"method_id": ids, "ref": refs, "tip": decimals(-999, 0, 2)}
)
FULL_PAYMENT = {"amount": 9_999_999}
plain_members = {
    "customer_code": words,
    "site_id": st.sampled_from((SITE, int(SITE), None)),
    "register_id": ids,
    "order_type": st.sampled_from(ORDER_TYPES),
    "table": st.sampled_from(("12", "T 7", "")),
    "guests": st.integers(0, 9999),
    "customer": st.fixed_dictionaries({}, optional={n: words for n in ("first_name", "last_name", "email", "phone")}),
    "customer_id": ids,
    "delivery_address": st.fixed_dictionaries({}, optional={"address": words, "city": words, "postal_code": words}),
    "notes": words,
    "price_limit": prices,
    "lock": st.lists(st.sampled_from(LOCKS), unique=True, max_size=3),
    "complete_when_paid": st.booleans(),
    "enable_alert_sound": st.booleans(),
    "prompt_for_reject_reason": st.booleans(),
    "pass_thru_printing_register": ids,
    "callback_uri": st.sampled_from(("https://orders.example.com/told?id=1", "https://example.com")),
    "placed_at": moments,
    "sale_number": st.sampled_from(("SP-1", "A", "9" * 50)),
}
plain_bodies = st.fixed_dictionaries({"reference": st.text("aZ09-_/#", min_size=1, max_size=8)}, optional=plain_members)
KINDS = ("SUBMITTED", "ON_HOLD", "PENDING", "COMPLETE", "pass-thru", "refund", "blank")


@st.composite
def order_bodies(draw: st.DrawFn) -> Body:
    """A valid body of `POST …/orders`, for the venue whose site is `SITE`."""
    body, kind = draw(plain_bodies), draw(st.sampled_from(KINDS))
    if kind in ("SUBMITTED", "ON_HOLD", "PENDING", "COMPLETE"):
        body["status"] = kind
    if kind == "refund":
        body["original_order_id"] = draw(ids)
        body["lines"] = draw(st.lists(refund_lines, max_size=3))
        body["payments"] = draw(st.lists(refund_payments, max_size=2))
    elif kind != "blank":
        body["lines"] = draw(st.lists(any_lines, min_size=1, max_size=3))
        body["options"] = draw(st.lists(options, max_size=2))
        body["payments"] = draw(st.lists(payments, max_size=2))
    if kind == "pass-thru":
        body |= {"pass_thru_printing": True, "status": draw(st.sampled_from(("ON_HOLD", "PENDING")))}
    if must_be_paid(body):
        body["payments"].append(dict(FULL_PAYMENT))
    match draw(st.integers(0, 3)):
        case 0:
            body["price_variation"] = draw(coefficients)
        case 1:
            body["price_fixed_variation"] = draw(variations)
    if "placed_at" in body and draw(st.booleans()):
        placed = datetime.fromisoformat(body["placed_at"])
        body["fulfil_at"] = (placed + timedelta(minutes=draw(st.integers(0, 90)))).isoformat()
    return body


def must_be_paid(body: Body) -> bool:
    """Whether the order must be paid in full when it is made."""
    status = body.get("status")
    return status == "COMPLETE" or (status == "PENDING" and bool(body.get("pass_thru_printing")))


def respelled(body: Any, name: str = "") -> Any:
    """The same content in other words: numbers for strings and back, other zones, members in reverse."""
    if isinstance(body, dict):
        return {name: respelled(value, name) for name, value in reversed(body.items())}
    if isinstance(body, list):
        return [respelled(each, name) for each in body]
    if body is None or isinstance(body, bool):
        return body
    if name in DECIMALS:
        text = str(body)
        return Decimal(body) if isinstance(body, str) else f"{text}0" if "." in text else f"{text}.0"
    if name in IDS or name in ("modifiers", "pass_thru_printing_register"):
        return int(body) if isinstance(body, str) else str(body)
    if name in TIMES:
        return datetime.fromisoformat(body).astimezone(timezone(timedelta(hours=-3))).isoformat()
    return body


@st.composite
def broken_bodies(draw: st.DrawFn, times: int = 1) -> list[tuple[Body, str]]:
    """(a valid body in which exactly one thing was broken, the pointer at it), so many of one body."""
    body = draw(order_bodies())
    ways = list(breaks(body))
    chosen = draw(st.lists(st.integers(0, len(ways) - 1), min_size=times, max_size=times))
    return [(broken(body, place, value), pointer) for pointer, place, value in (ways[number] for number in chosen)]


def broken(body: Body, place: str, value: Any) -> Body:
    """A copy of the body with the value at the place, or with nothing there (`GONE`)."""
    changed = deepcopy(body)
    holder: Any = changed
    *way, last = place.split("/")[1:]
    for part in way:
        holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
    if value is GONE:
        holder.pop(last, None)
    else:
        holder[last] = deepcopy(value)
    return changed


def breaks(body: Body) -> Iterator[Break]:
    """All the ways to break a valid body that we know of."""
    yield from _whole(body)
    yield from _together(body)
    is_refund = "original_order_id" in body
    for place, line in enumerate(body.get("lines", ())):
        yield from _line(f"/lines/{place}", line, is_refund)
    for place, option in enumerate(body.get("options", ())):
        yield from _option(f"/options/{place}", option, 0)
    for place, _ in enumerate(body.get("payments", ())):
        yield from _payment(f"/payments/{place}", is_refund)


def _all(at: str, *values: Any) -> Iterator[Break]:
    for value in values:
        yield at, at, value


def _numbers(at: str, *others: Any) -> Iterator[Break]:
    yield from _all(at, "x", "", True, [], "1e3", "NaN", "0.0000001", "99999999999", 10**30, Decimal("1E+400"), *others)


def _pos_ids(at: str, *others: Any) -> Iterator[Break]:
    yield from _all(at, "x", "", 0, HIGHEST_ID + 1, "9" * 30, True, Decimal("1.5"), {}, "٣", *others)


def _whole(body: Body) -> Iterator[Break]:
    yield from _all("/reference", GONE, None, "", "two words", "r" * 129, 7, "é")
    yield from _all("/status", "ACCEPTED", "REJECTED", "submitted", "", 1, None)
    yield from _all("/price_varation", "0.9")
    yield from _all("/Lines", [])
    yield from _pos_ids("/site_id", -1, int(SITE) + 1, str(int(SITE) + 1))
    for name in ("register_id", "customer_id", "original_order_id", "pass_thru_printing_register"):
        yield from _pos_ids(f"/{name}", -5)
    yield from _numbers("/price_limit", -1, "-0.01", "1.23456")
    yield from _numbers("/price_variation", "-0.9", 101, "0.1234567")
    yield from _numbers("/price_fixed_variation", "1.23456", -10_000_001)
    yield from _all("/order_type", "Dine In", "", 3)
    yield from _all("/guests", -1, 10_000, "4", Decimal("2.5"), True)
    yield from _all("/notes", "n" * 3501, 5, ["x"], "\ud800")
    yield from _all("/sale_number", "", "9" * 51, 1001)
    yield from _all("/table", "t" * 65, 12)
    yield from _all("/customer", "Kim", [])
    yield from _all("/customer/name", "Kim")
    yield from _all("/customer/phone", 5550100, "5" * 201)
    yield from _all("/delivery_address/postcode", "3000")
    yield from _all("/lock", "ALL", {})
    yield "/lock/0", "/lock", ["SOME"]
    yield "/lock/2", "/lock", ["ALL", "DELETE", "ALL"]
    for name in FLAGS:
        yield from _all(f"/{name}", "yes", 1, "true")
    for name in TIMES:
        yield from _all(f"/{name}", "2026-11-22", "2026-11-22T19:00:00", 1795334531, "tomorrow", "1999-01-01T00:00:00Z")
    yield from _all(
        "/callback_uri", "http://orders.example.com", "ftp://example.com", "orders", "https://u:p@example.com"
    )
    yield from _all("/callback_uri", "https://example.com/" + "x" * 2000, "https://10.0.0.1/", "https://localhost/", 1)
    yield from _all("/lines", {}, None, [{"product_id": 1}] * 501)
    yield from _all("/options", "x", [{"product_id": 1}] * 201)
    yield from _all("/payments", {}, [{"amount": 1}] * 51)


def _together(body: Body) -> Iterator[Break]:
    """What is wrong only beside something else."""
    if "price_variation" in body:
        yield from _all("/price_fixed_variation", 1, "-2.00")
    elif "price_fixed_variation" in body:
        yield "/price_fixed_variation", "/price_variation", "0.9"
    if "placed_at" in body:
        yield from _all("/fulfil_at", "2026-11-22T07:59:59Z")
    if must_be_paid(body) and body.get("price_variation") not in (0, "0"):
        yield from _all("/payments", [], GONE)
    if body.get("pass_thru_printing"):
        yield from _all("/status", GONE, "SUBMITTED")
    elif body.get("status", "SUBMITTED") == "SUBMITTED" and "original_order_id" not in body:
        yield "/status", "/pass_thru_printing", True
    if body.get("status") == "COMPLETE" and not body.get("options"):
        yield "/status", "/lines", []
    if "original_order_id" in body:
        yield from _all("/options", [{"product_id": 1}])
        if body["lines"]:
            yield "/lines/0/quantity", "/original_order_id", GONE


def _line(at: str, line: Body, is_refund: bool) -> Iterator[Break]:
    yield from _priced(at)
    yield from _numbers(f"{at}/quantity", 0, "0.00", "2" if is_refund else -1, 100_001)
    yield from _numbers(f"{at}/price_variation", -1)
    yield from _numbers(f"{at}/price_fixed_variation")
    yield from _all(f"{at}/notes", "n" * 4001, 5)
    yield from _all(f"{at}/modifiers", 3091, [1] * 101)
    yield f"{at}/modifiers/1", f"{at}/modifiers", [228, 0]
    yield f"{at}/modifiers/1", f"{at}/modifiers", [228, "--3091"]
    yield from _all(f"{at}/price", 1)
    if "price_variation" in line:
        yield from _all(f"{at}/price_fixed_variation", 1)
    elif "price_fixed_variation" in line:
        yield f"{at}/price_fixed_variation", f"{at}/price_variation", "0.9"
    if line.get("option_sets"):
        yield from _all(f"{at}/modifiers", [228])
        yield from _all(f"{at}/price_variation", "0.9")
        yield from _all(f"{at}/quantity", 2, "0.5")
    yield from _sets(at, line, 0)


def _priced(at: str) -> Iterator[Break]:
    yield from _pos_ids(f"{at}/product_id", GONE, None, -1)
    yield from _numbers(f"{at}/unit_price", "-0.01", "1.36364")
    yield from _numbers(f"{at}/unit_price_inc_tax", -1)


def _option(at: str, option: Body, depth: int) -> Iterator[Break]:
    yield from _priced(at)
    yield from _all(f"{at}/quantity", 1, 2, "1", None)
    yield from _all(f"{at}/instructions", "Maybe", "no", 1, "")
    yield from _all(f"{at}/notes", "x")
    deep = "/option_sets/0/options/0" * (DEEPEST_OPTION_SETS - depth) + "/option_sets"
    yield f"{at}{deep}", f"{at}/option_sets", _nested(DEEPEST_OPTION_SETS - depth + 1)
    yield from _sets(at, option, depth)


def _sets(at: str, holder: Body, depth: int) -> Iterator[Break]:
    yield from _all(f"{at}/option_sets", {}, "x")
    for outer, option_set in enumerate(holder.get("option_sets", ())):
        here = f"{at}/option_sets/{outer}"
        yield from _pos_ids(f"{here}/option_set_id", GONE, -1)
        yield from _all(f"{here}/options", GONE, {}, None)
        yield from _all(f"{here}/name", "Sauces")
        for inner, option in enumerate(option_set["options"]):
            yield from _option(f"{here}/options/{inner}", option, depth + 1)


def _payment(at: str, is_refund: bool) -> Iterator[Break]:
    yield from _numbers(f"{at}/amount", GONE, None, "5.001", 5 if is_refund else "-0.01")
    yield from _numbers(f"{at}/tip", Decimal("0.001"), 1 if is_refund else -1)
    yield from _pos_ids(f"{at}/method_id", -2)
    yield from _all(f"{at}/ref", "", "r" * 256, 9000768)
    yield from _all(f"{at}/method", "card")


def _nested(levels: int) -> list[Any]:
    """Option sets, so many levels deep."""
    sets: list[Any] = []
    for _ in range(levels):
        sets = [{"option_set_id": 1, "options": [{"product_id": 2, "option_sets": sets}]}]
    return sets
