"""Characters that no font has: the letter is refused, because a box in place of a character must not go out. If
they are only emoji, it can be printed without them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.docx.names import T
from letters.docx.package import Package
from letters.errors import Problem
from letters.pdf.document import Document
from letters.pdf.font_files import installed_faces
from letters.pdf.fonts import Metrics
from letters.pdf.layout_rules.text import texts_of
from letters.pdf.reader.drawn_parts import stories
from letters.pdf.size_limits import CannotConvert

_HINT = "Remove it from the letter, or install a font that has it, such as one of the Noto fonts."
_EMOJI = pattern(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be"
    "\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757"
    "\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001faff]"
)
"""Characters that are emoji unless they are said to be text (Unicode Technical Standard 51), and the blocks of others.
"""


def refuse_missing(document: Document, name: str) -> None:
    """Raise CannotConvert if no installed font has some character of a letter."""
    refuse_characters(_missing(document), name)


def _missing(document: Document) -> list[int]:
    doubtful = sorted({ord(each) for text in texts_of(document) for each in unicodedata.normalize("NFC", text.text)})
    faces = [Metrics(family[0]) for family in installed_faces().values()]
    return [code for code in doubtful if _drawn(code) and not any(face.has(chr(code)) for face in faces)]


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
                hint=_HINT,
                code="no-glyph",
            )
        )


def without_emoji(package: Package, document: Document) -> tuple[Package, Problem] | None:
    """A letter without the emoji that no font has, and the note on them; None if it lacks other characters too."""
    lacking = _missing(document)
    if not lacking or not all(_EMOJI.match(chr(code)) for code in lacking):
        return None
    left_out = re.compile(f"[{''.join(map(chr, lacking))}]\ufe0f?")  # with the mark that asks for a picture
    changed = dict[str, bytes]()
    for part in stories(package):
        root = package.xml(part)
        texts = [node for node in root.iter(T) if left_out.search(node.text or "")]
        for node in texts:
            node.text = left_out.sub("", node.text or "")
        if texts:
            changed[part] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    if not changed:
        return None
    shown = ", ".join(chr(code) for code in lacking)
    note = Problem(
        f"No font installed here has {shown}, which {'is' if len(lacking) == 1 else 'are'} left out.",
        where=package.name,
        hint=_HINT,
        code="symbol",
    )
    return Package(package.name, {**package.parts, **changed}), note


def _drawn(code: int) -> bool:
    """Whether a character needs a glyph of its own: not spaces, marks over letters, and invisible characters."""
    return (code > 0x7F and unicodedata.category(chr(code))[0] not in "MZC") or 0xE000 <= code <= 0xF8FF
