"""Word templates in docxtpl's dialect: compiled once with suspicion, filled many times, checked each time.

docxtpl repairs what does not fit by deleting text without a word. Here a template that could do that is
refused when it is compiled, at a named place; a letter that came out doubtful is refused when it is filled.
What stays of docxtpl is the dialect, and its own patching of table cells.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, cast
from xml.sax.saxutils import escape as xml_escape

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context, LoopContext, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from lxml import etree
from markupsafe import Markup, escape

from letters import tags as t
from letters.errors import LettersError, Problem, TemplateAtFault
from letters.package import (
    Package,
    Packed,
    R,
    W,
    in_writing_order,
    open_package,
    parse_xml,
    write_package,
)

_DOCUMENT_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CORE, _APP, _TYPES = "docProps/core.xml", "docProps/app.xml", "[Content_Types].xml"
_MAX_OUTPUT = 20_000_000  # characters in one part
_MAX_ROUNDS = 100_000  # of all loops of one letter
_MAX_PART = 10_000_000  # bytes of one part of a template


@dataclass(frozen=True, slots=True)
class Properties:
    """What a finished letter says about itself in File, Info, in place of what the template said."""

    title: str
    author: str
    language: str
    dated: dt.date


@dataclass(frozen=True, eq=False)
class Template:
    """One .docx template, compiled. Immutable: fill it from as many threads as you like.

    Args:
        name: how messages call it.
        tags: every tag in reading order.
        names: the names it takes from the context; those without |default(…) must all be there.
        uses: every name or dotted path it takes, with the tag that takes it; for checking against the model.
        notes: what is allowed and yet seldom meant; for ``letters check``.
    """

    name: str
    tags: tuple[t.Tag, ...]
    names: frozenset[str]
    uses: tuple[t.Use, ...]
    notes: tuple[Problem, ...]
    _required: Mapping[str, tuple[t.Tag, ...]] = field(repr=False)
    _parts: tuple[_Part, ...] = field(repr=False)
    _properties: Mapping[str, _Script] = field(repr=False)
    _untouched: Mapping[str, Packed] = field(repr=False)
    _styles: tuple[str, bytes] | None = field(repr=False)

    @classmethod
    def compile(cls, data: bytes, name: str) -> Template:
        """Read a template, or raise TemplateAtFault with everything that is wrong with it."""
        try:
            return _Compilation(open_package(data, name)).template()
        except TemplateAtFault:
            raise
        except LettersError as error:
            raise TemplateAtFault(error.problems) from error

    def fill(self, context: Mapping[str, Any], properties: Properties) -> bytes:
        """The finished letter as the bytes of a .docx: the same for the same arguments, always.

        Args:
            context: plain data, as deep as it needs: dict, list, tuple, str, int, date, bool, None.
            properties: what the file says about itself.

        Raises:
            TemplateAtFault: a tag met a value it cannot print, or the letter came out damaged.
        """
        values = {**context, "budget__": [_MAX_ROUNDS]}
        problems = self._missing(context)
        if problems:
            raise TemplateAtFault(problems)
        members = dict(self._untouched)
        if self._styles:
            name, xml = self._styles
            members[name] = _styles_in(properties.language, name, xml)
        for part in self._parts:
            try:
                members[part.name] = Packed.of(part.name, part.fill(values))
            except TemplateAtFault as error:
                problems += error.problems
        try:
            members[_CORE] = Packed.of(_CORE, _core_properties(self._properties, values, properties))
        except TemplateAtFault as error:
            problems += error.problems
        if problems:
            raise TemplateAtFault(problem.within(self.name) for problem in problems)
        return write_package(members[name] for name in in_writing_order(members))

    def _missing(self, context: Mapping[str, Any]) -> list[Problem]:
        """Names the context lacks, in branches not taken too: a misspelt name must not wait for its day."""
        return [
            _nothing_called(name, tag, context).within(self.name)
            for name, tags in self._required.items()
            if name not in context
            for tag in tags
        ]


def fill_text(source: str, context: Mapping[str, Any], where: str) -> str:
    """Fill a short text the office wrote in TOML: the same tags under the same rules, plain text out.

    Raises:
        TemplateAtFault: with ``where`` (file and key) as the place.
    """
    try:
        return _short_text(source).fill({**context, "budget__": [_MAX_ROUNDS]})
    except TemplateAtFault as error:
        raise TemplateAtFault(problem.within(where) for problem in error.problems) from error


@lru_cache(maxsize=4096)
def _short_text(source: str) -> _Script:
    reading = t.Reading(FILTERS)
    found = reading.text(source, t.Place("", words=source), t.PROPERTY)
    holder = etree.Element("text")
    spots = [t.Spot(reading.tags[number], number, holder, "text") for _, _, number in found]
    problems = reading.problems + t.pair(spots)[1]
    if problems:
        raise TemplateAtFault(problems)
    return _Script.of(t.substitute(source, found, reading.tags), reading.tags, _PLAIN_TEXT)


# --- The language of the tags ---

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LOOP_FIELDS = frozenset({"first", "last", "index", "index0", "revindex", "length"})


class _Refused(Exception):
    """A value cannot be used as the tag asks. ``{what}`` in the text stands for the tag's own words."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class _Unknown(jinja2.UndefinedError):
    """A name that leads nowhere, with what it was looked up in."""

    def __init__(self, name: object, owner: object, message: str | None = None) -> None:
        super().__init__(message)
        self.name, self.owner = name, owner


class _Missing(StrictUndefined):
    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = None
    ) -> None:
        super().__init__(hint, obj, name, partial(_Unknown, name, obj))  # type: ignore[arg-type]


def _kind(value: object) -> str:
    """What a value is, for a reader."""
    for kinds, words in (
        (bool, "yes or no"),
        (int, "a number"),
        (str, "a text"),
        (dt.date, "a date"),
        ((list, tuple), "a list"),
        (Mapping, "a group of fields"),
    ):
        if isinstance(value, kinds):
            return words
    return (
        "nothing"
        if value is None
        else "a number with a decimal point"
        if isinstance(value, float)
        else "unknown"
    )


def _words(value: object) -> str:
    """A value as a letter prints it; whatever has no one obvious form in words is refused."""
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__repr__(value)
    if isinstance(value, dt.date):
        return _date(value)
    if isinstance(value, jinja2.Undefined):
        return str(value)  # raises
    if value is None:
        raise _Refused("“{what}” has no value here.", "Wrap it in {% if {what} %} … {% endif %}.")
    if isinstance(value, bool):
        raise _Refused(
            "“{what}” is yes or no, which cannot be printed.", "Use {% if {what} %} … {% endif %}."
        )
    if isinstance(value, list | tuple):
        raise _Refused("“{what}” is a list.", "Write {{ {what}|and_list }}, or loop over it.")
    if isinstance(value, Mapping):
        raise _Refused("“{what}” is a group of fields.", f"Print one of them: {', '.join(map(str, value))}.")
    raise _Refused("“{what}” is " + _kind(value) + ", which cannot be printed as it is.", "Give it as text.")


def _date(value: object, form: str = "%B %-d, %Y") -> str:
    """``%d %-d %m %-m %b %B %y %Y %a %A``, always in English: no locale of a machine gets into a letter."""
    if isinstance(value, jinja2.Undefined) or value is None:
        return _words(value)
    if not isinstance(value, dt.date):
        raise _Refused("“{what}” is " + _kind(value) + ", not a date.")
    month, day = _MONTHS[value.month - 1], _DAYS[value.weekday()]
    known = {
        "%d": f"{value.day:02}",
        "%-d": f"{value.day}",
        "%e": f"{value.day}",
        "%m": f"{value.month:02}",
        "%-m": f"{value.month}",
        "%b": month[:3],
        "%B": month,
        "%y": f"{value.year % 100:02}",
        "%Y": f"{value.year}",
        "%a": day[:3],
        "%A": day,
        "%%": "%",
    }

    def one(match: re.Match[str]) -> str:
        if match[0] not in known:
            raise _Refused(f"“{match[0]}” is not part of a date.", f"Use {' '.join(known)}.")
        return known[match[0]]

    return re.sub(r"%-?.?", one, form)


def _items(value: object) -> list[str]:
    return [_words(item) for item in _list(value)]


def _list(value: object) -> list[Any] | tuple[Any, ...]:
    if isinstance(value, jinja2.Undefined) or value is None:
        _words(value)
    if not isinstance(value, list | tuple):
        raise _Refused("“{what}” is " + _kind(value) + ", not a list.")
    if not value:
        raise _Refused("“{what}” is an empty list here.", "Wrap it in {% if {what} %} … {% endif %}.")
    return value


def _listed(value: object, word: str) -> str:
    items = _items(value)
    if len(items) < 3:
        return f" {word} ".join(items)
    return f"{', '.join(items[:-1])}, {word} {items[-1]}"


def _count(value: object, one: str, many: str) -> str:
    number = len(value) if isinstance(value, list | tuple) else value
    if isinstance(number, bool) or not isinstance(number, int):
        raise _Refused("“{what}” is " + _kind(value) + ", which cannot be counted.")
    return f"{number} {one if number == 1 else many}"


def _default(value: object, instead: str) -> object:
    """``instead`` where there is no value: the name is unknown, or it holds nothing."""
    return instead if isinstance(value, jinja2.Undefined) or value in (None, "", [], ()) else value


def _length(value: object) -> int:
    return len(_list(value)) if value != [] and value != () else 0


def _capitalize_first(value: object) -> str:
    text = _words(value)
    return text[:1].upper() + text[1:]


def _compare(left: object, right: object) -> bool:
    """``==`` that forgives typography and refuses what could never be equal."""
    if left is not None and right is not None and _kind(left) != _kind(right):
        for value in (left, right):
            if isinstance(value, jinja2.Undefined):
                str(value)
        raise _Refused(f"This compares {_kind(left)} with {_kind(right)}: they are never equal.")
    return bool(_folded(left) == _folded(right))


def _among(left: object, right: object) -> bool:
    if isinstance(right, str) and isinstance(left, str):
        return t.fold(left) in t.fold(right)
    if isinstance(right, jinja2.Undefined | list | tuple):
        return any(_kind(left) == _kind(item) and _folded(left) == _folded(item) for item in right)
    raise _Refused(f"“in” looks for a text in a text, or for one thing in a list, not in {_kind(right)}.")


def _folded(value: object) -> object:
    return t.fold(value) if isinstance(value, str) else value


@jinja2.pass_context
def _rounds(context: Context, value: object) -> object:
    """What a loop goes over: a list, and not for ever."""
    if isinstance(value, jinja2.Undefined) or value is None:
        _words(value)
    if not isinstance(value, list | tuple):
        raise _Refused("“{what}” is " + _kind(value) + ", not a list: a loop cannot go over it.")
    budget: list[int] = context["budget__"]
    budget[0] -= len(value)
    if budget[0] < 0:
        raise _Refused(f"The loops of this letter go round more than {_MAX_ROUNDS} times.")
    return value


class _Xml(Markup):
    """Text that is already XML. Values never are: they are plain data."""

    __slots__ = ()


# U+FDD0 and U+FDD1 never occur in text: they stand for braces from data until the scan for leftover tags.
_FROM_DATA = str.maketrans("{}", "\ufdd0\ufdd1")
_TO_DATA = (("\ufdd0", "{"), ("\ufdd1", "}"))
_NEW_LINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPECIAL = re.compile("[\x00-\x1f\x7f-\x9f{}\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def _clean(value: object) -> str:
    """The value's words with one kind of line end, or refused for a character no letter can hold."""
    text = _words(value)
    if _SPECIAL.search(text) is None:
        return text
    if bad := _NOT_TEXT.search(text):
        raise _Refused(
            f"The value of {{what}} holds the character U+{ord(bad[0]):04X}, which cannot stand in a letter.",
            "Type the value again instead of pasting it.",
        )
    return _NEW_LINES.sub("\n", text)


def _in_text(value: object) -> object:
    """For w:t; plain values go through as they are, Jinja escapes them."""
    if type(value) is str and _SPECIAL.search(value) is None:
        return value
    if type(value) is _Xml:
        return value
    text = _clean(value)
    if _SPECIAL.search(text) is None:
        return text
    xml = str(escape(text.translate(_FROM_DATA)))
    return _Xml(xml.replace("\n", _BREAK).replace("\t", _TAB))


def _in_line(value: object) -> _Xml:
    """For attributes and document properties, which have no lines."""
    return _Xml(escape(re.sub("[\n\t]", " ", _clean(value)).translate(_FROM_DATA)))


def _in_code(value: object) -> _Xml:
    """For field codes, where a quote or backslash would start an instruction of its own."""
    if re.search(r'["\\]', _clean(value)):
        raise _Refused("“{what}” holds a quotation mark or backslash, which a field code cannot take.")
    return _in_line(value)


def _in_span(value: object) -> _Xml:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 63:
        raise _Refused("“{what}” is not a number of columns.", "It must be a whole number from 1 to 63.")
    return _Xml(value)


def _in_fill(value: object) -> _Xml:
    colour = _words(value).removeprefix("#")
    if not re.fullmatch(r"[0-9A-Fa-f]{6}|auto", colour):
        raise _Refused("“{what}” is not a colour.", "Write it as six letters or digits, such as F2F2F2.")
    return _Xml(colour)


def _plain(value: object) -> str:
    return _clean(value)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "date": _date,
    "and_list": partial(_listed, word="and"),
    "or_list": partial(_listed, word="or"),
    "count": _count,
    "upper": lambda value: _words(value).upper(),
    "lower": lambda value: _words(value).lower(),
    "first": lambda value: _list(value)[0],
    "last": lambda value: _list(value)[-1],
    "length": _length,
    "join": lambda value, between=", ": between.join(_items(value)),
    "capitalize_first": _capitalize_first,
    "default": _default,
    "attribute__": _in_line,
    "property__": _in_line,
    "code__": _in_code,
    "colspan__": _in_span,
    "cellbg__": _in_fill,
    "rounds__": _rounds,
    "eq__": _compare,
    "ne__": lambda left, right: not _compare(left, right),
    "in__": _among,
    "notin__": lambda left, right: not _among(left, right),
}


class _Language(ImmutableSandboxedEnvironment):
    """The one environment tags run in: no globals, no calls, no attributes of Python's objects."""

    intercepted_binops = frozenset({"+", "-", "%"})

    def __init__(self, finalize: Callable[[Any], Any], autoescape: bool) -> None:
        super().__init__(
            autoescape=autoescape,
            finalize=finalize,
            undefined=_Missing,
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.globals.clear()
        self.filters = dict(FILTERS)
        self.tests = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The data's own field or nothing: a field called ``items`` is never Python's method."""
        if isinstance(obj, Mapping):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=argument)
        if isinstance(obj, jinja2.Undefined):
            return str(obj)  # raises
        if isinstance(obj, LoopContext) and argument in _LOOP_FIELDS:
            return getattr(obj, argument)
        if isinstance(obj, dt.date) and argument in ("day", "month", "year"):
            return getattr(obj, argument)
        if isinstance(obj, list | tuple) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def call(*args: Any, **kwargs: Any) -> Any:
        """Refused when the template is compiled; this is the net."""
        raise _Refused("A tag cannot call anything.")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        for value in (left, right):
            if isinstance(value, jinja2.Undefined):
                str(value)
        kinds = {_kind(left), _kind(right)}
        if kinds == {"a number"} or (operator == "+" and kinds == {"a text"}):
            return super().call_binop(context, operator, left, right)
        raise _Refused(f"{_kind(left)} and {_kind(right)} cannot be put together with {operator}.")


class _Guards(NodeTransformer):
    """Put our own loops and comparisons in place of Jinja's."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "rounds__")
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        if len(node.ops) == 1 and node.ops[0].op in ("eq", "ne", "in", "notin"):
            return _filtered(node.expr, f"{node.ops[0].op}__", node.ops[0].expr)
        return node


def _filtered(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(cast(nodes.Expr, node), name, list(args), [], None, None, lineno=node.lineno)


_IN_XML = _Language(_in_text, autoescape=True)
_PLAIN_TEXT = _Language(_plain, autoescape=False)


@dataclass(frozen=True, slots=True)
class _Script:
    """A text with tags, compiled; every tag on a line of its own, so that an error finds its way back."""

    template: jinja2.Template
    tags: Mapping[int, t.Tag]
    bound: frozenset[str]

    @classmethod
    def of(cls, text: str, tags: list[t.Tag], language: _Language) -> _Script:
        """``text`` holds the tokens of ``tags``."""
        pieces, lines, line, position = [], {}, 1, 0
        for match in t.TOKEN.finditer(text):
            tag = tags[int(match[2])]
            static = text[position : match.start()]
            line += static.count("\n") + 1
            lines[line] = tag
            pieces += [static, _as_jinja(tag, plain=language is _PLAIN_TEXT)]
            position = match.end()
        tree = language.parse("".join([*pieces, text[position:]]))
        bound = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
        tree = _Guards().visit(tree)
        tree.set_environment(language)
        return cls(language.from_string(tree), lines, frozenset(bound))

    def fill(self, values: Mapping[str, Any]) -> str:
        render = self.template.root_render_func
        pieces, size = [], 0
        try:
            for piece in render(self.template.new_context(dict(values))):
                pieces.append(piece)
                size += len(piece)
                if size > _MAX_OUTPUT:
                    raise _Refused("The letter grows beyond any size a letter has.")
        except (_Refused, jinja2.TemplateError, TypeError, ArithmeticError) as error:
            raise TemplateAtFault(self._explain(error, values)) from error
        return "".join(pieces)

    def _explain(self, error: Exception, values: Mapping[str, Any]) -> Problem:
        code = self.template.root_render_func.__globals__
        line = 0
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_globals is code:
                line = self.template.get_corresponding_lineno(number)
        tag = (
            self.tags.get(line)
            or self.tags[max((known for known in self.tags if known <= line), default=min(self.tags))]
        )
        what = tag.says.split(" in ", 1)[-1] if tag.word == "for" else tag.says
        what = what.split("|")[0].strip()
        if isinstance(error, _Unknown):
            return self._unknown(error, tag, values)
        if isinstance(error, _Refused):
            message, hint = (text.replace("{what}", what) for text in (error.message, error.hint))
            return replace(tag.fault(message, hint, "template-value"), field=what)
        return tag.fault(
            f"The values in {tag.raw} do not go together.", "Compare like with like.", "template-value"
        )

    def _unknown(self, error: _Unknown, tag: t.Tag, values: Mapping[str, Any]) -> Problem:
        name, owner = str(error.name), error.owner
        if owner is None:
            return tag.fault(
                f"“{name}” cannot be looked up in {tag.raw}: what should hold it has no value here.",
                "Wrap it in {% if %} … {% endif %}.",
                "template-value",
            )
        if isinstance(owner, list | tuple):
            return tag.fault(
                f"The list in {tag.raw} has {len(owner)} entries, so there is no “{name}”.",
                "Loop over it with {% for %}.",
                "template-name",
            )
        known = [*values, *self.bound] if owner is missing else owner if isinstance(owner, Mapping) else []
        return _nothing_called(name, tag, known)


def _nothing_called(name: str, tag: t.Tag, known: Iterable[object]) -> Problem:
    near = difflib.get_close_matches(name, [str(key) for key in known if key != "budget__"], 1)
    hint = f"Did you mean “{near[0]}”?" if near else ""
    return replace(tag.fault(f"Nothing is called “{name}” in {tag.raw}.", hint, "template-name"), field=name)


def _as_jinja(tag: t.Tag, plain: bool) -> str:
    if tag.mark == "{%" and tag.word not in t.CELL_WORDS:
        return f"{{%\n{tag.word} {tag.says} %}}"
    context = tag.word if tag.word in t.CELL_WORDS else tag.medium
    return f"{{{{\n{tag.says} }}}}" if plain or context == t.TEXT else f"{{{{\n({tag.says})|{context}__ }}}}"


# --- Compiling ---

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE_REL = f"{_PACKAGE_REL}/metadata/core-properties"
_WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_HEADERS = {"default": "", "first": "first-page ", "even": "even-page "}
# Parts that tell where a letter came from, or that Word would show instead of what we filled in.
_NOT_CARRIED = frozenset(
    [
        "core-properties",
        "extended-properties",
        "custom-properties",
        "thumbnail",
        "customXml",
        "glossaryDocument",
        "comments",
        "commentsExtended",
        "commentsIds",
        "commentsExtensible",
        "people",
        "printerSettings",
        "attachedTemplate",
        "mailMergeSource",
        "mailMergeHeaderSource",
        "recipientData",
        "keyMapCustomizations",
        "attachedToolbars",
        "origin",
    ]
)
_ACTIVE = frozenset(["aFChunk", "oleObject", "package", "subDocument", "frame", "control", "ActiveXControl"])


def _w(names: str) -> frozenset[str]:
    return frozenset(f"{{{W}}}{name}" for name in names.split())


_NOISE = _w(
    "proofErr lastRenderedPageBreak trackRevisions rsids attachedTemplate mailMerge docVars printerSettings "
    "dataBinding showingPlcHdr placeholder"
)
_TRACKED = _w(
    "ins del moveFrom moveTo rPrChange pPrChange sectPrChange tblPrChange tcPrChange trPrChange "
    "tblGridChange tblPrExChange numberingChange cellIns cellDel cellMerge"
)
_COMMENTS = _w("commentReference commentRangeStart")
_ACTIVE_FIELD = re.compile(
    r"\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|DATABASE|MACROBUTTON|IMPORT|LINK)\b", re.I
)
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_VANISH, _VAL, _ID, _NAME = f"{{{W}}}vanish", f"{{{W}}}val", f"{{{W}}}id", f"{{{W}}}name"
_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_TC_PR_ORDER = {
    f"{{{W}}}{name}": place
    for place, name in enumerate(
        [
            "cnfStyle",
            "tcW",
            "gridSpan",
            "hMerge",
            "vMerge",
            "tcBorders",
            "shd",
            "noWrap",
            "tcMar",
            "textDirection",
            "tcFitText",
            "vAlign",
            "hideMark",
        ]
    )
}


class _Compilation:
    """One template on its way in: collects problems, then raises them all or returns the template."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.problems: list[Problem] = []
        self.links = self._reach()
        self.labels = self._labels()
        styles = self._styles()
        self.notes: list[Problem] = []
        self.numbered_styles = frozenset(
            style.get(f"{{{W}}}styleId", "")
            for style in styles
            if style.find(f"{t.P_PR}/{{{W}}}numPr") is not None
        )
        self.hidden_styles = frozenset(style.get(f"{{{W}}}styleId", "") for style in styles if _hides(style))
        self.reading = t.Reading(FILTERS, frozenset(filter(None, map(_heading, styles))))
        self.ids = _Ids()

    def template(self) -> Template:
        trees = {part: self._tree(part) for part in self.links if part.endswith(".xml")}
        order = [*self.labels, *(part for part in trees if part not in self.labels)]
        spots = {part: self._read(part, trees[part]) for part in order if part in trees}
        properties = self._template_properties()
        self._refuse_tags_elsewhere(trees)
        problems = [*self.reading.problems, *self.problems]
        if problems:
            unique = dict.fromkeys(problem.within(self.package.name) for problem in problems)
            raise TemplateAtFault(unique)
        tags, uses = self.reading.tags, t.uses(self.reading.tags)
        self._refuse_mail_merge_names(uses)
        required: dict[str, list[t.Tag]] = {}
        for use in uses:
            if not use.optional:
                required.setdefault(use.name, []).append(use.tag)
        parts = tuple(
            _Part.of(part, self.labels[part], trees[part], tags, base=self.ids.highest + 1 + 100_000 * number)
            for number, part in enumerate(part for part in order if spots.get(part))
        )
        static = {
            part: _serialised(trees[part]) if part in trees else self.package.parts[part]
            for part in self.links
        }
        static |= {part: data for part, data in self._plumbing() if data}
        styles = next((part for part in trees if _lacks_language(trees[part])), None)
        apart = {part.name for part in parts} | {styles}
        return Template(
            name=self.package.name,
            tags=tuple(tags),
            names=frozenset(use.name for use in uses),
            uses=uses,
            notes=tuple(
                note.within(self.package.name) for note in [*self.reading.notes, *self.notes, *t.notes(tags)]
            ),
            _required={name: tuple(found) for name, found in required.items()},
            _parts=parts,
            _properties={name: _Script.of(text, tags, _IN_XML) for name, text in properties.items()},
            _untouched={part: Packed.of(part, data) for part, data in static.items() if part not in apart},
            _styles=(styles, _with_language(trees[styles])) if styles else None,
        )

    def _refuse_mail_merge_names(self, uses: Iterable[t.Use]) -> None:
        """«name» is a quotation in some languages and a lost field of Word's mail merge in others."""
        names = {use.path for use in uses} | {use.name for use in uses}
        found = []
        for problem in self.reading.doubtful:
            quoted = problem.hint.removeprefix("Write {{ ").removesuffix(" }}.")
            if "_" in quoted or quoted in names:
                found.append(problem.within(self.package.name))
        if found:
            raise TemplateAtFault(found)

    # What is carried over.

    def _reach(self) -> dict[str, list[str]]:
        """Parts a letter needs, each with the ids of the links it keeps."""
        kept: dict[str, list[str]] = {}
        waiting = [self.package.main]
        while waiting:
            part = waiting.pop(0)
            if part in kept or part not in self.package.parts:
                continue
            kept[part] = []
            for link in self.package.links(part).values():
                if link.kind in _ACTIVE or (link.external and link.kind == "image"):
                    self._complain(
                        part,
                        f"The template pulls in something from outside ({link.kind}: {link.target}).",
                        "Delete it, or insert it as a picture.",
                        "outside",
                    )
                elif link.kind not in _NOT_CARRIED and not (link.external and link.kind != "hyperlink"):
                    kept[part].append(link.id)
                    waiting += [] if link.external else [link.target]
        return kept

    def _complain(self, part: str, message: str, hint: str, code: str) -> None:
        self.problems.append(Problem(message, part, hint, code))

    def _plumbing(self) -> Iterator[tuple[str, bytes]]:
        """Content types, links and the constant property part, for exactly what is carried over."""
        for part, ids in self.links.items():
            folder, _, base = part.rpartition("/")
            source = f"{folder}/_rels/{base}.rels".lstrip("/")
            if source in self.package.parts:
                root = self.package.xml(source)
                for node in list(root):
                    if node.get("Id") not in ids:
                        root.remove(node)
                yield source, _serialised(root) if len(root) else b""
        yield (
            "_rels/.rels",
            (
                f'{_DOCUMENT_HEAD}<Relationships xmlns="{_PACKAGE_REL}">'
                f'<Relationship Id="rId1" Type="{_REL}officeDocument" Target="{self.package.main}"/>'
                f'<Relationship Id="rId2" Type="{_CORE_REL}" Target="{_CORE}"/>'
                f'<Relationship Id="rId3" Type="{_REL}extended-properties" Target="{_APP}"/></Relationships>'
            ).encode(),
        )
        yield (
            _APP,
            (
                f'{_DOCUMENT_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
                'extended-properties"><Application>Letters</Application></Properties>'
            ).encode(),
        )
        types = self.package.xml(_TYPES)
        for node in list(types):
            name = node.get("PartName", "").lstrip("/")
            if name and (name not in self.links or name in (_CORE, _APP)):
                types.remove(node)
        for name, kind in ((_CORE, "package.core"), (_APP, "officedocument.extended")):
            kind = f"application/vnd.openxmlformats-{kind}-properties+xml"
            etree.SubElement(types, etree.QName(types, "Override"), PartName=f"/{name}", ContentType=kind)
        yield _TYPES, _serialised(types)

    # Reading.

    def _labels(self) -> dict[str, str]:
        """What messages call the parts that may hold tags."""
        labels = {self.package.main: "body"}
        links = self.package.links(self.package.main)
        section = 0
        for node in self.package.xml(self.package.main).iter(
            f"{{{W}}}sectPr", *_w("headerReference footerReference")
        ):
            if node.tag == t.SECT_PR:
                section += 1
                continue
            link = links.get(node.get(f"{{{R}}}id", ""))
            if link is not None and link.target not in labels:
                label = _HEADERS.get(node.get(f"{{{W}}}type", ""), "") + link.kind
                labels[link.target] = f"{label} of section {section}" if label in labels.values() else label
        for link in links.values():
            if link.kind in ("header", "footer", "footnotes", "endnotes"):
                labels.setdefault(link.target, link.kind)
        return {part: label for part, label in labels.items() if part in self.links}

    def _styles(self) -> list[etree._Element]:
        for link in self.package.links(self.package.main).values():
            if link.kind == "styles" and link.target in self.package.parts:
                return list(self.package.xml(link.target).iter(f"{{{W}}}style"))
        return []

    def _tree(self, part: str) -> etree._Element:
        if len(self.package.parts[part]) > _MAX_PART:
            raise TemplateAtFault(Problem(f"The part {part} is larger than any letter.", self.package.name))
        root = self.package.xml(part)
        if etree.QName(root).namespace == W:
            _clean_tree(root)
        return root

    def _read(self, part: str, root: etree._Element) -> bool:
        """Check one part and put its tags in place. Returns whether it holds any."""
        if part not in self.labels:
            return False
        before, told = len(self.reading.tags), len(self.reading.problems)
        label = self.labels[part]
        problems = self.reading.problems
        leftovers = list(_leftovers(root, label, self.hidden_styles))
        problems += leftovers
        if any(problem.code == "tracked-changes" for problem in leftovers):
            return False  # what the text says is not settled, so nor is what its tags say
        _separate_copies(list(root.iter(*t.BOOKMARKS, _DOC_PR)), self.ids)
        spots = self.reading.part(root, label)
        blocks, unpaired = t.pair(spots)
        problems += [*unpaired, *t.settle(blocks)]
        self.notes += t.numbered_twice(blocks, self.numbered_styles)
        problems += [*t.lift(spots), *_unfilled(root, label)]
        problems[told:] = sorted(problems[told:], key=_paragraph_number)
        return len(self.reading.tags) > before

    def _template_properties(self) -> dict[str, str]:
        """The template's own document properties that hold tags, with tokens."""
        found: dict[str, str] = {}
        for link in self.package.links("").values():
            if link.kind != "core-properties" or link.target not in self.package.parts:
                continue
            root = self.package.xml(link.target)
            for node in root:
                text, name = node.text or "", etree.QName(node).localname
                if "{" not in text and "}" not in text:
                    continue
                spans = self.reading.text(
                    text, t.Place(f"document property {name.capitalize()}", words=text), t.PROPERTY
                )
                if name not in _FILLED_PROPERTIES:
                    self._complain(
                        f"document property {name.capitalize()}",
                        "A tag here is never filled.",
                        "Delete it in File, Info.",
                        "unfilled",
                    )
                tags = self.reading.tags
                self.problems += t.pair([t.Spot(tags[number], number, node, name) for *_, number in spans])[1]
                found[name] = t.substitute(text, spans, tags)
        return found

    def _refuse_tags_elsewhere(self, trees: Mapping[str, etree._Element]) -> None:
        """Tags in parts nobody fills, carried over or not: the author believes they work."""
        core = {link.target for link in self.package.links("").values() if link.kind == "core-properties"}
        for part, data in self.package.parts.items():
            if part in self.labels or part in core or not part.endswith((".xml", ".rels")):
                continue
            text = data.decode("utf-8", "replace")
            text = re.sub("%7b", "{", re.sub("%7d", "}", text, flags=re.I), flags=re.I).replace("%25", "%")
            if match := re.search(r"\{\{.{0,60}|\{%.{0,60}|\{#.{0,60}", text):
                shown = re.sub(r"%20", " ", re.split('[<"&]', match[0])[0])
                self._complain(
                    _ELSEWHERE.get(part, "link target" if part.endswith(".rels") else part),
                    f"The tag “{shown}” stands where nothing is ever filled in.",
                    "Delete it there.",
                    "unfilled",
                )


def _paragraph_number(problem: Problem) -> int:
    number = re.search(r", paragraph (\d+)", problem.where)
    return int(number[1]) if number else 1_000_000


_FILLED_PROPERTIES = ("title", "subject", "keywords", "category", "description")
_ELSEWHERE = {
    "docProps/app.xml": "document property Company or Manager",
    "docProps/custom.xml": "custom document properties",
    "word/comments.xml": "comments",
    "word/settings.xml": "document settings",
}


def _serialised(root: etree._Element) -> bytes:
    xml: str = etree.tostring(root, encoding="unicode")
    return (_DOCUMENT_HEAD + xml).encode()


def _clean_tree(root: etree._Element) -> None:
    """Drop what tells of the template's past or makes Word show something else than what stands there."""
    last = {node.get(_ID) for node in root.iter(t.BOOKMARKS[0]) if node.get(_NAME) == "_GoBack"}
    for node in list(root.iter(etree.Element)):
        for name in node.attrib:
            if name.startswith((f"{{{W}}}rsid", f"{{{_W14}}}paraId", f"{{{_W14}}}textId")):
                del node.attrib[name]
        local = etree.QName(node).localname
        parent = node.getparent()
        in_control = parent is not None and parent.tag == f"{{{W}}}sdtPr"
        if (
            node.tag in _NOISE
            or (node.tag in t.BOOKMARKS and node.get(_ID) in last)
            or (in_control and local in ("id", "lock", "dataBinding"))
        ):
            t.remove(node)


def _heading(style: etree._Element) -> str:
    name = style.find(f"{{{W}}}name")
    level = style.find(f"{{{W}}}pPr/{{{W}}}outlineLvl")
    named = name is not None and re.fullmatch(r"(heading \d|title)", name.get(_VAL, ""), re.I)
    return style.get(f"{{{W}}}styleId", "") if named or level is not None else ""


_LANGUAGE = "letters-language"


def _lacks_language(root: etree._Element) -> bool:
    path = f"{{{W}}}docDefaults/{{{W}}}rPrDefault/{t.R_PR}/{{{W}}}lang"
    return bool(root.tag == f"{{{W}}}styles" and root.find(path) is None)


def _with_language(root: etree._Element) -> bytes:
    """styles.xml with a place for the letter's language, which screen readers and spelling need."""
    node = root
    for name in ("docDefaults", "rPrDefault", "rPr"):
        child = node.find(f"{{{W}}}{name}")
        if child is None:
            child = etree.Element(f"{{{W}}}{name}")
            node.insert(0, child)
        node = child
    etree.SubElement(node, f"{{{W}}}lang", {_VAL: _LANGUAGE})
    return _serialised(root)


@lru_cache(maxsize=64)
def _styles_in(language: str, name: str, xml: bytes) -> Packed:
    return Packed.of(name, xml.replace(_LANGUAGE.encode(), xml_escape(language, {'"': "&quot;"}).encode()))


def _hides(element: etree._Element) -> bool:
    node = element.find(f"{t.R_PR}/{_VANISH}")
    return node is not None and node.get(_VAL, "1") not in ("0", "false", "off")


def _leftovers(root: etree._Element, label: str, hidden_styles: frozenset[str]) -> Iterator[Problem]:
    """Tracked changes, comments, hidden text, fields that fetch: none may reach the other side."""
    numbers = {paragraph: number for number, paragraph in enumerate(root.iter(t.P), 1)}

    def place(node: etree._Element) -> str:
        paragraph = node if node.tag == t.P else next(node.iterancestors(t.P), None)
        if paragraph is None:
            return label
        words = "".join(text.text or "" for text in paragraph.iter(t.T))
        return str(t.Place(label, numbers[paragraph], words=words))

    tracked = list(root.iter(*_TRACKED))
    if tracked:
        authors = sorted({node.get(f"{{{W}}}author", "") for node in tracked} - {""})
        number = "1 tracked change is" if len(tracked) == 1 else f"{len(tracked)} tracked changes are"
        struck = re.findall(
            r"\{[{%].*?[}%]\}", "".join(node.text or "" for node in root.iter(f"{{{W}}}delText"))
        )
        tags = f" The tag {struck[0]} stands in deleted text." if struck else ""
        yield Problem(
            f"{number} left in (by {', '.join(authors) or 'somebody'}).{tags}",
            place(tracked[0]),
            "In Word: Review, Accept All Changes, and switch tracking off.",
            "tracked-changes",
        )
    comments = list(root.iter(*_COMMENTS))
    if comments:
        count = len({node.get(_ID) for node in comments})
        yield Problem(
            f"{count} {'comment is' if count == 1 else 'comments are'} left in.",
            place(comments[0]),
            "In Word: Review, Delete All Comments.",
            "comments",
        )
    for run in root.iter(t.R):
        style = run.find(f"{t.R_PR}/{{{W}}}rStyle")
        paragraph = next(run.iterancestors(t.P), None)
        named = {
            "" if style is None else style.get(_VAL, ""),
            "" if paragraph is None else t.style_of(paragraph),
        }
        text = "".join(node.text or "" for node in run.iter(t.T))
        if text.strip() and (_hides(run) or named & hidden_styles):
            yield Problem(
                f"The text “{text.strip()[:60]}” is hidden; whoever gets the letter can show it.",
                place(run),
                "Delete it, or take the Hidden mark off under Font.",
                "hidden-text",
            )
    for node in root.iter(t.INSTR, f"{{{W}}}fldSimple"):
        if _ACTIVE_FIELD.match(node.text or node.get(f"{{{W}}}instr") or ""):
            yield Problem(
                "A field here fetches something from outside.", place(node), "Replace it by text.", "outside"
            )


def _unfilled(root: etree._Element, label: str) -> Iterator[Problem]:
    """Tags in corners of a part where they are never read, such as formulas."""
    opening = re.compile(r"\{[{%#](?!\s*(letters\d|vm |hm |(colspan|cellbg) letters\d))")
    for node in root.iter(etree.Element):
        for text in (node.text or "", node.tail or "", *map(str, node.attrib.values())):
            if opening.search(text) and node.tag not in (t.T, t.INSTR):
                yield Problem(
                    f"The tag “{text.strip()[:60]}” stands where nothing is ever filled in.",
                    label,
                    "Put it into ordinary text.",
                    "unfilled",
                )


# --- Filling and checking ---


_STRICT = etree.XMLParser(resolve_entities=False, no_network=True)


@dataclass(slots=True)
class _Ids:
    """Identifiers in use, so that no two things in a letter share one."""

    used: set[tuple[str, str]] = field(default_factory=set)
    highest: int = 0

    def take(self, kind: str, wanted: str) -> str:
        if not wanted.isdigit() or (kind, wanted) in self.used:
            wanted = str(self.highest + 1)
        self.highest = max(self.highest, int(wanted))
        self.used.add((kind, wanted))
        return wanted

    def take_name(self, wanted: str) -> str:
        name, copy = wanted, 1
        while ("name", name) in self.used:
            copy += 1
            name = f"{wanted[:34]}_{copy}"
        self.used.add(("name", name))
        return name


def _separate_copies(found: Iterable[etree._Element], ids: _Ids) -> bool:
    """Give bookmarks and pictures ids of their own, drop half bookmarks; say whether anything changed."""
    open_: dict[str, tuple[str, etree._Element]] = {}
    changed = False
    for node in found:
        if node.tag == _DOC_PR:
            old = node.get("id", "")
            node.set("id", ids.take("picture", old))
            changed |= node.get("id") != old
            continue
        old = node.get(_ID, "")
        if node.tag == t.BOOKMARKS[0]:
            new, name = ids.take("bookmark", old), node.get(_NAME, "")
            node.set(_ID, new)
            node.set(_NAME, ids.take_name(name))
            open_[old] = (new, node)
            changed |= new != old or node.get(_NAME) != name
        elif old in open_:
            node.set(_ID, open_.pop(old)[0])
        else:
            t.remove(node)
            changed = True
    for _, node in open_.values():
        t.remove(node)
    return changed or bool(open_)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a template that holds tags."""

    name: str
    label: str
    script: _Script
    ends_with_section: bool
    watched: tuple[str, ...]  # elements that may need repair, of those this part has
    base: int  # ids from here on are free for copies made by loops

    @classmethod
    def of(cls, name: str, label: str, root: etree._Element, tags: list[t.Tag], base: int) -> _Part:
        xml = _with_cell_tags(root) if any(tag.word in t.CELL_WORDS for tag in tags) else root
        body = root.find(f"{{{W}}}body")
        ends = body is not None and len(body) > 0 and body[-1].tag == t.SECT_PR
        blank = any(node.get(t.MAYBE_BLANK[0]) for node in xml.iter(t.P))
        watched = tuple(
            tag for tag in _WATCHED if next(xml.iter(tag), None) is not None and (tag != t.P or blank)
        )
        script = _Script.of(etree.tostring(xml, encoding="unicode"), tags, _IN_XML)
        return cls(name, label, script, ends, watched, base)

    def fill(self, values: Mapping[str, Any]) -> bytes:
        xml = self.script.fill(values)
        if "{{" in xml or "{%" in xml or "{#" in xml:
            raise self._damaged("a tag was left unfilled")
        try:
            root = etree.fromstring(xml, _STRICT)
        except etree.XMLSyntaxError as error:
            raise self._damaged("its markup does not fit together") from error
        if self._repair(root):
            xml = etree.tostring(root, encoding="unicode")
        for sentinel, brace in _TO_DATA:
            xml = xml.replace(sentinel, brace)
        return (_DOCUMENT_HEAD + xml.replace(_BLANK_MARK, "")).encode()

    def _damaged(self, why: str) -> TemplateAtFault:
        return TemplateAtFault(
            Problem(
                f"The filled letter would be damaged: {why}.",
                self.label,
                "Please report this template.",
                "damaged",
            )
        )

    def _repair(self, root: etree._Element) -> bool:
        """Put right what blocks and loops leave behind, refuse what cannot be; say whether it changed."""
        if _MISPLACED(root):
            raise self._damaged("text or a paragraph stands where none can")
        body = root.find(f"{{{W}}}body")
        if self.ends_with_section and (body is None or len(body) == 0 or body[-1].tag != t.SECT_PR):
            raise self._damaged("the page settings are lost")
        if not self.watched:
            return False
        found: dict[object, list[etree._Element]] = {tag: [] for tag in _WATCHED}
        for node in root.iter(*self.watched):
            found[node.tag].append(node)
        kinds = [node.get(f"{{{W}}}fldCharType") for node in found[t.FLD_CHAR]]
        if kinds.count("begin") != kinds.count("end"):
            raise self._damaged("a field is cut in two")
        changed = False
        for node in found[t.P]:
            changed |= node.get(t.MAYBE_BLANK[0]) is not None and _drop_if_blank(node)
        if any(found[tag] for tag in _IDENTIFIED):
            changed |= _separate_copies(list(root.iter(*_IDENTIFIED)), _Ids(highest=self.base))
        for kind in (t.TR, t.TBL, t.SDT_CONTENT, t.TC, *_BLOCK_HOLDERS):
            for node in found[kind]:
                changed |= _complete(node)
        return changed


_IDENTIFIED = (*t.BOOKMARKS, _DOC_PR)
_BLOCK_HOLDERS = (t.TXBX, *sorted(_w("hdr ftr footnote endnote")))
_WATCHED = (t.P, t.TC, t.TR, t.TBL, t.SDT_CONTENT, t.FLD_CHAR, *_IDENTIFIED, *_BLOCK_HOLDERS)
_BLANK_MARK = f' w:{etree.QName(t.MAYBE_BLANK[0]).localname}="{t.MAYBE_BLANK[1]}"'
_MISPLACED = etree.XPath(
    "//w:p/w:p | //w:r/w:p | //w:r/w:r | //w:t/* | (//w:p|//w:r|//w:tc|//w:tr|//w:tbl|//w:body|//w:hyperlink)"
    "/text()[normalize-space()]",
    namespaces={"w": W},
)
_NOTHING = frozenset({t.R, t.T, t.R_PR, t.P_PR, *_w("hyperlink smartTag")})


def _drop_if_blank(paragraph: etree._Element) -> bool:
    """Remove a paragraph whose tags left nothing of it, unless something needs it to stand there."""
    for text in paragraph.itertext(t.T):
        if not text.isspace():
            return False
    if paragraph.find(f"{t.P_PR}/{t.SECT_PR}") is not None:
        return False
    if any(node.tag not in _NOTHING for node in t.own_nodes(paragraph)):
        return False
    before, after = paragraph.getprevious(), paragraph.getnext()
    if t.P not in (None if before is None else before.tag, None if after is None else after.tag):
        return False  # the last of its cell, or what keeps two tables apart
    t.remove(paragraph)
    return True


def _complete(node: etree._Element) -> bool:
    """Give an emptied container the least it must hold, or remove it. Returns whether it changed."""
    parent = node.getparent()
    if node.tag in (t.TR, t.TBL):
        wanted = (t.TC,) if node.tag == t.TR else (t.TR,)
        if any(child.tag in (*wanted, f"{{{W}}}sdt", f"{{{W}}}customXml") for child in node):
            return False
        t.remove(node)
        return True
    if node.tag == t.SDT_CONTENT:
        if len(node):
            return False
        around = parent.getparent() if parent is not None else None
        if around is not None and around.tag in (t.TBL, t.TR):
            t.remove(parent)
        else:
            etree.SubElement(
                node, t.R if around is not None and around.tag in (t.P, f"{{{W}}}hyperlink") else t.P
            )
        return True
    blocks = [child.tag for child in node if child.tag in (t.P, t.TBL, f"{{{W}}}sdt")]
    if blocks and blocks[-1] != t.TBL:
        return False
    etree.SubElement(node, t.P)
    return True


def _with_cell_tags(root: etree._Element) -> etree._Element:
    """docxtpl's own patching of colspan, cellbg, vm and hm; then properties in the order Word wants."""
    from docxtpl import DocxTemplate  # here, because importing it takes as long as filling thirty letters

    for cell in root.iter(t.TC):
        if any(f"{{% {word} " in (text.text or "") for text in cell.iter(t.T) for word in t.CELL_WORDS):
            properties = cell.find(f"{{{W}}}tcPr")
            if properties is None:
                properties = etree.Element(f"{{{W}}}tcPr")
                cell.insert(0, properties)
            if len(properties) == 0:  # docxtpl does not see <w:tcPr/>
                etree.SubElement(properties, f"{{{W}}}tcW", {f"{{{W}}}w": "0", f"{{{W}}}type": "auto"})
    patched = DocxTemplate("").patch_xml(etree.tostring(root, encoding="unicode"))
    tree = parse_xml(patched.encode(), "word", "")
    for properties in tree.iter(f"{{{W}}}tcPr"):
        properties[:] = sorted(properties, key=lambda node: _TC_PR_ORDER.get(str(node.tag), 99))
    return tree


def _core_properties(
    filled: Mapping[str, _Script], values: Mapping[str, Any], properties: Properties
) -> bytes:
    """docProps/core.xml by policy: nothing from the template but texts that hold tags."""
    texts = {name: script.fill(values) for name, script in filled.items()}
    for sentinel, brace in _TO_DATA:
        texts = {name: text.replace(sentinel, brace) for name, text in texts.items()}
    stamp = f"{properties.dated.isoformat()}T00:00:00Z"
    title = texts.pop("title", xml_escape(properties.title))
    others = "".join(
        f"<{'cp' if name in ('keywords', 'category') else 'dc'}:{name}>{text}"
        f"</{'cp' if name in ('keywords', 'category') else 'dc'}:{name}>"
        for name, text in sorted(texts.items())
    )
    xml = (
        f'{_DOCUMENT_HEAD}<cp:coreProperties xmlns:cp="{_CP}" xmlns:dc="{_DC}" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>{xml_escape(properties.author)}</dc:creator>{others}"
        f"<dc:language>{xml_escape(properties.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )
    try:
        etree.fromstring(xml.encode(), _STRICT)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise TemplateAtFault(
            Problem(
                "The letter's title, office or language holds a character no letter can hold.",
                "document properties",
                code="template-value",
            )
        ) from error
    return xml.encode()
