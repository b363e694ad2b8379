"""Registers for tests: a new one in a file, entries for it, and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from letters.matters.location import RegisterLocation, create_register
from letters.matters.reference_numbers import NumberFormat
from letters.matters.register import NumberWanted, Register

AUGUST = date(2019, 8, 2)
FORMAT = NumberFormat("OGC-{year}-{number:04}")
AGENCY = "U.S. Immigration and Customs Enforcement"
_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def place_at(folder: Path, address: str = "register.db") -> RegisterLocation:
    return RegisterLocation(address, "the test", folder)


def new_register(folder: Path, address: str = "register.db", **starts: int) -> Register:
    """A new register; ``y2019=142`` begins 2019 with number 142."""
    return create_register(place_at(folder, address), FORMAT, {int(year[1:]): first for year, first in starts.items()})


def wanted(run: str, day: date = AUGUST, reference: str = "", **about: Any) -> NumberWanted:
    """A denial that needs a number."""
    place, kind, content = about.pop("place", ""), about.pop("kind", "denial"), about.pop("content", run)
    about = {"agency": AGENCY, "received": "2019-08-01", "sought": f"a log-in for {run}", **about}
    return NumberWanted(run, kind, day, about, content, reference, place)


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server of its own, in a folder that goes with it; empty if none can be started."""
    if not _POSTGRES or os.getuid() != 0 or not shutil.which("su"):
        yield ""
        return
    programs, folder = _POSTGRES[-1], Path(tempfile.mkdtemp(prefix="letters-pg-"))
    shutil.chown(folder, "postgres")
    server = ["su", "postgres", "-c"]
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    start = (
        f"{programs}/initdb -D {folder}/data -A trust -U letters --no-sync >/dev/null && "
        f"{programs}/pg_ctl -D {folder}/data -w -t 30 -l {folder}/log -o '{options}' start >/dev/null"
    )
    try:
        begun = subprocess.run([*server, start], capture_output=True, cwd="/")
        yield f"postgresql://letters@/postgres?host={folder}" if not begun.returncode else ""
    finally:
        subprocess.run([*server, f"{programs}/pg_ctl -D {folder}/data -m immediate stop"], capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)
