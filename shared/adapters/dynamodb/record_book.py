"""Records, and what is kept of the POS's own orders, in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.activity import activity_item, activity_of, group_link_of, unless_changed
from shared.adapters.dynamodb.client import cancellation_reasons, query_all, translated
from shared.adapters.dynamodb.links import (
    link_in,
    pos_order_link,
    sale_claim,
    sale_claimed_by,
    unless_claimed_by_another,
)
from shared.adapters.dynamodb.order_listing import entry_changes, name_entries, order_sk
from shared.adapters.dynamodb.outbox import new_outbox_item
from shared.adapters.dynamodb.pace import idle_slots_update
from shared.adapters.dynamodb.record_items import record_of, subject_of
from shared.adapters.dynamodb.schema import (
    VERSION,
    Item,
    due_attributes,
    key,
    millis,
    order_link_key,
    pos_order_pk,
    sale_link_key,
    seconds,
)
from shared.domain.bookings.record import Decided
from shared.domain.errors import ConflictError
from shared.domain.online.record import Content, OnlineRecord, awaited_menu_since
from shared.domain.orders.writes import WriteState
from shared.domain.pace import Slots
from shared.domain.pos_news import OrderLink, PosHint, PosOrderFile, SettledNews
from shared.domain.record import Claimed, Lease, OutboxItem, Record
from shared.domain.sales import Sale
from shared.domain.timings import Timings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class DynamoDBRecordBook:
    """RecordBook and PosOrderBook on the one table."""

    client: DynamoDBClient
    table: str
    timings: Timings

    def load(self, record_id: str) -> Record | None:
        """One consistent query of the record's partition."""
        items = list(
            query_all(
                self.client,
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": record_id}},
                ConsistentRead=True,
            )
        )
        return record_of(record_id, items) if items else None

    def claim(self, record: Record, lease: Lease, slots: Slots | None) -> Claimed:
        """Lease and, on an idle connection, pace slots in one transaction; else the lease alone."""
        head = self._lease_update(record, lease)
        claimed = replace(record, version=record.version + 1, lease=lease, slot_at=None)
        if slots is not None:
            now = lease.until - timedelta(seconds=self.timings.lease_s)
            pace = idle_slots_update(self.table, slots, now)
            try:
                both: Any = [{"Update": head}, {"Update": pace}]
                self.client.transact_write_items(TransactItems=both)
                return Claimed(claimed, has_slots=True)
            except ClientError as error:
                reasons = cancellation_reasons(error)
                if error.response["Error"]["Code"] != "TransactionCanceledException" or not reasons:
                    raise
                if reasons[0] != "None":
                    raise ConflictError("the record changed") from error
        with translated():
            self.client.update_item(**head)
        return Claimed(claimed, has_slots=False)

    def save(
        self,
        before: Record,
        after: R,
        *,
        decided: Sequence[Decided] = (),
        outbox: Sequence[OutboxItem] = (),
        news: SettledNews | None = None,
        now: datetime,
    ) -> R:
        """Head, changed orders, new request bytes and contents, decisions, outbox and news in one transaction."""
        saved = replace(after, version=before.version + 1)
        writes: list[dict[str, Any]] = [self._put(self._head(saved, now), before.version)]
        writes += self._orders(before, saved)
        writes += [self._put(entry) for entry in name_entries(before, saved, self._until_forgotten(now))]
        writes += [
            self._put(self._request(saved.id, name, body, now))
            for name, body in saved.requests.items()
            if name not in before.requests
        ]
        if isinstance(saved, OnlineRecord):
            known = before.contents if isinstance(before, OnlineRecord) else {}
            writes += [
                self._put(self._content(saved.id, write_id, content, now))
                for write_id, content in saved.contents.items()
                if write_id not in known
            ]
        writes += [self._decision(saved.id, each) for each in decided]
        writes += [self._put(new_outbox_item(each, now, self.timings)) for each in outbox]
        if news is not None:
            writes += self._news(news, now)
        self._transact(writes)
        return saved

    def with_unknown_writes(self, venue_id: str) -> Sequence[str]:
        """From the sparse listing of heads."""
        return self._listed(f"UNKNOWN#{venue_id}")

    def orders_waiting_for_menu(self, venue_id: str) -> Sequence[str]:
        """From the sparse listing of heads."""
        return self._listed(f"MENUWAIT#{venue_id}")

    def _listed(self, listing: str) -> Sequence[str]:
        found = query_all(
            self.client,
            TableName=self.table,
            IndexName="listing",
            KeyConditionExpression="list_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": listing}},
            ProjectionExpression="pk",
        )
        return [item["pk"]["S"] for item in found]

    def link_of_order(self, order_id: str) -> OrderLink | None:
        """By the order's link item."""
        item = self.client.get_item(TableName=self.table, Key=order_link_key(order_id)).get("Item")
        return OrderLink(item["record_id"]["S"], order_id) if item else None

    def link_of_sale(self, venue_id: str, sale_name: str) -> OrderLink | None:
        """By the sale's link item."""
        where = sale_link_key(venue_id, sale_name)
        item = self.client.get_item(TableName=self.table, Key=where, ConsistentRead=True).get("Item")
        return link_in(item) if item else None

    def load_file(self, venue_id: str, pos_order_id: str) -> PosOrderFile:
        """One consistent query of the POS order's partition."""
        pk = pos_order_pk(venue_id, pos_order_id)
        file = PosOrderFile(venue_id, pos_order_id)
        hints: list[PosHint] = []
        for item in query_all(
            self.client,
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        ):
            match item["sk"]["S"].split("#")[0]:
                case "LINK":
                    file = replace(file, link=link_in(item))
                case "SALE":
                    file = replace(file, sale=codec.load(Sale, item["body"]["S"]))
                case "ACTIVITY":
                    file = replace(file, activity=activity_of(item))
                case "GROUP":
                    file = replace(file, group=group_link_of(item))
                case "HINT" if "due_pk" in item:
                    hints.append(codec.load(PosHint, item["body"]["S"]))
        return replace(file, hints=tuple(hints))

    def save_news(self, news: SettledNews, now: datetime) -> None:
        """In one transaction."""
        self._transact(self._news(news, now))

    def _transact(self, writes: list[dict[str, Any]]) -> None:
        """All or nothing; an item that is written twice is written as it was last wanted."""
        by_key: dict[tuple[str, str], Any] = {}
        for write in writes:
            (part,) = write.values()
            place = part["Item"] if "Put" in write else part["Key"]
            by_key[place["pk"]["S"], place["sk"]["S"]] = write
        parts = list(by_key.values())
        with translated():
            if len(parts) == 1 and "Put" in parts[0]:
                self.client.put_item(**parts[0]["Put"])
            elif parts:
                self.client.transact_write_items(TransactItems=parts)

    def _lease_update(self, record: Record, lease: Lease) -> dict[str, Any]:
        due = due_attributes(record.id, lease.until)
        update = {
            "TableName": self.table,
            "Key": key(record.id, "HEAD"),
            "UpdateExpression": "SET version = :next, v = :v, lease_holder = :holder, lease_until = :until, "
            "due_pk = :due_pk, due_at = :due_at REMOVE slot_at",
            "ExpressionAttributeValues": {
                ":next": {"N": str(record.version + 1)},
                ":v": {"N": str(VERSION)},
                ":holder": {"S": lease.holder},
                ":until": {"N": str(millis(lease.until))},
                ":due_pk": due["due_pk"],
                ":due_at": due["due_at"],
            },
        }
        return self._on_version(update, record.version)

    def _on_version(self, write: dict[str, Any], version: int) -> dict[str, Any]:
        if version == 0:
            return {**write, "ConditionExpression": "attribute_not_exists(pk)"}
        values = {**write.get("ExpressionAttributeValues", {}), ":version": {"N": str(version)}}
        return {**write, "ConditionExpression": "version = :version", "ExpressionAttributeValues": values}

    def _put(self, item: Item, on_version: int | None = None) -> dict[str, Any]:
        write: dict[str, Any] = {"TableName": self.table, "Item": {"v": {"N": str(VERSION)}, **item}}
        return {"Put": write if on_version is None else self._on_version(write, on_version)}

    def _head(self, record: Record, now: datetime) -> Item:
        item: Item = {
            **key(record.id, "HEAD"),
            "version": {"N": str(record.version)},
            "body": {"S": subject_of(record)},
            **due_attributes(record.id, record.due_at(now)),
        }
        if record.lease is not None:
            item |= {"lease_holder": {"S": record.lease.holder}, "lease_until": {"N": str(millis(record.lease.until))}}
        if record.slot_at is not None:
            item["slot_at"] = {"N": str(millis(record.slot_at))}
        if any(write.state is WriteState.UNKNOWN for order in record.orders for write in order.writes):
            item |= {"list_pk": {"S": f"UNKNOWN#{record.venue_id}"}, "list_sk": {"S": record.id}}
        elif awaited_menu_since(record) is not None:
            item |= {"list_pk": {"S": f"MENUWAIT#{record.venue_id}"}, "list_sk": {"S": record.id}}
        return item

    def _orders(self, before: Record, after: Record) -> list[dict[str, Any]]:
        known = {order.id: order for order in before.orders}
        writes: list[dict[str, Any]] = []
        for order in after.orders:
            if known.get(order.id) == order:
                continue
            item = {
                **key(after.id, order_sk(order)),
                "body": {"S": codec.dump(order)},
            }
            writes.append(self._put(item))
            entered, left = entry_changes(known.get(order.id), order, after.id)
            writes += [self._put(entry) for entry in entered]
            writes += [{"Delete": {"TableName": self.table, "Key": entry}} for entry in left]
            if order.id not in known:
                writes.append(self._put({**order_link_key(order.id), "record_id": {"S": after.id}}))
            pos_order_id = order.pos.order_id
            if pos_order_id and (order.id not in known or known[order.id].pos.order_id != pos_order_id):
                link = OrderLink(after.id, order.id)
                writes.append(self._put(pos_order_link(order.venue_id, pos_order_id, link)))
            if (claimed := sale_claimed_by(order)) and sale_claimed_by(known.get(order.id)) != claimed:
                put = self._put(sale_claim(order.venue_id, claimed, OrderLink(after.id, order.id)))["Put"]
                writes.append({"Put": put | unless_claimed_by_another(order.id)})
        return writes

    def _content(self, record_id: str, write_id: str, content: Content, now: datetime) -> Item:
        body = {"S": codec.dump(content)}
        return {**key(record_id, f"CONTENT#{write_id}"), "body": body, "expires_at": self._until_forgotten(now)}

    def _request(self, record_id: str, name: str, body: bytes, now: datetime) -> Item:
        return {**key(record_id, f"REQUEST#{name}"), "body": {"B": body}, "expires_at": self._until_forgotten(now)}

    def _until_forgotten(self, now: datetime) -> Item:
        """`expires_at` of what may hold guests' data."""
        return {"N": seconds(now + timedelta(seconds=self.timings.personal_ttl_s))}

    def _decision(self, record_id: str, decided: Decided) -> dict[str, Any]:
        names = {"#decision": "decision", "#reason": "reason", "#code": "code"}
        values: Item = {
            ":kind": {"S": decided.decision.kind.value},
            ":reason": {"S": decided.decision.reason},
            ":at": {"N": str(millis(decided.decided_at))},
        }
        sets = ["#decision = :kind", "#reason = :reason", "decided_at = :at"]
        removes = ["due_pk", "due_at"]
        if decided.decision.code:
            sets.append("#code = :code")
            values[":code"] = {"S": decided.decision.code}
        else:
            removes.append("#code")
        if decided.event is not None:
            sets.append("body = :body")
            values[":body"] = {"S": codec.dump(decided.event)}
            sets.append("kind = :event")
            values[":event"] = {"S": "event"}
        return {
            "Update": {
                "TableName": self.table,
                "Key": key(record_id, f"EVENT#{decided.event_id}"),
                "UpdateExpression": f"SET {', '.join(sets)} REMOVE {', '.join(removes)}",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            }
        }

    def _news(self, news: SettledNews, now: datetime) -> list[dict[str, Any]]:
        file = news.file
        pk = pos_order_pk(file.venue_id, file.pos_order_id)
        settled = {":now": {"N": str(millis(now))}}
        writes: list[dict[str, Any]] = [
            {
                "Update": {
                    "TableName": self.table,
                    "Key": key(pk, f"HINT#{hint.id}"),
                    "UpdateExpression": "SET settled_at = :now REMOVE due_pk, due_at",
                    "ExpressionAttributeValues": settled,
                }
            }
            for hint in file.hints
        ]
        if file.link is not None:
            writes.append(self._put(pos_order_link(file.venue_id, file.pos_order_id, file.link)))
        if news.sale is not None and news.sale != file.sale:
            sale = news.sale
            completed_at = sale.completed_at.astimezone(UTC)
            listing = {
                "list_pk": {"S": f"SALES#{sale.venue_id}#{completed_at:%Y-%m-%d}"},
                "list_sk": {"S": f"{completed_at.isoformat()}#{sale.pos_order_id}"},
            }
            writes.append(self._put({**key(pk, "SALE"), "body": {"S": codec.dump(sale)}, **listing}))
        if news.activity is not None and news.activity != file.activity:
            item = self._put(activity_item(pk, news.activity, now, self.timings))["Put"]
            writes.append({"Put": item | unless_changed(file.activity, now)})
        return writes
