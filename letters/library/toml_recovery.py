"""What is wrong in a TOML file, in plain words, and what the rest of it says.

A file with a curly quotation mark or the marks of a merge conflict is read as if somebody had corrected it, so that
one mistake hides nothing else. A line that nobody could read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.errors import Problem
from letters.library.toml import loads

if TYPE_CHECKING:
    import tomli

_MOST = 40  # faults reported in one file
_LONGEST = 2_000_000  # characters of a file that is worth reading this often
_PLACE = pattern(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_MARK = pattern(r"(<{7}|\|{7}|>{7})(?: .*)?|={7}")
_DOUBLE, _SINGLE = "“”„‟«»＂", "‘’‚‛‹›"  # noqa: RUF001
_CURLY = pattern(f"[{_DOUBLE}{_SINGLE}]")
_THREE = pattern(f"[{_DOUBLE}]{{3}}")
_BARE_VALUE = pattern(r"""(\s*[\w-]+\s*=\s*)([^\s"'\[\]{}#=,][^"'\[\]{}#=,]*?)\s*(?:#.*)?""")
_LIKE_A_DATE = pattern(r"=\s*\d{4}[-–—−‑/.]\d")  # noqa: RUF001
_BEFORE_TEXT, _ODD_SPACE = pattern(r"""[^"']*"""), pattern("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_TRUTH = pattern(r"\s*[\w.-]+\s*=\s*(true|false|yes|no|on|off)\s*(?:#.*)?", re.IGNORECASE)
_SLASHED_DATE = pattern(r"=\s*\d{1,2}([/.])\d{1,2}\1\d{2,4}\s*(?:#|$)")
_ACCENTED_NAME = pattern(r"""\s*[\w.-]*?([^\W\da-zA-Z_])[\w.-]*\s*=""")
_ENDS_A_VALUE = pattern(r"\s*(?:[,\]}#=.]|$)")
_CURLY_HINT = 'Write straight ones, in a text editor: name = "text". Word and mail programs make them curly.'
_CONFLICT_HINT = (
    "Keep one of the two versions, and delete the lines that begin with <<<<<<<, |||||||, ======= and >>>>>>>."
)
_BACKSLASH = (
    "A backslash in this text has no meaning.",
    "Write two of them, or put the text between single quotation marks.",
)
# What the reader of TOML says, in plain words; and what to do.
_REASONS = {
    "Invalid value": ("The value on this line cannot be read.", 'Text needs quotation marks: name = "text".'),
    "Invalid statement": (
        "This line cannot be read.",
        'Each line is a comment (# …), a table ([name]), or a value (name = "text").',
    ),
    "Expected newline or end of document after a statement": (
        "Something follows the value on this line.",
        'Put it on a line of its own, or inside the quotation marks. A " inside a text is written \\".',
    ),
    "Expected '=' after a key in a key/value pair": ("An equals sign is missing.", 'Write: name = "text".'),
    "Unclosed array": (
        "A comma or the closing bracket of a list is missing before this.",
        "Separate the entries with commas, and end the list with ].",
    ),
    "Invalid date or datetime": ("There is no such day or time.", "Dates are written 2019-08-02."),
    "Unclosed inline table": ("The table has no closing brace.", "End it with }."),
    "Cannot overwrite a value": ("The name on this line appears twice in its table.", "Keep one of the two."),
    "Unescaped '\\' in a string": _BACKSLASH,
    "Invalid hex value": _BACKSLASH,  # as in "C:\\users"
    "Expected ']' at the end of a table declaration": ("The bracket of this table is not closed.", "Write: [name]."),
}
_TWICE = "The table on this line appears twice.", "Keep one of the two, or begin each with [[name]] if it is a list."
_NO_END = (
    "The closing quotation mark is missing on this line.",
    'Begin and end a text with the same mark: name = "text".',
)


class Recovered(Struct):
    """A TOML file, read as far as it can be.

    Args:
        data: what the file says.
        problems: what is wrong, each with its line as its place.
        is_whole: whether nothing had to be left out.
    """

    data: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_whole: bool = True


def has_conflict(text: str) -> bool:
    """Whether the marks of a merge conflict were left in a text, even if TOML would accept them inside a value."""
    return any(mark in text for mark in ("<<<<<<<", ">>>>>>>")) and any(_marks(text.splitlines()))


def recover(text: str) -> Recovered:
    """Read a file that may have mistakes.

    Raises:
        ValueError, RecursionError: it contains what no office's file needs; see `letters.library.toml`.
    """
    import tomli

    lines = text.replace("\r\n", "\n").split("\n")
    found = Recovered()
    found.problems += _without_conflicts(lines)[:_MOST]
    last = -2  # the last line that was left out: what follows it directly is part of the same mistake
    for _ in range(_MOST if len(text) < _LONGEST else 1):
        try:
            found.data = loads("\n".join(lines))
            break
        except tomli.TOMLDecodeError as error:
            at, reason = _place(error, lines)
        if _straighten(lines, at):
            found.problems.append(_at(at, "The quotation marks on this line are curly.", _CURLY_HINT, "curly-quotes"))
            continue
        before_text = _BEFORE_TEXT.match(lines[at])
        if before_text and (odd := _ODD_SPACE.search(before_text[0])):
            message = f"A space on this line is no ordinary one (U+{ord(odd[0]):04X})."
            found.problems.append(_at(at, message, "Type the space again. Word and web pages make others.", "toml"))
            lines[at] = _ODD_SPACE.sub(" ", before_text[0]) + lines[at][before_text.end() :]
            continue
        if not _follows(lines, last, at):
            found.problems.append(_at(at, *_in_words(reason, lines[at]), "toml"))
        if not reason.startswith("Cannot") and _replace_value(lines, at):
            continue
        last = _leave_out(lines, at)
        found.is_whole = False
    else:
        found.is_whole = False
    return found


def _at(index: int, message: str, hint: str, code: str) -> Problem:
    return Problem(message, f"line {index + 1}", hint, code)


def _marks(lines: list[str]) -> Iterator[int]:
    """Where the lines with marks of a conflict are; a line of equals signs counts only beside another."""
    found = [at for at, line in enumerate(lines) if line[:1] in "<|=>" and _MARK.fullmatch(line.rstrip())]
    return iter(found) if any(lines[at][0] in "<|>" for at in found) else iter(())


def _without_conflicts(lines: list[str]) -> list[Problem]:
    """Empty the lines of the marks and of the other side's version. Returns a problem for each conflict."""
    problems: list[Problem] = []
    start, first, theirs = -1, -1, False
    for at in list(_marks(lines)):
        mark = lines[at][0]
        if mark == "<" or start < 0:
            start = at
            problems.append(_at(start, "A merge conflict was left here.", _CONFLICT_HINT, "merge-conflict"))
        if mark in "|=":
            first = first if theirs else at
            theirs = True
            continue
        if mark == ">" and theirs:
            lines[first : at + 1] = [""] * (at + 1 - first)
        lines[at] = ""
        if mark == ">":
            start, first, theirs = -1, -1, False
    for at in _marks(lines):
        lines[at] = ""
    return problems


def _place(error: tomli.TOMLDecodeError, lines: list[str]) -> tuple[int, str]:
    """The line of a mistake, from 0, and what the reader says about it."""
    says = str(error)
    place = _PLACE.search(says)
    if place is None or place[1] is None:  # at the end of the document
        reason = says[: place.start()] if place else says
        if reason.startswith("Cannot"):
            return max((at for at, line in enumerate(lines) if line.strip()), default=0), reason
        return _last_opened(lines), "No end"
    return min(int(place[1]) - 1, len(lines) - 1), says[: place.start()]


def _last_opened(lines: list[str]) -> int:
    """The line of the text of several lines that is never closed; otherwise the last line that says anything."""
    for marks in ('"""', "'''"):
        holding = [at for at, line in enumerate(lines) if line.count(marks) % 2]
        if len(holding) % 2:
            return holding[-1]
    return max((at for at, line in enumerate(lines) if line.strip()), default=0)


def _in_words(reason: str, line: str) -> tuple[str, str]:
    if _SLASHED_DATE.search(line) or (_LIKE_A_DATE.search(line) and reason != "Invalid statement"):
        return _REASONS["Invalid date or datetime"]
    if _TRUTH.fullmatch(line):
        return "This is neither true nor false as TOML has them.", "Write true or false, in lowercase letters."
    if re.match(r"\s*[\w.-]+\s*==", line):
        return "There are two equals signs on this line.", 'Write one: name = "text".'
    if accented := _ACCENTED_NAME.match(line):
        return (
            f"A name cannot have the letter “{accented[1]}” in it.",
            "Use the letters a to z, digits, hyphens, and underscores.",
        )
    if reason in _REASONS:
        return _REASONS[reason]
    if reason.startswith(("Cannot declare", "Cannot mutate")):
        return _TWICE
    if reason == "No end" or reason.startswith("Illegal character '\\n'"):
        return _NO_END
    return "This line cannot be read.", "Check the quotation marks and brackets there."


def _follows(lines: list[str], last: int, at: int) -> bool:
    return last >= 0 and not any(line.strip() for line in lines[last + 1 : at])


def _leave_out(lines: list[str], at: int) -> int:
    """Empty a line; if it begins a table, also what belongs to it. Returns the last line that was emptied."""
    end = at + 1
    if lines[at].lstrip().startswith("["):
        while end < len(lines) and not lines[end].lstrip().startswith("["):
            end += 1
    lines[at:end] = [""] * (end - at)
    return end - 1


def _replace_value(lines: list[str], at: int) -> bool:
    """Replace a value that is no date by one, and put text without quotation marks between them."""
    if truth := _TRUTH.fullmatch(lines[at]):
        word = "true" if truth[1].lower() in ("true", "yes", "on") else "false"
        lines[at] = lines[at][: truth.start(1)] + word
        return True
    if re.match(r"\s*[\w.-]+\s*==", lines[at]):
        lines[at] = lines[at].replace("==", "=", 1)
        return True
    match = _BARE_VALUE.fullmatch(lines[at])
    if match is None:
        return False
    is_date = _LIKE_A_DATE.search(lines[at]) or _SLASHED_DATE.search(lines[at])
    lines[at] = match[1] + ("2000-01-01" if is_date else '"' + match[2].replace("\\", "\\\\") + '"')
    return True


def _straighten(lines: list[str], at: int) -> bool:
    """Make the quotation marks around the values of a line straight. Returns whether any were curly."""
    line = lines[at]
    if _THREE.search(line):
        lines[:] = [_THREE.sub('"""', each) for each in lines]
        return True
    if not _CURLY.search(line):
        return False
    lines[at] = _with_straight_quotes(line)
    return lines[at] != line


def _with_straight_quotes(line: str) -> str:
    new, position = "", 0
    while position < len(line):
        mark = line[position]
        if mark == "#":
            break
        end = _closing(line, position) if mark in f"\"'{_DOUBLE}{_SINGLE}" else -1
        if end < 0:
            new, position = new + mark, position + 1
            continue
        inside = line[position + 1 : end]
        if mark in "\"'" and line[end] == mark:
            new += line[position : end + 1]
        else:
            new += '"' + inside.replace("\\", "\\\\").replace('"', '\\"') + '"'
        position = end + 1
    return new + line[position:]


def _closing(line: str, start: int) -> int:
    """Where the text that begins with this mark ends: at a mark like it that a value may end with; -1 for nowhere."""
    straight, curly = ('"', _DOUBLE) if line[start] in f'"{_DOUBLE}' else ("'", _SINGLE)
    wanted = (straight, curly) if line[start] == straight else (curly, straight)
    for marks in wanted:
        for at in range(start + 1, len(line)):
            if line[at] in marks and line[at - 1] != "\\" and _ENDS_A_VALUE.match(line, at + 1):
                return at
    return -1
