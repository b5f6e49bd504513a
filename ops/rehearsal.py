"""What a stored order, or a stored booking event, would become in the POS if it were sent now: nothing is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import simplejson

from ops.errors import OperatorError
from ops.stack import DeployedStack
from shared.adapters.dynamodb.readings import DynamoDBReadings
from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
from shared.adapters.dynamodb.schema import booking_record_id
from shared.adapters.kounta.rendering import create_body
from shared.domain.bookings.booking import Booking
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import BookingRecord
from shared.domain.bookings.rules import DecisionKind, decide
from shared.domain.errors import NotNowError
from shared.domain.identities import is_order_id, markers_in, write_id
from shared.domain.menu.checks import ERROR
from shared.domain.online import commands
from shared.domain.online.record import OnlineRecord
from shared.domain.orders import protocol
from shared.domain.orders.draft import draft_order
from shared.domain.orders.order import Order
from shared.domain.orders.request import OrderRequest
from shared.domain.orders.trial import Check, Trial
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.outcomes import stop_signal
from shared.domain.readings import EventReading
from shared.domain.record import Record
from shared.domain.venues import Venue, VenueMode
from shared.usecases.try_order import TRIED_ID, TryOrder

HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The request of one order, and what speaks against it. `key`: the idempotency key that it would go under."""

    subject: str
    trial: Trial
    order: Order | None = None
    key: str | None = None


@dataclass(frozen=True)
class Rehearse:
    """Reads the stack's table, and nothing else."""

    stack: DeployedStack

    def __call__(self, venue: Venue, wanted: str, platform: str | None = None) -> Rehearsal:
        """Of an order by its id, or of a booking event by the id that its platform gave it. Raises OperatorError."""
        if is_order_id(wanted):
            found = self._readings.order_with_record(wanted, fresh=True)
            record = self._book.load(found.record_id) if found and found.order.venue_id == venue.id else None
            if record is not None:
                return self._of_order(venue, record, record.order(wanted))
        else:
            platforms = [platform] if platform else [each.id for each in self.stack.settings.platforms()]
            for each in platforms:
                event = self._readings.event(venue.id, each, wanted)
                if event is not None:
                    return self._of_event(venue, each, *event)
        raise OperatorError(
            f"{venue.id} has no order and no booking event {wanted}",
            "take the id from the platform or from GET …/orders; events are kept for as long as guests' data may be",
        )

    @property
    def _readings(self) -> DynamoDBReadings:
        return DynamoDBReadings(self.stack.dynamodb, self.stack.addresses.table)

    @property
    def _book(self) -> DynamoDBRecordBook:
        where = self.stack.addresses
        return DynamoDBRecordBook(self.stack.dynamodb, where.table, where.timings)

    def _of_order(self, venue: Venue, record: Record, order: Order) -> Rehearsal:
        against = tuple(self._against(venue, record, order))
        kept = record.requests.get(order.create.key) if order.create.is_open else None
        if isinstance(record, OnlineRecord):
            request = record.content(order.create.id).order
            trial = self._try_placed(venue, request, order) if request else None
        else:
            event = record.newest_event if isinstance(record, BookingRecord) else None
            trial = self._try_booking(venue, event, order.id) if event else None
        if trial is None:
            gone = Check("content_expired", ERROR, "what was ordered is not kept any more, for the guest's sake")
            trial = Trial(would_be_sent=False, body=None, checks=(gone,))
        if kept is not None:
            same = Check("bytes_kept", "info", "it was sent before: the same bytes go again under the same key")
            trial = replace(trial, body=kept, checks=(same,))
        key = _sent_again(order.create, self).key
        return Rehearsal(f"order {order.code} ({order.id})", _with(trial, against), order, key)

    def _of_event(self, venue: Venue, platform: str, booking_id: str, reading: EventReading) -> Rehearsal:
        event = reading.event
        subject = f"event {event.event_id} of booking {booking_id} at {platform}"
        decided = Check("decided", "info", f"{reading.decision}: {reading.reason}" if reading.decision else "not yet")
        if isinstance(event, ThinNotice):
            thin = Check("not_fetched", ERROR, f"it only says “look”: its meaning is fetched from {event.provider}")
            return Rehearsal(subject, Trial(would_be_sent=False, body=None, checks=(thin, decided)))
        record = self._book.load(booking_record_id(venue.id, platform, booking_id))
        order = _made_by(record, event)
        window = timedelta(seconds=venue.undo_window_s or self.stack.addresses.timings.undo_window_s)
        alone = decide(Booking(venue.id, platform, booking_id), event, None, window)
        if order is None and alone.kind is not DecisionKind.CREATE_ORDER:
            none = Check("no_order", ERROR, alone.reason)
            return Rehearsal(subject, Trial(would_be_sent=False, body=None, checks=(none, decided)))
        trial = self._try_booking(venue, event, order.id if order else TRIED_ID)
        if order is None or record is None:
            checks = (Check("no_order_was_made", ERROR, "it made no order: another event did, or it was too late"),)
            return Rehearsal(subject, _with(trial, (*checks, decided)))
        against = [decided, *self._against(venue, record, order)]
        if isinstance(record, BookingRecord) and record.booking.newest_event_id != event.event_id:
            newer = "the booking has changed since: its order is written from its newest event"
            against.insert(0, Check("newer_event", "info", newer))
        return Rehearsal(subject, _with(trial, tuple(against)), order, _sent_again(order.create, self).key)

    def _try_placed(self, venue: Venue, request: OrderRequest, order: Order) -> Trial:
        timings = self.stack.addresses.timings
        trial = TryOrder(self.stack.menus, create_body, self._news_address, timings, self.stack.now)
        return trial(venue, request, order)

    def _try_booking(self, venue: Venue, event: BookingEvent, order_id: str) -> Trial:
        where = self._news_address(venue.id, order_id)
        draft = draft_order(venue, event, order_id, write_id(order_id, 1), where, None)
        checks = []
        if venue.mode is not VenueMode.LIVE:
            held = f"the venue is in {venue.mode.value} mode: nothing is sent"
            checks.append(Check(f"venue_{venue.mode.value}", ERROR, held))
        if venue.link_customers and event.customer and event.customer.can_be_matched:
            told = "the POS is not asked for the guest now: the name stands in the notes"
            checks.append(Check("customer_not_asked", "info", told))
        return Trial(not checks or checks[0].severity != ERROR, create_body(draft), tuple(checks))

    def _news_address(self, venue_id: str, order_id: str) -> str:
        return f"{self.stack.addresses.public_url}/pos/kounta/{venue_id}/orders/{order_id}/status?token={HIDDEN}"

    def _against(self, venue: Venue, record: Record, order: Order) -> Iterator[Check]:
        """What the order's own state says against sending it now."""
        write, now = order.create, self.stack.now()
        match write.state:
            case WriteState.SENT:
                there = f"it is in the POS as {order.pos.order_id} ({order.status}): such an order is never sent again"
                yield Check("already_in_pos", ERROR, there)
                return
            case WriteState.SENDING if not protocol.must_look_up_first(write, now, self.stack.addresses.timings):
                yield Check(
                    "repeated", "info", "a call may have arrived: repeated under its key it makes no second order"
                )
                return
            case WriteState.SENDING | WriteState.UNKNOWN:
                yield Check("unknown", ERROR, "nobody knows yet whether it is in the POS: it is looked for first")
                return
            case WriteState.FAILED | WriteState.WITHDRAWN:
                refusal = _refusal(record, order, self)
                if refusal is not None:
                    yield refusal
                    return
                if write.may_have_arrived:
                    yield Check("looked_for_first", "info", "it may have arrived: the POS's lists are searched first")
        again = _sent_again(write, self)
        queued = replace(again, state=WriteState.QUEUED)
        signal = stop_signal(record, order.with_write(queued), queued, venue, now, self.stack.addresses.timings)
        if signal is not None and not (signal.code == "shadow" and venue.mode is VenueMode.SHADOW):
            yield Check(signal.code, ERROR, signal.reason)
        elif write.is_open and write.due_at is not None and write.due_at > now:
            yield Check("waits", "info", f"its next attempt is due at {write.due_at:%H:%M:%S} UTC")


def _refusal(record: Record, order: Order, rehearse: Rehearse) -> Check | None:
    """Why an order that has failed, or was withdrawn, is not sent again."""
    if not isinstance(record, OnlineRecord):
        why = order.create.message or order.create.why
        return Check("ended", ERROR, f"a booking's order that {order.status} is not sent again ({why})")
    if order.id != record.main.id:
        return Check("order_is_refund", ERROR, "a refund that failed is asked for again by its platform")
    try:
        commands.resubmit(record, rehearse.stack.now())
    except NotNowError as error:
        return Check(error.code, ERROR, str(error))
    return None


def _sent_again(write: Write, rehearse: Rehearse) -> Write:
    if write.state not in (WriteState.FAILED, WriteState.WITHDRAWN):
        return write
    return protocol.resubmitted(write, rehearse.stack.now())


def _made_by(record: Record | None, event: BookingEvent) -> Order | None:
    """The order that the event led to."""
    orders = record.orders if record else ()
    wanted = (each for each in orders if each.create.what is What.CREATE and each.create.event_id == event.event_id)
    return next(wanted, None)


def _with(trial: Trial, more: tuple[Check, ...]) -> Trial:
    is_stopped = any(each.severity == ERROR for each in more)
    return Trial(trial.would_be_sent and not is_stopped, trial.body, (*more, *trial.checks))


def shown_request(body: bytes, *, with_guests: bool) -> Any:
    """The request for people to read: never the token of the address for news; guests' words and names only when they
    are wanted. Our marker and all that is not free text stay."""
    content = simplejson.loads(body, use_decimal=True)
    content["callback_uri"] = re.sub(r"token=[^&]*", f"token={HIDDEN}", content["callback_uri"])
    return content if with_guests else _without_free_text(content)


def _without_free_text(content: Any) -> Any:
    if isinstance(content, list):
        return [_without_free_text(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        name: _hidden(value) if name == "notes" and isinstance(value, str) else _without_free_text(value)
        for name, value in content.items()
    }


def _hidden(notes: str) -> str:
    return " ".join((HIDDEN, *(f"[{write}]" for _, write in markers_in(notes))))
