"""The relay's own errors. An error knows whether trying again can help; it is set where the cause is understood.

RelayError
├── BadInputError            what was sent cannot be taken (400/413/422)
├── NotGrantedError          the caller may not touch this (403)
├── NotFoundError            there is no such thing (404)
├── ReferenceReusedError     the same reference with other content (409)
├── NotNowError              the state of the thing forbids it (409); `code` says why
├── SignatureError           a delivery that cannot prove its origin (401)
├── ConflictError            the record changed under us; load it again       (retry)
└── OutsideError             a system outside did not do what was asked
    ├── UnreachableError     no usable answer                                 (retry)
    ├── PacedError           it asked us to slow down; `wait_s`               (retry)
    ├── PermissionLostError  our credentials or grant are refused
    └── RefusedError         it understood and refused; `http_status`, `message`
"""

from __future__ import annotations

from dataclasses import dataclass


class RelayError(Exception):
    """Base of all errors that the relay raises on purpose."""

    code = "relay_error"
    should_retry = False


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with an input: where (JSON pointer, empty for the whole) and what."""

    pointer: str
    detail: str


class BadInputError(RelayError):
    """What was sent cannot be taken. `status` is the HTTP status that says so."""

    code = "invalid_input"

    def __init__(
        self, detail: str, *, code: str = "invalid_input", status: int = 422, problems: tuple[InputProblem, ...] = ()
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.problems = problems


class NotGrantedError(RelayError):
    """The caller is known, but may not touch this."""

    def __init__(self, detail: str, *, code: str = "venue_not_granted") -> None:
        super().__init__(detail)
        self.code = code


class NotFoundError(RelayError):
    """There is no such thing, or none that the caller may see."""

    code = "not_found"


class ReferenceReusedError(RelayError):
    """The same reference or event id came with different content."""

    code = "reference_reused"


class NotNowError(RelayError):
    """The state of the thing forbids it. `wait_s`: it may be allowed after so long."""

    def __init__(self, detail: str, *, code: str, wait_s: float | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.wait_s = wait_s


class SignatureError(RelayError):
    """A delivery could not prove where it comes from. Deliberately says no more."""

    code = "bad_signature"


class ConflictError(RelayError):
    """The record changed, or somebody else holds its lease: load it again."""

    code = "conflict"
    should_retry = True


class OutsideError(RelayError):
    """A system outside the relay did not do what it was asked."""

    code = "outside_error"


class UnreachableError(OutsideError):
    """No usable answer: not connected, timed out, cut off, or a 5xx."""

    code = "pos_unreachable"
    should_retry = True


class PacedError(OutsideError):
    """It asked us to slow down. `wait_s`: seconds until it will listen."""

    code = "rate_limited"
    should_retry = True

    def __init__(self, detail: str, *, wait_s: float) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class PermissionLostError(OutsideError):
    """Our credentials or our grant are refused; a person has to authorise again."""

    code = "permission_lost"


class RefusedError(OutsideError):
    """It understood the request and refused it. `message` is the vendor's own text."""

    code = "refused"

    def __init__(self, message: str, *, http_status: int) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status
