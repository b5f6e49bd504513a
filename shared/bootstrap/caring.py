"""What the caretaker is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.dynamodb.schema import (
    booking_of,
    is_online,
    placement_of,
    pos_order_of,
    pos_order_pk,
    venue_of_group,
    venue_of_menu,
)
from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once, sleep

if TYPE_CHECKING:
    from shared.usecases.care_for_records import CareForRecords
    from shared.usecases.sweep_site import SweepSite
from shared.bootstrap.parts import client, delivery_book, delivery_queue, nudges, pace_book, settings, settings_book
from shared.bootstrap.points_of_sale import gateway_for
from shared.bootstrap.telling import announce


@once
def care_for_records() -> CareForRecords:
    """The caretaker's round."""
    from shared.adapters.dynamodb.due_index import DynamoDBDueIndex
    from shared.usecases.care_for_records import CareForRecords

    due = DynamoDBDueIndex(client("dynamodb"), settings().table)
    return CareForRecords(due, settings_book(), nudges(), delivery_queue(), announce(), now, venue_of)


@once
def sweep_site() -> SweepSite:
    """Finds what webhooks missed."""
    from shared.adapters.dynamodb.outbox import DynamoDBSweepBook
    from shared.usecases.sweep_site import SweepSite

    return SweepSite(
        sweeps=DynamoDBSweepBook(client("dynamodb"), settings().table),
        hints=delivery_book(),
        gateway_for=gateway_for,
        pace=pace_book(),
        nudges=nudges(),
        news_id=pos_order_pk,
        timings=settings().timings,
        now=now,
        sleep=sleep,
    )


def venue_of(record_id: str) -> str:
    if record_id.startswith("GROUP#"):
        return venue_of_group(record_id)
    if record_id.startswith("MENU#"):
        return venue_of_menu(record_id)
    if is_online(record_id):
        return placement_of(record_id).venue_id
    return pos_order_of(record_id)[0] if record_id.startswith("POSORDER#") else booking_of(record_id)[0]
