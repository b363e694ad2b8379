"""Attacks through rows: formulas, entities and ZIP bombs in the tables a batch reads and writes."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from helpers.batches import save

from letters.batches.csv_rows import csv_writer
from letters.batches.report_files import BadRows
from letters.batches.rows import open_rows
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
