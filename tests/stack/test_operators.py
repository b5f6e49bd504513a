"""The posrelay command against the deployed stack, as an operator runs it from a shell."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ops.webhooks import read_topics
from shared.domain.venues import PosConnection
from tests.stack.conftest import Posrelay
from tests.stack.relay import CLIENT, COMPANY_ID, Premises, Relay, until

CACHED_S = 60  # the gateway keeps the authorizer's answers so long
KEYS = {
    "KOUNTA_CLIENT_ID": CLIENT.credentials.client_id,
    "KOUNTA_CLIENT_SECRET": CLIENT.credentials.client_secret,
    "KOUNTA_SIGNATURE_TOKEN": CLIENT.signature_tokens[0],
}


def shown(posrelay: Posrelay, *arguments: str, **environment: str) -> Any:
    """What a command with --json says."""
    ran = posrelay(*arguments, "--json", **environment)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return json.loads(ran.stdout)


@dataclass(frozen=True)
class EndedKey:
    """A key that was good, was used, and is revoked."""

    id: str
    relay: Relay
    first_answer: int


@pytest.fixture(scope="module", autouse=True)
def ended_key(premises: Premises, posrelay: Posrelay) -> EndedKey:
    """Revoked at the start, looked at in the end, so that nobody waits for the gateway's cache."""
    assert posrelay("platform", "add", "guests-of-ops", "--name", "Tried by an operator").returncode == 0
    asked = ("key", "issue", "guests-of-ops", "--venue", "demo", "--scope", "sales:read")
    issued = shown(posrelay, *asked)
    relay = Relay(premises, "demo", issued["key"], "guests-of-ops")
    first = relay.request("GET", "/v1/venues/demo/sales").status_code
    assert posrelay("key", "revoke", issued["id"]).returncode == 0
    return EndedKey(issued["id"], relay, first)


@pytest.fixture(scope="module")
def venue(premises: Premises, posrelay: Posrelay, tmp_path_factory: pytest.TempPathFactory) -> Relay:
    """A venue set up by the command alone, from its file."""
    site = premises.new_site()
    file = Path(tmp_path_factory.mktemp("venue")) / "by-hand.toml"
    pos = f'kind = "kounta"\ncompany_id = "{COMPANY_ID}"\nsite_id = "{site}"\n'
    venue_id = f"by-hand-{site}"
    settings = 'mode = "live"\nlink_customers = false\nnotify_emails = ["duty@example.com"]\n'
    file.write_text(f'id = "{venue_id}"\nname = "Set by hand"\n{settings}\n[pos]\n{pos}')
    for _ in range(2):
        ran = posrelay("venue", "set", str(file), **KEYS)
        assert ran.returncode == 0, ran.stderr
    return Relay(premises, venue_id, premises.key)


def test_the_demo_venues_are_listed_and_shown(posrelay: Posrelay, stack: dict[str, Any]) -> None:
    listed = {each["id"]: each for each in shown(posrelay, "venue", "list")}
    assert set(stack["venues"].values()) <= set(listed)
    demo = shown(posrelay, "venue", "show", "demo")
    assert demo["pos"]["company_id"] == "5678"
    stored = {name for name, is_stored in demo["credentials"].items() if is_stored}
    assert stored == {"kounta", "nowbookit", "driver_tracking"}
    assert stack["outputs"]["SecretArn"] not in json.dumps(demo)
    assert "demo-basic-secret" not in json.dumps(demo)


def test_the_demo_venue_is_checked(posrelay: Posrelay) -> None:
    for venue_id in ("demo", "demo-oauth"):
        checked = shown(posrelay, "venue", "check", venue_id)
        assert checked["ready"], checked


def test_webhooks_are_never_doubled(posrelay: Posrelay, venue: Relay) -> None:
    for _ in range(2):
        assert posrelay("webhooks", "subscribe", venue.venue_id).returncode == 0
    listed = [one for one in shown(posrelay, "webhooks", "list", venue.venue_id) if one["this_venue"]]
    assert sorted(one["topic"] for one in listed) == sorted(topic.name for topic in read_topics(()))
    assert all(one["site_ids"] == [venue.site_id] for one in listed)


def test_a_venue_set_by_the_command_works_from_end_to_end(posrelay: Posrelay, venue: Relay) -> None:
    assert posrelay("webhooks", "subscribe", venue.venue_id).returncode == 0
    assert shown(posrelay, "venue", "check", venue.venue_id)["ready"]
    number = venue.seated("O-1")
    venue.complete(number)
    sale = until(lambda: venue.sale_of(number), "the sale, told by a webhook")
    assert sale["booking_id"] == "O-1"


def test_check_says_what_is_wrong(posrelay: Posrelay, premises: Premises) -> None:
    relay = premises.open_venue("unready", told=False)
    ran = posrelay("venue", "check", relay.venue_id, "--json")
    assert ran.returncode == 1
    checked = json.loads(ran.stdout)
    assert not checked["ready"]
    assert any("not subscribed" in str(finding) for finding in checked["findings"])
    relay.change_venue(pos=replace(relay.venue.pos, site_id="99999"))
    assert "99999" in posrelay("venue", "check", relay.venue_id).stdout


def test_a_mode_is_switched_and_shown(posrelay: Posrelay, venue: Relay) -> None:
    assert posrelay("venue", "mode", venue.venue_id, "paused").returncode == 0
    assert shown(posrelay, "venue", "show", venue.venue_id)["mode"] == "paused"
    assert posrelay("venue", "mode", venue.venue_id, "live").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("venue", "show", "nowhere"),
        ("venue", "mode", "demo", "sideways"),
        ("key", "revoke", "key_404"),
        ("key", "issue", "nobody", "--venue", "demo", "--scope", "sales:read"),
        ("key", "issue", "demo-bookings", "--venue", "demo", "--scope", "everything"),
        ("--stack", "not-there", "venue", "list"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_what_cannot_be_done_is_said_in_words(posrelay: Posrelay, arguments: tuple[str, ...]) -> None:
    ran = posrelay(*arguments)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr + ran.stdout
    assert (ran.stderr + ran.stdout).strip()


def test_a_revoked_key_dies_within_the_minute(posrelay: Posrelay, ended_key: EndedKey) -> None:
    assert ended_key.first_answer == 200
    (kept,) = [one for one in shown(posrelay, "key", "list", "guests-of-ops") if one["id"] == ended_key.id]
    assert kept["state"] == "revoked"

    def refused() -> bool:
        return ended_key.relay.request("GET", "/v1/venues/demo/sales").status_code == 403

    until(refused, "the key to be refused", CACHED_S + 10)


def test_sites_of_one_company_cannot_be_taken_twice(posrelay: Posrelay, venue: Relay, tmp_path: Path) -> None:
    file = tmp_path / "twin.toml"
    pos: PosConnection = venue.venue.pos
    where = f'kind = "kounta"\ncompany_id = "{pos.company_id}"\nsite_id = "{pos.site_id}"\n'
    file.write_text(f'id = "twin"\nname = "Twin"\nmode = "shadow"\n[pos]\n{where}')
    ran = posrelay("venue", "set", str(file), **KEYS)
    assert ran.returncode == 1
    assert venue.venue_id in ran.stderr + ran.stdout
