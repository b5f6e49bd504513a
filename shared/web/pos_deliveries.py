"""What Kounta posts to us: signed webhooks, and callbacks with an order's own token. Hints, until the order is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Protocol

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.errors import NotFoundError, SignatureError
from shared.domain.identities import is_order_id, markers_in
from shared.domain.pos_news import GroupMember, HintKind, PosGroup, PosHint
from shared.domain.venues import Venue
from shared.web.foreign import VendorId, read_as
from shared.web.requests import Request
from shared.web.signatures import RawWebhook, derive_token, token_matches, verify_kounta

GROUP_FINALISED = "group-finalised"


@dataclass(frozen=True, slots=True)
class OrderTopic:
    """What an order that comes to a path is about."""

    kind: HintKind = HintKind.ORDER
    deleted: bool = False


ORDER_TOPICS = {
    "orders-completed": OrderTopic(),
    "orders-deleted": OrderTopic(deleted=True),
    "customer-linked": OrderTopic(HintKind.CUSTOMER),
    "kitchen-print": OrderTopic(HintKind.KITCHEN_PRINT),
}
TOPICS = (*ORDER_TOPICS, GROUP_FINALISED)
"""Path segments. `customer-linked` is told of links and of their end: which it was, the order read again shows."""
MOST_IN_A_GROUP = 200


class Venues(Protocol):
    """Where a venue's settings are found."""

    def get(self, venue_id: str) -> Venue:
        """Raises NotFoundError."""


class SignatureSecret(Protocol):
    """With which tokens a connection's webhooks are signed."""

    @property
    def signature_tokens(self) -> tuple[str, ...]:
        """Any of these is right."""


class ConnectionSecrets(Protocol):
    """Where a connection's signature tokens, and the key of our own tokens, are found."""

    def link_key(self) -> str:
        """Key of the tokens that we derive."""

    def connection(self, connection_id: str) -> SignatureSecret:
        """Raises NotFoundError."""


OrderId = Annotated[VendorId, StringConstraints(max_length=64)]


class KountaOrderTold(BaseModel):
    """The little that a hint takes from the order in a delivery; the rest is read from Kounta."""

    id: OrderId
    id_str: OrderId | None = None
    site_id: OrderId | None = None
    status: Annotated[str, StringConstraints(max_length=64)] = ""
    updated_at: Annotated[str, StringConstraints(max_length=64)] = ""
    deleted: bool = False


class KountaGroupedOrder(KountaOrderTold):
    """An order in a group. Of its notes only our marker is taken."""

    notes: str | None = None


class KountaGroupTold(BaseModel):
    """A finalised group (Kounta docs: Webhooks): `{group_id, company_id, site_id, orders}`."""

    group_id: OrderId
    site_id: OrderId | None = None
    orders: Annotated[list[KountaGroupedOrder], Field(min_length=1, max_length=MOST_IN_A_GROUP)]


def webhook_secret(link_key: str, venue_id: str) -> str:
    """The `Authorization` header that we register with a venue's webhooks."""
    return derive_token(link_key, "kounta-webhook", venue_id)


def webhook_news(
    request: Request, venues: Venues, secret: ConnectionSecrets, now: datetime
) -> PosHint | PosGroup | None:
    """The hint, or the group, in a signed webhook; None when it is about another site. Raises SignatureError,
    NotFoundError for a topic that we do not subscribe to, BadInputError."""
    topic, venue_id = request.path["topic"], request.path["venue_id"]
    if topic not in TOPICS:
        raise NotFoundError(f"there is no webhook {topic}")
    try:
        venue = venues.get(venue_id)
        tokens = secret.connection(venue.pos.connection_id).signature_tokens
    except NotFoundError as error:
        raise SignatureError("the delivery does not prove its origin") from error
    verify_kounta(RawWebhook(request.headers, request.body), tokens, webhook_secret(secret.link_key(), venue_id))
    if topic == GROUP_FINALISED:
        return _group(read_as(KountaGroupTold, request.json(), "the Kounta group"), venue, now)
    told = _told(request)
    if _is_elsewhere(told.site_id, venue):
        return None
    about = ORDER_TOPICS[topic]
    hint = _hint(told, venue_id, "webhook", now, deleted=told.deleted or about.deleted, order_id=None)
    if about.kind is HintKind.ORDER:
        return hint
    return replace(hint, kind=about.kind, digest=hashlib.sha256(request.body).hexdigest()[:32])


def _is_elsewhere(site_id: str | None, venue: Venue) -> bool:
    return None not in (venue.pos.site_id, site_id) and site_id != venue.pos.site_id


def _group(told: KountaGroupTold, venue: Venue, now: datetime) -> PosGroup | None:
    """None when it, or every order in it, is of another site."""
    here = (
        {}
        if _is_elsewhere(told.site_id, venue)
        else {one.id_str or one.id: one for one in told.orders if not _is_elsewhere(one.site_id, venue)}
    )
    members = tuple(
        GroupMember(
            pos_order_id=pos_order_id,
            status=one.status,
            updated_at=one.updated_at,
            deleted=one.deleted,
            marked=tuple(dict.fromkeys(order_id for order_id, _ in markers_in(one.notes))),
        )
        for pos_order_id, one in here.items()
    )
    return PosGroup(venue.id, told.group_id, now, members) if members else None


def callback_hint(request: Request, venues: Venues, secret: ConnectionSecrets, now: datetime) -> PosHint:
    """The hint in a post to an order's `callback_uri`. Raises SignatureError, BadInputError."""
    venue_id, order_id = request.path["venue_id"], request.path["order_id"]
    expected = derive_token(secret.link_key(), "callback", venue_id, order_id)
    if not is_order_id(order_id) or not token_matches(expected, request.query.get("token")):
        raise SignatureError("the delivery does not prove its origin")
    venues.get(venue_id)
    told = _told(request)
    return _hint(told, venue_id, "callback", now, deleted=told.deleted, order_id=order_id)


def _told(request: Request) -> KountaOrderTold:
    return read_as(KountaOrderTold, request.json(), "the Kounta order")


def _hint(
    told: KountaOrderTold, venue_id: str, by: str, now: datetime, *, deleted: bool, order_id: str | None
) -> PosHint:
    return PosHint(
        venue_id=venue_id,
        pos_order_id=told.id_str or told.id,
        told_by=by,
        status=told.status,
        updated_at=told.updated_at,
        received_at=now,
        deleted=deleted,
        order_id=order_id,
    )
