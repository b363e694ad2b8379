"""What a careful typist never lets a line break: after a section sign, within a citation, between a month and its day.

The text itself is not changed, as no-break spaces would change it, so it is found and copied as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SECTION = r"§§? [0-9][\w.:-]*(?:\(\w+\))*(?:-\(\w+\))?"
_CODE = r"\d+ (?:U\.S\.C\.|C\.F\.R\.|Fed\. Reg\.)"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_HELD = re.compile(
    rf"(?:{_CODE} |\b[A-Z]{{2,5}} (?:19|20)\d\d, |\b[A-Z]{{2,4}} )?{_SECTION}"  # 20 C.F.R. § 603.5(e)
    rf"|{_CODE} (?:part )?\d[\d,]*"  # 88 Fed. Reg. 47829
    r"|\b\d+(?:\.\d+){2,}(?:\([A-Z0-9]+\))* [A-Z]{3,4}\b"  # 1.2.3.4(D) CODE: a State's administrative code
    r"|\b\d+ (?:U\.S\.|F\.(?:2d|3d|4th)|S\. Ct\.) \d+(?:, \d+)?(?: \([^()]{4,12}\))?"  # 338 U.S. 632, 652 (1950)
    rf"|\b(?:{_MONTH}) \d{{1,2}}\b"
    r"|\bNo\. \S+"
)
# What a text must have for a search to be worth while: most have none of it.
_MAY_BE_HELD = re.compile(rf"§|[A-Z]\.[A-Z]\.|Reg\.|No\. |\d\.\d|\b(?:{_MONTH}) \d")


def held_together(text: str) -> Iterator[tuple[int, int]]:
    """Where each piece begins and ends that no line break may divide."""
    if _MAY_BE_HELD.search(text):
        for found in _HELD.finditer(text):
            yield found.span()
