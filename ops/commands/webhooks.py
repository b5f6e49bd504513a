"""posrelay webhooks subscribe | list."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from ops.commands.venues import AsJson
from ops.output import progress, say, say_aside, show_json, show_table
from ops.session import session_of
from ops.webhooks import TOPICS, TOPICS_VARIABLE, address_of, faults_of, read_topics
from ops.webhooks import subscribe as subscribe_all

commands = typer.Typer(
    no_args_is_help=True, help="What Kounta tells us: orders completed and deleted, customers, prints, groups."
)

Topics = Annotated[
    list[str] | None,
    typer.Option(
        "--topic",
        envvar=TOPICS_VARIABLE,
        help="Topic, or TOPIC=PATH; repeat for more. All but the first two names are guesses."
        f" [default: {', '.join(TOPICS)}]",
    ),
]


@commands.command()
def subscribe(
    context: typer.Context,
    venue_id: Annotated[str, typer.Argument()],
    topic: Topics = None,
    retire: Annotated[
        list[str] | None,
        typer.Option(help="A public URL that this stack had before; the subscriptions to it are removed."),
    ] = None,
) -> None:
    """Subscribe a venue's webhooks, each once, however often this is run."""
    stack = session_of(context).stack
    venue = stack.settings.get(venue_id)
    topics = read_topics(topic or ())
    with progress("Subscribing at Kounta …"):
        line = stack.line_to(venue.pos)
        done = subscribe_all(
            line.administration, venue, stack.addresses, stack.secret.link_key(), topics, tuple(retire or ())
        )
    for subscribed, webhook_id in done.webhooks:
        address = address_of(stack.addresses.public_url, venue.id, subscribed.path)
        what = f"{subscribed.name} of site {venue.pos.site_id} → {address} (webhook {webhook_id})"
        say(f"[green]✓[/] {escape(what)}")
    for refused, words in done.refused:
        text = f"Kounta has no topic {refused.name} ({words}): name it with --topic NAME={refused.path}"
        say_aside(f"[yellow]![/] {escape(text)}")
    for gone in done.removed:
        say(f"[green]✓[/] removed a stale one: {escape(gone.topic)} → {escape(gone.address)} (webhook {gone.id})")


@commands.command("list")
def list_(
    context: typer.Context, venue_id: Annotated[str, typer.Argument()], topic: Topics = None, as_json: AsJson = False
) -> None:
    """All subscriptions of the venue's Kounta app, and which of them are this venue's."""
    stack = session_of(context).stack
    venue = stack.settings.get(venue_id)
    topics = read_topics(topic or ())
    with progress("Asking Kounta …"):
        found = stack.line_to(venue.pos).administration.list_webhooks()
    ours = {address_of(stack.addresses.public_url, venue.id, one.path) for one in topics}
    if as_json:
        show_json(
            [
                {
                    "id": one.id,
                    "topic": one.topic,
                    "address": one.address,
                    "site_ids": list(one.site_ids),
                    "this_venue": one.address in ours,
                }
                for one in found
            ]
        )
        return
    rows = [
        (one.id, one.topic, ", ".join(one.site_ids) or "all", "yes" if one.address in ours else "no", one.address)
        for one in found
    ]
    show_table(("id", "topic", "sites", "this venue", "address"), rows)
    link_key = stack.secret.link_key()
    if any(faults_of(one, found, venue, stack.addresses, link_key, topics) for one in topics):
        say_aside(f"[yellow]![/] they are not as they should be: posrelay webhooks subscribe {escape(venue.id)}")
