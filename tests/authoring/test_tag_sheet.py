"""`letters fields KIND --word`: the tags of a kind as a Word file, each of them accepted by the linter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from helpers import ROOT

from letters.assembly.assembler import Assembler
from letters.authoring.tag_sheet import tag_sheet
from letters.cli.main import main
from letters.docx.markup import text_of
from letters.docx.package import open_package
from letters.linter.lint import lint_files

DAY = dt.date(2026, 11, 30)


def test_the_linter_accepts_every_tag_of_the_sheet(assembler: Assembler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LETTERS_PATIENCE", "4")  # no letter has all tags there are
    for kind in ("conditional-approval", "own-records"):
        data = tag_sheet(assembler, kind, DAY)
        found = [each for each in lint_files({"tags.docx": data}, assembler, kind).findings if each.severity == "error"]
        assert {each.code for each in found} <= {"typed-law", "english"}, found  # in the meanings; not in tags
        package = open_package(data, "tags.docx")
        words = text_of(package.tree(package.main))
        for tag in ("{{ office.name }}", "{{ date }}", "{%p endfor %}", 'include "signature"'):
            assert tag in words
        assert ("{{ recipient.name }}" in words) == (kind == "own-records")


def test_the_command_writes_the_sheet_and_replaces_none_unasked(tmp_path: Path) -> None:
    file = tmp_path / "tags.docx"
    asked = ["fields", "denial", "--library", str(ROOT), "--word", str(file)]
    assert main(asked) == 0
    assert file.read_bytes().startswith(b"PK")
    assert main(asked) == 4
    assert main([*asked, "--overwrite"]) == 0
