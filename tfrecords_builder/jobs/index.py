"""All photos of a build, ordered by their content, on disk instead of in memory."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from typing import Any, Self

_TABLE = """CREATE TABLE files (
    position INTEGER PRIMARY KEY, digest TEXT, path TEXT, name TEXT, place INTEGER,
    feature TEXT, split TEXT)"""
# Of files with the same content the first that was found stands for all: beside MIN,
# SQLite takes the other columns from the row that has the minimum.
_ORDERED = """CREATE TABLE ordered AS SELECT
    digest, path, name, place, feature, split, MIN(position) AS position
    FROM files GROUP BY digest ORDER BY digest"""


def lowest_hashes(share: float) -> str:
    """The hex hash below which lies `share` of all hashes: the val split."""
    return f"{int(share * 16**12):012x}"


class Index:
    """Files by the hash of their content: duplicates, splits, and a shuffled order.

    The order by hash is as good as a shuffle and depends on nothing but the content.
    The table lies in a temporary file, so memory does not grow with the photos. To
    be used as a context, which removes it at the end.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tfrecords_builder_")
        self._table = sqlite3.connect(os.path.join(self._folder.name, "index.db"))
        # A temporary file need not survive a crash.
        self._table.execute("PRAGMA synchronous = OFF")
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("PRAGMA temp_store = FILE")
        self._table.execute(_TABLE)

    def add(self, rows: list[list[Any]]) -> None:
        """Adds scanned rows: [digest, path, name, offset, feature, split]."""
        insert = "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?)"
        self._table.executemany(insert, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._table.close()
        self._folder.cleanup()

    def group(self) -> None:
        """Finds duplicates; to be called once, after the last `add`."""
        self._table.execute(_ORDERED)

    def duplicates(self) -> Iterator[dict[str, str]]:
        """Yields `file` and `same_as` of each file that repeats another's content."""
        query = (
            "SELECT files.path, files.name, ordered.path, ordered.name FROM files "
            "JOIN ordered USING (digest) WHERE files.position NOT IN "
            "(SELECT position FROM ordered) ORDER BY files.position"
        )
        for path, name, first_path, first_name in self._table.execute(query):
            yield {"file": path, "name": name, "same_as": first_path or first_name}

    def count(self) -> int:
        """How many different contents there are."""
        return self._one("SELECT COUNT(*) FROM ordered")

    def count_below(self, share: float) -> int:
        """How many contents have a hash in the lowest `share` of all hashes."""
        query = "SELECT COUNT(*) FROM ordered WHERE digest < ?"
        return self._one(query, lowest_hashes(share))

    def rows(self, start: int, stop: int) -> list[list[Any]]:
        """[digest, path, name, offset, feature, split] of a part, ordered by hash."""
        query = (
            "SELECT digest, path, name, place, feature, split FROM ordered "
            "WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
        )
        return [list(row) for row in self._table.execute(query, (start, stop))]

    def _one(self, query: str, *values: Any) -> int:
        return self._table.execute(query, values).fetchone()[0]
