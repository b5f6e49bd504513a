"""Who was told of a failure of an order, as others may see it: no address in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person about one order."""

    order_id: str
    channel: str
    """`email`, `sms` or `operations` (the relay's own people)."""
    at: datetime
    status: str
    """`sent`, or `failed` when it was not taken for sending."""
    to_masked: str | None = None


def masked_email(address: str) -> str:
    """`d…@example.com`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def masked_mobile(number: str) -> str:
    """`+61…234`: the country and the last three digits."""
    return f"{number[:3]}…{number[-3:]}" if len(number) > 6 else "…"
