"""Sees the saves: the library is looked at several times a second, and the letter made again when a file changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from letters.assembly.anatomy import Anatomy
from letters.assembly.assembler import Assembler
from letters.authoring.preview.flips import Flips
from letters.authoring.preview.letter import Look, Variant
from letters.errors import LettersError
from letters.library.library import Library

_PAUSE = 0.12  # seconds between two looks at the files
Stamp = dict[str, tuple[int, int]]


class Watch:
    """One kind of letter, watched. All work is done in one thread; whoever asks gets the last state there is."""

    def __init__(self, root: Path, kind: str) -> None:
        self._root, self._kind = root, kind
        self._choice = Variant("sample.toml")
        self._orders: list[Callable[[], None]] = []
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._version = self._pdf_version = 0
        self._look: Look | None = None
        self._desk = Assembler(Library(root))
        self._anatomy: Anatomy | None = None
        self._check: subprocess.Popen[str] | None = None
        self._flips: Flips | None = None
        self._findings: list[dict[str, Any]] = []
        self._told = ""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=10)

    # --- asked from other threads ---

    def state(self, after: int, patience: float) -> dict[str, Any]:
        """The state, as soon as it is newer than ``after``, or when patience (in seconds) ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._version > after, timeout=patience)
            return self._as_data()

    @property
    def pdf(self) -> bytes:
        with self._changed:
            return self._look.pdf if self._look else b""

    def choose(self, sample: str) -> None:
        self._order(lambda: self._show(Variant(sample)))

    def reset(self) -> None:
        self._order(lambda: self._show(Variant(self._choice.sample)))

    def flip(self, number: int) -> None:
        self._order(lambda: self._turn(number))

    def _order(self, what: Callable[[], None]) -> None:
        with self._changed:
            self._orders.append(what)

    # --- in the one thread ---

    def _run(self) -> None:
        stamp: Stamp = {}
        while not self._stopped.is_set():
            now = dict(_stamp(self._root))
            with self._changed:
                orders, self._orders = self._orders, []
            if now != stamp:
                changed = {name for name in {*now, *stamp} if now.get(name) != stamp.get(name)}
                stamp = now
                self._renew(changed)
            for order in orders:
                order()
            self._hear_findings()
            self._stopped.wait(_PAUSE)
        self._end_check()

    def _renew(self, changed: set[str]) -> None:
        self._desk, self._anatomy, self._flips, self._told = self._desk.reloaded(changed), None, None, ""
        self._end_check()
        self._show(self._choice)
        # In a process of its own: it takes seconds, and the next save must not wait for it.
        command = [sys.executable, "-m", "letters", "check", self._kind, "--format", "json", "--library"]
        self._check = subprocess.Popen(
            [*command, str(self._root)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        )

    def _show(self, choice: Variant) -> None:
        look = Look(self._desk, self._kind, choice)
        with self._changed:
            before = self._look
            if not look.pdf and before:
                look.pdf = before.pdf  # the last letter that could be made stays in sight
            if before:
                look.paragraphs, look.conditions = before.paragraphs, before.conditions  # for the moment
            self._choice = look.choice
            if not before or look.pdf != before.pdf:
                self._pdf_version += 1
            self._look = look
            self._version += 1
            self._changed.notify_all()
        try:
            self._anatomy = self._anatomy or (self._desk.anatomy(self._kind) if look.letter else None)
        except LettersError:
            return  # told with the letter
        if self._anatomy:
            look.take_apart(self._anatomy)
            self._tell()

    def _turn(self, number: int) -> None:
        look = self._look
        if look is None or number >= len(look.conditions):
            return
        condition = look.conditions[number]
        try:
            self._flips = self._flips or Flips(look.assembler, self._kind)
            changes = self._flips.turned(look.answers, condition)
        except LettersError as error:
            changes, self._told = None, str(error)
        else:
            self._told = "" if changes is not None else f"No letter was found in which “{condition.says}” is otherwise."
        if changes is not None:
            self._show(Variant(look.choice.sample, {**look.choice.changes, **changes}))
        else:
            self._tell()

    def _hear_findings(self) -> None:
        if self._check is None or self._check.poll() is None:
            return
        told, _ = self._check.communicate()
        self._check = None
        try:
            self._findings = json.loads(told)["findings"]
        except (ValueError, KeyError):
            self._findings = []  # it could not be checked; what is wrong is told with the letter
        self._tell()

    def _end_check(self) -> None:
        if self._check is not None:
            self._check.kill()
            self._check.communicate()
            self._check = None

    def _tell(self) -> None:
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def _as_data(self) -> dict[str, Any]:
        look = self._look
        data: dict[str, Any] = {"version": self._version, "pdf": self._pdf_version, "kind": self._kind}
        if look is None:
            return data
        return data | {
            "sample": look.choice.sample,
            "samples": look.samples,
            "changes": list(look.changes_in_words()) if look.choice.changes else [],
            "paragraphs": look.paragraphs,
            "conditions": [asdict(each) for each in look.conditions],
            "problems": [*look.problems, *([self._told] if self._told else [])],
            "findings": self._findings,
            "draft": look.draft,
        }


def _stamp(root: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """When each file of the library was saved, and its size; Word's lock files and the kept approvals aside."""
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
            continue  # being replaced at this moment; the next look sees it
