"""Keeps the code that Python's `dataclasses` generates from process to process, as Python keeps that of modules.

The libraries that a letter needs have fifty such classes, and to compile their methods takes a twentieth of the time in
which it is there. Python has no public way to keep them; where its private one has changed, nothing is kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

from letters._system.kept_files import kept_file, read_kept, write_kept

_MOST = 2_000
"""Methods in a file, several times those of all commands; beyond them, those of old versions are dropped."""


class GeneratedCode:
    """Runs code that is given as text, and compiles it only if no earlier process did.

    Args:
        file: where it is kept; it need not exist.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._codes: dict[str, CodeType] = read_kept(file)
        self._used: dict[str, CodeType] = {}
        self._is_saved = True

    def run(self, text: str, names: dict[str, Any] | None = None, into: dict[str, Any] | None = None) -> None:
        """As `exec`."""
        code = self._used.get(text)
        if code is None:
            code = self._codes.get(text)
            if code is None:
                code = compile(text, "<string>", "exec")
                self._is_saved = False
            self._used[text] = code
        exec(code, names, into)

    @contextmanager
    def of_dataclasses(self) -> Iterator[None]:
        """Run what `dataclasses` generates, as long as this holds."""
        vars(dataclasses)["exec"] = self.run
        try:
            yield
        finally:
            del vars(dataclasses)["exec"]

    def save(self) -> None:
        """Keep what has been compiled, unless it cannot be written."""
        if not self._is_saved:
            codes = self._codes | self._used
            self._is_saved = write_kept(self._file, codes if len(codes) <= _MOST else self._used)


def generated_code() -> GeneratedCode | None:
    """What is kept beside the compiled modules; None if Python keeps none."""
    file = kept_file("dataclasses")
    return None if file is None else GeneratedCode(file)
