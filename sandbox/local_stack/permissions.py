"""Which permissions of a function's role were used, as the emulator recorded its calls (`up --record-calls`).

The emulator's CloudTrail knows a caller by its access key only, and gives each function a key made of its ARN and role.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.local_stack.settings import STACK_NAME

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

PAGE = 50
# Lambda itself uses these with the function's role, and the emulator records no calls of its own: logs, traces, and the
# reading of queues and streams.
BY_LAMBDA = {"logs", "xray"}
BY_EVENT_SOURCES = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "dynamodb:GetRecords"} | {
    "dynamodb:GetShardIterator",
    "dynamodb:DescribeStream",
    "dynamodb:ListStreams",
}
# Calls whose name stands in a form are recorded under a name of the emulator's, `POST.sns`.
NAMELESS = {"sns"}
MEMBERS = {
    "dynamodb:PutItem": "Put",
    "dynamodb:UpdateItem": "Update",
    "dynamodb:DeleteItem": "Delete",
    "dynamodb:ConditionCheckItem": "ConditionCheck",
}


@dataclass(frozen=True, slots=True, order=True)
class Permission:
    """An action on a resource, as a role grants it."""

    function: str
    action: str
    resource: str


class Roles:
    """The roles of a running local stack and the calls made with them."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._endpoint: str = stack["aws_endpoint_url"]
        self._region: str = stack["region"]
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=self._region)
        self._lambda = session.client("lambda", endpoint_url=self._endpoint)
        self._iam: IAMClient = session.client("iam", endpoint_url=self._endpoint)

    def functions(self) -> list[str]:
        """The names of the stack's functions."""
        found = [
            function["FunctionName"]
            for page in self._lambda.get_paginator("list_functions").paginate()
            for function in page["Functions"]
        ]
        return sorted(name for name in found if name.startswith(f"{STACK_NAME}-"))

    def granted(self, function: str) -> list[Permission]:
        """What the function's code may do."""
        role = self._lambda.get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
        found = []
        for name in self._iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document: Any = self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for statement in document["Statement"]:
                resources = statement.get("Resource", "*")
                for action in statement["Action"]:
                    if action.partition(":")[0] in BY_LAMBDA or action in BY_EVENT_SOURCES:
                        continue
                    for resource in resources if isinstance(resources, list) else [resources]:
                        found.append(Permission(function, action, resource))
        return sorted(found)

    def unused(self, function: str) -> list[Permission]:
        """What of it no recorded call used. A failure destination counts as used: Lambda sends there, not the code."""
        key = self._access_key(function)
        destinations = self._failure_destinations(function)
        return [
            permission
            for permission in self.granted(function)
            if permission.resource not in destinations and not self._was_used(key, permission)
        ]

    def _was_used(self, key: str, permission: Permission) -> bool:
        service, _, name = permission.action.partition(":")
        for call in self._calls(key, name):
            if _touches(call, service, permission.resource):
                return True
        if service in NAMELESS:
            for call in self._calls(key, f"POST.{service}"):
                if _one(call.get("Action")) == name and _touches(call, service, permission.resource):
                    return True
        member = MEMBERS.get(permission.action)
        if member is not None:
            for call in self._calls(key, "TransactWriteItems"):
                items = call.get("TransactItems", [])
                if any(_touches(item[member], service, permission.resource) for item in items if member in item):
                    return True
        return False

    def _calls(self, key: str, name: str) -> Iterator[dict[str, Any]]:
        """The requests' parameters, newest first."""
        before: float | None = None
        while True:
            attributes = {"AccessKeyId": key, "EventName": name}
            wanted: dict[str, Any] = {
                "LookupAttributes": [{"AttributeKey": k, "AttributeValue": v} for k, v in attributes.items()]
            }
            if before is not None:
                wanted["EndTime"] = before
            events = self._look_up(wanted)
            for event in events:
                yield json.loads(event["CloudTrailEvent"])["requestParameters"] or {}
            if len(events) < PAGE:
                return
            # The emulator's answers have no next page; times are finer than the SDK would send them.
            before = float(events[-1]["EventTime"]) - 1e-6

    def _look_up(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        }
        request = AWSRequest("POST", f"{self._endpoint}/", data=json.dumps(wanted), headers=headers)
        SigV4Auth(Credentials("test", "test"), "cloudtrail", self._region).add_auth(request)
        answer = httpx.post(
            f"{self._endpoint}/", content=request.data, headers=dict(request.headers), timeout=60, trust_env=False
        )
        events: list[dict[str, Any]] = answer.raise_for_status().json()["Events"]
        return events

    def _access_key(self, function: str) -> str:
        configuration = self._lambda.get_function_configuration(FunctionName=function)
        identity = f"{configuration['FunctionArn']}:{configuration['Role']}"
        return "ASIA" + hashlib.sha256(identity.encode()).hexdigest()[:16].upper()

    def _failure_destinations(self, function: str) -> set[str]:
        found = set()
        for mapping in self._lambda.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]:
            found.add(mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", ""))
        configs = self._lambda.list_function_event_invoke_configs(FunctionName=function)
        for config in configs["FunctionEventInvokeConfigs"]:
            found.add(config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", ""))
        return found - {""}


def _touches(parameters: dict[str, Any], service: str, resource: str) -> bool:
    """Whether a call's parameters name the resource; a service whose calls have one resource here needs no look."""
    last = resource.rpartition(":")[2]
    if service == "dynamodb":
        table, _, index = last.removeprefix("table/").partition("/index/")
        tables = {parameters.get("TableName"), *parameters.get("RequestItems", {})}
        return not tables.isdisjoint({table, resource}) and parameters.get("IndexName", "") == index
    if service == "sqs":
        return str(parameters.get("QueueUrl", "")).rpartition("/")[2] == last
    if service == "sns":
        return bool(_one(parameters.get("TopicArn")) == (None if resource == "*" else resource))
    return True


def _one(parameter: Any) -> Any:
    """A parameter of a form, which may be recorded as a list."""
    return parameter[0] if isinstance(parameter, list) else parameter
