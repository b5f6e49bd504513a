"""Bad behaviour on demand: which of the next calls goes wrong, and how."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

UNPROCESSED = {"refused", "reset_before", "html"}
"""Answered (or not) without looking at the request; so is every bare status such as `500`."""
PROCESSED = {"reset_after", "timeout", "slow"}
"""The request is carried out, then its answer suffers."""
STORED = {"500_stored", "429_stored", "401_stored"}
"""Answered so and kept under the idempotency key, nothing carried out."""
STORED_AFTER = "500_stored_after"
"""The order is made, but a 500 is given and kept under the key."""

TIMEOUT_HOLD_S = 30.0
SLOW_DELAY_S = 3.0


class Fault(BaseModel):
    """One instruction of `POST /_control/faults`.

    `times`: how often it fires; -1 until told otherwise, 0 ends it. `match`: only requests whose path or body holds
    this text. `probability` (0 to 1) with `seed`: fires at random, repeatably. `delay_s`: for `timeout` and `slow`.
    `reset_s`: seconds until `X-Ratelimit-Reset` of a 429, None = the header is left out. `status`: of `html`.
    """

    model_config = ConfigDict(extra="forbid")

    operation: str
    fault: str | None = None
    times: int = 1
    match: str | None = None
    probability: float | None = Field(default=None, ge=0, le=1)
    seed: int = 0
    delay_s: float | None = Field(default=None, ge=0)
    reset_s: float | None = 2.0
    status: int = 200
    fired: int = 0
    _dice: random.Random | None = PrivateAttr(default=None)

    @field_validator("fault")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        known = name is None or name in UNPROCESSED | PROCESSED | STORED | {STORED_AFTER}
        if not known and not re.fullmatch(r"[45]\d\d", name or ""):
            raise ValueError(f"unknown fault {name!r}")
        return name

    @property
    def name(self) -> str:
        """The fault's name."""
        return self.fault or ""

    @property
    def bare_status(self) -> int | None:
        """The status of a fault that is just an answer, such as `503`."""
        return int(self.name) if self.name.isdigit() else None

    @property
    def stored_status(self) -> int | None:
        """The status of a fault that is answered and stored without carrying anything out."""
        return int(self.name[:3]) if self.name in STORED else None

    def strikes(self) -> bool:
        """Throw the dice; True when it fires now."""
        if self.probability is None:
            return True
        if self._dice is None:
            self._dice = random.Random(self.seed)
        return self._dice.random() < self.probability


class Faults:
    """The faults in force. Several on one operation are served in the order they were set."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def set(
        self,
        operation: str,
        fault: str | None = None,
        times: int = 1,
        match: str | None = None,
        probability: float | None = None,
        seed: int = 0,
        delay_s: float | None = None,
    ) -> None:
        """Set a fault from Python; the arguments are those of `Fault`."""
        wanted = Fault(operation=operation, fault=fault, times=times, match=match, probability=probability, seed=seed)
        self.add(wanted.model_copy(update={"delay_s": delay_s}))

    def add(self, fault: Fault) -> None:
        """Put a fault in force; `times: 0` ends those of its operation (of its name and match, where given).

        Raises ValueError when a fault that is to fire has no name.
        """
        same = [one for one in self._set if one.operation == fault.operation and one.match == fault.match]
        if fault.times == 0:
            ended = [one for one in self._set if one.operation == fault.operation]
            ended = [one for one in ended if fault.fault in (None, one.fault) and fault.match in (None, one.match)]
            self._set = [one for one in self._set if one not in ended]
            return
        if fault.fault is None:
            raise ValueError("a fault needs a name")
        self._set = [one for one in self._set if not (one in same and one.fault == fault.fault)]
        self._set.append(fault)

    def take(self, operation: str, path: str, body: bytes) -> Fault | None:
        """The fault that strikes this call, counted; None when all goes well."""
        for fault in self._set:
            if not fnmatchcase(operation, fault.operation):
                continue
            if fault.match is not None and fault.match not in path and fault.match.encode() not in body:
                continue
            if not fault.strikes():
                continue
            fault.fired += 1
            if fault.times > 0 and fault.fired >= fault.times:
                self._set = [one for one in self._set if one is not fault]
            return fault
        return None

    def in_force(self) -> list[Mapping[str, object]]:
        """What is set, for `GET /_control/faults`."""
        return [fault.model_dump(exclude_none=True) for fault in self._set]

    def clear(self) -> None:
        """All goes well again."""
        self._set = []
