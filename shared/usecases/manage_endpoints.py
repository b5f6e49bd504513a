"""What a platform does with its webhook endpoints: set up, change, remove, test, look at deliveries, replay."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.deliveries.delivery import Delivery, delivery_of, replayed
from shared.domain.deliveries.endpoint import MOST_ENDPOINTS, Endpoint, SealedSecret, Wish, new_secret
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.domain.errors import BadInputError, ConflictError, NotFoundError
from shared.domain.timings import Timings
from shared.usecases.platform_deliveries import DeliveryBook, DeliveryQueue, EndpointBook, SecretBox, owner_of

MOST_REPLAYED = 100
"""Deliveries that one call replays."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """`secret`: only when it is new; it is shown this once."""

    endpoint: Endpoint
    secret: str | None
    created: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: behind which the next page begins; None on the last."""

    deliveries: tuple[Delivery, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """`next`: where to go on when there were more than one call takes."""

    count: int
    next: str | None


@dataclass(frozen=True)
class ManageEndpoints:
    """For the API and for operators. `box` may be one that only seals."""

    endpoints: EndpointBook
    deliveries: DeliveryBook
    queue: DeliveryQueue
    box: SecretBox
    timings: Timings
    now: Callable[[], datetime]
    new_event_id: Callable[[], str]

    def all_of(self, platform: str) -> Sequence[Endpoint]:
        """A platform's endpoints, by id."""
        return self.endpoints.endpoints(platform)

    def get(self, platform: str, endpoint_id: str) -> Endpoint:
        """Raises NotFoundError."""
        found = self.endpoints.endpoint(platform, endpoint_id)
        if found is None:
            raise NotFoundError(f"there is no webhook endpoint {endpoint_id}")
        return found

    def set_up(self, platform: str, endpoint_id: str, wish: Wish) -> SetUp:
        """Makes or changes an endpoint; one that we paused or disabled is tried again from now on.

        Raises BadInputError when there are too many, ConflictError when somebody else changes it now.
        """
        known = self.endpoints.endpoint(platform, endpoint_id)
        if known is None and len(self.endpoints.endpoints(platform)) >= MOST_ENDPOINTS:
            raise BadInputError(f"a platform has at most {MOST_ENDPOINTS} endpoints", code="too_many", status=409)
        endpoint = known or Endpoint(endpoint_id, platform, wish.url, self.now())
        endpoint = replace(
            endpoint, url=wish.url, types=wish.types, venues=wish.venues, contact_email=wish.contact_email
        )
        endpoint = endpoint.paused_by_owner() if wish.paused else endpoint.resumed()
        secret = None
        if known is None or wish.rotate_secret:
            secret = new_secret()
            sealed = SealedSecret(self.box.seal(owner_of(endpoint), secret), self.now())
            endpoint = endpoint.with_new_secret(sealed, self.timings.secret_overlap_s)
        return SetUp(self.endpoints.save(endpoint), secret, known is None)

    def remove(self, platform: str, endpoint_id: str) -> None:
        """Deliveries under way to it end as cancelled."""
        self.endpoints.remove(platform, endpoint_id)

    def test(self, platform: str, endpoint_id: str) -> Delivery:
        """Sends an event that means nothing, by the way that all take. Raises NotFoundError."""
        endpoint = self.get(platform, endpoint_id)
        delivery = delivery_of(PlatformEvent.test_of(endpoint, self.new_event_id(), self.now()), endpoint, self.now())
        delivery_id = self.deliveries.put_new(delivery)
        with contextlib.suppress(OSError):
            self.queue.send(delivery_id)
        return delivery

    def deliveries_of(
        self, platform: str, endpoint_id: str, since: datetime, until: datetime, limit: int, after: str | None = None
    ) -> Page:
        """Deliveries by the time of their event, oldest first. Raises NotFoundError."""
        self.get(platform, endpoint_id)
        page: list[tuple[str, Delivery]] = []
        for found in self.deliveries.between(platform, endpoint_id, since, until, after):
            if len(page) == limit:
                return Page(tuple(each for _, each in page), page[-1][0])
            page.append(found)
        return Page(tuple(each for _, each in page), None)

    def replay(
        self, platform: str, endpoint_id: str, since: datetime, until: datetime, after: str | None = None
    ) -> Replayed:
        """Sends everything of that time again, delivered or not; what is being sent at this moment is left alone.

        Raises NotFoundError, or BadInputError (409) for an endpoint that is not active: nothing would be sent.
        """
        if not self.get(platform, endpoint_id).is_active:
            raise BadInputError("the endpoint is not active: set it up again first", code="not_active", status=409)
        page = self.deliveries_of(platform, endpoint_id, since, until, MOST_REPLAYED, after)
        count = 0
        for listed in page.deliveries:
            delivery_id = self.deliveries.id_of(listed)
            current = self.deliveries.delivery(delivery_id)
            if current is None or current.is_under_way(self.now()):
                continue
            try:
                self.deliveries.save(replayed(current, self.now()))
            except ConflictError:  # its attempt began just now
                continue
            count += 1
            with contextlib.suppress(OSError):
                self.queue.send(delivery_id)
        return Replayed(count, page.next)
