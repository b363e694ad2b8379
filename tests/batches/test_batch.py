"""`letters batch`: rows in, letters out, unattended. Complete runs, whose output is read back as users find it."""

from __future__ import annotations

import csv
import doctest
import gc
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from helpers import KINDS, ROOT
from helpers.batches import ROW, begin, files_in, journal, rows, save, vetted_library, wait_for, workers_of
from helpers.doomed import dies_of_all, dies_of_seven
from helpers.reading import words

import letters as package
from letters.assembly.assembler import Assembler
from letters.batches.api import batch
from letters.batches.folder_storage import FolderStorage
from letters.batches.worker_pool import WorkerPool, process_pool
from letters.errors import CannotWrite, InvalidAnswers, Usage
from letters.library.library import Library

MANY = 200


@pytest.fixture
def run(letters: Any, vetted: Path) -> Any:
    """`letters batch …` on denials in Word, from the vetted library."""

    def start(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
        return letters("batch", *arguments, "--library", vetted, "--format", "docx", **more)

    return start


@pytest.fixture(scope="session")
def uninterrupted(vetted: Path, made_once: Any) -> tuple[Path, dict[str, str]]:
    """Many rows, and the letters that an uninterrupted run makes of them."""

    def make(folder: Path) -> None:
        table = save(folder / "rows.csv", rows(MANY))
        process = begin(*arguments_for(table, folder / "out", vetted), cwd=folder)
        assert process.communicate(timeout=100)[1] is not None
        assert process.returncode == 0

    folder = made_once("uninterrupted", make)
    found = files_in(folder / "out")
    assert len(found) == MANY
    return folder / "rows.csv", found


def arguments_for(table: object, out: Path, library: Path, *more: object) -> list[object]:
    return [table, "--out", out, "--kind", "denial", "--format", "docx", "--library", library, "--workers", 2, *more]


def text_of(path: Path) -> str:
    return words(path.read_bytes())


# --- 1. what comes in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16-le", ";"), ("cp1252", ";"), ("cp1252", "\t")],
)
def test_a_csv_file_is_read_in_any_form_excel_writes(
    vetted: Path, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    agency = "Büro für Beschäftigung — “Süd”"
    table = save(
        tmp_path / "rows.csv", rows(2, **{"request.requester.agency": agency}), encoding=encoding, delimiter=delimiter
    )
    found = list(batch(table, kind="denial", library=vetted, formats=["docx"], workers=0))
    assert [result.row for result in found] == [2, 3]
    assert all(agency in words(result.data["docx"]) for result in found)


def test_an_excel_sheet_gives_the_letter_that_its_csv_gives(vetted: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    row = ROW | {"Case number": "", "Date received": "", "reference": ""}
    del row["request.received"]
    sheet.append(list(row))
    typed: list[Any] = list(row.values())
    typed[list(row).index("Date received")] = datetime(2019, 8, 1)
    typed[list(row).index("date")] = datetime(2019, 8, 2)
    typed[list(row).index("reference")] = 1421
    sheet.append([None] * len(row))
    sheet.append(typed)
    zip_code = sheet.cell(3, list(row).index("Case number") + 1, 420)
    zip_code.number_format = "00000"
    book.save(tmp_path / "rows.xlsx")
    text = dict(zip(row, map(str, typed), strict=True)) | {
        "Date received": "8/1/2019",
        "date": "August 2, 2019",
        "Case number": "00420",
    }
    save(tmp_path / "rows.csv", [text])
    found = [
        list(batch(tmp_path / name, kind="denial", library=vetted, formats=["docx"], workers=0))
        for name in ("rows.xlsx", "rows.csv")
    ]
    assert found[0][0].row == 3, "rows are numbered as the spreadsheet shows them"
    assert found[0][0].data == found[1][0].data


def test_json_rows_may_be_flat_or_nested(vetted: Path, tmp_path: Path, sample: Any) -> None:
    flat = ROW | {"kind": "denial", "delivery": ["email", "mail"]}
    lines = [json.dumps(flat), "", json.dumps(sample("denial") | {"reference": "OGC-2019-0143"}, default=str)]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = list(batch(tmp_path / "rows.jsonl", library=vetted, formats=["docx"], workers=0))
    assert [result.row for result in found] == [1, 3]
    assert "Jordan Sample" in words(found[1].data["docx"])


def test_one_table_may_hold_rows_of_different_kinds(vetted: Path, tmp_path: Path, sample: Any) -> None:
    lines = [json.dumps(sample(kind), default=str) for kind in KINDS]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = list(batch(tmp_path / "rows.jsonl", library=vetted, formats=["docx"], workers=0, out=tmp_path / "out"))
    assert [Path(result.files["docx"]).stem.split("-", 1)[0] for result in found] == [str(n) for n in range(1, 9)]
    assert all(kind in found[number].files["docx"] for number, kind in enumerate(KINDS))


def test_lists_take_one_or_more_columns_and_shared_answers_fill_blank_cells(
    run: Any, tmp_path: Path, sample: Any
) -> None:
    (tmp_path / "same.toml").write_text('signatory = "chief-counsel"\ncopies = ["Not this one"]\n', encoding="utf-8")
    row = {name: value for name, value in ROW.items() if name != "responsible"} | {
        "signatory": "",
        "kind": "Repeat denial",
        "Copies 2": "Second; with a semicolon",
        "copies.1": "First",
        "Earlier requests 1 day": "2019-07-01",
        "Earlier requests 1: Channel": "By letter",
        "request.earlier.1.reached": "Office of the Secretary",
        "request.earlier.1.answered": "7/3/2019",
        "enclosures": "Our letter of July 3, 2019",
        "request.earlier.3.day": "2019-07-09",
        "request.earlier.3.channel": "email",
        "request.earlier.3.reached": "Claims Bureau",
        "Persons responsible 1 name": "Casey Specimen",
        "responsible.1.title": "Secretary",
    }
    done = run(save(tmp_path / "rows.csv", [row]), "--out", "out", "--answers", "same.toml", "--name", "one")
    assert done.returncode == 0, done.stderr
    text = text_of(tmp_path / "out" / "one.docx")
    assert "Second; with a semicolon" in text
    assert "Not this one" not in text
    assert text.index("July 1, 2019") < text.index("July 9, 2019")


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("request.requester.agenci", "Did you mean request.requester.agency?"),
        ("Requesters agncy", "Did you mean request.requester.agency?"),
        ("Requester's agency", "which the column “request.requester.agency” already holds"),
        ("delivery.2", "already holds"),
        ("reference.1", "holds a single answer"),
        ("request.earlier.1.dya", "Did you mean request.earlier.1.day?"),
    ],
)
def test_a_wrong_heading_is_refused_and_the_right_one_is_suggested(
    vetted: Path, tmp_path: Path, heading: str, said: str
) -> None:
    table = save(tmp_path / "rows.csv", [{**ROW, heading: "x"}])
    with pytest.raises(InvalidAnswers) as caught:
        list(batch(table, kind="denial", library=vetted, out=tmp_path / "out", workers=0))
    assert f"column “{heading}”" in str(caught.value)
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["denial", "conditional-approval"])
def test_an_empty_spreadsheet_filled_in_with_the_sample_gives_the_sample_letter(
    letters: Any, vetted: Path, tmp_path: Path, sample: Any, kind: str
) -> None:
    assert letters("batch", "--blank", kind, "-o", "rows.xlsx").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx")
    sheet = book.worksheets[0]
    for cell in sheet[1]:
        sheet.cell(2, cell.column, _for_the_cell(sample(kind), cell.value.split(".")))
    book.save(tmp_path / "rows.xlsx")
    (made,) = batch(tmp_path / "rows.xlsx", kind=kind, library=vetted, formats=["docx"], workers=0)
    assembler = Assembler(Library(vetted))
    assert made.data == assembler.make(assembler.check(sample(kind)), ["docx"]).files


def _for_the_cell(answer: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(answer, list):
            answer = answer[int(step) - 1] if int(step) <= len(answer) else None
        else:
            answer = answer.get(step) if isinstance(answer, dict) else None
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "; ".join(answer) if isinstance(answer, list) else answer


def test_an_empty_spreadsheet_begins_with_what_is_needed_and_can_be_cut_to_it(letters: Any, tmp_path: Path) -> None:
    def headings(*options: str) -> list[str]:
        done = letters("batch", "--blank", "denial", "-o", "rows.csv", "--overwrite", *options)
        assert done.returncode == 0, done.stderr
        return next(csv.reader((tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()))

    needed = headings("--required")
    assert "legal_basis.1" in needed, "a denial always says what law it rests on"
    assert "date" in needed
    assert "reference" not in needed
    assert headings()[: len(needed)] == needed
    assert headings("--required", "--columns", "reference") == [*needed, "reference"]
    assert headings("--columns", "reference,Date of the letter") == ["reference", "date"]
    done = letters("batch", "--blank", "denial", "-o", "rows.csv", "--overwrite", "--columns", "refrence")
    assert done.returncode == 2
    assert "There is no column “refrence”. Did you mean reference?" in done.stderr


def test_a_long_name_is_cut_in_its_fields_and_never_in_its_row(vetted: Path, tmp_path: Path) -> None:
    long = rows(1, **{"request.requester.agency": "Bureau of " + "Very " * 40 + "Long Names"})
    names = "{requester.agency}-{row:03}"
    (made,) = batch(long, kind="denial", library=vetted, formats=["docx"], workers=0, out=tmp_path, name=names)
    name = Path(made.files["docx"]).stem
    assert name.startswith("Bureau-of-Very-Very-")
    assert name.endswith("-001")


def test_an_empty_spreadsheet_has_help_and_drop_down_lists(letters: Any, tmp_path: Path) -> None:
    assert letters("batch", "--blank", "denial", "-o", "rows.xlsx").returncode == 0
    assert letters("batch", "--blank", "denial", "-o", "rows.xlsx").returncode == 4, "somebody may have filled it in"
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx")
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    rules = {str(rule.sqref).split("2")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert len(rules) == len(headings), "every column has help beside the cell"
    column = sheet.cell(1, headings.index("request.requester.agency_kind") + 1)
    cells = book["Lists"][rules[column.column_letter].formula1.split("!")[1]]
    assert [cell[0].value for cell in cells][:2] == ["federal", "state"]
    assert column.font.bold
    assert "A federal agency" in str([cell.value for row in book["Help"] for cell in row])
    answers = json.loads(letters("fields", "denial", "--json").stdout)["fields"]
    needed = {each["field"] for each in answers if each["required"]} - {"kind"}
    needed |= {"legal_basis"}  # which a denial always has
    assert needed == {name.split(".1")[0] for name, cell in zip(headings, sheet[1], strict=True) if cell.font.bold}


# --- 2. all is checked first -----------------------------------------------------------------------------------------


def test_every_problem_is_reported_with_its_cell_and_nothing_is_written(run: Any, tmp_path: Path) -> None:
    table = rows(4)
    table[1]["request.received"] = "31/02/2026"
    table[1]["Kind of agency"] = "fedral"
    table[3]["signatory"] = ""
    save(tmp_path / "rows.csv", table)
    for report in ("report.json", "report.csv"):
        done = run("rows.csv", "--kind", "denial", "--out", "out", "--report", report)
        assert done.returncode == 1
        assert "row 3, E3, Date received (request.received): “31/02/2026” is not a calendar date" in done.stderr
        assert "4 rows checked: 2 with problems. Nothing was written" in done.stderr
        assert not (tmp_path / "out").exists()
    found = [
        each
        for each in json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["problems"]
        if each["severity"] == "problem"
    ]
    assert [(each["row"], each.get("cell"), each["field"], each.get("value")) for each in found] == [
        (3, "E3", "request.received", "31/02/2026"),
        (3, "J3", "request.requester.agency_kind", "fedral"),
        (5, "C5", "signatory", None),
    ]
    assert all("Write" in each["message"] + each.get("hint", "") or each["code"] == "missing" for each in found)
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["severity"] == "problem"]
    assert [(row["row"], row["field"]) for row in listed] == [(str(each["row"]), each["field"]) for each in found]


def test_a_dry_run_writes_nothing(run: Any, tmp_path: Path) -> None:
    done = run(save(tmp_path / "rows.csv", rows(3)), "--kind", "denial", "--dry-run")
    assert done.returncode == 0
    assert "Nothing was written (--dry-run)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_bad_rows_are_saved_corrected_and_run_again(run: Any, tmp_path: Path, form: str) -> None:
    table = rows(5)
    table[1]["signatory"] = "=cmd|' /C calc'!A0"
    table[3]["request.received"] = "-5"
    path = tmp_path / f"rows.{form}"
    if form == "csv":
        save(path, table, delimiter=";")
    elif form == "jsonl":
        path.write_text("\n".join(map(json.dumps, table)), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        book.active.append(list(table[0]))
        for row in table:
            book.active.append(list(row.values()))
        book.active["C3"].data_type = "s"
        book.save(path)
    done = run(path, "--kind", "denial", "--out", "out", "--skip-bad")
    assert done.returncode == 1
    assert "3 letters written" in done.stderr
    aside = tmp_path / f"rows-bad.{form}"
    assert str(aside) in done.stderr
    first = 1 if form == "jsonl" else 2
    if form == "csv":
        text = aside.read_text(encoding="utf-8-sig")
        assert ";'=cmd|" in text, "no spreadsheet may take it for a formula"
        assert text.splitlines()[0].split(";") == ["row", *table[0]]
        aside.write_text(text.replace("'=cmd|' /C calc'!A0", "chief-counsel").replace("'-5", "2019-08-01"), "utf-8")
    elif form == "jsonl":
        text = aside.read_text(encoding="utf-8")
        aside.write_text(text.replace("=cmd|' /C calc'!A0", "chief-counsel").replace('"-5"', '"2019-08-01"'), "utf-8")
    else:
        book = openpyxl.load_workbook(aside)
        assert [cell.value for cell in book.active[1]] == ["row", *table[0]]
        book.active["D2"], book.active["F3"] = "chief-counsel", "2019-08-01"
        book.save(aside)
    again = run(aside, "--kind", "denial", "--out", "out")
    assert again.returncode == 0, again.stderr
    names = {path.name for path in (tmp_path / "out").glob("*.docx")}
    assert names == {f"{number + first}-Agency-{number + 1}-denial.docx" for number in range(5)}


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("Case number", "1.23457E+11", "a spreadsheet has abbreviated"),
        ("Case number", 123456789012345678, "keeps only 15 digits"),
        ("Date received", datetime(2019, 1, 1, 14, 30), "includes a time of day"),
        ("Case number", "=A1&B1", "a formula whose value was not saved"),
        ("Signed releases", "perhaps", "is neither yes nor no"),
        ("responsible", "Casey Specimen", "names a person without a title"),
        ("Case number", "#N/A", "holds a spreadsheet error"),
    ],
)
def test_a_value_damaged_by_a_spreadsheet_is_a_problem(
    vetted: Path, tmp_path: Path, column: str, cell: Any, said: str
) -> None:
    row: dict[str, Any] = {**ROW, column: cell}
    row.pop("request.received" if column == "Date received" else "", None)
    book = openpyxl.Workbook()
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.save(tmp_path / "rows.xlsx")
    with pytest.raises(InvalidAnswers) as caught:
        list(batch(tmp_path / "rows.xlsx", kind="denial", library=vetted, workers=0))
    assert len(caught.value.problems) == 1
    assert said in str(caught.value)


def test_hidden_rows_and_merged_cells_are_reported_before_a_letter_is_made(vetted: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (list(ROW), *[list(row.values()) for row in rows(4)]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.merge_cells("L4:L5")
    book.save(tmp_path / "rows.xlsx")
    options: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0}
    found = {result.row: result for result in batch(tmp_path / "rows.xlsx", skip_bad=True, **options)}
    assert "row 3, A3:O3: The row is hidden, by a filter or by hand. Unhide it" in str(found[3].problems[0])
    assert "row 5, L5, Our reference (reference) is merged with L4. Unmerge the cells" in str(found[5].problems[0])
    assert [number for number, result in sorted(found.items()) if result.data] == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.csv", b"", "has no headings"),
        ("rows.csv", b'date\n"a"b\n', "row 2: The row cannot be read: a quotation mark opens or closes in the wrong"),
        (
            "rows.csv",
            b'reference|date\n"OGC|2019\n',
            "row 2: The row cannot be read: a quotation mark opens and is never",
        ),
        ("rows.csv", b"reference,date\nOGC,2019,extra\n", "3 cells, but there are only 2 headings"),
        ("rows.csv", b"\x81\x8d\x8f\n\x90", "which is not UTF-8"),
        ("rows.csv", b"\xff\xfea\x00\n\x00\x00\xd8b\x00", "characters cannot be read"),
        ("rows.xlsx", b"PK\x03\x04 not really", "not an Excel file that can be read"),
        ("rows.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save it as .xlsx"),
        ("rows.jsonl", b'{"a": 1', "is not valid JSON"),
        ("rows.jsonl", b'{"date": 1, "date": 2}', "appears twice"),
        ("rows.jsonl", b"[1, 2]", "The line is not an object"),
        ("rows.jsonl", b'{"request": 5}', "is not a group of answers"),
        ("nowhere.csv", None, "no such file"),
    ],
)
def test_unreadable_rows_are_reported_in_a_sentence(
    vetted: Path, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidAnswers) as caught:
        list(batch(tmp_path / name, kind="denial", library=vetted, out=tmp_path / "out", workers=0))
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_letters_not_vetted_need_an_option_and_are_named_drafts(letters: Any, vetted: Path, tmp_path: Path) -> None:
    library = _changed(vetted, tmp_path / "library")
    table = save(tmp_path / "rows.csv", rows(2))
    command = ("batch", table, "--kind", "denial", "--out", "out", "--format", "docx", "--library", library)
    refused = letters(*command)
    assert refused.returncode == 1
    assert "changed since then: templates/phrases.toml. Use --drafts to write it as a draft." in refused.stderr
    assert letters(*command, "--drafts").returncode == 0
    assert set(files_in(tmp_path / "out")) == {f"{n + 1}-Agency-{n}-denial-DRAFT.docx" for n in (1, 2)}


def _changed(library: Path, to: Path) -> Path:
    shutil.copytree(library, to)
    with (to / "templates" / "phrases.toml").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    return to


def test_a_library_at_fault_is_found_before_anything_is_written(letters: Any, vetted: Path, tmp_path: Path) -> None:
    shutil.copytree(vetted, tmp_path / "library")
    (tmp_path / "library" / "templates" / "denial" / "letter.docx").write_bytes(b"no Word file")
    table = save(tmp_path / "rows.csv", rows(2))
    done = letters("batch", table, "--kind", "denial", "--out", "out", "--drafts", "--library", tmp_path / "library")
    assert done.returncode == 3
    assert not (tmp_path / "out").exists()


# --- 3. nothing is lost, nothing is written twice --------------------------------------------------------------------


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_resumes_and_ends_with_the_same_letters(
    uninterrupted: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path, blow: signal.Signals
) -> None:
    table, whole = uninterrupted
    process = begin(*arguments_for(table, tmp_path / "out", vetted), cwd=tmp_path)
    wait_for(lambda: len(journal(tmp_path / "out")) > 20, process)
    os.killpg(process.pid, blow) if blow == signal.SIGINT else process.send_signal(blow)
    _, said = process.communicate(timeout=60)
    written, done = files_in(tmp_path / "out"), len(journal(tmp_path / "out"))
    assert 20 < done <= len(written) < MANY
    assert written.items() <= whole.items(), "no file is incomplete"
    if blow != signal.SIGKILL:
        assert process.returncode == 130
        assert f"{len(written):,} of {MANY:,} letters are written. Use --resume to write the rest." in said
        assert "Traceback" not in said
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in written}
    with pytest.raises(Usage, match="Use --resume to continue it, or --overwrite to start over"):
        list(batch(table, kind="denial", library=vetted, formats=["docx"], out=tmp_path / "out", workers=0))
    rest = batch(table, kind="denial", library=vetted, formats=["docx"], out=tmp_path / "out", workers=0, resume=True)
    assert len(list(rest)) == MANY - done
    assert files_in(tmp_path / "out") == whole
    assert all((tmp_path / "out" / name).stat().st_mtime_ns == when for name, when in before.items())
    assert len({json.loads(line)["row"] for line in journal(tmp_path / "out")}) == MANY


def test_a_worker_that_is_killed_loses_no_letter(
    uninterrupted: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path
) -> None:
    table, whole = uninterrupted
    process = begin(*arguments_for(table, tmp_path / "out", vetted), cwd=tmp_path)
    wait_for(lambda: journal(tmp_path / "out"), process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=100)
    assert process.returncode == 0, said
    assert files_in(tmp_path / "out") == whole


def test_no_worker_outlives_a_run_that_is_killed(
    uninterrupted: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path
) -> None:
    process = begin(*arguments_for(uninterrupted[0], tmp_path / "out", vetted), cwd=tmp_path)
    wait_for(lambda: journal(tmp_path / "out"), process)
    workers = workers_of(process)
    assert len(workers) == 2
    process.kill()
    process.communicate(timeout=10)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{worker}/stat").exists() for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_row_that_crashes_its_worker_is_the_only_one_that_fails() -> None:
    pool = WorkerPool(process_pool(["doomed"]), 2)
    done = [pair for some in pool.run(dies_of_seven, "", range(60), lambda item, why: str(why)) for pair in some]
    pool.close()
    assert sorted(item for item, _ in done) == list(range(60))
    lost = [(item, found) for item, found in done if item != found]
    assert len(lost) == 1
    assert lost[0][0] == 7
    assert "The worker that made this letter crashed twice." in str(lost[0][1])


class Nobody(Executor):
    """A cluster without workers: it accepts work that is never done."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


def test_a_run_does_not_wait_forever_when_no_worker_is_left() -> None:
    pool = WorkerPool(
        lambda _: Nobody(), 2, owned=False, has_workers=lambda: False, poll_seconds=0.001, wait_seconds=0.1
    )
    with pytest.raises(CannotWrite, match="No worker is left"):
        list(pool.run(dies_of_all, "", range(60), lambda item, why: 0))


def test_a_run_ends_when_all_workers_crash() -> None:
    pool = WorkerPool(process_pool(["doomed"]), 2)
    with pytest.raises(CannotWrite, match="crash one after another"):
        list(pool.run(dies_of_all, "", range(60), lambda item, why: 0))
    pool.close()


def test_a_full_disk_is_exit_4_and_the_run_can_be_resumed(
    uninterrupted: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path
) -> None:
    table, whole = uninterrupted
    out = tmp_path / "disk"
    out.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "letters", out], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        process = begin(*arguments_for(table, out / "letters", vetted), cwd=tmp_path)
        _, said = process.communicate(timeout=100)
        assert process.returncode == 4
        assert re.search(r"/letters/\S+ cannot be written: no space left on device\. Free some space", said), said
        assert f"of {MANY} letters are written. Use --resume to write the rest." in said
        assert "Traceback" not in said
        written = files_in(out / "letters")
        assert 20 < len(written) < MANY
        assert written.items() <= whole.items()
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)
        process = begin(*arguments_for(table, out / "letters", vetted, "--resume"), cwd=tmp_path)
        _, said = process.communicate(timeout=100)
        assert process.returncode == 0, said
        assert files_in(out / "letters") == whole
    finally:
        subprocess.run(["umount", out], check=True)


def test_no_room_for_the_checked_rows_is_exit_4(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(300))
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000));"
        "from letters.cli.main import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, "batch", *map(str, arguments_for(table, tmp_path / "out", vetted))],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "The checked rows cannot be saved for writing" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_existing_letter_is_refused_before_anything_is_written(run: Any, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(3))
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "3-Agency-2-denial.docx"
    mine.write_text("signed already")
    refused = run(table, "--kind", "denial", "--out", "out")
    assert refused.returncode == 4
    assert "3-Agency-2-denial.docx: There is a file of this name already" in refused.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [mine.name]
    assert mine.read_text() == "signed already"
    assert run(table, "--kind", "denial", "--out", "out", "--overwrite").returncode == 0
    assert mine.read_bytes().startswith(b"PK")


def test_letters_are_on_the_disk_before_the_journal_says_that_all_is_done(
    vetted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, bool]] = []

    def sync() -> None:
        lines = "".join(each.read_text(encoding="utf-8") for each in (tmp_path / ".letters-batch").glob("*.journal"))
        seen.append((len(list(tmp_path.glob("*.docx"))), '"done"' in lines))

    monkeypatch.setattr(os, "sync", sync, raising=False)
    list(batch(rows(2), kind="denial", library=vetted, formats=["docx"], workers=0, out=tmp_path))
    assert seen == [(2, False), (2, True)]


def test_resuming_refuses_a_batch_that_has_changed(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(3))

    def again(**changes: Any) -> list[int]:
        options: dict[str, Any] = {
            "kind": "denial",
            "formats": ["docx"],
            "library": vetted,
            "workers": 0,
            "resume": True,
        }
        return [result.row for result in batch(table, out=tmp_path / "out", **options | changes)]

    assert again() == [2, 3, 4]
    assert again() == []
    with pytest.raises(CannotWrite, match=r"was started with --name “\{row\}-\{requester.agency\}-\{kind\}”"):
        again(name="{row}")
    with pytest.raises(CannotWrite, match="was started with --format docx"):
        again(formats=["pdf"])
    with pytest.raises(CannotWrite, match="The library has changed"):
        again(library=_changed(vetted, tmp_path / "library"), drafts=True)
    changed = rows(3)
    changed[1]["request.requester.agency"] = "Another agency"
    save(table, changed)
    with pytest.raises(CannotWrite, match="Row 3 has changed since its letter was written"):
        again()
    changed[1]["signatory"] = "nobody"
    save(table, changed)
    with pytest.raises(CannotWrite, match="Row 3 has changed since its letter was written"):
        again()
    save(table, rows(4))
    (tmp_path / "out" / "2-Agency-1-denial.docx").unlink()
    assert again() == [2, 5], "the deleted letter is written again, and so is the new row"
    (tmp_path / "out" / "2-Agency-1-denial.docx").write_bytes(b"edited by hand")
    with pytest.raises(CannotWrite, match="has changed since this batch wrote it"):
        again()


def test_a_batch_cannot_be_run_twice_at_the_same_time(vetted: Path, tmp_path: Path, letters: Any) -> None:
    table, out = save(tmp_path / "rows.csv", rows(3)), tmp_path / "out"
    first = batch(table, kind="denial", library=vetted, formats=["docx"], workers=0, out=out)
    assert next(first).row == 2
    done = letters("batch", *arguments_for(table, out, vetted), "--resume")
    assert done.returncode == 4
    assert "Another run is writing this batch" in done.stderr
    assert [result.row for result in first] == [3, 4]


@pytest.mark.parametrize(
    ("pattern", "agency", "name"),
    [
        ("{row}-{requester.agency}", "../../etc/passwd", "1-..-..-etc-passwd"),
        ("{requester.agency}", "../../../x", "x"),
        ("{requester.agency}/{kind}", "CON", "CON-letter/denial"),
        ("../{row:05}", "A", "00001"),
        ("/{reference}", "A", "OGC-00001"),
        ("{row}-{requester.agency}", "Ministère: “Été” / 5*?", "1-Ministere-Ete-5"),
        ("{request.received}-{delivery}", "A", "2019-08-01-email-mail"),
    ],
)
def test_names_are_safe_and_stay_in_the_folder(
    vetted: Path, tmp_path: Path, pattern: str, agency: str, name: str
) -> None:
    table = rows(1, **{"request.requester.agency": agency})
    found = list(
        batch(table, kind="denial", library=vetted, formats=["docx"], workers=0, out=tmp_path / "out", name=pattern)
    )
    assert set(files_in(tmp_path)) == {f"out/{name}.docx"}
    assert found[0].files == {"docx": str(tmp_path / "out" / f"{name}.docx")}


def test_a_link_cannot_lead_a_letter_out_of_the_folder(vetted: Path, tmp_path: Path) -> None:
    for folder in ("out", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "out" / "denial").symlink_to(tmp_path / "elsewhere")
    options: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0, "name": "{kind}/{row}"}
    with pytest.raises(CannotWrite, match="is a link that leads out of the output folder"):
        list(batch(rows(1), out=tmp_path / "out", **options))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_letter_does_not_depend_on_what_was_made_before_it(vetted: Path) -> None:
    options: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0, "name": "{reference}"}
    texts = (
        "records",
        "12 records",
        "records & <tags>",
        "records\nof two lines",
        "O'Neill's “records”",
        "{{ records }}",
    )
    table = [
        {"reference": f"R-{number}", "What is requested, in our words?": text, "request.requester.title": title}
        for number, (text, title) in enumerate((text, title) for text in texts for title in ("", "Agent", "12"))
    ]
    table = [ROW | each for each in table]

    def letters(rows: list[dict[str, str]]) -> dict[str, bytes]:
        found = {}
        for row, result in zip(rows, batch(rows, **options), strict=True):
            found[row["reference"]] = result.data["docx"]
        return found

    there = letters(table)
    assert len(set(there.values())) == len(table)
    assert letters(table[::-1]) == there
    for row in table[::5]:
        assert letters([row])[row["reference"]] == there[row["reference"]]


def test_a_column_is_read_by_the_kind_of_each_row(tmp_path: Path) -> None:
    def add(library: Path) -> None:
        for kind, answer in (("denial", "yes-no"), ("contact-notice", "text")):
            with (library / "prompts" / f"{kind}.toml").open("a", encoding="utf-8") as file:
                file.write('\n[[section]]\ntitle = "Own"\n[[section.question]]\nfield = "extra.note"\nask = "Note?"\n')
                file.write(f'type = "{answer}"\n')

    library = vetted_library(tmp_path / "library", add)
    own = {**ROW, "request.received_by": "Office of the Secretary", "extra.note": "x"}
    kinds = enumerate(("denial", "contact-notice") * 2)
    table = [{**own, "kind": kind, "reference": f"OGC-{number}"} for number, kind in kinds]
    options: Any = {"library": library, "formats": ["docx"], "workers": 0, "out": tmp_path / "out"}
    results = list(batch(table, name="{row}-{extra.note}", **options))
    assert [Path(each.files["docx"]).name for each in results] == ["1-yes.docx", "2-x.docx", "3-yes.docx", "4-x.docx"]


@pytest.mark.parametrize("formats", [["docx"], ["docx", "pdf"]])
def test_garbage_collection_is_restored_when_a_batch_is_over(vetted: Path, formats: list[str]) -> None:
    whose, own = gc.get_threshold(), (700, 10, 10)
    gc.set_threshold(*own)
    try:
        options: Any = {"kind": "denial", "library": vetted, "formats": formats, "workers": 0}
        assert own not in {gc.get_threshold() for _ in batch(rows(2), **options)}
        with pytest.raises(InvalidAnswers):
            list(batch(rows(1, date="nonsense"), **options))
        assert gc.get_threshold() == own
    finally:
        gc.set_threshold(*whose)


def test_machines_that_share_a_folder_do_not_mix_their_letters(tmp_path: Path) -> None:
    def write(machine: int) -> None:
        folder = FolderStorage(tmp_path, "rows.csv")  # of one process number, as in containers
        for number in range(200):
            folder.put({f"{machine}-{number}.docx": str(machine).encode()}, overwrite=False)

    with ThreadPoolExecutor(2) as machines:
        list(machines.map(write, (1, 2)))
    written = {path.name: path.read_text() for path in tmp_path.glob("*.docx")}
    assert len(written) == 400
    assert all(name.startswith(machine) for name, machine in written.items())


def test_two_rows_with_the_same_file_name_are_a_problem(vetted: Path) -> None:
    table = rows(2)
    table[0]["request.requester.agency"], table[1]["request.requester.agency"] = "AGENCY", "agency"
    with pytest.raises(InvalidAnswers, match="would get the same file name as row 1"):
        list(batch(table, kind="denial", library=vetted, workers=0, name="{requester.agency}"))


@pytest.mark.parametrize("pattern", ["{agncy}", "{row:x}", "{", "", "{kind:3}"])
def test_a_wrong_naming_pattern_is_wrong_usage(vetted: Path, tmp_path: Path, pattern: str) -> None:
    with pytest.raises(Usage, match="--name"):
        list(batch(rows(1), kind="denial", library=vetted, out=tmp_path / "out", name=pattern, workers=0))


# --- 4. what it prints -----------------------------------------------------------------------------------------------


def test_a_script_gets_one_json_event_per_line(run: Any, tmp_path: Path) -> None:
    table = rows(3)
    table[0]["date"] = "soon"
    done = run(save(tmp_path / "rows.csv", table), "--kind", "denial", "--out", "out", "--skip-bad", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [each["row"] for each in events if each["event"] == "written"] == [3, 4]
    assert [each["row"] for each in events if each["event"] == "problem" and each["severity"] == "problem"] == [2]
    last = events[-1]
    assert (last["event"], last["exit_code"], last["written"], last["bad"]) == ("done", 1, 2, 1)
    assert last["bad_rows"] == str(tmp_path / "rows-bad.csv")
    stopped = run("nowhere.csv", "--kind", "denial", "--out", "out", "--json")
    assert json.loads(stopped.stdout)["exit_code"] == 1


def test_paths_go_to_standard_output_and_messages_to_standard_error(run: Any, tmp_path: Path) -> None:
    done = run(save(tmp_path / "rows.csv", rows(30)), "--kind", "denial", "--out", "out")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [f"out/{n + 1}-Agency-{n}-denial.docx" for n in range(1, 31)]
    assert "30 rows checked: no problems. 30 letters written in" in done.stderr
    assert "\r" not in done.stderr


def test_a_terminal_sees_rate_and_time_left(
    uninterrupted: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path
) -> None:
    import pexpect

    arguments = ["-m", "letters", "batch", *map(str, arguments_for(uninterrupted[0], tmp_path / "out", vetted))]
    child = pexpect.spawn(sys.executable, arguments, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60)
    child.expect(r"[\d,]+ of 200 letters written, [\d,.]+ a (second|minute), [\d.]+ s left")
    child.sendcontrol("c")
    child.expect("Use --resume to write the rest")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_standard_input_is_read_like_a_file(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(2))
    done = subprocess.run(
        [sys.executable, "-m", "letters", "batch", *map(str, arguments_for("-", tmp_path / "out", vetted))],
        input=table.read_text(encoding="utf-8"),
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(files_in(tmp_path / "out")) == 2


def test_an_open_stream_is_read_like_a_file(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(2))
    options: Any = {"kind": "denial", "library": str(vetted), "formats": ["docx"], "workers": 0}
    from_path = [each.data for each in batch(table, **options)]
    with table.open("rb") as binary, table.open(encoding="utf-8") as text:
        assert [each.data for each in batch(binary, **options)] == from_path
        assert [each.data for each in batch(text, **options)] == from_path
    book = openpyxl.Workbook()
    for row in (list(ROW), list(ROW.values())):
        book.active.append(row)
    upload = io.BytesIO()
    book.save(upload)
    upload.seek(0)
    assert [each.row for each in batch(upload, **options)] == [2]
    with pytest.raises(InvalidAnswers, match="rows: The file has no headings"):
        list(batch(io.StringIO(), **options))


# --- 7. from Python --------------------------------------------------------------------------------------------------


def test_a_service_passes_rows_and_gets_letters_one_at_a_time(vetted: Path) -> None:
    taken: list[int] = []

    def source() -> Iterator[Mapping[str, Any]]:
        for number, row in enumerate(rows(3)):
            taken.append(number)
            yield row

    results = package.batch(source(), kind="denial", library=vetted, formats=["docx", "pdf"], workers=0)
    assert taken == []
    found = list(results)
    assert [result.row for result in found] == [1, 2, 3]
    assert all(result.data["docx"][:2] == b"PK" and result.data["pdf"][:4] == b"%PDF" for result in found)
    assert not any(result.files or result.problems for result in found)


def test_the_example_in_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    (tmp_path / "prompts").symlink_to(ROOT / "prompts")
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(sys.modules["letters.batches.api"]) == doctest.TestResults(failed=0, attempted=6)


def test_any_executor_can_be_used_and_stays_open(vetted: Path, tmp_path: Path) -> None:
    options: Any = {"kind": "denial", "library": vetted, "formats": ["docx"]}
    with ThreadPoolExecutor(2) as executor:
        found = list(batch(rows(40), executor=executor, **options))
        assert executor.submit(int, "5").result() == 5
    assert [each.data for each in found] == [each.data for each in batch(rows(40), workers=0, **options)]


def test_with_skip_bad_good_rows_give_letters_and_bad_ones_problems(vetted: Path) -> None:
    table = rows(3)
    table[1]["signatory"] = "nobody"
    options: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0}
    with pytest.raises(InvalidAnswers, match="row 2, Signatory"):
        list(batch(table, **options))
    found = {result.row: result for result in batch(table, skip_bad=True, **options)}
    assert found[2].problems[0].problem.field == "signatory"
    assert found[1].data
    assert found[3].data
    with pytest.raises(Usage, match="no kind of letter called"):
        list(batch(table, kind="denail", library=vetted))


def test_memory_does_not_grow_with_rows(vetted: Path, tmp_path: Path) -> None:
    same = {"request.requester.agency": "Example Agency", "request.quoted": "records " * 5000}
    save(tmp_path / "rows.csv", rows(300, **same))
    code = (
        "import gc, letters, pathlib\n"
        f"results = letters.batch('rows.csv', kind='denial', library={str(vetted)!r}, out='out', formats=['docx'],"
        " workers=0)\n"
        "for result in results:\n"
        "    if result.row in (101, 301):\n"
        "        gc.collect()\n"
        "        print(pathlib.Path('/proc/self/statm').read_text().split()[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = (int(pages) * os.sysconf("SC_PAGE_SIZE") for pages in done.stdout.split())
    assert after < before + 5_000_000, "keeping 40 KB for each row would take 8 MB"


def test_a_sheet_without_rows_is_said_to_have_none(letters: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("reference,request.requester.agency\n", encoding="utf-8")
    done = letters("batch", tmp_path / "rows.csv", "--kind", "denial", "--dry-run", cwd=tmp_path)
    assert "0 rows checked: the file has none." in done.stderr
