"""The unfinished letter as a Word file to look at, with its blanks and the sentences that one answer decides shaded.

The letter is filled twice, with the answer as it is and with another one; a sentence that is not in both depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any, NamedTuple

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters.assembly.assembler import Assembler
from letters.assembly.template.draft_mark import mark_draft
from letters.assembly.template.package_editor import PackageEditor
from letters.docx.names import BR, R_PR, SPACE, P, R, T, w
from letters.docx.package import Package, members_of, open_package, package_of
from letters.errors import LettersError
from letters.interview.kind_choice import likely_kind
from letters.interview.letter_so_far import filled_with_blanks
from letters.interview.live_letter import Probe, another
from letters.interview.placeholders import BLANK, BLANK_END
from letters.interview.state import InterviewState
from letters.library.prompts import Question
from letters.library.validation import partial_letter
from letters.model.fields import get, put
from letters.model.values import Model

# After a word in lower case, a figure, or a closing mark; not after “U.S.”
_SENTENCE_END = pattern(r"(?<=[a-z0-9)”\]\ue011][.?!:]) +(?=[A-Z“\[\ue010])")
_BLANK_SHADE, SENTENCE_SHADE = "D5DBE1", "FFE9A8"
_GAPS = frozenset({BR, w("tab"), w("cr")})


class LetterPiece(NamedTuple):
    """A stretch of text: a blank, part of a sentence that the answer decides, or neither."""

    text: str
    is_blank: bool
    is_decided: bool


class MarkedLetter(Struct, frozen=True):
    """The letter so far.

    Args:
        package: the Word file.
        kind: the kind of letter.
        paragraphs: its text, paragraph by paragraph.
        is_decided: whether the answer in question changes any sentence.
        blanks: how many blanks there are.
        draft: why the finished letter would be a draft; empty if it would not.
    """

    package: Package
    kind: str
    paragraphs: list[list[LetterPiece]] = field(default_factory=list)
    is_decided: bool = False
    blanks: int = 0
    draft: str = ""


def marked_letter(
    assembler: Assembler, state: InterviewState, answers: Mapping[str, Any], question: Question | None
) -> MarkedLetter:
    """The letter with these answers.

    Args:
        question: the one whose answer decides about the sentences to shade; None to shade none.

    Raises:
        LettersError: the letter cannot be shown.
    """
    kind = likely_kind(state)
    docx, days = filled_with_blanks(assembler, state, kind, answers, "")
    package = open_package(docx, "the letter so far")
    other = _sentences(*_with_another_answer(assembler, state, kind, answers, question)) if question else None
    draft = _why_draft(assembler, state, kind, answers)
    shader = _Shader(days)
    editor = PackageEditor(package)
    for part in _parts(package):
        shader.shade(editor.tree(part), other.get(part, frozenset()) if other is not None else None)
    marked = editor.result()
    if draft:
        marked = package_of(mark_draft(_packed(marked), f"DRAFT: {draft}"), package.name)
    decided = any(piece.is_decided for pieces in shader.paragraphs for piece in pieces)
    return MarkedLetter(marked, kind, shader.paragraphs, decided, shader.blanks, draft)


def _packed(package: Package) -> Any:
    from letters.docx.package import write_parts

    return members_of(write_parts(package.parts))


def _why_draft(assembler: Assembler, state: InterviewState, kind: str, answers: Mapping[str, Any]) -> str:
    """Why the letter would be a draft for what it is made from; empty if it would not, or cannot be said yet."""
    letter = partial_letter({**answers, "kind": kind}, state.rulebook.form_of(kind))
    day = letter.date or state.today
    try:
        vetting = assembler.vetting(kind)
        return "" if vetting.is_vetted(day) else f"{kind} is not vetted"
    except LettersError:
        return ""


def _parts(package: Package) -> list[str]:
    """The parts of the letter that are shaded: headers, body, footers."""
    links = package.links(package.main).values()
    headers = [link.target for link in links if link.kind == "header" and link.target in package.parts]
    footers = [link.target for link in links if link.kind == "footer" and link.target in package.parts]
    return [*dict.fromkeys(headers), package.main, *dict.fromkeys(footers)]


def _with_another_answer(
    assembler: Assembler, state: InterviewState, kind: str, answers: Mapping[str, Any], question: Question
) -> tuple[bytes, dict[str, str]]:
    """The letter with another answer to this question."""
    name, value = question.field.name, get(answers, question.field.name)
    supposed = deepcopy(dict(answers))
    if question.field.kind in ("text", "list", "persons"):
        probe = Probe(question, state.today)
        return filled_with_blanks(assembler, state, kind, supposed, "", probe)
    if question.field.kind == "date":
        change: Any = Probe(question, (value or state.today) + timedelta(days=400))
        return filled_with_blanks(assembler, state, kind, supposed, "", change)
    if question.field.kind == "yes-no":
        put(supposed, name, not value)
    elif question.field.kind == "choice":
        put(supposed, name, another(question, value))
    else:
        put(supposed, name, None)
    return filled_with_blanks(assembler, state, kind, supposed, "", _unchanged)


def _unchanged(letter: Model) -> Model:
    return letter


def _sentences(docx: bytes, days: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The sentences of each part of a letter."""
    package = open_package(docx, "the letter so far")
    shader = _Shader(days)
    return {
        part: frozenset(
            " ".join(text.split())
            for paragraph in package.xml(part).iter(P)
            for text, _, _ in _split(shader.text_of(paragraph)[0])
        )
        for part in _parts(package)
    }


def _split(text: str) -> Iterator[tuple[str, int, int]]:
    """The sentences of a paragraph, with where they begin and end."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield text[start : end.start()], start, end.start()
        start = end.end()
    yield text[start:], start, len(text)


class _Shader:
    """Shades the runs of a letter.

    Args:
        days: how each placeholder day prints, and the text that replaces it.
    """

    def __init__(self, days: Mapping[str, str]) -> None:
        self._days = days
        self.paragraphs: list[list[LetterPiece]] = []
        self.blanks = 0

    def shade(self, root: etree._Element, other: frozenset[str] | None) -> None:
        """Shade all paragraphs below this node.

        Args:
            other: the sentences there are with another answer; None to shade blanks only.
        """
        for paragraph in list(root.iter(P)):
            text, nodes = self.text_of(paragraph)
            if not text.strip():
                continue
            decided = [False] * len(text)
            for sentence, start, end in _split(text):
                if other is not None and sentence.strip() and " ".join(sentence.split()) not in other:
                    decided[start:end] = [True] * (end - start)
            pieces: list[LetterPiece] = []
            at = 0
            for node, own in nodes:
                if node is None:
                    pieces.append(LetterPiece(own, False, False))
                else:
                    parts = list(_pieces(own, decided[at : at + len(own)]))
                    self._replace(node, parts)
                    pieces += parts
                at += len(own)
            self.paragraphs.append(list(_joined(pieces)))
            self.blanks += sum(piece.is_blank for piece in pieces)

    def text_of(self, paragraph: etree._Element) -> tuple[str, list[tuple[etree._Element | None, str]]]:
        """The text of a paragraph, and its text nodes; None stands for a tab or a line break."""
        nodes: list[tuple[etree._Element | None, str]] = []
        for run in paragraph.iter(R):
            if next(run.iterancestors(P)) is not paragraph:
                continue  # of a text box inside this paragraph
            for child in run:
                if child.tag == T:
                    text = child.text or ""
                    for day, shown in self._days.items():
                        text = text.replace(day, shown)
                    nodes.append((child, text))
                elif child.tag in _GAPS:
                    nodes.append((None, " "))
        return "".join(text for _, text in nodes), nodes

    def _replace(self, node: etree._Element, pieces: list[LetterPiece]) -> None:
        """Put the pieces in place of a text node, each shaded one in a run of its own."""
        run = node.getparent()
        assert run is not None
        if not any(piece.is_blank or piece.is_decided for piece in pieces):
            node.text = "".join(piece.text for piece in pieces)
            return
        after = list(node.itersiblings())
        look = run.find(R_PR)
        last = run
        for piece in pieces:
            last = _after(last, _run(look, piece))
        if after:
            rest = etree.Element(R)
            if look is not None:
                rest.append(deepcopy(look))
            rest.extend(after)
            _after(last, rest)
        run.remove(node)


def _after(place: etree._Element, new: etree._Element) -> etree._Element:
    place.addnext(new)
    return new


def _run(look: etree._Element | None, piece: LetterPiece) -> etree._Element:
    run = etree.Element(R)
    properties = deepcopy(look) if look is not None else etree.Element(R_PR)
    shade = _BLANK_SHADE if piece.is_blank else SENTENCE_SHADE if piece.is_decided else ""
    if shade:
        for old in properties.findall(w("shd")):
            properties.remove(old)
        properties.append(etree.Element(w("shd"), {w("val"): "clear", w("color"): "auto", w("fill"): shade}))
    if len(properties):
        run.append(properties)
    etree.SubElement(run, T, {SPACE: "preserve"}).text = piece.text
    return run


def _pieces(text: str, decided: list[bool]) -> Iterator[LetterPiece]:
    """A text node in pieces; a blank gets brackets."""
    start, in_blank = 0, False

    def piece(end: int) -> Iterator[LetterPiece]:
        if end > start:
            own = text[start:end]
            yield LetterPiece(f"[{own}]" if in_blank else own, in_blank, decided[start])

    for at, character in enumerate(text):
        if character in (BLANK, BLANK_END):
            yield from piece(at)
            start, in_blank = at + 1, character == BLANK
        elif at > start and decided[at] != decided[at - 1] and not in_blank:
            yield from piece(at)
            start = at
    yield from piece(len(text))


def _joined(pieces: list[LetterPiece]) -> Iterator[LetterPiece]:
    """Neighbors of one sort as one piece."""
    waiting: LetterPiece | None = None
    for piece in pieces:
        if waiting and waiting[1:] == piece[1:]:
            waiting = waiting._replace(text=waiting.text + piece.text)
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting
