"""The write protocol: what follows from what a POS answered. Pure; held against its table line by line.

    outcome of a write                              next act                                   key    an attempt?
    ──────────────────────────────────────────────  ─────────────────────────────────────────  ─────  ───────────
    DONE          2xx with Location                 record, `sent`                             –      –
    NOT_CONNECTED connection never made             repeat: known not sent                     same   yes
    LOST          timeout, reset, 502–504, killed   repeat, from now on *doubtful*             same   yes
    BUSY          409, key still being processed    wait, repeat                               same   no
    LIMITED       429                               wait as told, repeat                       same   no
    UNAUTHORIZED  401, or 400 "token expired"       refresh, repeat once; again while other    same   no
                                                    calls succeed = stored → `unknown`
    SERVER_ERROR  500 once                          repeat once                                same   yes, doubtful
    SERVER_ERROR  500 twice: the stored answer      `unknown` → look it up                     –      –
    KEY_REUSED    422                               `unknown` → look it up; our bytes changed  –      –
    REFUSED       other 4xx with a reason           `failed`; nothing by itself                –      –
                  … of a create already in doubt    `unknown` → look it up                     –      –
    STRANGE       3xx, 2xx without Location, HTML   once more, then `unknown` → look it up     same   yes, doubtful
    (a repeat more than 23 h after the key's first use: look it up first)

When the ladder or the clock ends: `unknown` if any outcome was doubtful, else `failed`. Looked up and found: `sent`, in
whatever status. Not found after the consistency window: next generation, new key, new bytes; three in all.

Only *create* is idempotent at Kounta. The others may be repeated because their effect is the same (`update`), or
because each attempt looks first (`delete`); a `notify` is never repeated once it may have arrived. For these a 500 is
no stored answer but an ordinary doubtful outcome, and "looked up" means reading the order. After a doubtful outcome
what adds something (lines, payments) waits longer before that look: a call that timed out may still be at work. A look
that fails is a step of the same ladder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.orders.writes import GENERATIONS, Answer, Attempt, Outcome, What, Write, WriteState
from shared.domain.timings import Timings

SUSPECT_LIMITED = 3  # this many 429s in a row while other calls succeed: the 429 itself is the stored answer

_WORKER_LOST = Answer(Outcome.LOST, code="worker_lost", message="the worker ended in mid-call")

Jitter = Callable[[float], float]
"""Given a wait in seconds, returns the one to use."""


def begin(write: Write, now: datetime, trigger: str = "first") -> Write:
    """The write right before its call: stored in this state before a byte goes out."""
    made = (each for each in write.attempts if each.trigger != "look_up" and each.outcome not in _WAITS)
    number = len({attempt.number for attempt in made}) + 1
    trigger = write.next_trigger or trigger
    attempt = Attempt(number=number, started_at=now, idempotency_key=_key_if_any(write), trigger=trigger)
    return replace(
        write,
        next_trigger=None,
        state=WriteState.SENDING,
        attempts=(*write.attempts, attempt),
        started_at=write.started_at or now,
        clock_started_at=write.clock_started_at or now,
        due_at=now,
        code=None,
        message=None,
        note=None,
    )


def settle(
    write: Write,
    answer: Answer,
    now: datetime,
    timings: Timings,
    *,
    jitter: Jitter = lambda wait: wait,
    others_succeed: bool | None = None,
) -> Write:
    """The write after its call. `others_succeed`: whether another call of the same connection just got a good answer;
    only asked for when `wants_probe` says so."""
    write = _close_attempt(write, answer, now)
    match answer.outcome:
        case Outcome.DONE:
            return replace(write, state=WriteState.SENT, due_at=None, code=None, message=None)
        case Outcome.NOT_CONNECTED:
            return _repeat(write, answer, now, timings, jitter)
        case Outcome.LOST:
            return _repeat(_in_doubt(write), answer, now, timings, jitter)
        case Outcome.BUSY:
            doubtful = _in_doubt(write) if write.what is What.CREATE else write  # only a key can be "in use"
            return _wait(doubtful, answer, now, timings, jitter)
        case Outcome.LIMITED:
            write = replace(write, limited=write.limited + 1)
            if write.limited >= SUSPECT_LIMITED and others_succeed:
                return _unknown(write, now, timings, code="stored_answer", message=answer.message)
            return _wait(write, answer, now, timings, jitter)
        case Outcome.UNAUTHORIZED:
            write = replace(write, unauthorized=write.unauthorized + 1)
            if write.unauthorized == 1:
                return _again(write, due_at=now)
            if others_succeed:
                return _unknown(write, now, timings, code="stored_answer", message=answer.message)
            return _give_up(write, now, timings, code="permission_lost", message=answer.message)
        case Outcome.SERVER_ERROR:
            write = replace(_in_doubt(write), errors_500=write.errors_500 + 1)
            if write.errors_500 >= 2 and write.what is What.CREATE:
                return _unknown(write, now, timings, code="pos_error", message=answer.message)
            return _repeat(write, answer, now, timings, jitter)
        case Outcome.KEY_REUSED:
            return _unknown(write, now, timings, code="key_reused", message=answer.message)
        case Outcome.REFUSED:
            if write.what is What.CREATE and write.doubtful:
                # An earlier call may have made the order: a 403, say, comes before Kounta looks at the key.
                return _unknown(write, now, timings, code=answer.code or "refused", message=answer.message)
            return replace(
                write, state=WriteState.FAILED, due_at=None, code=answer.code or "refused", message=answer.message
            )
        case Outcome.STRANGE:
            write = replace(_in_doubt(write), strange=write.strange + 1)
            if write.strange >= 2:
                return _unknown(write, now, timings, code="strange_answer", message=answer.message)
            return _repeat(write, answer, now, timings, jitter)


def wants_probe(write: Write, outcome: Outcome) -> bool:
    """Whether another call must tell if this answer is a stored one, before `settle`."""
    return (outcome is Outcome.UNAUTHORIZED and write.unauthorized >= 1) or (
        outcome is Outcome.LIMITED and write.limited + 1 >= SUSPECT_LIMITED
    )


def interrupted(write: Write, now: datetime, timings: Timings, jitter: Jitter = lambda wait: wait) -> Write:
    """The write when its worker died or lost its lease in mid-call: the call may have arrived."""
    if write.open_attempt is None:
        return write
    return settle(write, _WORKER_LOST, now, timings, jitter=jitter)


def must_look_up_first(write: Write, now: datetime, timings: Timings) -> bool:
    """Whether the key is so old that Kounta may have forgotten it, so that a repeat could make a second order."""
    return (
        write.what is What.CREATE
        and write.clock_started_at is not None
        and now - write.clock_started_at > timedelta(seconds=timings.key_max_age_s)
    )


def doubt(write: Write, now: datetime, timings: Timings, *, code: str) -> Write:
    """`unknown`, to be looked up before anything else is done."""
    return _unknown(_in_doubt(write), now, timings, code=code, message=None)


def window_ends_at(write: Write, timings: Timings) -> datetime:
    """From when on "not listed" means "not there"."""
    ended = write.last_call_ended_at or write.started_at or write.created_at
    return ended + timedelta(seconds=timings.consistency_window_s)


def found(write: Write, now: datetime, note: str) -> Write:
    """Looked up, and there: sent, in whatever status it is."""
    if write.open_attempt is not None:  # its worker died, and the POS told of the order before anybody looked
        write = _close_attempt(write, _WORKER_LOST, now)
    write = _look_up_line(write, now, "found", note)
    return replace(write, state=WriteState.SENT, due_at=None, code=None, message=None)


def not_found(write: Write, now: datetime, timings: Timings, note: str) -> Write:
    """Looked up, not there. Within the window: look again at its end. After it: the next generation, or the end."""
    write = _look_up_line(write, now, "not_found", note)
    if now < window_ends_at(write, timings):
        return replace(write, due_at=window_ends_at(write, timings))
    if write.generation >= write.last_generation:
        return replace(write, state=WriteState.FAILED, due_at=None, code=write.code or "pos_error")
    return _next_generation(write, now)


def not_looked_up(write: Write, now: datetime, timings: Timings, note: str) -> Write:
    """The look-up itself failed: nothing is known, it is made again."""
    write = _look_up_line(write, now, "not_looked_up", note)
    return replace(write, due_at=now + timedelta(seconds=timings.reconcile_retry_s))


def not_seen(write: Write, now: datetime, timings: Timings, jitter: Jitter, *, code: str, note: str) -> Write:
    """The look before an attempt failed, so it was not made: a step of the ladder all the same."""
    write = _look_up_line(write, now, "not_seen", note)
    return _repeat(write, Answer(Outcome.NOT_CONNECTED, code=code, message=note), now, timings, jitter)


def put_off(write: Write, due_at: datetime) -> Write:
    """Not done, and still to be done: from then on all over, with a new budget."""
    later = _next_generation(write, due_at)
    return replace(later, last_generation=later.generation + GENERATIONS)


def wanted_again(write: Write, now: datetime) -> Write:
    """Withdrawn because its order was not in the POS; now it is. Raises ValueError for any other write."""
    if write.state is not WriteState.WITHDRAWN:
        raise ValueError(f"a write that is {write.state} is not wanted again")
    return replace(write, state=WriteState.QUEUED, due_at=now, code=None, why="asked for before it was in the POS")


def ambiguous(write: Write, now: datetime, note: str) -> Write:
    """Something was found that cannot be confirmed as ours: a person decides, never a new generation."""
    write = _look_up_line(write, now, "ambiguous", note)
    return replace(write, due_at=None, code="match_unconfirmed")


def withdrawn(write: Write, reason: str, code: str) -> Write:
    """Not wanted any more. Only for a write that is certainly not in the POS: raises ValueError while it may be."""
    if write.state is not WriteState.QUEUED:
        raise ValueError(f"a write that is {write.state} cannot be withdrawn")
    return replace(write, state=WriteState.WITHDRAWN, due_at=None, why=reason, code=code)


def resubmitted(write: Write, now: datetime) -> Write:
    """Sent again because a person wants it: with a new budget of generations. What may have arrived is looked for
    first. Raises ValueError for a write that has not failed."""
    if write.state not in (WriteState.FAILED, WriteState.WITHDRAWN):
        raise ValueError(f"a write that is {write.state} cannot be sent again")
    again = replace(
        write,
        changed_at=now,
        last_generation=write.generation + GENERATIONS,
        next_trigger="resubmit",
        awaits_menu_since=None,
        menu_tried=False,
    )
    if write.what is What.CREATE and write.may_have_arrived:
        return replace(again, state=WriteState.UNKNOWN, due_at=now)
    return _next_generation(again, now)


def awaiting_menu(write: Write, now: datetime, timings: Timings) -> Write:
    """Refused because of the menu: it waits for a newer one, for a while. A stored answer: the key is used up."""
    waiting = replace(_next_generation(write, now), due_at=now + timedelta(seconds=timings.menu_patience_s))
    return replace(waiting, awaits_menu_since=now, code=write.code, message=write.message, note=write.note)


def cured_by_menu(write: Write, now: datetime) -> Write:
    """A newer menu lets it through: sent again, once."""
    return replace(write, due_at=now, awaits_menu_since=None, menu_tried=True, next_trigger="menu")


def sent_otherwise(write: Write, now: datetime) -> Write:
    """Refused, and to be sent at once in another shape: a new key for new bytes. Not one of the budget."""
    return replace(_next_generation(write, now), last_generation=write.last_generation + 1)


def refused_unsent(
    write: Write, code: str, *, final: bool, note: str | None = None, message: str | None = None
) -> Write:
    """A check of our own refused it before it was sent. `final`: no newer menu is waited for any more. `message`: what
    the POS said of an earlier attempt, when that stays the reason."""
    refused = replace(write, state=WriteState.FAILED, due_at=None, code=code, message=message, note=note)
    return replace(refused, awaits_menu_since=None, menu_tried=write.menu_tried or final)


def refused_by_look(write: Write, now: datetime, code: str, note: str) -> Write:
    """A look at the order showed that this must not be done (any more): withdrawn, or failed if it was tried."""
    write = _look_up_line(write, now, "refused", note)
    state = WriteState.WITHDRAWN if write.state is WriteState.QUEUED else WriteState.FAILED
    return replace(write, state=state, due_at=None, code=code, why=note)


_WAITS = frozenset({Outcome.BUSY.value, Outcome.LIMITED.value, Outcome.UNAUTHORIZED.value})


def _next_generation(write: Write, now: datetime) -> Write:
    return replace(
        write,
        state=WriteState.QUEUED,
        due_at=now,
        generation=write.generation + 1,
        tries=0,
        errors_500=0,
        strange=0,
        unauthorized=0,
        limited=0,
        doubtful=False,
        clock_started_at=None,
        code=None,
        message=None,
    )


def _key_if_any(write: Write) -> str | None:
    return write.key if write.what is What.CREATE else None


def _close_attempt(write: Write, answer: Answer, now: datetime) -> Write:
    *earlier, last = write.attempts
    closed = replace(
        last,
        duration_ms=max(0, round((now - last.started_at).total_seconds() * 1000)),
        outcome=answer.outcome.value,
        http_status=answer.http_status,
        code=answer.code,
        note=answer.message,
    )
    return replace(write, attempts=(*earlier, closed), last_call_ended_at=now)


def _look_up_line(write: Write, now: datetime, outcome: str, note: str) -> Write:
    number = write.attempts[-1].number if write.attempts else 0
    line = Attempt(
        number=number,
        started_at=now,
        idempotency_key=None,
        trigger="look_up",
        duration_ms=0,
        outcome=outcome,
        note=note,
    )
    if write.attempts and write.attempts[-1].outcome == outcome and write.attempts[-1].trigger == "look_up":
        return replace(write, attempts=(*write.attempts[:-1], line))
    return replace(write, attempts=(*write.attempts, line))


def _in_doubt(write: Write) -> Write:
    return replace(write, doubtful=True)


def _again(write: Write, due_at: datetime) -> Write:
    state = WriteState.SENDING if write.doubtful else WriteState.QUEUED
    return replace(write, state=state, due_at=due_at)


def _repeat(write: Write, answer: Answer, now: datetime, timings: Timings, jitter: Jitter) -> Write:
    write = replace(write, tries=write.tries + 1, unauthorized=0, limited=0)
    if write.what is What.NOTIFY and write.doubtful:
        return replace(write, state=WriteState.FAILED, due_at=None, code="notification_unconfirmed")
    if write.tries > len(timings.write_ladder_s):
        return _give_up(write, now, timings, code=answer.code or "pos_unreachable", message=answer.message)
    wait_s = jitter(timings.write_ladder_s[write.tries - 1])
    if write.what.adds and write.doubtful:
        wait_s = max(wait_s, min(timings.reconcile_first_s, timings.consistency_window_s))
    return _again(write, now + timedelta(seconds=wait_s))


def _wait(write: Write, answer: Answer, now: datetime, timings: Timings, jitter: Jitter) -> Write:
    wait_s = answer.wait_s if answer.wait_s is not None else timings.limited_wait_s
    due_at = now + timedelta(seconds=jitter(max(wait_s, timings.write_ladder_s[0])))
    started = write.clock_started_at or now
    if due_at > started + timedelta(seconds=timings.write_clock_s):
        code = "rate_limited" if answer.outcome is Outcome.LIMITED else "still_processing"
        return _give_up(write, now, timings, code=code, message=answer.message)
    return _again(write, due_at)


def _give_up(write: Write, now: datetime, timings: Timings, *, code: str, message: str | None) -> Write:
    if write.doubtful:
        return _unknown(write, now, timings, code=code, message=message)
    return replace(write, state=WriteState.FAILED, due_at=None, code=code, message=message)


def _unknown(write: Write, now: datetime, timings: Timings, *, code: str, message: str | None) -> Write:
    ended = write.last_call_ended_at or now
    first_look = min(timings.reconcile_first_s, timings.consistency_window_s)
    due_at = max(now, ended + timedelta(seconds=first_look)) if write.what is What.CREATE else now
    return replace(write, state=WriteState.UNKNOWN, due_at=due_at, code=code, message=message)
