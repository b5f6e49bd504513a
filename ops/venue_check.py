"""Is a venue ready for service? Every setting held against what Kounta says, and what to do where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import httpx

from ops.errors import in_words
from ops.stack import TIMINGS, DeployedStack, Line
from ops.webhooks import Topic, faults_of
from shared.adapters.http.clients import exchange
from shared.adapters.kounta.administration import Register, Webhook
from shared.adapters.secretsmanager.stack_secret import HookSecrets
from shared.domain.deliveries.addresses import problem_of
from shared.domain.errors import NotFoundError, OutsideError, PermissionLostError, RefusedError
from shared.domain.venues import Venue, VenueMode

TOLERATED_SKEW_S = 10.0
"""The undo window compares Kounta's clock with the platform's: some seconds do no harm."""
MODE_WORDS = {
    VenueMode.LIVE: "live: everything is sent",
    VenueMode.SHADOW: "shadow: decided and shown, nothing is sent",
    VenueMode.PAUSED: "paused: everything is held back",
}


class State(StrEnum):
    """`wrong` fails the check; `note` is worth knowing; `unknown` could not be looked at."""

    RIGHT = "right"
    WRONG = "wrong"
    NOTE = "note"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and the fix where something is wrong."""

    subject: str
    state: State
    found: str
    fix: str = ""


def check_venue(stack: DeployedStack, venue: Venue, topics: Sequence[Topic]) -> Iterator[Finding]:
    """All findings, one after the other as they come. Raises only what makes every further look pointless to begin."""
    yield _mode(venue)
    yield from _nowbookit(stack, venue)
    yield from _signed_hooks(stack, venue)
    yield from _driver_tracking(stack, venue)
    try:
        stored = stack.secret.connection(venue.pos.connection_id)
        line = stack.line_to(venue.pos)
    except NotFoundError as error:
        yield Finding("credentials", State.WRONG, str(error), "posrelay venue set FILE asks for them")
        return
    if not stored.signature_tokens:
        yield Finding("signature token", State.WRONG, "none stored: webhooks are refused", "posrelay venue set FILE")
    try:
        yield from _company(line, venue)
    except OutsideError as error:
        words = in_words(error)
        is_grant = venue.pos.auth == "oauth" and isinstance(error, PermissionLostError)
        fix = "get a new grant: posrelay venue set FILE with KOUNTA_REFRESH_TOKEN set" if is_grant else words.fix
        yield Finding("credentials", State.WRONG, words.what, fix)
        for subject in ("clock", "site", "register", "payment methods", "webhooks", "POS online"):
            yield Finding(subject, State.UNKNOWN, "not looked at: Kounta did not let us in")
        return
    yield _clock(line)
    looks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("site", lambda: _site(line, venue)),
        ("register", lambda: _registers(line, venue)),
        ("payment methods", lambda: _methods(line, venue)),
        ("webhooks", lambda: _webhooks(stack, line, venue, topics)),
        ("POS online", lambda: _online(line, venue)),
    )
    for subject, look in looks:
        try:
            yield from look()
        except OutsideError as error:
            words = in_words(error)
            yield Finding(subject, State.WRONG, words.what, words.fix)


def _mode(venue: Venue) -> Finding:
    state = State.RIGHT if venue.mode is VenueMode.LIVE else State.NOTE
    return Finding("mode", state, MODE_WORDS[venue.mode])


def _nowbookit(stack: DeployedStack, venue: Venue) -> Iterator[Finding]:
    if venue.nowbookit_location_id is None:
        return
    try:
        kept = stack.secret.nowbookit(venue.id)
    except NotFoundError as error:
        yield Finding("Now Book It", State.WRONG, str(error), "posrelay venue set FILE asks for it")
        return
    if not kept.hook_tokens:
        yield Finding(
            "Now Book It", State.WRONG, "no webhook token: its webhooks are refused", "posrelay venue set FILE"
        )
        return
    yield Finding("Now Book It", State.RIGHT, f"key and token stored for location {venue.nowbookit_location_id}")


def _signed_hooks(stack: DeployedStack, venue: Venue) -> Iterator[Finding]:
    kept = stack.secret.content().hooks.get(venue.id, HookSecrets())
    fix = "posrelay venue set FILE asks for it"
    if venue.resdiary_restaurant is not None:
        if kept.resdiary:
            found = f"{_secrets(kept.resdiary)} stored for {venue.resdiary_restaurant}"
            yield Finding("ResDiary", State.RIGHT, found)
        else:
            yield Finding("ResDiary", State.WRONG, "no webhook secret: its webhooks are refused", fix)
    platform = venue.standard_hook_platform
    if platform is None:
        return
    if not kept.standard or kept.standard_platform != platform:
        yield Finding("Standard Webhooks", State.WRONG, f"no secret of {platform}: its webhooks are refused", fix)
        return
    yield Finding("Standard Webhooks", State.RIGHT, f"{_secrets(kept.standard)} stored for {platform}")
    try:
        stack.settings.platform(platform)
    except NotFoundError:
        fix = f"posrelay platform add {platform}, if it shall read back what became of its bookings"
        yield Finding("Standard Webhooks", State.NOTE, f"{platform} is not among the platforms", fix)


def _driver_tracking(stack: DeployedStack, venue: Venue) -> Iterator[Finding]:
    """Asked by GET, which books no driver: whatever it says to that, somebody is there."""
    url = venue.driver_tracking_url
    if url is None:
        return
    subject = "driver tracking"
    if not stack.secret.content().driver_tracking.get(venue.id):
        found = "no secret stored: no driver is booked"
        yield Finding(subject, State.WRONG, found, "posrelay venue set FILE asks for it")
        return
    if trouble := problem_of(url, may_be_private=stack.addresses.private_endpoints):
        yield Finding(subject, State.WRONG, f"{url}: {trouble}", "set driver_tracking_url to an https address")
        return
    fix = "check driver_tracking_url, and whether the service is up"
    try:
        received = exchange(stack.guarded_http, "GET", url, total_s=TIMINGS.driver_timeout_s, headers={})
    except (httpx.RequestError, httpx.InvalidURL) as error:
        yield Finding(subject, State.WRONG, f"{url} does not answer ({type(error).__name__})", fix)
        return
    if received.status >= 500:
        yield Finding(subject, State.WRONG, f"{url} answers {received.status}", fix)
        return
    yield Finding(subject, State.RIGHT, f"{url} answers, and a secret is stored")


def _secrets(kept: Sequence[str]) -> str:
    return "a secret" if len(kept) == 1 else f"{len(kept)} secrets"


def _company(line: Line, venue: Venue) -> Iterator[Finding]:
    company = line.administration.get_company()
    yield Finding(
        "credentials", State.RIGHT, f"{venue.pos.auth}: let in to {company.name or 'the company'} ({company.id})"
    )
    if company.id != venue.pos.company_id:
        fix = f'set company_id = "{company.id}" in [pos], or give the credentials of company {venue.pos.company_id}'
        yield Finding("company", State.WRONG, f"Kounta says {company.id}, the settings {venue.pos.company_id}", fix)
    if company.currency and company.currency != venue.currency:
        fix = f'set currency = "{company.currency}"'
        yield Finding("currency", State.WRONG, f"Kounta has {company.currency}, the settings {venue.currency}", fix)
    theirs = company.timezone.name if company.timezone else None
    if theirs and theirs != venue.timezone:
        yield Finding("timezone", State.NOTE, f"Kounta has {theirs}, the settings {venue.timezone}")


def _clock(line: Line) -> Finding:
    skew = line.skew_s
    if skew is None:
        return Finding("clock", State.UNKNOWN, "Kounta's answer bears no date")
    if abs(skew) <= TOLERATED_SKEW_S:
        return Finding("clock", State.RIGHT, f"within {TOLERATED_SKEW_S:.0f} s of Kounta's")
    words = f"Kounta's is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} this machine's"
    return Finding(
        "clock", State.WRONG, words, "set this machine's clock by the network; if it is right, tell Lightspeed"
    )


def _site(line: Line, venue: Venue) -> Iterator[Finding]:
    try:
        site = line.administration.get_site(venue.pos.site_id)
    except RefusedError as error:
        if error.http_status != 404:
            raise
        fix = "set site_id in [pos]: Kounta's back office shows it in the address of the site's page"
        yield Finding("site", State.WRONG, f"the company has no site {venue.pos.site_id}", fix)
        return
    yield Finding("site", State.RIGHT, f"{site.name or 'site'} ({site.id})")


def _registers(line: Line, venue: Venue) -> Iterator[Finding]:
    listed = {one.id: one for one in line.administration.list_registers()}
    wanted = venue.pos.register_id
    if wanted is None:
        yield Finding("register", State.RIGHT, "none set: orders go to the site")
    else:
        yield _stands_here(listed, venue, wanted, "register", "register_id in [pos]")
    if venue.pass_thru == "on" and venue.pass_thru_register is not None:
        yield _stands_here(listed, venue, venue.pass_thru_register, "pass-thru register", "pass_thru_register")
    yield _for_platforms(listed, venue)


def _stands_here(listed: Mapping[str, Register], venue: Venue, wanted: str, subject: str, key: str) -> Finding:
    here = [f"{one.id} ({one.name})" for one in listed.values() if one.at_site == venue.pos.site_id]
    fix = f"set {key} to one of the site's: " + (", ".join(here) or "it has none")
    if wanted not in listed:
        return Finding(subject, State.WRONG, f"the company has no register {wanted}", fix)
    if listed[wanted].at_site not in (None, venue.pos.site_id):
        return Finding(subject, State.WRONG, f"register {wanted} stands at site {listed[wanted].at_site}", fix)
    return Finding(subject, State.RIGHT, f"{listed[wanted].name or 'register'} ({wanted})")


def _for_platforms(listed: Mapping[str, Register], venue: Venue) -> Finding:
    """What platforms may name in an order."""
    subject, fix = "registers for platforms", "posrelay venue set FILE takes the site's, if the file names none"
    here = {one.id for one in listed.values() if one.at_site == venue.pos.site_id}
    if strange := set(venue.registers) - here:
        return Finding(subject, State.WRONG, f"not at this site: {', '.join(sorted(strange))}", fix)
    if left_out := here - venue.own_registers:
        return Finding(subject, State.NOTE, f"platforms may not name {', '.join(sorted(left_out))}", fix)
    return Finding(subject, State.RIGHT, ", ".join(sorted(venue.own_registers)) or "none")


def _methods(line: Line, venue: Venue) -> Iterator[Finding]:
    methods = {one.id: one.name or "unnamed" for one in line.administration.list_payment_methods()}
    wanted = venue.deposit_method_id
    if wanted is None:
        yield Finding("payment methods", State.RIGHT, f"{len(methods)}; deposits only stand in the notes")
    elif wanted in methods:
        yield Finding("payment methods", State.RIGHT, f"deposits are entered as {methods[wanted]} ({wanted})")
    else:
        there = ", ".join(f"{one} ({name})" for one, name in methods.items()) or "none"
        fix = f"set deposit_method_id to one of: {there}"
        yield Finding("payment methods", State.WRONG, f"there is no method {wanted} for deposits", fix)


def _webhooks(stack: DeployedStack, line: Line, venue: Venue, topics: Sequence[Topic]) -> Iterator[Finding]:
    found: list[Webhook] = line.administration.list_webhooks()
    for topic in topics:
        subject = f"webhook {topic.name}"
        if faults := faults_of(topic, found, venue, stack.addresses, stack.secret.link_key(), topics):
            yield Finding(subject, State.WRONG, "; ".join(faults), f"posrelay webhooks subscribe {venue.id}")
        else:
            yield Finding(subject, State.RIGHT, f"there once, for site {venue.pos.site_id}")


def _online(line: Line, venue: Venue) -> Iterator[Finding]:
    status = line.administration.site_status(venue.pos.site_id)
    if not status.is_online:
        fix = "start Kounta on a register of the site and check its internet connection"
        yield Finding("POS online", State.WRONG, f"the site is {status.status or 'not known to be online'}", fix)
        return
    yield Finding("POS online", State.RIGHT, "at least one register is in use")
    if not status.takes_online_orders:
        yield Finding("online ordering", State.WRONG, "it is paused in Kounta", "switch it on again on the register")
    printer = status.pass_thru_printing_register
    if printer is not None and (printer.status or "online").lower() != "online":
        yield Finding("pass-thru register", State.NOTE, f"{printer.name or printer.id} is {printer.status}")
