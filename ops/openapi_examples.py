"""Requests and answers as the reference shows them. A test holds each against its schema."""

from __future__ import annotations

from typing import Any

SEATED: dict[str, Any] = {
    "event_id": "evt-7001",
    "type": "updated",
    "occurred_at": "2026-11-22T19:02:11+11:00",
    "sequence": 7,
    "booking": {
        "id": "B-1001",
        "kind": "booking",
        "channel": "widget",
        "status": "seated",
        "party_size": 4,
        "scheduled_at": "2026-11-22T19:00:00+11:00",
        "tables": ["12"],
        "notes": "Window seat, one high chair",
        "customer": {
            "first_name": "Alex",
            "last_name": "Example",
            "email": "alex@example.com",
            "phone": "+61255501001",
        },
        "payment_summary": {
            "payment_type": "deposit",
            "amount": "120.00",
            "amount_paid": "50.00",
            "amount_due": "70.00",
            "currency": "AUD",
            "transaction_id": "tx_1",
            "paid_at": "2026-11-20T10:15:00+11:00",
        },
    },
}
ACCEPTED = {"status": "accepted", "event_id": "evt-7001", "booking_id": "B-1001", "duplicate": False}
DECIDED = {
    **ACCEPTED,
    "status": "decided",
    "decision": "create_order",
    "reason": "first heard of already seated",
    "code": None,
}
NOTICE = {"eventType": "BOOKING_UPDATED", "data": {"bookingId": "NBI-5001", "locationId": "LOC-823"}}
NOTICE_ACCEPTED = {
    "status": "accepted",
    "event_id": "thin_5f0c9a1be24d7736a1c20b48",
    "booking_id": "NBI-5001",
    "duplicate": False,
}
POS_ACCEPTED = {"status": "accepted", "duplicate": False}
EVENT = {
    "event_id": "evt-7001",
    "booking_id": "B-1001",
    "occurred_at": "2026-11-22T19:02:11+11:00",
    "received_at": "2026-11-22T08:02:12+00:00",
    "type": "updated",
    "status": "seated",
    "decision": "create_order",
    "reason": "first heard of already seated",
    "code": None,
}
BOOKING = {
    "id": "B-1001",
    "venue_id": "demo",
    "platform": "demo-bookings",
    "kind": "booking",
    "channel": "widget",
    "status": "seated",
    "raw_status": "seated",
    "party_size": 4,
    "tables": ["12"],
    "seatings": [
        {
            "number": 1,
            "seated_at": "2026-11-22T19:02:11+11:00",
            "order_id": "ord_0123456789ABCDEF",
            "pos_order_id": "9100000000000000001",
            "outcome": "open",
        }
    ],
    "events": [EVENT],
}
LISTED_ORDER: dict[str, Any] = {
    "id": "ord_0123456789ABCDEF",
    "code": "012345",
    "reference": "P-77",
    "customer_code": "B12",
    "venue_id": "demo",
    "source": "platform",
    "platform": "demo-orders",
    "booking_id": None,
    "table": None,
    "order_type": "Pickup",
    "status": "accepted",
    "kept": None,
    "fulfilment": "accepted",
    "pos": {
        "kind": "kounta",
        "order_id": "9100000000000000001",
        "sale_number": "HS1001",
        "sale_id": None,
        "status": "ACCEPTED",
    },
    "reject_reason": None,
    "total": "25.00",
    "paid": "25.00",
    "refunded": "0.00",
    "refund_of": None,
    "placed_at": "2026-11-22T19:02:10+11:00",
    "fulfil_at": None,
    "not_taken_up_at": None,
    "handled": None,
    "failed_services": [],
    "created_at": "2026-11-22T08:02:12.310000+00:00",
    "updated_at": "2026-11-22T08:03:10+00:00",
}
ORDERS = {"data": [LISTED_ORDER], "next": None}
ORDER = {
    **LISTED_ORDER,
    "writes": [
        {
            "id": "PR-0123456789ABCDEF-1",
            "what": "create",
            "state": "sent",
            "reason": "placed by the platform",
            "code": None,
            "generation": 1,
        }
    ],
    "attempts": [
        {
            "number": 1,
            "trigger": "first",
            "started_at": "2026-11-22T08:02:12.480000+00:00",
            "duration_ms": 640,
            "outcome": "done",
            "http_status": 201,
            "code": None,
            "idempotency_key": "PR-0123456789ABCDEF-1-g1",
            "note": None,
        }
    ],
    "customer": {"first_name": "Sam", "last_name": "Example", "email": "sam@example.com", "phone": None},
    "notices": [],
    "refunds": [],
    "printed_at": None,
}
SALES = {
    "data": [
        {
            "id": "sale_9100000000000000001",
            "pos_order_id": "9100000000000000001",
            "sale_number": "HS1001",
            "order_id": "ord_0123456789ABCDEF",
            "booking_id": "B-1001",
            "source": "booking",
            "order_type": "Dine in",
            "completed_at": "2026-11-22T19:48:30+11:00",
            "voided_at": None,
            "refund_of": None,
            "covers": 4,
            "lines": [
                {
                    "product_id": "730303",
                    "name": "Market fish, lemon",
                    "quantity": "2",
                    "total_ex_tax": "72.7272",
                    "tax": "7.27",
                }
            ],
            "payments": [{"method_id": "2", "method": "Card", "amount": "80.00", "tip": "5.00", "ref": None}],
            "total": "80.00",
            "tax": "7.27",
            "tips": "5.00",
            "service_charge": "0.00",
            "discounts": "0.00",
            "surcharges": "0.00",
            "group_id": None,
            "currency": "AUD",
        }
    ],
    "next": None,
}
