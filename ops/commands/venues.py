"""posrelay venue set | show | list | check | tables | menu | mode."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ops.commands.menus import menu
from ops.errors import OperatorError
from ops.output import pairs, progress, say, say_aside, show_json, show_table
from ops.session import session_of
from ops.stack import DeployedStack
from ops.tables import DAYS, Match, compare, read_names, seen_in_bookings
from ops.venue_check import MODE_WORDS, Finding, State, check_venue
from ops.venue_file import read_venue
from ops.venues import CredentialChoices, as_it_stands, as_plain, set_mode, set_venue, take_registers
from ops.webhooks import TOPICS_VARIABLE, address_of, read_topics
from shared.adapters.secretsmanager.stack_secret import HookSecrets
from shared.domain.errors import OutsideError, PermissionLostError, RefusedError
from shared.domain.venues import Venue, VenueMode

commands = typer.Typer(no_args_is_help=True, help="Restaurants: their settings, their credentials, their mode.")

commands.command("menu")(menu)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
MARKS = {
    State.RIGHT: "[mark][green]✓[/]",
    State.WRONG: "[mark][red]✗[/]",
    State.NOTE: "[mark][yellow]![/]",
    State.UNKNOWN: "[mark][dim]?[/]",
}
TABLE_MARKS = {
    Match.SAME: "[mark][green]✓[/]",
    Match.MAPPED: "[mark][green]→[/]",
    Match.UNMATCHED: "[mark][red]✗[/]",
}


@commands.command("set")
def set_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="TOML file of the venue; docs/examples/venue.toml explains it.")],
    renew_credentials: Annotated[
        bool, typer.Option("--renew-credentials", help="Ask for all credentials again, stored or not.")
    ] = False,
    forget_old_tokens: Annotated[
        bool, typer.Option("--forget-old-tokens", help="Do not go on taking the webhook token before the newest.")
    ] = False,
    hook_header: Annotated[
        str | None, typer.Option(help="Header in which Now Book It sends its token. [default: Authorization]")
    ] = None,
) -> None:
    """Create or change a venue. Credentials come from KOUNTA_CLIENT_ID, KOUNTA_CLIENT_SECRET, KOUNTA_SIGNATURE_TOKEN,
    KOUNTA_REFRESH_TOKEN, NOWBOOKIT_API_KEY, NOWBOOKIT_HOOK_TOKEN, RESDIARY_HOOK_SECRET, STANDARD_HOOK_SECRET and
    DRIVER_TRACKING_SECRET, or are asked for; stored ones stay."""
    session = session_of(context)
    read = read_venue(file)
    venue = as_it_stands(session.stack, read)
    choices = CredentialChoices(renew_credentials, forget_old_tokens, hook_header)
    is_granted = set_venue(session.stack, venue, session.source, choices)
    say(f"[green]✓[/] {escape(venue.name)} ({escape(venue.id)}) is stored; {MODE_WORDS[venue.mode]}")
    if not is_granted:
        say("[yellow]![/] Kounta has not granted access yet: run this again with KOUNTA_REFRESH_TOKEN set")
    elif not read.has_registers:
        _take_registers(session.stack, venue)
    say(f"  next: posrelay webhooks subscribe {escape(venue.id)}, then posrelay venue check {escape(venue.id)}")


def _take_registers(stack: DeployedStack, venue: Venue) -> None:
    try:
        venue = take_registers(stack, venue)
    except OutsideError as error:
        known = ", ".join(sorted(venue.own_registers)) or "none"
        say(f"[yellow]![/] the site's registers could not be read ({escape(str(error))}): platforms may name {known}")
        return
    say(f"  registers that platforms may name: {escape(', '.join(sorted(venue.own_registers))) or 'none'}")


@commands.command()
def show(context: typer.Context, venue_id: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Everything stored of a venue, and which credentials it has (not what they are)."""
    stack = session_of(context).stack
    venue = stack.settings.get(venue_id)
    content = stack.secret.content()
    hooks = content.hooks.get(venue.id, HookSecrets())
    shown = as_plain(venue)
    has_tokens = venue.pos.auth == "oauth" and stack.tokens.read(venue.pos.connection_id) is not None
    stored = {
        "kounta": venue.pos.connection_id in content.connections,
        "kounta_grant": has_tokens,
        "nowbookit": venue.id in content.nowbookit,
        "resdiary": bool(hooks.resdiary),
        "standard": bool(hooks.standard),
        "driver_tracking": venue.id in content.driver_tracking,
    }
    addresses = {topic.name: address_of(stack.addresses.public_url, venue.id, topic.path) for topic in read_topics(())}
    providers = {
        "nowbookit": venue.nowbookit_location_id,
        "resdiary": venue.resdiary_restaurant,
        "standard": venue.standard_hook_platform,
    }
    for provider in (name for name, setting in providers.items() if setting is not None):
        addresses[provider] = f"{stack.addresses.public_url}/v1/hooks/bookings/{provider}/{venue.id}"
    if as_json:
        show_json({**shown, "credentials": stored, "webhook_addresses": addresses})
        return
    flat = {**{name: value for name, value in shown.items() if name != "pos"}}
    flat["tables"] = [f"{name} = {pos}" for name, pos in venue.tables.items()]
    flat |= {f"pos.{name}": value for name, value in shown["pos"].items()}
    flat |= {f"credentials: {name}": value for name, value in stored.items()}
    flat |= {f"address for {name}": value for name, value in addresses.items()}
    show_table(("setting", "value"), pairs(flat))


@commands.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """All venues."""
    venues = list(session_of(context).stack.settings.venues())
    if as_json:
        show_json([as_plain(venue) for venue in venues])
        return
    rows = [
        (one.id, one.name, one.mode.value, one.pos.kind, one.pos.company_id, one.pos.site_id, one.pos.auth)
        for one in venues
    ]
    show_table(("id", "name", "mode", "pos", "company", "site", "auth"), rows)
    if not venues:
        say_aside("there are no venues yet: posrelay venue set FILE")


@commands.command()
def check(
    context: typer.Context,
    venue_id: Annotated[str, typer.Argument()],
    topic: Annotated[
        list[str] | None,
        typer.Option(envvar=TOPICS_VARIABLE, help="Webhook topic to expect, as TOPIC or TOPIC=PATH."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold a venue's settings against what Kounta says: ✓ right, ✗ wrong (with the fix), ! worth knowing, ? not seen.
    Ends with 1 when something is wrong."""
    stack = session_of(context).stack
    venue = stack.settings.get(venue_id)
    findings: list[Finding] = []
    with progress(f"Asking Kounta about {venue.name} …"):
        findings.extend(check_venue(stack, venue, read_topics(topic or ())))
    wrong = [one for one in findings if one.state is State.WRONG]
    if as_json:
        show_json({"venue": venue.id, "ready": not wrong, "findings": [asdict(one) for one in findings]})
    else:
        show_table(
            ("", "what", "found", "fix"), [(MARKS[one.state], one.subject, one.found, one.fix) for one in findings]
        )
        verdict = f"[red]{len(wrong)} to put right[/]" if wrong else "[green]ready[/]"
        say(f"{escape(venue.id)}: {verdict}")
    if wrong:
        raise typer.Exit(1)


@commands.command()
def tables(
    context: typer.Context,
    venue_id: Annotated[str, typer.Argument()],
    platform_tables: Annotated[
        Path | None,
        typer.Option(help="File with the booking platform's table names, one a line or a JSON list."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold the tables of the booking platform against Kounta's. The platform's are those of the venue's bookings of the
    last days that became sales, and the file's. Ends with 1 when one has no counterpart."""
    stack = session_of(context).stack
    venue = stack.settings.get(venue_id)
    refused, of_pos = None, None
    with progress(f"Comparing the tables of {venue.name} …"):
        seen, looked_at = seen_in_bookings(stack, venue)
        if platform_tables is not None:
            seen |= read_names(platform_tables)
        try:
            of_pos = stack.line_to(venue.pos).administration.list_tables(venue.pos.site_id)
        except (PermissionLostError, RefusedError) as error:
            refused = f"Kounta does not show its tables ({error}): they need the Tables add-on"
    found = compare(venue, seen, of_pos)
    if as_json:
        rest = {"left_over": list(found.left_over), "refused": refused, "toml": found.toml(), "bookings": looked_at}
        show_json({"venue": venue.id, "tables": [asdict(one) for one in found.names], **rest})
    else:
        if refused:
            say(f"[yellow]![/] {escape(refused)}")
        show_table(
            ("", "platform", "POS", "found"),
            [(TABLE_MARKS[one.match], one.name, one.proposed or one.pos, one.match.value) for one in found.names],
        )
        if not found.names:
            say_aside(f"no table in bookings of the last {DAYS} days: give --platform-tables FILE")
        if found.left_over:
            say(f"  only in the POS: {escape(', '.join(found.left_over))}")
        if found.toml():
            say("  for the venue's file, at its end:\n")
            say("\n".join(map(escape, found.toml())))
    if found.unmatched:
        raise typer.Exit(1)


@commands.command()
def mode(
    context: typer.Context,
    venue_id: Annotated[str, typer.Argument()],
    to: Annotated[str, typer.Argument(metavar="live|shadow|paused")],
) -> None:
    """live: send; shadow: decide and show, send nothing; paused: hold everything until it is live again."""
    if to not in {one.value for one in VenueMode}:
        raise OperatorError(f"there is no mode {to}", "choose live, shadow or paused")
    venue, before = set_mode(session_of(context).stack, venue_id, VenueMode(to))
    say(f"[green]✓[/] {escape(venue.id)} is {MODE_WORDS[venue.mode]} (it was {before.value}; within 20 s everywhere)")
