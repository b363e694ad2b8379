"""Sentences that exclude each other, and sentences that facts refute: `templates/contradictions.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import TypeVar

from msgspec import Struct
from pydantic import Field

from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.model.by_answers import ByAnswers
from letters.model.criteria import answer_in, one_applies
from letters.model.office_rules import Tables
from letters.model.values import Model, Text

_MOST_KEPT = 500  # sets of sentences


class ExclusivePair(Model):
    """Two sentences that may not stand in one letter."""

    words: Text = Field(title="Words", description="Some words of the one sentence, as its template has them.")
    against: Text = Field(title="Against", description="Some words of the other sentence.")
    why: Text = Field(title="Why", description="Why they cannot both be so; a whole sentence.")


class RefutedSentence(Model):
    """A sentence that may not stand in a letter in which some facts are given."""

    words: Text = Field(title="Words", description="Some words of the sentence, as its template has them.")
    facts: Tables = Field(min_length=1, title="Facts", description="The facts that refute it.")
    why: Text = Field(title="Why", description="Why it cannot be so then; a whole sentence.")


class Contradictions(Struct, frozen=True, dict=True):
    """What counsel has listed."""

    pairs: tuple[ExclusivePair, ...] = ()
    refuted: tuple[RefutedSentence, ...] = ()

    def in_text(self, text: str, letter: Model) -> Iterator[str]:
        """What a finished letter contradicts, in sentences.

        Words that a tag stands in cannot be looked for in a finished letter; `letters check` covers them.
        """
        words = text.split()
        telling = {"", *self._telling.intersection(words)}
        pairs, refuted = _possible(self._pairs, telling), _possible(self._refuted, telling)
        text = " ".join(words) if pairs or refuted else ""
        for pair in pairs:
            if pair.words in text and pair.against in text:
                yield f"The letter says both “{pair.words}” and “{pair.against}”. {pair.why}"
        said = [each for each in refuted if each.words in text]
        for each in self._refuted_by(said, letter) if said else ():
            yield f"The letter says “{each.words}”, which its own facts refute. {each.why}"

    def _refuted_by(self, said: Sequence[RefutedSentence], letter: Model) -> Sequence[RefutedSentence]:
        """Those of some sentences that the facts of a letter refute, remembered by the answers they depend on."""
        key = tuple(map(id, said))
        known = self._by_answers.get(key)
        if known is None:
            known = remember(self._by_answers, _MOST_KEPT, key, ByAnswers())
        return known.of(
            partial(answer_in, letter), lambda answer_to: [each for each in said if one_applies(each.facts, answer_to)]
        )

    @lazy_property
    def _by_answers(self) -> dict[tuple[int, ...], ByAnswers[list[RefutedSentence]]]:
        return {}

    @lazy_property
    def _telling(self) -> frozenset[str]:
        return frozenset([*self._pairs, *self._refuted])

    @lazy_property
    def _pairs(self) -> _ByWord[ExclusivePair]:
        return _by_word(self.pairs)

    @lazy_property
    def _refuted(self) -> _ByWord[RefutedSentence]:
        return _by_word(self.refuted)


_Listed = TypeVar("_Listed", ExclusivePair, RefutedSentence)
_ByWord = Mapping[str, list[tuple[int, _Listed]]]


def _by_word(listed: Sequence[_Listed]) -> _ByWord[_Listed]:
    """What is listed, each with its place, by a word that its words need."""
    found: dict[str, list[tuple[int, _Listed]]] = {}
    for place, each in enumerate(listed):
        found.setdefault(_needed(each.words), []).append((place, each))
    return found


def _possible(listed: _ByWord[_Listed], there: Iterable[str]) -> list[_Listed]:
    """What may be in a text with these words, in the order of the list."""
    found = [each for word in there for each in listed.get(word, ())]
    found.sort(key=itemgetter(0))
    return [each for _, each in found]


def _needed(words: str) -> str:
    """A word that every text with these words has, which tells quickly of most that they have not; or an empty one.

    It is not the first or the last, which may be parts of longer ones.
    """
    return max(words.split(" ")[1:-1], key=len, default="")
