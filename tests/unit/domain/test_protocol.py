"""The write protocol against its own table, line by line."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shared.domain.identities import markers_in
from shared.domain.orders import protocol
from shared.domain.orders.writes import Answer, Outcome, What, Write, WriteState
from shared.domain.timings import Timings
from tests.builders import NOON, a_write, at

TIMINGS = Timings()
QUEUED, SENDING, SENT = WriteState.QUEUED, WriteState.SENDING, WriteState.SENT
FAILED, UNKNOWN = WriteState.FAILED, WriteState.UNKNOWN
CREATE, UPDATE, NOTIFY, DELETE = What.CREATE, What.UPDATE, What.NOTIFY, What.DELETE
EVERY_WHAT = (CREATE, UPDATE, NOTIFY, DELETE)


def called(
    write: Write,
    outcome: Outcome,
    seconds: float = 0,
    *,
    others_succeed: bool | None = None,
    wait_s: float | None = None,
) -> Write:
    """The write after one more call that began and ended so many seconds after noon."""
    answer = Answer(outcome, code="from_pos" if outcome is Outcome.REFUSED else None, wait_s=wait_s)
    begun = protocol.begin(write, at(seconds))
    assert begun.state is SENDING
    assert begun.open_attempt is not None
    return protocol.settle(begun, answer, at(seconds), TIMINGS, others_succeed=others_succeed)


def after(*outcomes: Outcome, what: What = CREATE, others_succeed: bool | None = None) -> Write:
    """A write after calls that came to these, one ten seconds after the other."""
    write = a_write(what)
    for number, outcome in enumerate(outcomes):
        write = called(write, outcome, 10 * number, others_succeed=others_succeed)
    return write


# the table: first time, second time in a row


@pytest.mark.parametrize(
    ("outcome", "what", "first", "second"),
    [
        (Outcome.DONE, CREATE, SENT, None),
        (Outcome.DONE, UPDATE, SENT, None),
        (Outcome.DONE, NOTIFY, SENT, None),
        (Outcome.DONE, DELETE, SENT, None),
        (Outcome.NOT_CONNECTED, CREATE, QUEUED, QUEUED),
        (Outcome.NOT_CONNECTED, UPDATE, QUEUED, QUEUED),
        (Outcome.NOT_CONNECTED, NOTIFY, QUEUED, QUEUED),
        (Outcome.NOT_CONNECTED, DELETE, QUEUED, QUEUED),
        (Outcome.LOST, CREATE, SENDING, SENDING),
        (Outcome.LOST, UPDATE, SENDING, SENDING),
        (Outcome.LOST, NOTIFY, FAILED, None),
        (Outcome.LOST, DELETE, SENDING, SENDING),
        (Outcome.BUSY, CREATE, SENDING, SENDING),
        (Outcome.BUSY, UPDATE, QUEUED, QUEUED),
        (Outcome.BUSY, NOTIFY, QUEUED, QUEUED),
        (Outcome.BUSY, DELETE, QUEUED, QUEUED),
        (Outcome.LIMITED, CREATE, QUEUED, QUEUED),
        (Outcome.LIMITED, UPDATE, QUEUED, QUEUED),
        (Outcome.LIMITED, NOTIFY, QUEUED, QUEUED),
        (Outcome.LIMITED, DELETE, QUEUED, QUEUED),
        (Outcome.UNAUTHORIZED, CREATE, QUEUED, FAILED),
        (Outcome.UNAUTHORIZED, UPDATE, QUEUED, FAILED),
        (Outcome.UNAUTHORIZED, NOTIFY, QUEUED, FAILED),
        (Outcome.UNAUTHORIZED, DELETE, QUEUED, FAILED),
        (Outcome.SERVER_ERROR, CREATE, SENDING, UNKNOWN),
        (Outcome.SERVER_ERROR, UPDATE, SENDING, SENDING),
        (Outcome.SERVER_ERROR, NOTIFY, FAILED, None),
        (Outcome.SERVER_ERROR, DELETE, SENDING, SENDING),
        (Outcome.KEY_REUSED, CREATE, UNKNOWN, None),
        (Outcome.REFUSED, CREATE, FAILED, None),
        (Outcome.REFUSED, UPDATE, FAILED, None),
        (Outcome.REFUSED, NOTIFY, FAILED, None),
        (Outcome.REFUSED, DELETE, FAILED, None),
        (Outcome.STRANGE, CREATE, SENDING, UNKNOWN),
        (Outcome.STRANGE, UPDATE, SENDING, UNKNOWN),
        (Outcome.STRANGE, NOTIFY, FAILED, None),
        (Outcome.STRANGE, DELETE, SENDING, UNKNOWN),
    ],
)
def test_the_table(outcome: Outcome, what: What, first: WriteState, second: WriteState | None) -> None:
    assert after(outcome, what=what).state is first
    if second is not None:
        assert after(outcome, outcome, what=what).state is second


@pytest.mark.parametrize(
    ("outcome", "doubtful"),
    [
        (Outcome.NOT_CONNECTED, False),
        (Outcome.LOST, True),
        (Outcome.BUSY, True),
        (Outcome.LIMITED, False),
        (Outcome.UNAUTHORIZED, False),
        (Outcome.SERVER_ERROR, True),
        (Outcome.STRANGE, True),
    ],
)
def test_what_leaves_doubt(outcome: Outcome, doubtful: bool) -> None:
    assert after(outcome).doubtful is doubtful


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_repeat_of_a_generation_uses_its_key(outcome: Outcome) -> None:
    assert after(Outcome.LOST, outcome).key == a_write().key
    keys = {attempt.idempotency_key for attempt in after(Outcome.LOST, outcome).attempts}
    assert keys == {a_write().key}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_create_bears_a_key(outcome: Outcome) -> None:
    assert {attempt.idempotency_key for attempt in after(outcome, what=UPDATE).attempts} == {None}


@pytest.mark.parametrize(
    ("outcome", "numbers"),
    [
        (Outcome.NOT_CONNECTED, [1, 2, 3]),
        (Outcome.LOST, [1, 2, 3]),
        (Outcome.BUSY, [1, 1, 1]),
        (Outcome.LIMITED, [1, 1, 1]),
    ],
)
def test_waits_are_no_attempts(outcome: Outcome, numbers: list[int]) -> None:
    write = after(outcome, outcome, outcome)
    assert [attempt.number for attempt in write.attempts] == numbers
    assert write.tries == (0 if outcome in (Outcome.BUSY, Outcome.LIMITED) else 3)


# waits


def test_the_ladder() -> None:
    write, now, waits = a_write(), 0.0, []
    while write.is_open and write.state is not UNKNOWN:
        write = called(write, Outcome.LOST, now)
        if write.state is SENDING:
            assert write.due_at is not None
            waits.append((write.due_at - at(now)).total_seconds())
            now += waits[-1]
    assert waits == [1, 2, 5, 15, 45, 120]
    assert write.state is UNKNOWN, "doubtful: never failed"
    assert len(write.attempts) == 7


def test_the_ladder_ends_failed_when_nothing_can_have_arrived() -> None:
    write = after(*[Outcome.NOT_CONNECTED] * 7)
    assert (write.state, write.code, write.due_at) == (FAILED, "pos_unreachable", None)


def test_one_doubtful_outcome_is_enough() -> None:
    write = after(Outcome.LOST, *[Outcome.NOT_CONNECTED] * 6)
    assert (write.state, write.code) == (UNKNOWN, "pos_unreachable")


def test_jitter_is_what_the_caller_makes_of_a_wait() -> None:
    begun = protocol.begin(a_write(), NOON)
    settled = protocol.settle(begun, Answer(Outcome.LOST), NOON, TIMINGS, jitter=lambda wait: wait * 1.2)
    assert settled.due_at == at(1.2)


@pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.LIMITED])
@pytest.mark.parametrize(("told", "waited"), [(None, 5), (30.0, 30), (0.0, 1), (0.2, 1)])
def test_waiting_as_told(outcome: Outcome, told: float | None, waited: float) -> None:
    assert called(a_write(), outcome, wait_s=told).due_at == at(waited)


@pytest.mark.parametrize(
    ("outcome", "state", "code"),
    [(Outcome.BUSY, UNKNOWN, "still_processing"), (Outcome.LIMITED, FAILED, "rate_limited")],
)
def test_waits_end_with_the_five_minute_clock(outcome: Outcome, state: WriteState, code: str) -> None:
    write = called(a_write(), outcome, 0, wait_s=60)
    assert write.is_open
    write = called(write, outcome, 240, wait_s=60)
    assert write.due_at == at(300)
    write = called(write, outcome, 300, wait_s=1)
    assert (write.state, write.code) == (state, code)


def test_limited_after_a_doubtful_outcome_ends_unknown() -> None:
    write = called(called(a_write(), Outcome.LOST, 0), Outcome.LIMITED, 299, wait_s=60)
    assert (write.state, write.code) == (UNKNOWN, "rate_limited")


# stored answers


@pytest.mark.parametrize(("others", "state"), [(True, UNKNOWN), (False, FAILED), (None, FAILED)])
def test_unauthorized_again(others: bool | None, state: WriteState) -> None:
    write = after(Outcome.UNAUTHORIZED, Outcome.UNAUTHORIZED, others_succeed=others)
    assert write.state is state
    assert write.code == ("stored_answer" if others else "permission_lost")


@pytest.mark.parametrize(("others", "state"), [(True, UNKNOWN), (False, QUEUED), (None, QUEUED)])
def test_limited_three_times(others: bool | None, state: WriteState) -> None:
    assert after(Outcome.LIMITED, Outcome.LIMITED, others_succeed=others).state is QUEUED
    assert after(*[Outcome.LIMITED] * 3, others_succeed=others).state is state


def test_when_another_call_is_asked() -> None:
    assert not protocol.wants_probe(a_write(), Outcome.UNAUTHORIZED)
    assert protocol.wants_probe(after(Outcome.UNAUTHORIZED), Outcome.UNAUTHORIZED)
    assert not protocol.wants_probe(after(Outcome.LIMITED), Outcome.LIMITED)
    assert protocol.wants_probe(after(Outcome.LIMITED, Outcome.LIMITED), Outcome.LIMITED)
    assert not any(
        protocol.wants_probe(after(Outcome.LOST), outcome) for outcome in (Outcome.LOST, Outcome.SERVER_ERROR)
    )


def test_a_500_between_other_outcomes_is_still_the_second() -> None:
    assert after(Outcome.SERVER_ERROR, Outcome.LOST, Outcome.SERVER_ERROR).state is UNKNOWN


def test_a_refusal_says_the_vendors_words() -> None:
    begun = protocol.begin(a_write(), NOON)
    answer = Answer(Outcome.REFUSED, 409, code="site_offline", message="Site is offline")
    write = protocol.settle(begun, answer, NOON, TIMINGS)
    assert (write.code, write.message, write.due_at) == ("site_offline", "Site is offline", None)


# interrupted


def test_a_worker_that_died_in_mid_call_leaves_doubt() -> None:
    write = protocol.interrupted(protocol.begin(a_write(), NOON), at(30), TIMINGS)
    assert (write.state, write.doubtful, write.open_attempt) == (SENDING, True, None)
    assert write.attempts[-1].outcome == "lost"
    assert write.last_call_ended_at == at(30)


def test_a_notification_that_may_have_arrived_is_not_repeated() -> None:
    write = protocol.interrupted(protocol.begin(a_write(NOTIFY), NOON), at(30), TIMINGS)
    assert (write.state, write.code) == (FAILED, "notification_unconfirmed")


def test_nothing_to_interrupt() -> None:
    assert protocol.interrupted(a_write(), NOON, TIMINGS) == a_write()


# the key's age


@pytest.mark.parametrize(("hours", "must"), [(22.9, False), (23, False), (23.01, True)])
def test_an_old_key_is_looked_up_first(hours: float, must: bool) -> None:
    write = after(Outcome.LOST)
    assert protocol.must_look_up_first(write, at(hours * 3600), TIMINGS) is must
    assert not protocol.must_look_up_first(a_write(), at(hours * 3600), TIMINGS)
    assert not protocol.must_look_up_first(after(Outcome.LOST, what=UPDATE), at(hours * 3600), TIMINGS)


def test_doubt() -> None:
    write = protocol.doubt(after(Outcome.LOST), at(100_000), TIMINGS, code="key_expired")
    assert (write.state, write.doubtful, write.code, write.due_at) == (UNKNOWN, True, "key_expired", at(100_000))


# looked up


def unknown() -> Write:
    write = after(Outcome.SERVER_ERROR, Outcome.SERVER_ERROR)
    assert write.due_at == at(10 + TIMINGS.reconcile_first_s)
    return write


def test_found_is_sent() -> None:
    write = protocol.found(unknown(), at(30), "found order 9001, SUBMITTED")
    assert (write.state, write.due_at, write.code) == (SENT, None, None)
    assert write.attempts[-1].trigger == "look_up"
    assert write.attempts[-1].note == "found order 9001, SUBMITTED"


def test_found_although_its_worker_died_closes_the_attempt() -> None:
    write = protocol.found(protocol.begin(a_write(), NOON), at(30), "the POS told of order 9001")
    assert (write.state, write.open_attempt) == (SENT, None)
    assert [attempt.outcome for attempt in write.attempts] == ["lost", "found"]
    assert write.attempts[0].note == "the worker ended in mid-call"


def test_not_found_within_the_window_looks_again_at_its_end() -> None:
    write = protocol.not_found(unknown(), at(30), TIMINGS, "none")
    assert (write.state, write.due_at, write.generation) == (UNKNOWN, at(70), 1)


def test_not_found_after_the_window_is_a_new_generation_with_a_new_key() -> None:
    write = protocol.not_found(unknown(), at(70), TIMINGS, "none")
    assert (write.state, write.due_at, write.generation) == (QUEUED, at(70), 2)
    assert (write.tries, write.errors_500, write.doubtful, write.clock_started_at) == (0, 0, False, None)
    assert write.key != unknown().key
    assert write.started_at == NOON, "look-ups reach back to the first attempt of all"


def test_three_generations_in_all() -> None:
    write, now = a_write(), 0.0
    for generation in (1, 2, 3):
        assert write.generation == generation
        write = called(called(write, Outcome.SERVER_ERROR, now), Outcome.SERVER_ERROR, now)
        assert write.state is UNKNOWN
        now += 60
        write = protocol.not_found(write, at(now), TIMINGS, "none")
    assert (write.state, write.due_at, write.code) == (FAILED, None, "pos_error")
    assert len({attempt.idempotency_key for attempt in write.attempts if attempt.idempotency_key}) == 3


def test_a_look_up_that_could_not_be_made_says_nothing() -> None:
    write = protocol.not_looked_up(unknown(), at(1000), TIMINGS, "unreachable")
    assert (write.state, write.due_at, write.generation) == (UNKNOWN, at(1030), 1)


def test_a_doubtful_match_is_a_persons_turn() -> None:
    write = protocol.ambiguous(unknown(), at(30), "two")
    assert (write.state, write.due_at, write.code, write.is_open) == (UNKNOWN, None, "match_unconfirmed", True)


def test_the_timeline_does_not_grow_with_look_ups_that_tell_nothing_new() -> None:
    write = unknown()
    for seconds in range(100):
        write = protocol.not_looked_up(write, at(seconds), TIMINGS, "unreachable")
    assert len(write.attempts) == 3


# withdrawn


@pytest.mark.parametrize("state", list(WriteState))
def test_only_what_is_certainly_not_in_the_pos_can_be_withdrawn(state: WriteState) -> None:
    write = a_write(state=state)
    if state is QUEUED:
        withdrawn = protocol.withdrawn(write, "undone", "undone_before_sent")
        assert (withdrawn.state, withdrawn.why, withdrawn.due_at) == (WriteState.WITHDRAWN, "undone", None)
    else:
        with pytest.raises(ValueError, match="cannot be withdrawn"):
            protocol.withdrawn(write, "undone", "undone_before_sent")


def test_refused_by_a_look() -> None:
    assert protocol.refused_by_look(a_write(DELETE), NOON, "kept", "late").state is WriteState.WITHDRAWN
    assert protocol.refused_by_look(after(Outcome.LOST, what=DELETE), NOON, "kept", "late").state is FAILED


# keys


def test_keys_have_the_vendors_form_and_tell_generations_apart() -> None:
    keys = {replace(a_write(), generation=generation).key for generation in (1, 2, 3)}
    assert len(keys) == 3
    assert all(re.fullmatch(r"[a-zA-Z0-9-]{1,255}", key) for key in keys)
    assert not any(markers_in(key) for key in keys), "a key is bare, a marker is in brackets"


# what a placed order is asked for


@pytest.mark.parametrize("what", [What.PAY, What.ADD_LINES, What.ADD_OPTION_SET, What.CHANGE_PAYMENT])
def test_what_adds_something_is_looked_for_only_when_a_slow_call_is_over(what: What) -> None:
    assert after(Outcome.LOST, what=what).due_at == at(20)
    assert after(Outcome.NOT_CONNECTED, what=what).due_at == at(1)
    assert after(Outcome.LOST, what=UPDATE).due_at == at(1)


def test_a_look_that_fails_is_a_step_of_the_ladder() -> None:
    write = a_write(What.PAY)
    for seconds in range(len(TIMINGS.write_ladder_s)):
        write = protocol.not_seen(write, at(seconds), TIMINGS, lambda wait: wait, code="pos_unreachable", note="away")
        assert (write.state, write.due_at) == (QUEUED, at(seconds + TIMINGS.write_ladder_s[seconds]))
    write = protocol.not_seen(write, at(99), TIMINGS, lambda wait: wait, code="pos_unreachable", note="away")
    assert (write.state, write.code) == (FAILED, "pos_unreachable")
    assert len(write.attempts) == 1
    assert not write.may_have_arrived
    assert called(write, Outcome.DONE).attempts[-1].number == 1


def test_a_look_that_fails_after_a_lost_answer_ends_unknown() -> None:
    write = after(Outcome.LOST, what=What.PAY)
    for seconds in range(len(TIMINGS.write_ladder_s)):
        assert write.state is SENDING
        write = protocol.not_seen(write, at(seconds), TIMINGS, lambda wait: wait, code="pos_unreachable", note="away")
    assert write.state is UNKNOWN


def test_put_off_is_all_over_with_a_new_budget() -> None:
    write = protocol.put_off(after(Outcome.REFUSED, what=What.CANCEL), at(900))
    assert (write.state, write.due_at, write.code) == (QUEUED, at(900), None)
    assert write.last_generation == write.generation + 3


def test_only_what_was_withdrawn_is_wanted_again() -> None:
    write = protocol.withdrawn(a_write(What.PAY), "the order is not in the POS", "not_in_pos")
    again = protocol.wanted_again(write, at(5))
    assert (again.state, again.due_at, again.code) == (QUEUED, at(5), None)
    with pytest.raises(ValueError, match="wanted again"):
        protocol.wanted_again(after(Outcome.REFUSED), at(5))
