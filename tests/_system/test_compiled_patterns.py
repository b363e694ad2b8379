"""Regular expressions that are kept from process to process: the same as those compiled anew."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

import letters
from letters._system.compiled_patterns import CompiledPatterns, compiled_patterns
from letters._text import lazy_pattern
from letters._text.lazy_pattern import pattern

_EVERYTHING = r"(?i)(?P<a>\w+)-(?P<b>[^\W\d_\xd7-\xf7]|x{2,8}?)(?=\d)(?<!no)(?P=a)?(?:\bé|$)?(?>a*+)"


def patterns_of_letters() -> list[re.Pattern[str] | re.Pattern[bytes]]:
    """Every pattern that a module of Letters has at its top."""
    found = []
    for each in pkgutil.walk_packages(letters.__path__, "letters."):
        if not each.name.endswith("__main__"):
            values = vars(importlib.import_module(each.name)).values()
            found += [value for value in values if isinstance(value, lazy_pattern._LazyPattern)]
    return found


def test_every_pattern_of_letters_is_the_same_when_it_was_kept(tmp_path: Path) -> None:
    first = CompiledPatterns(tmp_path / "kept")
    used = [(each.pattern, each._flags) for each in patterns_of_letters()]
    assert len(used) > 200
    for source, flags in used:
        first.compile(source, flags)
    first.save()
    again = CompiledPatterns(tmp_path / "kept")
    assert len(again._codes) == len(set(used))
    for source, flags in used:
        anew, kept = re.compile(source, flags), again.compile(source, flags)
        # Python compares the instructions, too
        assert (kept, kept.groupindex, kept.groups, kept.flags) == (anew, anew.groupindex, anew.groups, anew.flags)


@pytest.mark.parametrize("source", [_EVERYTHING, _EVERYTHING.encode("latin-1"), "", "a|b"])
def test_a_kept_pattern_finds_what_one_compiled_anew_finds(tmp_path: Path, source: str | bytes) -> None:
    first = CompiledPatterns(tmp_path / "kept")
    first.compile(source, re.MULTILINE)
    first.save()
    kept = CompiledPatterns(tmp_path / "kept").compile(source, re.MULTILINE)
    text: str | bytes = "Ab-XX1AB-x2é b\nab" if isinstance(source, str) else b"Ab-XX1AB-x2\xe9 b\nab"
    anew = re.compile(source, re.MULTILINE)
    assert [(each.span(), each.groupdict(), each.lastgroup) for each in kept.finditer(text)] == [
        (each.span(), each.groupdict(), each.lastgroup) for each in anew.finditer(text)
    ]


def test_a_wrong_pattern_is_refused_as_python_refuses_it(tmp_path: Path) -> None:
    with pytest.raises(re.error, match="unterminated"):
        CompiledPatterns(tmp_path / "kept").compile("(a", 0)


@pytest.mark.parametrize("damage", ["cut", "changed", "other version", "empty"])
def test_a_damaged_file_or_one_of_another_python_is_not_read(tmp_path: Path, damage: str) -> None:
    first = CompiledPatterns(tmp_path / "kept")
    first.compile("a+", 0)
    first.save()
    data = bytearray((tmp_path / "kept").read_bytes())
    match damage:
        case "cut":
            del data[-3:]
        case "changed":
            data[-3] ^= 1
        case "other version":
            data[0] ^= 1
        case _:
            data.clear()
    (tmp_path / "kept").write_bytes(data)
    again = CompiledPatterns(tmp_path / "kept")
    assert not again._codes
    assert again.compile("a+", 0) == re.compile("a+")


def test_where_nothing_can_be_written_patterns_are_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    patterns = CompiledPatterns(tmp_path / "file" / "kept")
    assert patterns.compile("a+", 0).fullmatch("aa")
    patterns.save()
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_second_command_compiles_nothing_of_ours(tmp_path: Path) -> None:
    """Where Python keeps compiled modules, as it is told by PYTHONPYCACHEPREFIX."""
    run = (
        "import re._compiler, sys; compile = re._compiler.compile\n"
        "def told(source, flags=0):\n"
        "    print('compiled', repr(source), file=sys.stderr)\n"
        "    return compile(source, flags)\n"
        "code_of = re._compiler._code\n"
        "def coded(parsed, flags):\n"
        "    print('code made', file=sys.stderr)\n"
        "    return code_of(parsed, flags)\n"
        "re._compiler._code = coded\n"
        "from letters.cli.program import run; run()"
    )
    environment = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
    made = [
        subprocess.run(
            [sys.executable, "-c", run, "fields", "denial"],
            env=environment, capture_output=True, text=True, check=True,
        ).stderr.count("code made")
        for _ in range(2)
    ]  # fmt: skip
    assert made[0] > made[1]
    assert len(list(tmp_path.rglob("patterns.*"))) == 1


def test_python_keeps_patterns_here() -> None:
    """So that a new version of Python in which this no longer works is noticed."""
    assert compiled_patterns() is not None


def test_a_pattern_is_compiled_by_what_is_told_to(tmp_path: Path) -> None:
    kept = CompiledPatterns(tmp_path / "kept")
    lazy_pattern.compile_with(kept.compile)
    try:
        assert pattern("(?P<x>a)").search("ba")
    finally:
        lazy_pattern.compile_with(re.compile)
    assert ("(?P<x>a)", 0) in kept._patterns
