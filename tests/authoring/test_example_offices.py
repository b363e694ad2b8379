"""The example offices: another State's law and letters without any law, made without a line of Python."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.errors import InvalidAnswers
from letters.library.library import Library
from letters.linter.lint import lint
from letters.model.fields import put

EXAMPLES = {
    "washington": ["public-records-denial", "agency-application", "subpoena-return"],
    "city-records": ["fee-estimate", "records-ready"],
}
LETTERS = [(office, kind) for office, kinds in EXAMPLES.items() for kind in kinds]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assembler]:
    """Each example office as `letters init` gives it to a user."""
    found = {}
    for name in EXAMPLES:
        folder = tmp_path_factory.mktemp("offices") / name
        assert main(["init", str(folder), "--example", name]) == 0
        found[name] = Assembler(Library(folder))
    return found


def sample(office: str, kind: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "examples" / office / "templates" / kind / "sample.toml").read_text(encoding="utf-8"))


def refused(assembler: Assembler, answers: dict[str, Any], **changes: Any) -> str:
    for name, value in changes.items():
        put(answers, name.replace("__", "."), value)
    with pytest.raises(InvalidAnswers) as caught:
        assembler.check(answers)
    return str(caught.value)


@pytest.mark.parametrize("office", EXAMPLES)
def test_an_example_office_has_no_error_and_no_question_too_many(offices: dict[str, Assembler], office: str) -> None:
    assembler = offices[office]
    assert list(assembler.library.kinds) == EXAMPLES[office]
    found = [each for each in lint(assembler.library.root).findings if each.code != "stale-law"]
    assert found == []


@pytest.mark.parametrize("office", EXAMPLES)
def test_an_example_office_holds_text_and_word_files_only(office: str) -> None:
    files = [file for file in (ROOT / "examples" / office).rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".toml", ".docx", ".md", ""}


@pytest.mark.parametrize(("office", "kind"), LETTERS)
def test_it_writes_a_letter_of_each_kind(offices: dict[str, Assembler], office: str, kind: str) -> None:
    assembler = offices[office]
    letter = assembler.check(sample(office, kind))
    assert assembler.is_draft(letter), "nobody has vetted it"
    files = assembler.make(letter, ("docx",)).files
    assert files["docx"][:2] == b"PK"


def test_no_example_office_names_law_that_was_not_its_own() -> None:
    for office in EXAMPLES:
        for file in (ROOT / "examples" / office).rglob("*.toml"):
            assert "NMSA" not in (text := file.read_text(encoding="utf-8")), file
            assert "nmac" not in text, file


# --- the law of Washington ---


def test_a_federal_agency_is_not_in_washington_s_list(offices: dict[str, Assembler]) -> None:
    said = refused(offices["washington"], sample("washington", "agency-application"),
                   request__requester__agency_kind="federal")  # fmt: skip
    assert "RCW 50.13.060(1) names State and local agencies and tribes only" in said


def test_washington_waits_five_days_after_service(offices: dict[str, Assembler]) -> None:
    answers = sample("washington", "agency-application")
    said = refused(offices["washington"], answers, date=date(2026, 3, 9))
    assert "is March 9, 2026, less than five days after the application was served (March 5, 2026)" in said
    put(answers, "date", date(2026, 3, 10))
    assert offices["washington"].check(answers)
    assert "the application must be served" in refused(offices["washington"], answers, extra__served=None)


def test_washington_returns_only_a_subpoena_without_the_finding(offices: dict[str, Assembler]) -> None:
    answers = sample("washington", "subpoena-return")
    assert "meets RCW 50.13.070" in refused(offices["washington"], answers, extra__finding=True)


def test_washington_denies_with_the_exemption_explained(offices: dict[str, Assembler]) -> None:
    answers = sample("washington", "public-records-denial")
    said = refused(offices["washington"], answers, legal_basis=["rcw-42-56-210", "rcw-42-56-550"])
    assert "Add rcw-50-13-020, rcw-42-56-070" in said
    answers = sample("washington", "public-records-denial")
    assert "How the exemption applies" in refused(offices["washington"], answers, extra__how_it_applies=None)


def test_law_nobody_has_read_makes_a_draft(offices: dict[str, Assembler]) -> None:
    assembler = offices["washington"]
    letter = assembler.check(sample("washington", "subpoena-return"))
    assert assembler.why_draft(letter) == (
        "The letter is a draft, because nobody has read the text of WAC 192-15-520 yet."
    )


# --- the city ---


def test_a_city_has_rules_of_its_own(offices: dict[str, Assembler]) -> None:
    city = offices["city-records"]
    said = refused(city, sample("city-records", "fee-estimate"), extra__deposit_due=date(2026, 4, 17))
    assert "is April 17, 2026, less than ten business days after the letter" in said
    said = refused(city, sample("city-records", "records-ready"), extra__hold_until=date(2026, 5, 31))
    assert "is May 31, 2026, a day on which the office is closed" in said
    assert city.rulebook.bases == {}


# --- letters init --example ---


def test_an_example_that_does_not_exist_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "x"), "--example", "washingtn"]) == 2
    assert "Did you mean washington?" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "x"), "--example", "washington", "--answers", "a.toml"]) == 2
    assert "copies a library as it is" in capsys.readouterr().err
