"""Setting a venue up: what must fit the other venues, and in which order things are stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from ops.credentials import Source, connection_secret, driver_tracking_secrets, hook_secrets, nowbookit_secret
from ops.errors import OperatorError
from ops.stack import DeployedStack
from ops.venue_file import VenueFile
from shared.adapters.kounta.tokens import Tokens
from shared.adapters.secretsmanager.stack_secret import SecretContent
from shared.domain.deliveries.addresses import problem_of
from shared.domain.errors import NotFoundError
from shared.domain.venues import Venue, VenueMode


@dataclass(frozen=True, slots=True)
class CredentialChoices:
    """How credentials that are stored already are treated, and which header Now Book It's token stands in."""

    renew: bool = False
    forget_old: bool = False
    hook_header: str | None = None


def set_venue(stack: DeployedStack, venue: Venue, source: Source, choices: CredentialChoices | None = None) -> bool:
    """Stores a venue with its credentials; the venue last, so that none is ever there without them.

    Returns whether the connection can be used (an OAuth one needs a grant). Raises OperatorError.
    """
    choices = choices or CredentialChoices()
    require_no_clash(venue, stack.settings.venues())
    if venue.driver_tracking_url is not None:
        _require_reachable(venue.driver_tracking_url, may_be_private=stack.addresses.private_endpoints)
    present = stack.secret.content()
    changed = _with_credentials(present, venue, source, choices)
    if changed != present:
        connection, diary = venue.pos.connection_id, changed.nowbookit.get(venue.id)
        kounta, hooks = changed.connections[connection], changed.hooks.get(venue.id)
        drivers = changed.driver_tracking.get(venue.id)

        def change(content: SecretContent) -> SecretContent:
            content = content.with_connection(connection, kounta)
            content = content.with_nowbookit(venue.id, diary) if diary else content
            content = content.with_hooks(venue.id, hooks) if hooks else content
            return content.with_driver_tracking(venue.id, drivers) if drivers else content

        stack.secret.update(change)
    is_granted = venue.pos.auth != "oauth" or _grant(stack, venue, source)
    stack.settings.put_venue(venue)
    return is_granted


def as_it_stands(stack: DeployedStack, read: VenueFile) -> Venue:
    """The file's venue, with what the file does not say as it is now: to change a telephone number must not end a pause
    nor forget registers."""
    try:
        present = stack.settings.get(read.venue.id)
    except NotFoundError:
        return read.venue
    mode = read.venue.mode if read.has_mode else present.mode
    moved = (present.pos.company_id, present.pos.site_id) != (read.venue.pos.company_id, read.venue.pos.site_id)
    registers = read.venue.registers if read.has_registers or moved else present.registers
    return replace(read.venue, mode=mode, registers=registers)


def take_registers(stack: DeployedStack, venue: Venue) -> Venue:
    """Stores the registers that Kounta lists for the venue's site. Raises OutsideError, and then nothing changed."""
    listed = stack.line_to(venue.pos).administration.list_registers()
    taken = replace(venue, registers=tuple(one.id for one in listed if one.at_site == venue.pos.site_id))
    if taken != venue:
        stack.settings.put_venue(taken)
    return taken


def set_mode(stack: DeployedStack, venue_id: str, mode: VenueMode) -> tuple[Venue, VenueMode]:
    """Switches a venue; returns it with the mode before. Raises NotFoundError."""
    before = stack.settings.get(venue_id)
    after = replace(before, mode=mode)
    stack.settings.put_venue(after)
    return after, before.mode


def require_no_clash(venue: Venue, others: Iterable[Venue]) -> None:
    """One site is one venue, and one company is used under one client. Raises OperatorError."""
    for other in others:
        if other.id == venue.id or other.pos.connection_id != venue.pos.connection_id:
            continue
        if other.pos.site_id == venue.pos.site_id:
            raise OperatorError(
                f"site {venue.pos.site_id} of company {venue.pos.company_id} is the venue {other.id} already",
                f"keep the id {other.id}, or correct site_id",
            )
        if other.pos.auth != venue.pos.auth:
            raise OperatorError(
                f"pos.auth is {venue.pos.auth}, but {other.id} uses company {venue.pos.company_id} by {other.pos.auth}",
                "venues of one company share credentials: give both the same auth",
            )


def _require_reachable(url: str, *, may_be_private: bool) -> None:
    if trouble := problem_of(url, may_be_private=may_be_private):
        raise OperatorError(f"driver_tracking_url {url}: {trouble}", "give one that the internet can reach over https")


def as_plain(venue: Venue) -> dict[str, Any]:
    """A venue's settings for tables and JSON, in the shape of its file."""
    plain = asdict(venue)
    plain["mode"] = venue.mode.value
    plain["notify_emails"], plain["notify_mobiles"] = list(venue.notify_emails), list(venue.notify_mobiles)
    plain["registers"] = list(venue.registers)
    plain["tables"] = dict(venue.tables)
    return plain


def _with_credentials(
    content: SecretContent, venue: Venue, source: Source, choices: CredentialChoices
) -> SecretContent:
    connection = venue.pos.connection_id
    kept = content.connections.get(connection)
    kounta = connection_secret(kept, source, renew=choices.renew, forget_old=choices.forget_old)
    content = content.with_connection(connection, kounta)
    if venue.resdiary_restaurant is not None or venue.standard_hook_platform is not None:
        kept_hooks = content.hooks.get(venue.id)
        hooks = hook_secrets(kept_hooks, venue, source, renew=choices.renew, forget_old=choices.forget_old)
        content = content.with_hooks(venue.id, hooks)
    if venue.driver_tracking_url is not None:
        before = content.driver_tracking.get(venue.id, ())
        drivers = driver_tracking_secrets(before, source, renew=choices.renew, forget_old=choices.forget_old)
        content = content.with_driver_tracking(venue.id, drivers)
    if venue.nowbookit_location_id is None:
        return content
    diary = nowbookit_secret(
        content.nowbookit.get(venue.id),
        source,
        hook_header=choices.hook_header,
        renew=choices.renew,
        forget_old=choices.forget_old,
    )
    return content.with_nowbookit(venue.id, diary)


def _grant(stack: DeployedStack, venue: Venue, source: Source) -> bool:
    refresh_token = source.given("KOUNTA_REFRESH_TOKEN")
    if refresh_token is None:
        return stack.tokens.read(venue.pos.connection_id) is not None
    # No access token yet: known to have ended, it is renewed at the first call.
    stack.tokens.save(venue.pos.connection_id, Tokens("none-yet", refresh_token, stack.now()))
    return True
