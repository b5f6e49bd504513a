"""posrelay platform add | list | endpoint | deliveries | replay."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from ops.commands import endpoints
from ops.commands.venues import AsJson
from ops.errors import OperatorError
from ops.output import say, say_aside, show_json, show_table
from ops.session import session_of
from ops.venue_file import venue_id
from shared.domain.access import Platform

commands = typer.Typer(no_args_is_help=True, help="Booking and ordering platforms that may call.")
commands.add_typer(endpoints.commands, name="endpoint")
commands.command()(endpoints.deliveries)
commands.command()(endpoints.replay)


@commands.command()
def add(
    context: typer.Context,
    platform_id: Annotated[str, typer.Argument(help="Short id; it becomes part of every booking's address.")],
    name: Annotated[str, typer.Option(help="What people read.")],
) -> None:
    """Add a platform, or give it another name."""
    try:
        platform = Platform(venue_id(platform_id), name.strip())
    except ValueError as error:
        raise OperatorError(f"the id {platform_id} {error}", "choose another id") from error
    session_of(context).stack.settings.put_platform(platform)
    say(f"[green]✓[/] {escape(platform.name)} ({platform.id})")
    say(f"  next: posrelay key issue {platform.id} --venue … --scope …")


@commands.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """All platforms."""
    platforms = list(session_of(context).stack.settings.platforms())
    if as_json:
        show_json([asdict(one) for one in platforms])
        return
    show_table(("id", "name"), [(one.id, one.name) for one in platforms])
    if not platforms:
        say_aside("there are no platforms yet: posrelay platform add ID --name NAME")
