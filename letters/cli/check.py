"""`letters check`: report everything that is wrong in templates, prompts and law, in one run."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Mapping
from pathlib import Path

from letters import __version__
from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.cli.common import kind_of, library_of, read_bytes, today, visible
from letters.errors import Problem, Usage
from letters.library.library import Library
from letters.linter import lint as checks


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("what", nargs="*", metavar="KIND|FILE", help="kinds or Word files (default: the whole library)")
    parser.add_argument("--as", dest="kind", metavar="KIND", help="judge the files as templates of this kind")
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="of the report (default: text)"
    )
    parser.add_argument("--annotate", metavar="DIR", help="write copies with a Word comment at each finding")
    parser.add_argument("--fix", action="store_true", help="write copies in which all that is safe to mend is mended")
    parser.add_argument("--out", metavar="DIR", default="mended", help="folder for these copies (default: mended)")
    parser.add_argument("--overwrite", action="store_true", help="replace copies that exist")
    parser.add_argument("--pdf", action="store_true", help="print the samples as PDF too")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    gc.disable()  # it is over before there is anything worth collecting
    try:
        return _check(arguments)
    finally:
        gc.enable()


def _check(arguments: argparse.Namespace) -> int:
    assembler = Assembler(library_of(arguments))
    day = today()
    kinds, own, others = _what_to_check(arguments, assembler.library)
    if others:
        report = checks.check_files(others, assembler, arguments.kind or "")
    else:
        report = checks.check_library(assembler, day)
        if kinds or own:
            report = report.only(kinds, own)
        if arguments.pdf:
            report = checks.with_samples_printed(report, assembler, kinds)
    match arguments.format:
        case "json":
            print(checks.as_json(report.findings, report.files))
        case "sarif":
            print(checks.as_sarif(report.findings, __version__))
        case _ if report.findings:
            print(visible(checks.as_text(report.findings)))
    print(f"letters: {checks.summary(report.findings, len(report.files))}", file=sys.stderr)
    if arguments.annotate:
        _write_copies(checks.remarked_copies(report, day), Path(arguments.annotate), arguments)
    if arguments.fix:
        cleaned = checks.mended_copies(report)
        for name, (_, done) in cleaned.items():
            print(f"letters: {name}: {', '.join(done)}.", file=sys.stderr)
        _write_copies({name: data for name, (data, _) in cleaned.items()}, Path(arguments.out), arguments)
    return 1 if report.has_errors else 0


def _what_to_check(arguments: argparse.Namespace, library: Library) -> tuple[list[str], list[str], dict[str, bytes]]:
    """The kinds and the library's own files to check, and other Word files with their bytes; all empty: everything."""
    kinds: list[str] = []
    own: list[str] = []
    others: dict[str, bytes] = {}
    if arguments.kind:
        kind_of(arguments.kind, library)
    for each in arguments.what:
        path = Path(each)
        if not arguments.kind and (library.templates / each / "letter.docx").is_file():
            kinds.append(each)
        elif path.resolve().is_relative_to(library.root) and path.is_file() and not arguments.kind:
            own.append(library.name_of(path.resolve()))
        elif path.is_dir():
            files = sorted(path.glob("**/*.do[ct][xm]"))
            for lock in [file for file in files if file.name.startswith("~$")]:
                print(
                    f"letters: note: {lock}: somebody has this file open in Word; it is passed over.", file=sys.stderr
                )
            others |= {str(file): read_bytes(file) for file in files if not file.name.startswith("~$")}
        elif path.exists():
            others[each] = read_bytes(path)
        else:
            raise Usage(
                Problem(
                    f"“{each}” is neither a kind of letter nor a file.",
                    hint=f"The kinds are: {', '.join(library.kinds)}.",
                )
            )
    if others and (kinds or own):
        raise Usage(Problem("Files of this library and others cannot be checked in one run.", hint="Run it twice."))
    return kinds, own, others


def _write_copies(copies: Mapping[str, bytes], folder: Path, arguments: argparse.Namespace) -> None:
    """Write copies of Word files below a folder, under the names they have."""
    files = {folder.joinpath(*_within(name)): data for name, data in copies.items()}
    for path in write_all(files, overwrite=arguments.overwrite):
        print(f"letters: wrote {path}", file=sys.stderr)


def _within(name: str) -> list[str]:
    """The steps of a path that lead nowhere but down."""
    path = Path(name)
    return [step for step in path.parts if step not in ("..", path.anchor)]
