"""The programs that are compared: each makes the same letters in a process of its own, which is measured.

The other programs fill a template from finished values, as their manuals show. `letters` does what its command does: it
reads the rows, checks every answer against the model and the law, fills the template, checks the result, and writes it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from work import KIND, ROOT, nested, prepare_rows, values

PEERS = ROOT / "benchmarks" / ".peers"
IN_NODE = ("docxtemplater", "easy-template-x")


def letters_docx(folder: Path, count: int, out: Path) -> None:
    _letters(folder, count, out, ["docx"])


def letters_pdf(folder: Path, count: int, out: Path) -> None:
    _letters(folder, count, out, ["pdf"])


def _letters(folder: Path, count: int, out: Path, formats: list[str]) -> None:
    import letters

    rows = folder / f"rows-{count}.csv"
    for result in letters.batch(rows, kind=KIND, library=folder / "library", formats=formats, out=out, workers=0):
        assert result.files, result.problems


def filling(folder: Path, count: int, out: Path) -> None:
    """Only what the other programs do: fill the compiled template from finished values. The result is still checked."""
    from letters.assembly.assembler import Assembler
    from letters.assembly.template.document_properties import DocumentProperties
    from letters.library.library import Library

    template = Assembler(Library(folder / "library")).template(KIND)
    properties = DocumentProperties("Work", "Example Department", "en-US", date(2019, 8, 2))
    for number in range(count):
        (out / f"{number}.docx").write_bytes(template.fill(nested(number), properties))


def docxtpl(folder: Path, count: int, out: Path) -> None:
    """The usual way: a new template object for each letter."""
    from docxtpl import DocxTemplate

    for number in range(count):
        template = DocxTemplate(folder / "jinja.docx")
        template.render(nested(number), autoescape=True)
        template.save(out / f"{number}.docx")


def mailmerge(folder: Path, count: int, out: Path) -> None:
    """docx-mailmerge2, which has no conditions: merge fields, and a table with a row for each earlier request."""
    from mailmerge import MailMerge

    for number in range(count):
        with MailMerge(folder / "fields.docx") as letter:
            letter.merge(**values(number))
            letter.merge_rows("reached", nested(number)["request"]["earlier"])
            letter.write(out / f"{number}.docx")


def floor(folder: Path, count: int, out: Path) -> None:
    """No filling at all: every part of a finished letter is compressed again at zlib level 6, and written."""
    from letters.docx.package import Packed, write_package

    with zipfile.ZipFile(folder / "finished.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for number in range(count):
        (out / f"{number}.docx").write_bytes(write_package(Packed.of(name, data) for name, data in parts.items()))


def libreoffice(folder: Path, count: int, out: Path) -> None:
    """All files in one call, after the letters were filled by another program."""
    files = [str(folder / f"filled-{count}" / f"{number}.docx") for number in range(count)]
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(out), *files]
    subprocess.run(command, check=True, capture_output=True)


IN_PYTHON: dict[str, Callable[[Path, int, Path], None]] = {
    "letters": letters_docx,
    "letters, filling alone": filling,
    "letters pdf": letters_pdf,
    "docxtpl": docxtpl,
    "docx-mailmerge2": mailmerge,
    "floor": floor,
    "LibreOffice": libreoffice,
}


def there() -> list[str]:
    """The programs for Word letters that are installed, ours first."""
    found = ["letters", "letters, filling alone", "docxtpl"]
    if shutil.which("node"):
        found += [name for name in IN_NODE if (PEERS / "node_modules" / name).exists()]
    try:
        import mailmerge  # noqa: F401
    except ImportError:
        return [*found, "floor"]
    return [*found, "docx-mailmerge2", "floor"]


def contest(name: str, folder: Path, count: int) -> dict[str, float]:
    """One round of one program, in a new process: seconds, CPU seconds, and peak memory in MB."""
    prepare_rows(folder, count)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        arguments = [name, str(folder), str(count), out]
        if name in IN_NODE:
            command = ["node", str(ROOT / "benchmarks" / "peers.js"), *arguments]
        else:
            command = [sys.executable, __file__, *arguments]
        environment = {**os.environ, "NODE_PATH": str(PEERS / "node_modules")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        made = sum(path.suffix in (".docx", ".pdf") for path in Path(out).iterdir())
        assert made == count, f"{name} wrote {made} of {count}"
        return found


def words_of(name: str, folder: Path) -> list[str]:
    """The text of the letters that a program makes from the first two rows, without the spaces between words."""
    with tempfile.TemporaryDirectory(dir=folder) as kept:
        prepare_rows(folder, 2)
        if name in IN_NODE:
            environment = {**os.environ, "NODE_PATH": str(PEERS / "node_modules")}
            command = ["node", str(ROOT / "benchmarks" / "peers.js"), name, str(folder), "2", kept]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        else:
            IN_PYTHON[name](folder, 2, Path(kept))
        found = []
        for path in sorted(Path(kept).glob("*.docx")):
            with zipfile.ZipFile(path) as archive:
                xml = archive.read("word/document.xml").decode()
            found.append("".join("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)).split()))
        return found


def _round(name: str, folder: Path, count: int, out: Path) -> None:
    began, before = time.perf_counter(), _cpu()
    IN_PYTHON[name](folder, count, out)
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    peak = _peak() if name != "LibreOffice" else resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}) + "\n")


def _peak() -> float:
    """In MB. The figure from getrusage would include the process this one was forked from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    _round(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
