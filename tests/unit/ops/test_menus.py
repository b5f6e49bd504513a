"""posrelay venue menu."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from shared.domain.menu.importing import Edition, ImportFailure, MenuHead
from tests.unit.ops.conftest import Bench


def test_a_menu_that_was_never_imported_says_how_to(ready: Bench) -> None:
    assert "posrelay venue menu harbour --import" in ready.run("venue", "menu", "harbour").stderr


def test_an_import_is_asked_for_and_its_progress_shown(ready: Bench) -> None:
    asked = ready.run("venue", "menu", "harbour", "--import")
    assert "asked for" in asked.stdout
    queue = ready.stack.addresses.writes_queue_url
    (nudge,) = ready.stack.session.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(nudge["Body"])["record"] == "MENU#harbour"
    head = ready.stack.menus.load("harbour")
    assert head is not None
    assert head.run is not None
    begun = replace(head.run, started_at=ready.now(), products=75, pages=3, failures=1)
    ready.stack.menus.save(replace(head, run=replace(begun, resume_at=ready.now() + timedelta(seconds=30))))
    shown = ready.run("venue", "menu", "harbour").stdout
    assert "75 products on 3 pages" in shown
    assert "goes on in 30 s" in shown
    assert "calls in vain: 1" in shown
    assert ready.json("venue", "menu", "harbour")["import_id"] == head.run.id
    assert "under way" in ready.run("venue", "menu", "harbour", "--import").stdout


def test_age_counts_and_failure_are_shown(ready: Bench) -> None:
    now = ready.now()
    edition = Edition("imp_1", now - timedelta(hours=3), now - timedelta(hours=3), "h", 1, 412, 30, 12)
    failure = ImportFailure("menu_not_imported", now, "not permitted")
    head = ready.stack.menus.save(MenuHead("harbour", edition=edition, failure=failure, next_at=now))
    shown = ready.run("venue", "menu", "harbour").stdout
    for words in ("412", "3 h ago", "orders are checked against it", "menu_not_imported: not permitted", "next import"):
        assert words in shown
    assert ready.json("venue", "menu", "harbour")["counts"]["products"] == 412
    old = replace(edition, imported_at=now - timedelta(hours=27))
    ready.stack.menus.save(replace(head, edition=old))
    assert "too old" in ready.run("venue", "menu", "harbour").stdout


def test_a_venue_that_is_not_there(ready: Bench) -> None:
    assert ready.run("venue", "menu", "nowhere", ok=False).stderr.startswith("✗")
