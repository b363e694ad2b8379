"""Findings as text for a terminal, and as JSON for scripts."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec.structs import asdict

from letters.errors import joined_places
from letters.linter.findings import Finding


def as_text(findings: Sequence[Finding], width: int = 98) -> str:
    """The findings file by file: the place, the text of the paragraph, what is wrong, and what to type instead.

    Args:
        width: of a line, in characters.
    """
    lines: list[str] = []
    for file, each in groupby(findings, key=lambda found: found.file):
        lines.append(file or "the library")
        for places, found in _told_once(each):
            lines += _lines(places, found, width)
        lines.append("")
    return "\n".join(lines)


def _told_once(findings: Iterable[Finding]) -> Iterator[tuple[str, Finding]]:
    """The findings, each with its place; what is wrong in the same way in several places once, with all of them."""
    alike: dict[object, list[Finding]] = {}
    for found in findings:
        alike.setdefault((found.severity, found.told[1], found.hint, found.code, found.kinds), []).append(found)
    for each in alike.values():
        yield joined_places([found.told[0] for found in each]), each[0]


def _lines(place: str, found: Finding, width: int) -> Iterator[str]:
    if found.kinds:
        shown = ", ".join(found.kinds) if len(found.kinds) < 5 else f"{len(found.kinds)} kinds"
        place = f"{place} [{shown}]" if place else f"[{shown}]"
    head = f"  {found.severity}: {place}" if place else f"  {found.severity}:"
    message = f"{found.told[1]} ({found.code})"
    if not place:
        yield from _wrapped(f"{head} {message}", width, "  ")
    else:
        yield from _wrapped(head, width, "  ")
        yield from _wrapped(message, width, "    ")
    if found.hint:
        yield from _wrapped(f"→ {found.hint}", width, "    ")


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    own = text if text.startswith(indent) else indent + text
    return textwrap.wrap(own, width, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False)


def summary(findings: Iterable[Finding], files: int) -> str:
    """A sentence such as “2 errors and 1 note in 31 files.”

    Args:
        files: how many were checked.
    """
    counts = dict.fromkeys(("error", "note"), 0)
    for found in findings:
        counts[found.severity] += 1
    checked = f"{files} file{'' if files == 1 else 's'}"
    found_ = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items() if count]
    return f"{' and '.join(found_)} in {checked}." if found_ else f"No problems in {checked}."


def as_json(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """One JSON object: the files that were checked, the number of errors and notes, and every finding."""
    rows = [{key: value for key, value in asdict(found).items() if value} for found in findings]
    counts = {f"{name}s": sum(found.severity == name for found in findings) for name in ("error", "note")}
    return json.dumps({"version": 1, "files": list(files), **counts, "findings": rows}, ensure_ascii=False, indent=2)
