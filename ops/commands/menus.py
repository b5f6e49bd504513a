"""posrelay venue menu."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape

from ops.output import pairs, say, say_aside, show_json, show_table
from ops.session import session_of
from shared.domain.menu.importing import ImportRun, MenuHead
from shared.web.menus import import_view


def menu(
    context: typer.Context,
    venue_id: Annotated[str, typer.Argument()],
    import_: Annotated[bool, typer.Option("--import", help="Import it now.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """The menu of a venue: how much it holds, how old it is, how far an import got, why the latest failed."""
    stack = session_of(context).stack
    stack.settings.get(venue_id)
    head = stack.request_import(venue_id) if import_ else stack.menus.load(venue_id) or MenuHead(venue_id)
    if as_json:
        show_json({"venue": venue_id, **import_view(head), "counts": _counts(head)})
        return
    fresh_for = timedelta(seconds=stack.addresses.timings.menu_fresh_s)
    rows: dict[str, object] = {**_counts(head)}
    if head.edition is not None:
        age = stack.now() - head.edition.imported_at
        use = "orders are checked against it" if age <= fresh_for else "too old: orders are not checked"
        rows["imported"] = f"{head.edition.imported_at:%Y-%m-%d %H:%M} UTC, {_long(age)} ago; {use}"
    if head.run is not None:
        rows["import"] = _progress(head.run, stack.now())
    elif head.next_at is not None:
        rows["next import"] = f"{head.next_at:%Y-%m-%d %H:%M} UTC"
    if head.failure is not None:
        said = f": {head.failure.message}" if head.failure.message else ""
        rows["latest failure"] = f"{head.failure.at:%Y-%m-%d %H:%M} UTC, {head.failure.code}{said}"
    if rows:
        show_table(("menu", "value"), pairs(rows))
    if head.edition is None and head.run is None:
        say_aside(f"it was never imported: posrelay venue menu {escape(venue_id)} --import")
    if import_:
        say(f"[green]✓[/] its import is {'under way' if head.run and head.run.started_at else 'asked for'}")


def _counts(head: MenuHead) -> dict[str, int]:
    edition = head.edition
    if edition is None:
        return {}
    return {"products": edition.products, "option sets": edition.option_sets, "categories": edition.categories}


def _progress(run: ImportRun, now: datetime) -> str:
    if run.started_at is None:
        return f"asked for {_long(now - run.requested_at)} ago ({run.why}), not begun yet"
    waits = f", goes on in {_long(run.resume_at - now)}" if run.resume_at and run.resume_at > now else ""
    tries = f", calls in vain: {run.failures}" if run.failures else ""
    begun = f"begun {_long(now - run.started_at)} ago ({run.why})"
    return f"{run.products} products on {run.pages} pages, {begun}{waits}{tries}"


def _long(duration: timedelta) -> str:
    seconds = max(0, round(duration.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
