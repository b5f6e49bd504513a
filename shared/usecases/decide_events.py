"""Decides what a booking's events lead to, with a look outside where the decision hangs on one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.bookings.consequences import booking_failure, take_in_events, undo_window, wants_to_read_order
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.bookings.rules import Decision, DecisionKind, OrderSeen, nothing_follows
from shared.domain.errors import PermissionLostError, RefusedError
from shared.domain.orders.order import Order
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.usecases.act_on_booking import is_patient, see_order
from shared.usecases.booking_platform import BookingPlatform
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.step import Step


@dataclass(frozen=True)
class DecideEvents:
    """Decides the undecided events of a booking's step."""

    platform_for: Callable[[Venue, str], BookingPlatform]
    timings: Timings
    now: Callable[[], datetime]
    new_order_id: Callable[[], str]

    def without_looking(self, step: Step[BookingRecord]) -> None:
        """What can be decided from here: nothing while a thin notice waits to be fetched, and no undo of an order that
        is in the POS."""
        if not any(isinstance(event, ThinNotice) for event in step.record.undecided):
            self._decide(step, read_order=None)

    def looking(self, step: Step[BookingRecord], gateway: PosGateway) -> None:
        """The rest. Raises OutsideError when the look could not be taken."""
        notices = [event for event in step.record.undecided if isinstance(event, ThinNotice)]
        if notices:
            self._fetch(step, notices)
        if step.record.undecided:
            oldest = min(event.received_at for event in step.record.undecided)
            patient = is_patient(self.now() - oldest, self.timings)
            self._decide(step, read_order=lambda order: see_order(gateway, order, patient=patient))

    def calls_ahead(self, record: BookingRecord) -> int:
        """How many calls on the POS connection deciding is likely to make, with what follows; 0: none is known of."""
        events = [event for event in record.undecided if isinstance(event, BookingEvent)]
        return 4 if any(wants_to_read_order(record, event) for event in events) else 0

    def _decide(self, step: Step[BookingRecord], read_order: Callable[[Order], OrderSeen] | None) -> None:
        events = [event for event in step.record.undecided if isinstance(event, BookingEvent)]
        consequence = take_in_events(
            step.record,
            events,
            step.venue,
            self.now(),
            window=undo_window(step.venue, self.timings.undo_window_s),
            new_order_id=self.new_order_id,
            read_order=read_order,
        )
        step.take(consequence)

    def _fetch(self, step: Step[BookingRecord], notices: list[ThinNotice]) -> None:
        """One fetch tells what all notices received before it meant; the newest carries it, the others are answered."""
        newest = max(notices, key=lambda notice: notice.received_at)
        platform = self.platform_for(step.venue, newest.provider)
        booking_id = step.record.booking.booking_id
        try:
            event = platform.fetch(booking_id, event_id=newest.event_id, received_at=newest.received_at)
        except (PermissionLostError, RefusedError) as error:
            reason = "the booking platform does not let us read the booking"
            unreadable = Decision(DecisionKind.ERROR, reason, code="booking_not_readable")
            step.decided += [Decided(notice.event_id, unreadable, self.now()) for notice in notices]
            step.outbox.append(booking_failure(step.record, self.now(), "booking_not_readable", str(error)))
            rest = tuple(each for each in step.record.undecided if not isinstance(each, ThinNotice))
            step.record = replace(step.record, undecided=rest)
            return
        for notice in notices:
            if notice is not newest or event is None:
                reason = "told again by a later notice" if event else "the platform has no such booking"
                step.decided.append(Decided(notice.event_id, nothing_follows(reason), self.now()))
        rest = tuple(each for each in step.record.undecided if not isinstance(each, ThinNotice))
        step.record = replace(step.record, undecided=(*rest, event) if event else rest)
