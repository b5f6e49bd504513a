"""A venue's settings, and the connection to its point of sale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class VenueMode(StrEnum):
    """live: everything. shadow: decide, show, send nothing. paused: hold everything, decide anew when resumed."""

    LIVE = "live"
    SHADOW = "shadow"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class PosConnection:
    """Which place of which POS account. Credentials are not here: they stand under `connection_id` in the secret.

    One connection is one Kounta company under one client: what Kounta's rate limit counts by (observed).
    """

    kind: str
    company_id: str
    site_id: str
    register_id: str | None = None
    auth: str = "basic"
    """`basic` (own company; 60 calls a minute) or `oauth` (180)."""
    calls_a_minute: int | None = None
    """Overrides the vendor's limit for this kind of authentication."""
    delete_by_reject: bool = False
    """Whether an undo writes status REJECTED from the start, instead of DELETE (not in Kounta's documents)."""

    @property
    def connection_id(self) -> str:
        """What credentials, tokens and pace are kept by."""
        return f"{self.kind}-{self.company_id}"

    @property
    def pace_per_minute(self) -> int:
        """Calls a minute that the vendor allows this connection."""
        return self.calls_a_minute or (180 if self.auth == "oauth" else 60)


@dataclass(frozen=True, slots=True)
class Venue:
    """One restaurant."""

    id: str
    name: str
    pos: PosConnection
    mode: VenueMode = VenueMode.LIVE
    timezone: str = "Australia/Sydney"
    currency: str = "AUD"
    order_type: str = "Dine in"
    link_customers: bool = True
    deposit_method_id: str | None = None
    """The POS payment method by which a deposit is entered as a payment; None: it only stands in the notes."""
    nowbookit_location_id: str | None = None
    resdiary_restaurant: str | None = None
    """ResDiary's name or number of the restaurant (`MicrositeName` or `ProviderId`); None: no webhooks of it."""
    standard_hook_platform: str | None = None
    """Under which platform's name the bookings of Standard Webhooks are kept; None: no such webhooks."""
    driver_tracking_url: str | None = None
    """Where deliveries are told to the service that sends drivers; None: there is none. Its secret is not here."""
    notify_emails: tuple[str, ...] = ()
    notify_mobiles: tuple[str, ...] = ()
    undo_window_s: float | None = None
    replay_max_age_s: float | None = None
    take_up_s: float | None = None
    """Overrides how long an order may stand untouched at the register before people hear of it."""
    keep_failed_orders: bool = False
    """An order that the POS will not have stands (true), or its platform is told to refund it (false)."""
    pass_thru: str = "off"
    """Whether online orders go straight to the kitchen's printer. `on`: unless the platform says no; `off`: never,
    whatever it says (Kounta docs: Pass Thru Printing)."""
    pass_thru_register: str | None = None
    """The register that prints them when the platform names none; None: the site's default one in the POS."""
    registers: tuple[str, ...] = ()
    """The POS's ids of the site's registers, which platforms may send to; empty: only those named above."""
    when_registers_offline: str = "send_normally"
    """What becomes of an order that is refused because these registers are offline: `send_normally` or `fail`."""
    preorder_after_s: float = 3600.0
    """An online order for later than this from now is held as a pre-order."""
    tables: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Booking platforms' names of tables → the POS's, where they differ."""

    @property
    def own_registers(self) -> frozenset[str]:
        """Every register that an order of this venue may name: those of another venue of the company are not among
        them."""
        return frozenset(filter(None, (*self.registers, self.pos.register_id, self.pass_thru_register)))

    def pos_table(self, name: str) -> str:
        """What the POS calls a table: by `tables`, else the name as the booking platform writes it."""
        return self.tables.get(name.strip(), name)

    def pos_tables(self, names: Iterable[str]) -> tuple[str, ...]:
        """The same for several."""
        return tuple(map(self.pos_table, names))
