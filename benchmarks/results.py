"""The one file all benchmarks write their tables into: ``RESULTS.md``, each into a section of its own."""

from __future__ import annotations

import re
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
_HEADING = "# Results\n\nWritten by the scripts beside this file; each replaces its own section when it runs.\n"


def write_section(name: str, text: str, file: Path = RESULTS) -> None:
    """Replace what stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``, or add it at the end.

    Args:
        name: of the section, in the marks only; the text brings its own heading.
        text: Markdown.
        file: made, with a heading, where it is missing.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    old = file.read_text("utf-8") if file.exists() else _HEADING
    known = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    new, count = known.subn(lambda _: section, old, count=1)
    file.write_text(new if count else f"{old.rstrip()}\n\n{section}\n", "utf-8")
