"""The files of a library as workers need them: their list, their digest, and a copy to send to other machines."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from letters.library.library import Library


def library_files(library: Library) -> list[Path]:
    """Every file that letters are made of, sorted by name; hidden files and Word's lock files are left out."""
    return sorted(
        file
        for folder in (library.templates, library.prompts)
        for file in folder.rglob("*")
        if file.is_file() and not any(part.startswith((".", "~$")) for part in file.relative_to(library.root).parts)
    )


def library_digest(library: Library) -> str:
    """SHA-256 of the names and contents of a library's files, in hexadecimal."""
    found = hashlib.sha256()
    for file in library_files(library):
        data = library.read(file)
        found.update(f"{library.name_of(file)}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def packed(library: Library) -> bytes:
    """The files of a library as a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in library_files(library):
            archive.writestr(library.name_of(file), library.read(file))
    return out.getvalue()


def unpack(data: bytes, folder: Path) -> None:
    """Unpack what `packed` gave into a folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
