"""Keeping the sandbox's state over a restart: one small SQLite file, written once per request."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

Row = TypeVar("Row", bound=BaseModel)


class Store:
    """Rows of JSON by kind and key. Without a folder nothing is written."""

    def __init__(self, folder: Path | None = None) -> None:
        self._pending: dict[tuple[str, str], str | None] = {}
        self._file: sqlite3.Connection | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, body TEXT, PRIMARY KEY(kind, key))"
            )

    @property
    def keeps(self) -> bool:
        """Whether anything survives a restart."""
        return self._file is not None

    def rows(self, kind: str) -> list[tuple[str, str]]:
        """All stored rows of a kind, oldest first."""
        if self._file is None:
            return []
        return list(self._file.execute("SELECT key, body FROM rows WHERE kind = ? ORDER BY rowid", (kind,)))

    def write(self, kind: str, key: str, body: str | None) -> None:
        """Remember a row (None: its removal) for the next flush."""
        self._pending[(kind, key)] = body

    def flush(self) -> None:
        """Write what has changed, all or nothing."""
        if self._file is None or not self._pending:
            return
        self._file.execute("BEGIN IMMEDIATE")
        for (kind, key), body in self._pending.items():
            if body is None:
                self._file.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._file.execute(
                    "INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT(kind, key) DO UPDATE SET body = excluded.body",
                    (kind, key, body),
                )
        self._file.execute("COMMIT")
        self._pending.clear()

    def close(self) -> None:
        """Flush and let go of the file."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None


class Shelf(Generic[Row]):
    """The rows of one kind, held in memory and mirrored into the store."""

    def __init__(self, store: Store, kind: str, model: type[Row]) -> None:
        self._store = store
        self._kind = kind
        self._rows: dict[str, Row] = {key: model.model_validate_json(body) for key, body in store.rows(kind)}

    def put(self, key: str, row: Row) -> None:
        """Add or replace a row; call it again after changing a row in place."""
        self._rows[key] = row
        if self._store.keeps:
            self._store.write(self._kind, key, row.model_dump_json())

    def get(self, key: str) -> Row | None:
        """The row, or None."""
        return self._rows.get(key)

    def remove(self, key: str) -> None:
        """Forget a row."""
        if self._rows.pop(key, None) is not None and self._store.keeps:
            self._store.write(self._kind, key, None)

    def clear(self) -> None:
        """Forget all rows."""
        for key in list(self._rows):
            self.remove(key)

    def newest_first(self) -> Iterator[Row]:
        """Rows, the one added last first."""
        return reversed(list(self._rows.values()))

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)
