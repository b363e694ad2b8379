"""Output for terminals that show nothing but ASCII: each character is replaced by the closest one."""

from __future__ import annotations

import unicodedata
from typing import Any, TextIO, cast

# One character for one, so that the layout stays the same.
# Quotation marks, dashes, bullets, list marks, § and …; the no-break space.
_CLOSEST = str.maketrans(
    "\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019\u2013\u2014\u2011\u2212\u2500\u2022\u25cf\u25cb\u00b7\u2026\u00a7\u2192\u00d7\u00a0",
    '"""<>\'\'-----*x-|~S>x ',
)


def in_ascii(text: str) -> str:
    """The text in ASCII, with the same number of characters."""
    return "".join(_closest(character) for character in text.translate(_CLOSEST))


def _closest(character: str) -> str:
    if character.isascii():
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isprintable() else "?"


class AsciiStream:
    """A stream that writes to another, in ASCII."""

    encoding = "ascii"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(in_ascii(text))

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()


def ascii_stream(stream: TextIO) -> TextIO:
    """A stream that writes to ``stream`` in ASCII, for libraries that expect a complete text stream."""
    return cast(TextIO, cast(Any, AsciiStream(stream)))
