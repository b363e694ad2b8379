"""Rows that were spoilt on their way: what is refused, with its place, and what is read and said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from helpers.batches import rows, save
from helpers.reading import words

from letters.batches.api import BatchResult, batch
from letters.errors import InvalidAnswers

AGENCY = "request.requester.agency"
NAME = "Requester's name"


def made(table: object, vetted: Path, **options: Any) -> list[BatchResult]:
    results: Iterator[BatchResult] = batch(
        table,
        kind="denial",
        library=vetted,
        formats=["docx"],
        workers=0,
        **options,  # type: ignore[arg-type]
    )
    return list(results)


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("cp1252", "Windows-1252"), ("mac_roman", "MacRoman"), ("cp850", "DOS code page 850")],
)
def test_a_guessed_encoding_is_said_with_the_words_it_decides(
    vetted: Path, tmp_path: Path, encoding: str, title: str
) -> None:
    table = save(tmp_path / "rows.csv", rows(2, **{AGENCY: "Agencia José Muñoz Peña"}), encoding=encoding)
    first, second = made(table, vetted)
    assert "Agencia José Muñoz Peña" in words(first.data["docx"])
    (note,) = [each for each in first.notes if each.problem.code == "guessed-encoding"]
    assert not note.row
    assert f"read as {title}, a guess from its words: “José”, “Muñoz”, “Peña”" in str(note)
    assert not [each for each in second.notes if each.problem.code == "guessed-encoding"]


def test_a_file_of_an_old_mac_has_lines_of_its_own(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(2, **{AGENCY: "Agencia José Muñoz"}), encoding="mac_roman")
    table.write_bytes(table.read_bytes().replace(b"\r\n", b"\r"))
    assert len(made(table, vetted)) == 2


def test_one_broken_byte_spoils_one_cell_and_not_every_quotation_mark(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(3, **{AGENCY: "the State’s Agency"}))
    data = table.read_bytes().replace(b"jordan.sample@", b"jos\xe9.sample@", 1)
    table.write_bytes(data)
    bad, *good = made(table, vetted, skip_bad=True)
    (problem,) = bad.problems
    assert (problem.row, problem.problem.code, problem.problem.field) == (2, "encoding", "request.requester.email")
    assert problem.cell.endswith("2")
    assert "the byte 0xE9 at character 4" in problem.problem.message
    assert problem.value == "jos\ufffd.sample@agency.example"
    assert [result.row for result in good] == [3, 4]
    assert all("the State’s Agency" in words(result.data["docx"]) for result in good)


@pytest.mark.parametrize("field", ["date", "delivery", "Kind of agency", "responsible", "reference"])
def test_a_broken_byte_is_named_in_a_field_of_any_kind(vetted: Path, tmp_path: Path, field: str) -> None:
    (row,) = rows(1, **{AGENCY: "the State’s Agency"})
    table = save(tmp_path / "rows.csv", [row | {field: f"{row[field]}XX"}])
    table.write_bytes(table.read_bytes().replace(b"XX", b"\xe9"))
    (bad,) = made(table, vetted, skip_bad=True)
    assert [each.problem.code for each in bad.problems] == ["encoding"]


def test_a_broken_byte_in_a_heading_is_named_with_its_cell(vetted: Path, tmp_path: Path) -> None:
    (row,) = rows(1, **{AGENCY: "the State’s Agency"})
    table = save(tmp_path / "rows.csv", [row | {"copiesXX": "x"}])
    table.write_bytes(table.read_bytes().replace(b"XX", b"\xe9"))
    with pytest.raises(InvalidAnswers, match=r"1: “copies\ufffd” contains the byte 0xE9 at character 7"):
        made(table, vetted)


@pytest.mark.parametrize("mark", [b"\x1a", b"\x1a\x1a\x1a", b"\x1a\r\n", b"\r\n\x1a"])
def test_an_end_of_file_mark_is_left_out_and_said(vetted: Path, tmp_path: Path, mark: bytes) -> None:
    table = save(tmp_path / "rows.csv", rows(2))
    table.write_bytes(table.read_bytes() + mark)
    first, _ = made(table, vetted)
    assert "end-of-file" in [note.problem.code for note in first.notes]


def test_an_end_of_file_mark_within_the_file_is_a_problem_of_its_cell(vetted: Path, tmp_path: Path) -> None:
    table = save(tmp_path / "rows.csv", rows(2, **{AGENCY: "Agency\x1a of the West"}))
    assert [bad.problems[0].problem.code for bad in made(table, vetted, skip_bad=True)] == ["value", "value"]


SPOILT = ["JosÃ© Sample", "Jos\ufffd Sample", "NULL", "N/A", "nan", '="00142"', "Smith &amp; Co", "2-Jan", "J\u202es"]


@pytest.mark.parametrize("text", SPOILT)
@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "json", "python"])
def test_every_kind_of_input_refuses_the_same_damage(vetted: Path, tmp_path: Path, form: str, text: str) -> None:
    (row,) = rows(1, **{NAME: text})
    table: Any = tmp_path / f"rows.{form}"
    if form == "csv":
        save(table, [row])
    elif form == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(list(row))
        book.active.append(list(row.values()))
        for cell in book.active[2]:
            cell.data_type = "s"  # also what begins with =
        book.save(table)
    elif form == "python":
        table = [row]
    else:
        table.write_text(json.dumps([row] if form == "json" else row), encoding="utf-8")
    (bad,) = made(table, vetted, skip_bad=True)
    assert [each.problem.field for each in bad.problems] == ["request.requester.name"]


def test_what_may_be_meant_is_a_note_with_its_cell(vetted: Path, tmp_path: Path) -> None:
    (result,) = made(save(tmp_path / "rows.csv", rows(1, **{NAME: "Null"})), vetted)
    (note,) = [note for note in result.notes if note.problem.code == "no-answer"]
    assert note.problem.field == "request.requester.name"
    assert note.cell.endswith("2")
    assert "Null" in words(result.data["docx"])


def test_a_missing_number_of_a_program_is_called_by_its_name(vetted: Path) -> None:
    (row,) = rows(1)
    (bad,) = made([row | {"reference": float("nan")}], vetted, skip_bad=True)
    assert "is NaN, which a program writes where it has no value" in str(bad.problems[0])


def test_json_that_is_not_utf8_is_refused_with_the_place(vetted: Path, tmp_path: Path) -> None:
    (row,) = rows(1, **{NAME: "JosXX"})
    data = json.dumps(row).encode().replace(b"XX", b"\xe9")
    (tmp_path / "rows.jsonl").write_bytes(data)
    (bad,) = made(tmp_path / "rows.jsonl", vetted, skip_bad=True)
    assert "0xE9 at character" in bad.problems[0].problem.message
    (tmp_path / "rows.json").write_bytes(b"[\n" + data + b"]")
    with pytest.raises(InvalidAnswers, match="0xE9 at line 2, character"):
        made(tmp_path / "rows.json", vetted)


def test_deadlines_and_drafts_reach_a_program_as_notes(vetted: Path) -> None:
    (row,) = rows(1)
    (result,) = made([row | {"request.public_records": True, "request.records": "wage"}], vetted)
    deadlines = [note.problem.message for note in result.notes if note.problem.code == "deadline"]
    assert any(each.startswith("By August 6, 2019 (3 business days after receipt") for each in deadlines)
