"""A part of a Word file in its paragraphs: for each its markup, its texts, and what has been found out about it.

Letters of one kind have most paragraphs in common, and most others have the same markup around other words. So a
paragraph is taken apart once for all letters that have it, and each room that judges it keeps its verdict with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern

PARAGRAPH_END = "</w:p>"
_TEXT = pattern(">([^<>]+)<")
_KEPT, _LONGEST_KEPT = 1_000, 20_000


class StoredParagraph(Struct, eq=False):
    """A paragraph as it stands in its part: what follows the one before it, without its own ``</w:p>``.

    What follows the last one of a part counts as one more. Field codes count as markup, and so does any text that looks
    like an attribute.

    Args:
        xml: as it stands in the part.
        markup: the same with a NUL in place of every text.
        texts: in order, with entities.
        known: verdicts on it, by whose they are. They depend on nothing but ``xml``, and on what stands in their key.
    """

    xml: str
    markup: str
    texts: tuple[str, ...]
    known: dict[Any, Any] = field(default_factory=dict)


def in_pieces(xml: str) -> list[str]:
    """The markup and the texts of a paragraph in turn, without the angle brackets between them."""
    return _TEXT.split(f">{xml}{PARAGRAPH_END}")


def whole(pieces: list[str]) -> str:
    """The paragraph that was taken apart into these pieces."""
    xml = pieces[0] + "".join([f">{text}<{after}" for text, after in zip(pieces[1::2], pieces[2::2], strict=True)])
    return xml[1 : -len(PARAGRAPH_END)]


def markup_of(pieces: list[str]) -> str:
    """The markup of these pieces with a NUL in place of every text; one object for all paragraphs that have it."""
    return _shared(">\0<".join(pieces[::2]))


@lru_cache(maxsize=_KEPT)
def _shared(markup: str) -> str:
    return markup[1 : -len(PARAGRAPH_END)]


def paragraph(xml: str) -> StoredParagraph:
    """A paragraph, shared with other letters that have the same."""
    return _kept(xml) if len(xml) <= _LONGEST_KEPT else _new_paragraph(xml)


def _new_paragraph(xml: str) -> StoredParagraph:
    return paragraph_of(xml, in_pieces(xml))


def paragraph_of(xml: str, pieces: list[str]) -> StoredParagraph:
    """A paragraph that has been taken apart already.

    Args:
        pieces: of ``xml``.
    """
    texts = pieces[1::2]
    if "</w:instrText>" not in xml and '="' not in "".join(texts):
        return StoredParagraph(xml, markup_of(pieces), tuple(texts))
    markup, left = pieces[0], []
    for text, after in zip(texts, pieces[2::2], strict=True):
        if '="' in text or after.startswith("/w:instrText>"):
            markup += f">{text}<{after}"
        else:
            markup += f">\0<{after}"
            left.append(text)
    return StoredParagraph(xml, _shared(markup), tuple(left))


@lru_cache(maxsize=_KEPT)
def _kept(xml: str) -> StoredParagraph:
    return _new_paragraph(xml)


def taken_apart(xml: str) -> tuple[StoredParagraph, ...]:
    """The paragraphs of a part."""
    return tuple(map(paragraph, xml.replace("\0", "").split(PARAGRAPH_END)))


def as_written(xml: str) -> list[str] | None:
    """The paragraphs of a part as they stand in it, in order, without their ``</w:p>``.

    None where they cannot be told apart without parsing: paragraphs within paragraphs, empty tags, comments, and
    namespaces that are declared below the root.
    """
    root = xml.find(">", xml.find("?>") + 2)
    if "<!" in xml or "<w:p/>" in xml or xml.count("<?") > 1 or xml.find("xmlns", root) >= 0:
        return None
    pieces = xml.split(PARAGRAPH_END)[:-1]
    if len(pieces) != xml.count("<w:p>") + xml.count("<w:p "):
        return None
    found = [piece if piece.startswith(_BEGINNINGS) else _from_beginning(piece) for piece in pieces]
    return found if all(found) else None


_BEGINNINGS = "<w:p>", "<w:p "


def _from_beginning(piece: str) -> str:
    """The piece from where a paragraph begins; empty if none does."""
    at = max(map(piece.rfind, _BEGINNINGS))
    return piece[at:] if at >= 0 else ""


def joined(paragraphs: tuple[StoredParagraph, ...]) -> str:
    """The part with these paragraphs."""
    return PARAGRAPH_END.join([each.xml for each in paragraphs])
