"""Sentences that exclude each other, and sentences that facts refute: `templates/contradictions.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from pydantic import Field

from letters.model.criteria import any_applies
from letters.model.office_rules import Tables
from letters.model.values import Model, Text


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
        text, there = " ".join(words), {"", *words}
        for pair in [pair for needed, pair in self._pairs if needed in there]:
            if pair.words in text and pair.against in text:
                yield f"The letter says both “{pair.words}” and “{pair.against}”. {pair.why}"
        for each in [each for needed, each in self._refuted if needed in there]:
            if each.words in text and any_applies(each.facts, letter):
                yield f"The letter says “{each.words}”, which its own facts refute. {each.why}"

    @cached_property
    def _pairs(self) -> list[tuple[str, ExclusivePair]]:
        return [(_needed(pair.words), pair) for pair in self.pairs]

    @cached_property
    def _refuted(self) -> list[tuple[str, RefutedSentence]]:
        return [(_needed(each.words), each) for each in self.refuted]


def _needed(words: str) -> str:
    """A word that every text with these words has, which tells quickly of most that they have not; or an empty one.

    It is not the first or the last, which may be parts of longer ones.
    """
    return max(words.split(" ")[1:-1], key=len, default="")
