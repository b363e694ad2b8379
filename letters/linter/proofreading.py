"""A finished letter, checked whole: blank paragraphs, spaces and punctuation that a condition left behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from letters.assembly.template.spots import TRACE, pieces_of
from letters.assembly.template.tags import OBJECT, TagPlace, scan, short
from letters.docx.markup import BR, TC, P, T, around, own_nodes, w

_HYPHEN = w("noBreakHyphen")
_SAYS = (T, BR, _HYPHEN, w("tab"), w("cr"))
_SLIPS = (
    (re.compile(r"(?<=\S) {2,}(?=\S)"), "two spaces follow one another", "Move one of them into the condition."),
    (re.compile(r" [,.;:](?=\s|$)| \)"), "a space stands before a punctuation mark", "Move it into the condition."),
    (
        re.compile(r"\( |\(\s*\)|\[\s*\]|“\s*”"),
        "brackets or quotation marks hold nothing",
        "Put them into the condition.",
    ),
    (
        re.compile(r"[,;:]\s*[.,;:]|(?<!\.)\.\.(?!\.)"),
        "two punctuation marks meet",
        "Put one of them into the condition.",
    ),
)


@dataclass(frozen=True, slots=True)
class FinishedParagraph:
    """A paragraph of a letter, and the paragraph of the template it came from."""

    text: str
    place: TagPlace
    number: int  # of the template's paragraph, through all its parts
    in_cell: bool


def lines_of(parts: Iterable[etree._Element], places: Sequence[TagPlace]) -> Iterator[FinishedParagraph]:
    """Every paragraph of a letter that was filled from a traced template."""
    for root in parts:
        for node in root.iter(P):
            if number := node.get(TRACE):
                yield FinishedParagraph(_text(node), places[int(number)], int(number), around(node, TC) is not None)


def _text(paragraph: etree._Element) -> str:
    """What it says; pictures and the like count where nothing else stands there."""
    found = [
        node.text or "" if node.tag == T else "-" if node.tag == _HYPHEN else " " for node in paragraph.iter(*_SAYS)
    ]
    text = "".join(found)
    return text if text.strip() else "".join(words for _, words in pieces_of(own_nodes(paragraph)))


def slips(lines: Iterable[FinishedParagraph], context: Mapping[str, Any]) -> Iterator[tuple[TagPlace, str, str]]:
    """Where, what is wrong, and what to do.

    Args:
        context: what the letter was filled with; what stands in a value is not the template's.
    """
    for line in lines:
        text = line.text.replace("\n", " ")
        if not text.strip() and not line.in_cell and line.place.words.strip():
            yield line.place, "the paragraph is left empty", "Put it whole between {%p if … %} and {%p endif %}."
            continue
        for pattern, what, hint in _SLIPS:
            for match in pattern.finditer(text):
                around_it = text[max(0, match.start() - 4) : match.end() + 4]
                if (
                    pattern.search(around_it)
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
