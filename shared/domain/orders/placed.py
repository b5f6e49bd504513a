"""What an order is beyond its lines when a platform placed it, and what was decided of it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Fulfilment(StrEnum):
    """How far the venue is with a platform's order, in its order of time."""

    NEW = "new"
    ACCEPTED = "accepted"
    READY = "ready"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Handled:
    """Somebody entered the order by hand: nothing sends it any more."""

    at: datetime
    by: str
    """The platform or person that said so."""
    note: str | None = None
    sale_number: str | None = None
    """The POS's number of the sale that was entered, or the id on its receipt, so that it counts once."""
    pos_order_id: str | None = None
    """That sale's order in the POS, once it was found."""

    @property
    def sale_name(self) -> str | None:
        """What the sale is found by; None: nobody said."""
        return sale_name(self.sale_number) or None


def sale_name(written: str | None) -> str:
    """A sale's number, or the id on its receipt, as people write it, made comparable: `HS-1024`, `#hs 1024`."""
    return "".join(letter for letter in (written or "").casefold() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Placed:
    """One placed order. Holds no guest data."""

    reference: str
    fingerprint: str
    """Of the content, to tell a repeated request from a reference used twice."""
    customer_code: str | None = None
    table: str | None = None
    order_type: str | None = None
    status: str = "SUBMITTED"
    """In which it is to stand in the POS: that it was sent with, or to which its platform moved it since."""
    total: Decimal | None = None
    """What its prices and variations come to, when every price was given."""
    paid: Decimal = Decimal(0)
    tips: Decimal = Decimal(0)
    payment_refs: tuple[str, ...] = ()
    line_count: int = 0
    placed_at: datetime | None = None
    fulfil_at: datetime | None = None
    callback_uri: str | None = None
    """The platform's own address, which we call."""
    refund_of: str | None = None
    """Our order that this one refunds."""
    fulfilment: Fulfilment = Fulfilment.NEW
    kept: bool | None = None
    """None: the POS has not failed. True: it failed, and the order stands. False: it failed for good, refund."""
    refund_announced_at: datetime | None = None
    """When the platform was told to refund: nothing sends the order after that."""
    handled: Handled | None = None
    cancelled_at: datetime | None = None
    refunded: Decimal = Decimal(0)
    """What was given back of it and is in the POS as refunds."""
    prints: bool = False
    """Whether it was sent to print straight in the kitchen."""
    pass_thru_off: bool = False
    """Sent as a normal order because the pass-thru registers were offline."""
    not_taken_up_at: datetime | None = None
    """When people were told that the register has not taken the order up."""

    @property
    def is_new(self) -> bool:
        """Whether nobody has taken it on yet."""
        return self.fulfilment is Fulfilment.NEW

    @property
    def is_paid(self) -> bool:
        """Whether money was taken for it."""
        return self.paid > 0

    @property
    def due(self) -> datetime | None:
        """When it is to be ready, else when it was placed."""
        return self.fulfil_at or self.placed_at
