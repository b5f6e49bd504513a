"""The shape of the events that platforms are sent, for the generated reference and its tests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.web.schemas import Amount


class EventData(BaseModel):
    """What it is about. Members that do not apply are absent; there may be more, later."""

    model_config = ConfigDict(extra="allow")

    venue_id: str | None = Field(default=None, description="Of all but a test.")
    booking_id: str | None = None
    order_id: str | None = None
    order_code: str | None = Field(default=None, description="What people say to each other.")
    reference: str | None = Field(default=None, description="Yours, of an online order.")
    pos_order_id: str | None = None
    code: str | None = Field(default=None, description="Why, for programs; stays.")
    message: str | None = Field(default=None, description="The POS's own words.")
    reason: str | None = Field(default=None, description="Why, for people.")
    total: Amount | None = None
    amount_spent: Amount | None = None


class PlatformEvent(BaseModel):
    """An event as it is posted to your endpoints."""

    model_config = ConfigDict(extra="forbid")

    type: str
    timestamp: datetime = Field(description="When it happened: events may come out of order.")
    data: EventData
    version: Literal["1"]
