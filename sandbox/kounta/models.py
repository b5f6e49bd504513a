"""What the sandbox's Kounta keeps. Money is Decimal in the company's currency; times are aware UTC."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Kept(BaseModel):
    """A stored row; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Tax(Kept):
    """A tax rate, 0.1 = 10 %."""

    id: int = 91
    name: str = "GST"
    rate: Decimal = Decimal("0.1")


class Register(Kept):
    """One till. `sale_prefix` begins its sale numbers."""

    id: int
    code: str = "T1"
    name: str
    sale_prefix: str = "SP"


class Section(Kept):
    """A part of a site's floor and what its tables are called."""

    name: str
    tables: list[str]


class Site(Kept):
    """One restaurant. Without sections it has not got the Tables add-on."""

    id: int
    name: str
    registers: list[Register] = Field(min_length=1)
    sections: list[Section] = []


class Product(Kept):
    """Something to sell; `unit_price` is before tax."""

    id: int
    name: str
    code: str = ""
    unit_price: Decimal


class PaymentMethod(Kept):
    """A way to pay."""

    id: int
    name: str
    ledger_code: str = ""


class StaffMember(Kept):
    """Somebody who works a register."""

    id: int
    first_name: str
    last_name: str


class Company(Kept):
    """One Kounta account with everything set up in its back office."""

    id: int
    name: str
    currency: str = "AUD"
    utc_offset: str = Field(default="+11:00", pattern=r"^[+-]\d\d:\d\d$")
    timezone: str = "Australia/Sydney"
    tax: Tax = Tax()
    sites: list[Site] = Field(min_length=1)
    products: list[Product] = []
    payment_methods: list[PaymentMethod] = []
    staff: list[StaffMember] = []

    def site(self, site_id: int) -> Site | None:
        """A site by id."""
        return next((site for site in self.sites if site.id == site_id), None)

    def register(self, register_id: int) -> tuple[Site, Register] | None:
        """A register by id, with its site."""
        return next(
            ((site, till) for site in self.sites for till in site.registers if till.id == register_id),
            None,
        )

    def product(self, product_id: int) -> Product | None:
        """A product by id."""
        return next((product for product in self.products if product.id == product_id), None)

    def payment_method(self, method_id: int) -> PaymentMethod | None:
        """A payment method by id."""
        return next((method for method in self.payment_methods if method.id == method_id), None)


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
    total_ex_tax: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)


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
    original_order_id: int | None = None
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
    def due(self) -> Decimal:
        """What is still to pay; negative when overpaid."""
        return self.total - self.paid

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
    product_out_of_stock: list[int] = []
    product_gone: list[int] = []


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
    sites: dict[int, SiteCondition] = {}

    def site(self, site_id: int) -> SiteCondition:
        """The condition of a site."""
        return self.sites.get(site_id) or SiteCondition()
