"""Whether a restaurant's point of sale is there to be seen by somebody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What the POS says of a site just now (Kounta docs: Site status)."""

    is_online: bool
    """At least one device is in use."""
    takes_online_orders: bool = True
    """Online ordering is not paused."""
    printer_online: bool | None = None
    """The default pass-thru printing register; None: the site has none, or nothing was said of it."""
