"""The example offices: libraries made with `letters init` and a text editor, to start from or to learn from."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from letters.errors import Problem, Usage
from letters.library.library import shipped_examples

# What the office writes with the library stays out of the repository: it names people, and the seal is secret.
IGNORED = """\
# Only the library itself belongs in the repository: not the seal, and no answers, letters, or register.
/*
!/.gitattributes
!/.github/
!/.gitignore
!/README.md
!/letters.toml
!/prompts/
!/templates/
/templates/seal.key
~$*
"""


def examples() -> dict[str, Path]:
    """The folder of each example office, by its name."""
    return {folder.name: folder for folder in sorted(shipped_examples().glob("*")) if (folder / "templates").is_dir()}


def example_files(name: str) -> dict[str, bytes]:
    """Every file of an example office, by its name in the library. Raises Usage if there is no such example."""
    known = examples()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
        raise Usage(Problem(f"There is no example called “{name}”.", hint=hint))
    root = known[name]
    files = (file for file in sorted(root.rglob("*")) if _is_part(file))
    return {".gitignore": IGNORED.encode(), **{each.relative_to(root).as_posix(): each.read_bytes() for each in files}}


def _is_part(file: Path) -> bool:
    return file.is_file() and not file.name.startswith("~$") and file.suffix != ".key"
