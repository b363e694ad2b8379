"""Which header, footer or note of one version of a document is which of another."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from letters.docx.beside_words import headings, part_of
from letters.docx.diff import aligned
from letters.docx.markup import text_of
from letters.docx.names import ID, Node, P, T, w, ws
from letters.docx.package import Package
from letters.docx.paragraph_pieces import NOTE_MARKS

NOTES = ("footnotes", "endnotes")
_WORDS_AROUND = 3  # that tell the place of a note


def heading_pairs(old: Package, new: Package) -> Iterator[tuple[str, str | None, str | None]]:
    """What each header and footer is called, and its part in both versions, or None where there is none."""
    before, now = headings(old), headings(new)
    for name in dict.fromkeys((*now, *before)):
        lefts = [(old, part) for part in before.get(name, [])]
        rights = [(new, part) for part in now.get(name, [])]
        for left, right in _by_words_then_order(lefts, rights):
            yield name, left, right


def _by_words_then_order(
    old: list[tuple[Package, str]], new: list[tuple[Package, str]]
) -> Iterator[tuple[str | None, str | None]]:
    alone_old, alone_new = [], []
    for left, right in aligned(old, new, lambda where: text_of(where[0].tree(where[1])), lambda a, b: True):
        if left is not None and right is not None:
            yield left[1], right[1]
        elif left is not None:
            alone_old.append(left[1])
        elif right is not None:
            alone_new.append(right[1])
    for number in range(max(len(alone_old), len(alone_new))):
        yield (
            alone_old[number] if number < len(alone_old) else None,
            alone_new[number] if number < len(alone_new) else None,
        )


def real_notes(root: Node) -> list[Node]:
    """The footnotes or endnotes, without the lines that separate them from the text."""
    return [node for node in root.iterchildren(*ws("footnote endnote")) if node.get(w("type"), "normal") == "normal"]


def note_pairs(old: list[Node], new: list[Node]) -> Iterator[tuple[Node | None, Node | None]]:
    """Notes with the same words, wherever they stand, and then those with similar words."""
    rest = list(new)
    changed = []
    for note in old:
        same = next((each for each in rest if text_of(each) == text_of(note)), None)
        if same is None:
            changed.append(note)
        else:
            rest.remove(same)
            yield note, same
    yield from aligned(changed, rest, text_of, lambda a, b: True)


class NotePlace(Struct, frozen=True):
    """Where the mark of a note stands: the number that readers see, and the words around it."""

    number: int
    before: str
    after: str

    def is_near(self, other: NotePlace) -> bool:
        """Whether the words before or after it are the same."""
        return self.before == other.before or self.after == other.after


def notes_of(package: Package, kind: str) -> list[Node]:
    """The notes of that kind, ``footnotes`` or ``endnotes``, to be read only."""
    part = part_of(package, kind)
    return [] if part is None else real_notes(package.tree(part))


def note_places(package: Package, kind: str) -> dict[str, NotePlace]:
    """Where the mark of each note stands, by the id of the note."""
    found: dict[str, NotePlace] = {}
    name = w(f"{kind.removesuffix('s')}Reference")
    for paragraph in package.tree(package.main).iter(P):
        nodes = list(paragraph.iter(T, *NOTE_MARKS))
        for at, node in enumerate(nodes):
            if node.tag == name and (note := node.get(ID, "")) not in found:
                before, after = (
                    "".join(each.text or "" for each in part if each.tag == T).split()
                    for part in (nodes[:at], nodes[at:])
                )
                place = " ".join(before[-_WORDS_AROUND:]), " ".join(after[:_WORDS_AROUND])
                found[note] = NotePlace(len(found) + 1, *place)
    return found
