"""Results that are kept from run to run: the same as those made anew, and none of what has changed since."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from letters._system import result_files as module
from letters._system.kept_files import kept_file, read_kept, write_kept
from letters._system.result_files import ResultFiles
from letters._text import between_runs
from letters._text.between_runs import kept


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[None]:
    begin(tmp_path)
    yield
    between_runs.keep_in(None)


def begin(folder: Path) -> ResultFiles:
    """A new run."""
    files = ResultFiles(folder / "results")
    between_runs.keep_in(files)
    return files


def made(text: str, times: list[str], **options: Any) -> str:
    def make() -> str:
        times.append(text)
        return text.upper()

    return kept("texts", lambda: (text,), make, **options)


def test_a_result_is_made_once_and_is_there_in_the_next_run(tmp_path: Path) -> None:
    times: list[str] = []
    first = begin(tmp_path)
    assert [made("a", times), made("a", times)] == ["A", "A"]
    first.save()
    begin(tmp_path)
    assert made("a", times) == "A"
    assert times == ["a"]


def test_each_result_belongs_to_what_it_was_made_from(tmp_path: Path) -> None:
    times: list[str] = []
    for _ in range(2):
        files = begin(tmp_path)
        assert [made(text, times, most=4) for text in ("a", "b", "ab")] == ["A", "B", "AB"]
        assert kept("texts", lambda: ("a", "b"), lambda: "apart", most=4) == "apart"
        assert kept("others", lambda: ("a",), lambda: "other") == "other"
        files.save()
    assert times == ["a", "b", "ab"]


def test_the_results_that_were_used_are_the_last_to_go(tmp_path: Path) -> None:
    times: list[str] = []
    for texts in ("abc", "bd"):
        files = begin(tmp_path)
        for text in texts:
            made(text, times, most=3)
        files.save()
    begin(tmp_path)
    times.clear()
    for text in "bdca":
        made(text, times, most=3)
    assert times == ["a"]


def test_what_is_wrong_is_found_again(tmp_path: Path) -> None:
    def wrong() -> str:
        raise ValueError("wrong")

    for _ in range(2):
        files = begin(tmp_path)
        with pytest.raises(ValueError, match="wrong"):
            kept("texts", lambda: ("a",), wrong)
        assert kept("texts", lambda: ("b",), lambda: "", bool) == ""
        files.save()
        assert not (tmp_path / "results").exists()


def test_nothing_is_kept_of_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("first")

    def read() -> str:
        file.write_text("second")
        return file.read_text()

    files = begin(tmp_path)
    assert kept("texts", lambda: (file.read_text(),), read) == "second"
    files.save()
    file.write_text("first")
    begin(tmp_path)
    assert kept("texts", lambda: (file.read_text(),), lambda: "read again") == "read again"


def test_nothing_is_kept_when_the_code_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    (package / "room").mkdir(parents=True)
    code = package / "room" / "module.py"
    code.write_text("one = 1\n")
    monkeypatch.setattr(module, "_PACKAGE", package)
    times: list[str] = []
    files = begin(tmp_path)
    made("a", times)
    files.save()
    begin(tmp_path)
    made("a", times)
    assert times == ["a"]
    code.write_text("two = 2\n")
    begin(tmp_path)
    made("a", times)
    assert times == ["a", "a"]


@pytest.mark.parametrize("damage", ["cut", "changed", "other version", "empty", "no result"])
def test_a_damaged_file_is_not_read(tmp_path: Path, damage: str) -> None:
    times: list[str] = []
    files = begin(tmp_path)
    made("a", times)
    files.save()
    (file,) = (tmp_path / "results").iterdir()
    data = bytearray(file.read_bytes())
    match damage:
        case "cut":
            del data[-3:]
        case "changed":
            data[-3] ^= 1
        case "other version":
            data[0] ^= 1
        case "empty":
            data.clear()
        case _:
            results = read_kept(file, files._version)
            write_kept(file, dict.fromkeys(results, b"nothing that can be read"), files._version)
            data = bytearray(file.read_bytes())
    file.write_bytes(data)
    begin(tmp_path)
    assert made("a", times) == "A"
    assert times == ["a", "a"]


def test_where_nothing_can_be_written_results_are_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "results").touch()
    files = begin(tmp_path)
    assert made("a", []) == "A"
    files.save()
    assert [*tmp_path.iterdir()] == [tmp_path / "results"]


def test_files_of_old_libraries_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FILES", 3)
    for number in range(5):
        files = begin(tmp_path)
        kept(f"rulebook of {number}", lambda: ("a",), lambda: "made")
        files.save()
        for file in (tmp_path / "results").iterdir():
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 10))
    assert len([*(tmp_path / "results").iterdir()]) == 3
    begin(tmp_path)
    assert kept("rulebook of 4", lambda: ("a",), lambda: "made again") == "made"
    assert kept("rulebook of 0", lambda: ("a",), lambda: "made again") == "made again"


def test_results_are_kept_beside_compiled_modules_here() -> None:
    assert kept_file("results") is not None
