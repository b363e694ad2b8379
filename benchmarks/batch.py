"""Compares `letters batch` with other programs on the same letters: speed, CPU, memory, workers, growth, start-up.

    make bench                        installs the other programs in benchmarks/.peers, measures, writes RESULTS.md
    python benchmarks/batch.py        the same with the programs that are installed, without writing
    --letters N   letters per round (default 1000)   --rounds N   interleaved rounds; medians are reported (default 3)
    --pdf N       PDF letters per round (default 50)
    --most N      rows of the longest run (default 10000)
    --only PART   docx, pdf, workers, growth or start; may be repeated
    --write       write into RESULTS.md

Every program runs in a process of its own, taking turns, because times can be compared only within one run. If the disk
is slow, set TMPDIR to a memory disk to keep the disk out of the comparison.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from contest import IN_NODE, PEERS, contest, docxtpl, there, words_of
from results import write_section
from work import KIND, ROOT, prepare, prepare_rows

_CHECKED = (
    "letters, filling alone",
    "docxtpl",
    *IN_NODE,
)  # those whose letters must have the same words as ours; mail merge has no conditions


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def compare(names: list[str], folder: Path, count: int, rounds: int, bases: list[str]) -> str:
    """Runs the programs in turn, round by round: medians, and ratios to some of them taken within each round."""
    bases = [base for base in bases if base in names]
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            found[name].append(contest(name, folder, count))
            sys.stderr.write(f"  {name}: {count / found[name][-1]['seconds']:.1f} letters a second\n")
    rows = []
    for name, each in found.items():
        middle = {part: statistics.median(one[part] for one in each) for part in ("seconds", "cpu", "peak")}
        ratios = [
            f"{statistics.median(b[part] / a[part] for a, b in zip(each, found[base], strict=True)):.2f}"
            for base in bases
            for part in ("seconds", "cpu")
        ]
        cpu, rate = 1000 * middle["cpu"] / count, count / middle["seconds"]
        rows.append([name, f"{rate:.1f}", f"{cpu:.2f}", f"{middle['peak']:.0f}", *ratios])
    head = ["", "letters a second", "CPU ms a letter", "peak MB"]
    return table([*head, *(f"x {base}, {part}" for base in bases for part in ("time", "CPU"))], rows)


def word_letters(options: Any, folder: Path) -> str:
    names = there()
    ours = words_of("letters", folder)
    for name in names:
        assert name not in _CHECKED or words_of(name, folder) == ours, f"{name} makes different letters"
    found = compare(names, folder, options.letters, options.rounds, ["docxtpl", "docxtemplater", "floor"])
    return f"**Word letters**, {options.letters:,} a round, {options.rounds} rounds\n\n{found}"


def pdf_letters(options: Any, folder: Path) -> str:
    if not shutil.which("soffice"):
        return "**PDF**: LibreOffice is not installed, so there is nothing to compare with."
    filled = folder / f"filled-{options.pdf}"
    if not filled.exists():
        filled.mkdir()
        docxtpl(folder, options.pdf, filled)
    found = compare(["letters pdf", "LibreOffice"], folder, options.pdf, options.rounds, ["LibreOffice"])
    return (
        f"**PDF**, {options.pdf} a round: `letters` from the rows; LibreOffice from files filled beforehand, all in "
        f"one call\n\n{found}"
    )


def workers(options: Any, folder: Path) -> str:
    """One worker and two, taking turns, from the first letter to the last, as the command itself measures it."""
    rows = []
    for formats, count in (("docx", 2 * options.letters), ("pdf", 10 * options.pdf)):  # runs of about ten seconds
        found: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(options.rounds):
            for number in found:
                done = _command(folder, count, formats, "--workers", str(number), "--json")
                found[number].append(json.loads(done.stdout.splitlines()[-1])["seconds"])
        ratio = statistics.median(one / two for one, two in zip(found[1], found[2], strict=True))
        rates = (f"{count / statistics.median(each):.1f}" for each in found.values())
        rows.append([formats, str(count), *rates, f"{ratio:.2f}"])
    return "**Workers**\n\n" + table(["", "letters", "one worker, a second", "two workers, a second", "ratio"], rows)


def growth(options: Any, folder: Path) -> str:
    """CPU and memory from 100 rows up; `letters` is one process here, and this is all it uses."""
    rows = []
    for count in (each for each in (100, 1000, 10_000, 100_000) if each <= options.most):
        found = contest("letters", folder, count)
        rows.append([f"{count:,}", f"{1000 * found['cpu'] / count:.2f}", f"{found['peak']:.0f}"])
    return "**Growth**\n\n" + table(["rows, .docx", "CPU ms a letter", "peak MB"], rows)


def whole_runs(options: Any, folder: Path) -> str:
    """The command as a user runs it, from start-up to the last file."""
    rows = []
    trials: list[tuple[str, Callable[[], object], int]] = [
        ("--help", lambda: _letters("--help"), 0),
        ("kinds", lambda: _letters("kinds"), 0),
    ]
    for count, formats in ((1, "docx"), (1, "docx,pdf"), (100, "docx"), (options.most, "docx")):
        words = f"batch, {count:,} letter{'s' if count > 1 else ''}, {formats}"
        trials.append((words, lambda count=count, formats=formats: _command(folder, count, formats), count))  # type: ignore[misc]
    for words, run, count in trials:
        seconds = []
        if count:
            prepare_rows(folder, count)
        for _ in range(options.rounds if count <= 100 else 1):
            began = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - began)
        middle = statistics.median(seconds)
        rows.append([words, f"{middle:.2f}", f"{count / middle:.1f}" if count > 1 else ""])
    return "**Whole runs**, start-up included\n\n" + table(["letters …", "seconds", "letters a second"], rows)


def _command(folder: Path, count: int, formats: str, *more: str) -> subprocess.CompletedProcess[str]:
    rows = prepare_rows(folder, count)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        options = ["--kind", KIND, "--library", str(folder / "library"), "--format", formats, "--out", out]
        return _letters("batch", str(rows), *options, *more)


def _letters(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "letters", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)


def versions() -> str:
    found = [f"Python {platform.python_version()}", f"{os.cpu_count()} processors"]
    for name in ("docxtpl", "docx-mailmerge2", "weasyprint", "lxml", "pydantic"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    found.append(f"zlib {zlib.ZLIB_RUNTIME_VERSION}")
    for name in IN_NODE:
        package = PEERS / "node_modules" / name / "package.json"
        if package.exists():
            found.append(f"{name} {json.loads(package.read_text())['version']}")
    if shutil.which("soffice"):
        said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()
        found += [f"LibreOffice {said[1]}"] if len(said) > 1 else []
    return ", ".join(found)


_PARTS: dict[str, Callable[[Any, Path], str]] = {
    "docx": word_letters,
    "pdf": pdf_letters,
    "workers": workers,
    "growth": growth,
    "start": whole_runs,
}


def report(options: Any, folder: Path) -> str:
    before = os.getloadavg()[0]
    prepare(folder)
    parts = [_PARTS[name](options, folder) for name in options.only or _PARTS]
    load = f"{before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    head = (
        f"Measured by `benchmarks/batch.py` ({versions()}; load of the machine {load}). Times hold only within one "
        "run. Ratios are medians of ratios taken within a round; above 1 means faster. The letter is the one in "
        "`benchmarks/work.py`; every program that has loops and conditions produces the same words from it. `letters` "
        "is one process, from reading the rows to the last file, with every check on. The others, and `letters, "
        "filling alone`, fill from finished values. The floor only compresses a finished letter again and fills "
        "nothing."
    )
    return "\n\n".join(["## Batches", head, *parts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pdf", type=int, default=50)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--only", action="append", choices=sorted(_PARTS))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="letters-bench-") as folder:
        found = report(options, Path(folder))
    sys.stdout.write(f"{found}\n")
    if options.write:
        write_section("batches", found)


if __name__ == "__main__":
    main()
