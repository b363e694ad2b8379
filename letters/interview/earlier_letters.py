"""What the letters in a folder had in their lists, so that it need not be typed again where there is no register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from letters.errors import LettersError
from letters.interview.drafts import SavedAnswers, read_draft
from letters.interview.suggestions import REUSED, lines_used

_MOST = 12  # letters that are looked at, the latest first
_LARGEST = 200_000  # bytes; answers files are far smaller


def used_in_folder(folder: Path) -> dict[str, list[str]]:
    """By field, what the latest letters in a folder, and in the folders of its matters, had there; latest first."""
    found: dict[str, dict[str, None]] = {}
    for saved in _latest(folder):
        for name in REUSED:
            found.setdefault(name, {}).update(dict.fromkeys(lines_used(saved.answers, name)))
    return {name: list(lines) for name, lines in found.items() if lines}


def _latest(folder: Path) -> Iterator[SavedAnswers]:
    dated: list[tuple[float, Path]] = []
    for pattern in ("*.toml", "*/*.toml"):
        try:
            for path in folder.glob(pattern):
                about = path.stat()
                if about.st_size < _LARGEST:
                    dated.append((about.st_mtime, path))
        except OSError:  # a folder that may not be read, or a file that is being renamed
            continue
    for _, path in sorted(dated, reverse=True)[:_MOST]:
        try:
            saved = read_draft(path)
        except LettersError:
            continue
        if saved.written:
            yield saved
