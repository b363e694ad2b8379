"""Characters that no font has: the letter is refused, because a box in place of a character must not go out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from letters.errors import Problem
from letters.pdf.document import Document
from letters.pdf.font_files import installed_faces
from letters.pdf.fonts import Metrics
from letters.pdf.layout_rules.text import texts_of
from letters.pdf.size_limits import CannotConvert


def refuse_missing(document: Document, name: str) -> None:
    """Raise CannotConvert if no installed font has some character of a letter."""
    doubtful = sorted({ord(each) for text in texts_of(document) for each in unicodedata.normalize("NFC", text.text)})
    faces = [Metrics(family[0]) for family in installed_faces().values()]
    refuse_characters((code for code in doubtful if _drawn(code) and not any(f.has(chr(code)) for f in faces)), name)


def refuse_characters(codes: Iterable[int], name: str) -> None:
    """Raise CannotConvert if there are any characters."""
    if lacking := sorted(set(codes)):
        shown = ", ".join(
            f"U+{code:04X} {chr(code)}" if chr(code).isprintable() else f"U+{code:04X} (invisible)" for code in lacking
        )
        raise CannotConvert(
            Problem(
                f"No font installed here has {'this character' if len(lacking) == 1 else 'these characters'}: {shown}.",
                where=name,
                hint="Remove it from the letter, or install a font that has it, such as one of the Noto fonts.",
                code="no-glyph",
            )
        )


def _drawn(code: int) -> bool:
    """Whether a character needs a glyph of its own: not spaces, marks over letters, and invisible characters."""
    return (code > 0x7F and unicodedata.category(chr(code))[0] not in "MZC") or 0xE000 <= code <= 0xF8FF
