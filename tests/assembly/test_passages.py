"""Shared passages: inserted into templates, with the styles of the template, and named as files in messages."""

# ruff: noqa: RUF001 - typographic quotes are what some of these tests are about

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx as python_docx
import pytest
from helpers import ROOT
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from lxml import etree

from letters.assembly.assembler import Assembler
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.draft_mark import mark_draft
from letters.assembly.template.shared_passages import SharedPassages
from letters.assembly.template.template import Template
from letters.docx.names import RELATIONSHIPS, W
from letters.docx.package import Package, Packed, members_of, open_package, write_letter, write_package
from letters.errors import Problem, TemplateAtFault
from letters.library.library import Library
from letters.pdf.pdf_file import pdf_words

PROPERTIES = DocumentProperties("Denial", "Office of General Counsel", "en-US", dt.date(2026, 8, 2))
SIGNATURE = docx(paragraph("Sincerely,") + paragraph("{{ signatory }}"))
INCLUDE = '{%p include "signature" %}'
CONTEXT = {"signatory": "Ada Byron", "urgent": True, "items": ["one", "two"]}
ONE_CELL = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def compiled(body: str, passages: Mapping[str, bytes] | None = None, **more: Any) -> Template:
    files = {"signature": SIGNATURE, **(passages or {})}
    shared = SharedPassages("templates/shared", tuple(sorted(files)), files.__getitem__)
    return Template.compile(docx(body, **more), "denial/letter.docx", shared)


def filled(
    body: str, passages: Mapping[str, bytes] | None = None, context: Mapping[str, Any] = CONTEXT, **more: Any
) -> Package:
    """The letter, once it is sure that Word could open it."""
    letter = compiled(body, passages, **more).fill(context, PROPERTIES)
    package = open_package(letter, "letter")
    _check(package)
    python_docx.Document(io.BytesIO(letter))
    return package


def _check(package: Package) -> None:
    """Links lead somewhere, parts have a type, ids and names are used once, and blocks end as Word wants them to."""
    ids: Counter[str] = Counter()
    for part in package.parts:
        assert package.content_type(part), part
        assert all(link.external or link.target in package.parts for link in package.links(part).values())
        if not part.startswith("word/") or not part.endswith(".xml"):
            continue
        root = package.xml(part)
        used = {
            value for node in root.iter() for name, value in node.items() if name.startswith(f"{{{RELATIONSHIPS}}}")
        }
        assert used <= package.links(part).keys()
        starts = [node.get(w("id"), "") for node in root.iter(w("bookmarkStart"))]
        assert sorted(starts) == sorted(node.get(w("id"), "") for node in root.iter(w("bookmarkEnd")))
        ids.update(f"bookmark {each}" for each in starts)
        ids.update(f"name {node.get(w('name'))}" for node in root.iter(w("bookmarkStart")))
        ids.update(f"picture {node.get('id')}" for node in root.iter("{*}docPr"))
        for holder in root.iter(w("tc"), w("hdr"), w("ftr"), w("footnote"), w("txbxContent")):
            assert holder[-1].tag == w("p")
        assert not re.search(r"<\?letters|\{[{%#]", etree.tostring(root, encoding="unicode"))
    for part, tag, attribute in (("styles", "style", "styleId"), ("numbering", "num", "numId")):
        if f"word/{part}.xml" in package.parts:
            ids.update(f"{tag} {node.get(w(attribute))}" for node in package.xml(f"word/{part}.xml").iter(w(tag)))
    assert [id_ for id_, count in ids.items() if count > 1] == []


def says(package: Package, part: str = "word/document.xml") -> list[str]:
    return ["".join(node.itertext(w("t"))) for node in package.xml(part).iter(w("p"))]


def problems_of(body: str, passages: Mapping[str, bytes] | None = None, **more: Any) -> list[Problem]:
    with pytest.raises(TemplateAtFault) as caught:
        filled(body, passages, **more)
    for problem in caught.value.problems:
        assert not re.search(r"token|NoneType|line \d|jinja|undefined|object|Error|XML", str(problem)), problem
    return list(caught.value.problems)


def problem_of(body: str, passages: Mapping[str, bytes] | None = None, **more: Any) -> str:
    found = problems_of(body, passages, **more)
    assert len(found) == 1, found
    return str(found[0])


def style(id_: str, name: str, inner: str = "", kind: str = "paragraph", default: bool = False) -> str:
    mark = ' w:default="1"' if default else ""
    return f'<w:style w:type="{kind}" w:styleId="{id_}"{mark}><w:name w:val="{name}"/>{inner}</w:style>'


def styled(words: str, style_: str) -> str:
    return paragraph(words, f'<w:pStyle w:val="{style_}"/>')


def listed(words: str, number: int) -> str:
    return paragraph(words, f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(*lists: int, start: str = "") -> str:
    """Lists whose numbers begin with ``start`` and the number of the list."""
    return "".join(
        f'<w:abstractNum w:abstractNumId="{each}"><w:nsid w:val="0000000{each}"/><w:lvl w:ilvl="0">'
        f'<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{start}{each}.%1"/></w:lvl></w:abstractNum>'
        for each in lists
    ) + "".join(f'<w:num w:numId="{each}"><w:abstractNumId w:val="{each}"/></w:num>' for each in lists)


# --- Where a passage goes, and how its tag is read ---


@pytest.mark.parametrize(
    "tag",
    [
        paragraph(INCLUDE),
        paragraph("{% p include “signature” %}"),
        paragraph("{%P Include\u00a0‘signature’ %} "),
        paragraph(inner=text("{%p incl", "<w:b/>") + text('ude "signa') + text('ture"') + text(" %}")),
    ],
)
def test_a_passage_takes_the_place_of_the_paragraph_that_names_it(tag: str) -> None:
    assert says(filled(paragraph("First.") + tag + paragraph("Last."))) == [
        "First.",
        "Sincerely,",
        "Ada Byron",
        "Last.",
    ]


def test_a_passage_goes_into_headers_cells_footnotes_and_text_boxes() -> None:
    box = "<w:txbxContent>" + paragraph(INCLUDE) + "</w:txbxContent>"
    boxes = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:docPr id="3" name="Box"/>'
        f"<wps:txbx>{box}</wps:txbx></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>"
        f"{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    note = '<w:footnote w:id="1">' + paragraph("Note.") + paragraph(INCLUDE) + "</w:footnote>"
    body = ONE_CELL.format(paragraph(INCLUDE)) + paragraph(inner=boxes)
    template = compiled(
        body, headers={"default": paragraph(INCLUDE)}, footers={"first": paragraph(INCLUDE)}, footnotes=note
    )
    package = open_package(template.fill(CONTEXT, PROPERTIES), "letter")
    _check(package)
    signed = ["Sincerely,", "Ada Byron"]
    assert says(package)[:2] == signed
    assert says(package)[3:] == signed * 2
    assert says(package, "word/header_default.xml") == says(package, "word/footer_first.xml") == signed
    assert says(package, "word/footnotes.xml") == ["Note.", *signed]


def test_a_passage_is_part_of_the_template_for_blocks_and_names() -> None:
    greeting = docx(paragraph("{%p if urgent %}") + paragraph("Now, {{ one }}.") + paragraph("{%p endif %}"))
    body = paragraph("{%p for one in items %}") + paragraph('{%p include "greeting" %}') + paragraph("{%p endfor %}")
    assert says(filled(body, {"greeting": greeting})) == ["Now, one.", "Now, two."]
    template = compiled(body + paragraph(INCLUDE), {"greeting": greeting})
    assert template.names == {"items", "urgent", "signatory"}
    assert [use.path for use in template.uses] == ["items", "urgent", "items[]", "signatory"]
    assert template.passages == ("greeting", "signature")


def test_passages_may_include_passages() -> None:
    closing = docx(paragraph("With regards") + paragraph(INCLUDE) + paragraph("Enclosure"))
    template = compiled(paragraph('{%p include "closing" %}'), {"closing": closing})
    assert template.passages == ("closing", "signature")
    package = open_package(template.fill(CONTEXT, PROPERTIES), "letter")
    assert says(package) == ["With regards", "Sincerely,", "Ada Byron", "Enclosure"]


@pytest.mark.parametrize("included_from", ["first", "second"])
def test_passages_that_include_each_other_are_refused_and_named(included_from: str) -> None:
    ring = {
        "first": docx(paragraph("A") + paragraph('{%p include "second" %}')),
        "second": docx(paragraph('{%p include "first" %}')),
    }
    message = problem_of(paragraph(f'{{%p include "{included_from}" %}}'), ring)
    other = "second" if included_from == "first" else "first"
    assert f"includes itself: {included_from} → {other} → {included_from}." in message
    assert message.startswith(f"templates/shared/{other}.docx, paragraph ")


def test_too_many_inclusions_are_refused() -> None:
    pile = {f"p{n}": docx(paragraph(f'{{%p include "p{n + 1}" %}}') * 3) for n in range(9)} | {"p9": SIGNATURE}
    assert any("more than 500 passages" in str(each) for each in problems_of(paragraph('{%p include "p0" %}'), pile))


def test_word_gets_the_paragraphs_it_needs_around_tables() -> None:
    table = docx(ONE_CELL.format(paragraph("Box")))
    include = paragraph('{%p include "table" %}')
    package = filled(
        ONE_CELL.format(include) + include + ONE_CELL.format(paragraph("Own")) + include,
        {"table": table},
        headers={"default": include},
    )
    body = package.xml("word/document.xml")[0]
    kinds = [etree.QName(node).localname for node in body]
    assert kinds == ["tbl", "p", "tbl", "p", "tbl", "p", "tbl", "p", "sectPr"]
    assert says(package) == ["Box", "", "", "Box", "", "Own", "", "Box", ""]


def test_bookmarks_beside_the_tag_stay() -> None:
    marked = paragraph(inner='<w:bookmarkStart w:id="4" w:name="here"/>' + text(INCLUDE) + '<w:bookmarkEnd w:id="4"/>')
    assert len(list(filled(marked).xml("word/document.xml").iter(w("bookmarkStart")))) == 1


# --- What is wrong, and where ---


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ('{%p include "signatur" %}', "the file templates/shared/signatur.docx is missing. Did you mean “signature”?"),
        ('{%p include "letterhead" %}', "letterhead.docx is missing. There are: signature."),
        ('{%p include "Signature" %}', "lowercase letters, digits, and hyphens. Did you mean “signature”?"),
        ('{%p include "signature.docx" %}', "lowercase letters, digits, and hyphens. Did you mean “signature”?"),
        ('{% include "signature" %}', f"so it needs the letter p. Write {INCLUDE}."),
        ('{%tr include "signature" %}', f"so it needs the letter p. Write {INCLUDE}."),
        ("{%p include signature %}", f"in quotation marks, with nothing after it. Write {INCLUDE}."),
        ('{%p include "signature" if urgent %}', f"Write {INCLUDE}."),
        ("{%p include %}", f"Write {INCLUDE}."),
        (f"Yours {INCLUDE}", f"the text “Yours” would be lost. Put {INCLUDE} in a paragraph of its own."),
        (f"{INCLUDE}{INCLUDE}", f"Put {INCLUDE} in a paragraph of its own."),
        ('{%p inclde "signature" %}', f"Did you mean {INCLUDE}?"),
        ('{%p include "signature" -%}', "Remove the dash."),
    ],
)
def test_a_tag_that_cannot_include_a_passage_says_what_to_type(tag: str, told: str) -> None:
    message = problem_of(paragraph("First.") + paragraph(tag))
    assert message.startswith("denial/letter.docx, body, paragraph 2, “")
    assert told in message


@pytest.mark.parametrize(
    ("beside", "told"),
    [(text("") + picture(), "a picture"), ('<w:r><w:br w:type="page"/></w:r>', "a page break")],
)
def test_a_tag_beside_something_that_would_be_lost_is_refused(beside: str, told: str) -> None:
    body = paragraph(inner=text(INCLUDE) + beside)
    assert f"and {told} would be lost." in problem_of(body, pictures={"rIdPicture": PIXEL})


def test_an_include_outside_a_paragraph_is_refused() -> None:
    told = f"Put it in a paragraph of its own in a Word template: {INCLUDE}."
    assert told in problem_of(paragraph("x"), title=INCLUDE)
    described = picture(description=INCLUDE.replace('"', "”"))
    assert told in problem_of(paragraph(inner=described), pictures={"rIdPicture": PIXEL})


def test_without_a_folder_of_passages_a_template_still_compiles_and_an_include_is_refused() -> None:
    assert Template.compile(docx(paragraph("Yes")), "denial/letter.docx").passages == ()
    with pytest.raises(TemplateAtFault, match="There is no passage “signature”"):
        Template.compile(docx(paragraph(INCLUDE)), "denial/letter.docx")


LINK = '<w:hyperlink r:id="{}">' + text("site") + "</w:hyperlink>"


@pytest.mark.parametrize(
    ("body", "more", "told"),
    [
        (paragraph("Old", f"<w:sectPr>{'<w:cols/>'}</w:sectPr>"), {}, "A passage cannot contain a section break."),
        (
            paragraph("Old", inner='<w:r><w:footnoteReference w:id="1"/></w:r>'),
            {"footnotes": '<w:footnote w:id="1"><w:p/></w:footnote>'},
            "A passage cannot contain a footnote.",
        ),
        (
            paragraph("Old", inner=f'<w:ins w:id="9" w:author="Eve">{text("new")}</w:ins>'),
            {},
            "1 tracked change is left (by Eve).",
        ),
        (paragraph("Old", inner='<w:r><w:commentReference w:id="9"/></w:r>'), {}, "1 comment is left."),
        (paragraph("Old", run="<w:vanish/>"), {}, "The text “Old” is hidden"),
        (paragraph("Old", inner=field("INCLUDETEXT x", "x")), {}, "A field fetches something from outside the letter."),
        (
            paragraph("Old", inner='<w:r><w:object r:id="rId_settings"/></w:r>'),
            {},
            "A passage cannot contain a drawing",
        ),
    ],
)
def test_what_a_passage_cannot_contain_is_refused_at_its_place_in_the_passage(
    body: str, more: dict[str, Any], told: str
) -> None:
    old = docx(paragraph("A") + body, **more)
    message = problem_of(paragraph("x") + paragraph('{%p include "old" %}'), {"old": old})
    assert message.startswith("templates/shared/old.docx, paragraph 2, “Old")
    assert told in message


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"no zip at all", "templates/shared/old.docx: The file is damaged"),
    ],
)
def test_a_damaged_passage_is_named(data: bytes, told: str) -> None:
    message = problem_of(paragraph('{%p include "old" %}'), {"old": data})
    assert message.startswith("templates/shared/old.docx")
    assert told in message


def test_headers_and_footers_of_a_passage_are_left_out_and_noted() -> None:
    pages = {"headers": {"default": paragraph("{{ office }}"), "first": paragraph("")}}
    old = docx(paragraph("x"), title="{{ name }}", section=FIRST, **pages, footers={"default": paragraph("{{ page }}")})
    template = compiled(paragraph('{%p include "old" %}'), {"old": old})
    (note,) = template.notes
    assert str(note).startswith("templates/shared/old.docx: Templates include only the body")
    assert "not its header and footer" in str(note)
    assert template.tags == ()


def test_tags_in_the_address_of_a_link_are_filled_in_the_letter_and_in_a_passage() -> None:
    old = docx(paragraph(inner=LINK.format("l")), links={"l": "mailto:%7B%7B%20signatory%20%7D%7D@agency.example"})
    body = paragraph(inner=LINK.format("w")) + paragraph('{%p include "old" %}')
    package = filled(
        body, {"old": old}, {**CONTEXT, "signatory": "pat"}, links={"w": "https://agency.example/{{ signatory }}"}
    )
    codes = [(node.text or "").strip() for node in package.xml(package.main).iter(w("instrText"))]
    assert codes == ['HYPERLINK "https://agency.example/pat"', 'HYPERLINK "mailto:pat@agency.example"']
    assert says(package)[:2] == ["site", "site"]
    assert not any(b"%7B" in data or b"{{" in data for data in package.parts.values())
    assert "Nothing is called “nobody”" in problem_of(
        paragraph(inner=LINK.format("w")), links={"w": "mailto:{{ nobody }}"}
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("{{ signatoryy }}", "Nothing is called “signatoryy” in {{ signatoryy }}. Did you mean “signatory”?"),
        ("{{ signatory|uppr }}", "There is no filter “uppr”."),
        ("{name}", "“{name}” is not a tag"),
        ("{% if urgent %}", "{% if urgent %} is never ended."),
        ("{{ items }}", "or loop over it."),
    ],
)
def test_a_problem_in_a_passage_names_its_place_in_the_passage(wrong: str, told: str) -> None:
    heading = style("H2", "heading 2")
    old = docx(styled("Terms", "H2") + paragraph("Fine.") + paragraph(wrong), styles=heading)
    body = paragraph("One") + styled("Facts", "H2") + paragraph('{%p include "old" %}')
    message = problem_of(body, {"old": old}, styles=heading)
    assert message.startswith(f"templates/shared/old.docx, paragraph 3 under “Terms”, “{wrong}”: ")
    assert told in message


def test_the_paragraphs_of_the_template_keep_their_numbers_and_headings() -> None:
    old = docx(styled("Terms", "H2") + paragraph("{{ x }}") * 5, styles=style("H2", "heading 2"))
    body = styled("Facts", "H2") + paragraph('{%p include "old" %}') + paragraph("{{ y }}")
    found = problems_of(body, {"old": old}, styles=style("H2", "heading 2"))
    assert [problem.where for problem in found] == [
        *(f"templates/shared/old.docx, paragraph {number} under “Terms”, “{{{{ x }}}}”" for number in range(2, 7)),
        "denial/letter.docx, body, paragraph 3 under “Facts”, “{{ y }}”",
    ]


@pytest.mark.parametrize(
    ("passage", "before", "after", "where", "told"),
    [
        (
            "{%p if urgent %}",
            "x",
            "{%p endif %}",
            "denial/letter.docx, body, paragraph 3",
            "belongs to {%p if urgent %} in another file: templates/shared/half.docx, paragraph 1",
        ),
        (
            "{%p endif %}",
            "{%p if urgent %}",
            "{%p endif %}",
            "templates/shared/half.docx, paragraph 1",
            "belongs to {%p if urgent %} in another file: denial/letter.docx, body, paragraph 1",
        ),
        (
            "{%p else %}",
            "{%p if urgent %}",
            "{%p endif %}",
            "templates/shared/half.docx, paragraph 1",
            "in another file: denial/letter.docx, body, paragraph 1",
        ),
        (
            "{%p for one in items %}",
            "{%p if urgent %}",
            "{%p endif %}",
            "templates/shared/half.docx, paragraph 1",
            "is never ended",
        ),
        (
            "{%p if signatory %}",
            "{%p if urgent %}",
            "{%p endif %}",
            "templates/shared/half.docx, paragraph 1",
            "is never ended",
        ),
    ],
)
def test_a_block_starts_and_ends_in_one_file(passage: str, before: str, after: str, where: str, told: str) -> None:
    body = "".join(map(paragraph, (before, '{%p include "half" %}', after)))
    message = problem_of(body, {"half": docx(paragraph(passage))})
    assert message.startswith(where)
    assert told in message


def test_two_halves_in_two_inclusions_of_a_passage_are_not_a_block() -> None:
    half = docx(paragraph("{%p if urgent %}"))
    other = docx(paragraph("{%p endif %}"))
    body = paragraph('{%p include "half" %}') + paragraph('{%p include "other" %}')
    assert "belongs to {%p if urgent %} in another file" in problem_of(body, {"half": half, "other": other})


# --- At home in the template ---


def test_a_style_of_the_same_name_is_taken_from_the_template() -> None:
    ours = style("Klausel", "Clause", "<w:rPr><w:b/></w:rPr>") + style("Clause", "Something else")
    theirs = style("Clause", "Clause", "<w:rPr><w:i/></w:rPr>")
    old = docx(styled("x", "Clause"), styles=theirs)
    package = filled(paragraph('{%p include "old" %}'), {"old": old}, styles=ours)
    assert [node.get(w("val")) for node in package.xml("word/document.xml").iter(w("pStyle"))] == ["Klausel"]
    assert len(list(package.xml("word/styles.xml").iter(w("style")))) == 3


def test_a_style_the_template_lacks_is_copied_with_those_it_is_based_on() -> None:
    theirs = (
        style("Base", "Clause Base", '<w:basedOn w:val="Normal"/>')
        + style("Clause", "Clause", '<w:basedOn w:val="Base"/><w:next w:val="After"/><w:link w:val="ClauseChar"/>')
        + style("After", "After Clause")
        + style("ClauseChar", "Clause Char", '<w:link w:val="Clause"/>', "character")
        + style("Grid", "Our Grid", "", "table")
        + style("Unused", "Unused")
    )
    table = ONE_CELL.replace("<w:tblPr/>", '<w:tblPr><w:tblStyle w:val="Grid"/></w:tblPr>').format(paragraph("cell"))
    old = docx(styled("x", "Clause") + table + paragraph("y", run='<w:rStyle w:val="Clause"/>'), styles=theirs)
    ours = style("Clause", "Something else") + style("Standard", "clause base")
    package = filled(paragraph('{%p include "old" %}') * 2, {"old": old}, styles=ours)
    root = package.xml("word/styles.xml")
    brought = {node.get(w("styleId")): node for node in root.iter(w("style"))}
    assert sorted(brought) == ["After", "Clause", "Clause2", "ClauseChar", "Grid", "Normal", "Standard"]
    rests = {node.tag: node.get(w("val")) for node in brought["Clause2"]}
    assert rests == {
        w("name"): "Clause",
        w("basedOn"): "Standard",
        w("next"): "After",
        w("link"): "ClauseChar",
    }
    assert brought["ClauseChar"].find(w("link")).get(w("val")) == "Clause2"
    body = package.xml("word/document.xml")
    assert [node.get(w("val")) for node in body.iter(w("pStyle"))] == ["Clause2"] * 2
    assert [node.get(w("val")) for node in body.iter(w("tblStyle"))] == ["Grid"] * 2
    assert not list(body.iter(w("rStyle"))), "a character style of that name there is none"


def test_paragraphs_without_a_style_look_as_in_the_template() -> None:
    theirs = style("Brief", "Brief Text", default=True)
    old = docx(paragraph("plain") + styled("default", "Brief"), styles=theirs)
    package = filled(paragraph('{%p include "old" %}'), {"old": old})
    assert len(list(package.xml("word/styles.xml").iter(w("style")))) == 1
    marks = [node.get(w("val")) for node in package.xml("word/document.xml").iter(w("pStyle"))]
    assert marks == ["Normal"]


def lists_of(package: Package) -> list[tuple[str, str]]:
    """The words of every numbered paragraph, with what its number looks like and which list counts it."""
    root = package.xml("word/numbering.xml")
    abstract = {node.get(w("abstractNumId")): node for node in root.iter(w("abstractNum"))}
    of = {node.get(w("numId")): node.find(w("abstractNumId")).get(w("val")) for node in root.iter(w("num"))}
    assert len({node.find(w("nsid")).get(w("val")) for node in abstract.values()}) == len(abstract)
    order = [etree.QName(node).localname for node in root]
    assert order == sorted(order), "Word wants all abstractNum before all num"
    found = []
    for node in package.xml("word/document.xml").iter(w("p")):
        number = node.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")
        if number is not None:
            list_ = of.get(number.get(w("val")), "none")
            look = "" if list_ == "none" else abstract[list_].find(f".//{w('lvlText')}").get(w("val"))
            found.append((look, list_))
    return found


@pytest.mark.parametrize("own", [True, False])
def test_lists_are_copied_and_start_again_in_each_inclusion(own: bool) -> None:
    old = docx(listed("a", 2) + listed("b", 2) + listed("c", 7) + listed("d", 0), numbering=numbering(1, 2, start="S"))
    body = (listed("o", 1) if own else "") + paragraph('{%p include "old" %}') * 2
    found = lists_of(filled(body, {"old": old}, numbering=numbering(1, 2, start="T") if own else ""))
    looks = [look for look, _ in found]
    assert looks == (["T1.%1"] if own else []) + ["S2.%1", "S2.%1", "", ""] * 2
    first, second = found[-8][1], found[-4][1]
    assert found[-7][1] == first != second == found[-3][1]
    assert not own or found[0][1] not in (first, second)


def test_list_starts_are_kept_and_picture_bullets_become_plain() -> None:
    lists = numbering(1).replace('<w:start w:val="1"/>', '<w:start w:val="1"/><w:lvlPicBulletId w:val="0"/>')
    lists = lists.replace(
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/>',
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/>'
        "</w:lvlOverride>",
    )
    package = filled(paragraph('{%p include "old" %}'), {"old": docx(listed("a", 1), numbering=lists)})
    root = package.xml("word/numbering.xml")
    assert [node.get(w("val")) for node in root.iter(w("startOverride"))] == ["4"]
    assert not list(root.iter(w("lvlPicBulletId")))


@pytest.mark.parametrize("ours", [True, False])
def test_numbering_of_a_style_is_taken_from_the_template_if_it_has_the_style(ours: bool) -> None:
    def numbered(start: str) -> dict[str, str]:
        list_ = numbering(1, start=start).replace("<w:lvlText", '<w:pStyle w:val="Clause"/><w:lvlText')
        properties = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        return {"styles": style("Clause", "Clause", properties), "numbering": list_}

    old = docx(styled("a", "Clause"), **numbered("S"))
    package = filled(
        paragraph('{%p include "old" %}') * 2, {"old": old}, **(numbered("T") if ours else {"numbering": numbering(1)})
    )
    root = package.xml("word/numbering.xml")
    styles = {node.get(w("styleId")): node for node in package.xml("word/styles.xml").iter(w("style"))}
    clause = styles["Clause"]
    number = clause.find(f".//{w('numId')}").get(w("val"))
    num = next(node for node in root.iter(w("num")) if node.get(w("numId")) == number)
    abstract = next(
        node
        for node in root.iter(w("abstractNum"))
        if node.get(w("abstractNumId")) == num.find(w("abstractNumId")).get(w("val"))
    )
    assert abstract.find(f".//{w('lvlText')}").get(w("val")) == ("T1.%1" if ours else "S1.%1")
    assert [node.get(w("val")) for node in root.iter(w("pStyle"))] == ["Clause"]
    assert len(list(root.iter(w("abstractNum")))) == (1 if ours else 2)


def test_pictures_and_links_are_copied_into_any_part() -> None:
    seal = PIXEL + b"seal"
    head = docx(
        paragraph(inner=picture() + LINK.format("rIdSite") + LINK.format("rIdGone")),
        pictures={"rIdPicture": seal},
        links={"rIdSite": "https://example.org/a?b=1&c=2"},
    )
    include = paragraph('{%p include "head" %}')
    package = filled(
        include * 2 + paragraph(inner=picture()),
        {"head": head},
        headers={"default": include},
        pictures={"rIdPicture": PIXEL},
        links={"rIdGone": "https://example.org/of-the-template"},
    )
    for part, shown in (("word/document.xml", [seal, seal, PIXEL]), ("word/header_default.xml", [seal])):
        root, links = package.xml(part), package.links(part)
        pictures = [links[node.get(f"{{{RELATIONSHIPS}}}embed")].target for node in root.iter("{*}blip")]
        assert [package.parts[each] for each in pictures] == shown
        sites = [
            links[id_].target if (id_ := node.get(f"{{{RELATIONSHIPS}}}id")) else ""
            for node in root.iter(w("hyperlink"))
        ]
        assert sites == ["https://example.org/a?b=1&c=2", ""] * len([each for each in shown if each == seal])
    assert len([part for part in package.parts if part.startswith("word/media/")]) == 2


def test_a_picture_of_a_new_type_gets_its_content_type() -> None:
    with_jpeg = docx(paragraph(inner=picture()), pictures={"rIdPicture": PIXEL})
    package = open_package(with_jpeg, "x")
    parts = {
        name.replace(".png", ".gif"): data.replace(b".png", b".gif")
        .replace(b'"png"', b'"gif"')
        .replace(b"image/png", b"image/gif")
        for name, data in package.parts.items()
    }
    head = write_package(Packed.of(name, data) for name, data in parts.items())
    letter = filled(paragraph('{%p include "head" %}'), {"head": head})
    assert [letter.content_type(part) for part in letter.parts if part.endswith(".gif")] == ["image/gif"]


def test_bookmarks_stay_unique_and_references_follow_them() -> None:
    def marked(words: str) -> str:
        return paragraph(
            inner='<w:bookmarkStart w:id="0" w:name="here"/>' + text(words) + '<w:bookmarkEnd w:id="0"/>'
            '<w:hyperlink w:anchor="here">' + text("see") + "</w:hyperlink>" + field("REF here \\h", words)
        )

    old = docx(marked("theirs"))
    around = '<w:bookmarkStart w:id="0" w:name="here"/>{}<w:bookmarkEnd w:id="0"/>'
    body = around.format(paragraph("ours") + paragraph('{%p include "old" %}') * 2) + paragraph(
        inner=field("REF here \\p", "below")
    )
    root = filled(body, {"old": old}).xml("word/document.xml")
    names = [node.get(w("name")) for node in root.iter(w("bookmarkStart"))]
    assert names == ["here", "here_2", "here_3"]
    assert [node.get(w("anchor")) for node in root.iter(w("hyperlink"))] == ["here_2", "here_3"]
    codes = [(node.text or "").split()[1] for node in root.iter(w("instrText"))]
    assert codes == ["here_2", "here_3", "here"]


def test_newer_drawings_keep_a_declared_prefix() -> None:
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:docPr id="3" name="Box"/>'
        f"<wps:txbx><w:txbxContent>{paragraph('Boxed')}</w:txbxContent></wps:txbx></wp:inline></w:drawing></mc:Choice>"
        "</mc:AlternateContent></w:r>"
    )
    old = docx(paragraph(inner=box))
    plain = docx(paragraph('{%p include "old" %}'))
    package = open_package(plain, "x")
    xml = package.parts["word/document.xml"].decode()
    wps = re.search(r'xmlns:wps="([^"]*)"', xml)
    assert wps is not None
    for change in ("", f'xmlns:wps="urn:other" xmlns:shape="{wps[1]}"'):  # unknown; known under another prefix
        parts = {**package.parts, "word/document.xml": xml.replace(wps[0], change).encode()}
        data = write_package(Packed.of(name, part) for name, part in parts.items())
        shared = SharedPassages("templates/shared", ("old",), {"old": old}.__getitem__)
        letter = open_package(Template.compile(data, "denial/letter.docx", shared).fill({}, PROPERTIES), "letter")
        choice = next(letter.xml("word/document.xml").iter("{*}Choice"))
        assert choice.nsmap[choice.get("Requires")] == wps[1]


def test_the_same_passages_give_the_same_bytes() -> None:
    old = docx(styled("x", "New") + listed("a", 1), styles=style("New", "New"), numbering=numbering(1))
    body = paragraph('{%p include "old" %}') * 2 + paragraph(INCLUDE)
    letters = {compiled(body, {"old": old}).fill(CONTEXT, PROPERTIES) for _ in range(3)}
    assert len(letters) == 1


def test_a_template_without_passages_is_unaffected_by_them() -> None:
    data = docx(paragraph("Dear {{ signatory }}"), pictures={"rIdPicture": PIXEL})
    alone = Template.compile(data, "denial/letter.docx").fill(CONTEXT, PROPERTIES)
    shared = SharedPassages("templates/shared", ("signature",), {"signature": SIGNATURE}.__getitem__)
    assert Template.compile(data, "denial/letter.docx", shared).fill(CONTEXT, PROPERTIES) == alone


def test_the_library_keeps_passages_in_templates_shared_and_reads_each_once(tmp_path: Path) -> None:
    for name in ("templates", "prompts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shared = tmp_path / "templates" / "shared"
    shared.mkdir(exist_ok=True)
    kinds = list(Library(tmp_path).kinds)[:2]
    (shared / "test-closing.docx").write_bytes(docx(paragraph("Closing words of all letters.")))
    (shared / "~$test-closing.docx").write_bytes(b"lock")
    for kind in kinds:
        (tmp_path / "templates" / kind / "letter.docx").write_bytes(docx(paragraph('{%p include "test-closing" %}')))
    assembler = Assembler(Library(tmp_path))
    first = assembler.template(kinds[0])
    (shared / "test-closing.docx").unlink()
    for template in (first, assembler.template(kinds[1])):
        assert template.passages == ("test-closing",)
        assert says(open_package(template.fill({}, PROPERTIES), "x")) == ["Closing words of all letters."]
    with pytest.raises(TemplateAtFault, match=re.escape("templates/shared/test-closing.docx is missing")):
        Assembler(Library(tmp_path)).template(kinds[0])


# --- The mark of a draft ---

WORDS = "DRAFT — NOT SENT"
BREAK = "<w:sectPr>{}</w:sectPr>"
FIRST, EVEN = "<w:titlePg/>", "<w:evenAndOddHeaders/>"


def draft(data: bytes) -> bytes:
    """A letter with the notice that it is a draft."""
    return write_letter(mark_draft(members_of(data), WORDS))


def marks(data: bytes) -> dict[str, int]:
    """How often each header part bears the mark as its first paragraph."""
    package = open_package(data, "draft")
    _check(package)
    found = {}
    for part in package.parts:
        if package.content_type(part).endswith("header+xml"):
            words = says(package, part)
            assert words.count(WORDS) == (words[:1] == [WORDS])
            found[part] = words.count(WORDS)
    return found


@pytest.mark.parametrize(
    ("body", "more", "parts"),
    [
        ("", {}, 1),
        ("", {"section": FIRST}, 2),
        ("", {"section": FIRST, "settings": EVEN}, 3),
        ("", {"section": '<w:titlePg w:val="0"/>', "settings": '<w:evenAndOddHeaders w:val="false"/>'}, 1),
        (paragraph("1", BREAK.format("")), {}, 1),
        (paragraph("1", BREAK.format(FIRST)), {"headers": {"default": paragraph("Head")}}, 3),
        (paragraph("1", BREAK.format("")), {"headers": {"first": paragraph("Head")}, "section": FIRST}, 2),
        (
            paragraph("1", BREAK.format('<w:headerReference w:type="default" r:id="rId_header_default"/>')),
            {"headers": {"default": ONE_CELL.format(paragraph("Head")) + paragraph("")}},
            1,
        ),
    ],
)
def test_every_page_has_the_draft_notice_once(body: str, more: dict[str, Any], parts: int) -> None:
    marked = marks(draft(docx(body + paragraph("Text"), **more)))
    assert marked == dict.fromkeys(marked, 1)
    assert len(marked) == parts


def test_a_header_no_page_shows_is_left_alone() -> None:
    marked = marks(draft(docx(paragraph("Text"), headers={"first": paragraph("Unused")})))
    assert sorted(marked.values()) == [0, 1]


def test_the_draft_notice_looks_the_same_in_every_template_and_the_title_says_draft() -> None:
    data = docx(paragraph("Text"), title="Denial & more")
    marked = draft(data)
    assert draft(data) == marked
    document = python_docx.Document(io.BytesIO(marked))
    core = open_package(marked, "draft").xml("docProps/core.xml")
    assert core.findtext("{*}title") == "DRAFT — NOT SENT: Denial & more"
    head = document.sections[0].header.paragraphs[0]
    assert (head.text, head.alignment) == (WORDS, 1)
    assert (head.runs[0].bold, str(head.runs[0].font.color.rgb)) == (True, "8B0000")
    assert [each.text for each in document.paragraphs] == ["Text"]


def test_the_pdf_of_a_draft_has_the_notice_on_every_page(assembler: Assembler) -> None:
    new_page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    pages = [
        paragraph("One") + new_page,
        paragraph("Two") + new_page + paragraph("Three", BREAK.format(FIRST)),
        paragraph("Four"),
    ]
    data = docx("".join(pages), headers={"default": paragraph("Head")}, section=FIRST, settings=EVEN)
    printed = assembler.converter.convert(draft(data), "draft")
    assert printed.notes == ()
    words = pdf_words(printed.data)
    assert words.body.startswith(WORDS), "the head of the first page is read out"
    assert words.furniture[1:] == [WORDS] * 3
    assert printed.pages == 4
