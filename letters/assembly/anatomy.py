"""The anatomy of a template: its paragraphs and the branches inside them, each with the conditions it depends on.

Every piece of wording is numbered in a copy of the template. Filling that copy and reading the numbers back shows which
pieces a letter contains and where each comes from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_property import lazy_property
from letters.assembly.template.compilation import REVIEW, ExpandedTemplate
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.grammar import read_tag
from letters.assembly.template.tag_positions import replace_ranges, visible_text
from letters.assembly.template.tags import OBJECT, TEXT, Tag, TagPlace, scan
from letters.assembly.template.template import Template
from letters.docx.markup import own_nodes, serialized
from letters.docx.names import P
from letters.docx.package import open_package, write_parts

_NUMBER = "piece"  # attribute with the number of a paragraph
# Delimiters and first digit of a branch's number, in private-use characters that no letter contains.
_ZERO = 0xE100
_OPEN, _CLOSE = "\ue110", "\ue111"
_BREAK = "\ue112"  # stands for a branch that was taken out of a text

# Names in the template context that are not answers, each with the answers they are derived from.
_DERIVED_FROM: Mapping[str, tuple[str, ...]] = {
    "request.made_on": ("request.dated", "request.received"),
    "request.names_a_matter": ("request.nature", "request.investigation"),
    "request.requester.agency_in_sentence": ("request.requester.agency_in_sentence",),
    "request.requester.asker": ("request.requester.agency_in_sentence", "request.requester.name"),
    "request.requester.greeting": ("request.requester.greeting", "request.requester.name"),
    "delivery_words": ("delivery",),
    "legal_basis": ("legal_basis", "unvetted_law"),
    "citations": ("legal_basis", "unvetted_law"),
    "citable": ("date", "request.public_records", "request.access", "request.process", "request.asserted"),
    "law": ("date", "request.public_records", "request.access", "request.process", "request.asserted"),
    "confirms_duty": ("request.nature", "request.requester.agency_kind", "request.records"),
    "approved": ("approved", "request.records"),
    "withheld": ("approved", "request.records"),
    "releases": ("decision",),
    "rests_on_exchange": ("request.nature", "request.released", "legal_basis", "request.agreement"),
    "exchange_law": ("legal_basis",),
    "duty_law": ("legal_basis", "request.requester.agency_kind"),
    "fact.asks_privately": ("request.requester.agency_kind",),
    "fact.names_others": ("request.subjects", "request.requester.name", "request.requester.agency"),
    "fact.asks_for_own": ("request.requester.agency_kind",),
    "fact.may_be_owed": ("request.requester.agency_kind",),
    "earlier_answers": ("request.earlier",),
    "fact": ("request.requester.agency_kind", "request.nature", "request.released"),
    "withdraw_by": ("withdraw_by", "request.paper.return_date"),
    "request.opening_words": ("request.channel",),
    "request.link_words": ("request.channel",),
    "request.memo_words": ("request.channel",),
    "request.received_by_in_sentence": ("request.received_by",),
    "request_contents": ("request.nature", "request.requester.agency_kind"),
    "reasons_given": (
        "grounds",
        "request.nature",
        "request.investigation",
        "request.access",
        "request.requester.agency_kind",
        "request.agreement",
        "request.public_records",
    ),
    "missing": ("request.purpose", "request.explanation", "request.justification", "request.public_records"),
}


class Guard(Struct, frozen=True):
    """A condition for printing a piece.

    Args:
        tag: the ``if``, ``elif`` or ``for``.
        holds: whether it must be true; false for what follows it as ``elif`` or ``else``.
        names: paths that it uses.
    """

    tag: Tag
    holds: bool = True
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.tag.word == "for":
            return f"each of {self.tag.says.partition(' in ')[2]}"
        return self.tag.says if self.holds else f"not ({self.tag.says})"


class WordingPiece(Struct, frozen=True):
    """A paragraph with wording of its own, or one branch inside a paragraph.

    Args:
        number: of the piece in its template, from 0.
        place: its file, and the number of the paragraph there.
        words: the text of the paragraph or branch, including tags.
        branch: whether it is a branch inside a paragraph.
        guards: the conditions for printing it, from the outermost in.
        names: paths that its own tags use.
        guard_names: paths that its conditions use.
    """

    number: int
    place: TagPlace
    words: str
    branch: bool
    guards: tuple[Guard, ...]
    names: tuple[str, ...]
    guard_names: tuple[str, ...]

    @property
    def own_words(self) -> str:
        """Its text without its branches, which are pieces of their own; a break stands for each."""
        own, depth, last = "", 0, 0
        for start, end in scan(self.words)[0] if "{%" in self.words else []:
            word = self.words[start:end].strip("{%-+} ").partition(" ")[0]
            if word in ("endif", "endfor") and depth:
                depth -= 1
                last = end
            elif word in ("if", "for"):
                own += f"{self.words[last:start]}{_BREAK}" if not depth else ""
                depth += 1
        return own + (self.words[last:] if not depth else "")

    @property
    def is_shared(self) -> bool:
        """Whether it comes from a shared passage."""
        return "/shared/" in self.place.part

    @property
    def origin(self) -> tuple[str, int, str]:
        """Identifies the piece: the same in every kind that includes the passage."""
        return self.place.part, self.place.number, self.words

    def __str__(self) -> str:
        words = " ".join(self.words.replace(OBJECT, " ").split())
        shown = words if len(words) <= 90 else f"{words[:89].rstrip()}…"
        return f"{self.place.part}, paragraph {self.place.number}: {'… ' if self.branch else ''}“{shown}”"


class Anatomy:
    """The pieces of one template.

    Args:
        template: compiled, for the paths that its tags use.
        expanded: the same template with its shared passages inserted.
    """

    def __init__(self, template: Template, expanded: ExpandedTemplate) -> None:
        self._paths_of: dict[tuple[str, int, str], list[str]] = {}
        for use in template.uses:
            self._paths_of.setdefault(_key(use.tag), []).append(use.path)
        self.pieces: list[WordingPiece] = []
        self._parts = dict(expanded.package.parts)
        for part, places in expanded.places.items():
            root = expanded.package.xml(part)
            self._open: list[list[Guard]] = []
            for paragraph, place in zip(root.iter(P), places, strict=True):
                self._read(paragraph, place)
            self._parts[part] = serialized(root)

    @lazy_property
    def _template(self) -> Template:
        return Template.compile(write_parts(self._parts), "template", despite=REVIEW)

    def fill(self, context: Mapping[str, Any], properties: DocumentProperties) -> list[tuple[set[int], str]]:
        """The paragraphs of a letter in order, each with the numbers of its pieces and its text."""
        package = open_package(self._template.fill(context, properties), "letter")
        found = []
        for part in package.parts:
            if part.endswith(".xml") and b"piece=" in package.parts[part]:
                for paragraph in package.tree(part).iter(P):
                    numbers, words = _decoded(paragraph)
                    if numbers:
                        found.append((numbers, words))
        return found

    def seen_in(self, context: Mapping[str, Any], properties: DocumentProperties) -> frozenset[int]:
        """The numbers of the pieces that a letter contains."""
        return frozenset(number for numbers, _ in self.fill(context, properties) for number in numbers)

    def _read(self, paragraph: etree._Element, place: TagPlace) -> None:
        """Number one paragraph and its branches, and keep track of the blocks that start and end in it."""
        parts = visible_text(own_nodes(paragraph))
        text = "".join(words for _, words in parts)
        found = [(*span, read_tag(text[slice(*span)], place, TEXT)[0]) for span in scan(text)[0]] if "{" in text else []
        rest = _without(text, found)
        has_wording = bool(rest.strip()) or any(tag.mark == "{{" for *_, tag in found)
        if not has_wording:
            for *_, tag in found:
                self._follow(tag)
            return
        number = self._add(place, text, found, branch=False)
        paragraph.set(_NUMBER, str(number))
        edits = []
        for at, (start, end, tag) in enumerate(found):
            self._follow(tag)
            if tag.word in ("if", "elif", "else", "for") and not tag.level:
                words, inside = _branch(text, found, at)
                if words.strip():
                    branch = self._add(place, words, inside, branch=True)
                    edits.append((start, end, f"{text[start:end]}{_encoded(branch)}"))
        if edits:
            replace_ranges(parts, edits)

    def _follow(self, tag: Tag) -> None:
        if tag.word in ("if", "for"):
            self._open.append([self._guard(tag)])
        elif tag.word in ("elif", "else") and self._open:
            passed = [replace(guard, holds=False) for guard in self._open[-1]]
            self._open[-1] = passed if tag.word == "else" else [*passed, self._guard(tag)]
        elif tag.word in ("endif", "endfor") and self._open:
            self._open.pop()

    def _guard(self, tag: Tag) -> Guard:
        return Guard(tag, names=tuple(dict.fromkeys(self._paths(tag))))

    def _add(self, place: TagPlace, words: str, tags: list[tuple[int, int, Tag]], *, branch: bool) -> int:
        guards = tuple(guard for block in self._open for guard in block)
        names = tuple(dict.fromkeys(path for *_, tag in tags for path in self._paths(tag)))
        guarded = tuple(dict.fromkeys(path for guard in guards for path in guard.names))
        piece = WordingPiece(len(self.pieces), replace(place, words=""), words, branch, guards, names, guarded)
        self.pieces.append(piece)
        return piece.number

    def _paths(self, tag: Tag) -> list[str]:
        """The paths a tag uses, with the names defined by loops resolved."""
        return self._paths_of.get(_key(tag), [])


def _key(tag: Tag) -> tuple[str, int, str]:
    return tag.place.part, tag.place.number, tag.raw


def _without(text: str, found: list[tuple[int, int, Tag]]) -> str:
    for start, end, _ in reversed(found):
        text = text[:start] + text[end:]
    return text


def _branch(text: str, found: list[tuple[int, int, Tag]], at: int) -> tuple[str, list[tuple[int, int, Tag]]]:
    """The text and tags between the tag at index ``at`` and the end of its branch."""
    depth, start = 0, found[at][1]
    for following in range(at + 1, len(found)):
        word = found[following][2].word
        if depth == 0 and word in ("elif", "else", "endif", "endfor"):
            return text[start : found[following][0]], found[at + 1 : following]
        depth += (word in ("if", "for")) - (word in ("endif", "endfor"))
    return text[start:], found[at + 1 :]


def _encoded(number: int) -> str:
    return _OPEN + "".join(chr(_ZERO + int(digit)) for digit in str(number)) + _CLOSE


def _decoded(paragraph: etree._Element) -> tuple[set[int], str]:
    own = paragraph.get(_NUMBER)
    text = "".join(words for _, words in visible_text(own_nodes(paragraph)))
    numbers, words = ({int(own)} if own else set()), ""
    for at, part in enumerate(text.split(_OPEN)):
        inside, closed, after = part.partition(_CLOSE) if at else ("", "", part)
        if closed:
            numbers.add(int("".join(str(ord(digit) - _ZERO) for digit in inside)))
        words += after if closed or not at else part
    return numbers, words


def answers_behind(path: str, fields: Collection[str]) -> tuple[str, ...]:
    """The answers that determine the value at a path of the template: named by it, or those it is derived from.

    Args:
        fields: names of all answers there can be.
    """
    steps = path.split("[]", maxsplit=1)[0].split(".")
    for length in range(len(steps), 0, -1):
        name = ".".join(steps[:length])
        if name in _DERIVED_FROM:
            return tuple(each for each in _DERIVED_FROM[name] if each in fields)
        for answer in (name, name.removesuffix("_words")):
            if answer in fields:
                return (answer,)
    return ()
