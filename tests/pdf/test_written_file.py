"""Reading back what was just written: without pikepdf, strictly, and with the same result as with it."""

from __future__ import annotations

import re

import pytest
from helpers.documents import docx, paragraph
from helpers.pages import DATED
from helpers.random_letters import random_letter

from letters.pdf.convert import convert
from letters.pdf.decoded_text import PdfWords
from letters.pdf.pdf_file import pdf_words
from letters.pdf.written_file import OtherSyntax, words_of_written


def everything(words: PdfWords) -> object:
    """All that is read of a PDF, so that it can be compared."""
    placed = [[(each.x, each.y, each.size, each.glyphs()) for each in page] for page in words.placed]
    return words.body, words.furniture, words.loose, placed


@pytest.fixture(scope="module")
def written() -> bytes:
    return convert(random_letter(5)[0], dated=DATED, writer="composer").data


def test_the_words_and_places_are_those_that_pikepdf_finds(written: bytes) -> None:
    found = words_of_written(written)
    assert len(found.body) > 500
    assert everything(found) == everything(pdf_words(written, positions=True))


def test_letters_alike_are_each_read_for_themselves() -> None:
    """The second differs by a word in a paragraph, the third by the order of the first two, the last by nothing."""
    letters = [("Alpha beta", "Gamma"), ("Alpha delta", "Gamma"), ("Gamma", "Alpha delta"), ("Alpha beta", "Gamma")]
    for words in letters:
        data = convert(docx("".join(map(paragraph, words))), dated=DATED, writer="composer").data
        assert everything(words_of_written(data)) == everything(pdf_words(data, positions=True))
        assert words_of_written(data).body == " ".join(words)


def test_a_file_by_weasyprint_is_read_in_the_same_way() -> None:
    data = convert(random_letter(3)[0], dated=DATED, writer="html").data
    assert everything(words_of_written(data)) == everything(pdf_words(data, positions=True))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [(rb"startxref\n(\d+)", b"startxref\n7"), (rb"/Length \d+", b"/Length 3"), (rb"endobj\n", b"\nendobj\n")],
)
def test_a_file_is_not_repaired(written: bytes, wrong: bytes, right: bytes) -> None:
    damaged = re.sub(wrong, right, written, count=1)
    assert damaged != written
    with pytest.raises(OtherSyntax):
        words_of_written(damaged)


def test_what_a_page_shows_comes_from_its_content_stream(written: bytes) -> None:
    """Cut off at the end, the file has no table of references; a page without content would have no words."""
    with pytest.raises(OtherSyntax):
        words_of_written(written[:-200])
