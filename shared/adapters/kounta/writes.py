"""Calls that change something in Kounta. Each is sent once; what came of it is an `Answer`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

import httpx

from shared.adapters.http import answers
from shared.adapters.http.clients import Received
from shared.adapters.kounta import rendering
from shared.adapters.kounta.classification import Call, classify, classify_failure
from shared.adapters.kounta.client import KountaClient
from shared.domain.bookings.events import Customer
from shared.domain.errors import BadInputError, OutsideError, PacedError, PermissionLostError
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.request import LineRequest, Notification, OptionRequest, OrderChanges, PaymentRequest
from shared.domain.orders.writes import Answer, Outcome

logger = logging.getLogger(__name__)

_NUMBERED = re.compile(r"orders(/[0-9]+(/notifications|(/lines|/optionsets|/payments)(/[0-9]+)?)?)?")


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
        return self.change_order(pos_order_id, OrderChanges(notes=notes, guests=guests))

    def change_order(self, pos_order_id: str, changes: OrderChanges) -> Answer:
        """Change what is named, leave the rest. REFUSED: `order_gone` (404), `order_complete`."""
        return self._send_body(Call.UPDATE, "PUT", f"orders/{pos_order_id}", lambda: rendering.changes_body(changes))

    def set_status(self, pos_order_id: str, status: str) -> Answer:
        """Move an open order to a status."""
        return self.change_order(pos_order_id, OrderChanges(status=status))

    def add_lines(self, pos_order_id: str, lines: Sequence[LineRequest]) -> Answer:
        """Add lines in one call, all or none. Repeated it adds them again: nothing here is idempotent."""
        path = f"orders/{pos_order_id}/lines"
        return self._send_body(Call.ADD_LINES, "POST", path, lambda: rendering.lines_body(lines))

    def change_line(self, pos_order_id: str, number: int, changes: LineChanges) -> Answer:
        """Change what is named of a line; before the order is accepted. 404 is REFUSED with code `line_gone`."""
        path = f"orders/{pos_order_id}/lines/{number}"
        return self._send_body(Call.CHANGE_LINE, "PUT", path, lambda: rendering.changed_line_body(changes))

    def remove_line(self, pos_order_id: str, number: int) -> Answer:
        """Take a line off. 404 is REFUSED with code `line_gone`."""
        return self._write(Call.REMOVE_LINE, "DELETE", f"orders/{pos_order_id}/lines/{number}", None, self._ends_at())

    def add_option_set(self, pos_order_id: str, option: OptionRequest) -> Answer:
        """Add a product with its chosen option sets. Repeated it adds it again."""
        path = f"orders/{pos_order_id}/optionsets"
        return self._send_body(Call.ADD_OPTION_SET, "POST", path, lambda: rendering.option_body(option))

    def remove_option_set(self, pos_order_id: str, number: int) -> Answer:
        """Take off the n-th option set (1 = first) with its lines; those behind it move up, so that a repetition may
        take off another one. 404 is REFUSED with code `option_set_gone`."""
        path = f"orders/{pos_order_id}/optionsets/{number}"
        return self._write(Call.REMOVE_OPTION_SET, "DELETE", path, None, self._ends_at())

    def add_payment(self, pos_order_id: str, payment: PaymentRequest) -> Answer:
        """Add a payment. Repeated it pays twice: look for its `ref` on the order first."""
        path = f"orders/{pos_order_id}/payments"
        return self._send_body(Call.ADD_PAYMENT, "POST", path, lambda: rendering.payment_body(payment))

    def change_payment(
        self, pos_order_id: str, number: int, *, ref: str | None = None, tip: Decimal | None = None
    ) -> Answer:
        """Give a payment a `ref`, or a tip, which comes on top as a payment of 0.00: not to be repeated blindly. 404 is
        REFUSED with code `payment_gone`."""
        path = f"orders/{pos_order_id}/payments/{number}"
        return self._send_body(Call.CHANGE_PAYMENT, "PUT", path, lambda: rendering.changed_payment_body(ref, tip))

    def notify(self, pos_order_id: str, message: str) -> Answer:
        """Show staff a message on the registers."""
        return self.send_notification(pos_order_id, Notification(message))

    def send_notification(self, pos_order_id: str, notification: Notification) -> Answer:
        """Show a message on the registers: at most 5 of an order (Kounta docs: Notifications)."""
        path = f"orders/{pos_order_id}/notifications"
        return self._send_body(Call.NOTIFY, "POST", path, lambda: rendering.notification_body(notification))

    def delete_order(self, pos_order_id: str) -> Answer:
        """DELETE, which Kounta's documents do not name but partners use; where it is not possible (405), or from the
        start when the venue says so, the documented way: status REJECTED. Gone already is DONE."""
        ends_at = self._ends_at()
        path = f"orders/{pos_order_id}"
        if not self._delete_by_reject:
            answer = self._write(Call.DELETE, "DELETE", path, None, ends_at)
            if answer.http_status != 405:
                return answer
        rejected = rendering.changes_body(OrderChanges(status="REJECTED"))
        return self._write(Call.DELETE, "PUT", path, rejected, ends_at)

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

    def _send_body(self, call: Call, method: str, path: str, render: Callable[[], bytes]) -> Answer:
        try:
            body = render()
        except BadInputError as error:  # an id that is none of Kounta's: nothing was sent
            return Answer(Outcome.REFUSED, code=error.code, message=str(error))
        return self._write(call, method, path, body, self._ends_at())

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
