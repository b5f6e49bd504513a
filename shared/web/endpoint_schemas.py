"""How webhook endpoints and their deliveries look in answers, for the generated reference and its tests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.domain.deliveries.delivery import DeliveryState
from shared.domain.deliveries.endpoint import EndpointState
from shared.web.schemas import Shown


class WebhookEndpoint(Shown):
    """Where a platform is told."""

    id: str
    url: str
    types: list[str] = Field(description="Empty: all.")
    venues: list[str] = Field(description="Those of the key that set it up; `*` is every venue.")
    contact_email: str | None
    state: EndpointState
    reason: Literal["by_owner", "failing", "gone"] | None = Field(description="Why it is not active.")
    failing_since: datetime | None
    created_at: datetime
    secret_created_at: datetime | None


class WebhookEndpointSet(WebhookEndpoint):
    """The endpoint as it is now; `secret` only when it is new: it is shown this once."""

    secret: str | None = Field(default=None, examples=["whsec_…"])


class WebhookEndpoints(Shown):
    """All endpoints that the key may manage."""

    data: list[WebhookEndpoint]
    next: None


class WebhookEndpointRemoved(Shown):
    """It is gone; deliveries on their way to it are cancelled."""

    status: Literal["removed"]
    id: str


class WebhookTestAccepted(Shown):
    """A `webhook.test` event is on its way."""

    status: Literal["accepted"]
    event_id: str


class WebhookAttempt(Shown):
    """One post."""

    number: int
    manual: bool = Field(description="By a replay.")
    started_at: datetime
    ended_at: datetime | None = Field(description="Null while it is under way, or when nobody knows how it ended.")
    http_status: int | None
    error: Literal["not_connected", "no_answer", "forbidden_address"] | None


class WebhookDelivery(Shown):
    """One event on its way to one endpoint."""

    event_id: str = Field(description="The `webhook-id`, the same at every attempt.")
    type: str
    venue_id: str | None
    state: DeliveryState
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: list[WebhookAttempt] = Field(description="The latest 30.")


class WebhookDeliveriesPage(Shown):
    """Deliveries by the time of their event, oldest first."""

    data: list[WebhookDelivery]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class WebhookReplayAccepted(Shown):
    """So many are on their way again."""

    status: Literal["accepted"]
    replayed: int
    next: str | None = Field(description="`cursor` of the next call when there were more; null when that was all.")
