"""The stack's secret in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.adapters.secretsmanager.stack_secret import ConnectionSecret, HookSecrets, NowBookItSecret, SecretContent
from shared.domain.errors import NotFoundError


@dataclass
class InMemoryStackSecret:
    """What StackSecret answers, without AWS."""

    kept: SecretContent = field(default_factory=lambda: SecretContent("link-key"))

    def link_key(self) -> str:
        return self.kept.link_key

    def connection(self, connection_id: str) -> ConnectionSecret:
        if connection_id not in self.kept.connections:
            raise NotFoundError(f"there are no credentials for the connection {connection_id}")
        return self.kept.connections[connection_id]

    def nowbookit(self, venue_id: str) -> NowBookItSecret:
        if venue_id not in self.kept.nowbookit:
            raise NotFoundError(f"there is no Now Book It key for the venue {venue_id}")
        return self.kept.nowbookit[venue_id]

    def hooks(self, venue_id: str) -> HookSecrets:
        if venue_id not in self.kept.hooks:
            raise NotFoundError(f"there is no secret of signed webhooks for the venue {venue_id}")
        return self.kept.hooks[venue_id]

    def driver_tracking(self, venue_id: str) -> tuple[str, ...]:
        if not self.kept.driver_tracking.get(venue_id):
            raise NotFoundError(f"there is no driver-tracking secret for the venue {venue_id}")
        return self.kept.driver_tracking[venue_id]

    def content(self) -> SecretContent:
        return self.kept

    def update(self, change: Callable[[SecretContent], SecretContent]) -> SecretContent:
        self.kept = change(self.kept)
        return self.kept
