"""Files that Letters keeps beside its compiled modules, from process to process, as Python keeps what those compile to.

They are kept under the same conditions: for one version of Python, where this may write, and unless Python is told to
keep nothing. Whoever can change them can change the modules, too.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

PYTHON = sys.version.encode()
"""The version that what depends on Python alone is kept for."""


def kept_file(name: str) -> Path | None:
    """The file of that name; None if Python keeps no compiled modules."""
    if __spec__ is None or not __spec__.cached:
        return None
    return Path(__spec__.cached).with_name(f"{name}.{sys.implementation.cache_tag}")


def read_kept(file: Path, version: bytes = PYTHON) -> dict[Any, Any]:
    """What a file holds; nothing if it is not there, is damaged, or is of another version."""
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    content = data[len(_head(b"", version)) :]
    found: dict[Any, Any] = marshal.loads(content) if data.startswith(_head(content, version)) else {}
    return found


def write_kept(file: Path, kept: dict[Any, Any], version: bytes = PYTHON) -> bool:
    """Keep what `marshal` can write. Returns whether that was possible."""
    if sys.dont_write_bytecode:
        return False
    content = marshal.dumps(kept)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        temporary.write_bytes(_head(content, version) + content)
        temporary.replace(file)
        return True
    return False


def _head(content: bytes, version: bytes) -> bytes:
    """What a file begins with: the version that it is for, and a checksum."""
    return b"%s\n%08x\n" % (version, zlib.crc32(content))
