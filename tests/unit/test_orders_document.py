"""The table that walks Kounta's document and the tests that it names hold together."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
STACK = TESTS / "stack"
TABLE = STACK / "orders_document.md"
SECTIONS = (
    "Get orders",
    "Get an order",
    "Tips and service charge",
    "Get PDF invoice",
    "Create an order",
    "Availability",
    "Idempotency headers",
    "Blank orders",
    "Create with option sets",
    "Update an order",
    "Refund an order",
    "Option sets",
    "Pass-thru printing",
    "Webhooks",
)


def rows() -> list[tuple[str, str, list[str]]]:
    """(number, sentence, test ids) of each row; what is no row is not read."""
    found = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", TABLE.read_text(), re.MULTILINE)
    return [(number, sentence, re.findall(r"`([^`]+)`", ids)) for number, sentence, ids in found]


def named() -> set[str]:
    """Every test id of the table, from the folder of tests on."""
    ids = {each for _, _, ids in rows() for each in ids}
    return {each.removeprefix("tests/") if each.startswith("tests/") else f"stack/{each}" for each in ids}


def functions_of(file: Path) -> set[str]:
    """The test functions of a file, as ids."""
    functions = (each.name for each in ast.parse(file.read_text()).body if isinstance(each, ast.FunctionDef))
    place = file.relative_to(TESTS).as_posix()
    return {f"{place}::{name}" for name in functions if name.startswith("test_")}


def test_every_row_names_tests_that_exist() -> None:
    files = {each.partition("::")[0] for each in named()}
    there = {each for file in files if (TESTS / file).is_file() for each in functions_of(TESTS / file)}
    assert named() - there == set()


def test_every_test_of_the_document_stands_in_a_row() -> None:
    ours = {each for file in STACK.glob("test_orders_document_*.py") for each in functions_of(file)}
    assert len(ours) > 50
    assert ours - named() == set()


def test_the_rows_are_numbered_and_each_has_a_test() -> None:
    assert [int(number) for number, _, _ in rows()] == list(range(1, len(rows()) + 1))
    assert [number for number, _, ids in rows() if not ids] == []
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    assert len(lines) == len(rows()) + len(SECTIONS)  # nothing of the table goes unread


def test_every_section_of_the_document_is_there() -> None:
    assert tuple(re.findall(r"^## (.+)$", TABLE.read_text(), re.MULTILINE)) == SECTIONS
