"""The import as a whole, on fakes: pages, death, pace, one at a time, what goes wrong, who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from shared.adapters.dynamodb.schema import menu_id
from shared.domain.errors import (
    NotFoundError,
    OutsideError,
    PacedError,
    PermissionLostError,
    RefusedError,
    UnreachableError,
)
from shared.domain.menu.importing import MenuHead
from shared.domain.menu.menu import Category, Product
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection, Venue, VenueMode
from shared.usecases.import_menu import ImportMenu
from shared.usecases.menu_book import MenuSource
from shared.usecases.record_book import Pace
from shared.usecases.request_import import RequestImport
from tests.builders import NOON, VENUE
from tests.fake_menus import FakeMenuSource, InMemoryMenuBook, InMemoryPlatforms, InMemoryWaitingOrders
from tests.fakes import InMemoryNudges, InMemoryPace, InMemoryVenues, UnlimitedPace

TIMINGS = Timings()
FIVE = [Product(str(number), f"Product {number}") for number in range(1, 6)]


class KilledError(BaseException):
    """The function was killed: nothing in it can catch that."""


@dataclass
class Kitchen:
    """One venue, its POS, and the writer that is nudged."""

    there: Sequence[Product] = tuple(FIVE)
    pace: Pace = field(default_factory=UnlimitedPace)
    now: datetime = NOON
    book: InMemoryMenuBook = field(default_factory=InMemoryMenuBook)
    nudges: InMemoryNudges = field(default_factory=InMemoryNudges)
    waiting: InMemoryWaitingOrders = field(default_factory=InMemoryWaitingOrders)
    platforms: InMemoryPlatforms = field(default_factory=InMemoryPlatforms)
    venues: InMemoryVenues = field(default_factory=lambda: InMemoryVenues({"demo": VENUE}))
    before_call: Callable[[str, str | None], None] = lambda _what, _cursor: None
    calls: list[tuple[str, str | None]] = field(default_factory=list)
    called_at: list[datetime] = field(default_factory=list)
    slept_s: float = 0
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def request(self, why: str = "asked") -> MenuHead:
        wish = RequestImport(self.book, self.nudges, menu_id, TIMINGS, lambda: self.now, self._new_id)
        return wish("demo", why)

    def step(self, worker: str = "w1", time_left_s: Callable[[], float] = lambda: 25.0) -> None:
        """One invocation of the writer."""
        step = ImportMenu(
            book=self.book,
            venues=self.venues,
            platforms=self.platforms,
            waiting=self.waiting,
            source_for=self._source,
            pace=self.pace,
            nudges=self.nudges,
            menu_id=menu_id,
            timings=TIMINGS,
            now=lambda: self.now,
            sleep=self._sleep,
            new_import_id=self._new_id,
        )
        step("demo", worker, time_left_s)

    def run(self, *, steps: int = 200) -> int:
        """Every nudge at its time, until none is left; how many there were."""
        for number in range(steps):
            if not self.nudges.sent:
                return number
            record_id, delay_s = self.nudges.sent.pop(0)
            assert record_id == "MENU#demo"
            self.now += timedelta(seconds=delay_s)
            self.step(worker=f"w{number}")
        raise AssertionError("it does not end")

    def imported(self) -> MenuHead:
        """The first import, whole."""
        self.request()
        self.run()
        assert self.head.edition is not None
        self.calls.clear()
        return self.head

    @property
    def head(self) -> MenuHead:
        head = self.book.load("demo")
        assert head is not None
        return head

    @property
    def names(self) -> list[str]:
        stored = self.book.stored("demo")
        return [each.name for each in stored.menu.products] if stored else []

    @property
    def told(self) -> list[str]:
        return [item.type for item in self.book.outbox]

    def _source(self, venue: Venue, pace: Callable[[], None]) -> MenuSource:
        return FakeMenuSource(self.there, pace=pace, before_call=self._called, calls=self.calls)

    def _called(self, what: str, cursor: str | None) -> None:
        self.called_at.append(self.now)
        self.before_call(what, cursor)

    def _sleep(self, seconds: float) -> None:
        self.slept_s += seconds
        self.now += timedelta(seconds=seconds)

    def _new_id(self) -> str:
        return f"imp_{next(self._numbers)}"


def failing(error: OutsideError | NotFoundError, times: int = 1, at: str | None = None) -> Callable[..., None]:
    """Raises for the first calls (of a cursor)."""
    left = times

    def before_call(_what: str, cursor: str | None) -> None:
        nonlocal left
        if left and (at is None or cursor == at):
            left -= 1
            raise error

    return before_call


def test_a_menu_is_read_page_by_page_and_appears_at_once() -> None:
    kitchen = Kitchen()
    seen: list[list[str]] = []
    kitchen.before_call = lambda _what, _cursor: seen.append(kitchen.names)
    kitchen.request()
    assert kitchen.run() == 1
    assert kitchen.calls == [("products", None), ("products", "2"), ("products", "4"), ("categories", None)]
    assert seen == [[]] * 4
    assert kitchen.names == [each.name for each in FIVE]
    edition = kitchen.head.edition
    assert edition is not None
    assert (edition.products, edition.categories, edition.imported_at) == (5, 1, NOON)
    stored = kitchen.book.stored("demo")
    assert stored is not None
    assert stored.menu.categories == (Category("41", "Breakfast"),)
    assert kitchen.head.run is None


def test_a_venue_whose_menu_nobody_wanted_is_left_alone() -> None:
    kitchen = Kitchen()
    kitchen.step()
    assert kitchen.calls == []
    assert kitchen.book.heads == {}


def test_an_import_that_was_killed_goes_on_at_its_page() -> None:
    kitchen = Kitchen()

    def die(_what: str, cursor: str | None) -> None:
        if cursor == "4":
            raise KilledError

    kitchen.before_call = die
    kitchen.request()
    with pytest.raises(KilledError):
        kitchen.run()
    kitchen.before_call = lambda _what, _cursor: None
    kitchen.calls.clear()

    kitchen.step("w2")
    assert kitchen.calls == [], "the dead worker's lease still runs"
    lease_ends_at = kitchen.head.due_at()
    assert lease_ends_at == NOON + timedelta(seconds=TIMINGS.lease_s)
    kitchen.now = lease_ends_at
    kitchen.step("w2")
    assert kitchen.calls == [("products", "4"), ("categories", None)]
    assert kitchen.names == [each.name for each in FIVE]


def test_a_worker_that_was_overtaken_stores_nothing() -> None:
    kitchen = Kitchen()
    kitchen.request()
    overtaken = False

    def be_slow(_what: str, cursor: str | None) -> None:
        nonlocal overtaken
        if cursor == "2" and not overtaken:
            overtaken = True
            kitchen.now += timedelta(seconds=TIMINGS.lease_s)
            kitchen.step("faster")

    kitchen.before_call = be_slow
    kitchen.step("slow")
    assert kitchen.calls.count(("categories", None)) == 1
    assert kitchen.names == [each.name for each in FIVE]
    assert kitchen.told == ["menu.updated"]


def test_a_step_ends_with_the_functions_time_and_the_next_goes_on() -> None:
    kitchen = Kitchen()
    kitchen.request()
    left = iter([25.0, 9.0])
    kitchen.step(time_left_s=lambda: next(left))
    assert kitchen.calls == [("products", None)]
    assert kitchen.nudges.sent.pop() == ("MENU#demo", 0)
    kitchen.step("w2")
    assert kitchen.calls[1:] == [("products", "2"), ("products", "4"), ("categories", None)]


def test_no_time_to_finish_is_no_reason_to_read_again() -> None:
    kitchen = Kitchen()
    kitchen.request()
    left = iter([25.0, 25.0, 25.0, 25.0, 1.0])
    kitchen.step(time_left_s=lambda: next(left))
    assert kitchen.names == []
    kitchen.calls.clear()
    kitchen.step("w2")
    assert kitchen.calls == []
    assert kitchen.names != []


@pytest.mark.parametrize(("per_minute", "most"), [(60, 20), (180, 60)])
def test_no_minute_holds_more_than_a_third_of_the_connections_calls(per_minute: int, most: int) -> None:
    kitchen = Kitchen(there=[Product(str(number)) for number in range(300)], pace=InMemoryPace())
    pos = PosConnection("kounta", "5678", "823", calls_a_minute=per_minute)
    kitchen.venues.known["demo"] = replace(VENUE, pos=pos)
    kitchen.imported()
    assert len(kitchen.called_at) == 151
    for first in kitchen.called_at:
        within = [each for each in kitchen.called_at if first <= each < first + timedelta(minutes=1)]
        assert len(within) <= most
    took_s = (kitchen.called_at[-1] - kitchen.called_at[0]).total_seconds()
    assert took_s < 151 * 60 / (most * 5 / 6) * 1.1, "slots are not given away"


def test_a_far_slot_is_not_waited_for_in_the_function() -> None:
    kitchen = Kitchen(pace=InMemoryPace())
    kitchen.request()
    steps = kitchen.run()
    assert steps > 1
    assert kitchen.slept_s <= TIMINGS.slot_patience_s * steps


def test_a_slot_that_was_taken_is_used() -> None:
    kitchen = Kitchen(pace=InMemoryPace())
    kitchen.request()
    kitchen.step()
    run = kitchen.head.run
    assert run is not None
    assert run.has_slot
    assert run.resume_at is not None
    before = len(kitchen.calls)
    kitchen.step("early")
    assert len(kitchen.calls) == before, "a nudge that comes early does nothing"
    kitchen.now = run.resume_at
    kitchen.step("in time")
    assert len(kitchen.calls) == before + 1


def test_a_pos_that_asks_to_slow_down_is_given_its_time() -> None:
    kitchen = Kitchen(before_call=failing(PacedError("too many", wait_s=37)))
    kitchen.request()
    kitchen.step()
    assert kitchen.nudges.sent[-1] == ("MENU#demo", 37)
    kitchen.nudges.sent[:-1] = []
    kitchen.run()
    assert kitchen.names != []


def test_one_import_at_a_time() -> None:
    kitchen = Kitchen()
    first = kitchen.request()
    assert kitchen.request() == first
    kitchen.step(time_left_s=iter([25.0, 9.0]).__next__)
    again = kitchen.request("error").run
    assert again is not None
    assert first.run is not None
    assert (again.id, again.why, again.products) == (first.run.id, "asked", 2)


def test_a_wish_survives_a_head_that_changes_meanwhile() -> None:
    kitchen = Kitchen()
    kitchen.imported()
    load, loads = kitchen.book.load, []

    class Busy(InMemoryMenuBook):
        def load(self, venue_id: str) -> MenuHead | None:
            found = load(venue_id)
            loads.append(venue_id)
            if len(loads) == 1 and found is not None:
                kitchen.book.save(found)
            return found

        save = kitchen.book.save  # type: ignore[assignment]

    wish = RequestImport(Busy(), kitchen.nudges, menu_id, TIMINGS, lambda: kitchen.now, lambda: "imp_busy")
    assert wish("demo").run is not None
    assert len(loads) == 2


def test_platforms_are_told_of_what_changed_and_only_then() -> None:
    kitchen = Kitchen(platforms=InMemoryPlatforms(("one", "two")))
    kitchen.imported()
    assert [(item.type, item.platform) for item in kitchen.book.outbox] == [
        ("menu.updated", "one"),
        ("menu.updated", "two"),
    ]
    kitchen.book.outbox.clear()
    kitchen.imported()
    assert kitchen.told == []
    kitchen.there = [*FIVE[1:4], replace(FIVE[4], available=False), Product("9", "New")]
    kitchen.now += timedelta(hours=1)
    kitchen.imported()
    item = kitchen.book.outbox[0]
    assert item.data == {
        "imported_at": kitchen.now.isoformat(),
        "products": 5,
        "unavailable": 1,
        "option_sets": 0,
        "categories": 1,
        "added": 1,
        "removed": 1,
        "changed": 1,
    }


def test_orders_that_wait_for_a_menu_are_nudged_when_it_is_there() -> None:
    kitchen = Kitchen()
    kitchen.waiting.waiting["demo"] = ["ONLINE#demo#a#1", "ONLINE#demo#a#2"]
    kitchen.request()
    kitchen.nudges.sent.clear()
    kitchen.step()
    assert [sent[0] for sent in kitchen.nudges.sent] == ["ONLINE#demo#a#1", "ONLINE#demo#a#2"]


def test_an_empty_list_does_not_replace_a_good_menu_and_people_hear_of_it_once() -> None:
    kitchen = Kitchen()
    before = kitchen.imported().edition
    kitchen.book.outbox.clear()
    kitchen.there = []
    for _ in range(2):
        kitchen.request()
        kitchen.run()
        assert kitchen.head.edition == before
        assert len(kitchen.names) == 5
    assert [(item.type, item.data["code"]) for item in kitchen.book.outbox] == [("failure.reported", "menu_empty")]
    assert kitchen.head.failure is not None
    kitchen.there = FIVE
    kitchen.imported()
    assert kitchen.head.failure is None


def test_a_site_that_never_sold_anything_may_have_an_empty_menu() -> None:
    kitchen = Kitchen(there=[])
    assert kitchen.imported().edition is not None
    assert kitchen.names == []


def test_an_unreachable_pos_is_asked_again_more_and_more_patiently() -> None:
    kitchen = Kitchen(before_call=failing(UnreachableError("away"), times=3))
    kitchen.request()
    kitchen.nudges.sent.clear()
    waits = []
    for _ in range(3):
        kitchen.step()
        ((_, wait_s),) = kitchen.nudges.sent
        kitchen.nudges.sent.clear()
        kitchen.now += timedelta(seconds=wait_s)
        waits.append(wait_s)
    assert waits == list(TIMINGS.menu_ladder_s[:3])
    kitchen.step()
    assert kitchen.names != []


def test_a_pos_that_stays_away_ends_the_import_and_it_is_begun_anew_later() -> None:
    kitchen = Kitchen()
    before = kitchen.imported()
    kitchen.before_call = failing(UnreachableError("away"), times=1000)
    kitchen.request()
    kitchen.run()
    assert kitchen.head.run is None
    assert kitchen.head.edition == before.edition
    failure = kitchen.head.failure
    assert failure is not None
    assert (failure.code, failure.message) == ("menu_not_imported", "away")
    assert kitchen.told[-1] == "failure.reported"
    assert kitchen.head.next_at == kitchen.now + timedelta(seconds=TIMINGS.menu_retry_s)


@pytest.mark.parametrize(
    "error", [PermissionLostError("gone"), RefusedError("no", http_status=400), NotFoundError("no credentials")]
)
def test_a_refusal_ends_the_import_at_once(error: OutsideError | NotFoundError) -> None:
    kitchen = Kitchen(before_call=failing(error))
    kitchen.request()
    assert kitchen.run() == 1
    assert kitchen.head.run is None
    assert kitchen.head.failure is not None


def test_a_cursor_that_is_refused_begins_the_import_anew_once() -> None:
    kitchen = Kitchen(before_call=failing(RefusedError("old cursor", http_status=400), at="2"))
    kitchen.request()
    kitchen.run()
    assert kitchen.calls[:4] == [("products", None), ("products", "2"), ("products", None), ("products", "2")]
    assert len(kitchen.names) == 5
    kitchen.before_call = failing(RefusedError("old cursor", http_status=400), times=2, at="2")
    kitchen.request()
    kitchen.run()
    assert kitchen.head.failure is not None


def test_pages_that_are_not_kept_any_more_are_read_again() -> None:
    kitchen = Kitchen()
    kitchen.request()
    left = iter([25.0, 25.0, 9.0])
    kitchen.step(time_left_s=lambda: next(left))
    kitchen.book.kept_pages.clear()
    kitchen.run()
    assert len(kitchen.names) == 5


def test_a_list_that_goes_round_ends() -> None:
    kitchen = Kitchen(there=[Product(str(number)) for number in range(4010)])
    kitchen.request()
    kitchen.run()
    assert kitchen.head.edition is None
    assert kitchen.head.failure is not None


def test_a_menu_that_was_imported_once_is_imported_every_day() -> None:
    kitchen = Kitchen()
    kitchen.imported()
    assert kitchen.head.due_at() == NOON + timedelta(seconds=TIMINGS.menu_every_s)
    kitchen.now = NOON + timedelta(seconds=TIMINGS.menu_every_s - 1)
    kitchen.step()
    assert kitchen.calls == []
    kitchen.now += timedelta(seconds=1)
    kitchen.step()
    assert kitchen.calls != []
    assert kitchen.head.edition is not None
    assert kitchen.head.edition.imported_at == kitchen.now
    assert TIMINGS.menu_every_s < TIMINGS.menu_fresh_s, "a menu is imported again before it is stale"


def test_an_orders_error_imports_the_menu_but_not_right_after_an_import() -> None:
    kitchen = Kitchen()
    kitchen.imported()
    kitchen.now += timedelta(seconds=20)
    run = kitchen.request("error").run
    assert run is not None
    assert run.why == "error"
    kitchen.step()
    assert kitchen.calls == []
    assert kitchen.head.due_at() == NOON + timedelta(seconds=TIMINGS.menu_rest_s)
    kitchen.run()
    assert kitchen.head.edition is not None
    assert kitchen.head.edition.imported_at == NOON + timedelta(seconds=TIMINGS.menu_rest_s)


def test_an_orders_error_long_after_an_import_brings_one_at_once() -> None:
    kitchen = Kitchen()
    kitchen.imported()
    kitchen.now += timedelta(seconds=TIMINGS.menu_rest_s)
    kitchen.request("error")
    kitchen.step()
    assert kitchen.calls != []


def test_a_paused_venue_waits_and_goes_on() -> None:
    kitchen = Kitchen()
    kitchen.venues.known["demo"] = replace(VENUE, mode=VenueMode.PAUSED)
    kitchen.request()
    kitchen.step()
    assert kitchen.calls == []
    kitchen.venues.known["demo"] = VENUE
    kitchen.step()
    assert kitchen.names != []
