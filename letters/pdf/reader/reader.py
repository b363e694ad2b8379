"""Reads a .docx into a Document, with every style, number and field resolved as Word would show it.

The rules are those of ECMA-376 Part 1 (5th edition), cited by clause; where Word differs from it, Word's. Nothing is
dropped silently: what a Document cannot hold becomes a note with its location, and tracked changes are refused, because
nobody can say which of the two wordings is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from letters._text.held_together import has_held_citations
from letters.docx.attribute_values import flag, points, value_of
from letters.docx.markup import first_words
from letters.docx.names import Node, w
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.document import Document, ParagraphFormat, RunFormat
from letters.pdf.reader.bound_controls import stale_controls
from letters.pdf.reader.context import NO_CELL_STYLE, ReadingContext
from letters.pdf.reader.properties import properties_of
from letters.pdf.reader.sections import SectionReader

_TRACKED = tuple(w(name) for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"))


class TrackedChanges(LettersError):
    """The document contains tracked changes, so its wording is not final."""


def read_document(
    package: Package,
    *,
    title: str = "",
    language: str = "",
    usual_language: Callable[[], str] = str,
    holds_citations: bool = False,
) -> Document:
    """Read an opened .docx.

    Args:
        title, language: of the letter, instead of those that the file names.
        usual_language: gives that of a letter that does not say which language it is in; empty to refuse it.
        holds_citations: whether no line may break within a citation, or between a month and its day; otherwise none
            does where there are no-break spaces, as in Word.

    Raises:
        TrackedChanges: it contains tracked changes.
        LettersError: it has no language, or cannot be laid out.
    """
    context = ReadingContext(package)
    root = package.tree(package.main)
    body = root.find(w("body"))
    if body is None:
        raise LettersError(Problem("The document has no body.", where=package.name))
    _refuse_tracked_changes(package, root)
    properties = properties_of(package, context, title=title, language=language, usual_language=usual_language)
    context.notes += properties.notes
    even_and_odd = flag(context.settings, "evenAndOddHeaders")
    sections = SectionReader(context, even_and_odd).read(body)
    _note_comments(context, root)
    context.notes += stale_controls(package)
    return Document(
        language=properties.language,
        title=properties.title,
        sections=tuple(sections),
        even_and_odd=even_and_odd,
        default_tab=points(value_of(context.settings, "defaultTabStop"), 36.0) or 36.0,
        # Named for HTML's automatic spacing, but Word and LibreOffice apply it to all spacing (Part 1,
        # 17.15.3.27).
        spaces_add=not context.like_html,
        notes=tuple(context.notes),
        squeezes=context.since_word_2013,
        holds_citations=holds_citations or any(map(has_held_citations, _texts(package))),
        note_separator=_note_separator(context),
    )


def _texts(package: Package) -> Iterator[bytes]:
    """The parts with the words of a letter, first of all its own."""
    yield package.parts[package.main]
    yield from (data for name, data in package.parts.items() if name != package.main and name.endswith("notes.xml"))


def _note_separator(context: ReadingContext) -> tuple[ParagraphFormat, RunFormat] | None:
    node = context.note_texts.separator()
    if node is None:
        return None
    known = context.known_paragraph(node, NO_CELL_STYLE, breakable=True, in_margin=False)
    return known.layout, known.mark


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
