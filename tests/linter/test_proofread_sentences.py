"""English as a careful office writes it: every known fault is found, and nothing in what is right."""

from __future__ import annotations

import tomllib
from pathlib import Path

from letters._text.usage import usage_mistakes
from letters.linter.incomplete_sentences import fragments

SENTENCES = tomllib.loads(Path(__file__).with_name("english_sentences.toml").read_text(encoding="utf-8"))


def test_every_fault_is_found_and_named() -> None:
    assert len(SENTENCES["faulty"]) >= 60
    missed = [
        sentence
        for sentence, what in SENTENCES["faulty"]
        if what not in [each.what for each in usage_mistakes(sentence)]
    ]
    assert not missed


def test_nothing_is_found_in_what_is_right() -> None:
    assert len(SENTENCES["clean"]) >= 60
    wrong = {sentence: [each.what for each in usage_mistakes(sentence)] for sentence in SENTENCES["clean"]}
    assert not {sentence: found for sentence, found in wrong.items() if found}


def test_a_sentence_without_a_verb_is_found() -> None:
    assert [list(fragments(each)) for each in SENTENCES["fragments"]] == [[each] for each in SENTENCES["fragments"]]
    assert not [each for each in SENTENCES["complete"] if list(fragments(each))]
