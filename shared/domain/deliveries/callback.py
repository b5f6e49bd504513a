"""The address that a platform gave with one order: it gets the order itself whenever its status changes.

A callback is a delivery like any other, but its address is its own, no endpoint is paused for it, and 410 ends it for
that order alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shared.domain.deliveries.delivery import Delivery, DeliveryState
from shared.domain.deliveries.endpoint import Endpoint
from shared.domain.deliveries.platform_event import PlatformEvent

_PREFIX = "callback."
"""Begins what stands in the place of an endpoint's id, which never has a dot; the order's id follows."""


def callback_of(event: PlatformEvent, url: str, order_id: str, body: bytes, now: datetime) -> Delivery:
    """The order on its way to its own address. `webhook-id` is not that of the event: at one and the same receiver the
    two would be taken for one."""
    return Delivery(
        platform=event.platform,
        endpoint_id=_PREFIX + order_id,
        event_id="cb_" + event.id.removeprefix("evt_"),
        type=event.type,
        venue_id=event.venue_id,
        body=body.decode(),
        created_at=now,
        due_at=now,
        url=url,
    )


def ending_of(callback: Delivery, now: datetime) -> Delivery:
    """What is stored when a callback was answered 410, and looked for before each attempt: the order's last word."""
    return replace(
        callback,
        event_id="ended",
        body="",
        created_at=now,
        state=DeliveryState.CANCELLED,
        due_at=None,
        attempts=(),
        version=0,
    )


def signer_of(endpoints: Iterable[Endpoint], venue_id: str) -> Endpoint | None:
    """Whose secrets sign a platform's callbacks: its first active endpoint that hears of the venue. None: they go out
    unsigned, since the platform and we have no secret in common."""
    return next((each for each in endpoints if each.is_active and each.covers(venue_id) and each.secrets), None)
