"""The record of approvals: the entries of one kind, read without those of the others, are those of the whole record."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import ROOT

from letters.errors import LibraryAtFault
from letters.library.approval_record import by_kind, read_record, write_record
from letters.library.approvals import ApprovalRegister
from letters.library.library import Library

ENTRY = 'act = "vetted"\nby = "A"\ntitle = "B"\ndate = 2026-01-05\nwhy = "C"\n'
FILES = f'files = {{ "templates/a.toml" = "{"0" * 64}" }}\n'


def test_the_kinds_of_a_record_are_those_read_as_a_whole() -> None:
    whole = read_record((ROOT / "templates" / "vetted.toml").read_bytes(), "record")
    whole = {**whole, "denial": (*whole["denial"], *whole["closing"]), "a-kind": whole["closing"]}
    apart = by_kind(write_record(whole, before="0" * 64, seal="0" * 8, lost=["[[x]]"]))
    assert apart is not None
    assert {kind: read_record(text, "record")[kind] for kind, text in apart.items()} == whole


@pytest.mark.parametrize(
    "record",
    [
        f"[[a]]\n{ENTRY}[[ a ]]\n{ENTRY}",
        f"[[a]]\n{ENTRY}[['a']]\n{ENTRY}",
        f'[[a]]\n{ENTRY}[["a"]]\n{ENTRY}',
        f"[[a]]\n{ENTRY}[[b]] # as well\n{ENTRY}[[a]]\n{ENTRY}",
        f"[[a]]\n{ENTRY}[b]\n{ENTRY}",
        f"[a]\n{ENTRY}",
        f"[[a]]\n{ENTRY}  [[b]]\n{ENTRY}",
        f"[[a]]\r\n{ENTRY}",
        f"\ufeff[[a]]\n{ENTRY}",
        f"a = []\n[[b]]\n{ENTRY}",
        f'[[a]]\n{ENTRY.replace("C", "")}why = """\n[[a]]\n{ENTRY}"""\n',
        f"[[a]]\n{ENTRY}[[b]]\n{ENTRY.replace('C', '')}why = '''\n[[a]]\n{ENTRY}'''\n",
    ],
)
def test_a_record_that_somebody_else_wrote_is_read_as_a_whole(record: str) -> None:
    assert by_kind(record.encode()) is None


@pytest.mark.parametrize(
    "record", [f"[[a]]\n{ENTRY}{FILES}[[b]]\n{ENTRY}[[a]]\n{ENTRY}", f"# head\n\n[[a]]\n{ENTRY}", ""]
)
def test_entries_in_another_order_are_found(record: str) -> None:
    apart = by_kind(record.encode())
    assert apart is not None
    assert {kind: read_record(text, "record")[kind] for kind, text in apart.items()} == read_record(
        record.encode(), "record"
    )


def test_a_damaged_entry_is_named_by_its_line_in_the_whole_record(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "vetted.toml").write_text(f"[[b]]\n{ENTRY}[[a]]\n{ENTRY}x = \n", "utf-8")
    approvals = ApprovalRegister(Library(tmp_path))
    assert [entry.by for entry in approvals.approvals("b")] == ["A"]
    with pytest.raises(LibraryAtFault, match="line 13"):
        approvals.approvals("a")
