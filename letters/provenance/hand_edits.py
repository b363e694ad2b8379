"""What counsel changed in a finished Word letter by hand, as tracked changes: rejected, it reads as it was written.

With its answers the letter is made again, and every word that stood there is shown. Without, what stood there is put
together from the library where it has the words, and marked as unknown where they were counsel's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date

from lxml import etree

from letters.docx.accepting import accepted
from letters.docx.markup import ALTERNATIVES, FALLBACK, P_PR, R_PR, SECT_PR, P, R, T, serialised
from letters.docx.package import Package, open_package
from letters.docx.redline import redline
from letters.errors import Problem, Usage
from letters.provenance.judging import LetterState
from letters.provenance.verify import Verification
from letters.provenance.words import paragraphs_of, sentences, stories_of

_UNKNOWN = "[a sentence whose words are not in the library]"
_BY = "Since the letter was written"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def redline_of(data: bytes, name: str, verdict: Verification, original: bytes | None = None) -> bytes:
    """The bytes of a .docx with every change of words tracked.

    Args:
        data: the letter as it is now.
        verdict: on it.
        original: the letter as it was written; without it, only words the library has can be shown as deleted.

    Raises:
        Usage: there is nothing to compare, or it is a PDF.
    """
    judged = verdict.judged
    if data.startswith(b"%PDF-"):
        raise Usage(Problem("A redline is made of a Word letter.", name, "Verify the .docx the PDF was printed from."))
    if judged.record is None or judged.state in (LetterState.UNKNOWN, LetterState.FORGED, LetterState.OTHER_SEAL):
        raise Usage(Problem(f"There is nothing to compare it with: {judged.state}.", name))
    new = accepted(open_package(data, name))
    old = _as_it_was(new, verdict) if original is None else open_package(original, name)
    return redline(old, new, by=_BY, on=_day(judged.record.dated))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date(1980, 1, 1)


# --- what stood there, put together ---


@dataclass(frozen=True)
class _Edit:
    """Sentences ``start`` to ``end`` of the text stood there as ``was``."""

    start: int
    end: int
    was: tuple[str, ...]


def _as_it_was(new: Package, verdict: Verification) -> Package:
    edits = [
        _Edit(each.change.at, each.change.at + len(each.change.now), tuple(was or _UNKNOWN for was in each.was))
        for each in verdict.findings
        if not each.change.in_heading
    ]
    parts, number = dict(new.parts), 0
    for part in stories_of(new):
        root = deepcopy(new.tree(part))
        for fallback in list(root.iter(FALLBACK)):  # said twice, for old programs
            if (holder := fallback.getparent()) is not None and holder.tag == ALTERNATIVES:
                holder.remove(fallback)
        number = _rewrite(root, number, edits)
        parts[part] = serialised(root)
    return Package(new.name, parts)


def _rewrite(root: etree._Element, number: int, edits: Sequence[_Edit]) -> int:
    """Put one part back; ``number`` sentences were before it. Returns how many are before the next."""
    nodes = [node for _, node in etree.iterwalk(root, events=("end",), tag=P)]
    said = paragraphs_of(etree.tostring(root, encoding="unicode"))
    for node, line in zip(nodes, said, strict=False):
        here = sentences(line)
        if not here:
            continue
        touched = [edit for edit in edits if _touches(edit, number, number + len(here))]
        if touched:
            _put_back(node, here, number, touched)
        number += len(here)
    return number


def _touches(edit: _Edit, start: int, end: int) -> bool:
    """Whether an edit begins or goes on in these sentences; what was only taken out counts where it stood before."""
    if edit.start == edit.end:
        return start <= edit.start < end
    return edit.start < end and edit.end > start


def _put_back(node: etree._Element, here: Sequence[str], number: int, edits: Sequence[_Edit]) -> None:
    """One paragraph as it was; whole paragraphs that are gone come back before it, one that is new goes."""
    kept: list[str] = []
    apart: list[str] = []
    waiting = {edit.start: edit for edit in edits if edit.start >= number}
    covered = {at for edit in edits for at in range(edit.start, edit.end)}
    for at, sentence in enumerate(here, number):
        if at in waiting:
            was = waiting[at].was
            (apart if at == number and waiting[at].end == at else kept).extend(was)
        if at not in covered:
            kept.append(sentence)
    for words in apart:
        node.addprevious(_paragraph(node, words))
    if kept:
        if kept != list(here):
            node.getparent().replace(node, _paragraph(node, " ".join(kept)))
    elif node.find(f"{P_PR}/{SECT_PR}") is None and _has_company(node):
        node.getparent().remove(node)


def _has_company(node: etree._Element) -> bool:
    return sum(1 for _ in node.getparent().iterchildren(P)) > 1


def _paragraph(like: etree._Element, words: str) -> etree._Element:
    """A paragraph that looks as ``like`` does and says ``words``."""
    found = etree.Element(P)
    if (properties := like.find(P_PR)) is not None:
        found.append(deepcopy(properties))
    run = etree.SubElement(found, R)
    if (look := next(_looks(like), None)) is not None:
        run.append(deepcopy(look))
    etree.SubElement(run, T, {_SPACE: "preserve"}).text = words
    return found


def _looks(paragraph: etree._Element) -> Iterator[etree._Element]:
    for run in paragraph.iterchildren(R):
        if run.find(T) is not None and (look := run.find(R_PR)) is not None:
            yield look
