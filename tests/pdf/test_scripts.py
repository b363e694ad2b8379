"""Letters in other scripts, and characters that the font of the letter lacks, as the composer sets them."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from helpers.documents import docx, field, paragraph, text
from helpers.pages import DATED, NUMBERED, places, tags

from letters.pdf.convert import Writer, convert
from letters.pdf.pdf_file import metadata_of, pdf_words
from letters.pdf.size_limits import CannotConvert

HINDI = "नमस्ते, क्षत्रिय श्री: यह एक पत्र है।"
NAVAJO = unicodedata.normalize("NFD", "Diné bizaad, Tséhootsooí, ąą́ ǫǫ́")


def composed(body: str, **more: Any) -> bytes:
    return convert(docx(body, **more), dated=DATED, writer="composer").data


WORDS = {
    "Hindi": HINDI,
    "Navajo, decomposed": NAVAJO,
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Yoruba": "Adébáyọ̀ Ọ̀ṣun",
    "Thai": "สวัสดีครับ นี่คือจดหมาย",
    "Burmese": "ပြည်ထောင်စုသမ္မတမြန်မာနိုင်ငံတော်အစိုးရ " * 3,
    "Tamil": "இது ஒரு கடிதம்.",
    "symbols": "☐ yes ☑ no ≥",
    "invisible": "a\u200bb",
    "Greek and Russian": "Αθήνα Москва",
    "a wide space": "Dear\u3000Ms. Doe",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_in_any_script_are_set_and_can_be_read_and_copied(words: str) -> None:
    data = composed(paragraph(words))
    assert unicodedata.normalize("NFC", pdf_words(data).body).strip() == unicodedata.normalize("NFC", words).strip()
    assert b"<pdfuaid:part>1<" in metadata_of(data)


def test_right_to_left_words_are_painted_from_the_right_and_read_in_their_order() -> None:
    words = "שלום לכם, בקשה 1979 (ב)."
    data = composed(paragraph(words, "<w:bidi/>", run="<w:rtl/>"))
    assert pdf_words(data).body.strip() == words
    figures = next(x for shown, x, _ in places(data) if "1979" in shown)
    first = next(x for shown, x, _ in places(data) if "םולש" in shown)
    assert first > figures > 300  # at the right margin, with the first word furthest right


def test_the_numbers_and_the_ground_of_right_to_left_paragraphs_are_at_the_right() -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:bidi/>'
    data = composed(
        paragraph("שלום", numbered, run="<w:rtl/>") + paragraph("לכם", numbered, run="<w:rtl/>"), numbering=NUMBERED
    )
    assert pdf_words(data).pieces == ["1. ", "שלום", "2. ", "לכם"]
    assert tags(data) == "Document(L(LI(Lbl LBody(P)) LI(Lbl LBody(P))))"
    number = next(x for shown, x, _ in places(data) if "1" in shown)
    words = next(x for shown, x, _ in places(data) if "םולש" in shown)
    assert 540 - 18 > number > words > 450
    shaded = '<w:shd w:val="clear" w:fill="eeeeee"/><w:ind w:left="{}" w:right="720"/>'
    left, right = (
        re.findall(r"0\.933 rg ([\d.]+) [\d.]+ ([\d.]+)", content_of(composed(paragraph("a", properties))))
        for properties in (f"<w:bidi/>{shaded.format(1440)}", shaded.format(1440))
    )
    assert left == [("108.000", "360.000")]
    assert right == [("144.000", "360.000")]


def content_of(data: bytes) -> str:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return pdf.pages[0].Contents.read_bytes().decode("latin-1")


@pytest.mark.parametrize("words", ["שלום לכם עולם", "مرحبا بكم في المكتب", "یہ اردو ہے"])
def test_other_programs_find_right_to_left_words_as_they_are_read(words: str) -> None:
    data = composed(paragraph(words, "<w:bidi/>", run="<w:rtl/>"))
    assert pdfium.PdfDocument(data)[0].get_textpage().get_text_range().strip() == words


def test_right_to_left_words_in_a_line_from_left_to_right() -> None:
    data = composed(paragraph("Name: משה כהן, born 1979"))
    assert pdf_words(data).body.strip() == "Name: משה כהן, born 1979"
    at = {shown.strip(): x for shown, x, _ in places(data)}
    assert at["Name:"] < min(x for shown, x in at.items() if "כ" in shown or "מ" in shown) < at[", born 1979"]


def test_words_from_left_to_right_follow_those_before_them_in_a_paragraph_from_right_to_left() -> None:
    typed = text("שלום", "<w:rtl/>") + text("GET ") + text("12", "<w:rtl/>") + text("/5 משה", "<w:rtl/>")
    at = {shown.strip(): x for shown, x, _ in places(composed(paragraph(inner=typed, properties="<w:bidi/>")))}
    assert at["םולש"] > at["GET"] > at["12/5"] > at["השמ"]


def test_the_font_of_the_theme_for_a_script_is_that_of_the_language_where_the_theme_leaves_it_open() -> None:
    script = '<a:font script="Arab" typeface="Courier New"/>'
    theme = (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>'
        f'<a:minorFont><a:latin typeface="Calibri"/><a:cs typeface=""/>{script}</a:minorFont>'
        "</a:fontScheme></a:themeElements></a:theme>"
    )
    run = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:asciiTheme="minorBidi" w:hAnsiTheme="minorBidi"/>'
    spoken = '<w:themeFontLang w:val="en-US" w:bidi="{}"/>'
    for language, wide in (("ar-SA", 0.6), ("he-IL", 0.222)):
        typed = paragraph(inner=text("i", run) + text("m", f"<w:b/>{run}"))
        data = composed(typed, others={"rIdTheme": ("theme", theme)}, settings=spoken.format(language))
        (_, first, _), (_, second, _) = places(data)
        assert second - first == pytest.approx(wide * 12, abs=0.1)


@pytest.mark.parametrize(
    ("family", "height"), [("Arial", 1.1499), ("Times New Roman", 1.1499), ("Tahoma", 1.207), ("B Nazanin", 1.1499)]
)
def test_lines_of_arabic_are_as_high_as_those_of_a_font_that_has_it_in_word(family: str, height: float) -> None:
    run = f'<w:rFonts w:ascii="{family}" w:hAnsi="{family}" w:cs="{family}"/><w:rtl/><w:szCs w:val="40"/>'
    one = paragraph("مرحبا", '<w:bidi/><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>', run=run)
    (_, _, above), (_, _, below) = places(composed(one * 2))
    assert below - above == pytest.approx(20 * height, abs=0.1)


def test_a_mark_of_direction_that_was_typed_is_a_character_like_any_other() -> None:
    typed = text("سابعاً", "<w:rtl/>") + text("\u202c") + "<w:r><w:tab/></w:r>" + text("12")
    assert "12" in pdf_words(composed(paragraph(inner=typed))).body


def test_a_page_number_in_a_right_to_left_footer() -> None:
    footer = paragraph(inner=text("עמוד ", "<w:rtl/>") + field("PAGE", "1"), properties="<w:bidi/>")
    data = convert(docx(paragraph("Words"), footers={"default": footer}), dated=DATED, writer="composer").data
    assert pdf_words(data).furniture == ["עמוד 1"]


def test_a_long_right_to_left_paragraph_is_justified_between_the_margins() -> None:
    data = composed(paragraph("שלום לכם בקשה זו הגיעה " * 20, '<w:bidi/><w:jc w:val="both"/>', run="<w:rtl/>"))
    lines = {round(y) for _, _, y in places(data)}
    assert len(lines) > 2
    for line in sorted(lines)[:-1]:
        x, shown = min((x, shown) for shown, x, y in places(data) if round(y) == line and shown.strip())
        space = 3.0 if shown.startswith(" ") else 0.0  # at the end of the line, painted in the margin
        assert x + space == pytest.approx(72, abs=0.1)


@pytest.mark.parametrize("writer", [None, "html"])
def test_all_characters_that_no_font_has_are_named(writer: Writer | None) -> None:
    with pytest.raises(CannotConvert, match=r"No font installed here has these characters: U\+12000 .*, U\+12001 "):
        convert(docx(paragraph("One 𒀁 e\u0301 \u200b\u00ad") + paragraph("𒀀 two")), writer=writer)


def test_emoji_among_older_symbols_are_left_out_like_others() -> None:
    letter = convert(docx(paragraph("Done ✅ at ⏰\ufe0f noon")), dated=DATED)
    assert pdf_words(letter.data).body.split() == ["Done", "at", "noon"]
    assert "No font installed here has ⏰, ✅, which are left out." in [note.message for note in letter.notes]
