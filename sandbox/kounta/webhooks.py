"""Webhook subscriptions, per company and client (Kounta docs: Webhooks)."""

from __future__ import annotations

import re

from sandbox.kounta.back_office import Company
from sandbox.kounta.json_schema import record
from sandbox.kounta.models import Subscription
from sandbox.kounta.order_schema import webhook_fields
from sandbox.kounta.refusals import InvalidContentError, not_found
from sandbox.kounta.state import KountaState
from sandbox.messages import Json
from sandbox.timeline import iso


def _headers(value: Json, pointer: str) -> None:
    record({name: _header_value for name in value} if isinstance(value, dict) else {})(value, pointer)
    for name in value:
        lower = name.lower()
        if lower != "authorization" and (not re.fullmatch(r"x-[a-z0-9-]+", lower) or lower.startswith("x-kounta")):
            raise InvalidContentError(f"{pointer}/{name}", "Only Authorization and X-* headers are allowed.")


def _header_value(value: Json, pointer: str) -> None:
    if not isinstance(value, str) or "\n" in value or "\r" in value:
        raise InvalidContentError(pointer, "Header values are strings of one line.")


REQUIRED = ("topic", "address", "format")


def _check(state: KountaState, body: Json, required: tuple[str, ...] = ()) -> None:
    topics = state.switches.topics.model_dump().values()
    record({**webhook_fields(topics), "headers": _headers}, required)(body, "")


def subscribe(state: KountaState, company: Company, client_id: str, body: Json) -> Subscription:
    """Register a webhook. The same topic and address again makes a second one, which fires too."""
    _check(state, body, REQUIRED)
    now = state.now()
    fields = {name: body[name] for name in REQUIRED}
    subscription = Subscription(
        id=state.next_number("webhook", 549),
        company_id=company.id,
        client_id=client_id,
        **fields,
        filter=body.get("filter", {}),
        headers=body.get("headers", {}),
        created_at=now,
        updated_at=now,
    )
    state.subscriptions.put(str(subscription.id), subscription)
    return subscription


def subscriptions_of(state: KountaState, company: Company, client_id: str) -> list[Subscription]:
    """What this client has registered at this company."""
    return [one for one in state.subscriptions if one.company_id == company.id and one.client_id == client_id]


def find(state: KountaState, company: Company, client_id: str, webhook_id: int) -> Subscription:
    """One of them; raises RefusalError 404."""
    for subscription in subscriptions_of(state, company, client_id):
        if subscription.id == webhook_id:
            return subscription
    raise not_found()


def change(state: KountaState, subscription: Subscription, body: Json) -> None:
    """Replace the given attributes; a filter is replaced whole."""
    _check(state, body)
    for name, value in body.items():
        setattr(subscription, name, value)
    subscription.updated_at = state.now()
    state.subscriptions.put(str(subscription.id), subscription)


def subscription_json(subscription: Subscription, utc_offset: str) -> Json:
    """One subscription as the API shows it."""
    return {
        "id": subscription.id,
        "topic": subscription.topic,
        "address": subscription.address,
        "format": subscription.format,
        "filter": subscription.filter,
        "headers": subscription.headers,
        "created_at": iso(subscription.created_at, utc_offset),
        "updated_at": iso(subscription.updated_at, utc_offset),
    }
