"""Checks a whole library, or single Word files: everything that is wrong, in one run, before a letter is written.

What is found is told as findings, errors and notes; copies with Word comments, and cleaned ones, are made from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from letters.assembly.assembler import Assembler, typed_law
from letters.assembly.template.passages import NO_PASSAGES
from letters.assembly.template.tags import Tag
from letters.assembly.template.template import read_text
from letters.assembly.template.uses import uses
from letters.errors import Collector, LettersError, Problem
from letters.library.library import Kind
from letters.library.office_files import read_rulebook
from letters.library.prompts import Questionnaire, load_questionnaire
from letters.linter.findings import Finding, Severity, finding, in_reading_order, merged
from letters.linter.meaning import ConditionVerdict, misread
from letters.linter.mending import mended
from letters.linter.questions import never_asked, unasked, unused
from letters.linter.remarks import with_remarks
from letters.linter.reports import as_json, as_sarif, as_text, summary
from letters.linter.sources import notes_on_law, unused_terms
from letters.linter.template import Examined, examine, opened, remains_of_passages
from letters.linter.template_names import ANY, Names, NameShape, names_of
from letters.linter.trials import TemplateTrials
from letters.model.kinds import KINDS
from letters.model.office import Office
from letters.model.rulebook import Rulebook

__all__ = [
    "LintReport",
    "as_json",
    "as_sarif",
    "as_text",
    "check_files",
    "check_library",
    "mended_copies",
    "remarked_copies",
    "summary",
    "with_samples_printed",
]

T = TypeVar("T")
# Kinds whose letters print the wording of these files.
_WORDED = {
    "conditions": "conditional-approval",
    "objections": "subpoena-response",
    "showing": "request-for-justification",
}


@dataclass(frozen=True)
class LintReport:
    """What was found, and the files that were looked at, in reading order.

    Args:
        documents: the bytes of the Word files among them.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    documents: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def has_errors(self) -> bool:
        return any(found.severity == "error" for found in self.findings)

    def only(self, kinds: Iterable[str], files: Iterable[str]) -> LintReport:
        """What touches these kinds or files, and errors that touch every kind."""
        kinds, files = set(kinds), set(files)

        def concerns(found: Finding) -> bool:
            for_all = not found.kinds and not files and found.severity == "error"
            return bool(kinds.intersection(found.kinds)) or found.file in files or for_all

        return replace(self, findings=tuple(found for found in self.findings if concerns(found)))


def check_library(assembler: Assembler, day: date) -> LintReport:
    """Check everything an office owns.

    Args:
        day: today, for what has grown stale.
    """
    return _Checkup(assembler, day).report()


def check_files(files: Mapping[str, bytes], assembler: Assembler | None = None, kind: str = "") -> LintReport:
    """Check Word files that are no part of a library.

    Args:
        files: by the name messages call them.
        kind: judge them as templates of this kind of ``desk``'s library; otherwise as docxtpl would fill them.
    """
    findings: list[Finding] = []
    for name, data in files.items():
        if assembler is not None and kind:
            found = examine(data, name, assembler.passages, assembler.office.language)
            findings += found.findings
            checkup = _Checkup(assembler, date.max)
            findings += checkup.of_template(found, kind)
            findings += checkup.judged(name)
        else:
            findings += examine(data, name, NO_PASSAGES, stranger=True).findings
    return LintReport(tuple(in_reading_order(merged(findings), files)), tuple(files), files)


class _Checkup:
    """One run over a library: collects findings, whatever else may be wrong."""

    def __init__(self, assembler: Assembler, day: date) -> None:
        self.assembler, self.library, self.day = assembler, assembler.library, day
        self.findings: list[Finding] = []
        self.verdicts: dict[Tag, list[bool | None]] = {}
        self.used: dict[str, set[str]] = {}
        self.included: set[str] = set()
        self._names: dict[str, Names] = {}
        self.documents: dict[str, bytes] = {}

    def report(self) -> LintReport:
        self._notice_locks()
        self._attempt(lambda: self.assembler.phrases)
        for problem in self._law[1]:
            self._add(problem)
        if distrust := self._attempt(lambda: self.assembler.register.trust_problem):
            message = f"Letters are drafts: {distrust}."
            self._add(Problem(message, "templates/vetted.toml", "`letters vet --status` says more.", "signature"))
        for kind, folder in self._kinds.items():
            self._check_kind(kind, folder)
        self._check_wordings()
        self.findings += self.judged()
        self._check_questions()
        for severity, problem in remains_of_passages(self.assembler.passages):
            self._add(problem, severity)
        self._read_passages()
        files = self._files()
        return LintReport(tuple(in_reading_order(merged(self.findings), files)), files, self.documents)

    def _add(self, problem: Problem, severity: Severity = "error", kinds: tuple[str, ...] = ()) -> None:
        self.findings.append(finding(problem, severity, kinds=kinds))

    def _attempt(self, load: Callable[[], T], kinds: tuple[str, ...] = ()) -> T | None:
        """What ``load`` gives; None, and every problem among the findings, where it fails."""
        try:
            return load()
        except LettersError as error:
            for problem in error.problems:
                self._add(problem, kinds=kinds)
            return None

    # --- what everything rests on ---

    @cached_property
    def _kinds(self) -> Mapping[str, Path]:
        """The folder of every kind; of those that can be seen, where the library cannot tell."""
        kinds: Mapping[str, Kind] | None = self._attempt(lambda: self.library.kinds)
        if kinds is not None:
            return {name: kind.folder for name, kind in kinds.items()}
        return {file.parent.name: file.parent for file in sorted(self.library.templates.glob("*/letter.docx"))}

    @cached_property
    def _office(self) -> Office | None:
        return self._attempt(lambda: self.assembler.office)

    @cached_property
    def _law(self) -> tuple[Rulebook, Collector]:
        """What is right in the law files, and what is wrong in them."""
        return read_rulebook(self.library, self._office)

    @cached_property
    def _scripts(self) -> dict[str, Questionnaire]:
        found = {kind: self._attempt(lambda kind=kind: load_questionnaire(self.library, kind)) for kind in self._kinds}  # type: ignore[misc]
        return {kind: script for kind, script in found.items() if script is not None}

    def names(self, kind: str) -> Names:
        if kind not in self._names:
            self._names[kind] = self._names_of(kind)
        return self._names[kind]

    def _names_of(self, kind: str) -> Names:
        """The names of a kind; where the law is at fault, nothing is said of those that come from it."""
        rulebook, problems = self._law
        phrases = self._attempt(lambda: self.assembler.phrases) or {}
        extras = self._scripts[kind].extras if kind in self._scripts else ()
        names = names_of(kind, rulebook, phrases, self._kinds, extras)
        if not problems and phrases:
            return names
        return replace(
            names,
            root=replace(names.root, parts={**names.root.parts, "law": NameShape(ANY), "deadlines": NameShape(ANY)}),
        )

    # --- templates ---

    def _check_kind(self, kind: str, folder: Path) -> None:
        file = folder / "letter.docx"
        data = self._attempt(lambda: self.library.read(file), (kind,))
        if data is None:
            return
        name = self.library.name_of(file)
        self.documents[name] = data
        found = examine(data, name, self.assembler.passages, self._office.language if self._office else "")
        self.findings += [replace(each, kinds=(kind,)) for each in (*found.findings, *self.of_template(found, kind))]

    def of_template(self, found: Examined, kind: str) -> list[Finding]:
        """What is wrong with a template of this kind, beyond the file itself."""
        examination = found.examination
        if examination is None:
            return []
        told = Examined(found.file, headings=found.headings)
        self.used[kind] = {use.path for use in examination.uses}
        self.included |= set(examination.passages)
        problems, verdicts = misread(examination.tags, examination.faulty, self.names(kind))
        self._remember(verdicts)
        for problem in (*typed_law(examination.reading.wording), *problems):
            told.add(problem, kinds=(kind,))
        if found.is_sound and not problems and self._office is not None and not self._law[1]:
            for problem in self._tried(found, kind, told):
                told.add(problem, kinds=(kind,))
        return told.findings

    def _tried(self, found: Examined, kind: str, told: Examined) -> Iterator[Problem]:
        """What comes to light when the samples are written, the first also with every condition flipped."""
        assert found.examination is not None
        samples = self._attempt(lambda: self.assembler.samples(kind), (kind,)) or {}
        if not samples:
            folder = self.library.name_of(self._kinds[kind])
            yield Problem(
                "There is no sample, so no letter can be tried.", f"{folder}/sample.toml", "Save one there.", "sample"
            )
        for number, (name, answers) in enumerate(samples.items()):
            try:
                letter = self.assembler.check(answers)
            except LettersError as error:
                yield from (
                    problem.within(f"{self.library.name_of(self._kinds[kind])}/{name}") for problem in error.problems
                )
                continue
            trials = TemplateTrials(
                self.assembler, found.examination, answers, letter, self.names(kind), flips=not number
            )
            yield from trials.problems()

    def _remember(self, verdicts: Iterable[ConditionVerdict]) -> None:
        for each in verdicts:
            self.verdicts.setdefault(each.tag, []).append(each.holds)

    def judged(self, file: str = "") -> Iterator[Finding]:
        """Conditions that hold in no letter of any kind, or in every one; those of one file, if it is given."""
        for tag, verdicts in self.verdicts.items():
            if not tag.place.part.startswith(file):
                continue
            if set(verdicts) == {False}:
                message = f"{tag.raw} can never hold here."
                hint = "Compare it with the kinds that use it, and with the conditions it stands in."
                # Shared wording may be written for a kind that this library has not taken over.
                elsewhere = any(kind not in self._kinds and f'"{kind}"' in tag.says for kind in KINDS)
                severity: Severity = "note" if elsewhere else "error"
                yield finding(tag.fault(message, hint, "never"), severity, files=[file] if file else ())
            elif set(verdicts) == {True}:
                if tag.place.part.startswith("templates/shared/") and re.search(r"\bkind\b", tag.says):
                    continue  # shared wording guards itself against kinds that may take it in later
                message = f"{tag.raw} holds in every letter."
                hint = "Take the condition out, or ask for something else."
                yield finding(tag.fault(message, hint, "always"), "note", files=[file] if file else ())

    def _read_passages(self) -> None:
        passages = self.assembler.passages
        for name in passages.names:
            data = self._attempt(lambda name=name: passages.read(name))  # type: ignore[misc]
            if data is not None:
                self.documents[passages.file(name)] = data
            if name not in self.included:
                message = "No template includes this passage."
                self._add(Problem(message, passages.file(name), "Include it, or delete it.", "unused-passage"), "note")

    # --- texts ---

    def _check_wordings(self) -> None:
        """The tags in the wording of conditions, objections and what a request must show."""
        rulebook = self._law[0]
        texts = {
            "conditions": {each.id: each.text for each in rulebook.conditions.values()},
            "objections": {each.id: each.text for each in rulebook.objections.values()},
            "showing": {each.id: each.why for each in rulebook.showing.values()},
        }
        for file, entries in texts.items():
            kind = _WORDED[file]
            for name, text in entries.items():
                _, tags, faults = read_text(text, f"templates/{file}.toml, {name}")
                faulty = frozenset(fault.about for fault in faults if isinstance(fault.about, Tag))
                problems, verdicts = misread(tags, faulty, self.names(kind))
                self.used.setdefault(kind, set()).update(use.path for use in uses(tags, faulty))
                self._remember(verdicts)
                for problem in (*faults, *problems):
                    self._add(problem, kinds=(kind,))

    def _check_questions(self) -> None:
        advice = self._attempt(lambda: self.assembler.advice) if self._office is not None and not self._law[1] else None
        advised = {name for rule in advice.rules for name in rule.bases} if advice else set()
        for problem, kinds in unasked(self._scripts, self.used):
            self._add(problem, "note", kinds)
        for problem, kind in unused(self._scripts, self.used):
            self._add(problem, "note", (kind,))
        for problem in never_asked(self._scripts, self._kinds):
            self._add(problem)
        if not self._law[1]:
            for problem in notes_on_law(self._law[0], self._scripts, self.used, advised, self.day):
                self._add(problem, "note")
            for problem in unused_terms(self._law[0], self._scripts):
                self._add(problem, "note")

    def _notice_locks(self) -> None:
        for file in sorted(self.library.templates.glob("**/~$*")):
            message = "Somebody has this file open in Word; what is checked is what was last saved."
            self._add(Problem(message, self.library.name_of(file), "Close it in Word.", "open-in-word"), "note")

    def _files(self) -> tuple[str, ...]:
        files = [
            *self.library.templates.glob("*.toml"),
            *self.library.templates.glob("*/*.toml"),
            *self.library.prompts.glob("*.toml"),
        ]
        return (*sorted(map(self.library.name_of, files)), *sorted(self.documents))


def with_samples_printed(report: LintReport, assembler: Assembler, kinds: Iterable[str]) -> LintReport:
    """The report, with what comes to light when the samples are printed as PDF.

    Args:
        kinds: whose samples; all when there are none.
    """
    findings = list(report.findings)
    for kind in [*kinds] or assembler.library.kinds:
        file = f"{assembler.library.name_of(assembler.library.kinds[kind].folder)}/letter.docx"
        try:
            for answers in assembler.samples(kind).values():
                notes = assembler.make(assembler.check(answers)).notes
                findings += [finding(note.within(file), "note", kinds=(kind,)) for note in notes]
        except LettersError as error:
            findings += [finding(problem.within(file), kinds=(kind,)) for problem in error.problems]
    return replace(report, findings=tuple(in_reading_order(merged(findings), report.files)))


def remarked_copies(report: LintReport, day: date) -> dict[str, bytes]:
    """Each Word file in which something was found, with a comment at each finding."""
    copies = {}
    for name, data in report.documents.items():
        found = [each for each in report.findings if each.file == name]
        package = opened(data, name) if found else None
        if package is not None:
            copies[name] = with_remarks(package, found, day)
    return copies


def mended_copies(report: LintReport) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    """Each Word file in which something could safely be put right, cleaned, and what was done."""
    copies = {}
    for name, data in report.documents.items():
        package = opened(data, name)
        if package is not None and (made := mended(package))[1]:
            copies[name] = made
    return copies
