"""Compares the speed of `letters pdf` and LibreOffice on the same Word letters: one letter, and many in one call.

    python benchmarks/printing.py              the shipped letters, filled from their samples, each one different
    --letters N   letters in one call (default 100)     --rounds N   rounds; medians are reported (default 5)

Both run from the command line and take turns within a round. Times can be compared only within one run, so look at the
ratios. Writes the section “printing” of RESULTS.md. Needs `soffice`.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from results import write_section  # noqa: E402

from letters.assembly.assembler import Assembler  # noqa: E402
from letters.library.answers import parse_answers  # noqa: E402
from letters.library.library import Library  # noqa: E402
from letters.pdf.numerals import format_number  # noqa: E402


def shipped(assembler: Assembler, count: int, kind: str = "") -> Iterator[bytes]:
    """Letters of one kind, or of all kinds in turn; each has a reference and an addressee of its own."""
    kinds = [kind] if kind else sorted(assembler.library.kinds)
    for at in range(count):
        sample = assembler.library.kinds[kinds[at % len(kinds)]].folder / "sample.toml"
        answers = parse_answers(sample.read_bytes(), str(sample))
        answers["reference"] = f"OGC-2020-{at:04}"
        addressee = answers["recipient"] if "recipient" in answers else answers["request"]["requester"]
        addressee["name"] = f"{addressee['name']} {format_number(at + 1, 'upperRoman')}"
        if "agency" in addressee:
            addressee["agency"] = f"{addressee['agency']}, District {at + 1}"
        yield assembler.make(assembler.check(answers), ("docx",)).files["docx"]


def run(command: list[str | Path]) -> float:
    """Seconds that the command takes."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT)
    return time.perf_counter() - began


def letters_pdf(files: list[Path], *more: str) -> float:
    for file in files:
        file.with_suffix(".pdf").unlink(missing_ok=True)
    return run([sys.executable, "-m", "letters", "pdf", *files, *more])


def office(files: list[Path], folder: Path) -> float:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    out = folder / "office"
    return run(["soffice", profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", out, *files])


def measure(files: list[Path], folder: Path, rounds: int, contestants: list[str]) -> dict[str, list[float]]:
    ways = {
        "letters": lambda: letters_pdf(files),
        "letters, one worker": lambda: letters_pdf(files, "--workers", "1"),
        "LibreOffice": lambda: office(files, folder),
    }
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name in contestants:
            found[name].append(ways[name]())
    return found


def lines(what: str, found: dict[str, list[float]]) -> Iterator[str]:
    theirs = statistics.median(found["LibreOffice"])
    for name, times in found.items():
        middle = statistics.median(times)
        yield f"| {what} | {name} | {middle:.2f} ({min(times):.2f} to {max(times):.2f}) | {theirs / middle:.2f} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--letters", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = [folder / f"letter-{at:03}.docx" for at in range(given.letters)]
        for file, letter in zip(files, shipped(Assembler(Library(ROOT)), given.letters), strict=True):
            file.write_bytes(letter)
        office(files[:1], folder)  # its first run creates a profile
        one = measure(files[2:3], folder, given.rounds, ["letters", "LibreOffice"])
        many = measure(files, folder, given.rounds, ["letters", "letters, one worker", "LibreOffice"])
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()
    processors = len(os.sched_getaffinity(0))
    table = [
        "| | | seconds (least to most) | times as fast as LibreOffice |",
        "|---|---|---|---|",
        *lines("one letter of 3 pages, cold", one),
        *lines(f"{given.letters} letters in one call", many),
    ]
    head = (
        f"## Printing\n\n`letters pdf` and `soffice --convert-to pdf` on the same files, taking turns; medians of "
        f"{given.rounds} rounds.\nPython {platform.python_version()}, weasyprint {version('weasyprint')}, "
        f"{' '.join(said[:2])}, {processors} processors, load {os.getloadavg()[0]:.1f}.\n\n"
    )
    text = head + "\n".join(table)
    write_section("printing", text)
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
