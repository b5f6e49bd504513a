"""The sandbox over real sockets: dropped connections, deliveries, pages, state over a restart."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from sandbox.__main__ import main
from sandbox.app import make_app
from sandbox.core import Sandbox
from sandbox.settings import SandboxSettings
from sandbox.sockets import DroppableProtocol

AUTH = ("demo-basic", "demo-basic-secret")


def wait_for(condition: Callable[[], Any], within_s: float = 5.0) -> Any:
    """The first true value of a condition."""
    until = time.monotonic() + within_s
    ready = threading.Event()
    while time.monotonic() < until:
        if value := condition():
            return value
        ready.wait(0.01)
    raise AssertionError("it did not happen in time")


@contextmanager
def served(state_dir: Path | None = None) -> Iterator[str]:
    """A running sandbox; gives its URL."""
    sandbox = Sandbox(settings=SandboxSettings(basic_per_minute=0), state_dir=state_dir)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            make_app(sandbox), http=DroppableProtocol, log_level="error", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_for(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served() as running:
        yield running


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, auth=AUTH, timeout=5, headers={"accept": "application/json"}) as made:
        made.post("/_control/reset")
        made.post("/_control/state", json={"rate_limits": {"basic": 0}})
        yield made


def live(client: httpx.Client) -> int:
    return len(client.get("/_control/kounta/orders?live=true").json())


@pytest.mark.parametrize(("fault", "made"), [("refused", 0), ("reset_before", 0), ("reset_after", 1)])
def test_the_connection_is_really_dropped(client: httpx.Client, fault: str, made: int) -> None:
    client.post("/_control/faults", json={"operation": "kounta.create_order", "fault": fault})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.post("/kounta/v1/companies/5678/orders", json={"site_id": 823}, headers={"idempotency-key": "k"})
    assert live(client) == made
    again = client.post("/kounta/v1/companies/5678/orders", json={"site_id": 823}, headers={"idempotency-key": "k"})
    assert again.status_code == 201
    assert live(client) == 1


def test_a_timeout_is_carried_out_and_never_answered(client: httpx.Client) -> None:
    fault = {"operation": "kounta.create_order", "fault": "timeout", "delay_s": 0.3}
    client.post("/_control/faults", json=fault)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/kounta/v1/companies/5678/orders", json={"site_id": 823}, timeout=0.1)
    assert live(client) == 1
    client.post("/_control/faults", json=fault)
    # A caller with more patience sees the connection end.
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.post("/kounta/v1/companies/5678/orders", json={"site_id": 823})


def test_a_slow_answer_comes(client: httpx.Client) -> None:
    client.post("/_control/faults", json={"operation": "kounta.create_order", "fault": "slow", "delay_s": 0.2})
    began = time.monotonic()
    assert client.post("/kounta/v1/companies/5678/orders", json={"site_id": 823}).status_code == 201
    assert time.monotonic() - began >= 0.2


def test_links_lead_back_to_where_the_call_came_from(client: httpx.Client, url: str) -> None:
    made = client.post("/kounta/v1/companies/5678/orders", json={"site_id": 823})
    assert made.headers["location"].startswith(f"{url}/kounta/v1/companies/5678/orders/")
    assert client.get(made.headers["location"]).status_code == 200


def test_callbacks_and_webhooks_are_posted_and_tried_again(client: httpx.Client, url: str) -> None:
    client.post("/_control/faults", json={"operation": "platform.status", "fault": "503"})
    order = client.post(
        "/kounta/v1/companies/5678/orders", json={"site_id": 823, "callback_uri": f"{url}/_platform/status"}
    )
    number = order.headers["location"].rsplit("/", 1)[1].removesuffix(".json")
    client.post(f"/_control/kounta/orders/{number}/accept")
    events = wait_for(lambda: client.get("/_control/outbox").json()["platform_events"])
    assert [event["name"] for event in events] == ["status"]
    assert '"status":"ACCEPTED"' in events[0]["body"]
    assert len(client.get("/_control/calls?operation=platform.status").json()) == 2


def test_another_site_cannot_press_the_buttons(client: httpx.Client) -> None:
    answer = client.post("/_control/reset", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_pages(client: httpx.Client) -> None:
    assert "Harbour Street" in client.get("/").text
    page = client.get("/register/823")
    assert "Harbour Street" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    # Nothing inline, nothing from elsewhere.
    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "http://" not in page.text.replace(str(client.base_url), "")
    assert client.get("/register/1").status_code == 404


def test_the_page_polls_cheaply(client: httpx.Client) -> None:
    client.post(
        "/kounta/v1/companies/5678/orders", json={"site_id": 823, "guests": 4, "lines": [{"product_id": 730298}]}
    )
    shown = client.get("/register/823/orders.json").json()
    (card,) = shown["orders"]
    assert (card["status"], card["guests"], card["total"], card["due"]) == ("SUBMITTED", 4, "8.00", "8.00")
    # 64-bit ids do not survive JavaScript's numbers.
    assert isinstance(card["id"], str)
    assert client.get("/register/823/orders.json", params={"seen": shown["version"]}).status_code == 204
    client.post("/_control/state", json={"site_id": 823, "site_offline": True})
    offline = client.get("/register/823/orders.json", params={"seen": shown["version"]}).json()
    assert (offline["online"], offline["in_cloud"], offline["orders"]) == (False, 1, [])


def test_state_survives_a_restart(tmp_path: Path) -> None:
    with served(tmp_path / "state") as first, httpx.Client(base_url=first, auth=AUTH) as client:
        body = {"site_id": 823, "notes": "kept", "lines": [{"product_id": 730298, "quantity": 1.5}]}
        made = client.post(
            "/kounta/v1/companies/5678/orders.json", json=body, headers={"idempotency-key": "before-the-restart"}
        )
        path = httpx.URL(made.headers["location"]).path
        order = client.get(path).json()
        client.post("/_control/nowbookit/bookings/NBI-5001", json={"status": "Seated"})
        client.post("/_control/state", json={"site_id": 824, "site_offline": True, "list_lag_s": 0})
    with served(tmp_path / "state") as second, httpx.Client(base_url=second, auth=AUTH) as client:
        assert client.get(path).json() == order
        assert client.get("/kounta/v1/companies/5678/orders.json").json()[0]["notes"] == "kept"
        again = client.post(
            "/kounta/v1/companies/5678/orders.json", json=body, headers={"idempotency-key": "before-the-restart"}
        )
        assert httpx.URL(again.headers["location"]).path == path
        assert client.get("/_control/nowbookit/bookings").json()[0]["status"]["code"] == "SEATED"
        assert client.get("/kounta/v1/companies/5678/sites/824/status.json").json()["status"] == "offline"
        fresh = client.post("/kounta/v1/companies/5678/orders.json", json={"site_id": 823})
        assert fresh.headers["location"] != made.headers["location"]


def test_a_port_in_use_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use." in capsys.readouterr().err
