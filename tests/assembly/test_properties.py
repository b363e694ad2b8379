"""Whatever valid answers there are, they make a letter that says them. Answers are made up from the model's own fields.

`make fuzz` tries many more of them than the tests do.
"""

from __future__ import annotations

import os
import re
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

from helpers import KINDS, ROOT
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from letters._text.damage import refusal
from letters._text.held_together import with_typed_spaces
from letters.assembly.assembler import Assembler
from letters.docx.names import W
from letters.docx.package import open_package
from letters.errors import InvalidAnswers, LettersError, Problem
from letters.library.answers import parse_answers, write_answers
from letters.library.library import Library
from letters.model.fields import Field, fields_of, get, put
from letters.model.letter import Letter

LONG = int(os.environ.get("LETTERS_FUZZ", "0"))  # how many times as many
DESK = Assembler(Library(ROOT))
MARK = "Qqmarked"


def tried(times: int) -> settings:
    return settings(
        max_examples=times * (LONG or 1),
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Letters of the writings that fonts of a plain set-up have, and every mark that means something to some layer below.
PRINTED = st.text(
    st.one_of(
        st.sampled_from("{}%#$<>&\"'\\/|=+-@*_~^`[]();:,.!? \t\n“”‘’–—…§¶©€½\u00a0\u2011\u00ad\u200b"),  # noqa: RUF001
        st.characters(min_codepoint=0x41, max_codepoint=0x17F, categories=("Lu", "Ll", "Nd")),
        st.characters(min_codepoint=0x391, max_codepoint=0x44F, categories=("Lu", "Ll")),
    ),
    min_size=1,
    max_size=60,
)
ANY = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=60)


def values_for(field: Field, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Answers to a field, by what the model says of it."""
    if field.library:
        names = st.sampled_from(sorted(getattr(DESK.rulebook, field.library)))
        return names if field.kind == "choice" else st.lists(names, max_size=4, unique=True)
    days = st.integers(-60, 60).map(lambda days: date(2019, 8, 2) + timedelta(days))
    items = st.lists(text, max_size=4)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": text,
        "date": days,
        "yes-no": st.booleans(),
        "list": items,
        "persons": st.lists(st.fixed_dictionaries({"name": text, "title": text}), max_size=3),
        "table": st.just({}),
    }
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "choices":
        return st.lists(st.sampled_from(field.choices), max_size=len(field.choices), unique=True)
    if field.kind == "group":
        parts = {part.name: values_for(part, text) for part in field.parts if part.required}
        others = {part.name: values_for(part, text) for part in field.parts if not part.required}
        return st.lists(st.fixed_dictionaries(parts, optional=others), max_size=3)
    return kinds[field.kind]


@cache
def sample(kind: str) -> dict[str, Any]:
    return dict(next(iter(DESK.samples(kind).values())))


@st.composite
def answers(draw: st.DrawFn, text: st.SearchStrategy[str]) -> dict[str, Any]:
    """The sample of a kind with some of its answers changed, taken out or added."""
    kind = draw(st.sampled_from(KINDS))
    found = deepcopy(sample(kind))
    fields = [field for field in fields_of(kind).values() if field.name != "kind"]
    for field in draw(st.lists(st.sampled_from(fields), min_size=1, max_size=5, unique_by=lambda field: field.name)):
        if not field.required and draw(st.booleans()):
            put(found, field.name, None)
        else:
            put(found, field.name, draw(values_for(field, text)))
    return found


@cache
def free_texts(kind: str) -> tuple[str, ...]:
    """The fields of a kind that take any words: found by trying."""
    found = []
    for field in fields_of(kind).values():
        if field.kind != "text" or field.name == "kind":
            continue
        changed = deepcopy(sample(kind))
        put(changed, field.name, MARK)
        try:
            DESK.check(changed)
        except InvalidAnswers:
            continue
        found.append(field.name)
    assert len(found) > 15
    return tuple(found)


def words_in(docx: bytes) -> str:
    """Everything a letter says, part by part; breaks and tabs are spaces."""
    package = open_package(docx, "l.docx")
    said = []
    for part in sorted(package.parts):
        if part.startswith("word/") and part.endswith(".xml"):
            for node in package.xml(part).iter(f"{{{W}}}t", f"{{{W}}}br", f"{{{W}}}tab", f"{{{W}}}p"):
                said.append(node.text or "" if node.tag == f"{{{W}}}t" else " ")
    return " ".join("".join(said).split())


def word_letter(letter: Letter) -> bytes:
    """The Word letter; none is asked for where a page that goes out with it would lack a font."""
    try:
        return DESK.make(letter, ["docx"]).files["docx"]
    except LettersError as error:
        assume(not all("No font" in problem.message for problem in error.problems))
        raise


@tried(25)
@given(answers(ANY))
def test_valid_answers_of_any_kind_make_a_word_letter(found: dict[str, Any]) -> None:
    try:
        letter = DESK.check(found)
    except InvalidAnswers:
        return
    made = word_letter(letter)
    assert words_in(made)
    assert DESK.make(DESK.check(found), ["docx"]).files["docx"] == made


@tried(10)
@given(answers(PRINTED))
def test_and_a_pdf_that_says_the_same(found: dict[str, Any]) -> None:
    try:
        letter = DESK.check(found)
    except InvalidAnswers:
        assume(False)
    unprinted: tuple[Problem, ...] = ()
    try:
        assert DESK.make(letter).files["pdf"].startswith(b"%PDF-")  # the words of both files are compared on the way
    except LettersError as error:
        unprinted = error.problems
    assert {problem.code for problem in unprinted} <= {"no-glyph"}, unprinted


@tried(15)
@given(st.data())
def test_a_value_appears_wherever_the_template_uses_it_and_changes_nothing_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    name = data.draw(st.sampled_from(free_texts(kind)))
    # Pages that go out with a letter are printed, so they need a font for what they say.
    value = "Zz" + data.draw(PRINTED if DESK.library.enclosures(kind) else ANY).strip() + "zz"
    value = re.sub("[\"'\u2018\u2019“”]", "", value)  # which are set according to what is around them
    assume(refusal(value) is None)  # damaged text never gets as far as a letter
    letters = []
    for words in (MARK, value):
        changed = deepcopy(sample(kind))
        put(changed, name, words)
        letters.append(with_typed_spaces(words_in(word_letter(DESK.check(changed)))))
    assert " ".join(letters[0].replace(MARK, " ".join(value.split())).split()) == letters[1]


@tried(40)
@given(answers(ANY))
def test_answers_are_saved_and_read_as_they_are(found: dict[str, Any]) -> None:
    again = parse_answers(write_answers(found).encode(), "a.toml")
    for field in fields_of(found["kind"]).values():
        assert get(again, field.name) == get(found, field.name)


@tried(40)
@given(answers(st.text(max_size=30)))
def test_any_answers_give_a_letter_or_error_messages(found: dict[str, Any]) -> None:
    told: tuple[Problem, ...] = ()
    try:
        DESK.check(found)
    except InvalidAnswers as error:
        told = error.problems
    assert all(problem.message.endswith((".", "?", ")")) for problem in told), told
