"""Kinds that answer no records request: a form of the office's own, or none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers.documents import docx, paragraph
from helpers.reading import words

from letters.approval.approve import kind_problems
from letters.assembly.assembler import Assembler
from letters.authoring.scaffold.new_kind import new_kind
from letters.errors import InvalidAnswers, LibraryAtFault, Usage
from letters.interview import interview, navigation
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.linter.lint import lint_library
from letters.model.fields import fields_of
from letters.model.json_schema import schema_of

KIND = "own-records"
LINES = (
    "{{ date }}",
    "{{ recipient.address_block }}",
    "{{ salutation }}",
    "Permit {{ permit_number }}{% if with_fee %} costs {{ fee }}{% endif %}.",
)


@pytest.fixture
def answers(assembler: Assembler) -> dict[str, Any]:
    return dict(assembler.samples(KIND)["sample.toml"])


def written(assembler: Assembler, answers: dict[str, Any]) -> str:
    return words(assembler.make(assembler.check(answers), ["docx"]).files["docx"])


def test_a_letter_to_a_person_about_her_own_records_is_not_asked_for_an_agency(assembler: Assembler) -> None:
    asked = [question.field.name for question in load_questionnaire(assembler.library, KIND).questions]
    assert not [name for name in asked if name.startswith("request.")]
    assert {"extra.received", "recipient.name", "date", "language", "signatory"} <= set(asked)
    assert not [name for name in fields_of(KIND, "own-records-request") if name.startswith("request")]
    schema = schema_of(KIND, assembler.rulebook)
    assert "request" not in schema["properties"]
    assert "recipient" in schema["required"]


def test_its_letters_say_what_is_so_in_two_languages(assembler: Assembler) -> None:
    letters = {name: written(assembler, answers) for name, answers in assembler.samples(KIND).items()}
    assert (
        "the records of the wages that employers reported for you and the decisions on your claims"
        in letters["sample.toml"]
    )
    assert "January 1, 2024 to" not in letters["sample.toml"]
    assert "A copy of the records you asked for is enclosed." in letters["sample.toml"]
    assert "does not yet have your signed, written release" in letters["sample-unsigned.toml"]
    assert "Estimada Sra. Ejemplo:" in letters["sample.es.toml"]
    assert "los registros de los salarios que los empleadores declararon a su nombre" in letters["sample.es.toml"]
    assert "del 1 de enero de 2024 al 31 de diciembre de 2025" in letters["sample.es.toml"]


def test_it_is_refused_a_request_and_wants_a_recipient(assembler: Assembler, answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidAnswers, match="answers no records request"):
        assembler.check({**answers, "request": {"channel": "email"}})
    recipient = {key: value for key, value in answers["recipient"].items() if key not in ("name", "address")}
    with pytest.raises(InvalidAnswers) as raised:
        assembler.check({**answers, "recipient": recipient})
    assert {problem.field for problem in raised.value.problems} == {"recipient.name", "recipient.address"}
    with pytest.raises(InvalidAnswers, match=r"extra\.records"):
        assembler.check({**answers, "extra": {**answers["extra"], "records": []}})


def test_the_interview_asks_the_form_first_and_gives_no_advice_on_requests(assembler: Assembler) -> None:
    state = interview.start(
        assembler.library, assembler.rulebook, {}, date(2026, 3, 10), kind=KIND, advice=assembler.advice
    )
    step = navigation.current_step(state)
    assert step.question is not None
    assert step.question.field.name == "extra.received"


def test_scaffold_makes_a_kind_without_a_request(own: Path) -> None:
    data = docx("".join(map(paragraph, LINES)))
    assembler = Assembler(Library(own))
    made = new_kind(assembler, "permit-notice", data, "permit.docx", "none")
    for file, content in made.files.items():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    now = Assembler(Library(own))
    assert kind_problems(now, "permit-notice", ["docx"]) == []
    asked = {question.field.name: question for question in load_questionnaire(now.library, "permit-notice").questions}
    assert "extra.fee" in asked
    assert asked["extra.fee"].when == {"extra.with_fee": True}
    assert asked["extra.fee"].field.required
    sample = now.samples("permit-notice")["sample.toml"]
    assert "Permit [permit number] costs [fee]." in written(now, sample)
    without_fee = {**sample, "extra": {"permit_number": "17", "with_fee": False}}
    assert "Permit 17." in written(now, without_fee)


def test_scaffold_begins_a_form_of_the_offices_own(own: Path) -> None:
    assembler = Assembler(Library(own))
    data = docx("".join(map(paragraph, LINES)))
    made = new_kind(assembler, "permit-notice", data, "permit.docx", "permit-application")
    assert own / "prompts" / "permit-application.toml" in made.files
    assert 'form = "permit-application"' in made.files[own / "templates" / "permit-notice" / "kind.toml"].decode()
    with pytest.raises(Usage, match="cannot be named"):
        new_kind(assembler, "permit-notice", data, "permit.docx", "Permit Form")


def test_a_form_that_does_not_exist_is_named(own: Path) -> None:
    file = own / "templates" / KIND / "kind.toml"
    file.write_text(file.read_text("utf-8").replace("own-records-request", "own-record-request"), "utf-8")
    with pytest.raises(LibraryAtFault, match="There is no form “own-record-request”"):
        _ = Library(own).kinds


def test_a_library_may_have_no_records_request_at_all(own: Path) -> None:
    for folder in list((own / "templates").iterdir()):
        if folder.is_dir() and folder.name not in (KIND, "shared", ".vetted"):
            shutil.rmtree(folder)
    (own / "prompts" / "advice.toml").unlink()
    library = Library(own)
    assembler = Assembler(library)
    assert load_questionnaire(library, "").questions == ()
    state = interview.start(library, assembler.rulebook, {}, date(2026, 3, 10), advice=assembler.advice)
    assert navigation.current_step(state).what == "kind"
    errors = [each for each in lint_library(assembler).findings if each.severity == "error" and KIND in each.kinds]
    assert errors == []


def test_rows_become_such_letters(letters: Callable[..., Any], tmp_path: Path) -> None:
    row = {
        "recipient.name": "Ana Example", "recipient.greeting": "Sra. Example", "recipient.email": "ana@mail.example",
        "language": "es", "delivery": "email", "date": "2026-03-10", "signatory": "chief-counsel",
        "extra.received": "2026-03-02", "extra.channel": "email", "extra.records": "wages", "extra.signed": "no",
    }  # fmt: skip
    (tmp_path / "rows.jsonl").write_text(json.dumps(row), "utf-8")
    done = letters("batch", "rows.jsonl", "--kind", KIND, "--out", "out", "--format", "docx", "--draft")
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "out").glob("*.docx")
    assert "Ana-Example" in file.name
    assert "Estimada Sra. Example:" in words(file.read_bytes())
