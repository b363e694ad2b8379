"""Proofreads a finished letter: blank paragraphs, and spaces and punctuation that a condition left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.assembly.template.tag_positions import TRACE, visible_text
from letters.assembly.template.tags import OBJECT, TagPlace, scan, short
from letters.docx.markup import around, own_nodes
from letters.docx.names import BR, TC, M, P, T, w

_HYPHEN = w("noBreakHyphen")
_TEXT_NODES = (T, BR, _HYPHEN, w("tab"), w("cr"))
_MARKS: Mapping[object, str] = {_HYPHEN: "-", BR: "\n", w("cr"): "\n"}
# What stands between two words without being text: a symbol, a picture, a note mark, a formula.
_OBJECTS = (
    *map(
        w, ("sym", "drawing", "pict", "object", "footnoteReference", "endnoteReference", "ptab", "pgNum", "fldSimple")
    ),
    f"{{{M}}}oMath",
)
_MISTAKES = (
    (pattern(r"(?<=\S) {2,}(?=\S)"), "there are two spaces in a row", "Move one of them into the condition."),
    (pattern(r" [,.;:](?=\s|$)| \)"), "there is a space before a punctuation mark", "Move it into the condition."),
    (
        pattern(r"\( |\(\s*\)|\[\s*\]|“\s*”"),
        "there is nothing between brackets or quotation marks",
        "Move them into the condition.",
    ),
    (
        pattern(r"[,;:]\s*[.,;:]|(?<!\.)\.\.(?!\.)"),
        "there are two punctuation marks in a row",
        "Move one of them into the condition.",
    ),
)


class FinishedParagraph(Struct, frozen=True):
    """A paragraph of a letter, and the paragraph of the template it came from.

    Args:
        text: of the paragraph in the letter.
        place: of the paragraph in the template.
        number: of the paragraph in the template, counted through all its parts.
        in_cell: whether it is in a table cell.
    """

    text: str
    place: TagPlace
    number: int
    in_cell: bool


def finished_paragraphs(parts: Iterable[etree._Element], places: Sequence[TagPlace]) -> Iterator[FinishedParagraph]:
    """Every paragraph of a letter that was filled from a traced template."""
    for root in parts:
        for node in root.iter(P):
            if number := node.get(TRACE):
                yield FinishedParagraph(_text(node), places[int(number)], int(number), around(node, TC) is not None)


def _text(paragraph: etree._Element) -> str:
    """Its text, of one or more lines; if it has none, something for each picture or other object in it."""
    text = "".join(map(_words, paragraph.iter(*_TEXT_NODES, *_OBJECTS)))
    return text if text.strip(f"{OBJECT} \n\t") else "".join(words for _, words in visible_text(own_nodes(paragraph)))


def _words(node: etree._Element) -> str:
    if node.tag == T:
        return node.text or ""
    return OBJECT if node.tag in _OBJECTS else _MARKS.get(node.tag, " ")


def proofread(
    paragraphs: Iterable[FinishedParagraph], context: Mapping[str, Any]
) -> Iterator[tuple[TagPlace, str, str]]:
    """Mistakes in a letter: where in the template, what is wrong, and what to do.

    Args:
        context: what the letter was filled with. A mistake inside a value is not the template's.
    """
    for line in paragraphs:
        text = line.text.replace("\n", " ")
        if not text.strip() and not line.in_cell and line.place.words.strip():
            yield line.place, "the paragraph is empty", "Put the whole paragraph between {%p if … %} and {%p endif %}."
            continue
        for searched, what, hint in _MISTAKES:
            for match in searched.finditer(text):
                around_it = text[max(0, match.start() - 4) : match.end() + 4]
                if (
                    searched.search(around_it)
                    and match[0] not in _without_tags(line.place.words)
                    and not _in_a_value(around_it, context)
                ):
                    shown = short(text[max(0, match.start() - 25) : match.end() + 15], 60)
                    yield line.place, f"{what} (“…{shown}…”)", hint
                    break


def _without_tags(words: str) -> str:
    for start, end in reversed(scan(words)[0] if "{" in words else []):
        words = f"{words[:start]}{OBJECT}{words[end:]}"
    return words


def _in_a_value(text: str, value: object) -> bool:
    if isinstance(value, str):
        return text in value.replace("\n", " ")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return any(_in_a_value(text, each) for each in inner)
