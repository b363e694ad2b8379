"""Proves that the Word letter and its PDF hold the same words, in the same order.

The .docx side is read straight from its XML, past ``reader``; only list labels, which stand nowhere in the
file, come from the Document. The PDF side is decoded from the finished file's own content streams, through
the fonts' own character maps, and put in the order of the structure tree: the order in which it is read
aloud. White space does not count. Headers and footers are printed on many pages, so they are held apart and
compared as a set of words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from letters.errors import LettersError, Problem
from letters.package import Package, R
from letters.printing.document import Document, Field, Footnote, Label, Paragraph, Text, footnotes, inlines, paragraphs
from letters.printing.pdf_text import PdfWords, pdf_words
from letters.printing.reader_xml import w
from letters.printing.word_text import ANY_NUMBER, NOTE_MARK, Story, hidden_styles

_CONTEXT = 30
# The same glyph serves several characters, so a font's own map may name the other one.
_SAME_GLYPH = str.maketrans({
    "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u00ad": None, "\u200b": None, "\u2060": None,
    "\ufeff": None,
    "\u200c": None, "\u200d": None, "\u200e": None, "\u200f": None, "\u202a": None, "\u202b": None,
    "\u202c": None,
    "\u202d": None, "\u202e": None, "\u2066": None, "\u2067": None, "\u2068": None, "\u2069": None,
    "\u03bc": "\u00b5", "\u2219": "\u00b7", "\u22c5": "\u00b7", "\u02bc": "\u2019", "\u2044": "/",
    "\u2215": "/",
    "\u0394": "\u2206", "\u03a9": "\u2126", "\u02c9": "\u00af", "\u0110": "\u00d0", "\u0189": "\u00d0",
})  # fmt: skip
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class WordsDiffer(LettersError):
    """The PDF does not say what the Word letter says."""


def fold(text: str) -> str:
    """What counts of a text: composed letters, no white space, no invisible marks, one of each look-alike."""
    text = unicodedata.normalize("NFC", text).translate(_SAME_GLYPH)
    return "".join(text.split())


def check_words(package: Package, document: Document, data: bytes) -> None:
    """Raise WordsDiffer unless the PDF ``data`` says what the .docx says."""
    printed = pdf_words(data)
    # Capitals may be the font's doing (17.3.2.5, 17.3.2.33); then only the letters count, not their case.
    recase = str.casefold if _uses_capitals(document) else str
    numbers = _numbers(document)
    parts = _furniture_parts(package, document)
    first = document.sections[0]
    opening = parts.get(("header", "first" if first.title_page else "default"), [])
    body, notes = _body(package, document)
    wanted = recase("\n".join(opening) + "\n" + body)
    problem = difference(wanted, recase(printed.body), [recase(note) for note in notes], numbers)
    if problem is None and fold(printed.loose):
        problem = Problem(f"The PDF holds words outside its structure: “{printed.loose[:60]}”.")
    if problem is None:
        problem = _furniture_difference(document, parts, printed, recase, numbers)
    if problem is not None:
        raise WordsDiffer(
            Problem(
                f"The PDF does not say the same as the Word letter. {problem.message}",
                where=package.name,
                hint=("Send the Word letter to whoever keeps Letters, so that this can be mended; no PDF was written."),
                code="words-differ",
            )
        )


def _uses_capitals(document: Document) -> bool:
    return any(
        item.format.caps or item.format.small_caps
        for paragraph in _all_paragraphs(document)
        for item in (*inlines(paragraph.content), *([paragraph.label] if paragraph.label is not None else []))
        if isinstance(item, Text | Label)
    )


def _all_paragraphs(document: Document) -> Iterator[Paragraph]:
    for section in document.sections:
        for furniture in (section.headers, section.footers):
            for blocks in (furniture.default, furniture.first, furniture.even):
                yield from paragraphs(blocks)
        for paragraph in paragraphs(section.blocks):
            yield paragraph
            yield from footnotes(paragraph)


_NUMERALS = {
    "lowerRoman": "[ivxlcdm]+", "upperRoman": "[IVXLCDM]+", "lowerLetter": "[a-z]{1,4}", "upperLetter": "[A-Z]{1,4}",
    "numberInDash": "-[0-9]+-",
}  # fmt: skip


def _numbers(document: Document) -> str:
    """A pattern for a page number as this letter may spell it."""
    shapes = {section.page_shape for section in document.sections}
    shapes |= {
        item.shape
        for paragraph in _all_paragraphs(document)
        for item in inlines(paragraph.content)
        if isinstance(item, Field)
    }
    spelt = [pattern for shape, pattern in _NUMERALS.items() if shape in shapes]
    return f"(?:{'|'.join(['[0-9]+', *spelt])})"


def _body(package: Package, document: Document) -> tuple[str, list[str]]:
    """The words of the text, and those of each footnote."""
    body = package.tree(package.main).find(w("body"))
    assert body is not None
    hidden = hidden_styles(package)
    story = Story(hidden)
    raw = story.read(body)
    read = [paragraph for section in document.sections for paragraph in paragraphs(section.blocks)]
    references = [item for paragraph in read for item in inlines(paragraph.content) if isinstance(item, Footnote)]
    known = {
        (kind, node.get(w("id"), "")): node
        for link in package.links(package.main).values()
        for kind in ("footnote", "endnote")
        if link.kind == f"{kind}s" and link.target in package.parts
        for node in package.tree(link.target).iterchildren(w(kind))
    }
    told, notes, marks = len(raw), [], []
    waiting = iter(references)
    for kind, note_id in story.notes:
        reference = next(waiting, None) if (kind, note_id) in known else None
        marks.append("" if reference is None else reference.mark)
        if reference is None:
            continue
        lines = [line.replace(NOTE_MARK, reference.mark) for line in Story(hidden).read(known[kind, note_id])]
        if kind == "footnote":
            notes.append("\n".join(_labelled(lines, list(paragraphs(reference.blocks)))))
        else:
            raw += lines
    text = "\n".join(_labelled(raw[:told], read) + _labelled(raw[told:], read[told:]))
    for mark in marks:
        text = text.replace(NOTE_MARK, mark, 1)
    return text, notes


def _labelled(raw: list[str], read: list[Paragraph]) -> list[str]:
    """Raw paragraphs, each with the list label the Document gives it; both sides count paragraphs alike."""
    labels = [paragraph.label.text if paragraph.label is not None else "" for paragraph in read]
    labels += [""] * (len(raw) - len(labels))
    return [f"{label} {text}" for label, text in zip(labels, raw, strict=False)]


def _furniture_parts(package: Package, document: Document) -> dict[tuple[str, str], list[str]]:
    """Raw paragraphs of the headers and footers in use: by kind and which; a later section's is added with its
    number.
    """
    links, hidden = package.links(package.main), hidden_styles(package)
    found: dict[tuple[str, str], list[str]] = {}
    for at, node in enumerate(package.tree(package.main).iter(w("sectPr"))):
        for reference in node.iterchildren(w("headerReference"), w("footerReference")):
            kind = "header" if reference.tag == w("headerReference") else "footer"
            which = reference.get(w("type"), "default")
            link = links.get(reference.get(f"{{{R}}}id", ""))
            if link is None or link.target not in package.parts or which not in ("default", "first", "even"):
                continue
            raw = Story(hidden).read(package.tree(link.target))
            section = document.sections[min(at, len(document.sections) - 1)]
            blocks = getattr(section.headers if kind == "header" else section.footers, which)
            key = (kind, which) if (kind, which) not in found else (kind, f"{which} {at}")
            found[key] = _labelled(raw, list(paragraphs(blocks)))
    return found


def difference(wanted: str, printed: str, notes: Sequence[str] = (), numbers: str = "[0-9]+") -> Problem | None:
    """The first words that differ, with what stands round them; None when both say the same.

    Right-to-left words come out of a PDF in the order they are painted, so there letters are counted, not
    ordered.

    Args:
        notes: footnotes, each of which must stand whole between words of ``wanted``, one after another.
        numbers: a pattern for page numbers.
    """
    one, other = fold(wanted), fold(printed)
    inserted = [note for note in map(fold, notes) if note]
    reached = _reach(one, inserted, other, numbers)
    if reached is None:
        return None
    whole = one + "".join(inserted)
    if (_RIGHT_TO_LEFT.search(whole) or _RIGHT_TO_LEFT.search(other)) and _same_but_right_to_left(whole, other):
        return None
    at, there = reached
    return Problem(f"Word has “{_around(wanted, at)}”, the PDF has “{_around(printed, there)}”.")


def _reach(one: str, notes: Sequence[str], other: str, numbers: str) -> tuple[int, int] | None:
    """How far two folded texts agree, in each; None when they agree to the end, with all the notes."""
    number = re.compile(numbers)
    open_ways, seen = [(0, 0, 0)], set()
    best = (0, 0)
    while open_ways:
        at, note, there = way = open_ways.pop()
        if way in seen:
            continue
        seen.add(way)
        while True:
            if there > best[1]:
                best = (at, there)
            if at == len(one) and there == len(other) and note == len(notes):
                return None
            if note < len(notes) and other.startswith(notes[note], there):
                open_ways.append((at, note + 1, there + len(notes[note])))
            if at < len(one) and one[at] == ANY_NUMBER:
                longest = number.match(other, there)
                ends = range(there + 1, longest.end() + 1) if longest else ()
                open_ways += [(at + 1, note, end) for end in ends if number.fullmatch(other, there, end)]
                break
            if at >= len(one) or there >= len(other) or one[at] != other[there]:
                break
            at, there = at + 1, there + 1
    return best


def _made_of(pieces: list[str], shown: str, numbers: str) -> bool:
    """Whether ``shown`` is all the pieces, each once and whole, in whatever order they were painted."""
    left = Counter(piece for piece in pieces if piece)
    spelt = {piece: re.compile(_pattern(piece, numbers)) for piece in left}

    def rest(at: int, steps: int) -> bool:
        if at == len(shown):
            return not +left
        for piece in list(+left):
            match = spelt[piece].match(shown, at)
            if match and steps < 10_000:
                left[piece] -= 1
                if rest(match.end(), steps + 1):
                    return True
                left[piece] += 1
        return False

    return rest(0, 0)


def _pattern(folded: str, numbers: str) -> str:
    """``folded`` with any number where a page number stands."""
    return numbers.join(re.escape(piece) for piece in folded.split(ANY_NUMBER))


def _same_but_right_to_left(one: str, other: str) -> bool:
    """Left-to-right letters must match in order, all others in number."""
    if ANY_NUMBER in one:  # a page number may be any figure, so figures cannot be counted
        one, other = ("".join(c for c in text if c != ANY_NUMBER and not c.isdigit()) for text in (one, other))

    def straight(text: str) -> str:
        return "".join(c for c in text if unicodedata.bidirectional(c) == "L")

    def bag(text: str) -> Counter[str]:
        text = unicodedata.normalize("NFKC", text).translate(str.maketrans("([{<«", ")]}>»"))
        return Counter(c for c in text if unicodedata.bidirectional(c) not in ("L", "NSM"))

    return straight(one) == straight(other) and bag(one) == bag(other)


def _around(text: str, at: int) -> str:
    """The words of ``text`` round the ``at``-th character that counts."""
    counted, place = 0, len(text)
    for index, character in enumerate(text):
        if counted >= at:
            place = index
            break
        counted += len(fold(character))
    start, end = max(0, place - _CONTEXT), min(len(text), place + _CONTEXT)
    shown = " ".join(text[start:end].replace(ANY_NUMBER, "#").split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}" if shown else "(nothing)"


def _furniture_difference(
    document: Document,
    parts: dict[tuple[str, str], list[str]],
    printed: PdfWords,
    recase: Callable[[str], str],
    numbers: str,
) -> Problem | None:
    """Each page's furniture is one header and one footer of the letter: the right ones, where there is one
    section.
    """
    one_section = len(document.sections) == 1
    first = document.sections[0]
    for page, text in enumerate(printed.furniture):
        which = "default"
        if page == 0 and first.title_page:
            which = "first"
        elif document.even_and_odd and (page + (first.first_page_number or 1)) % 2 == 0:
            which = "even"
        choices: dict[str, list[list[str]]] = {}
        for kind in ("header", "footer"):
            if one_section:
                choices[kind] = [parts.get((kind, which), [])]
            else:
                choices[kind] = [words for (of, _), words in parts.items() if of == kind] + [[]]
            if kind == "header" and page == 0:
                choices[kind] = [[]]  # printed as the beginning of the text
        shown = fold(recase(text))
        wanted = [header + footer for header in choices["header"] for footer in choices["footer"]]
        if not any(_says(shown, [fold(recase(line)) for line in lines], numbers) for lines in wanted):
            said = " ".join(wanted[0])
            return Problem(f"On page {page + 1} the header and footer should be “{said}”, the PDF has “{text}”.")
    return None


def _says(shown: str, lines: list[str], numbers: str) -> bool:
    """Whether a page's furniture is these paragraphs; what stands at a place of its own may be painted first."""
    whole = "".join(lines)
    return (
        re.fullmatch(_pattern(whole, numbers), shown) is not None
        or _same_but_right_to_left(whole, shown)
        or _made_of(lines, shown, numbers)
    )
