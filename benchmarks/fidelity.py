"""Measures how near our PDF of a Word letter comes to LibreOffice's PDF of the same file.

    python benchmarks/fidelity.py                          the shipped letters, filled from their samples
    python benchmarks/fidelity.py --foreign DIR [DIR …]    and every .docx in these folders
    --pictures DIR    side-by-side pictures, ours left and LibreOffice's right, a row for each page
    --results FILE    write the table into the section "Fidelity" of this Markdown file

Needs `soffice` and `pdftotext` (poppler); for pictures also `pdftoppm`. Letters without a title or a language, which we
refuse, get them in a copy. What is compared, file by file:

- pages: how many there are;
- words: of LibreOffice's words, the part that stands on the same page of ours (each as often as it is there);
- lines: of LibreOffice's lines, the part that has exactly the same words in ours;
- median, p95: how far the words on the same page stand from where LibreOffice has them, in points.
"""

from __future__ import annotations

import argparse
import io
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from letters.answers import parse_answers  # noqa: E402
from letters.desk import Desk  # noqa: E402
from letters.errors import LettersError  # noqa: E402
from letters.library import Library  # noqa: E402

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_CORE_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


@dataclass(frozen=True)
class Word:
    text: str
    x: float
    y: float
    page: int


@dataclass(frozen=True)
class Laid:
    """One PDF as a reader sees it."""

    pages: int
    words: list[Word]
    lines: Counter[str]


@dataclass
class Row:
    """One letter in the table."""

    name: str
    set: str
    refused: str = ""
    notes: int = 0
    pages: tuple[int, int] = (0, 0)
    words: tuple[int, int] = (0, 0)
    """On the same page, all."""
    lines: tuple[int, int] = (0, 0)
    moved: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.moved) if self.moved else 0.0

    @property
    def p95(self) -> float:
        return sorted(self.moved)[int(0.95 * len(self.moved))] if self.moved else 0.0


# ---------------------------------------------------------------- letters


def shipped(desk: Desk) -> Iterator[tuple[str, bytes]]:
    for kind in sorted(desk.library.kinds):
        sample = desk.library.kinds[kind].folder / "sample.toml"
        letter = desk.check(parse_answers(sample.read_bytes(), str(sample)))
        yield kind, desk.make(letter, ("docx",)).files["docx"]


def foreign(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(folder.rglob("*.docx"))
        for file in files:
            if not file.name.startswith("~$"):
                yield file.stem, with_title_and_language(file.read_bytes(), file.stem)


def with_title_and_language(docx: bytes, name: str) -> bytes:
    """A copy whose properties say a title and a language, where they say none."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    links = parts.get("_rels/.rels", b"").decode()
    match = re.search(r'<Relationship\b[^>]*Type="[^"]*core-properties"[^>]*>', links)
    target = re.search(r'Target="/?([^"]+)"', match[0]) if match else None
    part = target[1] if target else "docProps/core.xml"
    if part in parts:
        core = ElementTree.fromstring(parts[part])
        for tag, otherwise in (("title", name), ("language", "en-US")):
            node = core.find(f"{{{_DC}}}{tag}")
            node = ElementTree.SubElement(core, f"{{{_DC}}}{tag}") if node is None else node
            node.text = node.text if (node.text or "").strip() else otherwise
        parts[part] = ElementTree.tostring(core)
    else:
        parts[part] = (
            f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="{_DC}"><dc:title>{escape(name)}</dc:title>'
            "<dc:language>en-US</dc:language></cp:coreProperties>"
        ).encode()
    if match is None:
        link = f'<Relationship Id="rIdCore" Type="{_CORE_TYPE}" Target="{part}"/></Relationships>'
        parts["_rels/.rels"] = links.replace("</Relationships>", link).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in parts.items():
            archive.writestr(member, data)
    return out.getvalue()


# ---------------------------------------------------------------- reading PDFs


def laid(pdf: Path) -> Laid:
    run = subprocess.run(["pdftotext", "-bbox-layout", pdf, "-"], capture_output=True, check=True)
    source = re.sub(r'xmlns="[^"]+"|[\x00-\x08\x0b\x0c\x0e-\x1f]', "", run.stdout.decode("utf-8", "replace"))
    root = ElementTree.fromstring(source[source.index("<html") :])
    words, lines, pages = [], Counter[str](), 0
    for number, page in enumerate(root.iter("page")):
        pages += 1
        for line in page.iter("line"):
            here = [
                Word(node.text or "", float(node.get("xMin", 0)), float(node.get("yMin", 0)), number)
                for node in line.iter("word")
            ]
            words += here
            lines["".join(word.text for word in here)] += 1
    return Laid(pages, words, lines)


def compare(row: Row, ours: Laid, theirs: Laid) -> None:
    row.pages = (ours.pages, theirs.pages)
    here, there = (Counter((word.page, word.text) for word in side.words) for side in (ours, theirs))
    row.words = ((here & there).total(), there.total())
    row.lines = ((ours.lines & theirs.lines).total(), theirs.lines.total())
    for page in range(min(ours.pages, theirs.pages)):
        one, other = ([word for word in side.words if word.page == page] for side in (ours, theirs))
        matcher = SequenceMatcher(None, [word.text for word in one], [word.text for word in other], autojunk=False)
        for at, to, count in matcher.get_matching_blocks():
            for left, right in zip(one[at : at + count], other[to : to + count], strict=True):
                row.moved.append(((left.x - right.x) ** 2 + (left.y - right.y) ** 2) ** 0.5)


def office(folder: Path, files: list[Path]) -> str:
    """Print the files with LibreOffice into ``folder``; gives its version."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    soffice = ["soffice", profile, "--headless", "--norestore"]
    batches = [files[at : at + 20] for at in range(0, len(files), 20)]
    for batch in [*batches, *([file] for file in files)]:  # one that it dies of must not take the others along
        left = [file for file in batch if not (folder / f"{file.stem}.pdf").exists()]
        if left:
            subprocess.run(
                [*soffice, "--convert-to", "pdf", "--outdir", folder, *left],
                capture_output=True,
                check=False,
                timeout=900,
            )
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()
    return " ".join(said[:2])


def picture(row: Row, ours: Path, theirs: Path, to: Path) -> None:
    """Each page beside LibreOffice's, one pair under another."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, pdf in (("a", ours), ("b", theirs)):
            subprocess.run(["pdftoppm", "-r", "55", "-png", pdf, Path(folder) / name], check=True)
            sides.append([Image.open(file).convert("RGB") for file in sorted(Path(folder).glob(f"{name}-*.png"))])
        rows = max(map(len, sides))
        width, height = (max(side) for side in zip(*(page.size for pages in sides for page in pages), strict=True))
        sheet = Image.new("RGB", (2 * width + 6, rows * (height + 6)), "#808080")
        for column, pages in enumerate(sides):
            for at, page in enumerate(pages):
                sheet.paste(page, (column * (width + 6), at * (height + 6)))
        sheet.quantize(32).save(to / f"{row.name}.png", optimize=True)


# ---------------------------------------------------------------- the run


def measure(letters: list[tuple[str, str, bytes]], desk: Desk, work: Path, pictures: Path | None) -> list[Row]:
    rows = []
    for name, which, docx in letters:
        row = Row(name, which)
        (work / f"{name}.docx").write_bytes(docx)
        try:
            printed = desk.print_word(docx, f"{name}.docx")
        except LettersError as error:
            row.refused = str(error.problems[0])
        else:
            row.notes = len(printed.notes)
            (work / f"{name}.ours.pdf").write_bytes(printed.data)
        rows.append(row)
    office(work, [work / f"{row.name}.docx" for row in rows])
    for row in rows:
        ours, theirs = work / f"{row.name}.ours.pdf", work / f"{row.name}.pdf"
        if not theirs.exists():
            row.refused = row.refused or "LibreOffice made no PDF of it."
            continue
        there = laid(theirs)
        row.pages, row.words, row.lines = (0, there.pages), (0, len(there.words)), (0, there.lines.total())
        if ours.exists():
            compare(row, laid(ours), there)
            if pictures is not None:
                picture(row, ours, theirs, pictures)
    return rows


def share(pair: tuple[int, int]) -> str:
    return f"{100 * pair[0] / pair[1]:.1f} %" if pair[1] else "-"


def added(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    one, all_of_them = map(sum, zip(*pairs, strict=True))
    return one, all_of_them


def table(rows: list[Row]) -> str:
    lines = [
        "| letter | pages (ours / LibreOffice) | words on the same page | same lines | median pt | p95 pt | notes |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row.refused:
            lines.append(f"| {row.name} | - / {row.pages[1]} | not printed: {row.refused[:150]} | | | | |")
            continue
        lines.append(
            f"| {row.name} | {row.pages[0]} / {row.pages[1]} | {share(row.words)} | {row.lines[0]}/{row.lines[1]} | "
            f"{row.median:.1f} | {row.p95:.1f} | {row.notes} |"
        )
    for which in dict.fromkeys(row.set for row in rows):
        group = [row for row in rows if row.set == which]
        moved = [distance for row in group for distance in row.moved]
        equal = added((row.words[1] * (row.pages[0] == row.pages[1]), row.words[1]) for row in group)
        lines.append(
            f"| **{which}, {len(group)}** | {sum(row.pages[0] == row.pages[1] for row in group)}/{len(group)} equal "
            f"({share(equal)} of words) | {share(added(row.words for row in group))} | "
            f"{share(added(row.lines for row in group))} | {statistics.median(moved) if moved else 0:.1f} | "
            f"{sorted(moved)[int(0.95 * len(moved))] if moved else 0:.1f} | |"
        )
    return "\n".join(lines)


def report(rows: list[Row], office_version: str, pictures: Path | None, results: Path | None) -> str:
    used = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "fonttools"))
    poppler = subprocess.run(["pdftotext", "-v"], capture_output=True, text=True, check=False).stderr.split("\n")[0]
    text = f"{used}; {office_version}; {poppler}; Python {platform.python_version()}.\n\n{table(rows)}\n"
    shown = [row.name for row in rows if pictures is not None and (pictures / f"{row.name}.png").exists()]
    if pictures is not None and results is not None and pictures.resolve().is_relative_to(results.resolve().parent):
        where = pictures.resolve().relative_to(results.resolve().parent).as_posix()
        text += "\nSide by side, ours left: " + ", ".join(f"[{name}]({where}/{name}.png)" for name in shown) + ".\n"
    return text


def put_section(file: Path, text: str) -> None:
    """Replace the section "Fidelity" of a Markdown file, from its first table on; what is said before stays."""
    old = file.read_text("utf-8") if file.exists() else "# Results\n"
    head, _, rest = old.partition("## Fidelity\n")
    said, _, tail = rest.partition("\n## ")
    intro = said.split("<!-- measured -->")[0].strip()
    section = f"## Fidelity\n\n{intro}\n\n<!-- measured -->\n\n{text}"
    file.write_text(f"{head.rstrip()}\n\n{section}" + (f"\n## {tail}" if tail else ""), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--foreign", nargs="+", type=Path, default=[], metavar="DIR")
    parser.add_argument("--only-foreign", action="store_true", help="leave the shipped letters out")
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    parser.add_argument("--results", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the .docx and both PDFs here")
    given = parser.parse_args()
    desk = Desk(Library(ROOT))
    letters = [] if given.only_foreign else [(name, "shipped", docx) for name, docx in shipped(desk)]
    letters += [(name, "foreign", docx) for name, docx in foreign(given.foreign)]
    if not letters:
        sys.stderr.write("No letters there.\n")
        return 2
    for folder in (given.pictures, given.keep):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = given.keep or Path(scratch)
        rows = measure(letters, desk, work, given.pictures)
        text = report(rows, office(work, []), given.pictures, given.results)
    if given.results is not None:
        put_section(given.results, text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
