"""The changes made by hand in a finished Word letter, as tracked changes. Rejecting them gives the original words.

If the caller has the original letter (made again from its answers), every original word is shown. Otherwise the
original is put together from sentences the library knows, with a placeholder for those it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date

from lxml import etree
from msgspec import Struct

from letters.docx.markup import remove, serialized
from letters.docx.names import ALTERNATIVES, FALLBACK, P_PR, R_PR, SECT_PR, SPACE, P, R, T
from letters.docx.package import Package, open_package
from letters.docx.redline import redline
from letters.docx.revisions import accepted
from letters.errors import Problem, Usage
from letters.provenance.letter_text import paragraphs_of, sentences, stories_of
from letters.provenance.record_comparison import LetterState
from letters.provenance.verify import Verification

_UNKNOWN = "[a sentence whose words are not in the library]"
_BY = "Since the letter was written"


def redline_of(data: bytes, name: str, verdict: Verification, original: bytes | None = None) -> bytes:
    """A .docx with every change of words tracked, as bytes.

    Args:
        data: the letter as it is now, a .docx.
        name: of the file, for messages.
        verdict: on the letter.
        original: the letter as it was written. Without it, deleted words can only be shown if the library knows them.

    Raises:
        Usage: the letter is a PDF, or has no record to compare it with.
    """
    comparison = verdict.comparison
    if data.startswith(b"%PDF-"):
        raise Usage(
            Problem("A redline can only be made of a Word letter.", name, "Use the .docx the PDF was made from.")
        )
    if comparison.record is None or comparison.state in (
        LetterState.UNKNOWN,
        LetterState.FORGED,
        LetterState.OTHER_SEAL,
    ):
        raise Usage(Problem(f"The letter has no usable record to compare it with ({comparison.state}).", name))
    new = accepted(open_package(data, name))
    old = _as_it_was(new, verdict) if original is None else open_package(original, name)
    return redline(old, new, by=_BY, on=_day(comparison.record.dated))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date(1980, 1, 1)


# --- the original, put together from what the library knows ---


class _TrackedEdit(Struct, frozen=True):
    """Sentences ``start`` to ``end`` (exclusive) of the text replaced the sentences ``was``."""

    start: int
    end: int
    was: tuple[str, ...]


def _as_it_was(new: Package, verdict: Verification) -> Package:
    edits = [
        _TrackedEdit(each.change.at, each.change.at + len(each.change.now), tuple(was or _UNKNOWN for was in each.was))
        for each in verdict.findings
        if not each.change.in_heading
    ]
    parts, number = dict(new.parts), 0
    for part in stories_of(new):
        root = deepcopy(new.tree(part))
        for fallback in list(root.iter(FALLBACK)):  # a second copy, for old programs
            if (holder := fallback.getparent()) is not None and holder.tag == ALTERNATIVES:
                holder.remove(fallback)
        number = _rewrite(root, number, edits)
        parts[part] = serialized(root)
    return Package(new.name, parts)


def _rewrite(root: etree._Element, number: int, edits: Sequence[_TrackedEdit]) -> int:
    """Restore one part. ``number`` sentences precede it; returns how many precede the next part."""
    nodes = [node for _, node in etree.iterwalk(root, events=("end",), tag=P)]
    lines = paragraphs_of(etree.tostring(root, encoding="unicode"))
    for node, line in zip(nodes, lines, strict=False):
        here = sentences(line)
        if not here:
            continue
        touched = [edit for edit in edits if _touches(edit, number, number + len(here))]
        if touched:
            _restore(node, here, number, touched)
        number += len(here)
    return number


def _touches(edit: _TrackedEdit, start: int, end: int) -> bool:
    """Whether an edit falls on these sentences. A deletion belongs to the sentence it preceded."""
    if edit.start == edit.end:
        return start <= edit.start < end
    return edit.start < end and edit.end > start


def _restore(node: etree._Element, here: Sequence[str], number: int, edits: Sequence[_TrackedEdit]) -> None:
    """Restore one paragraph: deleted paragraphs come back before it, and a new one is removed."""
    kept: list[str] = []
    before: list[str] = []
    waiting = {edit.start: edit for edit in edits if edit.start >= number}
    covered = {at for edit in edits for at in range(edit.start, edit.end)}
    for at, sentence in enumerate(here, number):
        if at in waiting:
            was = waiting[at].was
            (before if at == number and waiting[at].end == at else kept).extend(was)
        if at not in covered:
            kept.append(sentence)
    for words in before:
        node.addprevious(_paragraph(node, words))
    if kept:
        if kept != list(here):
            node.addprevious(_paragraph(node, " ".join(kept)))
            remove(node)
    elif node.find(f"{P_PR}/{SECT_PR}") is None and not _is_only_paragraph(node):
        remove(node)


def _is_only_paragraph(node: etree._Element) -> bool:
    return not any(next(node.itersiblings(P, preceding=preceding), None) is not None for preceding in (True, False))


def _paragraph(like: etree._Element, words: str) -> etree._Element:
    """A paragraph with these words, formatted like another one."""
    found = etree.Element(P)
    if (properties := like.find(P_PR)) is not None:
        found.append(deepcopy(properties))
    run = etree.SubElement(found, R)
    if (formatting := next(_run_formatting(like), None)) is not None:
        run.append(deepcopy(formatting))
    etree.SubElement(run, T, {SPACE: "preserve"}).text = words
    return found


def _run_formatting(paragraph: etree._Element) -> Iterator[etree._Element]:
    for run in paragraph.iterchildren(R):
        if run.find(T) is not None and (formatting := run.find(R_PR)) is not None:
            yield formatting
