"""Measures how close our PDFs, and LibreOffice's, are to those that Word itself made of the same files.

    python benchmarks/beside_word.py FOLDER     in which each .docx has beside it Word's PDF of it, under the same name
    --keep DIR    keep both programs' PDFs
    --write       write the table into RESULTS.md

Such pairs lie in many public repositories; none are kept here. Counted are pairs whose PDFs have the same words in all
three programs: others were exported from another state of the file. Needs `soffice` and `pdftotext` (poppler).
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from fidelity import Laid, Row, Word, compare, foreign, laid, office  # noqa: E402
from results import write_section  # noqa: E402

from letters.assembly.edited_letter import ConversionOptions  # noqa: E402
from letters.assembly.letter_pdf import LetterConverter  # noqa: E402
from letters.errors import LettersError  # noqa: E402
from letters.library.library import Library  # noqa: E402

_SAME = 0.01
"""The share of words by which PDFs of the same text may differ: bullets and numbers are not always words."""
_FEWEST = 20
_OPTIONS = ConversionOptions(allow_loss=True, keep_fields=True, keep_tags=True, accept_changes=True)


@dataclass(frozen=True)
class Pair:
    """One file as two programs lay it out, each compared with Word."""

    ours: Row
    office: Row
    replaced: bool
    """Whether a font is replaced with one of other widths."""


def in_words(pdf: Path) -> Laid:
    """A PDF, with what programs join or part with punctuation counted as single words."""
    found = laid(pdf)
    found.words[:] = [
        Word(part, word.x, word.y, word.page) for word in found.words for part in re.findall(r"[^\W_]+", word.text)
    ]
    return found


def pairs_in(folder: Path, work: Path) -> tuple[list[Pair], int, str]:
    """The pairs that can be compared, how many files there are, and LibreOffice's version."""
    converter, replaced = LetterConverter(Library(ROOT)), {}
    files = [file for file in sorted(folder.glob("*.docx")) if file.with_suffix(".pdf").exists()]
    for file in files:
        for name, docx in foreign([file]):
            (work / f"{name}.docx").write_bytes(docx)
            try:
                printed = converter.convert(docx, file.name, _OPTIONS)
            except LettersError as error:
                sys.stderr.write(f"{error.problems[0]}\n")
                continue
            (work / f"{name}.ours.pdf").write_bytes(printed.data)
            replaced[name] = any(note.code == "font" for note in printed.notes)
    version = office(work, [work / f"{name}.docx" for name in replaced])
    found = []
    for name, by_another in replaced.items():
        ours, theirs = work / f"{name}.ours.pdf", work / f"{name}.pdf"
        if not theirs.exists():
            continue
        word = in_words(folder / f"{name}.pdf")
        rows = []
        for file in (ours, theirs):
            row, side = Row(name, ""), in_words(file)
            compare(row, side, word)
            if len(word.words) >= _FEWEST and abs(len(side.words) - len(word.words)) <= _SAME * len(word.words):
                rows.append(row)
        if len(rows) == 2:
            found.append(Pair(*rows, by_another))
    return found, len(files), version


def report(pairs: list[Pair], files: int, version: str) -> str:
    known = [pair for pair in pairs if not pair.replaced]
    table = [
        "| | files | page counts as in Word | words on the same page | the same, mean of files | lines as in Word "
        "| median pt |",
        "|---|---|---|---|---|---|---|",
    ]
    for which, some in (("all", pairs), ("no font replaced with one of other widths", known)):
        for engine in ("ours", "office"):
            rows: list[Row] = [getattr(pair, engine) for pair in some]
            if not rows:
                continue
            equal = sum(row.pages[0] == row.pages[1] for row in rows)
            words, lines = (
                100 * sum(getattr(row, what)[0] for row in rows) / sum(getattr(row, what)[1] for row in rows)
                for what in ("words", "lines")
            )
            mean = 100 * statistics.mean(row.words[0] / row.words[1] for row in rows)
            median = statistics.median(row.median for row in rows)
            name = "letters" if engine == "ours" else version
            shares = f"{words:.1f} % | {mean:.1f} % | {lines:.1f} %"
            table.append(f"| {name}, {which} | {len(rows)} | {equal} | {shares} | {median:.1f} |")
    return "\n".join([
        "## Beside Word",
        "",
        "Our PDFs and LibreOffice's compared with those that Word itself made of the same files, which lie beside them "
        f"in public repositories: {len(pairs)} of {files} files have the same words in all three. LibreOffice is given "
        "our fonts. Median pt is the median of files of how far a word on its page is from where Word has it.",
        "",
        *table,
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep both programs' PDFs here")
    parser.add_argument("--write", action="store_true", help="write the table into RESULTS.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = given.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        pairs, files, version = pairs_in(given.folder, work)
        if not pairs:
            sys.stderr.write("No pairs there.\n")
            return 2
        text = report(pairs, files, version)
    if given.write:
        write_section("beside-word", text)
    sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
