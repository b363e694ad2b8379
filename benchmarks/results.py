"""``RESULTS.md``, into which every benchmark writes its table, in a section of its own."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
_HEADING = """\
# Results

Speed and fidelity, measured against other programs. The scripts in this folder write this file (`make bench` runs them
all); each replaces its own section, and says when. Compare times only within one section: they come from one run on one
machine.
"""


def write_section(name: str, text: str, file: Path = RESULTS) -> None:
    """Replace the text between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``, or add it at the end.

    Args:
        name: of the section, used only in these markers; the text has its own heading.
        text: Markdown.
        file: created, with a heading, if it does not exist.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    today = date.today()
    section = f"{begin}\n{text.strip()}\n\nMeasured on {today:%B} {today.day}, {today.year}.\n{end}"
    old = file.read_text("utf-8") if file.exists() else _HEADING
    known = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    new, count = known.subn(lambda _: section, old, count=1)
    file.write_text(new if count else f"{old.rstrip()}\n\n{section}\n", "utf-8")
