"""Copies of a register: a backup, a backup put back, and a move to another database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from letters._system.environment import user_name
from letters._system.output import write_all
from letters.errors import CannotWrite, Problem
from letters.matters import register_tables
from letters.matters.database import Database
from letters.matters.integrity import verify_register
from letters.matters.location import RegisterLocation, connect, head_keeper, open_at, read_key, without_password
from letters.matters.register import SERIES, Register
from letters.matters.sqlite_file import SqliteFile

_CHUNK = 1000


def back_up(register: Register, file: Path) -> str:
    """Copy a register into a new SQLite file, without its key; returns the head of its log.

    Raises:
        CannotWrite: the file exists, or the disk is full.
    """
    target = SqliteFile(file, create=True)
    try:
        return copy_all(register, target)
    except BaseException:
        target.close()
        file.unlink(missing_ok=True)
        raise
    finally:
        target.close()


def copy_all(register: Register, target: Database) -> str:
    """Copy every row into an empty database, as they are at one moment; returns the head of the log."""
    source = register.database
    with source.transaction(), target.transaction():
        register_tables.create(target)
        target.rows("DELETE FROM meta")
        for table in register_tables.TABLES:
            rows = source.rows(f"SELECT * FROM {table}")
            marks = ",".join("?" * len(rows[0])) if rows else ""
            for start in range(0, len(rows), _CHUNK):
                target.many(f"INSERT INTO {table} VALUES({marks})", rows[start : start + _CHUNK])
        return register.log.head()


def refuse_faulty(register: Register) -> None:
    """Raise CannotWrite if a register is not as it was written."""
    if problems := verify_register(register).problems:
        raise CannotWrite(Problem(problem, register.database.place, code="changed") for problem in problems)


def after_restoring(register: Register, kept: Mapping[str, Any], today: date) -> list[str]:
    """Note that an older copy was put back, and make the numbers given since then void: letters carry them.

    Args:
        kept: the head file, as `location.read_head` gives it.
        today: the day at the office.

    Returns:
        The numbers that are void now.
    """
    lost: list[str] = []
    for year, last in sorted(kept.get("last", {}).items()):
        rows = register.database.rows("SELECT last FROM counter WHERE series=? AND year=?", SERIES, int(year))
        missing = int(last) - (int(rows[0][0]) if rows else 0)
        if missing > 0:
            day = today if today.year == int(year) else date(int(year), 12, 31)
            lost += register.take(day, "lost with a newer register", missing)
    why = "The register was put back from an older copy; a letter may carry this number."
    for reference in lost:
        register.void(reference, why)
    with register.database.transaction():
        register.log.add("restored", None, lost=lost, seq=kept.get("seq"), head=kept.get("head"))
    return lost


def mark_moved(register: Register, address: str) -> None:
    """Close an old register for good, once its rows are elsewhere."""
    with register.database.transaction():
        register.log.add("moved", None, to=address)
        register.database.rows("INSERT INTO meta VALUES('moved to', ?)", address)


def put_back(source: RegisterLocation, where: RegisterLocation) -> Register:
    """Put a backup in the place of a register; returns that register, opened.

    A register in a file is replaced, and its old file kept beside it; one in PostgreSQL must be an empty database.

    Raises:
        CannotWrite: the backup is not whole, is of another register, or cannot be written there.
    """
    backup = SqliteFile(source.file)
    try:
        register = Register(backup, read_key(where), user_name())
        register_tables.version_of(backup)
        refuse_faulty(register)
        if where.is_file:
            if where.file.exists():
                where.file.replace(_unused(where.file.with_suffix(".replaced.db")))
            target: Database = SqliteFile(where.file, create=True)
        else:
            target = connect(where)
        try:
            copy_all(register, target)
        finally:
            target.close()
    finally:
        backup.close()
    return open_at(where, even_if_older=True)


def move(where: RegisterLocation, to: RegisterLocation) -> None:
    """Move a register. The old one is kept, but takes no more entries. Raises CannotWrite."""
    register = open_at(where)
    try:
        refuse_faulty(register)
        new = connect(to, create=True)
        try:
            copy_all(register, new)
        finally:
            new.close()
        if to.key_file != where.key_file:
            write_all({to.key_file: where.key_file.read_bytes()}, private=True)
        mark_moved(register, without_password(to.address))
    finally:
        register.close()
    moved = open_at(to, even_if_older=True)
    try:
        refuse_faulty(moved)
        with moved.database.transaction():
            moved.log.add("moved here", None, source=without_password(where.address))
        head_keeper(to)(moved)
    finally:
        moved.close()


def _unused(file: Path) -> Path:
    number, found = 1, file
    while found.exists():
        number += 1
        found = file.with_stem(f"{file.stem}-{number}")
    return found
