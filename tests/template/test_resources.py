"""Queues, table, key, routes, alarms and logs keep the rules of the house."""

from pathlib import Path

from tests.template.conftest import Template

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


def _readers(template: Template, queue: str) -> list[str]:
    return [
        function
        for function, properties in template.functions().items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "SQS" and event["Properties"]["Queue"] == {"Fn::GetAtt": f"{queue}.Arn"}
    ]


def test_queue_is_encrypted_and_keeps_two_weeks(template: Template, queue: str) -> None:
    properties = template.queues()[queue]
    assert properties["SqsManagedSseEnabled"] is True
    assert properties["MessageRetentionPeriod"] == 14 * 86400


def test_queue_that_is_read_has_a_dead_letter_queue(template: Template, queue: str) -> None:
    if not _readers(template, queue):
        assert queue.endswith("Dlq"), "a queue that nobody reads must be a dead-letter queue"
        return
    redrive = template.queues()[queue]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"]["Fn::GetAtt"].removesuffix(".Arn") in template.queues()


def test_queue_hides_messages_six_times_its_readers_timeout(template: Template, queue: str) -> None:
    for function in _readers(template, queue):
        assert template.queues()[queue]["VisibilityTimeout"] >= 6 * template.functions()[function]["Timeout"]


def test_every_dead_letter_queue_has_an_alarm(template: Template, queue: str) -> None:
    if queue.endswith("Dlq"):
        watched = [
            alarm["Properties"].get("Dimensions") for alarm in template.of_type("AWS::CloudWatch::Alarm").values()
        ]
        assert [{"Name": "QueueName", "Value": {"Fn::GetAtt": f"{queue}.QueueName"}}] in watched


def test_alarm_reaches_operations(template: Template, alarm: str) -> None:
    properties = template.resources[alarm]["Properties"]
    assert properties["AlarmActions"] == [{"Ref": "OpsTopic"}]
    assert properties["AlarmDescription"].endswith(".")
    assert properties["TreatMissingData"] in {"notBreaching", "breaching"}
    assert "Metrics" not in properties, "the emulator refuses metric math"


def test_every_function_has_an_alarm_for_errors_and_throttles(template: Template, function: str) -> None:
    for metric in ("Errors", "Throttles"):
        properties = template.resources[f"{function}{metric}"]["Properties"]
        assert properties["MetricName"] == metric
        assert properties["Dimensions"] == [
            {"Name": "FunctionName", "Value": template.functions()[function]["FunctionName"]}
        ]


def test_our_own_metrics_are_watched(template: Template) -> None:
    watched = {
        alarm["Properties"]["MetricName"]
        for alarm in template.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["Namespace"] == "PosRelay"
    }
    assert watched >= {
        "OldestUnfinishedWriteSeconds",
        "TwinOrders",
        "CaretakerHeartbeat",
        "SignatureFailures",
        "WriterErrors",
    }
    assert template.resources["CaretakerHeartbeat"]["Properties"]["TreatMissingData"] == "breaching"


def test_route_asks_for_a_key(template: Template, route: str) -> None:
    properties = template.resources[route]["Properties"]
    path = properties["RouteKey"].split(" ")[1]
    if path.startswith("/v1/") and not path.startswith("/v1/hooks/"):
        assert properties["AuthorizationType"] == "CUSTOM"
        assert properties["AuthorizerId"] == {"Ref": "KeyAuthorizer"}
    else:
        assert path in {"/health", "/docs", "/openapi.json"} or path.startswith(("/v1/hooks/", "/pos/"))
        assert properties["AuthorizationType"] == "NONE"


def test_open_route_that_takes_bodies_has_its_own_throttle(template: Template, route: str) -> None:
    properties = template.resources[route]["Properties"]
    stage = template.resources["ApiStage"]
    assert route in stage["DependsOn"], "the stage's settings name routes that must exist"
    if properties["AuthorizationType"] == "NONE" and properties["RouteKey"].startswith("POST "):
        own = stage["Properties"]["RouteSettings"][properties["RouteKey"]]
        assert own["ThrottlingRateLimit"] < template.body["Parameters"]["ApiRate"]["Default"]


def test_access_log_holds_nothing_personal(template: Template) -> None:
    logged = template.resources["ApiStage"]["Properties"]["AccessLogSettings"]["Format"]
    for forbidden in ("path", "query", "header", "identity", "sourceIp", "userAgent", "body"):
        assert forbidden not in logged.replace("integration.", "")


def test_data_outlives_the_stack(template: Template) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"):
        for name, resource in template.of_type(kind).items():
            assert resource["DeletionPolicy"] == "Retain", name
            assert resource["UpdateReplacePolicy"] == "Retain", name


def test_table_can_be_restored_and_is_guarded(template: Template) -> None:
    properties = template.resources["Table"]["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert template.resources["TokenKey"]["Properties"]["EnableKeyRotation"] is True


def test_every_log_group_forgets(template: Template) -> None:
    for name, resource in template.of_type("AWS::Logs::LogGroup").items():
        assert resource["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_template_names_no_account_and_no_region() -> None:
    text = TEMPLATE.read_text()
    assert "000000000000" not in text
    assert "ap-southeast" not in text
    assert "localhost" not in text
