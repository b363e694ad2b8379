"""Sentences that exclude each other, and sentences that facts refute: `templates/contradictions.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct
from pydantic import Field

from letters._text.lazy_property import lazy_property
from letters.model.by_answers import ByAnswers
from letters.model.criteria import answer_in, one_applies
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

        Args:
            text: of the letter, with single spaces between all its words.
        """
        for pair in self.pairs:
            if pair.words in text and pair.against in text:
                yield f"The letter says both “{pair.words}” and “{pair.against}”. {pair.why}"
        for each in self._refuted_by(letter) if self.refuted else ():
            if each.words in text:
                yield f"The letter says “{each.words}”, which its own facts refute. {each.why}"

    def _refuted_by(self, letter: Model) -> Sequence[RefutedSentence]:
        """The sentences that the facts of a letter refute, remembered by the answers they depend on."""
        return self._by_answers.of(
            partial(answer_in, letter),
            lambda answer_to: [each for each in self.refuted if one_applies(each.facts, answer_to)],
        )

    @lazy_property
    def _by_answers(self) -> ByAnswers[list[RefutedSentence]]:
        return ByAnswers()
