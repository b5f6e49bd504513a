"""An event as platforms get it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.domain.deliveries.endpoint import TEST_TYPE, Endpoint
from shared.domain.record import OutboxItem

VERSION = "1"
MENU_WANTED = "menu.import_wanted"
"""An outbox item that asks for the import of a venue's menu; `data.why` as in `menu.importing`."""
INTERNAL = frozenset({"failure.reported", MENU_WANTED})
"""Outbox items that are for the relay itself and its own people."""


@dataclass(frozen=True, slots=True)
class PlatformEvent:
    """`{type, timestamp, data, version}`. `id`: the `webhook-id`, the same for every endpoint and attempt."""

    id: str
    type: str
    at: datetime
    platform: str
    venue_id: str
    data: dict[str, Any] = field(default_factory=dict)
    callback_uri: str | None = None
    """Where the platform wants to be told of this one order; no part of what endpoints are sent."""

    @classmethod
    def of_outbox(cls, item_id: str, item: OutboxItem) -> PlatformEvent | None:
        """What platforms hear of an outbox item; None for what stays with us."""
        if item.type in INTERNAL:
            return None
        data = {"venue_id": item.venue_id, **item.data}
        callback_uri = data.pop("callback_uri", None)
        return cls(
            id="evt_" + item_id.removeprefix("OUTBOX#"),
            type=item.type,
            at=item.at,
            platform=item.platform,
            venue_id=item.venue_id,
            data=data,
            callback_uri=callback_uri if item.type.startswith("order.") else None,
        )

    @classmethod
    def test_of(cls, endpoint: Endpoint, event_id: str, now: datetime) -> PlatformEvent:
        """An event that means nothing, for an owner who wants to see one arrive."""
        return cls(event_id, TEST_TYPE, now, endpoint.platform, "", {"endpoint_id": endpoint.id})

    def body(self) -> bytes:
        """The exact bytes that are signed and sent, at every attempt the same."""
        content = {"type": self.type, "timestamp": self.at.isoformat(), "data": self.data, "version": VERSION}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode()
