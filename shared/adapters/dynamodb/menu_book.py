"""Menus in DynamoDB. A head says what there is; the pages of an import, and the whole menu as gzip in few chunks, stand
beside it and expire. A menu is switched over to by the head alone, when everything is there."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.client import query_all, translated
from shared.adapters.dynamodb.outbox import new_outbox_item
from shared.adapters.dynamodb.schema import VERSION, Item, due_attributes, key, menu_id, seconds
from shared.domain.errors import ConflictError
from shared.domain.menu.checks import StoredMenu
from shared.domain.menu.importing import Edition, MenuHead
from shared.domain.menu.menu import Menu, MenuPage
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHUNK_BYTES = 350_000  # an item holds at most 400 kB
TRANSACTION_ITEMS = 100
REMEMBERED = 8  # menus in memory: a long one takes some megabytes


@dataclass
class DynamoDBMenuBook:
    """MenuBook and MenuReading on the one table. The menus of a few venues are remembered."""

    client: DynamoDBClient
    table: str
    timings: Timings
    now: Callable[[], datetime]
    _remembered: dict[str, tuple[str, Menu]] = field(default_factory=dict)

    def load(self, venue_id: str) -> MenuHead | None:
        """The head, read consistently; None when nobody ever wanted the venue's menu."""
        where = key(menu_id(venue_id), "HEAD")
        item = self.client.get_item(TableName=self.table, Key=where, ConsistentRead=True).get("Item")
        if item is None:
            return None
        return replace(codec.load(MenuHead, item["body"]["S"]), version=int(item["version"]["N"]))

    def save(self, head: MenuHead, *, page: MenuPage | None = None, outbox: Sequence[OutboxItem] = ()) -> MenuHead:
        """Stores the head in the place of the version it was read with, in one transaction with the page that its run
        read last and with what is to be told. Raises ConflictError; then nothing of it counts."""
        saved, now = replace(head, version=head.version + 1), self.now()
        writes: list[dict[str, Any]] = [self._put_head(saved, head.version)]
        if page is not None and saved.run is not None:
            place = _page_key(saved.run.id, saved.run.pages - 1)
            ends_at = now + timedelta(seconds=self.timings.menu_pages_kept_s)
            writes.append(self._put(self._gzipped(head.venue_id, place, _packed(page), ends_at)))
        told = [self._put(new_outbox_item(each, now, self.timings)) for each in outbox]
        # More than one transaction takes, if there are so many platforms: the head goes with the last of them.
        room = TRANSACTION_ITEMS - len(writes)
        while len(told) > room:
            self._transact(told[:TRANSACTION_ITEMS])
            told = told[TRANSACTION_ITEMS:]
        self._transact([*writes, *told])
        return saved

    def pages(self, venue_id: str, import_id: str) -> Sequence[MenuPage]:
        """What an import has read, in order; without what has expired."""
        return [_unpacked(MenuPage, item["body"]["B"]) for item in self._items(venue_id, f"PAGE#{import_id}#")]

    def put_menu(self, venue_id: str, import_id: str, menu: Menu) -> int:
        """Stores the menu under its import, and returns in how many chunks. Nobody reads it before a head names it."""
        packed = _packed(menu)
        chunks = [packed[start : start + CHUNK_BYTES] for start in range(0, len(packed), CHUNK_BYTES)]
        ends_at = self.now() + timedelta(seconds=self.timings.menu_kept_s)
        for number, chunk in enumerate(chunks):
            item = self._gzipped(venue_id, f"EDITION#{import_id}#{number:03}", chunk, ends_at)
            self.client.put_item(TableName=self.table, Item=item)
        return len(chunks)

    def menu(self, venue_id: str, edition: Edition) -> Menu | None:
        """The menu of an edition; None when it has expired. Raises ConflictError when a part is missing."""
        known = self._remembered.get(venue_id)
        if known is not None and known[0] == edition.import_id:
            return known[1]
        chunks = [item["body"]["B"] for item in self._items(venue_id, f"EDITION#{edition.import_id}#")]
        if not chunks:
            return None
        if len(chunks) != edition.chunks:
            raise ConflictError("a part of the menu is missing")
        menu: Menu = _unpacked(Menu, b"".join(chunks))
        if len(self._remembered) >= REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[venue_id] = (edition.import_id, menu)
        return menu

    def stored(self, venue_id: str) -> StoredMenu | None:
        """The menu with its time; None when there is none."""
        return self.of_head(self.load(venue_id))

    def of_head(self, head: MenuHead | None) -> StoredMenu | None:
        """The same for a head that is read already."""
        if head is None or head.edition is None:
            return None
        menu = self.menu(head.venue_id, head.edition)
        return StoredMenu(menu, head.edition.imported_at) if menu is not None else None

    def _items(self, venue_id: str, beginning: str) -> list[Item]:
        return list(
            query_all(
                self.client,
                epoch_s=lambda: self.now().timestamp(),
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :beginning)",
                ExpressionAttributeValues={":pk": {"S": menu_id(venue_id)}, ":beginning": {"S": beginning}},
                ConsistentRead=True,
            )
        )

    def _gzipped(self, venue_id: str, place: str, packed: bytes, ends_at: datetime) -> Item:
        return {
            **key(menu_id(venue_id), place),
            "v": {"N": str(VERSION)},
            "body": {"B": packed},
            "expires_at": {"N": seconds(ends_at)},
        }

    def _put_head(self, head: MenuHead, before: int) -> dict[str, Any]:
        pk = menu_id(head.venue_id)
        item: Item = {
            **key(pk, "HEAD"),
            "v": {"N": str(VERSION)},
            "version": {"N": str(head.version)},
            "body": {"S": codec.dump(head)},
            **due_attributes(pk, head.due_at()),
        }
        put = self._put(item)
        put["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
        if before:
            put["Put"]["ConditionExpression"] = "version = :before"
            put["Put"]["ExpressionAttributeValues"] = {":before": {"N": str(before)}}
        return put

    def _put(self, item: Item) -> dict[str, Any]:
        return {"Put": {"TableName": self.table, "Item": item}}

    def _transact(self, writes: list[dict[str, Any]]) -> None:
        with translated():
            self.client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type]


def _page_key(import_id: str, number: int) -> str:
    return f"PAGE#{import_id}#{number:05}"


def _packed(value: MenuPage | Menu) -> bytes:
    return gzip.compress(codec.dump(value).encode(), mtime=0)


def _unpacked(kind: type[Any], packed: bytes) -> Any:
    return codec.load(kind, gzip.decompress(packed).decode())
