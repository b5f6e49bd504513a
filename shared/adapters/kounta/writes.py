"""Calls that change something in Kounta. Each is sent once; what came of it is an `Answer`."""

from __future__ import annotations

import logging
import re

import httpx

from shared.adapters.http import answers
from shared.adapters.http.clients import Received
from shared.adapters.kounta import rendering
from shared.adapters.kounta.classification import Call, classify, classify_failure
from shared.adapters.kounta.client import KountaClient
from shared.domain.bookings.events import Customer
from shared.domain.errors import OutsideError, PacedError, PermissionLostError
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.writes import Answer, Outcome

logger = logging.getLogger(__name__)

_NUMBERED = re.compile(r"orders(/[0-9]+(/notifications)?)?")


class KountaWrites:
    """The port `PosWrites` for one Kounta connection."""

    def __init__(self, client: KountaClient, *, delete_by_reject: bool = False) -> None:
        self._client = client
        self._delete_by_reject = delete_by_reject

    def render_create(self, draft: OrderDraft) -> bytes:
        """The exact bytes of a create call. Raises BadInputError for an id that is no whole number."""
        return rendering.create_body(draft)

    def create_order(self, body: bytes, idempotency_key: str) -> Answer:
        """POST the bytes under the key. The id comes from `Location`; the body may be `null` (observed)."""
        return self._write(
            Call.CREATE, "POST", "orders", body, self._ends_at(), headers={"Idempotency-Key": idempotency_key}
        )

    def update_order(self, pos_order_id: str, *, notes: str, guests: int | None) -> Answer:
        """Replace notes and guests of an open order. 404 is REFUSED with code `order_gone`."""
        body = rendering.update_body(notes, guests)
        return self._write(Call.UPDATE, "PUT", f"orders/{pos_order_id}", body, self._ends_at())

    def notify(self, pos_order_id: str, message: str) -> Answer:
        """Show staff a message on the registers."""
        body = rendering.notification_body(message)
        return self._write(Call.NOTIFY, "POST", f"orders/{pos_order_id}/notifications", body, self._ends_at())

    def delete_order(self, pos_order_id: str) -> Answer:
        """DELETE, which Kounta's documents do not name but partners use; where it is not possible (405), or from the
        start when the venue says so, the documented way: status REJECTED. Gone already is DONE."""
        ends_at = self._ends_at()
        path = f"orders/{pos_order_id}"
        if not self._delete_by_reject:
            answer = self._write(Call.DELETE, "DELETE", path, None, ends_at)
            if answer.http_status != 405:
                return answer
        return self._write(Call.DELETE, "PUT", path, rendering.reject_body(), ends_at)

    def create_customer(self, customer: Customer, reference_id: str) -> str | None:
        """The new customer's id, or None: whatever happens here, the order goes its way."""
        if not customer.can_be_created:
            return None
        try:
            received = self._send(
                "create_customer",
                "POST",
                "customers",
                self._client.timings.read_timeout_s,  # the order waits behind it, under the same lease
                rendering.customer_body(customer, reference_id),
            )
        except (httpx.RequestError, OutsideError) as error:
            logger.warning("customer not created: %s", type(error).__name__)
            return None
        made = answers.id_from_location(received.headers) if 200 <= received.status <= 299 else None
        if made is None:
            logger.warning("customer not created: answered %d", received.status)
        return made

    def _write(
        self,
        call: Call,
        method: str,
        path: str,
        body: bytes | None,
        ends_at: float,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        if _NUMBERED.fullmatch(path) is None:
            return Answer(Outcome.REFUSED, code="not_found", message="not an order id of Kounta's")
        left_s = ends_at - self._client.clock()
        if left_s <= 0:
            return Answer(Outcome.NOT_CONNECTED, code="pos_unreachable", message="no time left for the call")
        try:
            received = self._send(call, method, path, left_s, body, headers)
        except httpx.RequestError as error:
            return classify_failure(error)
        except PermissionLostError as error:
            return Answer(Outcome.UNAUTHORIZED, code=error.code, message=str(error))
        except PacedError as error:
            return Answer(Outcome.LIMITED, code=error.code, message=str(error), wait_s=error.wait_s)
        except OutsideError as error:  # no access token could be had: the call was not made
            return Answer(Outcome.NOT_CONNECTED, code=error.code, message=str(error))
        return classify(call, received, self._client.now())

    def _send(
        self,
        operation: str,
        method: str,
        path: str,
        total_s: float,
        body: bytes | None,
        headers: dict[str, str] | None = None,
    ) -> Received:
        return self._client.send(
            operation,
            method,
            self._client.company_url(path),
            total_s=total_s,
            content=body,
            headers=headers,
            body_matters=_body_matters,
        )

    def _ends_at(self) -> float:
        return self._client.clock() + self._client.timings.write_timeout_s


def _body_matters(status: int, headers: httpx.Headers) -> bool:
    """A success that names what it made is complete without its body."""
    return not (200 <= status <= 299 and answers.id_from_location(headers) is not None)
