"""The text of prompt files: new questions for blanks, and changes that leave everyone's wording alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters._text.toml_inline import in_toml
from letters.authoring.scaffold.blanks import Blank
from letters.model.fields import Field

_HEADER = pattern(r"\[")
_KEY = pattern(r"([A-Za-z0-9_-]+)\s*=")
_FIELD = pattern(r"""^\s*field\s*=\s*["']extra\.(\w+)["']""")
_LOST = "# No longer in letter.docx; delete this, or put the blank back in the letter:"


def question(blank: Blank) -> str:
    """The lines of a question, for its author to reword."""
    lines = ["[[section.question]]", f'field = "extra.{blank.name}"', f'type = "{blank.kind}"']
    lines.append(f"ask = {in_toml(_ask(blank))}")
    if blank.words:
        lines.append(f"help = {in_toml(f'It appears in: {blank.words}')}")
    if blank.choices:
        offered = ", ".join(f"{in_toml(each)} = {in_toml(_as_words(each).capitalize())}" for each in blank.choices)
        lines.append(f"choices = {{ {offered} }}")
    if blank.when:
        conditions = ", ".join(f"{in_toml(name)} = {in_toml(value)}" for name, value in blank.when.items())
        lines.append(f"when = {{ {conditions} }}")
    if blank.required:
        lines.append("required = true")
    if blank.several_lines:
        lines.append("several_lines = true")
    for part in blank.parts:
        lines += ["", "[[section.question.item]]", f"field = {in_toml(part.name)}", f'type = "{part.kind}"']
        lines += [f"ask = {in_toml(_ask(part))}", "required = true"]
    return "\n".join(lines) + "\n"


def question_for(field: Field) -> str:
    """A question for a field that the program knows but no shared prompt file asks for."""
    help_ = f"help = {in_toml(field.description)}\n" if field.description else ""
    ask = f"{field.title}?"
    items = "".join(
        f"\n[[section.question.item]]\nfield = {in_toml(part.name)}\nask = {in_toml(f'{part.title}?')}\n"
        for part in field.parts
    )
    return f'[[section.question]]\nfield = "{field.name}"\nask = {in_toml(ask)}\n{help_}{items}'


def sample_value(blank: Blank, day: date) -> Any:
    """An answer for the sample letter; text in brackets is a placeholder."""
    match blank.kind:
        case "date":
            return day
        case "yes-no":
            return True
        case "choice":
            return blank.choices[0]
        case "list":
            return [f"[{_as_words(blank.name)}, first]", f"[{_as_words(blank.name)}, second]"]
        case "entries":
            return [{part.name: sample_value(part, day) for part in blank.parts}]
    return f"[{_as_words(blank.name)}]"


def _as_words(name: str) -> str:
    return re.sub(r"[_-]+", " ", name)


def _ask(blank: Blank) -> str:
    words = _as_words(blank.name)
    if blank.kind == "yes-no":
        for start, asks in (("is ", "Is it"), ("has ", "Is there"), ("was ", "Was it"), ("with ", "Is there")):
            if words.startswith(start):
                rest = words.removeprefix(start)
                article = "" if asks != "Is there" or _is_plural(rest) else "an " if rest[0] in "aeiou" else "a "
                return f"{asks} {article}{rest}?"
        return f"Does this apply: {words}?"
    if blank.kind in ("list", "choice", "entries"):
        return f"Which {words}?"
    return f"What {'are' if _is_plural(words) else 'is'} the {words}?"


def _is_plural(words: str) -> bool:
    return words.endswith("s") and not words.endswith(("ss", "us", "is", "address"))


# --- changing a prompt file ---


class _PromptBlock(Struct, frozen=True):
    """Some lines of a prompt file: a question with the comments above it, or whatever is between questions."""

    lines: tuple[str, ...]
    name: str = ""  # of the blank, if it is a question about one


class PromptText:
    """The text of a prompt file, changed block by block."""

    def __init__(self, text: str) -> None:
        self._blocks = list(_blocks(text.splitlines(keepends=True)))

    @property
    def names(self) -> list[str]:
        """The blanks that the file asks for, in order."""
        return [block.name for block in self._blocks if block.name]

    def rename(self, old: str, new: str) -> None:
        """Rename a blank everywhere in the file, including the conditions of other questions."""
        quoted = re.compile(rf"""(["'])extra\.{old}\1""")
        self._blocks = [
            _PromptBlock(
                tuple(quoted.sub(lambda found: f"{found[1]}extra.{new}{found[1]}", line) for line in block.lines),
                new if block.name == old else block.name,
            )
            for block in self._blocks
        ]

    def comment_out(self, name: str) -> None:
        """Turn a question into a comment, so that its wording is not lost."""
        self._blocks = [
            _PromptBlock((f"{_LOST}\n", *(f"# {line}" if line.strip() else line for line in block.lines)))
            if block.name == name
            else block
            for block in self._blocks
        ]

    def add(self, text: str, name: str, after: Sequence[str]) -> None:
        """Add a question after the last of these blanks that the file asks for, or else at the end."""
        block = _PromptBlock(tuple(f"{text}\n".splitlines(keepends=True)), name)
        places = [at for at, each in enumerate(self._blocks) if each.name and each.name in after]
        if places:
            self._blocks.insert(places[-1] + 1, block)
            return
        if not any(line.strip() == "[[section]]" for each in self._blocks for line in each.lines):
            self._blocks.append(_PromptBlock(("\n[[section]]\n", 'title = "This letter\'s own facts"\n', "\n")))
        self._blocks.append(block)

    def __str__(self) -> str:
        text = ""
        for block in self._blocks:
            words = "".join(block.lines)
            text += words if not text or not words.strip() or text.endswith("\n\n") else f"{_separator(text)}{words}"
        return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _separator(text: str) -> str:
    """What separates a block from the text before it."""
    return "\n" if text.endswith("\n") else "\n\n"


def _blocks(lines: Sequence[str]) -> list[_PromptBlock]:
    """The file split before each question and section, with the comments directly above them."""
    cuts = [0]
    for number, line in enumerate(lines):
        if line.strip() in ("[[section.question]]", "[[section]]"):
            start = number
            while start > cuts[-1] and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            cuts.append(start)
    found = []
    for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True):
        part = tuple(lines[start:end])
        names = [match[1] for line in part if (match := _FIELD.match(line))]
        if part:
            found.append(_PromptBlock(part, names[0] if names else ""))
    return found


def with_samples(text: str, values: Mapping[str, Any], renamed: Mapping[str, str], gone: Sequence[str]) -> str:
    """A sample file with new answers in its ``[extra]``, renamed ones under their new names, and some commented out."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip() == "[extra]"), None)
    if start is None:
        lines += ["", "[extra]"]
        start = len(lines) - 1
    end = next((at for at in range(start + 1, len(lines)) if _HEADER.match(lines[at])), len(lines))
    name = ""
    for at in range(start + 1, end):
        if key := _KEY.match(lines[at]):
            name = key[1]
            lines[at] = f"{renamed.get(name, name)}{lines[at][key.end(1) :]}"
        if name in gone and lines[at].strip():
            lines[at] = f"# {lines[at]}"
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    lines[end:end] = [f"{name} = {in_toml(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"
