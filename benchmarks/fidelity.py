"""Measures how close our PDF of a Word letter is to LibreOffice's PDF of the same file.

    python benchmarks/fidelity.py                          the shipped letters, and letters as other programs write them
    python benchmarks/fidelity.py --foreign DIR [DIR …]    also every .docx in these folders
    --only-foreign    only those in the folders
    --write           write the table into RESULTS.md, with pictures of first pages: ours left, LibreOffice's right
    --keep DIR        keep the .docx and both PDFs

Needs `soffice` and `pdftotext` (poppler), and `pdftoppm` for pictures. Letters without a title or a language, which we
refuse, get them in a copy. For each file it compares:

- pages: the number of pages;
- words: the share of LibreOffice's words that are on the same page in ours, counting repetitions;
- lines: the share of LibreOffice's lines that have exactly the same words in ours;
- median, p95: the distance, in points, between the positions of words that are on the same page.

Files in which LibreOffice leaves out words are listed, but not counted.
"""

from __future__ import annotations

import argparse
import io
import os
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
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from foreign import made, resaved  # noqa: E402
from results import RESULTS, write_section  # noqa: E402

from letters.assembly.assembler import Assembler  # noqa: E402
from letters.assembly.edited_letter import ConversionOptions  # noqa: E402
from letters.assembly.letter_pdf import LetterConverter  # noqa: E402
from letters.errors import LettersError  # noqa: E402
from letters.library.answers import parse_answers  # noqa: E402
from letters.library.library import Library  # noqa: E402
from letters.pdf.font_files import shipped_fonts  # noqa: E402

_LOST, _LOST_AT_LEAST = 0.02, 10
"""Words that are missing, as a share and as a number, beyond what different ways of counting explain."""
_SHOWN = ("denial", "conditional-approval", "routing-memo", "google-long", "python-docx-lists-and-tables")
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
    """On the same page, and in all."""
    lines: tuple[int, int] = (0, 0)
    moved: list[float] = field(default_factory=list)
    left_out: int = 0
    """Words that LibreOffice has nowhere, if there are so many that it must have lost some."""

    @property
    def median(self) -> float:
        return statistics.median(self.moved) if self.moved else 0.0

    @property
    def p95(self) -> float:
        return sorted(self.moved)[int(0.95 * len(self.moved))] if self.moved else 0.0


# ---------------------------------------------------------------- letters


def shipped(assembler: Assembler) -> Iterator[tuple[str, bytes]]:
    for kind in sorted(assembler.library.kinds):
        sample = assembler.library.kinds[kind].folder / "sample.toml"
        letter = assembler.check(parse_answers(sample.read_bytes(), str(sample)))
        yield kind, assembler.make(letter, ("docx",)).files["docx"]


def foreign(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(folder.rglob("*.docx"))
        for file in files:
            if not file.name.startswith("~$"):
                yield file.stem, with_title_and_language(file.read_bytes(), file.stem)


def with_title_and_language(docx: bytes, name: str) -> bytes:
    """A copy with a title and a language in its properties, if they are missing."""
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
    lacking = Counter(word.text for word in ours.words) - Counter(word.text for word in theirs.words)
    fewer = len(ours.words) - len(theirs.words)
    row.left_out = lacking.total() if fewer > max(_LOST * len(ours.words), _LOST_AT_LEAST) else 0
    row.lines = ((ours.lines & theirs.lines).total(), theirs.lines.total())
    for page in range(min(ours.pages, theirs.pages)):
        one, other = ([word for word in side.words if word.page == page] for side in (ours, theirs))
        matcher = SequenceMatcher(None, [word.text for word in one], [word.text for word in other], autojunk=False)
        for at, to, count in matcher.get_matching_blocks():
            for left, right in zip(one[at : at + count], other[to : to + count], strict=True):
                row.moved.append(((left.x - right.x) ** 2 + (left.y - right.y) ** 2) ** 0.5)


_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{}</dir></fontconfig>
"""


def office(folder: Path, files: list[Path]) -> str:
    """Convert the files with LibreOffice, which is given our fonts, into ``folder``, and return its version."""
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(shipped_fonts()), encoding="utf-8")
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
                env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
            )
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()
    return " ".join(said[:2])


def picture(row: Row, ours: Path, theirs: Path, to: Path) -> None:
    """The first page beside LibreOffice's."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        pages = []
        for name, pdf in (("a", ours), ("b", theirs)):
            command = ["pdftoppm", "-r", "50", "-f", "1", "-l", "1", "-singlefile", "-png", pdf, Path(folder) / name]
            subprocess.run(command, check=True)
            pages.append(Image.open(Path(folder) / f"{name}.png").convert("L"))
        sheet = Image.new("L", (sum(page.width for page in pages) + 6, max(page.height for page in pages)), 128)
        sheet.paste(pages[0], (0, 0))
        sheet.paste(pages[1], (pages[0].width + 6, 0))
        to.mkdir(parents=True, exist_ok=True)
        sheet.quantize(8).save(to / f"{row.name}.png", optimize=True)


# ---------------------------------------------------------------- the run


def measure(
    letters: list[tuple[str, str, bytes]], converter: LetterConverter, work: Path, pictures: Path | None
) -> list[Row]:
    as_they_are, rows = ConversionOptions(allow_loss=True, keep_fields=True, keep_tags=True), []
    for name, which, docx in letters:
        row = Row(name, which)
        (work / f"{name}.docx").write_bytes(docx)
        try:
            printed = converter.convert(docx, f"{name}.docx", as_they_are)
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
            if pictures is not None and row.name in _SHOWN:
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
        if row.left_out:
            lost = f"LibreOffice leaves out {row.left_out} words"
            lines.append(f"| {row.name} | {row.pages[0]} / {row.pages[1]} | {lost} | | | | {row.notes} |")
            continue
        lines.append(
            f"| {row.name} | {row.pages[0]} / {row.pages[1]} | {share(row.words)} | {row.lines[0]}/{row.lines[1]} | "
            f"{row.median:.1f} | {row.p95:.1f} | {row.notes} |"
        )
    for which in dict.fromkeys(row.set for row in rows):
        group = [row for row in rows if row.set == which and not row.left_out]
        moved = [distance for row in group for distance in row.moved]
        equal = added((row.words[1] * (row.pages[0] == row.pages[1]), row.words[1]) for row in group)
        lines.append(
            f"| **{which}, {len(group)}** | {sum(row.pages[0] == row.pages[1] for row in group)}/{len(group)} equal "
            f"({share(equal)} of words) | {share(added(row.words for row in group))} | "
            f"{share(added(row.lines for row in group))} | {statistics.median(moved) if moved else 0:.1f} | "
            f"{sorted(moved)[int(0.95 * len(moved))] if moved else 0:.1f} | |"
        )
    return "\n".join(lines)


def report(rows: list[Row], office_version: str, pictures: Path | None) -> str:
    used = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "fonttools"))
    poppler = subprocess.run(["pdftotext", "-v"], capture_output=True, text=True, check=False).stderr.split("\n")[0]
    text = (
        "## Fidelity\n\nOur PDF compared with LibreOffice's PDF of the same Word file; `fidelity.py` says what is "
        "counted. Goals for the shipped\nletters: all page counts equal, 99 % of words on the same page, 95 % of lines "
        "the same, median distance under 3 pt. Goals\nfor letters from elsewhere: 90 % of page counts equal, 97 % of "
        "words on the same page.\n\n"
        f"{used}; {office_version}; {poppler}; Python {platform.python_version()}.\n\n{table(rows)}\n"
    )
    shown = [name for name in _SHOWN if pictures is not None and (pictures / f"{name}.png").exists()]
    if shown:
        text += "\nFirst pages side by side, ours on the left:\n\n"
        text += "\n".join(f"![{name}: ours left, LibreOffice's right](pictures/{name}.png)" for name in shown) + "\n"
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--foreign", nargs="+", type=Path, default=[], metavar="DIR")
    parser.add_argument("--only-foreign", action="store_true", help="leave out all other letters")
    parser.add_argument("--write", action="store_true", help="write the table into RESULTS.md, with pictures")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the .docx and both PDFs here")
    given = parser.parse_args()
    assembler = Assembler(Library(ROOT))
    pictures = RESULTS.parent / "pictures" if given.write else None
    with tempfile.TemporaryDirectory() as scratch:
        work = given.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        letters = [(name, "foreign", docx) for name, docx in foreign(given.foreign)]
        if not given.only_foreign:
            ours, others = (
                list(shipped(assembler)),
                [(name, with_title_and_language(docx, name)) for name, docx in made()],
            )
            again = list(resaved([*ours, *others], Path(scratch) / "resaved"))
            letters = [
                *((name, "shipped", docx) for name, docx in ours),
                *((name, "of other programs", docx) for name, docx in [*others, *again]),
                *letters,
            ]
        if not letters:
            sys.stderr.write("No letters there.\n")
            return 2
        rows = measure(letters, LetterConverter(assembler.library), work, pictures)
        text = report(rows, office(work, []), pictures)
    if given.write:
        write_section("fidelity", text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
