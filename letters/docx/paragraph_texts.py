"""A part of a Word file in its paragraphs: for each its markup, its texts, and what has been found out about it.

Letters of one kind have most paragraphs in common, and most others have the same markup around other words. So a
paragraph is taken apart once for all letters that have it, and each room that judges it keeps its verdict with it.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    markup, left = [pieces[0]], []
    for text, after in zip(texts, pieces[2::2], strict=True):
        if '="' in text or after.startswith("/w:instrText>"):
            markup.append(f">{text}<{after}")
        else:
            markup.append(f">\0<{after}")
            left.append(text)
    return StoredParagraph(xml, _shared("".join(markup)), tuple(left))


@lru_cache(maxsize=_KEPT)
def _kept(xml: str) -> StoredParagraph:
    return _new_paragraph(xml)


def taken_apart(xml: str) -> tuple[StoredParagraph, ...]:
    """The paragraphs of a part."""
    pieces = xml.replace("\0", "").split(PARAGRAPH_END)
    return tuple(map(_kept if max(map(len, pieces)) <= _LONGEST_KEPT else paragraph, pieces))


class OutlinedParagraph(Struct, frozen=True, eq=False):
    """What letters have in common that have the same paragraph with other texts.

    Args:
        pieces: its markup and, between, place for its texts; together they are the ``xml`` of `StoredParagraph`.
        markup: as `StoredParagraph` has it.
    """

    pieces: list[str]
    markup: str

    @property
    def number_of_texts(self) -> int:
        return len(self.pieces) // 2

    def with_texts(self, texts: Sequence[str]) -> StoredParagraph:
        pieces = self.pieces.copy()
        pieces[1::2] = texts
        return StoredParagraph("".join(pieces), self.markup, tuple(texts))


class PartOutline:
    """The paragraphs of a part, as far as several letters have them in common.

    Args:
        paragraphs: each of them, where all letters have the very same; its outline, where they have other texts in it;
            and None, where each letter has one of its own.

    Attributes:
        known: verdicts on what the letters have in common, as `StoredParagraph` has them.
    """

    __slots__ = ("_own", "_pieces", "known", "paragraphs")

    def __init__(self, paragraphs: Sequence[StoredParagraph | OutlinedParagraph | None]) -> None:
        self.paragraphs, self.known = tuple(paragraphs), dict[Any, Any]()
        self._pieces = pieces = [""]
        self._own = own = list[int]()
        for at, each in enumerate(paragraphs):
            pieces[-1] += PARAGRAPH_END if at else ""
            if isinstance(each, OutlinedParagraph):
                pieces[-1] += each.pieces[0]
                pieces += each.pieces[1:]
            elif each is not None:
                pieces[-1] += each.xml
            else:
                own.append(len(pieces) // 2)
                pieces += ("", "")

    def xml(self, texts: Sequence[str], own: Sequence[StoredParagraph]) -> str:
        """The part of a letter with these texts and these paragraphs of its own."""
        pieces = self._pieces.copy()
        if own:
            texts = [*texts]
            for at, each in zip(self._own, own, strict=True):
                texts.insert(at, each.xml)
        pieces[1::2] = texts
        return "".join(pieces)


class OutlinedPart(Struct, frozen=True, eq=False):
    """A part of a letter, by its outline.

    Args:
        texts: of all paragraphs of which the outline has the markup.
        own: the paragraphs that only this letter has.
    """

    outline: PartOutline
    texts: list[str]
    own: list[StoredParagraph]

    @property
    def xml(self) -> str:
        return self.outline.xml(self.texts, self.own)

    @property
    def paragraphs(self) -> tuple[StoredParagraph, ...]:
        found, own, at = list[StoredParagraph](), iter(self.own), 0
        for each in self.outline.paragraphs:
            if isinstance(each, OutlinedParagraph):
                begun, at = at, at + each.number_of_texts
                found.append(each.with_texts(self.texts[begun:at]))
            else:
                found.append(next(own) if each is None else each)
        return tuple(found)


def as_written(paragraphs: Sequence[StoredParagraph]) -> list[str] | None:
    """The paragraphs of a part as they stand in it, in order, without their ``</w:p>``.

    None where they cannot be told apart without parsing: paragraphs within paragraphs, empty tags, comments, and
    namespaces that are declared below the root.
    """
    first, *others = paragraphs
    root = first.xml.find(">", first.xml.find("?>") + 2)
    head = first.xml[:root]
    if root < 0 or "<!" in head or head.count("<?") > 1:
        return None
    *found, last = [_from_beginning(first.xml[root:]), *map(_written, others)]
    told = [each for each in found if each]
    return told if last == "" and len(told) == len(found) else None


_BEGINNINGS = "<w:p>", "<w:p "
_WRITTEN = "written"
"""The name under which a paragraph keeps how it stands in its part."""


def _written(paragraph: StoredParagraph) -> str | None:
    known = paragraph.known
    if _WRITTEN not in known:
        known[_WRITTEN] = _from_beginning(paragraph.xml)
    found: str | None = known[_WRITTEN]
    return found


def _from_beginning(xml: str) -> str | None:
    """The markup from where a paragraph begins; empty if none does; None if that cannot be told."""
    begun = sum(map(xml.count, _BEGINNINGS))
    if begun > 1 or "<!" in xml or "<?" in xml or "xmlns" in xml or "<w:p/>" in xml:
        return None
    return xml[max(map(xml.find, _BEGINNINGS)) :] if begun else ""


def joined(paragraphs: tuple[StoredParagraph, ...]) -> str:
    """The part with these paragraphs."""
    return PARAGRAPH_END.join([each.xml for each in paragraphs])
