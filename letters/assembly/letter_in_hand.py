"""One letter while it is made, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from letters._text.english import listed
from letters._text.lazy_property import lazy_property
from letters.assembly.template_context import NamesOnDemand, context_of, names_at_once
from letters.forms.enclosure_choice import EnclosureChoice, LetterValues, title_of
from letters.forms.enclosure_file import Enclosure
from letters.library.advice import Advice, Outcome
from letters.library.approvals import Vetting
from letters.library.library import Library
from letters.library.office_languages import Wording
from letters.library.prompts import Question
from letters.model.kinds import KINDS
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.letter import Letter
from letters.model.office import Office
from letters.model.rulebook import Rulebook
from letters.provenance.record import Record

if TYPE_CHECKING:
    from letters.assembly.template.template import Template


class LetterSource(Protocol):
    """An opened library, as far as a letter needs it; `Assembler` is one, and says what each thing is."""

    @property
    def advice(self) -> Advice: ...
    @property
    def enclosures(self) -> EnclosureChoice: ...
    @property
    def library(self) -> Library: ...
    @property
    def office(self) -> Office: ...
    @property
    def rulebook(self) -> Rulebook: ...
    def context(self, letter: Letter) -> dict[str, Any]: ...
    def extras(self, kind: str, translation: str = "") -> tuple[Question, ...]: ...
    def record_of(self, letter: Letter) -> Record: ...
    def template(self, kind: str, translation: str = "") -> Template: ...
    def translation_named(self, kind: str, language: str | None) -> str: ...
    def vetting(self, kind: str) -> Vetting: ...
    def wording(self, translation: str = "") -> Wording: ...


class LetterInHand:
    """A checked letter with everything that follows from it and its library.

    Each thing is worked out when it is first asked for, and once: checking, filling, naming and recording a letter all
    ask for the same. Nothing that it hands out refers back to it, so that it goes without garbage collection.
    """

    def __init__(self, source: LetterSource, letter: Letter) -> None:
        self._source, self.letter = source, letter

    @lazy_property
    def translation(self) -> str:
        """The suffix of the files it is made from; empty for the office's own language."""
        return self._source.translation_named(self.letter.kind, self.letter.language)

    @lazy_property
    def wording(self) -> Wording:
        """What it takes from the office's files, in its language. Raises LibraryAtFault."""
        return self._source.wording(self.translation)

    # --- whether it is a draft ---

    @lazy_property
    def outcome(self) -> Outcome | None:
        """What the decision guide says on its facts; None if counsel departs from it, or it does not cover the kind.

        It may not know kinds that an office has added.
        """
        letter, source = self.letter, self._source
        if letter.departure or isinstance(letter, LetterWithoutRequest):
            return None
        if letter.kind not in KINDS and not source.advice.covers(letter.kind):
            return None
        return source.advice.on_letter(letter)

    @lazy_property
    def why_draft(self) -> str:
        """Why it is only a draft, in one or two sentences; empty if it is not."""
        letter, source = self.letter, self._source
        if letter.unvetted_law:
            return "The letter is a draft, because it cites law that nobody has vetted."
        bases = source.rulebook.bases
        if unread := [bases[name].citation for name in letter.cites(source.rulebook) if bases[name].unread]:
            return f"The letter is a draft, because nobody has read the text of {listed(unread)} yet."
        if review := source.template(letter.kind, self.translation).review:
            first = review[0]
            where, left = first.where.split(", “")[0], first.message.rstrip(".")
            return f"The letter is a draft, because its template is still being reviewed: {left} ({where})."
        vetting = source.vetting(letter.kind)
        if not vetting.is_vetted(letter.date):  # the letter's date, not today's: the same answers give the same letter
            return f"The letter is a draft, because {letter.kind} is not vetted. {vetting.in_words(letter.date)}"
        return self._why_stopped

    @property
    def _why_stopped(self) -> str:
        """Why the decision guide wants counsel asked before any letter goes out; empty if it does not, or was."""
        if self.outcome is None or not self.outcome.stop:
            return ""
        first = self.outcome.rules[0]
        return (
            f"The letter is a draft, because on these facts the decision guide says to stop and ask counsel "
            f"({first.row}): {first.reason} When counsel has decided, record why this letter is right (departure)."
        )

    # --- what its templates print ---

    @property
    def context(self) -> dict[str, Any]:
        """The values its templates can use. Each notes for itself the law it takes."""
        return {**self._context, "law": self._context["law"].copy()}

    @property
    def context_of_template(self) -> dict[str, Any]:
        """The same for its own template: only the values that this names, unless all are worked out already."""
        if not self._has_context:
            names = self._source.template(self.letter.kind, self.translation).names
            context = self._context_with(names)
            if not self._has_context and context.keys() >= names:
                return context
        return self.context  # something asked for another name

    @property
    def _has_context(self) -> bool:
        return "_context" in self.__dict__

    @lazy_property
    def _context(self) -> dict[str, Any]:
        return self._context_with(None)

    def _context_with(self, names: Collection[str] | None) -> dict[str, Any]:
        """The context as far as it has these names; None for all of it."""
        from letters.assembly.template.template import fill_text

        wording = self.wording
        context = context_of(
            self.letter,
            wording.office,
            wording.rulebook,
            wording.phrases,
            partial(fill_text, language=wording.language),
            extras=self._source.extras(self.letter.kind, wording.translation),
            language=wording.language,
            wanted=names,
        )
        if (names is None or "enclosures" in names) and self._source.library.enclosures(self.letter.kind):
            of_enclosures = context if names is None else NamesOnDemand(context, lambda: self._context)
            context["enclosures"] = self._listed(of_enclosures)
        return context

    def _listed(self, context: Mapping[str, Any]) -> list[str]:
        """What it lists as enclosed: what counsel wrote, then what goes out with it from here."""
        values = self._values(context)
        if "enclosed" not in self.__dict__:
            self.enclosed = self._source.enclosures.for_letter(self.letter.kind, values)
        goes_out = self.enclosed
        titles = [title_of(each, values) for each in goes_out if each.about.listed]
        written = {title.casefold() for title in self.letter.enclosures}
        return [*context["enclosures"], *(title for title in titles if title.casefold() not in written)]

    @lazy_property
    def values(self) -> LetterValues:
        """What it gives the forms and pages that go out with it.

        Most conditions on which they go out are about its own answers, such as how it is sent. Then all the other names
        need not be worked out to check it.
        """
        wording = self.wording
        at_once = names_at_once(self.letter, wording.office, wording.language)
        return self._values(NamesOnDemand(at_once, partial(self._source.context, self.letter)))

    def _values(self, context: Mapping[str, Any]) -> LetterValues:
        from letters.assembly.template.template import fill_text, is_true

        letter, wording = self.letter, self.wording
        return LetterValues(
            context,
            letter,
            partial(fill_text, language=wording.language),
            partial(is_true, language=wording.language),
            wording.language.tag,
            partial(self._source.record_of, letter),
            wording.translation,
            self._source.office.language,
            wording.phrases["mark"]["draft"] if self.why_draft else "",
        )

    @lazy_property
    def enclosed(self) -> tuple[Enclosure, ...]:
        """The forms and pages that go out with it. Raises LibraryAtFault."""
        if not self._source.library.enclosures(self.letter.kind):
            return ()
        return self._source.enclosures.for_letter(self.letter.kind, self.values)
