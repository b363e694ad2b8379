"""Makes letters from one library, which is read once for any number of them.

The steps of every letter: answers → checked letter → template context → .docx → PDF. Nothing here writes files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from letters._system.environment import working_folder
from letters._system.resource_limits import READING_SECONDS, SECONDS, left_of, within_limits
from letters._system.stopwatch import clock_of_thread
from letters._system.version import VERSION
from letters._text.between_runs import kept
from letters._text.citations import citations_in
from letters._text.languages import Language, matching
from letters._text.lazy_property import lazy_property
from letters._text.leftovers import leftovers, may_have_leftovers
from letters._text.limited_memory import remember
from letters._text.picture_answers import PictureAnswer
from letters.assembly.letter_in_hand import LetterInHand
from letters.assembly.template_law import TemplateLaw
from letters.docx.package import Package, Packed, open_package, package_of, write_letter
from letters.errors import ANSWER, InvalidAnswers, LettersError, Problem, TemplateAtFault
from letters.forms.enclosure_choice import EnclosureChoice, LetterValues
from letters.forms.enclosure_file import Enclosure
from letters.library.advice import Advice
from letters.library.advice_file import load_advice
from letters.library.answers import Answers
from letters.library.approval_record import VettingEntry, version_of
from letters.library.approvals import ApprovalRegister, Vetting
from letters.library.kind_files import files_of
from letters.library.library import Library
from letters.library.office_files import load_contradictions, load_office, load_rulebook, read_rulebook
from letters.library.office_languages import (
    Wording,
    language_of,
    load_phrases,
    translated_office,
    translated_rulebook,
)
from letters.library.prompts import Question, load_extras
from letters.library.validation import check
from letters.model.contradictions import Contradictions
from letters.model.due_dates import DueDate, due_dates
from letters.model.error_wording import named
from letters.model.fields import Field, fields_of, put, title_of
from letters.model.legal_basis import LegalBasis
from letters.model.letter import Letter
from letters.model.office import Office
from letters.model.rule_engine import Case
from letters.model.rulebook import Rulebook
from letters.model.rules import broken
from letters.model.typed_law import by_words, tag_instead
from letters.pdf.note_codes import APPEARANCE
from letters.privacy.disclosure_scan import DisclosureScan
from letters.privacy.redaction import Redactor
from letters.provenance.record import Record
from letters.provenance.seal import Seal, load_seal

if TYPE_CHECKING:
    from letters.assembly.anatomy import Anatomy
    from letters.assembly.letter_pdf import LetterConverter
    from letters.assembly.template.compilation import ExpandedTemplate
    from letters.assembly.template.shared_passages import SharedPassages
    from letters.assembly.template.tags import TagPlace
    from letters.assembly.template.template import Template
    from letters.forms.enclosures import EnclosureMaker
    from letters.pdf.job import ConvertedLetter
    from letters.provenance.letter_text import LetterText

FORMATS = ("docx", "pdf")
_RECORDS_KEPT = 200


class FinishedLetter(Struct, frozen=True):
    """A finished letter.

    Args:
        files: the bytes of each file by suffix: ``docx``, ``pdf``; and of each enclosure, such as
            ``targeted-request.pdf``.
        notes: disclosures with a recorded reason, and where the PDF looks different from the Word letter; from
            `letters.write`, before them, why the letter is a draft, and cautions for counsel.
        is_draft: whether it is marked as a draft.
        deadlines: from `letters.write`, the days by which the law or the paper served wants an answer.
        reference: from `letters.write`, its file number; the register's, if the library has one.
    """

    files: Mapping[str, bytes]
    notes: tuple[Problem, ...] = ()
    is_draft: bool = False
    deadlines: tuple[DueDate, ...] = ()
    reference: str = ""


class Assembler:
    """Makes letters from one library. Each of its files is read and compiled once, when it is first needed."""

    def __init__(self, library: Library) -> None:
        self.library = library.read_once()
        self.approvals = ApprovalRegister(self.library)
        self._templates: dict[tuple[str, str], Template] = {}
        self._expanded: dict[tuple[str, str], ExpandedTemplate] = {}
        self._faulty: dict[tuple[str, str], tuple[Problem, ...]] = {}
        self._spent: dict[tuple[str, str], float] = {}
        self._anatomies: dict[tuple[str, str], Anatomy] = {}
        """Seconds it took to read each template, which its first letter is not given again."""
        self._wordings: dict[str, Wording] = {}
        self._passages: dict[str, SharedPassages] = {}
        self._extras: dict[tuple[str, str], tuple[Question, ...]] = {}
        self._secret: dict[str, tuple[Field, ...]] = {}
        self._vettings: dict[str, Vetting] = {}
        self._versions: dict[str, str] = {}
        self._records: dict[tuple[str, str, date], Record] = {}
        self._disclosures = DisclosureScan()
        self._latest: LetterInHand | None = None

    def _in_hand(self, letter: Letter) -> LetterInHand:
        """What follows from a letter, which is kept until another letter is asked about."""
        latest = self._latest
        if latest is None or latest.letter is not letter:
            latest = self._latest = LetterInHand(self, letter)
        return latest

    def take_up(self, letter: Letter, why_draft: str, suffixes: Collection[str]) -> None:
        """Go on with a letter that was checked here before, so that what it took to check it is not done again.

        Args:
            why_draft: what `why_draft` said of it.
            suffixes: what `suffixes` said of it.
        """
        hand = self._in_hand(letter)
        hand.why_draft = why_draft
        hand.enclosed = tuple(each for each in self.enclosures.of(letter.kind) if each.suffix in suffixes)

    @lazy_property
    def office(self) -> Office:
        return load_office(self.library)

    @lazy_property
    def rulebook(self) -> Rulebook:
        law = TemplateLaw(self.library.kinds, self.template)
        return replace(load_rulebook(self.library, self.office), template_law=law)

    @lazy_property
    def advice(self) -> Advice:
        return load_advice(self.library, self.rulebook)

    @lazy_property
    def phrases(self) -> Mapping[str, Mapping[str, str]]:
        return load_phrases(self.library)

    @lazy_property
    def contradictions(self) -> Contradictions:
        return load_contradictions(self.library)

    @lazy_property
    def converter(self) -> LetterConverter:
        from letters.assembly.letter_pdf import LetterConverter

        return LetterConverter(self.library)

    # --- languages ---

    def translations(self, kind: str) -> tuple[str, ...]:
        """The languages that a kind can be written in, by the suffix of its template; the office's own is empty."""
        return ("", *self.library.kinds[kind].translations)

    def translation_of(self, letter: Letter) -> str:
        """Which of them a letter is in."""
        return self._in_hand(letter).translation

    def translation_named(self, kind: str, language: str | None) -> str:
        """The suffix for a language as answers name it; empty for the office's own, and for one the kind lacks."""
        if not language:
            return ""
        found = matching(language, (self.office.language, *self.library.kinds[kind].translations))
        return "" if found == self.office.language else found

    def wording(self, translation: str = "") -> Wording:
        """What letters in one language take from the office's files. Raises LibraryAtFault.

        Args:
            translation: the suffix of its files; empty for the office's own language.
        """
        if translation not in self._wordings:
            file = self.library.templates / f"phrases{f'.{translation}' if translation else ''}.toml"
            phrases = load_phrases(self.library, translation) if translation else self.phrases
            language = language_of(phrases, translation or self.office.language, self.library.name_of(file))
            office, rulebook = self.office, self.rulebook
            if translation:
                office = translated_office(self.library, office, translation)
                rulebook = translated_rulebook(self.library, rulebook, office, translation)
            name = translation or office.language
            self._wordings[translation] = Wording(name, translation, language, phrases, office, rulebook)
        return self._wordings[translation]

    def language(self, translation: str = "") -> Language:
        """The language of the templates with this suffix; the phrases are read, and nothing else."""
        phrases = load_phrases(self.library, translation) if translation else self.phrases
        name = f"templates/phrases{f'.{translation}' if translation else ''}.toml"
        return language_of(phrases, translation or load_office(self.library).language, name)

    def passages_in(self, translation: str) -> SharedPassages:
        """The shared passages in one language, each read once for all kinds."""
        from letters.assembly.template.shared_passages import SharedPassages

        if translation not in self._passages:
            library, shared = self.library, self.library.templates / "shared"
            self._passages[translation] = SharedPassages(
                library.name_of(shared),
                library.passages,
                lambda name: library.read(shared / f"{name}.docx"),
                translation,
            )
        return self._passages[translation]

    @property
    def passages(self) -> SharedPassages:
        """The shared passages in the office's own language."""
        return self.passages_in("")

    @lazy_property
    def enclosures(self) -> EnclosureChoice:
        """The forms and pages that may go out with letters."""
        return EnclosureChoice(self.library)

    @lazy_property
    def enclosure_maker(self) -> EnclosureMaker:
        """Makes them."""
        from letters.forms.enclosures import EnclosureMaker

        return EnclosureMaker(self.library, lambda: self.seal)

    def template(self, kind: str, translation: str = "") -> Template:
        """The compiled template of a kind. Raises TemplateAtFault with every problem in it."""
        key = kind, translation
        if key in self._faulty:
            raise TemplateAtFault(self._faulty[key])
        if key not in self._templates:
            clock = clock_of_thread()
            begun = clock()
            try:
                self._templates[key] = self._compiled(kind, translation)
            except TemplateAtFault as error:
                self._faulty[key] = error.problems
                raise
            self._spent[key] = clock() - begun
        return self._templates[key]

    def _compiled(self, kind: str, translation: str) -> Template:
        from letters.assembly.template.template import REVIEW, Template

        file = self.library.kinds[kind].file(translation)
        name, passages = self.library.name_of(file), self.passages_in(translation)
        language = self.language(translation)
        data = self.library.read(file)

        def compiled() -> Template:
            with within_limits(name, READING_SECONDS, doing="Reading"):
                template = Template.compile(data, name, passages, language, REVIEW)
            self._refuse_typed_law(template)
            return template

        return kept(f"template {file}", lambda: (name, repr(language), data, *passages.contents()), compiled)

    def _refuse_typed_law(self, template: Template) -> None:
        if any(citations_in(words) for _, words in template.wording):
            bases = read_rulebook(self.library, None)[0].bases.values()
            raise TemplateAtFault(typed_law(template.wording, bases))

    def take(self, kind: str, translation: str, template: Template, expanded: ExpandedTemplate) -> None:
        """Use a template that was compiled already, and what it was compiled from, instead of reading it again."""
        key = kind, translation
        self._expanded[key] = expanded
        try:
            self._refuse_typed_law(template)
            self._templates[key] = template
        except TemplateAtFault as error:
            self._faulty[key] = error.problems

    def templates(self, kind: str) -> list[Template]:
        """The templates of a kind, one for each of its languages; the office's own is the first."""
        return [self.template(kind, translation) for translation in self.translations(kind)]

    def reloaded(self, changed: Collection[str]) -> Assembler:
        """An assembler for the library as it is now, keeping what these changed files (by name) do not affect."""
        new = Assembler(Library(self.library.root, signers=self.library.signers))
        if not any(name.endswith(".toml") for name in changed):
            for name in ("office", "rulebook", "advice", "phrases"):
                if name in self.__dict__:
                    new.__dict__[name] = self.__dict__[name]
            if "rulebook" in new.__dict__:
                law = TemplateLaw(new.library.kinds, new.template)
                new.__dict__["rulebook"] = replace(self.rulebook, template_law=law)
            new._extras = self._extras
        return new

    def vetting(self, kind: str) -> Vetting:
        """Whether a kind is vetted, by whom, and which files have changed since."""
        if kind not in self._vettings:
            self._vettings[kind] = self.approvals.of(kind)
        return self._vettings[kind]

    @lazy_property
    def seal(self) -> Seal:
        """The library's signing key, for the fingerprints in its letters. Raises LibraryAtFault."""
        return load_seal(self.library)

    def files_of(self, kind: str) -> tuple[str, ...]:
        """Every file that letters of a kind are made from, which is what an approval covers."""
        templates = self.templates(kind)
        passages = {passage for template in templates for passage in template.passages}
        names = {name for template in templates for name in template.names}
        enclosed = self.enclosures.files_of(kind) if self.library.enclosures(kind) else ()
        return (*files_of(self.library, kind, passages, names), *enclosed)

    def why_draft(self, letter: Letter) -> str:
        """Why the letter is only a draft, in one or two sentences; empty if it is not."""
        return self._in_hand(letter).why_draft

    def is_draft(self, letter: Letter) -> bool:
        """Whether a letter is marked as a draft, because something it is made from is not vetted."""
        return bool(self.why_draft(letter))

    def anatomy(self, kind: str, translation: str = "") -> Anatomy:
        """The paragraphs and branches of a kind's template, with their conditions. Raises TemplateAtFault."""
        from letters.assembly.anatomy import Anatomy

        key = kind, translation
        if key not in self._anatomies:
            self._anatomies[key] = Anatomy(self.template(kind, translation), self.expanded(kind, translation))
        return self._anatomies[key]

    def expanded(self, kind: str, translation: str = "") -> ExpandedTemplate:
        """The template of a kind with its shared passages inserted, for reading. Raises TemplateAtFault."""
        from letters.assembly.template.compilation import expand

        if taken := self._expanded.get((kind, translation)):
            return taken
        file = self.library.kinds[kind].file(translation)
        package = open_package(self.library.read(file), self.library.name_of(file))
        return expand(package, self.passages_in(translation))

    def field_lines(self, data: bytes, name: str) -> list[str]:
        """What the fields of a form say, a line each: of one that went out with a letter, and may have come back."""
        from letters.forms.acroform import fields_in
        from letters.forms.enclosures import field_lines
        from letters.forms.intake import open_form

        return list(field_lines(fields_in(open_form(data, name))))

    def template_package(self, kind: str, translation: str = "") -> Package:
        """The Word file of `expanded`."""
        return self.expanded(kind, translation).package

    def as_approved(self, entry: VettingEntry, files: Mapping[str, str] | None = None) -> Assembler:
        """An assembler for the library as it was approved in ``entry``.

        Args:
            files: other kept versions to use instead, SHA-256 by file name.
        """
        return Assembler(self.approvals.as_approved(entry, files))

    def samples(self, kind: str) -> dict[str, Answers]:
        """The sample answers of a kind by file name: `sample.toml`, then every other `sample-….toml`."""
        folder = self.library.kinds[kind].folder
        files = sorted(folder.glob("sample*.toml"), key=lambda file: (file.stem != "sample", file.name))
        return {file.name: self.library.answers(file) for file in files}

    def check(self, answers: Answers) -> Letter:
        """The letter these answers describe. Raises InvalidAnswers with everything that is wrong."""
        kind = answers.get("kind")
        extras = self.extras(kind) if isinstance(kind, str) and kind in self.library.kinds else ()
        try:
            return check(answers, self.rulebook, self.library.kinds, extras)
        except LettersError as error:
            known = kind if isinstance(kind, str) and kind in self.library.kinds else ""
            redactor = Redactor(answers, self._confidential(known))
            raise type(error)(map(redactor.redact, error.problems)) from error

    def _redactor(self, letter: Letter) -> Redactor:
        fields = self._confidential(letter.kind)
        names: dict[str, Any] = {}
        for each in fields:
            put(names, each.name, True)
        return Redactor(letter.model_dump(mode="json", include=names), fields)

    def _confidential(self, kind: str) -> tuple[Field, ...]:
        """The fields of a kind that messages must not quote; without a kind, those of any request."""
        if kind not in self._secret:
            known = fields_of(kind, self.library.form(kind)) if kind else fields_of("")
            extras = self.extras(kind) if kind else ()
            fields = (*known.values(), *(question.field for question in extras))
            self._secret[kind] = tuple(each for each in fields if each.confidential)
        return self._secret[kind]

    def extras(self, kind: str, translation: str = "") -> tuple[Question, ...]:
        """The questions about fields that the office has added to a kind.

        Args:
            translation: the language of the letter, for the wording of choices that it prints.
        """
        key = kind, translation
        if key not in self._extras:
            self._extras[key] = load_extras(self.library, kind, translation)
        return self._extras[key]

    def notes_on(self, letter: Letter) -> tuple[Problem, ...]:
        """What counsel should know about a letter before it is written: why it is a draft, and cautions."""
        draft = []
        if why := self.why_draft(letter):
            draft = [Problem(why, hint=self.vetting(letter.kind).way_out(letter.date), code="draft")]
        return (*draft, *self.cautions(letter))

    def due_dates(self, letter: Letter) -> tuple[DueDate, ...]:
        """The days by which the law, or the paper served, wants an answer to the letter's request."""
        return due_dates(letter, self.rulebook, letter.date)

    def cautions(self, letter: Letter) -> tuple[Problem, ...]:
        """Warnings about this letter, which counsel may decide to accept."""
        found = [*letter.cautions(self.rulebook), *self._departure(letter), *self._placeholders(letter)]
        if not found:
            return ()
        redactor = self._redactor(letter)
        return tuple(redactor.redact(named(caution, type(letter))) for caution in found)

    def _placeholders(self, letter: Letter) -> Iterator[Problem]:
        """Answers that contain a placeholder, such as [INSERT DATE], which the letter would print."""
        case = Case.of(letter, self.rulebook)
        if not may_have_leftovers(case.words_together):
            return
        for name, text in chain.from_iterable(case.texts.values()):
            for each in leftovers(text):
                yield broken(
                    name,
                    f"contains “{each.words}”, which looks like a placeholder that was never filled.",
                    "Write the words the letter should say, unless it is meant.",
                    "placeholder",
                )

    def _departure(self, letter: Letter) -> Iterator[Problem]:
        """A warning if the letter is not the one the decision guide recommends."""
        outcome = self._in_hand(letter).outcome
        if outcome and outcome.departs(letter.kind):
            first = outcome.rules[0]
            advised = f"recommends {outcome.kind}" if outcome.kind else "recommends asking counsel before any letter"
            yield broken(
                "departure",
                f"is missing, and the decision guide {advised} on these facts ({first.row}: {first.source}).",
                "Record why this letter is right, or write the recommended one. `letters advise` explains why.",
                "departure",
            )

    def context(self, letter: Letter) -> dict[str, Any]:
        """The values the template of this letter can use."""
        return self._in_hand(letter).context

    def letter_values(self, letter: Letter) -> LetterValues:
        """What a letter gives the forms and pages that go out with it."""
        return self._in_hand(letter).values

    def enclosed(self, letter: Letter) -> tuple[Enclosure, ...]:
        """The forms and pages that go out with a letter. Raises LibraryAtFault."""
        return self._in_hand(letter).enclosed

    def suffixes(self, letter: Letter, formats: Collection[str] = FORMATS) -> tuple[str, ...]:
        """The suffixes of all files that `make` gives for a letter in these formats, its enclosures included."""
        return (*formats, *(each.suffix for each in self.enclosed(letter)))

    def make(
        self, letter: Letter, formats: Collection[str] = FORMATS, *, entered: str = "", pages: bool = True
    ) -> FinishedLetter:
        """The finished letter.

        Args:
            formats: ``docx``, ``pdf`` or both.
            entered: the head of the register's log when the letter got its number, for its record.
            pages: with the enclosures that are pages in HTML, which need the Pango libraries.

        Raises:
            TemplateAtFault: the template cannot be filled, or needs more time or memory than any letter should; names
                the paragraph, or the letter.
            InvalidAnswers: the letter would disclose confidential information.
            LettersError: the PDF would differ from the Word letter, or cannot be made on this machine.
        """
        try:
            spent = self._spent.pop((letter.kind, self.translation_of(letter)), 0.0)
            with within_limits(f"{letter.kind} letter", left_of(SECONDS, spent)):
                members, text = self._filled(letter, entered)
                notes = self._disclosures.check(members, f"{letter.kind} letter", letter.disclosure)
                files = {"docx": write_letter(members)} if "docx" in formats else {}
                if "pdf" in formats:
                    converted = self._converted(members, text, letter, entered)
                    files |= {"pdf": converted.data}
                    notes = (*notes, *converted.notes)
                for enclosure in self.enclosed(letter):
                    if enclosure.is_page and not pages:
                        continue
                    made = self.enclosure_maker.make(enclosure, self.letter_values(letter))
                    files |= {enclosure.suffix: made.data}
                    notes = (*notes, *made.notes)
                return FinishedLetter(files, notes, self.is_draft(letter))
        except LettersError as error:
            redactor = self._redactor(letter)
            problems = [redactor.redact(self._named(problem, letter)) for problem in error.problems]
            raised = InvalidAnswers if all(problem.code == ANSWER for problem in problems) else type(error)
            raise raised(problems) from error

    def _named(self, problem: Problem, letter: Letter) -> Problem:
        """A problem with an answer, named as the question names it rather than by its place in the template."""
        if problem.code != ANSWER:
            return problem
        titles = {question.field.name: question.field.title for question in self.extras(letter.kind)}
        path = tuple(problem.field.split("."))
        title = titles.get(problem.field) or title_of(type(letter), path)
        message = problem.message.removeprefix(f"“{problem.field}” ")
        return replace(problem, where=f"{title} ({problem.field})", message=message)

    def _filled(self, letter: Letter, entered: str) -> tuple[dict[str, Packed], LetterText]:
        """The parts of a letter, and its text."""
        from letters.assembly.template.document_properties import DocumentProperties
        from letters.assembly.template.draft_mark import mark_draft
        from letters.assembly.template.pictures import with_pictures
        from letters.provenance.custom_properties import with_record
        from letters.provenance.letter_text import text_of_members

        hand = self._in_hand(letter)
        wording, context = hand.wording, hand.context_of_template
        template = self.template(letter.kind, wording.translation)
        tag = wording.language.tag
        properties = DocumentProperties(self.title_of(letter), wording.office.name, tag, dated=letter.date)
        members = template.filled(context, properties)
        if any(isinstance(value, PictureAnswer) for value in context["extra"].values()):
            members = with_pictures(members, (working_folder(), self.library.kinds[letter.kind].folder))
        self.refuse_unpaired(letter, context)
        if self.is_draft(letter):
            members = mark_draft(members, wording.phrases["mark"]["draft"])
        text = text_of_members(members.values())
        self._refuse_contradictions(letter, text)
        return with_record(members, self.record_of(letter, entered), self.seal, text), text

    def _refuse_contradictions(self, letter: Letter, text: LetterText) -> None:
        """Raise InvalidAnswers if the finished letter says what it also denies, or what its own facts refute."""
        listed = self.contradictions
        if not listed.pairs and not listed.refuted:
            return
        found = list(listed.in_text("\n".join(text.body), letter))
        if found:
            hint = "Correct the answers. If they are right, the template is at fault: run `letters check`."
            raise InvalidAnswers(Problem(each, f"{letter.kind} letter", hint, "contradiction") for each in found)

    def title_of(self, letter: Letter) -> str:
        """The title of the document, in the language of the letter: what kind of letter it is, and to whom."""
        kind = self.library.kinds[letter.kind]
        title = kind.titles.get(self.translation_of(letter), kind.title)
        return f"{title}: {letter.addressee}"

    def record_of(self, letter: Letter, entered: str = "") -> Record:
        """The record of a letter, without the fingerprints of its text."""
        state = "draft" if self.is_draft(letter) else "vetted"
        key = letter.kind, state, letter.date
        if key not in self._records:
            record = Record(
                kind=letter.kind,
                state=state,
                version=self.version(letter.kind),
                approval=self.vetting(letter.kind).version,
                law=self.approvals.digest("templates/legal_basis.toml") or "",
                tool=VERSION,
                dated=letter.date.isoformat(),
                key=self.seal.name,
            )
            remember(self._records, _RECORDS_KEPT, key, record)
        return replace(self._records[key], entered=entered) if entered else self._records[key]

    def version(self, kind: str) -> str:
        """One SHA-256 for the files that letters of a kind are made from, as they are now."""
        if kind not in self._versions:
            self._versions[kind] = version_of({n: self.approvals.digest(n) or "" for n in self.files_of(kind)})
        return self._versions[kind]

    def refuse_unpaired(self, letter: Letter, context: Mapping[str, Any]) -> None:
        """Raise TemplateAtFault if the finished letter cites law without other law it must be cited with."""
        unpaired = list(letter.unpaired({*letter.legal_basis, *context["law"].taken}, self.rulebook))
        if unpaired:
            where = self.template(letter.kind, self.translation_of(letter)).name
            raise TemplateAtFault(replace(problem, field="").within(where) for problem in unpaired)

    def _converted(
        self, members: Mapping[str, Packed], text: LetterText, letter: Letter, entered: str
    ) -> ConvertedLetter:
        package = package_of(members, f"{letter.kind} letter")
        converted = self.converter.convert_new(package, letter.date, self.record_of(letter, entered), text)
        lost = [note for note in converted.notes if note.code not in APPEARANCE]
        if lost:  # a small difference in looks is acceptable; missing content is not
            raise LettersError(
                replace(note, hint=note.hint or "Change the template, or write only the Word letter: --format docx.")
                for note in lost
            )
        return converted


def typed_law(wording: Iterable[tuple[TagPlace, str]], bases: Collection[LegalBasis]) -> Iterator[Problem]:
    """Citations typed into a template as plain text, which cannot be checked against the law of the letter's date.

    Args:
        bases: what the library has, to name the right tag.
    """
    for place, words in wording:
        for citation, names in by_words(words):
            yield place.fault(
                f"The wording cites “{citation}” as plain text.", tag_instead(citation, names, bases), "typed-law"
            )
