"""The enclosures of one letter, each as a finished PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from letters.errors import Collector, InvalidAnswers, LettersError, Problem, TemplateAtFault
from letters.forms.acroform import FieldKind, FormInFile, fields_in
from letters.forms.continuation import append_sheet
from letters.forms.enclosure_choice import LetterValues, title_of
from letters.forms.enclosure_file import Enclosure
from letters.forms.filling import FieldValue, FormFiller, TooLongText, lock, texts_of
from letters.forms.finishing import EnclosureRecord, finished
from letters.forms.flattening import flatten
from letters.forms.html_pages import MadePage, escaped, make_page
from letters.forms.intake import open_form, refuse_hidden, refuse_unusable, uncleaned
from letters.library.library import Library
from letters.pdf.pdf_objects import Pdf, opened
from letters.privacy.disclosure_scan import disclosures_in_texts
from letters.provenance.seal import Seal

_NONE = "none"


class EnclosureMaker:
    """Makes the enclosures of letters of one library. Each form is checked once."""

    def __init__(self, library: Library, seal: Callable[[], Seal]) -> None:
        self._library, self._seal = library, seal
        self._sound: set[str] = set()

    def make(self, enclosure: Enclosure, values: LetterValues) -> EnclosedFile:
        """An enclosure as it goes out with a letter.

        Raises:
            TemplateAtFault: its form and its TOML file do not fit together, or a tag cannot be filled.
            InvalidAnswers: words that do not fit their field; or it would disclose what is confidential.
        """
        accessible = False
        if enclosure.is_page:
            page = self._page(enclosure, values)
            pdf, form, filled, accessible = page.pdf, fields_in(page.pdf), dict(page.values), page.accessible
        else:
            pdf, form = self.opened(enclosure)
            filled = values_of(enclosure, form, values)
        notes = _disclosed(enclosure, filled, values.letter.disclosure)
        about = enclosure.about
        instead = about.continued if about.fits == "continue" else ""
        filler = FormFiller(pdf, form, enclosure.where, about.smallest, values.language, instead)
        result = filler.fill(filled)
        if result.problems:
            raise TemplateAtFault(result.problems)
        title = title_of(enclosure, values)
        if result.too_long:
            _refuse_too_long(enclosure, result.too_long)
            append_sheet(pdf, title, result.too_long, values.letter.date, values.language)
        return EnclosedFile(self._finished(enclosure, pdf, values, title, accessible=accessible), notes)

    def _page(self, enclosure: Enclosure, values: LetterValues) -> MadePage:
        """A page of our own, laid out for a letter."""
        file = enclosure.files.get(f"{values.translation}.html", enclosure.files["html"])
        language = values.own_language if file is enclosure.files["html"] else values.language
        where, source = self._library.name_of(file), self._library.text(file)
        body = replace(values, context=escaped(values.context)).text(source, where)
        styles = self._library.text(enclosure.files["css"]) if "css" in enclosure.files else ""
        return make_page(body, styles, title_of(enclosure, values), language, where)

    def _finished(self, enclosure: Enclosure, pdf: Pdf, values: LetterValues, title: str, *, accessible: bool) -> bytes:
        lines = list(field_lines(fields_in(pdf)))
        match enclosure.about.ships_as:
            case "fixed":
                lock(fields_in(pdf))
            case "flat":
                flatten(pdf)
        language = str(pdf.Root.get("/Lang") or values.language)
        record = replace(values.record_of(), enclosure=enclosure.name)
        about = EnclosureRecord(title, language, values.letter.date, record, values.draft, accessible)
        return finished(pdf, about, lines, self._seal())

    def opened(self, enclosure: Enclosure) -> tuple[Pdf, FormInFile]:
        """The form of an enclosure, which has been taken in with `letters enclose`. Raises TemplateAtFault."""
        file = enclosure.files["pdf"]
        where, data = self._library.name_of(file), self._library.read(file)
        try:
            pdf = opened(data) if where in self._sound else open_form(data, where)
            form = fields_in(pdf)
            if where not in self._sound:
                refuse_unusable(pdf, form, where)
                refuse_hidden(pdf, form, where)
        except LettersError as error:
            raise TemplateAtFault(error.problems) from error
        if where not in self._sound and (left := uncleaned(pdf)):
            raise TemplateAtFault(unclean(left, where, enclosure.kind))
        self._sound.add(where)
        return pdf, form


class EnclosedFile(Struct, frozen=True):
    """A finished enclosure.

    Args:
        data: the PDF.
        notes: numbers and wages that it discloses for the reason recorded in the answers.
    """

    data: bytes
    notes: tuple[Problem, ...] = ()


def unclean(left: tuple[str, ...], where: str, kind: str) -> Problem:
    """The problem with a form that was put into the library without having been taken in."""
    return Problem(
        f"The form has what a form that goes out must not have: {'; '.join(left)}.",
        where,
        f"Take it in: letters enclose FORM.pdf --kind {kind}",
        "not-clean",
    )


def field_lines(form: FormInFile) -> Iterator[str]:
    """What the fields of a form say, a line each, for the fingerprints in its record."""
    for name, field in sorted(form.fields.items()):
        if field.can_be_filled:
            value = field.value
            yield empty_line(name) + ("; ".join(value) if isinstance(value, tuple) else value or "")


def empty_line(name: str) -> str:
    """The line of a field that says nothing."""
    return f"{name}: "


def values_of(enclosure: Enclosure, form: FormInFile, values: LetterValues) -> dict[str, FieldValue]:
    """The values of a letter by the names of fields. Raises TemplateAtFault with everything that is wrong."""
    about, found, problems = enclosure.about, dict[str, FieldValue](), Collector()
    for name, source in about.fields.items():
        with problems.collect():
            found[name] = values.text(source, f"{enclosure.where}, [fields] {name}")
    for name, condition in about.ticks.items():
        with problems.collect():
            found[name] = values.holds(condition, f"{enclosure.where}, [ticks] {name}")
    for name, choice in about.choices.items():
        with problems.collect():
            found[name] = _choice(choice, values, f"{enclosure.where}, [choices] {name}")
    for name in enclosure.left_empty:
        field = form.fields.get(name)
        if field is not None and field.can_be_filled and field.words:
            found[name] = False if field.kind is FieldKind.TICK else ""
    problems.stop_if_any(TemplateAtFault)
    return found


def _choice(choice: Mapping[str, str], values: LetterValues, where: str) -> FieldValue:
    """The words of a form for the answer that decides a choice."""
    source = choice["from"]
    answer = answer_at(values.answers, source)
    if answer is _MISSING:
        answer = answer_at(values.context, source)
    if answer is _MISSING:
        raise TemplateAtFault(
            Problem(f"Nothing is called “{source}”.", where, "`letters fields` lists the names.", "template-name")
        )
    listed = answer if isinstance(answer, list | tuple) else [answer]
    words = []
    for each in listed:
        key = _NONE if each in (None, "") else "yes" if each is True else "no" if each is False else str(each)
        if key == _NONE and key not in choice:
            continue
        if key not in choice:
            raise TemplateAtFault(
                Problem(
                    f"{source} is “{key}”, for which the form has no words here.",
                    where,
                    f'Add: {key} = "…"; with "" the field stays empty.',
                    "no-choice",
                )
            )
        words.append(choice[key])
    kept = tuple(word for word in words if word)
    return kept if isinstance(answer, list | tuple) else (kept[0] if kept else "")


_MISSING = object()


def answer_at(answers: Mapping[str, Any], name: str) -> Any:
    """The value of a dotted name in nested mappings; `_MISSING` if there is no such name."""
    value: Any = answers
    for step in name.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return _MISSING
        value = value[step]
    return value


def _refuse_too_long(enclosure: Enclosure, too_long: tuple[TooLongText, ...]) -> None:
    if enclosure.about.fits == "stop":
        raise InvalidAnswers(each.problem(enclosure.where) for each in too_long)


def _disclosed(enclosure: Enclosure, filled: Mapping[str, FieldValue], reason: str | None) -> tuple[Problem, ...]:
    """Numbers and wages that go into an enclosure. Raises InvalidAnswers unless a reason is recorded."""
    stated = tuple(disclosures_in_texts((f"{enclosure.where}, field {name}", text) for name, text in texts_of(filled)))
    if stated and not reason:
        raise InvalidAnswers(stated)
    return tuple(
        Problem(f"{each.message} The recorded reason: {reason}", each.where, code="disclosed") for each in stated
    )
