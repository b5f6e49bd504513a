"""The menu through the real handlers: asked for, imported by the writer, shown, told, kept fresh."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import bootstrap
from shared.adapters.dynamodb.codec import dump
from shared.adapters.dynamodb.outbox import new_outbox_item
from shared.domain.access import Platform
from shared.domain.deliveries.platform_event import MENU_WANTED
from shared.domain.menu.importing import Edition, MenuHead
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from shared.domain.venues import VenueMode
from tests.conformance.test_menu_book import long_menu
from tests.functions.answers import Answer
from tests.functions.event_files import changed, read_event
from tests.functions.relay import START, TABLE, VENUE, Relay
from tests.functions.test_openapi import described, is_as_described

LAMBDA_BYTES = 6_000_000
NUDGE = json.dumps({"v": 1, "record": "MENU#demo"})
FISH, LAMB = 730303, 730304


def call(relay: Relay, name: str, **changes: Any) -> Answer:
    """A request of `events/menu`, answered as the reference says."""
    event = changed(read_event(f"menu/{name}"), **changes)
    answer = relay.http("menu", event)
    if answer.status == 304:
        assert "304" in described(event["routeKey"])["responses"]
        assert answer.body == ""
    else:
        is_as_described(event, answer)
    return answer


def ask(relay: Relay) -> dict[str, Any]:
    """Asks for an import."""
    answer = call(relay, "import")
    assert answer.status == 202
    content: dict[str, Any] = answer.json()
    return content


def go_on(relay: Relay) -> None:
    """Nudges until the import is through; those for a later slot would come by themselves, after a while."""
    relay.run()
    for _ in range(10):
        head = bootstrap.menu_book().load("demo")
        if head is None or head.run is None:
            break
        relay.clock.advance(5)
        relay.write(NUDGE)
    relay.run()


def imported(relay: Relay) -> dict[str, Any]:
    """Asks for an import and shows the menu."""
    ask(relay)
    go_on(relay)
    content: dict[str, Any] = call(relay, "get").json()
    return content


def products(menu: Mapping[str, Any]) -> dict[str, Any]:
    """By id."""
    return {each["id"]: each for each in menu["products"]}


def catch(relay: Relay) -> None:
    """The calling platform, with an endpoint that the sandbox plays."""
    bootstrap.settings_book().put_platform(Platform("demo-bookings", "Demo"))
    event = read_event("webhook_endpoints/put")
    url = "http://sandbox.test/_platform/main"
    assert relay.http("webhook_endpoints", changed(event, body={"url": url})).status == 201


def told(relay: Relay) -> list[dict[str, Any]]:
    """What arrived there."""
    calls = relay.control("calls")
    bodies = [each["body"] for each in calls if each["operation"].startswith("platform.")]
    return [json.loads(each) if isinstance(each, str) else each for each in bodies]


def test_a_menu_that_was_never_imported_is_not_there(relay: Relay) -> None:
    assert call(relay, "get").status == 404


def test_a_menu_is_asked_for_imported_and_shown(relay: Relay) -> None:
    first = ask(relay)
    assert (first["status"], first["why"], first["imported_at"]) == ("queued", "asked", None)
    assert ask(relay)["import_id"] == first["import_id"], "one import at a time"
    relay.run()
    menu = call(relay, "get").json()
    assert len(menu["products"]) == 20
    plate = products(menu)["730310"]
    assert (plate["price"], plate["price_ex_tax"], plate["option_sets"]) == ("20.00", "18.1818", ["501", "502"])
    assert [each["id"] for each in menu["option_sets"]] == ["501", "502", "503"]
    assert [each["name"] for each in menu["categories"]] == ["Breakfast", "Drinks"]
    assert relay.vendor_calls("kounta") == ["kounta.catalogue"] * 2
    again = ask(relay)
    assert again["import_id"] != first["import_id"]
    assert again["imported_at"] == menu["imported_at"]


def test_what_the_pos_no_longer_sells_or_has(relay: Relay) -> None:
    imported(relay)
    relay.control("state", {"site_id": 823, "product_gone": [LAMB], "product_out_of_stock": [FISH]})
    shown = products(imported(relay))
    assert str(LAMB) not in shown
    assert not shown[str(FISH)]["available"]


def test_a_platform_that_has_the_menu_is_spared_it(relay: Relay) -> None:
    imported(relay)
    tag = call(relay, "get").headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        assert call(relay, "get", headers={"if-none-match": known}).status == 304
    relay.control("state", {"site_id": 823, "product_gone": [LAMB]})
    imported(relay)
    answer = call(relay, "get", headers={"if-none-match": tag})
    assert answer.status == 200
    assert answer.headers["etag"] != tag


@pytest.mark.parametrize(
    ("name", "caller", "status"),
    [
        ("get", {"scopes": "venue:read"}, 404),
        ("get", {"scopes": "orders:write"}, 404),
        ("get", {"scopes": "booking:write sales:read"}, 403),
        ("get", {"venues": "elsewhere"}, 403),
        ("import", {"scopes": "venue:read"}, 403),
        ("import", {"venues": "elsewhere"}, 403),
    ],
)
def test_who_may_read_and_who_may_import(relay: Relay, name: str, caller: dict[str, str], status: int) -> None:
    assert call(relay, name, caller=caller).status == status
    assert relay.nudges() == []


def test_a_venue_that_is_not_there_has_no_menu(relay: Relay) -> None:
    for name in ("get", "import"):
        answer = call(relay, name, caller={"venues": "*"}, path={"venue_id": "nowhere"})
        assert (answer.status, answer.json()["code"]) == (404, "not_found")
    assert ("MENU#nowhere", "HEAD") not in relay.stored()


def test_platforms_hear_of_a_menu_that_changed_and_of_no_other(relay: Relay) -> None:
    catch(relay)
    imported(relay)
    (event,) = told(relay)
    assert event["type"] == "menu.updated"
    assert (event["data"]["venue_id"], event["data"]["products"], event["data"]["added"]) == ("demo", 20, 20)
    imported(relay)
    assert len(told(relay)) == 1
    relay.control("state", {"site_id": 823, "product_gone": [LAMB]})
    imported(relay)
    data = told(relay)[1]["data"]
    assert (data["products"], data["removed"], data["added"], data["changed"]) == (19, 1, 0, 0)


def test_an_outbox_item_brings_an_import_about(relay: Relay) -> None:
    item = OutboxItem(MENU_WANTED, "demo", "", START, "BOOKING#demo#x#1", {"why": "error"})
    relay.dynamodb.put_item(TableName=TABLE, Item=new_outbox_item(item, START, Timings()))
    relay.run()
    head = bootstrap.menu_book().load("demo")
    assert head is not None
    assert head.edition is not None
    assert head.edition.products == 20
    assert relay.failures() == []
    assert not any("due_pk" in each for each in relay.items() if each["pk"]["S"].startswith("OUTBOX#"))


def test_the_caretaker_sees_to_the_daily_import_and_to_a_lost_nudge(relay: Relay) -> None:
    care = read_event("caretaker/every_minute")
    menu = imported(relay)
    relay.clock.advance(Timings().menu_every_s - 60)
    relay.invoke("caretaker", care)
    relay.run()
    assert call(relay, "get").json()["imported_at"] == menu["imported_at"]
    relay.clock.advance(60)
    relay.invoke("caretaker", care)
    go_on(relay)
    daily = call(relay, "get").json()
    assert daily["imported_at"] > menu["imported_at"]

    ask(relay)
    assert len(relay.nudges()) == 1, "which is lost"
    relay.clock.advance(60)
    relay.invoke("caretaker", care)
    go_on(relay)
    assert call(relay, "get").json()["imported_at"] > daily["imported_at"]


def test_a_paused_venues_import_waits_for_its_venue(relay: Relay) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, mode=VenueMode.PAUSED))
    ask(relay)
    relay.run()
    assert call(relay, "get").status == 404
    bootstrap.settings_book().put_venue(VENUE)
    relay.clock.advance(60)
    relay.invoke("caretaker", read_event("caretaker/every_minute"))
    go_on(relay)
    assert call(relay, "get").status == 200


def test_people_hear_of_an_empty_menu_and_the_earlier_one_stays(relay: Relay) -> None:
    before = imported(relay)
    everything = [int(each) for each in products(before)]
    relay.control("state", {"site_id": 823, "product_gone": everything})
    assert imported(relay) == before
    (mail,) = relay.mails()
    assert "empty menu" in mail.subject
    failure = ask(relay)["last_failure"]
    assert failure["code"] == "menu_empty"


def test_lost_permission_ends_the_import_and_is_told(relay: Relay) -> None:
    relay.control("state", {"permission_lost": True})
    ask(relay)
    relay.run()
    assert call(relay, "get").status == 404
    (mail,) = relay.mails()
    assert "could not be imported" in mail.subject


def test_an_import_that_crashes_the_writer_is_on_the_list(relay: Relay) -> None:
    event = read_event("failures/crashed_nudge")
    event["Records"][0]["body"] = NUDGE
    assert relay.invoke("failures", event) == {"batchItemFailures": []}
    (mail,) = relay.mails()
    assert "could not be imported" in mail.subject


def test_a_page_that_waits_for_its_slot_costs_what_the_budget_says(relay: Relay) -> None:
    company = relay.sandbox.kounta.state.company(5678)
    more = [company.products[0].model_copy(update={"id": number}) for number in range(1, 200)]
    relay.sandbox.kounta.state.put_company(company.model_copy(update={"products": [*company.products, *more]}))
    ask(relay)
    relay.run()
    for _ in range(3):
        head = bootstrap.menu_book().load("demo")
        assert head is not None
        assert head.run is not None
        assert head.run.resume_at is not None
        relay.clock.moment = head.run.resume_at
        relay.aws_calls.clear()
        relay.write(NUDGE)
        made = Counter(relay.aws_calls)
        assert made.pop("dynamodb.UpdateItem") in (2, 3)  # two when the connection is busy
        assert made == {"dynamodb.GetItem": 1, "dynamodb.TransactWriteItems": 3, "sqs.SendMessage": 1}


def test_three_thousand_products_fit_into_an_answer(relay: Relay) -> None:
    menu, book = long_menu(3000), bootstrap.menu_book()
    chunks = book.put_menu("demo", "imp_long", menu)
    book.save(MenuHead("demo", edition=Edition("imp_long", START, START + timedelta(1), "h", chunks, 3000, 200, 0)))
    answer = relay.http("menu", read_event("menu/get"))
    assert len(answer.json()["products"]) == 3000
    assert len(json.dumps(answer.body)) < LAMBDA_BYTES / 2
    assert len(dump(menu)) < LAMBDA_BYTES
