"""What a new office calls itself after the first mention, in the words that it takes over from another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from letters._text.toml_inline import in_toml
from letters.docx.package import open_package, write_parts


def with_short_name(files: Mapping[str, bytes], theirs: str, ours: str) -> dict[str, bytes]:
    """The files of a library with our short name in place of theirs; comments stay as they are.

    Args:
        files: text files and Word files, by name.
        theirs: such as ``the Department``; the Department of something is another.
    """
    if theirs == ours:
        return dict(files)
    name = re.compile(rf"\b(?:{re.escape(theirs)}|{re.escape(_capitalized(theirs))})\b(?! of\b)")

    def replaced(text: str, ours: str) -> str:
        return name.sub(lambda found: ours if found[0] == theirs else _capitalized(ours), text)

    def in_file(file: str, data: bytes) -> bytes:
        if file.endswith(".docx"):
            parts = open_package(data, file).parts
            words = [part for part in parts if part.startswith("word/") and part.endswith(".xml")]
            new = {part: replaced(parts[part].decode(), escape(ours)).encode() for part in words}
            return write_parts({**parts, **new}) if any(new[part] != parts[part] for part in words) else data
        if file.endswith(".pdf"):  # a form is its author's
            return data
        lines = data.decode("utf-8-sig").splitlines(keepends=True)
        quoted = in_toml(ours)[1:-1] if file.endswith(".toml") else escape(ours) if file.endswith(".html") else ours
        return "".join(line if line.startswith("#") else replaced(line, quoted) for line in lines).encode()

    return {file: in_file(file, data) for file, data in files.items()}


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
