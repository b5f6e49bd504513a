"""The template's own table on moto, so that tests and what is deployed cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import yaml
from moto import mock_aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
TABLE = "posrelay"
SCHEMA = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


class _Loader(yaml.SafeLoader):
    """Reads the template; what the short function tags stand for does not matter here."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


@cache
def table_schema() -> dict[str, Any]:
    """Key schema and indexes as the template has them."""
    resources = yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]
    (properties,) = (
        resource["Properties"]
        for resource in resources.values()
        if isinstance(resource, dict) and resource.get("Type") == "AWS::DynamoDB::Table"
    )
    return {name: properties[name] for name in SCHEMA}


@contextmanager
def dynamodb_table() -> Iterator[DynamoDBClient]:
    """A client of a fresh table named `TABLE`."""
    with mock_aws():
        client: DynamoDBClient = boto3.client(
            "dynamodb", region_name="ap-southeast-2", aws_access_key_id="test", aws_secret_access_key="test"
        )
        client.create_table(TableName=TABLE, **table_schema())
        yield client
