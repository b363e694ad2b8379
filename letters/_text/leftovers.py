"""Finds placeholders that somebody forgot to fill: «Name», [INSERT DATE], XXXX, ____, TBD, “Choose an item.”

Certain ones are never meant to be read by a recipient. The others may be: a blank to be filled in by hand, a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from letters._text.lazy_pattern import pattern


class Leftover(Struct, frozen=True):
    """A placeholder.

    Args:
        words: as typed.
        start: where it begins in the text.
        certain: whether it cannot be meant for the recipient.
    """

    words: str
    start: int
    certain: bool


_ASKS = r"insert|enter|type|fill\s+in|fill|choose|select|click|add|your|provide|specify|put|replace|describe|to\s+be"
_NOUNS = (
    r"name|names|date|dates|address|agency|title|phone|telephone|email|e-mail|fax|city|state|zip|number|no\.|amount|"
    r"signature|recipient|addressee|sender|salutation|subject|position|department|office|company|case|docket|deadline|"
    r"reference|citation|reason|text|time|day|month|year|county|court|employer|claimant|attorney|contact|link|url|"
    r"file|matter|paragraph|section|description"
)
_CERTAIN = (
    pattern(r"«\s*(?=\w*[A-Z_0-9.])(?!\w+\s)[A-Za-z_][\w. ]{0,60}?\s*»"),
    pattern(r"<<\s*[A-Za-z_][\w. /-]{0,60}\s*>>"),
    pattern(rf"[\[<]\s*(?:{_ASKS})\s+[^\]\[<>\s][^\]\[<>]{{0,120}}[\]>]", re.IGNORECASE),
    pattern(r"\bchoose (?:an item|a building block)\.", re.IGNORECASE),
    pattern(r"\bclick (?:or tap )?(?:here )?to (?:enter|add|select|insert|type)\b[^.]{0,40}\.?", re.IGNORECASE),
    pattern(r"\bclick or tap here\b[^.]{0,40}\.?|\benter any content that you want to repeat\b", re.IGNORECASE),
    pattern(r"\blorem ipsum\b", re.IGNORECASE),
    pattern(r"(?<![\w*.-])(?:X{4,}|x{4,})(?![\w*-])"),
)
_POSSIBLE = (
    pattern(rf"\[\s*(?:[\w\u2019'.-]+\s+){{0,4}}(?:{_NOUNS})\s*\]", re.IGNORECASE),
    pattern(r"\[\s*(?:[•●*…_]+|\.{3,}|x{1,3}|n\.?|tbd|tba|tk)\s*\]", re.IGNORECASE),
    pattern(r"<\s*(?:[A-Z]{2,}[ _]?){1,5}>"),
    pattern(r"\b(?:TBD|TBC|TBA|TODO|FIXME|TKTK)\b"),
)
_NOT_BLANKS = pattern(r"\[\s*(?:no|same|second|first|previous|prior|last|this|that|the) ", re.IGNORECASE)
_MOST = 50  # placeholders told of one paragraph
_BLANK = pattern(r"_{4,}")
_SENTENCE = pattern(r"[.,;?!](?=\s|$)|\b[a-z]+ [a-z]+ [a-z]+\b")


def leftovers(text: str) -> Iterator[Leftover]:
    """The placeholders in one paragraph, those that are certain first; not every one if there are very many."""
    if not may_have_leftovers(text):
        return
    taken: list[tuple[int, int]] = []
    for patterns, certain in ((_CERTAIN, True), (_POSSIBLE, False)):
        for each in patterns:
            for match in each.finditer(text):
                overlaps = any(start < match.end() and match.start() < end for start, end in taken)
                if not overlaps and (certain or not _NOT_BLANKS.match(match[0])):
                    taken.append(match.span())
                    yield Leftover(match[0], match.start(), certain)
                    if len(taken) == _MOST:
                        return
    if (blank := _BLANK.search(text)) and _SENTENCE.search(_BLANK.sub(" ", text)):
        yield Leftover(blank[0][:12], blank.start(), certain=False)


def may_have_leftovers(text: str) -> bool:
    """Whether a closer look is worth it; quick, because most texts have no placeholder."""
    if _MARK.search(text) is not None:
        return True
    folded = text.casefold()
    return "choose a" in folded or "click " in folded or "lorem ipsum" in folded or "enter any content" in folded


# Each begins with one of few characters, so that a search passes over all others.
_MARK = pattern(r"[\[«<_XxTF](?:(?<=[\[«<])|(?<=_)___|(?<=X)XXX|(?<=x)xxx|(?<=T)(?:B[DCA]|ODO|KTK)|(?<=F)IXME)")
