"""A whole library: everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letters.api.opened import LibraryLike
    from letters.linter.findings import LintReport


def lint(
    *,
    kinds: Collection[str] = (),
    files: Collection[str | Path] | Mapping[str, bytes] = (),
    as_kind: str | None = None,
    print_samples: bool = False,
    without_seal: bool = False,
    day: date | None = None,
    library: LibraryLike = None,
) -> LintReport:
    """Every problem in the templates, questions, law and terms of a library, as `letters check` reports them.

    Args:
        kinds: report only what concerns these kinds of letter. Without ``kinds`` and ``files``, the whole library is
            reported.
        files: Word files, as paths or as bytes by name. Files of the library limit the report to what concerns them;
            other files are checked by themselves, as docxtpl would fill them.
        as_kind: check the files as templates for this kind of letter in the library.
        print_samples: also print the library's sample letters as PDFs, and report what is wrong with them.
        without_seal: whether the seal is kept elsewhere, as for a checkout; then it is not missing.
        day: the date by which law counts as out of date; None is today.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``findings``, each with file, place, severity, message and what to do; ``has_errors``.

    Raises:
        Usage: there is no such kind; or files of the library and other files are mixed.
        InvalidAnswers: a file cannot be read.

    >>> import letters
    >>> letters.lint(kinds=["routing-memo"]).has_errors
    False
    """
    from letters._system.arguments import BYTES, PATH, Arguments
    from letters.api.opened import library_from
    from letters.linter.lint import lint as lint_any

    arguments = Arguments()
    wanted = arguments.texts("kinds", kinds, "a list of kinds of letter")
    if isinstance(files, (*PATH, *BYTES)):
        arguments.refuse("files", files, "a list of paths, or bytes by name", "Put it into a list.")
    elif isinstance(files, Mapping):
        for name, data in files.items():
            arguments.must_be(f"files[{name!r}]", data, BYTES, "the bytes of a Word file")
    arguments.must_be("as_kind", as_kind, str, "the name of a kind of letter", none=True)
    arguments.must_be("day", day, date, "a date", none=True)
    arguments.check()
    return lint_any(
        library_from(library),
        kinds=wanted,
        files=files,
        as_kind=as_kind,
        print_samples=print_samples,
        without_seal=without_seal,
        day=day or date.today(),
    )
