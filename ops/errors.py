"""What stops a command, in one line: what is wrong, and what to do about it."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from shared.domain.errors import (
    ConflictError,
    NotFoundError,
    PacedError,
    PermissionLostError,
    RefusedError,
    RelayError,
    UnreachableError,
)

_SIGN_IN = "sign in to AWS (for example `aws sso login`) or set AWS_PROFILE"
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class OperatorError(Exception):
    """What is wrong and the fix, each one line. `others`: further lines of the same kind."""

    def __init__(self, what: str, fix: str = "", *, others: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.others = others


Foreseen = (OperatorError, RelayError, ClientError, BotoCoreError)
"""Errors that a command may end with; anything else is a mistake of ours and shows its traceback."""


def in_words(error: Exception) -> OperatorError:
    """A foreseen error as an operator should read it."""
    if isinstance(error, OperatorError):
        return error
    if isinstance(error, ClientError):
        return _of_aws(error)
    if isinstance(error, BotoCoreError):
        return _of_botocore(error)
    text = str(error) or type(error).__name__
    if isinstance(error, PermissionLostError):
        return OperatorError(text, "give valid credentials: posrelay venue set FILE --renew-credentials")
    if isinstance(error, PacedError):
        return OperatorError(text, f"try again in {max(1, round(error.wait_s))} s")
    if isinstance(error, RefusedError):
        return OperatorError(f"Kounta refused: {text}", "posrelay venue check VENUE shows what does not fit")
    if isinstance(error, UnreachableError):
        return OperatorError(text, "check the network and the vendor's status page, then try again")
    if isinstance(error, ConflictError):
        return OperatorError(text, "try again")
    if isinstance(error, NotFoundError):
        return OperatorError(text, "posrelay venue list and posrelay platform list show what there is")
    return OperatorError(text)


def _of_aws(error: ClientError) -> OperatorError:
    code = error.response["Error"].get("Code", "?")
    if code in _EXPIRED:
        return OperatorError("AWS does not accept the credentials (expired, or of another account)", _SIGN_IN)
    if code in _DENIED:
        return OperatorError(f"AWS does not permit {error.operation_name}", "use credentials that may do this")
    return OperatorError(f"AWS answered {code} to {error.operation_name}", "try again; if it stays, look at the stack")


def _of_botocore(error: BotoCoreError) -> OperatorError:
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return OperatorError("there are no AWS credentials", _SIGN_IN)
    if isinstance(error, NoRegionError):
        return OperatorError("no AWS region is set", "give --region or set AWS_REGION")
    if isinstance(error, ProfileNotFound):
        return OperatorError(str(error), "set AWS_PROFILE to a profile of ~/.aws/config")
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return OperatorError(str(error), "check the network, AWS_ENDPOINT_URL and, for the local stack, `make run`")
    return OperatorError(f"AWS: {error}", _SIGN_IN)
