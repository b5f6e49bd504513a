"""Every window, ladder and pace of the relay, in seconds, in one place, so that a test run can scale them."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations in seconds unless the name says otherwise.

    Defaults are the ones people should run with; `Timings.from_json` overrides single ones (the template's `Timings`).
    """

    undo_window_s: float = 300
    """A seating may be undone while booking change - Kounta `created_at` is at most this (five minutes)."""
    replay_max_age_s: float = 1800
    """An order that was never sent is not sent any more when its moment is longer ago than this."""
    future_tolerance_s: float = 3600
    """How far ahead of our clock a platform's `occurred_at` is believed."""

    lease_s: float = 20
    """How long one worker may act for a record before another may take over."""
    write_ladder_s: tuple[float, ...] = (1, 2, 5, 15, 45, 120)
    """Waits before the repeats of one generation of a write."""
    write_clock_s: float = 300
    """How long 409 and 429 answers, which are no attempts, are waited out within one generation."""
    key_max_age_s: float = 23 * 3600
    """A repeat later than this after the key's first use reconciles first: Kounta keeps keys for at least 24 h."""
    limited_wait_s: float = 5
    """Wait after a 429 that names no time."""
    reconcile_first_s: float = 20
    """First look for an order of unknown fate after the last call ended: Kounta's lists lag by 16 s and more."""
    consistency_window_s: float = 60
    """Not listed this long after the last call ended = not there."""
    reconcile_margin_s: float = 300
    """The look-up starts this long before the first attempt, for clocks that differ."""
    reconcile_retry_s: float = 30
    """Wait after a look-up that could not be made."""

    menu_patience_s: float = 180
    """How long an order that the POS refused because of the menu waits for a newer menu."""

    cancel_again_s: float = 900
    """Wait before an order that was given up, and came into the POS after all, is tried again to be taken out."""
    cancel_for_s: float = 86_400
    """How long that is tried."""

    command_patience_s: float = 3
    """How long a command on an order waits for a worker that is acting for it."""
    take_up_s: float = 300
    """How long an order may stand SUBMITTED before people hear that the register has not taken it up."""
    preorder_look_s: float = 900
    """This long before a pre-order's time somebody should have taken it up."""
    sale_look_s: float = 60
    """How long after an order was said to be entered by hand its sale is looked for among those that came before."""

    slot_patience_s: float = 2
    """A pace slot later than this is not waited for in the function: a nudge is sent for then."""
    undecided_after_s: float = 60
    """An event or outbox item nobody took care of after this is nudged by the caretaker."""
    same_print_s: float = 60
    """The same kitchen print told again within this is one print; Kounta's deliveries have no id to tell by."""
    sweep_every_s: float = 900
    """How often a site's orders are listed for what the webhooks missed."""
    sweep_back_s: float = 86_400
    """How far back such a sweep looks: registers trade offline and upload later."""
    personal_ttl_s: float = 90 * 86_400
    """How long guests' data and request bodies are kept."""
    outbox_ttl_s: float = 30 * 86_400
    """How long announced outbox items are kept for a replay."""

    delivery_ladder_s: tuple[float, ...] = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
    """Waits before the repeats of a delivery to a platform: ten attempts over 75.6 hours, each up to a tenth later."""
    delivery_timeout_s: float = 15
    """Whole time-out of one attempt (Standard Webhooks: 15 to 30 s)."""
    endpoint_pause_after_s: float = 5 * 86_400
    """An endpoint that took nothing for this long is paused, and people are told."""
    secret_overlap_s: float = 86_400
    """How long an endpoint's earlier secret signs on beside the new one."""

    menu_every_s: float = 86_400
    """A menu that was imported once is imported again this long after the last import began."""
    menu_fresh_s: float = 26 * 3600
    """Orders are checked against a menu at most this old."""
    menu_rest_s: float = 60
    """An import that an order's error asks for begins no sooner than this after the last one was finished."""
    menu_ladder_s: tuple[float, ...] = (5, 30, 120, 300, 900)
    """Waits of an import for a POS that brings nothing."""
    menu_retry_s: float = 3600
    """When an import that failed is begun anew."""
    menu_kept_s: float = 30 * 86_400
    """A menu that could not be imported again for this long is forgotten."""
    menu_pages_kept_s: float = 2 * 86_400
    """How long an import may rest, with its venue, and still go on where it was."""

    read_timeout_s: float = 4
    """Whole time-out of a call that reads from the POS or a booking platform."""
    write_timeout_s: float = 10
    """Whole time-out of a call that writes."""
    driver_timeout_s: float = 8
    """Whole time-out of a call to a venue's driver tracking."""
    time_reserve_s: float = 2
    """A call starts only when its time-out and this are left of the function's time and of the lease."""

    @classmethod
    def from_json(cls, text: str) -> Timings:
        """Defaults with the JSON object's entries on top. Raises ValueError for a name that does not exist."""
        given: dict[str, Any] = json.loads(text or "{}")
        known = {field.name for field in fields(cls)}
        if unknown := set(given) - known:
            raise ValueError(f"unknown timings: {', '.join(sorted(unknown))}")
        overrides: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
        }
        return cls(**overrides)
