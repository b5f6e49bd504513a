"""Mail by SES, SMS and the operations' topic by SNS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

SUBJECT_LENGTH = 100  # SNS takes no more


@dataclass(frozen=True)
class AwsPost:
    """SES and SNS. Raises OSError when a message is not taken."""

    ses: SESV2Client
    sns: SNSClient
    mail_from: str
    ops_topic_arn: str

    def mail(self, to: str, subject: str, text: str) -> None:
        """A plain text mail."""
        with _as_os_error():
            self.ses.send_email(
                FromEmailAddress=self.mail_from,
                Destination={"ToAddresses": [to]},
                Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}},
            )

    def sms(self, to: str, text: str) -> None:
        """A transactional SMS."""
        kind: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
        }
        with _as_os_error():
            self.sns.publish(PhoneNumber=to, Message=text, MessageAttributes=kind)

    def tell_operations(self, subject: str, text: str) -> None:
        """To everybody who subscribed to the operations' topic."""
        ascii_subject = subject.encode("ascii", "replace").decode()[:SUBJECT_LENGTH]
        with _as_os_error():
            self.sns.publish(TopicArn=self.ops_topic_arn, Subject=ascii_subject, Message=text)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        # Its code, not its text, and not `from error`: they may hold the address.
        raise OSError(f"not taken: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise OSError(f"not taken: {type(error).__name__}") from None
