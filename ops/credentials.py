"""Where credentials come from (environment, or a hidden prompt), and how they join the stack's secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ops.errors import OperatorError
from shared.adapters.kounta.tokens import Credentials
from shared.adapters.secretsmanager.stack_secret import ConnectionSecret, HookSecrets, NowBookItSecret
from shared.domain.venues import Venue
from shared.web.signatures import STANDARD_PREFIX, standard_key


@dataclass(frozen=True, slots=True)
class Source:
    """The environment, and how a person is asked (None: nobody is there)."""

    environment: Mapping[str, str] = field(repr=False)
    ask: Callable[[str], str] | None = None

    def given(self, variable: str) -> str | None:
        """The variable's value, if it has one."""
        return self.environment.get(variable, "").strip() or None

    def value(self, variable: str, words: str, kept: str | None) -> str:
        """From the environment, else what was kept, else asked for. Raises OperatorError when none will do."""
        found = self.given(variable) or kept
        if found is None and self.ask is not None:
            found = self.ask(words).strip() or None
        if found is None:
            raise OperatorError(f"{words} is needed", f"set {variable} in the environment, or answer the question")
        return found


def connection_secret(
    current: ConnectionSecret | None, source: Source, *, renew: bool = False, forget_old: bool = False
) -> ConnectionSecret:
    """The Kounta app's credentials: what is not given stays; with `renew` nothing stays.

    A new signature token stands beside the one before it, so that no webhook is refused while Kounta changes over;
    `forget_old` drops that one.
    """
    kept = None if renew else current
    client_id = source.value("KOUNTA_CLIENT_ID", "Kounta client id", kept.credentials.client_id if kept else None)
    if kept is not None and kept.credentials.client_id != client_id:
        kept = None
    secret = source.value(
        "KOUNTA_CLIENT_SECRET", "Kounta client secret", kept.credentials.client_secret if kept else None
    )
    newest = kept.signature_tokens[0] if kept and kept.signature_tokens else None
    token = source.value("KOUNTA_SIGNATURE_TOKEN", "Kounta webhook signature token", newest)
    before = current.signature_tokens if current and current.credentials.client_id == client_id else ()
    return ConnectionSecret(Credentials(client_id, secret), _rotated(token, before, forget_old))


def nowbookit_secret(
    current: NowBookItSecret | None,
    source: Source,
    *,
    hook_header: str | None = None,
    renew: bool = False,
    forget_old: bool = False,
) -> NowBookItSecret:
    """The venue's Now Book It key and the token its webhooks bear, by the same rules."""
    kept = None if renew else current
    api_key = source.value("NOWBOOKIT_API_KEY", "Now Book It API key", kept.api_key if kept else None)
    newest = kept.hook_tokens[0] if kept and kept.hook_tokens else None
    token = source.value("NOWBOOKIT_HOOK_TOKEN", "token of the Now Book It webhook", newest)
    before = current.hook_tokens if current else ()
    header = hook_header or (current.hook_header if current else "Authorization")
    return NowBookItSecret(api_key, header, _rotated(token, before, forget_old))


def hook_secrets(
    current: HookSecrets | None, venue: Venue, source: Source, *, renew: bool = False, forget_old: bool = False
) -> HookSecrets:
    """What the venue's signed booking webhooks are signed with, by the same rules; only for those that its settings
    name. Secrets of another platform than the one that is named now are dropped."""
    kept = current or HookSecrets()
    if venue.resdiary_restaurant is not None:
        newest = kept.resdiary[0] if kept.resdiary and not renew else None
        given = source.value("RESDIARY_HOOK_SECRET", "secret of the ResDiary webhook", newest)
        kept = replace(kept, resdiary=_rotated(given, kept.resdiary, forget_old))
    if venue.standard_hook_platform is not None:
        before = kept.standard if kept.standard_platform == venue.standard_hook_platform else ()
        words = f"Standard Webhooks secret ({STANDARD_PREFIX}…) of {venue.standard_hook_platform}"
        given = source.value("STANDARD_HOOK_SECRET", words, before[0] if before and not renew else None)
        if not standard_key(given):
            raise OperatorError(
                "the Standard Webhooks secret has a wrong form", f"give it as the platform shows it: {STANDARD_PREFIX}…"
            )
        tokens = _rotated(given, before, forget_old)
        kept = replace(kept, standard_platform=venue.standard_hook_platform, standard=tokens)
    return kept


def driver_tracking_secrets(
    current: tuple[str, ...], source: Source, *, renew: bool = False, forget_old: bool = False
) -> tuple[str, ...]:
    """What calls to the venue's driver tracking are signed with, by the same rules; while it is changed both sign."""
    given = source.value(
        "DRIVER_TRACKING_SECRET",
        f"secret of the venue's driver tracking ({STANDARD_PREFIX}…)",
        current[0] if current and not renew else None,
    )
    if not given.startswith(STANDARD_PREFIX) or not standard_key(given):
        raise OperatorError(
            "the driver-tracking secret has a wrong form", f"give it as Standard Webhooks has it: {STANDARD_PREFIX}…"
        )
    return _rotated(given, current, forget_old)


def _rotated(token: str, before: tuple[str, ...], forget_old: bool) -> tuple[str, ...]:
    if forget_old:
        return (token,)
    if before and before[0] == token:
        return before
    return (token, *(old for old in before if old != token))[:2]
