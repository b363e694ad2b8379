"""What a register asks of a database. `sqlite_file` and `postgresql` are the two kinds there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class Database(Protocol):
    """An open database. SQL is written with ``?`` for each value.

    Every method raises CannotWrite if the database cannot be reached, is full, or is busy for too long.
    """

    dialect: str
    """``sqlite`` or ``postgresql``."""

    place: str
    """What messages call it: a path, or an address without its password."""

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Run one statement, and return its rows."""

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each set of values."""

    def transaction(self) -> AbstractContextManager[None]:
        """A transaction in which nobody else writes: all of it is kept, or none."""

    def now(self) -> str:
        """The database's own time, in UTC: 2019-08-02T15:04:05Z."""

    def close(self) -> None:
        """Close it."""
