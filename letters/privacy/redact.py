"""What messages leave out: the answers to fields that are marked confidential, and social security numbers.

A message names the field and what is wrong with it. Where it would quote an answer so marked, or words of a letter that
hold one, the field's title stands in its place: messages end up in logs, in reports and on other people's screens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from letters._text.personal import masked
from letters.errors import Problem
from letters.model.fields import Field, get

_QUOTED = re.compile(r"“[^“”]*”")
_SHORTEST = 3  # characters of a value that is worth hiding: “no” stands in every message
_TOGETHER = 2  # words in a row that give an answer away


class Secrets:
    """The confidential answers of one letter.

    Args:
        answers: as an answers file nests them; they need not be right.
        fields: those there are; which are confidential, they say.
    """

    def __init__(self, answers: Mapping[str, Any], fields: Iterable[Field]) -> None:
        self._titles = {
            text: field.title
            for field in fields
            if field.confidential
            for text in _texts(get(answers, field.name))
            if len(text) >= _SHORTEST
        }
        self._shingles = {run: title for text, title in self._titles.items() for run in _runs(text)}

    def left_out(self, problem: Problem) -> Problem:
        """The problem without confidential answers in its words."""
        return replace(
            problem,
            message=self.without(problem.message),
            where=self.without(problem.where),
            hint=self.without(problem.hint),
        )

    def without(self, said: str) -> str:
        """What is said without confidential answers: in quotations not even parts of them."""
        if not said:
            return said
        for text in sorted(self._titles, key=len, reverse=True):
            said = said.replace(text, f"[{self._titles[text]}]")
        return masked(_QUOTED.sub(self._quotation, said))

    def _quotation(self, match: re.Match[str]) -> str:
        inside = match[0][1:-1].strip(" …")
        for run in _runs(inside):
            if run in self._shingles:
                return f"“[{self._shingles[run]}]”"
        if len(inside) >= _SHORTEST and inside != inside.lower():  # a name, or part of one
            alone = re.compile(rf"(?<!\w){re.escape(inside)}(?!\w)")
            for text, title in self._titles.items():
                if alone.search(text):
                    return f"“[{title}]”"
        return match[0]


def _texts(value: Any) -> Iterator[str]:
    """Every text within an answer."""
    if isinstance(value, str):
        yield value.strip()
        yield from (line.strip() for line in value.splitlines())
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every so many words of a text in a row, folded."""
    words = re.findall(r"\w{2,}", text.casefold())
    yield from zip(*(words[start:] for start in range(_TOGETHER)), strict=False)
