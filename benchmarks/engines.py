"""Compares the processor time of programs that print Word letters as PDF: `letters pdf`, rdocx, dxpdf, and LibreOffice.

    python benchmarks/engines.py       cold, warm, and a hundred letters of one template
    --letters N   letters of one template (default 100)     --rounds N   rounds; medians are reported (default 3)

Every measurement is the processor time of a whole process of its own, with that of its children, and for a hundred
letters in one call the seconds that it takes; the programs take turns within a round. `letters` does all that
`letters pdf` does: it reads the words back from the finished file, looks for text over other text, judges the record,
and looks for placeholders and personal data. Writes the section “engines” of RESULTS.md. `make bench` installs rdocx
and dxpdf; LibreOffice needs `soffice`.
"""

from __future__ import annotations

import argparse
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
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

KIND = "denial"
_ALONE = {
    "rdocx": "import sys, rdocx; open(sys.argv[2], 'wb').write(rdocx.Document(sys.argv[1]).to_pdf())",
    "dxpdf": "import sys, dxpdf; open(sys.argv[2], 'wb').write(dxpdf.convert(open(sys.argv[1], 'rb').read()))",
}
KINDS = 15
"""Letters that a process prints before the warm ones are counted."""
COLD = 9
"""New processes for one letter in each round: they differ more than the others from one to the next."""


def printer(engine: str) -> Callable[[Path], bytes]:
    """What prints one file with an engine, imported when it is called."""
    if engine == "letters":
        from letters.assembly.letter_pdf import LetterConverter
        from letters.library.library import Library

        converter = LetterConverter(Library(ROOT))
        return lambda file: converter.convert(file.read_bytes(), file.name).data
    if engine == "rdocx":
        import rdocx

        return lambda file: bytes(rdocx.Document(str(file)).to_pdf())
    import dxpdf

    return lambda file: bytes(dxpdf.convert(file.read_bytes()))


def print_all(engine: str, files: list[Path], skip: int) -> None:
    """Print files in this process, and say how many seconds each took after the first ``skip`` ones."""
    prints = printer(engine)
    for file in files[:skip]:
        file.with_suffix(f".{engine}.pdf").write_bytes(prints(file))
    before = time.process_time()
    for file in files[skip:]:
        file.with_suffix(f".{engine}.pdf").write_bytes(prints(file))
    sys.stdout.write(json.dumps((time.process_time() - before) / max(len(files) - skip, 1)))


def measured(engine: str, files: list[Path], skip: int = 0, *, together: bool = False) -> tuple[float, float]:
    """Processor seconds of a process that prints files, and of each after the first ``skip`` ones.

    Args:
        together: as users print many letters: by one command, which may share them out. Then the second figure is how
            many seconds it takes, with its start.
    """
    if engine == "LibreOffice":
        profile = f"-env:UserInstallation={(files[0].parent / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir"]
        command += [str(files[0].parent / "office"), *map(str, files)]
    elif engine == "letters" and (together or len(files) == 1):
        command = [sys.executable, "-m", "letters", "pdf", *map(str, files), "--overwrite"]
    elif len(files) == 1:  # as a script of a few lines would
        pdf = str(files[0].with_suffix(f".{engine}.pdf"))
        command = [sys.executable, "-c", _ALONE[engine], str(files[0]), pdf]
    else:
        command = [sys.executable, __file__, "--print", engine, "--skip", str(skip), *map(str, files)]
    before, began = _used(), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=_environment())
    took, whole = time.perf_counter() - began, _used() - before
    if together:
        return whole, took
    each = whole / len(files) if engine == "LibreOffice" or len(files) == 1 else float(json.loads(done.stdout))
    return whole, each


def _environment() -> dict[str, str]:
    """That of a user: compiled modules are kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def claims_of(file: Path) -> str:
    """What a PDF says of itself: tags, language, standards."""
    import pikepdf

    with pikepdf.open(file) as pdf:
        metadata = bytes(pdf.Root.Metadata.read_bytes()) if "/Metadata" in pdf.Root else b""
        found = {
            "tagged": "/StructTreeRoot" in pdf.Root,
            "language": "/Lang" in pdf.Root,
            "PDF/UA": b"pdfuaid:part" in metadata,
            "PDF/A": b"pdfaid:part" in metadata,
        }
    return ", ".join(name if said else f"no {name}" for name, said in found.items())


def made(count: int, kind: str = "") -> Iterator[bytes]:
    """Letters of one kind, or of all kinds in turn, each different."""
    from printing import shipped

    from letters.assembly.assembler import Assembler
    from letters.library.library import Library

    yield from shipped(Assembler(Library(ROOT)), count, kind)


def written(folder: Path, letters: Iterator[bytes]) -> list[Path]:
    folder.mkdir()
    files = []
    for at, letter in enumerate(letters):
        files.append(folder / f"letter-{at:03}.docx")
        files[-1].write_bytes(letter)
    return files


def there() -> list[str]:
    """The engines that are installed, ours first."""
    found = ["letters"]
    for name in ("rdocx", "dxpdf"):
        try:
            version(name)
        except PackageNotFoundError:
            continue
        found.append(name)
    return [*found, *(["LibreOffice"] if shutil.which("soffice") else [])]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--letters", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--print", help=argparse.SUPPRESS)
    parser.add_argument("--skip", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.print:
        print_all(given.print, given.files, given.skip)
        return 0
    from results import write_section

    engines = there()
    found: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        one = written(Path(scratch) / "one", made(given.letters, KIND))
        all_kinds = written(Path(scratch) / "all", made(4 * KINDS))
        for engine in engines:
            measured(engine, one[:1])  # compiles modules, and creates the profile of LibreOffice
        for _ in range(given.rounds):
            for _ in range(COLD):
                for engine in engines:
                    found.setdefault(("cold", engine), []).append(measured(engine, one[1:2])[0])
            for engine in engines:
                found.setdefault(("warm", engine), []).append(measured(engine, all_kinds, KINDS)[1])
                found.setdefault(("hundred", engine), []).append(measured(engine, one)[0])
                found.setdefault(("together", engine), []).append(measured(engine, one, together=True)[1])
        claims = {
            engine: claims_of(
                one[0].parent / "office" / "letter-001.pdf"
                if engine == "LibreOffice"
                else one[1].with_suffix(f".{engine}.pdf")
            )
            for engine in engines
        }
    table = [
        "| | one letter, new process, ms | x rdocx | warm, ms a letter | x rdocx | "
        f"{given.letters} letters of one template, s | x rdocx | the same in one call, s until done | x rdocx | "
        "says of itself |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for engine in engines:
        cells = [engine]
        for what, unit in (("cold", 1000), ("warm", 1000), ("hundred", 1), ("together", 1)):
            times = found[what, engine]
            peers = found.get((what, "rdocx"), times)
            ratio = statistics.median([mine / its for mine, its in zip(times, peers, strict=True)])
            middle = statistics.median(times) * unit
            cells += [f"{middle:.0f}" if unit > 1 and middle >= 100 else f"{middle:.1f}", f"{ratio:.2f}"]
        table.append(f"| {' | '.join(cells)} | {claims[engine]} |")
    versions = ", ".join(f"{name} {version(name)}" for name in engines if name not in ("letters", "LibreOffice"))
    rounds = "one round" if given.rounds == 1 else f"medians of {given.rounds} rounds and their ratios"
    text = (
        "## Engines\n\nWord letters as PDF: processor time of the whole process, with that of its children; "
        f"{rounds},\nin which the programs take turns; a new process is begun {COLD} times a round. "
        "Warm are letters of all kinds, each different, after one of "
        "each kind; for LibreOffice, which starts\nanew for every call, that is the whole divided by the letters. "
        "In one call, `letters pdf` uses all processors; the others use one. "
        f"`letters` runs every check.\nPython {platform.python_version()}, {versions}, {len(os.sched_getaffinity(0))} "
        f"processors, load {os.getloadavg()[0]:.1f}.\n\n" + "\n".join(table)
    )
    write_section("engines", text)
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
