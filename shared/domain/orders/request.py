"""An order as a platform asks for it: all that Kounta takes, in the names of Kounta's own document (Kounta docs: Create
an order, Create with Option Sets, Refund an order, Pass Thru Printing; Lines; Payments)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.domain.bookings.events import Customer

STATUSES = ("SUBMITTED", "ON_HOLD", "PENDING", "COMPLETE")
"""Statuses that an order may be created with: never ACCEPTED (Kounta docs: Create an order), nor REJECTED."""
ORDER_TYPES = ("Dine in", "Takeaway", "Pickup", "Delivery", "Catering", "Drive Thru")
LOCKS = ("NEW_LINES", "PAYMENTS", "APP_PAYMENT", "DELETE", "ALL")
INSTRUCTIONS = ("No", "Extra", "Only", "On Side")


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line. `unit_price` is without tax and wins over `unit_price_inc_tax`; with neither, the site's price counts.

    modifiers: product ids; `-` before one negates it ("no sugar"). The same one may stand there twice.
    price_variation: a coefficient (0.9 = 10 % off); price_fixed_variation: an amount (-2.00 = $2 off).
    """

    product_id: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    unit_price_inc_tax: Decimal | None = None
    price_variation: Decimal | None = None
    price_fixed_variation: Decimal | None = None
    notes: str | None = None
    modifiers: tuple[str, ...] = ()
    option_sets: tuple[OptionSetRequest, ...] = ()
    """For a line that is added to an open order: instead of modifiers (Kounta docs: Lines)."""


@dataclass(frozen=True, slots=True)
class OptionSetRequest:
    """What is chosen of one option set."""

    option_set_id: str
    options: tuple[OptionRequest, ...]


@dataclass(frozen=True, slots=True)
class OptionRequest:
    """A product with its chosen option sets, nested as deep as they are. It has no quantity: it is repeated."""

    product_id: str
    unit_price: Decimal | None = None
    unit_price_inc_tax: Decimal | None = None
    instructions: str | None = None
    """One of `INSTRUCTIONS`, where the option set supports them."""
    option_sets: tuple[OptionSetRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment; negative: a refund. `tip` stands beside `amount`. `ref`: by which we find it again in the POS."""

    amount: Decimal
    method_id: str | None = None
    """None: our add-on's own payment method (Kounta docs: Payments)."""
    ref: str | None = None
    tip: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a delivery goes."""

    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order. Holds guests' data: kept only as long as those may be kept.

    Only `reference` is needed: an order without lines is one to which later calls add (Kounta docs: blank order).
    """

    reference: str
    """The platform's own id of the order, once for each (platform, venue)."""
    customer_code: str | None = None
    """What the platform tells the customer to say at the counter."""
    status: str = "SUBMITTED"
    register_id: str | None = None
    """Instead of the venue's site or register."""
    order_type: str | None = None
    table: str | None = None
    guests: int | None = None
    customer: Customer | None = None
    customer_id: str | None = None
    """A customer of the POS; else one is looked up or made from `customer`."""
    delivery_address: Address | None = None
    notes: str | None = None
    lines: tuple[LineRequest, ...] = ()
    options: tuple[OptionRequest, ...] = ()
    payments: tuple[PaymentRequest, ...] = ()
    price_variation: Decimal | None = None
    price_fixed_variation: Decimal | None = None
    price_limit: Decimal | None = None
    lock: tuple[str, ...] = ()
    complete_when_paid: bool | None = None
    enable_alert_sound: bool | None = None
    prompt_for_reject_reason: bool | None = None
    pass_thru_printing: bool | None = None
    """None: as the venue is set up."""
    pass_thru_printing_register: str | None = None
    callback_uri: str | None = None
    """The platform's own address; we call it. Kounta is given ours."""
    placed_at: datetime | None = None
    fulfil_at: datetime | None = None
    original_order_id: str | None = None
    """A refund: the POS's id of the order that it refunds, which must be COMPLETE."""
    sale_number: str | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing to sell on it (yet)."""
        return not self.lines and not self.options


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """What is changed of an open order (Kounta docs: Update an order); None: stays as it is."""

    status: str | None = None
    notes: str | None = None
    order_type: str | None = None
    guests: int | None = None
    customer_id: str | None = None
    price_variation: Decimal | None = None
    price_fixed_variation: Decimal | None = None
    price_limit: Decimal | None = None
    lock: tuple[str, ...] | None = None
    complete_when_paid: bool | None = None
    enable_alert_sound: bool | None = None
    prompt_for_reject_reason: bool | None = None
    placed_at: datetime | None = None
    fulfil_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A message on the registers (Kounta docs: Notifications)."""

    message: str
    broadcast_level: str = "now"
    """`now`: at once; `order`: beside the order."""
    alert_colour: str = "orange"
    duration_s: int = 30
    register_ids: tuple[str, ...] = ()
    staff_ids: tuple[str, ...] = ()
    expires: datetime | None = None
