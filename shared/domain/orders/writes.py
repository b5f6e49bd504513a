"""A write to a POS as a record: what, why, state, and every attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """The acts that change something in a POS (or, `finish_booking`, at the booking platform; `track`, at the venue's
    driver-tracking service)."""

    CREATE = "create"
    UPDATE = "update"
    NOTIFY = "notify"
    DELETE = "delete"
    """A booking's undo: only what staff have not touched."""
    FINISH_BOOKING = "finish_booking"
    ACCEPT = "accept"
    CANCEL = "cancel"
    """A platform's order is called off: REJECTED, unless the venue has taken it up."""
    ADD_LINES = "add_lines"
    CHANGE_LINE = "change_line"
    REMOVE_LINE = "remove_line"
    ADD_OPTION_SET = "add_option_set"
    REMOVE_OPTION_SET = "remove_option_set"
    PAY = "pay"
    CHANGE_PAYMENT = "change_payment"
    TRACK = "track"

    @property
    def goes_to_the_pos(self) -> bool:
        """Or elsewhere, and then it waits for no write to the POS, nor is waited for."""
        return self is not What.TRACK

    @property
    def adds(self) -> bool:
        """Or not: repeated, it would add the same again, for Kounta knows no key for it."""
        return self in (What.ADD_LINES, What.ADD_OPTION_SET, What.PAY, What.CHANGE_PAYMENT)


class WriteState(StrEnum):
    """queued → sending → sent | failed | unknown | withdrawn.

    `queued`: certainly not in the POS, may be withdrawn without a call. `sending`: a call may be under way or may have
    arrived. `unknown`: given up repeating, to be looked up. The other three are final.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (WriteState.SENT, WriteState.FAILED, WriteState.WITHDRAWN)


class Outcome(StrEnum):
    """What a call came to, as the adapter understood it. The protocol's left column."""

    DONE = "done"
    NOT_CONNECTED = "not_connected"
    LOST = "lost"
    BUSY = "busy"
    LIMITED = "limited"
    UNAUTHORIZED = "unauthorized"
    SERVER_ERROR = "server_error"
    KEY_REUSED = "key_reused"
    REFUSED = "refused"
    STRANGE = "strange"


GENERATIONS = 3
_DOUBTFUL = frozenset({None, Outcome.LOST, Outcome.SERVER_ERROR, Outcome.STRANGE, Outcome.BUSY, Outcome.KEY_REUSED})


@dataclass(frozen=True, slots=True)
class Answer:
    """One call's outcome. `message`: the vendor's own words, shortened; `wait_s`: how long it asked us to wait."""

    outcome: Outcome
    http_status: int | None = None
    pos_order_id: str | None = None
    code: str | None = None
    message: str | None = None
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the timeline. `number` counts attempts of the whole write; waits on 409 and 429 repeat a number.

    An attempt without `outcome` is under way, or its worker died.
    """

    number: int
    started_at: datetime
    idempotency_key: str | None
    trigger: str = "first"
    duration_ms: int | None = None
    outcome: str | None = None
    http_status: int | None = None
    code: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """A write's whole state. Changed only through `protocol` and `withdrawn`."""

    id: str
    what: What
    created_at: datetime
    state: WriteState = WriteState.QUEUED
    due_at: datetime | None = None
    """When the next act (attempt or look-up) is due; None with an open state: a person's turn."""
    why: str = ""
    changed_at: datetime | None = None
    """For a delete: when the booking changed. For the others: when what they carry was wanted."""
    event_id: str | None = None
    generation: int = 1
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    """Counted attempts of this generation."""
    errors_500: int = 0
    strange: int = 0
    unauthorized: int = 0
    limited: int = 0
    doubtful: bool = False
    """Whether a call of this generation may have arrived."""
    started_at: datetime | None = None
    """First attempt of all generations."""
    clock_started_at: datetime | None = None
    """First call of this generation: the key's age, and the clock of 409 and 429."""
    last_call_ended_at: datetime | None = None
    code: str | None = None
    message: str | None = None
    """The vendor's own words, when it refused."""
    note: str | None = None
    """Our own, when a check of ours ended it."""
    last_generation: int = GENERATIONS
    """The budget: generations share it, a person who sends it again gives a new one."""
    reference: str | None = None
    """The platform's own id of what it asked for: the same one again asks for nothing new."""
    seen_before: int | None = None
    """How many of what this write adds stood on the order before its first call: for what Kounta has no key for."""
    target: str | None = None
    """What this write removes or changes, by an id of the POS that does not move as numbers do."""
    awaits_menu_since: datetime | None = None
    """Refused for a reason that a menu import may cure: it waits for one that is newer than this."""
    menu_tried: bool = False
    """It was sent again because of a newer menu: that happens once."""
    next_trigger: str | None = None
    """Why the next attempt is made, when it is not by itself: `resubmit`, `menu`, `replay`."""

    @property
    def may_have_arrived(self) -> bool:
        """Whether any call of any generation may have reached the POS."""
        return any(attempt.outcome in _DOUBTFUL for attempt in self.attempts)

    @property
    def key(self) -> str:
        """Idempotency key: one per generation, bare, `[A-Za-z0-9-]` (Kounta docs: Idempotency Headers)."""
        return f"{self.id}-g{self.generation}"

    @property
    def open_attempt(self) -> Attempt | None:
        """The attempt that is under way or whose worker died."""
        return self.attempts[-1] if self.attempts and self.attempts[-1].outcome is None else None

    @property
    def is_open(self) -> bool:
        """Whether its fate is not settled."""
        return not self.state.is_final
