"""Where a platform wants to be told, of what, and whether it is worth trying."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.access import EVERY_VENUE, Caller

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32
MOST_ENDPOINTS = 20
"""Endpoints of one platform: all of them are read for every event."""
TEST_TYPE = "webhook.test"
EVENT_TYPES = (
    "booking.order_opened",
    "booking.undo_refused",
    "booking.finished",
    "order.sent",
    "order.accepted",
    "order.ready",
    "order.out_for_delivery",
    "order.rejected",
    "order.completed",
    "order.deleted",
    "order.refunded",
    "order.handled",
    "order.unknown",
    "order.pos_failed",
    "order.failed",
    "order.kitchen_print",
    "order.group_finalised",
    "customer.linked",
    "customer.unlinked",
    "menu.updated",
)
"""What an endpoint can choose. One that chooses nothing hears of all, later ones too."""


class EndpointState(StrEnum):
    """Whether deliveries are tried."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By its owner, or by us after days of failure."""
    DISABLED = "disabled"
    """It answered 410 Gone."""


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A signing secret, encrypted. `expires_at`: it still signs until then, beside the newer one."""

    ciphertext: str
    """Base64."""
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a platform. Immutable; a changed copy is saved under the version it was read with."""

    id: str
    platform: str
    url: str
    created_at: datetime
    venues: tuple[str, ...] = (EVERY_VENUE,)
    """Venues whose events it hears: those of the key that set it up."""
    types: tuple[str, ...] = ()
    """Empty: all."""
    secrets: tuple[SealedSecret, ...] = ()
    """Newest first."""
    state: EndpointState = EndpointState.ACTIVE
    reason: str | None = None
    """Why it is not active, as a stable code: `by_owner`, `failing`, `gone`."""
    contact_email: str | None = None
    """Who is told when it is paused or disabled by us; nobody named = operations."""
    failing_since: datetime | None = None
    """When the first attempt failed of a row that no success has ended."""
    version: int = 0

    def wants(self, event_type: str, venue_id: str) -> bool:
        """Whether it hears of such an event at this venue."""
        return self.covers(venue_id) and (not self.types or event_type in self.types)

    def covers(self, venue_id: str) -> bool:
        """Whether the venue is one of its own."""
        return EVERY_VENUE in self.venues or venue_id in self.venues

    @property
    def is_active(self) -> bool:
        """Whether deliveries are tried by themselves."""
        return self.state is EndpointState.ACTIVE

    def is_managed_by(self, caller: Caller) -> bool:
        """Whether a key may see and change it: its platform's, and for every venue that the endpoint hears of."""
        covers = EVERY_VENUE in caller.venues or set(self.venues) <= caller.venues
        return caller.platform == self.platform and covers

    def signing_secrets(self, now: datetime) -> tuple[SealedSecret, ...]:
        """Those that sign now, newest first."""
        return tuple(each for each in self.secrets if each.expires_at is None or each.expires_at > now)

    def with_new_secret(self, sealed: SealedSecret, overlap_s: float) -> Endpoint:
        """With a newer secret. The one before signs on for the overlap, so that no delivery is refused meanwhile."""
        until = sealed.created_at + timedelta(seconds=overlap_s)
        kept = tuple(
            replace(each, expires_at=until if each.expires_at is None else min(each.expires_at, until))
            for each in self.signing_secrets(sealed.created_at)
        )
        return replace(self, secrets=(sealed, *kept[:2]))

    def after_success(self) -> Endpoint:
        """It answered."""
        return self if self.failing_since is None else replace(self, failing_since=None)

    def after_failure(self, now: datetime, pause_after_s: float) -> Endpoint:
        """It did not take a delivery; after days in which it took none, it is paused."""
        if self.failing_since is None:
            return replace(self, failing_since=now)
        if self.is_active and now - self.failing_since >= timedelta(seconds=pause_after_s):
            return replace(self, state=EndpointState.PAUSED, reason="failing")
        return self

    def gone(self, now: datetime) -> Endpoint:
        """It answered 410: nobody is there any more."""
        return replace(self, state=EndpointState.DISABLED, reason="gone", failing_since=self.failing_since or now)

    def resumed(self) -> Endpoint:
        """Its owner set it up anew."""
        return replace(self, state=EndpointState.ACTIVE, reason=None, failing_since=None)

    def paused_by_owner(self) -> Endpoint:
        """Its owner does not want to be told for a while."""
        return replace(self, state=EndpointState.PAUSED, reason="by_owner")


@dataclass(frozen=True, slots=True)
class Wish:
    """How its owner wants an endpoint to be."""

    url: str
    types: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    contact_email: str | None = None
    paused: bool = False
    rotate_secret: bool = False


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it: `whsec_` and 256 random bits in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
