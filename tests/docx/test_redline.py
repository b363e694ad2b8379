"""A redline accepted reads as the new document, and rejected as the old one, whatever was changed."""

from __future__ import annotations

import random
from datetime import date

import pytest
from helpers.documents import docx, field, paragraph, text
from helpers.reading import plain, settled
from lxml import etree

from letters.docx.diff import in_line
from letters.docx.names import W
from letters.docx.package import open_package
from letters.docx.redline import Appendix, redline

ON = date(2026, 11, 22)


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def check(old: bytes, new: bytes) -> bytes:
    before, now = open_package(old, "old"), open_package(new, "new")
    data = redline(before, now, by="Morgan Example", on=ON)
    marked = open_package(data, "redline")
    for part in (part for part in now.parts if part.startswith(("word/document", "word/header", "word/footer"))):
        assert settled(marked, part, accept=True) == plain(now, part), part
        if part in before.parts:
            assert settled(marked, part, accept=False) == plain(before, part), part
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
    check(old, body("Page see nothing"))
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


@pytest.mark.parametrize("seed", range(60))
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
    assert [each.text for each in marked.tree("word/document.xml").iter(w("delText"))] == ["[note]"]
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
