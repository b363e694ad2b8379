"""Formulas: Office Math with its alternative text, in two dimensions by the composer, on one line by HTML."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pikepdf
import pytest
from helpers.documents import docx, paragraph, text
from helpers.pages import DATED, place, printed, tags
from lxml import etree

from letters.docx.names import M
from letters.pdf.convert import ConvertedLetter, Writer, convert
from letters.pdf.parity.comparison import fold
from letters.pdf.pdf_file import pdf_words
from letters.pdf.reader.formulas import formula_pieces, formula_text

ROOT = f'<m:oMath xmlns:m="{M}">{{}}</m:oMath>'


def run(words: str, style: str = "") -> str:
    return f'<m:r><m:rPr>{style}</m:rPr><m:t xml:space="preserve">{words}</m:t></m:r>'


def obj(name: str, properties: str = "", **parts: str) -> str:
    inside = "".join(f"<m:{part}>{content}</m:{part}>" for part, content in parts.items())
    return f"<m:{name}><m:{name}Pr>{properties}</m:{name}Pr>{inside}</m:{name}>"


def val(name: str, value: str = "1") -> str:
    return f'<m:{name} m:val="{value}"/>'


X, Y, TWO = run("x"), run("y"), run("2")
SQUARE = obj("sSup", e=X, sup=TWO)
HALF = obj("f", num=run("1"), den=TWO)
LIMIT = obj("limLow", e=run("lim", val("sty", "p")), lim=run("n→∞"))
ROWS = f"<m:m><m:mr><m:e>{X}</m:e><m:e>{Y}</m:e></m:mr><m:mr><m:e>{TWO}</m:e><m:e>{X}</m:e></m:mr></m:m>"
FORMULAS = {
    "fraction": (obj("f", num=X + run("+") + Y, den=TWO), "(x+y)/2"),
    "fraction of a square": (obj("f", num=SQUARE, den=run("2a")), "x^2/(2a)"),
    "fraction before a factor": (HALF + X, "(1/2)x"),
    "fraction before a sign": (HALF + run("+") + X, "1/2+x"),
    "fractions in a fraction": (obj("f", num=HALF, den=Y), "(1/2)/y"),
    "binomial coefficient": (obj("d", e=obj("f", val("type", "noBar"), num=run("n"), den=run("k"))), "(n over k)"),
    "exponent": (obj("sSup", e=X + run("+") + Y, sup=TWO), "(x+y)^2"),
    "exponent of an exponent": (obj("sSup", e=run("e"), sup=SQUARE), "e^x^2"),
    "index and exponent": (obj("sSubSup", e=X, sub=run("i"), sup=TWO), "x_i^2"),
    "indices before": (obj("sPre", sub=TWO, sup=run("4"), e=run("He", val("nor"))), "_2^4He"),
    "square root": (obj("rad", val("degHide"), deg="", e=X + run("+") + Y), "√(x+y)"),
    "cube root": (obj("rad", deg=run("3"), e=X), "∛x"),
    "other root": (obj("rad", deg=run("n"), e=X), "^n√x"),
    "sum": (obj("nary", val("chr", "∑"), sub=run("i=1"), sup=run("n"), e=X), "∑_i=1^n x"),
    "integral": (obj("nary", val("subHide") + val("supHide"), sub="", sup="", e=X), "∫ x"),
    "brackets": (obj("d", val("begChr", "[") + val("endChr", ")"), e=X), "[x)"),
    "brackets without one side": (obj("d", '<m:begChr m:val="{"/><m:endChr m:val=""/>', e=X), "{x"),
    "several in brackets": (f"<m:d><m:e>{X}</m:e><m:e>{Y}</m:e></m:d>", "(x|y)"),
    "function": (obj("func", fName=run("sin", val("sty", "p")), e=X), "sin x"),
    "function of a fraction": (obj("func", fName=run("sin"), e=obj("f", num=X, den=TWO)), "sin(x/2)"),
    "limit": (obj("func", fName=LIMIT, e=X), "lim_n→∞ x"),
    "accent": (obj("acc", e=X), "x\u0302"),
    "accent over more": (obj("acc", val("chr", "\u20d7"), e=X + Y), "→(xy)"),
    "bar": (obj("bar", val("pos", "top"), e=X), "x\u0304"),
    "bar below": (obj("bar", e=X), "x\u0332"),
    "matrix": (obj("d", val("begChr", "[") + val("endChr", "]"), e=ROWS), "[x, y; 2, x]"),
    "equations": (f"<m:eqArr><m:e>{X}</m:e><m:e>{Y}</m:e></m:eqArr>", "x; y"),
    "box": (obj("box", e=X) + obj("borderBox", e=Y) + obj("phant", e=X) + obj("groupChr", e=Y), "xyxy"),
    "mathematical letter": (run("\U0001d465"), "x"),
    "unknown object": (f"<m:later><m:e>{X}</m:e></m:later>", "x"),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_one_line_of_text(name: str) -> None:
    xml, expected = FORMULAS[name]
    formula = etree.fromstring(ROOT.format(xml))
    assert formula_text(formula) == expected
    typed = "".join(node.text or "" for node in formula.iter(f"{{{M}}}t")).replace("\U0001d465", "x")
    said = "".join(piece.text for piece in formula_pieces(formula)).replace("∛", "3√")
    assert not Counter(typed) - Counter(said)  # no letter is lost


def test_letters_are_in_italics_and_digits_and_names_are_not() -> None:
    formula = etree.fromstring(ROOT.format(run("2x") + run("sin", val("sty", "p")) + run("y", val("sty", "b"))))
    assert [(piece.text, piece.italic, piece.bold) for piece in formula_pieces(formula)] == [
        ("2", False, False), ("x", True, False), ("sin", False, False), ("y", False, True),
    ]  # fmt: skip


def test_a_formula_nested_too_deep_ends() -> None:
    assert formula_text(etree.fromstring(ROOT.format("<m:e>" * 200 + X + "</m:e>" * 200))) == ""


def described(data: bytes) -> list[str]:
    """The alternative texts of the formulas in a PDF."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for each in element:
                walk(each)
        elif isinstance(element, pikepdf.Dictionary):
            if element.get("/S") == "/Formula":
                found.append(str(element["/Alt"]))
            walk(element.get("/K"))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return found


def test_a_formula_is_in_its_line_and_tagged_with_its_alternative_text(writer: Writer | None) -> None:
    letter = printed(paragraph(inner=text("The area ") + ROOT.format(run("A=π") + SQUARE) + text(" is given.")))
    assert fold(pdf_words(letter.data).body) == fold("The area A=πx2 is given.")
    assert described(letter.data) == ["A=πx^2"]
    assert "Formula" in tags(letter.data)
    assert not letter.notes


def composed(xml: str, before: str = "", properties: str = "", *, apart: bool = False) -> ConvertedLetter:
    formula = ROOT.format(xml)
    if apart:
        formula = f'<m:oMathPara xmlns:m="{M}">{formula}</m:oMathPara>'
    return convert(docx(paragraph(before, properties, inner=formula)), dated=DATED, writer="composer")


@pytest.mark.parametrize("apart", [False, True], ids=["in the line", "apart"])
@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_with_its_shape_reads_as_on_one_line(name: str, apart: bool) -> None:
    xml, _ = FORMULAS[name]
    letter = composed(xml, apart=apart)
    said = "".join(piece.text for piece in formula_pieces(etree.fromstring(ROOT.format(xml))))
    assert fold(pdf_words(letter.data).body) == fold(said)
    assert not letter.notes


def heights(xml: str, *words: str) -> list[float]:
    """How far down parts of a formula are, which is displayed."""
    data = composed(xml, apart=True).data
    return [place(data, each)[1] for each in words]


def test_what_word_has_above_and_below_is_above_and_below() -> None:
    above, below = heights(obj("f", num=run("u"), den=run("v")), "u", "v")
    assert above < below - 10
    up, sign, down = heights(obj("nary", val("chr", "∑"), sub=run("i"), sup=run("n"), e=run("x")), "n", "∑", "i")
    assert up < sign < down
    index, power = heights(obj("sSubSup", e=X, sub=run("k"), sup=run("m")), "k", "m")
    assert power < index
    first, second = heights(ROWS, "x", "2")
    assert first < second - 10


def test_a_large_operator_in_the_text_makes_the_line_higher() -> None:
    def second(xml: str) -> float:
        body = paragraph("First ", inner=ROOT.format(xml)) + paragraph("Second")
        return place(convert(docx(body), dated=DATED).data, "Second")[1]

    assert second(FORMULAS["sum"][0]) > second(X) + 10


@pytest.mark.parametrize(
    ("xml", "properties"),
    [
        (obj("f", num=run("a+b" * 120), den=TWO), ""),
        (HALF, '<w:spacing w:line="200" w:lineRule="exact"/>'),
        (HALF, "<w:bidi/>"),
    ],
    ids=["wider than the page", "in a line of fixed height", "from right to left"],
)
def test_a_formula_without_room_for_its_shape_is_on_one_line_with_a_note(xml: str, properties: str) -> None:
    letter = composed(xml, "Before א" if "bidi" in properties else "Before ", properties)
    assert [note.code for note in letter.notes] == ["formula"]
    assert "/" in pdf_words(letter.data).body


def test_a_formula_by_html_is_on_one_line_with_a_note() -> None:
    letter = convert(docx(paragraph(inner=ROOT.format(HALF))), dated=DATED, writer="html")
    assert [(note.code, note.message) for note in letter.notes] == [
        ("formula", "A formula is printed on one line (“1/2”).")
    ]


def test_a_formula_set_apart_is_in_the_middle() -> None:
    apart = f'<m:oMathPara xmlns:m="{M}">{{}}{ROOT.format(X)}</m:oMathPara>'
    centered = convert(docx(paragraph(inner=apart.format(""))), dated=DATED).data
    left = apart.format(f"<m:oMathParaPr>{val('jc', 'left')}</m:oMathParaPr>")
    assert place(centered, "x")[0] == pytest.approx(306, abs=4)
    assert place(convert(docx(paragraph(inner=left)), dated=DATED).data, "x")[0] == 72
