"""What one platform may see of another's."""

from tests.functions.answers import is_problem
from tests.functions.event_files import changed, read_event
from tests.functions.relay import Relay


def test_other_platforms_booking_is_not_found(relay: Relay) -> None:
    relay.http("booking_events", read_event("booking_events/seated"))
    relay.run()
    order_id = relay.get("booking").json()["seatings"][0]["order_id"]
    stranger = {"platform": "other-bookings", "scopes": "booking:write"}
    for name, path in (("booking", {}), ("booking_event", {}), ("order", {"order_id": order_id})):
        event = changed(read_event(f"queries/{name}"), path=path, caller=stranger)
        is_problem(relay.http("queries", event), 404, "not_found")
        asking = changed(event, query={"platform": "demo-bookings"})
        status, code = (404, "not_found") if name == "order" else (403, "scope_not_granted")
        is_problem(relay.http("queries", asking), status, code)
        granted = changed(asking, caller={"scopes": "venue:read"})
        assert relay.http("queries", granted).status == 200


def test_other_platforms_event_of_the_same_ids_is_its_own(relay: Relay) -> None:
    mine = relay.http("booking_events", read_event("booking_events/seated"))
    theirs = relay.http(
        "booking_events", changed(read_event("booking_events/seated"), caller={"platform": "other-bookings"})
    )
    assert (mine.json()["duplicate"], theirs.json()["duplicate"]) == (False, False)
