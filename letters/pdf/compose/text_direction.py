"""Which text is written from right to left: the bidirectional algorithm of Unicode Standard Annex 9."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from msgspec import Struct, field

_DEEPEST = 125  # BD2
_EMBEDDINGS = {"RLE": (1, ""), "LRE": (0, ""), "RLO": (1, "R"), "LRO": (0, "L")}
_ISOLATES = ("RLI", "LRI", "FSI")
_REMOVED = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})  # X9
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "FSI", "LRI", "RLI", "PDI"})
_INVISIBLE_AT_END = frozenset({"WS", "FSI", "LRI", "RLI", "PDI"})  # L1
_STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # as N0 to N2 see them
_PAIRS = (
    "\u0028\u0029\u005b\u005d\u007b\u007d\u0f3a\u0f3b\u0f3c\u0f3d\u169b\u169c\u2045\u2046\u207d\u207e\u208d\u208e"
    "\u2308\u2309\u230a\u230b\u2768\u2769\u276a\u276b\u276c\u276d\u276e\u276f\u2770\u2771\u2772\u2773\u2774\u2775"
    "\u27c5\u27c6\u27e6\u27e7\u27e8\u27e9\u27ea\u27eb\u27ec\u27ed\u27ee\u27ef\u2983\u2984\u2985\u2986\u2987\u2988"
    "\u2989\u298a\u298b\u298c\u298d\u2990\u298f\u298e\u2991\u2992\u2993\u2994\u2995\u2996\u2997\u2998\u29d8\u29d9"
    "\u29da\u29db\u29fc\u29fd\u2e22\u2e23\u2e24\u2e25\u2e26\u2e27\u2e28\u2e29\u2e55\u2e56\u2e57\u2e58\u2e59\u2e5a"
    "\u2e5b\u2e5c\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u3016\u3017\u3018\u3019"
    "\u301a\u301b\ufe59\ufe5a\ufe5b\ufe5c\ufe5d\ufe5e\uff08\uff09\uff3b\uff3d\uff5b\uff5d\uff5f\uff60\uff62\uff63"
)
"""Brackets, each followed by the one that closes it (BidiBrackets.txt)."""
_CLOSED_BY = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_CLOSING = frozenset(_CLOSED_BY.values())
_OTHER_FORMS = {"\u2329": "\u3008", "\u232a": "\u3009"}
_MOST_OPEN = 63  # BD16
_UNASSIGNED_RIGHT_TO_LEFT = (
    (0x0590, 0x05FF, "R"), (0x0600, 0x07BF, "AL"), (0x07C0, 0x085F, "R"), (0x0860, 0x08FF, "AL"), (0xFB1D, 0xFB4F, "R"),
    (0xFB50, 0xFDCF, "AL"), (0xFDF0, 0xFDFF, "AL"), (0xFE70, 0xFEFF, "AL"), (0x10800, 0x10CFF, "R"),
    (0x10D00, 0x10D3F, "AL"), (0x10D40, 0x10EBF, "R"), (0x10EC0, 0x10EFF, "AL"), (0x10F00, 0x10F2F, "R"),
    (0x10F30, 0x10F6F, "AL"), (0x10F70, 0x10FFF, "R"), (0x1E800, 0x1EC6F, "R"), (0x1EC70, 0x1ECBF, "AL"),
    (0x1ECC0, 0x1ECFF, "R"), (0x1ED00, 0x1ED4F, "AL"), (0x1ED50, 0x1EDFF, "R"), (0x1EE00, 0x1EEFF, "AL"),
    (0x1EF00, 0x1EFFF, "R"),
)  # fmt: skip


def levels_of(text: str, *, backwards: bool) -> bytes:
    """How deep each character is embedded in text of the other direction: odd levels are written from right to left.

    The paragraph counts as one line, as far as rule L1 is concerned.

    Args:
        text: a paragraph.
        backwards: the paragraph is written from right to left.
    """
    paragraph = _Bidirectional(text, [_class_of(each) for each in text], int(backwards))
    paragraph.embed()
    for sequence in paragraph.sequences():
        _RunSequence(paragraph, sequence).resolve()
    return bytes(paragraph.implicit())


@cache
def _class_of(character: str) -> str:
    if known := unicodedata.bidirectional(character):
        return known
    code = ord(character)
    return next((name for first, last, name in _UNASSIGNED_RIGHT_TO_LEFT if first <= code <= last), "L")


class _EmbeddingStatus(Struct, frozen=True):
    """An entry of the stack of rule X1."""

    level: int
    override: str = ""
    isolate: bool = False


class _Bidirectional(Struct):
    text: str
    classes: list[str]
    base: int
    levels: list[int] = field(default_factory=list)
    pairs: dict[int, int] = field(default_factory=dict)
    """The beginning of each isolate and the mark that ends it (BD9)."""

    def embed(self) -> None:
        """Rules X1 to X8."""
        self._match_isolates()
        stack = [_EmbeddingStatus(self.base)]
        overflowed = embedded_too_deep = valid = 0
        ends = set(self.pairs.values())
        for at, name in enumerate(self.classes):
            top = stack[-1]
            if name in _EMBEDDINGS:
                self.levels.append(top.level)
                odd, override = _EMBEDDINGS[name]
                if (level := _next_level(top.level, odd)) <= _DEEPEST and not overflowed and not embedded_too_deep:
                    stack.append(_EmbeddingStatus(level, override))
                elif not overflowed:
                    embedded_too_deep += 1
            elif name in _ISOLATES:
                self._set(at, top)
                odd = int(name == "RLI" or (name == "FSI" and self._first_strong(at) == 1))
                if (level := _next_level(top.level, odd)) <= _DEEPEST and not overflowed and not embedded_too_deep:
                    valid += 1
                    stack.append(_EmbeddingStatus(level, isolate=True))
                else:
                    overflowed += 1
            elif name == "PDI":
                if overflowed:
                    overflowed -= 1
                elif valid and at in ends:
                    embedded_too_deep = 0
                    while not stack[-1].isolate:
                        stack.pop()
                    stack.pop()
                    valid -= 1
                self._set(at, stack[-1])
            elif name == "PDF":
                self.levels.append(top.level)
                if not overflowed and embedded_too_deep:
                    embedded_too_deep -= 1
                elif not overflowed and not top.isolate and len(stack) > 1:
                    stack.pop()
            elif name == "B":
                self.levels.append(self.base)
            elif name == "BN":
                self.levels.append(top.level)
            else:
                self._set(at, top)

    def _set(self, at: int, status: _EmbeddingStatus) -> None:
        self.levels.append(status.level)
        if status.override:
            self.classes[at] = status.override

    def _match_isolates(self) -> None:
        open_: list[int] = []
        for at, name in enumerate(self.classes):
            if name in _ISOLATES:
                open_.append(at)
            elif name == "PDI" and open_:
                self.pairs[open_.pop()] = at

    def _first_strong(self, start: int) -> int:
        """1 if the first strong character of an isolate is written from right to left (X5c)."""
        at, end = start + 1, self.pairs.get(start, len(self.text))
        while at < end:
            name = _class_of(self.text[at])
            if name in ("L", "R", "AL"):
                return int(name != "L")
            at = self.pairs.get(at, end) if name in _ISOLATES else at
            at += 1
        return 0

    def sequences(self) -> Iterator[list[int]]:
        """The isolating run sequences (BD13), without the characters that X9 removes."""
        runs: list[list[int]] = []
        for at, name in enumerate(self.classes):
            if name not in _REMOVED:
                if runs and self.levels[runs[-1][-1]] == self.levels[at]:
                    runs[-1].append(at)
                else:
                    runs.append([at])
        of_first = {run[0]: run for run in runs}
        ends = set(self.pairs.values())
        for run in runs:
            if run[0] in ends:
                continue  # it continues another
            whole = list(run)
            while (end := self.pairs.get(whole[-1])) is not None and end in of_first:
                whole += of_first[end]
            yield whole

    def implicit(self) -> list[int]:
        """Rules I1, I2 and L1; a character that X9 removes is as deep as the one before it."""
        before = self.base
        for at, name in enumerate(self.classes):
            if name in _REMOVED:
                self.levels[at] = before
                continue
            level = self.levels[at]
            if level % 2:
                level += name in ("L", "EN", "AN")
            else:
                level += {"R": 1, "EN": 2, "AN": 2}.get(name, 0)
            self.levels[at] = before = level
        ending = True
        for at in range(len(self.text) - 1, -1, -1):
            name = _class_of(self.text[at])
            ending = name in ("B", "S") or (ending and (name in _INVISIBLE_AT_END or name in _REMOVED))
            if ending:
                self.levels[at] = self.base
        return self.levels


def _next_level(level: int, odd: int) -> int:
    return level + 1 if (level + 1) % 2 == odd else level + 2


class _RunSequence:
    """One isolating run sequence."""

    def __init__(self, paragraph: _Bidirectional, places: list[int]) -> None:
        self.paragraph, self.places = paragraph, places
        self.level = paragraph.levels[places[0]]
        self.own = "R" if self.level % 2 else "L"
        self.names = [paragraph.classes[at] for at in places]
        self.begins = self._edge(self._outside(places[0], -1))
        last = places[-1]
        open_ = paragraph.classes[last] in _ISOLATES and last not in paragraph.pairs
        self.ends = self._edge(paragraph.base if open_ else self._outside(last, 1))

    def _outside(self, at: int, step: int) -> int:
        """The level of the nearest character outside that X9 does not remove (X10)."""
        paragraph = self.paragraph
        at += step
        while 0 <= at < len(paragraph.classes):
            if paragraph.classes[at] not in _REMOVED:
                return paragraph.levels[at]
            at += step
        return paragraph.base

    def _edge(self, outside: int) -> str:
        return "R" if max(self.level, outside) % 2 else "L"

    def resolve(self) -> None:
        """Rules W1 to N2."""
        self._weak()
        self._brackets()
        self._neutral()
        for at, name in zip(self.places, self.names, strict=True):
            self.paragraph.classes[at] = name

    def _weak(self) -> None:
        names, before, strong = self.names, self.begins, self.begins
        for at, name in enumerate(names):  # W1, W2 and W3
            if name == "NSM":
                name = "ON" if before in (*_ISOLATES, "PDI") else before
            before = name
            if name in ("L", "R", "AL"):
                strong = name
            elif name == "EN" and strong == "AL":
                name = "AN"
            names[at] = name
        for at in range(1, len(names) - 1):  # W4, before AL becomes R: the numbers are the same
            first, second = names[at - 1], names[at + 1]
            if first == second and (
                (names[at] == "ES" and first == "EN") or (names[at] == "CS" and first in ("EN", "AN"))
            ):
                names[at] = first
        names[:] = ["R" if name == "AL" else name for name in names]
        self._terminators()
        strong = self.begins
        for at, name in enumerate(names):  # W6 and W7
            if name in ("ES", "ET", "CS"):
                names[at] = "ON"
            elif name in ("L", "R"):
                strong = name
            elif name == "EN" and strong == "L":
                names[at] = "L"

    def _terminators(self) -> None:
        """Rule W5."""
        names, at = self.names, 0
        while at < len(names):
            start = at
            while at < len(names) and names[at] == "ET":
                at += 1
            if at > start and ((start and names[start - 1] == "EN") or (at < len(names) and names[at] == "EN")):
                names[start:at] = ["EN"] * (at - start)
            at += 1

    def _brackets(self) -> None:
        """Rule N0."""
        for opened, closed in self._bracket_pairs():
            inside = {_STRONG[name] for name in self.names[opened + 1 : closed] if name in _STRONG}
            if self.own in inside:
                self._set_bracket(opened, closed, self.own)
            elif inside:
                earlier = next((_STRONG[name] for name in self.names[opened - 1 :: -1] if name in _STRONG), None)
                self._set_bracket(opened, closed, (earlier if opened else None) or self.begins)

    def _set_bracket(self, opened: int, closed: int, name: str) -> None:
        for at in (opened, closed):
            self.names[at] = name
            after = at + 1
            while after < len(self.names) and _class_of(self.paragraph.text[self.places[after]]) == "NSM":
                self.names[after] = name
                after += 1

    def _bracket_pairs(self) -> list[tuple[int, int]]:
        """BD16."""
        found, open_ = [], list[tuple[str, int]]()
        for at, place in enumerate(self.places):
            if self.names[at] != "ON":
                continue
            character = self.paragraph.text[place]
            character = _OTHER_FORMS.get(character, character)
            if character in _CLOSED_BY:
                if len(open_) == _MOST_OPEN:
                    return []
                open_.append((_CLOSED_BY[character], at))
            elif character in _CLOSING:
                for deep in range(len(open_) - 1, -1, -1):
                    if open_[deep][0] == character:
                        found.append((open_[deep][1], at))
                        del open_[deep:]
                        break
        return sorted(found)

    def _neutral(self) -> None:
        """Rules N1 and N2."""
        names, at = self.names, 0
        while at < len(names):
            if names[at] not in _NEUTRAL:
                at += 1
                continue
            start = at
            while at < len(names) and names[at] in _NEUTRAL:
                at += 1
            before = _STRONG[names[start - 1]] if start else self.begins
            after = _STRONG[names[at]] if at < len(names) else self.ends
            names[start:at] = [before if before == after else self.own] * (at - start)
