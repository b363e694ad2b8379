"""A TOML file with mistakes: each is named as what it is, and the rest of the file is read."""

# ruff: noqa: RUF001 - typographic quotes are what these tests are about

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from letters.errors import InvalidAnswers, LibraryAtFault
from letters.library.answers import parse_answers
from letters.library.library import Library
from letters.library.toml_recovery import has_conflict, recover

CONFLICT = "a = 1\n<<<<<<< HEAD\nb = 2\n||||||| base\nb = 0\n=======\nb = 3\n>>>>>>> theirs\nc = 4\n"


@pytest.mark.parametrize(
    ("text", "data", "found"),
    [
        ("a = “x”\nb = ‘y’\n", {"a": "x", "b": "y"}, ["line 1: The quotation", "line 2: The quotation"]),
        ('a = "He said “hi”, then"\nb = “He said "no"”', {"a": "He said “hi”, then", "b": 'He said "no"'}, ["line 2"]),
        ("a = { b = “x”, c = [“y”, “z”] } # “w”", {"a": {"b": "x", "c": ["y", "z"]}}, ["line 1: The quotation"]),
        ("a = “””\nx\ny”””\nb = 1", {"a": "x\ny", "b": 1}, ["line 1: The quotation marks on this line are curly"]),
        (CONFLICT, {"a": 1, "b": 2, "c": 4}, ["line 2: A merge conflict was left here"]),
        ('a = """\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\n"""', {"a": "\nb\n\n\n\n"}, ["line 2: A merge conflict"]),
        ("a = denial\nb = 1", {"a": "denial", "b": 1}, ["line 1: The value on this line cannot be read. Text needs"]),
        ("a = 2019-02-30\nb = 2019-13-01", {"a": dt.date(2000, 1, 1), "b": dt.date(2000, 1, 1)}, ["line 1: There is no "
         "such day", "line 2: There is no such day"]),
        ("a = 1\na = 2\n[t]\nx = 1\n[t]\ny = 2\n[u]\n", {"a": 1, "t": {"x": 1}, "u": {}}, ["line 2: The name on this",
         "line 5: The table on this line appears twice"]),
        ('a = "x\nb = 1', {"b": 1}, ["line 1: The closing quotation mark is missing"]),
        ('b = 1\na = """\nx', {"b": 1}, ["line 2: The closing quotation mark is missing"]),
        ("just words\nmore words\nok = 1", {"ok": 1}, ["line 1: An equals sign is missing"]),
        ('a = "x" "y"\nb = 1', {"b": 1}, ["line 1: Something follows the value"]),
        ('a = "C:\\x"\nb = 1', {"b": 1}, ["line 1: A backslash"]),
        ("a = 1\n||||||| base\nb = 2", {"a": 1, "b": 2}, ["line 2: A merge conflict was left here"]),
        ('a\u00a0=\u00a0"x\u00a0y"\nb = 1', {"a": "x\u00a0y", "b": 1}, ["line 1: A space on this line is no "
         "ordinary one (U+00A0)"]),
        ("a = yes\nb = False # no", {"a": True, "b": False}, ["line 1: This is neither true", "line 2: This"]),
        ('a == "x"', {"a": "x"}, ["line 1: There are two equals signs"]),
        ('näme = "x"\nb = 1', {"b": 1}, ["line 1: A name cannot have the letter “ä”"]),
        ("a = 03/26/2026\nb = 26.3.2026", {"a": dt.date(2000, 1, 1), "b": dt.date(2000, 1, 1)}, ["line 1: There is no "
         "such day", "line 2: There is no such day"]),
        ("a = 2026–03–26\nb = 2026/03/26\nc = 2026.3.26", dict.fromkeys("abc", dt.date(2000, 1, 1)),
         ["line 1: There is no such day or time. Dates are written", "line 2: There is no", "line 3: There is no"]),
    ],
)  # fmt: skip
def test_each_mistake_is_named_and_the_rest_is_read(text: str, data: dict[str, Any], found: list[str]) -> None:
    recovered = recover(text)
    assert recovered.data == data
    told = [str(problem) for problem in recovered.problems]
    assert len(told) == len(found), told
    for problem, begins in zip(told, found, strict=True):
        assert problem.startswith(begins)
        assert "column" not in problem


def test_what_is_right_is_no_conflict_and_has_no_problems() -> None:
    assert not has_conflict('a = """\n=======\n"""\n# <<<<<<< not at the beginning of a line\n')
    assert recover("a = 1").problems == []


def test_a_conflict_is_refused_even_inside_a_text(tmp_path: Path) -> None:
    for folder in ("templates", "prompts"):
        (tmp_path / folder).mkdir()
    file = tmp_path / "templates" / "office.toml"
    file.write_text('name = """\n<<<<<<< HEAD\nOne\n=======\nOther\n>>>>>>> x\n"""\n', encoding="utf-8")
    with pytest.raises(LibraryAtFault, match=r"office\.toml, line 2: A merge conflict was left here"):
        Library.open(tmp_path).toml(file)
    with pytest.raises(InvalidAnswers, match=r"a\.toml, line 1: The quotation marks on this line are curly"):
        parse_answers("kind = “denial”".encode(), "a.toml")
