"""A part of a Word file in its paragraphs: for each its markup, its texts, and what has been found out about it.

Letters of one kind have most paragraphs in common, and most others have the same markup around other words. So a
paragraph is taken apart once for all letters that have it, and each room that judges it keeps its verdict with it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

PARAGRAPH_END = "</w:p>"
_ANY_TEXT = re.compile(">([^<>]+)<")
_TEXT = re.compile(">([^<>]+)<(?!/w:instrText>)")
_KEPT, _LONGEST_KEPT = 1_000, 20_000


class StoredParagraph:
    """A paragraph as it stands in its part: what follows the one before it, without its own ``</w:p>``.

    What follows the last one of a part counts as one more. Field codes count as markup, and so does any text that looks
    like an attribute.

    Args:
        xml: as it stands in the part.
        markup: the same with a NUL in place of every text.
        texts: in order, with entities.
        known: verdicts on it, by whose they are. They depend on nothing but ``xml``, and on what stands in their key.
    """

    __slots__ = ("known", "markup", "texts", "xml")

    def __init__(self, xml: str) -> None:
        pieces = _TEXT.split(f">{xml}{PARAGRAPH_END}")
        texts = pieces[1::2]
        markup = ">\0<".join(pieces[::2])
        if '="' in xml and any('="' in text for text in texts):
            holes = [text if '="' in text else "\0" for text in texts]
            markup = pieces[0] + "".join(f">{hole}<{after}" for hole, after in zip(holes, pieces[2::2], strict=True))
            texts = [text for text in texts if '="' not in text]
        self.xml = xml
        self.markup = _shared(markup[1 : -len(PARAGRAPH_END)])
        self.texts = tuple(texts)
        self.known: dict[Any, Any] = {}


def in_pieces(xml: str) -> list[str]:
    """The markup and the texts of a paragraph in turn, without the angle brackets between them."""
    return _ANY_TEXT.split(f">{xml}{PARAGRAPH_END}")


def whole(pieces: list[str]) -> str:
    """The paragraph that was taken apart into these pieces."""
    xml = pieces[0] + "".join([f">{text}<{after}" for text, after in zip(pieces[1::2], pieces[2::2], strict=True)])
    return xml[1 : -len(PARAGRAPH_END)]


def paragraph(xml: str) -> StoredParagraph:
    """A paragraph, shared with other letters that have the same."""
    return _kept(xml) if len(xml) <= _LONGEST_KEPT else StoredParagraph(xml)


@lru_cache(maxsize=_KEPT)
def _kept(xml: str) -> StoredParagraph:
    return StoredParagraph(xml)


@lru_cache(maxsize=_KEPT)
def _shared(markup: str) -> str:
    """The same text as one object for all paragraphs, in which other caches find it without comparing."""
    return markup


def taken_apart(xml: str) -> tuple[StoredParagraph, ...]:
    """The paragraphs of a part."""
    return tuple(map(paragraph, xml.replace("\0", "").split(PARAGRAPH_END)))


def joined(paragraphs: tuple[StoredParagraph, ...]) -> str:
    """The part with these paragraphs."""
    return PARAGRAPH_END.join([each.xml for each in paragraphs])
