"""Logs and metrics. Ids, outcomes and durations only: no bodies, headers, names, phones or emails."""

from __future__ import annotations

import logging
import os
import warnings

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(level=os.environ.get("LOG_LEVEL", "INFO"))
metrics = Metrics()
warnings.filterwarnings("ignore", message="No application metrics to publish", category=UserWarning)


def listen_to_the_relay() -> None:
    """Sends what the use cases and adapters log with the standard library through the structured logger."""
    for name in ("posrelay", "shared"):
        logging.getLogger(name).setLevel(logger.log_level)
    copy_config_to_registered_loggers(source_logger=logger, include={"posrelay", "shared"})


def count(name: str, value: float = 1) -> None:
    """One more of something, by a name that the template's alarms know."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def seconds(name: str, value: float) -> None:
    """A duration."""
    metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=value)
