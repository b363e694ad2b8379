r"""Field codes: what each field of a Word file does, and whether its result can be trusted in a finished letter.

Word keeps the last result of a field and shows it until somebody updates the field. A result that depends on the day,
the computer, the reader or another file may therefore be wrong without anyone noticing. So this is an allow-list: page
numbers and links are printed as usual, `COMPUTED` fields are computed from the letter itself, and any other field is
refused with what to write instead.

References are to ISO/IEC 29500-1, 17.16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.docx.names import FLD_CHAR, FLD_SIMPLE, INSTR, Node, P, w

PAGE_NUMBERS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
"""Fields that print a page number, which is known once the pages are laid out."""
COMPUTED = frozenset({"REF", "NOTEREF", "SEQ", "STYLEREF", "PAGEREF"})
"""Fields whose results follow from the words of the finished letter; that of PAGEREF from its pages."""
_MARKERS = frozenset({"XE", "TC", "TA"})  # mark a place for an index or a table of contents, and print nothing

# What to write instead of a field that is refused, by its name.
_DATE = "Write {{ date }}, which is the date of the letter."
_TAG = "Write a tag instead, such as {{ request.requester.name }}. `letters fields KIND` lists the names."
_TEXT = "Replace it with text: in Word, click the field and press Ctrl-Shift-F9."
_INSTEAD = {
    **dict.fromkeys(("DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "EDITTIME"), _DATE),
    **dict.fromkeys(("FILLIN", "ASK", "DOCVARIABLE", "DOCPROPERTY", "USERNAME", "USERINITIALS", "USERADDRESS"), _TAG),
    **dict.fromkeys(("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "ADDRESSBLOCK", "GREETINGLINE"), _TAG),
    **dict.fromkeys(("AUTHOR", "LASTSAVEDBY"), "Write {{ signatory.name }}, or the name."),
    **dict.fromkeys(("TITLE", "SUBJECT", "INFO"), "Type the words, or write a tag."),
    **dict.fromkeys(("IF", "COMPARE", "NEXTIF", "SKIPIF"), "Write {% if … %} … {% else %} … {% endif %}."),
    **dict.fromkeys(("SET", "QUOTE"), "Type the words where they are printed, or write a tag."),
    **dict.fromkeys(("=", "FORMULA"), "Write the number, or a tag for it."),
    "TOC": "Delete it. A letter that needs a list of its sections can list them as text.",
    **dict.fromkeys(("LISTNUM", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT"), "Number the paragraphs with a list in Word."),
    **dict.fromkeys(("SYMBOL", "ADVANCE", "EQ"), "Type the characters, with Insert, Symbol in Word."),
}
# Fields that fetch from outside, start a program or send commands to a printer (17.16.5, and those Word adds).
_ACTIVE = frozenset({
    "ADDIN", "AUTOTEXT", "AUTOTEXTLIST", "CONTROL", "DATABASE", "DDE", "DDEAUTO", "EMBED", "GLOSSARY", "HTMLCONTROL",
    "IMPORT", "INCLUDE", "INCLUDEPICTURE", "INCLUDETEXT", "LINK", "MACROBUTTON", "PRINT", "RD",
})  # fmt: skip
_DAY = frozenset({"DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "EDITTIME"})
_REVEALING = frozenset({
    "AUTHOR", "DOCVARIABLE", "FILENAME", "FILESIZE", "LASTSAVEDBY", "TEMPLATE", "USERADDRESS", "USERINITIALS",
    "USERNAME",
})  # fmt: skip
_TOKEN = pattern(r'\\(?:[@#*]|[^\s"\\])|"((?:[^"\\]|\\.)*)"?|[^\s"\\]+|\\', re.DOTALL)
_FORMULA = pattern(r"\s*=")
# Switches that take a value, by field (17.16.4, 17.16.5); every field may have \*, \# and \@.
_GENERAL = frozenset({"\\*", "\\#", "\\@"})
_VALUED: dict[str, frozenset[str]] = {
    "HYPERLINK": frozenset({"\\l", "\\o", "\\t"}),
    "REF": frozenset({"\\d"}),
    "SEQ": frozenset({"\\r", "\\s"}),
}
_WEB = pattern(r"(?:https?://|mailto:)", re.IGNORECASE)


class FieldInstruction(Struct, frozen=True):
    r"""A field code, parsed.

    Args:
        name: of the field, in capitals; ``=`` for a formula.
        arguments: what follows the name, without quotation marks.
        switches: each switch as typed, such as ``\h``, with its value or an empty text.
    """

    name: str
    arguments: tuple[str, ...] = ()
    switches: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: str) -> FieldInstruction:
        if _FORMULA.match(code):
            return cls("=", (code.strip()[1:].strip(),))
        tokens = [(found[0], found[1] if found[1] is not None else found[0]) for found in _TOKEN.finditer(code)]
        if not tokens:
            return cls("")
        name = tokens[0][1].strip("\"'").upper()
        valued = _GENERAL | _VALUED.get(name, frozenset())
        arguments: list[str] = []
        switches: list[tuple[str, str]] = []
        waiting = iter(tokens[1:])
        for raw, text in waiting:
            if not raw.startswith("\\"):
                arguments.append(text)
            elif (switch := raw.casefold()) in valued:
                switches.append((switch, next(waiting, ("", ""))[1]))
            else:
                switches.append((switch, ""))
        return cls(name, tuple(arguments), tuple(switches))

    def has(self, switch: str) -> bool:
        return any(name == switch for name, _ in self.switches)

    def values(self, switch: str) -> list[str]:
        """The values of a switch, which may be repeated."""
        return [value for name, value in self.switches if name == switch]

    @property
    def target(self) -> str:
        """The first argument: of REF its bookmark, of HYPERLINK its address."""
        return self.arguments[0] if self.arguments else ""


class FieldMarkup(Struct):
    """One field of a part.

    Args:
        begin: the ``w:fldSimple``, or the ``w:fldChar`` that begins the field.
        code: as typed.
        separate, end: the other marks of a complex field; None if the field has none.
        nested: whether another field is part of its code, so that its code is not known.
    """

    begin: Node
    code: str = ""
    separate: Node | None = None
    end: Node | None = None
    nested: bool = False
    _pieces: list[str] = field(default_factory=list)

    @property
    def parsed(self) -> FieldInstruction:
        return FieldInstruction.of(self.code)

    @property
    def paragraph(self) -> Node | None:
        return next(self.begin.iterancestors(P), None)


def copied_name(name: str, copy: int) -> str:
    """The name of a bookmark that a loop repeats, which would otherwise occur twice; Word allows 40 characters."""
    return f"{name[:31]}_copy{copy}"


def unclosed(root: Node) -> frozenset[Node]:
    """The begin marks in a part that no end mark belongs to: they begin no field, and what follows is plain text."""
    open_: list[Node] = []
    for mark in root.iter(FLD_CHAR):
        kind = mark.get(w("fldCharType"))
        if kind == "begin":
            open_.append(mark)
        elif kind == "end" and open_:
            open_.pop()
    return frozenset(open_)


def fields(root: Node) -> list[FieldMarkup]:
    """Every field of a part, in the order in which they begin; a field inside another is a field of its own."""
    found: list[FieldMarkup] = []
    open_: list[FieldMarkup] = []
    for node in root.iter(FLD_SIMPLE, FLD_CHAR, INSTR):
        if node.tag == FLD_SIMPLE:
            _inside_code(open_)
            found.append(FieldMarkup(node, node.get(w("instr"), "")))
        elif node.tag == INSTR:
            if open_ and open_[-1].separate is None:
                open_[-1]._pieces.append(node.text or "")
            elif node.text and node.text.strip():
                found.append(FieldMarkup(node, node.text))  # outside any code, but Word may still read it as one
        else:
            state = node.get(w("fldCharType"))
            if state == "begin":
                _inside_code(open_)
                open_.append(FieldMarkup(node))
                found.append(open_[-1])
            elif open_ and state == "separate":
                open_[-1].separate = node
            elif open_ and state == "end":
                open_.pop().end = node
    for each in found:
        each.code = each.code or "".join(each._pieces)
    return found


def _inside_code(open_: list[FieldMarkup]) -> None:
    if open_ and open_[-1].separate is None:
        open_[-1].nested = True


def field_codes(root: Node) -> Iterator[tuple[Node, str]]:
    """The code of every field of a part, with the node it begins at."""
    for each in fields(root):
        yield each.begin, each.code


def has_computed_fields(root: Node) -> bool:
    """Whether a part has a field whose result is computed."""
    return any(each.parsed.name in COMPUTED for each in fields(root))


def why_refused(code: str, *, nested: bool = False) -> tuple[str, str, str] | None:
    """What is wrong with a field, what to do about it, and a code for scripts; None if the field is allowed.

    Args:
        nested: whether another field is part of the code.
    """
    parsed = FieldInstruction.of(code)
    name = parsed.name
    if name in _ACTIVE:
        return "A field fetches something from outside the letter.", "Replace it with text.", "outside"
    if name == "HYPERLINK":
        message = "A field links to something that is neither a web page nor an email address."
        return None if is_harmless_link(parsed.target) else (message, "Delete the link.", "outside")
    hint = _INSTEAD.get(name, _TEXT)
    if nested:
        return f"Another field determines what the field {name[:40]} does.", hint, "field"
    if name in PAGE_NUMBERS or name in _MARKERS or name in COMPUTED:
        return None
    if not name:
        return "A field has no code, so nothing says what it prints.", _TEXT, "field"
    if name == "MERGEFIELD":
        return *_merge_field(parsed), "field"
    if name in _DAY:
        message = f"The field {name} prints the day or time at which Word last updated it, not the date of the letter."
        return message, hint, "field"
    if name in _REVEALING:
        return f"The field {name} reveals details of the computer that opens the letter.", hint, "outside"
    return f"The field {name[:40]} prints what Word last stored in it, which may be out of date.", hint, "field"


def _merge_field(parsed: FieldInstruction) -> tuple[str, str]:
    name = name_for(parsed.target) or "name"
    message = f"The merge field “{parsed.target}” is not filled; its placeholder would be printed."
    return message, f"Write a tag such as {{{{ {name} }}}}. `letters fields KIND` lists the names."


def name_for(target: str) -> str:
    """What a tag in place of the merge field ``target`` may use as a name; empty if nothing is left of it."""
    return re.sub(r"\W+", "_", target).strip("_").casefold()


def is_harmless_link(target: str) -> bool:
    """Whether a link goes to a web page, an email address or a place in the letter.

    A target with a tag counts as harmless here; it is checked once the tag is filled.
    """
    return not target or target.startswith(("#", "{{", "{%")) or is_web_link(target)


def is_web_link(target: str) -> bool:
    """Whether a link goes to a web page or an email address."""
    return _WEB.match(target) is not None
