"""Booking platforms' own webhooks: unverified until token or signature is right, then a notice or an event."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import Accepted
from shared.domain.errors import BadInputError, InputProblem, NotFoundError, SignatureError
from shared.domain.venues import Venue
from shared.web.booking_events import read_booking_event
from shared.web.foreign import VendorId, VisibleId, read_as
from shared.web.requests import Request
from shared.web.signatures import RawWebhook, verify_header_token, verify_resdiary, verify_standard

PROVIDERS = ("nowbookit", "resdiary", "standard")
BOOKING_EVENTS = ("BOOKING_CREATED", "BOOKING_UPDATED")  # Now Book It also tells of gift cards

Notice = tuple[str, str, str, BookingEvent | ThinNotice]
"""Venue, platform, booking id, and what was told."""


class Venues(Protocol):
    """Where a venue's settings are found."""

    def get(self, venue_id: str) -> Venue:
        """Raises NotFoundError."""


class HookToken(Protocol):
    """By which header and tokens Now Book It's hook proves its origin."""

    @property
    def hook_header(self) -> str:
        """The header's name."""

    @property
    def hook_tokens(self) -> tuple[str, ...]:
        """Any of these is right."""


class HookSecrets(Protocol):
    """What a venue's signed hooks are signed with: any of these."""

    @property
    def resdiary(self) -> tuple[str, ...]:
        """ResDiary's."""

    @property
    def standard_platform(self) -> str | None:
        """Whose the `standard` ones are."""

    @property
    def standard(self) -> tuple[str, ...]:
        """Standard Webhooks' `whsec_…`."""


class Secrets(Protocol):
    """Where a venue's hook secrets are found."""

    def nowbookit(self, venue_id: str) -> HookToken:
        """Raises NotFoundError."""

    def hooks(self, venue_id: str) -> HookSecrets:
        """Raises NotFoundError."""


class _Where(BaseModel):
    bookingId: VendorId | None = None
    locationId: VendorId | None = None


class NowBookItHook(BaseModel):
    """`{"eventType": "BOOKING_UPDATED", "data": {"bookingId": "…", "locationId": "…"}}`: no status, no time, no id."""

    eventType: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    data: _Where


@dataclass(frozen=True)
class BookingHooks:
    """The doors for platforms that bring no API key.

    `read_resdiary`: (booking id, event) of a verified body at a venue, None for another restaurant's; BadInputError.
    """

    venues: Venues
    secrets: Secrets
    now: Callable[[], datetime]
    future_tolerance_s: float
    read_resdiary: Callable[[Any, Venue, datetime], tuple[str, BookingEvent] | None]

    def verified(self, request: Request) -> Notice | None:
        """What was told, or None for a hook that is not about a booking of this venue.

        Raises SignatureError when it does not prove its origin (also for a venue that has no such hook),
        NotFoundError for a provider we have no hook for, BadInputError.
        """
        provider, venue_id = request.path["provider"], request.path["venue_id"]
        if provider not in PROVIDERS:
            raise NotFoundError(f"there is no hook for {provider}")
        raw = RawWebhook(request.headers, request.body)
        try:
            if provider == "nowbookit":
                return self._nowbookit(request, raw, self.secrets.nowbookit(venue_id), self.venues.get(venue_id))
            kept, venue = self.secrets.hooks(venue_id), self.venues.get(venue_id)
        except NotFoundError as error:
            raise SignatureError("the delivery cannot be verified") from error
        if provider == "resdiary":
            return self._resdiary(request, raw, kept, venue)
        return self._standard(request, raw, kept, venue)

    def _nowbookit(self, request: Request, raw: RawWebhook, kept: HookToken, venue: Venue) -> Notice | None:
        verify_header_token(raw, kept.hook_header, kept.hook_tokens)
        told = read_as(NowBookItHook, request.json(), "the Now Book It webhook")
        if told.eventType not in BOOKING_EVENTS or told.data.bookingId is None:
            return None
        if venue.nowbookit_location_id is not None and told.data.locationId != venue.nowbookit_location_id:
            return None
        notice = ThinNotice("thin_" + secrets.token_hex(12), "nowbookit", self.now())
        return venue.id, "nowbookit", told.data.bookingId, notice

    def _resdiary(self, request: Request, raw: RawWebhook, kept: HookSecrets, venue: Venue) -> Notice | None:
        verify_resdiary(raw, kept.resdiary if venue.resdiary_restaurant else ())
        told = self.read_resdiary(request.json(), venue, self.now())
        return (venue.id, "resdiary", *told) if told else None

    def _standard(self, request: Request, raw: RawWebhook, kept: HookSecrets, venue: Venue) -> Notice:
        platform = venue.standard_hook_platform
        is_theirs = platform is not None and kept.standard_platform == platform
        proven = verify_standard(raw, kept.standard if is_theirs else (), self.now())
        booking_id, event = read_booking_event(
            request.json(),
            received_at=self.now(),
            future_tolerance_s=self.future_tolerance_s,
            delivery_id=_delivery_id(proven.id),
        )
        return venue.id, str(platform), booking_id, event


_VISIBLE: TypeAdapter[str] = TypeAdapter(VisibleId)


def _delivery_id(webhook_id: str) -> str:
    """A `webhook-id` that can name an event. Raises BadInputError."""
    try:
        return _VISIBLE.validate_python(webhook_id)
    except ValidationError as error:
        problem = InputProblem("/header/webhook-id", "must be 1 to 128 visible ASCII characters")
        raise BadInputError("the webhook has no usable id", problems=(problem,)) from error


def as_content(accepted: Accepted) -> dict[str, Any]:
    """What a platform is told of a delivery that was taken in."""
    return {"event_id": accepted.event_id, "booking_id": accepted.booking_id, "duplicate": accepted.duplicate}
