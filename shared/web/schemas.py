"""The shapes of our answers, for the generated reference and its tests. No function imports this; views answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import BookingStatus
from shared.domain.bookings.rules import DecisionKind
from shared.domain.deliveries.delivery import DeliveryState
from shared.domain.deliveries.endpoint import EndpointState
from shared.domain.orders.placed import Fulfilment
from shared.domain.orders.writes import What, WriteState
from shared.domain.readings import OrderStatus

Amount = Annotated[str, Field(pattern=r"^-?\d+\.\d{2,6}$", examples=["45.50"])]
"""Money: a decimal string in the venue's currency."""
Number = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["2"])]


class _Shown(BaseModel):
    """An answer has exactly these members."""

    model_config = ConfigDict(extra="forbid")


class InvalidField(_Shown):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(
        description="JSON pointer into the body, or `/query/<name>`.", examples=["/booking/party_size"]
    )
    detail: str


class Problem(_Shown):
    """Every error of the relay's own (RFC 9457)."""

    type: str = Field(examples=["urn:posrelay:problem:invalid_input"])
    title: str
    status: int
    detail: str = Field(description="For people; may change.")
    code: str = Field(description="For programs; stays.", examples=["invalid_input"])
    request_id: str
    errors: list[InvalidField] = Field(default_factory=list, description="With `invalid_input`: at most 50.")


class GatewayRefusal(_Shown):
    """The gateway's own body when a key is missing (401), unknown or revoked (403), or a route is throttled (429)."""

    message: str | None


class EventAccepted(_Shown):
    """The event is stored; what it leads to is decided in a moment."""

    status: Literal["accepted"]
    event_id: str
    booking_id: str
    duplicate: bool = Field(description="It was here already, with the same content.")


class EventDecided(_Shown):
    """The event is stored and decided; the order itself may still be on its way."""

    status: Literal["decided"]
    event_id: str
    booking_id: str
    duplicate: bool
    decision: DecisionKind
    reason: str
    code: str | None


class Ignored(_Shown):
    """Understood, and not about anything that concerns this venue."""

    status: Literal["ignored"]


class PosDeliveryAccepted(_Shown):
    """The news is kept; the order will be read from the POS before anything is believed."""

    status: Literal["accepted"]
    duplicate: bool


class Seating(_Shown):
    """One time that the party was seated; each has one order."""

    number: int
    seated_at: datetime
    order_id: str
    pos_order_id: str | None
    outcome: SeatingOutcome


class BookingEvent(_Shown):
    """An event and what was decided on it; `decision` is null until then."""

    event_id: str
    booking_id: str
    occurred_at: datetime | None = Field(description="Null while a thin notice was not fetched.")
    received_at: datetime
    type: Literal["created", "updated"]
    status: str | None
    decision: DecisionKind | None
    reason: str | None = Field(description="In a person's words; may change.")
    code: str | None


class Booking(_Shown):
    """A booking in the state of its newest event."""

    id: str
    venue_id: str
    platform: str
    kind: Literal["booking", "walkin"]
    channel: str | None
    status: BookingStatus | None
    raw_status: str | None
    party_size: int | None
    tables: list[str]
    seatings: list[Seating]
    events: list[BookingEvent]


class PosSide(_Shown):
    """The order in the POS."""

    kind: Literal["kounta"]
    order_id: str | None
    sale_number: str | None
    sale_id: str | None
    status: str | None = Field(description="The POS's own word.", examples=["ACCEPTED"])


class FailedService(_Shown):
    """A system that did not do its part, in words that a person can act on."""

    service: Literal["pos", "driver_tracking"]
    code: str | None = Field(description="Null while nobody knows why.")
    message: str | None = Field(description="The vendor's own words.")
    meaning: str
    action: str
    at: datetime


class OrderWrite(_Shown):
    """One act on the POS."""

    id: str
    what: What
    state: WriteState
    reason: str | None
    code: str | None
    generation: int
    request: Any = Field(
        default=None, description="What was, or would be, sent; while it is kept, for those who may see the guest."
    )


class Attempt(_Shown):
    """One call of the create act."""

    number: int
    trigger: str
    started_at: datetime
    duration_ms: int | None
    outcome: str | None = Field(description="Null while the call is under way.")
    http_status: int | None
    code: str | None
    idempotency_key: str | None
    note: str | None


class Handled(_Shown):
    """Somebody entered the order on the register by hand."""

    at: datetime
    by: str = Field(description="The platform or person that said so.")
    note: str | None
    sale_number: str | None
    pos_order_id: str | None = Field(description="Of the sale with this number, once it was found.")


class ListedOrder(_Shown):
    """An order as lists show it: where it stands. `GET …/orders/{order_id}` shows what was done for it."""

    id: str
    code: str = Field(description="What people say to each other.")
    reference: str | None = Field(description="The platform's own; null for a booking's order.")
    customer_code: str | None
    venue_id: str
    source: Literal["booking", "platform"]
    platform: str
    booking_id: str | None
    table: str | None
    order_type: str | None
    status: OrderStatus
    kept: bool | None = Field(
        description="Null: the POS has not failed. True: it failed, and the order stands: do not refund. False: refund."
    )
    fulfilment: Fulfilment | None
    pos: PosSide
    reject_reason: str | None
    total: Amount | None = Field(description="As the POS counts it; before, what the order's own prices come to.")
    paid: Amount | None
    refunded: Amount | None = Field(description="What was given back, and is in the POS.")
    refund_of: str | None = Field(description="Our order that this one refunds.")
    placed_at: datetime | None
    fulfil_at: datetime | None
    not_taken_up_at: datetime | None = Field(
        description="When people were told that nobody at the register took it up; null once somebody has."
    )
    handled: Handled | None
    failed_services: list[FailedService]
    created_at: datetime
    updated_at: datetime


class OrdersPage(_Shown):
    """Orders, newest first. A page may hold fewer than `limit`, or none, though there is a next one."""

    data: list[ListedOrder]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class Guest(_Shown):
    """Whose order it is."""

    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None


class Notice(_Shown):
    """A person who was told of a failure of the order."""

    channel: Literal["email", "sms", "operations"]
    to_masked: str | None = Field(examples=["d…@example.com"])
    at: datetime
    status: Literal["sent", "failed"] = Field(description="`failed`: it was not taken for sending.")


class Refund(_Shown):
    """An order that gives back (part of) this one."""

    id: str
    reference: str | None
    amount: Amount | None
    status: OrderStatus


class Order(ListedOrder):
    """An order, its acts and the timeline of its attempts. The members that may be missing are those of
    `GET …/orders/{order_id}` alone."""

    writes: list[OrderWrite]
    attempts: list[Attempt]
    customer: Guest | None = Field(
        default=None, description="While it is kept, for the order's platform and for keys with `guests:read`."
    )
    notices: list[Notice] = Field(default_factory=list)
    refunds: list[Refund] = Field(default_factory=list)
    printed_at: datetime | None = Field(default=None, description="When the kitchen first printed of it.")


class SaleLine(_Shown):
    """One line of a sale."""

    product_id: str | None
    name: str | None
    quantity: Number
    total_ex_tax: Amount | None
    tax: Amount | None


class SalePayment(_Shown):
    """One payment of a sale; `amount` without tip."""

    method_id: str | None
    method: str | None
    amount: Amount
    tip: Amount | None
    ref: str | None


class Sale(_Shown):
    """A completed POS order, with or without a booking behind it."""

    id: str
    pos_order_id: str
    sale_number: str | None
    order_id: str | None
    booking_id: str | None
    source: Literal["booking", "platform", "pos"]
    order_type: str | None
    completed_at: datetime
    voided_at: datetime | None
    refund_of: str | None
    covers: int | None
    lines: list[SaleLine]
    payments: list[SalePayment]
    total: Amount
    tax: Amount
    tips: Amount
    service_charge: Amount
    discounts: Amount
    surcharges: Amount
    group_id: str | None
    currency: str


class SalesPage(_Shown):
    """Sales, oldest first."""

    data: list[Sale]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class MenuProduct(_Shown):
    """Something that the site sells; modifiers too."""

    id: str
    name: str
    price: Amount | None = Field(description="Tax included; null when the POS did not tell.")
    price_ex_tax: Amount | None
    tax: Amount | None
    available: bool = Field(description="In stock, as far as the POS counts it.")
    is_modifier: bool
    show_online: bool
    code: str | None
    sku: str | None
    docket_name: str | None
    image: str | None
    categories: list[str] = Field(description="Ids of `categories`.")
    option_sets: list[str] = Field(description="Ids of `option_sets`.")
    variants: list[str]
    variant_parent_id: str | None


class MenuOption(_Shown):
    """A product that an option set offers, at its price there."""

    product_id: str
    name: str
    price: Amount | None
    price_ex_tax: Amount | None
    available: bool
    option_sets: list[str] = Field(description="Ids of those nested in it.")


class MenuOptionSet(_Shown):
    """A choice that belongs to products."""

    id: str
    name: str
    min: int | None
    max: int | None
    instructions: bool = Field(description="Whether No, Extra, Only and On Side may be said of its options.")
    options: list[MenuOption]


class MenuCategory(_Shown):
    """A heading of the menu."""

    id: str
    name: str


class Menu(_Shown):
    """The site's menu as it was imported last."""

    imported_at: datetime
    products: list[MenuProduct]
    option_sets: list[MenuOptionSet]
    categories: list[MenuCategory]


class MenuImportFailure(_Shown):
    """Why the latest import left the menu as it was."""

    code: Literal["menu_empty", "menu_not_imported"]
    at: datetime


class MenuImport(_Shown):
    """An import that waits for its turn or is under way."""

    status: Literal["queued", "running"]
    import_id: str
    why: Literal["asked", "daily", "error"]
    requested_at: datetime
    started_at: datetime | None
    products_read: int
    imported_at: datetime | None = Field(description="Of the menu that there is.")
    last_failure: MenuImportFailure | None = Field(description="Null since an import succeeded.")


class Health(_Shown):
    """The relay answers."""

    status: Literal["ok"]


class WebhookEndpoint(_Shown):
    """Where a platform is told."""

    id: str
    url: str
    types: list[str] = Field(description="Empty: all.")
    venues: list[str] = Field(description="Those of the key that set it up; `*` is every venue.")
    contact_email: str | None
    state: EndpointState
    reason: Literal["by_owner", "failing", "gone"] | None = Field(description="Why it is not active.")
    failing_since: datetime | None
    created_at: datetime
    secret_created_at: datetime | None


class WebhookEndpointSet(WebhookEndpoint):
    """The endpoint as it is now; `secret` only when it is new: it is shown this once."""

    secret: str | None = Field(default=None, examples=["whsec_…"])


class WebhookEndpoints(_Shown):
    """All endpoints that the key may manage."""

    data: list[WebhookEndpoint]
    next: None


class WebhookEndpointRemoved(_Shown):
    """It is gone; deliveries on their way to it are cancelled."""

    status: Literal["removed"]
    id: str


class WebhookTestAccepted(_Shown):
    """A `webhook.test` event is on its way."""

    status: Literal["accepted"]
    event_id: str


class WebhookAttempt(_Shown):
    """One post."""

    number: int
    manual: bool = Field(description="By a replay.")
    started_at: datetime
    ended_at: datetime | None = Field(description="Null while it is under way, or when nobody knows how it ended.")
    http_status: int | None
    error: Literal["not_connected", "no_answer", "forbidden_address"] | None


class WebhookDelivery(_Shown):
    """One event on its way to one endpoint."""

    event_id: str = Field(description="The `webhook-id`, the same at every attempt.")
    type: str
    venue_id: str | None
    state: DeliveryState
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: list[WebhookAttempt] = Field(description="The latest 30.")


class WebhookDeliveriesPage(_Shown):
    """Deliveries by the time of their event, oldest first."""

    data: list[WebhookDelivery]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class WebhookReplayAccepted(_Shown):
    """So many are on their way again."""

    status: Literal["accepted"]
    replayed: int
    next: str | None = Field(description="`cursor` of the next call when there were more; null when that was all.")
