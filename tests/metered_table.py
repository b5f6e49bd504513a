"""A table of many items that is only queried, and asked for batches: what each costs by DynamoDB's own rule."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]


class MeteredTable:
    """Stands in for the low-level client. A query bills half a unit for every started 4 kB of what it examines on each
    page, a get half a unit for every started 4 kB of the item, both when they need not be consistent (DynamoDB's
    documentation: Read consistency and capacity). Moto and the local stack's emulator bill a constant for each call.
    """

    def __init__(self) -> None:
        self.units = 0.0
        self._keys: defaultdict[str, list[str]] = defaultdict(list)
        self._items: dict[tuple[str, str], Item] = {}

    def put(self, item: Item) -> None:
        """Stores an item."""
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if (pk, sk) not in self._items:
            insort(self._keys[pk], sk)
        self._items[pk, sk] = item

    def get_paginator(self, operation: str) -> MeteredTable:
        """Of queries."""
        assert operation == "query"
        return self

    def paginate(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Item,
        ScanIndexForward: bool = True,
        Limit: int | None = None,
    ) -> Iterator[Item]:
        """The pages of a range or of a beginning; any other argument is not understood."""
        values = {name: value["S"] for name, value in ExpressionAttributeValues.items()}
        pk, keys = values[":pk"], self._keys.get(values[":pk"], [])
        if "begins_with" in KeyConditionExpression:
            low, high = values[":beginning"], values[":beginning"] + "\U0010ffff"
        else:
            assert "BETWEEN :low AND :high" in KeyConditionExpression
            low, high = values[":low"], values[":high"] + "\0"
        found = keys[bisect_left(keys, low) : bisect_left(keys, high)]
        if not ScanIndexForward:
            found.reverse()
        step = Limit or 1000
        for start in range(0, max(1, len(found)), step):
            page = [self._items[pk, sk] for sk in found[start : start + step]]
            self.units += 0.5 * max(1, math.ceil(sum(map(_size, page)) / 4096))
            yield {"Items": page}

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        """The items of one table."""
        ((table, asked),) = RequestItems.items()
        found = [self._items[where["pk"]["S"], where["sk"]["S"]] for where in asked["Keys"]]
        self.units += sum(0.5 * math.ceil(_size(item) / 4096) for item in found)
        return {"Responses": {table: found}}


def _size(item: Item) -> int:
    return sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())
