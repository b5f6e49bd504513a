"""What a command shows: tables and lines for people, JSON for programs, failures in one line on the error stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.errors import OperatorError

PIPED_WIDTH = 240


def console(*, stderr: bool = False) -> Console:
    """A console that does not break lines where nobody looks at a terminal."""
    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PIPED_WIDTH)


def say(line: str) -> None:
    """One line for people; `line` may hold rich's markup."""
    console().print(line, soft_wrap=True)


def say_aside(line: str) -> None:
    """One line beside the result: on the error stream."""
    console(stderr=True).print(line, soft_wrap=True)


def show_json(value: Any) -> None:
    """The result for programs."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows of plain text."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) if not cell.startswith("[mark]") else cell[6:] for cell in row))
    console().print(table)


def show_failure(error: OperatorError) -> None:
    """What is wrong, and the fix, in one line; further problems in one line each."""
    fix = f" → {error.fix}" if error.fix else ""
    out = console(stderr=True)
    out.print(f"[red]✗[/] {escape(error.what)}{escape(fix)}", soft_wrap=True)
    for other in error.others:
        out.print(f"[red]✗[/] {escape(other)}", soft_wrap=True)


@contextmanager
def progress(words: str) -> Iterator[None]:
    """Shows that something takes its time, where somebody looks."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield
        return
    with out.status(escape(words)):
        yield


def pairs(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Names and values as rows."""
    return [(name, _shown(value)) for name, value in values.items()]


def _shown(value: object) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
