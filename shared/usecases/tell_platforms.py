"""Makes a delivery of an event for each endpoint that wants it, and of the order for its callback. Calls nobody over
HTTP."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.deliveries.callback import callback_of
from shared.domain.deliveries.delivery import Delivery, DeliveryState, delivery_of
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.usecases.platform_deliveries import DeliveryBook, DeliveryQueue, EndpointBook

log = logging.getLogger("posrelay.deliveries")


@dataclass(frozen=True)
class TellPlatforms:
    """May be repeated: a delivery is known by endpoint and event."""

    endpoints: EndpointBook
    deliveries: DeliveryBook
    queue: DeliveryQueue
    now: Callable[[], datetime]
    order_body: Callable[[str], bytes | None]
    """An order by its id as platforms are shown it, without guests' data; None when there is none."""

    def __call__(self, event: PlatformEvent) -> None:
        """A delivery is stored as due before it is queued, so that a message that is lost is only late."""
        for endpoint in self.endpoints.endpoints(event.platform):
            if not endpoint.wants(event.type, event.venue_id):
                continue
            self._put(delivery_of(event, endpoint, self.now()))
        if event.callback_uri is not None:
            self._call_back(event, event.callback_uri)

    def _call_back(self, event: PlatformEvent, url: str) -> None:
        """The order is shown as it is now, maybe further on than at the event: the same bytes at every attempt."""
        order_id = str(event.data.get("order_id"))
        body = self.order_body(order_id)
        if body is None:
            log.warning("no order to call back with", extra={"event": event.id, "order": order_id})
            return
        self._put(callback_of(event, url, order_id, body, self.now()))

    def _put(self, delivery: Delivery) -> None:
        delivery_id = self.deliveries.put_new(delivery)
        if delivery.state is DeliveryState.PENDING:
            with contextlib.suppress(OSError):
                self.queue.send(delivery_id)
