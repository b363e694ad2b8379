"""Field codes, whole: Word joins what stands in several runs, so what a field does is read from all of it.

Fields are what lets a Word file fetch, run and tell things when it is opened; only the codes say which of them do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from letters.docx.markup import FLD_CHAR, FLD_SIMPLE, INSTR, w

# What fetches from outside, starts a program or speaks to a printer (ISO/IEC 29500-1, 17.16.5, and what Word adds).
_ACTIVE = frozenset(
    {
        "ADDIN",
        "AUTOTEXT",
        "AUTOTEXTLIST",
        "CONTROL",
        "DATABASE",
        "DDE",
        "DDEAUTO",
        "EMBED",
        "GLOSSARY",
        "HTMLCONTROL",
        "IMPORT",
        "INCLUDE",
        "INCLUDEPICTURE",
        "INCLUDETEXT",
        "LINK",
        "MACROBUTTON",
        "PRINT",
        "RD",
    }
)
# What tells of the machine and the person the letter is opened by.
_TELLING = frozenset({"DOCVARIABLE", "FILENAME", "TEMPLATE", "USERADDRESS", "USERINITIALS", "USERNAME"})
_LINK = re.compile(r"HYPERLINK\s+(?!\\)\"?([^\"\s]+)", re.IGNORECASE)
_HARMLESS = re.compile(r"https?://|mailto:|#|\{[{%]", re.IGNORECASE)  # a tag is judged once it is filled


def field_codes(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The code of every field of a part, with the node it begins at. A field inside a code counts on its own."""
    open_fields: list[tuple[etree._Element, list[str] | None]] = []
    for node in root.iter(FLD_SIMPLE, FLD_CHAR, INSTR):
        if node.tag == FLD_SIMPLE:
            yield node, node.get(w("instr"), "")
        elif node.tag == INSTR:
            if open_fields and open_fields[-1][1] is not None:
                open_fields[-1][1].append(node.text or "")
            elif node.text:
                yield node, node.text  # out of place; Word may still take it for a code
        else:
            state = node.get(w("fldCharType"))
            if state == "begin":
                open_fields.append((node, []))
            elif open_fields and state in ("separate", "end"):
                begun, code = open_fields[-1]
                if code is not None:
                    yield begun, "".join(code)
                    open_fields[-1] = begun, None
                if state == "end":
                    open_fields.pop()
    for begun, code in open_fields:
        if code:
            yield begun, "".join(code)


def why_refused(code: str) -> tuple[str, str] | None:
    """What is wrong with a field and what to do; None for one that only counts, refers or links to the web."""
    words = code.split()
    name = words[0].strip("\"'").upper() if words else ""
    if name in _ACTIVE:
        return "A field here fetches something from outside.", "Replace it by text."
    if name in _TELLING:
        return f"The field {name} here tells of the computer the letter is opened on.", "Replace it by text."
    if (link := _LINK.match(code.strip())) and not _HARMLESS.match(link[1]):
        return "A field here links to something that is no page of the web and no address for mail.", "Delete the link."
    return None
