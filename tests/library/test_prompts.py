"""Prompt files: a question added with no Python, and every mistake named with file, line and a fix."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.edits import edit

from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers, LibraryAtFault
from letters.interview import answering, applicability, completion, options
from letters.interview.interview import start
from letters.interview.review import page
from letters.interview.state import InterviewState
from letters.library.library import Library
from letters.library.prompts import load_questionnaire

Sample = Callable[[str], dict[str, Any]]
TODAY = date(2019, 9, 2)

ADDED = """
[[section]]
title = "For our file"

[[section.question]]
field = "extra.tracking_number"
type = "text"
ask = "What is the tracking number of the certified mail?"
help = "It stands on the green card."
title = "Tracking number"
example = "9400 1000"
required = true
when = { delivery = "certified-mail" }

[[section.question]]
field = "extra.route"
type = "choice"
ask = "Which way does it go?"
choices = { slow = "the slow way", fast = "the fast way" }
default = "slow"

[[section.question]]
field = "extra.call_back"
type = "date"
ask = "When do we call back?"
default = "tomorrow"

[[section.question]]
field = "extra.urgent"
type = "yes-no"
ask = "Is it urgent?"

[[section.question]]
field = "extra.readers"
type = "list"
ask = "Who has read it?"

[[section.question]]
field = "extra.stamps"
type = "choices"
ask = "Which stamps?"
choices = { red = "a red one", blue = "a blue one" }
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A library of one's own, to be edited."""
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def add(own: Path, text: str) -> int:
    """Add to the questions of a denial; returns the number of the line before what was added."""
    file = own / "prompts" / "denial.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + text, encoding="utf-8")
    return len(before.splitlines())


def begin(own: Path, answers: dict[str, Any]) -> InterviewState:
    assembler = Assembler(Library(own))
    return start(assembler.library, assembler.rulebook, answers, TODAY, advice=assembler.advice)


def answer(state: InterviewState, name: str, typed: Any) -> None:
    question = state.question(name)
    assert question is not None
    assert answering.error_in(state, question, typed) == "", name
    answering.accept(state, question, typed)


def test_a_question_of_one_s_own_is_asked_saved_reviewed_and_printed(own: Path, sample: Sample) -> None:
    add(own, ADDED)
    edit(
        own / "templates" / "denial" / "letter.docx",
        "word/document.xml",
        "The following law bears on",
        "{% if extra.tracking_number %}Tracked as {{ extra.tracking_number }}, {% endif %}{{ extra.route_words }}; "
        "{{ extra.call_back }}{% if extra.urgent %}; urgent{% endif %}; {{ extra.readers|and_list }}; "
        "{{ extra.stamps_words|and_list }}. It rests on",
    )
    state = begin(own, sample("denial"))
    asked = [each.field.name for each in applicability.open_questions(state) if each.field.name.startswith("extra.")]
    assert asked == ["extra.route", "extra.call_back", "extra.urgent", "extra.readers", "extra.stamps"]
    tracking = state.question("extra.tracking_number")
    assert tracking is not None
    answer(state, "delivery", ["certified-mail"])
    assert tracking in applicability.open_questions(state)
    assert "An answer is required" in answering.error_in(state, tracking, "")
    answer(state, "extra.tracking_number", "9400 2000")
    route, call_back = (state.question(f"extra.{name}") for name in ("route", "call_back"))
    assert route is not None
    assert call_back is not None
    assert options.default_for(state, route) == "slow"
    assert options.default_for(state, call_back) == date(2019, 9, 3)
    assert answering.error_in(state, route, "sideways")
    answer(state, "extra.route", "fast")
    answer(state, "extra.call_back", "9/5/2019")
    answer(state, "extra.urgent", True)
    answer(state, "extra.readers", "Casey Specimen\nMorgan Example")
    answer(state, "extra.stamps", ["red", "blue"])
    reviewed = "\n".join(text for _, text in page(state, ()))
    for words in ("Tracking number: 9400 2000", "Route: the fast way", "September 5, 2019", "Urgent: Yes"):
        assert words in reviewed
    made = Assembler(Library(own)).make(completion.letter_of(state))
    body = zipfile.ZipFile(BytesIO(made.files["docx"])).read("word/document.xml").decode()
    assert "Tracked as 9400 2000, the fast way; September 5, 2019; urgent; " in body
    assert "Casey Specimen and Morgan Example; a red one and a blue one. It rests on" in body

    answer(state, "delivery", ["email"])  # its condition no longer holds: set aside, not lost
    assert "tracking_number" not in applicability.effective_answers(state)["extra"]
    answer(state, "delivery", ["email", "certified-mail"])
    assert applicability.effective_answers(state)["extra"]["tracking_number"] == "9400 2000"


def test_an_answer_that_a_link_cannot_have_is_reported_as_the_answer_it_is(own: Path, sample: Sample) -> None:
    field = 'field = "extra.page"\ntype = "text"\nask = "Which page?"\ntitle = "Our page"\n'
    add(own, f'[[section]]\ntitle = "For our file"\n[[section.question]]\n{field}')
    link = '</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "{{ extra.page }}"'
    link += '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>here</w:t></w:r><w:r>'
    link += '<w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>The following law bears on'
    edit(own / "templates" / "denial" / "letter.docx", "word/document.xml", "The following law bears on", link)
    assembler = Assembler(Library(own))
    letter = assembler.check(sample("denial") | {"extra": {"page": "file:///c:/x"}})
    with pytest.raises(InvalidAnswers) as refusal:
        assembler.make(letter, ["docx"])
    assert str(refusal.value).startswith("Our page (extra.page) is not the address of a web page or of an email.")


def test_what_is_left_open_is_nothing_in_a_template_and_no_mistake(own: Path, sample: Sample) -> None:
    add(own, ADDED)
    tags = "{% if extra.tracking_number or extra.urgent or extra.readers or extra.route_words %}x{% endif %}It rests on"
    edit(own / "templates" / "denial" / "letter.docx", "word/document.xml", "The following law bears on", tags)
    assembler = Assembler(Library(own))
    body = zipfile.ZipFile(BytesIO(assembler.make(assembler.check(sample("denial")), ["docx"]).files["docx"]))
    assert ">It rests on" in body.read("word/document.xml").decode()


def test_answers_from_a_file_are_checked_by_the_types_of_the_prompt_file(own: Path, sample: Sample) -> None:
    add(own, ADDED)
    assembler = Assembler(Library(own))
    extra = {"route": "sideways", "call_back": "soon", "urgent": "perhaps", "readers": "one"}
    with pytest.raises(InvalidAnswers) as caught:
        assembler.check(sample("denial") | {"extra": extra, "delivery": ["certified-mail", "email"]})
    said = {problem.field: str(problem) for problem in caught.value.problems}
    assert set(said) == {f"extra.{name}" for name in (*extra, "tracking_number")}
    assert "Tracking number (extra.tracking_number) is missing" in said["extra.tracking_number"]
    assert "one of: slow, fast" in said["extra.route"]
    letter = assembler.check(sample("denial") | {"extra": {"call_back": "2019-09-05"}})
    assert letter.extra["call_back"] == date(2019, 9, 5)


def test_schema_and_list_of_fields_have_it(own: Path, letters: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    add(own, ADDED)
    schema = json.loads(letters("schema", "denial", "--library", own).stdout)
    found = schema["properties"]["extra"]["properties"]
    assert found["tracking_number"]["title"] == "Tracking number"
    assert found["tracking_number"]["examples"] == ["9400 1000"]
    assert found["route"]["enum"] == ["slow", "fast"]
    assert found["call_back"]["format"] == "date"
    assert found["readers"]["type"] == "array"
    assert "extra.tracking_number  (text, required)" in letters("fields", "denial", "--library", own).stdout


def test_a_kind_without_a_prompt_file_of_its_own_is_filled_all_the_same(own: Path, sample: Sample) -> None:
    (own / "prompts" / "denial.toml").unlink()
    assert Assembler(Library(own)).check(sample("denial")).kind == "denial"


# --- mistakes ---------------------------------------------------------------------------------------------------------

QUESTION = "\n[[section]]\ntitle = 'More'\n\n[[section.question]]\n"
# What is added after QUESTION; the line of the mistake counted from there; what is said.
MISTAKES = [
    ('field = "request.requester.agancy"\nask = "?"', 1, "Did you mean request.requester.agency?"),
    ('field = "reference"\nask = "?"\nhlep = "x"', 3, "Did you mean help?"),
    ('field = "extra.note"\ntype = "text"', 0, "has no wording"),
    ('field = "extra.note"\nask = 5', 2, "has no wording"),
    ('field = "extra.note"\nask = "?"\ntype = "texts"', 3, "Did you mean text?"),
    ('field = "extra.note"\nask = "?"\ntype = "choice"', 3, "There is nothing to choose from"),
    ('field = "extra.note"\nask = "?"\nchoices = { a = "b" }', 3, "offers choices, but its type is “text”"),
    ('field = "extra.Note 1"\nask = "?"', 1, "not a name that a template can use"),
    ('field = "extra"\nask = "?"', 1, 'field = "extra.tracking_number"'),
    ('feild = "extra.note"\nask = "?"', 1, "“feild” is not part of a question. Did you mean field?"),
    ('ask = "?"', 0, "does not say which answer it asks for"),
    ('field = "request.channel"\nask = "again?"', 0, "asked twice. It is first asked at prompts/request.toml, line "),
    ('field = "request.sought"\ntype = "text"\nask = "?"', 2, "The program already knows this about the field"),
    ('field = "extra.a"\nask = "?"\nchoices = "x"\ntype = "choice"', 3, "must give each value its wording"),
    ('field = "extra.a"\nask = "?"\nwhen = { kidn = "denial" }', 3, "Did you mean kind?"),
    ('field = "extra.a"\nask = "?"\nunless = "denial"', 3, "“unless” must list fields"),
    ('field = "extra.a"\nask = "?"\ndefault_by = { date = "x" }', 3, "“default_by” must name a field"),
    ('field = "extra.a"\nask = "?"\ndefault_from = "request.requester.agancy"', 3, "Did you mean request.requester.a"),
    ('field = "extra.a"\nask = "?"\nwhen = { "request.access" = "targetted" }', 3, "Did you mean targeted?"),
    ('field = "extra.a"\nask = "?"\nwhen = { "request.released" = "yes" }', 3, "Write true or false."),
    ('field = "extra.a"\nask = "?"\nitem = [{ field = "x" }]', 3, "“item” is only for a field that is a list of"),
    ('field = "extra.a"\nask = "?"\ntype = "date"\ndefault = "next week"', 4, "“next week” is not a date"),
    ('field = "extra.a"\nask = "?"\ntype = "yes-no"\ndefault = "maybe"', 4, "Expected: true or false"),
    ('field = "extra.a"\nask = "?"\nrequired = "yes"', 3, "must be true or false"),
    ('field = "extra.a"\nask = "?"\nhelp = 5', 3, "“help” must be text"),
    ('field = "copies"\nask = """\nhelp = 5\n"""\nhepl = "x"', 5, "Did you mean help?"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "line", "said"), MISTAKES, ids=[each[2][:40] for each in MISTAKES])
def test_a_mistake_in_a_question_is_named_with_file_line_and_a_fix(own: Path, entry: str, line: int, said: str) -> None:
    before = add(own, f"{QUESTION}{entry}\n")
    with pytest.raises(LibraryAtFault) as caught:
        load_questionnaire(Library(own), "denial")
    (found,) = [problem for problem in caught.value.problems if said in str(problem)]
    assert f"prompts/denial.toml, line {before + 5 + line}, question " in found.where


FILES = [
    ('[[sction]]\ntitle = "More"\n', 1, "Did you mean section?"),
    ('[[section]]\ntitel = "More"\n', 2, "Did you mean title?"),
    ('[[section]]\n', 1, "The section has no title"),
    ('[[section]]\ntitle = "x"\n[[section.qestion]]\nfield = "reference"\n', 3, "Did you mean question?"),
    ('[[section]]\ntitle = "x"\nquestion = "y"\n', 3, "Begin each question with"),
    ('[set]\n"request.acess" = "bulk"\n', 1, "Did you mean request.access?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said"), FILES, ids=[each[2][:40] for each in FILES])
def test_a_mistake_outside_the_questions_is_named_too(own: Path, text: str, line: int, said: str) -> None:
    before = add(own, f"\n{text}")
    with pytest.raises(LibraryAtFault) as caught:
        load_questionnaire(Library(own), "denial")
    (found,) = [problem for problem in caught.value.problems if said in str(problem)]
    assert f"prompts/denial.toml, line {before + 1 + line}" in found.where


def test_mistakes_in_the_parts_of_an_entry_have_their_own_lines(own: Path) -> None:
    file = own / "prompts" / "letter.toml"
    text = file.read_text(encoding="utf-8")
    place = text[: text.index('field = "said"')].count("\n") + 1
    file.write_text(text.replace('field = "said"', 'field = "sayd"'), encoding="utf-8")
    with pytest.raises(LibraryAtFault) as caught:
        load_questionnaire(Library(own), "denial")
    said = str(caught.value)
    assert f"prompts/letter.toml, line {place}, question earlier_letters, sayd" in said
    assert "Did you mean said?" in said
    assert "No item asks for said, which every entry must have." in said


def test_every_mistake_is_reported_at_once_and_a_file_that_is_no_toml_with_its_line(own: Path) -> None:
    add(own, f'{QUESTION}field = "extra.a"\nask = 1\nhlep = "x"\n')
    with pytest.raises(LibraryAtFault) as caught:
        load_questionnaire(Library(own), "denial")
    assert len(caught.value.problems) == 2
    before = add(own, "\nask = \n")
    with pytest.raises(LibraryAtFault, match=f"denial.toml, line {before + 2}: The value"):
        load_questionnaire(Library(own), "denial")
