"""Pass-thru printing, sentence by sentence (Kounta docs: Pass Thru Printing)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.conftest import CASH, KITCHEN, REGISTER, SITE, WATER, Till

LINE = [{"product_id": WATER}]
FULL = [{"method_id": CASH, "amount": 8}]
PART = [{"method_id": CASH, "amount": 5}]
CALLBACK = "https://relay.example.com/status"


def send(till: Till, **fields: Any) -> dict[str, Any]:
    """A pass-thru order on hold, as the control API shows it."""
    body = {"status": "ON_HOLD", "pass_thru_printing": True, "lines": LINE, **fields}
    shown: dict[str, Any] = till.look(f"kounta/orders/{till.order(**body)}")
    return shown


@pytest.mark.parametrize(
    ("named", "offline", "printed_by"),
    [
        pytest.param(None, [], REGISTER, id="not named, default online: printed automatically"),
        pytest.param(KITCHEN, [], KITCHEN, id="named and online: it handles the printing"),
        pytest.param(KITCHEN, [REGISTER], KITCHEN, id="named and online, default offline"),
        pytest.param(KITCHEN, [KITCHEN], REGISTER, id="named but offline: the default handles it"),
        pytest.param(None, [KITCHEN], REGISTER, id="not named, another one offline"),
    ],
)
def test_which_register_prints(wide_till: Till, named: int | None, offline: list[int], printed_by: int) -> None:
    wide_till.control("state", site_id=SITE, registers_offline=offline)
    order = send(wide_till, **({"pass_thru_printing_register": named} if named else {}))
    assert (order["status"], order["pass_thru_printing"], order["printed_by"]) == ("ON_HOLD", True, printed_by)


@pytest.mark.parametrize(
    ("named", "condition", "words"),
    [
        pytest.param(
            KITCHEN,
            {"registers_offline": [KITCHEN, REGISTER]},
            "Pass-thru register Kitchen (18) is offline.",
            id="named offline and default offline",
        ),
        pytest.param(
            None, {"registers_offline": [REGISTER]}, "Pass-thru register POS 1 (16) is offline.", id="default offline"
        ),
        pytest.param(
            KITCHEN,
            {"pass_thru_register_offline": True},
            "Pass-thru register Kitchen (18) is offline.",
            id="nothing prints at the site",
        ),
        pytest.param(None, {"site_offline": True}, "Pass-thru register POS 1 (16) is offline.", id="no device in use"),
        pytest.param(77, {}, "Register (77) does not exist.", id="unknown register"),
    ],
)
def test_orders_that_nothing_prints_are_rejected(
    wide_till: Till, named: int | None, condition: dict[str, Any], words: str
) -> None:
    wide_till.control("state", site_id=SITE, **condition)
    register = {"pass_thru_printing_register": named} if named else {}
    answer = wide_till.create(status="ON_HOLD", pass_thru_printing=True, lines=LINE, **register)
    assert (answer.status_code, answer.json()["error_description"]) == (400, words)
    assert wide_till.live() == 0


def test_a_register_without_the_flag_is_no_pass_thru(wide_till: Till) -> None:
    wide_till.control("state", site_id=SITE, registers_offline=[KITCHEN, REGISTER])
    order = send(wide_till, pass_thru_printing=False, pass_thru_printing_register=KITCHEN)
    assert (order["pass_thru_printing"], order["printed_by"]) == (False, None)


@pytest.mark.parametrize("status", ["SUBMITTED", "ACCEPTED", "REJECTED", "COMPLETE", None])
def test_the_status_is_on_hold_or_pending(till: Till, status: str | None) -> None:
    given = {"status": status} if status else {}
    assert till.create(pass_thru_printing=True, lines=LINE, payments=FULL, **given).status_code == 400


@pytest.mark.parametrize(
    ("status", "payments", "complete_when_paid", "ends"),
    [
        pytest.param("PENDING", [], True, None, id="PENDING must include payments"),
        pytest.param("PENDING", PART, True, None, id="PENDING must be paid in full"),
        pytest.param("PENDING", FULL, True, ["COMPLETE"], id="PENDING, paid: COMPLETE after printing"),
        pytest.param("PENDING", FULL, False, ["PENDING"], id="PENDING stays if complete_when_paid is false"),
        pytest.param("ON_HOLD", [], True, ["ON_HOLD"], id="ON_HOLD without payment does not change"),
        pytest.param("ON_HOLD", PART, True, ["ON_HOLD"], id="ON_HOLD paid in part does not change"),
        pytest.param("ON_HOLD", FULL, False, ["PENDING"], id="ON_HOLD and full payment: PENDING"),
        pytest.param("ON_HOLD", FULL, True, ["PENDING", "COMPLETE"], id="and on to COMPLETE after printing"),
    ],
)
def test_statuses_after_printing(
    till: Till, status: str, payments: Any, complete_when_paid: bool, ends: list[str] | None
) -> None:
    body = {"status": status, "payments": payments, "complete_when_paid": complete_when_paid}
    answer = till.create(pass_thru_printing=True, lines=LINE, callback_uri=CALLBACK, **body)
    assert answer.status_code == (400 if ends is None else 201)
    if ends is not None:
        told = [json.loads(post.body)["status"] for post in till.sandbox.take_deliveries()]
        assert till.look("kounta/orders")[0]["status"] == ends[-1]
        assert told == [each for each in ends if each != status]


@pytest.mark.parametrize(
    ("condition", "site", "printing"),
    [
        ({}, "online", "online"),
        ({"registers_offline": [KITCHEN]}, "online", "online"),
        ({"registers_offline": [REGISTER]}, "online", "offline"),
        ({"registers_offline": [REGISTER, KITCHEN]}, "offline", "offline"),
        ({"pass_thru_register_offline": True}, "online", "offline"),
        ({"site_offline": True}, "offline", "offline"),
    ],
)
def test_the_site_status_tells_whether_it_prints(
    wide_till: Till, condition: dict[str, Any], site: str, printing: str
) -> None:
    wide_till.control("state", site_id=SITE, **condition)
    status = wide_till.api.get("/sites/823/status").json()
    assert (status["status"], status["pass_thru_printing_register"]["status"]) == (site, printing)


def test_a_site_may_name_its_default(wide_till: Till) -> None:
    company = wide_till.look("kounta/companies")["companies"][0]
    company["sites"][0]["pass_thru_register"] = KITCHEN
    wide_till.control("kounta/companies", **company)
    assert send(wide_till)["printed_by"] == KITCHEN
    assert wide_till.api.get("/sites/823/status").json()["pass_thru_printing_register"]["id"] == KITCHEN
