"""What a field shows: appearance streams with embedded fonts, the same in every reader (ISO 32000-1, 12.7.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from letters.forms.acroform import FieldKind, FormField, FormInFile, Widget, normal_states, on_state
from letters.forms.fitting import DoesNotFit, FittedText, TextBox, fit
from letters.forms.laid_out_text import draw
from letters.forms.marks import CHECK, DOT, circle, mark
from letters.forms.shaped_text import EmbeddedText, Typeface, line_breaks, typeface
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.pdf_objects import Array, Dictionary, Name, Pdf, Stream, inherited

_CHOSEN = "0.6 0.757 0.855 rg"  # the usual color behind a chosen line of a list
_BEFORE = 2.0  # points between the edge of a field and its words


class AppearanceWriter:
    """Draws the fields of one file.

    Args:
        smallest: the size in points below which words may not be reduced; a form that is set smaller keeps its size.
        language: of the words, such as ``en-US``.
    """

    def __init__(self, pdf: Pdf, form: FormInFile, smallest: float, language: str) -> None:
        self.pdf, self.form, self.smallest, self.language = pdf, form, smallest, language
        self._text = EmbeddedText()
        self._fonts = pdf.make_indirect(Dictionary())

    def finish(self) -> None:
        """Embed the fonts that were used. Call it once, after everything is drawn."""
        self._text.embed(self.pdf, self._fonts)

    # --- texts ---

    def show_text(self, field: FormField, widget: Widget, text: str) -> None:
        """Show a text in a field. Raises DoesNotFit."""
        self._put(widget, self._frame(widget, field.max_length if field.comb else 0), *self._words(field, widget, text))

    def measure(self, field: FormField, widget: Widget, text: str) -> None:
        """Raise DoesNotFit if a text does not fit."""
        self._words(field, widget, text)

    def _words(self, field: FormField, widget: Widget, text: str) -> tuple[str, Any]:
        if field.max_length and len(text) > field.max_length:
            raise DoesNotFit(f"have {len(text)} characters; the form allows {field.max_length}", field.max_length)
        if not text:
            return "", None
        face, box = self._face(widget), self._box(field, widget)
        try:
            fitted = fit(
                text,
                box,
                lambda piece: self._text.width(piece, face),
                face.line_height,
                line_breaks,
            )
            return self._lines(fitted, box, face, widget), None
        except Unsupported:
            inner = replace(box, width=max(box.width, 1.0), height=max(box.height, 1.0))
            drawn = draw(text, inner, face, widget.alignment, self.language, _css(widget.color))
            content, resources = drawn.content(self.pdf)
            left, bottom = (widget.width - box.width) / 2, (widget.height - box.height) / 2
            return f"1 0 0 1 {left:.3f} {bottom:.3f} cm\n{content.decode('latin-1')}", resources

    def _face(self, widget: Widget) -> Typeface:
        return typeface(self.form.fonts.get(widget.font) or widget.font or "Helvetica")

    def _box(self, field: FormField, widget: Widget) -> TextBox:
        border = _border_width(widget)
        cells = field.max_length if field.comb else 0
        side = 0.0 if cells else min(_BEFORE * max(border, 1.0), widget.width / 6)
        height = widget.height - (2 * max(border, 1.0) if field.multiline else 0.0)
        return TextBox(widget.width - 2 * side, height, widget.size, self.smallest, field.multiline, cells)

    def _lines(self, fitted: FittedText, box: TextBox, face: Typeface, widget: Widget) -> str:
        size, line_height = fitted.size, face.line_height * fitted.size
        left = (widget.width - box.width) / 2
        if box.multiline:
            first = widget.height - (widget.height - box.height) / 2 - face.up * size
        else:
            first = (widget.height - line_height) / 2 + face.down * size
        shown = [widget.color]
        if box.cells:
            text, cell = fitted.lines[0], box.width / box.cells
            start = {0: 0, 1: (box.cells - len(text)) // 2, 2: box.cells - len(text)}[widget.alignment]
            for at, character in enumerate(text, start):
                x = cell * at + (cell - self._text.width(character, face) * size) / 2
                shown.append(f"1 0 0 1 {x:.3f} {first:.3f} Tm {self._text.shown(character, face, size)}")
        else:
            for number, line in enumerate(fitted.lines):
                spare = box.width - self._text.width(line, face) * size
                x = left + spare * widget.alignment / 2
                y = first - number * line_height
                shown.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm {self._text.shown(line, face, size)}")
        return "BT\n" + "\n".join(shown) + "\nET"

    # --- lists ---

    def show_list(self, field: FormField, widget: Widget, chosen: Sequence[str]) -> None:
        """Show a list with its chosen lines marked. Raises DoesNotFit if a chosen line cannot be shown."""
        face = self._face(widget)
        words = [shown for _, shown in field.options]
        marked = [number for number, (stored, _) in enumerate(field.options) if stored in chosen]
        room_across = widget.width - 2 * _BEFORE
        sizes = list(TextBox(0, 0, widget.size or 12.0, self.smallest, True).sizes(face.line_height))
        try:
            widths = [self._text.width(each, face) for each in words]
        except Unsupported:
            raise DoesNotFit("are in a script that a list cannot show") from None
        for size in sizes:
            line = face.line_height * size
            lines = int((widget.height - 2) // line)
            first = 0 if not marked or marked[-1] < lines else marked[0]
            fits = all(first <= at < first + lines and widths[at] * size <= room_across for at in marked)
            if fits and lines:
                break
        else:
            raise DoesNotFit("do not fit: the list is too small to show what is chosen")
        shown: list[str] = []
        for number in range(first, min(first + lines, len(words))):
            y = widget.height - 1 - (number - first + 1) * line
            if number in marked:
                shown.append(f"{_CHOSEN} 1 {y:.3f} {widget.width - 2:.3f} {line:.3f} re f")
            base = y + face.down * size
            line_shown = self._text.shown(words[number], face, size)
            shown.append(f"BT {widget.color} 1 0 0 1 {_BEFORE:.3f} {base:.3f} Tm {line_shown} ET")
        self._put(widget, self._frame(widget, 0), "\n".join(shown), None)
        for obj in field.objects:
            if first:
                obj.TI = first
            elif "/TI" in obj:
                del obj["/TI"]

    # --- check boxes and option buttons ---

    def show_button(self, field: FormField, number: int, chosen: str | None) -> bool:
        """Show one button of a field as set or not; whether it is set.

        Args:
            number: of the button within the field.
            chosen: the name of the state that is set; None for none.
        """
        widget = field.widgets[number]
        state = on_state(widget, number, field.kind)
        on = state == chosen
        if not _draws_without_fonts(widget.obj, state):
            style = _style(widget, field.kind)
            widget.obj.AP = Dictionary(
                N=Dictionary(
                    {f"/{state}": self._button(widget, style, True), "/Off": self._button(widget, style, False)}
                )
            )
        widget.obj.AS = Name(f"/{state}") if on else Name.Off
        return on

    def _button(self, widget: Widget, style: str, on: bool) -> Any:
        content = self._frame(widget, 0, is_round=style == DOT and _has_border(widget))
        if on:
            content += "\n" + mark(style, widget.width, widget.height, widget.color)
        return self._stream(widget, f"q\n{content}\nQ", Dictionary())

    # --- streams ---

    def _put(self, widget: Widget, frame: str, content: str, resources: Any) -> None:
        body = f"q\n{frame}\nQ\n/Tx BMC\nq\n{content}\nQ\nEMC"
        widget.obj.AP = Dictionary(N=self._stream(widget, body, resources or Dictionary(Font=self._fonts)))
        if "/AS" in widget.obj:
            del widget.obj["/AS"]

    def _stream(self, widget: Widget, body: str, resources: Any) -> Any:
        w, h = round(widget.width, 4), round(widget.height, 4)
        stream = self.pdf.make_stream(
            body.encode("latin-1"), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, w, h]), Resources=resources
        )
        matrix = {90: [0, 1, -1, 0, h, 0], 180: [-1, 0, 0, -1, w, h], 270: [0, -1, 1, 0, 0, w]}.get(widget.turn)
        if matrix:
            stream.Matrix = Array(matrix)
        return stream

    def _frame(self, widget: Widget, cells: int, *, is_round: bool = False) -> str:
        """The ground and border that the form wants."""
        look = widget.obj.get("/MK")
        w, h, found = widget.width, widget.height, []
        if not isinstance(look, Dictionary):
            return ""
        thick = _border_width(widget)
        inner = min(w, h) / 2 - thick / 2
        if ground := _color(look.get("/BG"), stroke=False):
            shape = circle(w / 2, h / 2, inner) if is_round else f"0 0 {w:.3f} {h:.3f} re"
            found.append(f"{ground} {shape} f")
        edge = _color(look.get("/BC"), stroke=True)
        if edge and thick:
            found.append(f"{edge} {thick:g} w{_dashes(widget)}")
            if is_round:
                found.append(f"{circle(w / 2, h / 2, inner)} S")
            elif _border_style(widget) == "/U":
                found.append(f"0 {thick / 2:g} m {w:.3f} {thick / 2:g} l S")
            else:
                found.append(f"{thick / 2:g} {thick / 2:g} {w - thick:.3f} {h - thick:.3f} re S")
            found += [f"{w * at / cells:.3f} 0 m {w * at / cells:.3f} {h:.3f} l S" for at in range(1, cells)]
        return "\n".join(found)


def _border_width(widget: Widget) -> float:
    style, border = widget.obj.get("/BS"), widget.obj.get("/Border")
    try:
        if isinstance(style, Dictionary):
            return max(float(style.get("/W", 1)), 0.0)
        if isinstance(border, Array) and len(border) > 2:
            return max(float(border[2]), 0.0)
    except (TypeError, ValueError):
        return 1.0
    return 1.0


def _border_style(widget: Widget) -> str:
    style = widget.obj.get("/BS")
    return str(style.get("/S", "")) if isinstance(style, Dictionary) else ""


def _dashes(widget: Widget) -> str:
    return " [3] 0 d" if _border_style(widget) == "/D" else ""


def _has_border(widget: Widget) -> bool:
    look = widget.obj.get("/MK")
    return isinstance(look, Dictionary) and bool(_color(look.get("/BC"), stroke=True))


def _color(value: Any, *, stroke: bool) -> str:
    """The operator for a color of a form; empty for none."""
    if not isinstance(value, Array):
        return ""
    operator = {1: "g", 3: "rg", 4: "k"}.get(len(value), "")
    try:
        numbers = " ".join(f"{float(each):g}" for each in value)
    except (TypeError, ValueError):
        return ""
    return f"{numbers} {operator.upper() if stroke else operator}" if operator else ""


def _css(color: str) -> str:
    """A color operator as CSS."""
    *numbers, operator = color.split()
    try:
        values = [min(max(float(each), 0.0), 1.0) for each in numbers]
    except ValueError:
        return "#000"
    if operator == "k" and len(values) == 4:
        values = [(1 - each) * (1 - values[3]) for each in values[:3]]
    values = values * 3 if len(values) == 1 else values
    return "#" + "".join(f"{round(each * 255):02x}" for each in values[:3])


def _style(widget: Widget, kind: FieldKind) -> str:
    look = widget.obj.get("/MK")
    named = str(look.get("/CA", "")) if isinstance(look, Dictionary) else ""
    if named:
        return named
    is_radio = kind is FieldKind.ONE_OF and bool(int(inherited(widget.obj, "/Ff") or 0) & (1 << 15))
    return DOT if is_radio else CHECK


def _draws_without_fonts(obj: Any, state: str) -> bool:
    """Whether a button has a mark of its own that every reader shows: drawn as lines or a picture, not in a font."""
    states = normal_states(obj)
    look = states.get(f"/{state}") if states is not None else None
    if not isinstance(look, Stream) or not look.read_bytes().strip():
        return False
    resources = look.get("/Resources")
    names = set(resources.keys()) if isinstance(resources, Dictionary) else set()
    return "/Font" not in names and b"Tf" not in look.read_bytes()
