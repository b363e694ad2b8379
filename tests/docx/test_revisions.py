"""Tracked changes are accepted as Word accepts them, for a PDF, for `letters verify` and for `letters check --fix`."""

from __future__ import annotations

import pytest
from helpers.documents import docx
from lxml import etree

from letters.docx.names import P, T, W, w
from letters.docx.package import Package, open_package
from letters.docx.revisions import COMMENTS, TRACKED, accept_changes, accepted, drop_comments

BY = 'w:id="9" w:author="Pat Example"'
TABLE = "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"


def par(words: str = "", *, mark: str = "", change: str = "", properties: str = "") -> str:
    """A paragraph, its end and its words each perhaps tracked."""
    look = f"<w:rPr><w:{mark} {BY}/></w:rPr>" if mark else ""
    text = "delText" if change in ("del", "moveFrom") else "t"
    run = f"<w:r><w:{text}>{words}</w:{text}></w:r>" if words else ""
    inside = f"<w:{change} {BY}>{run}</w:{change}>" if change else run
    return f"<w:p><w:pPr>{properties}{look}</w:pPr>{inside}</w:p>"


def gone(words: str) -> str:
    """A paragraph deleted with its end."""
    return par(words, mark="del", change="del")


def row(*cells: str, change: str = "", cell_change: str = "") -> str:
    properties = f"<w:trPr><w:{change} {BY}/></w:trPr>" if change else ""
    first = f"<w:tcPr><w:{cell_change} {BY}/></w:tcPr>" if cell_change else ""
    inner = "".join(f"<w:tc>{'' if at else first}{cell}</w:tc>" for at, cell in enumerate(cells))
    return f"<w:tr>{properties}{inner}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def outline(node: etree._Element) -> list[object]:
    """The words of every paragraph, a table as a list of rows, a row as a list of cells."""
    found: list[object] = []
    for child in node:
        if child.tag == P:
            found.append("".join(text.text or "" for text in child.iter(T)))
        elif child.tag == w("tbl"):
            found.append(
                [[outline(cell) for cell in each.iterchildren(w("tc"))] for each in child.iterchildren(w("tr"))]
            )
    return found


def after(body: str) -> etree._Element:
    """The body once its changes are accepted, in which no change and no tracked range is left."""
    package = accepted(open_package(docx(body), "letter.docx"))
    root = package.xml(package.main)
    assert not list(root.iter(*TRACKED))
    assert not [node for node in root.iter(etree.Element) if "RangeStart" in str(node.tag)]
    found = root.find(w("body"))
    assert found is not None
    return found


CASES: dict[str, tuple[str, list[object]]] = {
    "words": (f"<w:p><w:ins {BY}><w:r><w:t>new</w:t></w:r></w:ins><w:del {BY}><w:r><w:delText>old</w:delText></w:r></w:del></w:p>", ["new"]),  # noqa: E501
    "a deletion in an insertion": (f"<w:p><w:ins {BY}><w:r><w:t>a</w:t></w:r><w:del {BY}><w:r><w:delText>b</w:delText></w:r></w:del></w:ins></w:p>", ["a"]),  # noqa: E501
    "an inserted paragraph": (par("a", mark="ins", change="ins") + par("b"), ["a", "b"]),
    "a deleted paragraph": (par("a") + gone("b") + par("c"), ["a", "c"]),
    "a deleted end": (par("a", mark="del") + par("b"), ["ab"]),
    "two deleted ends in a row": (par("a", mark="del") + par("b", mark="del") + par("c"), ["abc"]),
    "a deleted end before a bookmark": (par("a", mark="del") + '<w:bookmarkEnd w:id="3"/>' + par("b"), ["ab"]),
    "a moved paragraph": (
        '<w:moveFromRangeStart w:id="1" w:name="m"/>' + par("a", mark="moveFrom", change="moveFrom")
        + '<w:moveFromRangeEnd w:id="1"/>' + par("b") + '<w:moveToRangeStart w:id="2" w:name="m"/>'
        + par("a", mark="moveTo", change="moveTo") + '<w:moveToRangeEnd w:id="2"/>' + par("c"),
        ["b", "a", "c"],
    ),
    "a deleted paragraph before a table": (par("a") + gone("b") + TABLE + par("c"), ["a", [[["cell"]]], "c"]),
    "a deleted end before a table": (par("a", mark="del") + TABLE + par("c"), ["a", [[["cell"]]], "c"]),
    "a deleted paragraph between two tables": (TABLE + gone("b") + TABLE + par("c"), [[[["cell"]]], "", [[["cell"]]], "c"]),  # noqa: E501
    "the last paragraph": (par("a") + gone("b"), ["a"]),
    "every paragraph": (gone("a") + gone("b"), [""]),
    "the last paragraph of a cell": (tbl(row(par("a") + gone("b"))) + par(), [[[["a"]]], ""]),
    "the only paragraph of a cell": (tbl(row("<w:tcPr/>" + gone("a"))) + par(), [[[[""]]], ""]),
    "a row": (tbl(row(par("a"), change="del"), row(par("b"))) + par(), [[[["b"]]], ""]),
    "an inserted row": (tbl(row(par("a"), change="ins")) + par(), [[[["a"]]], ""]),
    "every row": (par("a") + tbl(row(par("b"), change="del")) + par("c"), ["a", "c"]),
    "a cell": (tbl(row(par("a"), par("b"), cell_change="cellDel")) + par(), [[[["b"]]], ""]),
    "an inserted cell": (tbl(row(par("a"), par("b"), cell_change="cellIns")) + par(), [[[["a"], ["b"]]], ""]),
    "the only cell of a row": (tbl(row(par("a"), cell_change="cellDel"), row(par("b"))) + par(), [[[["b"]]], ""]),
    "the only cell of a table": (par("a") + tbl(row(par("b"), cell_change="cellDel")) + par("c"), ["a", "c"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_left_once_a_change_is_accepted(case: str) -> None:
    body, left = CASES[case]
    assert outline(after(body)) == left


def test_joined_paragraphs_look_like_the_last_of_them() -> None:
    (joined,) = after(par("a", mark="del", properties='<w:jc w:val="left"/>') + par("b", properties='<w:jc w:val="right"/>')).iterchildren(P)  # fmt: skip  # noqa: E501
    assert [node.get(w("val")) for node in joined.iter(w("jc"))] == ["right"]


def test_new_formatting_stays_and_former_formatting_goes() -> None:
    changed = f'<w:p><w:pPr><w:jc w:val="right"/><w:pPrChange {BY}><w:pPr><w:jc w:val="left"/></w:pPr></w:pPrChange></w:pPr></w:p>'  # noqa: E501
    assert [node.get(w("val")) for node in after(changed + par()).iter(w("jc"))] == ["right"]


def test_cells_that_a_change_merges_are_merged() -> None:
    cells = [f'<w:tc><w:tcPr><w:cellMerge {BY} w:vMerge="{kind}"/></w:tcPr><w:p/></w:tc>' for kind in ("rest", "cont")]
    body = after(tbl(*(f"<w:tr>{cell}</w:tr>" for cell in cells)) + par())
    assert [node.get(w("val")) for node in body.iter(w("vMerge"))] == ["restart", "continue"]


def test_headers_and_footnotes_are_accepted_too() -> None:
    data = docx(
        par("a"),
        headers={"default": par("b") + gone("c")},
        footnotes=f'<w:footnote w:id="1">{gone("d")}{par("e")}</w:footnote>',
    )
    package = accepted(open_package(data, "letter.docx"))
    header = next(part for part in package.parts if part.startswith("word/header"))
    assert outline(package.xml(header)) == ["b"]
    assert outline(next(package.xml("word/footnotes.xml").iter(w("footnote")))) == ["e"]


def test_what_has_no_changes_is_left_as_it_is() -> None:
    root = _root(docx(par("a") + TABLE + par("b")))
    before = etree.tostring(root)
    accept_changes(root)
    assert etree.tostring(root) == before


def test_comments_are_dropped_with_the_runs_that_only_mark_them() -> None:
    root = _root(docx(
        '<w:p><w:commentRangeStart w:id="1"/><w:r><w:t>a</w:t></w:r><w:commentRangeEnd w:id="1"/>'
        '<w:r><w:rPr/><w:commentReference w:id="1"/></w:r></w:p>'
    ))  # fmt: skip
    drop_comments(root)
    assert not list(root.iter(*COMMENTS))
    assert len(list(root.iter(f"{{{W}}}r"))) == 1


def _root(data: bytes) -> etree._Element:
    package: Package = open_package(data, "letter.docx")
    return package.xml(package.main)
