"""What the local stack shows once it is up: demo venues with keys, and a story of parties and online orders."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from ops.demo import add_demo
from ops.errors import OperatorError
from ops.session import local_stack
from sandbox.local_stack.processes import StackError
from shared.domain.errors import RelayError

T = TypeVar("T")

PATIENCE_S = 60.0
ORDERS = "demo-orders"
SITE = 823
SENDER = "pos-relay@example.com"  # the template's default MailFrom


def prepare(stack: dict[str, Any], key_file: Path) -> dict[str, Any]:
    """Called at every start when all parts are up, before stack.json is written; returns what is to stand there.

    Gets api_url, sandbox_url, aws_endpoint_url, region and the template's outputs; adds venues and a key, once.
    `key_file`: keeps the key over restarts. Raises StackError.
    """
    try:
        described, demo = add_demo(stack, key_file)
    except (OperatorError, RelayError) as error:
        raise StackError(f"The demo venues could not be set up: {error}") from error
    _let_mail_out(stack)
    for problem in demo.problems:
        _say(f"  {problem}")
    return described


def _let_mail_out(stack: dict[str, Any]) -> None:
    """The sender of notices, verified: what docs/go-live.md has people do in a real account."""
    endpoint_url = stack["aws_endpoint_url"]
    ses = local_stack(endpoint_url, stack["region"]).session.client("sesv2", endpoint_url=endpoint_url)
    with contextlib.suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=SENDER)


def tell(stack: dict[str, Any], told: Path) -> None:
    """Plays the story once in the life of the stack's data, in plain words. `told`: the file that says it was.

    Raises StackError when the story does not end as it should.
    """
    if told.exists():
        return
    with httpx.Client(timeout=30, trust_env=False) as http:
        Story(http, stack).play()
    told.write_text(f"{datetime.now(UTC).isoformat()}\n")


@dataclass(frozen=True)
class Story:
    """Two bookings, as a platform, the staff and a mistake make them; two paid online orders, one of them refused."""

    http: httpx.Client
    stack: dict[str, Any]

    def play(self) -> None:
        """Raises StackError when something does not come about in a minute."""
        _say("The story, once:")
        self._a_party_dines(f"story-{uuid.uuid4().hex[:6]}")
        self._seated_by_mistake(f"NBI-{uuid.uuid4().hex[:6]}")
        self._ordered_online(f"P-{uuid.uuid4().hex[:6]}")
        self._refused_by_the_pos(f"P-{uuid.uuid4().hex[:6]}")
        _say("")

    def _a_party_dines(self, booking_id: str) -> None:
        self._event(booking_id, "seated")
        _say(f"  A platform tells us that booking {booking_id} (4 covers, table 12, deposit 50.00) is seated.")
        order = self._until(lambda: self._order_of("demo-bookings", booking_id, "sent"), "the order in the POS")
        pos_order_id = order["pos"]["order_id"]
        _say(f"  Its order {order['code']} is in the POS: {pos_order_id}, SUBMITTED, alerting the staff.")
        self._staff(pos_order_id, "accept")
        self._until(lambda: self._order_of("demo-bookings", booking_id, "accepted"), "the acceptance")
        _say("  Staff accept it on the register, and the relay knows.")
        lines = [{"product_id": 730304, "quantity": 2}, {"product_id": 730306, "quantity": 4}]
        self._staff(pos_order_id, "add-lines", {"lines": lines})
        self._staff(pos_order_id, "pay", {"method_id": 2})
        self._staff(pos_order_id, "complete")
        _say("  The party eats, staff add items, take the payment and complete the order.")
        sale = self._until(lambda: self._sale_of(booking_id), "the sale")
        _say(f"  The sale is here: {sale['sale_number']}, {sale['total']} {sale['currency']}, {sale['covers']} covers.")

    def _seated_by_mistake(self, booking_id: str) -> None:
        body = {"bookingId": booking_id, "locationId": "LOC-823", "people": 2, "tables": ["7"], "first_name": "Alex"}
        self._control("nowbookit/bookings", {**body, "status": "Seated"})
        _say(f"  In Now Book It booking {booking_id} is seated by mistake; its webhook says only “look at it”.")
        order = self._until(lambda: self._order_of("nowbookit", booking_id, "sent"), "the second order")
        _say(f"  The relay fetches it, and order {order['code']} is in the POS.")
        self._control(f"nowbookit/bookings/{booking_id}", {"status": "Confirmed"})
        self._until(lambda: self._order_of("nowbookit", booking_id, "deleted"), "the undo")
        _say("  The host puts it back to Confirmed: the order is gone from the POS again.")

    def _ordered_online(self, reference: str) -> None:
        hook = {"url": f"{self.stack['sandbox_url']}/_platform/{ORDERS}"}
        self._api("PUT", "/v1/webhook-endpoints/story", hook, key="orders_api_key")
        order = self._place(reference)
        sent = self._until(lambda: self._order(order, "sent"), "the online order in the POS")
        pos_order_id = sent["pos"]["order_id"]
        _say(f"  A guest pays 52.00 online; the platform's order {reference} is in the POS: {pos_order_id}.")
        self._staff(pos_order_id, "accept")
        self._until(lambda: self._order(order, "accepted"), "the acceptance of the online order")
        self._staff(pos_order_id, "complete")
        self._until(lambda: self._order(order, "completed"), "the online order's end")
        sale = self._until(lambda: self._sale_of(order["id"], "order_id"), "the online order's sale")
        heard = self._until(lambda: self._heard(order, "order.completed"), "the platform's word of it")
        sum_of_it = f"{sale['total']} {sale['currency']}"
        _say(f"  Staff accept it, and complete it at pick-up: sale {sale['sale_number']}, {sum_of_it}.")
        _say(f"  The platform heard {', '.join(heard)}.")

    def _refused_by_the_pos(self, reference: str) -> None:
        self._control("state", {"site_id": SITE, "online_ordering_paused": True})
        try:
            order = self._place(reference)
            _say(f"  Staff pause online ordering in the POS, and {reference}, also paid, is refused there.")
            heard = self._until(lambda: self._heard(order, "order.failed"), "the platform's word of the refusal")
            _say(f"  The platform heard {', '.join(heard)}: give the guest the money back; nothing sends it any more.")
            subject = self._until(lambda: self._mailed(order["code"]), "the mail to the floor manager")
            _say(f"  The floor manager has a mail, “{subject}”, and an SMS.")
        finally:
            self._control("state", {"site_id": SITE, "online_ordering_paused": False})

    def _place(self, reference: str) -> dict[str, Any]:
        lines = [
            {"product_id": 730302, "quantity": 1, "unit_price_inc_tax": "24.00"},
            {"product_id": 730306, "quantity": 2, "unit_price_inc_tax": "14.00"},
        ]
        order = {
            "reference": reference,
            "order_type": "Pickup",
            "customer": {"first_name": "Sam", "last_name": "Example", "email": "sam@example.com"},
            "lines": lines,
            "payments": [{"method_id": 2, "amount": "52.00", "ref": f"tx-{reference}"}],
            "complete_when_paid": False,
        }
        placed = self._api("POST", f"/v1/venues/{self._venue}/orders", order, key="orders_api_key")
        assert placed is not None
        return placed

    def _order(self, order: dict[str, Any], status: str) -> dict[str, Any] | None:
        now = self._api("GET", f"/v1/venues/{self._venue}/orders/{order['id']}", key="orders_api_key")
        return now if now and now["status"] == status else None

    def _heard(self, order: dict[str, Any], last: str) -> list[str] | None:
        """Types of what the platform was told of an order, in the order of time, once `last` is among them."""
        told = [json.loads(event["body"]) for event in self._outbox()["platform_events"] if event["name"] == ORDERS]
        mine = [event for event in told if event["data"].get("order_id") == order["id"]]
        types = [event["type"] for event in sorted(mine, key=lambda event: event["timestamp"])]
        return types if last in types else None

    def _mailed(self, code: str) -> str | None:
        """The subject of the mail that names an order."""
        mails = self._outbox()["emails"]
        return next((mail["Subject"] for mail in mails if code in json.dumps(mail)), None)

    def _outbox(self) -> dict[str, Any]:
        caught: dict[str, Any] = self.http.get(f"{self.stack['sandbox_url']}/_control/outbox").json()
        return caught

    def _event(self, booking_id: str, status: str) -> None:
        booking = {
            "id": booking_id,
            "status": status,
            "party_size": 4,
            "tables": ["12"],
            "customer": {"first_name": "Alex", "last_name": "Example", "email": "alex@example.com"},
            "payment_summary": {
                "payment_type": "deposit",
                "amount": "120.00",
                "amount_paid": "50.00",
                "amount_due": "70.00",
                "currency": "AUD",
                "transaction_id": "tx_1",
            },
        }
        event = {"type": "updated", "occurred_at": datetime.now(UTC).isoformat(), "booking": booking}
        self._api("POST", f"/v1/venues/{self._venue}/booking-events", event)

    def _order_of(self, platform: str, booking_id: str, status: str) -> dict[str, Any] | None:
        path = f"/v1/venues/{self._venue}/bookings/{booking_id}?platform={platform}"
        booking = self._api("GET", path, missing_ok=True)
        if not booking or not booking["seatings"]:
            return None
        order = self._api("GET", f"/v1/venues/{self._venue}/orders/{booking['seatings'][-1]['order_id']}")
        return order if order and order["status"] == status else None

    def _sale_of(self, wanted: str, by: str = "booking_id") -> dict[str, Any] | None:
        sales = self._api("GET", f"/v1/venues/{self._venue}/sales?limit=100")
        return next((sale for sale in (sales or {})["data"] if sale[by] == wanted), None)

    @property
    def _venue(self) -> str:
        return str(self.stack["venues"]["kounta"])

    def _staff(self, pos_order_id: str, act: str, body: dict[str, Any] | None = None) -> None:
        self._control(f"kounta/orders/{pos_order_id}/{act}", body or {})

    def _control(self, path: str, body: dict[str, Any]) -> None:
        answer = self.http.post(f"{self.stack['sandbox_url']}/_control/{path}", json=body)
        if answer.is_error:
            raise StackError(f"The sandbox does not play along: {path} → {answer.status_code} {answer.text[:200]}")

    def _api(
        self, method: str, path: str, body: Any = None, *, missing_ok: bool = False, key: str = "api_key"
    ) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.stack[key]}"}
        answer = self.http.request(method, self.stack["api_url"] + path, json=body, headers=headers)
        if missing_ok and answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise StackError(f"{method} {path} → {answer.status_code} {answer.text[:300]}")
        content: dict[str, Any] = json.loads(answer.text)
        return content

    def _until(self, look: Callable[[], T | None], what: str) -> T:
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            found = look()
            if found is not None:
                return found
            time.sleep(0.25)
        raise StackError(f"The story stops: {what} did not come about in {PATIENCE_S:.0f} s; see the logs.")


def _say(text: str) -> None:
    print(text, flush=True)
