"""A venue's webhooks at Kounta: where they go, what proves them, and that each is there once."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ops.errors import OperatorError
from ops.stack import StackAddresses
from shared.adapters.kounta.administration import KountaAdministration, Webhook
from shared.domain.errors import RefusedError
from shared.domain.venues import Venue
from shared.web import pos_deliveries

TOPICS = (
    "orders/completed",
    "orders/deleted",
    "orders/customer_linked=customer-linked",
    "orders/customer_unlinked=customer-linked",
    "orders/kitchen_print=kitchen-print",
    "orders/group_finalised=group-finalised",
)
"""Only the first two names are known; Kounta documents that the others exist, not what they are called. Other names are
a setting: `--topic`, or TOPICS_VARIABLE for every command."""
TOPICS_VARIABLE = "POSRELAY_KOUNTA_TOPICS"
KNOWN_TOPICS = frozenset(TOPICS[:2])
PATHS = pos_deliveries.TOPICS
"""What the relay listens to below /pos/kounta/{venue_id}/."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as Kounta names it, and the path on which the relay takes it."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What `subscribe` did: ids by topic, the subscriptions it removed, and the topics that Kounta does not know."""

    webhooks: tuple[tuple[Topic, str], ...]
    removed: tuple[Webhook, ...]
    refused: tuple[tuple[Topic, str], ...] = ()
    """With Kounta's words. Only names that are guesses."""


def read_topics(texts: Iterable[str]) -> tuple[Topic, ...]:
    """Topics written `name` or `name=path`; the names are Kounta's and not all documented. Raises OperatorError."""
    topics = []
    for text in texts or TOPICS:
        name, _, path = text.partition("=")
        topic = Topic(name.strip(), path.strip() or name.strip().replace("/", "-"))
        if not topic.name or topic.path not in PATHS:
            raise OperatorError(
                f"--topic {text}: the relay has no address for it", f"write TOPIC=PATH with one of: {', '.join(PATHS)}"
            )
        topics.append(topic)
    return tuple(topics)


def address_of(base_url: str, venue_id: str, path: str) -> str:
    """Where Kounta sends a topic of a venue."""
    return f"{base_url.rstrip('/')}/pos/kounta/{quote(venue_id, safe='')}/{path}"


def subscribe(
    administration: KountaAdministration,
    venue: Venue,
    addresses: StackAddresses,
    link_key: str,
    topics: Sequence[Topic],
    retired_urls: Sequence[str] = (),
) -> Subscribed:
    """Every topic is subscribed once, with the venue's site and secret; further subscriptions of ours are removed.

    Ours are those at an address of this stack (by its public URL, its API's own, or one it had: `retired_urls`). The
    venue's other subscriptions stay: another stack may share the app. A name that is a guess may be refused without
    holding up the others. Raises OutsideError.
    """
    headers = {"Authorization": pos_deliveries.webhook_secret(link_key, venue.id)}
    kept: list[tuple[Topic, str]] = []
    refused: list[tuple[Topic, str]] = []
    before = administration.list_webhooks()
    for topic in topics:
        address = address_of(addresses.public_url, venue.id, topic.path)
        try:
            webhook_id = administration.upsert_webhook(topic.name, address, [venue.pos.site_id], headers)
        except RefusedError as error:
            if topic.name in KNOWN_TOPICS:
                raise
            refused.append((topic, error.message))
            continue
        kept.append((topic, webhook_id))
    ids = {webhook_id for _, webhook_id in kept}
    doubled = {(topic.name, address_of(addresses.public_url, venue.id, topic.path)) for topic in topics}
    bases = (addresses.public_url, addresses.api_url, *retired_urls)
    left_alone = {topic.path for topic, _ in refused}  # what is there may bear the right name
    paths = {topic.path for topic in topics} - left_alone
    ours = {address_of(base, venue.id, path) for base in bases for path in paths}
    removed = []
    for one in before:
        if one.id in ids or one.address not in ours:
            continue
        if (one.topic, one.address) not in doubled:  # those the upsert has removed already
            administration.delete_webhook(one.id)
        removed.append(one)
    return Subscribed(tuple(kept), tuple(removed), tuple(refused))


def faults_of(
    topic: Topic,
    found: Sequence[Webhook],
    venue: Venue,
    addresses: StackAddresses,
    link_key: str,
    topics: Sequence[Topic] = (),
) -> list[str]:
    """What is wrong with a topic's subscription; nothing when it is there exactly once and right. `topics`: all that
    are wanted, as two may come to one address."""
    expected = {topic.name, *(other.name for other in topics if other.path == topic.path)}
    right = address_of(addresses.public_url, venue.id, topic.path)
    ours = [one for one in found if one.address == right]
    mine = [one for one in ours if one.topic == topic.name]
    faults = []
    if not mine:
        faults.append("not subscribed")
    if len(mine) > 1:
        faults.append(f"subscribed {len(mine)} times: every sale would be told as often")
    if any(one.topic not in expected for one in ours):
        faults.append("another topic comes to its address")
    if any(set(one.site_ids) != {venue.pos.site_id} for one in mine):
        faults.append(f"not limited to site {venue.pos.site_id}")
    secret = pos_deliveries.webhook_secret(link_key, venue.id)
    if any(one.authorization is not None and not _same(one.authorization, secret) for one in mine):
        faults.append("its Authorization header is not ours: the relay would refuse it")
    own = address_of(addresses.api_url, venue.id, topic.path)
    if own != right and any(one.address == own for one in found):
        faults.append("subscribed at the API's own address too")
    return faults


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
