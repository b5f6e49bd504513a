"""Makes a delivery of an event for each endpoint that wants it. Calls nobody over HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.deliveries.delivery import DeliveryState, delivery_of
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.usecases.platform_deliveries import DeliveryBook, DeliveryQueue, EndpointBook


@dataclass(frozen=True)
class TellPlatforms:
    """May be repeated: a delivery is known by endpoint and event."""

    endpoints: EndpointBook
    deliveries: DeliveryBook
    queue: DeliveryQueue
    now: Callable[[], datetime]

    def __call__(self, event: PlatformEvent) -> None:
        """A delivery is stored as due before it is queued, so that a message that is lost is only late."""
        for endpoint in self.endpoints.endpoints(event.platform):
            if not endpoint.wants(event.type, event.venue_id):
                continue
            delivery = delivery_of(event, endpoint, self.now())
            delivery_id = self.deliveries.put_new(delivery)
            if delivery.state is DeliveryState.PENDING:
                with contextlib.suppress(OSError):
                    self.queue.send(delivery_id)
