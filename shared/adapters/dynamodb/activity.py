"""What the register did with a POS order, as items of the order's partition."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.schema import Item, key, seconds
from shared.domain.pos_activity import PosActivity
from shared.domain.pos_news import GroupLink
from shared.domain.timings import Timings


def activity_item(pk: str, activity: PosActivity, now: datetime, timings: Timings) -> Item:
    """The item under its next version."""
    saved = replace(activity, version=activity.version + 1)
    return {
        **key(pk, "ACTIVITY"),
        "version": {"N": str(saved.version)},
        "body": {"S": codec.dump(saved)},
        "expires_at": {"N": seconds(now + timedelta(seconds=timings.personal_ttl_s))},
    }


def unless_changed(before: PosActivity, now: datetime) -> dict[str, Any]:
    """The condition that nobody saved another since. One that has expired, and that DynamoDB has not yet removed, is as
    good as none."""
    return {
        "ConditionExpression": "attribute_not_exists(pk) OR version = :version OR expires_at <= :now",
        "ExpressionAttributeValues": {":version": {"N": str(before.version)}, ":now": {"N": seconds(now)}},
    }


def activity_of(item: Item) -> PosActivity:
    """The activity in its item."""
    return codec.load(PosActivity, item["body"]["S"])


def group_link_of(item: Item) -> GroupLink:
    """The group in a member's item."""
    return codec.load(GroupLink, item["body"]["S"])
