"""Field codes, complete: Word joins the runs that a code is split over, so what a field does is read from all of them.

Fields let a Word file fetch, run and reveal things when it is opened; only their codes tell which of them do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from letters.docx.names import FLD_CHAR, FLD_SIMPLE, INSTR, Node, w

# Fields that fetch from outside, start a program or send commands to a printer (17.16.5, and those Word adds).
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
# Fields that reveal the computer or the person that opens the letter.
_TELLING = frozenset({"DOCVARIABLE", "FILENAME", "TEMPLATE", "USERADDRESS", "USERINITIALS", "USERNAME"})
_LINK = re.compile(r"HYPERLINK\s+(?!\\)\"?([^\"\s]+)", re.IGNORECASE)
_HARMLESS = re.compile(r"https?://|mailto:|#|\{[{%]", re.IGNORECASE)  # a tag is checked once it is filled


def field_codes(root: Node) -> Iterator[tuple[Node, str]]:
    """The code of every field of a part, with the node it begins at; a field nested in a code is a field of its own."""
    open_fields: list[tuple[Node, list[str] | None]] = []
    for node in root.iter(FLD_SIMPLE, FLD_CHAR, INSTR):
        if node.tag == FLD_SIMPLE:
            yield node, node.get(w("instr"), "")
        elif node.tag == INSTR:
            if open_fields and open_fields[-1][1] is not None:
                open_fields[-1][1].append(node.text or "")
            elif node.text:
                yield node, node.text  # outside any field, but Word may still read it as a code
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
    """What is wrong with a field and what to do about it; None for one that counts, refers or links to the web."""
    words = code.split()
    name = words[0].strip("\"'").upper() if words else ""
    if name in _ACTIVE:
        return "A field fetches something from outside the letter.", "Replace it with text."
    if name in _TELLING:
        return f"The field {name} reveals details of the computer that opens the letter.", "Replace it with text."
    if (link := _LINK.match(code.strip())) and not _HARMLESS.match(link[1]):
        return "A field links to something that is neither a web page nor an email address.", "Delete the link."
    return None
