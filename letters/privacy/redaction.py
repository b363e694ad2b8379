"""Removes confidential answers and social security numbers from messages.

Messages end up in logs, in reports and on other people's screens. Where a message would quote the answer to a field
marked confidential, or words of a letter that contain it, the field's title appears instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.personal import masked
from letters.errors import Problem
from letters.model.fields import Field, get

_QUOTED = pattern(r"“[^“”]*”")
_SHORTEST = 3  # characters; shorter answers, such as “no”, appear in any message
_REVEALING = 2  # this many consecutive words of an answer give it away


class Redactor:
    """Removes the confidential answers of one letter from messages.

    Args:
        answers: nested as in an answers file; they need not be valid.
        fields: all fields of the letter; each knows whether it is confidential.
    """

    def __init__(self, answers: Mapping[str, Any], fields: Iterable[Field]) -> None:
        self._titles = {
            text: field.title
            for field in fields
            if field.confidential
            for text in _texts(get(answers, field.name))
            if len(text) >= _SHORTEST
        }

    @lazy_property
    def _runs(self) -> dict[tuple[str, ...], str]:
        return {run: title for text, title in self._titles.items() for run in _runs(text)}

    def redact(self, problem: Problem) -> Problem:
        """The problem without confidential answers in message, place and hint."""
        return replace(
            problem,
            message=self.redact_text(problem.message),
            where=self.redact_text(problem.where),
            hint=self.redact_text(problem.hint),
        )

    def redact_text(self, text: str) -> str:
        """The text without confidential answers; inside quotation marks, without parts of them either."""
        if not text:
            return text
        for answer in sorted(self._titles, key=len, reverse=True):
            text = text.replace(answer, f"[{self._titles[answer]}]")
        return _masked(_QUOTED.sub(self._quotation, text) if "“" in text else text)

    def _quotation(self, match: re.Match[str]) -> str:
        inside = match[0][1:-1].strip(" …")
        for run in _runs(inside):
            if run in self._runs:
                return f"“[{self._runs[run]}]”"
        if len(inside) >= _SHORTEST and inside != inside.lower():  # a name, or part of one
            alone = re.compile(rf"(?<!\w){re.escape(inside)}(?!\w)")
            for text, title in self._titles.items():
                if alone.search(text):
                    return f"“[{title}]”"
        return match[0]


_masked = lru_cache(maxsize=100)(masked)  # the letters of a batch have most of their messages in common


def _texts(value: Any) -> Iterator[str]:
    """Every string inside an answer, whole and line by line."""
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
    """Every run of ``_REVEALING`` consecutive words, without case."""
    words = re.findall(r"\w{2,}", text.casefold())
    yield from zip(*(words[start:] for start in range(_REVEALING)), strict=False)
