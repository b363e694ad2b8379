"""The fuzzer's corpus, and a few hundred changed inputs: whoever reads files of others reads them, or says a sentence.

`make fuzz` goes on for as long as one likes, and looks for inputs that reach new lines of the code.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from fuzz.engine import Target, covered, fuzz, mutations, tried
from fuzz.targets import CORPUS, TARGETS, inputs_of, of_text

TRIES = {"fill": 60, "print": 60, "answers": 150, "prompts": 25, "law": 15, "office": 25, "advice": 15}


def test_every_target_is_tried() -> None:
    assert set(TRIES) == set(TARGETS)
    assert {folder.name for folder in CORPUS.iterdir() if folder.is_dir()} <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_fuzzer_once_found_is_taken_in_words(name: str) -> None:
    for data in inputs_of(TARGETS[name]):
        assert tried(TARGETS[name], data) is None


@pytest.mark.parametrize("name", TARGETS)
def test_changed_inputs_are_read_or_refused_in_words(name: str) -> None:
    target = TARGETS[name]
    for data in itertools.islice(mutations(target, inputs_of(target), seed=8), TRIES[name]):
        find = tried(target, data)
        assert find is None, (find.what, find.where, data[:200])


def test_the_fuzzer_finds_what_blind_chance_would_not() -> None:
    """Four letters in a row, each a step further into the code: coverage leads there one by one."""
    target = Target("steps", _fall_over_a_word, _one_letter, lambda: [b"...."], followed=str(Path(__file__).parent))
    assert covered(target, b"Dear")[0] is not None
    found = (each for each in fuzz(target, [b"...."], seconds=60.0, seed=1) if not isinstance(each, bytes))
    assert next(found).data == b"Dear"


def _fall_over_a_word(data: bytes) -> None:
    if data[:1] != b"D":
        return
    if data[1:2] != b"e":
        return
    if data[2:3] != b"a":
        return
    if data[3:4] != b"r":
        return
    raise ZeroDivisionError


def _one_letter(data: bytes, chance: random.Random, others: object) -> bytes:
    at = chance.randrange(4)
    return data[:at] + bytes([chance.randrange(65, 123)]) + data[at + 1 : 4]


def test_text_is_changed_alike_for_the_same_seed() -> None:
    assert of_text(b"a = 1\n", random.Random(3), [b"b = 2"]) == of_text(b"a = 1\n", random.Random(3), [b"b = 2"])
