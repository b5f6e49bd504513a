"""A driver-tracking service in memory."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field

from shared.domain.orders.request import OrderRequest
from shared.domain.orders.writes import Answer, Outcome


@dataclass
class InMemoryDriverTracking:
    """Takes every write once by its id. `answers`: what the next calls come to instead; `arrives`: what is lost got
    through all the same."""

    told: dict[str, bytes] = field(default_factory=dict)
    answers: deque[Answer] = field(default_factory=deque)
    arrives: bool = False

    def render(self, request: OrderRequest, order_id: str, order_code: str) -> bytes:
        content = {"order_id": order_id, "order_code": order_code, "reference": request.reference}
        return json.dumps(content).encode()

    def send(self, body: bytes, write_id: str) -> Answer:
        answer = self.answers.popleft() if self.answers else None
        if answer is None or (self.arrives and answer.outcome is Outcome.LOST):
            self.told.setdefault(write_id, body)
        return answer or Answer(Outcome.DONE, 201, message=f"DRV-{list(self.told).index(write_id) + 1}")
