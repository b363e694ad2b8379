"""A whole library: everything that is wrong in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letters.api.opened import LibraryLike
    from letters.linter.lint import LintReport


def lint(*, day: date | None = None, library: LibraryLike = None) -> LintReport:
    """Every problem in the templates, questions, law and terms of a library, as `letters check` reports them.

    Args:
        day: by which texts of law are judged to be out of date; None is today.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``findings``, each with file, place, severity, message and what to do; ``has_errors``.

    >>> import letters
    >>> letters.lint().has_errors
    False
    """
    from letters.api.opened import library_from
    from letters.assembly.assembler import Assembler
    from letters.linter.lint import check_library

    return check_library(Assembler(library_from(library)), day or date.today())
