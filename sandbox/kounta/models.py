"""What the sandbox's Kounta keeps. Money is Decimal in the company's currency; times are aware UTC."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.kounta.back_office import Tax


class Kept(BaseModel):
    """A stored row; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Client(Kept):
    """An app that calls: its credentials, its webhook signature token, the companies that let it in."""

    id: str
    secret: str
    auth: str = Field(default="basic", pattern="^(basic|oauth)$")
    signature_token: str
    companies: list[int]
    redirect_uris: list[str] = []


class Grant(Kept):
    """An authorization code, access token or refresh token."""

    token: str
    kind: str
    client_id: str
    company_ids: list[int]
    expires_at: datetime | None = None
    redirect_uri: str | None = None


class Line(Kept):
    """One line of an order. `unit_price` is before tax."""

    number: int
    line_id: str
    product_id: int
    product_name: str
    quantity: Decimal
    unit_price: Decimal
    tax: Tax
    price_variation: Decimal = Decimal(1)
    price_fixed_variation: Decimal = Decimal(0)
    modifiers: list[int] = []
    notes: str = ""
    sku: str | None = None
    part_of_option_set: bool = False
    course_name: str | None = None
    course_ordinal: int | None = None
    course_status: str = "no status"
    total_ex_tax: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)


class ChosenOption(Kept):
    """A product chosen with or in an option set; `line_number` is the order line that stands for it."""

    product_id: int
    line_number: int
    instructions: str | None = None
    option_sets: list[ChosenSet] = []

    def line_numbers(self) -> set[int]:
        """The lines of the choice and of everything nested in it."""
        nested = (option for chosen in self.option_sets for option in chosen.options)
        return {self.line_number}.union(*(option.line_numbers() for option in nested))


class ChosenSet(Kept):
    """What was chosen of one option set."""

    option_set_id: int
    name: str
    options: list[ChosenOption]


class Payment(Kept):
    """One payment; `amount` is without the tip."""

    id: int
    number: int
    method_id: int
    method_name: str
    amount: Decimal
    tip: Decimal = Decimal(0)
    ref: str | None = None
    created_at: datetime


class Notice(Kept):
    """A notification shown on the POS beside an order."""

    id: int
    message: str
    broadcast_level: str = "order"
    alert_colour: str = "green"
    duration_s: int = 10
    created_at: datetime


class ListedOrder(Kept):
    """What lists show of an order since `at`; lists lag, so older versions are kept for a while."""

    at: datetime
    status: str
    deleted: bool
    notes: str
    register_id: int | None
    staff_id: int | None
    customer_id: int | None
    total: Decimal
    total_tax: Decimal
    paid: Decimal
    tips: Decimal
    discounted: bool
    on_account: bool
    is_refund: bool = False


class Order(Kept):
    """An order, sale or invoice."""

    id: int
    saleid: str
    sale_number: str
    company_id: int
    client_id: str | None
    site_id: int
    register_id: int | None = None
    staff_id: int | None = None
    status: str
    deleted: bool = False
    notes: str = ""
    order_type: str | None = None
    guests: int | None = None
    customer_id: int | None = None
    lines: list[Line] = []
    options: list[ChosenOption] = []
    payments: list[Payment] = []
    notices: list[Notice] = []
    price_variation: Decimal = Decimal(1)
    price_fixed_variation: Decimal = Decimal(0)
    price_limit: Decimal | None = None
    lock: list[str] = []
    callback_uri: str | None = None
    complete_when_paid: bool = True
    enable_alert_sound: bool = True
    prompt_for_reject_reason: bool = False
    reject_reason: list[dict[str, Any]] = []
    pass_thru_printing: bool = False
    pass_thru_printing_register: int | None = None
    printed: bool = False
    printed_by: int | None = None
    original_order_id: int | None = None
    tip_service_percent: Decimal | None = None
    tip_service_amount: Decimal | None = None
    group_id: int | None = None
    grouped_at: datetime | None = None
    group_finalised: bool = False
    placed_at: str | None = None
    fulfil_at: str | None = None
    created_at: datetime
    updated_at: datetime
    total: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)
    listed: list[ListedOrder] = []

    @property
    def paid(self) -> Decimal:
        """What has been paid, without tips."""
        return sum((payment.amount for payment in self.payments), Decimal(0))

    @property
    def tips(self) -> Decimal:
        """Tips paid."""
        return sum((payment.tip for payment in self.payments), Decimal(0))

    @property
    def tip_service(self) -> Decimal:
        """The tip or service charge put on at the register; part of a full payment (Kounta docs: Get an order)."""
        if self.tip_service_amount is not None:
            return self.tip_service_amount
        percent = self.tip_service_percent or Decimal(0)
        return (self.total * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def tip_service_paid(self) -> Decimal:
        """What has been paid towards it: tips, and what was paid beyond the total."""
        beyond = max(self.paid - self.total, Decimal(0))
        return min(self.tips + beyond, self.tip_service) if self.tip_service else self.tips

    @property
    def tip_service_due(self) -> Decimal:
        """What of it is still to pay."""
        return self.tip_service - self.tip_service_paid if self.tip_service else Decimal(0)

    @property
    def due(self) -> Decimal:
        """What is still to pay, the service charge included; negative when overpaid or to be paid back."""
        return self.total + self.tip_service - self.paid - min(self.tips, self.tip_service)

    @property
    def settled(self) -> bool:
        """Nothing is left to pay; of a refund, nothing to pay back."""
        return self.due <= 0 if self.total >= 0 else self.due >= 0

    @property
    def is_refund(self) -> bool:
        """Gives money back, or refers to the sale that it gives back."""
        return self.original_order_id is not None or self.total < 0

    @property
    def live(self) -> bool:
        """Neither deleted nor rejected."""
        return not self.deleted and self.status != "REJECTED"


class Customer(Kept):
    """A guest in a company's customer list. `references` are per app."""

    id: int
    company_id: int
    first_name: str
    last_name: str = ""
    email: str | None = None
    phone: str | None = None
    references: dict[str, str] = {}
    extra: dict[str, Any] = {}


class Subscription(Kept):
    """A webhook registered by one client at one company."""

    id: int
    company_id: int
    client_id: str
    topic: str
    address: str
    format: str = "json"
    filter: dict[str, list[int]] = {}
    headers: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime


class IdempotencyRecord(Kept):
    """The first answer given under an idempotency key."""

    scope: str
    digest: str
    first_used_at: datetime
    busy_until: datetime | None = None
    status: int
    headers: dict[str, str]
    body: str


class SiteCondition(Kept):
    """What is wrong at a site right now."""

    site_offline: bool = False
    online_ordering_paused: bool = False
    pass_thru_register_offline: bool = False
    registers_offline: list[int] = []
    product_out_of_stock: list[int] = []
    product_gone: list[int] = []


class Topics(Kept):
    """What the webhook topics are called. Only the first two are known; the others are guesses, hence settings."""

    completed: str = "orders/completed"
    deleted: str = "orders/deleted"
    customer_linked: str = "orders/customer_linked"
    customer_unlinked: str = "orders/customer_unlinked"
    kitchen_print: str = "orders/kitchen_print"
    group_finalised: str = "orders/group_finalised"


class Switches(Kept):
    """Habits that can be changed while the sandbox runs. Times are seconds, limits calls a minute (0 = none)."""

    list_lag_s: float
    basic_per_minute: int
    oauth_per_minute: int
    idempotency_ttl_s: float
    access_token_ttl_s: int
    permission_lost: bool = False
    delete_answers_405: bool = False
    expired_token_status: int = 401
    me_redirects: bool = False
    replay_location: bool = True
    driver_tracking_down: bool = False
    topics: Topics = Topics()
    sites: dict[int, SiteCondition] = {}

    def site(self, site_id: int) -> SiteCondition:
        """The condition of a site."""
        return self.sites.get(site_id) or SiteCondition()
