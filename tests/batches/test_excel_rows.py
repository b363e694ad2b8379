"""Rows from real .xlsx files: what prints is what the sheet shows, and nothing is used that nobody meant."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from helpers.batches import ROW, rows, save
from helpers.reading import words
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from letters.batches.api import BatchResult, batch
from letters.errors import InvalidAnswers, Usage

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(letters: Any, vetted: Path) -> Run:
    """`letters batch rows.xlsx --out out …` on denials in Word."""

    def start(*arguments: object, name: str = "rows.xlsx") -> subprocess.CompletedProcess[str]:
        fixed = ("--kind", "denial", "--format", "docx", "--library", vetted, "--workers", 1)
        out = () if "--dry-run" in arguments else ("--out", "out")
        done: subprocess.CompletedProcess[str] = letters("batch", name, *out, *fixed, *arguments)
        return done

    return start


def book_of(table: Sequence[Mapping[str, Any]], title: str = "Rows") -> openpyxl.Workbook:
    """A workbook of one sheet; a pair is a value and its number format."""
    book = openpyxl.Workbook()
    book.active.title = title
    fill(book.active, table)
    return book


def fill(sheet: Any, table: Sequence[Mapping[str, Any]]) -> None:
    for column, heading in enumerate(table[0], 1):
        sheet.cell(1, column, heading)
    for number, row in enumerate(table, 2):
        for column, value in enumerate(row.values(), 1):
            value, number_format = value if isinstance(value, tuple) else (value, None)
            cell = sheet.cell(number, column, value)
            if number_format is not None:
                cell.number_format = number_format


def place_of(heading: str) -> str:
    return openpyxl.utils.get_column_letter(list(ROW).index(heading) + 1)


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Write a part of a file anew."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def made(source: Any, vetted: Path, **options: Any) -> list[BatchResult]:
    return list(batch(source, kind="denial", library=vetted, formats=["docx"], workers=0, **options))


def text_of(result: BatchResult) -> str:
    return words(result.data["docx"])


# --- what a cell shows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (142, '"OGC-2019-"0000', "OGC-2019-0142"),
        (20190142, "0000-0000", "2019-0142"),
        (799001234, "00000-0000", "79900-1234"),
        (142, "00000", "00142"),
        (2175551234, "[<=9999999]###-####;(###) ###-####", "(217) 555-1234"),
        (123456789, r"00\-0000000", "12-3456789"),
        (1234.5, "$#,##0.00", "$1,234.50"),
        (-1234.5, '"$"#,##0.00_);[Red]("$"#,##0.00)', "($1,234.50)"),
        (1234.5, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$1,234.50"),
        (0.285, "0%", "29%"),
        (5.25, "# ?/?", "5 1/4"),
        (250, '[>=100]"big "0;"small "0', "big 250"),
        (123456, "0.00E+00;;", None),
        (datetime(2019, 8, 2), "mmmm d, yyyy", "August 2, 2019"),
        (datetime(2019, 8, 2), "mm-dd-yy", "8/2/2019"),  # openpyxl's words for built-in format 14
        (datetime(2019, 8, 2, 14, 30), "m/d/yyyy h:mm AM/PM", "8/2/2019 2:30 PM"),
        ("142", '"OGC-2019-"@', "OGC-2019-142"),
        ("00142", "General", "00142"),
        ("1234", "$#,##0.00", "1234"),
        (142, "General", "142"),
        (0.1 + 0.2, "General", "0.3"),
    ],
)
def test_a_text_field_prints_what_its_cell_shows(
    vetted: Path, tmp_path: Path, value: Any, number_format: str, text: str | None
) -> None:
    book_of([{**ROW, "reference": (value, number_format)}]).save(tmp_path / "rows.xlsx")
    if text is None:
        with pytest.raises(InvalidAnswers, match="abbreviated"):
            made(tmp_path / "rows.xlsx", vetted)
    else:
        (result,) = made(tmp_path / "rows.xlsx", vetted)
        assert text in text_of(result).replace("\n", " ").split("Re:")[0] or text in text_of(result)


def test_a_cell_whose_text_is_not_known_is_refused_with_its_place(run: Run, tmp_path: Path) -> None:
    book_of([{**ROW, "reference": (142, "[DBNum1]0")}]).save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 1
    place = f"{place_of('reference')}2"
    assert f"row 2, {place}, Our reference (reference) has a number format that Letters cannot reproduce" in done.stderr
    assert "[DBNum1]. Format the column as Text, and type what the cell should say." in done.stderr
    assert "(The cell says “142”.)" in done.stderr


@pytest.mark.parametrize(
    ("value", "number_format", "said"),
    [
        (datetime(2019, 1, 2), "d-mmm", "is a date that Excel may have made of something else"),
        (datetime(2019, 1, 1), "mmm-yy", "is a date that Excel may have made of something else"),
        (142, ";;;", "its number format shows nothing"),
        (123456789012, "General", "abbreviated"),
        (True, "General", "is true or false"),
    ],
)
def test_a_cell_that_does_not_show_what_was_typed_is_refused(
    vetted: Path, tmp_path: Path, value: Any, number_format: str, said: str
) -> None:
    book_of([{**ROW, "reference": (value, number_format)}]).save(tmp_path / "rows.xlsx")
    with pytest.raises(InvalidAnswers, match=said):
        made(tmp_path / "rows.xlsx", vetted)


@pytest.mark.parametrize("number_format", ["mm-dd-yy", "mmmm d, yyyy", "[$-407]d. mmmm yyyy", "yyyy-mm-dd"])
def test_a_date_field_takes_the_date_in_any_format(vetted: Path, tmp_path: Path, number_format: str) -> None:
    book_of([{**ROW, "date": (date(2019, 8, 5), number_format)}]).save(tmp_path / "rows.xlsx")
    (result,) = made(tmp_path / "rows.xlsx", vetted)
    assert "August 5, 2019" in text_of(result)


def test_a_date_whose_column_has_lost_its_format_is_refused_with_the_day(run: Run, tmp_path: Path) -> None:
    book_of([ROW | {"date": 43679}]).save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 1
    assert "is a number, 43679. A spreadsheet may have counted days: then it is August 2, 2019." in done.stderr
    assert "Format the column as a date" in done.stderr


def test_a_workbook_that_counts_days_from_1904_has_the_same_dates(vetted: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    fill(book.active, [{**ROW, "date": (date(2019, 8, 5), "yyyy-mm-dd"), "reference": (date(2019, 8, 6), "m/d/yyyy")}])
    book.save(tmp_path / "rows.xlsx")
    (result,) = made(tmp_path / "rows.xlsx", vetted)
    assert "August 5, 2019" in text_of(result)
    assert "8/6/2019" in text_of(result)


def test_a_zero_that_its_format_hides_is_blank(vetted: Path, tmp_path: Path) -> None:
    book_of([{**ROW, "reference": (0, "0;-0;;@")}]).save(tmp_path / "rows.xlsx")
    (result,) = made(tmp_path / "rows.xlsx", vetted)
    assert "Our reference" not in text_of(result)


def test_signs_that_excel_escapes_are_read_as_they_are(vetted: Path, tmp_path: Path) -> None:
    address = "P.O. Box 0000_x000D_\nEl Paso, Texas 79900"
    book_of([{**ROW, "request.requester.address": address}]).save(tmp_path / "rows.xlsx")
    (result,) = made(tmp_path / "rows.xlsx", vetted)
    assert "P.O. Box 0000\nEl Paso, Texas 79900" in text_of(result)


def test_a_code_that_was_typed_into_a_cell_is_refused(vetted: Path, tmp_path: Path) -> None:
    address = "P.O. Box 0000\nEl Paso_x005F_x000D_, Texas 79900"  # Excel's way to store a typed _x000D_
    book_of([{**ROW, "request.requester.address": address}]).save(tmp_path / "rows.xlsx")
    with pytest.raises(InvalidAnswers, match="“_x000D_”, Excel's code for a character"):
        made(tmp_path / "rows.xlsx", vetted)


def test_a_formula_prints_its_stored_value_as_it_shows(vetted: Path, tmp_path: Path) -> None:
    book_of([{**ROW, "reference": (142, '"OGC-"0000'), "Case number": "="}]).save(tmp_path / "rows.xlsx")

    def change(sheet: bytes) -> bytes:
        empty = b'<c r="P2" t="str"><f>IF(1=1,"","x")</f><v></v></c>'
        found = sheet.replace(b"<v>142</v>", b"<f>100+42</f><v>142</v>")
        start = found.index(b'<c r="P2"')
        return found[:start] + empty + found[found.index(b"</c>", start) + 4 :]

    changed(tmp_path / "rows.xlsx", "xl/worksheets/sheet1.xml", change)
    (result,) = made(tmp_path / "rows.xlsx", vetted)
    assert "OGC-0142" in text_of(result)


def test_the_bad_rows_keep_their_formats_so_that_they_print_the_same(run: Run, tmp_path: Path, vetted: Path) -> None:
    good, bad = rows(2)
    table = [
        {**good, "reference": (1, '"OGC-2019-"0000')},
        {**bad, "reference": (142, '"OGC-2019-"0000'), "date": "soon"},
    ]
    book_of(table).save(tmp_path / "rows.xlsx")
    assert run("--skip-bad").returncode == 1
    book = openpyxl.load_workbook(tmp_path / "rows-bad.xlsx")
    headings = [cell.value for cell in book.active[1]]
    book.active.cell(2, headings.index("date") + 1).value = "2019-08-05"
    book.save(tmp_path / "rows-bad.xlsx")
    (result,) = made(tmp_path / "rows-bad.xlsx", vetted)
    assert "OGC-2019-0142" in text_of(result)


def test_a_hidden_column_is_noted_unless_it_is_ignored(vetted: Path, tmp_path: Path) -> None:
    book = book_of([ROW])
    book.active.column_dimensions[place_of("reference")].hidden = True
    book.save(tmp_path / "rows.xlsx")
    (result,) = made(tmp_path / "rows.xlsx", vetted)
    notes = [str(note) for note in result.notes if "hidden" in str(note)]
    assert len(notes) == 1
    assert f"rows.xlsx, column {place_of('reference')}: The column “reference” is hidden, and its values" in notes[0]
    (result,) = made(tmp_path / "rows.xlsx", vetted, ignore_columns=["reference"])
    assert "hidden" not in str(result.notes)
    assert ROW["reference"] not in words(result.data["docx"])


# --- what is struck out ----------------------------------------------------------------------------------------------


def test_words_struck_out_in_a_cell_are_refused_with_the_cell(run: Run, tmp_path: Path) -> None:
    book = book_of([ROW])
    cell = book.active[f"{place_of('request.requester.agency')}2"]
    cell.value = CellRichText("Agency of the ", TextBlock(InlineFont(strike=True), "East "), "West")
    book.save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 1
    assert f"row 2, {cell.coordinate}, Requester's agency" in done.stderr
    assert "has words that are struck out. Delete what is struck out, or remove the strikethrough." in done.stderr
    assert "(The cell says “Agency of the East West”.)" in done.stderr


def test_a_struck_out_cell_is_refused_even_if_it_holds_a_date(run: Run, tmp_path: Path) -> None:
    book = book_of([{**ROW, "date": (date(2019, 8, 5), "m/d/yyyy")}])
    book.active["A2"].font = Font(strike=True)
    book.save(tmp_path / "rows.xlsx")
    done = run()
    assert "row 2, A2, Date of the letter (date) is struck out." in done.stderr
    assert "(The cell says “8/5/2019”.)" in done.stderr


def test_a_struck_out_row_is_refused_and_stays_struck_out_among_the_bad_rows(run: Run, tmp_path: Path) -> None:
    book = book_of(rows(2))
    for cell in book.active[2]:
        cell.font = Font(strike=True)
    book.save(tmp_path / "rows.xlsx")
    done = run("--skip-bad")
    assert "row 2, A2:O2: The row is struck out. It begins with “2019-08-02”." in done.stderr
    assert "Delete it if it should not get a letter, or remove the strikethrough." in done.stderr
    assert [path.name for path in (tmp_path / "out").glob("*.docx")] == ["3-Agency-2-denial.docx"]
    assert run("--dry-run", name="rows-bad.xlsx").returncode == 1


def test_a_struck_out_heading_is_refused(vetted: Path, tmp_path: Path) -> None:
    book = book_of([ROW])
    book.active[f"{place_of('reference')}1"].font = Font(strike=True)
    book.save(tmp_path / "rows.xlsx")
    with pytest.raises(InvalidAnswers, match=f"{place_of('reference')}1: The heading “reference” is struck out"):
        made(tmp_path / "rows.xlsx", vetted)
    (result,) = made(tmp_path / "rows.xlsx", vetted, ignore_columns=["reference"])
    assert ROW["reference"] not in text_of(result)


def test_a_row_too_low_to_be_seen_is_hidden(vetted: Path, tmp_path: Path) -> None:
    book = book_of(rows(2))
    book.save(tmp_path / "rows.xlsx")
    changed(tmp_path / "rows.xlsx", "xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="3"', b'r="3" ht="0"'))
    with pytest.raises(InvalidAnswers, match="A3:O3: The row is hidden"):
        made(tmp_path / "rows.xlsx", vetted)


# --- which sheet -----------------------------------------------------------------------------------------------------


def two_sheets(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> openpyxl.Workbook:
    book = book_of(first)
    fill(book.create_sheet("More"), second)
    return book


def test_a_second_sheet_with_the_same_headings_is_never_passed_over(run: Run, tmp_path: Path) -> None:
    two_sheets(rows(1), [dict(reversed(row.items())) for row in rows(1)]).save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 2
    assert "The sheets “Rows” and “More” have the same headings, and only one can be used." in done.stderr
    assert 'Say which one to use: --sheet "Rows" or --sheet "More".' in done.stderr
    assert run("--sheet", "More").returncode == 0


def test_the_sheet_that_was_open_is_never_passed_over(run: Run, tmp_path: Path) -> None:
    book = two_sheets(rows(1), [{"Anything": "else"}])
    book.active = 1
    book.save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 2
    assert "The workbook was last open on the sheet “More”, but the first sheet is “Rows”." in done.stderr
    assert run("--sheet", "Rows").returncode == 0


def test_a_sheet_of_notes_before_the_rows_is_named_with_the_way_out(run: Run, tmp_path: Path) -> None:
    book = book_of([{"Notes": "Ask Casey", "": "x"}], title="Notes")
    fill(book.create_sheet("Rows"), rows(1))
    book.save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 2
    assert "The first sheet, “Notes”, has no column that is a field of a letter, but “Rows” has." in done.stderr
    assert '--sheet "Rows"' in done.stderr
    assert run("--sheet", "Rows").returncode == 0


def test_hidden_empty_and_help_sheets_are_in_nobodys_way(letters: Any, vetted: Path, tmp_path: Path) -> None:
    assert letters("batch", "--blank", "denial", "-o", "rows.xlsx").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx")
    for column, heading in enumerate(ROW, 1):
        book.active.cell(1, column, heading)
        book.active.cell(2, column, ROW[heading])
    for column in range(len(ROW) + 1, 200):
        book.active.cell(1, column).value = None
    book.create_sheet("Empty")
    fill(book.create_sheet("Next week"), [dict.fromkeys(ROW)])
    fill(book.create_sheet("Old"), rows(1))
    book["Old"].sheet_state = "hidden"
    book.save(tmp_path / "rows.xlsx")
    assert len(made(tmp_path / "rows.xlsx", vetted)) == 1


def test_a_sheet_that_is_not_there_is_wrong_usage(vetted: Path, tmp_path: Path) -> None:
    two_sheets(rows(1), rows(1)).save(tmp_path / "rows.xlsx")
    with pytest.raises(Usage, match=r"There is no sheet “Rose”\. The sheets are: Rows, More"):
        made(tmp_path / "rows.xlsx", vetted, sheet="Rose")


# --- which headings, and which columns -------------------------------------------------------------------------------


def titled(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Denials, August 2019"
    for row in (list(ROW), list(ROW.values())):
        book.active.append(row)
    book.save(path)


def test_a_title_above_the_headings_is_named_with_the_way_out(run: Run, tmp_path: Path) -> None:
    titled(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 2
    assert "Row 1 has no headings, but row 2 looks like them. Use --header-row 2" in done.stderr
    assert run("--header-row", 2).returncode == 0
    assert [path.name for path in (tmp_path / "out").glob("*.docx")] == ["3-Example-Agency-denial.docx"]


def test_a_title_above_the_headings_of_a_csv_file_is_the_same(run: Run, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", [ROW])
    table.write_text(f"Denials of August\n\n{table.read_text(encoding='utf-8')}", encoding="utf-8")
    done = run(name="rows.csv")
    assert done.returncode == 2
    assert "Row 1 has no headings, but row 3 looks like them. Use --header-row 3" in done.stderr
    assert run("--header-row", 3, name="rows.csv").returncode == 0


@pytest.mark.parametrize(("name", "row"), [("rows.xlsx", 1), ("rows.xlsx", 9)])
def test_a_row_without_headings_is_wrong_usage(vetted: Path, tmp_path: Path, name: str, row: int) -> None:
    book = openpyxl.Workbook()
    for number, cells in enumerate((list(ROW), list(ROW.values())), 2):
        for column, cell in enumerate(cells, 1):
            book.active.cell(number, column, cell)
    book.save(tmp_path / name)
    with pytest.raises(Usage, match=f"Row {row} has no headings. Correct --header-row"):
        made(tmp_path / name, vetted, header_row=row)


def test_an_extra_column_is_named_with_the_way_out(run: Run, tmp_path: Path) -> None:
    book_of([{**ROW, "Assigned to": "Casey", "": "x"}]).save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 1
    assert "column “Assigned to” is not a field of a letter." in done.stderr
    assert 'use --ignore-columns "Assigned to"' in done.stderr
    assert "Q2: The cell is filled in, but column Q has no heading." in run("--ignore-columns", "Assigned to").stderr
    assert run("--ignore-columns", "assigned  TO, Q").returncode == 0


def test_a_column_to_ignore_that_is_not_there_is_wrong_usage(vetted: Path, tmp_path: Path) -> None:
    book_of([ROW]).save(tmp_path / "rows.xlsx")
    with pytest.raises(Usage, match="There is no column “Assigned” to ignore"):
        made(tmp_path / "rows.xlsx", vetted, ignore_columns=["Assigned"])


def test_keys_of_other_rows_can_be_ignored_too(vetted: Path) -> None:
    (result,) = made([{**ROW, "assigned to": "Casey"}], vetted, ignore_columns=["Assigned to"])
    assert not result.problems


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_the_same_row_twice_is_refused_unless_told(run: Run, tmp_path: Path) -> None:
    book_of([*rows(2), rows(1)[0]]).save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 1
    assert "row 4: The row is the same as row 2. Delete one of them, or use --allow-duplicates" in done.stderr
    assert not (tmp_path / "out").exists()
    assert run("--allow-duplicates").returncode == 0


def test_one_reference_for_two_letters_is_refused_unless_told(run: Run, tmp_path: Path) -> None:
    first, second = rows(2)
    book_of([first, {**second, "reference": first["reference"].lower()}]).save(tmp_path / "rows.xlsx")
    done = run()
    assert done.returncode == 1
    assert "row 3: The row has the same reference as row 2: ogc-00001." in done.stderr
    assert run("--allow-duplicates").returncode == 0


def test_rows_without_a_reference_may_share_that(vetted: Path) -> None:
    table = [{**row, "reference": ""} for row in rows(2)]
    assert len(made(table, vetted)) == 2
    assert len(made([table[0]] * 2, vetted, allow_duplicates=True)) == 2


def test_two_answers_files_of_one_reference_are_refused_unless_told(letters: Any, sample: Any, tmp_path: Path) -> None:
    import tomli_w

    first = sample("denial")
    (tmp_path / "one.toml").write_text(tomli_w.dumps(first), encoding="utf-8")
    (tmp_path / "two.toml").write_text(tomli_w.dumps({**first, "date": "2019-08-05"}), encoding="utf-8")
    (tmp_path / "three.toml").write_text(tomli_w.dumps(first), encoding="utf-8")
    command = ("fill", "one.toml", "two.toml", "three.toml", "--out", "out", "--format", "docx")
    done = letters(*command)
    assert done.returncode == 1
    assert f"two.toml has the same reference as one.toml: {first['reference']}. Correct one of them" in done.stderr
    assert "three.toml describes the same letter as one.toml. Leave one of them out, or use --allow-dup" in done.stderr
    assert letters(*command, "--allow-duplicates").returncode == 0


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_workbook_may_come_as_a_stream(vetted: Path) -> None:
    stream = io.BytesIO()
    book_of([{**ROW, "reference": (142, '"OGC-"0000')}]).save(stream)
    stream.seek(0)
    (result,) = made(stream, vetted)
    assert "OGC-0142" in text_of(result)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2]),
        ("xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="A2"', b'r="2"')),
        ("xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="A2"', b'r="A2" s="99"')),
        ("xl/workbook.xml", lambda data: data.replace(b"<sheets>", b"<sheets><sheet name='x'/>")),
        ("xl/workbook.xml", lambda data: b"<workbook"),
        ("xl/workbook.xml", lambda data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data),
        ("xl/worksheets/sheet1.xml", lambda data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data),
        ("xl/styles.xml", lambda data: b""),
        ("xl/_rels/workbook.xml.rels", lambda data: data.replace(b"Id=", b"No=")),
        ("_rels/.rels", lambda data: data.replace(b'officeDocument"', b'other"')),
    ],
)
def test_a_damaged_workbook_is_refused_and_never_a_crash(
    vetted: Path, tmp_path: Path, part: str, change: Callable[[bytes], bytes]
) -> None:
    book_of([ROW]).save(tmp_path / "rows.xlsx")
    changed(tmp_path / "rows.xlsx", part, change)
    with pytest.raises(InvalidAnswers, match=r"is damaged|not an Excel file"):
        made(tmp_path / "rows.xlsx", vetted)
