"""The shape of a dry run's answer, for the generated reference and its tests. No function imports this."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shown(BaseModel):
    """An answer has exactly these members."""

    model_config = ConfigDict(extra="forbid")


class OrderCheck(_Shown):
    """What one of the checks before sending says."""

    code: str = Field(examples=["product_out_of_stock"])
    severity: Literal["error", "warning", "info"] = Field(
        description="`error`: it would not be sent so. `warning`: it would, and this is worth knowing. `info`: what was"
        " decided."
    )
    pointer: str | None = Field(description="Into the order; null when it is about no part of it.")
    detail: str = Field(description="For people; may change.")


class OrderTrial(_Shown):
    """What would become of an order just now. Nothing was stored, and nothing was sent."""

    would_be_sent: bool
    request: dict[str, Any] | None = Field(
        description="The exact body for the POS. Zeros stand where the order's own id will stand, and a customer who is"
        " only named is not looked up."
    )
    checks: list[OrderCheck]
