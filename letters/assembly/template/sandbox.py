"""The Jinja sandbox that tags run in: plain data only, with no globals, no calls and no Python attributes.

Every tag is compiled on a line of its own, so that a value it cannot print is reported at the place of that tag.
"""

from __future__ import annotations

import datetime as dt
import difflib
import marshal
import re
import traceback
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from itertools import islice
from types import CodeType
from typing import Any, cast
from urllib.parse import quote

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, LoopContext, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import replace

from letters._text.languages import ENGLISH, Language
from letters._text.lazy_pattern import pattern
from letters.assembly.template.filters import (
    LONGEST,
    Refused,
    among,
    compare,
    filters_for,
    kind_of,
    refuse_missing,
    refuse_unknown,
    words_of,
)
from letters.assembly.template.rich_text import RichText
from letters.assembly.template.syntax_tree import nodes_below
from letters.assembly.template.tags import CELL_WORDS, TEXT, TOKEN, Tag, short
from letters.docx.fields import is_web_link
from letters.errors import ANSWER, Problem, TemplateAtFault
from letters.library.office_languages import Untranslated

_MAX_ROUNDS = 100_000  # passes of all loops of one letter
_SOME_PIECES = 100  # after which the length of a letter is looked at
_BUDGET = "budget__"
_LOOP_FIELDS = frozenset({"first", "last", "index", "index0", "revindex", "length"})


@lru_cache(maxsize=128)  # a check compiles a template for each of its samples, a preview at each look
def _compiled(source: str, language: Language, plain: bool) -> tuple[CodeType, frozenset[str]]:
    """The compiled source, and the names that its loops define. Raises what Jinja raises."""
    environment = _environment(language, plain)
    tree = environment.parse(source)
    names = (node for node in nodes_below(tree) if isinstance(node, nodes.Name))
    bound = frozenset(name.name for name in names if name.ctx == "store")
    return environment.compile(cast("nodes.Template", _Guards().visit(tree))), bound


class CompiledText(Struct, frozen=True):
    """A compiled text with tags.

    Args:
        code: what Jinja makes of it.
        language: that it is written in.
        is_plain: whether it is no XML.
        tags: by the line they are on in the compiled source, so that an error can be traced to its tag.
        bound: names that loops define.
        template: the code with the environment that it runs in.
    """

    code: CodeType
    language: Language
    is_plain: bool
    tags: Mapping[int, Tag]
    bound: frozenset[str]
    template: jinja2.Template

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (marshal.dumps(self.code), self.language, self.is_plain, self.tags, self.bound)

    @classmethod
    def of(cls, text: str, tags: list[Tag], plain: bool = False, language: Language = ENGLISH) -> CompiledText:
        """Compile ``text``, which has tokens in place of ``tags``; it is XML unless ``plain``.

        Args:
            language: of the template, in which dates, lists and numbers are written.
        """
        pieces, lines, line, position = [], {}, 1, 0
        for match in TOKEN.finditer(text):
            tag = tags[int(match[2])]
            static = text[position : match.start()]
            line += static.count("\n") + 1
            lines[line] = tag
            pieces += [static, _as_jinja(tag, plain)]
            position = match.end()
        try:
            code, bound = _compiled("".join([*pieces, text[position:]]), language, plain)
        except (SyntaxError, RecursionError, jinja2.TemplateError) as error:
            raise TemplateAtFault(_too_much(next(iter(lines.values())))) from error
        return cls(code, language, plain, lines, bound, _template(code, language, plain))

    def fill(self, values: Mapping[str, Any]) -> str:
        """The text with its tags filled. Raises TemplateAtFault."""
        return "".join(self.pieces(values))

    def pieces(self, values: Mapping[str, Any]) -> list[str]:
        """The same in pieces: constants of the text, and in XML the values as `Markup`. Raises TemplateAtFault."""
        render = self.template.root_render_func
        pieces, size = list[str](), 0
        try:
            rendered = render(self.template.new_context(cast("dict[str, Any]", values), shared=True))
            while more := list(islice(rendered, _SOME_PIECES)):
                pieces += more
                size += sum(map(len, more))
                if size > LONGEST:
                    raise Refused("The letter becomes larger than any letter can be.")
        except (Refused, jinja2.TemplateError, TypeError, ArithmeticError, RecursionError) as error:
            raise TemplateAtFault(self._explain(error, values)) from error
        return pieces

    def _explain(self, error: Exception, values: Mapping[str, Any]) -> Problem:
        tag = self._tag_behind(error)
        what = tag.says.split(" in ", 1)[-1] if tag.word == "for" else tag.says
        what = what.split("|")[0].strip()
        if isinstance(error, _Unknown):
            return self._unknown(error, tag, values)
        if isinstance(error, Refused):
            message, hint = (text.replace("{what}", what) for text in (error.message, error.hint))
            return replace(tag.fault(message, hint, error.code), field=what)
        message = f"The values in {tag.raw} cannot be combined."
        return tag.fault(message, "Compare or combine values of the same type.", "template-value")

    def _tag_behind(self, error: Exception) -> Tag:
        code = self.template.root_render_func.__globals__
        line = 0
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_globals is code:
                line = self.template.get_corresponding_lineno(number)
        return self.tags[max((known for known in self.tags if known <= line), default=min(self.tags))]

    def _unknown(self, error: _Unknown, tag: Tag, values: Mapping[str, Any]) -> Problem:
        name, owner = str(error.name), error.owner
        if owner is None:
            return tag.fault(
                f"“{name}” in {tag.raw} cannot be found, because what should contain it has no value here.",
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
        return nothing_called(name, tag, known)


def _template(code: CodeType, language: Language, plain: bool) -> jinja2.Template:
    environment = _environment(language, plain)
    return jinja2.Template.from_code(environment, code, environment.make_globals(None))


def _restored(
    code: bytes, language: Language, plain: bool, tags: Mapping[int, Tag], bound: frozenset[str]
) -> CompiledText:
    """A text that was compiled in an earlier run."""
    compiled: CodeType = marshal.loads(code)
    return CompiledText(compiled, language, plain, tags, bound, _template(compiled, language, plain))


def _too_much(first: Tag) -> Problem:
    """The problem with a text of too many tags for Python, although each tag by itself is fine."""
    message = f"From {short(first.raw, 60)} on, there are too many conditions and loops."
    return first.fault(message, "Use fewer branches, or divide the template.")


def nothing_called(name: str, tag: Tag, known: Iterable[object]) -> Problem:
    """The problem with a tag that uses an unknown name; suggests a similar one among ``known``."""
    near = difflib.get_close_matches(name, [str(key) for key in known if key != _BUDGET], 1)
    hint = f"Did you mean “{near[0]}”?" if near else ""
    return replace(tag.fault(f"Nothing is called “{name}” in {tag.raw}.", hint, "template-name"), field=name)


def values_from(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The context with a new limit for loop passes, which all texts filled from it share."""
    budget = {_BUDGET: [_MAX_ROUNDS]}
    return {**context, **budget} if type(context) is dict else ChainMap(budget, cast("dict[str, Any]", context))


def with_braces(text: str) -> str:
    """A filled text with its braces restored. Call it after the search for leftover tags."""
    return text.replace("\ufdd0", "{").replace("\ufdd1", "}")


def _as_jinja(tag: Tag, plain: bool) -> str:
    if tag.mark == "{%" and tag.word not in CELL_WORDS:
        return f"{{%\n{tag.word} {tag.says} %}}"
    context = tag.word if tag.word in CELL_WORDS else tag.medium
    return f"{{{{\n{tag.says} }}}}" if plain or context == TEXT else f"{{{{\n({tag.says})|{context}__ }}}}"


class _Unknown(jinja2.UndefinedError):
    """An unknown name, with the value it was looked up in."""

    def __init__(self, name: object, owner: object, message: str | None = None) -> None:
        super().__init__(message)
        self.name, self.owner = name, owner


class _Missing(StrictUndefined):
    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = None) -> None:
        super().__init__(hint, obj, name, partial(_Unknown, name, obj))  # type: ignore[arg-type]


@jinja2.pass_context
def _rounds(context: Context, value: object) -> object:
    """Check that a loop iterates over a list, and count its passes."""
    refuse_missing(value)
    if not isinstance(value, list | tuple):
        raise Refused("“{what}” is " + kind_of(value) + ", not a list, so a loop cannot use it.")
    budget: list[int] = context[_BUDGET]
    budget[0] -= len(value)
    if budget[0] < 0:
        raise Refused(f"The loops of this letter run more than {_MAX_ROUNDS} times.")
    return value


class _Xml(Markup):
    """Text that is already XML. Values never are; they are plain data."""

    __slots__ = ()


# U+FDD0 and U+FDD1 never occur in text. They replace braces from data until the search for leftover tags.
_FROM_DATA = str.maketrans("{}", "\ufdd0\ufdd1")
_NEW_LINES = pattern("\r\n|[\r\x85\u2028\u2029]")
_NOT_TEXT = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPECIAL = pattern("[\x00-\x1f\x7f-\x9f{}\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CHANGED = pattern("[&<>\"'{}]")
_DIVIDES = pattern(r"[\s#%&+<=>?^`{|}]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def _clean(value: object, language: Language = ENGLISH) -> str:
    """The value as text with uniform line ends. Raises Refused for a character that a letter cannot contain."""
    text = words_of(value, language)
    if _SPECIAL.search(text) is None:
        return text
    if bad := _NOT_TEXT.search(text):
        raise Refused(
            f"The value of {{what}} contains the character U+{ord(bad[0]):04X}, which a letter cannot contain.",
            "Type the value again instead of pasting it.",
            ANSWER,
        )
    return _NEW_LINES.sub("\n", text)


def _in_text(value: object, language: Language = ENGLISH) -> object:
    """For w:t. Plain values are returned unchanged, and Jinja escapes them."""
    if type(value) is str and _SPECIAL.search(value) is None:
        return value
    if type(value) is _Xml:
        return value
    if isinstance(value, RichText):
        text = _clean(str(value), language).translate(_FROM_DATA)
        return _Xml(escape(type(value)(text).marked))
    text = _clean(value, language)
    if _SPECIAL.search(text) is None:
        return text
    xml = str(escape(text.translate(_FROM_DATA)))
    return _Xml(xml.replace("\n", _BREAK).replace("\t", _TAB))


def _printed(value: object, language: Language = ENGLISH) -> Markup:
    """What a tag in w:t prints. Most values are texts in which nothing needs to change."""
    if type(value) is str and value.isprintable() and _CHANGED.search(value) is None:
        return str.__new__(_Xml, value)  # in a third of the time that `_Xml` itself takes
    return escape(_in_text(value, language))


def _in_line(language: Language, value: object) -> _Xml:
    """For attributes and document properties, which have no line breaks."""
    return _Xml(escape(re.sub("[\n\t]", " ", _clean(value, language)).translate(_FROM_DATA)))


def _in_code(language: Language, value: object) -> _Xml:
    """For field codes, where a quotation mark or backslash would start another instruction."""
    if re.search(r'["\\]', _clean(value, language)):
        raise Refused(
            "“{what}” contains a quotation mark or backslash, which is not allowed in a field code.",
            "Write it without them.",
            ANSWER,
        )
    return _in_line(language, value)


def _as_link(language: Language, value: object) -> _Xml:
    """For the address of a link: a web page or an email address, never a file, a script or another program."""
    if not is_web_link(_clean(value)):
        raise Refused(
            "“{what}” is not the address of a web page or of an email.",
            "Write it in full, such as https://www.example.com/form or mailto:office@example.com.",
            ANSWER,
        )
    return _in_code(language, re.sub(r"\s", "%20", _clean(value, language)))


def _in_link(language: Language, value: object) -> _Xml:
    """For a part of a link's address, in which spaces and signs that divide an address are written in codes."""
    return _in_code(language, _DIVIDES.sub(lambda found: quote(found[0]), _clean(value, language)))


def _in_span(value: object) -> _Xml:
    refuse_missing(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 63:
        raise Refused("“{what}” is not a number of columns.", "It must be a whole number from 1 to 63.")
    return _Xml(value)


def _in_fill(value: object) -> _Xml:
    color = words_of(value).removeprefix("#")
    if not re.fullmatch(r"[0-9A-Fa-f]{6}|auto", color):
        raise Refused("“{what}” is not a color.", "Write six hexadecimal digits, such as F2F2F2.")
    return _Xml(color)


# Filters that tags are compiled into. Authors cannot use these names.
_GUARDS: Mapping[str, Callable[..., Any]] = {
    "colspan__": _in_span,
    "cellbg__": _in_fill,
    "rounds__": _rounds,
    "eq__": compare,
    "ne__": lambda left, right: not compare(left, right),
    "in__": among,
    "notin__": lambda left, right: not among(left, right),
}


class _Printing(CodeGenerator):
    """Has each value printed by one call, which also escapes it."""

    def _output_child_pre(self, node: nodes.Expr, frame: object, finalize: object) -> None:
        self.write("environment.printed(")

    def _output_child_post(self, node: nodes.Expr, frame: object, finalize: object) -> None:
        self.write(")")


class _Environment(ImmutableSandboxedEnvironment):
    """The environment that tags run in: no globals, no calls, no attributes of Python objects.

    Args:
        finalize: what constants in tags become.
        printed: what values become, escaped if they are to be.
    """

    intercepted_binops = frozenset({"+", "-", "%"})
    code_generator_class = _Printing

    def __init__(
        self, finalize: Callable[[Any], Any], printed: Callable[[Any], str], autoescape: bool, language: Language
    ) -> None:
        super().__init__(
            autoescape=autoescape, finalize=finalize, undefined=_Missing, keep_trailing_newline=True, cache_size=0
        )
        self.printed = printed
        self.globals.clear()
        in_line, in_code = partial(_in_line, language), partial(_in_code, language)
        lines = {
            "attribute__": in_line,
            "property__": in_line,
            "code__": in_code,
            "link__": partial(_as_link, language),
            "in_link__": partial(_in_link, language),
        }
        self.filters = {**filters_for(language), **_GUARDS, **lines}
        self.tests = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A field of the data, never an attribute of a Python object: ``items`` is not the method of dict."""
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        if isinstance(obj, jinja2.Undefined):
            refuse_unknown(obj)
        if isinstance(obj, LoopContext) and argument in _LOOP_FIELDS:
            return getattr(obj, argument)
        if isinstance(obj, dt.date) and argument in ("day", "month", "year"):
            return getattr(obj, argument)
        if isinstance(obj, list | tuple) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if kind_of(argument) not in ("text", "a number"):
            refuse_unknown(argument)
            raise Refused(f"The square brackets contain {kind_of(argument)}, not a name or a number.")
        return self.undefined(obj=obj, name=words_of(argument))

    def call(*args: Any, **kwargs: Any) -> Any:
        """Already refused when the template is compiled; this is a second line of defense."""
        raise Refused("A tag cannot call anything.")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        refuse_unknown(left, right)
        for value in (left, right):
            if isinstance(value, Untranslated):
                words_of(value)
        kinds = {kind_of(left), kind_of(right)}
        if kinds == {"a number"} or (operator == "+" and kinds == {"text"}):
            return super().call_binop(context, operator, left, right)
        wanted = "two numbers or two texts" if operator == "+" else "two numbers"
        raise Refused(f"“{operator}” takes {wanted}; it cannot combine {kind_of(left)} and {kind_of(right)}.")


class _Guards(NodeTransformer):
    """Replaces Jinja's loops and comparisons with our own."""

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
    return nodes.Filter(
        cast(nodes.Expr, node), name, list(args), [], None, None, lineno=node.lineno, environment=node.environment
    )


@cache
def _environment(language: Language, plain: bool) -> _Environment:
    finalize: Callable[..., Any] = _clean if plain else _in_text
    printed: Callable[..., str] = _clean if plain else _printed
    if language != ENGLISH:  # the default of all, which needs no wrapper around what is called for every value
        finalize, printed = partial(finalize, language=language), partial(printed, language=language)
    return _Environment(finalize, printed, not plain, language)
