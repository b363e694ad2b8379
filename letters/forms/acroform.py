"""The fields of a PDF form, as they are in the file (ISO 32000-1, 12.7).

A field is found by its full name. Fields of the same name are one field, as the standard has it; whether they should be
is for `letters check` to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.errors import Problem
from letters.pdf.pdf_objects import Array, Dictionary, Pdf, Stream, inherited, integer, text_of

_DEEPEST = 30
_INVISIBLE = 0b100010  # the flags Hidden and NoView of an annotation
_READ_ONLY, _REQUIRED = 1 << 0, 1 << 1
_MULTILINE, _PASSWORD, _COMB, _RICH = 1 << 12, 1 << 13, 1 << 24, 1 << 25
_RADIO, _PUSH, _IN_UNISON = 1 << 15, 1 << 16, 1 << 25
_COMBO, _EDIT, _SEVERAL = 1 << 17, 1 << 18, 1 << 21
_FONT = pattern(r"/(\S+)\s+(-?[\d.]+)\s+Tf")
_COLOR = pattern(r"((?:-?[\d.]+\s+){1,4})(g|rg|k)\b")


class FieldKind(StrEnum):
    """What a field is, in the words of messages."""

    TEXT = "text"
    TICK = "check box"
    ONE_OF = "choice of one"
    CHOICE = "list to choose from"
    BUTTON = "button"
    SIGNATURE = "signature"
    OTHER = "field of an unknown type"


class Widget(Struct, frozen=True):
    """A place where a field is shown.

    Args:
        obj: its annotation.
        page: number of the page, from 0; -1 if no page shows it.
        rect: left, bottom, right and top, in points.
        turn: by how many degrees its content is turned, counterclockwise.
        font: name of the font in its default appearance.
        size: of the font in points; 0 for as large as fits.
        color: the operator that sets the color of its words.
        alignment: 0 left, 1 centered, 2 right.
        state: the name of its “on” state; empty if it has none.
        visible: whether it is shown at all.
    """

    obj: Any
    page: int
    rect: tuple[float, float, float, float]
    turn: int = 0
    font: str = ""
    size: float = 0.0
    color: str = "0 g"
    alignment: int = 0
    state: str = ""
    visible: bool = True

    @property
    def width(self) -> float:
        """Of its content, before it is turned."""
        across, up = self.rect[2] - self.rect[0], self.rect[3] - self.rect[1]
        return up if self.turn in (90, 270) else across

    @property
    def height(self) -> float:
        """Of its content, before it is turned."""
        across, up = self.rect[2] - self.rect[0], self.rect[3] - self.rect[1]
        return across if self.turn in (90, 270) else up


class FormField(Struct, frozen=True):
    """One field.

    Args:
        name: its full name.
        objects: the dictionaries that hold its value; more than one if several fields have this name.
        widgets: where it is shown.
        tooltip: what a screen reader says.
        options: stored value and words shown, of each choice.
        value: a text; a tuple of texts for a list of several; None if it is empty.
        others: kinds of further fields of the same name.
    """

    name: str
    kind: FieldKind
    objects: tuple[Any, ...]
    widgets: tuple[Widget, ...]
    tooltip: str = ""
    max_length: int = 0
    multiline: bool = False
    comb: bool = False
    several: bool = False
    editable: bool = False
    is_list: bool = False
    in_unison: bool = False
    required: bool = False
    read_only: bool = False
    password: bool = False
    calculated: bool = False
    formatted: bool = False
    options: tuple[tuple[str, str], ...] = ()
    value: str | tuple[str, ...] | None = None
    default: str | tuple[str, ...] | None = None
    others: tuple[FieldKind, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether no page shows it."""
        return not any(widget.visible and widget.page >= 0 for widget in self.widgets)

    @property
    def can_be_filled(self) -> bool:
        """Whether it can hold a value of a letter."""
        return self.kind in (FieldKind.TEXT, FieldKind.TICK, FieldKind.ONE_OF, FieldKind.CHOICE)

    @property
    def words(self) -> str:
        """What it says, as a person reads it; empty if nothing."""
        if self.value is None:
            return ""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        shown = dict(self.options)
        return "; ".join(shown.get(each, each) for each in values)

    def option(self, words: str) -> str | None:
        """The stored value of a choice, by what is stored or shown; None if there is no such choice."""
        for stored, _ in self.options:
            if words == stored:
                return stored
        folded = _folded(words)
        return next((stored for stored, shown in self.options if folded in (_folded(stored), _folded(shown))), None)


class FormInFile(Struct, frozen=True):
    """A form as it is in its file.

    Args:
        fields: by full name, in the order of the file.
        orphans: widgets on pages that belong to no field of the form, as page number and name.
        loops: whether a field is among its own parents or children.
    """

    fields: Mapping[str, FormField]
    orphans: tuple[tuple[int, str], ...] = ()
    loops: bool = False
    fonts: Mapping[str, str] = field(default_factory=dict)
    """The base font of each font resource."""


def form_of(pdf: Pdf) -> Any:
    """The form dictionary; None if the file has none."""
    found = pdf.Root.get("/AcroForm")
    return found if isinstance(found, Dictionary) else None


def fields_in(pdf: Pdf) -> FormInFile:
    """The form in a file; without fields if it has none."""
    return _Reader(pdf).read()


class _Reader:
    def __init__(self, pdf: Pdf) -> None:
        self.pdf, self.form = pdf, form_of(pdf)
        self.pages: dict[Any, int] = {}
        self.loose: list[tuple[int, Any]] = []
        for number, page in enumerate(pdf.pages):
            for annotation in annotations_of(page.obj):
                if annotation.get("/Subtype") == "/Widget":
                    self.pages.setdefault(annotation.objgen, number)
                    self.loose.append((number, annotation))
        self.seen: set[Any] = set()
        self.loops = False

    def read(self) -> FormInFile:
        found: dict[str, FormField] = {}
        for name, node, widgets in self._terminals():
            new = self._field(name, node, widgets)
            known = found.get(name)
            found[name] = new if known is None else _joined(known, new)
        orphans = tuple(
            (page, text_of(each.get("/T")))
            for page, each in self.loose
            if each.objgen not in self.seen or each.objgen == (0, 0)
        )
        return FormInFile(found, orphans if self.form is not None or self.loose else (), self.loops, self._fonts())

    def _fonts(self) -> dict[str, str]:
        resources = self.form.get("/DR") if self.form is not None else None
        fonts = resources.get("/Font") if isinstance(resources, Dictionary) else None
        if not isinstance(fonts, Dictionary):
            return {}
        return {
            key[1:]: text_of(font.get("/BaseFont")).split("+")[-1]
            for key, font in fonts.items()
            if isinstance(font, Dictionary)
        }

    def _terminals(self) -> Iterator[tuple[str, Any, list[Any]]]:
        tops = self.form.get("/Fields") if self.form is not None else None
        for top in tops if isinstance(tops, Array) else ():
            yield from self._below(top, "", 0)

    def _below(self, node: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any, list[Any]]]:
        if not isinstance(node, Dictionary):
            return
        if depth > _DEEPEST or (node.objgen in self.seen and node.objgen != (0, 0)):
            self.loops = True
            return
        self.seen.add(node.objgen)
        name = ".".join(filter(None, (prefix, text_of(node.get("/T")))))
        listed = node.get("/Kids")
        kids = [kid for kid in (listed if isinstance(listed, Array) else ()) if isinstance(kid, Dictionary)]
        is_radio = str(inherited(node, "/FT")) == "/Btn" and integer(inherited(node, "/Ff")) & _RADIO
        if any("/T" in kid for kid in kids) and not is_radio:
            for kid in kids:
                yield from self._below(kid, name, depth + 1)
            return
        self.seen |= {kid.objgen for kid in kids}
        widgets = [kid for kid in kids if kid.get("/Subtype") == "/Widget"]
        if "/FT" in node or widgets or inherited(node, "/FT") is not None:
            yield name, node, widgets or [node]

    def _field(self, name: str, node: Any, widgets: list[Any]) -> FormField:
        flags = integer(inherited(node, "/Ff"))
        shown = tuple(self._widget(each) for each in widgets if "/Rect" in each)
        kind = _kind(str(inherited(node, "/FT")), flags, shown)
        actions = inherited(node, "/AA")
        actions = actions if isinstance(actions, Dictionary) else {}
        options = _options(kind, inherited(node, "/Opt"), shown)
        is_text, is_choice = kind is FieldKind.TEXT, kind is FieldKind.CHOICE
        return FormField(
            name, kind, (node,), shown,
            tooltip=text_of(inherited(node, "/TU")).strip(),
            max_length=max(integer(inherited(node, "/MaxLen")), 0) if is_text else 0,
            multiline=is_text and bool(flags & _MULTILINE),
            comb=is_text and bool(flags & _COMB) and not flags & (_MULTILINE | _PASSWORD),
            several=is_choice and bool(flags & _SEVERAL),
            editable=is_choice and bool(flags & _EDIT),
            is_list=is_choice and not flags & _COMBO,
            in_unison=kind is FieldKind.ONE_OF and bool(flags & _IN_UNISON),
            required=bool(flags & _REQUIRED),
            read_only=bool(flags & _READ_ONLY),
            password=is_text and bool(flags & _PASSWORD),
            calculated="/C" in actions,
            formatted="/F" in actions or "/K" in actions,
            options=options,
            value=_value(kind, inherited(node, "/V"), options),
            default=_value(kind, inherited(node, "/DV"), options),
        )  # fmt: skip

    def _widget(self, obj: Any) -> Widget:
        form = self.form if self.form is not None else {}
        appearance = text_of(inherited(obj, "/DA") or form.get("/DA"))
        fonts, colors = _FONT.findall(appearance), _COLOR.findall(appearance)
        look = obj.get("/MK")
        turn = integer(look.get("/R")) % 360 if isinstance(look, Dictionary) else 0
        alignment = inherited(obj, "/Q")
        return Widget(
            obj,
            self.pages.get(obj.objgen, -1),
            rectangle(obj.Rect),
            turn if turn in (90, 180, 270) else 0,
            fonts[-1][0] if fonts else "",
            _size(fonts[-1][1]) if fonts else 0.0,
            " ".join([*colors[-1][0].split(), colors[-1][1]]) if colors else "0 g",
            min(max(integer(form.get("/Q") if alignment is None else alignment), 0), 2),
            _state(obj),
            not integer(obj.get("/F")) & _INVISIBLE,
        )


def annotations_of(page: Any) -> Iterator[Any]:
    """The annotations of a page that can be read."""
    listed = page.get("/Annots")
    if isinstance(listed, Array):
        yield from (each for each in listed if isinstance(each, Dictionary))


def rectangle(value: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a rectangle, whichever corners it names."""
    a, b, c, d = (float(each) for each in list(value)[:4])
    return min(a, c), min(b, d), max(a, c), max(b, d)


def normal_states(obj: Any) -> Any:
    """The dictionary of the normal appearances of a button, by state; None if it has none."""
    looks = obj.get("/AP")
    normal = looks.get("/N") if isinstance(looks, Dictionary) else None
    return normal if isinstance(normal, Dictionary) and not isinstance(normal, Stream) else None


def _state(obj: Any) -> str:
    states = normal_states(obj)
    return next((key[1:] for key in states if key != "/Off"), "") if states is not None else ""


def _size(text: str) -> float:
    try:
        return max(float(text), 0.0)
    except ValueError:
        return 0.0


def _kind(kind: str, flags: int, widgets: tuple[Widget, ...]) -> FieldKind:
    if kind == "/Btn":
        if flags & _PUSH:
            return FieldKind.BUTTON
        states = {widget.state for widget in widgets if widget.state}
        return FieldKind.ONE_OF if flags & _RADIO or len(states) > 1 else FieldKind.TICK
    known = {"/Tx": FieldKind.TEXT, "/Ch": FieldKind.CHOICE, "/Sig": FieldKind.SIGNATURE}
    return known.get(kind, FieldKind.OTHER)


_MOST_OPTIONS = 20_000  # of one field


def _options(kind: FieldKind, listed: Any, widgets: tuple[Widget, ...]) -> tuple[tuple[str, str], ...]:
    if isinstance(listed, Array) and len(listed) > _MOST_OPTIONS:
        raise ValueError("a list from which nobody could choose")
    words = list(listed) if isinstance(listed, Array) else []
    if kind is FieldKind.CHOICE:
        pairs = [(each[0], each[1]) if isinstance(each, Array) and len(each) > 1 else (each, each) for each in words]
        return tuple((text_of(stored), text_of(shown)) for stored, shown in pairs)
    if kind not in (FieldKind.TICK, FieldKind.ONE_OF):
        return ()
    # The names of states are often only numbers; then the list of options has the real words.
    found: dict[str, str] = {}
    for number, widget in enumerate(widgets):
        state = on_state(widget, number, kind)
        found.setdefault(state, text_of(words[number]) if number < len(words) else state)
    return tuple(found.items())


def on_state(widget: Widget, number: int, kind: FieldKind) -> str:
    """The name of the “on” state of a button, which gets one if it has none.

    Args:
        number: of the button within its field, from 0.
    """
    return widget.state or ("Yes" if kind is FieldKind.TICK else str(number))


def _value(kind: FieldKind, value: Any, options: tuple[tuple[str, str], ...]) -> str | tuple[str, ...] | None:
    if value is None or kind in (FieldKind.SIGNATURE, FieldKind.BUTTON):
        return None
    if isinstance(value, Array):
        return tuple(text_of(each) for each in value) or None
    text = text_of(value)
    if kind in (FieldKind.TICK, FieldKind.ONE_OF):
        if text == "Off":
            return None
        if text not in dict(options):  # the value may be the words of the list of options
            return next((state for state, words in options if words == text), text or None)
    return text or None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _joined(known: FormField, new: FormField) -> FormField:
    """Two fields of one name as one."""
    others = known.others if new.kind is known.kind else (*known.others, new.kind)
    return replace(
        known,
        objects=known.objects + new.objects,
        widgets=known.widgets + new.widgets,
        options=tuple(dict([*known.options, *new.options]).items()),
        value=known.value if known.value is not None else new.value,
        others=others,
    )


def kind_conflict(found: FormField, where: str) -> Problem | None:
    """The problem with fields of one name that are of different kinds; None if there is none."""
    if not found.others:
        return None
    kinds = ", ".join(dict.fromkeys((found.kind, *found.others)))
    return Problem(
        f"Several fields are called “{found.name}”, and they are of different kinds ({kinds}).",
        where,
        "Give each its own name in the program that made the form.",
        "same-name",
    )
