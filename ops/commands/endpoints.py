"""posrelay platform endpoint set | list | rotate | remove | test, platform deliveries, platform replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape

from ops.commands.venues import AsJson
from ops.errors import OperatorError
from ops.output import say, say_aside, show_json, show_table
from ops.session import session_of
from ops.stack import DeployedStack
from shared.domain.access import EVERY_VENUE
from shared.domain.deliveries.addresses import problem_of
from shared.domain.deliveries.endpoint import EVENT_TYPES, Endpoint, Wish
from shared.web.webhook_endpoints import ENDPOINT_ID, delivery_view, endpoint_view

commands = typer.Typer(no_args_is_help=True, help="Where a platform is told what became of bookings and orders.")

PlatformId = Annotated[str, typer.Argument(metavar="PLATFORM")]
EndpointId = Annotated[str, typer.Argument(metavar="ENDPOINT")]
Since = Annotated[datetime | None, typer.Option("--from", help="UTC.  [default: a day before --to]")]
Until = Annotated[datetime | None, typer.Option("--to", help="UTC.  [default: now]")]
ROWS = 100


@commands.command("set")
def set_(
    context: typer.Context,
    platform_id: PlatformId,
    endpoint_id: EndpointId,
    url: Annotated[str, typer.Option(help="https, on the open internet.")],
    event: Annotated[list[str] | None, typer.Option(help="Only this event; repeat for more.  [default: all]")] = None,
    venue: Annotated[list[str] | None, typer.Option(help="Only this venue; repeat for more.  [default: all]")] = None,
    contact: Annotated[str | None, typer.Option(help="Email of who is told when it is paused.")] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Keep its events for a replay, send none.")] = False,
) -> None:
    """Make an endpoint, or change and resume it. A new one's secret is shown this once."""
    stack = session_of(context).stack
    stack.settings.platform(platform_id)
    if not ENDPOINT_ID.fullmatch(endpoint_id):
        raise OperatorError(f"{endpoint_id} is no id for an endpoint", "use 1 to 64 letters, digits, - and _")
    if trouble := problem_of(url, may_be_private=stack.addresses.private_endpoints):
        raise OperatorError(f"the URL {url}: {trouble}", "give one that the internet can reach over https")
    if unknown := [each for each in event or () if each not in EVENT_TYPES]:
        raise OperatorError(f"there is no event {unknown[0]}", f"choose of: {', '.join(EVENT_TYPES)}")
    for venue_id in venue or ():
        stack.settings.get(venue_id)
    wish = Wish(url, tuple(event or ()), tuple(sorted(venue or (EVERY_VENUE,))), contact, paused)
    _carry_out(stack, platform_id, endpoint_id, wish)


@commands.command("list")
def list_(context: typer.Context, platform_id: PlatformId, as_json: AsJson = False) -> None:
    """A platform's endpoints, without their secrets."""
    stack = session_of(context).stack
    stack.settings.platform(platform_id)
    found = stack.webhooks.all_of(platform_id)
    if as_json:
        show_json([endpoint_view(each) for each in found])
        return
    show_table(("id", "state", "url", "events", "venues"), [_row(each) for each in found])
    if not found:
        say_aside(f"there are none yet: posrelay platform endpoint set {escape(platform_id)} ID --url URL")


@commands.command()
def rotate(context: typer.Context, platform_id: PlatformId, endpoint_id: EndpointId) -> None:
    """Give an endpoint a new secret; the one before signs on beside it for a day."""
    stack = session_of(context).stack
    known = stack.webhooks.get(platform_id, endpoint_id)
    paused = known.reason == "by_owner"
    wish = Wish(known.url, known.types, known.venues, known.contact_email, paused, rotate_secret=True)
    _carry_out(stack, platform_id, endpoint_id, wish)


@commands.command()
def remove(context: typer.Context, platform_id: PlatformId, endpoint_id: EndpointId) -> None:
    """Remove an endpoint; deliveries on their way to it are cancelled."""
    stack = session_of(context).stack
    stack.webhooks.get(platform_id, endpoint_id)
    stack.webhooks.remove(platform_id, endpoint_id)
    say(f"[green]✓[/] {escape(endpoint_id)} of {escape(platform_id)} is removed")


@commands.command()
def test(context: typer.Context, platform_id: PlatformId, endpoint_id: EndpointId) -> None:
    """Send an event that means nothing, by the way that all take."""
    delivery = session_of(context).stack.webhooks.test(platform_id, endpoint_id)
    say(f"[green]✓[/] {delivery.event_id} is on its way")
    say(f"  look: posrelay platform deliveries {escape(platform_id)} {escape(endpoint_id)}")


def deliveries(
    context: typer.Context,
    platform_id: PlatformId,
    endpoint_id: EndpointId,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """What was sent to an endpoint, oldest first."""
    stack = session_of(context).stack
    page = stack.webhooks.deliveries_of(platform_id, endpoint_id, *_range(stack, since, until), ROWS)
    if as_json:
        show_json([delivery_view(each) for each in page.deliveries])
        return
    rows = []
    for each in page.deliveries:
        last = each.attempts[-1] if each.attempts else None
        answered = str(last.status or last.error or "…") if last else "–"
        rows.append(
            (f"{each.created_at:%m-%d %H:%M:%S}", each.type, each.state, str(each.made), answered, each.event_id)
        )
    show_table(("made (UTC)", "event", "state", "attempts", "last answer", "id"), rows)
    if page.next:
        say_aside(f"the first {ROWS}; narrow the time with --from and --to")


def replay(
    context: typer.Context,
    platform_id: PlatformId,
    endpoint_id: EndpointId,
    since: Since = None,
    until: Until = None,
) -> None:
    """Send a time range again, delivered or not."""
    stack = session_of(context).stack
    start, end = _range(stack, since, until)
    count, place = 0, None
    while True:
        done = stack.webhooks.replay(platform_id, endpoint_id, start, end, place)
        count, place = count + done.count, done.next
        if place is None:
            break
    say(f"[green]✓[/] {count} on their way again to {escape(endpoint_id)} of {escape(platform_id)}")


def _carry_out(stack: DeployedStack, platform_id: str, endpoint_id: str, wish: Wish) -> None:
    done = stack.webhooks.set_up(platform_id, endpoint_id, wish)
    what = "made" if done.created else "changed"
    say_aside(f"[green]✓[/] {escape(endpoint_id)} of {escape(platform_id)} is {what}, {done.endpoint.state}")
    if done.secret is not None:
        say_aside("its secret, to be stored now; it is not shown again:")
        # Alone on the output, so that a program can take it.
        print(done.secret)


def _range(stack: DeployedStack, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = until.replace(tzinfo=UTC) if until else stack.now() + timedelta(seconds=1)
    return (since.replace(tzinfo=UTC) if since else end - timedelta(days=1)), end


def _row(endpoint: Endpoint) -> tuple[str, ...]:
    state = endpoint.state if endpoint.reason is None else f"{endpoint.state} ({endpoint.reason})"
    return (endpoint.id, state, endpoint.url, ", ".join(endpoint.types) or "all", ", ".join(endpoint.venues))
