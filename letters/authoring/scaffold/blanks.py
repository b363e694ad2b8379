"""The blanks of a Word letter: what its tags ask for that the program does not know, with a guess at each type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jinja2 import nodes
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.assembly.anatomy import Anatomy, WordingPiece
from letters.assembly.template.compilation import expand
from letters.assembly.template.grammar import parsed
from letters.assembly.template.shared_passages import SharedPassages
from letters.assembly.template.tag_positions import replace_ranges, visible_text
from letters.assembly.template.tags import OBJECT, Tag, pieces, scan
from letters.assembly.template.template import Template
from letters.assembly.template_context import PROVIDED
from letters.docx.markup import own_nodes, serialized
from letters.docx.names import P
from letters.docx.package import open_package, write_parts
from letters.errors import Problem
from letters.model.fields import fields_of
from letters.model.rulebook import RECORDS_REQUEST

_DATES = pattern(r"(^|_)(date|dated|day|deadline|due|until|expires|expiry|on|by)(_|$)")
_LONG = pattern(r"(^|_)(address|explanation|paragraphs?|text|description|reasons?|background|remarks?)(_|$)")
_PART = pattern(r"\.[a-z][a-z0-9_]*")
_LISTS = frozenset({"join", "and_list", "or_list"})
_SAID = {"any": "given", True: "yes"}
_BEFORE, _AFTER = 60, 40  # characters shown around a blank


class Blank(Struct, frozen=True):
    """One thing the letter asks for.

    Args:
        name: as in ``extra.name``.
        kind: the type, guessed from its name and use.
        choices: the values it is compared with.
        required: whether it is printed wherever ``when`` holds.
        when: the answers it depends on.
        words: the words around its first use.
        several_lines: whether an answer may run to several lines.
        parts: of each entry, if it is a list of entries.
    """

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = True
    when: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    several_lines: bool = False
    parts: tuple[Blank, ...] = ()

    def in_words(self) -> str:
        """The guess in words."""
        named = self.choices or tuple(part.name for part in self.parts)
        choices = f" ({', '.join(named)})" if named else ""
        needed = "required" if self.required else "optional"
        when = "".join(f", asked when {name} is {_SAID.get(value, value)}" for name, value in self.when.items())
        return f"{self.kind}{choices}, {needed}{when}"


class LetterBlanks(Struct, frozen=True):
    """Everything that one Word letter asks for.

    Args:
        blanks: in the order of the letter.
        fields: the known answers that it uses.
        data: the file, with every blank named ``extra.…``.
        renamed: the new name of each blank, by the name that was typed.
        problems: what cannot be asked for.
    """

    blanks: tuple[Blank, ...]
    fields: tuple[str, ...]
    data: bytes
    renamed: Mapping[str, str]
    problems: tuple[Problem, ...]


def blanks_of(data: bytes, name: str, passages: SharedPassages, form: str = RECORDS_REQUEST) -> LetterBlanks:
    """What a Word letter asks for.

    Args:
        data: the .docx file.
        name: what messages call it.
        passages: the library's shared passages.
        form: the request form of its kind.

    Raises:
        TemplateAtFault: with every problem in its tags.
    """
    template = Template.compile(data, name, passages)
    known = {known.split(".")[0].split("<")[0] for known in (*fields_of("", form), *PROVIDED)}
    known -= {"recipient"} if form == RECORDS_REQUEST else {"request"}
    renamed, problems = {}, []
    for use in template.uses:
        if use.name in known:
            continue
        path, _, part = use.path.partition("[]")
        if part and not _PART.fullmatch(part):
            hint = "Name the parts of an entry in small letters, such as exhibit.title, and let no part have parts."
            problems.append(use.tag.fault(f"{use.tag.raw} cannot become part of an entry in a list.", hint, "blank"))
            continue
        renamed[path] = f"extra.{_as_name(path)}"
    if renamed:
        data = _renamed(data, name, renamed)
        template = Template.compile(data, name, passages)
    anatomy = Anatomy(template, expand(open_package(data, name), passages))
    used = tuple(dict.fromkeys(use.path.split("[]")[0] for use in template.uses if use.name != "extra"))
    return LetterBlanks(tuple(_blanks(template, anatomy.pieces)), used, data, renamed, tuple(problems))


def _as_name(path: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", path.lower()).strip("_")
    return name if name[:1].isalpha() else f"blank_{name}"


# --- names ---


def _renamed(data: bytes, name: str, renamed: Mapping[str, str]) -> bytes:
    """The file with new names in its tags; quoted texts do not change."""
    package = open_package(data, name)
    parts = dict(package.parts)
    longest_first = sorted(renamed, key=len, reverse=True)
    paths = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, longest_first))})(?![\w.])")
    for part in parts:
        if not part.endswith(".xml") or b"{" not in parts[part]:
            continue
        root, changed = package.xml(part), False
        for paragraph in root.iter(P):
            shown = visible_text(own_nodes(paragraph))
            text = "".join(words for _, words in shown)
            edits = [(start, end, _with(text[start:end], paths, renamed)) for start, end in scan(text)[0]]
            if edits := [edit for edit in edits if edit[2] != text[edit[0] : edit[1]]]:
                replace_ranges(shown, edits)
                changed = True
        if changed:
            parts[part] = serialized(root)
    return write_parts(parts)


def _with(tag: str, paths: re.Pattern[str], renamed: Mapping[str, str]) -> str:
    cut = pieces(tag) or [(False, tag)]
    return "".join(piece if quoted else paths.sub(lambda found: renamed[found[1]], piece) for quoted, piece in cut)


# --- guesses ---


def _blanks(template: Template, parts: Sequence[WordingPiece]) -> Iterator[Blank]:
    uses: dict[str, list[Tag]] = {}
    entries: dict[str, dict[str, Blank]] = {}
    for use in template.uses:
        if use.name == "extra" and use.path.count("."):
            name, _, part = use.path.removeprefix("extra.").partition("[]")
            uses.setdefault(name.split(".")[0], []).append(use.tag)
            if _PART.fullmatch(part):
                entries.setdefault(name, {}).setdefault(part[1:], _part_of_entry(part[1:]))
    guesses = {name: ("entries", ()) if name in entries else _guess(name, tags) for name, tags in uses.items()}
    for name in uses:
        kind, choices = guesses[name]
        places = [piece for piece in parts if not piece.branch and _takes(piece.names, name)]
        printed = [
            piece
            for piece in parts
            if _takes(piece.names, name)
            and _prints(piece, name)
            and not (not piece.branch and _inline_only(piece.words, name) and _has_branch(parts, piece, name))
        ]
        guards = [_conditions(piece, name) for piece in printed]
        bare = [conditions for optional, conditions in guards if not optional]
        shared = [conditions for _, conditions in guards]
        when = shared[0] if shared and all(conditions == shared[0] for conditions in shared) else {}
        when = {
            other: True if guesses[other.removeprefix("extra.")][0] == "yes-no" else value
            for other, value in when.items()
        }
        required = kind != "yes-no" and (bool(bare) or not printed)
        words = _around(places[0].words.replace(OBJECT, " "), name) if places else ""
        parts_of = tuple(entries.get(name, {}).values())
        yield Blank(name, kind, choices, required, when, words, _is_long(name, kind), parts_of)


def _part_of_entry(name: str) -> Blank:
    """A part of the entries of a list, guessed from its name."""
    kind = _kind_by_name(name)
    return Blank(name, kind, several_lines=_is_long(name, kind))


def _is_long(name: str, kind: str) -> bool:
    return kind == "text" and bool(_LONG.search(name))


def _kind_by_name(name: str) -> str:
    return "date" if _DATES.search(name) else "text"


def _takes(paths: Sequence[str], name: str) -> bool:
    return any(path.split("[]")[0] == f"extra.{name}" for path in paths)


def _has_branch(parts: Sequence[WordingPiece], paragraph: WordingPiece, name: str) -> bool:
    """Whether a branch inside this paragraph prints the blank, so that the branch says when it is needed."""
    return any(each.branch and each.place == paragraph.place and _prints(each, name) for each in parts)


def _prints(piece: WordingPiece, name: str) -> bool:
    """Whether a piece prints a blank."""
    return re.search(rf"\{{\{{[^}}]*\bextra\.{name}\b", piece.words) is not None


def _conditions(piece: WordingPiece, name: str) -> tuple[bool, dict[str, Any]]:
    """Whether a piece depends on the blank itself, and the other answers it depends on."""
    optional, when = False, {}
    for guard in piece.guards:
        test = None if guard.tag.word == "for" else parsed(guard.tag).find(nodes.If)
        asked = None if test is None else (test.elif_[0].test if test.elif_ else test.test)
        if re.search(rf"\bextra\.{name}\b", guard.tag.says):
            optional = True
        elif guard.holds and (found := _as_answer(asked)) is not None:
            when[found[0]] = found[1]
    if not optional and piece.branch is False and _inline_only(piece.words, name):
        optional = True
    return optional, when


def _inline_only(words: str, name: str) -> bool:
    """Whether a paragraph prints a blank only between its own ``{% if %}`` and ``{% endif %}``."""
    outside = re.sub(r"\{%\s*if\b.*?\{%\s*endif\s*%\}", "", words, flags=re.S)
    return f"extra.{name}" in words and f"extra.{name}" not in outside


def _as_answer(test: nodes.Node | None) -> tuple[str, Any] | None:
    """A condition as the answer it asks for: ``extra.hearing``, or ``extra.way == "mail"``."""
    match test:
        case nodes.Getattr(node=nodes.Name(name="extra"), attr=name):
            return f"extra.{name}", "any"
        case nodes.Compare(
            expr=nodes.Getattr(node=nodes.Name(name="extra"), attr=name),
            ops=[nodes.Operand(op="eq", expr=nodes.Const(value=value))],
        ):
            return f"extra.{name}", value
    return None


def _guess(name: str, tags: Sequence[Tag]) -> tuple[str, tuple[str, ...]]:
    """The type, guessed from how the blank is used, and then from its name."""
    path = rf"extra\.{name}\b"
    compared = [value for tag in tags for value in re.findall(rf"{path}\s*(?:==|!=)\s*[\"']([^\"']+)[\"']", tag.says)]
    filters = {word for tag in tags for word in re.findall(rf"{path}\s*\|\s*(\w+)", tag.says)}
    looped = any(tag.word == "for" and re.search(rf"\bin\s+{path}", tag.says) for tag in tags)
    tested = any(tag.word in ("if", "elif") for tag in tags)
    if looped or filters & _LISTS:
        return "list", ()
    if compared:
        return "choice", tuple(dict.fromkeys(compared))
    if tested and not any(tag.mark == "{{" for tag in tags):
        return "yes-no", ()
    return _kind_by_name(name), ()


def _around(words: str, name: str) -> str:
    """The words around a blank, with other blanks shown as lines."""
    tag = re.search(rf"\{{\{{[^}}]*\bextra\.{name}\b[^}}]*\}}\}}", words)
    start, end = tag.span() if tag else (0, 0)
    before, after = (_plain(words[:start]), _plain(words[end:])) if tag else (_plain(words), "")
    before = before if len(before) <= _BEFORE else "…" + before[-_BEFORE:].partition(" ")[2]
    after = after if len(after) <= _AFTER else after[:_AFTER].rpartition(" ")[0] + "…"
    own = f"[{name.replace('_', ' ')}]" if tag else ""
    return f"{before}{own}{after}".strip()


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\{[%#].*?[%#]\}", "", re.sub(r"\{\{.*?\}\}", "____", words)))
