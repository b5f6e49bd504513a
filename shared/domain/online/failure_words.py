"""What went wrong with a platform's order, in words for whoever runs the floor just then."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.words import Words

_CHECKUP = (
    "Basic POS checkup: the device is on and charged, not locked or asleep, loads web pages, and the POS app is open."
)
_SYNC = "Force sync or restart POS: sync from the app's menu, or quit the app and start it again."
_ACCEPT = "Still not there: accept the order here, so that the guest knows, work from it, and set it to ready in time."

ONLINE_WORDS: Mapping[str, Words] = {
    # what was asked of an order and did not come about
    "accept_failed": Words(
        "Accepted, but the POS still shows it as new",
        "The order was accepted outside the POS, and the POS did not take that over. The guest may count on it.",
        "Accept it on the register, so that it does not go on waiting there.",
    ),
    "not_taken_up": Words(
        "The register has not taken up an order",
        "The order is in the POS and the site is online, but nobody has accepted or opened it: the register may not "
        "show it.",
        "Check the register, then sync or restart its POS app. Still nothing: accept the order here.",
        steps=(
            _CHECKUP,
            _SYNC,
            _ACCEPT,
            "On iPads: follow Lightspeed's iOS websockets troubleshooting on every device. A known fault keeps new "
            "online orders from the app.",
            "Contact Lightspeed support, and ask them to review the site's connectivity.",
        ),
    ),
    "not_taken_up_site_offline": Words(
        "No register is on, and an order waits",
        "The order is in the POS, but no device of the site is in use or connected, so nobody sees it.",
        "Switch a register on and open its POS app. Still nothing: accept the order here.",
        steps=(_CHECKUP, _SYNC, _ACCEPT, "Contact Lightspeed support if the site stays offline."),
    ),
    "cancel_failed": Words(
        "A cancelled order is still in the POS",
        "The order was called off, and the POS did not let us take it out. The kitchen may be cooking it.",
        "Stop it in the kitchen and reject or delete it on the register.",
    ),
    "payment_not_entered": Words(
        "A payment is missing on the register",
        "Money was taken for the order, and the POS has not got that payment.",
        "Enter the payment on the register. Do not charge the guest again.",
    ),
    "change_failed": Words(
        "A change did not reach the order",
        "The platform changed the order, and the POS did not take the change.",
        "Compare the order on the register with the platform, and correct it.",
    ),
    "change_unconfirmed": Words(
        "A change may or may not be on the order",
        "The POS did not say clearly what became of a change. It is not made twice.",
        "Look at the order on the register, and correct it if the change is missing.",
    ),
    "notification_unconfirmed": Words(
        "Staff may not have seen a message",
        "The POS did not say whether it showed the message. It is not shown twice.",
        "Tell the staff in another way.",
    ),
    "refund_failed": Words(
        "A refund did not reach the POS",
        "The platform gives money back, and the POS did not take the refund: today's total is too high.",
        "Enter the refund on the register.",
    ),
    "original_not_found": Words(
        "The order to refund is not known here",
        "The platform named an order to refund that this venue's POS does not have.",
        "Enter the refund on the register, and tell the platform which order it was.",
    ),
    "refund_above_order": Words(
        "More was refunded than the order cost",
        "Together the refunds of the order in the POS come to more than its total.",
        "Compare the refunds on the register with what the platform gave back.",
    ),
    "refund_removed": Words(
        "A refund was taken out of the POS",
        "Somebody rejected or deleted a refund on the register, but the guest got the money.",
        "Enter the refund on the register again, if it was right.",
    ),
    "came_after_all": Words(
        "An order that was given up is in the POS",
        "It was cancelled, refunded or entered by hand, and then it appeared. We are taking it out again.",
        "Do not cook it. If it stays on the register, reject it there.",
    ),
    "sent_without_pass_thru": Words(
        "The kitchen did not print an order",
        "It could not go straight to the printer, so it came into the POS as a normal order.",
        "Take it up on the register now, so that the kitchen gets it.",
    ),
    # why an order, or what was asked of one, was not sent
    "accepted_by_venue": Words(
        "Too late to cancel: the order is accepted",
        "The platform called the order off, but the venue had taken it on. It stands.",
        "If you do not want to make it, agree with the platform on a refund.",
    ),
    "already_in_pos": Words(
        "The order is in the POS already",
        "It was not sent again.",
        "Go on with the order that is on the register.",
    ),
    "cancelled": Words(
        "The order was cancelled",
        "The platform called it off before it was in the POS.",
        "Do not make it.",
    ),
    "content_expired": Words(
        "The order is too old to be sent",
        "What was ordered is kept for a limited time, and that is over.",
        "Look the order up at the platform, and enter it on the register by hand.",
    ),
    "handled": Words(
        "Entered by hand",
        "Somebody entered the order on the register, so it is not sent.",
        "Nothing: the order is on the register.",
    ),
    "not_in_pos": Words(
        "Nothing to change: the order is not in the POS",
        "What was asked for waits until the order is there, should it be sent again.",
        "See why the order failed, and send it again or enter it by hand.",
    ),
    "not_possible": Words(
        "This cannot be done to an order",
        "The fault is ours, not yours.",
        "Do it on the register, and tell support.",
    ),
    "order_closed": Words(
        "The order is closed already",
        "It is complete, rejected or deleted in the POS, where it cannot be changed any more.",
        "Look at the order on the register; make a refund or a new order there.",
    ),
    "order_not_complete": Words(
        "Refund of an order that is not complete",
        "The POS refunds complete orders only.",
        "Complete the original order on the register, or reject it there.",
    ),
    "refund_announced": Words(
        "The platform was told to refund it",
        "The order could not be delivered in time. Nothing sends it any more.",
        "Do not make it. If the guest still wants it, take a new order.",
    ),
    "shadow": Words(
        "Only shown: the venue is in shadow mode",
        "It was decided what would be sent, and nothing was sent.",
        "Enter orders by hand until the venue is switched to live.",
    ),
    "venue_in_shadow": Words(
        "Not sent: the venue is in shadow mode",
        "The venue was switched to shadow mode before the order was sent.",
        "Enter the order on the register by hand.",
    ),
    "superseded": Words(
        "Not wanted any more",
        "Something that came later made it unnecessary.",
        "Nothing.",
    ),
    # what the POS's answer leaves open, or says without words of ours
    "key_expired": Words(
        "Looking for the order in the POS",
        "So much time has passed that the POS may not know it again. We look for it before we send it once more.",
        "Look at the register. Do nothing else yet.",
    ),
    "given_up": Words(
        "Looking for an order that is not wanted any more",
        "It was cancelled or entered by hand while it was sent. We look whether it came in, and then take it out.",
        "Do not make it twice. There is nothing else to do yet.",
    ),
    "key_reused": Words(
        "Looking for the order in the POS",
        "The POS says that it has heard of this order before. We look for it before we do anything else.",
        "Look at the register. Do nothing else yet, and tell support.",
    ),
    "stored_answer": Words(
        "Looking for the order in the POS",
        "The POS repeats an earlier answer instead of a new one. We look for the order before we send it once more.",
        "Look at the register. Do nothing else yet.",
    ),
    "strange_answer": Words(
        "The POS gives answers that make no sense",
        "The POS, or something before it, answered with what is no answer to an order.",
        "Look whether the order is on the register. If it is not, enter it by hand.",
    ),
    "still_processing": Words(
        "The POS was at work on the order for too long",
        "For five minutes the POS said that it is not done with the order.",
        "Look whether the order is on the register. If it is not, enter it by hand.",
    ),
    "worker_lost": Words(
        "Looking for the order in the POS",
        "Our own software ended while it was sending. We look for the order before we send it once more.",
        "Look at the register. Do nothing else yet.",
    ),
    "not_found": Words(
        "The POS does not know the venue",
        "The POS found neither the company nor what was asked for there.",
        "Check the venue's ids (posrelay venue check). Until then enter orders by hand.",
    ),
    "invalid_pos_id": Words(
        "An id is none of the POS's",
        "The order names something by an id that the POS cannot have.",
        "Pass this on to the platform, and enter the order on the register by hand.",
    ),
    "option_set_not_offered": Words(
        "An option set is not in the menu any more",
        "In the menu of the POS, the product of the order does not have one of the chosen option sets.",
        "Import the menu again, and correct the product in the platform's menu.",
    ),
    "option_not_offered": Words(
        "A choice is not in the menu any more",
        "In the menu of the POS, one of the chosen options does not belong to its option set.",
        "Import the menu again, and correct the option set in the platform's menu.",
    ),
    "refused": Words(
        "The POS refused the order",
        "It gave a reason that we have no words for.",
        "Read what the POS said, enter the order on the register by hand, and tell support.",
    ),
}
