"""`/_control/state`: conditions of sites, habits of the vendors, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from sandbox.kounta import oauth
from sandbox.kounta.models import SiteCondition, Switches
from sandbox.messages import Json

if TYPE_CHECKING:
    from sandbox.core import Sandbox


class RateLimits(BaseModel):
    """Calls that are let through: Kounta's a minute, Now Book It's a second; 0 = unlimited."""

    model_config = ConfigDict(extra="forbid")

    basic: int | None = Field(default=None, ge=0)
    oauth: int | None = Field(default=None, ge=0)
    nowbookit: int | None = Field(default=None, ge=0)


class StateChange(BaseModel):
    """What to change; what is left out stays.

    The first group holds for `site_id`, or for every site when it is left out. Product lists replace the earlier ones.
    """

    model_config = ConfigDict(extra="forbid")

    site_id: int | None = None
    site_offline: bool | None = None
    online_ordering_paused: bool | None = None
    pass_thru_register_offline: bool | None = None
    registers_offline: list[int] | None = None
    product_out_of_stock: list[int] | None = None
    product_gone: list[int] | None = None

    permission_lost: bool | None = None
    delete_answers_405: bool | None = None
    list_lag_s: float | None = Field(default=None, ge=0)
    idempotency_ttl_s: float | None = Field(default=None, ge=0)
    access_token_ttl_s: int | None = Field(default=None, ge=0)
    expired_token_status: int | None = None
    me_redirects: bool | None = None
    replay_location: bool | None = None
    driver_tracking_down: bool | None = None
    topics: dict[str, str] | None = None

    rate_limits: RateLimits | None = None
    expire_tokens: bool = False
    advance_s: float = 0.0


SITE_FIELDS = set(SiteCondition.model_fields)
HABITS = (
    "permission_lost",
    "delete_answers_405",
    "list_lag_s",
    "idempotency_ttl_s",
    "access_token_ttl_s",
    "expired_token_status",
    "me_redirects",
    "replay_location",
    "driver_tracking_down",
)


def apply_state(sandbox: Sandbox, change: StateChange) -> None:
    """Make the change; raises RefusalError 404 for an unknown site."""
    state = sandbox.kounta.state
    given = change.model_dump(exclude_none=True)
    switches = state.switches.model_copy(deep=True)
    conditions = {name: given[name] for name in SITE_FIELDS if name in given}
    if conditions:
        known = [site.id for company in state.companies for site in company.sites]
        if change.site_id is not None:
            state.company_of_site(change.site_id)
            known = [change.site_id]
        for site_id in known:
            switches.sites[site_id] = switches.site(site_id).model_copy(update=conditions)
    updates = {name: given[name] for name in HABITS if name in given}
    if change.topics is not None:
        updates["topics"] = {**switches.topics.model_dump(), **change.topics}
    limits = change.rate_limits
    if limits is not None:
        updates |= {"basic_per_minute": limits.basic} if limits.basic is not None else {}
        updates |= {"oauth_per_minute": limits.oauth} if limits.oauth is not None else {}
        if limits.nowbookit is not None:
            sandbox.nowbookit.limit_to(limits.nowbookit)
    state.put_switches(Switches.model_validate({**switches.model_dump(), **updates}))
    if change.advance_s:
        sandbox.clock.advance(change.advance_s)
    if change.expire_tokens:
        oauth.expire_access_tokens(state)


def shown_state(sandbox: Sandbox) -> Json:
    """Everything in force now."""
    return {**sandbox.kounta.state.switches.model_dump(mode="json"), "now": sandbox.clock.now().isoformat()}
