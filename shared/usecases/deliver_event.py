"""One attempt of a delivery: claim, sign, post, note how it ended, and when to come again."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.deliveries.callback import ending_of, signer_of
from shared.domain.deliveries.delivery import (
    Answer,
    Delivery,
    DeliveryState,
    after_answer,
    begun,
    given_up,
    is_spent,
)
from shared.domain.deliveries.endpoint import TEST_TYPE, Endpoint, EndpointState
from shared.domain.deliveries.signing import signed_headers
from shared.domain.errors import ConflictError
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from shared.usecases.platform_deliveries import (
    DeliveryBook,
    DeliveryQueue,
    EndpointBook,
    Poster,
    SecretBox,
    owner_of,
)

log = logging.getLogger("posrelay.deliveries")

TRIES_TO_NOTE = 3


class FailureQueue(Protocol):
    """Where failures go on their way to people."""

    def put(self, item_id: str, item: OutboxItem) -> None:
        """Puts a failure in the queue. May be repeated: the item's id tells."""


@dataclass(frozen=True)
class DeliverEvent:
    """The record decides, not the queue: a message may repeat, come early or late."""

    endpoints: EndpointBook
    deliveries: DeliveryBook
    queue: DeliveryQueue
    failures: FailureQueue
    box: SecretBox
    poster: Poster
    timings: Timings
    now: Callable[[], datetime]
    later: Callable[[float], float]
    """Spreads a wait, never shortening it."""

    def __call__(self, delivery_id: str) -> Delivery | None:
        """The delivery after the attempt; None when there was nothing to do.

        Raises UnreachableError when its secret cannot be opened: nothing was called, and the queue brings it again.
        """
        delivery = self.deliveries.delivery(delivery_id)
        if delivery is None or not delivery.is_due(self.now()):
            return None
        with contextlib.suppress(ConflictError):  # another worker was first
            if delivery.url is not None:
                return self._call_back(delivery_id, delivery, delivery.url)
            endpoint = self.endpoints.endpoint(delivery.platform, delivery.endpoint_id)
            if endpoint is None:
                return self.deliveries.save(given_up(delivery, DeliveryState.CANCELLED))
            if not endpoint.is_active and delivery.type != TEST_TYPE:
                return self.deliveries.save(given_up(delivery, DeliveryState.HELD))
            if is_spent(delivery, self.timings):  # its last worker died
                return self.deliveries.save(given_up(delivery, DeliveryState.FAILED))
            delivery, answer = self._post(delivery, endpoint.url, endpoint)
            self._note(endpoint, answer)
            return self._ended(delivery_id, delivery, answer)
        return None

    def _call_back(self, delivery_id: str, delivery: Delivery, url: str) -> Delivery:
        """No endpoint stands behind a callback, so none is paused; whoever answers 410 hears no more of that order."""
        ending = ending_of(delivery, self.now())
        if self.deliveries.delivery(self.deliveries.id_of(ending)) is not None:
            return self.deliveries.save(given_up(delivery, DeliveryState.CANCELLED))
        if is_spent(delivery, self.timings):
            return self.deliveries.save(given_up(delivery, DeliveryState.FAILED))
        signer = signer_of(self.endpoints.endpoints(delivery.platform), delivery.venue_id)
        delivery, answer = self._post(delivery, url, signer)
        if answer.is_gone:
            self.deliveries.put_new(ending)
        return self._ended(delivery_id, delivery, answer)

    def _post(self, delivery: Delivery, url: str, signer: Endpoint | None) -> tuple[Delivery, Answer]:
        """One attempt, noted before it is made; without a signer, unsigned."""
        began = self.now()
        secrets = []
        if signer is not None:
            secrets = [self.box.open(owner_of(signer), each.ciphertext) for each in signer.signing_secrets(began)]
        body = delivery.body.encode()
        headers = signed_headers(delivery.event_id, body, began, secrets)
        delivery = self.deliveries.save(begun(delivery, began, self.timings))
        return delivery, self.poster.post(url, headers, body)

    def _ended(self, delivery_id: str, delivery: Delivery, answer: Answer) -> Delivery:
        delivery = self.deliveries.save(after_answer(delivery, answer, self.now(), self.timings, self.later))
        said = {
            "delivery": delivery.event_id,
            "platform": delivery.platform,
            "endpoint": delivery.endpoint_id,
            "attempt": delivery.made,
            "state": delivery.state,
            "http_status": answer.status,
            "error_code": answer.error,
        }
        log.info("delivery attempted", extra=said)
        if delivery.due_at is not None:
            with contextlib.suppress(OSError):  # the caretaker will find it
                self.queue.send(delivery_id, (delivery.due_at - self.now()).total_seconds())
        return delivery

    def _note(self, endpoint: Endpoint, answer: Answer) -> None:
        """What the answer says of the endpoint. Its owner may be changing it at the same moment, and comes first."""
        for _ in range(TRIES_TO_NOTE):
            changed = self._after(endpoint, answer)
            if changed is endpoint:
                return
            if changed.state is not endpoint.state:
                self._tell_owner(changed)
            try:
                self.endpoints.save(changed)
                return
            except ConflictError:
                newer = self.endpoints.endpoint(endpoint.platform, endpoint.id)
                if newer is None or newer.url != endpoint.url:
                    return
                endpoint = newer

    def _after(self, endpoint: Endpoint, answer: Answer) -> Endpoint:
        if answer.is_success:
            return endpoint.after_success()
        if answer.is_gone:
            return endpoint if endpoint.state is EndpointState.DISABLED else endpoint.gone(self.now())
        return endpoint.after_failure(self.now(), self.timings.endpoint_pause_after_s)

    def _tell_owner(self, endpoint: Endpoint) -> None:
        """Before it is stored: told twice is one failure by its id, told never would be silence."""
        code = "webhook_endpoint_gone" if endpoint.state is EndpointState.DISABLED else "webhook_endpoint_paused"
        about = f"webhook endpoint {endpoint.id} of {endpoint.platform} ({endpoint.url})"
        emails = [endpoint.contact_email] if endpoint.contact_email else []
        item = OutboxItem(
            "failure.reported", "", endpoint.platform, self.now(), about, {"code": code, "emails": emails}
        )
        since = f"{endpoint.failing_since:%Y%m%dT%H%M%S}" if endpoint.failing_since else "0"
        self.failures.put(f"endpoint-{endpoint.platform}-{endpoint.id}-{code}-{since}", item)
