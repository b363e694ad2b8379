"""What a tag may say. Each tag is read and checked by itself before anything is filled.

Only names, filters, comparisons and loops over lists are allowed. Everything else Jinja can do is refused here, with a
message about the tag. The sandbox is the second line of defense.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from jinja2 import Environment, TemplateSyntaxError, nodes
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.assembly.template.filters import FILTERS, not_a_text
from letters.assembly.template.syntax_tree import children, nodes_below
from letters.assembly.template.tags import CELL_WORDS, DASHES, ESCAPES, OBJECT, TEXT, Tag, TagPlace, pieces, short, tidy
from letters.errors import Problem

_WORDS = "if|elif|else|endif|for|endfor|colspan|cellbg|vm|hm|include"
_BLOCK = pattern(rf"\s*(?:(p|tr|tc|r)\s*)?({_WORDS})\b\s*(.*)", re.IGNORECASE | re.DOTALL)
_PREFIX = pattern(r"(p|tr|tc|r)(?=\s|$)\s*(.*)", re.DOTALL)
INCLUDE = '{%p include "signature" %}'  # as an example
_LIFTING = pattern(r"\{%(p|tr|tc)\s")
BARE = frozenset({"else", "endif", "endfor", "vm", "hm"})
_PARSER = Environment(autoescape=True)
_PLAIN_NAME = pattern(r"\{\{ ([a-z]\w*(?:\.[a-z]\w*)*) \}\}", re.ASCII)
_WORDS_OF_JINJA = frozenset({"and", "or", "not", "in", "is", "if", "else", "true", "false", "none"})
_DEEPEST = 40  # levels of a tag's syntax tree; Python can compile it, and nobody writes that much in a tag
_MOST_BRACKETS = 20  # nested
_MANY_ROUNDS = 1_000
BEYOND = "beyond"  # code of problems with tags that docxtpl allows and Letters does not; others fail in both
_TOO_DEEP = "This tag is too complex.", "Split it into several tags."
_ELSE_IF = {"elseif": "elif", "elsif": "elif"}  # as other languages write it, which is nearer to else
_OTHER_INSTRUCTIONS = frozenset({"set", "endset", "macro", "endmacro", "with", "endwith", "filter", "endfilter", "raw"})
_SNIPPETS = {
    "if": "{%% if %s %%}{%% endif %%}",
    "elif": "{%% if 0 %%}{%% elif %s %%}{%% endif %%}",
    "for": "{%% for %s %%}{%% endfor %%}",
}


def read_tag(raw: str, place: TagPlace, medium: str) -> tuple[Tag, list[Problem]]:
    """The tag, and everything that is wrong with it by itself.

    Args:
        raw: as typed, including the braces.
        medium: what it is filled into: ``TEXT``, ``ATTRIBUTE``, ``CODE``, ``LINK``, ``IN_LINK`` or ``PROPERTY``.
    """
    mark, inside = raw[:2], raw[2:-2]
    if raw in ESCAPES:
        return Tag(raw, "{{", "", "", f'"{ESCAPES[raw]}"', place, medium), []
    if mark == "{#":
        prefix = _PREFIX.match(inside)
        return Tag(raw, mark, prefix[1] if prefix and prefix[1] != "r" else "", "", "", place, medium), []
    trimmed = inside.strip("-+" + DASHES)
    tag = replace(_taken_apart(raw, trimmed, place), medium=medium)
    if trimmed != inside:
        typed = f"{inside[:1]}{inside[-1:]}"
        code = "dash" if "-" in typed or "+" in typed else "template-syntax"
        return tag, [tag.fault(f"The dash in {short(raw, 60)} would remove text beside it.", "Remove the dash.", code)]
    if OBJECT in raw:
        return tag, [
            tag.fault("There is a picture, field, or footnote mark inside a tag.", "Move it out of the braces.")
        ]
    return tag, list(_judge(tag))


def inclusion(raw: str, place: TagPlace) -> Tag | None:
    """The tag if it includes a shared passage, even if something is wrong with it; otherwise None."""
    inside = raw[2:-2]
    if not raw.startswith("{%") or inside != inside.strip("-+" + DASHES):
        return None
    tag = _taken_apart(raw, inside, place)
    return tag if tag.word == "include" else None


def parsed(tag: Tag) -> nodes.Template:
    """The tag as a Jinja syntax tree, which is cached and must not be changed. Raises TemplateSyntaxError."""
    return _parsed(_snippet(tag))


def _snippet(tag: Tag) -> str:
    return _SNIPPETS.get(tag.word, "{{ %s }}") % tag.says


@lru_cache(maxsize=4096)
def _parsed(snippet: str) -> nodes.Template:
    plain = _PLAIN_NAME.fullmatch(snippet)
    if plain is None or not _WORDS_OF_JINJA.isdisjoint(plain[1].split(".")):
        return _PARSER.parse(snippet)
    first, *rest = plain[1].split(".")  # most tags; Jinja takes five times as long
    tree: nodes.Expr = nodes.Name(first, "load", lineno=1)
    for each in rest:
        tree = nodes.Getattr(tree, each, "load", lineno=1)
    return nodes.Template([nodes.Output([tree], lineno=1)], lineno=1)


def _taken_apart(raw: str, inside: str, place: TagPlace) -> Tag:
    if raw.startswith("{%"):
        text = tidy(inside)
        if block := _BLOCK.match(text):
            level = (block[1] or "").lower()
            return Tag(raw, "{%", "" if level == "r" else level, block[2].lower(), block[3].strip(), place)
        alone = _LIFTING.match(raw)
        return Tag(raw, "{%", alone[1] if alone else "", "?", text, place)
    # Values are plain text, so docxtpl's {{r x}} (rich text) means the same as {{ x }}.
    prefix = _PREFIX.match(inside)
    if prefix and (prefix[1] != "r" or not prefix[2].strip()):
        return Tag(raw, "{{", "", prefix[1], tidy(prefix[2]), place)
    return Tag(raw, "{{", "", "", tidy(prefix[2] if prefix else inside), place)


def _judge(tag: Tag) -> Iterator[Problem]:
    shown = short(tag.raw, 60)
    if tag.mark == "{{" and tag.word:
        name = tag.says or tag.word
        yield tag.fault(
            f"In {shown}, the letters “{tag.word}” right after the braces are not read as a name.",
            f"Write {{{{ {name} }}}}, with a space after the braces.",
            BEYOND if tag.says and tag.word == "p" else "template-syntax",
        )
    elif tag.word == "?":
        word, near = _first_word(tag), instruction_meant(tag)
        rest = tag.says[len(word) :].strip() if near == "elif" else ""
        meant = INCLUDE if near == "include" else f"{{% {' '.join(filter(None, (near, rest)))} %}}"
        hint = f"Did you mean {meant}?" if near else "Use if, elif, else, endif, for, or endfor."
        yield tag.fault(
            f"{shown} is not a template instruction." if tag.says else f"{shown} is empty.",
            'To print a brace, write {{ "{" }}.' if word in ("raw", "endraw") else hint,
            BEYOND if word in _OTHER_INSTRUCTIONS or word == "endraw" else "template-syntax",
        )
    elif tag.word == "include":
        yield tag.fault(
            f"{shown} cannot include a passage here.",
            f"Put it in a paragraph of its own in a Word template: {INCLUDE}.",
            "passage",
        )
    elif tag.word in BARE and tag.says:
        better = f"{{% elif {tag.says[2:].strip()} %}}" if tag.says.startswith("if") else f"{{% {tag.word} %}}"
        yield tag.fault(f"Nothing may follow the word “{tag.word}” in {shown}.", f"Write {better}.")
    elif tag.medium != TEXT and (tag.level or tag.word in CELL_WORDS):
        yield tag.fault(f"{shown} works only in a paragraph.", "Use {% if %} without a letter here.")
    elif tag.word not in BARE:
        yield from _judge_expression(tag)


def _first_word(tag: Tag) -> str:
    first = re.match(r"(?:(?:p|tr|tc|r)\s+)?(\w*)", tag.says, re.IGNORECASE)
    return first[1] if first else ""


def instruction_meant(tag: Tag) -> str:
    """The instruction that was probably meant by one that does not exist; empty if none is close."""
    word = _first_word(tag).lower()
    near = difflib.get_close_matches(word, _WORDS.split("|"), 1)
    return _ELSE_IF.get(word) or (near[0] if near else "")


def has_clear_names(tag: Tag) -> bool:
    """Whether the names in a tag can be checked although something is wrong with it, such as an unknown filter."""
    if tag.mark == "{#" or tag.word in (*BARE, "?", "include") or not tag.says or _brackets(tag.says) > _MOST_BRACKETS:
        return False
    try:
        tree = parsed(tag)
    except (TemplateSyntaxError, RecursionError):
        return False
    return _depth(tree) <= _DEEPEST and all(
        isinstance(node, nodes.Filter) or _complaint(node) is None for node in nodes_below(tree)
    )


def _judge_expression(tag: Tag) -> Iterator[Problem]:
    if not tag.says:
        yield tag.fault(f"{short(tag.raw, 60)} is empty.", "Write a name in it, or delete it.")
        return
    try:
        complaint: tuple[str, ...] = (
            _complaint_about(_snippet(tag)) if _brackets(tag.says) <= _MOST_BRACKETS else _TOO_DEEP
        )
    except TemplateSyntaxError:
        complaint = _why_unreadable(tag)
    except RecursionError:
        complaint = _TOO_DEEP
    if complaint:
        message, *rest = complaint
        if message.startswith(("A tag ", "This tag ")):  # says which, as there may be several in the paragraph
            message = f"In {short(tag.raw, 60)}, {message[0].lower()}{message[1:]}"
        yield tag.fault(message, *rest)


@lru_cache(maxsize=4096)  # the same few tags occur in every letter
def _complaint_about(snippet: str) -> tuple[str, ...]:
    """The first thing in an expression that is not allowed; empty if there is none."""
    tree = _parsed(snippet)
    if _depth(tree) > _DEEPEST:
        return _TOO_DEEP
    return next(filter(None, map(_complaint, nodes_below(tree))), ())


def _brackets(says: str) -> int:
    """How deeply brackets are nested."""
    if not any(mark in says for mark in "([{"):
        return 0
    bare = "".join(piece for quoted, piece in pieces(says) or [(False, says)] if not quoted)
    return max(accumulate((mark in "([{") - (mark in ")]}") for mark in bare), default=0)


def _depth(tree: nodes.Node) -> int:
    """Levels of the syntax tree, counted without recursion."""
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [child for node in level for child in children(node)]
    return depth


_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.For,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.CondExpr,
    nodes.Add,
    nodes.Sub,
    nodes.Mod,
    nodes.List,
    nodes.Tuple,
    nodes.Filter,
)


_OF_A_LOOP = ("index", "index0", "first", "last", "length", "revindex", "revindex0", "previtem", "nextitem")
_ORDERS = {"lt", "lteq", "gt", "gteq"}  # a chain of these is clear: 18 <= age < 65


def _complaint(node: nodes.Node) -> tuple[str, ...] | None:
    """Message, hint and perhaps code for what is wrong with one node of an expression; None if it is allowed."""
    if isinstance(node, nodes.Filter):
        return _filter_complaint(node)
    if isinstance(node, nodes.Call):
        message = "A tag cannot call anything: parentheses after a name are not allowed."
        return message, "Write only the name.", "code" if _may_harm(node) else BEYOND
    if isinstance(node, nodes.Test):
        return f"“is {node.name}” cannot be used in a tag.", "Write {% if name %} or {% if not name %}.", BEYOND
    if isinstance(node, nodes.Concat):
        return "A tag cannot join values with ~.", "Print them in two tags, one after the other.", BEYOND
    if isinstance(node, nodes.Mul | nodes.Div | nodes.FloorDiv | nodes.Pow):
        return (
            "A tag cannot multiply or divide.",
            "The number must be calculated before it reaches the template.",
            BEYOND,
        )
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        message = "This “if” has no “else”, so it is unclear what to print otherwise."
        return message, "Add an else, or use {% if %} and {% endif %}.", BEYOND
    if isinstance(node, nodes.For) and (node.recursive or not isinstance(node.target, nodes.Name)):
        return "This loop cannot be read.", "Write {% for one in many %}.", BEYOND
    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name) and node.target.name == "loop":
        return (
            "A loop cannot name its entries “loop”, which is the name of its counter.",
            "Write {% for one in many %}.",
        )
    if isinstance(node, nodes.Compare) and len(node.ops) > 1 and not {each.op for each in node.ops} <= _ORDERS:
        return "This compares three things at once.", "Compare two at a time: a == b and b == c.", BEYOND
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f"“{node.attr}” is not a field.", "Field names begin with a letter."
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop":
        return _loop_complaint(node.attr)
    if isinstance(node, nodes.Name) and node.name.endswith("__"):
        return f"“{node.name}” is not a field.", "Field names do not end in two underscores."
    if isinstance(node, nodes.Const) and isinstance(node.value, float):
        return f"The number {node.value} is not allowed in a tag.", "Use a whole number.", BEYOND
    if not isinstance(node, _ALLOWED):
        return "This tag uses something a template cannot do.", "Use names, filters, comparisons, and, or, not.", BEYOND
    return None


def _loop_complaint(attribute: str) -> tuple[str, ...] | None:
    if attribute in _OF_A_LOOP:
        return None
    near = difflib.get_close_matches(attribute, _OF_A_LOOP, 1)
    known = ", ".join(f"loop.{each}" for each in _OF_A_LOOP)
    return f"A loop has no “{attribute}”.", f"Did you mean “loop.{near[0]}”?" if near else f"It has: {known}."


def _may_harm(call: nodes.Call) -> bool:
    """Whether a call could reach into Python or run very long. docxtpl would execute it."""
    inside = nodes_below(call)
    names = {node.name for node in inside if isinstance(node, nodes.Name)}
    names |= {node.attr for node in inside if isinstance(node, nodes.Getattr)}
    numbers = [node.value for node in inside if isinstance(node, nodes.Const) and isinstance(node.value, int)]
    return any(name.startswith("_") for name in names) or max(numbers, default=0) > _MANY_ROUNDS


def _filter_complaint(node: nodes.Filter) -> tuple[str, ...] | None:
    if node.name not in FILTERS:
        known = sorted(FILTERS)
        near = difflib.get_close_matches(node.name, known, 1)
        return (
            f"There is no filter “{node.name}”.",
            f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(known)}.",
            BEYOND,
        )
    for given in node.args:
        if isinstance(given, nodes.Const) and not isinstance(given.value, str) and node.name != "default":
            return not_a_text(given.value)
    signature = inspect.signature(FILTERS[node.name])
    _, *taken = signature.parameters.values()
    shown = ", ".join(f'"{each.name}"' for each in taken if each.default is each.empty)
    hint = f"Write |{node.name}({shown})." if shown else f"Write |{node.name}."
    wrong_number = f"The filter “{node.name}” has the wrong number of values in its parentheses.", hint, BEYOND
    try:
        signature.bind(None, *node.args, **{str(pair.key): pair for pair in node.kwargs})
    except TypeError:
        return wrong_number
    return wrong_number if node.dyn_args or node.dyn_kwargs else None


# How other template languages and programs write what is a word or another sign here.
_OTHER_SIGNS = {"&&": "and", "||": "or", "===": "==", "!==": "!=", "<>": "!="}


def _meant_elsewhere(says: str) -> str:
    """What a tag of Handlebars or Mustache means, as it is written here; empty if it is none."""
    match = re.fullmatch(r"([#/>^])\s*([\w.-]*)\s*([\w.]*)", says)
    if match is None:
        negation = re.fullmatch(r"!\s*([\w.]+)", says)
        return f"{{% if not {negation[1]} %}}" if negation else ""
    sign, first, second = match.groups()
    if sign == ">":
        return f'{{%p include "{first}" %}}'
    if sign == "/":
        return "{% endfor %}" if first == "each" else "{% endif %}"
    if first == "each":
        return f"{{% for one in {second or 'many'} %}}"
    negated = "not " if sign == "^" or first == "unless" else ""
    return f"{{% if {negated}{second if first in ('if', 'unless') else first} %}}"


def _why_unreadable(tag: Tag) -> tuple[str, str]:
    shown = short(tag.raw, 60)
    cut = pieces(tag.says)
    if cut is None:
        return (
            f"In {shown}, a closing quotation mark is missing.",
            "Put straight double quotation marks on both sides.",
        )
    bare = " ".join(piece for quoted, piece in cut if not quoted)
    if meant := _meant_elsewhere(tag.says):
        return f"{shown} is not how a tag is written here.", f"Write {meant}."
    for sign, word in _OTHER_SIGNS.items():
        if sign in bare:
            return f"In {shown}, the sign {sign} has no meaning.", f"Write {word}."
    odd = re.search(r"[^\w\s.,|()\[\]<>=!+\-%*/~:]", bare)
    if odd:
        return (
            f"In {shown}, the character “{odd[0]}” has no meaning.",
            "Delete it, or put quotation marks around the text.",
        )
    if re.search(r"(?<![=!<>])=(?!=)", bare):
        return f"In {shown}, a single = does not compare.", "Write ==."
    if tag.word == "for":
        return f"{shown} is not a loop.", "Write {% for one in many %}."
    if lacking := re.search(r"(\b(?:and|or|not|in)|[=!<>]=|[<>])\s*$", bare):
        return f"In {shown}, something is missing after “{lacking[1]}”.", "Complete the condition, or delete the word."
    if lacking := re.match(r"\s*(and|or|in|[=!<>]=|[<>])(?!\w)", bare):
        return f"In {shown}, something is missing before “{lacking[1]}”.", "Complete the condition, or delete the word."
    if re.search(r"\w\s+\w", bare):
        return (
            f"{shown} cannot be read, because two words are next to each other.",
            "A name is one word, such as requester_name.",
        )
    return f"{shown} cannot be read.", "Look for a missing bracket, dot, or name."
