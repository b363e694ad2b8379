"""Whatever counsel types comes out as typed, in both formats, in every place a letter prints it."""

from __future__ import annotations

import io
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from letters._text.quotation_marks import typeset
from letters.assembly.assembler import Assembler
from letters.docx.names import W
from letters.errors import InvalidAnswers
from letters.model.fields import put
from letters.model.rules import repeated
from letters.model.values import clean_text

Sample = Callable[[str], dict[str, Any]]

PRINTED = {
    "ampersand": "Smith & Sons",
    "less-than": "if A < B then",
    "less-than-letter": "if A<B and C>D",
    "angle-tag": "<draft> text",
    "entity-like": "AT&T; R&D; &c; &",
    "end-of-cdata": "]]>",
    "quotes": '"O\'Brien" “x”',
    "newline": "12 High St\nLondon",
    "crlf": "12 High St\r\nLondon",
    "cr": "12 High St\rLondon",
    "next-line": "one\u0085two",
    "line-separator": "one\u2028two",
    "tab": "a\tb",
    "no-break-space": "10\u00a0000",
    "decomposed": unicodedata.normalize("NFD", "Amélie Núñez"),
    "navajo": "Diné Bizaad, Tsé Bitʼaʼí, łįʼ",
    "hebrew": "שלום",
    "greek-cyrillic": "Ελλάς Россия",
    "devanagari-thai-cherokee": "नमस्ते ไทย ᏣᎳᎩ",
    "beyond 16 bits": "ok 🗎",  # in a font that comes with the program; few systems have one with faces
    "long-token": "x" * 300,
    "braces": "{{ 7*7 }} {% if %} {#c#}",
    "docxtpl-escape": "{_{ 7*7 }_}",
    "xml": "</w:t></w:r></w:p><w:p><w:r><w:t>INJECTED",
    "css": "</style><style>p{display:none}",
    "percent": "100 % of $1,000; file:///etc/passwd",
    "lead-and-trail": "  lead and trail  ",
}
REFUSED = {"nul": "a\x00b", "vertical-tab": "a\x0bb", "form-feed": "a\x0cb", "bell": "a\x07b", "escape": "a\x1b[0mb",
           "noncharacter": "a\ufffeb", "surrogate": "a\ud800b"}  # fmt: skip
PLACES = (
    "reference",
    "request.sought",
    "request.quoted",
    "request.purpose",
    "request.their_reference",
    "request.requester.agency",
    "request.requester.office",
    "request.requester.name",
    "request.requester.title",
    "request.requester.greeting",
    "request.requester.address",
)


def as_printed(value: str) -> str:
    for line_end in ("\r\n", "\r", "\u0085", "\u2028"):
        value = value.replace(line_end, "\n")
    return typeset(value.strip())


def text_of(docx: bytes, part: str) -> str:
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(docx)).read(part))
    marks = {f"{{{W}}}br": "\n", f"{{{W}}}tab": "\t"}
    nodes = root.iter(f"{{{W}}}t", *marks)
    return "".join(marks.get(node.tag, node.text or "") for node in nodes)


@pytest.mark.parametrize("value", PRINTED.values(), ids=PRINTED.keys())
def test_a_value_comes_out_as_typed_in_word_and_in_pdf(assembler: Assembler, sample: Sample, value: str) -> None:
    answers = sample("denial")
    for place in PLACES:
        put(answers, place, value)
    put(answers, "copies", [value])
    put(answers, "enclosures", [value, value])
    put(answers, "responsible", [{"name": value, "title": value}])

    made = assembler.make(assembler.check(answers)).files  # the words of both files are compared in here

    body = text_of(made["docx"], "word/document.xml")
    # purpose aside, every place is printed: most once, the agency and what is sought several times
    assert body.count(as_printed(value)) >= len(PLACES) - 1
    assert "reserves all rights, privileges, and objections" in body
    assert as_printed(value) in text_of(made["docx"], "word/header2.xml")
    assert made["pdf"].startswith(b"%PDF")


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED.keys())
def test_a_character_no_letter_can_print_is_refused_in_every_field(
    assembler: Assembler, sample: Sample, value: str
) -> None:
    for place in PLACES:
        answers = sample("denial")
        put(answers, place, value)
        with pytest.raises(InvalidAnswers) as caught:
            assembler.check(answers)
        assert f"({place})" in str(caught.value)
        assert "control character" in str(caught.value)


def test_of_all_characters_those_no_letter_can_print_are_refused_and_line_ends_are_one() -> None:
    # One plane whole, but for every seventh of its private characters; of the others the ends, and some between.
    private = range(0xE000, 0xF900)
    planes = [number for number in range(0x10000) if number not in private or number % 7 == 0]
    planes += [*range(0x10000, 0x20000, 0x0B), *range(0x20000, sys.maxunicode + 1, 0x7001)]
    edges = [
        start + place
        for start in range(0x10000, sys.maxunicode, 0x10000)
        for place in (0, 0x7F, 0x80, 0xFFFD, 0xFFFE, 0xFFFF)
    ]
    for number in planes + edges:
        character, kind = chr(number), unicodedata.category(chr(number))
        text = f"1{character}2"
        is_control = kind == "Cc" and character not in "\t\n\r\x85"
        is_hidden = 0x202A <= number <= 0x202E or 0x2066 <= number <= 0x2069 or 0xE0000 <= number <= 0xE007F
        if is_control or kind == "Cs" or 0xFDD0 <= number < 0xFDF0 or number & 0xFFFE == 0xFFFE:
            with pytest.raises(ValueError, match="control character"):
                clean_text(text)
        elif kind == "Co" or is_hidden or character in "\ufffc\ufffd":
            with pytest.raises(ValueError, match=f"contains .*U.{number:04X}"):
                clean_text(text)
        else:
            assert clean_text(text) == ("1\n2" if character in "\r\x85\u2028\u2029" else text)


def test_one_two_and_many_read_as_english(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    person = {"name": "Casey Specimen", "title": "Secretary"}
    for people, words in (([person], "The following person is"), ([person] * 2, "The following persons are")):
        answers["responsible"] = people
        assert words in text_of(assembler.make(assembler.check(answers), ["docx"]).files["docx"], "word/document.xml")


def test_of_very_many_repeated_entries_the_first_are_named_and_the_rest_counted() -> None:
    found = list(repeated("copies", ["Casey", *map(str, range(200_000)), *["Casey"] * 60]))
    assert [each.field for each in found[:2]] == ["copies.200002", "copies.200003"]
    assert len(found) == 51
    assert found[-1].message == "has 10 more entries that are there already."
