"""The log of a register: rows are only added, and each is chained to the one before it by a keyed hash.

A row says when, who and what; what may name persons is in its detail, which can be erased: the row keeps only a salted
digest of it. The end of the chain is its head. The head stands in the record of every letter, in backups, and in a file
beside the key, so that a log whose end was cut off is found out too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from letters.matters.database import Database

_PERSON = b"letters register"


class LogRow(Struct, frozen=True):
    """One row of the log, with its detail; None if that was erased."""

    seq: int
    at: str
    who: str
    what: str
    entry: int | None
    detail: Mapping[str, Any] | None


class EventLog:
    """The log.

    Args:
        key: 32 bytes, which are not in the database.
        who: the user's name.
        salts: so many random bytes.
        clock: the time, if it is not to be the database's.
    """

    def __init__(
        self,
        database: Database,
        key: bytes,
        who: str,
        salts: Callable[[int], bytes],
        clock: Callable[[], str] | None = None,
    ) -> None:
        self._database, self._key, self._who, self._salts = database, key, who, salts
        self._now = clock or database.now

    def add(self, what: str, entry: int | None, **detail: Any) -> int:
        """Add a row, within a transaction; returns its number."""
        last = self.last()
        seq, at, salt, data = last[0] + 1, self._now(), self._salts(16), canonical(detail)
        digest = salted(salt, data)
        mac = self.mac(last[1], seq, at, self._who, what, entry, digest)
        self._database.rows("INSERT INTO log VALUES(?,?,?,?,?,?,?)", seq, at, self._who, what, entry, digest, mac)
        self._database.rows("INSERT INTO detail VALUES(?,?,?)", seq, salt, data)
        return seq

    def last(self) -> tuple[int, bytes]:
        """Number and mac of the last row."""
        rows = self._database.rows("SELECT seq, mac FROM log ORDER BY seq DESC LIMIT 1")
        return (int(rows[0][0]), bytes(rows[0][1])) if rows else (0, b"")

    def head(self, seq: int | None = None) -> str:
        """The head as letters carry it, ``17:0123456789abcdef``: of the whole log, or as it was after a row."""
        if seq is None:
            number, mac = self.last()
            return shown_head(number, mac)
        rows = self._database.rows("SELECT mac FROM log WHERE seq=?", seq)
        return shown_head(seq, bytes(rows[0][0])) if rows else ""

    def mac(self, before: bytes, *row: Any) -> bytes:
        """The keyed hash of a row, chained to the one before."""
        values = [value.hex() if isinstance(value, bytes) else value for value in row]
        return self.keyed(before + json.dumps(values).encode())

    def keyed(self, data: bytes) -> bytes:
        """A keyed hash of any data."""
        return hashlib.blake2b(data, key=self._key, person=_PERSON, digest_size=32).digest()

    def about(self, entry: int) -> list[LogRow]:
        """The rows about one entry, oldest first."""
        rows = self._database.rows(
            "SELECT l.seq, l.at, l.who, l.what, l.entry, d.data FROM log l LEFT JOIN detail d ON d.seq = l.seq "
            "WHERE l.entry=? ORDER BY l.seq",
            entry,
        )
        return [
            LogRow(seq, at, who, what, entry, json.loads(data) if data else None)
            for seq, at, who, what, entry, data in rows
        ]


def shown_head(seq: int, mac: bytes) -> str:
    """A head as letters carry it."""
    return f"{seq}:{mac.hex()[:16]}"


def canonical(value: Any) -> str:
    """JSON in which equal values are equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def salted(salt: bytes, data: str) -> bytes:
    """The digest of a text that cannot be guessed once its salt is gone."""
    return hashlib.blake2b(data.encode("utf-8", "surrogatepass"), key=salt, digest_size=32).digest()
