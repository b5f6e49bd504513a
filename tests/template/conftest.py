"""The template as data: short function tags become their long forms, and Fn::ForEach is written out."""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


def _written_out(fragment: Any, identifier: str, value: str) -> Any:
    if isinstance(fragment, dict):
        return {
            _written_out(key, identifier, value): _written_out(item, identifier, value)
            for key, item in fragment.items()
        }
    if isinstance(fragment, list):
        return [_written_out(item, identifier, value) for item in fragment]
    return fragment.replace(f"${{{identifier}}}", value) if isinstance(fragment, str) else fragment


def _resources(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    resources: dict[str, dict[str, Any]] = {}
    for name, resource in template["Resources"].items():
        if re.match(r"Fn::ForEach::", name):
            identifier, values, fragment = resource
            for value in values:
                resources |= _written_out(fragment, identifier, value)
        else:
            resources[name] = resource
    return resources


class Template(NamedTuple):
    """The template, with the questions that the policies ask."""

    body: dict[str, Any]
    resources: dict[str, dict[str, Any]]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of one type, by logical id."""
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def functions(self) -> dict[str, dict[str, Any]]:
        """The functions' properties, by logical id."""
        return {name: resource["Properties"] for name, resource in self.of_type("AWS::Serverless::Function").items()}

    def queues(self) -> dict[str, dict[str, Any]]:
        """The queues' properties, by logical id."""
        return {name: resource["Properties"] for name, resource in self.of_type("AWS::SQS::Queue").items()}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """All statements of a role's policies."""
        policies = self.resources[role]["Properties"]["Policies"]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


@cache
def _read() -> Template:
    body = yaml.load(TEMPLATE.read_text(), Loader=_Loader)  # a SafeLoader with CloudFormation's tags
    return Template(body, _resources(body))


@pytest.fixture(scope="session")
def template() -> Template:
    """template.yaml, read once."""
    return _read()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`function`, `queue`, `alarm` and `route` run a test once for each of them."""
    kinds = {
        "function": "AWS::Serverless::Function",
        "queue": "AWS::SQS::Queue",
        "alarm": "AWS::CloudWatch::Alarm",
        "route": "AWS::ApiGatewayV2::Route",
    }
    for argument, kind in kinds.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, list(_read().of_type(kind)))
