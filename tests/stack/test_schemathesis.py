"""What schemathesis makes of our OpenAPI document, asked of the deployed stack: never a 5xx, and no answer that the
document does not describe, be it by its status, its media type, its headers or its body.

Each route is asked with the document's examples, with what lies at the edges of each field and just beyond them, and
with random requests; addresses are those of a real venue and of real orders, so that it goes deeper than 404. Of a long
list of edges the first are taken and then every thirteenth, which keeps all of it within a minute and a half.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from standardwebhooks import Webhook

from ops.openapi import OPERATIONS, SPECIFICATION
from shared.adapters.secretsmanager.stack_secret import HookSecrets
from shared.web.pos_deliveries import webhook_secret
from shared.web.signatures import derive_token
from tests.functions.described import described, validator
from tests.stack.relay import CLIENT, PLATFORM, Premises, until

if TYPE_CHECKING:
    from schemathesis import Case

# Not `positive_data_acceptance`: what may not stand together (422), and what an order's state forbids (409), no JSON
# Schema says. Not `unsupported_method`: for a method that has no route the gateway answers 404, as it does on AWS;
# nothing of ours is asked. Not `ignored_auth`, which asks three times as much: the last test below does that. What is
# not as described is refused (`negative_data_rejection`), but for vendors' own posts, which are read leniently.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CONFIG = SchemathesisConfig.from_dict(
    {"generation": {"with-security-parameters": False}, "phases": {"coverage": {"unexpected-methods": []}}}
)
SCHEMA = schemathesis.openapi.from_dict(json.loads(SPECIFICATION.read_text()), config=CONFIG)
FIRST_EDGES, THEN_EVERY = 12, 13
RANDOM = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HOOK_SECRET = "schemathesis-resdiary-secret"
STANDARD_SECRET = "whsec_c2NoZW1hdGhlc2lzLXN0YW5kYXJkLXNlY3JldC0wMDE="
ORDER = {
    "lines": [{"product_id": 730297, "quantity": 2, "unit_price_inc_tax": "5.00"}],
    "options": [{"product_id": 730310, "option_sets": [{"option_set_id": 501, "options": [{"product_id": 730311}]}]}],
    "payments": [{"method_id": 1, "amount": "1.00"}],
    "complete_when_paid": False,
}


@dataclass
class Caller(requests.auth.AuthBase):
    """Who asks: each route in the way that it wants to be asked. One order for each route that changes orders."""

    premises: Premises
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.relay = self.premises.open_venue(
            "schemathesis", resdiary_restaurant="Schemathesis", standard_hook_platform=PLATFORM.id
        )
        secrets = HookSecrets((HOOK_SECRET,), PLATFORM.id, (STANDARD_SECRET,))
        self.premises.deployed.secret.update(lambda content: content.with_hooks(self.relay.venue_id, secrets))
        self.link_key = self.premises.deployed.secret.link_key()
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = self
        routes = [each.route for each in OPERATIONS if "{order_id}" in each.route]
        self.orders = {route: self._placed(route) for route in routes if not route.startswith("GET ")}
        until(lambda: all(self._is_there(each) for each in self.orders.values()), "every order is in the POS")
        self._complete(self.orders["POST /v1/venues/{venue_id}/orders/{order_id}/refund"])

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Signs the request, or gives it the key."""
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        _, kind, *path = urlsplit(request.url).path.split("/")
        if kind == "pos" and path[-1] == "status":
            token = derive_token(self.link_key, "callback", self.relay.venue_id, path[3])
            request.prepare_url(request.url, {"token": token})
        elif kind == "pos":
            key = CLIENT.signature_tokens[0].encode()
            request.headers["X-Kounta-Signature"] = hmac.new(key, raw, hashlib.sha256).hexdigest()
            request.headers["Authorization"] = webhook_secret(self.link_key, self.relay.venue_id)
        elif path[:1] == ["hooks"]:
            now, name = datetime.now(UTC), hashlib.sha256(raw).hexdigest()
            signature = hmac.new(HOOK_SECRET.encode(), raw, hashlib.sha1).hexdigest()
            request.headers["X-ResDiary-Signature"] = f"sha1={signature}"
            request.headers["webhook-id"], request.headers["webhook-timestamp"] = name, str(int(now.timestamp()))
            request.headers["webhook-signature"] = Webhook(STANDARD_SECRET).sign(name, now, raw.decode())
        elif kind == "v1":
            request.headers["Authorization"] = f"Bearer {self.premises.key}"
        return request

    def is_wanted(self, case: Case) -> bool:
        """Whether it is one of those that are asked of its route."""
        assert case.meta is not None
        if case.meta.phase.name is not TestPhase.COVERAGE:
            return True
        self.asked[case.operation.label] += 1
        number = self.asked[case.operation.label]
        return number <= FIRST_EDGES or number % THEN_EVERY == 0

    def lead(self, case: Case) -> None:
        """Leads it to where there is something, unless its address is to be wrong."""
        assert case.meta is not None
        if case.meta.is_negative_at(ParameterLocation.PATH):
            return
        anything = self.orders["POST /v1/venues/{venue_id}/orders/{order_id}/notifications"]
        there = {
            "venue_id": self.relay.venue_id,
            "order_id": self.orders.get(case.operation.label, anything),
            "endpoint_id": "main",
        }
        for name in case.path_parameters or {}:
            case.path_parameters[name] = there.get(name, case.path_parameters[name])

    def ask(self, case: Case) -> None:
        """Asks, and holds the answer against the document."""
        of_vendors = case.path.startswith(("/pos/", "/v1/hooks/"))
        checks = CHECKS if of_vendors else [*CHECKS, negative_data_rejection]
        case.call_and_validate(base_url=self.premises.stack["api_url"], session=self.session, checks=checks)

    def _placed(self, route: str) -> str:
        address = f"{self.premises.stack['api_url']}/v1/venues/{self.relay.venue_id}/orders"
        answer = self.session.post(address, json={**ORDER, "reference": route.replace(" ", "_")})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def _shown(self, order_id: str) -> Any:
        address = f"{self.premises.stack['api_url']}/v1/venues/{self.relay.venue_id}/orders/{order_id}"
        return self.session.get(address).json()

    def _is_there(self, order_id: str) -> bool:
        return bool(self._shown(order_id)["status"] == "sent")

    def _complete(self, order_id: str) -> None:
        pos_order_id = self._shown(order_id)["pos"]["order_id"]
        for act in ("pay", "complete"):
            self.premises.sandbox.control(f"kounta/orders/{pos_order_id}/{act}", {})
        until(lambda: self._shown(order_id)["status"] == "completed", "the order is completed")


@pytest.fixture(scope="module")
def caller(premises: Premises) -> Iterator[Caller]:
    """One for all routes: hundreds of requests each by a new one would be too slow."""
    made = Caller(premises)
    yield made
    made.session.close()


@SCHEMA.parametrize()
@RANDOM
def test_every_answer_is_as_described(case: Case, caller: Caller) -> None:
    if caller.is_wanted(case):
        caller.lead(case)
        caller.ask(case)


KEYED = [each for each in OPERATIONS if any("apiKey" in way for way in each.security)]


@pytest.mark.parametrize("operation", KEYED, ids=lambda operation: operation.name)
@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"Authorization": "Bearer prk_nobody"}, 403)])
def test_nobody_gets_in_without_a_key(premises: Premises, operation: Any, headers: Any, status: int) -> None:
    method, path = operation.route.split(" ")
    address = f"{premises.stack['api_url']}{re.sub('{[a-z_]+}', '1', path)}"
    answer = premises.http.request(method, address, headers=headers)
    assert answer.status_code == status
    content = described(operation.route)["responses"][str(status)]["content"]
    validator(content[answer.headers["content-type"]]["schema"]).validate(answer.json())
