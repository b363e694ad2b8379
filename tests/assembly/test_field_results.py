"""Fields: which ones a letter may have, and that their results are those of the finished letter."""

from __future__ import annotations

import datetime as dt

import pytest
from helpers import ROOT
from helpers.documents import docx, field, paragraph, text

from letters.assembly.assembler import Assembler
from letters.assembly.edited_letter import ConversionOptions
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.template import Template
from letters.docx.markup import text_of
from letters.docx.names import P
from letters.docx.package import open_package
from letters.errors import LettersError, TemplateAtFault
from letters.library.library import Library
from letters.pdf.pdf_file import pdf_words

PROPERTIES = DocumentProperties("Denial", "Office", "en-US", dt.date(2026, 8, 2))
NUMBERING = (
    '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>'
)
BOOKMARK = '<w:bookmarkStart w:id="{0}" w:name="{1}"/>{2}<w:bookmarkEnd w:id="{0}"/>'


def clause(words: str, mark: str = "", level: int = 0) -> str:
    inner = BOOKMARK.format(len(mark) + 1, mark, text(words)) if mark else text(words)
    return paragraph(inner=inner, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>')


def referring(code: str, stored: str = "9") -> str:
    return paragraph(inner=text("as in ") + field(code, stored) + text("."))


def lines(body: str, **context: object) -> list[str]:
    """The paragraphs of a letter filled from this body."""
    data = Template.compile(docx(body, numbering=NUMBERING), "t.docx").fill(context, PROPERTIES)
    package = open_package(data, "letter")
    return [text_of(node) for node in package.tree(package.main).iter(P)]


CLAUSES = (
    clause("always")
    + paragraph("{%p if period %}")
    + clause("the period", "_RefPeriod")
    + paragraph("{%p endif %}")
    + clause("the last", "_RefLast")
    + clause("a part of it", "_RefPart!", 1)
)


@pytest.mark.parametrize(("period", "number"), [(True, "3"), (False, "2")])
@pytest.mark.parametrize("switches", ["\\r \\h", "\\n", "\\w \\* MERGEFORMAT"])
def test_a_reference_to_a_numbered_paragraph_has_its_number_in_this_letter(
    period: bool, number: str, switches: str
) -> None:
    assert lines(CLAUSES + referring(f"REF _RefLast {switches}"), period=period)[-1] == f"as in {number}."


def test_a_reference_to_a_part_of_a_clause_has_the_context_it_asks_for() -> None:
    found = [lines(CLAUSES + referring(f"REF _RefPart! {switch}"), period=False)[-1] for switch in ("\\n", "\\w")]
    assert found == ["as in (a).", "as in 2(a)."]


def test_a_reference_to_a_clause_that_is_left_out_names_the_field_and_the_clause() -> None:
    with pytest.raises(TemplateAtFault, match=r"REF _RefPeriod.*does not contain"):
        lines(CLAUSES + referring("REF _RefPeriod \\r \\h"), period=False)


def test_text_notes_and_running_numbers_are_computed() -> None:
    caption = paragraph(inner=BOOKMARK.format(5, "cap", text("Exhibit ") + field("SEQ Exhibit \\* ROMAN", "7")))
    other = paragraph(inner=text("Exhibit ") + field("SEQ Exhibit \\* ROMAN", "7"))
    assert lines(other + caption + referring("REF cap \\h", "Exhibit 7")) == [
        "Exhibit I", "Exhibit II", "as in Exhibit II.",
    ]  # fmt: skip


LATER = paragraph("Line.") * 60 + clause("the last", "_RefLast")


@pytest.mark.parametrize("tables", [False, True])
def test_a_reference_to_a_page_has_the_number_of_that_page_in_word_and_pdf(tables: bool) -> None:
    # Text in a right-to-left run is set by way of HTML.
    other = paragraph(inner="<w:r><w:rPr><w:rtl/></w:rPr><w:t>שלום</w:t></w:r>") if tables else ""
    body = referring("PAGEREF _RefLast \\h", "9") + other + LATER
    assert lines(body)[0] == "as in 2."
    words, notes = converted(body)
    assert "asin2." in words
    assert "field-updated" in notes


def test_a_reference_to_a_page_of_something_left_out_is_refused() -> None:
    with pytest.raises(TemplateAtFault, match=r"PAGEREF _RefNone.*does not contain"):
        lines(referring("PAGEREF _RefNone", "1"))


def test_a_reference_to_a_bookmark_that_a_loop_repeats_is_refused() -> None:
    loop = paragraph("{%p for each in period %}") + clause("clause", "_RefAny") + paragraph("{%p endfor %}")
    with pytest.raises(TemplateAtFault, match="more than once"):
        lines(loop + referring("REF _RefAny \\r"), period=["a", "b"])
    assert lines(loop + referring("REF _RefAny \\r"), period=["a"])[-1] == "as in 1."


def repeating(count: int, last: str, stored: str = "") -> str:
    """Paragraphs of which each is bookmarked and repeats the next one, and the last paragraph."""
    each = (BOOKMARK.format(at, f"b{at}", field(f"REF b{at + 1}", stored)) for at in range(count))
    return "".join(paragraph(inner=one) for one in each) + last


@pytest.mark.parametrize("stored", ["", "as it was"])
def test_a_reference_may_repeat_another_one_five_times_and_no_more(stored: str) -> None:
    end = paragraph(inner=BOOKMARK.format(99, "b5", text("the end")))
    assert lines(repeating(5, end, stored)) == ["the end"] * 6
    with pytest.raises(TemplateAtFault) as told:
        lines(repeating(8, end.replace("b5", "b8"), stored))
    (problem,) = told.value.problems
    assert "repeats a field that repeats another, and so on more than 5 times." in str(problem)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "The bookmark “b0” contains a cross-reference to its own text."),
        (2, "The bookmarks “b0”, “b1”, and “b2” contain cross-references to each other's text."),
        (400, "The bookmarks “b0”, “b1”, “b2”, and 398 more contain cross-references to each other's text."),
    ],
)
@pytest.mark.parametrize("own", ["", "see "])
def test_references_that_repeat_each_other_are_one_problem(count: int, told: str, own: str) -> None:
    last = paragraph(inner=BOOKMARK.format(999, f"b{count}", (text(own) if own else "") + field("REF b0", "")))
    with pytest.raises(TemplateAtFault) as raised:
        lines(repeating(count, last))
    (problem,) = raised.value.problems
    assert problem.message == told


def test_references_that_repeat_each_other_are_left_alone_where_they_agree() -> None:
    """Word shows what is stored, and nothing of it would change."""
    last = paragraph(inner=BOOKMARK.format(9, "b2", field("REF b0", "the same")))
    assert lines(repeating(2, last, "the same")) == ["the same"] * 3


def test_a_field_without_a_result_gets_one() -> None:
    empty = field("REF _RefLast \\r", "").replace('<w:r><w:t xml:space="preserve"></w:t></w:r>', "")
    assert lines(CLAUSES + paragraph(inner=text("in ") + empty), period=False)[-1] == "in 2"


@pytest.mark.parametrize(
    "code",
    ["DATE \\@ yyyy", "TIME", "SAVEDATE", "IF 1 = 2 a b", "= 1 + 2", "MERGEFIELD LastName", "FILLIN x",
     "DOCPROPERTY Title", "AUTHOR", "FORMTEXT", "TOC \\o", "QUOTE x", "SET a b", "Unheard"],
)  # fmt: skip
def test_a_field_that_may_be_out_of_date_is_refused_with_what_to_do(code: str) -> None:
    with pytest.raises(TemplateAtFault) as refusal:
        lines(referring(code))
    (problem,) = refusal.value.problems
    assert problem.hint
    assert problem.code in ("field", "outside")


@pytest.mark.parametrize("words", ["Dear «LastName»", "[INSERT DATE]", "Dear XXXXX,", "Choose an item.", "Lorem ipsum"])
def test_a_placeholder_typed_into_a_template_is_refused(words: str) -> None:
    with pytest.raises(TemplateAtFault, match="placeholder"):
        lines(paragraph(words))


@pytest.mark.parametrize("target", ["file:///c:/x.docx", "javascript:alert(1)", "ms-word:ofe|u|x"])
def test_a_link_to_a_disk_or_a_program_is_refused_when_the_template_is_read(target: str) -> None:
    body = paragraph(inner='<w:hyperlink r:id="rId9">' + text("here") + "</w:hyperlink>")
    with pytest.raises(TemplateAtFault, match="neither a web page"):
        Template.compile(docx(body, links={"rId9": target}), "t.docx")


# --- `letters pdf` ---

ASSEMBLER = Assembler(Library.open(ROOT))


def converted(body: str, **options: object) -> tuple[str, list[str]]:
    found = ASSEMBLER.converter.convert(docx(body), "edited.docx", ConversionOptions(**options))  # type: ignore[arg-type]
    return "".join(pdf_words(found.data).body.split()), [note.code for note in found.notes]


@pytest.mark.parametrize(
    ("body", "option", "printed"),
    [
        (referring("DATE", "January 1, 2015"), "keep_fields", "January 1, 2015"),
        (referring("REF gone \\r", "7"), "keep_fields", "as in 7"),
        (paragraph("Dear {{ name }}, and {% if x %}"), "keep_tags", "Dear {{ name }}"),
        (paragraph(inner=text("at ") + '<w:r><w:sym w:font="Strange" w:char="F041"/></w:r>'), "allow_loss", "at"),
    ],
)  # fmt: skip
def test_what_an_edited_letter_should_not_print_stops_it_unless_told(body: str, option: str, printed: str) -> None:
    with pytest.raises(LettersError, match=option.replace("_", "-")):
        converted(body)
    assert "".join(printed.split()) in converted(body, **{option: True})[0]


def test_a_stale_reference_in_an_edited_letter_prints_as_it_is_now_with_a_note() -> None:
    caption = paragraph(inner=BOOKMARK.format(5, "cap", text("the new words")))
    words, notes = converted(caption + referring("REF cap", "the old words"))
    assert "asinthenewwords." in words
    assert notes == ["field-updated"]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (paragraph("Re: Your request of May 4") + paragraph("Dear Sir"), "Your request of May 4"),
        ("<w:tbl><w:tblGrid/><w:tr><w:tc>" + paragraph("RE:") + "</w:tc><w:tc>" + paragraph("Your request") +
         "</w:tc></w:tr></w:tbl>" + paragraph("Dear Sir"), "Your request"),
        (paragraph("Dear Sir") + paragraph("What we found", '<w:pStyle w:val="Heading1"/>'), "What we found"),
        (paragraph("Dear Sir"), "edited"),
    ],
)  # fmt: skip
def test_a_letter_without_a_title_is_titled_with_its_own_words_and_a_note(body: str, title: str) -> None:
    data = docx(body, title="", language="en-US")
    converted = ASSEMBLER.converter.convert(data, "folder/edited.docx")
    assert [note.message for note in converted.notes if note.code == "title"] == [
        f"The file names no title, so the PDF is titled “{title}”."
    ]
    with pytest.raises(LettersError, match="names no title"):
        ASSEMBLER.converter.convert(data, "edited.docx", ConversionOptions(strict=True))
    named = ASSEMBLER.converter.convert(data, "e.docx", ConversionOptions(title="A", strict=True))
    assert named.notes == ()


_NO_LANGUAGE = "<w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>"


@pytest.mark.parametrize(
    ("settings", "run", "found"),
    [
        ("", "", "en-US"),
        ("", '<w:lang w:val="es-MX"/>', ""),
        ('<w:themeFontLang w:val="es-MX" w:eastAsia="ja-JP"/>', "", ""),
    ],
)
def test_a_letter_without_a_language_has_that_of_its_text_or_else_that_of_the_office_with_a_note(
    settings: str, run: str, found: str
) -> None:
    data = docx(paragraph("Dear Sir", run=run), styles=_NO_LANGUAGE, usual_styles=False, language="", settings=settings)
    notes = [note.message for note in ASSEMBLER.converter.convert(data, "e.docx").notes if note.code == "no-language"]
    assert notes == ([f"The file does not say which language it is in; {found} is assumed."] if found else [])


@pytest.mark.parametrize("kind", ["paragraph", "character"])
def test_so_does_a_symbol_font_that_a_style_names(kind: str) -> None:
    style = (
        f'<w:style w:type="{kind}" w:styleId="Base"><w:name w:val="Base"/><w:rPr>'
        f'<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr></w:style><w:style w:type="{kind}" '
        'w:styleId="Tick"><w:name w:val="Tick"/><w:basedOn w:val="Base"/></w:style>'
    )
    used = {
        "paragraph": '<w:p><w:pPr><w:pStyle w:val="Tick"/></w:pPr><w:r><w:t>ü</w:t></w:r></w:p>',
        "character": '<w:p><w:r><w:rPr><w:rStyle w:val="Tick"/></w:rPr><w:t>ü</w:t></w:r></w:p>',
    }
    assert pdf_words(ASSEMBLER.converter.convert(docx(used[kind], styles=style), "e.docx").data).body.strip() == "✓"


def test_symbol_fonts_print_the_characters_they_show() -> None:
    wingdings = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr><w:t>{}</w:t></w:r>'
    body = paragraph(
        inner=text("not fewer than ") + '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + text(" ten ")
        + wingdings.format("ü") + text(" or ") + wingdings.format("\uf0fc")
    )  # fmt: skip
    assert "notfewerthan≥ten✓or✓" in converted(body)[0]
