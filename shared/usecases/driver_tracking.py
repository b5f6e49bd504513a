"""What a delivery needs beside the POS: a service that sends a driver. Its failure never holds the POS order back."""

from __future__ import annotations

from typing import Protocol

from shared.domain.orders.request import OrderRequest
from shared.domain.orders.writes import Answer
from shared.domain.venues import Venue


def needs_driver(request: OrderRequest, venue: Venue) -> bool:
    """Whether an order is told to driver tracking: a delivery, at a venue that has such a service."""
    return venue.driver_tracking_url is not None and request.order_type == "Delivery"


class DriverTracking(Protocol):
    """One venue's driver-tracking service, told by the ladder of the write protocol.

    The bytes are rendered once for a generation and stored before the first attempt; every repeat sends those bytes
    under the same id, by which the service knows a repetition.
    """

    def render(self, request: OrderRequest, order_id: str, order_code: str) -> bytes:
        """The exact bytes that tell of an order. Holds guests' data."""

    def send(self, body: bytes, write_id: str) -> Answer:
        """One call; never raises for what the service does, nor for what is not set up.

        DONE: told, now or before; `message` is the service's own id of it, where it gave one. REFUSED, with code
        `driver_tracking_refused`: nobody was told, and to repeat it is no use. All else has `driver_tracking_failed`.
        """
