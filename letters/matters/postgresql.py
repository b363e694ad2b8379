"""A register in PostgreSQL, for an office with more than one machine. The only module that uses psycopg."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from letters.errors import CannotWrite, Problem
from letters.matters.database import Row

if TYPE_CHECKING:
    import psycopg

_LOCK = 7_251_903  # any number: writers of one register wait for each other, because the chain has one end
_CONNECT_SECONDS = 10


class PostgresDatabase:
    """An open PostgreSQL database.

    Args:
        address: ``postgresql://user@host/name``. A password belongs in a password file (~/.pgpass), not here.

    Raises:
        CannotWrite: psycopg is not installed, or the server does not answer.
    """

    dialect = "postgresql"

    def __init__(self, address: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            hint = "Install it: pip install 'letters[office]'."
            raise CannotWrite(Problem("PostgreSQL needs psycopg, which is not installed.", hint=hint)) from error
        self._error: type[Exception] = psycopg.Error
        self.place = re.sub(r"(://[^/@:]*):[^/@]*@", r"\1@", address)
        with self._errors():
            self._connection: psycopg.Connection[Row] = psycopg.connect(
                address, autocommit=True, connect_timeout=_CONNECT_SECONDS, application_name="letters"
            )

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with self._errors():
            cursor = self._connection.execute(_placeholders(sql), values or None)
            return cursor.fetchall() if cursor.description else []

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        with self._errors(), self._connection.cursor() as cursor:
            cursor.executemany(_placeholders(sql), list(values))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.rows("BEGIN")
        try:
            self.rows("SELECT pg_advisory_xact_lock(?)", _LOCK)
            yield
            self.rows("COMMIT")
        except BaseException:
            with suppress(self._error, CannotWrite):  # the connection may be gone, and the transaction with it
                self.rows("ROLLBACK")
            raise

    def now(self) -> str:
        return str(
            self.rows("""SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""")[0][0]
        )

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            why = " ".join(str(error).split())[:300].rstrip(".")
            code = "database" if type(error).__name__ != "OperationalError" else "unreachable"
            raise CannotWrite(Problem(f"cannot be used: {why}.", self.place, code=code)) from error


def _placeholders(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s") if "?" in sql else sql
