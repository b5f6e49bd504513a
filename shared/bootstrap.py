"""The one place that composes: which adapter stands behind which port. Everything is made once, on first use."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from shared.adapters.dynamodb.delivery_book import DynamoDBDeliveryBook
from shared.adapters.dynamodb.schema import (
    booking_of,
    booking_record_id,
    group_pk,
    is_online,
    menu_id,
    placement_of,
    pos_order_of,
    pos_order_pk,
    venue_of_group,
    venue_of_menu,
)
from shared.adapters.dynamodb.settings_book import DynamoDBSettingsBook
from shared.adapters.secretsmanager.stack_secret import StackSecret
from shared.adapters.sqs.nudges import SQSNudges
from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.domain.identities import random_text
from shared.domain.venues import Venue
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once, sleep, transport
from shared.settings import Settings, read_settings
from shared.usecases.accept_deliveries import AcceptDeliveries
from shared.web.signatures import derive_token

if TYPE_CHECKING:
    from shared.adapters.dynamodb.endpoint_book import DynamoDBEndpointBook
    from shared.adapters.dynamodb.menu_book import DynamoDBMenuBook
    from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries
    from shared.adapters.dynamodb.readings import DynamoDBReadings
    from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
    from shared.adapters.kms.secret_box import KMSSecretBox
    from shared.adapters.kounta.tokens import Credentials
    from shared.adapters.sqs.failure_queue import SQSFailureQueue
    from shared.domain.bookings.events import BookingEvent
    from shared.usecases.advance_record import AdvanceRecord
    from shared.usecases.announce import Announce
    from shared.usecases.await_decision import AwaitDecision
    from shared.usecases.booking_platform import BookingPlatform
    from shared.usecases.care_for_records import CareForRecords
    from shared.usecases.deliver_event import DeliverEvent
    from shared.usecases.driver_tracking import DriverTracking
    from shared.usecases.handle_by_hand import HandleByHand
    from shared.usecases.import_menu import ImportMenu
    from shared.usecases.link_group import LinkGroup
    from shared.usecases.look_at_register import LookAtRegister
    from shared.usecases.manage_endpoints import ManageEndpoints
    from shared.usecases.menu_book import MenuSource, WaitingOrders
    from shared.usecases.place_and_change_orders import PlaceAndChangeOrders
    from shared.usecases.pos_gateway import PosGateway
    from shared.usecases.read_pos import ReadPos
    from shared.usecases.report_failure import ReportFailure
    from shared.usecases.request_import import RequestImport
    from shared.usecases.sweep_site import SweepSite
    from shared.usecases.take_in_pos_news import TakeInPosNews
    from shared.usecases.tell_platforms import TellPlatforms
    from shared.usecases.try_order import TryOrder
    from shared.web.booking_hooks import BookingHooks

# Few, quick tries: a caller waits, or a lease runs.
_AWS = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=2, read_timeout=5)


@once
def settings() -> Settings:
    """The function's environment."""
    return read_settings()


@once
def client(service: str) -> Any:
    """An AWS client."""
    return boto3.client(service, config=_AWS)  # type: ignore[call-overload]


@once
def settings_book() -> DynamoDBSettingsBook:
    """Venues, platforms, keys."""
    return DynamoDBSettingsBook(client("dynamodb"), settings().table, now)


@once
def secret() -> StackSecret:
    """The stack's one secret."""
    return StackSecret(client("secretsmanager"), settings().secret_arn, now)


@once
def nudges() -> SQSNudges:
    """The writer's queue."""
    return SQSNudges(client("sqs"), settings().writes_queue_url)


@once
def delivery_book() -> DynamoDBDeliveryBook:
    """Where deliveries are kept."""
    return DynamoDBDeliveryBook(client("dynamodb"), settings().table, settings().timings)


@once
def accept_deliveries() -> AcceptDeliveries:
    """Takes deliveries in."""
    book = delivery_book()
    return AcceptDeliveries(book, book, nudges(), now, booking_record_id, pos_order_pk, group_pk)


@once
def booking_hooks() -> BookingHooks:
    """The doors for booking platforms' own webhooks."""
    from shared.web.booking_hooks import BookingHooks

    tolerance_s = settings().timings.future_tolerance_s

    def read_resdiary(content: Any, venue: Venue, received_at: datetime) -> tuple[str, BookingEvent] | None:
        from shared.adapters.resdiary.parsing import read_hook

        return read_hook(content, venue, received_at=received_at, future_tolerance_s=tolerance_s)

    return BookingHooks(settings_book(), secret(), now, tolerance_s, read_resdiary)


@once
def readings() -> DynamoDBReadings:
    """What callers may read."""
    from shared.adapters.dynamodb.readings import DynamoDBReadings

    return DynamoDBReadings(client("dynamodb"), settings().table)


@once
def await_decision() -> AwaitDecision:
    """Waits for the decision on an event."""
    from shared.usecases.await_decision import AwaitDecision

    return AwaitDecision(readings(), now, sleep)


@once
def record_book() -> DynamoDBRecordBook:
    """The records."""
    from shared.adapters.dynamodb.record_book import DynamoDBRecordBook

    return DynamoDBRecordBook(client("dynamodb"), settings().table, settings().timings)


@once
def _http() -> Any:
    from shared.adapters.http.clients import make_client

    return make_client(transport())


@once
def _guarded_http() -> Any:
    """For addresses that others chose; the local stack may call itself."""
    from shared.adapters.http.clients import make_client
    from shared.adapters.http.guarded import guarded

    return _http() if settings().private_endpoints else make_client(guarded(transport()))


@once
def _kounta_client(connection_id: str, company_id: str, auth: str, credentials: Credentials) -> Any:
    """One for each connection and set of credentials: changed ones are taken up as soon as the secret is read again."""
    from shared.adapters.dynamodb.token_store import DynamoDBTokenStore
    from shared.adapters.kounta.client import KountaClient

    tokens = None
    if auth == "oauth":
        key = settings().token_key_arn
        tokens = DynamoDBTokenStore(client("dynamodb"), client("kms"), table=settings().table, key_id=key)
    return KountaClient(
        _http(),
        api_url=settings().kounta_api_url,
        connection_id=connection_id,
        company_id=company_id,
        credentials=credentials,
        tokens=tokens,
        timings=settings().timings,
        now=now,
    )


def _kounta_of(venue: Venue) -> Any:
    pos = venue.pos
    credentials = secret().connection(pos.connection_id).credentials
    return _kounta_client(pos.connection_id, pos.company_id, pos.auth, credentials)


def gateway_for(venue: Venue, pace: Callable[[], None], read_deadline_s: float | None = None) -> PosGateway:
    """A venue's point of sale. `read_deadline_s`: for one read with all its repeats."""
    from shared.adapters.kounta.gateway import KountaGateway

    return KountaGateway(_kounta_of(venue), venue.pos, pace=pace, read_deadline_s=read_deadline_s)


def menu_source_for(venue: Venue, pace: Callable[[], None]) -> MenuSource:
    """Where a venue's menu comes from. Raises NotFoundError without credentials."""
    from shared.adapters.kounta.menu import KountaMenu
    from shared.adapters.kounta.reads import KountaReads

    return KountaMenu(KountaReads(_kounta_of(venue), venue.pos, pace=pace), venue.pos)


def platform_for(venue: Venue, provider: str) -> BookingPlatform:
    """A venue's account at a booking platform that is asked and told. Raises NotFoundError for another."""
    from shared.adapters.nowbookit.platform import NowBookItPlatform
    from shared.domain.errors import NotFoundError

    if provider != "nowbookit":
        raise NotFoundError(f"{provider} is not asked for its bookings")
    return NowBookItPlatform(
        _http(),
        base_url=settings().nowbookit_api_url,
        api_key=secret().nowbookit(venue.id).api_key,
        timezone=venue.timezone,
        timings=settings().timings,
        location_id=venue.nowbookit_location_id,
    )


def driver_tracking_for(venue: Venue) -> DriverTracking:
    """A venue's driver tracking; what is not set up of it is said when it is called."""
    from shared.adapters.driver_tracking.service import HttpDriverTracking

    return HttpDriverTracking(
        _guarded_http(),
        venue=venue,
        secrets=lambda: secret().driver_tracking(venue.id),
        timeout_s=settings().timings.driver_timeout_s,
        now=now,
    )


def callback_uri(venue_id: str, order_id: str) -> str:
    """Where the POS tells of an order's status; the token is the order's own and cannot be guessed."""
    token = derive_token(secret().link_key(), "callback", venue_id, order_id)
    return f"{settings().public_url}/pos/kounta/{venue_id}/orders/{order_id}/status?token={token}"


def jitter(wait_s: float) -> float:
    """A wait, spread by a fifth so that many do not come back at once."""
    return wait_s * random.uniform(0.9, 1.1)


@once
def _pace() -> Any:
    from shared.adapters.dynamodb.pace import DynamoDBPace

    return DynamoDBPace(client("dynamodb"), settings().table)


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
        pace=_pace(),
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
def try_order() -> TryOrder:
    """Shows what an order would become."""
    from shared.adapters.kounta.rendering import create_body
    from shared.usecases.try_order import TryOrder

    return TryOrder(menu_book(), create_body, callback_uri, settings().timings, now)


@once
def orders() -> PlaceAndChangeOrders:
    """The door for placed orders."""
    from shared.adapters.dynamodb.schema import online_record_id
    from shared.usecases.place_and_change_orders import PlaceAndChangeOrders

    return PlaceAndChangeOrders(
        book=record_book(),
        nudges=nudges(),
        now=now,
        sleep=sleep,
        new_order_id=new_order_id,
        record_id=online_record_id,
        patience_s=settings().timings.command_patience_s,
    )


@once
def handle_by_hand() -> HandleByHand:
    """Takes in what staff entered by hand."""
    from shared.usecases.handle_by_hand import HandleByHand

    return HandleByHand(orders(), record_book(), settings().timings, now)


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
        pace=_pace(),
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
def read_pos() -> ReadPos:
    """Reads through to the point of sale while a caller waits."""
    from shared.usecases.read_pos import ReadPos

    def gateway(venue: Venue, pace: Callable[[], None]) -> PosGateway:
        return gateway_for(venue, pace, 1.5 * settings().timings.read_timeout_s)

    return ReadPos(settings_book(), gateway, _pace(), settings().timings, now, sleep)


@once
def menu_book() -> DynamoDBMenuBook:
    """Menus."""
    from shared.adapters.dynamodb.menu_book import DynamoDBMenuBook

    return DynamoDBMenuBook(client("dynamodb"), settings().table, settings().timings, now)


@once
def request_import() -> RequestImport:
    """Asks for a menu."""
    from shared.usecases.request_import import RequestImport

    return RequestImport(menu_book(), nudges(), menu_id, settings().timings, now, _new_import_id)


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
        pace=_pace(),
        nudges=nudges(),
        menu_id=menu_id,
        timings=settings().timings,
        now=now,
        sleep=sleep,
        new_import_id=_new_import_id,
    )


def waiting_orders() -> WaitingOrders:
    """Orders that a new menu may cure."""
    return record_book()


def _new_import_id() -> str:
    return f"imp_{random_text(12)}"


@once
def announce() -> Announce:
    """Fans out the outbox."""
    from shared.adapters.dynamodb.outbox import DynamoDBOutbox
    from shared.usecases.announce import Announce

    outbox = DynamoDBOutbox(client("dynamodb"), settings().table)
    return Announce(outbox, _failure_queue(), tell_platforms(), request_import())


def _delivery_queue() -> SQSNudges:
    return SQSNudges(client("sqs"), settings().deliveries_queue_url)


def _failure_queue() -> SQSFailureQueue:
    from shared.adapters.sqs.failure_queue import SQSFailureQueue

    return SQSFailureQueue(client("sqs"), settings().failures_queue_url)


@once
def _endpoint_book() -> DynamoDBEndpointBook:
    from shared.adapters.dynamodb.endpoint_book import DynamoDBEndpointBook

    return DynamoDBEndpointBook(client("dynamodb"), settings().table)


@once
def _platform_deliveries() -> DynamoDBPlatformDeliveries:
    from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries

    return DynamoDBPlatformDeliveries(client("dynamodb"), settings().table, settings().timings.outbox_ttl_s)


@once
def _secret_box() -> KMSSecretBox:
    from shared.adapters.kms.secret_box import KMSSecretBox

    return KMSSecretBox(client("kms"), settings().token_key_arn)


@once
def tell_platforms() -> TellPlatforms:
    """Makes deliveries of an event."""
    from shared.usecases.tell_platforms import TellPlatforms

    return TellPlatforms(_endpoint_book(), _platform_deliveries(), _delivery_queue(), now, _order_body)


def _order_body(order_id: str) -> bytes | None:
    from shared.web.views import callback_body

    order = readings().order(order_id, fresh=True)
    return callback_body(order) if order else None


@once
def deliver_event() -> DeliverEvent:
    """Makes one attempt of a delivery."""
    from shared.adapters.http.webhooks import HttpPoster
    from shared.usecases.deliver_event import DeliverEvent

    return DeliverEvent(
        endpoints=_endpoint_book(),
        deliveries=_platform_deliveries(),
        queue=_delivery_queue(),
        failures=_failure_queue(),
        box=_secret_box(),
        poster=HttpPoster(_guarded_http(), settings().timings.delivery_timeout_s, now),
        timings=settings().timings,
        now=now,
        later=lambda wait_s: wait_s * random.uniform(1.0, 1.1),
    )


@once
def manage_endpoints() -> ManageEndpoints:
    """Webhook endpoints of platforms."""
    from shared.usecases.manage_endpoints import ManageEndpoints

    return ManageEndpoints(
        _endpoint_book(),
        _platform_deliveries(),
        _delivery_queue(),
        _secret_box(),
        settings().timings,
        now,
        new_event_id=lambda: f"evt_test_{random_text(16)}",
    )


@once
def care_for_records() -> CareForRecords:
    """The caretaker's round."""
    from shared.adapters.dynamodb.due_index import DynamoDBDueIndex
    from shared.usecases.care_for_records import CareForRecords

    due = DynamoDBDueIndex(client("dynamodb"), settings().table)
    return CareForRecords(due, settings_book(), nudges(), _delivery_queue(), announce(), now, _venue_of)


@once
def sweep_site() -> SweepSite:
    """Finds what webhooks missed."""
    from shared.adapters.dynamodb.outbox import DynamoDBSweepBook
    from shared.usecases.sweep_site import SweepSite

    return SweepSite(
        sweeps=DynamoDBSweepBook(client("dynamodb"), settings().table),
        hints=delivery_book(),
        gateway_for=gateway_for,
        pace=_pace(),
        nudges=nudges(),
        news_id=pos_order_pk,
        timings=settings().timings,
        now=now,
        sleep=sleep,
    )


@once
def report_failure() -> ReportFailure:
    """Puts failures on a person's list and tells people."""
    from shared.adapters.aws_post import AwsPost
    from shared.adapters.dynamodb.outbox import DynamoDBFailureBook
    from shared.usecases.report_failure import ReportFailure

    post = AwsPost(client("sesv2"), client("sns"), settings().mail_from, settings().ops_topic_arn)
    book = DynamoDBFailureBook(client("dynamodb"), settings().table)
    return ReportFailure(book, settings_book(), post, now, settings().support_line)


def _venue_of(record_id: str) -> str:
    if record_id.startswith("GROUP#"):
        return venue_of_group(record_id)
    if record_id.startswith("MENU#"):
        return venue_of_menu(record_id)
    if is_online(record_id):
        return placement_of(record_id).venue_id
    return pos_order_of(record_id)[0] if record_id.startswith("POSORDER#") else booking_of(record_id)[0]
