"""posrelay replay."""

from __future__ import annotations

from typing import Annotated, Any

import simplejson
import typer
from rich.markup import escape

from ops.commands.venues import AsJson
from ops.errors import OperatorError
from ops.output import say, say_aside, show_table
from ops.rehearsal import Rehearsal, Rehearse, shown_request
from ops.session import session_of
from ops.stack import DeployedStack
from shared.domain.venues import Venue

MARKS = {"error": "[mark][red]✗[/]", "warning": "[mark][yellow]![/]", "info": "[mark][dim]·[/]"}


def replay(
    context: typer.Context,
    venue_id: Annotated[str, typer.Argument(metavar="VENUE")],
    wanted: Annotated[str, typer.Argument(metavar="ORDER|EVENT", help="ord_…, or a booking event's id.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Needed: nothing is ever sent from here.")] = False,
    platform: Annotated[
        str | None, typer.Option(help="Whose event it is, when two platforms gave the same id.")
    ] = None,
    show_guests: Annotated[bool, typer.Option("--show-guests", help="With names, addresses and notes.")] = False,
    as_json: AsJson = False,
) -> None:
    """The exact request that a stored order or booking event would become in the POS now, and what speaks against it.
    Reads the stack's table only: the POS is not asked, nothing is sent or stored."""
    if not dry_run:
        raise OperatorError(
            "orders are not sent from here: only a dry run is there",
            f"add --dry-run; to send a failed order again: POST /v1/venues/{venue_id}/orders/ORDER/resubmit",
        )
    stack = session_of(context).stack
    venue = stack.settings.get(venue_id)
    found = Rehearse(stack)(venue, wanted, platform)
    body = shown_request(found.trial.body, with_guests=show_guests) if found.trial.body else None
    if as_json:
        print(simplejson.dumps(_plain(found, stack, venue, body), indent=2, ensure_ascii=False))
        return
    say(f"{escape(found.subject)}" + (f", {found.order.status}" if found.order else ""))
    verdict = "[green]would be sent[/]" if found.trial.would_be_sent else "[red]would not be sent[/]"
    show_table(
        ("", "check", "says"),
        [
            (MARKS[each.severity], each.code, f"{each.detail} ({each.pointer})" if each.pointer else each.detail)
            for each in found.trial.checks
        ],
    )
    say(f"it {verdict}, and was not: this is a dry run")
    if body is None:
        return
    print(f"\nPOST {_address(stack, venue)}")
    if found.key:
        print(f"Idempotency-Key: {found.key}")
    print("\n" + simplejson.dumps(body, indent=2, ensure_ascii=False))
    if not show_guests:
        say_aside("notes are hidden: --show-guests shows them")


def _address(stack: DeployedStack, venue: Venue) -> str:
    return f"{stack.addresses.kounta_api_url}/v1/companies/{venue.pos.company_id}/orders"


def _plain(found: Rehearsal, stack: DeployedStack, venue: Venue, body: Any) -> dict[str, Any]:
    return {
        "venue": venue.id,
        "subject": found.subject,
        "order_id": found.order.id if found.order else None,
        "status": found.order.status if found.order else None,
        "would_be_sent": found.trial.would_be_sent,
        "checks": [
            {"code": each.code, "severity": each.severity, "pointer": each.pointer, "detail": each.detail}
            for each in found.trial.checks
        ],
        "url": _address(stack, venue),
        "idempotency_key": found.key,
        "request": body,
    }
