"""Puts values into a form, and draws every field, so that what is stored and what is shown agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from letters.errors import Problem
from letters.forms.acroform import FieldKind, FormField, FormInFile, on_state
from letters.forms.appearances import AppearanceWriter
from letters.forms.fitting import DoesNotFit
from letters.forms.shaped_text import undrawable
from letters.pdf.pdf_objects import Array, Name, Pdf, String, inherited, integer

FieldValue: TypeAlias = "str | bool | tuple[str, ...]"
"""A text or the words of a choice; whether a check box is set; the lines chosen in a list of several."""
READ_ONLY, _RICH = 1, 1 << 25


class TooLongText(Struct, frozen=True):
    """Words that do not fit their field.

    Args:
        field: that they belong to.
        text: all of them.
        reason: how much room there is, as the rest of a sentence.
        fitting: how many characters would fit.
    """

    field: FormField
    text: str
    reason: str
    fitting: int = 0

    def problem(self, where: str) -> Problem:
        """This as a problem."""
        fits = f" About {self.fitting} characters fit." if self.fitting else ""
        return Problem(
            f"The words for “{self.field.name}” {self.reason}.{fits}",
            where,
            'Shorten the answer, or let the form continue on a sheet of its own: fits = "continue".',
            "too-long",
            self.field.name,
        )


class FillResult(Struct, frozen=True):
    """What could not be done as asked.

    Args:
        problems: values that a field cannot hold.
        too_long: words that do not fit; their fields show the words for that instead, or nothing.
        untouched: words that a form has of its own and that would not fit; their fields were left as they are.
    """

    problems: tuple[Problem, ...]
    too_long: tuple[TooLongText, ...]
    untouched: tuple[TooLongText, ...] = ()


class FormFiller:
    """Fills the form of one file.

    Args:
        form: its fields.
        where: what messages call it.
        smallest: the size in points below which words may not be reduced.
        language: of the words.
        instead: what a field shows whose words do not fit; empty for nothing.
    """

    def __init__(
        self, pdf: Pdf, form: FormInFile, where: str, smallest: float, language: str, instead: str = ""
    ) -> None:
        self._form, self._where, self._instead = form, where, instead
        self._writer = AppearanceWriter(pdf, form, smallest, language)
        self._problems: list[Problem] = []
        self._too_long: list[TooLongText] = []
        self._untouched: list[TooLongText] = []

    def fill(self, values: Mapping[str, FieldValue]) -> FillResult:
        """Fill in these values, by the full names of fields; all other fields keep what they say."""
        for name in values:
            if name not in self._form.fields:
                self._fault(f"The form has no field “{name}”.", "Run `letters fields` on it for their names.", name)
        for field in self._form.fields.values():
            self._fill(field, values.get(field.name))
        self._writer.finish()
        return FillResult(tuple(self._problems), tuple(self._too_long), tuple(self._untouched))

    def _fault(self, message: str, hint: str, name: str) -> None:
        self._problems.append(Problem(message, self._where, hint, "form-value", name))

    def _fill(self, field: FormField, value: FieldValue | None) -> None:
        if value is not None and not field.can_be_filled:
            self._fault(f"“{field.name}” is a {field.kind}, which cannot be filled.", "Leave it out.", field.name)
            return
        match field.kind:
            case FieldKind.TEXT:
                self._text(field, value)
            case FieldKind.TICK:
                self._tick(field, value)
            case FieldKind.ONE_OF:
                self._one_of(field, value)
            case FieldKind.CHOICE:
                self._choice(field, value)

    def _text(self, field: FormField, value: FieldValue | None) -> None:
        text = (field.value if isinstance(field.value, str) else "") if value is None else value
        if not isinstance(text, str):
            self._fault(f"“{field.name}” takes a text.", "Write a tag for it.", field.name)
            return
        if field.password and text:
            self._fault(f"“{field.name}” is a password, which no page shows.", "Leave it out.", field.name)
            return
        if value is None and (reason := self._why_left(field, text)):
            self._untouched.append(TooLongText(field, text, reason))
            return
        if missing := undrawable(text):
            which = ", ".join(f"“{each}” (U+{ord(each):04X})" for each in missing[:8])
            self._problems.append(
                Problem(
                    f"No font on this computer has what “{field.name}” must show: {which}.",
                    self._where,
                    "Install a font for that script, such as one of the Noto fonts.",
                    "missing-glyph",
                    field.name,
                )
            )
            return
        shown = self._shown(field, text)
        if value is not None:
            _store(field, String(shown.replace("\n", "\r")) if shown else None)

    def _why_left(self, field: FormField, text: str) -> str:
        """Why the words that a form has of its own are not drawn anew; empty if they can be."""
        if undrawable(text):
            return "have characters for which no font is installed"
        try:
            for widget in field.widgets:
                self._writer.measure(field, widget, text)
        except DoesNotFit as error:
            return error.message
        return ""

    def _shown(self, field: FormField, text: str) -> str:
        """Show a text, or what stands for it if it does not fit."""
        try:
            for widget in field.widgets:
                self._writer.measure(field, widget, text)
        except DoesNotFit as error:
            self._too_long.append(TooLongText(field, text, error.message, error.fitting))
            text = self._instead
            try:
                for widget in field.widgets:
                    self._writer.measure(field, widget, text)
            except DoesNotFit:
                text = ""
        for widget in field.widgets:
            self._writer.show_text(field, widget, text)
        return text

    def _tick(self, field: FormField, value: FieldValue | None) -> None:
        if value is not None and not isinstance(value, bool):
            self._fault(f"“{field.name}” is a check box, which takes yes or no.", "List it under [ticks].", field.name)
            return
        state = on_state(field.widgets[0], 0, field.kind) if field.widgets else "Yes"
        chosen = (state if value else None) if value is not None else field.value
        for number in range(len(field.widgets)):
            self._writer.show_button(field, number, chosen if isinstance(chosen, str) else None)
        _store(field, Name(f"/{chosen}") if chosen else Name.Off)

    def _one_of(self, field: FormField, value: FieldValue | None) -> None:
        chosen = field.value if isinstance(field.value, str) else None
        if value is not None:
            if isinstance(value, bool):
                self._fault(f"“{field.name}” is a choice of one.", "List it under [choices].", field.name)
                return
            words = value if isinstance(value, str) else "; ".join(value)
            chosen = self._option(field, words) if words else None
            if words and chosen is None:
                return
        taken = False
        for number in range(len(field.widgets)):
            on = self._writer.show_button(field, number, None if taken and not field.in_unison else chosen)
            taken = taken or on
        _store(field, Name(f"/{chosen}") if chosen else Name.Off)

    def _option(self, field: FormField, words: str) -> str | None:
        chosen = field.option(words)
        if chosen is None and not field.editable:
            known = "; ".join(shown for _, shown in field.options) or "none"
            self._fault(f"“{words}” is not a choice of “{field.name}”.", f"The choices are: {known}.", field.name)
        return chosen

    def _choice(self, field: FormField, value: FieldValue | None) -> None:
        if isinstance(value, bool):
            self._fault(f"“{field.name}” is a list to choose from.", "List it under [choices].", field.name)
            return
        given = field.value if value is None else value
        listed = given if isinstance(given, tuple) else (given,) if given else ()
        if value is not None and len(listed) > 1 and not field.several:
            self._fault(f"“{field.name}” takes one choice, not {len(listed)}.", "Choose one.", field.name)
            return
        before = len(self._problems)
        chosen = [self._option(field, each) if value is not None else each for each in listed]
        if len(self._problems) > before:
            return
        stored = [kept or typed for kept, typed in zip(chosen, listed, strict=True)]
        try:
            for widget in field.widgets:
                if field.is_list:
                    self._writer.show_list(field, widget, stored)
                else:
                    shown = dict(field.options)
                    self._writer.show_text(field, widget, shown.get(stored[0], stored[0]) if stored else "")
        except DoesNotFit as error:
            left = self._untouched if value is None else self._too_long
            left.append(TooLongText(field, "; ".join(listed), error.message, error.fitting))
            return
        if value is not None:
            several = Array([String(each) for each in stored])
            _store(field, None if not stored else several if len(stored) > 1 else String(stored[0]))
            indexes = [at for at, (option, _) in enumerate(field.options) if option in stored]
            for obj in field.objects:
                if field.is_list and indexes:
                    obj.I = Array(indexes)
                elif "/I" in obj:
                    del obj["/I"]


def lock(form: FormInFile) -> None:
    """Make every field read-only."""
    for field in form.fields.values():
        for obj in field.objects:
            obj.Ff = integer(inherited(obj, "/Ff")) | READ_ONLY


def _store(field: FormField, value: Any) -> None:
    """Store a value, and remove the formatted copy of the value before it."""
    for obj in field.objects:
        for entry in ("/V", "/RV"):
            if entry in obj:
                del obj[entry]
        if value is not None:
            obj.V = value
        flags = integer(inherited(obj, "/Ff"))
        if flags & _RICH and field.kind is FieldKind.TEXT:
            obj.Ff = flags & ~_RICH


def texts_of(values: Mapping[str, FieldValue]) -> Iterator[tuple[str, str]]:
    """Every text among values, with the name of its field."""
    for name, value in values.items():
        if isinstance(value, tuple):
            yield name, "\n".join(value)
        elif isinstance(value, str):
            yield name, value
