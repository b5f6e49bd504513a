"""A platform's orders at the deployed relay: placed and changed over HTTP, followed to their end, seen in the POS."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from ops.access import issue_key
from shared.domain.access import EVERY_VENUE, SCOPES, Platform
from tests.stack.relay import PATIENCE_S, Json, Premises, Relay, until

COFFEE, WATER, FISH, LAMB = 730297, 730298, 730303, 730304
BREAKFAST, EGGS, EXTRAS, SPREADS = 730310, 501, 502, 503
POACHED, SCRAMBLED, BACON, MUSHROOMS, TOAST, BUTTER, HONEY = range(730311, 730318)
SUGAR, ICE, OAT_MILK = 730321, 730322, 730323
CARD = 2

WATERS = {"product_id": WATER, "quantity": 2}
"""16.00 with tax."""
IN_FULL = {"method_id": CARD, "amount": "16.00", "ref": "tx-16"}
ENDED = ("sent", "failed", "withdrawn")


def platform_of_its_own(premises: Premises, relay: Relay) -> Relay:
    """The same venue, as a platform sees it that no other test belongs to: its endpoints hear of nothing else."""
    platform = Platform(f"orders-{secrets.token_hex(4)}", "Tests of online orders")
    premises.deployed.settings.put_platform(platform)
    key = issue_key(premises.deployed.settings, platform.id, [EVERY_VENUE], SCOPES, datetime.now(UTC))[1]
    return replace(relay, key=key, platform=platform.id)


@dataclass(frozen=True)
class Orders:
    """The orders of one platform at one venue. An order is named by what the relay answered of it (`id` counts)."""

    relay: Relay

    # sends

    def post(self, body: Mapping[str, Any], **query: str) -> httpx.Response:
        """`POST …/orders`, whatever the answer."""
        return self._request("POST", "orders", json=dict(body), params=query)

    def place(self, **body: Any) -> Json:
        """A new order, `reference` and all that is given; the order as it was answered (202)."""
        answer = self.post({"reference": f"P-{secrets.token_hex(6)}", **body})
        assert answer.status_code == 202, (answer.status_code, answer.text)
        content: Json = answer.json()
        return content

    def sent(self, **body: Any) -> Json:
        """A new order that the POS has taken: the order as it is then shown."""
        return self.settled(self.place(**body))

    def refused_by_pos(self, **body: Any) -> Json:
        """A new order that the POS refuses: its failed write, with `code` and `message`."""
        order = self.until_in(self.place(**body), "failed")
        assert order["pos"]["order_id"] is None
        write: Json = order["writes"][0]
        return write

    def ask(self, order: Json, way: str, content: Any = None, method: str = "POST", **headers: str) -> httpx.Response:
        """Any call on the order's own address: `cancel`, `lines/2`, … (`""`: the order); whatever the answer."""
        path = f"orders/{order['id']}" + (f"/{way}" if way else "")
        return self._request(method, path, json=content, headers=headers)

    def done(self, order: Json, way: str, content: Any = None, method: str = "POST") -> Json:
        """The same, taken (202) and carried out: every write of the order has been `sent`."""
        answer = self.ask(order, way, content, method)
        assert answer.status_code == 202, (way, answer.status_code, answer.text)
        return self.settled(order)

    def told_off(self, order: Json, way: str, content: Any = None, method: str = "POST") -> str:
        """The same, refused with 409: the problem's code."""
        answer = self.ask(order, way, content, method)
        assert answer.status_code == 409, (way, answer.status_code, answer.text)
        return str(answer.json()["code"])

    def pointers(self, body: Mapping[str, Any]) -> list[str]:
        """What is wrong with a body that is refused with 422 before anything is sent."""
        answer = self.post({"reference": f"P-{secrets.token_hex(6)}", **body})
        assert answer.status_code == 422, (answer.status_code, answer.text)
        return [each["pointer"] for each in answer.json()["errors"]]

    # waits

    def settled(self, order: Json, *, all_sent: bool = True, within_s: float = PATIENCE_S) -> Json:
        """The order once nothing more is to be done about it; each write `sent`, unless `all_sent` is false."""

        def look() -> Json | None:
            now = self.shown(order)
            return now if all(write["state"] in ENDED for write in now["writes"]) else None

        found = until(look, f"all writes of {order['id']}", within_s)
        states = [(write["what"], write["state"], write.get("code")) for write in found["writes"]]
        assert not all_sent or all(state == "sent" for _, state, _ in states), states
        return found

    def until_in(self, order: Json, *statuses: str, within_s: float = PATIENCE_S) -> Json:
        """The order once it is in one of these statuses."""
        seen: list[Any] = []

        def look() -> Json | None:
            now = self.shown(order)
            seen[:] = [(now["status"], now["writes"])]
            return now if now["status"] in statuses else None

        try:
            return until(look, f"{order['id']} in {statuses}", within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is: {seen}") from None

    # looks

    def shown(self, order: Json) -> Json:
        """The order as the relay shows it now."""
        return self.relay.order(order["id"])

    def read(self, path: str, **query: str) -> httpx.Response:
        """Any look through the relay at the POS, below the venue's address; its pace is waited for."""

        def answered() -> httpx.Response | None:
            answer = self._request("GET", path, params=query)
            return None if answer.status_code == 503 else answer

        return until(answered, f"an answer to {path}")

    def in_pos(self, order: Json) -> Json:
        """The whole order in the POS, as the relay shows it (`…/pos-orders/{id}`)."""
        answer = self.read(f"pos-orders/{pos_id(order)}")
        assert answer.status_code == 200, answer.text
        content: Json = answer.json()
        return content

    def held(self, order: Json) -> Json:
        """The same as the sandbox holds it, with what no API shows."""
        return self.relay.pos_order(pos_id(order))

    def at_kounta(self, order: Json) -> list[Json]:
        """Every order in the POS, deleted ones too, that bears a marker of this order."""
        return [held for held in self.relay.pos_orders() if mark_of(order) in (held["notes"] or "")]

    def as_kounta_got_it(self, order: Json) -> Json:
        """The body of the last call that made the order."""
        *_, call = self.relay.sandbox.calls("kounta.create_order", mark_of(order))
        body: Json = call["body"]
        return body

    def _request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        return self.relay.request(method, f"/v1/venues/{self.relay.venue_id}/{path}", **rest)


def pos_id(order: Json) -> str:
    """The POS's id of an order that it has."""
    found: str | None = order["pos"]["order_id"]
    assert found is not None, order
    return found


def mark_of(order: Json) -> str:
    """What stands in the notes of everything that was made in the POS for an order: a `match` for faults, too."""
    return f"[PR-{order['id'].removeprefix('ord_')}-"
