"""posrelay key issue | list | revoke."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape

from ops.access import issue_key, keys_of, revoke_key, state_of
from ops.commands.venues import AsJson
from ops.output import say, say_aside, show_json, show_table
from ops.session import session_of
from shared.domain.access import SCOPES, ApiKey

commands = typer.Typer(no_args_is_help=True, help="API keys of the platforms.")


@commands.command()
def issue(
    context: typer.Context,
    platform_id: Annotated[str, typer.Argument()],
    venue: Annotated[list[str], typer.Option(help="Venue it may touch, or * for all; repeat for more.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {', '.join(SCOPES)}; repeat for more.")],
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=3650, help="[default: never]")] = None,
    as_json: AsJson = False,
) -> None:
    """Issue a key. It is shown this once: only its hash is kept. Earlier keys stay valid until they are revoked."""
    stack = session_of(context).stack
    lifetime = timedelta(days=expires_in_days) if expires_in_days else None
    key, text = issue_key(stack.settings, platform_id, venue, scope, stack.now(), lifetime)
    if as_json:
        show_json({"key": text, **_plain(key, stack.now())})
        return
    until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "without end"
    say_aside(f"[green]✓[/] {key.id} for {escape(platform_id)}, {until}; store it now, it is not shown again:")
    # Alone on the output, so that a program can take it.
    print(text)


@commands.command("list")
def list_(context: typer.Context, platform_id: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """A platform's keys, without the keys themselves."""
    stack = session_of(context).stack
    keys = sorted(keys_of(stack.settings, platform_id), key=lambda one: one.created_at)
    if as_json:
        show_json([_plain(one, stack.now()) for one in keys])
        return
    rows = [
        (
            one.id,
            state_of(one, stack.now()),
            ", ".join(one.venues),
            ", ".join(one.scopes),
            _day(one.created_at),
            _day(one.expires_at),
        )
        for one in keys
    ]
    show_table(("id", "state", "venues", "scopes", "issued", "expires"), rows)


@commands.command()
def revoke(context: typer.Context, key_id: Annotated[str, typer.Argument(help="key_…, from key list")]) -> None:
    """End a key. It dies within a minute: that long the gateway remembers whom it let in."""
    stack = session_of(context).stack
    with_key = revoke_key(stack.settings, key_id, stack.now())
    say(f"[green]✓[/] {with_key.id} of {escape(with_key.platform)} is revoked; it dies within a minute")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"


def _plain(key: ApiKey, now: datetime) -> dict[str, Any]:
    def written(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "id": key.id,
        "platform": key.platform,
        "state": state_of(key, now),
        "venues": list(key.venues),
        "scopes": list(key.scopes),
        "created_at": written(key.created_at),
        "expires_at": written(key.expires_at),
        "revoked_at": written(key.revoked_at),
    }
