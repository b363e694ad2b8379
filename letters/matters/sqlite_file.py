"""A register in one SQLite file. The only module that uses sqlite3.

The file has a rollback journal, not a write-ahead log: a copy of it is then complete by itself, and every version of
SQLite can read it. A write begins with BEGIN IMMEDIATE, because a transaction that reads first and then writes fails
at once, whatever the timeout, when somebody else has written in between. Erased words do not stay behind in free pages.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from letters._system.network_drives import network_drive
from letters._system.private_files import make_private
from letters.errors import CannotWrite, Problem
from letters.matters.database import Row

_BUSY_SECONDS = 60.0  # a batch of 20,000 rows reserves its numbers in one transaction of some seconds
_SETTINGS = ("foreign_keys=ON", "journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON")


class SqliteFile:
    """An open SQLite file.

    Args:
        file: its path.
        create: make a new file, which only its owner can read; otherwise it must exist.
        busy_seconds: how long to wait while another process writes.

    Raises:
        CannotWrite: there is no such file, it exists already, it is not a database, or it is on a network drive.
    """

    dialect = "sqlite"

    def __init__(self, file: Path, *, create: bool = False, busy_seconds: float = _BUSY_SECONDS) -> None:
        self.place = str(file)
        if drive := network_drive(file):
            raise CannotWrite(
                Problem(
                    f"is on a network drive ({drive}), where a database file is not safe.",
                    where=self.place,
                    hint="Keep the register on a disk of one machine, or in PostgreSQL: letters register create "
                    "--at postgresql://HOST/NAME.",
                    code="network-drive",
                )
            )
        if create:
            self._create(file)
        elif not file.is_file():
            raise CannotWrite(
                Problem("is missing.", self.place, "Restore it: letters register restore BACKUP.", "missing")
            )
        with self._errors():
            address = f"{file.absolute().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(address, uri=True, timeout=busy_seconds, isolation_level=None)
            for setting in _SETTINGS:
                self._connection.execute(f"PRAGMA {setting}")

    def _create(self, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            make_private(file)
        except FileExistsError:
            raise CannotWrite(Problem("already exists.", self.place, "Choose another file.", "exists")) from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CannotWrite(Problem(f"cannot be created: {reason}.", self.place)) from error

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with self._errors():
            return self._connection.execute(sql, values).fetchall()

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        with self._errors():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._errors():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._errors():
                self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has ended the transaction already
                self._connection.execute("ROLLBACK")
            raise

    def now(self) -> str:
        return str(self.rows("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")[0][0])

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CannotWrite(_in_words(error, self.place)) from error


def _in_words(error: sqlite3.Error, place: str) -> Problem:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Problem("is in use by another program.", place, "Wait a moment, and run this again.", "busy")
    if name.startswith("SQLITE_FULL"):
        return Problem("cannot be written: the disk is full.", place, "Free some space, and run this again.", "full")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return Problem("cannot be written.", place, "Check who may write to the file and to its folder.", "read-only")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Problem("is damaged, or is not a register.", place, "Restore a backup: letters register restore FILE.")
    return Problem(f"cannot be used: {error}.", place, code="database")
