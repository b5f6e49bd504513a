"""Booking platforms' own webhooks: unverified until the header token is right, then a thin notice."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, StringConstraints

from shared.domain.bookings.events import ThinNotice
from shared.domain.errors import NotFoundError, SignatureError
from shared.domain.record import Accepted
from shared.domain.venues import Venue
from shared.web.foreign import VendorId, read_as
from shared.web.requests import Request
from shared.web.signatures import RawWebhook, verify_header_token

BOOKING_EVENTS = ("BOOKING_CREATED", "BOOKING_UPDATED")  # Now Book It also tells of gift cards


class Venues(Protocol):
    """Where a venue's settings are found."""

    def get(self, venue_id: str) -> Venue:
        """Raises NotFoundError."""


class HookSecret(Protocol):
    """By which header and tokens a venue's hook proves its origin."""

    @property
    def hook_header(self) -> str:
        """The header's name."""

    @property
    def hook_tokens(self) -> tuple[str, ...]:
        """Any of these is right."""


class HookSecrets(Protocol):
    """Where a venue's hook token is found."""

    def nowbookit(self, venue_id: str) -> HookSecret:
        """Raises NotFoundError."""


class _Where(BaseModel):
    bookingId: VendorId | None = None
    locationId: VendorId | None = None


class NowBookItHook(BaseModel):
    """`{"eventType": "BOOKING_UPDATED", "data": {"bookingId": "…", "locationId": "…"}}`: no status, no time, no id."""

    eventType: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    data: _Where


def verified(
    request: Request, venues: Venues, secret: HookSecrets, received_at: datetime
) -> tuple[str, str, str, ThinNotice] | None:
    """(venue, platform, booking id, notice), or None for a hook that is not about a booking of this venue.

    Raises SignatureError when the token is not the one that was registered (also for a venue that has none),
    NotFoundError for a provider we have no hook for, BadInputError.
    """
    provider, venue_id = request.path["provider"], request.path["venue_id"]
    if provider != "nowbookit":
        raise NotFoundError(f"there is no hook for {provider}")
    try:
        hook = secret.nowbookit(venue_id)
        venue = venues.get(venue_id)
    except NotFoundError as error:
        raise SignatureError("the delivery does not prove its origin") from error
    verify_header_token(RawWebhook(request.headers, request.body), hook.hook_header, hook.hook_tokens)
    told = read_as(NowBookItHook, request.json(), "the Now Book It webhook")
    if told.eventType not in BOOKING_EVENTS or told.data.bookingId is None:
        return None
    if venue.nowbookit_location_id is not None and told.data.locationId != venue.nowbookit_location_id:
        return None
    notice = ThinNotice("thin_" + secrets.token_hex(12), provider, received_at)
    return venue.id, provider, told.data.bookingId, notice


def as_content(accepted: Accepted) -> dict[str, Any]:
    """What a platform is told of a delivery that was taken in."""
    return {"event_id": accepted.event_id, "booking_id": accepted.booking_id, "duplicate": accepted.duplicate}
