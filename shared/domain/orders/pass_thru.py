"""Whether an order goes straight to the kitchen's printer, and with which status (Kounta docs: Pass Thru Printing)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.orders.request import OrderRequest
from shared.domain.venues import Venue

PRINTABLE_STATUSES = ("ON_HOLD", "PENDING")
REGISTERS_OFFLINE = "pass_thru_register_offline"
"""The code of Kounta's refusal when neither the named nor the default register is online."""
NOT_PAID = "pass_thru_not_paid"
"""The code of its refusal of a PENDING one that is not paid in full."""


class PassThruReason(StrEnum):
    """Why an order is printed straight through, or is sent as a normal one."""

    ASKED = "asked"
    """The platform asked for it."""
    VENUE = "venue"
    """The platform said nothing and the venue's switch is on."""
    NOT_ASKED = "not_asked"
    VENUE_OFF = "venue_off"
    """It was asked for, but the venue's switch is off: that wins, always."""
    NOTHING_TO_PRINT = "nothing_to_print"
    REFUND = "refund"
    """Money that goes back is nothing to cook; printed only when the platform asks for it."""
    PREORDER = "preorder"
    """The venue's switch alone does not print today what is for later."""
    COMPLETE = "complete"
    """Fulfilled and paid already: Kounta prints ON_HOLD and PENDING only."""
    UNPAID = "unpaid"
    """PENDING without payments, which Kounta refuses."""


@dataclass(frozen=True, slots=True)
class PassThruDecision:
    """What is sent. `status`: the order's, which pass-thru may have changed from SUBMITTED to ON_HOLD."""

    prints: bool
    reason: PassThruReason
    status: str
    register_id: str | None = None
    """The register that prints; None: the site's default one. Kounta falls back to that when this one is offline."""


def decide_pass_thru(
    venue: Venue, request: OrderRequest, *, status: str | None = None, asked: bool | None = None
) -> PassThruDecision:
    """How an order is sent that would have `status` (None: the request's) as a normal one.

    `asked` overrides what the request says, as after a refusal because registers are offline (False).

    SUBMITTED is what an order is when nobody said otherwise; printed straight through it goes ON_HOLD, from where
    Kounta moves it on when it is paid. Whether a PENDING one is paid in full is Kounta's to say: the order's total
    depends on its prices and taxes.
    """
    status = status or request.status
    asked = request.pass_thru_printing if asked is None else asked
    if refused := _why_not(venue, request, status, asked):
        return PassThruDecision(False, refused, status)
    return PassThruDecision(
        prints=True,
        reason=PassThruReason.ASKED if asked else PassThruReason.VENUE,
        status=status if status in PRINTABLE_STATUSES else "ON_HOLD",
        register_id=request.pass_thru_printing_register or venue.pass_thru_register,
    )


def is_sent_normally_after(code: str | None, venue: Venue, request: OrderRequest) -> bool:
    """Whether a pass-thru order that was refused with this code is sent once more as a normal one.

    Registers offline: as the venue chose. Not paid in full: when only the venue's switch wanted it printed; a platform
    that asked for it is told.
    """
    if code == REGISTERS_OFFLINE:
        return venue.when_registers_offline == "send_normally"
    return code == NOT_PAID and request.pass_thru_printing is None


def _why_not(venue: Venue, request: OrderRequest, status: str, asked: bool | None) -> PassThruReason | None:
    if asked is False or (asked is None and venue.pass_thru != "on"):
        return PassThruReason.NOT_ASKED
    if venue.pass_thru == "off":
        return PassThruReason.VENUE_OFF
    if request.is_empty:
        return PassThruReason.NOTHING_TO_PRINT
    if status == "COMPLETE":
        return PassThruReason.COMPLETE
    if status == "PENDING" and not request.payments:
        return PassThruReason.UNPAID
    if asked is None and request.original_order_id is not None:
        return PassThruReason.REFUND
    if asked is None and status == "ON_HOLD" and request.status == "SUBMITTED":
        return PassThruReason.PREORDER
    return None
