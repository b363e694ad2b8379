"""Characters that arrive with a mail and have no business in a letter, or in a terminal."""

from __future__ import annotations

import re
import unicodedata

from letters._text.lazy_pattern import pattern

# Control characters but tab and newline; marks of direction; what has no width.
_REMOVED = dict.fromkeys(
    [
        *(code for code in range(32) if code not in (9, 10)),
        *range(0x7F, 0xA0),
        *(0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFC),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
_ESCAPES = pattern(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[0-9;?]*[ -/]*[@-~]|.)?", re.S)


def clean(text: str) -> tuple[str, bool]:
    """The text without them, in Unicode's composed form; and whether there were any.

    Lone surrogates, which no file can hold, stand for the bytes of a header that is not encoded: they are read as
    UTF-8, or become U+FFFD.
    """
    text = _without_surrogates(text.replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = _ESCAPES.sub("", text).translate(_REMOVED)
    return unicodedata.normalize("NFC", cleaned), cleaned != text


def _without_surrogates(text: str) -> str:
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def clean_line(text: str) -> tuple[str, bool]:
    """The same on one line."""
    cleaned, found = clean(text)
    return " ".join(cleaned.split()), found


def alphabets(text: str) -> set[str]:
    """The alphabets of its letters, such as ``LATIN`` and ``CYRILLIC``."""
    return {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in text if letter.isalpha()}


def file_name(number: int, name: str) -> str:
    """A harmless name for an attachment: its number, then plain letters of its own name."""
    last = clean_line(name)[0].replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
    stem, dot, suffix = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-. ").rpartition(".")
    stem = stem if dot else suffix
    ending = f".{suffix[:8]}" if dot and suffix else ""
    return f"{number:02}-{stem.strip('-.')[:60] or 'attachment'}{ending}"
