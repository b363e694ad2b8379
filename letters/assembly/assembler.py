"""The desk where letters are made: one library opened once, any number of letters from it.

The way of every letter: answers → checked letter → what the template sees → .docx → .pdf. Nothing here writes files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from letters import __version__
from letters._text.citations import citations_in
from letters.assembly.context import context_of
from letters.assembly.limits import within_limits
from letters.assembly.print import Printer
from letters.docx.package import Packed, members_of, open_package, write_letter
from letters.errors import LettersError, Problem, TemplateAtFault
from letters.library.advice import Advice
from letters.library.advice_file import load_advice
from letters.library.answers import Answers, parse_answers
from letters.library.approval_record import version_of
from letters.library.approvals import ApprovalRegister, Vetting
from letters.library.kind_files import files_of
from letters.library.library import Library
from letters.library.office_files import load_office, load_phrases, load_rulebook
from letters.library.prompts import Question, load_extras
from letters.library.validation import check
from letters.model.error_wording import named
from letters.model.fields import fields_of
from letters.model.kinds import KINDS
from letters.model.letter import Letter
from letters.model.office import Office
from letters.model.rulebook import Rulebook
from letters.model.rules import broken
from letters.pdf.notes import LOOKS
from letters.privacy.redact import Secrets
from letters.privacy.scan import Gate
from letters.provenance.record import Record
from letters.provenance.seal import Seal

if TYPE_CHECKING:
    from letters.assembly.anatomy import Anatomy
    from letters.assembly.template.tags import TagPlace
    from letters.assembly.template.template import Expanded, Passages, Template
    from letters.pdf.convert import PageTemplate, PrintedLetter

FORMATS = ("docx", "pdf")


@dataclass(frozen=True)
class FinishedLetter:
    """A finished letter: its files by suffix (``docx``, ``pdf``), and notes on where the PDF looks different."""

    files: Mapping[str, bytes]
    notes: tuple[Problem, ...] = ()


class Assembler:
    """Makes letters from one library. Loading is lazy: each file is read when first needed, and once."""

    def __init__(self, library: Library) -> None:
        self.library = library.read_once()
        self.register = ApprovalRegister(self.library)
        self._templates: dict[str, Template] = {}
        self._extras: dict[str, tuple[Question, ...]] = {}
        self._vettings: dict[str, Vetting] = {}
        self._versions: dict[str, str] = {}
        self._gate = Gate()

    @cached_property
    def office(self) -> Office:
        return load_office(self.library)

    @cached_property
    def rulebook(self) -> Rulebook:
        return load_rulebook(self.library, self.office)

    @cached_property
    def advice(self) -> Advice:
        return load_advice(self.library, self.rulebook)

    @cached_property
    def phrases(self) -> Mapping[str, Mapping[str, str]]:
        return load_phrases(self.library)

    @cached_property
    def press(self) -> Printer:
        return Printer(self.library)

    @property
    def page(self) -> PageTemplate:
        return self.press.page

    @cached_property
    def passages(self) -> Passages:
        """The shared wording, each passage read once for all kinds."""
        from letters.assembly.template.template import Passages

        library, shared = self.library, self.library.templates / "shared"
        return Passages(library.name_of(shared), library.passages, lambda name: library.read(shared / f"{name}.docx"))

    def template(self, kind: str) -> Template:
        """The compiled template of a kind. Raises TemplateAtFault with every problem found in it."""
        if kind not in self._templates:
            from letters.assembly.template.template import Template

            file = self.library.kinds[kind].folder / "letter.docx"
            with within_limits(self.library.name_of(file)):
                template = Template.compile(self.library.read(file), self.library.name_of(file), self.passages)
            if typed := list(typed_law(template.wording)):
                raise TemplateAtFault(typed)
            self._templates[kind] = template
        return self._templates[kind]

    def renewed(self, changed: Collection[str]) -> Assembler:
        """A desk for the library as it is now, with all that these changed files (by name) do not touch."""
        new = Assembler(Library(self.library.root, signers=self.library.signers))
        if not any(name.endswith(".toml") for name in changed):
            for name in ("office", "rulebook", "advice", "phrases"):
                if name in self.__dict__:
                    new.__dict__[name] = self.__dict__[name]
            new._extras = self._extras
        return new

    def vetting(self, kind: str) -> Vetting:
        """Whether a kind is vetted, by whom, and what has changed since."""
        if kind not in self._vettings:
            self._vettings[kind] = self.register.of(kind)
        return self._vettings[kind]

    @cached_property
    def seal(self) -> Seal:
        """The key under which letters are fingerprinted. Raises LibraryAtFault."""
        return self.press.seal

    def files_of(self, kind: str) -> tuple[str, ...]:
        """Every file that letters of a kind are made of: what an approval is for."""
        template = self.template(kind)
        return files_of(kind, template.passages, template.names)

    def why_draft(self, letter: Letter) -> str:
        """Why a letter may not go out as it is, in a sentence; empty where it may."""
        if letter.is_draft:
            return "The letter is a draft: it cites law that nobody has vetted."
        vetting = self.vetting(letter.kind)
        if vetting.is_vetted(letter.date):  # the letter's date, not today's: the same answers give the same letter
            return ""
        return f"The letter is a draft, because {letter.kind} is not vetted. {vetting.in_words(letter.date)}"

    def is_draft(self, letter: Letter) -> bool:
        """Whether a letter is marked as a draft: it, or anything it is made of, is not vetted."""
        return bool(self.why_draft(letter))

    def anatomy(self, kind: str) -> Anatomy:
        """The template of a kind, taken apart into paragraphs and branches. Raises TemplateAtFault."""
        from letters.assembly.anatomy import Anatomy

        return Anatomy(self.template(kind), self.whole(kind))

    def whole(self, kind: str) -> Expanded:
        """The template of a kind with its passages in their places, to be read."""
        from letters.assembly.template.template import expanded

        file = self.library.kinds[kind].folder / "letter.docx"
        return expanded(open_package(self.library.read(file), self.library.name_of(file)), self.passages)

    def samples(self, kind: str) -> dict[str, Answers]:
        """The sample answers of a kind by file name: `sample.toml`, then every other `sample-….toml`."""
        folder = self.library.kinds[kind].folder
        files = sorted(folder.glob("sample*.toml"), key=lambda file: (file.stem != "sample", file.name))
        return {file.name: parse_answers(self.library.read(file), self.library.name_of(file)) for file in files}

    def check(self, answers: Answers) -> Letter:
        """The letter these answers describe. Raises InvalidAnswers with everything to mend."""
        kind = answers.get("kind")
        extras = self.extras(kind) if isinstance(kind, str) and kind in self.library.kinds else ()
        try:
            return check(answers, self.rulebook, self.library.kinds, extras)
        except LettersError as error:
            secrets = self._secrets(answers, extras)
            raise type(error)(map(secrets.left_out, error.problems)) from error

    def _secrets(self, answers: Mapping[str, Any], extras: Iterable[Question]) -> Secrets:
        kind = answers.get("kind")
        known = fields_of(kind if isinstance(kind, str) else "")
        return Secrets(answers, [*known.values(), *(question.field for question in extras)])

    def extras(self, kind: str) -> tuple[Question, ...]:
        """The questions of a kind whose fields the office has added."""
        if kind not in self._extras:
            self._extras[kind] = load_extras(self.library, kind)
        return self._extras[kind]

    def cautions(self, letter: Letter) -> tuple[Problem, ...]:
        """What counsel should know of this letter, and may decide to live with."""
        found = [*letter.cautions(self.rulebook), *self._departure(letter)]
        if not found:
            return ()
        secrets = self._secrets(letter.model_dump(mode="json"), self.extras(letter.kind))
        return tuple(secrets.left_out(named(caution, type(letter))) for caution in found)

    def _departure(self, letter: Letter) -> Iterator[Problem]:
        """Advice is advice: a letter that departs from it is written, but not without a word."""
        if letter.kind not in KINDS or letter.departure:
            return  # the guide knows nothing of kinds an office has added
        outcome = self.advice.on(letter.model_dump(mode="json"))
        if outcome.departs(letter.kind):
            first = outcome.rules[0]
            advised = f"recommends {outcome.kind}" if outcome.kind else "recommends no letter, but to ask counsel"
            yield broken(
                "departure",
                f"is missing, and the decision guide {advised} on these facts ({first.row}: {first.source}).",
                "Record why this letter is right, or write the one recommended; `letters advise` says more.",
                "departure",
            )

    def context(self, letter: Letter) -> dict[str, Any]:
        """What the template of this letter sees."""
        from letters.assembly.template.template import fill_text

        return context_of(letter, self.office, self.rulebook, self.phrases, fill_text, extras=self.extras(letter.kind))

    def make(self, letter: Letter, formats: Collection[str] = FORMATS) -> FinishedLetter:
        """The finished letter in the formats wanted.

        Raises:
            TemplateAtFault: the template cannot be filled, or takes more time or memory than any letter; names the
                paragraph, or the letter.
            InvalidAnswers: the letter would disclose what is confidential.
            LettersError: the PDF would not be the Word letter, or cannot be made on this machine.
        """
        try:
            with within_limits(f"{letter.kind} letter"):
                members = self._filled(letter)
                told = self._gate.pass_through(members, f"{letter.kind} letter", letter.disclosure)
                docx = write_letter(members)
                files = {"docx": docx} if "docx" in formats else {}
                if "pdf" not in formats:
                    return FinishedLetter(files, told)
                printed = self._print(docx, letter)
                return FinishedLetter(files | {"pdf": printed.data}, (*told, *printed.notes))
        except LettersError as error:
            secrets = self._secrets(letter.model_dump(mode="json"), self.extras(letter.kind))
            raise type(error)(map(secrets.left_out, error.problems)) from error

    def _filled(self, letter: Letter) -> dict[str, Packed]:
        from letters.assembly.template.template import Properties, mark_draft
        from letters.provenance.custom import with_record

        title = f"{self.library.kinds[letter.kind].title}: {letter.request.requester.agency}"
        template, context = self.template(letter.kind), self.context(letter)
        members = template.filled(
            context,
            Properties(title=title, author=self.office.name, language=self.office.language, dated=letter.date),
        )
        self.refuse_unpaired(letter, context)
        if self.is_draft(letter):
            members = members_of(mark_draft(write_letter(members), self.phrases["mark"]["draft"]))
        return with_record(members, self.record_of(letter), self.seal)

    def record_of(self, letter: Letter) -> Record:
        """What a letter is made with: its record, but for its words."""
        return Record(
            kind=letter.kind,
            state="draft" if self.is_draft(letter) else "vetted",
            version=self.version(letter.kind),
            approval=self.vetting(letter.kind).version,
            law=self.register.digest("templates/legal_basis.toml") or "",
            tool=__version__,
            dated=letter.date.isoformat(),
            key=self.seal.name,
        )

    def version(self, kind: str) -> str:
        """One digest for the files letters of a kind are made of, as they are now."""
        if kind not in self._versions:
            self._versions[kind] = version_of({n: self.register.digest(n) or "" for n in self.files_of(kind)})
        return self._versions[kind]

    def refuse_unpaired(self, letter: Letter, context: Mapping[str, Any]) -> None:
        """Raise TemplateAtFault when the finished letter cites law without the law it must be cited with."""
        unpaired = list(letter.unpaired({*letter.legal_basis, *context["law"].taken}, self.rulebook))
        if unpaired:
            where = self.template(letter.kind).name
            raise TemplateAtFault(replace(problem, field="").within(where) for problem in unpaired)

    def print_word(
        self, docx: bytes, name: str, *, accept_changes: bool = False, strict: bool = False
    ) -> PrintedLetter:
        """The PDF of any Word letter: see `Printer.print_word`."""
        return self.press.print_word(docx, name, accept_changes=accept_changes, strict=strict)

    def _print(self, docx: bytes, letter: Letter) -> PrintedLetter:
        printed = self.press.print(docx, f"{letter.kind} letter", letter.date)
        lost = [note for note in printed.notes if note.code not in LOOKS]
        if lost:  # a letter that lacks something of its template does not go out; one that looks a little different may
            raise LettersError(
                replace(note, hint=note.hint or "Change the template, or write only the Word letter: --format docx.")
                for note in lost
            )
        return printed


def typed_law(wording: Iterable[tuple[TagPlace, str]]) -> Iterator[Problem]:
    """Citations typed into a template, where nothing can check them against the law of the letter's date."""
    for place, words in wording:
        for citation in citations_in(words).values():
            yield place.fault(
                f"The wording cites “{citation}” in plain words.",
                "Write a tag in its place, such as {{ law.nmac_106_d.citation }}, so that it is checked.",
                "typed-law",
            )
