"""Copies of the checked Word files: with a comment at each finding, or with everything fixed that is safe to fix."""

from __future__ import annotations

from datetime import date

from letters.linter.findings import LintReport
from letters.linter.fixes import fixed
from letters.linter.template_file import opened
from letters.linter.word_comments import with_comments


def annotated_copies(report: LintReport, day: date) -> dict[str, bytes]:
    """Each Word file that has findings, with a comment at each finding; by name.

    Args:
        day: the date of the comments.
    """
    copies = {}
    for name, data in report.documents.items():
        found = [each for each in report.findings if each.file == name]
        package = opened(data, name) if found else None
        if package is not None:
            copies[name] = with_comments(package, found, day)
    return copies


def fixed_copies(report: LintReport) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    """Each Word file in which something is safe to fix: its fixed copy, and what was done; by name."""
    copies = {}
    for name, data in report.documents.items():
        package = opened(data, name)
        if package is not None and (made := fixed(package))[1]:
            copies[name] = made
    return copies
