"""The one secret of a stack: what signs our links, and the credentials of every connection.

    {"link_key": "…",
     "connections": {"kounta-5678": {"client_id": "…", "client_secret": "…", "signature_tokens": ["…"]}},
     "nowbookit": {"<venue id>": {"api_key": "…", "hook_header": "…", "hook_tokens": ["…"]}},
     "hooks": {"<venue id>": {"resdiary": ["…"], "standard": {"platform": "…", "secrets": ["whsec_…"]}}},
     "driver_tracking": {"<venue id>": ["whsec_…"]}}

Tokens are lists, so that one can be rotated while both sides still change over. Entries unknown to this code are kept.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.kounta.tokens import Credentials
from shared.domain.errors import (
    ConflictError,
    NotFoundError,
    PacedError,
    PermissionLostError,
    RelayError,
    UnreachableError,
)

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")
logger = logging.getLogger(__name__)

CURRENT = "AWSCURRENT"
WAITING = "POSRELAY_NEXT"
"""Label of a version that is written but does not count yet."""
UPDATE_TRIES = 5
RECHECK_S = 10.0
"""What is missing is looked for again after this, so that a venue set up a moment ago works at once."""
THROTTLED_WAIT_S = 1.0

_PACED = {"ThrottlingException", "Throttling", "TooManyRequestsException"}
_DENIED = {"AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException", "DecryptionFailure"}


@dataclass(frozen=True, slots=True)
class ConnectionSecret:
    """The app by which a POS connection is used, and what its webhooks are signed with (any of them, for rotation)."""

    credentials: Credentials
    signature_tokens: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NowBookItSecret:
    """A venue's Now Book It key, and the header that its webhooks bear with one of the tokens."""

    api_key: str = field(repr=False)
    hook_header: str = "Authorization"
    hook_tokens: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """What a venue's signed booking webhooks are signed with: any of them, for rotation.

    `standard_platform`: whose secrets `standard` are; they prove nothing about another platform.
    """

    resdiary: tuple[str, ...] = field(default=(), repr=False)
    standard_platform: str | None = None
    standard: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class SecretContent:
    """All that the secret holds. `rest`: entries that only newer code knows."""

    link_key: str = field(repr=False)
    connections: Mapping[str, ConnectionSecret] = field(default_factory=dict)
    nowbookit: Mapping[str, NowBookItSecret] = field(default_factory=dict)
    hooks: Mapping[str, HookSecrets] = field(default_factory=dict)
    driver_tracking: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """What calls to a venue's driver tracking are signed with, newest first: all of them sign."""
    rest: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def with_connection(self, connection_id: str, secret: ConnectionSecret) -> SecretContent:
        """The same with this connection's secret in the place of an earlier one."""
        return replace(self, connections={**self.connections, connection_id: secret})

    def with_nowbookit(self, venue_id: str, secret: NowBookItSecret) -> SecretContent:
        """The same with this venue's Now Book It secret in the place of an earlier one."""
        return replace(self, nowbookit={**self.nowbookit, venue_id: secret})

    def with_hooks(self, venue_id: str, secrets: HookSecrets) -> SecretContent:
        """The same with these secrets of the venue's signed webhooks in the place of earlier ones."""
        return replace(self, hooks={**self.hooks, venue_id: secrets})

    def with_driver_tracking(self, venue_id: str, secrets: tuple[str, ...]) -> SecretContent:
        """The same with these secrets of the venue's driver tracking in the place of earlier ones."""
        return replace(self, driver_tracking={**self.driver_tracking, venue_id: secrets})


class StackSecret:
    """The secret, remembered for `remember_s` seconds: a warm function makes no call.

    When it cannot be read again, what is remembered goes on being used: an outage of Secrets Manager stops no order.
    All methods raise UnreachableError, PacedError or PermissionLostError when nothing was ever read, and NotFoundError
    when there is no such secret or entry.
    """

    def __init__(
        self, client: SecretsManagerClient, secret_arn: str, now: Callable[[], datetime], remember_s: float = 300
    ) -> None:
        self._client = client
        self._arn = secret_arn
        self._now = now
        self._remember = timedelta(seconds=remember_s)
        self._recheck = timedelta(seconds=min(RECHECK_S, remember_s))
        self._content: SecretContent | None = None
        self._read_at: datetime | None = None

    def link_key(self) -> str:
        """What the tokens in our links and webhooks are derived from."""
        return self.content().link_key

    def connection(self, connection_id: str) -> ConnectionSecret:
        """A connection's credentials. Raises NotFoundError."""
        found = self._find(lambda content: content.connections.get(connection_id))
        if found is None:
            raise NotFoundError(f"there are no credentials for the connection {connection_id}")
        return found

    def nowbookit(self, venue_id: str) -> NowBookItSecret:
        """A venue's Now Book It key and tokens. Raises NotFoundError."""
        found = self._find(lambda content: content.nowbookit.get(venue_id))
        if found is None:
            raise NotFoundError(f"there is no Now Book It key for the venue {venue_id}")
        return found

    def hooks(self, venue_id: str) -> HookSecrets:
        """What a venue's signed booking webhooks are signed with. Raises NotFoundError."""
        found = self._find(lambda content: content.hooks.get(venue_id))
        if found is None:
            raise NotFoundError(f"there is no secret of signed webhooks for the venue {venue_id}")
        return found

    def driver_tracking(self, venue_id: str) -> tuple[str, ...]:
        """What calls to a venue's driver tracking are signed with, newest first. Raises NotFoundError."""
        found = self._find(lambda content: content.driver_tracking.get(venue_id))
        if not found:
            raise NotFoundError(f"there is no driver-tracking secret for the venue {venue_id}")
        return found

    def content(self) -> SecretContent:
        """All of it, at most `remember_s` old while Secrets Manager answers."""
        return self._at_most_old(self._remember)

    def update(self, change: Callable[[SecretContent], SecretContent]) -> SecretContent:
        """Store what `change` makes of the present content; nothing is written when that is the same.

        A version that others wrote meanwhile is not lost: ours is put beside it and made the current one only if the
        one we read still is; else `change` is called again with the newer. Raises ConflictError when that goes on.
        """
        for _ in range(UPDATE_TRIES):
            content, version = self._read()
            changed = change(content)
            if changed == content or self._replaced(version, changed):
                self._content, self._read_at = changed, self._now()
                return changed
        raise ConflictError("the stack's secret is being changed by others; try again")

    def _find(self, entry: Callable[[SecretContent], T | None]) -> T | None:
        return entry(self.content()) or entry(self._at_most_old(self._recheck))

    def _at_most_old(self, age: timedelta) -> SecretContent:
        if self._content is not None and self._read_at is not None and self._now() - self._read_at < age:
            return self._content
        # Noted before it is tried: an outage is not asked about at every event.
        self._read_at = self._now()
        try:
            self._content = self._read()[0]
        except RelayError as error:
            if self._content is None:
                self._read_at = None
                raise
            logger.warning("secret not read, the remembered one goes on: %s", type(error).__name__)
        return self._content

    def _read(self) -> tuple[SecretContent, str]:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn, VersionStage=CURRENT)
        except (ClientError, BotoCoreError) as error:
            raise _translated(error) from error
        return parse(answer["SecretString"]), answer["VersionId"]

    def _replaced(self, version: str, content: SecretContent) -> bool:
        """Secrets Manager has no conditional write, but moving a label fails when it stands elsewhere by now."""
        ours = str(uuid.uuid4())
        try:
            self._client.put_secret_value(
                SecretId=self._arn, ClientRequestToken=ours, SecretString=dump(content), VersionStages=[WAITING]
            )
            self._client.update_secret_version_stage(
                SecretId=self._arn, VersionStage=CURRENT, MoveToVersionId=ours, RemoveFromVersionId=version
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidParameterException":
                return False
            raise _translated(error) from error
        except BotoCoreError as error:
            raise _translated(error) from error
        return True


def parse(text: str) -> SecretContent:
    """The secret's text. Raises NotFoundError when it is none of ours; its words never say what stands in it."""
    try:
        given = json.loads(text)
        return SecretContent(
            link_key=_text(given["link_key"]),
            connections={
                name: ConnectionSecret(
                    Credentials(_text(entry["client_id"]), _text(entry["client_secret"])),
                    _texts(entry.get("signature_tokens", [])),
                )
                for name, entry in given.get("connections", {}).items()
            },
            nowbookit={
                name: NowBookItSecret(
                    _text(entry["api_key"]),
                    _text(entry.get("hook_header", "Authorization")),
                    _texts(entry.get("hook_tokens", [])),
                )
                for name, entry in given.get("nowbookit", {}).items()
            },
            hooks={name: _hooks(entry) for name, entry in given.get("hooks", {}).items()},
            driver_tracking={name: _texts(entry) for name, entry in given.get("driver_tracking", {}).items()},
            rest={name: entry for name, entry in given.items() if name not in _KNOWN},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not `from error`: JSON errors carry the text.
        raise NotFoundError("the stack's secret does not have the shape that is expected") from None


def dump(content: SecretContent) -> str:
    """The secret's text."""
    return json.dumps(
        {
            **content.rest,
            "link_key": content.link_key,
            "connections": {
                name: {
                    "client_id": one.credentials.client_id,
                    "client_secret": one.credentials.client_secret,
                    "signature_tokens": list(one.signature_tokens),
                }
                for name, one in content.connections.items()
            },
            "nowbookit": {
                name: {"api_key": one.api_key, "hook_header": one.hook_header, "hook_tokens": list(one.hook_tokens)}
                for name, one in content.nowbookit.items()
            },
            "hooks": {
                name: {
                    "resdiary": list(one.resdiary),
                    "standard": {"platform": one.standard_platform, "secrets": list(one.standard)},
                }
                for name, one in content.hooks.items()
            },
            "driver_tracking": {name: list(secrets) for name, secrets in content.driver_tracking.items()},
        }
    )


_KNOWN = {"link_key", "connections", "nowbookit", "hooks", "driver_tracking"}


def _hooks(entry: Mapping[str, Any]) -> HookSecrets:
    standard = entry.get("standard") or {}
    platform = standard.get("platform")
    return HookSecrets(
        _texts(entry.get("resdiary", [])),
        None if platform is None else _text(platform),
        _texts(standard.get("secrets", [])),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(_text(value) for value in values)


def _translated(error: ClientError | BotoCoreError) -> RelayError:
    if not isinstance(error, ClientError):
        return UnreachableError(f"Secrets Manager: {type(error).__name__}")
    code = error.response["Error"]["Code"]
    if code == "ResourceNotFoundException":
        return NotFoundError("the stack's secret does not exist")
    if code in _DENIED:
        return PermissionLostError(f"Secrets Manager: {code}")
    if code in _PACED:
        return PacedError(f"Secrets Manager: {code}", wait_s=THROTTLED_WAIT_S)
    return UnreachableError(f"Secrets Manager: {code}")
