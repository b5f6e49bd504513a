"""A client of the deployed relay: events in over HTTP, staff at the sandbox's register, and a look at everything."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from ops.access import issue_key
from ops.session import local_stack
from ops.stack import DeployedStack
from ops.webhooks import address_of, read_topics
from shared.adapters.dynamodb.schema import booking_record_id
from shared.adapters.kounta.tokens import Credentials
from shared.adapters.secretsmanager.stack_secret import ConnectionSecret
from shared.domain.access import EVERY_VENUE, SCOPES, Platform
from shared.domain.venues import PosConnection, Venue
from shared.web.pos_deliveries import webhook_secret

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE_S = 45.0
LOOK_EVERY_S = 0.4
PLATFORM = Platform("stack-tests", "Tests of the deployed stack")
COMPANY_ID = "7001"
FIRST_SITE = 7100
CLIENT = ConnectionSecret(Credentials("stack-tests", "stack-tests-secret"), ("stack-tests-signature-token",))
UNLIMITED = 60_000  # calls a minute: tests of the pace set their own
FISH = {"lines": [{"product_id": 730303, "quantity": 1}]}


def until(look: Callable[[], T | None], what: str, within_s: float = PATIENCE_S) -> T:
    """The first answer that is neither None, False nor empty. Fails with `what` when there is none in time."""
    ends = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within_s:.0f} s: {what}; last seen: {found!r}")
        time.sleep(LOOK_EVERY_S)


@dataclass
class Premises:
    """The stack under test with a company of its own in the sandbox, and as many venues as tests ask for.

    Each venue is a site of that company, so modes, faults that match and counts of one test file touch no other's.
    """

    stack: Mapping[str, Any]

    @cached_property
    def deployed(self) -> DeployedStack:
        """The stack as operators reach it."""
        return local_stack(self.stack["aws_endpoint_url"], self.stack["region"])

    @cached_property
    def http(self) -> httpx.Client:
        """Calls of tests; patient, because the emulator starts a process at a function's first call."""
        return httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=50))

    @cached_property
    def sandbox(self) -> Sandbox:
        """The stand-in for Kounta and Now Book It."""
        return Sandbox(self.http, str(self.stack["sandbox_url"]))

    @cached_property
    def key(self) -> str:
        """An API key of the tests' own platform, for every venue, with every scope."""
        self.deployed.settings.put_platform(PLATFORM)
        return issue_key(self.deployed.settings, PLATFORM.id, [EVERY_VENUE], SCOPES, datetime.now(UTC))[1]

    def furnish(self) -> None:
        """A sandbox without lag and limits, and the tests' company; doing it again changes nothing."""
        self.sandbox.control("state", {"list_lag_s": 1, "rate_limits": {"basic": 0, "oauth": 0, "nowbookit": 0}})
        if self._company is None:
            self.new_site()
        self.deployed.secret.update(lambda content: content.with_connection(f"kounta-{COMPANY_ID}", CLIENT))

    def open_venue(self, name: str, *, told: bool = True, **settings: Any) -> Relay:
        """A new venue with its webhooks, unless `told` is false. `settings`: fields of Venue."""
        site = self.new_site()
        pos = PosConnection("kounta", COMPANY_ID, str(site), calls_a_minute=UNLIMITED)
        venue = Venue(
            f"{name}-{site}", name, **{"pos": pos, "registers": (str(site),), "link_customers": False, **settings}
        )
        self.deployed.settings.put_venue(venue)
        if told:
            self._subscribe(venue)
        return Relay(self, venue.id, self.key)

    def _subscribe(self, venue: Venue) -> None:
        headers = {"Authorization": webhook_secret(self.deployed.secret.link_key(), venue.id)}
        for topic in read_topics(()):
            address = address_of(str(self.stack["api_url"]), venue.id, topic.path)
            wanted = {"topic": topic.name, "address": address, "format": "json", "headers": headers}
            answer = self.http.post(
                f"{self.sandbox.url}/kounta/v1/companies/{COMPANY_ID}/webhooks",
                json={**wanted, "filter": {"site_ids": [int(venue.pos.site_id)]}},
                headers={"accept": "application/json"},
                auth=(CLIENT.credentials.client_id, CLIENT.credentials.client_secret),
            )
            assert answer.status_code == 201, answer.text

    @property
    def _company(self) -> Json | None:
        companies = self.sandbox.control("kounta/companies")["companies"]
        return next((one for one in companies if str(one["id"]) == COMPANY_ID), None)

    def new_site(self) -> int:
        """A site that no earlier run on this stack has used."""
        there = self._company
        number = max((site["id"] for site in there["sites"]), default=FIRST_SITE) + 1 if there else FIRST_SITE
        site = {"id": number, "name": f"Site {number}", "registers": [{"id": number, "name": "POS"}]}
        like = there or next(one for one in self.sandbox.control("kounta/companies")["companies"] if one["id"] == 5678)
        credentials = {"id": CLIENT.credentials.client_id, "secret": CLIENT.credentials.client_secret}
        signed = {"auth": "basic", "signature_token": CLIENT.signature_tokens[0], "companies": [int(COMPANY_ID)]}
        mine = {"id": int(COMPANY_ID), "name": "Stack tests", "sites": [*(there["sites"] if there else ()), site]}
        self.sandbox.control("kounta/companies", {**like, **mine, "clients": [{**credentials, **signed}]})
        return number

    @cached_property
    def table(self) -> DynamoDBClient:
        """The table, with the owner's credentials."""
        client: DynamoDBClient = self.deployed.session.client("dynamodb", endpoint_url=self.stack["aws_endpoint_url"])
        return client

    def items(self) -> Iterator[Json]:
        """Every item of the table."""
        for page in self.table.get_paginator("scan").paginate(TableName=self.stack["outputs"]["TableName"]):
            yield from page["Items"]

    @cached_property
    def functions(self) -> LambdaClient:
        """The deployed functions, with the owner's credentials."""
        client: LambdaClient = self.deployed.session.client("lambda", endpoint_url=self.stack["aws_endpoint_url"])
        return client

    def care(self) -> Json:
        """One round of the caretaker, now instead of at the next minute; what it found."""
        answer = self.functions.invoke(FunctionName="pos-relay-Caretaker", Payload=b"{}")
        found: Json = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, found
        return found

    @contextmanager
    def stream_cut(self) -> Iterator[None]:
        """While it lasts, the table's stream brings nothing to anybody."""
        name = "pos-relay-PlatformEvents"
        (mapping,) = self.functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        self.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            self.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    def close(self) -> None:
        """Ends connections, so that none is left open at the end."""
        self.http.close()
        self.deployed.close()
        self.table.close()
        self.functions.close()


@dataclass(frozen=True)
class Sandbox:
    """The sandbox's control API."""

    http: httpx.Client
    url: str

    def control(self, path: str, content: Any = None) -> Any:
        """A post, or a look without content."""
        answer = self.control_try(path, content)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()

    def control_try(self, path: str, content: Any = None) -> httpx.Response:
        """The same, whatever the answer."""
        method = "GET" if content is None else "POST"
        return self.http.request(method, f"{self.url}/_control/{path}", json=content)

    def fault(self, operation: str, fault: str, times: int = 1, **more: Any) -> None:
        """Bad behaviour at the next calls; `match` limits it to calls whose path or body holds a text."""
        self.control("faults", {"operation": operation, "fault": fault, "times": times, **more})

    def staff(self, act: str, pos_order_id: str, content: Json | None = None) -> None:
        """Somebody at the register: accept, reject, add-lines, pay, complete, delete."""
        self.control(f"kounta/orders/{pos_order_id}/{act}", content or {})

    def calls(self, operation: str, holding: str = "") -> list[Json]:
        """Calls that were received, oldest first; `holding`: only those in which this text stands."""
        calls: list[Json] = self.control(f"calls?operation={operation}")
        return [call for call in calls if holding in json.dumps(call)]


@dataclass(frozen=True)
class Relay:
    """The deployed relay as one platform sees it at one venue."""

    premises: Premises
    venue_id: str
    key: str = field(repr=False)
    platform: str = PLATFORM.id

    @property
    def sandbox(self) -> Sandbox:
        """The stand-in for Kounta and Now Book It."""
        return self.premises.sandbox

    @property
    def site_id(self) -> str:
        """The venue's site in the sandbox."""
        return self.venue.pos.site_id

    @property
    def venue(self) -> Venue:
        """The venue's settings as they are stored."""
        return self.premises.deployed.settings.get(self.venue_id)

    def change_venue(self, **changes: Any) -> None:
        """Other settings. The functions may go by the earlier ones for 20 s."""
        self.premises.deployed.settings.put_venue(replace(self.venue, **changes))

    # events in

    def event(self, booking_id: str, status: str, *, at: datetime | None = None, **fields: Any) -> Json:
        """A booking event; `fields` go into the booking, but for event_id, sequence and type."""
        content: Json = {"type": fields.pop("type", "updated")}
        content["occurred_at"] = (at or datetime.now(UTC)).isoformat()
        content |= {name: fields.pop(name) for name in ("event_id", "sequence") if name in fields}
        content["booking"] = {"id": booking_id, "status": status, "party_size": 4, "tables": ["12"], **fields}
        return content

    def post(self, event: Any, *, wait: int = 0) -> httpx.Response:
        """Delivers an event, whatever the answer."""
        query = f"?wait={wait}" if wait else ""
        return self.request("POST", f"/v1/venues/{self.venue_id}/booking-events{query}", json=event)

    def change(self, booking_id: str, status: str, **fields: Any) -> str:
        """Delivers an event and returns its id."""
        answer = self.post(self.event(booking_id, status, **fields))
        assert answer.status_code == 202, (answer.status_code, answer.text)
        event_id: str = answer.json()["event_id"]
        return event_id

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Any call with the platform's key."""
        headers = {"authorization": f"Bearer {self.key}", **rest.pop("headers", {})}
        return self.premises.http.request(method, f"{self.premises.stack['api_url']}{path}", headers=headers, **rest)

    # looks at the relay

    def booking(self, booking_id: str) -> Json | None:
        """The booking, once the relay has decided anything of it."""
        return self._read(f"bookings/{booking_id}?platform={self.platform}")

    def order(self, order_id: str) -> Json:
        """An order by id."""
        found = self._read(f"orders/{order_id}")
        assert found is not None, f"no order {order_id}"
        return found

    def order_of(self, booking_id: str, seating: int = -1) -> Json | None:
        """The order of a booking's last seating, or of another."""
        booking = self.booking(booking_id)
        if booking is None or not booking["seatings"]:
            return None
        seatings = sorted(booking["seatings"], key=lambda each: int(each["number"]))
        return self.order(seatings[seating]["order_id"])

    def event_of(self, event_id: str) -> Json | None:
        """An event with its decision."""
        return self._read(f"booking-events/{event_id}?platform={self.platform}")

    def sales(self) -> list[Json]:
        """The venue's sales of the last days."""
        found = self._read("sales?limit=100")
        return found["data"] if found else []

    def sale_of(self, pos_order_id: str) -> Json | None:
        """The sales record of one POS order."""
        return next((sale for sale in self.sales() if sale["pos_order_id"] == pos_order_id), None)

    def failures(self, booking_id: str) -> list[str]:
        """The codes on a person's list that are about a booking."""
        return [str(each["code"]) for each in self._reported() if each.get("booking_id") == booking_id]

    def failures_of_order(self, order_id: str) -> list[str]:
        """The codes on a person's list that are about an order."""
        return [str(each["code"]) for each in self._reported() if each.get("order_id") == order_id]

    def _reported(self) -> list[Json]:
        today = datetime.now(UTC)
        found = self.premises.table.query(
            TableName=self.premises.stack["outputs"]["TableName"],
            IndexName="listing",
            KeyConditionExpression="list_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"FAILURES#{self.venue_id}#{today:%Y-%m-%d}"}},
        )
        return [json.loads(item["body"]["S"]) for item in found["Items"]]

    def told(self, booking_id: str) -> list[str]:
        """The types of the contract's events about a booking, as the outbox holds them."""
        subject = booking_record_id(self.venue_id, self.platform, booking_id)
        found = [
            json.loads(item["body"]["S"]) for item in self.premises.items() if item["pk"]["S"].startswith("OUTBOX#")
        ]
        return [item["type"] for item in found if item["subject"] == subject and item["type"] != "failure.reported"]

    def mails(self, line: str) -> list[str]:
        """The texts of the mails that have this line."""
        texts = [str(mail["BodyText"]) for mail in self.sandbox.control("outbox")["emails"]]
        return [text for text in texts if line in text.splitlines()]

    def _read(self, path: str) -> Json | None:
        answer = self.request("GET", f"/v1/venues/{self.venue_id}/{path}")
        if answer.status_code == 404:
            return None
        assert answer.is_success, (path, answer.status_code, answer.text)
        content: Json = answer.json()
        return content

    # waiting for the relay

    def decided(self, event_id: str, within_s: float = PATIENCE_S) -> Json:
        """The event once it is decided."""

        def look() -> Json | None:
            event = self.event_of(event_id)
            return event if event and event["decision"] else None

        return until(look, f"the decision on {event_id}", within_s)

    def order_in(self, booking_id: str, *statuses: str, within_s: float = PATIENCE_S) -> Json:
        """The booking's latest order once it is in one of these statuses."""
        seen: list[Any] = []

        def look() -> Json | None:
            order = self.order_of(booking_id)
            seen[:] = [order and (order["status"], order["writes"], order["attempts"])]
            return order if order and order["status"] in statuses else None

        try:
            return until(look, f"the order of {booking_id} in {statuses}", within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is: {seen}") from None

    def seated(self, booking_id: str, **fields: Any) -> str:
        """A party sits down; returns the POS order's id once it is there."""
        self.change(booking_id, "seated", **fields)
        return str(self.order_in(booking_id, "sent")["pos"]["order_id"])

    # looks at the POS

    def pos_orders(self, booking_id: str | None = None, *, live: bool = False) -> list[Json]:
        """What the POS holds for the venue or one booking, deleted orders too unless `live`."""
        only = "&live=true" if live else ""
        held: list[Json] = self.sandbox.control(f"kounta/orders?site_id={self.site_id}{only}")
        return [order for order in held if booking_id is None or f"({booking_id})" in (order["notes"] or "")]

    def pos_order(self, pos_order_id: str) -> Json:
        """One POS order."""
        found: Json = self.sandbox.control(f"kounta/orders/{pos_order_id}")
        return found

    def complete(self, pos_order_id: str) -> None:
        """The party eats, pays and leaves."""
        self.sandbox.staff("add-lines", pos_order_id, FISH)
        self.sandbox.staff("pay", pos_order_id)
        self.sandbox.staff("complete", pos_order_id)
