"""Proves that a Word letter and its PDF have the same words in the same order.

The words of the .docx are read from its XML, without the reader; only list labels, which are nowhere in the file, come
from the Document. Those of the PDF are decoded from the finished file, in the order of its structure tree, which is the
order in which it is read aloud. White space does not count. Headers and footers are repeated on many pages, so they are
compared page by page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from letters._text.lazy_pattern import pattern
from letters._text.usual_characters import RIGHT_TO_LEFT, is_usual
from letters.docx.names import RELATIONSHIPS, w
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.decoded_text import PdfWords
from letters.pdf.document import (
    Document,
    Footnote,
    Paragraph,
    Section,
    inlines,
    paragraphs,
)
from letters.pdf.kept_results import KeptResults
from letters.pdf.parity.overprint import refuse_overprint
from letters.pdf.parity.word_text import ANY_NUMBER, BACKWARDS, NOTE_MARK, Story, styles_of_words
from letters.pdf.written_file import OtherSyntax, words_of_written

_CONTEXT = 30
_LONGEST_NUMBER = 8
_MOST_STEPS = 5_000
"""How many steps to search for the order in which the paragraphs of a header were painted."""
_ROMAN = frozenset("ivxlcdmIVXLCDM")
LABEL_END = "\3"
"""Separates the label of a list paragraph from its words."""
# One glyph may serve several characters, so the character map of a font may name another one.
# Characters of the private use area mean something in one font only; the reader notes those that are left out.
_FIRST_PRIVATE = "\ue000"
_SAME_GLYPH = str.maketrans({
    "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u00ad": None, "\u200b": None, "\u2060": None,
    "\ufeff": None, BACKWARDS: None, LABEL_END: " ",
    "\u200c": None, "\u200d": None, "\u200e": None, "\u200f": None, "\u202a": None, "\u202b": None,
    "\u202c": None,
    "\u202d": None, "\u202e": None, "\u2066": None, "\u2067": None, "\u2068": None, "\u2069": None,
    "\u03bc": "\u00b5", "\u2219": "\u00b7", "\u22c5": "\u00b7", "\u02bc": "\u2019", "\u2044": "/",
    "\u2215": "/",
    "\u0394": "\u2206", "\u03a9": "\u2126", "\u02c9": "\u00af", "\u0110": "\u00d0", "\u0189": "\u00d0",
})  # fmt: skip
_IN_ONE_FONT = pattern(f"[{_FIRST_PRIVATE}-\uf8ff]")
_BACKWARDS = pattern(f"[{BACKWARDS}{RIGHT_TO_LEFT}]")


class WordsDiffer(LettersError):
    """The PDF does not have the words of the Word letter."""


def fold(text: str) -> str:
    """A text as it is compared: composed characters, no white space or invisible marks, one of each look-alike."""
    return "".join(map(_folded, text.split("\n")))


@lru_cache(maxsize=2_000)  # less than 4 MB of letters
def _folded(line: str) -> str:
    """The same for a line; letters of one kind have most lines in common."""
    line = unicodedata.normalize("NFC", line).replace(LABEL_END, " ")
    if not is_usual(line):
        line = _with_same_glyphs(line)
    return "".join(line.split())


@lru_cache(maxsize=2_000)
def _folded_in_any_case(line: str) -> str:
    """The same regardless of case."""
    return _folded(line.casefold())


def _with_same_glyphs(text: str) -> str:
    if max(text) >= _FIRST_PRIVATE:
        text = _IN_ONE_FONT.sub("", text)
    return text.translate(_SAME_GLYPH)


def check_pages(package: Package, document: Document, data: bytes) -> None:
    """Compare the words of a PDF with those of the .docx, and look for text over other text.

    Args:
        package: the Word file.
        document: what was read from it.
        data: the PDF.

    Raises:
        WordsDiffer: the PDF does not have the words of the .docx.
        TextOverText: on a page, text is printed over other text.
    """
    printed = _printed(data)
    _check_words(package, document, printed)
    refuse_overprint(printed.placed, package.name)


def _printed(data: bytes) -> PdfWords:
    """The words of the finished file, and where they are painted."""
    try:
        return words_of_written(data)
    except OtherSyntax:
        from letters.pdf.pdf_file import pdf_words  # here, because it imports much that few letters need

        return pdf_words(data, positions=True)


def _check_words(package: Package, document: Document, printed: PdfWords) -> None:
    # Capitals may be formatting (17.3.2.5, 17.3.2.33); then the letters are compared regardless of case.
    recase = str.casefold if document.facts.capitals else str
    numbers = _numbers(document)
    parts = _furniture_parts(package, document)
    first = document.sections[0]
    opening = parts[0].get(("header", _which(document, first, 0)), [])
    body, notes = _body(package, document)
    problem = None
    folded = _folded_in_any_case if recase is str.casefold else _folded
    if notes or "".join(map(folded, (*opening, *body))) != "".join(map(folded, printed.pieces)):
        lines = [recase(line) for line in [*opening, *body]]
        inserted = [(len(opening) + at, recase(note)) for at, note in notes]
        problem = difference(
            "\n".join(lines),
            recase("\n".join(printed.pieces)),
            [note for _, note in inserted],
            numbers,
            _with_notes(lines, inserted),
        )
    if problem is None and fold(printed.loose):
        problem = Problem(f"The PDF has words outside its structure: “{printed.loose[:60]}”.")
    if problem is None:
        problem = _furniture_difference(document, parts, printed, recase, numbers)
    if problem is not None:
        raise WordsDiffer(
            Problem(
                f"The PDF does not have the same words as the Word letter. {problem.message}",
                where=package.name,
                hint="No PDF was written. Please report this, with the Word letter, to whoever maintains Letters.",
                code="words-differ",
            )
        )


_NUMERALS = {
    "lowerRoman": "[ivxlcdm]+", "upperRoman": "[IVXLCDM]+", "lowerLetter": "[a-z]{1,4}", "upperLetter": "[A-Z]{1,4}",
    "numberInDash": "-[0-9]+-",
}  # fmt: skip


def _numbers(document: Document) -> str:
    """A pattern for a page number in any format that the letter uses."""
    shapes = document.facts.number_formats.union([section.page_number_format for section in document.sections])
    spelt = [pattern for shape, pattern in _NUMERALS.items() if shape in shapes]
    return f"(?:{'|'.join(['[0-9]+', *spelt])})"


def _body(package: Package, document: Document) -> tuple[list[str], list[tuple[int, str]]]:
    """The paragraphs of the text, and each footnote with the index of the paragraph that refers to it."""
    body = package.tree(package.main).find(w("body"))
    assert body is not None
    hidden = styles_of_words(package)
    story = Story(package, hidden, known=package.paragraphs(package.main))
    raw = story.read(body)
    read = [paragraph for section in document.sections for paragraph in paragraphs(section.blocks)]
    referring = read if Footnote in document.facts.kinds else []
    references = [item for paragraph in referring for item in inlines(paragraph.content) if isinstance(item, Footnote)]
    known = {
        (kind, node.get(w("id"), "")): node
        for link in package.links(package.main).values()
        for kind in ("footnote", "endnote")
        if link.kind == f"{kind}s" and link.target in package.parts
        for node in package.tree(link.target).iterchildren(w(kind))
    }
    notes: list[tuple[int, str]] = []
    ends: list[str] = []
    holders = [at for at, line in enumerate(raw) for _ in range(line.count(NOTE_MARK))]
    waiting = iter(references)
    for (kind, note_id), at in zip(story.notes, holders, strict=True):
        reference = next(waiting, None) if (kind, note_id) in known else None
        mark = "" if reference is None else reference.mark
        raw[at] = raw[at].replace(NOTE_MARK, mark, 1)
        if reference is None:
            continue
        note = Story(package, hidden)
        note.read(known[kind, note_id])
        note.out = [line.replace(NOTE_MARK, mark) for line in note.out]
        if reference.blocks:
            notes.append((at, "\n".join(_labelled(note, paragraphs(reference.blocks)))))
        else:
            ends += note.out
    return _labelled(story, read) + ends, notes


def _with_notes(lines: list[str], notes: list[tuple[int, str]]) -> list[str]:
    """Paragraphs followed by their footnotes, as they are read aloud."""
    found = list(lines)
    for at, note in notes:
        found[at] += note
    return found


def _labelled(story: Story, read: Iterable[Paragraph]) -> list[str]:
    """Raw paragraphs, each with its list label from the Document."""
    labels = {paragraph.location.index: paragraph.label.text for paragraph in read if paragraph.label is not None}
    return [f"{labels.get(at, '')}{LABEL_END}{text}" for at, text in zip(story.numbers, story.out, strict=True)]


def _furniture_parts(package: Package, document: Document) -> list[dict[tuple[str, str], list[str]]]:
    """The raw paragraphs of each section's headers and footers, by kind and pages.

    A section without a header or footer takes that of the section before (17.10.2).
    """
    links, hidden = package.links(package.main), styles_of_words(package)
    named: dict[tuple[str, str], str] = {}
    found: list[dict[tuple[str, str], list[str]]] = []
    sections = {section.number: section for section in document.sections}
    for at, node in enumerate(package.tree(package.main).iter(w("sectPr"))):
        for reference in node.iterchildren(w("headerReference"), w("footerReference")):
            kind = "header" if reference.tag == w("headerReference") else "footer"
            link = links.get(reference.get(f"{{{RELATIONSHIPS}}}id", ""))
            if link is not None and link.target in package.parts:
                named[kind, reference.get(w("type"), "default")] = link.target
        if at not in sections:
            continue  # it continues the one before on the same page
        found.append({})
        for (kind, which), target in named.items():
            blocks = getattr(getattr(sections[at], f"{kind}s"), which, ())
            key = package.parts[target], id(hidden), id(blocks)
            lines = _LINES_OF_STORIES.get(key)
            if lines is None:
                story = Story(package, hidden, known=package.paragraphs(target))
                story.read(package.tree(target))
                lines = _labelled(story, paragraphs(blocks))
                _LINES_OF_STORIES.keep(key, (hidden, blocks), lines, len(package.parts[target]))
            found[-1][kind, which] = lines
    return found or [{}]


_LINES_OF_STORIES = KeptResults[list[str]](500_000)
"""The lines of headers and footers, a number of bytes: letters have some of these parts in common, and the reader gives
the same blocks for them.
"""


def difference(
    wanted: str,
    printed: str,
    notes: Sequence[str] = (),
    numbers: str = "[0-9]+",
    lines: Sequence[str] | None = None,
) -> Problem | None:
    """The first words that differ, with their context; None if there are none.

    Right-to-left words come out of a PDF in the order in which they are painted, so in a paragraph with such words
    the letters are counted, without regard to their order.

    Args:
        wanted: the text of the Word file.
        printed: the text of the PDF.
        notes: footnotes, each of which must appear whole between words of ``wanted``, in this order.
        numbers: a pattern for page numbers.
        lines: ``wanted`` by paragraphs, each with its notes; without it, by lines.
    """
    one, other = fold(wanted), fold(printed)
    if one == other and not any(map(fold, notes)):
        return None
    reached = _reach(one, [note for note in map(fold, notes) if note], other, numbers)
    if reached is None or _same_by_paragraph(lines or wanted.split("\n"), other, numbers):
        return None
    at, there = reached
    return Problem(f"Word has “{_around(wanted, at)}”, the PDF has “{_around(printed, there)}”.")


_LONGEST_NUMBER = 40
"""The characters of the longest page number: that of page 1,000 in letters, such as “lll”, has 39."""


def _reach(one: str, notes: Sequence[str], other: str, numbers: str) -> tuple[int, int] | None:
    """How far two folded texts agree, as an index in each; None if they agree to the end, with all the notes."""
    number = re.compile(numbers)
    spelt = [re.compile(_pattern(note, numbers)) for note in notes]
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
            if note < len(notes) and (match := spelt[note].match(other, there)):
                open_ways.append((at, note + 1, match.end()))
            if at < len(one) and one[at] == ANY_NUMBER:
                longest = number.match(other, there, there + _LONGEST_NUMBER)
                ends = range(longest.end(), there, -1) if longest else ()  # the shortest is tried first
                open_ways += [(at + 1, note, end) for end in ends if number.fullmatch(other, there, end)]
                break
            if at >= len(one) or there >= len(other) or one[at] != other[there]:
                break
            at, there = at + 1, there + 1
    return best


def _made_of(pieces: list[str], shown: str, numbers: str) -> bool:
    """Whether ``shown`` consists of all the pieces, each once and whole, in any order."""
    left = Counter(piece for piece in pieces if piece)
    spelt = {piece: re.compile(_pattern(piece, numbers)) for piece in left}
    steps = 0

    def rest(at: int) -> bool:
        nonlocal steps
        steps += 1
        if at == len(shown):
            return not +left
        for piece in sorted(+left, key=len, reverse=True):
            match = spelt[piece].match(shown, at) if steps < _MOST_STEPS else None
            if match:
                left[piece] -= 1
                if rest(match.end()):
                    return True
                left[piece] += 1
        return False

    return rest(0)


def _is_spelt(folded: str, shown: str, numbers: str) -> bool:
    """Whether a folded text is shown, with any number in place of each page number."""
    before, *others = folded.split(ANY_NUMBER)
    if not others:
        return folded == shown
    if len(others) > 1:
        return re.fullmatch(_pattern(folded, numbers), shown) is not None
    after = others[0]  # as for most footers; to compile a pattern for each would take longer than to compare
    end = len(shown) - len(after)
    inside = end > len(before) and shown.startswith(before) and shown.endswith(after)
    return inside and re.compile(numbers).fullmatch(shown, len(before), end) is not None


def _pattern(folded: str, numbers: str) -> str:
    """A pattern for a folded text, with any number in place of a page number."""
    return numbers.join(re.escape(piece) for piece in folded.split(ANY_NUMBER))


_MIRRORED = str.maketrans("([{<«‹“‘", ")]}>»›”’")


def _same_by_paragraph(lines: Sequence[str], shown: str, numbers: str) -> bool:
    """Whether a text consists of these paragraphs in this order; in right-to-left ones letters may be in any order.

    A page number may be any number, so digits do not count where there is one.
    """
    figures = ANY_NUMBER in "".join(lines)

    def plain(text: str) -> str:
        text = unicodedata.normalize("NFKC", fold(text)).translate(_MIRRORED)
        kept = [c for c in text if unicodedata.bidirectional(c) != "NSM" and c != ANY_NUMBER]
        return "".join(c for c in kept if not (figures and c.isdigit()))

    def spelt(line: str) -> re.Pattern[str]:
        letters = numbers.replace("[0-9]+|", "").replace("[0-9]+", "") + "?"
        letters = "" if letters == "(?:)?" else letters
        return re.compile(letters.join(re.escape(plain(piece)) for piece in line.split(ANY_NUMBER)))

    rest = plain(shown)
    for line in lines:
        wanted = plain(line)
        if ANY_NUMBER in line and not _BACKWARDS.search(line) and (match := spelt(line).match(rest)):
            rest = rest[match.end() :]
            continue
        longest = len(wanted) + line.count(ANY_NUMBER) * _LONGEST_NUMBER
        backwards = _BACKWARDS.search(line) is not None
        for length in range(len(wanted), longest + 1):
            here = rest[:length]
            # A page number in Roman numerals or letters is somewhere among the other letters.
            extra = Counter(here) - Counter(wanted)
            if here == wanted or (backwards and Counter(wanted) <= Counter(here) and _ROMAN.issuperset(extra)):
                break
        else:
            return False
        rest = rest[len(here) :]
    return not rest


def _around(text: str, at: int) -> str:
    """The words around the ``at``-th character that counts."""
    counted, place = 0, len(text)
    for index, character in enumerate(text):
        if counted >= at:
            place = index
            break
        counted += len(fold(character))
    start, end = max(0, place - _CONTEXT), min(len(text), place + _CONTEXT)
    plain = text[start:end].replace(ANY_NUMBER, "#")
    shown = " ".join("".join([each if each.isprintable() else " " for each in plain]).split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}" if shown else "(nothing)"


def _furniture_difference(
    document: Document,
    parts: list[dict[tuple[str, str], list[str]]],
    printed: PdfWords,
    recase: Callable[[str], str],
    numbers: str,
) -> Problem | None:
    """The first page whose header and footer are not those of the letter.

    In a letter of several sections, any of its headers may be on any page.
    """
    for page, text in enumerate(printed.furniture):
        wanted = []
        for at, (section, held) in enumerate(zip(document.sections, parts, strict=False)):
            # The pages on which later sections begin are not known here, so any of their headers is accepted.
            kinds = [_which(document, section, page)] if len(document.sections) == 1 else ["default", "first", "even"]
            for which in kinds:
                # The header of the first page is the beginning of the text.
                header = held.get(("header", which), []) if page or at else []
                wanted.append(header + held.get(("footer", which), []))
        if len(document.sections) > 1:
            wanted.append([])
        shown = fold(recase(text))
        if not any(_says(shown, [recase(line) for line in lines], numbers) for lines in wanted):
            said = _with_same_glyphs(" ".join(wanted[0]))
            return Problem(f"On page {page + 1} the header and footer should be “{said}”, the PDF has “{text}”.")
    return None


def _which(document: Document, section: Section, page: int) -> str:
    """Which header and footer a page of the first section has; pages are counted from 0."""
    if page == 0 and section.title_page:
        return "first"
    return "even" if document.even_and_odd and (page + (section.first_page_number or 1)) % 2 == 0 else "default"


def _says(shown: str, lines: list[str], numbers: str) -> bool:
    """Whether the header and footer of a page are these paragraphs; those placed separately may be painted first."""
    # A label may be painted separately from its words.
    pieces = [fold(piece) for line in lines for piece in line.split(LABEL_END)]
    whole = "".join(pieces)
    return (
        _is_spelt(whole, shown, numbers)
        or _made_of(pieces, shown, numbers)
        or _same_by_paragraph([" ".join(lines)], shown, numbers)
    )
