"""Gateways to what is outside: points of sale, booking platforms, driver tracking."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.domain.venues import Venue
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once, sleep

if TYPE_CHECKING:
    from shared.adapters.kounta.tokens import Credentials
    from shared.usecases.booking_platform import BookingPlatform
    from shared.usecases.driver_tracking import DriverTracking
    from shared.usecases.menu_book import MenuSource
    from shared.usecases.pos_gateway import PosGateway
    from shared.usecases.read_pos import ReadPos
from shared.bootstrap.parts import client, guarded_http_client, http_client, pace_book, secret, settings, settings_book


@once
def _kounta_client(connection_id: str, company_id: str, auth: str, credentials: Credentials) -> Any:
    """One for each connection and set of credentials: changed ones are taken up as soon as the secret is read again."""
    from shared.adapters.dynamodb.token_store import DynamoDBTokenStore
    from shared.adapters.kounta.client import KountaClient

    tokens = None
    if auth == "oauth":
        key = settings().token_key_arn
        tokens = DynamoDBTokenStore(client("dynamodb"), client("kms"), table=settings().table, key_id=key)
    return KountaClient(
        http_client(),
        api_url=settings().kounta_api_url,
        connection_id=connection_id,
        company_id=company_id,
        credentials=credentials,
        tokens=tokens,
        timings=settings().timings,
        now=now,
    )


def kounta_of(venue: Venue) -> Any:
    pos = venue.pos
    credentials = secret().connection(pos.connection_id).credentials
    return _kounta_client(pos.connection_id, pos.company_id, pos.auth, credentials)


def gateway_for(venue: Venue, pace: Callable[[], None], read_deadline_s: float | None = None) -> PosGateway:
    """A venue's point of sale. `read_deadline_s`: for one read with all its repeats."""
    from shared.adapters.kounta.gateway import KountaGateway

    return KountaGateway(kounta_of(venue), venue.pos, pace=pace, read_deadline_s=read_deadline_s)


def menu_source_for(venue: Venue, pace: Callable[[], None]) -> MenuSource:
    """Where a venue's menu comes from. Raises NotFoundError without credentials."""
    from shared.adapters.kounta.menu import KountaMenu
    from shared.adapters.kounta.reads import KountaReads

    return KountaMenu(KountaReads(kounta_of(venue), venue.pos, pace=pace), venue.pos)


def platform_for(venue: Venue, provider: str) -> BookingPlatform:
    """A venue's account at a booking platform that is asked and told. Raises NotFoundError for another."""
    from shared.adapters.nowbookit.platform import NowBookItPlatform
    from shared.domain.errors import NotFoundError

    if provider != "nowbookit":
        raise NotFoundError(f"{provider} is not asked for its bookings")
    return NowBookItPlatform(
        http_client(),
        base_url=settings().nowbookit_api_url,
        api_key=secret().nowbookit(venue.id).api_key,
        timezone=venue.timezone,
        timings=settings().timings,
        location_id=venue.nowbookit_location_id,
    )


def driver_tracking_for(venue: Venue) -> DriverTracking:
    """A venue's driver tracking; what is not set up of it is said when it is called."""
    from shared.adapters.driver_tracking.service import HttpDriverTracking

    return HttpDriverTracking(
        guarded_http_client(),
        venue=venue,
        secrets=lambda: secret().driver_tracking(venue.id),
        timeout_s=settings().timings.driver_timeout_s,
        now=now,
    )


@once
def read_pos() -> ReadPos:
    """Reads through to the point of sale while a caller waits."""
    from shared.usecases.read_pos import ReadPos

    def gateway(venue: Venue, pace: Callable[[], None]) -> PosGateway:
        return gateway_for(venue, pace, 1.5 * settings().timings.read_timeout_s)

    return ReadPos(settings_book(), gateway, pace_book(), settings().timings, now, sleep)
