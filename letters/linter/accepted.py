"""Findings that an office has decided to accept, each with a reason and a day: `templates/check.toml`; and baselines.

A baseline is a file with the findings of one day. A later run reports only what is new since then.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace
from pydantic import Field

from letters.errors import Collector, InvalidAnswers, Problem
from letters.library.library import Library
from letters.library.office_files import checked
from letters.linter.findings import Finding, LintReport, in_reading_order
from letters.linter.rule_catalog import CHECK_RULES
from letters.model.values import Day, Model, Text

NAME = "templates/check.toml"
_VERSION = 1


class Acceptance(Model):
    """One entry of `templates/check.toml`."""

    rule: Text = Field(title="Rule", description="Id of the rule; `letters check --explain` lists them.")
    file: Text | None = Field(default=None, title="File", description="The file it is accepted in; any, if left out.")
    about: Text | None = Field(
        default=None, title="About", description="Words of the finding or of its place; any finding, if left out."
    )
    reason: Text = Field(title="Reason", description="Why it is accepted.")
    by: Text | None = Field(default=None, title="By", description="Who decided it.")
    on: Day = Field(title="On", description="The day it was decided.", examples=["2026-11-30"])
    until: Day | None = Field(default=None, title="Until", description="The last day on which it is accepted.")

    def covers(self, found: Finding) -> bool:
        """Whether it accepts this finding."""
        said = f"{found.where} {found.message} {found.tag}"
        return (
            found.code == self.rule
            and self.file in (None, found.file)
            and (self.about is None or " ".join(self.about.split()) in " ".join(said.split()))
        )


def load_acceptances(library: Library, problems: Collector) -> list[Acceptance]:
    """The entries of `templates/check.toml`; none if there is no such file. What is wrong is added to ``problems``."""
    file = library.templates / "check.toml"
    if not library.has(file):
        return []
    data = library.toml(file)
    for key in data.keys() - {"accept"}:
        problems.add(Problem(f"“{key}” is not known here, so nothing reads it.", NAME, "Begin each entry: [[accept]]"))
    entries = data.get("accept", [])
    found = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        before = len(problems)
        accepted = checked(Acceptance, entry, f"{NAME}, accept {number}", problems)
        if len(problems) == before:
            found.append(accepted)
        if accepted.rule not in CHECK_RULES:
            hint = "`letters check --explain` lists the rules."
            problems.add(Problem(f"There is no rule “{accepted.rule}”.", f"{NAME}, accept {number}", hint))
    return found


def with_accepted(
    report: LintReport, entries: Sequence[Acceptance], day: date | None, *, is_whole: bool = True
) -> LintReport:
    """The report without the findings that are accepted, and with a note on each entry that has ended or is not needed.

    Args:
        day: of the check; None to let no entry end.
        is_whole: whether everything was checked, so that an entry that accepts nothing is not needed.
    """
    reported: list[Finding] = []
    accepted = list(report.accepted)
    used: set[int] = set()
    for found in report.findings:
        covering = [number for number, each in enumerate(entries) if each.covers(found)]
        used.update(covering)
        valid = [entries[number] for number in covering if not _has_ended(entries[number], day)]
        if valid:
            accepted.append((found, valid[0].reason))
        else:
            reported.append(found)
    for number, each in enumerate(entries):
        if _has_ended(each, day):
            hint = "Look again: correct what is found, or write a later day."
            reported.append(_note(number, f"What it accepts ({each.rule}) was accepted until {each.until}.", hint))
        elif number not in used and is_whole:
            reported.append(_note(number, f"Nothing that is found is what it accepts ({each.rule}).", "Remove it."))
    findings = tuple(in_reading_order(dict.fromkeys(reported), report.files))
    return replace(report, findings=findings, accepted=tuple(accepted))


def _has_ended(entry: Acceptance, day: date | None) -> bool:
    return entry.until is not None and day is not None and entry.until < day


def _note(number: int, message: str, hint: str) -> Finding:
    return Finding("note", "acceptance", message, hint, NAME, f"accept {number + 1}")


# --- baselines ---


def fingerprint(found: Finding) -> str:
    """Identifies a finding across runs: it stays the same when text is added before its place."""
    message = re.sub(r"\b(paragraph|line) \d+", r"\1", found.message)
    parts = (found.code, found.file, found.part, found.words, found.tag, message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def as_baseline(findings: Iterable[Finding]) -> str:
    """The findings as a baseline: JSON, in an order that makes changes to it easy to read."""
    rows = sorted(
        ({"rule": each.code, "file": each.file, "finding": fingerprint(each)} for each in findings),
        key=lambda row: (row["file"], row["rule"], row["finding"]),
    )
    return json.dumps({"version": _VERSION, "findings": rows}, indent=1) + "\n"


def without_baseline(report: LintReport, data: bytes, name: str) -> tuple[LintReport, int]:
    """The report with only what is new since a baseline; and how many findings of the baseline are gone.

    Args:
        data: of the baseline.
        name: of its file.

    Raises:
        InvalidAnswers: it is not a baseline.
    """
    try:
        baseline = json.loads(data)
        known = Counter(str(row["finding"]) for row in baseline["findings"])
        if baseline["version"] != _VERSION:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "Write it again: letters check --write-baseline FILE"
        raise InvalidAnswers(Problem("The file is not a baseline.", name, hint, "baseline")) from error
    new: list[Finding] = []
    old: list[tuple[Finding, str]] = []
    for found in report.findings:
        if known[fingerprint(found)] > 0:
            known[fingerprint(found)] -= 1
            old.append((found, f"It is in the baseline {name}."))
        else:
            new.append(found)
    kept = replace(report, findings=tuple(new), accepted=(*report.accepted, *old))
    return kept, sum(known.values())
