"""Venues, platforms and API keys in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.client import query_all
from shared.adapters.dynamodb.schema import VERSION, key, venue_key
from shared.domain.access import ApiKey, Platform
from shared.domain.errors import NotFoundError
from shared.domain.venues import Venue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")


@dataclass
class DynamoDBSettingsBook:
    """Settings change seldom and are read on every event: a venue is remembered for `remember_s` seconds."""

    client: DynamoDBClient
    table: str
    now: Callable[[], datetime]
    remember_s: float = 20
    _venues: dict[str, tuple[datetime, Venue | None]] = field(default_factory=dict)

    def get(self, venue_id: str) -> Venue:
        """A venue's settings, at most `remember_s` old. Raises NotFoundError."""
        known = self._venues.get(venue_id)
        if known is None or self.now() - known[0] > timedelta(seconds=self.remember_s):
            known = (self.now(), self._read(Venue, venue_key(venue_id)))
            self._venues[venue_id] = known
        if known[1] is None:
            raise NotFoundError(f"there is no venue {venue_id}")
        return known[1]

    def put_venue(self, venue: Venue) -> None:
        """Stores a venue's settings, in the place of earlier ones."""
        self._put(venue_key(venue.id), venue, "VENUES", venue.id)
        self._venues.pop(venue.id, None)

    def venues(self) -> Iterator[Venue]:
        """All venues, by id."""
        return self._list(Venue, "VENUES")

    def platform(self, platform_id: str) -> Platform:
        """A platform. Raises NotFoundError."""
        found = self._read(Platform, key(f"PLATFORM#{platform_id}", "SETTINGS"))
        if found is None:
            raise NotFoundError(f"there is no platform {platform_id}")
        return found

    def put_platform(self, platform: Platform) -> None:
        """Stores a platform."""
        self._put(key(f"PLATFORM#{platform.id}", "SETTINGS"), platform, "PLATFORMS", platform.id)

    def platforms(self) -> Iterator[Platform]:
        """All platforms, by id."""
        return self._list(Platform, "PLATFORMS")

    def key_by_hash(self, digest: str) -> ApiKey | None:
        """The API key whose SHA-256 this is."""
        return self._read(ApiKey, key(f"KEY#{digest}", "KEY"))

    def put_key(self, api_key: ApiKey) -> None:
        """Stores an API key; only its hash is known."""
        self._put(key(f"KEY#{api_key.digest}", "KEY"), api_key, f"KEYS#{api_key.platform}", api_key.id)

    def keys(self, platform_id: str) -> Iterator[ApiKey]:
        """A platform's keys, by id."""
        return self._list(ApiKey, f"KEYS#{platform_id}")

    def _read(self, kind: type[T], where: dict[str, Any]) -> T | None:
        item = self.client.get_item(TableName=self.table, Key=where).get("Item")
        return codec.load(kind, item["body"]["S"]) if item else None

    def _put(self, where: dict[str, Any], value: object, listing: str, place: str) -> None:
        item = {
            **where,
            "v": {"N": str(VERSION)},
            "body": {"S": codec.dump(value)},
            "list_pk": {"S": listing},
            "list_sk": {"S": place},
        }
        self.client.put_item(TableName=self.table, Item=item)

    def _list(self, kind: type[T], listing: str) -> Iterator[T]:
        for item in query_all(
            self.client,
            TableName=self.table,
            IndexName="listing",
            KeyConditionExpression="list_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": listing}},
        ):
            yield codec.load(kind, item["body"]["S"])
