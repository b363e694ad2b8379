"""A redline accepted reads as the new document, and rejected as the old one, whatever was changed."""

from __future__ import annotations

import random
from datetime import date

import pytest
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from helpers.reading import plain, settled
from lxml import etree

from letters.docx.beside_words import Appendix
from letters.docx.diff import in_line
from letters.docx.names import LINK_ID, RELATIONSHIPS, W
from letters.docx.package import Package, open_package
from letters.docx.redline import redline

ON = date(2026, 11, 22)


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def check(old: bytes, new: bytes, *, listed: bool = False) -> bytes:
    before, now = open_package(old, "old"), open_package(new, "new")
    data = redline(before, now, by="Morgan Example", on=ON)
    marked = open_package(data, "redline")
    for part in (part for part in now.parts if part.startswith(("word/document", "word/header", "word/footer"))):
        end = len(plain(now, part)) if listed else None
        assert settled(marked, part, accept=True)[:end] == plain(now, part), part
        if part in before.parts:
            end = len(plain(before, part)) if listed else None
            assert settled(marked, part, accept=False)[:end] == plain(before, part), part
    return data


def body(*lines: str) -> bytes:
    return docx("".join(map(paragraph, lines)))


CASES = {
    "a word": (["The decision rests on law."], ["The decision rests on this law."]),
    "a paragraph in between": (["One.", "Three."], ["One.", "Two.", "Three."]),
    "the last paragraph gone": (["One.", "Two."], ["One."]),
    "the last paragraphs new": (["One."], ["One.", "Two.", "Three."]),
    "words added before a new paragraph": (["Alpha beta gamma", "End."], ["Alpha beta gamma and more", "New.", "End."]),
    "everything else": (["Apples and pears."], ["Quite", "another text."]),
    "a tag": (["Dear {{ name }}:"], ["Dear {{ greeting }}:"]),
    "nothing": (["Same."], ["Same."]),
}


@pytest.mark.parametrize("case", CASES)
def test_accepted_it_is_the_new_and_rejected_the_old(case: str) -> None:
    old, new = CASES[case]
    check(body(*old), body(*new))


def test_only_what_changed_is_marked_with_who_and_when() -> None:
    data = check(body("Same.", "The quick brown fox jumps."), body("Same.", "The slow brown fox jumps."))
    root = open_package(data, "r").xml("word/document.xml")
    marked = [(node.tag, "".join(node.itertext()), node.get(w("author")), node.get(w("date")))
              for node in root.iter(w("ins"), w("del"))]  # fmt: skip
    assert marked == [
        (w("del"), "quick", "Morgan Example", "2026-11-22T00:00:00Z"),
        (w("ins"), "slow", "Morgan Example", "2026-11-22T00:00:00Z"),
    ]
    numbers = [node.get(w("id")) for node in root.iter(w("ins"), w("del"))]
    assert len(set(numbers)) == len(numbers)


def test_the_formatting_of_what_was_deleted_stays_with_it() -> None:
    old = docx(paragraph(inner=text("Plain ") + text("bold", "<w:b/>") + text(" end")))
    root = open_package(check(old, body("Plain  end")), "r").xml("word/document.xml")
    (deleted,) = root.iter(w("del"))
    assert deleted.find(f"{w('r')}/{w('rPr')}/{w('b')}") is not None


def table(*rows: tuple[str, ...]) -> str:
    cells = ["".join(f"<w:tc><w:tcPr/>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    grid = "".join('<w:gridCol w:w="2000"/>' for _ in rows[0])
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_rows_and_cells_of_tables_are_compared() -> None:
    old = docx(table(("Date", "By"), ("May 1", "email"), ("May 2", "letter")) + paragraph("End."))
    new = docx(table(("Date", "By"), ("May 1", "telephone"), ("June 3", "visit")) + paragraph("End."))
    root = open_package(check(old, new), "r").xml("word/document.xml")
    assert root.find(f".//{w('trPr')}/{w('ins')}") is not None
    assert root.find(f".//{w('trPr')}/{w('del')}") is not None


def test_headers_and_footers_are_compared() -> None:
    old = docx(paragraph("Same."), headers={"default": paragraph("Old office")})
    new = docx(paragraph("Same."), headers={"default": paragraph("New office")}, footers={"default": paragraph("Page")})
    check(old, new)


def test_fields_and_links_go_as_a_whole() -> None:
    link = f'<w:hyperlink r:id="rId9">{text("site")}</w:hyperlink>'
    old = docx(paragraph(inner=text("Page ") + field("PAGE", "2") + text(" see ") + link), links={"rId9": "http://a.b"})
    marked = open_package(check(old, body("Page see nothing")), "redline")
    (gone,) = marked.tree("word/document.xml").iter(w("hyperlink"))
    assert [each.target for each in marked.links(marked.main).values() if each.id == gone.get(LINK_ID)] == [
        "http://a.b"
    ]
    assert [each.text for each in marked.tree(marked.main).iter(w("delInstrText"))] == [" PAGE "]
    check(body("Page see nothing"), old)


def test_text_files_follow_on_pages_of_their_own() -> None:
    old, new = (open_package(body("Same."), name) for name in ("old", "new"))
    appendix = Appendix(
        "prompts/denial.toml", ['ask = "Why?"', "required = true"], ['ask = "Why not?"', "required = true"]
    )
    marked = open_package(redline(old, new, by="M", on=ON, appendices=[appendix]), "r")
    assert settled(marked, "word/document.xml", accept=True)[1:] == ["prompts/denial.toml", *appendix.new]
    assert settled(marked, "word/document.xml", accept=False)[1:] == ["prompts/denial.toml", *appendix.old]


WORDS = [*"abcdefghijkl", "{{ request.sought }}", "one-two", "20", "§"]


def some(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(0, 8)))


def edited(words: str, chance: random.Random) -> str:
    pieces = words.split()
    for _ in range(chance.randint(0, 3)):
        pieces[chance.randint(0, len(pieces)) : chance.randint(0, len(pieces))] = chance.choices(
            WORDS, k=chance.randint(0, 2)
        )
    return " ".join(pieces)


@pytest.mark.parametrize("seed", range(30))
def test_any_edit_of_paragraphs_and_cells_can_be_taken_back(seed: int) -> None:
    chance = random.Random(seed)

    def block(words: list[str]) -> str:
        return paragraph(words[0]) if len(words) == 1 else table(tuple(words))

    old = [[some(chance) for _ in range(chance.choice((1, 1, 1, 1, 3)))] for _ in range(chance.randint(1, 6))]
    new = []
    for words in old:
        if chance.random() < 0.8:
            new.append([edited(each, chance) for each in words])
        if chance.random() < 0.3:
            new.append([some(chance)])
    check(*(docx("".join(map(block, blocks)) + paragraph("End.")) for blocks in (old, new)))


def test_a_line_for_a_terminal_shows_what_went_and_what_came() -> None:
    assert in_line("The decision rests on law.", "This decision rests on good law.") == (
        "[-The-]{+This+} decision rests on {+good +}law."
    )


def test_the_redline_is_well_formed_for_word() -> None:
    """Deleted words stand in w:delText, and a paragraph's properties keep the order that Word wants."""
    data = check(body("Alpha beta.", "Gone."), body("Alpha gamma.", "Come.", "More."))
    root = open_package(data, "r").xml("word/document.xml")
    assert all(node.getparent().getparent().tag == w("del") for node in root.iter(w("delText")))
    assert not [node for node in root.iter(w("t")) if any(each.tag == w("del") for each in node.iterancestors())]
    for properties in root.iter(w("pPr")):
        order = [etree.QName(child).localname for child in properties]
        assert order.index("rPr") == len(order) - 1 if "rPr" in order else True


NOTE = f'<w:footnote w:id="2">{paragraph("The note.")}</w:footnote>'
MARK = '<w:r><w:footnoteReference w:id="2"/></w:r>'
STYLE = (
    '<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/><w:rPr><w:sz w:val="{}"/></w:rPr></w:style>'
)


def test_formatting_is_tracked_beside_words_and_in_paragraphs() -> None:
    old = docx(paragraph(inner=text("One two three four")) + paragraph("Same words"), styles=STYLE.format(20))
    bold = '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">two three </w:t></w:r>'
    same = '<w:p><w:pPr><w:pStyle w:val="Quote"/><w:jc w:val="center"/></w:pPr>' + text("Same words") + "</w:p>"
    new = docx(paragraph(inner=text("One ") + bold + text("five")) + same, styles=STYLE.format(20))
    root = open_package(check(old, new), "redline").tree("word/document.xml")
    (change,) = root.iter(w("rPrChange"))
    assert change.getnext() is None, "it comes last in the formatting"
    assert [each.tag for each in change[0]] == []
    assert "".join(change.getparent().getparent().itertext()) == "two three "
    (shape,) = root.iter(w("pPrChange"))
    assert shape.getnext() is None
    assert list(shape[0]) == []


def test_a_note_that_moved_is_one_note_and_its_words_are_compared() -> None:
    old = docx(paragraph(inner=text("One") + MARK) + paragraph("Two"), footnotes=NOTE)
    new = docx(paragraph("One") + paragraph(inner=text("Two") + MARK), footnotes=NOTE.replace("The", "This"))
    marked = open_package(check_all(old, new), "redline")
    marks = list(marked.tree("word/document.xml").iter(w("footnoteReference")))
    assert len(marks) == 1
    assert settled(marked, "word/document.xml", accept=True)[2:] == ["Footnotes that moved", "“This note.” after “Two”"]
    assert settled(marked, "word/document.xml", accept=False)[2:] == ["Footnotes that moved", "“The note.” after “One”"]
    note = marked.tree("word/footnotes.xml")
    assert ([each.text for each in note.iter(w("delText"))], settled(marked, "word/footnotes.xml", accept=True)) == (
        ["The"],
        ["This note."],
    )


def test_styles_pictures_and_properties_are_listed_at_the_end() -> None:
    old = docx(paragraph("One"), styles=STYLE.format(20), title="Old title")
    new = docx(paragraph("One"), styles=STYLE.format(28), title="New title")
    lines = settled(open_package(check_all(old, new), "redline"), "word/document.xml", accept=True)
    assert lines[1:] == ["Styles", "Quote: sz 28", "Document properties", "title: New title"]


def check_all(old: bytes, new: bytes) -> bytes:
    return redline(open_package(old, "old"), open_package(new, "new"), by="Morgan Example", on=ON)


def tracked(data: bytes, part: str = "word/document.xml") -> list[str]:
    """What is tracked in a part: the kind of change, with its words; the marks of paragraphs are left out."""
    root = open_package(data, "redline").tree(part)
    kinds = "ins del rPrChange pPrChange sectPrChange tblPrChange trPrChange tcPrChange"
    found = [(etree.QName(node).localname, "".join(node.itertext())) for node in root.iter(*map(w, kinds.split()))]
    return [" ".join((kind, *words.split())) for kind, words in found if words or kind.endswith("Change")]


def test_a_picture_that_changed_is_shown_as_it_was_and_as_it_is_even_where_it_floats() -> None:
    other = PIXEL[:-1] + b"\x83"
    shows = paragraph(inner=text("A ") + picture(floats=True))
    old, new = (docx(shows, pictures={"rIdPicture": each}) for each in (PIXEL, other))
    marked = open_package(check(old, new), "redline")
    shown = []
    for change in marked.tree(marked.main).iter(w("del"), w("ins")):
        (blip,) = change.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip")
        target = marked.links(marked.main)[blip.get(f"{{{RELATIONSHIPS}}}embed")].target
        is_inline = next(change.iter("{*}inline"), None) is not None
        shown.append((etree.QName(change).localname, marked.parts[target], marked.content_type(target), is_inline))
    assert shown == [("ins", other, "image/png", False), ("del", PIXEL, "image/png", True)]
    numbers = [each.get("id") for each in marked.tree(marked.main).iter("{*}docPr")]
    assert len(set(numbers)) == 2


def test_a_note_that_is_gone_keeps_its_words_as_deleted() -> None:
    old = docx(paragraph(inner=text("One") + MARK), footnotes=NOTE)
    marked = open_package(check(old, body("One")), "redline")
    (gone,) = marked.tree(marked.main).iter(w("footnoteReference"))
    assert gone.getparent().getparent().tag == w("del")
    (part,) = [each.target for each in marked.links(marked.main).values() if each.kind == "footnotes"]
    assert settled(marked, part, accept=False) == ["The note."]


BOX = (
    "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:anchor><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx>"
    "</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{0}</w:txbxContent>"
    "</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
CONTROL = "<w:sdt><w:sdtPr><w:id w:val='7'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
GRID = table(("Date", "By"), ("May 1", "email"))
INSERTED = (
    '<w:ins w:id="1" w:author="A">{}</w:ins><w:del w:id="2" w:author="A"><w:r><w:delText>old</w:delText></w:r></w:del>'
)
PLACES = {
    "runs split by a spelling mark": (
        paragraph(inner=text("Opening {{ name }} words")),
        paragraph(inner=text("Ope") + "<w:proofErr/>" + text("ning {{ na") + text("me }} words")),
        [],
    ),
    "part of a word made bold": (
        paragraph("Opening words"),
        paragraph(inner=text("Open") + text("ing", "<w:b/>") + text(" words")),
        ["rPrChange"],
    ),
    "a word in a text box": (
        paragraph(inner=text("Box") + BOX.format(paragraph("In the box"))),
        paragraph(inner=text("Box") + BOX.format(paragraph("In a box"))),
        ["del the", "ins a"] * 2,
    ),
    "the words of a content control": (
        paragraph(inner=CONTROL.format(text("yes"))),
        paragraph(inner=CONTROL.format(text("no"))),
        ["ins no", "del yes"],
    ),
    "a content control with paragraphs": (
        CONTROL.format(paragraph("Inside")) + paragraph("End"),
        CONTROL.format(paragraph("Within")) + paragraph("End"),
        ["del Inside", "ins Within"],
    ),
    "such a control gone": (
        CONTROL.format(paragraph("Inside")) + paragraph("End"),
        paragraph("End"),
        ["del Inside"],
    ),
    "the borders of a table": (
        GRID + paragraph("End"),
        GRID.replace("<w:tblPr/>", "<w:tblPr><w:jc w:val='center'/></w:tblPr>") + paragraph("End"),
        ["tblPrChange"],
    ),
    "the width of a cell": (
        GRID + paragraph("End"),
        GRID.replace("<w:tcPr/>", "<w:tcPr><w:tcW w:w='9'/></w:tcPr>", 1) + paragraph("End"),
        ["tcPrChange"],
    ),
    "changes that were tracked already": (
        paragraph(inner=INSERTED.format(text("new"))),
        paragraph(inner=INSERTED.format(text("new one"))),
        ["ins one"],
    ),
    "a bookmark around paragraphs": (
        paragraph("One") + paragraph("Two"),
        '<w:bookmarkStart w:id="4" w:name="here"/>' + paragraph("One") + '<w:bookmarkEnd w:id="4"/>' + paragraph("Two"),
        [],
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_changes_are_tracked_wherever_they_are(place: str) -> None:
    old, new, changes = PLACES[place]
    old, new = docx(old), docx(new)
    data = check_all(old, new) if "tracked" in place else check(old, new)
    assert tracked(data) == changes


def test_pages_of_another_size_are_tracked_and_a_header_that_is_gone_is_listed() -> None:
    old = docx(paragraph("One"), headers={"first": paragraph("The office")}, section="<w:titlePg/>")
    data = check(old, docx(paragraph("One")), listed=True)
    assert tracked(data)[:1] + tracked(data)[-1:] == ["del The office", "sectPrChange"]


def test_words_keep_what_only_their_own_version_declares() -> None:
    """Word 2010 and later write properties that others may ignore; the redline says so, too."""
    word = "http://schemas.microsoft.com/office/word/2010/wordml"
    old = open_package(body("Gone words", "Same."), "old")
    root = (
        old.parts["word/document.xml"]
        .decode()
        .replace("<w:document ", f'<w:document xmlns:w14="{word}" mc:Ignorable="w14" ')
    )
    root = root.replace("<w:rPr/>", "<w:rPr><w14:ligatures w14:val='all'/></w:rPr>", 1)
    root = root.replace("<w:rPr></w:rPr>", "<w:rPr><w14:ligatures w14:val='all'/></w:rPr>", 1)
    before = Package("old", {**old.parts, "word/document.xml": root.encode()})
    data = redline(before, open_package(body("Same."), "new"), by="M", on=ON)
    marked = open_package(data, "redline").tree("word/document.xml")
    assert next(marked.iter(f"{{{word}}}ligatures"), None) is not None
    assert marked.get("{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable") == "w14"
