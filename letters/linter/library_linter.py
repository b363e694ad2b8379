"""Checks a whole library in one run: templates, shared passages, prompts, law and terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

import tomli
from msgspec.structs import replace

from letters._system.resource_limits import READING_SECONDS, within_limits
from letters.assembly.assembler import Assembler, typed_law
from letters.assembly.template.compilation import FILLABLE, REVIEW, TemplateAnalysis
from letters.assembly.template.names_used import uses
from letters.assembly.template.tags import Tag, paragraph_of
from letters.assembly.template.template import Template, read_text
from letters.errors import Collector, LettersError, Problem, TemplateAtFault
from letters.library.library import Kind, RecoveredLibrary
from letters.library.office_files import read_rulebook
from letters.library.office_languages import still_as_before
from letters.library.prompts import Questionnaire, check_translations, load_questionnaire
from letters.library.stand_ins import NOT_KNOWN
from letters.linter.accepted import load_acceptances, with_accepted
from letters.linter.contradiction_search import ContradictionSearch
from letters.linter.enclosure_checks import EnclosureLinter
from letters.linter.english_usage import usage_in_data, usage_in_pieces, usage_in_sentences
from letters.linter.findings import Finding, LintReport, Severity, finding, merged
from letters.linter.language_comparison import differences
from letters.linter.law_usage import foreign_law, notes_on_law, unused_terms
from letters.linter.question_usage import never_asked, unasked, unused
from letters.linter.sample_runs import SampleRuns
from letters.linter.sentence_fit import office_fit, wording_fit
from letters.linter.tag_checks import ConditionVerdict, check_tags
from letters.linter.template_file import TemplateFindings, examine, hidden_content_of_passages
from letters.linter.template_names import ANY, NameShape, TemplateNames, names_of
from letters.matters.location import settings_of
from letters.model.kinds import KINDS
from letters.model.office import Office
from letters.model.rulebook import Rulebook

T = TypeVar("T")
_SOME_DAY = date(2026, 1, 5)  # to see whether the holidays of the office's State are known
# The kinds of letter that print the wording in these files.
_PRINTED_BY = {
    "conditions": "conditional-approval",
    "objections": "subpoena-response",
    "showing": "request-for-justification",
    "reasons": "denial",
}


class LibraryLinter:
    """One run over a library. It collects findings, and goes on whatever else is wrong.

    Args:
        day: the date by which law counts as out of date; None leaves that out.
        kinds: the kinds to test by writing letters and to proofread, which takes most of the time; all if empty.
        without_seal: whether the seal is kept elsewhere, so that it is not missing here.
    """

    def __init__(
        self, assembler: Assembler, day: date | None, kinds: frozenset[str] = frozenset(), *, without_seal: bool = False
    ) -> None:
        self.library = RecoveredLibrary(assembler.library.root, signers=assembler.library.signers)
        self.assembler, self.day, self.kinds = Assembler(self.library), day, kinds
        self.without_seal = without_seal
        self.findings: list[Finding] = []
        self.verdicts: dict[Tag, list[bool | None]] = {}
        self.used: dict[str, set[str]] = {}
        self.included: set[str] = set()
        self._names: dict[str, TemplateNames] = {}
        self.documents: dict[str, bytes] = {}

    def report(self) -> LintReport:
        """Check everything."""
        self._note_open_files()
        self._attempt(lambda: self.assembler.phrases)
        for problem in self._law[1]:
            self._add(problem)
        if distrust := self._attempt(lambda: self.assembler.approvals.trust_problem):
            message = f"All letters are drafts: {distrust}."
            hint = (
                "If the record is only not signed yet: letters vet --sign --by NAME. If it was damaged: restore it and "
                "its signature from a backup."
            )
            self._add(Problem(message, "templates/vetted.toml", hint, "signature"))
        self._attempt(lambda: self.assembler.seal)
        for kind, folder in self._kinds.items():
            self._check_kind(kind, folder)
            self._check_enclosures(kind)
            for file in self.library.stray_documents(kind):
                hint = "Name it letter.docx, or letter.es.docx for a letter in Spanish too; or move it elsewhere."
                problem = Problem("No letter is made from this file.", self.library.name_of(file), hint, "unread")
                self._add(problem, "note", kinds=(kind,))
        for language in sorted({each for kind in self._kinds for each in self.library.translations(kind)}):
            for problem in self._untranslated(language):
                self._add(problem, "note")
        self._check_texts()
        self._check_sentences()
        self._check_contradictions()
        self.findings += self.conditions()
        self._check_questions()
        for severity, problem in hidden_content_of_passages(self.assembler.passages):
            self._add(problem, severity)
        self._read_passages()
        self._check_settings()
        for file in self.library.unread():
            self._attempt(partial(self.library.toml, file))
        for problem in self.library.problems:
            if not (self.without_seal and problem.code == "seal"):
                self._add(problem)
        problems = Collector()
        entries = load_acceptances(self.library, problems)
        for problem in problems:
            self._add(problem)
        report = LintReport(tuple(merged(self.findings)), self._files(), self.documents)
        return with_accepted(report, entries, self.day, is_whole=not self.kinds)

    def _add(self, problem: Problem, severity: Severity = "error", kinds: tuple[str, ...] = ()) -> None:
        self.findings.append(finding(problem, severity, kinds=kinds))

    def _attempt(self, load: Callable[[], T], kinds: tuple[str, ...] = ()) -> T | None:
        """What ``load`` returns; None if it fails, with its problems added to the findings."""
        try:
            return load()
        except LettersError as error:
            for problem in error.problems:
                self._add(problem, kinds=kinds)
            return None

    # --- loading the library ---

    @cached_property
    def _kinds(self) -> Mapping[str, Path]:
        """The folder of every kind; if the library cannot be read, every folder that holds a template."""
        kinds: Mapping[str, Kind] | None = self._attempt(lambda: self.library.kinds)
        if kinds is not None:
            return {name: kind.folder for name, kind in kinds.items()}
        return {file.parent.name: file.parent for file in sorted(self.library.templates.glob("*/letter.docx"))}

    @cached_property
    def _office(self) -> Office | None:
        office = self._attempt(lambda: self.assembler.office)
        if office is not None:
            self._attempt(lambda: office.calendar.why_closed(_SOME_DAY))
        return office

    @cached_property
    def _law(self) -> tuple[Rulebook, Collector]:
        """What could be read from the law files, and what is wrong in them."""
        return read_rulebook(self.library, self._office)

    @cached_property
    def _scripts(self) -> dict[str, Questionnaire]:
        found = {kind: self._attempt(partial(load_questionnaire, self.library, kind)) for kind in self._kinds}
        return {kind: script for kind, script in found.items() if script is not None}

    def names(self, kind: str) -> TemplateNames:
        if kind not in self._names:
            self._names[kind] = self._names_of(kind)
        return self._names[kind]

    def _names_of(self, kind: str) -> TemplateNames:
        """The names for a kind; if the law files are wrong, names that come from them are not checked."""
        rulebook = self._law[0]
        phrases = self._attempt(lambda: self.assembler.phrases) or {}
        extras = self._scripts[kind].extras if kind in self._scripts else ()
        names = names_of(kind, rulebook, phrases, self._kinds, extras)
        unknown = ["law", "citable", "deadlines"] if self._law_is_lost or not phrases else []
        if any(self.library.lost(self.library.prompts / f"{each}.toml") for each in self.library.prompt_files(kind)):
            unknown.append("extra")
        faulty = self._scripts[kind].faulty if kind in self._scripts else ()
        if "" in faulty:
            unknown.append("extra")
        parts = {**names.root.parts, **dict.fromkeys(unknown, NameShape(ANY))}
        if faulty and (extra := parts["extra"]).parts:
            own = [name.removeprefix("extra.") for name in faulty]
            lost = dict.fromkeys([*own, *(f"{name}_words" for name in own)], NameShape(ANY))
            parts["extra"] = replace(extra, parts={**extra.parts, **lost})
        return replace(names, root=replace(names.root, parts=parts))

    @property
    def _law_is_lost(self) -> bool:
        """Whether some of the law could not be read, so that what names it is not at fault."""
        return self.library.lost(self.library.templates / "legal_basis.toml")

    def _untranslated(self, language: str) -> list[Problem]:
        office = self._office
        if office is None:
            return []
        return self._attempt(lambda: list(still_as_before(self.library, office, language))) or []

    # --- templates ---

    def _check_kind(self, kind: str, folder: Path) -> None:
        own = self._check_template(kind, folder / "letter.docx", "")
        for translation in self.library.translations(kind):
            file = folder / f"letter.{translation}.docx"
            other = self._check_template(kind, file, translation)
            if own is not None and other is not None and own.is_sound and other.is_sound:
                self._compare(kind, own, other)

    def _check_template(self, kind: str, file: Path, translation: str) -> TemplateFindings | None:
        data = self._attempt(lambda: self.library.read(file), (kind,))
        if data is None:
            return None
        name = self.library.name_of(file)
        self.documents[name] = data
        wording = self._attempt(lambda: self.assembler.wording(translation), (kind,)) if translation else None
        if translation and wording is None:
            return None
        language = wording.language.tag if wording else self._office.language if self._office else ""
        found = TemplateFindings(name)
        try:
            with within_limits(name, READING_SECONDS, doing="Reading"):
                found = examine(data, name, self.assembler.passages_in(translation), language)
        except TemplateAtFault as error:
            for problem in error.problems:
                found.add(problem)
        self.findings += [
            replace(each, kinds=(kind,)) for each in (*found.findings, *self.of_template(found, kind, translation))
        ]
        return found

    def _compare(self, kind: str, own: TemplateFindings, other: TemplateFindings) -> None:
        """Report what the templates of two languages do not have in common."""
        if own.examination is None or other.examination is None:
            return
        for problem in differences(own.examination.tags, other.examination.tags, own.file, other.file):
            in_file = own if problem.field == other.file else other
            self.findings.append(finding(replace(problem, field=""), "error", files=(in_file.file,), kinds=(kind,)))

    def _check_enclosures(self, kind: str) -> None:
        """Check what goes out with letters of a kind."""
        if not self.library.enclosures(kind) or self._office is None:
            return
        linter = EnclosureLinter(self.assembler, kind, self.names(kind), self._remember)
        can_be_made = not self._law_is_lost and not self._is_broken(kind)
        for severity, problem in linter.problems(with_samples=can_be_made and self._is_wanted(kind)):
            self._add(problem, severity, (kind,))
        self.used.setdefault(kind, set()).update(linter.used)

    def of_template(self, found: TemplateFindings, kind: str, translation: str = "") -> list[Finding]:
        """What is wrong with a file as a template of this kind."""
        examination = found.examination
        if examination is None:
            return []
        new = TemplateFindings(found.file, headings=found.headings)
        self.used.setdefault(kind, set()).update(use.path for use in examination.uses)
        self.included |= set(examination.passages)
        problems, verdicts = check_tags(examination.tags, examination.faulty, self.names(kind))
        at_fault = {problem.about for problem in (*examination.problems, *problems)}
        self._remember(each for each in verdicts if each.tag not in at_fault)  # the others follow from what is wrong
        for problem in (*typed_law(examination.reading.wording, self._law[0].bases.values()), *problems):
            new.add(problem, kinds=(kind,))
        if self._is_wanted(kind) and found.is_sound and self._office is not None and not self._law_is_lost:
            reported = {paragraph_of(problem.about) for problem in problems} | found.placeholders
            for problem in self._sample_problems(found, kind, translation):
                if (
                    place := paragraph_of(problem.about)
                ) is None or place not in reported:  # otherwise it follows from what is reported there
                    new.add(problem, kinds=(kind,))
        return new.findings

    def _sample_problems(self, found: TemplateFindings, kind: str, translation: str) -> Iterator[Problem]:
        """What is found when test letters are written: one for each sample, and variations of the first.

        Without a sample in the language of the template, the others serve, with their answers as they are.
        """
        assert found.examination is not None
        all_samples = self._attempt(lambda: self.assembler.samples(kind), (kind,)) or {}
        samples = {
            name: answers
            for name, answers in all_samples.items()
            if self.assembler.translation_named(kind, answers.get("language")) == translation
        }
        if translation and not samples:
            samples = {name: {**answers, "language": translation} for name, answers in all_samples.items()}
        if not samples:
            folder = self.library.name_of(self._kinds[kind])
            message = "There is no sample, so no test letter can be written."
            yield Problem(message, f"{folder}/sample.toml", "Save sample answers there.", "sample")
        language = self._attempt(lambda: self.assembler.language(translation))
        if language is None:
            return
        template = None
        try:
            template = Template.of(found.examination, language, FILLABLE)
        except TemplateAtFault as error:
            yield from error.problems
        else:
            if found.expanded and all(problem.code in REVIEW for problem in found.examination.problems):
                self.assembler.take(kind, translation, template, found.expanded)
        for number, (name, answers) in enumerate(samples.items()):
            try:
                letter = self.assembler.check(answers)
            except LettersError as error:
                where = f"{self.library.name_of(self._kinds[kind])}/{name}"
                if not (self._law[1] or self.library.problems):  # otherwise it may follow from what is wrong there
                    yield from (problem.within(where) for problem in error.problems)
                continue
            if template is None:
                continue
            runs = SampleRuns(
                self.assembler,
                found.examination,
                template,
                answers,
                letter,
                self.names(kind),
                with_variations=not number,
                language=language,
                unknown=self._unknown(found.examination, kind),
            )
            yield from runs.problems()

    def _unknown(self, examination: TemplateAnalysis, kind: str) -> tuple[str, ...]:
        """The names that its tags use although there are none such; not those of the entries of a list."""
        used = dict.fromkeys(use.path for use in examination.uses)
        return tuple(path for path in used if "[" not in path and self.names(kind).find(path) is None)

    def _remember(self, verdicts: Iterable[ConditionVerdict]) -> None:
        for each in verdicts:
            self.verdicts.setdefault(each.tag, []).append(each.holds)

    def conditions(self, file: str = "") -> Iterator[Finding]:
        """Conditions that are true in no letter of any kind, or in every one; if a file is given, only those in it."""
        for tag, verdicts in self.verdicts.items():
            if not tag.place.part.startswith(file):
                continue
            if set(verdicts) == {False}:
                if any(kind not in self._kinds and f'"{kind}"' in tag.says for kind in KINDS):
                    continue  # a shared passage may allow for kinds that this library does not have
                message = f"{tag.raw} can never be true here."
                hint = "Compare it with the kinds that use it, and with the conditions around it."
                yield finding(tag.fault(message, hint, "never"), "error", files=[file] if file else ())
            elif set(verdicts) == {True}:
                if tag.place.part.startswith("templates/shared/") and re.search(r"\bkind\b", tag.says):
                    continue  # a shared passage may allow for kinds that do not include it yet
                message = f"{tag.raw} is true in every letter."
                hint = "Remove the condition, or change what it tests."
                yield finding(tag.fault(message, hint, "always"), "note", files=[file] if file else ())

    def _read_passages(self) -> None:
        passages = self.assembler.passages
        for name in passages.names:
            data = self._attempt(partial(passages.read, name))
            if data is not None:
                self.documents[passages.file(name)] = data
            if name not in self.included:
                message = "No template includes this passage."
                self._add(Problem(message, passages.file(name), "Include it, or delete it.", "unused-passage"), "note")

    # --- settings and texts ---

    def _check_settings(self) -> None:
        """Check what the library's own `letters.toml` says: it names the register, and nothing else is read."""
        file = self.library.name_of(self.library.root / "letters.toml")
        for name in self._attempt(lambda: settings_of(self.library)) or ():
            if name == "register":
                continue
            is_meant = bool(get_close_matches(name.casefold(), ["register"]))
            hint = "Did you mean register?" if is_meant else "Remove it."
            problem = Problem(f"“{name}” is not a setting, so nothing reads it.", file, hint, "unknown")
            self._add(problem, "error" if is_meant else "note")

    def _check_texts(self) -> None:
        """Check the tags in the wording of conditions, objections, and what a request must show."""
        rulebook = self._law[0]
        texts = {
            "conditions": {each.id: each.text for each in rulebook.conditions.values()},
            "objections": {each.id: each.text for each in rulebook.objections.values()},
            "showing": {each.id: each.why for each in rulebook.showing.values()},
            "reasons": {each.id: each.text for each in rulebook.reasons.values()},
        }
        for file, entries in texts.items():
            kind = _PRINTED_BY[file]
            for name, text in entries.items():
                _, tags, faults = read_text(text, f"templates/{file}.toml, {name}")
                faulty = frozenset(fault.about for fault in faults if isinstance(fault.about, Tag))
                problems, verdicts = check_tags(tags, faulty, self.names(kind))
                self.used.setdefault(kind, set()).update(use.path for use in uses(tags, faulty))
                self._remember(verdicts)
                for problem in (*faults, *problems):
                    self._add(problem, kinds=(kind,))

    def _check_sentences(self) -> None:
        """Check the wording of law, terms and choices against the sentences it completes."""
        phrases = self._attempt(lambda: self.assembler.phrases) or {}
        in_english = self._office is None or self._office.language.split("-")[0].lower() == "en"
        for severity, problem in wording_fit(self._law[0], phrases, in_english=in_english):
            self._add(problem, severity)
        for problem in office_fit(self._office) if self._office else ():
            self._add(problem)

    def _check_contradictions(self) -> None:
        """Letters that the rules allow and that would contradict themselves."""
        listed = self._attempt(lambda: self.assembler.contradictions)
        if listed is None or self._office is None or self._law_is_lost:
            return
        for kind in self._kinds:
            if not self._is_wanted(kind) or self._is_broken(kind):
                continue  # what cannot be read is reported; nothing can be tried with it
            with suppress(LettersError):
                for problem in ContradictionSearch(self.assembler, kind, listed).problems():
                    self._add(problem, kinds=(kind,))

    def _is_wanted(self, kind: str) -> bool:
        """Whether the report is about this kind of letter."""
        return not self.kinds or kind in self.kinds

    def _is_broken(self, kind: str) -> bool:
        """Whether something is wrong with this kind of letter besides what is left of a review."""
        found = (each for each in self.findings if kind in each.kinds and each.severity == "error")
        return any(each.code not in REVIEW for each in found)

    def _check_questions(self) -> None:
        for problem in self._attempt(lambda: list(check_translations(self.library))) or ():
            self._add(problem)
        readable = self._office is not None and not self._law_is_lost
        advice = self._attempt(lambda: self.assembler.advice) if readable else None
        advised = {name for rule in advice.rules for name in rule.bases} if advice else set()
        whole = {kind: script for kind, script in self._scripts.items() if not self._has_wrong_questions(kind)}
        for problem, kinds in unasked(whole, self.used):
            self._add(problem, "note", kinds)
        for problem, kind in unused(self._scripts, self.used, self._law[0].office_rules):
            self._add(problem, "note", (kind,))
        for problem in never_asked(self._scripts, self._kinds):
            self._add(problem)
        if not self._law_is_lost:
            law, scripts, is_whole = self._law[0], self._scripts, not self.kinds
            for problem in notes_on_law(law, scripts, self.used, advised, self.day) if is_whole else ():
                self._add(problem, "note")
            # In a new library it is what is left to do; nothing is approved before it is done.
            is_new = not self._attempt(lambda: self.assembler.approvals.entries)
            state = self._office.state if self._office else NOT_KNOWN
            for problem in foreign_law(self._law[0], state) if state != NOT_KNOWN else ():
                self._add(problem, "note" if is_new else "error")
            for problem in unused_terms(law, scripts) if is_whole else ():
                self._add(problem, "note")
        if self._office is not None and self._office.language.startswith("en") and not self._law_is_lost:
            self._check_english()

    def _has_wrong_questions(self, kind: str) -> bool:
        """Whether something is wrong in a file of questions of this kind, which then may ask what it seems not to."""
        files = {
            f"{self.library.name_of(self.library.prompts)}/{each}.toml" for each in self.library.prompt_files(kind)
        }
        return any(each.file in files and each.severity == "error" for each in (*self.findings, *self._told))

    @property
    def _told(self) -> Iterator[Finding]:
        """What the library itself has found to be wrong so far."""
        return map(finding, self.library.problems)

    def _check_english(self) -> None:
        with suppress(LettersError):  # phrases that cannot be read are reported elsewhere
            for problem in usage_in_data(self._law[0], self.assembler.phrases):
                self._add(problem)
        if not self.kinds:  # a note on a file that all kinds share is not about some of them
            for problem in usage_in_sentences(self._files_in_english()):
                self._add(problem, "note")
        read: set[tuple[str, int, str]] = set()
        for kind in self._kinds:
            if not self._is_wanted(kind) or self._is_broken(kind):
                continue
            with suppress(LettersError):
                new = [piece for piece in self.assembler.anatomy(kind).pieces if piece.origin not in read]
                read.update(piece.origin for piece in new)
                for problem in usage_in_pieces(new):
                    self._add(problem, kinds=(kind,))

    def _files_in_english(self) -> Iterator[tuple[str, object]]:
        """Questions, advice, and rules, without their translations."""
        for file in (*sorted(self.library.prompts.glob("*.toml")), self.library.templates / "rules.toml"):
            if "." not in file.stem:
                with suppress(LettersError, OSError, ValueError):  # what cannot be read is reported elsewhere
                    yield self.library.name_of(file), tomli.loads(self.library.read(file).decode())

    def _note_open_files(self) -> None:
        for file in sorted(self.library.templates.glob("**/~$*")):
            message = "Somebody has this file open in Word, so its last saved version was checked."
            hint = "Close it in Word, and check again."
            self._add(Problem(message, self.library.name_of(file), hint, "open-in-word"), "note")

    def _files(self) -> tuple[str, ...]:
        files = [
            *self.library.templates.glob("*.toml"),
            *self.library.templates.glob("*/*.toml"),
            *self.library.templates.glob("*/enclosures/*.toml"),
            *self.library.prompts.glob("*.toml"),
        ]
        return (*sorted(map(self.library.name_of, files)), *sorted(self.documents))
