"""The menu on the deployed stack: asked for over HTTP, imported, told to platforms, asked for by an order's error."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ops.access import issue_key
from shared.adapters.dynamodb.outbox import new_outbox_item
from shared.domain.access import EVERY_VENUE, SCOPES, Platform
from shared.domain.deliveries.platform_event import MENU_WANTED
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from tests.stack.conftest import Posrelay
from tests.stack.relay import Json, Premises, Relay, until

LAMB, FISH = 730304, 730303


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue, and a platform that no other test belongs to, with an endpoint."""
    platform = Platform(f"menus-{secrets.token_hex(4)}", "Tests of the menu")
    premises.deployed.settings.put_platform(platform)
    key = issue_key(premises.deployed.settings, platform.id, [EVERY_VENUE], SCOPES, datetime.now(UTC))[1]
    opened = replace(premises.open_venue("menu"), key=key, platform=platform.id)
    url = f"{opened.sandbox.url}/_platform/{platform.id}"
    body = {"url": url, "types": ["menu.updated"]}
    assert opened.request("PUT", "/v1/webhook-endpoints/menu", json=body).is_success
    return opened


def menu(relay: Relay) -> Json | None:
    """The menu, once there is one."""
    answer = relay.request("GET", f"/v1/venues/{relay.venue_id}/menu")
    assert answer.status_code in (200, 404), answer.text
    content: Json | None = answer.json() if answer.status_code == 200 else None
    return content


def imported(relay: Relay) -> Json:
    """Has it imported, and waits for that."""
    before = menu(relay)
    answer = relay.request("POST", f"/v1/venues/{relay.venue_id}/menu/import")
    assert answer.status_code == 202, answer.text
    return newer(relay, before)


def newer(relay: Relay, before: Json | None) -> Json:
    """Waits for a menu that was imported later."""

    def look() -> Json | None:
        now = menu(relay)
        is_newer = now and (before is None or now["imported_at"] > before["imported_at"])
        return now if is_newer else None

    return until(look, "a newer menu", within_s=60)


def updates(relay: Relay, count: int) -> list[Json]:
    """Waits for so many `menu.updated` about this venue."""

    def look() -> list[Json] | None:
        bodies = [call["body"] for call in relay.sandbox.calls(f"platform.{relay.platform}", relay.venue_id)]
        events = [json.loads(body) if isinstance(body, str) else body for body in bodies]
        return events if len(events) >= count else None

    return until(look, f"{count} × menu.updated")


def test_a_menu_is_imported_shown_and_told(relay: Relay) -> None:
    assert menu(relay) is None
    shown = imported(relay)
    by_id = {each["id"]: each for each in shown["products"]}
    assert by_id[str(LAMB)]["price"] == "69.00"
    assert by_id["730310"]["option_sets"] == ["501", "502"]
    assert [each["id"] for each in shown["option_sets"]] == ["501", "502", "503"]
    (event,) = updates(relay, 1)
    assert event["type"] == "menu.updated"
    assert event["data"]["products"] == len(shown["products"])


def test_what_goes_and_what_runs_out_shows_after_an_import(relay: Relay) -> None:
    condition = {"site_id": int(relay.site_id), "product_gone": [LAMB], "product_out_of_stock": [FISH]}
    relay.sandbox.control("state", condition)
    by_id = {each["id"]: each for each in imported(relay)["products"]}
    assert str(LAMB) not in by_id
    assert not by_id[str(FISH)]["available"]
    data = updates(relay, 2)[-1]["data"]
    assert (data["removed"], data["changed"], data["unavailable"]) == (1, 1, 1)


def test_the_same_menu_again_is_told_to_nobody_and_spared(relay: Relay) -> None:
    path = f"/v1/venues/{relay.venue_id}/menu"
    tag = relay.request("GET", path).headers["etag"]
    imported(relay)
    assert relay.request("GET", path, headers={"if-none-match": tag}).status_code == 304
    assert len(updates(relay, 1)) == 2


def test_an_orders_error_imports_the_menu_by_itself(premises: Premises, relay: Relay) -> None:
    other = replace(premises.open_venue("menu-error"), key=relay.key, platform=relay.platform)
    now = datetime.now(UTC)
    wanted = OutboxItem(MENU_WANTED, other.venue_id, "", now, "ONLINE#demo#demo#1", {"why": "error"})
    table = premises.stack["outputs"]["TableName"]
    premises.table.put_item(TableName=table, Item=new_outbox_item(wanted, now, Timings()))
    assert newer(other, None)["products"]


def test_operators_see_how_old_it_is(relay: Relay, posrelay: Posrelay) -> None:
    shown = json.loads(posrelay("venue", "menu", relay.venue_id, "--json").stdout)
    assert shown["counts"]["products"] == 19
    assert "orders are checked against it" in posrelay("venue", "menu", relay.venue_id).stdout


def test_an_import_outlasts_an_outage_and_is_the_only_one(relay: Relay, care: Callable[[], Json]) -> None:
    before = menu(relay)
    relay.sandbox.fault("kounta.catalogue", "503", times=4, match=f"sites/{relay.site_id}/")
    calls = [relay.request("POST", f"/v1/venues/{relay.venue_id}/menu/import").json() for _ in range(3)]
    assert len({each["import_id"] for each in calls}) == 1

    def look() -> Json | None:
        care()
        now = menu(relay)
        return now if now and before and now["imported_at"] > before["imported_at"] else None

    until(look, "the menu after an outage", within_s=60)
