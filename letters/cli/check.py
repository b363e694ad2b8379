"""`letters check`: check templates, prompts and law, and report everything that is wrong."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Mapping
from pathlib import Path

from letters._system.output import write_all
from letters._system.version import VERSION
from letters.cli.common import kind_of, library_of, today, visible
from letters.errors import Problem, Usage
from letters.library.library import Library
from letters.linter.copies import annotated_copies, fixed_copies
from letters.linter.lint import lint
from letters.linter.report_formats import as_json, as_sarif, as_text, summary


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("what", nargs="*", metavar="KIND|FILE", help="kinds or Word files (default: the whole library)")
    parser.add_argument("--as", dest="kind", metavar="KIND", help="check the files as templates for this kind")
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="of the report (default: text)"
    )
    parser.add_argument("--annotate", metavar="DIR", help="write copies with a Word comment at each finding")
    parser.add_argument("--fix", action="store_true", help="write copies in which everything safe to fix is fixed")
    parser.add_argument("--out", metavar="DIR", default="fixed", help="folder for the fixed copies (default: fixed)")
    parser.add_argument("--overwrite", action="store_true", help="replace existing copies")
    parser.add_argument("--pdf", action="store_true", help="also print the samples as PDFs")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    gc.disable()  # the command ends before there is anything worth collecting
    try:
        return _check(arguments)
    finally:
        gc.enable()


def _check(arguments: argparse.Namespace) -> int:
    library, day = library_of(arguments), today()
    if arguments.kind:
        kind_of(arguments.kind, library)
    kinds, files = _what_to_check(arguments, library)
    report = lint(library, kinds=kinds, files=files, as_kind=arguments.kind, print_samples=arguments.pdf, day=day)
    match arguments.format:
        case "json":
            print(as_json(report.findings, report.files))
        case "sarif":
            print(as_sarif(report.findings, VERSION))
        case _ if report.findings:
            print(visible(as_text(report.findings)))
    print(f"letters: {summary(report.findings, len(report.files))}", file=sys.stderr)
    if arguments.annotate:
        _write_copies(annotated_copies(report, day), Path(arguments.annotate), arguments)
    if arguments.fix:
        copies = fixed_copies(report)
        for name, (_, done) in copies.items():
            print(f"letters: {name}: {', '.join(done)}.", file=sys.stderr)
        _write_copies({name: data for name, (data, _) in copies.items()}, Path(arguments.out), arguments)
    return 1 if report.has_errors else 0


def _what_to_check(arguments: argparse.Namespace, library: Library) -> tuple[list[str], list[Path]]:
    """The kinds and the files to check; if there are none, the whole library."""
    kinds: list[str] = []
    files: list[Path] = []
    for each in arguments.what:
        path = Path(each)
        if not arguments.kind and (library.templates / each / "letter.docx").is_file():
            kinds.append(each)
        elif path.is_dir():
            files += _word_files(path)
        elif path.exists():
            files.append(path)
        else:
            raise Usage(
                Problem(
                    f"“{each}” is neither a kind of letter nor a file.",
                    hint=f"The kinds are: {', '.join(library.kinds)}.",
                )
            )
    return kinds, files


def _word_files(folder: Path) -> list[Path]:
    """The Word files in a folder, without the lock files that Word leaves beside open ones."""
    found = sorted(folder.glob("**/*.do[ct][xm]"))
    for lock in (file for file in found if file.name.startswith("~$")):
        print(f"letters: note: skipped {lock}: somebody has this file open in Word.", file=sys.stderr)
    return [file for file in found if not file.name.startswith("~$")]


def _write_copies(copies: Mapping[str, bytes], folder: Path, arguments: argparse.Namespace) -> None:
    """Write copies of Word files into a folder, under their own names."""
    files = {folder.joinpath(*_steps_down(name)): data for name, data in copies.items()}
    for path in write_all(files, overwrite=arguments.overwrite):
        print(f"letters: wrote {path}", file=sys.stderr)


def _steps_down(name: str) -> list[str]:
    """The steps of a path, without those that would leave the folder."""
    path = Path(name)
    return [step for step in path.parts if step not in ("..", path.anchor)]
