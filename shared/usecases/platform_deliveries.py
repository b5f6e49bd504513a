"""What telling platforms needs from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.deliveries.delivery import Answer, Delivery
from shared.domain.deliveries.endpoint import Endpoint


class EndpointBook(Protocol):
    """Endpoints of platforms."""

    def endpoint(self, platform: str, endpoint_id: str) -> Endpoint | None:
        """One endpoint."""

    def endpoints(self, platform: str) -> Sequence[Endpoint]:
        """All of a platform, by id."""

    def save(self, endpoint: Endpoint) -> Endpoint:
        """Stores it in the place of the version it was read with (0: there is none yet). Raises ConflictError."""

    def remove(self, platform: str, endpoint_id: str) -> None:
        """Takes it away. Safe to repeat."""


class DeliveryBook(Protocol):
    """Deliveries to endpoints."""

    def put_new(self, delivery: Delivery) -> str:
        """Stores it once; returns its id. One that is there already stays as it is."""

    def delivery(self, delivery_id: str) -> Delivery | None:
        """The delivery; None when it was never stored or has expired."""

    def save(self, delivery: Delivery) -> Delivery:
        """Stores it in the place of the version it was read with. Raises ConflictError."""

    def id_of(self, delivery: Delivery) -> str:
        """Its id."""

    def between(
        self, platform: str, endpoint_id: str, since: datetime, until: datetime, after: str | None = None
    ) -> Iterator[tuple[str, Delivery]]:
        """(place, delivery) of those made from `since` to before `until`, oldest first, behind the place `after`."""


class DeliveryQueue(Protocol):
    """Where ids of deliveries go when an attempt is due."""

    def send(self, record_id: str, delay_s: float = 0) -> None:
        """After so many seconds; beyond 15 minutes not at all. Raises OSError."""


class SecretBox(Protocol):
    """Encrypts signing secrets."""

    def seal(self, owner: str, secret: str) -> str:
        """Ciphertext that opens only under the owner's name. Raises UnreachableError."""

    def open(self, owner: str, ciphertext: str) -> str:
        """The secret. Raises UnreachableError."""


class Poster(Protocol):
    """Posts to endpoints."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One post; never raises for what the endpoint does."""


def owner_of(endpoint: Endpoint) -> str:
    """Under which name an endpoint's secrets are sealed."""
    return f"{endpoint.platform}/{endpoint.id}"
