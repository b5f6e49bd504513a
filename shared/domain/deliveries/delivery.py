"""One event on its way to one endpoint: pure; what an answer means, and when the next attempt is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.deliveries.endpoint import TEST_TYPE, Endpoint
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.domain.timings import Timings

ATTEMPTS_KEPT = 30
IN_FLIGHT_S = 10.0  # a claim outlasts the call's time-out by this


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Every attempt of the schedule was made."""
    HELD = "held"
    """Its endpoint is paused or disabled: a replay sends it."""
    CANCELLED = "cancelled"
    """Its endpoint was removed; or a callback's receiver wants no more of its order."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call, or one that was about to be made: `ended_at` is None while nobody knows how it ended."""

    number: int
    started_at: datetime
    manual: bool = False
    ended_at: datetime | None = None
    status: int | None = None
    """The endpoint's HTTP status; None without an answer."""
    error: str | None = None
    """Why there was none: `not_connected`, `no_answer`, `forbidden_address`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to. `retry_after_s`: how long it asked us to wait."""

    status: int | None = None
    error: str | None = None
    retry_after_s: float | None = None

    @property
    def is_success(self) -> bool:
        """Only 2xx: a redirect is not followed, so nobody got it."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def is_gone(self) -> bool:
        """410: the endpoint wants nothing any more (Standard Webhooks)."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Delivery:
    """Immutable; a changed copy is saved under the version it was read with."""

    platform: str
    endpoint_id: str
    event_id: str
    type: str
    venue_id: str
    body: str
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    due_at: datetime | None = None
    """When the next attempt is to be made; while one is under way, when that counts as lost."""
    attempts: tuple[Attempt, ...] = ()
    """The latest; numbers run on."""
    round_from: int = 0
    """Number of the last attempt before the current run of the schedule."""
    next_is_manual: bool = False
    url: str | None = None
    """Of a callback: the address that came with its order. None: its endpoint's."""
    version: int = 0

    @property
    def made(self) -> int:
        """Attempts made in all."""
        return self.attempts[-1].number if self.attempts else 0

    def is_due(self, now: datetime) -> bool:
        """Whether an attempt is to be made now. A second's difference between clocks is nothing."""
        return self.state is DeliveryState.PENDING and self.due_at is not None and self.due_at <= now + _CLOCKS_DIFFER

    def is_under_way(self, now: datetime) -> bool:
        """Whether somebody is calling now."""
        begun = bool(self.attempts) and self.attempts[-1].ended_at is None
        return begun and self.state is DeliveryState.PENDING and self.due_at is not None and self.due_at > now


_CLOCKS_DIFFER = timedelta(seconds=1)


def delivery_of(event: PlatformEvent, endpoint: Endpoint, now: datetime) -> Delivery:
    """A new delivery: due at once, or held while the endpoint is not active. A test event is sent all the same."""
    goes = endpoint.is_active or event.type == TEST_TYPE
    return Delivery(
        platform=endpoint.platform,
        endpoint_id=endpoint.id,
        event_id=event.id,
        type=event.type,
        venue_id=event.venue_id,
        body=event.body().decode(),
        created_at=now,
        state=DeliveryState.PENDING if goes else DeliveryState.HELD,
        due_at=now if goes else None,
    )


def begun(delivery: Delivery, now: datetime, timings: Timings) -> Delivery:
    """With an attempt under way, noted before the call, so that one whose worker dies counts too."""
    attempt = Attempt(delivery.made + 1, now, manual=delivery.next_is_manual)
    return replace(
        delivery,
        attempts=(*delivery.attempts, attempt)[-ATTEMPTS_KEPT:],
        due_at=now + timedelta(seconds=timings.delivery_timeout_s + IN_FLIGHT_S),
        next_is_manual=False,
    )


def is_spent(delivery: Delivery, timings: Timings) -> bool:
    """Whether every attempt of the schedule was made."""
    return delivery.made - delivery.round_from > len(timings.delivery_ladder_s)


def after_answer(
    delivery: Delivery, answer: Answer, now: datetime, timings: Timings, later: Callable[[float], float]
) -> Delivery:
    """The delivery once its attempt ended. `later`: spreads a wait, never shortening it."""
    ended = replace(delivery.attempts[-1], ended_at=now, status=answer.status, error=answer.error)
    delivery = replace(delivery, attempts=(*delivery.attempts[:-1], ended), due_at=None)
    if answer.is_success:
        return replace(delivery, state=DeliveryState.DELIVERED)
    if answer.is_gone:
        return replace(delivery, state=DeliveryState.HELD if delivery.url is None else DeliveryState.CANCELLED)
    if is_spent(delivery, timings):
        return replace(delivery, state=DeliveryState.FAILED)
    wait_s = later(timings.delivery_ladder_s[delivery.made - delivery.round_from - 1])
    if answer.status in (429, 503) and answer.retry_after_s is not None:
        wait_s = max(wait_s, answer.retry_after_s)
    return replace(delivery, due_at=now + timedelta(seconds=wait_s))


def given_up(delivery: Delivery, state: DeliveryState) -> Delivery:
    """Nothing is tried any more."""
    return replace(delivery, state=state, due_at=None)


def replayed(delivery: Delivery, now: datetime) -> Delivery:
    """Due now, by hand. A pending automatic attempt is thereby cancelled: this one takes its place in the schedule;
    what was over begins the schedule anew. Attempt numbers run on."""
    restarts = delivery.state is not DeliveryState.PENDING
    return replace(
        delivery,
        state=DeliveryState.PENDING,
        due_at=now,
        next_is_manual=True,
        round_from=delivery.made if restarts else delivery.round_from,
    )
