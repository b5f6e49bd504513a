"""Which fields Kounta takes in which body (Kounta docs: Orders, Lines, Payments, Notifications, Customers)."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.kounta.json_schema import (
    Rule,
    array,
    boolean,
    identifier,
    moment,
    number,
    one_of,
    record,
    text,
    whole,
)

STATUSES = ("SUBMITTED", "ON_HOLD", "ACCEPTED", "REJECTED", "PENDING", "COMPLETE")
ORDER_TYPES = ("Dine in", "Takeaway", "Pickup", "Delivery", "Catering", "Drive Thru")
LOCKS = ("NEW_LINES", "PAYMENTS", "APP_PAYMENT", "DELETE", "ALL")
WEB_ADDRESS = r"https?://[^\s]+"

LINE_FIELDS: dict[str, Rule] = {
    "product_id": identifier,
    "quantity": number,
    "notes": text(),
    "unit_price": number,
    "unit_price_inc_tax": number,
    "price_variation": number,
    "price_fixed_variation": number,
    "modifiers": array(identifier),
}
INSTRUCTIONS = ("No", "Extra", "Only", "On Side")
DEEPEST_OPTION = 8


def _option_sets(deepest: int) -> Rule:
    # Kounta docs: "Option sets can be nested by using the same options schema inside each of the option_sets items".
    fields = {"option_set_id": identifier, "options": array(_option(deepest - 1))}
    return array(record(fields, required=("option_set_id", "options")))


def _option(deepest: int) -> Rule:
    fields: dict[str, Rule] = {
        "product_id": identifier,
        "unit_price": number,
        "unit_price_inc_tax": number,
        "instructions": one_of(*INSTRUCTIONS),
    }
    if deepest:
        fields["option_sets"] = _option_sets(deepest)
    return record(fields, required=("product_id",))


OPTION = _option(DEEPEST_OPTION)
PAYMENT_FIELDS: dict[str, Rule] = {"method_id": identifier, "amount": number, "ref": text(255), "tip": number}

LINE = record({**LINE_FIELDS, "option_sets": _option_sets(DEEPEST_OPTION)}, required=("product_id",))
LINE_CHANGES = record(LINE_FIELDS)
PAYMENT = record(PAYMENT_FIELDS, required=("amount",))
PAYMENT_CHANGES = record({"ref": text(255), "tip": number})

CHANGEABLE: dict[str, Rule] = {
    "status": one_of(*STATUSES),
    "notes": text(),
    "order_type": one_of(*ORDER_TYPES),
    "guests": whole(0, 9999),
    "customer_id": identifier,
    "price_variation": number,
    "price_fixed_variation": number,
    "price_limit": number,
    "lock": array(one_of(*LOCKS)),
    "callback_uri": text(2000, WEB_ADDRESS),
    "complete_when_paid": boolean,
    "enable_alert_sound": boolean,
    "prompt_for_reject_reason": boolean,
    "placed_at": moment,
    "fulfil_at": moment,
}
NEW_ORDER = record(
    {
        **CHANGEABLE,
        "site_id": identifier,
        "register_id": identifier,
        "sale_number": text(50),
        "lines": array(LINE),
        "options": array(OPTION),
        "payments": array(PAYMENT),
        "pass_thru_printing": boolean,
        "pass_thru_printing_register": identifier,
        "original_order_id": identifier,
    }
)
ORDER_CHANGES = record(CHANGEABLE)

NOTIFICATION = record(
    {
        "broadcast_level": one_of("now", "order"),
        "alert_colour": one_of("green", "orange", "red"),
        "message": text(300, least=1),
        "duration": whole(3, 60),
        "register_ids": array(identifier),
        "staff_ids": array(identifier),
        "expires": moment,
    },
    required=("message",),
)

ADDRESS = record({name: text() for name in ("address", "city", "state", "postal_code", "country")})
CUSTOMER_FIELDS: dict[str, Rule] = {
    "first_name": text(255, least=1),
    "last_name": text(255),
    "email": text(255, r"[^@\s]+@[^@\s]+"),
    "phone": text(64),
    "reference_id": text(255),
    "primary_address": ADDRESS,
    "shipping_address": ADDRESS,
}
NEW_CUSTOMER = record(CUSTOMER_FIELDS, required=("first_name",))
CUSTOMER_CHANGES = record(CUSTOMER_FIELDS)

OTHER_TOPICS = ("sites/created", "sites/updated", "tables/updated")


def webhook_fields(topics: Iterable[str]) -> dict[str, Rule]:
    """The fields of a webhook, whose topic is one of these."""
    return {
        "topic": one_of(*topics, *OTHER_TOPICS),
        "address": text(2000, WEB_ADDRESS),
        "format": one_of("json"),
        "filter": record({"site_ids": array(identifier), "customer": array(identifier)}),
    }
