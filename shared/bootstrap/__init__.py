"""The one place that composes: which adapter stands behind which port. Everything is made once, on first use."""

from shared.bootstrap.caring import care_for_records, sweep_site
from shared.bootstrap.parts import menu_book, readings, record_book, secret, settings, settings_book
from shared.bootstrap.points_of_sale import driver_tracking_for, read_pos
from shared.bootstrap.taking_in import (
    accept_deliveries,
    await_decision,
    booking_hooks,
    handle_by_hand,
    orders,
    request_import,
    try_order,
)
from shared.bootstrap.telling import announce, deliver_event, manage_endpoints, report_failure
from shared.bootstrap.writing import advance_record, import_menu, link_group, take_in_pos_news
from shared.domain.identities import new_order_id
from shared.outside import now

__all__ = [
    "accept_deliveries",
    "advance_record",
    "announce",
    "await_decision",
    "booking_hooks",
    "care_for_records",
    "deliver_event",
    "driver_tracking_for",
    "handle_by_hand",
    "import_menu",
    "link_group",
    "manage_endpoints",
    "menu_book",
    "new_order_id",
    "now",
    "orders",
    "read_pos",
    "readings",
    "record_book",
    "report_failure",
    "request_import",
    "secret",
    "settings",
    "settings_book",
    "sweep_site",
    "take_in_pos_news",
    "try_order",
]
