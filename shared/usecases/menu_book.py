"""Ports to a venue's menu: where it is kept, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from shared.domain.access import Platform
from shared.domain.menu.checks import StoredMenu
from shared.domain.menu.importing import Edition, MenuHead
from shared.domain.menu.menu import Menu, MenuPage
from shared.domain.record import OutboxItem


class MenuHeads(Protocol):
    """How far a venue's menu got. Every change is conditional on the version that it was made from."""

    def load(self, venue_id: str) -> MenuHead | None:
        """The head, read consistently; None when nobody ever wanted the venue's menu."""

    def save(self, head: MenuHead, *, page: MenuPage | None = None, outbox: Sequence[OutboxItem] = ()) -> MenuHead:
        """Stores the head, the page that its run read last, and what is to be told, all or nothing. Raises
        ConflictError when the head changed since it was loaded."""


class MenuBook(MenuHeads, Protocol):
    """Heads, the pages of an import, and complete menus."""

    def pages(self, venue_id: str, import_id: str) -> Sequence[MenuPage]:
        """What an import has read, in order; without what is not kept any more."""

    def put_menu(self, venue_id: str, import_id: str, menu: Menu) -> int:
        """Stores a complete menu, and returns in how many chunks. It counts once a head names it."""

    def menu(self, venue_id: str, edition: Edition) -> Menu | None:
        """The menu of an edition; None when it is not kept any more."""


class MenuReading(Protocol):
    """The menu for those who check orders or show it."""

    def stored(self, venue_id: str) -> StoredMenu | None:
        """The menu with its time; None when there is none."""


class MenuSource(Protocol):
    """The POS's lists, page by page; without a cursor the first. All raise OutsideError."""

    def products(self, cursor: str | None) -> MenuPage:
        """Products with their option sets."""

    def categories(self, cursor: str | None) -> MenuPage:
        """Categories."""


class Platforms(Protocol):
    """Whom a new menu may concern."""

    def platforms(self) -> Iterator[Platform]:
        """All platforms."""


class WaitingOrders(Protocol):
    """Orders that a menu error stopped, and that a new menu may cure."""

    def orders_waiting_for_menu(self, venue_id: str) -> Sequence[str]:
        """Ids of their records."""
