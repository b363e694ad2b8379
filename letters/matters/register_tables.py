"""The tables of a register, and how a register made by an older version of Letters becomes a newer one.

Days are texts (2019-08-02), because both databases then give back the same. What may name persons stands in
`entry.about`, `identifier`, `file.path` and `detail`, so that it can be erased without breaking the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from letters.errors import CannotWrite, Problem
from letters.matters.database import Database

_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE counter(
  series TEXT NOT NULL, year INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(series, year));
CREATE TABLE entry(
  id BIGINT PRIMARY KEY, matter BIGINT NOT NULL, way TEXT NOT NULL CHECK(way IN('in','out','other')),
  series TEXT, year INTEGER, number INTEGER, reference TEXT UNIQUE,
  state TEXT NOT NULL CHECK(state IN('received','taken','reserved','draft','review','returned','issued','sent','void')),
  kind TEXT NOT NULL, day TEXT NOT NULL, run TEXT UNIQUE, place TEXT, request TEXT NOT NULL, content TEXT NOT NULL,
  files TEXT NOT NULL, hold TEXT, about TEXT, salt {bytes}, promise {bytes} NOT NULL, entered BIGINT NOT NULL,
  changed BIGINT NOT NULL, mac {bytes} NOT NULL, UNIQUE(series, year, number));
CREATE INDEX entry_matter ON entry(matter);
CREATE INDEX entry_place ON entry(place);
CREATE TABLE identifier(entry BIGINT NOT NULL, what TEXT NOT NULL, form TEXT NOT NULL, PRIMARY KEY(what, form, entry));
CREATE INDEX identifier_entry ON identifier(entry);
CREATE TABLE file(entry BIGINT NOT NULL, role TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX file_entry ON file(entry);
CREATE TABLE clock(entry BIGINT NOT NULL, seq BIGINT PRIMARY KEY, event TEXT NOT NULL, day TEXT NOT NULL, days INTEGER,
  deadline TEXT NOT NULL, basis TEXT NOT NULL);
CREATE INDEX clock_entry ON clock(entry);
CREATE TABLE alias(form TEXT NOT NULL, name TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY(form, name));
CREATE TABLE log(seq BIGINT PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, entry BIGINT,
  digest {bytes} NOT NULL, mac {bytes} NOT NULL);
CREATE INDEX log_entry ON log(entry);
CREATE TABLE detail(seq BIGINT PRIMARY KEY, salt {bytes} NOT NULL, data TEXT NOT NULL)
"""
# The log refuses changes by itself, so that a mistaken statement does no harm; the keyed chain finds those that do not
# go through the database.
_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER log_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT,'rows are only added'); END",
        "CREATE TRIGGER log_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT,'rows are only added'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION letters_log_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows are only added'; END $$",
        "CREATE TRIGGER log_change BEFORE UPDATE OR DELETE ON log FOR EACH ROW EXECUTE FUNCTION letters_log_only()",
        "CREATE TRIGGER log_truncate BEFORE TRUNCATE ON log EXECUTE FUNCTION letters_log_only()",
    ),
}
_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}

# What leads from each version to the next; the first makes a new register. Released ones never change.
MIGRATIONS: tuple[str, ...] = (_TABLES,)
VERSION = len(MIGRATIONS)
TABLES = ("meta", "counter", "entry", "identifier", "file", "clock", "alias", "log", "detail")


def create(database: Database) -> None:
    """Make the tables of a new register, within a transaction."""
    for number in range(VERSION):
        _run(database, number)
    database.rows("INSERT INTO meta VALUES('version', ?)", str(VERSION))


def migrate(database: Database) -> None:
    """Bring a register up to this version of Letters. Raises CannotWrite if a newer one has written it."""
    if (found := version_of(database)) == VERSION:
        return
    if found > VERSION:
        raise CannotWrite(
            Problem(
                f"was written by a newer version of Letters (register version {found}; this one knows {VERSION}).",
                where=database.place,
                hint="Install the newer version.",
                code="newer",
            )
        )
    with database.transaction():
        for number in range(version_of(database), VERSION):  # another process may have done it by now
            _run(database, number)
        database.rows("UPDATE meta SET value=? WHERE name='version'", str(VERSION))


def version_of(database: Database) -> int:
    """The version of a register. Raises CannotWrite if the database is not a register."""
    try:
        found = database.rows("SELECT value FROM meta WHERE name='version'")
    except CannotWrite as error:
        if error.problems[0].code != "database":
            raise
        found = []
    if not found or not str(found[0][0]).isdigit():
        is_file = database.dialect == "sqlite"
        hint = "Restore a backup: letters register restore FILE." if is_file else "Create one: letters register create."
        raise CannotWrite(Problem("is not a register.", database.place, hint, "not-a-register"))
    return int(found[0][0])


def _run(database: Database, number: int) -> None:
    statements: Sequence[str] = MIGRATIONS[number].format(bytes=_BYTES[database.dialect]).split(";\n")
    for statement in (*statements, *(_GUARDS[database.dialect] if number == 0 else ())):
        database.rows(statement.strip())
