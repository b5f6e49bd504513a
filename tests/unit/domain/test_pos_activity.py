"""What is news of an order besides its status, as tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.pos_activity import PosActivity, Print, after_customer, after_prints
from tests.builders import NOON, at

MINUTE = timedelta(seconds=60)

Told = list[tuple[str, str | None]]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(PosActivity(), "5", [("customer.linked", "5")], id="first heard of: linked"),
        pytest.param(PosActivity(), None, [("customer.unlinked", None)], id="first heard of: nobody is linked"),
        pytest.param(PosActivity("5", True), "5", [], id="told again"),
        pytest.param(PosActivity(None, True), None, [], id="its end told again"),
        pytest.param(PosActivity("5", True), None, [("customer.unlinked", "5")], id="taken off"),
        pytest.param(PosActivity(None, True), "5", [("customer.linked", "5")], id="linked anew"),
        pytest.param(
            PosActivity("5", True), "6", [("customer.unlinked", "5"), ("customer.linked", "6")], id="another one"
        ),
    ],
)
def test_customers(before: PosActivity, now: str | None, expected: Told) -> None:
    after, happened = after_customer(before, now, NOON)
    assert [(each.type, each.said["pos_customer_id"]) for each in happened] == expected
    assert (after.customer_id, after.customer_seen) == (now, True)
    assert after_customer(after, now, at(1)) == (after, [])


@pytest.mark.parametrize(
    ("prints", "expected"),
    [
        pytest.param([(0, "a")], [0], id="one"),
        pytest.param([(0, "a"), (59, "a")], [0], id="told twice"),
        pytest.param([(0, "a"), (60, "a")], [0, 60], id="the same bytes later: printed again"),
        pytest.param([(0, "a"), (1, "b")], [0, 1], id="two, told apart by what they hold"),
        pytest.param([(5, "b"), (0, "a")], [0, 5], id="in any order"),
    ],
)
def test_prints(prints: list[tuple[float, str]], expected: list[float]) -> None:
    activity, happened = after_prints(PosActivity(), [Print(at(s), digest) for s, digest in prints], MINUTE)
    assert [each.at for each in happened] == [at(second) for second in expected]
    assert [each.said for each in happened] == [{"printed_at": at(second).isoformat()} for second in expected]
    assert (activity.first_printed_at, activity.last_printed_at) == (at(expected[0]), at(expected[-1]))


def test_a_print_that_is_told_late_moves_the_first_and_not_the_last() -> None:
    activity, _ = after_prints(PosActivity(), [Print(at(100), "b")], MINUTE)
    later, happened = after_prints(activity, [Print(at(30), "a")], MINUTE)
    assert len(happened) == 1
    assert (later.first_printed_at, later.last_printed_at, later.last_print) == (at(30), at(100), "b")


def test_without_prints_nothing_changes() -> None:
    assert after_prints(PosActivity("5", True), [], MINUTE) == (PosActivity("5", True), [])
