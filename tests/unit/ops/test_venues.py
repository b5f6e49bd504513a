"""posrelay venue set | show | list | mode."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from ops.venue_file import POS_FIELDS, VENUE_FIELDS, read_venue
from shared.adapters.kounta.tokens import Credentials
from shared.domain.venues import PosConnection, Venue, VenueMode
from tests.unit.ops.conftest import CREDENTIALS, PUBLIC, SANDBOX, VENUE, Bench

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
OAUTH = VENUE.replace('site_id = "823"', 'site_id = "823"\nauth = "oauth"')
SIGNED = {"resdiary": False, "standard": False, "driver_tracking": False}
DIARY = VENUE.replace("[pos]", 'nowbookit_location_id = "LOC-823"\n[pos]')


def written(folder: Path, text: str) -> str:
    file = folder / "venue.toml"
    file.write_text(text)
    return str(file)


def test_set_then_show_and_list(bench: Bench, venue_file: str) -> None:
    said = bench.run("venue", "set", venue_file).output
    assert "stored" in said
    shown = bench.json("venue", "show", "harbour")
    assert shown["pos"]["site_id"] == "823"
    assert shown["credentials"] == {"kounta": True, "kounta_grant": False, "nowbookit": False} | SIGNED
    assert shown["webhook_addresses"]["orders/completed"] == (
        "https://relay.example.com/pos/kounta/harbour/orders-completed"
    )
    assert [one["id"] for one in bench.json("venue", "list")] == ["harbour"]
    assert "The Example Table" in bench.run("venue", "list").output
    assert "Australia/Sydney" in bench.run("venue", "show", "harbour").output


def test_nothing_secret_is_ever_shown(ready: Bench, venue_file: str) -> None:
    secret = ready.stack.secret.content()
    hidden = [*CREDENTIALS.values(), secret.link_key]
    runs = (
        ("venue", "set", venue_file),
        ("venue", "show", "harbour"),
        ("venue", "check", "harbour"),
        ("webhooks", "list", "harbour"),
        ("webhooks", "subscribe", "harbour"),
    )
    for arguments in runs:
        said = ready.run(*arguments).output
        assert not [one for one in hidden if one in said]
        assert ready.stack.secret.connection("kounta-5678").credentials.client_secret not in said


def test_credentials_are_asked_for_hidden_when_not_in_the_environment(bench: Bench, venue_file: str) -> None:
    bench.environment.clear()
    bench.answers = {
        "Kounta client id": "app-1",
        "Kounta client secret": "s-1",
        "Kounta webhook signature token": "t-1",
    }
    bench.run("venue", "set", venue_file)
    assert bench.stack.secret.connection("kounta-5678").credentials == Credentials("app-1", "s-1")
    bench.prompts.clear()
    bench.run("venue", "set", venue_file)
    assert bench.prompts == []
    bench.run("venue", "set", venue_file, "--renew-credentials")
    assert len(bench.prompts) == 3


def test_where_nobody_can_be_asked_the_variable_is_named(bench: Bench, venue_file: str) -> None:
    del bench.environment["KOUNTA_CLIENT_SECRET"]
    said = bench.run("venue", "set", venue_file, ok=False).stderr.strip()
    assert said.count("\n") == 0
    assert "KOUNTA_CLIENT_SECRET" in said
    assert bench.json("venue", "list") == []


def test_a_new_signature_token_stands_beside_the_old_one(bench: Bench, venue_file: str) -> None:
    for token in ("t-1", "t-2", "t-3"):
        bench.environment["KOUNTA_SIGNATURE_TOKEN"] = token
        bench.run("venue", "set", venue_file)
    assert bench.stack.secret.connection("kounta-5678").signature_tokens == ("t-3", "t-2")
    bench.run("venue", "set", venue_file, "--forget-old-tokens")
    assert bench.stack.secret.connection("kounta-5678").signature_tokens == ("t-3",)


def test_now_book_it(bench: Bench, tmp_path: Path) -> None:
    file = written(tmp_path, DIARY)
    assert "NOWBOOKIT_API_KEY" in bench.run("venue", "set", file, ok=False).stderr
    bench.environment |= {"NOWBOOKIT_API_KEY": "n-1", "NOWBOOKIT_HOOK_TOKEN": "h-1"}
    bench.run("venue", "set", file, "--hook-header", "X-Hook")
    kept = bench.stack.secret.nowbookit("harbour")
    assert (kept.api_key, kept.hook_header, kept.hook_tokens) == ("n-1", "X-Hook", ("h-1",))
    shown = bench.json("venue", "show", "harbour")
    assert shown["webhook_addresses"]["nowbookit"].endswith("/v1/hooks/bookings/nowbookit/harbour")


def test_signed_webhooks(bench: Bench, tmp_path: Path) -> None:
    settings = 'resdiary_restaurant = "ExampleTable"\nstandard_hook_platform = "example-bookings"\n[pos]'
    file = written(tmp_path, VENUE.replace("[pos]", settings))
    assert "RESDIARY_HOOK_SECRET" in bench.run("venue", "set", file, ok=False).stderr
    bench.environment["RESDIARY_HOOK_SECRET"] = "r-1"
    assert "STANDARD_HOOK_SECRET" in bench.run("venue", "set", file, ok=False).stderr
    bench.environment["STANDARD_HOOK_SECRET"] = "whsec_?"
    assert "wrong form" in bench.run("venue", "set", file, ok=False).stderr
    bench.environment["STANDARD_HOOK_SECRET"] = "whsec_b25l"
    bench.run("venue", "set", file)
    bench.environment |= {"RESDIARY_HOOK_SECRET": "r-2", "STANDARD_HOOK_SECRET": "whsec_dHdv"}
    bench.run("venue", "set", file)
    kept = bench.stack.secret.hooks("harbour")
    assert kept.resdiary == ("r-2", "r-1")
    assert (kept.standard_platform, kept.standard) == ("example-bookings", ("whsec_dHdv", "whsec_b25l"))
    shown = bench.json("venue", "show", "harbour")
    assert (shown["credentials"]["resdiary"], shown["credentials"]["standard"]) == (True, True)
    assert shown["webhook_addresses"]["resdiary"] == f"{PUBLIC}/v1/hooks/bookings/resdiary/harbour"
    assert shown["webhook_addresses"]["standard"] == f"{PUBLIC}/v1/hooks/bookings/standard/harbour"
    for secret in ("r-1", "r-2", "whsec_dHdv", "whsec_b25l"):
        assert secret not in bench.run("venue", "show", "harbour").output

    del bench.environment["STANDARD_HOOK_SECRET"]
    moved = written(tmp_path, VENUE.replace("[pos]", settings.replace("example-", "other-")))
    assert "Standard Webhooks secret (whsec_…) of other-bookings" in bench.run("venue", "set", moved, ok=False).stderr
    bench.environment["STANDARD_HOOK_SECRET"] = "whsec_dGhyZWU="
    bench.run("venue", "set", moved, "--forget-old-tokens")
    kept = bench.stack.secret.hooks("harbour")
    assert (kept.resdiary, kept.standard_platform, kept.standard) == (("r-2",), "other-bookings", ("whsec_dGhyZWU=",))


def test_an_oauth_venue_needs_a_grant(bench: Bench, tmp_path: Path) -> None:
    file = written(tmp_path, OAUTH)
    assert "KOUNTA_REFRESH_TOKEN" in bench.run("venue", "set", file).output
    assert "KOUNTA_REFRESH_TOKEN" in bench.run("venue", "check", "harbour", ok=False).output
    bench.environment["KOUNTA_REFRESH_TOKEN"] = "r-1"
    assert "KOUNTA_REFRESH_TOKEN" not in bench.run("venue", "set", file).output
    tokens = bench.stack.tokens.read("kounta-5678")
    assert tokens is not None
    assert tokens.refresh_token == "r-1"
    assert bench.json("venue", "show", "harbour")["credentials"]["kounta_grant"] is True


def test_a_stored_refresh_token_lets_kounta_in(bench: Bench, tmp_path: Path) -> None:
    wish = {"client_id": "demo-oauth", "company_id": 5678, "redirect_uri": "https://relay.example.com/callback"}
    form = {
        "grant_type": "authorization_code",
        "code": bench.control("kounta/codes", wish)["code"],
        "redirect_uri": wish["redirect_uri"],
        "client_id": "demo-oauth",
        "client_secret": "demo-oauth-secret",
    }
    granted = bench.stack.http.post("http://sandbox.test/kounta/v1/token.json", json=form).json()
    bench.environment |= {
        "KOUNTA_CLIENT_ID": "demo-oauth",
        "KOUNTA_CLIENT_SECRET": "demo-oauth-secret",
        "KOUNTA_REFRESH_TOKEN": granted["refresh_token"],
    }
    bench.run("venue", "set", written(tmp_path, OAUTH))
    bench.run("webhooks", "subscribe", "harbour")
    assert bench.json("venue", "check", "harbour")["ready"] is True


def test_one_site_is_one_venue(ready: Bench, tmp_path: Path) -> None:
    said = ready.run("venue", "set", written(tmp_path, VENUE.replace('"harbour"', '"other"')), ok=False).stderr
    assert "site 823" in said
    assert "harbour" in said


def test_one_company_is_one_kind_of_credentials(ready: Bench, tmp_path: Path) -> None:
    other = OAUTH.replace('"harbour"', '"other"').replace("823", "824")
    assert "pos.auth is oauth" in ready.run("venue", "set", written(tmp_path, other), ok=False).stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('name = "The Example Table"', ""), "name is missing"),
        (('name = "The Example Table"', 'nmae = "x"'), "nmae is unknown; allowed: id, name, mode"),
        (('site_id = "823"', ""), "pos.site_id is missing"),
        (('site_id = "823"', 'site_id = "823"\nsite = 1'), "pos.site is unknown; allowed: pos.kind, pos.company_id"),
        (('site_id = "823"', 'site_id = "harbour"'), "pos.site_id must be a whole number"),
        (('site_id = "823"', 'site_id = "823"\nclient_secret = "x"'), "does not belong into the file"),
        (('kind = "kounta"', 'kind = "other"'), "pos.kind must be one of: kounta"),
        (('id = "harbour"', 'id = "har bour"'), "id must be letters"),
        (("[pos]", 'mode = "on"\n[pos]'), "mode must be one of: live, shadow, paused"),
        (("[pos]", 'currency = "dollar"\n[pos]'), "currency must be three capital letters"),
        (("[pos]", 'timezone = "Sydney/Australia"\n[pos]'), "timezone is no time zone"),
        (("[pos]", 'notify_emails = ["me"]\n[pos]'), "notify_emails must be a list"),
        (("[pos]", "undo_window_s = 0\n[pos]"), "undo_window_s must be seconds above 0"),
        (("[pos]", "preorder_after_s = -1\n[pos]"), "preorder_after_s must be seconds above 0"),
        (("[pos]", 'pass_thru = "yes"\n[pos]'), "pass_thru must be one of: off, on"),
        (("[pos]", 'pass_thru_register = "POS 1"\n[pos]'), "pass_thru_register must be a whole number"),
        (
            ("[pos]", 'when_registers_offline = "wait"\n[pos]'),
            "when_registers_offline must be one of: send_normally, fail",
        ),
        (("[pos]", 'registers = "16"\n[pos]'), "registers must be a list"),
        (("[pos]", 'registers = ["T1"]\n[pos]'), "registers must be a whole number"),
        (("[pos]", "link_customers = 1\n[pos]"), "link_customers must be true or false"),
        (("[pos]", 'standard_hook_platform = "resdiary"\n[pos]'), "standard_hook_platform may not be resdiary"),
        (("[pos]", 'tables = ["12"]\n[pos]'), "tables must be a table like"),
        (("[pos]", '[tables]\n"12" = ""\n[pos]'), "tables must be a table like"),
        (("[pos]", '[tables]\n" " = "T12"\n[pos]'), "tables has a table without a name"),
        (("[pos]", "[position]"), "[pos] is missing"),
        (("[pos]", "[pos"), "not TOML"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(bench: Bench, tmp_path: Path, change: tuple[str, str], said: str) -> None:
    error = bench.run("venue", "set", written(tmp_path, VENUE.replace(*change)), ok=False).stderr
    assert said in error.splitlines()[0] + error.splitlines()[-1]
    assert "venue.toml" in error
    assert "Traceback" not in error


def test_the_sites_registers_are_taken_when_the_file_names_none(bench: Bench, venue_file: str, tmp_path: Path) -> None:
    assert "may name: 16" in bench.run("venue", "set", venue_file).output
    assert bench.json("venue", "show", "harbour")["registers"] == ["16"]
    bench.control("faults", {"operation": "kounta.catalogue", "fault": "503", "times": -1})
    assert "could not be read" in bench.run("venue", "set", venue_file).output
    assert bench.json("venue", "show", "harbour")["registers"] == ["16"]
    moved = VENUE.replace('site_id = "823"', 'site_id = "824"')
    bench.run("venue", "set", written(tmp_path, moved))
    assert bench.json("venue", "show", "harbour")["registers"] == []
    bench.run("venue", "set", written(tmp_path, VENUE.replace("[pos]", 'registers = ["16", 18]\n[pos]')))
    assert bench.json("venue", "show", "harbour")["registers"] == ["16", "18"]


def test_every_wrong_key_has_its_line(bench: Bench, tmp_path: Path) -> None:
    text = VENUE.replace('name = "The Example Table"', 'nmae = "x"').replace('"823"', '"x"')
    assert len(bench.run("venue", "set", written(tmp_path, text), ok=False).stderr.splitlines()) == 3


def test_a_file_that_is_not_there(bench: Bench) -> None:
    assert "No such file" in bench.run("venue", "set", "nowhere.toml", ok=False).stderr


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("venue*.toml")), ids=lambda file: file.name)
def test_the_examples_are_right(file: Path) -> None:
    assert read_venue(file).venue.pos.kind == "kounta"


def test_every_setting_of_a_venue_can_be_set() -> None:
    assert set(VENUE_FIELDS) == {one.name for one in fields(Venue)} - {"pos"}
    assert set(POS_FIELDS) == {one.name for one in fields(PosConnection)}


def test_whether_failed_orders_are_kept(bench: Bench, tmp_path: Path) -> None:
    for words, kept in (("", False), ("keep_failed_orders = true\n", True), ("keep_failed_orders = false\n", False)):
        bench.run("venue", "set", written(tmp_path, VENUE.replace("[pos]", f"{words}[pos]")))
        assert bench.json("venue", "show", "harbour")["keep_failed_orders"] is kept
        assert bench.stack.settings.get("harbour").keep_failed_orders is kept
    odd = written(tmp_path, VENUE.replace("[pos]", 'keep_failed_orders = "yes"\n[pos]'))
    assert "keep_failed_orders must be true or false" in bench.run("venue", "set", odd, ok=False).stderr


def test_how_online_orders_are_sent(tmp_path: Path) -> None:
    plain = read_venue(Path(written(tmp_path, VENUE))).venue
    assert (plain.pass_thru, plain.pass_thru_register) == ("off", None)
    assert (plain.when_registers_offline, plain.preorder_after_s) == ("send_normally", 3600)
    keys = 'pass_thru = "on"\npass_thru_register = 16\nwhen_registers_offline = "fail"\npreorder_after_s = 1800\n[pos]'
    venue = read_venue(Path(written(tmp_path, VENUE.replace("[pos]", keys)))).venue
    assert (venue.pass_thru, venue.pass_thru_register) == ("on", "16")
    assert (venue.when_registers_offline, venue.preorder_after_s) == ("fail", 1800)


def test_the_full_example_names_every_key() -> None:
    from ops.venue_file import POS_FIELDS, VENUE_FIELDS

    text = (EXAMPLES / "venue.toml").read_text()
    assert not [key for key in (*VENUE_FIELDS, *POS_FIELDS) if f"{key} = " not in text and f"[{key}]" not in text]


def test_ids_may_be_numbers(bench: Bench, tmp_path: Path) -> None:
    bench.run("venue", "set", written(tmp_path, VENUE.replace('"823"', "823").replace('"5678"', "5678")))
    assert bench.json("venue", "show", "harbour")["pos"]["company_id"] == "5678"


def test_driver_tracking(bench: Bench, tmp_path: Path) -> None:
    assert bench.stack.known is not None

    def file(url: str) -> str:
        return written(tmp_path, VENUE.replace("[pos]", f'driver_tracking_url = "{url}"\n[pos]'))

    assert "driver_tracking_url is not a URL" in bench.run("venue", "set", file("drivers"), ok=False).stderr
    assert "https" in bench.run("venue", "set", file("http://drivers.example.com/"), ok=False).stderr
    good = file("https://drivers.example.com/orders")
    assert "DRIVER_TRACKING_SECRET" in bench.run("venue", "set", good, ok=False).stderr
    for wrong in ("ZHJpdmVy", "whsec_?"):
        bench.environment["DRIVER_TRACKING_SECRET"] = wrong
        assert "wrong form" in bench.run("venue", "set", good, ok=False).stderr
    assert bench.json("venue", "list") == []
    for secret in ("whsec_b25l", "whsec_dHdv"):
        bench.environment["DRIVER_TRACKING_SECRET"] = secret
        assert secret not in bench.run("venue", "set", good).output
    assert bench.stack.secret.driver_tracking("harbour") == ("whsec_dHdv", "whsec_b25l")
    bench.run("venue", "set", good, "--forget-old-tokens")
    assert bench.stack.secret.driver_tracking("harbour") == ("whsec_dHdv",)
    shown = bench.json("venue", "show", "harbour")
    assert shown["driver_tracking_url"] == "https://drivers.example.com/orders"
    assert shown["credentials"]["driver_tracking"] is True
    bench.stack.known = replace(bench.stack.known, private_endpoints=True)
    del bench.stack.addresses
    bench.run("venue", "set", file(f"{SANDBOX}/_driver/harbour"))


def test_mode(ready: Bench) -> None:
    said = ready.run("venue", "mode", "harbour", "paused").output
    assert "paused" in said
    assert "it was live" in said
    assert ready.stack.settings.get("harbour").mode is VenueMode.PAUSED
    assert "live, shadow or paused" in ready.run("venue", "mode", "harbour", "off", ok=False).stderr


def test_setting_a_venue_again_does_not_end_a_pause(ready: Bench, venue_file: str, tmp_path: Path) -> None:
    ready.run("venue", "mode", "harbour", "paused")
    assert "paused" in ready.run("venue", "set", venue_file).output
    assert ready.stack.settings.get("harbour").mode is VenueMode.PAUSED
    ready.run("venue", "set", written(tmp_path, VENUE.replace("[pos]", 'mode = "live"\n[pos]')))
    assert ready.stack.settings.get("harbour").mode is VenueMode.LIVE


def test_a_venue_that_is_not_there(bench: Bench) -> None:
    for arguments in (("show", "x"), ("check", "x"), ("mode", "x", "live")):
        said = bench.run("venue", *arguments, ok=False).stderr
        assert "there is no venue x" in said
        assert len(said.splitlines()) == 1


def test_lists_are_json_for_programs(bench: Bench) -> None:
    for group in ("venue", "platform"):
        assert json.loads(bench.run(group, "list", "--json").stdout) == []
