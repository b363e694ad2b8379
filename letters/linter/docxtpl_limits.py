"""What docxtpl cannot do and Letters can: for Word files that docxtpl itself is to fill.

Letters reads tags from the document, so none of this is wrong in a template of a library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from letters._text.lazy_pattern import pattern
from letters.assembly.template.names_used import loop_names, only_in_its_loop, uses
from letters.assembly.template.tags import Tag
from letters.errors import Problem

_SPACE_BEFORE = pattern(r"\{[{%]\s+(?:tr|tc)\s")
_CODE = "docxtpl"


def docxtpl_limits(tags: Iterable[Tag], faulty: frozenset[Tag]) -> Iterator[Problem]:
    """The problems that docxtpl would have with tags that can be read."""
    tags = tuple(tags)
    open_: list[Tag] = []
    for tag in tags:
        inside = tag.raw[2:-2]
        if tag.level and re.search("[%}]", inside):
            yield tag.fault(
                f"The program docxtpl does not find the end of {tag.raw}.", "Write it without % and }.", _CODE
            )
        if tag.level and _SPACE_BEFORE.match(tag.raw):
            message = f"The program docxtpl does not read the letters after the space in {tag.raw}."
            yield tag.fault(message, f"Write {tag.mark}{tag.level} … without the space.", _CODE)
        if tag.word in ("if", "for"):
            open_.append(tag)
        elif tag.word in ("elif", "else", "endif", "endfor") and open_:
            if open_[-1].level != tag.level:
                message = f"The program docxtpl removes {tag.raw} with less or more around it than {open_[-1].raw}."
                yield tag.fault(message, "Put the same letter after both opening braces.", _CODE)
            if tag.word.startswith("end"):
                open_.pop()
    loops = loop_names(tags)
    for use in uses(tags, faulty):
        first = use.path.split(".")[0].split("[")[0]
        if first in loops and not use.optional:
            yield only_in_its_loop(first, use.tag, loops[first])
