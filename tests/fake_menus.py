"""In-memory stand-ins for the ports of the menu. The conformance suite runs on the book as it does on the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from shared.domain.access import Platform
from shared.domain.errors import ConflictError
from shared.domain.menu.checks import StoredMenu
from shared.domain.menu.importing import Edition, MenuHead
from shared.domain.menu.menu import Category, Menu, MenuPage, Product
from shared.domain.record import OutboxItem


@dataclass
class InMemoryMenuBook:
    """MenuBook and MenuReading in dictionaries."""

    heads: dict[str, MenuHead] = field(default_factory=dict)
    kept_pages: dict[tuple[str, str], dict[int, MenuPage]] = field(default_factory=dict)
    menus: dict[tuple[str, str], Menu] = field(default_factory=dict)
    outbox: list[OutboxItem] = field(default_factory=list)

    def load(self, venue_id: str) -> MenuHead | None:
        return self.heads.get(venue_id)

    def save(self, head: MenuHead, *, page: MenuPage | None = None, outbox: Sequence[OutboxItem] = ()) -> MenuHead:
        known = self.heads.get(head.venue_id)
        if (known.version if known else 0) != head.version:
            raise ConflictError(head.venue_id)
        saved = replace(head, version=head.version + 1)
        self.heads[head.venue_id] = saved
        if page is not None and saved.run is not None:
            self.kept_pages.setdefault((head.venue_id, saved.run.id), {})[saved.run.pages - 1] = page
        self.outbox += outbox
        return saved

    def pages(self, venue_id: str, import_id: str) -> Sequence[MenuPage]:
        kept = self.kept_pages.get((venue_id, import_id), {})
        return [kept[number] for number in sorted(kept)]

    def put_menu(self, venue_id: str, import_id: str, menu: Menu) -> int:
        self.menus[venue_id, import_id] = menu
        return 1

    def menu(self, venue_id: str, edition: Edition) -> Menu | None:
        return self.menus.get((venue_id, edition.import_id))

    def stored(self, venue_id: str) -> StoredMenu | None:
        head = self.load(venue_id)
        menu = self.menu(venue_id, head.edition) if head and head.edition else None
        return StoredMenu(menu, head.edition.imported_at) if head and head.edition and menu else None


@dataclass
class FakeMenuSource:
    """A POS's menu in pages. `before_call` sees each call and may raise; the pace is asked first."""

    products_there: Sequence[Product]
    categories_there: Sequence[Category] = (Category("41", "Breakfast"),)
    page_size: int = 2
    pace: Callable[[], None] = lambda: None
    before_call: Callable[[str, str | None], None] = lambda _what, _cursor: None
    calls: list[tuple[str, str | None]] = field(default_factory=list)

    def products(self, cursor: str | None) -> MenuPage:
        there, following = self._page("products", self.products_there, cursor)
        return MenuPage(products=tuple(there), next=following)

    def categories(self, cursor: str | None) -> MenuPage:
        there, following = self._page("categories", self.categories_there, cursor)
        return MenuPage(categories=tuple(there), next=following)

    def _page(self, what: str, there: Sequence[object], cursor: str | None) -> tuple[list[object], str | None]:  # type: ignore[type-arg]
        self.pace()
        self.calls.append((what, cursor))
        self.before_call(what, cursor)
        start = int(cursor or 0)
        end = start + self.page_size
        return list(there[start:end]), str(end) if end < len(there) else None


@dataclass
class InMemoryPlatforms:
    """Platforms by id."""

    ids: Sequence[str] = ("demo-bookings",)

    def platforms(self) -> Iterator[Platform]:
        return iter([Platform(each, each) for each in self.ids])


@dataclass
class InMemoryWaitingOrders:
    """Records that wait for a menu, by venue."""

    waiting: dict[str, list[str]] = field(default_factory=dict)

    def orders_waiting_for_menu(self, venue_id: str) -> Sequence[str]:
        return self.waiting.get(venue_id, [])
