"""Formulas (Office Math, 22.1), as text on one line: ``x = (b ± √(b² + 4ac))/(2a)``, and with the parts of which their
shape is made.

Exponents and indices are raised and lowered; what Word sets above one another stands side by side, in the notation of
UnicodeMath (Unicode Technical Note 28) as far as readers know it: fractions with a slash, matrices row by row. Where
the formula has its shape, the signs that stand for it are only read aloud and copied."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeAlias

from lxml import etree
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.docx.names import M, Node, w
from letters.pdf.document import Align, FormulaPart, FormulaSign, Text

Level = Literal["baseline", "super", "sub"]
_FORMULA_ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_ALIGN: dict[str, Align] = {"left": "left", "right": "right", "center": "center", "centerGroup": "center"}
_MOST_NESTED = 40
_NUMBER = pattern(r"\d[\d.,]*")
_MATH_LETTERS = range(0x1D400, 0x1D800)
"""Letters that Unicode has once more for formulas, in bold, in italics and so on; only mathematical fonts have them."""


class FormulaPiece(Struct, frozen=True):
    """Some characters of a formula.

    Args:
        run: the run that they are from; None for signs.
        shown: what is there where the formula has its shape; None for the same text.
    """

    text: str
    level: Level
    italic: bool
    bold: bool
    run: Node | None = None
    shown: str | None = None


class _Begin(Struct, frozen=True):
    """The beginning of a part of a formula."""

    kind: str
    said: str = ""


class _End(Struct, frozen=True):
    """The end of the part that began last."""


_Event: TypeAlias = FormulaPiece | _Begin | _End


def formula_pieces(formula: Node) -> Iterator[FormulaPiece]:
    """The characters of a formula, or of the formulas of a paragraph, in the order in which they are read."""
    return (event for event in _inside(formula, "baseline", 0) if isinstance(event, FormulaPiece))


def formula_shape(formula: Node, look_of: Callable[[FormulaPiece], Text]) -> FormulaPart:
    """The same characters, in the parts that they are in.

    Args:
        look_of: gives the text of a piece with its format.
    """
    root: tuple[_Begin, list[FormulaPart | FormulaSign | Text]] = (_Begin(etree.QName(formula).localname), [])
    opened = [root]
    for event in _inside(formula, "baseline", 0):
        if isinstance(event, _Begin):
            opened.append((event, []))
        elif isinstance(event, _End):
            begun, content = opened.pop()
            opened[-1][1].append(FormulaPart(begun.kind, tuple(content), begun.said))
        elif event.run is None:
            opened[-1][1].append(FormulaSign(look_of(event), event.text if event.shown is None else event.shown))
        else:
            opened[-1][1].append(look_of(event))
    return FormulaPart(root[0].kind, tuple(root[1]))


def has_shape(part: FormulaPart) -> bool:
    """Whether some of it is above or below the line otherwise than as a plain exponent or index."""
    return part.kind in _STACKED or any(
        has_shape(each) if isinstance(each, FormulaPart) else isinstance(each, FormulaSign) and not each.shown.strip()
        for each in part.content
    )


def formula_text(formula: Node) -> str:
    """The same as plain text, which tells exponents and indices by ``^`` and ``_``."""
    said, before = [], "baseline"
    for piece in formula_pieces(formula):
        if piece.level != before and piece.level != "baseline":
            said.append("^" if piece.level == "super" else "_")
        said.append(piece.text)
        before = piece.level
    return " ".join("".join(said).split())


def align_of(paragraph: Node, otherwise: Align) -> Align:
    """How a paragraph of nothing but a formula is aligned: one set apart from the text is in the middle unless it says
    otherwise (22.1.2.51).
    """
    display = paragraph.find(_m("oMathPara"))
    return otherwise if display is None else _ALIGN.get(_said(display, "oMathParaPr", "jc", "centerGroup"), otherwise)


def _m(name: str) -> str:
    return f"{{{M}}}{name}"


def _said(node: Node, properties: str, name: str, otherwise: str) -> str:
    """An attribute ``m:val`` of the properties of an object; empty where the element is there without one."""
    found = node.find(f"{_m(properties)}/{_m(name)}")
    return otherwise if found is None else found.get(_m("val"), "")


def _on(node: Node, properties: str, name: str) -> bool:
    found = node.find(f"{_m(properties)}/{_m(name)}")
    return found is not None and found.get(_m("val"), "1") not in ("0", "off", "false")


def _sign(text: str, level: Level, shown: str | None = "") -> Iterator[_Event]:
    """A sign, which stands for the shape of the formula unless it is ``shown`` with it: as some text, or as it is."""
    if text:
        yield FormulaPiece(text, level, italic=False, bold=False, shown=shown)


def _part(kind: str, content: Iterable[_Event], said: str = "") -> Iterator[_Event]:
    yield _Begin(kind, said)
    yield from content
    yield _End()


def _inside(node: Node | None, level: Level, depth: int) -> Iterator[_Event]:
    """What is in an object, one thing after another."""
    if node is None or depth > _MOST_NESTED:
        return
    if node.tag == _m("oMathPara"):
        for at, each in enumerate(node.iterchildren(_m("oMath"))):
            yield from _sign("; " if at else "", level)
            yield from _part("mr", _part("e", _inside(each, level, depth + 1)))
        return
    for child in node.iterchildren(tag=etree.Element):
        grouped = child.tag == _m("f") and _goes_on(child)
        yield from _sign("(" if grouped else "", level)
        name = etree.QName(child).localname
        inside = _OBJECTS.get(name, _inside)(child, level, depth + 1)
        yield from _part(name, inside, _SAID.get(name, _plain)(child)) if name in _SHAPED else inside
        yield from _sign(")" if grouped else "", level)


def _goes_on(fraction: Node) -> bool:
    """Whether a factor follows, which would seem to stand below the line of the fraction."""
    following = next((next(each.iter(_m("t")), None) for each in fraction.itersiblings(tag=etree.Element)), None)
    text = "" if following is None else (following.text or "").lstrip()
    return text[:1].isalnum() or text[:1] in ("(", "[", "{")


def _run(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    style, normal = _said(node, "rPr", "sty", "i"), _on(node, "rPr", "nor")
    text = "".join(each.text or "" for each in node.iterchildren(_m("t"), w("t")))
    bold = style in ("b", "bi")
    for letters, italic in _by_slant(text, italic=style in ("i", "bi") and not normal):
        yield FormulaPiece(letters, level, italic, bold, node)


def _by_slant(text: str, *, italic: bool) -> Iterator[tuple[str, bool]]:
    """The text, letters and other characters apart: digits and signs are upright."""
    held, slanted = "", False
    for letter in text:
        plain = unicodedata.normalize("NFKC", letter) if ord(letter) in _MATH_LETTERS else letter
        now = italic and plain.isalpha()
        if held and now is not slanted:
            yield held, slanted
            held = ""
        held, slanted = held + plain, now
    if held:
        yield held, slanted


def _grouped(node: Node | None, level: Level, depth: int) -> Iterator[_Event]:
    """What is in an object, in parentheses unless it is plain that it belongs together."""
    events = list(_inside(node, level, depth))
    pieces = _pieces(events)
    text = "".join(piece.text for piece in pieces).strip()
    scripted = bool(pieces) and len(pieces[0].text) == 1 and all(piece.level != level for piece in pieces[1:])
    if scripted or len(text) < 2 or _NUMBER.fullmatch(text) or _is_bracketed(text):
        yield from events
    else:
        yield from [*_sign("(", level), *events, *_sign(")", level)]


def _pieces(events: Iterable[_Event]) -> list[FormulaPiece]:
    return [event for event in events if isinstance(event, FormulaPiece)]


def _is_bracketed(text: str) -> bool:
    """Whether one pair of brackets is around all of it."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and at < len(text) - 1:
            return False
    return len(text) > 1 and text[0] in "([{" and text[-1] in ")]}"


def _script(node: Node | None, level: Level, within: Level, depth: int) -> Iterator[_Event]:
    """An exponent or index; one of an exponent or index is written out."""
    kind = "sup" if level == "super" else "sub"
    if within == "baseline":
        yield from _part(kind, _inside(node, level, depth))
    elif _pieces(events := list(_grouped(node, within, depth))):
        yield from _part(kind, [*_sign("^" if level == "super" else "_", within), *events])


def _scripts(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    """A base with an exponent, an index or both."""
    base = node.find(_m("e"))
    if node.tag == _m("sPre"):
        yield from _script(node.find(_m("sub")), "sub", level, depth)
        yield from _script(node.find(_m("sup")), "super", level, depth)
        yield from _part("e", _inside(base, level, depth))
        return
    events = list(_inside(base, level, depth))
    named = "".join([piece.text for piece in _pieces(events)]).isalpha()  # such as lim or sin
    yield from _part("e", events if named else _grouped(base, level, depth))
    limit: Level = "sub" if node.tag == _m("limLow") else "super"
    yield from _script(node.find(_m("sub")), "sub", level, depth)
    yield from _script(node.find(_m("lim")), limit, level, depth)
    yield from _script(node.find(_m("sup")), "super", level, depth)


def _fraction(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    kind = _said(node, "fPr", "type", "bar")
    if kind == "noBar":  # a binomial coefficient
        yield from _part("e", _inside(node.find(_m("num")), level, depth))
        yield from _sign(" over ", level)
        yield from _part("e", _inside(node.find(_m("den")), level, depth))
        return
    yield from _part("e", _grouped(node.find(_m("num")), level, depth))
    yield from _sign("/", level, None if kind in _ON_ONE_LINE else "")
    yield from _part("e", _grouped(node.find(_m("den")), level, depth))


def _root(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    degree = [] if _on(node, "radPr", "degHide") else _pieces(_inside(node.find(_m("deg")), level, depth))
    number = "".join(piece.text for piece in degree).strip()
    known = number in _FORMULA_ROOTS
    if number and not known:
        yield from _script(node.find(_m("deg")), "super", level, depth)
    sign = _sign(_FORMULA_ROOTS.get(number, "√"), level, number if known else "")
    yield from _part("sup", sign) if known else sign
    yield from _part("e", _grouped(node.find(_m("e")), level, depth))


def _large_operator(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    yield from _part("chr", _sign(_said(node, "naryPr", "chr", "∫"), level, None))
    for name, hidden in (("sub", "subHide"), ("sup", "supHide")):
        if not _on(node, "naryPr", hidden):
            yield from _script(node.find(_m(name)), "sub" if name == "sub" else "super", level, depth)
    yield from _part("e", [*_sign(" ", level), *_inside(node.find(_m("e")), level, depth)])


def _bracketed(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    yield from _sign(_said(node, "dPr", "begChr", "("), level, None)
    for at, each in enumerate(node.iterchildren(_m("e"))):
        yield from _sign(_said(node, "dPr", "sepChr", "|") if at else "", level, None)
        yield from _part("e", _inside(each, level, depth))
    yield from _sign(_said(node, "dPr", "endChr", ")"), level, None)


def _function(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    yield from _inside(node.find(_m("fName")), level, depth)
    argument = list(_grouped(node.find(_m("e")), level, depth))
    pieces = _pieces(argument)
    yield from _sign("" if pieces and pieces[0].text.startswith(("(", "[", " ")) else " ", level)
    yield from argument


def _accent(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    """A letter with a mark above it; over more than a letter, the mark stands before them."""
    mark = _mark(node)
    pieces = _pieces(_inside(node.find(_m("e")), level, depth))
    if len(pieces) == 1 and len(pieces[0].text) == 1 and unicodedata.combining(mark[:1] or " "):
        only = pieces[0]
        yield FormulaPiece(only.text + mark, only.level, only.italic, only.bold, only.run)
        return
    yield from _sign(_STANDING.get(mark, ""), level)
    yield from _part("e", _grouped(node.find(_m("e")), level, depth))


def _mark(node: Node) -> str:
    """The mark of an accent or a bar, which is below unless it says otherwise (22.1.2.7)."""
    if node.tag == _m("bar"):
        return "\u0304" if _said(node, "barPr", "pos", "bot") == "top" else "\u0332"
    return _said(node, "accPr", "chr", "\u0302")


_STANDING = {
    "\u0302": "^", "\u0303": "~", "\u0304": "¯", "\u0305": "¯", "\u0307": "˙", "\u0308": "¨", "\u20d7": "→",
    "\u0332": "_",
}  # fmt: skip


def _rows(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    """A matrix row by row, or equations one below another."""
    rows: Iterable[Iterable[Node]] = (
        (row.iterchildren(_m("e")) for row in node.iterchildren(_m("mr")))
        if node.tag == _m("m")
        else ([each] for each in node.iterchildren(_m("e")))
    )
    for at, row in enumerate(rows):
        yield from _sign("; " if at else "", level)
        yield from _part("mr", _row(row, level, depth))


def _row(row: Iterable[Node], level: Level, depth: int) -> Iterator[_Event]:
    for across, each in enumerate(row):
        yield from _sign(", " if across else "", level)
        yield from _part("e", _inside(each, level, depth))


def _plain(node: Node) -> str:
    """What an object says of its shape: nothing."""
    return ""


def _limits(node: Node) -> str:
    """Whether the limits of a large operator are above and below it: ``undOvr``; or beside it, as of integrals."""
    beside = _said(node, "naryPr", "chr", "∫") in _INTEGRALS
    return _said(node, "naryPr", "limLoc", "subSup" if beside else "undOvr")


_INTEGRALS = frozenset("∫∬∭∮∯∰")
_STACKED = frozenset({"rad", "nary", "m", "eqArr", "sSubSup", "sPre", "limLow", "limUpp"})
_ON_ONE_LINE = ("lin", "skw")
_SAID: dict[str, Callable[[Node], str]] = {
    "f": lambda node: _said(node, "fPr", "type", "bar"), "nary": _limits, "acc": _mark, "bar": _mark,
}  # fmt: skip
_SHAPED = frozenset(
    {"f", "rad", "nary", "d", "acc", "bar", "m", "eqArr", "sSup", "sSub", "sSubSup", "sPre", "limLow", "limUpp"}
)


def _nothing(node: Node, level: Level, depth: int) -> Iterator[_Event]:
    yield from ()


_OBJECTS = {
    "r": _run, "f": _fraction, "rad": _root, "nary": _large_operator, "d": _bracketed, "func": _function,
    "acc": _accent, "bar": _accent, "m": _rows, "eqArr": _rows, "del": _nothing, "moveFrom": _nothing,
    **dict.fromkeys(("sSup", "sSub", "sSubSup", "sPre", "limLow", "limUpp"), _scripts),
    **dict.fromkeys((
        "rPr", "ctrlPr", "fPr", "radPr", "naryPr", "dPr", "funcPr", "accPr", "barPr", "mPr", "eqArrPr", "sSupPr",
        "sSubPr", "sSubSupPr", "sPrePr", "limLowPr", "limUppPr", "boxPr", "borderBoxPr", "groupChrPr", "phantPr",
        "oMathParaPr", "argPr",
    ), _nothing),
}  # fmt: skip
"""Everything else only holds something together."""
