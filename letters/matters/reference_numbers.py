"""The office's file numbers, such as OGC-2019-0142: one series a year, and none left out."""

from __future__ import annotations

import re

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.errors import Problem, Usage

DEFAULT = "{year}-{number:04}"
_PARTS = pattern(r"(\{[^{}]*\})")
_NUMBER = pattern(r"\{number(?::0?([1-9]))?\}")


class NumberFormat(Struct, frozen=True):
    """How a number is written: text with ``{year}`` and ``{number}``, which may have a width: ``{number:04}``.

    Raises:
        Usage: one of the two is missing or appears twice, or there is anything else in braces.
    """

    text: str

    def __post_init__(self) -> None:
        tags = [part for part in _PARTS.split(self.text) if part.startswith("{")]
        numbers = [tag for tag in tags if _NUMBER.fullmatch(tag)]
        stray = "{" in _PARTS.sub("", self.text) or "}" in _PARTS.sub("", self.text)
        if len(tags) != 2 or len(numbers) != 1 or "{year}" not in tags or stray or not self.text.isprintable():
            raise Usage(
                Problem(
                    f"“{self.text}” is not a format for file numbers.",
                    where="--format",
                    hint='Use {year} and {number} once each, for example: "OGC-{year}-{number:04}".',
                )
            )

    def reference(self, year: int, number: int) -> str:
        """The number as letters print it."""
        return self.text.format(year=year, number=number)

    def parse(self, reference: str) -> tuple[int, int] | None:
        """Year and number of a reference in this format, whatever its case; None if it is in another format."""
        found = re.fullmatch(self._whole_pattern, reference.strip(), re.IGNORECASE)
        return (int(found["year"]), int(found["number"])) if found else None

    def found_in(self, text: str) -> list[tuple[int, int]]:
        """Year and number of every reference in a text."""
        found = re.finditer(rf"(?<!\w){self._whole_pattern}(?!\w)", text, re.IGNORECASE)
        return [(int(each["year"]), int(each["number"])) for each in found]

    @property
    def _whole_pattern(self) -> str:
        return "".join(self._pattern(part) for part in _PARTS.split(self.text))

    @staticmethod
    def _pattern(part: str) -> str:
        if part == "{year}":
            return r"(?P<year>[0-9]{4})"
        return r"(?P<number>[0-9]{1,9})" if part.startswith("{") else re.escape(part)
