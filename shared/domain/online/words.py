"""What the codes of placed orders mean to people: code → (title, what happened, what to do now).

Whether the order stands or is paid back is said beside these words, for it is the venue's choice, not the code's.
"""

from __future__ import annotations

from collections.abc import Mapping

ONLINE_WORDS: Mapping[str, tuple[str, str, str]] = {
    "accept_failed": (
        "Accepted here, not in the POS",
        "The order is in the POS and was accepted, but the POS did not let us mark it so.",
        "Accept the order on the register.",
    ),
    "cancel_failed": (
        "A cancelled order is still in the POS",
        "The platform called the order off, and the POS did not let us take it out: staff may be preparing it.",
        "Reject the order on the register if nobody began it; otherwise tell the platform that it stands.",
    ),
    "came_after_all": (
        "An order given up came into the POS after all",
        "It was refunded, cancelled or entered by hand, and then the POS had it after all. We are rejecting it there.",
        "Do not prepare it a second time. See that it is rejected on the register; if it is not, reject it there.",
    ),
    "payment_not_entered": (
        "A payment is not on the POS order",
        "The guest paid through the platform, but the payment is not entered on the order in the POS.",
        "Enter the payment on the register, so that nobody asks the guest to pay again.",
    ),
    "refund_failed": (
        "A refund is not in the POS",
        "The platform gives money back, and the POS did not take the refund. The sales there are too high by it.",
        "Enter the refund on the register by hand.",
    ),
    "change_failed": (
        "A change did not reach the POS order",
        "The platform changed its order, and the POS did not take the change. The order stands as it was.",
        "Compare the order with the platform's, and correct it on the register.",
    ),
    "change_unconfirmed": (
        "A change may not be on the POS order",
        "The POS did not say whether it took a change of the order, and the order does not show it for sure.",
        "Compare the order with the platform's, and correct it on the register.",
    ),
    "sent_without_pass_thru": (
        "Order not printed by itself",
        "The terminals that print straight in the kitchen are offline, so the order was sent as a normal one.",
        "Accept the order on the register: then it prints. Wake the pass-thru terminal up.",
    ),
    "content_expired": (
        "The order's content is not kept any more",
        "What was ordered is deleted after a time for the guest's sake, so it cannot be sent any more.",
        "Ask the platform what was ordered, and enter it on the register by hand.",
    ),
    "option_set_not_offered": (
        "An option set is not in the menu any more",
        "In the menu of the POS, the product of the order does not have one of the chosen option sets.",
        "Import the menu again, and correct the product in the platform's menu.",
    ),
    "option_not_offered": (
        "A choice is not in the menu any more",
        "In the menu of the POS, one of the chosen options does not belong to its option set.",
        "Import the menu again, and correct the option set in the platform's menu.",
    ),
}
