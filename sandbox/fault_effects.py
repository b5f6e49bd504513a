"""How faults look to a caller, whichever vendor is played."""

from __future__ import annotations

from sandbox.faults import PROCESSED, SLOW_DELAY_S, STORED_AFTER, TIMEOUT_HOLD_S, Fault
from sandbox.messages import SandboxAnswer

PAGE = b"<!doctype html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>"


def lost(fault: Fault) -> SandboxAnswer | None:
    """What comes of a request that never reached the application; None when the fault lets it in."""
    if fault.name == "refused":
        return SandboxAnswer(0, refused=True)
    if fault.name == "reset_before":
        return SandboxAnswer(0, disconnect=True)
    if fault.name == "html":
        return SandboxAnswer(fault.status, {"Content-Type": "text/html; charset=utf-8"}, PAGE)
    return None


def suffered(fault: Fault | None, answer: SandboxAnswer, error_500: SandboxAnswer) -> SandboxAnswer:
    """What becomes of the answer to a request that was carried out."""
    if fault is None or fault.name not in PROCESSED | {STORED_AFTER}:
        return answer
    if fault.name == "reset_after":
        return SandboxAnswer(answer.status, disconnect=True)
    if fault.name == STORED_AFTER:
        return error_500
    if fault.name == "timeout":
        return SandboxAnswer(answer.status, never=True, delay_s=delay_of(fault))
    return SandboxAnswer(answer.status, answer.headers, answer.body, delay_s=delay_of(fault))


def delay_of(fault: Fault | None) -> float:
    """Seconds that a `slow` or `timeout` fault holds the answer back; 0 for others."""
    usual = {"slow": SLOW_DELAY_S, "timeout": TIMEOUT_HOLD_S}
    if fault is None or fault.name not in usual:
        return 0.0
    return fault.delay_s if fault.delay_s is not None else usual[fault.name]
