"""Examples of online orders and of what is asked about them; each is read by its reader in the tests."""

from __future__ import annotations

from typing import Any

LINE: dict[str, Any] = {"product_id": 730297, "quantity": 2, "unit_price": "1.3636", "notes": "Extra hot"}
OPTION: dict[str, Any] = {
    "product_id": 88710,
    "option_sets": [
        {"option_set_id": 412, "options": [{"product_id": 88714, "instructions": "On Side"}, {"product_id": 88715}]}
    ],
}
ONLINE_ORDER: dict[str, Any] = {
    "reference": "OU-1042",
    "customer_code": "K42",
    "order_type": "Delivery",
    "customer": {"first_name": "Kim", "last_name": "Example", "phone": "555-0100"},
    "delivery_address": {"address": "1 Example St", "city": "Melbourne", "state": "VIC", "postal_code": "3000"},
    "notes": "Ring twice",
    "lines": [LINE, {"product_id": 5312, "price_variation": "0.9", "modifiers": [228, -3091]}],
    "options": [OPTION],
    "payments": [{"method_id": 1, "amount": "25.50", "ref": "tx_1", "tip": "2.00"}],
    "lock": ["PAYMENTS"],
    "placed_at": "2026-11-22T19:14:06+11:00",
    "fulfil_at": "2026-11-22T20:00:00+11:00",
}
LINE_CHANGES: dict[str, Any] = {"quantity": 3, "modifiers": []}
PAYMENT: dict[str, Any] = {"reference": "P-7", "amount": "12.00", "method_id": 1, "ref": "tx_2"}
PAYMENT_CHANGES: dict[str, Any] = {"tip": "2.00"}
NOTIFICATION: dict[str, Any] = {"message": "The driver is here", "alert_colour": "green", "duration": 20}
ORDER_CHANGES: dict[str, Any] = {"notes": "Leave at the door", "guests": 2}
PROGRESS: dict[str, Any] = {"to": "out_for_delivery"}
HANDLED: dict[str, Any] = {"sale_number": "SP-1001", "note": "Typed in at the bar"}
REFUND: dict[str, Any] = {"reference": "R-1", "lines": [{"number": 2, "quantity": 1}], "reason": "Arrived cold"}
CANCELLATION: dict[str, Any] = {"reason": "The guest called"}
