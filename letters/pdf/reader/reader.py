"""Reads a .docx into a Document, with every style, number and field resolved as Word would show it.

The rules are those of ECMA-376 Part 1 (5th edition), cited by clause; where Word differs from it, Word's. Nothing is
dropped silently: what a Document cannot hold becomes a note with its location, and tracked changes are refused, because
nobody can say which of the two wordings is meant."""

from __future__ import annotations

import re

from letters.docx.attribute_values import flag, points, value_of
from letters.docx.markup import first_words
from letters.docx.names import DUBLIN_CORE, Node, w
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.document import Document
from letters.pdf.reader.context import NO_CELL_STYLE, ReadingContext
from letters.pdf.reader.sections import SectionReader

_TRACKED = tuple(w(name) for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"))


class TrackedChanges(LettersError):
    """The document contains tracked changes, so its wording is not final."""


def read_document(package: Package, *, title: str = "", language: str = "") -> Document:
    """Read an opened .docx.

    Args:
        title, language: of the letter, instead of those that the file names.

    Raises:
        TrackedChanges: it contains tracked changes.
        LettersError: it has no title or no language, or cannot be laid out.
    """
    context = ReadingContext(package)
    root = package.tree(package.main)
    body = root.find(w("body"))
    if body is None:
        raise LettersError(Problem("The document has no body.", where=package.name))
    _refuse_tracked_changes(package, root)
    title, language = _title_and_language(package, context, title, language)
    even_and_odd = flag(context.settings, "evenAndOddHeaders")
    sections = SectionReader(context, even_and_odd).read(body)
    _note_comments(context, root)
    return Document(
        language=language,
        title=title,
        sections=tuple(sections),
        even_and_odd=even_and_odd,
        default_tab=points(value_of(context.settings, "defaultTabStop"), 36.0) or 36.0,
        # Named for HTML's automatic spacing, but Word and LibreOffice apply it to all spacing (Part 1,
        # 17.15.3.27).
        spaces_add=flag(
            None if context.settings is None else context.settings.find(w("compat")),
            "doNotUseHTMLParagraphAutoSpacing",
        ),
        notes=tuple(context.notes),
    )


def _note_comments(context: ReadingContext, root: Node) -> None:
    has_comments = any(link.kind == "comments" for link in context.links.values())
    if has_comments and next(root.iter(w("commentReference")), None) is not None:
        context.notes.append(
            Problem(
                "Comments are not printed.",
                where=context.package.name,
                hint="Delete them in the Word file before it leaves the office.",
                code="comments",
            )
        )


def _refuse_tracked_changes(package: Package, root: Node) -> None:
    parts = {
        link.target
        for link in package.links(package.main).values()
        if link.kind in ("header", "footer", "footnotes", "endnotes")
    }
    found = [(node, package.main) for node in root.iter(*_TRACKED)]
    found += [
        (node, part) for part in sorted(parts) if part in package.parts for node in package.tree(part).iter(*_TRACKED)
    ]
    if not found:
        return
    node, part = found[0]
    paragraph = node if node.tag == w("p") else next(node.iterancestors(w("p")), node)
    everyone = list(root.iter(w("p")))
    where = f"paragraph {everyone.index(paragraph) + 1}" if part == package.main and paragraph in everyone else part
    count = len(found)
    raise TrackedChanges(
        Problem(
            f"The document contains {count} tracked change{'s' if count > 1 else ''}, the first in {where} "
            f"(“{first_words(paragraph)}”).",
            where=package.name,
            hint="Accept or reject them in Word: Review, Accept, Accept All Changes. Then save.",
            code="tracked-changes",
        )
    )


def _title_and_language(
    package: Package, context: ReadingContext, given_title: str, given_language: str
) -> tuple[str, str]:
    """From the document's properties; the language also from the styles. An accessible PDF needs both."""
    title = language = ""
    for link in package.links("").values():
        if link.kind.endswith("core-properties") and link.target in package.parts:
            core = package.tree(link.target)
            # A damaged file may have two such parts.
            title = title or " ".join((core.findtext(f"{{{DUBLIN_CORE}}}title") or "").split())
            language = language or (core.findtext(f"{{{DUBLIN_CORE}}}language") or "").strip()
    language = language or context.run_props(None, context.styles.default.get("paragraph", ""), NO_CELL_STYLE).get(
        "language", ""
    )
    title, language = given_title or title, given_language or language
    problems = []
    if not title:
        problems.append(
            Problem(
                "The document has no title, which an accessible PDF must show.",
                where=package.name,
                code="no-title",
                hint="In Word: File, Info, Properties, Title: enter one, such as “Answer to your request”.",
            )
        )
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        problems.append(
            Problem(
                "The document does not say which language it is in.",
                where=package.name,
                code="no-language",
                hint="In Word: select all, then Review, Language, Set Proofing Language. Then save.",
            )
        )
    if problems:
        raise LettersError(problems)
    return title, language
