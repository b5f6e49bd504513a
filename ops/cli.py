"""The posrelay command: its options, its groups of commands, and how it ends when something is wrong."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ops.commands import keys, platforms, replays, venues, webhooks
from ops.errors import Foreseen, in_words
from ops.output import show_failure
from ops.session import Session, open_local_stack
from ops.stack import DEFAULT_STACK


class _PlainEnds(TyperGroup):
    """Foreseen errors end a command with one line and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except Foreseen as error:
            show_failure(in_words(error))
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_PlainEnds,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Sets up, checks and looks into the venues, platforms and keys of a deployed POS Relay stack.",
)
app.add_typer(venues.commands, name="venue")
app.add_typer(platforms.commands, name="platform")
app.add_typer(keys.commands, name="key")
app.add_typer(webhooks.commands, name="webhooks")
app.command("replay")(replays.replay)


@app.callback()
def options(
    context: typer.Context,
    stack: Annotated[
        str, typer.Option(envvar="POSRELAY_STACK", help="Name of the CloudFormation stack.", show_default=True)
    ] = DEFAULT_STACK,
    region: Annotated[
        str | None, typer.Option(help="AWS region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's.")
    ] = None,
    local: Annotated[bool, typer.Option("--local", help="The stack that `make run` keeps on this machine.")] = False,
) -> None:
    """Options before the command's name."""
    session = context.find_object(Session) or Session()
    session.name, session.region = stack, region
    if local:
        session.opener = open_local_stack
    context.obj = session
