"""Every file under events/ is something its function takes, and names a route that there is."""

from pathlib import Path

import pytest

from tests.functions.event_files import EVENTS, read_event
from tests.functions.relay import PUBLIC_URL, Relay, template_routes

NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in EVENTS.glob("*/*.json"))
FUNCTIONS = {path.parent.name for path in Path(EVENTS.parent, "functions").glob("*/handler.py")}


def test_every_function_has_one() -> None:
    assert {name.split("/")[0] for name in NAMES} == FUNCTIONS


@pytest.mark.parametrize("name", NAMES)
def test_names_a_route_that_there_is(name: str) -> None:
    event = read_event(name)
    assert event.get("routeKey", "GET /health") in template_routes()
    assert PUBLIC_URL not in str(event)


def test_all_can_be_sent_one_after_the_other(relay: Relay) -> None:
    for name in NAMES:
        function = name.split("/")[0]
        answered = relay.invoke(function, read_event(name))
        if "routeKey" in read_event(name) and function != "authorizer":
            assert answered["statusCode"] < 500, name
        elif function in ("pos_writer", "failures", "platform_events", "deliveries"):
            assert answered == {"batchItemFailures": []}, name
