"""Watches a library: checks its files several times a second, and makes the letter again when one has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from letters.assembly.anatomy import Anatomy
from letters.assembly.assembler import Assembler
from letters.authoring.preview.condition_flips import ConditionFlips
from letters.authoring.preview.sample_letter import PreviewedLetter, Variant
from letters.errors import LettersError
from letters.library.library import Library

_PAUSE = 0.12  # seconds between two checks of the files
Stamp = dict[str, tuple[int, int]]


class Watch:
    """One kind of letter, watched. One thread does all the work; other threads get the latest state."""

    def __init__(self, root: Path, kind: str) -> None:
        self._root, self._kind = root, kind
        self._choice = Variant("sample.toml")
        self._requests: list[Callable[[], None]] = []
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._version = self._pdf_version = 0
        self._shown: PreviewedLetter | None = None
        self._assembler = Assembler(Library(root))
        self._anatomy: Anatomy | None = None
        self._check: subprocess.Popen[str] | None = None
        self._flips: ConditionFlips | None = None
        self._findings: list[dict[str, Any]] = []
        self._message = ""
        self._outdated = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin watching."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, and wait until the thread has ended."""
        self._stopped.set()
        self._thread.join(timeout=10)

    # --- called from other threads ---

    def state(self, after: int, timeout: float) -> dict[str, Any]:
        """The state, as soon as it is newer than ``after``, or after ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._version > after, timeout=timeout)
            return self._as_data()

    @property
    def pdf(self) -> bytes:
        """The letter as it is shown; empty until one was made."""
        with self._changed:
            return self._shown.pdf if self._shown else b""

    def choose(self, sample: str) -> None:
        """Show another sample."""
        self._request(lambda: self._show(Variant(sample)))

    def reset(self) -> None:
        """Show the sample without changed answers."""
        self._request(lambda: self._show(Variant(self._choice.sample)))

    def flip(self, number: int) -> None:
        """Turn a condition on or off, by its number."""
        self._request(lambda: self._flip(number))

    def _request(self, what: Callable[[], None]) -> None:
        with self._changed:
            self._requests.append(what)

    # --- in the thread that does the work ---

    def _run(self) -> None:
        stamp: Stamp = {}
        while not self._stopped.is_set():
            now = dict(_stamp(self._root))
            with self._changed:
                requests, self._requests = self._requests, []
            if now != stamp:
                changed = {name for name in {*now, *stamp} if now.get(name) != stamp.get(name)}
                stamp = now
                self._renew(changed)
            for request in requests:
                request()
            self._read_findings()
            self._stopped.wait(_PAUSE)
        self._end_check()

    def _renew(self, changed: set[str]) -> None:
        self._assembler, self._anatomy, self._flips, self._message = self._assembler.reloaded(changed), None, None, ""
        self._end_check()
        self._show(self._choice)
        # In a process of its own, because it takes seconds and the next save must not wait for it.
        command = [sys.executable, "-m", "letters", "check", self._kind, "--format", "json", "--library"]
        self._check = subprocess.Popen(
            [*command, str(self._root)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        )
        self._notify()

    def _show(self, choice: Variant) -> None:
        shown = PreviewedLetter(self._assembler, self._kind, choice)
        with self._changed:
            before = self._shown
            self._outdated = not shown.pdf and before is not None
            if not shown.pdf and before:
                shown.pdf = before.pdf  # keep showing the last letter that could be made
            if before:
                # Until the new ones are found.
                shown.paragraphs, shown.conditions = before.paragraphs, before.conditions
            self._choice = shown.choice
            if not before or shown.pdf != before.pdf:
                self._pdf_version += 1
            self._shown = shown
            self._version += 1
            self._changed.notify_all()
        try:
            self._anatomy = self._anatomy or (self._assembler.anatomy(self._kind) if shown.letter else None)
        except LettersError:
            return  # reported with the letter
        if self._anatomy:
            shown.find_sources(self._anatomy)
            self._notify()

    def _flip(self, number: int) -> None:
        shown = self._shown
        if shown is None or number >= len(shown.conditions):
            return
        condition = shown.conditions[number]
        try:
            self._flips = self._flips or ConditionFlips(shown.assembler, self._kind)
            changes = self._flips.flipped(shown.answers, condition)
        except LettersError as error:
            changes, self._message = None, str(error)
        else:
            none_found = f"No letter was found in which “{condition.says}” is the other way around."
            self._message = none_found if changes is None else ""
        if changes is not None:
            self._show(Variant(shown.choice.sample, {**shown.choice.changes, **changes}))
        else:
            self._notify()

    def _read_findings(self) -> None:
        if self._check is None or self._check.poll() is None:
            return
        output, _ = self._check.communicate()
        self._check = None
        try:
            self._findings = json.loads(output)["findings"]
        except (ValueError, KeyError):
            self._findings = []  # the check failed; what is wrong is reported with the letter
        self._notify()

    def _end_check(self) -> None:
        if self._check is not None:
            self._check.kill()
            self._check.communicate()
            self._check = None

    def _notify(self) -> None:
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def _as_data(self) -> dict[str, Any]:
        shown = self._shown
        data: dict[str, Any] = {"version": self._version, "pdf": self._pdf_version, "kind": self._kind}
        if shown is None:
            return data
        return data | {
            "sample": shown.choice.sample,
            "samples": shown.samples,
            "changes": list(shown.changes_in_words()) if shown.choice.changes else [],
            "paragraphs": shown.paragraphs,
            "conditions": [asdict(each) for each in shown.conditions],
            "problems": [*shown.problems, *([self._message] if self._message else [])],
            "findings": self._findings,
            "outdated": self._outdated,
            "checking": self._check is not None,
            "draft": shown.draft,
        }


def _stamp(root: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """When each file of the library was saved, and its size; not Word's lock files or copies of approved files."""
    waiting = [root / "templates", root / "prompts"]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith((".", "~")):
                        continue
                    if entry.is_dir():
                        waiting.append(Path(entry.path))
                    else:
                        seen = entry.stat()
                        yield entry.path, (seen.st_mtime_ns, seen.st_size)
        except OSError:
            continue  # it is being replaced right now; the next check sees it
