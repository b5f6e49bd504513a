"""Signing secrets of webhook endpoints, encrypted by KMS under the endpoint's name.

Not in the stack's one secret: platforms set endpoints up over the API, and a function of the API must not be able to
read or overwrite the venues' credentials. This way it may only encrypt, and only the function that signs may decrypt.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import UnreachableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

MOST_REMEMBERED = 200


@dataclass(frozen=True)
class KMSSecretBox:
    """Seals and opens. An opened secret is remembered by its ciphertext: each delivery needs one."""

    client: KMSClient
    key_id: str
    _opened: dict[str, str] = field(default_factory=dict, repr=False)

    def seal(self, owner: str, secret: str) -> str:
        """The secret as base64 ciphertext that opens only under the owner's name. Raises UnreachableError."""
        try:
            answer = self.client.encrypt(
                KeyId=self.key_id, Plaintext=secret.encode(), EncryptionContext={"webhook_endpoint": owner}
            )
        except (ClientError, BotoCoreError) as error:
            raise UnreachableError("the key service did not encrypt") from error
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open(self, owner: str, ciphertext: str) -> str:
        """The secret. Raises UnreachableError when KMS does not open it for this owner."""
        remembered = f"{owner}/{ciphertext}"
        if remembered not in self._opened:
            try:
                answer = self.client.decrypt(
                    KeyId=self.key_id,
                    CiphertextBlob=base64.b64decode(ciphertext),
                    EncryptionContext={"webhook_endpoint": owner},
                )
            except (ClientError, BotoCoreError) as error:
                raise UnreachableError("the key service did not decrypt") from error
            if len(self._opened) >= MOST_REMEMBERED:
                self._opened.clear()
            self._opened[remembered] = answer["Plaintext"].decode()
        return self._opened[remembered]
