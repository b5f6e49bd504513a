"""Every code by which an order may fail has words for the person who has to act on it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from shared.adapters.driver_tracking import classification as tracking
from shared.adapters.kounta import classification, writes
from shared.domain.failures import UNKNOWN, WORDS, words_for
from shared.domain.menu import checks
from shared.domain.online import consequences, stop_signals
from shared.domain.orders import pass_thru, protocol, refusals
from shared.usecases import act_on_placed_order

SOURCES = (
    act_on_placed_order,
    checks,
    classification,
    consequences,
    pass_thru,
    protocol,
    refusals,
    stop_signals,
    tracking,
    writes,
)
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
NO_CODES = {call.value for call in classification.Call} | {
    "callback_uri",
    "expired_token",
    "invalid_token",
    "create_customer",
    "http_status",
    "look_up",
    "not_asked",
    "not_found",
    "not_looked_up",
    "not_seen",
    "nothing_to_print",
    "option_sets",
    "order_code",
    "order_id",
    "partly_refunded",
    "send_normally",
    "venue_off",
}
ONE_WORD = ("cancelled", "handled", "refused", "shadow", "superseded")


def literals(module: object) -> set[str]:
    """Every snake_case literal of a module, whatever it is for."""
    tree = ast.parse(Path(str(module.__file__)).read_text())  # type: ignore[attr-defined]
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and CODE.fullmatch(value)}


CODES = sorted(set().union(*map(literals, SOURCES)) - NO_CODES | set(ONE_WORD))


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_words(code: str) -> None:
    assert words_for(code) is not UNKNOWN, f"no words for {code}"


def test_the_codes_are_found_where_they_are_used() -> None:
    assert {"accept_failed", "product_out_of_stock", "order_gone", "too_old", "key_reused"} <= set(CODES)


@pytest.mark.parametrize("code", WORDS)
def test_words_are_short_sentences(code: str) -> None:
    words = WORDS[code]
    assert len(words.title) <= 60
    assert not words.title.endswith(".")
    assert len(words.meaning) <= 160
    assert len(words.action) <= 400
    assert words.meaning.endswith(".")
    assert words.action.endswith(".")
