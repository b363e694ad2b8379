"""What changed in one file of the library since it was approved: in words, or as lines for a redline."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import tomli

from letters.assembly.assembler import Assembler
from letters.docx.adopted_parts import AdoptedParts
from letters.docx.beside_words import Appendix, beside_the_words
from letters.docx.diff import aligned, in_line
from letters.docx.markup import around, numbered
from letters.docx.names import FALLBACK, ID, Node
from letters.docx.package import Package, open_package
from letters.docx.paragraph_pieces import reformatted, shown_words
from letters.docx.story_pairs import NOTES, heading_pairs, note_pairs, note_places, notes_of
from letters.errors import LettersError
from letters.library.approval_record import VettingEntry

_CONTEXT = 3  # lines shown around a change in a text file
_KEYS = ("id", "field", "name", "title")  # what tells the entries of a list apart
_LONGEST = 600  # characters shown of one changed paragraph


def file_changes(assembler: Assembler, since: VettingEntry, name: str) -> tuple[str, ...]:
    """The changes in one file since an approval, a line each.

    Args:
        name: the file's name in the library.
    """
    try:
        return tuple(_changes(name, *versions(assembler, since, name)))
    except LettersError as error:  # losing an old copy must not make approving impossible
        return ("changed, but the approved version cannot be shown:", *(str(problem) for problem in error.problems))


def appendix(assembler: Assembler, since: VettingEntry, name: str) -> Appendix:
    """The changed lines of a text file, with a few lines around them, for the end of a redline."""
    old, new = (_lines(name, data) for data in versions(assembler, since, name))
    before: list[str] = []
    now: list[str] = []
    for group in SequenceMatcher(None, old, new, False).get_grouped_opcodes(_CONTEXT):
        before += [*(["…"] if group[0][1] else []), *old[group[0][1] : group[-1][2]]]
        now += [*(["…"] if group[0][1] else []), *new[group[0][3] : group[-1][4]]]
    return Appendix(name, before, now)


def versions(assembler: Assembler, since: VettingEntry, name: str) -> tuple[bytes, bytes]:
    """A file as it was approved and as it is now; empty where there is none. Raises LettersError."""
    return _before(assembler, since, name), _now(assembler, name)


def _before(assembler: Assembler, since: VettingEntry, name: str) -> bytes:
    return assembler.approvals.kept(name, since.files[name]) if name in since.files else b""


def _now(assembler: Assembler, name: str) -> bytes:
    return assembler.library.read(assembler.library.root / name) if assembler.approvals.digest(name) else b""


def _changes(name: str, old: bytes, new: bytes) -> Iterator[str]:
    if not old or not new:
        yield "is no longer part of it." if old else "is new."
    elif name.endswith(".docx"):
        yield from _word_changes(open_package(old, name), open_package(new, name))
    elif name.endswith(".toml"):
        found = list(_toml_changes(tomli.loads(_text(old)), tomli.loads(_text(new)), ""))
        yield from found or ["only comments or the layout of the file changed."]
    else:
        for left, right in aligned(_lines(name, old), _lines(name, new), str, lambda a, b: True):
            if left != right:
                yield in_line(left or "", right or "")


def _lines(name: str, data: bytes) -> list[str]:
    """A text file as lines; a form as the list of its pages and fields."""
    if name.endswith(".pdf") and data:
        from letters.forms.form_summary import summary

        return summary(data, name)
    return _text(data).splitlines()


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", errors="replace")


def _word_changes(old: Package, new: Package) -> Iterator[str]:
    """Changed paragraphs, by their numbers in the present file, in words and formatting; then what is beside them."""
    adopted = AdoptedParts(old, new)

    def trees(left: str | None, right: str | None) -> tuple[Node | None, Node | None]:
        before, now = (None if part is None else each.xml(part) for each, part in ((old, left), (new, right)))
        for root, package, part in ((before, old, left), (now, new, right)):
            if root is not None and right is not None:  # so that the same picture has the same id in both
                adopted.relink(root, package, part or "", right)
        return before, now

    yield from _story_changes("", *trees(old.main, new.main))
    for name, left, right in heading_pairs(old, new):
        yield from _story_changes(name, *trees(left, right))
    for kind in NOTES:
        yield from _note_changes(kind, old, new)
    for beside in beside_the_words(old, new):
        for left_line, right_line in aligned(beside.old, beside.new, str, lambda a, b: True):
            yield f"{beside.name}: {in_line(left_line or '', right_line or '')}"


def _note_changes(kind: str, old: Package, new: Package) -> Iterator[str]:
    before, now = note_places(old, kind), note_places(new, kind)
    for left, right in note_pairs(notes_of(old, kind), notes_of(new, kind)):
        was = None if left is None else before.get(left.get(ID, ""))
        place = None if right is None else now.get(right.get(ID, ""))
        if (shown := place or was) is None:
            continue  # no mark leads to it
        name = f"{kind.removesuffix('s')} {shown.number}"
        yield from _story_changes(name, left if was else None, right if place else None)
        if was and place and not was.is_near(place):
            yield f"{name}: its mark moved: [-after “{was.before}”-]{{+after “{place.before}”+}}"


def _story_changes(name: str, old: Node | None, new: Node | None) -> Iterator[str]:
    """The changes in the body, a header, a footer, or a note."""
    before, now = (_paragraphs(each) for each in (old, new))
    is_one = len(before) <= 1 and len(now) <= 1 and name.startswith(("footnote", "endnote"))
    for left, right in aligned(before, now, lambda each: each[1], lambda a, b: True):
        number = (right or left or (0,))[0]
        place = name if is_one else ", ".join(filter(None, (name, f"paragraph {number}")))
        if (left and left[1]) != (right and right[1]):
            line = in_line(left[1] if left else "", right[1] if right else "")
            if line:
                yield f"{place}: {line if len(line) <= _LONGEST else line[:_LONGEST] + '…'}"
        if left and right and (looks := reformatted(left[2], right[2])):
            yield f"{place}: other formatting: {'; '.join(looks)}"


def _paragraphs(root: Node | None) -> list[tuple[int, str, Node]]:
    """Each paragraph with its number and words; the second copy of a text box, for old programs, is left out."""
    paragraphs = [] if root is None else [each for each in numbered(root) if around(each[1], FALLBACK) is None]
    return [(number, shown_words(node), node) for number, node in paragraphs]


def _toml_changes(old: Any, new: Any, where: str) -> Iterator[str]:
    """Each entry that is new, gone or different, by the name its owner gave it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            place = f"{where}, {key}" if where else key
            if key not in new or key not in old:
                yield f"{place}: {in_line(_in_words(old.get(key)), _in_words(new.get(key)))}"
            else:
                yield from _toml_changes(old[key], new[key], place)
    elif _is_table(old) and _is_table(new):
        before, now = _keyed(old), _keyed(new)
        for key in dict.fromkeys((*before, *now)):
            if key not in now or key not in before:
                yield f"{where} {key}: {'is new' if key in now else 'is gone'}"
            else:
                yield from _toml_changes(before[key], now[key], f"{where} {key}")
    elif old != new:
        yield f"{where}: {in_line(_in_words(old), _in_words(new))}"


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _keyed(entries: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, entry in enumerate(entries, 1):
        name = next((str(entry[key]) for key in _KEYS if key in entry), str(number))
        found[name if name not in found else f"{name} ({number})"] = entry
    return found


def _in_words(value: Any) -> str:
    return "" if value is None else ", ".join(map(_in_words, value)) if isinstance(value, list) else str(value)
