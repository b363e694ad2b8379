"""What an assistive reader hears of a PDF, in order, and which standards the PDF claims to meet."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from helpers import ROOT
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from helpers.pages import LONG, NUMBERED, item, printed, table, tags
from PIL import Image

from letters.assembly.assembler import Assembler
from letters.docx.package import open_package
from letters.errors import LettersError
from letters.pdf.convert import convert_package
from letters.pdf.pdf_file import TextDecoder, metadata_of, page_text, pdf_words
from letters.pdf.tags.claims import lacks_of_file
from letters.pdf.tags.structure import Node, StructureTree

pytestmark = pytest.mark.usefixtures("writer")

KINDS = sorted(path.parent.name for path in (ROOT / "templates").glob("*/sample.toml"))
HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{rank}"><w:name w:val="heading {rank}"/></w:style>' for rank in (1, 2, 3)
)
LINK = {"rIdA": "https://example.org/"}
LINKED = picture(description="Our seal").replace(
    'descr="Our seal"/>', 'descr="Our seal"><a:hlinkClick r:id="rIdA"/></wp:docPr>'
)
"""A picture that Word makes a link of."""
INLINE = {"/Span", "/Link", "/Figure", "/Note"}


def heading(rank: int, words: str) -> str:
    return paragraph(words, f'<w:pStyle w:val="H{rank}"/>')


def link(inner: str) -> str:
    return f'<w:hyperlink r:id="rIdA">{inner}</w:hyperlink>'


class Listener:
    """Reads a PDF as a screen reader does: along its structure tree, and nothing else."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))
        self.pages = {page.obj.objgen: at for at, page in enumerate(self.pdf.pages)}
        self.shown: dict[tuple[int, int], str] = {}
        decoder = TextDecoder()
        for at, page in enumerate(self.pdf.pages):
            for mark, words, _ in page_text(page, decoder):
                if isinstance(mark, int):
                    self.shown[at, mark] = self.shown.get((at, mark), "") + words

    def lines(self) -> list[str]:
        """One line for each element that is no part of a line: its kind, what is said of it, and its words."""
        return list(self._lines(self.pdf.Root.StructTreeRoot.K[0]))[1:]

    def _lines(self, element: Any, depth: int = -1) -> Iterator[str]:
        inner = "".join(self._inline(kid, element) for kid in self._kids(element))
        words = " ".join(inner.split())
        yield f"{'  ' * depth}{str(element.S)[1:]}{self._said(element)}{f': {words}' if words else ''}"
        for kid in self._kids(element):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and str(kid.S) not in INLINE - {"/Note"}:
                yield from self._lines(kid, depth + 1)

    @staticmethod
    def _kids(element: Any) -> list[Any]:
        return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]

    @staticmethod
    def _said(element: Any) -> str:
        attributes = element.get("/A", {})
        said = [f"{str(attributes[key]).strip('/')}" for key in ("/ListNumbering", "/Scope") if key in attributes]
        said += [f"{key[1:]}={attributes[key]}" for key in ("/ColSpan", "/RowSpan") if key in attributes]
        return f" ({', '.join(said)})" if said else ""

    def _inline(self, kid: Any, element: Any) -> str:
        if isinstance(kid, int):
            return self.shown.pop((self.pages[element.Pg.objgen], kid), "") + " "
        if "/MCID" in kid:
            return self.shown.pop((self.pages[kid.Pg.objgen], int(kid.MCID)), "") + " "
        if str(kid.get("/S", "")) not in INLINE - {"/Note"}:
            return ""
        inner = "".join(self._inline(each, kid) for each in self._kids(kid))
        if "/ActualText" in kid:
            return f"{kid.ActualText} "
        if str(kid.S) == "/Link":
            return f"<link {inner.strip()}> "
        if str(kid.S) == "/Figure":
            return f"<picture {kid.get('/Alt', 'without a name')}> "
        return f"<{kid.Lang} {inner.strip()}> " if "/Lang" in kid else inner

    def claims(self) -> set[str]:
        metadata = bytes(self.pdf.Root.Metadata.read_bytes()).decode()
        found = set()
        if re.search(r"<pdfuaid:part>1<", metadata):
            found.add("PDF/UA-1")
        if re.search(r"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A<", metadata):
            found.add("PDF/A-2a")
        return found


def lines(body: str, **more: Any) -> list[str]:
    return Listener(printed(body, **more).data).lines()


BOTH = {"PDF/UA-1", "PDF/A-2a"}


# ---------------------------------------------------------------- what is heard


def test_a_letter_is_heard_as_what_it_is_and_in_its_order():
    body = (
        heading(1, "Re: Records")
        + paragraph(
            inner=text("Dear Sir, see ")
            + link(text("the Act"))
            + text(" and the seal ")
            + picture(description="The seal of the State")
        )
        + item("first")
        + item("deeper", 1)
        + item("second")
        + heading(2, "Data")
        + table(("Category", "Held by"), ("Wages", "Bureau"))
        + paragraph("Sincerely,")
    )

    assert lines(body, styles=HEADINGS, numbering=NUMBERED, links=LINK, pictures={"rIdPicture": PIXEL}) == [
        "H1: Re: Records",
        "P: Dear Sir, see <link the Act> and the seal <picture The seal of the State>",
        "L (Decimal)",
        "  LI",
        "    Lbl: 1.",
        "    LBody",
        "      P: first",
        "      L (LowerAlpha)",
        "        LI",
        "          Lbl: (a)",
        "          LBody",
        "            P: deeper",
        "  LI",
        "    Lbl: 2.",
        "    LBody",
        "      P: second",
        "H2: Data",
        "Table",
        "  THead",
        "    TR",
        "      TH (Column)",
        "        P: Category",
        "      TH (Column)",
        "        P: Held by",
        "  TBody",
        "    TR",
        "      TD",
        "        P: Wages",
        "      TD",
        "        P: Bureau",
        "P: Sincerely,",
    ]


def test_what_goes_over_to_the_next_page_is_heard_once_and_whole():
    body = paragraph(LONG * 9) + "".join(item(f"{LONG}{at}") for at in range(12))
    letter = printed(body, numbering=NUMBERED)
    heard = Listener(letter.data).lines()

    assert letter.pages > 2
    assert heard[0] == f"P: {' '.join((LONG * 9).split())}"
    assert [line.strip() for line in heard[1:]] == ["L (Decimal)"] + [
        line for at in range(12) for line in ("LI", f"Lbl: {at + 1}.", "LBody", f"P: {' '.join(LONG.split())} {at}")
    ]


def test_a_cell_that_spans_others_says_so():
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("Both")}</w:tc>'
    plain = table(("A", "B"), ("c", "d"))
    heard = lines(plain.replace("<w:tr>", f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{wide}</w:tr><w:tr>", 1))

    assert "      TH (Column, ColSpan=2)" in heard


def test_headings_do_not_skip_a_rank_whatever_the_styles_are_called():
    heard = lines(heading(3, "A") + heading(1, "B") + heading(3, "C"), styles=HEADINGS)

    assert heard == ["H1: A", "H1: B", "H2: C"]


def test_headings_are_bookmarks():
    letter = printed(heading(1, "A") + paragraph("x") + heading(2, "B"), styles=HEADINGS)
    with pikepdf.open(io.BytesIO(letter.data)) as pdf, pdf.open_outline() as outline:
        assert [(top.title, [child.title for child in top.children]) for top in outline.root] == [("A", ["B"])]


def test_a_link_over_two_lines_is_one_link_with_a_place_on_each():
    words = "a link whose words go on and on " * 4
    letter = printed(paragraph(inner=link(text(words) + text("bold", "<w:b/>"))), links=LINK)
    listener = Listener(letter.data)

    assert listener.lines() == [f"P: <link {words}bold>"]
    places = listener.pdf.pages[0].Annots
    assert len(places) == 2, "the bold word is no second place in the same line"
    assert {(str(place.Contents), int(place.F)) for place in places} == {(f"{words}bold", 4)}


def test_headers_footers_and_page_numbers_are_not_heard():
    pages = [paragraph(words, "<w:pageBreakBefore/>") for words in ("Two", "Three")]
    letter = printed(
        paragraph("One") + "".join(pages),
        headers={"default": paragraph("State of New Mexico")},
        footers={"default": paragraph(inner=text("Page ") + field("PAGE", "9"))},
    )
    listener = Listener(letter.data)
    kinds = [
        [str(found.operands[1].Subtype) for found in pikepdf.parse_content_stream(page)
         if str(found.operator) == "BDC" and "/Subtype" in found.operands[1]]
        for page in listener.pdf.pages
    ]  # fmt: skip

    assert listener.lines() == ["P: State of New Mexico", "P: One", "P: Two", "P: Three"]
    assert ["/Header" in page for page in kinds] == [False, True, True]
    assert all("/Footer" in page for page in kinds)


def test_a_link_in_the_footer_can_be_reached_on_every_page_and_is_told_once():
    letter = printed(
        paragraph("One") + paragraph("Two", "<w:pageBreakBefore/>"),
        footers={"default": paragraph(inner=field('HYPERLINK "https://example.org/"', "our rules"))},
    )
    listener = Listener(letter.data)

    assert [[str(place.Contents) for place in page.Annots] for page in listener.pdf.pages] == [["our rules"]] * 2
    assert listener.lines() == ["P: One", "P: Two", "P: <link >"]
    assert listener.claims() == BOTH


def test_words_in_another_language_say_which():
    body = paragraph(inner=text("We say ") + text("buenos días", '<w:lang w:val="es-MX"/>') + text(" to you."))

    assert lines(body) == ["P: We say <es-MX buenos días> to you."]


@pytest.mark.parametrize(
    ("named", "heard"),
    [
        ("es-ES_tradnl", "<es-ES tuya>"), ("de-DE_phoneb", "<de-DE tuya>"), ("fr_CA", "<fr-CA tuya>"),
        ("0C0A", "<es-ES tuya>"), ("zh-Hant-TW", "<zh-Hant-TW tuya>"), ("x-none", "tuya"), ("0000", "tuya"),
        ("Spanish (Spain)", "tuya"),
    ],
)  # fmt: skip
def test_a_language_is_named_by_its_tag_however_the_letter_names_it(named, heard):
    assert lines(paragraph(inner=text("Mine, ") + text("tuya", f'<w:lang w:val="{named}"/>'))) == [f"P: Mine, {heard}"]


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (link(text(" ")), "https://example.org/"),
        (link(picture(description="Our seal")), "Our seal"),
        (LINKED, "Our seal"),
        (LINKED.replace("wp:inline", "wp:anchor").replace("<wp:anchor>", '<wp:anchor behindDoc="0">'), "Our seal"),
    ],
    ids=["space", "picture", "link of the picture", "floating"],
)
def test_a_link_without_words_says_what_it_shows_or_where_it_leads(inner, said):
    letter = printed(paragraph(inner=text("See") + inner), links=LINK, pictures={"rIdPicture": PIXEL})
    listener = Listener(letter.data)

    assert [str(place.Contents) for place in listener.pdf.pages[0].Annots] == [said]
    assert listener.claims() == BOTH


def test_hebrew_is_heard_in_its_own_order():
    assert lines(paragraph(inner=text("שלום עולם", "<w:rtl/>"))) == ["P: שלום עולם"]


@pytest.mark.parametrize(
    ("kind", "label", "named"),
    [("decimal", "%1.", "Decimal"), ("lowerRoman", "(%1)", "LowerRoman"), ("upperLetter", "%1)", "UpperAlpha"),
     ("upperRoman", "Article %1", "UpperRoman"), ("lowerLetter", "%1.", "LowerAlpha"), ("bullet", "•", "Disc"),
     ("bullet", "—", "Disc"), ("bullet", "▪", "Square")],
)  # fmt: skip
def test_a_list_says_how_it_is_counted(kind, label, named):
    numbering = NUMBERED.replace('"decimal"', f'"{kind}"').replace("%1.", label)

    assert lines(item("one"), numbering=numbering)[0] == f"L ({named})"


def test_a_footnote_is_heard_after_the_paragraph_with_its_mark():
    notes = "".join(
        f'<w:footnote w:id="{at}"><w:p><w:r><w:footnoteRef/></w:r>{text(f" Note {at}.")}</w:p></w:footnote>'
        for at in (1, 2)
    )
    marks = [f'<w:r><w:footnoteReference w:id="{at}"/></w:r>' for at in (1, 2)]
    body = paragraph(inner=text("One") + marks[0] + text(" and two") + marks[1] + text(".")) + paragraph("Next.")

    assert lines(body, footnotes=notes) == [
        "P: One1 and two2 .", "  Note", "    P: 1 Note 1.", "  Note", "    P: 2 Note 2.", "P: Next.",
    ]  # fmt: skip


# ---------------------------------------------------------------- what is claimed


@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_letter_claims_both_standards_and_has_nothing_unheard(assembler: Assembler, sample, kind):
    made = assembler.make(assembler.check(sample(kind)), ("pdf",))
    listener = Listener(made.files["pdf"])
    heard = listener.lines()
    ranks = [int(line.strip()[1]) for line in heard if re.match(r" *H[1-6]:", line)]

    assert listener.claims() == BOTH
    assert [note for note in made.notes if note.code == "no-claim"] == []
    assert listener.shown == {}, "words that are neither heard nor furniture"
    assert pdf_words(made.files["pdf"]).loose == ""
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))
    assert str(listener.pdf.Root.Lang) == "en-US"
    assert [str(page.Tabs) for page in listener.pdf.pages] == ["/S"] * len(listener.pdf.pages)
    answers = tomllib.loads((assembler.library.kinds[kind].folder / "sample.toml").read_text("utf-8"))
    assert answers["reference"] in " ".join(heard)


def test_what_the_file_says_of_itself_is_said_alike_in_both_places():
    with pikepdf.open(io.BytesIO(printed(paragraph("Words"), title="A & B").data)) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == str(pdf.docinfo["/Title"]) == "A & B"
            assert metadata["pdf:Producer"] == str(pdf.docinfo["/Producer"])
            assert metadata["xmp:CreatorTool"] == str(pdf.docinfo["/Creator"])
        assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp"


def test_a_picture_without_alternative_text_is_noted_and_accessibility_is_not_claimed():
    letter = printed(paragraph("Seal", inner=picture()), pictures={"rIdPicture": PIXEL})

    assert Listener(letter.data).claims() == {"PDF/A-2a"}
    assert [(note.code, note.where) for note in letter.notes] == [
        ("alternative-text", "letter.docx, body, paragraph 1"),
        ("no-claim", "letter.docx"),
    ]
    assert "View Alt Text" in letter.notes[0].hint
    assert letter.notes[1].message == (
        "The PDF does not claim to be PDF/UA-1 (accessible): a picture has no alternative text."
    )


def test_a_picture_marked_as_decoration_needs_no_words():
    mark = (
        '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
        'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
    )
    decorative = re.sub(r"<wp:docPr (.*?)/>", rf"<wp:docPr \1>{mark}</wp:docPr>", picture())
    letter = printed(paragraph("Seal", inner=decorative), pictures={"rIdPicture": PIXEL})

    assert Listener(letter.data).claims() == BOTH
    assert letter.notes == ()


def test_a_picture_in_a_footer_needs_no_words():
    letter = printed(paragraph("Words"), footers={"default": paragraph("Seal")})

    assert Listener(letter.data).claims() == BOTH


def test_a_table_without_a_header_row_is_noted_and_accessibility_is_not_claimed():
    letter = printed(table(("Wages", "Bureau"), ("Claims", "Division"), head=False))

    assert Listener(letter.data).claims() == {"PDF/A-2a"}
    assert [note.code for note in letter.notes] == ["table-header", "no-claim"]
    assert letter.notes[1].message.endswith(": a table has no header row.")


def test_a_character_without_a_meaning_is_named_and_nothing_is_claimed():
    letter = printed(paragraph("Odd \uf8ff one", run='<w:rFonts w:ascii="Carlito" w:hAnsi="Carlito"/>'))

    assert Listener(letter.data).claims() == set()
    assert [note.code for note in letter.notes] == ["private-characters", "no-claim", "no-claim"]
    assert "U+F8FF" in letter.notes[0].message


def test_a_picture_in_press_colours_is_accessible_but_not_archivable():
    file = io.BytesIO()
    Image.new("CMYK", (8, 8), (200, 10, 30, 0)).save(file, "JPEG")
    body = paragraph(inner=picture(description="The seal"))
    letter = printed(body, pictures={"rIdPicture": file.getvalue()})

    red, green, blue, *_ = pdfium.PdfDocument(letter.data)[0].render().to_pil().getpixel((80, 90))
    assert red < 90 < 150 < green < blue
    assert Listener(letter.data).claims() == {"PDF/UA-1"}
    assert [note.code for note in letter.notes] == ["cmyk", "no-claim"]


@pytest.mark.parametrize(
    "words",
    [
        "non\u2011breaking",
        "a\u200bb a\u2060b a\ufeffb",
        "optional\u00adhyphen " * 40,
        "☐ ☑ → • ▪ § ¶ ½ ™",
        "Łódź e\u0301",
    ],
)
def test_odd_characters_are_drawn_from_one_font_and_cost_no_claim(words):
    letter = printed(paragraph(words))

    assert letter.notes == ()
    assert Listener(letter.data).claims() == BOTH


def test_a_table_whose_rows_have_different_columns_and_a_skipped_rank_are_found():
    def row(*kinds: str) -> Node:
        return Node("TR", [Node(kind) for kind in kinds])

    regular = Node("Table", [row("TH", "TH"), Node("TBody", [row("TD", "TD")])])
    tall = Node("Table", [Node("TR", [Node("TH", rows=2), Node("TH")]), row("TD")])
    broken = Node("Table", [row("TH", "TH"), row("TD")])
    skipped = [Node("H1"), Node("H3")]

    assert list(lacks_of_file(StructureTree(Node("Document", [regular, tall])), ())) == []
    assert [lack.short for lack in lacks_of_file(StructureTree(Node("Document", [broken, *skipped])), ())] == [
        "the rows of a table do not have the same columns",
        "a heading skips a level (“”)",
    ]


def test_a_letter_made_for_ears_is_the_same_file_each_time():
    source: dict[str, Any] = {"numbering": NUMBERED, "links": LINK, "styles": HEADINGS}
    body = heading(1, "A") + item(LONG) + table(("A", "B"), ("c", "d")) + paragraph(inner=link(text("here")))

    assert printed(body, **source).data == printed(body, **source).data
    assert docx(body, **source) == docx(body, **source)


def _cells(*rows: tuple[str, ...], bold: str = "", shaded: bool = False) -> str:
    """A table with lines; ``bold`` is ``row`` or ``column``, the first of which is in bold."""
    shade = '<w:tcPr><w:shd w:val="clear" w:fill="d0d0d0"/></w:tcPr>'

    def cell(words: str, at: int, column: int) -> str:
        strong = (bold == "row" and not at) or (bold == "column" and not column)
        return f"<w:tc>{shade if shaded and not at else ''}{paragraph(words, run='<w:b/>' if strong else '')}</w:tc>"

    inside = "".join(
        f"<w:tr>{''.join(cell(words, at, column) for column, words in enumerate(row))}</w:tr>"
        for at, row in enumerate(rows)
    )
    grid = "<w:tblGrid>" + '<w:gridCol w:w="3000"/>' * len(rows[0]) + "</w:tblGrid>"
    lines = '<w:tblBorders><w:top w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/></w:tblBorders>'
    return f"<w:tbl><w:tblPr>{lines}</w:tblPr>{grid}{inside}</w:tbl>"


ROWS = (("Record", "Held by"), ("Wages", "Bureau of Labor"), ("Claims", "Field Office"))
YEARS = (("Wages", "a", "b"), ("Claims", "c", "d"))
TITLE = '</w:tblGrid><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + paragraph("Fees") + "</w:tc></w:tr>"
HEADS_ROW, HEADS_COLUMN = "TR(TH(P) TH(P)) TR(TD(P) TD(P))", "TR(TH(P) TD(P)) TR(TH(P) TD(P))"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (_cells(*ROWS, bold="row"), HEADS_ROW),
        (_cells(*ROWS, shaded=True), HEADS_ROW),
        (_cells(*ROWS, bold="column"), HEADS_COLUMN),
        (_cells(("Name:", "Casey Specimen"), ("Number:", "12")), HEADS_COLUMN),
        (
            _cells(("Name:", "Casey", "Born:", "1970"), ("Town:", "Taos", "Phone:", "12")),
            "TR(TH(P) TD(P) TH(P) TD(P)) TR(TH(P) TD(P) TH(P) TD(P))",
        ),
        (_cells(("Name", "Signature"), ("", ""), ("", "")), "TR(TH(P) TH(P)) TR(TD TD)"),
        (_cells(("Item", "Fee"), ("Search", "$25.00"), ("Copies", "4.50")), HEADS_ROW),
        (_cells(("Item", "Fee"), ("Search", "none"), ("Copies", "4.50")), ""),
        (_cells(("", "2018", "2019"), *YEARS, bold="row"), "TR(TH TH(P) TH(P)) TR(TD(P) TD(P) TD(P))"),
        (_cells(*ROWS, bold="row").replace("</w:tblGrid>", TITLE), f"TR(TD(P)) {HEADS_ROW}"),
        (_cells(*ROWS), ""),
        (_cells(("", "Held by"), *ROWS[1:], bold="row"), ""),
        (_cells(("Wages", "Bureau"), ("", "")), ""),
        (_cells(("Name:", "Casey Specimen"), ("Office", "Legal")), HEADS_COLUMN),
        (_cells(("Wages", "$25.00"), ("Benefits", "none")), HEADS_COLUMN),
        (_cells(("Name", ""), ("Office", "")), "TR(TH(P) TD) TR(TH(P) TD)"),
        (_cells(("Item", "2018"), ("Wages", "none")), ""),
        (_cells(("Name:", "Office:"), ("Casey", "Legal")), ""),
        (_cells(("Name:", "Casey"), ("Name:", "Morgan Example"), ("Office", "Legal")), ""),
    ],
    ids=[
        "bold row",
        "shaded row",
        "bold column",
        "colons",
        "colons in pairs",
        "to fill in",
        "above numbers",
        "above a number and a word",
        "a corner",
        "below a title",
        "none",
        "an empty corner",
        "an empty last row",
        "a colon in the first row",
        "a number in the first row",
        "a form",
        "a year in the first row",
        "colons in the first row alone",
        "the same words in two rows",
    ],
)
def test_headings_that_are_plain_to_see_are_found(body: str, found: str) -> None:
    letter = printed(body + paragraph("End."))
    assert ("table-header" in [note.code for note in letter.notes]) is not found
    assert found in tags(letter.data)
    assert (b"<pdfuaid:part>1<" in metadata_of(letter.data)) is bool(found)
    if found == HEADS_COLUMN:
        with pikepdf.open(io.BytesIO(letter.data)) as pdf:
            scopes = {str(each.A.Scope) for each in pdf.objects if isinstance(each, pikepdf.Dictionary)
                      and each.get("/S") == "/TH"}  # fmt: skip
        assert scopes == {"/Row"}


def test_pictures_without_alternative_text_are_described_by_number_or_called_decorative() -> None:
    body = paragraph("One", inner=picture()) + paragraph("Two", inner=picture(description="Known"))
    body += table(("Head", "B"), ("x", "y")) + paragraph("Three", inner=picture())
    package = open_package(docx(body, pictures={"rIdPicture": PIXEL}), "letter.docx")
    plain = convert_package(package)
    assert [note.message.split(" has")[0] for note in plain.notes if note.code == "alternative-text"] == [
        "Picture 1",
        "Picture 2",
    ]
    described = convert_package(package, alternatives={1: "The seal", 2: ""})
    assert described.notes == ()
    with pikepdf.open(io.BytesIO(described.data)) as pdf:
        figures = [str(each["/Alt"]) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert sorted(figures) == ["Known", "The seal"]
    with pytest.raises(LettersError, match="no picture 3 without alternative text: 2 pictures have none"):
        convert_package(package, alternatives={3: "x"})


def test_lines_to_sign_on_make_no_table_to_be_read_as_one() -> None:
    line = '<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="4"/></w:tcBorders></w:tcPr>'

    def to_sign(above: str) -> str:
        rows = (line + paragraph(above), paragraph(""), line + paragraph("")), map(paragraph, ("For A", "", "For B"))
        inside = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
        return f"<w:tbl><w:tblPr/>{grid}{inside}{inside}</w:tbl>{paragraph('End.')}"

    grid = "<w:tblGrid>" + '<w:gridCol w:w="3000"/>' * 3 + "</w:tblGrid>"
    letter = printed(to_sign(""))
    assert letter.notes == ()
    assert "Table" not in tags(letter.data)
    assert [note.code for note in printed(to_sign("Casey Specimen")).notes] == ["table-header", "no-claim"]


def test_a_caption_with_a_line_around_one_half_is_no_table_to_be_read_as_one() -> None:
    half = '<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/></w:tcBorders>'
    row = f"<w:tr><w:tc>{half}</w:tcPr>{paragraph('Plaintiff')}</w:tc><w:tc>{paragraph('Case No. 1')}</w:tc></w:tr>"
    grid = '<w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>'
    letter = printed(f"<w:tbl><w:tblPr/>{grid}{row}{row}</w:tbl>{paragraph('End.')}")
    assert letter.notes == ()
    assert "Table" not in tags(letter.data)
    assert Listener(letter.data).claims() == BOTH
