"""Attacks through rows: formulas, entities and ZIP bombs in the tables a batch reads and writes."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from helpers.batches import save

from letters.batches.csv_rows import csv_writer
from letters.batches.report_files import BadRows
from letters.batches.rows import open_rows
from letters.batches.workbook import elements
from letters.errors import InvalidAnswers, LettersError

ENTITIES = (
    b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    b"<w>&c;</w>"
)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.example","x")', "'=1", "''=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_csv_file_we_write_contains_a_formula(formula: str) -> None:
    file = io.StringIO(newline="")
    csv_writer(file)([formula, "plain"])
    cell = next(csv.reader(io.StringIO(file.getvalue())))[0]
    assert cell[0] not in "=+-@\t\r"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_saved_bad_rows_contain_no_formula_and_are_read_back_unchanged(tmp_path: Path, form: str) -> None:
    headings = ["reference", "=cmd|x"]
    table = save(tmp_path / "rows.csv", [{"reference": each, "=cmd|x": "y"} for each in FORMULAS])
    source = open_rows(table, lambda _: True)
    rows = list(source.rows())
    if form == "xlsx":
        source = type(source)(source.name, "xlsx", source.headings, source.rows)
    bad = BadRows(tmp_path / f"bad.{form}", source, keeps_row=False)
    for row in rows:
        bad.add(row)
    bad.close()
    if form == "xlsx":
        sheet = openpyxl.load_workbook(tmp_path / "bad.xlsx").active
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    else:
        text = (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
        assert not [cell for line in csv.reader(io.StringIO(text)) for cell in line if cell[:1] in "=+-@\t\r" and cell]
    again = open_rows(tmp_path / f"bad.{form}", lambda heading: heading in headings)
    assert [row.cells[0] for row in again.rows()] == [row.cells[0] for row in rows]


@pytest.mark.parametrize("xml", [ENTITIES, b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]><w>&x;</w>'])
def test_an_excel_file_with_entities_cannot_read_a_file(xml: bytes, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["reference"])
    book.active.append(["x"])
    path = tmp_path / "rows.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    head = xml[: xml.index(b"<w>")].replace(b"DOCTYPE w", b"DOCTYPE worksheet")
    parts["xl/worksheets/sheet1.xml"] = head + sheet[sheet.index(b"<worksheet") :].replace(b"<v>1</v>", b"<v>&x;</v>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    try:
        cells = [row.cells for row in open_rows(path, lambda _: True).rows()]
    except LettersError:
        return
    host = Path("/etc/hostname").read_text() if Path("/etc/hostname").exists() else "localhost"
    assert host.strip() not in str(cells)


def test_an_excel_file_cannot_be_a_zip_bomb(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["reference"])
    book.save(tmp_path / "small.xlsx")
    with zipfile.ZipFile(tmp_path / "small.xlsx") as old:
        parts = {name: old.read(name) for name in old.namelist()}
    cell = b"<row r='2'><c t='inlineStr'><is><t>" + b"A" * 60_000_000 + b"</t></is></c></row></sheetData>"
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", cell)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    assert bomb.stat().st_size < 200_000
    with pytest.raises(InvalidAnswers, match="would unpack to 57 MB"):
        open_rows(bomb, lambda _: True)


def _excel(path: Path, sheet: str) -> Path:
    """A workbook with one sheet, given by its XML."""
    book = openpyxl.Workbook()
    book.active.append(["reference"])
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sheet}</worksheet>'.encode()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return path


_ROWS = (
    '<sheetData><row r="1"><c t="inlineStr"><is><t>reference</t></is></c></row>'
    '<row r="2"><c t="inlineStr"><is><t>A-1</t></is></c></row></sheetData>'
)


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ('<cols><col min="x" max="2" hidden="1"/></cols>' + _ROWS, "sheet is damaged"),
        ('<cols><col min="1" hidden="1"/></cols>' + _ROWS, "sheet is damaged"),
        (_ROWS + f'<mergeCells><mergeCell ref="A1:B{"9" * 5000}"/></mergeCells>', "sheet is damaged"),
        (_ROWS + '<mergeCells><mergeCell ref="A2:XFD20001"/></mergeCells>' * 101, "more than 2,000,000 merged cells"),
        ('<sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData>', "sheet is damaged"),
    ],
)
def test_a_sheet_that_lies_about_its_columns_is_refused_in_words(sheet: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidAnswers, match=says):
        list(open_rows(_excel(tmp_path / "rows.xlsx", sheet), lambda _: True).rows())


def test_merged_cells_that_no_heading_covers_cost_nothing(tmp_path: Path) -> None:
    merged = '<mergeCells><mergeCell ref="B2:XFD1048576"/><mergeCell ref="B9:C3"/></mergeCells>'
    hidden = "<cols>{}</cols>".format('<col min="1" max="16384" hidden="1"/>' * 2000)
    source = open_rows(_excel(tmp_path / "rows.xlsx", hidden + _ROWS + merged), lambda _: True)
    assert [row.cells for row in source.rows()] == [("A-1",)]
    assert ["is hidden" in str(note) for note in source.notes] == [True]


def test_a_row_longer_than_any_sheet_has_does_not_fill_the_memory() -> None:
    with pytest.raises(ValueError, match="too long"):
        list(elements(io.BytesIO(b"<sheet><row>" + b"<c>%s</c>" % (b"x" * 1_000_000) * 5 + b"</row></sheet>"), "row"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("rows.csv", ",".join(["reference"] * 20_000) + "\n", "has 20,000 columns, more than the 16,384"),
        ("rows.csv", "reference" + ";," * 1_000_001, "has 1,000,002 columns, more than the 16,384"),
        ("rows.csv", f"reference\n{'x' * 1_000_001}\n", "row 2: The row has a cell of more than 1,000,000 characters"),
        ("rows.json", "[" * 200_000, "cannot be read as JSON: it holds a number that is too long, or brackets nested"),
        ("rows.json", '[{"a": 1}, {"b" 2}]', "a mistake at line 1, character 17"),
        ("rows.json", '[{"a": 1}] x', "a mistake at line 1, character 12"),
        ("rows.json", '[{"a": 1, "a": 2}]', "“a” appears twice"),
        ("rows.json", "[{}, ", "a mistake at line 1, character"),
    ],
)
def test_a_text_that_is_no_table_is_refused_in_words(name: str, content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidAnswers, match=says):
        list(open_rows(tmp_path / name, lambda _: True).rows())


def test_lines_that_are_no_rows_are_problems_of_their_own(tmp_path: Path) -> None:
    keys = ",".join(f'"k{number}":1' for number in range(16_385))
    twice = ",".join(f'"k{number}":1' for number in [*range(9_000), 8_999])
    lines = [f'{{"reference": "{"x" * 1_000_000}"}}', f"{{{keys}}}", f"{{{twice}}}", '{"reference": "A-1"}']
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = list(open_rows(tmp_path / "rows.jsonl", lambda _: True).rows())
    said = ["more than 1,000,000 bytes", "16,385 keys", "“k8999” appears twice"]
    assert [each in str(row.problems[0]) for each, row in zip(said, rows, strict=False)] == [True] * 3
    assert (rows[3].number, rows[3].cells) == (4, ("A-1",))


def test_lines_of_json_in_utf_16_are_read(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"reference": "ß"}\n{"reference": "ø"}\n', encoding="utf-16")
    assert [row.cells for row in open_rows(tmp_path / "rows.jsonl", lambda _: True).rows()] == [("ß",), ("ø",)]


def test_a_file_of_which_nothing_is_good_is_not_read_to_its_end(letters: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a": \n' * 5_002, encoding="utf-8")
    done = letters("batch", "rows.jsonl", "--kind", "denial", "--dry-run")
    assert done.returncode == 1
    assert "5,000 rows checked" in done.stderr
    assert "None of the first 5,000 rows is good" in done.stderr
