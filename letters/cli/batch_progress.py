"""What `letters batch` prints as it runs: problems grouped by kind, progress with rate and time left, the summary."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from letters.batches.row_checker import RowProblem
from letters.cli.common import visible

_ROWS_SHOWN = 3  # for one kind of problem
_KINDS_SHOWN = 40
_ONLY_IN_REPORTS = frozenset({"deadline"})  # almost every row may have one; those that have passed are printed
_TERMINAL_SECONDS, _LOG_SECONDS = 0.1, 15.0  # between two progress lines


class Progress(Struct):
    """Prints what happens, for people, or as events for a script.

    Args:
        as_events: print one JSON object per line to standard output, instead of text.
        live: whether standard error is a terminal, where a line can be overwritten.
    """

    as_events: bool = False
    live: bool = False
    _counts: dict[tuple[str, str, str, bool], int] = field(default_factory=dict)
    _hidden: int = 0
    _began: float = 0.0
    _last_line: float = 0.0
    _width: int = 0

    def say(self, text: str) -> None:
        """Print a line for people."""
        self._clear()
        print(visible(f"letters: {text}"), file=sys.stderr)

    def event(self, name: str, **parts: Any) -> None:
        """Print an event, if a script wants events."""
        if self.as_events:
            print(visible(json.dumps({"event": name, **parts}, ensure_ascii=False, default=str)))

    def file(self, path: str) -> None:
        """Print the path of a file that was written."""
        if not self.as_events:
            self._clear()
            print(visible(path))

    def problem(self, problem: RowProblem) -> None:
        """Print a problem or a note; of each kind only the first few, but all are counted."""
        self.event("problem", **problem.as_dict())
        if self.as_events or problem.problem.code in _ONLY_IN_REPORTS:
            return
        kind = (problem.problem.field or problem.column, problem.problem.code, problem.problem.hint, problem.is_note)
        if kind not in self._counts and len(self._counts) >= _KINDS_SHOWN:
            self._hidden += 1
            return
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= (1 if problem.is_note else _ROWS_SHOWN):
            self.say(f"{'note: ' if problem.is_note else ''}{problem}")

    def end_of_problems(self) -> None:
        """Print how many problems there are besides those shown."""
        rest = self._hidden
        for (name, _, _, is_note), count in self._counts.items():
            shown = 1 if is_note else _ROWS_SHOWN
            if count > shown:
                of = f" of {name}" if name else ""
                self.say(f"… and {count - shown:,} more like the {'note' if is_note else 'problem'}{of} above.")
        if rest:
            self.say(f"… and {rest:,} more. Use --report FILE to see all of them.")
        self._counts.clear()
        self._hidden = 0

    # --- progress ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start the clock of a pass."""
        self._began = self._last_line = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the pass began."""
        return time.monotonic() - self._began

    def step(self, doing: str, done: int, of: int | None = None) -> None:
        """Print how far the pass is, if the last line is old enough."""
        now = time.monotonic()
        if now - self._last_line < (_TERMINAL_SECONDS if self.live and not self.as_events else _LOG_SECONDS):
            return
        self._last_line = now
        rate = done / max(now - self._began, 0.001)
        left = (of - done) / rate if of is not None and rate else None
        self.event("progress", doing=doing, done=done, of=of, rate=round(rate, 1), seconds_left=left and round(left))
        if self.as_events:
            return
        line = f"letters: {done:,}{f' of {of:,}' if of is not None else ''} {doing}, {_rate(rate)}"
        line += f", {_duration(left)} left" if left is not None else ""
        if self.live:
            print(f"\r{line.ljust(self._width)}", end="", file=sys.stderr)
            self._width = len(line)
        else:
            print(line, file=sys.stderr)

    def _clear(self) -> None:
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=sys.stderr)
            self._width = 0

    def end(self, summary: Mapping[str, Any], sentence: str) -> None:
        """Print the summary."""
        self._clear()
        self.event("done", **summary)
        if not self.as_events:
            self.say(sentence)


def summary_of(counts: Mapping[str, int], seconds: float, *, dry_run: bool) -> str:
    """What was done, in a few sentences.

    Args:
        seconds: the writing took.
    """
    rows, bad, written = counts["rows"], counts["bad"], counts["written"]
    verdict = f"{bad:,} with problems" if bad else "no problems" if rows else "the file has none"
    found = [f"{_many(rows, 'row')} checked: {verdict}"]
    if dry_run:
        found.append("Nothing was written (--dry-run)")
    elif written or not bad:
        rate = f" in {_duration(seconds)}, {_rate(written / max(seconds, 0.001))}" if written else ""
        found.append(f"{_many(written, 'letter')} written{rate}")
    else:
        found.append("Nothing was written")
    if counts["already"]:
        found.append(f"{counts['already']:,} had already been written")
    if counts["rewritten"]:
        found.append(f"{_many(counts['rewritten'], 'missing file')} written again")
    if counts["failed"]:
        found.append(f"{counts['failed']:,} could not be written")
    return ". ".join(found) + "."


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _rate(rate: float) -> str:
    return (
        f"{rate:,.0f} a second"
        if rate >= 10
        else f"{rate:,.1f} a second"
        if rate >= 1
        else f"{rate * 60:,.0f} a minute"
    )


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if whole >= 10 or whole == seconds else f"{seconds:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
