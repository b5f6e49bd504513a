"""OAuth tokens in the table: encrypted by KMS under the connection's name, refreshed by one worker at a time.

    pk CONNECTION#<connection id>   sk TOKENS   ciphertext B   version N   v 1   lease_owner S   lease_until N (epoch s)

The lease keeps others from refreshing; the version keeps a slow refresher from overwriting newer tokens.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.kounta.tokens import Tokens
from shared.domain.errors import PermissionLostError, UnreachableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

ITEM_VERSION = "1"
LEASE_S = 15.0
PATIENCE_S = 5.0
LOOK_AGAIN_S = 0.25

_DAMAGED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class DynamoDBTokenStore:
    """The port `TokenStore` on the table. `patience_s`: how long another worker's refresh is waited for."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        kms: KMSClient,
        *,
        table: str,
        key_id: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._dynamodb = dynamodb
        self._kms = kms
        self._table = table
        self._key_id = key_id
        self._now = now
        self._sleep = sleep
        self._patience_s = patience_s

    def read(self, connection_id: str) -> Tokens | None:
        """The stored tokens; None when the connection was never authorised."""
        item = self._item(connection_id)
        return self._opened(connection_id, item) if item else None

    def refresh_under_lease(
        self, connection_id: str, stale_access_token: str, refresh: Callable[[Tokens], Tokens]
    ) -> Tokens:
        """Newer tokens than the stale access token, stored before they are returned.

        A crash between the vendor's answer and our store loses a single-use refresh token: no way around it, and it
        shows as PermissionLostError at the next refresh.
        """
        waited_s = 0.0
        while True:
            item = self._item(connection_id)
            if not item:
                raise PermissionLostError("the connection was never authorised")
            known = self._opened(connection_id, item)
            if known.access_token != stale_access_token:
                return known
            if self._claim(connection_id, item):
                return self._refreshed(connection_id, item, known, refresh)
            if waited_s >= self._patience_s:
                raise UnreachableError("another worker refreshes the tokens and is not done yet")
            self._sleep(LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S

    def save(self, connection_id: str, tokens: Tokens) -> None:
        """Keep the tokens of a new grant, whatever was there; a refresh under way loses against it."""
        self._update(
            connection_id,
            "SET ciphertext = :c, v = :v ADD version :one REMOVE lease_owner, lease_until",
            {":c": {"B": self._sealed(connection_id, tokens)}, ":v": {"N": ITEM_VERSION}, ":one": {"N": "1"}},
        )

    def _claim(self, connection_id: str, item: dict[str, Any]) -> bool:
        now = self._now().timestamp()
        return self._update(
            connection_id,
            "SET lease_owner = :o, lease_until = :u",
            {
                ":o": {"S": secrets.token_hex(8)},
                ":u": {"N": f"{now + LEASE_S:.3f}"},
                ":now": {"N": f"{now:.3f}"},
                ":version": item["version"],
            },
            "version = :version AND (attribute_not_exists(lease_until) OR lease_until < :now)",
        )

    def _refreshed(
        self, connection_id: str, item: dict[str, Any], known: Tokens, refresh: Callable[[Tokens], Tokens]
    ) -> Tokens:
        version = {":version": item["version"]}
        try:
            new = refresh(known)
        except BaseException:
            self._update(connection_id, "REMOVE lease_owner, lease_until", version, "version = :version")
            raise
        # The version alone decides: had our lease ended meanwhile and nobody stored anything, ours are the newest.
        stored = self._update(
            connection_id,
            "SET ciphertext = :c ADD version :one REMOVE lease_owner, lease_until",
            {":c": {"B": self._sealed(connection_id, new)}, ":one": {"N": "1"}, **version},
            "version = :version",
        )
        return new if stored else self.read(connection_id) or new

    def _item(self, connection_id: str) -> dict[str, Any]:
        try:
            answer = self._dynamodb.get_item(TableName=self._table, Key=_key(connection_id), ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            raise _translated(error) from error
        return dict(answer.get("Item", {}))

    def _update(
        self, connection_id: str, expression: str, values: dict[str, Any], condition: str | None = None
    ) -> bool:
        """Whether the condition held."""
        try:
            if condition is None:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(connection_id),
                    UpdateExpression=expression,
                    ExpressionAttributeValues=values,
                )
            else:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(connection_id),
                    UpdateExpression=expression,
                    ExpressionAttributeValues=values,
                    ConditionExpression=condition,
                )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                return False
            raise _translated(error) from error
        except BotoCoreError as error:
            raise _translated(error) from error
        return True

    def _sealed(self, connection_id: str, tokens: Tokens) -> bytes:
        plain = json.dumps(
            {
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
                "expires_at": tokens.expires_at.isoformat() if tokens.expires_at else None,
            }
        ).encode()
        try:
            return self._kms.encrypt(
                KeyId=self._key_id, Plaintext=plain, EncryptionContext={"connection": connection_id}
            )["CiphertextBlob"]
        except (ClientError, BotoCoreError) as error:
            raise _translated(error) from error

    def _opened(self, connection_id: str, item: dict[str, Any]) -> Tokens:
        try:
            plain = self._kms.decrypt(
                KeyId=self._key_id,
                CiphertextBlob=item["ciphertext"]["B"],
                EncryptionContext={"connection": connection_id},
            )["Plaintext"]
        except (ClientError, BotoCoreError) as error:
            raise _translated(error) from error
        kept = json.loads(plain)
        expires_at = kept.get("expires_at")
        return Tokens(
            access_token=kept["access_token"],
            refresh_token=kept["refresh_token"],
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        )


def _key(connection_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"CONNECTION#{connection_id}"}, "sk": {"S": "TOKENS"}}


def _translated(error: ClientError | BotoCoreError) -> PermissionLostError | UnreachableError:
    """Tokens that cannot be opened are as good as none: somebody has to authorise again. The rest passes by itself."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code"))
        if code in _DAMAGED:
            return PermissionLostError("the stored tokens cannot be decrypted")
        return UnreachableError(f"token store: {code}")
    return UnreachableError(f"token store: {type(error).__name__}")
