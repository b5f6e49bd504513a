"""Every function: its own role, log group, folder; exact actions on exact resources; a place for what fails."""

import re
from pathlib import Path
from typing import Any

from tests.template.conftest import Template

PROJECT = Path(__file__).resolve().parents[2]
# What AWS offers no resource for: X-Ray's writes, and mails and SMS, which the conditions below limit instead.
WITHOUT_RESOURCE = {
    ("xray:PutTraceSegments", "xray:PutTelemetryRecords"): None,
    ("ses:SendEmail",): {"StringEqualsIfExists": {"ses:FromAddress": {"Ref": "MailFrom"}}},
}
ASYNCHRONOUS = {"Schedule", "ScheduleV2", "SNS", "S3", "EventBridgeRule", "CloudWatchEvent"}
STREAMS = {"DynamoDB", "Kinesis"}


def test_has_a_role_of_its_own(template: Template, function: str) -> None:
    roles = {name: properties["Role"]["Fn::GetAtt"] for name, properties in template.functions().items()}
    assert roles[function] == f"{function}Role.Arn"
    assert "ManagedPolicyArns" not in template.resources[f"{function}Role"]["Properties"]
    assert "Policies" not in template.functions()[function]


def test_actions_and_resources_are_exact(template: Template, function: str) -> None:
    for statement in template.statements(f"{function}Role"):
        actions: list[str] = statement["Action"]
        assert statement["Effect"] == "Allow"
        assert not [action for action in actions if "*" in action], statement
        if "NotResource" in statement:
            assert actions == ["sns:Publish"], "only a phone number has no resource"
            assert statement["NotResource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
        elif statement["Resource"] == "*":
            assert tuple(actions) in WITHOUT_RESOURCE, statement
            assert statement.get("Condition") == WITHOUT_RESOURCE[tuple(actions)]
        else:
            assert "*" not in repr(statement["Resource"]), statement


def test_logs_to_a_group_of_its_own_that_forgets(template: Template, function: str) -> None:
    group = template.resources[f"{function}LogGroup"]
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert template.functions()[function]["LoggingConfig"] == {"LogGroup": {"Ref": f"{function}LogGroup"}}
    logs = [s for s in template.statements(f"{function}Role") if s["Action"][0].startswith("logs:")]
    assert logs == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"Fn::GetAtt": f"{function}LogGroup.Arn"},
        }
    ]


def test_what_fails_has_a_place(template: Template, function: str) -> None:
    properties = template.functions()[function]
    for event in properties.get("Events", {}).values():
        if event["Type"] in ASYNCHRONOUS:
            assert properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"], event
        if event["Type"] in STREAMS:
            assert event["Properties"]["DestinationConfig"]["OnFailure"]["Destination"], event
            assert event["Properties"]["BisectBatchOnFunctionError"] is True
            assert event["Properties"]["FilterCriteria"]
        if event["Type"] in STREAMS | {"SQS"}:
            assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_may_write_to_its_failure_destination(template: Template, function: str) -> None:
    properties = template.functions()[function]
    configured: list[Any] = [properties.get("EventInvokeConfig", {})]
    configured += [event["Properties"] for event in properties.get("Events", {}).values()]
    destinations = [c["DestinationConfig"]["OnFailure"]["Destination"] for c in configured if "DestinationConfig" in c]
    sends = [s["Resource"] for s in template.statements(f"{function}Role") if s["Action"] == ["sqs:SendMessage"]]
    for destination in destinations:
        assert [resources for resources in sends if destination in resources], destination


def test_handler_is_in_the_folder_of_its_name(template: Template, function: str) -> None:
    folder = re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()
    assert template.functions()[function]["Handler"] == f"functions.{folder}.handler.handler"
    assert (PROJECT / "functions" / folder / "handler.py").is_file()
    assert template.resources[function]["Metadata"] == {"BuildMethod": "makefile"}
    assert template.functions()[function]["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{function}"}


def test_has_a_time_limit_and_traces(template: Template, function: str) -> None:
    assert template.functions()[function]["Timeout"] <= 60
    assert template.body["Globals"]["Function"]["Tracing"] == "Active"


def test_no_folder_without_a_function(template: Template) -> None:
    handlers = {properties["Handler"].split(".")[1] for properties in template.functions().values()}
    assert {folder.parent.name for folder in (PROJECT / "functions").glob("*/handler.py")} == handlers


def test_environment_holds_no_secret(template: Template) -> None:
    for properties in template.functions().values():
        for name, value in properties.get("Environment", {}).get("Variables", {}).items():
            assert isinstance(value, dict), f"{name} is spelled out"
            assert "resolve:" not in repr(value), f"{name} would put a secret into plain environment"
