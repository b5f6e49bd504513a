"""Takes in orders, and what is asked of them: stored first, then a nudge. Never calls out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.consequence import Consequence
from shared.domain.errors import ConflictError, NotFoundError, NotNowError, ReferenceReusedError
from shared.domain.online import commands
from shared.domain.online.record import OnlineRecord, Placement, placed
from shared.domain.orders.fingerprint import fingerprint
from shared.domain.orders.request import OrderRequest
from shared.domain.venues import Venue
from shared.usecases.record_book import Nudges, RecordBook

log = logging.getLogger("posrelay.ingest")
LOOK_EVERY_S = 0.2

Command = Callable[[OnlineRecord], Consequence[OnlineRecord]]


@dataclass(frozen=True)
class PlaceAndChangeOrders:
    """The one door for placed orders. A nudge that cannot be sent is no reason to refuse: the caretaker finds what is
    due."""

    book: RecordBook
    nudges: Nudges
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    new_order_id: Callable[[], str]
    record_id: Callable[[str, str, str], str]
    patience_s: float
    """How long a command waits for a worker that is acting for the order."""

    def place(self, venue: Venue, platform: str, request: OrderRequest) -> tuple[OnlineRecord, bool]:
        """A new order; or the one that this reference brought before, and True. Raises ReferenceReusedError for a
        reference that came before with other content."""
        placement = Placement(venue.id, platform, request.reference)
        record_id = self.record_id(venue.id, platform, request.reference)
        content = fingerprint(request)
        record = commands.place(record_id, placement, request, content, venue, self.now(), self.new_order_id())
        try:
            saved = self.book.save(OnlineRecord(record_id, 0, placement), record, now=self.now())
        except ConflictError:
            known = self.book.load(record_id)
            if not isinstance(known, OnlineRecord):
                raise  # the other request is not through with it yet
            if placed(known.main).fingerprint != content:
                raise ReferenceReusedError(f"reference {request.reference} came before with other content") from None
            self._nudge(known)
            return known, True
        self._nudge(saved)
        return saved, False

    def change(self, record_id: str, command: Command) -> OnlineRecord:
        """The record after the command. Raises what the command raises, NotFoundError, and NotNowError (`sending`) when
        a worker is acting for the order all the time."""
        waited = 0.0
        while True:
            record = self._load(record_id)
            if not record.is_leased(self.now()):
                try:
                    return self._changed(record, command)
                except ConflictError:
                    pass
            if waited >= self.patience_s:
                raise NotNowError("the order is being sent just now: ask again", code="sending", wait_s=5)
            self.sleep(LOOK_EVERY_S)
            waited += LOOK_EVERY_S

    def await_outcome(self, record: OnlineRecord, wait_s: float) -> OnlineRecord:
        """The record once it is known what became of the order in the POS, or as it is after so long."""
        waited = 0.0
        while not is_decided(record) and waited < wait_s:
            self.sleep(LOOK_EVERY_S)
            waited += LOOK_EVERY_S
            record = self._load(record.id)
        return record

    def _changed(self, record: OnlineRecord, command: Command) -> OnlineRecord:
        unleased = replace(record, lease=None)
        consequence = command(unleased)
        if consequence.record == unleased:
            return record
        saved = self.book.save(record, consequence.record, outbox=consequence.outbox, now=self.now())
        self._nudge(saved)
        return saved

    def _load(self, record_id: str) -> OnlineRecord:
        record = self.book.load(record_id)
        if not isinstance(record, OnlineRecord):
            raise NotFoundError("there is no such order")
        return record

    def _nudge(self, record: OnlineRecord) -> None:
        due_at = record.due_at(self.now())
        if due_at is None:
            return
        try:
            self.nudges.send(record.id, max(0.0, (due_at - self.now()).total_seconds()))
        except OSError as error:
            log.warning("nudge not sent", extra={"record": record.id, "error": type(error).__name__})


def is_decided(record: OnlineRecord) -> bool:
    """Whether the order's own fate is settled."""
    return record.main.create.state.is_final
