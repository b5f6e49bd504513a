"""Keys and access patterns of the one table. No scan anywhere; no key under which items grow without bound.

    item            pk                                    sk                 read by
    ──────────────  ────────────────────────────────────  ─────────────────  ─────────────────────────────────────────
    record head     BOOKING#<venue>#<platform>#<booking>  HEAD               one query of the partition: the writer
    online order    ONLINE#<venue>#<platform>#<reference> HEAD ORDER#<n>     (same); n: the order, then its refunds
    order           (same)                                ORDER#<seating>    (same); by id through its link
    content         (same)                                CONTENT#<write>    (same): what a write carries      TTL
    event           (same)                                EVENT#<event id>   (same); by id                    TTL
    request bytes   (same)                                REQUEST#<key>      (same)                           TTL
    notices         (same)                                NOTICES#<failure>  (same): who was told of a failure
    order link      ORDER#<order id>                      LINK               get
    order entry     ORDERS#<venue>#<platform or *>#<facet>#<month>  <time>#<order id>  range, newest first
                    FIND#<venue>#<code>#<month>           <time>#<order id>  (same): what names an order exactly
                    NAMES#<venue>#<UTC day>               <name>#<time>#…    range by the name's beginning    TTL
    sale by hand    HANDLED#<venue>#<sale number or id>   LINK               get: which order it was entered for
    POS order       POSORDER#<venue>#<pos order id>       LINK SALE HINT#…   one query of the partition       TTL: HINT
                                                          ACTIVITY GROUP     (same)                           TTL
    group           GROUP#<venue>#<group id>#<orders>     GROUP              get; due until its orders know   TTL
    outbox item     OUTBOX#<id>                           ITEM               stream; due index when missed    TTL
    venue           VENUE#<venue>                         SETTINGS SWEEP     get; listing VENUES
    platform        PLATFORM#<platform>                   SETTINGS           get; listing PLATFORMS
    endpoint        (same)                                ENDPOINT#<id>      get; one query for all (at most 20)
    delivery        DELIVERY#<platform>#<endpoint>#<evt>  DELIVERY           get; due; listing DELIVERIES#…   TTL
                    (a callback's: <endpoint> is callback.<order id>; its <evt> `ended` says that 410 was answered)
    menu head       MENU#<venue>                          HEAD               get; due: an import, or its time
    menu page       (same)                                PAGE#<import>#<n>  one query, when all are there    TTL
    menu            (same)                                EDITION#<import>#… one query: gzip in few chunks    TTL
    API key         KEY#<sha256 of the key>               KEY                get; listing KEYS#<platform>
    failure         FAILURE#<id>                          FAILURE            get; listing FAILURES#<venue>#<day>
    connection      CONNECTION#<connection>               PACE TOKENS        update / get

    index `due`     due_pk = DUE#<shard 0–3>, due_at (ms)  what somebody has to look at again: heads with an open write
                    or a lease, undecided events and hints, outbox items nobody announced, deliveries to try, menus
                    under import or to be imported. Sparse.
    index `listing` list_pk, list_sk                       UNKNOWN#<venue> heads with a write of unknown fate (sparse);
                    MENUWAIT#<venue> heads that wait for a newer menu (sparse);
                    EVENT#<venue>#<platform>#<event id>    one event by its own id;
                    SALES#<venue>#<UTC day> sales by time; FAILURES#…; VENUES, PLATFORMS, KEYS#… settings;
                    DELIVERIES#<platform>#<endpoint>#<UTC day> deliveries by the time of their event.

A group id comes again after 48 hours: <orders> is a digest of the ids of its POS orders, which never do. ACTIVITY holds
when the kitchen printed of the order and the POS's id of its customer, under a version of its own.

An order's entries stand for its source, its status and, when a service failed, `failed`; once for the venue and once
for its platform. They are written and removed in the transaction that changes the order, and name its item.

Guests' data stand only in EVENT, CONTENT, REQUEST and NAMES items, which expire; heads, orders and sales hold none.
`v` is the shape's version: new code reads old shapes. Times in `expires_at` are epoch seconds (DynamoDB's TTL), all
others milliseconds.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from shared.domain.online.record import Placement
from shared.domain.pos_news import PosGroup

VERSION = 1
DUE_SHARDS = 4

Key = dict[str, Any]
Item = dict[str, Any]


def booking_record_id(venue_id: str, platform: str, booking_id: str) -> str:
    """A booking's record id: also its partition key and what a nudge carries."""
    return f"BOOKING#{_part(venue_id)}#{_part(platform)}#{_part(booking_id)}"


def booking_of(record_id: str) -> tuple[str, str, str]:
    """(venue, platform, booking id) of a booking's record id."""
    _, venue, platform, booking = record_id.split("#")
    return unquote(venue), unquote(platform), unquote(booking)


def online_record_id(venue_id: str, platform: str, reference: str) -> str:
    """A placed order's record id: its reference is unique for the platform at the venue."""
    return f"ONLINE#{_part(venue_id)}#{_part(platform)}#{_part(reference)}"


def placement_of(record_id: str) -> Placement:
    """Who placed the order of such a record."""
    _, venue, platform, reference = record_id.split("#")
    return Placement(unquote(venue), unquote(platform), unquote(reference))


def is_online(record_id: str) -> bool:
    """Whether this is a placed order's record, and not a booking's."""
    return record_id.startswith("ONLINE#")


def pos_order_pk(venue_id: str, pos_order_id: str) -> str:
    """Partition of what is kept of one POS order; as a nudge, it means "look into its hints"."""
    return f"POSORDER#{_part(venue_id)}#{_part(pos_order_id)}"


def pos_order_of(pk: str) -> tuple[str, str]:
    """(venue, POS order id) of such a partition."""
    _, venue, pos_order = pk.split("#")
    return unquote(venue), unquote(pos_order)


def group_pk(group: PosGroup) -> str:
    """Partition of a finalised group; as a nudge, it means "link its orders"."""
    orders = ",".join(sorted(member.pos_order_id for member in group.members))
    digest = hashlib.sha256(orders.encode()).hexdigest()[:32]
    return f"GROUP#{_part(group.venue_id)}#{_part(group.group_id)}#{digest}"


def venue_of_group(pk: str) -> str:
    """The venue of such a partition."""
    return unquote(pk.split("#")[1])


def menu_id(venue_id: str) -> str:
    """Partition of a venue's menu; as a nudge, it means "take its import further"."""
    return f"MENU#{_part(venue_id)}"


def venue_of_menu(pk: str) -> str:
    """The venue of such a partition."""
    return unquote(pk.removeprefix("MENU#"))


def platform_pk(platform: str) -> str:
    """Partition of a platform's settings and endpoints."""
    return f"PLATFORM#{platform}"


def delivery_id(platform: str, endpoint_id: str, event_id: str) -> str:
    """A delivery's id: also its partition key and what a message in the deliveries' queue carries."""
    return f"DELIVERY#{_part(platform)}#{_part(endpoint_id)}#{_part(event_id)}"


def deliveries_listing(platform: str, endpoint_id: str, day: str) -> str:
    """Under which an endpoint's deliveries of one UTC day are found."""
    return f"DELIVERIES#{_part(platform)}#{_part(endpoint_id)}#{day}"


def key(pk: str, sk: str) -> Key:
    """A primary key in DynamoDB's JSON."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def order_link_key(order_id: str) -> Key:
    """Where an order's record is found by its id."""
    return key(f"ORDER#{order_id}", "LINK")


def order_listing(venue_id: str, platform: str | None, facet: str, month: str) -> str:
    """Under which a venue's orders of one UTC month are listed; `platform`: only that one's."""
    return f"ORDERS#{_part(venue_id)}#{'*' if platform is None else _part(platform)}#{facet}#{month}"


def finding(venue_id: str, code: str, month: str) -> str:
    """Under which a venue's orders of one UTC month with this code are found."""
    return f"FIND#{_part(venue_id)}#{_part(code)}#{month}"


def names_of_day(venue_id: str, day: str) -> str:
    """Under which a venue's orders of one UTC day are found by the names of their guests."""
    return f"NAMES#{_part(venue_id)}#{day}"


def sale_link_key(venue_id: str, sale_name: str) -> Key:
    """Where it stands for which order a sale was entered by hand."""
    return key(f"HANDLED#{_part(venue_id)}#{_part(sale_name)}", "LINK")


def venue_key(venue_id: str, sk: str = "SETTINGS") -> Key:
    """A venue's settings, or what else is kept of it."""
    return key(f"VENUE#{_part(venue_id)}", sk)


def event_listing(venue_id: str, platform: str, event_id: str) -> str:
    """Under which an event is found when only its own id is known."""
    return f"EVENT#{_part(venue_id)}#{_part(platform)}#{_part(event_id)}"


def due_attributes(pk: str, due_at: datetime | None) -> Item:
    """What puts an item into the due index; nothing when nobody has to look at it again."""
    if due_at is None:
        return {}
    shard = int.from_bytes(hashlib.sha256(pk.encode()).digest()[:2], "big") % DUE_SHARDS
    return {"due_pk": {"S": f"DUE#{shard}"}, "due_at": {"N": str(millis(due_at))}}


def millis(moment: datetime) -> int:
    """Epoch milliseconds."""
    return round(moment.timestamp() * 1000)


def moment(milliseconds: str | int) -> datetime:
    """The aware UTC time of epoch milliseconds."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def seconds(when: datetime) -> str:
    """Epoch seconds for `expires_at`."""
    return str(round(when.timestamp()))


def _part(text: str) -> str:
    return quote(text, safe="")
