"""What the deployment tells a function through its environment, checked before the first event."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.timings import Timings


@dataclass(frozen=True, slots=True)
class Settings:
    """A function's environment. What a function does not use is empty."""

    table: str
    timings: Timings
    public_url: str
    writes_queue_url: str
    failures_queue_url: str
    deliveries_queue_url: str
    secret_arn: str
    token_key_arn: str
    kounta_api_url: str
    kounta_auth_url: str
    nowbookit_api_url: str
    ops_topic_arn: str
    mail_from: str
    support_line: str
    private_endpoints: bool
    """Whether platforms' endpoints may be on this machine or network: only for the local stack."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings. Raises KeyError without a table, ValueError for timings that do not exist."""
    return Settings(
        table=environment["TABLE_NAME"],
        timings=Timings.from_json(environment.get("TIMINGS", "{}")),
        public_url=environment.get("PUBLIC_URL", "").rstrip("/"),
        writes_queue_url=environment.get("WRITES_QUEUE_URL", ""),
        failures_queue_url=environment.get("FAILURES_QUEUE_URL", ""),
        deliveries_queue_url=environment.get("DELIVERIES_QUEUE_URL", ""),
        secret_arn=environment.get("SECRET_ARN", ""),
        token_key_arn=environment.get("TOKEN_KEY_ARN", ""),
        kounta_api_url=environment.get("KOUNTA_API_URL", ""),
        kounta_auth_url=environment.get("KOUNTA_AUTH_URL", ""),
        nowbookit_api_url=environment.get("NOWBOOKIT_API_URL", ""),
        ops_topic_arn=environment.get("OPS_TOPIC_ARN", ""),
        mail_from=environment.get("MAIL_FROM", ""),
        support_line=environment.get("SUPPORT_LINE", ""),
        private_endpoints=environment.get("PRIVATE_ENDPOINTS", "") == "allowed",
    )
