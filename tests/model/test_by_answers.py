"""What rules found out about earlier letters is found again by the answers that they asked for, and by no others."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from letters.assembly.assembler import Assembler
from letters.errors import LettersError
from letters.library.library import Library
from letters.library.validation import check
from letters.model.by_answers import ByAnswers
from letters.model.fields import put
from letters.model.letter import Letter
from letters.model.rule_engine import Case
from letters.model.rulebook import Rulebook

_CHANGES: tuple[tuple[str, Any], ...] = (
    ("request.access", "bulk"),
    ("request.nature", "criminal"),
    ("request.purpose", "to find kidnapped persons"),
    ("request.public_records", True),
    ("request.subjects", ["Jane Placeholder", "John Placeholder"]),
    ("legal_basis", []),
    ("date", "2019-12-31"),
    ("delivery", ["mail"]),
    ("approved", []),
)


def _judged(letter: Letter, rulebook: Rulebook) -> object:
    case = Case(letter, rulebook)
    return (
        case.topics,
        case.facts,
        case.deadlines,
        [list(case.problems(level)) for level in ("refuse", "caution")],
        [each.id for each in rulebook.showing.values() if case.bears_out(each, "showing")],
        list(letter.problems(rulebook)),
    )


def test_letters_judged_one_after_another_are_judged_as_if_each_were_the_first() -> None:
    assembler = Assembler(Library.shipped())
    rulebook, compared = replace(assembler.rulebook, template_law={}), 0
    for kind in ("denial", "conditional-approval", "own-records", "subpoena-response"):
        sample = assembler.samples(kind)["sample.toml"]
        for name, value in (("reference", "A-1"), *_CHANGES):
            answers = deepcopy(dict(sample))
            put(answers, name, value)
            try:
                letter = check(answers, rulebook, assembler.library.kinds)
            except LettersError:
                continue
            assert _judged(letter, rulebook) == _judged(letter, replace(rulebook)), (kind, name)
            compared += 1
    assert compared > 20


def test_a_result_is_found_again_only_by_the_same_answers_to_all_that_was_asked() -> None:
    asked: list[str] = []
    known: ByAnswers[str] = ByAnswers()

    def worked_out(answers: dict[str, Any]) -> str:
        def work(answer_to: Any) -> str:
            asked.append("work")
            return f"{answer_to('a')} {answer_to('b') if answer_to('a') else ''}"

        return known.of(answers.get, work)

    assert [worked_out({"a": 1, "b": ["x"]}), worked_out({"a": 1, "b": ["x"], "c": 2})] == ["1 ['x']"] * 2
    assert len(asked) == 1
    assert worked_out({"a": 1, "b": ["y"]}) == "1 ['y']"
    assert worked_out({"a": 0, "b": ["y"]}) == worked_out({"a": 0, "b": ["z"]}) == "0 "
    assert len(asked) == 3
    assert worked_out({"a": {"table": 1}, "b": 1}) == "{'table': 1} 1"
    with pytest.raises(AttributeError):
        known.of({}.get, lambda answer_to: answer_to("a").missing)
