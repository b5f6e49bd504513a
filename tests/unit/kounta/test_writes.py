"""What the writes send, and what they make of what comes back."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal

import httpx
import pytest

from shared.adapters.kounta.writes import KountaWrites
from shared.domain.bookings.events import Customer
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    PaymentRequest,
)
from shared.domain.orders.writes import Answer, Outcome
from tests.unit.kounta.stand_in import COMPANY, Ticking, client_to, json_reply

GUEST = Customer("Alex", "Example", "alex@example.com", "+61 2 5550 0100")
MADE = json_reply(201, None, Location=f"{COMPANY}/orders/93824701")


def test_create_sends_these_bytes_with_this_key() -> None:
    client, kounta = client_to([MADE])
    answer = KountaWrites(client).create_order(b'{"site_id":823}', "PR-0123456789ABCDEF-1-g1")
    assert answer == Answer(Outcome.DONE, 201, pos_order_id="93824701")
    assert kounta.calls == [f"POST {COMPANY}/orders"]
    request = kounta.requests[0]
    assert request.content == b'{"site_id":823}'
    assert request.headers["Idempotency-Key"] == "PR-0123456789ABCDEF-1-g1"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == "Basic Y2xpZW50LTE6c2VjcmV0LTE="
    assert request.headers["User-Agent"].startswith("POS-Relay/")


@pytest.mark.parametrize("bad", [json_reply(500, {}), httpx.ReadError("cut"), json_reply(503, {}), json_reply(401, {})])
def test_a_write_is_sent_once(bad: httpx.Response | Exception) -> None:
    client, kounta = client_to([bad])
    writes = KountaWrites(client)
    writes.create_order(b"{}", "k")
    writes.update_order("1", notes="n", guests=None)
    writes.notify("1", "m")
    writes.delete_order("1")
    writes.create_customer(GUEST, "c-1")
    assert len(kounta.calls) == 5


def test_every_call_has_its_time_out() -> None:
    client, kounta = client_to([MADE])
    KountaWrites(client).create_order(b"{}", "k")
    limits = dict(kounta.requests[0].extensions["timeout"])
    assert limits == {"connect": 3, "pool": 3, "read": 10, "write": 10}


def test_a_body_cut_off_after_location_is_no_doubt() -> None:
    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            raise httpx.ReadError("cut")

    def created(_: httpx.Request) -> httpx.Response:
        return httpx.Response(201, headers={"Location": f"{COMPANY}/orders/5"}, stream=Cut())

    def refused(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, stream=Cut())

    client, _ = client_to([created, refused])
    assert KountaWrites(client).create_order(b"{}", "k").pos_order_id == "5"
    assert KountaWrites(client).create_order(b"{}", "k").outcome is Outcome.LOST


def test_an_answer_that_trickles_ends() -> None:
    clock = Ticking()

    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1000):
                clock.at += 1
                yield b" "

    client, _ = client_to([lambda _: httpx.Response(400, stream=Trickle())], clock=clock)
    started = clock.at
    assert KountaWrites(client).create_order(b"{}", "k").outcome is Outcome.LOST
    assert clock.at - started <= client.timings.write_timeout_s + 1


def test_update_and_notify() -> None:
    client, kounta = client_to([json_reply(200)])
    writes = KountaWrites(client)
    assert writes.update_order("7", notes="Table 3", guests=2).outcome is Outcome.DONE
    assert writes.notify("7", "table 1 → 3").outcome is Outcome.DONE
    assert kounta.calls == [f"PUT {COMPANY}/orders/7", f"POST {COMPANY}/orders/7/notifications"]
    assert json.loads(kounta.requests[0].content) == {"notes": "Table 3", "guests": 2}
    assert json.loads(kounta.requests[1].content)["message"] == "table 1 → 3"


LINE = LineRequest("7", Decimal(2))
OPTION = OptionRequest("730310", option_sets=(OptionSetRequest("501", (OptionRequest("730311"),)),))
PAYMENT = PaymentRequest(Decimal("4.50"), "2", "ref-1")
PARTS: list[tuple[Callable[[KountaWrites], Answer], str, str, str]] = [
    (lambda to: to.change_order("7", OrderChanges(guests=3)), "PUT orders/7", '{"guests":3}', "order_gone"),
    (lambda to: to.set_status("7", "ACCEPTED"), "PUT orders/7", '{"status":"ACCEPTED"}', "order_gone"),
    (
        lambda to: to.add_lines("7", [LINE, LINE]),
        "POST orders/7/lines",
        '[{"product_id":7,"quantity":2},{"product_id":7,"quantity":2}]',
        "order_gone",
    ),
    (
        lambda to: to.change_line("7", 12, LineChanges(quantity=Decimal(2), modifiers=())),
        "PUT orders/7/lines/12",
        '{"quantity":2,"modifiers":[]}',
        "line_gone",
    ),
    (lambda to: to.remove_line("7", 12), "DELETE orders/7/lines/12", "", "line_gone"),
    (
        lambda to: to.add_option_set("7", OPTION),
        "POST orders/7/optionsets",
        '{"product_id":730310,"option_sets":[{"option_set_id":501,"options":[{"product_id":730311}]}]}',
        "order_gone",
    ),
    (lambda to: to.remove_option_set("7", 1), "DELETE orders/7/optionsets/1", "", "option_set_gone"),
    (
        lambda to: to.add_payment("7", PAYMENT),
        "POST orders/7/payments",
        '{"method_id":2,"amount":4.50,"ref":"ref-1"}',
        "order_gone",
    ),
    (
        lambda to: to.change_payment("7", 1, ref="r", tip=Decimal("1.00")),
        "PUT orders/7/payments/1",
        '{"ref":"r","tip":1.00}',
        "payment_gone",
    ),
    (
        lambda to: to.send_notification("7", Notification("m", broadcast_level="order")),
        "POST orders/7/notifications",
        '{"broadcast_level":"order","alert_colour":"orange","message":"m","duration":30}',
        "order_gone",
    ),
]


@pytest.mark.parametrize(("act", "call", "body", "gone"), PARTS, ids=[call for _, call, _, _ in PARTS])
def test_every_part_of_an_order(act: Callable[[KountaWrites], Answer], call: str, body: str, gone: str) -> None:
    not_found = json_reply(404, {"error_description": "Not Found"})
    client, kounta = client_to([json_reply(200), json_reply(500, {}), not_found])
    writes = KountaWrites(client)
    assert act(writes) == Answer(Outcome.DONE, 200)
    method, _, path = call.partition(" ")
    assert kounta.calls == [f"{method} {COMPANY}/{path}"]
    assert kounta.requests[0].content == body.encode()
    assert act(writes).outcome is Outcome.SERVER_ERROR
    missing = act(writes)
    assert (missing.outcome, missing.code) == (Outcome.REFUSED, gone)
    assert len(kounta.calls) == 3  # each was sent once, whatever came of it


def test_an_id_that_is_none_of_kountas_is_refused_unsent() -> None:
    client, kounta = client_to([json_reply(200)])
    writes = KountaWrites(client)
    refused = [
        writes.add_lines("7", [LineRequest("seven")]),
        writes.add_payment("7", PaymentRequest(Decimal(1), "card")),
        writes.add_option_set("7", OptionRequest("x")),
        writes.change_order("7", OrderChanges(customer_id="x")),
    ]
    assert [(one.outcome, one.code) for one in refused] == [(Outcome.REFUSED, "invalid_pos_id")] * 4
    assert writes.remove_line("7", -1).outcome is Outcome.REFUSED
    assert writes.add_payment("7/../8", PAYMENT).outcome is Outcome.REFUSED
    assert kounta.calls == []


def test_update_of_a_missing_order() -> None:
    client, _ = client_to([json_reply(404, {"error_description": "Not Found"})])
    answer = KountaWrites(client).update_order("7", notes="", guests=None)
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "order_gone")


@pytest.mark.parametrize("status", [204, 200, 404])
def test_delete(status: int) -> None:
    client, kounta = client_to([json_reply(status)])
    assert KountaWrites(client).delete_order("7").outcome is Outcome.DONE
    assert kounta.calls == [f"DELETE {COMPANY}/orders/7"]


def test_delete_that_is_not_possible_rejects() -> None:
    client, kounta = client_to([json_reply(405), json_reply(200)])
    assert KountaWrites(client).delete_order("7").outcome is Outcome.DONE
    assert kounta.calls == [f"DELETE {COMPANY}/orders/7", f"PUT {COMPANY}/orders/7"]
    assert json.loads(kounta.requests[1].content) == {"status": "REJECTED"}


def test_a_venue_may_reject_from_the_start() -> None:
    client, kounta = client_to([json_reply(200)])
    assert KountaWrites(client, delete_by_reject=True).delete_order("7").outcome is Outcome.DONE
    assert kounta.calls == [f"PUT {COMPANY}/orders/7"]


def test_an_id_that_is_none_is_not_sent() -> None:
    client, kounta = client_to([json_reply(200)])
    assert KountaWrites(client).delete_order("7/../8").outcome is Outcome.REFUSED
    assert kounta.calls == []


def test_a_customer_is_created_under_our_reference() -> None:
    client, kounta = client_to([json_reply(201, None, Location=f"{COMPANY}/customers/3842.json")])
    assert KountaWrites(client).create_customer(GUEST, "guest-9") == "3842"
    assert json.loads(kounta.requests[0].content)["reference_id"] == "guest-9"


@pytest.mark.parametrize("bad", [json_reply(400, {}), json_reply(201), httpx.ReadTimeout("slow"), json_reply(429)])
def test_a_customer_never_holds_an_order(bad: httpx.Response | Exception, caplog: pytest.LogCaptureFixture) -> None:
    client, _ = client_to([bad])
    with caplog.at_level(logging.DEBUG):
        assert KountaWrites(client).create_customer(GUEST, "guest-9") is None
    assert "customer not created" in caplog.text
    assert not any(personal in caplog.text for personal in ("alex", "Alex", "5550", "guest-9", "secret-1"))


def test_no_name_no_customer() -> None:
    client, kounta = client_to([MADE])
    assert KountaWrites(client).create_customer(Customer(email="alex@example.com"), "c") is None
    assert kounta.calls == []


def test_a_low_rate_limit_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    low = json_reply(200, None, X_Ratelimit_Limit="60", X_Ratelimit_Remaining="5", X_Ratelimit_Reset="1790000000")
    client, _ = client_to([low])
    writes = KountaWrites(client)
    with caplog.at_level(logging.WARNING):
        writes.notify("1", "a")
        writes.notify("1", "b")
    assert client.rate_limit is not None
    assert (client.rate_limit.remaining, client.rate_limit.reset) == (5, 1790000000)
    assert caplog.text.count("5 of 60 calls left") == 1


def test_no_cookie_is_kept() -> None:
    client, kounta = client_to([json_reply(200, None, Set_Cookie="session=1")])
    writes = KountaWrites(client)
    writes.notify("1", "a")
    writes.notify("1", "b")
    assert "Cookie" not in kounta.requests[1].headers
