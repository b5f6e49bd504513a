"""What the doors are made of: they store, nudge and answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.schema import (
    booking_record_id,
    group_pk,
    menu_id,
    pos_order_pk,
)
from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.domain.identities import random_text
from shared.domain.venues import Venue
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once, sleep
from shared.usecases.accept_deliveries import AcceptDeliveries

if TYPE_CHECKING:
    from shared.domain.bookings.events import BookingEvent
    from shared.usecases.await_decision import AwaitDecision
    from shared.usecases.handle_by_hand import HandleByHand
    from shared.usecases.place_and_change_orders import PlaceAndChangeOrders
    from shared.usecases.request_import import RequestImport
    from shared.usecases.try_order import TryOrder
    from shared.web.booking_hooks import BookingHooks
from shared.bootstrap.parts import (
    callback_uri,
    delivery_book,
    menu_book,
    nudges,
    readings,
    record_book,
    secret,
    settings,
    settings_book,
)


@once
def accept_deliveries() -> AcceptDeliveries:
    """Takes deliveries in."""
    book = delivery_book()
    return AcceptDeliveries(book, book, nudges(), now, booking_record_id, pos_order_pk, group_pk)


@once
def booking_hooks() -> BookingHooks:
    """The doors for booking platforms' own webhooks."""
    from shared.web.booking_hooks import BookingHooks

    tolerance_s = settings().timings.future_tolerance_s

    def read_resdiary(content: Any, venue: Venue, received_at: datetime) -> tuple[str, BookingEvent] | None:
        from shared.adapters.resdiary.parsing import read_hook

        return read_hook(content, venue, received_at=received_at, future_tolerance_s=tolerance_s)

    return BookingHooks(settings_book(), secret(), now, tolerance_s, read_resdiary)


@once
def await_decision() -> AwaitDecision:
    """Waits for the decision on an event."""
    from shared.usecases.await_decision import AwaitDecision

    return AwaitDecision(readings(), now, sleep)


@once
def try_order() -> TryOrder:
    """Shows what an order would become."""
    from shared.adapters.kounta.rendering import create_body
    from shared.usecases.try_order import TryOrder

    return TryOrder(menu_book(), create_body, callback_uri, settings().timings, now)


@once
def orders() -> PlaceAndChangeOrders:
    """The door for placed orders."""
    from shared.adapters.dynamodb.schema import online_record_id
    from shared.usecases.place_and_change_orders import PlaceAndChangeOrders

    return PlaceAndChangeOrders(
        book=record_book(),
        nudges=nudges(),
        now=now,
        sleep=sleep,
        new_order_id=new_order_id,
        record_id=online_record_id,
        patience_s=settings().timings.command_patience_s,
    )


@once
def handle_by_hand() -> HandleByHand:
    """Takes in what staff entered by hand."""
    from shared.usecases.handle_by_hand import HandleByHand

    return HandleByHand(orders(), record_book(), settings().timings, now)


@once
def request_import() -> RequestImport:
    """Asks for a menu."""
    from shared.usecases.request_import import RequestImport

    return RequestImport(menu_book(), nudges(), menu_id, settings().timings, now, new_import_id)


def new_import_id() -> str:
    return f"imp_{random_text(12)}"
