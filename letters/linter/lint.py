"""The public function `lint`: checks a library, or single Word files, before anybody writes a letter with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from letters._system.output import why_unread
from letters._system.resource_limits import READING_MEGABYTES, READING_SECONDS, SECONDS, left_of, within_limits
from letters._system.stopwatch import clock_of_thread
from letters.assembly.assembler import Assembler
from letters.assembly.template.shared_passages import NO_PASSAGES
from letters.errors import Collector, InvalidAnswers, LettersError, LibraryAtFault, Problem, TemplateAtFault, Usage
from letters.library.library import Library, no_such_kind
from letters.linter.accepted import load_acceptances, with_accepted
from letters.linter.findings import Finding, LintReport, finding, in_reading_order, merged
from letters.linter.library_linter import LibraryLinter
from letters.linter.template_file import examine
from letters.linter.window_envelope import window_problem

__all__ = ["Finding", "LintReport", "lint", "lint_files", "lint_library"]


def lint(
    library: Library | str | Path | None = None,
    *,
    kinds: Collection[str] = (),
    files: Collection[str | Path] | Mapping[str, bytes] = (),
    as_kind: str | None = None,
    print_samples: bool = False,
    without_seal: bool = False,
    day: date | None = None,
) -> LintReport:
    """Check a library, or single Word files, and report everything that is wrong or worth knowing.

        >>> from letters.linter.lint import lint
        >>> report = lint(files=["templates/denial/letter.docx"], as_kind="denial")
        >>> report.has_errors
        False
        >>> "templates/denial/letter.docx" in report.files
        True

    Args:
        library: the office's library, or the path of its folder. None is the one that `Library.find` finds.
        kinds: report only what concerns these kinds of letter. Without ``kinds`` and ``files``, the whole library is
            reported.
        files: Word files, as paths or as bytes by name. Files of the library limit the report to what concerns them;
            other files are checked by themselves, as docxtpl would fill them.
        as_kind: check the files as templates for this kind of letter in the library.
        print_samples: also print the library's sample letters as PDFs, and report what is wrong with them.
        without_seal: whether the seal is kept elsewhere, as for a checkout; then it is not missing.
        day: the date by which law counts as out of date. None leaves that out.

    Raises:
        Usage: there is no such kind; or files of the library and other files are mixed.
        InvalidAnswers: a file cannot be read.
    """
    assembler = Assembler(library if isinstance(library, Library) else Library.find(library))
    for kind in (*kinds, *([as_kind] if as_kind else [])):
        known = _names_of_kinds(assembler.library)
        if kind not in known:
            raise no_such_kind(kind, known)
    if isinstance(files, Mapping):
        own: list[str] = []
        others = dict(files)
    else:
        own, others = _separated(files, assembler.library, as_kind)
    if others and (own or kinds):
        raise Usage(Problem("Files of the library and other files cannot be checked in one run.", hint="Run it twice."))
    if others:
        return lint_files(others, assembler if as_kind else None, as_kind or "")
    linter = LibraryLinter(assembler, day, _concerned(kinds, own, assembler.library), without_seal=without_seal)
    report = linter.report()
    if kinds or own:
        report = report.only(kinds, own)
    return _with_printed_samples(report, assembler, kinds, day) if print_samples else report


def _names_of_kinds(library: Library) -> list[str]:
    """The kinds of letter, even if what the library says about some of them cannot be read."""
    try:
        return list(library.kinds)
    except LibraryAtFault:
        return sorted(file.parent.name for file in library.templates.glob("*/letter.docx"))


def _concerned(kinds: Collection[str], own: Collection[str], library: Library) -> frozenset[str]:
    """The kinds that the report is about; empty if a file may concern any of them."""
    if not own:
        return frozenset(kinds)
    templates = {f"{library.name_of(kind.folder)}/letter.docx": name for name, kind in library.kinds.items()}
    of_files = [templates.get(name) for name in own]
    return frozenset() if None in of_files else frozenset(kinds).union(filter(None, of_files))


def _separated(
    files: Iterable[str | Path], library: Library, as_kind: str | None
) -> tuple[list[str], dict[str, bytes]]:
    """The names of the files that belong to the library, and the bytes of the others."""
    own: list[str] = []
    others: dict[str, bytes] = {}
    root = library.root.resolve()
    for each in files:
        path = Path(each)
        if path.resolve().is_relative_to(root) and path.is_file() and not as_kind:
            own.append(library.name_of(library.root / path.resolve().relative_to(root)))
            continue
        try:
            others[str(each)] = path.read_bytes()
        except OSError as error:
            raise InvalidAnswers(why_unread(error, str(each))) from error
    return own, others


def lint_library(assembler: Assembler, day: date | None = None, kinds: Collection[str] = ()) -> LintReport:
    """Check everything in a library.

    Args:
        day: see `lint`.
        kinds: the kinds to test by writing letters and to proofread, which takes most of the time; all if empty.
    """
    return LibraryLinter(assembler, day, frozenset(kinds)).report()


def lint_files(files: Mapping[str, bytes], assembler: Assembler | None = None, kind: str = "") -> LintReport:
    """Check Word files that are not part of a library.

    Args:
        files: contents, by the name messages call each file.
        assembler: of a library, if the files are checked as its templates.
        kind: of letter in that library; without it, files are checked as docxtpl would fill them.
    """
    findings: list[Finding] = []
    linter = LibraryLinter(assembler, None) if assembler is not None and kind else None
    for name, data in files.items():
        try:
            findings += _of_file(data, name, linter, kind)
        except TemplateAtFault as error:
            findings += [finding(problem, files=(name,)) for problem in error.problems]
    return LintReport(tuple(in_reading_order(merged(findings), files)), tuple(files), files)


def _of_file(data: bytes, name: str, linter: LibraryLinter | None, kind: str) -> list[Finding]:
    """What is wrong with a Word file: as docxtpl would fill it, or as a template for a kind of the linter's library."""
    passages, language = NO_PASSAGES, ""
    if linter is not None:
        passages, language = linter.assembler.passages, linter.assembler.office.language
    clock = clock_of_thread()
    begun = clock()
    with within_limits(name, READING_SECONDS, READING_MEGABYTES, doing="Reading"):
        found = examine(data, name, passages, language, foreign=linter is None)
    if linter is None:
        return found.findings
    left = left_of(SECONDS, clock() - begun)
    try:
        with within_limits(name, left, doing="Trying"):
            return [*found.findings, *linter.of_template(found, kind), *linter.conditions(name)]
    except TemplateAtFault as error:
        return [*found.findings, *(finding(problem, files=(name,)) for problem in error.problems)]


def _with_printed_samples(
    report: LintReport, assembler: Assembler, kinds: Iterable[str], day: date | None
) -> LintReport:
    """The report, with what is found when the samples are printed as PDF.

    Args:
        kinds: whose samples to print; all if empty.
    """
    findings = list(report.findings)
    for kind in [*kinds] or assembler.library.kinds:
        file = f"{assembler.library.name_of(assembler.library.kinds[kind].folder)}/letter.docx"
        try:
            for answers in assembler.samples(kind).values():
                letter = assembler.check(answers)
                made = assembler.make(letter)
                findings += [finding(note.within(file), "note", kinds=(kind,)) for note in made.notes]
                if assembler.office.window_envelope and (found := window_problem(made.files["pdf"], letter, file)):
                    findings.append(finding(found, kinds=(kind,)))
        except LettersError as error:
            findings += [finding(problem.within(file), kinds=(kind,)) for problem in error.problems]
    entries = load_acceptances(assembler.library, Collector())
    return with_accepted(replace(report, findings=tuple(merged(findings))), entries, day, is_whole=False)
