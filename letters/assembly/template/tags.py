"""Tags as authors type them: finds them in a text, undoes Word's typography, and replaces them with tokens.

Word makes the quotes of a tag curly, capitalizes its first word and inserts invisible characters, and authors forget
braces. Everything doubtful is reported with the text it is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.errors import Problem

TEXT, ATTRIBUTE, CODE, PROPERTY = "text", "attribute", "code", "property"
LINK, IN_LINK = "link", "in_link"  # the whole address of a link, or its beginning; a part of one
CELL_WORDS = frozenset({"colspan", "cellbg", "vm", "hm"})
OBJECT = "\ufffc"  # placeholder for a picture, a field or a footnote mark


class TagPlace(Struct, frozen=True):
    """A place in a template: ``body, paragraph 3 under “Facts”, “Dear {{ name }},”``.

    Args:
        part: its name in messages, beginning with the file.
        number: of the paragraph, from 1; 0 for none.
        heading: the heading above it.
        words: the text of the paragraph.
    """

    part: str
    number: int = 0
    heading: str = ""
    words: str = ""

    def __str__(self) -> str:
        number = f"paragraph {self.number}" if self.number else ""
        heading = f" under “{short(self.heading, 40)}”" if self.heading else ""
        words = f"“{short(self.words)}”" if self.words else ""
        return ", ".join(filter(None, (self.part, number + heading, words)))

    def fault(self, message: str, hint: str = "", code: str = "") -> Problem:
        """A problem at this place."""
        return Problem(_shown(message), str(self), _shown(hint), code, about=self)


class Tag(Struct, frozen=True):
    """One tag.

    Args:
        raw: as the author typed it.
        mark: its opening braces: ``{{``, ``{%`` or ``{#``.
        level: what is removed with it: ``p`` paragraph, ``tr`` row, ``tc`` cell; empty for nothing.
        word: ``if``, ``for``, ``endif`` …; empty in a tag that prints a value.
        says: the rest, with straight quotes and plain dashes.
        medium: what it is filled into: text, an attribute, a field code, the address in one or a document property.
    """

    raw: str
    mark: str
    level: str
    word: str
    says: str
    place: TagPlace
    medium: str = TEXT

    def fault(self, message: str, hint: str = "", code: str = "template-syntax") -> Problem:
        """A problem with this tag."""
        return Problem(_shown(message), str(self.place), _shown(hint), code, about=self)


def paragraph_of(about: object) -> tuple[str, int] | None:
    """The paragraph that a problem is about, as part and number; None if it is about something else."""
    place = about.place if isinstance(about, Tag) else about
    return (place.part, place.number) if isinstance(place, TagPlace) else None


def _shown(text: str) -> str:
    """A text for readers, who are not shown the placeholder of a picture or a note mark."""
    return text.replace(OBJECT, "…") if OBJECT in text else text


# --- Finding tags in a text ---

_OPENING = pattern(r"\{[{%#]")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_DOUBLE = '"“”„‟«»″〝〞＂'  # noqa: RUF001
_SINGLE = "'‘’‚‛‹›′´`＇"  # noqa: RUF001
_FAMILY = {mark: family for family in (_DOUBLE, _SINGLE) for mark in family}
_QUOTE = pattern(f"[{_DOUBLE}{_SINGLE}]")
_PARTNER = {"“": "”", "„": "“”", "«": "»", "»": "«»", "‘": "’", "‚": "‘’", "‹": "›"}  # noqa: RUF001
DASHES = "‐‑‒–—―−﹘﹣－"  # noqa: RUF001


# Characters that Word or a keyboard may substitute for plain ones, outside quoted text.
class _Plain(dict[int, "str | int | None"]):
    """What is meant by each character, as `str.translate` takes it."""

    def __missing__(self, code: int) -> str | int | None:
        if code > 0x3000 and code != 0xFEFF:
            return code
        kind = unicodedata.category(chr(code))
        is_space = kind in ("Zs", "Zl", "Zp") or code in (9, 10, 11, 12, 13, 0x85)
        meant = self[code] = None if kind == "Cf" else " " if is_space else code
        return meant


_MEANT = {**dict.fromkeys(map(ord, DASHES), "-"), ord("≠"): "!=", ord("≤"): "<=", ord("≥"): ">="}
_PLAIN = _Plain(_MEANT)
_LONGEST_TAG = 1_000


class BadTag(Struct, frozen=True):
    """Something in a text that looks like a tag but is not one.

    Args:
        word: the instruction that it was probably meant to be: ``if``, ``endfor`` …
    """

    start: int
    message: str
    hint: str
    code: str
    word: str = ""


def scan(text: str) -> tuple[list[tuple[int, int]], list[BadTag]]:
    """Start and end of every tag in a text, and everything that only looks like a tag."""
    spans: list[tuple[int, int]] = []
    faults: list[BadTag] = []
    rest, position = list(text), 0
    while opening := _OPENING.search(text, position):
        start, inside = opening.span()
        close = _CLOSING[opening[0]]
        end = _end_of_tag(text, inside, close)
        if end is None:
            later = _OPENING.search(text, inside)
            end = later.start() if later else len(text)
            message = f"{close} is missing after “{short(text[start:end], 40)}”."
            word = _instruction(text[start:end])
            faults.append(BadTag(start, message, f"Close it with {close}.", "unclosed-tag", word))
        else:
            spans.append((start, end))
        rest[start:end] = "\0" * (end - start)
        position = end
    for match in _ESCAPE.finditer("".join(rest)):
        spans.append(match.span())
        rest[slice(*match.span())] = "\0" * 3
    return sorted(spans), sorted([*faults, *_strays("".join(rest))], key=lambda fault: fault.start)


def _end_of_tag(text: str, inside: int, close: str) -> int | None:
    """Where the tag ends, ignoring closing braces inside quotes. None if it has no end."""
    limit = min(len(text), inside + _LONGEST_TAG)
    first = end = text.find(close, inside, limit)
    if close == "#}":
        return end + 2 if end >= 0 else None
    for _ in range(8):
        if end < 0:
            break
        cut = pieces(text[inside:end])
        if cut is not None:
            bare = "".join(piece for quoted, piece in cut if not quoted)
            return None if _OPENING.search(bare) else end + 2
        end = text.find(close, end + 1, limit)
    return first + 2 if first >= 0 and not _OPENING.search(text, inside, first) else None


# docxtpl's way of printing braces: {_{ prints {{.
ESCAPES = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}
_ESCAPE = pattern("|".join(map(re.escape, ESCAPES)))

# Bounded, so that a page of braces takes no longer than a page of letters.
_WIDE = "\uff5b"  # the brace of a keyboard for Chinese or Japanese
_STRAY = pattern(
    r"\$\{\s?([\w.]{1,80})\s?\}|\{[^}\0]{0,80}\}+(?:\s\})?|[%#]\}|[{}]+|"
    r"\uff5b[{\uff5b%\uff05][^}\uff5d\0]{0,80}[}\uff5d]{1,2}|"
    r"\[\[\s?([\w.]{1,80})\s?\]\]|<<\s?([\w.]{1,80})\s?>>|«\s?([\w.]{1,80})\s?»|"
    r"(?<!\{)%([^\W\d][\w.]{0,79})%(?!\})|\$([^\W\d][\w.]{0,79})\$"
)


def _strays(rest: str) -> Iterator[BadTag]:
    for match in _STRAY.finditer(rest):
        name = next((group for group in match.groups() if group), match[0].strip("{}%# "))
        message, hint, code = _why_no_tag(match[0], name)
        touched = rest[max(0, match.start() - 1) : match.start()] + rest[match.end() : match.end() + 1]
        if match[0] in ("{", "}") and not any(map(str.isalnum, touched)):
            code = "lone-brace"
        yield BadTag(match.start(), message, hint, code, _instruction(match[0]))


_INSTRUCTION = pattern(
    r"[{\uff5b]+\s*[%\uff05]?[\s\-+]*(?:(?:p|tr|tc|r)\s+)?(if|elif|else|endif|for|endfor)\b", re.IGNORECASE
)


def _instruction(seen: str) -> str:
    found = _INSTRUCTION.match(seen)
    return found[1].lower() if found else ""


def _why_no_tag(seen: str, name: str) -> tuple[str, str, str]:
    """Message, hint and code for braces, brackets or quotes around ``name`` that look like a tag."""
    shown = f"“{short(seen, 40)}”"
    as_it_stands, write = f"{shown} is not a tag and would be printed as is.", f"Write {{{{ {name} }}}}."
    if seen[0] == _WIDE:
        return f"{shown} has full-width braces and would be printed as is.", "Write {{ name }}.", "not-a-tag"
    if seen[0] == "«" or seen[0] == seen[-1] in "%$":
        return as_it_stands, write, "perhaps-a-tag"
    if re.fullmatch(r"\w[\w.]*", name):
        return as_it_stands, write, "not-a-tag"
    if seen[0] == "{" and "}" in seen:
        hint = "A tag has two braces on each side: {{ name }}. To print a brace, write {{ '{' }}."
        return f"{shown} would be printed as is, including the braces.", hint, "not-a-tag"
    if "}" in seen:
        hint = "Put the opening braces before it, or delete it."
        return f"{shown} ends a tag that was never started.", hint, "unopened-tag"
    hint = "Write two braces, such as {{ name }}, or delete it."
    return f"{shown} starts an incomplete tag.", hint, "unclosed-tag"


def pieces(inside: str) -> list[tuple[bool, str]] | None:
    """The inside of a tag, split into pieces, each with whether it is quoted. None if a closing quote is missing."""
    found, position, plain = [], 0, 0
    while opening := _QUOTE.search(inside, position):
        position = opening.start()
        end = _closing_quote(inside, position, _FAMILY[opening[0]])
        if end is None:
            return None
        found += [(False, inside[plain:position]), (True, inside[position : end + 1])]
        position = plain = end + 1
    return [*found, (False, inside[plain:])]


def _closing_quote(inside: str, start: int, family: str) -> int | None:
    """Position of the closing quote: the partner of the opening one, or else any quote of the same family."""
    mark = inside[start]
    for wanted in (_PARTNER.get(mark, mark), family):
        for quote in _QUOTE.finditer(inside, start + 1):
            if quote[0] in wanted and inside[quote.start() - 1] != "\\":
                return quote.start()
    return None


def tidy(inside: str) -> str:
    """The inside of a tag as the author meant it: straight quotes around quoted text, plain dashes and spaces.

    Quoted text itself stays as typed, because it may be printed.
    """
    cut = pieces(inside)
    if cut is None:
        return inside.translate(_PLAIN).strip()
    tidied = []
    for quoted, piece in cut:
        if not quoted:
            tidied.append(piece.translate(_PLAIN))
        elif piece[0] == piece[-1] and piece[0] in "\"'":
            tidied.append(re.sub(r"[\t\r\n]", " ", piece))
        else:
            tidied.append('"' + re.sub(r"[\t\r\n]", " ", piece[1:-1]).replace('"', '\\"') + '"')
    return "".join(tidied).strip()


_FOLDED = _Plain({**_MEANT, **dict.fromkeys(map(ord, _DOUBLE), '"'), **dict.fromkeys(map(ord, _SINGLE), "'")})


def fold(text: str) -> str:
    """A text without typography, for comparing: a curly apostrophe equals a straight one."""
    return text if text.isascii() else text.translate(_FOLDED)


# --- Tokens ---


def substitute(text: str, found: list[tuple[int, int, int]], tags: list[Tag]) -> str:
    """A text with each tag replaced by its token."""
    for start, end, number in reversed(found):
        text = text[:start] + token(tags[number], number) + text[end:]
    return text


TOKEN = pattern(r"\{([{%#])\s*letters(\d+)\s*[}%#]\}")
# Anything that starts like a tag but is not a token.
NOT_A_TOKEN = pattern(r"\{[{%#](?!\s*(letters\d|vm |hm |(colspan|cellbg) letters\d))")


def token(tag: Tag, number: int) -> str:
    """The token that replaces a tag. It contains nothing that could confuse docxtpl's regular expressions."""
    if tag.mark == "{{":
        return f"{{{{ letters{number} }}}}"
    if tag.word in ("vm", "hm"):
        return f"{{% {tag.word} %}}"
    if tag.word in CELL_WORDS:
        return f"{{% {tag.word} letters{number} %}}"
    if tag.mark == "{%":
        return f"{{% letters{number} %}}"
    return f"{{# letters{number} #}}" if tag.level else ""


def short(text: str, width: int = 80) -> str:
    """A text on one line, cut to ``width`` characters."""
    start = text[: 20 * width]  # a page of text is not read for the beginning of a line
    words = " ".join(start.replace(OBJECT, " ").split())
    return words if len(words) <= width and len(start) == len(text) else words[: width - 1].rstrip() + "…"
