"""Fans out what happened: failures to the people's queue, wishes for a menu to its import, the rest to platforms'
endpoints. Calls nobody over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from shared.domain.deliveries.platform_event import MENU_WANTED, PlatformEvent
from shared.domain.menu.importing import ERROR
from shared.domain.record import OutboxItem


class Outbox(Protocol):
    """Outbox items by id."""

    def outbox_item(self, item_id: str) -> OutboxItem | None:
        """The item; None when it has expired."""

    def mark_announced(self, item_id: str) -> None:
        """Nobody has to look at it again. Safe to repeat."""


class FailureQueue(Protocol):
    """Where failures go on their way to people."""

    def put(self, item_id: str, item: OutboxItem) -> None:
        """Puts a failure in the queue. May be repeated: the item's id tells."""


@dataclass(frozen=True)
class Announce:
    """Hands an outbox item on, then marks it. A crash between the two repeats it; both sides know the id."""

    outbox: Outbox
    failures: FailureQueue
    tell_platforms: Callable[[PlatformEvent], None]
    want_menu: Callable[[str, str], object]
    """Asks for the import of a venue's menu, for a reason; may be repeated."""

    def __call__(self, item_id: str, item: OutboxItem | None = None) -> None:
        """`item`: what the stream brought; without it, it is read."""
        item = item or self.outbox.outbox_item(item_id)
        if item is not None and item.type == "failure.reported":
            self.failures.put(item_id, item)
        elif item is not None and item.type == MENU_WANTED:
            self.want_menu(item.venue_id, str(item.data.get("why", ERROR)))
        elif item is not None and (event := PlatformEvent.of_outbox(item_id, item)) is not None:
            self.tell_platforms(event)
        self.outbox.mark_announced(item_id)
