"""How the sandbox behaves when it starts; the control API changes most of it while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxSettings:
    """Starting values. Times are seconds; limits are calls a minute, 0 = unlimited."""

    public_url: str = "http://sandbox.test"
    list_lag_s: float = 16.0
    basic_per_minute: int = 60
    oauth_per_minute: int = 180
    nowbookit_per_second: int = 10
    idempotency_ttl_s: float = 24 * 3600.0
    access_token_ttl_s: int = 3600
    first_order_id: int = 9_100_000_000_000_000_001
    """Above 2**53 on purpose: Kounta's ids are 64-bit and a client that keeps them in a float must fail here."""
    calls_kept: int = 20_000
