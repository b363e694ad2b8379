"""`letters check`: check templates, prompts and law, and report everything that is wrong."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from letters._system.output import write_all
from letters._system.version import VERSION
from letters.cli.common import kind_of, library_of, line_width, read_bytes, say, today, visible
from letters.errors import Problem, Usage
from letters.library.library import Library
from letters.linter.accepted import as_baseline, without_baseline
from letters.linter.copies import annotated_copies, fixed_copies
from letters.linter.findings import LintReport
from letters.linter.lint import lint
from letters.linter.report_formats import as_json, as_text, summary
from letters.linter.rule_catalog import CHECK_RULES, explained
from letters.linter.service_formats import as_github, as_gitlab, as_markdown, as_sarif


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("what", nargs="*", metavar="KIND|FILE", help="kinds or Word files (default: the whole library)")
    parser.add_argument("--as", dest="kind", metavar="KIND", help="check the files as templates for this kind")
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github", "gitlab", "markdown"),
        default="text",
        help="of the report (default: text)",
    )
    parser.add_argument(
        "--explain", nargs="?", const="", metavar="RULE", help="say what a rule finds, and why; without RULE, list all"
    )
    parser.add_argument("--baseline", metavar="FILE", help="report only what is new since this baseline")
    parser.add_argument("--write-baseline", metavar="FILE", help="write today's findings as a baseline")
    parser.add_argument("--annotate", metavar="DIR", help="write copies with a Word comment at each finding")
    parser.add_argument("--fix", action="store_true", help="write copies in which everything safe to fix is fixed")
    parser.add_argument("--out", metavar="DIR", default="fixed", help="folder for the fixed copies (default: fixed)")
    parser.add_argument("--overwrite", action="store_true", help="replace existing copies")
    parser.add_argument(
        "--without-seal", action="store_true", help="the seal is kept elsewhere, as for a checkout in CI"
    )
    parser.add_argument("--pdf", action="store_true", help="also print the samples as PDFs")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if arguments.explain is not None:
        return _explain(arguments.explain)
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
    report = lint(
        library,
        kinds=kinds,
        files=files,
        as_kind=arguments.kind,
        print_samples=arguments.pdf,
        without_seal=arguments.without_seal,
        day=day,
    )
    if arguments.write_baseline:
        _write_baseline(report, Path(arguments.write_baseline), arguments)
        return 0
    gone = 0
    if arguments.baseline:
        report, gone = without_baseline(report, read_bytes(Path(arguments.baseline)), arguments.baseline)
    _tell(report, arguments.format, _folder_in_checkout(library) if not _are_others(report, library) else "")
    known = f" {len(report.accepted)} more accepted or known." if report.accepted else ""
    print(f"letters: {summary(report.findings, len(report.files))}{known}", file=sys.stderr)
    if gone:
        are = "is" if gone == 1 else "are"
        print(f"letters: note: {gone} of the baseline {are} gone; write it again.", file=sys.stderr)
    if arguments.annotate:
        _write_copies(annotated_copies(report, day), Path(arguments.annotate), arguments)
    if arguments.fix:
        copies = fixed_copies(report)
        for name, (_, done) in copies.items():
            print(f"letters: {name}: {', '.join(done)}.", file=sys.stderr)
        _write_copies({name: data for name, (data, _) in copies.items()}, Path(arguments.out), arguments)
    return 1 if report.has_errors else 0


def _tell(report: LintReport, format_: str, folder: str) -> None:
    """Print the report.

    Args:
        folder: of the library in the checkout, for services that name files from there.
    """
    findings = report.findings
    there = [replace(each, file=f"{folder}{each.file}") if each.file else each for each in findings]
    match format_:
        case "json":
            print(as_json(findings, report.files))
        case "sarif":
            print(as_sarif(findings, VERSION, report.accepted))
        case "github" if findings:
            print(as_github(there))
        case "gitlab":
            print(as_gitlab(there))
        case "markdown":
            print(as_markdown(findings, len(report.files)))
        case "text" if findings:
            print(visible(as_text(findings, line_width(sys.stdout))))


def _folder_in_checkout(library: Library) -> str:
    """Where the library is below the working folder, as the beginning of a path; empty if it is not below it."""
    here = Path.cwd().resolve()
    inside = library.root.relative_to(here).as_posix() if library.root.is_relative_to(here) else "."
    return "" if inside == "." else f"{inside}/"


def _are_others(report: LintReport, library: Library) -> bool:
    """Whether the files are not those of the library."""
    return not any((library.root / file).exists() for file in report.files)


def _explain(rule: str) -> int:
    if not rule:
        for each in CHECK_RULES.values():
            print(f"{each.id}: {each.title}")
        return 0
    found = explained(rule)
    print(f"{found.id}: {found.title}\n")
    say(found.why, indent="  ")
    print("\nTo accept what it finds, write in templates/check.toml:\n")
    print(f'  [[accept]]\n  rule = "{found.id}"\n  reason = "…"\n  on = {today()}')
    return 0


def _write_baseline(report: LintReport, file: Path, arguments: argparse.Namespace) -> None:
    written = write_all({file: as_baseline(report.findings).encode()}, overwrite=arguments.overwrite)
    for path in written:
        print(f"letters: wrote {path}: {summary(report.findings, len(report.files))}", file=sys.stderr)


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
    if not copies:
        print(f"letters: no Word file needs a copy, so nothing was written to {folder}", file=sys.stderr)
    files = {folder.joinpath(*_steps_down(name)): data for name, data in copies.items()}
    for path in write_all(files, overwrite=arguments.overwrite):
        print(f"letters: wrote {path}", file=sys.stderr)


def _steps_down(name: str) -> list[str]:
    """The steps of a path, without those that would leave the folder."""
    path = Path(name)
    return [step for step in path.parts if step not in ("..", path.anchor)]
