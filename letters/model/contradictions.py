"""Sentences that exclude each other, and sentences that facts refute: `templates/contradictions.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

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


@dataclass(frozen=True)
class Contradictions:
    """What counsel has listed."""

    pairs: tuple[ExclusivePair, ...] = ()
    refuted: tuple[RefutedSentence, ...] = ()

    def in_text(self, text: str, letter: Model) -> Iterator[str]:
        """What a finished letter contradicts, in sentences.

        Words that a tag stands in cannot be looked for in a finished letter; `letters check` covers them.
        """
        words = text.split()
        text, there = " ".join(words), set(words)
        for pair in self.pairs:
            if _is_said(pair.words, text, there) and _is_said(pair.against, text, there):
                yield f"The letter says both “{pair.words}” and “{pair.against}”. {pair.why}"
        for each in self.refuted:
            if _is_said(each.words, text, there) and any_applies(each.facts, letter):
                yield f"The letter says “{each.words}”, which its own facts refute. {each.why}"


def _is_said(words: str, text: str, there: set[str]) -> bool:
    """Whether a text contains some words.

    Args:
        there: every word of the text, which tells quickly of most that it does not contain them.
    """
    return there.issuperset(_whole_words(words)) and words in text


@lru_cache(maxsize=1000)
def _whole_words(words: str) -> tuple[str, ...]:
    """All but the first and the last, which may be parts of longer ones."""
    return tuple(words.split(" ")[1:-1])
