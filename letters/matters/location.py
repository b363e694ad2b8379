"""Where a library keeps its register, and the key of its log.

The first of these is used: the environment variable ``LETTERS_REGISTER`` (a path, or ``postgresql://…``; ``none`` for
no register); the line ``register = "…"`` in the library's `letters.toml`; the file `register.db` in the library, if
there is one. Otherwise the library has no register, and letters are written as if there were none.

Beside the file are two others: `register.key`, the key of the log, and `register.head`, which says how far the log has
come. A register that is older than its head file was restored from a copy, or cut off: it gives no numbers until
somebody has looked at it.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from letters._system.environment import user_name, variable, working_folder
from letters._system.output import write_all
from letters._text.lazy_pattern import pattern
from letters.errors import CannotWrite, LibraryAtFault, Problem, Usage
from letters.library.library import Library
from letters.matters import register_tables
from letters.matters.database import Database
from letters.matters.reference_numbers import NumberFormat
from letters.matters.register import SERIES, Register

DEFAULT_NAME = "register.db"
_VARIABLE = "LETTERS_REGISTER"
_OFF = "none"
_SETTINGS = "letters.toml"
_SETTING = pattern(r"^register\s*=.*$", re.M)
_KEY_HEAD = "# The key of the register's log. Keep it with the register and within the office; keep a copy elsewhere.\n"


class RegisterLocation(Struct, frozen=True):
    """Where a register is.

    Args:
        address: a path, or ``postgresql://…``.
        chosen_by: what named it, for messages.
        folder: of a relative path, and of the key of a register in PostgreSQL.
    """

    address: str
    chosen_by: str
    folder: Path

    @property
    def is_file(self) -> bool:
        """Whether it is a SQLite file."""
        return not self.address.startswith(("postgresql://", "postgres://"))

    @property
    def file(self) -> Path:
        """The SQLite file, or where it would be beside the key."""
        return self.folder / (self.address if self.is_file else DEFAULT_NAME)

    @property
    def key_file(self) -> Path:
        return self.file.with_suffix(".key")

    @property
    def head_file(self) -> Path:
        return self.file.with_suffix(".head")


def register_location(library: Library) -> RegisterLocation | None:
    """Where a library's register is; None if it has not chosen one. Raises LibraryAtFault."""
    if named := variable(_VARIABLE).strip():
        return None if named == _OFF else RegisterLocation(named, _VARIABLE, working_folder())
    if chosen := settings_of(library).get("register"):
        return RegisterLocation(chosen, str(library.root / _SETTINGS), library.root)
    usual = _usual_location(library)
    # A register whose file has gone is missing, which is not the same as a library that never had one.
    return usual if any(file.is_file() for file in (usual.file, usual.key_file, usual.head_file)) else None


def settings_of(library: Library) -> dict[str, Any]:
    """What a library's `letters.toml` says; nothing if there is none. Raises LibraryAtFault."""
    file = library.root / _SETTINGS
    settings = library.toml(file) if file.is_file() else {}
    chosen = settings.get("register")
    if chosen is not None and not (isinstance(chosen, str) and chosen):
        hint = 'Write a path or an address: register = "register.db".'
        raise LibraryAtFault(Problem("“register” is not text.", library.name_of(file), hint, "value"))
    return settings


def location_for_new(library: Library, address: str = "") -> RegisterLocation:
    """Where a library may begin a register.

    Args:
        address: where somebody wants it; empty for the place that is chosen already, or else the usual one.

    Raises:
        Usage: there is one, or what begins there would not be the register of the library.
        LibraryAtFault: its place is written wrongly.
    """
    where = register_location(library)
    is_other = where is not None and address not in ("", where.address)
    if where is not None and (where.file.exists() if where.is_file else is_other):
        hint = "To move it: letters register move PLACE."
        raise Usage(Problem("This library has a register already.", without_password(where.address), hint))
    if where is not None and where.chosen_by == _VARIABLE and is_other:
        message = f"{_VARIABLE} names the place of the register, {without_password(where.address)}."
        raise Usage(Problem(message, "--at", "Leave --at out to begin it there, or unset the variable."))
    if where is None and (library.is_shipped or variable(_VARIABLE).strip() == _OFF):
        raise no_register(library)
    if where is None or is_other:
        return RegisterLocation(address, "--at", library.root) if address else _usual_location(library)
    return where


def _usual_location(library: Library) -> RegisterLocation:
    return RegisterLocation(DEFAULT_NAME, str(library.root), library.root)


def open_register(library: Library, *, even_if_older: bool = False, **options: Any) -> Register | None:
    """The register of a library, up to date; None if it has not chosen one.

    Args:
        even_if_older: open it although it is older than its head file.
        options: of `Register`.

    Raises:
        CannotWrite: it cannot be opened, or is older than its head file.
        LibraryAtFault: its place is written wrongly.
    """
    where = register_location(library)
    return None if where is None else open_at(where, even_if_older=even_if_older, **options)


def open_at(where: RegisterLocation, *, even_if_older: bool = False, **options: Any) -> Register:
    """The register at a place. Raises as `open_register`."""
    database = connect(where)
    try:
        register_tables.migrate(database)
        register = Register(database, read_key(where), user_name(), after=head_keeper(where), **options)
        if moved := register.meta("moved to"):
            raise CannotWrite(Problem(f"has moved to {moved}.", where.address, code="moved"))
        if not even_if_older:
            _refuse_older(where, register)
        return register
    except BaseException:
        database.close()
        raise


def create_register(
    where: RegisterLocation,
    numbers: NumberFormat,
    starts: Mapping[int, int],
    *,
    key: bytes | None = None,
    **options: Any,
) -> Register:
    """A new, empty register, with a key of its own.

    Raises:
        CannotWrite: there is something already, or the database cannot be reached.
    """
    for file in (where.key_file, where.head_file):
        if file.exists():
            hint = "Restore a backup of the register it belongs to (letters register restore FILE), or move it away."
            raise CannotWrite(Problem("already exists.", str(file), hint, "exists"))
    database = connect(where, create=True)
    key = key or secrets.token_bytes(32)
    write_all({where.key_file: key_file_content(key)}, private=True)
    register = Register(database, key, user_name(), after=head_keeper(where), **options)
    register.set_up(numbers, starts)
    return register


def key_file_content(key: bytes) -> bytes:
    """The content of a key file."""
    return f"{_KEY_HEAD}{key.hex()}\n".encode()


def choose(library: Library, address: str) -> Path:
    """Write the place of the register into the library's `letters.toml`; returns that file."""
    file = library.root / _SETTINGS
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    line = f"register = {json.dumps(address, ensure_ascii=False)}"
    if _SETTING.search(text):
        text = _SETTING.sub(lambda found: line, text)
    else:  # before the first table, where it would belong to the table
        comments = re.match(r"(?:#.*\n|\s*\n)*", text)
        at = comments.end() if comments else 0
        text = f"{text[:at]}{line}\n{text[at:]}"
    write_all({file: text.encode()}, overwrite=True)
    return file


def without_password(address: str) -> str:
    """An address as messages may show it."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1@", address)


def read_head(where: RegisterLocation) -> Mapping[str, Any]:
    """How far the log had come when it was last written, as far as the file beside the key tells."""
    with suppress(OSError, ValueError):
        found = json.loads(where.head_file.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def connect(where: RegisterLocation, *, create: bool = False) -> Database:
    """Connect to the database of a register, which a file must have already unless ``create``. Raises CannotWrite."""
    if where.is_file:
        from letters.matters.sqlite_file import SqliteFile

        return SqliteFile(where.file, create=create)
    from letters.matters.postgresql import PostgresDatabase

    return PostgresDatabase(where.address)


def read_key(where: RegisterLocation) -> bytes:
    """The key of the log. Raises CannotWrite if it is missing."""
    try:
        lines = [line for line in where.key_file.read_text(encoding="utf-8").split("\n") if not line.startswith("#")]
        key = bytes.fromhex("".join(lines).strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        hint = "Restore this file from a copy; without it, nothing in the log can be checked."
        raise CannotWrite(Problem("is missing or is not a key.", str(where.key_file), hint, "key"))
    return key


def head_keeper(where: RegisterLocation) -> Callable[[Register], None]:
    """What writes the head file after every change. A head that is a little old does no harm."""

    def keep(register: Register) -> None:
        seq, _ = register.log.last()
        if seq < int(read_head(where).get("seq", 0)):
            return
        counters = register.database.rows("SELECT year, last FROM counter WHERE series=?", SERIES)
        data = json.dumps(
            {"seq": seq, "head": register.log.head(), "last": {str(year): int(last) for year, last in counters}}
        )
        with suppress(OSError):
            handle, name = tempfile.mkstemp(prefix=".letters-", suffix=".part", dir=where.head_file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(data)
            Path(name).replace(where.head_file)

    return keep


def _refuse_older(where: RegisterLocation, register: Register) -> None:
    kept = read_head(where)
    seq = int(kept.get("seq", 0))
    if not seq:
        return
    last, _ = register.log.last()
    if last >= seq and register.log.head(seq) == kept.get("head"):
        return
    raise CannotWrite(
        Problem(
            f"is not the register that was written last: its log ends at row {last}, and row {seq} was written already."
            if last < seq
            else "is not the register that was written last: its log differs.",
            where=without_password(where.address),
            hint="If it is a copy that was put back, say so: letters register restore COPY. The numbers given "
            "since then are not given again.",
            code="older",
        )
    )


def refuse_no_register(library: Library, register: Register | None) -> Register:
    """The register. Raises Usage if the library has none."""
    if register is None:
        raise no_register(library)
    return register


def no_register(library: Library) -> Usage:
    """What to raise where a library has no register, with how to get one."""
    if variable(_VARIABLE).strip() == _OFF:
        message, hint = f"{_VARIABLE} is “{_OFF}”, so there is no register.", "Unset it, or name a register in it."
    elif library.is_shipped:
        message = "The library that comes with Letters keeps no register."
        hint = f"Make a library of your own (letters init), or name a file in {_VARIABLE}."
    else:
        message, hint = "This library has no register.", "Begin one: letters register create."
    return Usage(Problem(message, hint=hint, code="no-register"))


def returned_letters(library: Library) -> Path:
    """The folder for copies of letters as they were returned: beside the register, or in the library."""
    where = register_location(library)
    return where.file.parent / "returned-letters" if where else library.root
