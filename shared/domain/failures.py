"""Failures: what went wrong for somebody's order or booking, in words that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.online.failure_words import ONLINE_WORDS
from shared.domain.words import Words


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure on a person's list. Holds no guest data."""

    id: str
    venue_id: str
    code: str
    at: datetime
    subject: str
    """Record id."""
    platform: str = ""
    order_id: str | None = None
    order_code: str | None = None
    booking_id: str | None = None
    reference: str | None = None
    """The platform's own id of a placed order."""
    kept: bool | None = None
    """What a placed order that the POS has not got has come to: it stands (true), or is paid back (false)."""
    pos_order_id: str | None = None
    tables: tuple[str, ...] = ()
    message: str | None = None
    """The POS's own words."""
    note: str | None = None
    """Our own: what the code alone does not say."""
    emails: tuple[str, ...] = ()
    """Who is told beside the venue's people."""
    notified_at: datetime | None = None


def words_for(code: str) -> Words:
    """What a code means; one we have no words for is shown honestly."""
    return WORDS.get(code, UNKNOWN)


UNKNOWN = Words(
    "The order is not in the POS",
    "The POS refused the order with a reason that we do not know.",
    "Enter the order on the register by hand, and tell support what the POS said.",
)

WORDS: Mapping[str, Words] = {
    **ONLINE_WORDS,
    "order_has_items_or_payments": Words(
        "Booking moved back, but its order has items or payments",
        "The booking is no longer seated. Its POS order already has items or payments on it, so it was not deleted.",
        "Check the table. If the party never sat down, clear and delete the order on the register.",
    ),
    "order_not_readable": Words(
        "Booking moved back, but its order could not be read",
        "The POS would not show us the order, so nobody knows whether it has items. It was not deleted.",
        "Check the order on the register, and delete it there if the party never sat down.",
    ),
    "may_already_be_in_pos": Words(
        "Order may or may not be in the POS",
        "The POS did not say clearly what became of the order. We are looking for it and will not send it twice.",
        "Look at the register. Do nothing else yet: if it is not there in a few minutes, it is sent again by itself.",
    ),
    "match_unconfirmed": Words(
        "Order found in the POS, but not surely ours",
        "An order with our mark is in the POS, but it cannot be confirmed. We will not send another one.",
        "Compare the register with the booking or the platform, and keep exactly one order.",
    ),
    "finished_before_sent": Words(
        "Party finished before its order was sent",
        "The booking was finished while its order still waited for the POS. It was not sent.",
        "If the party ate, enter the sale on the register by hand.",
    ),
    "too_old": Words(
        "Order not sent: too late",
        "The POS could not be reached for so long that a new order would only confuse the kitchen.",
        "If the guests are still waiting for it, enter the order on the register by hand.",
    ),
    "order_stands": Words(
        "Party seated again, earlier order kept",
        "The order of the earlier seating could not be removed, so no second one was made.",
        "Go on with the order that is on the register.",
    ),
    "pos_unreachable": Words(
        "The POS cannot be reached",
        "The order could not be delivered to the POS. It is certain that it is not there.",
        "Enter the order on the register by hand.",
    ),
    "pos_error": Words(
        "The POS answers with errors",
        "The POS failed to take the order several times. We looked: it is not there.",
        "Enter the order on the register by hand.",
    ),
    "rate_limited": Words(
        "The POS asks us to slow down",
        "The POS took no more calls for five minutes. The order is not there.",
        "Enter the order on the register by hand.",
    ),
    "permission_lost": Words(
        "The POS does not accept our access any more",
        "The person who connected the POS may have left or lost the right. Orders cannot be sent.",
        "Connect the POS again with an administrator's account. Until then enter orders by hand.",
    ),
    "product_not_at_site": Words(
        "A product is not sold at this site",
        "The POS does not know one of the products at this site.",
        "Check the product in the POS and import the menu again.",
    ),
    "product_out_of_stock": Words(
        "A product is out of stock",
        "The POS has none left of one of the products.",
        "Correct the stock in the POS, or agree with the guest on something else.",
    ),
    "menu_empty": Words(
        "The POS shows an empty menu",
        "The menu was to be imported, and the POS listed no product at all for this site. The earlier menu stays.",
        "Check in the POS that products are sold at this site, then import the menu again.",
    ),
    "menu_not_imported": Words(
        "The menu could not be imported",
        "The POS would not give us its menu. The earlier menu stays, and gets older; we go on trying.",
        "Check the connection to the POS (posrelay venue check), then import the menu again.",
    ),
    "online_ordering_paused": Words(
        "Online ordering is paused in the POS",
        "The venue has switched online ordering off in the POS.",
        "Switch online ordering on again in the POS, or enter the order by hand.",
    ),
    "pass_thru_register_offline": Words(
        "The pass-thru register is offline",
        "The terminal that prints such orders is not online.",
        "Wake the terminal up, or switch pass-thru printing off.",
    ),
    "driver_tracking_failed": Words(
        "No driver was booked",
        "The driver-tracking service cannot be reached or answers with errors. The order in the POS is not affected.",
        "Book a driver for this delivery by hand.",
    ),
    "driver_tracking_refused": Words(
        "Driver tracking refused the delivery",
        "The driver-tracking service does not take this delivery. The order in the POS is not affected.",
        "Book a driver by hand. If every delivery is refused, check the service's address and secret.",
    ),
    "product_unknown": Words(
        "A product is not in the POS any more",
        "The POS does not know one of the products of the order.",
        "Import the menu again, and correct the product in the platform's menu.",
    ),
    "option_not_in_set": Words(
        "A choice is not in the menu any more",
        "One of the chosen options does not belong to its option set in the POS.",
        "Import the menu again, and correct the option set in the platform's menu.",
    ),
    "option_set_not_of_product": Words(
        "An option set is not in the menu any more",
        "In the POS the product of the order does not have one of the chosen option sets.",
        "Import the menu again, and correct the product in the platform's menu.",
    ),
    "instructions_not_supported": Words(
        "An instruction is not possible",
        "The order says No, Extra, Only or On Side of an option whose set does not take instructions in the POS.",
        "Allow instructions for the option set in the POS, or take them out of the platform's menu.",
    ),
    "pass_thru_not_paid": Words(
        "Not printed: the order is not paid in full",
        "An order that is printed straight through must be paid in full, or be on hold.",
        "Enter the order on the register by hand, and tell the platform.",
    ),
    "pass_thru_wrong_status": Words(
        "Not printed: the order has the wrong status",
        "An order that is printed straight through must be on hold or awaiting payment.",
        "Enter the order on the register by hand, and tell the platform.",
    ),
    "order_complete": Words(
        "The order is complete",
        "It is fulfilled and paid in the POS, where nothing of it can be changed any more.",
        "Make a refund or a new order on the register.",
    ),
    "order_accepted": Words(
        "The order is accepted already",
        "The kitchen has the order; the POS lets nobody but staff change its lines.",
        "Change the order on the register.",
    ),
    "order_locked": Words(
        "The order is locked in the POS",
        "The POS does not let us change the order now.",
        "Change the order on the register.",
    ),
    "part_of_option_set": Words(
        "The line belongs to an option set",
        "The POS changes an option set only as a whole.",
        "Take the option set off the order and add it again as it should be.",
    ),
    "order_gone": Words(
        "The order is not in the POS any more",
        "The POS does not know the order: it was probably deleted on the register.",
        "Ask the staff at the register whether it was deleted on purpose.",
    ),
    "line_gone": Words(
        "The line is not on the order any more",
        "The POS does not know the line or its order: somebody took it off.",
        "Look at the order on the register.",
    ),
    "option_set_gone": Words(
        "The option set is not on the order any more",
        "The POS does not know the option set or its order: somebody took it off.",
        "Look at the order on the register.",
    ),
    "payment_gone": Words(
        "The payment is not on the order any more",
        "The POS does not know the payment or its order.",
        "Look at the order on the register, and enter the payment by hand if it is missing.",
    ),
    "original_not_complete": Words(
        "Refund of an order that is not complete",
        "The POS refunds complete orders only.",
        "Complete the original order on the register, or reject it there.",
    ),
    "original_unknown": Words(
        "Refund of an order that the POS does not know",
        "The original order is not in the POS, or belongs to another company.",
        "Give the money back by hand, and enter the refund on the register.",
    ),
    "not_fully_paid": Words(
        "The order is not paid in full",
        "The POS completes an order only when nothing is left to pay.",
        "Take the rest of the payment on the register.",
    ),
    "above_price_limit": Words(
        "The order is above its price limit",
        "The order comes to more in the POS than the platform allowed.",
        "Compare the prices of the platform's menu with those of the POS.",
    ),
    "customer_unknown": Words(
        "The customer is not in the POS",
        "The POS does not know the customer that the order names.",
        "Send the order without the customer, or link the customer again.",
    ),
    "payment_method_unknown": Words(
        "The payment method is not in the POS",
        "The POS does not know the method by which the order was paid.",
        "Correct the payment method in the platform's settings, then send the order again.",
    ),
    "payment_method_missing": Words(
        "A payment without a method",
        "Our app is no payment method of this POS, so every payment must name one.",
        "Name a payment method in the platform's settings, then send the order again.",
    ),
    "register_unknown": Words(
        "The register is not in the POS",
        "The POS does not know the register at this site.",
        "Correct the register in the platform's or the venue's settings, then send the order again.",
    ),
    "site_unknown": Words(
        "The site is not in the POS",
        "The POS does not know the venue's site.",
        "Correct the venue's site id: posrelay venue check names the fault.",
    ),
    "too_many_notifications": Words(
        "Staff were not told: too many messages",
        "The POS shows five messages for an order, no more.",
        "Tell the staff in another way.",
    ),
    "invalid_data": Words(
        "The order has content that the POS does not take",
        "The POS names the place in the order and what is wrong there.",
        "Pass the POS's words on to the platform. Until it is corrected, enter such orders by hand.",
    ),
    "status_not_allowed": Words(
        "The order's status is not allowed",
        "The POS takes no new order with this status.",
        "Pass this on to the platform, and enter the order on the register by hand.",
    ),
    "invalid_request": Words(
        "The POS did not understand our call",
        "The fault is ours, not yours.",
        "Enter the order on the register by hand, and tell support.",
    ),
    "invalid_idempotency_key": Words(
        "The POS did not take our key",
        "The fault is ours, not yours: the key that keeps an order from being made twice was refused.",
        "Enter the order on the register by hand, and tell support.",
    ),
    "undo_failed": Words(
        "Order could not be deleted",
        "The booking is no longer seated, but the POS did not let us delete its order.",
        "Delete the order on the register.",
    ),
    "update_failed": Words(
        "A change did not reach the POS order",
        "Table, covers, notes or deposit of a seated booking changed, and the POS did not take the change.",
        "Look at the booking and correct the order on the register.",
    ),
    "finish_failed": Words(
        "The booking platform was not told what was spent",
        "The order is paid, but the booking could not be set to Finished.",
        "Set the booking to Finished in the booking platform.",
    ),
    "lines_after_delete": Words(
        "Items were added to an order while it was deleted",
        "Somebody entered items at the very moment the order was removed.",
        "Enter these items again on a new order.",
    ),
    "booking_not_readable": Words(
        "A booking could not be fetched",
        "The booking platform told us of a change, but does not let us read the booking.",
        "Check the API key of the booking platform. If the party is seated, open its order by hand.",
    ),
    "webhook_endpoint_paused": Words(
        "A webhook endpoint was paused",
        "The platform's endpoint took none of our deliveries for days. New events are kept for 30 days, not sent.",
        "Repair the endpoint, set it up again (PUT), then replay the time that it missed.",
    ),
    "webhook_endpoint_gone": Words(
        "A webhook endpoint was switched off",
        "The platform's endpoint answered 410 Gone, which means: send no more. New events are kept for 30 days.",
        "If that was a mistake, set the endpoint up again (PUT), then replay the time that it missed.",
    ),
    "writer_crashed": Words(
        "A booking or order could not be worked on",
        "Our own software failed on it several times. Operations were told.",
        "If the party is seated or the guest has paid, and the order is not on the register, enter it by hand.",
    ),
}
