"""Findings: what is wrong or worth knowing, where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.assembly.template.tags import OBJECT, Tag, TagPlace, short
from letters.errors import Problem
from letters.linter.rule_catalog import rule_id

Severity = Literal["error", "note"]
_FILE = pattern(r"(.+?\.(?:docx|dotx|docm|toml|json|html|css|pdf|key))(?:, |$)")
_LINE = pattern(r"line (\d+)(?:, |$)")


class Finding(Struct, frozen=True):
    """One thing found.

    Args:
        severity: an error stops or spoils letters; a note is worth reading once.
        code: id of the rule it is about, a key of `rule_catalog.CHECK_RULES`.
        message: what is wrong, in a sentence; if it begins in lowercase, the place is the beginning of that sentence.
        hint: what to type or do instead; may be empty.
        file: name of the file.
        part: of a Word file: body, first-page header, footnotes, document property Title …; of a text file, the entry.
        line: number of the line in a text file, from 1; 0 if it is not known.
        paragraph: number of the paragraph within its part, from 1; 0 if there is none.
        heading: the nearest heading above the paragraph.
        words: the text of the paragraph.
        tag: as its author typed it.
        kinds: kinds of letter that are affected.
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
        return self._within(self.part)

    @property
    def told(self) -> tuple[str, str]:
        """The place within the file, and what is wrong in a sentence of its own.

        A message that goes on from its place takes the last name there as its subject: “Time zone is not …”.
        """
        if not self.message[:1].islower():
            return self.where, self.message
        outer, _, subject = self.part.rpartition(", ")
        return self._within(outer), f"{subject or 'The file'} {self.message}"

    def _within(self, part: str) -> str:
        line = f"line {self.line}" if self.line else ""
        return ", ".join(filter(None, (line, str(TagPlace(part, self.paragraph, self.heading, self.words)))))

    def __str__(self) -> str:
        file = ", ".join(filter(None, (self.file, self.where)))
        between = " " if self.message[:1].islower() else ": "
        return f"{file}{between if file else ''}{self.message}{' ' if self.hint else ''}{self.hint}"


def finding(
    problem: Problem, severity: Severity = "error", *, files: Collection[str] = (), kinds: tuple[str, ...] = ()
) -> Finding:
    """A problem as a finding.

    Args:
        files: names that its place may begin with; other files are recognized by their suffix.
        kinds: kinds of letter that are affected.
    """
    about = problem.about
    place = about.place if isinstance(about, Tag) else about if isinstance(about, TagPlace) else None
    file, part = _split(problem.where if place is None else place.part, files)
    line = _LINE.match(part)
    return Finding(
        severity,
        rule_id(problem.code, file),
        problem.message,
        problem.hint,
        file,
        part[line.end() :] if line else part,
        int(line[1]) if line else 0,
        place.number if place else 0,
        place.heading if place else "",
        short(place.words, 400) if place else "",
        about.raw.replace(OBJECT, "…") if isinstance(about, Tag) else "",
        kinds,
    )


def _split(where: str, files: Collection[str]) -> tuple[str, str]:
    """The file that a place begins with, and the rest of the place."""
    for file in sorted(files, key=len, reverse=True):
        if where == file or where.startswith(f"{file}, "):
            return file, where[len(file) + 2 :]
    if match := _FILE.match(where):
        return match[1], where[match.end() :]
    return "", where


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, with all kinds it affects: shared passages are checked for every kind that includes them."""
    kinds: dict[Finding, list[str]] = {}
    for each in findings:
        kinds.setdefault(replace(each, kinds=()), []).extend(each.kinds)
    return [_for_kinds(each, tuple(dict.fromkeys(found))) for each, found in kinds.items()]


def _for_kinds(found: Finding, kinds: tuple[str, ...]) -> Finding:
    """The finding with the kinds it affects; if there is only one, its hint names it."""
    hint = (
        found.hint.replace("`letters fields KIND`", f"`letters fields {kinds[0]}`") if len(kinds) == 1 else found.hint
    )
    return replace(found, hint=hint, kinds=kinds)


def in_reading_order(findings: Iterable[Finding], files: Iterable[str]) -> list[Finding]:
    """File by file in the given order, then other files; within a file from top to bottom, errors before notes."""
    order = {file: number for number, file in enumerate(files)}
    findings = list(findings)
    parts: dict[tuple[str, str], int] = {}
    for found in findings:
        parts.setdefault((found.file, found.part), len(parts) if found.paragraph else 0)

    def key(found: Finding) -> tuple[int, str, int, bool, int, int]:
        place = parts[found.file, found.part], found.paragraph
        return (order.get(found.file, len(order)), found.file, found.line, found.severity == "note", *place)

    return sorted(findings, key=key)


class LintReport(Struct, frozen=True):
    """The result of a check.

    Args:
        findings: errors and notes, in reading order.
        files: names of the files that were checked, in reading order.
        documents: the bytes of the Word files among them, by name.
        accepted: findings that are not reported, because `templates/check.toml` accepts them; each with the reason.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    documents: Mapping[str, bytes] = field(default_factory=dict)
    accepted: tuple[tuple[Finding, str], ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(found.severity == "error" for found in self.findings)

    def only(self, kinds: Iterable[str], files: Iterable[str]) -> LintReport:
        """The findings for some kinds or files. Without files, errors that concern every kind are kept too."""
        kinds, files = set(kinds), set(files)

        def concerns(found: Finding) -> bool:
            concerns_all = not found.kinds and not files and found.severity == "error"
            return bool(kinds.intersection(found.kinds)) or found.file in files or concerns_all

        return replace(self, findings=tuple(found for found in self.findings if concerns(found)))
