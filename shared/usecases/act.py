"""One act on the outside: the next write of a record, sent once, with what must be looked at before and after."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from shared.domain.consequence import Consequence
from shared.domain.errors import OutsideError
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.writes import Answer, Outcome, What, Write, WriteState
from shared.domain.outcomes import after_write
from shared.domain.record import Record
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.usecases.booking_platform import BookingPlatform
from shared.usecases.driver_tracking import DriverTracking
from shared.usecases.look_up_orders import Listing, look_up_since, settle_from, take_listing
from shared.usecases.menu_book import MenuReading
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.step import Step

log = logging.getLogger("posrelay.writer")
R = TypeVar("R", bound=Record)


class Later(Exception):
    """Not now: give the lease back and come again in `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class Writer(Protocol):
    """What an act borrows from the writer: its settings, clock and book."""

    @property
    def timings(self) -> Timings:
        """Every window and ladder."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The time."""

    @property
    def jitter(self) -> Callable[[float], float]:
        """A wait, spread a little."""

    @property
    def alarm(self) -> Callable[[str], None]:
        """Counts what operations must hear of."""

    @property
    def callback_uri(self) -> Callable[[str, str], str]:
        """Where the POS tells of an order: of (venue id, order id)."""

    @property
    def platform_for(self) -> Callable[[Venue, str], BookingPlatform]:
        """A venue's account at a booking platform."""

    @property
    def menus(self) -> MenuReading | None:
        """The venues' menus."""

    @property
    def tracking_for(self) -> Callable[[Venue], DriverTracking] | None:
        """A venue's driver tracking."""

    def save(self, step: Step[R]) -> None:
        """Stores what changed so far, under the lease, renewed."""


@dataclass
class Act(ABC, Generic[R]):
    """One act. `relay` lends its settings, clock and book; `step` is changed as the act goes on. Each kind of record
    says what its writes mean; how they are sent, repeated and looked up is here."""

    relay: Writer
    step: Step[R]
    gateway: PosGateway
    time_left_s: Callable[[], float]
    listing: Listing | None = None
    """The site's lists, when the act looked through them: they tell of other orders of unknown fate too."""

    def __call__(self, order: Order, write: Write) -> None:
        """Does what is due for this write. Raises Later when there is not enough time left, OutsideError when a look
        that it needs could not be taken."""
        if write.state is WriteState.UNKNOWN:
            if write.what is What.CREATE:
                self._look_up_in_lists(order, write)
            else:
                self.look_up(order, write)
        elif write.what is What.CREATE:
            self._create(order, write)
        else:
            self.carry_out(order, write)

    @abstractmethod
    def carry_out(self, order: Order, write: Write) -> None:
        """Looks where it must, and sends any write but a create."""

    @abstractmethod
    def look_up(self, order: Order, write: Write) -> None:
        """Finds out what became of any write of unknown fate but a create."""

    @abstractmethod
    def is_given_up(self, order: Order) -> bool:
        """Whether the order is not wanted in the POS any more: then a create of unknown fate is not repeated."""

    @abstractmethod
    def body_to_send(self, order: Order, write: Write) -> tuple[Order, bytes] | None:
        """The exact bytes of a create, from today's settings; None: it was refused before it was sent."""

    @abstractmethod
    def body_to_show(self, order: Order, write: Write) -> bytes | None:
        """What would be sent, without asking or making anything outside; None when that is not known any more."""

    def _create(self, order: Order, write: Write) -> None:
        now = self.relay.now()
        if protocol.must_look_up_first(write, now, self.relay.timings):
            self.reached(order, protocol.doubt(write, now, self.relay.timings, code="key_expired"))
            return
        if self.is_given_up(order):
            self.reached(order, protocol.doubt(write, now, self.relay.timings, code="given_up"))
            return
        body = self.step.record.requests.get(write.key)
        if body is None:
            rendered = self.body_to_send(order, write)
            if rendered is None:
                return
            order, body = rendered
            self.keep_request(write.key, body)
        self.send(order, write, lambda: self.gateway.create_order(body, write.key))

    def keep_request(self, name: str, body: bytes) -> None:
        """To be stored, with the beginning of its first attempt, before a byte goes out."""
        self.step.record = replace(self.step.record, requests={**self.step.record.requests, name: body})

    def send(self, order: Order, write: Write, call: Callable[[], Answer]) -> None:
        """Stores that the call begins, makes it, and takes in what it came to."""
        timings = self.relay.timings
        needed = timings.write_timeout_s + timings.time_reserve_s
        if self.time_left_s() < needed:
            raise Later(0)
        begun = protocol.begin(write, self.relay.now(), trigger="retry" if write.started_at else "first")
        self.step.record = self.step.record.with_order(order.with_write(begun))
        self.relay.save(self.step)
        if write.unauthorized:
            self._refresh()
        answer = call()
        others_succeed = self.gateway.probe() if protocol.wants_probe(write, answer.outcome) else None
        now = self.relay.now()
        settled = protocol.settle(begun, answer, now, timings, jitter=self.relay.jitter, others_succeed=others_succeed)
        if answer.outcome is Outcome.KEY_REUSED and write.what is What.CREATE:
            log.error("the POS says that our bytes were not stable", extra={"order": order.id, "write": write.id})
            self.relay.alarm("WriterErrors")
        order = self.step.record.order(order.id)
        if answer.pos_order_id is not None:
            order = replace(order, pos=replace(order.pos, order_id=answer.pos_order_id))
        last = settled.attempts[-1]
        log.info(
            "write attempted",
            extra={
                "venue": order.venue_id,
                "order": order.id,
                "write": write.id,
                "what": write.what.value,
                "attempt": last.number,
                "generation": write.generation,
                "outcome": answer.outcome.value,
                "http_status": answer.http_status,
                "code": answer.code,
                "duration_ms": last.duration_ms,
                "state": settled.state.value,
                "again_at": settled.due_at.isoformat() if settled.due_at else None,
            },
        )
        self.reached(order, settled)

    def _refresh(self) -> None:
        try:
            self.gateway.refresh()
        except OutsideError as error:
            log.warning("could not refresh the access", extra={"venue": self.step.venue.id, "code": error.code})

    def reached(self, order: Order, write: Write) -> None:
        """Takes in what a write came to."""
        consequence: Consequence[R] = after_write(  # type: ignore[assignment]  # a record keeps its kind
            self.step.record, order, write, self.relay.now(), self.step.venue, self.relay.timings
        )
        self.step.take(consequence)

    def _look_up_in_lists(self, order: Order, write: Write) -> None:
        now, timings = self.relay.now, self.relay.timings
        try:
            self.listing = take_listing(self.gateway, look_up_since(write, timings), now)
        except OutsideError as error:
            note = f"the POS's list could not be read: {error.code}"
            self.reached(order, protocol.not_looked_up(write, now(), timings, note))
            return
        self.reached(*settle_from(self.listing, self.gateway, order, write, now, timings))
