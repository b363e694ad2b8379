"""A library's files changed as their keepers change them: a Word file by a word processor, a text file by an editor."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path


def edit(docx: Path, part: str, old: str, new: str) -> None:
    """Change the file as a word processor would: the same parts, one of them different."""
    source = zipfile.ZipFile(io.BytesIO(docx.read_bytes()))
    assert old in source.read(part).decode(), old
    with zipfile.ZipFile(docx, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.decode().replace(old, new).encode() if name == part else content)


def edited(docx: bytes, *changes: tuple[str, str], part: str = "word/document.xml") -> bytes:
    """A Word file with each old text in one part replaced once, saved as another program would save it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                for old, new in changes:
                    assert old in content.decode(), old
                    content = content.decode().replace(old, new, 1).encode()
            target.writestr(name, content)
    return out.getvalue()


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
