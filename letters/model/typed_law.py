"""What to do about a citation written as plain text: which entry of the law it means, or which comes nearest."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from letters._text.citations import citations_in, same
from letters.model.legal_basis import LegalBasis

LAW_FILE = "templates/legal_basis.toml"
# Two sections of a code are near each other if their numbers are at least this alike: 603.7 and 603.10.
_NEAR = 0.6


def by_words(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each citation in a text: its words, and the names of all it cites."""
    found: dict[str, list[str]] = {}
    for name, words in citations_in(text).items():
        found.setdefault(words, []).append(name)
    yield from found.items()


def entry_for(name: str, bases: Collection[LegalBasis], words: str = "") -> LegalBasis | None:
    """The entry that a name of `citations_in` means; of several on one section, the one cited most like ``words``."""
    entries = [basis for basis in bases if same(name, citations_in(basis.citation))]
    return max(entries, key=lambda basis: SequenceMatcher(None, words, basis.citation).ratio(), default=None)


def nearest(name: str, bases: Collection[LegalBasis]) -> LegalBasis | None:
    """The entry of the same code with the section most like this one; None where the law has none like it."""
    code, _, section = name.rpartition(" ")
    found: tuple[float, LegalBasis | None] = (_NEAR, None)
    for basis in bases:
        for other in citations_in(basis.citation):
            its_code, _, its_section = other.rpartition(" ")
            if its_code == code or (code == "§" and its_section.count("-") == section.count("-")):
                likeness = SequenceMatcher(None, section, its_section).ratio()
                if likeness > found[0]:
                    found = (likeness, basis)
    return found[1]


def tag_instead(words: str, names: Collection[str], bases: Collection[LegalBasis]) -> str:
    """What to write in a template instead of a citation.

    Args:
        words: the citation as typed.
        names: what it names, as in `citations_in`.
    """
    entries = [entry for name in names if (entry := entry_for(name, bases, words))]
    if entries and len(entries) == len(names):
        tags = " and ".join(dict.fromkeys(_tag(entry) for entry in entries))
        return f"Use {tags} instead, so that the citation is checked."
    enter = f"add an entry to {LAW_FILE}, and use its tag here ({{{{ law.ID.citation }}}}), so that it is checked."
    for name in names:
        if not entry_for(name, bases) and (near := nearest(name, bases)):
            return f"The nearest in {LAW_FILE} is {near.citation}: {_tag(near)}. If you mean another, {enter}"
    return f"The library does not have it: {enter}"


def _tag(basis: LegalBasis) -> str:
    return f"{{{{ law.{basis.id.replace('-', '_')}.citation }}}}"
