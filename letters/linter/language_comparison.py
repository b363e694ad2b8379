"""Compares the templates of one letter in two languages: both must say the same, under the same conditions.

What is compared is what decides a letter's content: which answers and law it prints, inside which conditions and
loops. Words and their order differ between languages, and so may conditions that only count, which choose a singular
or a plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters.assembly.template.names_used import uses
from letters.assembly.template.tags import Tag
from letters.errors import Problem

_LITERAL = pattern(r"\"[^\"]*\"|'[^']*'")
# Conditions that choose between forms of words: how many there are, and which language it is.
_GRAMMAR = pattern(r"\|\s*length\b|\blanguage\b")
# Names that print the same thing: which one reads better depends on the language.
_SAME = {
    "request.requester.greeting": "salutation",
    "request.requester.agency_in_sentence": "request.requester.agency",
    "office.short_name": "office.name",
    "office.address_line": "office.address",
}

Branch = tuple[str, ...]


class _Printed(Struct, frozen=True):
    """Something a template prints.

    Args:
        path: what it prints; empty for the condition or loop itself.
        branch: the conditions and loops around it.
    """

    path: str
    branch: Branch


def differences(one: Sequence[Tag], other: Sequence[Tag], file: str, other_file: str) -> Iterator[Problem]:
    """What one template has and the other lacks, each with the place in the file that has it.

    Args:
        one: the tags of the template in the office's language, in reading order, those of its passages included.
        other: the same of the one in another language.
        file, other_file: what messages call them.
    """
    first, second = _content(one), _content(other)
    yield from _missing(first, second, other_file)
    yield from _missing(second, first, file)


def _missing(has: Mapping[_Printed, Tag], lacks: Mapping[_Printed, Tag], file: str) -> Iterator[Problem]:
    reported: set[Branch] = set()
    for printed, tag in has.items():
        if printed in lacks or printed.branch in reported:
            continue
        if not printed.path:
            reported.update(each.branch for each in has if each.branch[: len(printed.branch)] == printed.branch)
            what = "loop" if tag.word == "for" else "condition"
            message = f"The {what} {tag.raw} is not at the same place in {file}."
            hint = f"Add it to {file}, or remove it here; both letters must say the same."
        else:
            elsewhere = any(each.path == printed.path for each in lacks)
            where = f" under {_in_words(printed.branch)}" if printed.branch else ""
            other = ", where it is printed elsewhere" if elsewhere else ""
            message = f"{tag.raw} is printed here{where}, but not in {file}{other}."
            hint = f"Add it to {file}, or remove it here; both letters must say the same."
        yield replace(tag.fault(message, hint, "translation"), field=file)


def _in_words(branch: Branch) -> str:
    return " and ".join(f"“{each}”" for each in branch)


def _content(tags: Sequence[Tag]) -> dict[_Printed, Tag]:
    """Everything a template prints, and every branch, with the first tag for it."""
    found: dict[_Printed, Tag] = {}
    paths: dict[Tag, list[str]] = {}
    for use in uses(tags):
        paths.setdefault(use.tag, []).append(use.path)
    stack: list[tuple[str, list[str]]] = []  # the word that opened a block, and what its branches said so far
    loops: dict[str, str] = {}
    for tag in tags:
        match tag.word:
            case "if":
                stack.append(("if", [_condition(tag, loops)]))
            case "elif" if stack:
                stack[-1][1].append(_condition(tag, loops))
            case "else" if stack:
                stack[-1][1].append("")
            case "for":
                variable, _, listed = tag.says.partition(" in ")
                loops[variable.strip()] = f"{_resolved(listed.strip(), loops)}[]"
                stack.append(("for", [f"for {_resolved(listed.strip(), loops)}"]))
            case "endif" | "endfor" if stack:
                stack.pop()
        branch = tuple(_branch(stack))
        if tag.word in ("if", "elif", "else", "for"):
            if branch and not (stack and _is_grammar(stack[-1][1])):
                found.setdefault(_Printed("", branch), tag)
            continue
        if tag.word:
            continue
        for path in paths.get(tag, []):
            found.setdefault(_Printed(_SAME.get(path, path), branch), tag)
    return found


def _branch(stack: Sequence[tuple[str, list[str]]]) -> Iterator[str]:
    for word, said in stack:
        if word == "for":
            yield said[0]
        elif not _is_grammar(said):
            *before, now = said
            yield now if not before and now else " / ".join([*(f"not {each}" for each in before), *filter(None, [now])])


def _is_grammar(said: Sequence[str]) -> bool:
    return any(_GRAMMAR.search(each) for each in said)


def _condition(tag: Tag, loops: Mapping[str, str]) -> str:
    return _resolved(" ".join(tag.says.split()), loops)


def _resolved(text: str, loops: Mapping[str, str]) -> str:
    """The text with loop variables replaced by what they stand for, so that their names do not matter."""
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(f'"{found[0][1:-1]}"')
        return f"\0{len(literals) - 1}\0"

    text = _LITERAL.sub(keep, text)
    for variable, listed in loops.items():
        text = re.sub(rf"(?<![\w.]){re.escape(variable)}(?![\w])", listed, text)
    return re.sub("\0(\\d+)\0", lambda found: literals[int(found[1])], text)
