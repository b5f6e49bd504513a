"""posrelay venue check: every setting that does not fit is found, with its fix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.kounta.administration import KountaAdministration
from shared.adapters.secretsmanager.stack_secret import HookSecrets
from shared.domain.access import Platform
from shared.domain.venues import Venue, VenueMode
from tests.unit.ops.conftest import PUBLIC, SANDBOX, Bench


def findings(bench: Bench, *, ok: bool) -> dict[str, dict[str, Any]]:
    said = bench.json("venue", "check", "harbour", ok=ok)
    assert said["ready"] is ok
    return {one["subject"]: one for one in said["findings"]}


def change(bench: Bench, **fields: Any) -> None:
    venue: Venue = bench.stack.settings.get("harbour")
    pos = {name.removeprefix("pos_"): value for name, value in fields.items() if name.startswith("pos_")}
    rest = {name: value for name, value in fields.items() if not name.startswith("pos_")}
    bench.stack.settings.put_venue(replace(venue, pos=replace(venue.pos, **pos), **rest))


def administration(bench: Bench) -> KountaAdministration:
    return bench.stack.line_to(bench.stack.settings.get("harbour").pos).administration


def test_all_is_right(ready: Bench) -> None:
    found = findings(ready, ok=True)
    assert {one["state"] for one in found.values()} == {"right"}
    assert {"credentials", "clock", "site", "register", "payment methods", "POS online"} < found.keys()
    assert found["webhook orders/completed"]["found"] == "there once, for site 823"
    said = ready.run("venue", "check", "harbour").output
    assert "✓" in said
    assert "harbour: ready" in said


@pytest.mark.parametrize(
    ("fields", "subject", "fix"),
    [
        ({"pos_site_id": "999"}, "site", "site_id"),
        ({"pos_register_id": "99"}, "register", "16 (POS 1)"),
        ({"pos_register_id": "17"}, "register", "16 (POS 1)"),
        ({"pass_thru": "on", "pass_thru_register": "17"}, "pass-thru register", "set pass_thru_register"),
        ({"deposit_method_id": "77"}, "payment methods", "3 (Deposit)"),
        ({"currency": "NZD"}, "currency", 'currency = "AUD"'),
    ],
)
def test_a_setting_that_kounta_does_not_know(ready: Bench, fields: dict[str, str], subject: str, fix: str) -> None:
    change(ready, **fields)
    found = findings(ready, ok=False)
    assert found[subject]["state"] == "wrong"
    assert fix in found[subject]["fix"]


def test_register_and_deposit_method_that_fit(ready: Bench) -> None:
    change(ready, pos_register_id="16", deposit_method_id="3")
    found = findings(ready, ok=True)
    assert found["register"]["found"] == "POS 1 (16)"
    assert "Deposit (3)" in found["payment methods"]["found"]
    assert "pass-thru register" not in found


@pytest.mark.parametrize(
    ("registers", "state", "found"),
    [
        (("16",), "right", "16"),
        (("16", "17"), "wrong", "not at this site: 17"),
        (("99",), "wrong", "not at this site: 99"),
        ((), "note", "platforms may not name 16"),
    ],
)
def test_the_registers_that_platforms_may_name(
    ready: Bench, registers: tuple[str, ...], state: str, found: str
) -> None:
    change(ready, registers=registers)
    said = findings(ready, ok=state != "wrong")["registers for platforms"]
    assert (said["state"], said["found"]) == (state, found)


def test_a_pass_thru_register_counts_only_when_it_is_used(ready: Bench) -> None:
    change(ready, pass_thru="on", pass_thru_register="16")
    assert findings(ready, ok=True)["pass-thru register"]["found"] == "POS 1 (16)"
    change(ready, pass_thru="off", pass_thru_register="17")
    assert "pass-thru register" not in findings(ready, ok=True)


def test_wrong_credentials_end_the_look(ready: Bench, venue_file: str) -> None:
    ready.environment["KOUNTA_CLIENT_SECRET"] = "wrong"
    ready.run("venue", "set", venue_file)
    found = findings(ready, ok=False)
    assert found["credentials"]["state"] == "wrong"
    assert "venue set" in found["credentials"]["fix"]
    assert found["webhooks"]["state"] == "unknown"
    assert "✗" in ready.run("venue", "check", "harbour", ok=False).output


def test_no_credentials_at_all(bench: Bench, ready: Bench) -> None:
    change(bench, pos_company_id="1")
    assert findings(ready, ok=False)["credentials"]["state"] == "wrong"


@pytest.mark.parametrize(("ahead_s", "ok"), [(0, True), (8, True), (-8, True), (40, False), (-3600, False)])
def test_the_clock(ready: Bench, ahead_s: float, ok: bool) -> None:
    ready.kounta_ahead_s = ahead_s
    assert findings(ready, ok=ok)["clock"]["state"] == ("right" if ok else "wrong")


def _none(bench: Bench) -> None:
    for one in administration(bench).list_webhooks():
        administration(bench).delete_webhook(one.id)


def _twice(bench: Bench) -> None:
    _subscribe(bench, {"Authorization": "x"}, [823])


def _other_site(bench: Bench) -> None:
    _none(bench)
    _subscribe(bench, {"Authorization": "x"}, [824])


def _other_secret(bench: Bench) -> None:
    _none(bench)
    _subscribe(bench, {"Authorization": "x"}, [823])


def _subscribe(bench: Bench, headers: dict[str, str], sites: list[int]) -> None:
    body = {
        "topic": "orders/completed",
        "address": f"{PUBLIC}/pos/kounta/harbour/orders-completed",
        "format": "json",
        "filter": {"site_ids": sites},
        "headers": headers,
    }
    made = bench.stack.http.post(
        "http://sandbox.test/kounta/v1/companies/5678/webhooks.json",
        json=body,
        auth=("demo-basic", "demo-basic-secret"),
        headers={"Accept": "application/json"},
    )
    assert made.status_code == 201


@pytest.mark.parametrize(
    ("disturb", "said"),
    [
        (_none, "not subscribed"),
        (_twice, "subscribed 2 times"),
        (_other_site, "not limited to site 823"),
        (_other_secret, "Authorization"),
    ],
)
def test_a_webhook_that_is_wrong_is_found_and_mended(ready: Bench, disturb: Callable[[Bench], None], said: str) -> None:
    disturb(ready)
    found = findings(ready, ok=False)["webhook orders/completed"]
    assert said in found["found"]
    assert found["fix"] == "posrelay webhooks subscribe harbour"
    ready.run("webhooks", "subscribe", "harbour")
    assert findings(ready, ok=True)["webhook orders/completed"]["state"] == "right"


def test_a_site_that_is_offline(ready: Bench) -> None:
    ready.control("state", {"site_id": 823, "site_offline": True})
    found = findings(ready, ok=False)
    assert found["POS online"]["state"] == "wrong"
    assert "internet" in found["POS online"]["fix"]


def test_paused_online_ordering(ready: Bench) -> None:
    ready.control("state", {"site_id": 823, "online_ordering_paused": True})
    assert findings(ready, ok=False)["online ordering"]["state"] == "wrong"


def test_kounta_away(ready: Bench) -> None:
    ready.control("faults", {"operation": "kounta.catalogue", "fault": "503", "times": -1})
    assert findings(ready, ok=False)["credentials"]["state"] == "wrong"


def test_a_mode_that_is_not_live_is_a_note(ready: Bench) -> None:
    change(ready, mode=VenueMode.SHADOW)
    assert findings(ready, ok=True)["mode"]["state"] == "note"


def test_signed_webhooks_need_their_secrets(ready: Bench) -> None:
    change(ready, resdiary_restaurant="ExampleTable", standard_hook_platform="example-bookings")
    found = findings(ready, ok=False)
    assert "refused" in found["ResDiary"]["found"]
    assert "no secret of example-bookings" in found["Standard Webhooks"]["found"]

    def stored(platform: str) -> None:
        secrets = HookSecrets(("r-2", "r-1"), platform, ("whsec_b25l",))
        ready.stack.secret.update(lambda content: content.with_hooks("harbour", secrets))

    stored("other-bookings")
    assert findings(ready, ok=False)["Standard Webhooks"]["state"] == "wrong"
    stored("example-bookings")
    found = findings(ready, ok=True)
    assert found["ResDiary"]["found"] == "2 secrets stored for ExampleTable"
    assert found["Standard Webhooks"]["state"] == "note"
    ready.stack.settings.put_platform(Platform("example-bookings", "Example bookings"))
    assert findings(ready, ok=True)["Standard Webhooks"]["found"] == "a secret stored for example-bookings"


def test_driver_tracking_is_https_has_a_secret_and_answers(ready: Bench) -> None:
    change(ready, driver_tracking_url="https://127.0.0.1/orders")
    assert "no secret stored" in findings(ready, ok=False)["driver tracking"]["found"]
    ready.stack.secret.update(lambda content: content.with_driver_tracking("harbour", ("whsec_b25l",)))
    assert "open internet" in findings(ready, ok=False)["driver tracking"]["found"]
    change(ready, driver_tracking_url=f"{SANDBOX}/_driver/harbour")
    assert "https" in findings(ready, ok=False)["driver tracking"]["found"]

    assert ready.stack.known is not None
    ready.stack.known = replace(ready.stack.known, private_endpoints=True)
    del ready.stack.addresses
    assert findings(ready, ok=True)["driver tracking"]["state"] == "right"
    assert ready.sandbox.driver.shown() == [], "to ask books no driver"
    for fault, said in (("reset_before", "does not answer"), ("503", "answers 503")):
        ready.control("faults", {"operation": "driver.track", "fault": fault, "times": 1})
        assert said in findings(ready, ok=False)["driver tracking"]["found"]
