"""The catcher of driver-tracking calls."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import Till

ORDER = {"id": "ord_1", "delivery_address": {"address": "1 Example Street"}}


def test_orders_are_caught_with_their_headers(till: Till) -> None:
    made = till.root.post("/_driver/v-1", json=ORDER, headers={"webhook-signature": "v1,abc"})
    till.root.post("/_driver/v-2", json={"id": "ord_2"})
    assert (made.status_code, made.json()) == (201, {"id": "DRV-1"})
    (caught,) = till.look("driver?venue=v-1")
    assert (caught["venue"], caught["headers"]["webhook-signature"]) == ("v-1", "v1,abc")
    assert "1 Example Street" in caught["body"]
    assert len(till.look("driver")) == 2
    assert [call["status"] for call in till.look("calls?operation=driver.track")] == [201, 201]
    till.control("reset")
    assert till.look("driver") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [("POST", "/_driver", b"{}", 404), ("GET", "/_driver/v", b"", 405), ("POST", "/_driver/v", b"[", 400)],
)
def test_what_is_no_order(till: Till, method: str, path: str, body: bytes, status: int) -> None:
    assert till.root.request(method, path, content=body).status_code == status
    assert till.look("driver") == []


@pytest.mark.parametrize(
    ("fault", "status", "caught"), [("503", 503, 0), ("429", 429, 0), ("500_stored_after", 500, 1), ("html", 200, 0)]
)
def test_faults(till: Till, fault: str, status: int, caught: int) -> None:
    till.fault("driver.track", fault)
    assert till.root.post("/_driver/v", json=ORDER).status_code == status
    assert len(till.look("driver")) == caught


@pytest.mark.parametrize("fault", ["refused", "reset_before", "reset_after"])
def test_lost_connections(till: Till, fault: str) -> None:
    till.fault("driver.track", fault)
    with pytest.raises(httpx.TransportError):
        till.root.post("/_driver/v", json=ORDER)
    assert len(till.look("driver")) == (fault == "reset_after")


def test_it_can_be_down_until_told_otherwise(till: Till) -> None:
    till.control("state", driver_tracking_down=True)
    assert [till.root.post("/_driver/v", json=ORDER).status_code for _ in range(2)] == [503, 503]
    till.control("state", driver_tracking_down=False)
    assert till.root.post("/_driver/v", json=ORDER).status_code == 201
