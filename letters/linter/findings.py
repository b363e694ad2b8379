"""Findings: what is wrong or worth knowing, each at its place, with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from letters.assembly.template.tags import Tag, TagPlace, short
from letters.errors import Problem

Severity = Literal["error", "note"]
_FILE = re.compile(r"(.+?\.(?:docx|dotx|docm|toml|json|html|css))(?:, |$)")
_LINE = re.compile(r"line (\d+)(?:, |$)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Args:
        severity: an error stops letters, or spoils them; a note is to be read once.
        code: short stable name for scripts.
        message: what is wrong, in a sentence.
        hint: what to type or do instead; may be empty.
        file: as messages call it.
        part: of a Word file: body, first-page header, footnotes, document property Title …; of a text file the entry.
        line: of a text file; 0 where it is not known.
        paragraph: number within its part, from 1; 0 where there is none.
        heading: the nearest heading above it.
        words: the paragraph's own.
        tag: as its author typed it.
        kinds: of letter that are touched.
    """

    severity: Severity
    code: str
    message: str
    hint: str = ""
    file: str = ""
    part: str = ""
    line: int = 0
    paragraph: int = 0
    heading: str = ""
    words: str = ""
    tag: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The place within the file, in words."""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(filter(None, (line, str(TagPlace(self.part, self.paragraph, self.heading, self.words)))))

    def __str__(self) -> str:
        file = ", ".join(filter(None, (self.file, self.where)))
        between = " " if self.message[:1].islower() else ": "
        return f"{file}{between if file else ''}{self.message}{' ' if self.hint else ''}{self.hint}"


def finding(
    problem: Problem, severity: Severity = "error", *, files: Collection[str] = (), kinds: tuple[str, ...] = ()
) -> Finding:
    """A problem as a finding.

    Args:
        files: names of files that its place may begin with; others are known by their ending.
    """
    about = problem.about
    place = about.place if isinstance(about, Tag) else about if isinstance(about, TagPlace) else None
    file, part = _split(problem.where if place is None else place.part, files)
    line = _LINE.match(part)
    return Finding(
        severity,
        problem.code or "other",
        problem.message,
        problem.hint,
        file,
        part[line.end() :] if line else part,
        int(line[1]) if line else 0,
        place.number if place else 0,
        place.heading if place else "",
        short(place.words, 400) if place else "",
        about.raw if isinstance(about, Tag) else "",
        kinds,
    )


def _split(where: str, files: Collection[str]) -> tuple[str, str]:
    """The file a place begins with, and the rest."""
    for file in sorted(files, key=len, reverse=True):
        if where == file or where.startswith(f"{file}, "):
            return file, where[len(file) + 2 :]
    if match := _FILE.match(where):
        return match[1], where[match.end() :]
    return "", where


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each once, with all kinds it touches: shared wording is read for each kind that includes it."""
    kinds: dict[Finding, list[str]] = {}
    for each in findings:
        kinds.setdefault(replace(each, kinds=()), []).extend(each.kinds)
    return [replace(each, kinds=tuple(dict.fromkeys(found))) for each, found in kinds.items()]


def in_reading_order(findings: Iterable[Finding], files: Iterable[str]) -> list[Finding]:
    """File by file in the order given, then the others; within a file errors before notes, from top to bottom."""
    order = {file: number for number, file in enumerate(files)}

    def key(each: tuple[int, Finding]) -> tuple[int, str, int, bool, int]:
        number, found = each
        return (order.get(found.file, len(order)), found.file, found.line, found.severity == "note", number)

    return [found for _, found in sorted(enumerate(findings), key=key)]
