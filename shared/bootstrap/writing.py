"""What the writer is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.dynamodb.schema import (
    menu_id,
    pos_order_pk,
)
from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once, sleep

if TYPE_CHECKING:
    from shared.usecases.advance_record import AdvanceRecord
    from shared.usecases.import_menu import ImportMenu
    from shared.usecases.link_group import LinkGroup
    from shared.usecases.look_at_register import LookAtRegister
    from shared.usecases.menu_book import WaitingOrders
    from shared.usecases.take_in_pos_news import TakeInPosNews
from shared.bootstrap.parts import (
    callback_uri,
    client,
    delivery_book,
    jitter,
    menu_book,
    nudges,
    pace_book,
    readings,
    record_book,
    settings,
    settings_book,
)
from shared.bootstrap.points_of_sale import driver_tracking_for, gateway_for, menu_source_for, platform_for
from shared.bootstrap.taking_in import new_import_id


@once
def advance_record() -> AdvanceRecord:
    """The writer."""
    from shared.observability import count
    from shared.usecases.advance_record import AdvanceRecord

    return AdvanceRecord(
        book=record_book(),
        venues=settings_book(),
        gateway_for=gateway_for,
        platform_for=platform_for,
        pace=pace_book(),
        nudges=nudges(),
        timings=settings().timings,
        now=now,
        sleep=sleep,
        new_order_id=new_order_id,
        callback_uri=callback_uri,
        jitter=jitter,
        alarm=count,
        menus=menu_book(),
        tracking_for=driver_tracking_for,
        look_at_register=_look_at_register(),
    )


def _look_at_register() -> LookAtRegister:
    from shared.usecases.look_at_register import LookAtRegister

    return LookAtRegister(delivery_book(), readings(), nudges(), pos_order_pk, settings().timings, now)


@once
def take_in_pos_news() -> TakeInPosNews:
    """Looks into hints."""
    from shared.observability import count
    from shared.usecases.take_in_pos_news import TakeInPosNews

    return TakeInPosNews(
        book=record_book(),
        files=record_book(),
        venues=settings_book(),
        gateway_for=gateway_for,
        pace=pace_book(),
        nudges=nudges(),
        timings=settings().timings,
        now=now,
        sleep=sleep,
        count=count,
    )


@once
def link_group() -> LinkGroup:
    """Takes up finalised groups."""
    from shared.adapters.dynamodb.group_book import DynamoDBGroupBook
    from shared.usecases.link_group import LinkGroup

    return LinkGroup(
        groups=DynamoDBGroupBook(client("dynamodb"), settings().table, settings().timings),
        book=record_book(),
        files=record_book(),
        hints=delivery_book(),
        nudges=nudges(),
        news_id=pos_order_pk,
        now=now,
    )


@once
def import_menu() -> ImportMenu:
    """Takes a menu's import further."""
    from shared.usecases.import_menu import ImportMenu

    return ImportMenu(
        book=menu_book(),
        venues=settings_book(),
        platforms=settings_book(),
        waiting=waiting_orders(),
        source_for=menu_source_for,
        pace=pace_book(),
        nudges=nudges(),
        menu_id=menu_id,
        timings=settings().timings,
        now=now,
        sleep=sleep,
        new_import_id=new_import_id,
    )


def waiting_orders() -> WaitingOrders:
    """Orders that a new menu may cure."""
    return record_book()
