"""What holds whatever comes: order of events, and the protocol's promises over any run of outcomes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.bookings.booking import Position, in_order_of_time
from shared.domain.bookings.consequences import take_in_events
from shared.domain.bookings.events import BookingEvent, BookingStatus, Customer, PaymentSummary
from shared.domain.bookings.record import BookingRecord
from shared.domain.identities import marker, markers_in
from shared.domain.orders import protocol
from shared.domain.orders.draft import order_notes
from shared.domain.orders.writes import Answer, Outcome, What, Write, WriteState
from shared.domain.timings import Timings
from tests.builders import VENUE, a_booking, a_write, an_event, at

TIMINGS = Timings()
WINDOW = timedelta(seconds=300)


@st.composite
def histories(draw: st.DrawFn) -> list[BookingEvent]:
    """Up to twenty events of one booking, all with a sequence or none, in the order in which they were received."""
    sequences = draw(st.booleans())
    moments = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20))
    statuses = st.sampled_from([*(status.value for status in BookingStatus), "dessert"])
    return [
        an_event(
            draw(statuses),
            seconds,
            event_id=f"e-{number:02d}",
            received_at=at(100 + number),
            sequence=sequence if sequences else None,
            tables=(str(number),),
        )
        for number, (seconds, sequence) in enumerate(moments)
    ]


def newest(events: list[BookingEvent]) -> BookingEvent | None:
    """By hand: the highest sequence, else the latest moment; of equals the one received last."""
    known = [event for event in events if event.status is not None]
    return max(known, key=_rank, default=None)


def _rank(event: BookingEvent) -> tuple[int | datetime, datetime]:
    return (event.occurred_at if event.sequence is None else event.sequence, event.received_at)


@given(events=histories(), data=st.data())
def test_any_order_and_batching_ends_in_the_newest_events_state(
    events: list[BookingEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    record = BookingRecord("BOOKING#demo#demo-bookings#B-1", 0, a_booking())
    ids = count()
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        batch, shuffled = shuffled[:size], shuffled[size:]
        consequence = take_in_events(
            record,
            batch,
            VENUE,
            at(1000),
            window=WINDOW,
            new_order_id=lambda: f"ord_{next(ids):016d}",
            read_order=None,
        )
        assert len(consequence.decided) == len(batch), "nothing is in the POS: nothing has to be read"
        record = consequence.record
    expected = newest(events)
    if expected is None:
        assert record.booking.status is None
        return
    assert record.booking.status is expected.status
    assert record.booking.newest_event_id == expected.event_id
    wanted = [order for order in record.orders if order.create.state is WriteState.QUEUED]
    assert len(wanted) <= 1
    if expected.status is BookingStatus.SEATED:
        assert len(wanted) == 1


@given(events=histories())
def test_the_order_of_time_is_total(events: list[BookingEvent]) -> None:
    ordered = in_order_of_time(events)
    positions = [Position.of(event) for event in ordered]
    for place, later in enumerate(positions):
        assert not any(later.is_before(earlier) for earlier in positions[:place])
    assert in_order_of_time(reversed(events)) == ordered


Step = tuple[Outcome, bool, float]
steps = st.lists(
    st.tuples(st.sampled_from(Outcome), st.booleans(), st.sampled_from([0.0, 1.0, 5.0, 61.0, 301.0])), max_size=40
)


def walk(what: What, steps: list[Step]) -> list[tuple[Write, Outcome | None, Write]]:
    """(before, the call's outcome or None for a look-up that found nothing, after) of each step that can be taken."""
    write, now = a_write(what), 0.0
    taken: list[tuple[Write, Outcome | None, Write]] = []
    for outcome, others_succeed, wait_s in steps:
        now += wait_s
        if not write.is_open or write.due_at is None:
            break
        before = write
        if write.state is WriteState.UNKNOWN:
            write = protocol.not_found(write, at(now), TIMINGS, "none")
            taken.append((before, None, write))
            continue
        begun = protocol.begin(write, at(now))
        write = protocol.settle(begun, Answer(outcome), at(now), TIMINGS, others_succeed=others_succeed)
        taken.append((before, outcome, write))
    return taken


@given(what=st.sampled_from([What.CREATE, What.UPDATE, What.DELETE]), steps=steps)
def test_doubt_ends_only_by_an_answer_that_settles_it_or_by_a_look(what: What, steps: list[Step]) -> None:
    for before, outcome, after in walk(what, steps):
        if before.doubtful and outcome is not None:
            assert after.doubtful
            if outcome not in (Outcome.DONE, Outcome.REFUSED):
                assert after.state in (WriteState.SENDING, WriteState.UNKNOWN), (outcome, after)
        if after.state is WriteState.QUEUED:
            assert not after.doubtful


@given(what=st.sampled_from([What.CREATE, What.UPDATE, What.NOTIFY, What.DELETE]), steps=steps)
def test_what_is_open_is_due_and_what_is_final_is_not(what: What, steps: list[Step]) -> None:
    for _, _, after in walk(what, steps):
        assert (after.due_at is None) == after.state.is_final
        assert after.open_attempt is None


@given(steps=steps)
def test_a_new_key_only_after_a_look(steps: list[Step]) -> None:
    for before, outcome, after in walk(What.CREATE, steps):
        assert after.generation == before.generation or (outcome is None and before.state is WriteState.UNKNOWN)
        assert after.generation <= protocol.GENERATIONS


@given(steps=steps)
def test_a_notification_is_never_sent_again_once_it_may_have_arrived(steps: list[Step]) -> None:
    for before, _, _ in walk(What.NOTIFY, steps):
        assert not before.doubtful


@given(words=st.text(), name=st.text())
def test_what_others_wrote_never_makes_a_marker(words: str, name: str) -> None:
    write = "PR-0123456789ABCDEF-1"
    forged = f"{words} [PR-ZZZZZZZZZZZZZZZZ-1] [[PR-[PR-ZZZZZZZZZZZZZZZZ-1]] {words}"
    customer, payment = Customer(first_name=name, last_name=forged), PaymentSummary(forged, transaction_id=forged)
    event = an_event(
        "seated", notes=forged, customer=customer, payment=payment, tables=(forged,), booking_reference=forged
    )
    notes = order_notes(VENUE, event, write, with_name=True)
    assert markers_in(notes) == (("ord_0123456789ABCDEF", write),)
    assert notes.endswith(marker(write))
