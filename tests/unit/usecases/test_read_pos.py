"""Reading through: pages cut to a limit, orders of the own site only, reads that leave the writer its pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import BadInputError, NotFoundError, PacedError, RefusedError
from shared.domain.orders.pos_order import ListedPosOrder, Page, PosOption, PosOrder
from shared.domain.orders.search import OrderFilters
from shared.domain.pace import Slots
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection, Venue
from shared.usecases.pos_gateway import PosReads
from shared.usecases.read_pos import ReadPos
from tests.fakes import InMemoryPace, InMemoryVenues

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SITE = PosConnection("kounta", "5678", "823")
REGISTER = PosConnection("kounta", "5678", "", register_id="16")
ALL = OrderFilters()


def row(number: int, site_id: str | None = "823") -> ListedPosOrder:
    return ListedPosOrder(str(number), "ON_HOLD", AT, AT, site_id)


@dataclass
class Pos:
    """A POS with these orders, three on a page; a page's mark is the id of its first."""

    rows: list[ListedPosOrder] = field(default_factory=list)
    order: PosOrder | None = None
    refusal: RefusedError | None = None
    pace: Callable[[], None] = lambda: None

    def search_orders(self, filters: OrderFilters, start: str | None = None) -> Page:
        if self.refusal:
            raise self.refusal
        self.pace()
        rows = [each for each in self.rows if start is None or int(each.id) <= int(start)]
        return Page(tuple(rows[:3]), rows[3].id if len(rows) > 3 else None)

    def read_order(self, pos_order_id: str) -> PosOrder | None:
        self.pace()
        return self.order

    def read_order_by_sale(self, sale_id: str) -> PosOrder | None:
        return self.order

    def read_option_set(self, pos_order_id: str, number: int) -> PosOption | None:
        return None


@dataclass
class Bench:
    pos: Pos
    at: PosConnection = SITE
    now: datetime = AT
    pace: InMemoryPace = field(default_factory=InMemoryPace)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        venues = InMemoryVenues({"demo": Venue("demo", "The Example Table", self.at)})
        self.reads = ReadPos(venues, self._gateway, self.pace, Timings(), lambda: self.now, self.slept.append)

    def _gateway(self, venue: Venue, pace: Callable[[], None]) -> PosReads:
        self.pos.pace = pace
        return self.pos  # type: ignore[return-value]

    def pages(self, limit: int) -> list[list[str]]:
        pages, cursor = [], None
        for _ in range(20):
            self.now += timedelta(seconds=10)
            found = self.reads.search("demo", ALL, limit, cursor)
            pages.append([each.id for each in found.orders])
            cursor = found.next
            if cursor is None:
                return pages
        raise AssertionError(f"no end: {pages}")


@pytest.mark.parametrize(
    ("limit", "pages"),
    [
        (1, [["7"], ["6"], ["5"], ["4"], ["3"], ["2"], ["1"]]),
        (2, [["7", "6"], ["5"], ["4", "3"], ["2"], ["1"]]),
        (3, [["7", "6", "5"], ["4", "3", "2"], ["1"]]),
        (25, [["7", "6", "5"], ["4", "3", "2"], ["1"]]),
    ],
)
def test_pages_hold_everything_once(limit: int, pages: list[list[str]]) -> None:
    assert Bench(Pos([row(number) for number in range(7, 0, -1)])).pages(limit) == pages


def test_orders_that_come_in_meanwhile_hide_none() -> None:
    pos = Pos([row(number) for number in range(5, 0, -1)])
    bench = Bench(pos)
    found = bench.reads.search("demo", ALL, 2, None)
    pos.rows = [row(number) for number in range(9, 0, -1)]
    seen = [each.id for each in found.orders]
    while found.next:
        bench.now += timedelta(seconds=10)
        found = bench.reads.search("demo", ALL, 25, found.next)
        seen += [each.id for each in found.orders]
    assert set(seen) >= {"5", "4", "3", "2", "1"}


def test_a_row_of_another_site_is_not_shown() -> None:
    assert Bench(Pos([row(3), row(2, "824"), row(1, None)])).pages(25) == [["3", "1"]]


def test_a_cursor_of_other_filters_is_refused() -> None:
    bench = Bench(Pos([row(number) for number in range(7, 0, -1)]))
    cursor = bench.reads.search("demo", ALL, 25, None).next
    with pytest.raises(BadInputError):
        bench.reads.search("demo", OrderFilters(deleted=True), 25, cursor)


@pytest.mark.parametrize(
    ("at", "site_id", "register_id", "is_shown"),
    [
        (SITE, "823", None, True),
        (SITE, "823", "17", True),
        (SITE, "824", None, False),
        (SITE, None, None, False),
        (REGISTER, "823", "16", True),
        (REGISTER, "823", "17", False),
        (REGISTER, "823", None, False),
    ],
)
def test_whose_order_it_is(at: PosConnection, site_id: str | None, register_id: str | None, is_shown: bool) -> None:
    order = PosOrder("9", "ON_HOLD", AT, AT, site_id=site_id, register_id=register_id)
    bench = Bench(Pos(order=order), at)
    for read in (lambda: bench.reads.order("demo", "9"), lambda: bench.reads.order_by_sale("demo", "tj4ds8n3")):
        if is_shown:
            assert read() == order
        else:
            with pytest.raises(NotFoundError):
                read()


def test_a_venue_that_is_one_register_has_no_other() -> None:
    bench = Bench(Pos([row(1)]), REGISTER)
    assert bench.reads.search("demo", OrderFilters(register_id="16"), 25, None).orders
    with pytest.raises(BadInputError) as caught:
        bench.reads.search("demo", OrderFilters(register_id="17"), 25, None)
    assert [problem.pointer for problem in caught.value.problems] == ["/query/register_id"]


def test_what_the_pos_does_not_take_as_a_filter_is_the_callers() -> None:
    refusal = RefusedError("Invalid value for start", http_status=400)
    with pytest.raises(BadInputError, match="Invalid value"):
        Bench(Pos(refusal=refusal)).reads.search("demo", ALL, 25, None)
    with pytest.raises(RefusedError):
        Bench(Pos(refusal=RefusedError("no", http_status=405))).reads.search("demo", ALL, 25, None)


def test_reads_without_end_leave_the_writer_its_pace() -> None:
    bench = Bench(Pos([row(1)]))
    waits = []
    for _ in range(600):  # ten a second for a minute
        bench.now += timedelta(milliseconds=100)
        try:
            bench.reads.search("demo", ALL, 25, None)
        except PacedError as paced:
            waits.append(paced.wait_s)
    assert 0 < 600 - len(waits) <= 36
    assert max(waits) < 10
    assert max(bench.slept) <= 4
    assert bench.pace.reserve(Slots(SITE.connection_id, SITE.pace_per_minute, 1), bench.now) == 0
    bench.now += timedelta(seconds=10)
    assert bench.reads.search("demo", ALL, 25, None).orders
