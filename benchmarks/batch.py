"""Measures `letters batch` beside the peers on the same letters: rate, CPU, memory, start-up.

    make bench                          sets the peers up in benchmarks/.peers, measures, writes RESULTS.md
    python benchmarks/batch.py          the same with the peers that are there
    --letters N   letters a round (default 300)      --rounds N   rounds, interleaved; medians count (default 3)
    --long        also 100,000 rows (memory and time a letter, minutes)
    --results FILE   write the table into the section "Batches" of this Markdown file

Every contestant runs in a process of its own and in turn with the others, because times hold only within one run. The
peers get the finished letter with tags in place of what differs from row to row: the same words, and less to do than
we have, who check every answer and choose the law. `letters` checks each row, fills, checks the result and writes it.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PEERS = ROOT / "benchmarks" / ".peers"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
FIELDS = {
    "reference": "OGC-QREFQ",
    "request.requester.agency": "QAGENCYQ",
    "request.requester.name": "QNAMEQ",
    "request.requester.office": "QOFFICEQ",
    "request.their_reference": "QTHEIRSQ",
}
TAGS = {"reference": "QREFQ", "agency": "QAGENCYQ", "name": "QNAMEQ", "office": "QOFFICEQ", "theirs": "QTHEIRSQ"}


def values(number: int) -> dict[str, str]:
    return {
        "reference": f"{number:06d}",
        "agency": f"Example Agency {number}",
        "name": f"Jordan Sample {number}",
        "office": f"Field Office {number}",
        "theirs": f"REF-{number:06d}",
    }


# --- the work, made once ---------------------------------------------------------------------------------------------


def prepare(folder: Path, count: int) -> None:
    """The vetted library, the rows, and the letter as a template of the peers."""
    from batches import ROW, vetted_library

    from letters.batch import batch

    if not (folder / "library").exists():
        vetted_library(folder / "library")
    row = {**ROW, **FIELDS}
    if not (folder / "docxtpl.docx").exists():
        (made,) = batch([row], kind="denial", library=folder / "library", formats=["docx"], workers=0)
        (folder / "finished.docx").write_bytes(made.data["docx"])
        for name, opening, closing in (("docxtpl", "{{ ", " }}"), ("docxtemplater", "{", "}")):
            (folder / f"{name}.docx").write_bytes(_tagged(made.data["docx"], opening, closing))
    path = folder / f"rows-{count}.csv"
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            for number in range(count):
                found = {
                    "reference": f"OGC-{values(number)['reference']}",
                    "request.requester.agency": values(number)["agency"],
                    "request.requester.name": values(number)["name"],
                    "request.requester.office": values(number)["office"],
                    "request.their_reference": values(number)["theirs"],
                }
                writer.writerow(row | found)


def _tagged(docx: bytes, opening: str, closing: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("word/") and name.endswith(".xml"):
                for tag, mark in TAGS.items():
                    data = data.replace(mark.encode(), f"{opening}{tag}{closing}".encode())
            target.writestr(name, data)
    return out.getvalue()


# --- the contestants: each runs in a process of its own ---------------------------------------------------------------


def letters_docx(folder: Path, count: int, out: Path) -> None:
    _ours(folder, count, out, ["docx"])


def letters_pdf(folder: Path, count: int, out: Path) -> None:
    _ours(folder, count, out, ["pdf"])


def _ours(folder: Path, count: int, out: Path, formats: list[str]) -> None:
    from letters.batch import batch

    table, library = folder / f"rows-{count}.csv", folder / "library"
    done = sum(not result.problems for result in batch(
        table, kind="denial", library=library, formats=formats, out=out, workers=0
    ))  # fmt: skip
    assert done == count


def docxtpl(folder: Path, count: int, out: Path) -> None:
    """The usual way: a new template object for each letter."""
    from docxtpl import DocxTemplate

    for number in range(count):
        template = DocxTemplate(folder / "docxtpl.docx")
        template.render(values(number), autoescape=True)
        template.save(out / f"{number}.docx")


def floor(folder: Path, count: int, out: Path) -> None:
    """No filling at all: every part of the finished letter deflated anew and written, zlib level 6."""
    from letters.package import Packed, write_package

    with zipfile.ZipFile(folder / "finished.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for number in range(count):
        (out / f"{number}.docx").write_bytes(write_package(Packed.of(name, data) for name, data in parts.items()))


def libreoffice(folder: Path, count: int, out: Path) -> None:
    """All files in one call, after the letters were filled by somebody else."""
    source = folder / f"filled-{count}"
    if not source.exists():
        source.mkdir()
        docxtpl(folder, count, source)
    files = [str(source / f"{number}.docx") for number in range(count)]
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(out), *files],
        check=True,
        capture_output=True,
    )


IN_PYTHON: dict[str, Callable[[Path, int, Path], None]] = {
    "letters": letters_docx,
    "letters pdf": letters_pdf,
    "docxtpl": docxtpl,
    "floor": floor,
    "LibreOffice": libreoffice,
}


def contest(name: str, folder: Path, count: int) -> dict[str, float]:
    """One contestant's round, in a new process: seconds, CPU seconds, peak MB, and how many letters came out."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        if name == "docxtemplater":
            command = ["node", str(ROOT / "benchmarks" / "docxtemplater.js"), str(folder), str(count), out]
            environment = {**os.environ, "NODE_PATH": str(PEERS / "node_modules")}
        else:
            command = [sys.executable, __file__, "--contestant", name, str(folder), str(count), out]
            environment = dict(os.environ)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        letters = [path for path in Path(out).iterdir() if path.suffix in (".docx", ".pdf")]
        assert len(letters) == count, f"{name} wrote {len(letters)} of {count}"
        return found


def run_contestant(name: str, folder: Path, count: int, out: Path) -> None:
    began, before = time.perf_counter(), _cpu()
    IN_PYTHON[name](folder, count, out)
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    peak = _peak() if name != "LibreOffice" else resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}) + "\n")


def _peak() -> float:
    """In MB. What getrusage says of this process would include what it was forked from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


# --- the measurements ------------------------------------------------------------------------------------------------


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def compare(names: list[str], folder: Path, count: int, rounds: int, base: str) -> str:
    """Contestants in turn, round by round; medians, and the ratio to one of them taken within each round."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            found[name].append(contest(name, folder, count))
            sys.stderr.write(f"  {name}: {count / found[name][-1]['seconds']:.1f} letters a second\n")
    rows = []
    for name, each in found.items():
        ratios = [b["seconds"] / a["seconds"] for a, b in zip(each, found[base], strict=True)]
        in_cpu = [b["cpu"] / a["cpu"] for a, b in zip(each, found[base], strict=True)]
        middle = {part: statistics.median(one[part] for one in each) for part in ("seconds", "cpu", "peak")}
        rows.append(
            [
                name,
                f"{count / middle['seconds']:.1f}",
                f"{1000 * middle['cpu'] / count:.2f}",
                f"{middle['peak']:.0f}",
                f"{statistics.median(ratios):.1f}",
                f"{statistics.median(in_cpu):.1f}",
            ]
        )
    head = ["", "letters a second", "CPU ms a letter", "peak MB", f"x {base}, time", f"x {base}, CPU"]
    return table(head, rows)


def whole_runs(folder: Path, rounds: int, counts: list[int]) -> str:
    """The command as its user runs it, from nothing to the last file."""
    rows = []
    trials = [("--help", ["--help"], 0), ("kinds", ["kinds"], 0)]
    for count, formats in [(1, "docx"), (1, "docx,pdf"), (100, "docx"), *((count, "docx") for count in counts)]:
        prepare(folder, count)
        rest = [str(folder / f"rows-{count}.csv"), "--kind", "denial", "--library", str(folder / "library")]
        words = f"{count:,} letter{'s' if count > 1 else ''}, {formats}"
        trials.append((words, ["batch", *rest, "--format", formats], count))
    for words, arguments, count in trials:
        seconds = []
        for _ in range(rounds if count <= 100 else 1):
            with tempfile.TemporaryDirectory(dir=folder) as out:
                more = ["--out", out] if count else []
                seconds.append(_timed([sys.executable, "-m", "letters", *arguments, *more]))
        middle = statistics.median(seconds)
        rows.append([words, f"{middle:.2f}", f"{count / middle:.1f}" if count > 1 else ""])
    return table(["letters …", "seconds, whole process", "letters a second"], rows)


def workers(folder: Path, rounds: int) -> str:
    """One worker and two, in turn, from the first letter to the last, as the command itself counts them."""
    rows = []
    for formats, count in (("docx", 2000), ("pdf", 40)):
        prepare(folder, count)
        found: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for number in found:
                with tempfile.TemporaryDirectory(dir=folder) as out:
                    command = [sys.executable, "-m", "letters", "batch", str(folder / f"rows-{count}.csv"), "--json"]
                    command += ["--kind", "denial", "--library", str(folder / "library"), "--format", formats]
                    command += ["--out", out, "--workers", str(number)]
                    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
                found[number].append(json.loads(done.stdout.splitlines()[-1])["seconds"])
        ratio = statistics.median(one / two for one, two in zip(found[1], found[2], strict=True))
        rows.append(
            [formats, str(count), *(f"{count / statistics.median(found[n]):.1f}" for n in found), f"{ratio:.2f}"]
        )
    return table(["", "letters", "one worker, a second", "two workers, a second", "ratio"], rows)


def growth(folder: Path, counts: list[int]) -> str:
    rows = []
    for count in counts:
        prepare(folder, count)
        found = contest("letters", folder, count)
        rows.append([f"{count:,}", f"{1000 * found['cpu'] / count:.2f}", f"{found['peak']:.0f}"])
    return table(["rows, .docx", "CPU ms a letter", "peak MB"], rows)


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def versions(names: list[str]) -> str:
    found = [f"Python {platform.python_version()}", f"{os.cpu_count()} processors"]
    for name in ("docxtpl", "weasyprint", "lxml", "pydantic"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    found.append(f"zlib {zlib.ZLIB_RUNTIME_VERSION}")
    if "docxtemplater" in names:
        package = json.loads((PEERS / "node_modules" / "docxtemplater" / "package.json").read_text())
        found.append(f"docxtemplater {package['version']}")
    if shutil.which("soffice"):
        said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()
        found += [f"LibreOffice {said[1]}"] if len(said) > 1 else []
    return ", ".join(found)


def report(options: Any, folder: Path) -> str:
    before = os.getloadavg()[0]
    names = ["letters", "docxtpl", "floor"]
    if shutil.which("node") and (PEERS / "node_modules" / "docxtemplater").exists():
        names.insert(2, "docxtemplater")
    prepare(folder, options.letters)
    prepare(folder, 20)
    parts = [
        f"Measured by `benchmarks/batch.py` ({versions(names)}; load of the machine $LOAD). "
        "Times hold only within one run; the ratios are medians of ratios taken within a round. `letters` is one "
        "process, from reading the rows to the last file, every check on.",
        f"**Word letters**, {options.letters} a round, {options.rounds} rounds",
        compare(names, folder, options.letters, options.rounds, "docxtpl"),
    ]
    if shutil.which("soffice"):
        parts += [
            "**PDF**, 20 a round: `letters` from rows; LibreOffice from files filled beforehand, all in one call",
            compare(["letters pdf", "LibreOffice"], folder, 20, options.rounds, "LibreOffice"),
        ]
    parts += ["**Workers**", workers(folder, options.rounds)]
    parts += ["**Growth**", growth(folder, [100, 1000, 10_000, *([100_000] if options.long else [])])]
    parts += ["**Whole runs**, start-up included", whole_runs(folder, options.rounds, [10_000])]
    load = f"{before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    return "\n\n".join(parts).replace("$LOAD", load)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--contestant", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        name, folder, count, out = options.contestant
        run_contestant(name, Path(folder), int(count), Path(out))
        return
    with tempfile.TemporaryDirectory(prefix="letters-bench-") as folder:
        found = report(options, Path(folder))
    sys.stdout.write(f"{found}\n")
    if options.results:
        into_section(options.results, "Batches", found)


def into_section(path: Path, title: str, text: str) -> None:
    """Put the text in a section of a Markdown file, and leave the others as they are."""
    whole = path.read_text(encoding="utf-8") if path.exists() else "# Results\n"
    head, found, rest = whole.partition(f"\n## {title}\n")
    _, _, after = rest.partition("\n## ") if found else ("", "", "")
    whole = f"{head.rstrip()}\n\n## {title}\n\n{text}\n" + (f"\n## {after}" if after else "")
    path.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
