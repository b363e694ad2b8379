"""What a batch says while it works: problems gathered by their sort, progress with rate and time left, the summary.

Words only: the command line prints them, and tells the time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from letters.batches.checking import RowProblem

_EACH = 3  # rows shown of one sort of problem
_SORTS = 40  # sorts shown
_ON_A_TERMINAL, _IN_A_LOG = 0.1, 15.0  # seconds between lines of progress


@dataclass
class Progress:
    """Says what happens, to people or, as events, to a script.

    Args:
        out: prints a line to standard output.
        talk: prints to standard error; ends the line only when asked to.
        clock: seconds, from anywhere.
        as_events: one JSON object a line, instead of words.
        live: standard error is a terminal, where a line can be written over.
    """

    out: Callable[[str], None]
    talk: Callable[[str, bool], None]
    clock: Callable[[], float]
    as_events: bool = False
    live: bool = False
    _sorts: dict[tuple[str, str, str, bool], int] = field(default_factory=dict)
    _hidden: int = 0
    _began: float = 0.0
    _told: float = 0.0
    _width: int = 0

    def say(self, text: str) -> None:
        """A line for people."""
        self._clear()
        self.talk(f"letters: {text}", True)

    def event(self, name: str, **parts: Any) -> None:
        if self.as_events:
            self.out(json.dumps({"event": name, **parts}, ensure_ascii=False, default=str))

    def file(self, path: str) -> None:
        """A file that was written."""
        if not self.as_events:
            self._clear()
            self.out(path)

    def problem(self, problem: RowProblem) -> None:
        """A problem or a note. Of each sort a few are shown, and all are counted."""
        self.event("problem", **problem.as_dict())
        if self.as_events:
            return
        sort = (problem.problem.field or problem.column, problem.problem.code, problem.problem.hint, problem.is_note)
        if sort not in self._sorts and len(self._sorts) >= _SORTS:
            self._hidden += 1
            return
        self._sorts[sort] = self._sorts.get(sort, 0) + 1
        if self._sorts[sort] <= (1 if problem.is_note else _EACH):
            self.say(f"{'note: ' if problem.is_note else ''}{problem}")

    def end_of_problems(self) -> None:
        """How many there are beside those shown."""
        rest = self._hidden
        for (name, _, _, is_note), count in self._sorts.items():
            shown = 1 if is_note else _EACH
            if count > shown:
                of = f" of {name}" if name else ""
                self.say(f"… and {count - shown:,} more like the {'note' if is_note else 'problem'}{of} above.")
        if rest:
            self.say(f"… and {rest:,} more. --report FILE writes every one.")
        self._sorts.clear()
        self._hidden = 0

    # --- progress ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A pass begins."""
        self._began = self._told = self.clock()

    @property
    def seconds(self) -> float:
        return self.clock() - self._began

    def progress(self, doing: str, done: int, of: int | None = None) -> None:
        """How far it is; said as often as the reader can use it."""
        now = self.clock()
        if now - self._told < (_ON_A_TERMINAL if self.live and not self.as_events else _IN_A_LOG):
            return
        self._told = now
        rate = done / max(now - self._began, 0.001)
        left = (of - done) / rate if of is not None and rate else None
        self.event("progress", doing=doing, done=done, of=of, rate=round(rate, 1), seconds_left=left and round(left))
        if self.as_events:
            return
        line = f"letters: {done:,}{f' of {of:,}' if of is not None else ''} {doing}, {_rate(rate)}"
        line += f", {_duration(left)} left" if left is not None else ""
        if self.live:
            self.talk(f"\r{line.ljust(self._width)}", False)
            self._width = len(line)
        else:
            self.talk(line, True)

    def _clear(self) -> None:
        if self._width:
            self.talk(f"\r{' ' * self._width}\r", False)
            self._width = 0

    def end(self, summary: Mapping[str, Any], sentence: str) -> None:
        """The last word."""
        self._clear()
        self.event("done", **summary)
        if not self.as_events:
            self.say(sentence)


def summary_of(counts: Mapping[str, int], seconds: float, *, trial: bool) -> str:
    """What was done, in a sentence or two."""
    rows, bad, written = counts["rows"], counts["bad"], counts["written"]
    found = [f"{_many(rows, 'row')} checked: " + (f"{bad:,} with problems" if bad else "no problems")]
    if trial:
        found.append("Nothing was written (--dry-run)")
    elif written or not bad:
        rate = f" in {_duration(seconds)}, {_rate(written / max(seconds, 0.001))}" if written else ""
        found.append(f"{_many(written, 'letter')} written{rate}")
    else:
        found.append("Nothing was written")
    if counts["already"]:
        found.append(f"{counts['already']:,} had been written before")
    if counts["rewritten"]:
        found.append(f"{_many(counts['rewritten'], 'file')} written before had gone, and was made again")
    if counts["failed"]:
        found.append(f"{counts['failed']:,} could not be made")
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
