"""Many callers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.sandbox.conftest import WATER, Till


def test_one_key_from_many_threads_makes_one_order(till: Till) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: till.create("key-1", notes="a"), range(200)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert till.live() == 1


def test_staff_and_app_at_once_lose_nothing(till: Till) -> None:
    order = till.order()
    staff = till.sandbox.kounta.staff

    def add(turn: int) -> None:
        if turn % 2:
            staff.add_lines(order, [{"product_id": WATER}])
        else:
            till.api.post(f"/orders/{order}/lines", json={"product_id": WATER}).raise_for_status()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(100)))
    assert [line["number"] for line in till.read(order)["lines"]] == list(range(1, 101))
