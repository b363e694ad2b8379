"""A library of one's own: the office's details, what it chose, and a page that explains the templates."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pexpect
import pytest
from helpers import KINDS, ROOT
from helpers.documents import docx, paragraph

from letters._system.output import write_all
from letters.approval.approve import check_before_approval
from letters.assembly.assembler import Assembler
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.filters import FILTERS
from letters.assembly.template.template import Template
from letters.assembly.template_context import PROVIDED
from letters.authoring.init.guide import FILTERS_SHOWN, KEPT, TAGS_SHOWN, guide
from letters.authoring.init.new_library import new_library, office_of
from letters.authoring.init.office_details import checked, details, office_file, office_from
from letters.authoring.init.office_interview import KINDS as KINDS_ASKED
from letters.authoring.init.office_interview import OfficeInterview
from letters.authoring.init.sample_names import OwnNames
from letters.cli.ask_lines import forms_of_kinds
from letters.docx.package import open_package
from letters.errors import InvalidAnswers, LibraryAtFault
from letters.library.library import Library
from letters.linter.lint import lint
from letters.model.fields import fields_of
from letters.model.office import Office
from letters.pdf.pdf_file import pdf_words

OFFICE = tomllib.loads((ROOT / "templates" / "office.toml").read_text(encoding="utf-8")) | {
    "name": "Arizona Department of Testing",
    "signatory": [{"id": "general-counsel", "name": "Pat Ownname", "title": "General Counsel"}],
}


def found(folder: Path, kinds: Iterable[str] = KINDS, bases: Iterable[str] | None = None) -> Assembler:
    made = new_library(Assembler(Library(ROOT)), OFFICE, list(kinds), None if bases is None else list(bases))
    write_all({folder / name: data for name, data in made.files.items()})
    return Assembler(Library(folder))


def test_a_whole_library_writes_every_letter_in_the_office_s_own_name(tmp_path: Path, letters: Any) -> None:
    assembler = found(tmp_path / "own")
    for kind in KINDS:
        answers = assembler.samples(kind)["sample.toml"]
        package = open_package(assembler.make(assembler.check(answers), ["docx"]).files["docx"], kind)
        words = "".join("".join(package.xml(part).itertext()) for part in package.parts if part.endswith(".xml"))
        assert "Arizona Department of Testing" in words
        assert "Pat Ownname" in words
        assert "DRAFT" in words  # nobody has vetted it yet
    done = letters("check", cwd=tmp_path / "own")  # found by letters.toml
    assert done.returncode == 0, done.stdout


def test_only_what_was_chosen_is_copied_and_what_that_needs(tmp_path: Path) -> None:
    wanted = ["cfr-603-4", "nm-51-1-32", "nmac-106-c", "nmac-106-d"]
    made = new_library(Assembler(Library(ROOT)), OFFICE, ["contact-notice"], wanted)
    write_all({tmp_path / name: data for name, data in made.files.items()})
    assembler = Assembler(Library(tmp_path))
    assert list(assembler.library.kinds) == ["contact-notice"]
    assert {file.stem for file in (tmp_path / "templates" / "shared").glob("*.docx")} == set(
        assembler.template("contact-notice").passages
    )
    assert set(assembler.rulebook.bases) == {*wanted, *made.kept}
    assert len(assembler.rulebook.bases) < len(Assembler(Library(ROOT)).rulebook.bases)
    assert all(made.kept.values()), "each says which file needs it"
    told = (tmp_path / "README.md").read_text(encoding="utf-8").partition(f"## {KEPT}\n")[2]
    assert [line for line in told.splitlines() if line.startswith("| `")] == [
        f"| `{basis}` | {', '.join(needing)} |" for basis, needing in made.kept.items()
    ]
    assert (assembler.rulebook.conditions, assembler.rulebook.objections, assembler.rulebook.reasons) == ({}, {}, {})
    assert assembler.rulebook.showing, "a contact notice says what a request should state"
    assert assembler.rulebook.records
    assert not (tmp_path / "templates" / "vetted.toml").exists()
    law = (tmp_path / "templates" / "legal_basis.toml").read_text(encoding="utf-8")
    assert law.startswith("# What our letters may cite.")


def test_a_choice_leaves_nothing_to_fix_and_comments_unchanged(tmp_path: Path, letters: Any) -> None:
    found(tmp_path, ["denial"], ["cfr-603-4", "nm-51-1-32", "nmac-106-c", "nmac-106-d", "cfr-603-9", "cfr-603-10"])
    here = (tmp_path / "prompts" / "request.toml").read_text(encoding="utf-8")
    assert here == (ROOT / "prompts" / "request.toml").read_text(encoding="utf-8")
    done = letters("check", "--library", tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_new_library_has_no_notes_on_letters_it_does_not_have(tmp_path: Path) -> None:
    found(tmp_path, ["denial", "acknowledgment"])
    (tmp_path / "templates" / "contradictions.toml").unlink()  # trying them all is another test's matter
    assert {each.code for each in lint(tmp_path, day=date(2026, 11, 30)).findings} == {"stale-law"}


def test_law_that_must_be_cited_together_is_kept_together_and_a_new_library_passes_check(tmp_path: Path) -> None:
    elsewhere = OFFICE | {"state": "Franklin"}
    made = new_library(Assembler(Library(ROOT)), elsewhere, ["conditional-approval"], [])
    assert any("with which it must be cited" in reason for reasons in made.kept.values() for reason in reasons)
    write_all({tmp_path / name: data for name, data in made.files.items()})
    (tmp_path / "templates" / "contradictions.toml").unlink()  # trying them all is another test's matter
    report = lint(tmp_path)
    assert not report.has_errors, [str(each) for each in report.findings if each.severity == "error"]
    foreign = [each for each in report.findings if each.code == "foreign-law"]
    assert foreign, "nobody has vetted anything, so it is only what is left to do"
    with pytest.raises(LibraryAtFault, match="Law of New Mexico does not bind an office of Franklin"):
        check_before_approval(Assembler(Library(tmp_path)), ["conditional-approval"], date(2026, 11, 30))


def test_what_is_left_out_asks_for_nothing_of_what_stays() -> None:
    """The guide advises letters that were not chosen, and a sample cites law that is kept for what cites it."""
    made = new_library(Assembler(Library(ROOT)), OFFICE, ["acknowledgment", "policy-statement"], ["ssa-303-a-1"])
    assert any("ipra-14-2-10" in reason or "rule " in reason for reasons in made.kept.values() for reason in reasons)
    sample = tomllib.loads(made.files["templates/policy-statement/sample.toml"].decode())
    assert {"ssa-303-a-1", "cfr-603-4"} <= set(sample["legal_basis"]), "which must be cited with it"


def test_the_samples_name_the_office_s_own_people() -> None:
    me = {"name": 'Pat "P" Ownname', "title": "Director", "telephone": "1", "email": "pat@city.example"}
    office = OFFICE | {"short_name": "the City", "contact": me, "records_custodian": me}
    office["signatory"] = [{"id": "pat", "name": me["name"], "title": "Director"}]
    made = new_library(Assembler(Library(ROOT)), office, ["denial"], None)
    text = made.files["templates/denial/sample.toml"].decode()
    sample = tomllib.loads(text)
    assert sample["responsible"] == [{"name": 'Pat "P" Ownname', "title": "Director"}], "one person is listed once"
    assert sample["copies"] == ['Pat "P" Ownname, Director']
    assert "the City\u2019s database" in sample["request"]["sought"]
    words = open_package(made.files["templates/shared/reservation.docx"], "reservation")
    assert "the City" in "".join(words.xml(words.main).itertext())
    others = {name: data.decode() for name, data in made.files.items() if name.endswith(".toml")}
    left = [
        line for text in others.values() for line in text.splitlines() if re.search(r"[Tt]he Department\b(?! of)", line)
    ]
    assert all(line.startswith("#") for line in left)
    assert not re.search("Morgan|Casey|Harper|the Department", re.sub("(?m)^#.*", "", text))


def test_requesters_in_the_samples_of_another_state_do_not_rely_on_the_law_of_the_first() -> None:
    old, cites = {"state": "Franklin", "name": "F"}, 'authority = "11.3.100.106(D) NMAC"\n'
    sample = f'{cites}# {cites}authority = "8 U.S.C. § 1373"\n'.encode()
    theirs, same = (
        OwnNames.of(old, {"state": state, "name": "F"}).put_into(sample) for state in ("Jefferson", "Franklin")
    )
    assert same == sample
    assert theirs == sample.replace(b"11.3.100.106(D) NMAC", b"the law of Jefferson", 1)


def test_office_toml_says_what_each_line_is_and_reads_back_the_same() -> None:
    text = office_file(OFFICE)
    assert Office.model_validate(tomllib.loads(text)) == Office.model_validate(OFFICE)
    for name, info in Office.model_fields.items():
        if name in OFFICE:
            assert info.description
            assert info.description in text


def test_everything_the_model_of_an_office_needs_is_asked() -> None:
    answers = {detail.name: detail.default or detail.example for detail in details()}
    office = office_from(answers)
    assert Office.model_validate(office).signatory[0].id == answers["signatory.1.id"]
    assert office["address"].count("\n") == 1
    assert office_from(answers | {"address": "c/o Mail Room, 1 1/2 Main St / Tulsa"})["address"].count("\n") == 1
    with pytest.raises(LibraryAtFault) as caught:
        office_from(answers | {"email": "nowhere", "name": ""})
    assert {problem.field for problem in caught.value.problems} == {"email", "name"}


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("email", "nowhere", "is not an email address"),
        ("signatory.1.id", "A B", "is not a short name, which has lowercase letters"),
        ("name", "a\x07", "control"),
        ("time_zone", "America/Phonix", "Did you mean America/Phoenix?"),
        ("time_zone", "EST", "Did you mean America/New_York?"),
        ("language", "english", "is not the tag of a language"),
        ("accepts_service", "the Clerk, on any day.", "ends with a punctuation mark"),
        ("date_order", "day first", "Write one of: month-first, day-first"),
        ("calendar.country", "USA!", "The public holidays of USA! are not known"),
        ("calendar.subdivision", "Franklin", "The public holidays of Franklin are not known. Write its two letters"),
        ("window_envelope", "perhaps", "Type yes or no"),
    ],
)
def test_a_wrong_answer_is_reported_at_once_where_possible(name: str, typed: str, said: str) -> None:
    (detail,) = [detail for detail in details() if detail.name == name]
    assert said in detail.problem_with(typed, {"calendar.country": "US"})
    right = {"calendar.subdivision": "NM", "window_envelope": "no"}.get(name, detail.example or detail.default)
    assert not detail.problem_with(right)
    assert not detail.problem_with(right, {"calendar.subdivision": "ZZ"} if name == "calendar.country" else {})


def test_a_mistake_in_the_file_of_answers_is_named() -> None:
    for wrong, said in (
        ({"time_zone": "Arizona"}, "time zone"),
        ({"language": "english"}, "not the tag of a language"),
        ({"calendar": {"country": "US", "subdivision": "Franklin"}}, "subdivision: The public holidays of Franklin"),
    ):
        with pytest.raises(LibraryAtFault, match=said):
            checked(OFFICE | wrong)
    for text, said in (("name = “x”", "are curly"), ("kinds = 5", "kinds is not a list"), ("bases = [{}]", "bases is")):
        with pytest.raises(InvalidAnswers, match=said):
            office_of(text.encode(), "office.toml")


# --- the page that explains ---


def test_the_page_names_every_filter_every_name_and_every_tag() -> None:
    text = guide("The Office", list(Library(ROOT).kinds.values()), {})
    rows = set(re.findall(r"^\| `([^`]+)` \|", text, re.M))
    assert set(FILTERS) <= rows
    assert set(FILTERS) == set(FILTERS_SHOWN)
    assert set(PROVIDED) <= rows
    assert set(fields_of("")) <= rows
    assert set(KINDS) <= rows
    for word in ("if", "elif", "else", "endif", "for", "endfor", "include"):
        assert re.search(rf"\b{word}\b", text)


def test_every_example_on_the_page_does_what_it_says(assembler: Assembler) -> None:
    (answers,) = assembler.samples("denial").values()
    letter = assembler.check({**answers, "copies": ["one", "two", "three"]})
    context = assembler.context(letter)
    shown = [tag for tag, _ in FILTERS_SHOWN.values()]
    template = Template.compile(docx("".join(map(paragraph, shown))), "page")
    data = template.fill(context, DocumentProperties(title="t", author="a", language="en-US", dated=letter.date))
    package = open_package(data, "page")
    printed = ["".join(each.itertext()) for each in package.xml(package.main).iter("{*}p")]
    assert "Friday, August 2" in printed
    assert "one, two, and three" in printed
    assert "3 copies" in printed
    assert "OGC-2019-0142" in printed
    assert not any("{" in words for words in printed)


def test_every_tag_on_the_page_is_one_a_template_may_hold(assembler: Assembler) -> None:
    tags = [tag.replace(" … ", " x ") for tag, _ in TAGS_SHOWN]
    lines = []
    for tag in tags:
        if tag.startswith("{%tr for"):
            continue  # needs a table, which the repeat denial has
        lines.append(tag)
        lines += ["words"] if tag.startswith(("{%p if", "{%p for")) else []
    Template.compile(docx("".join(map(paragraph, lines))), "page", assembler.passages)


# --- the command ---


def test_answers_come_from_a_file_in_a_script(tmp_path: Path, letters: Any) -> None:
    text = office_file(OFFICE)
    chosen = 'kinds = ["contact-notice"]\nbases = ["cfr-603-4"]\n'
    (tmp_path / "office.toml").write_text(chosen + text, encoding="utf-8")
    done = letters("init", "own", "--answers", "office.toml")
    assert done.returncode == 0, done.stderr
    names = {Path(line).relative_to("own").as_posix() for line in done.stdout.split()}
    assert {"letters.toml", "README.md", ".gitattributes", "templates/office.toml"} <= names
    workflow = (tmp_path / "own" / ".github" / "workflows" / "letters.yml").read_text(encoding="utf-8")
    assert "letters check" in workflow
    assert len(done.stderr.splitlines()) == 2, "however many legal bases are kept"
    assert re.match(rf"Kept \d+ more legal bases than you chose\. .* README\.md, under “{KEPT}”", done.stderr)
    listed = letters("kinds", cwd=tmp_path / "own")
    assert listed.stdout.startswith("contact-notice\n")
    for taken, why in (("own", "is not empty"), ("office.toml", "is a file")):
        again = letters("init", taken, "--answers", "office.toml")
        assert again.returncode == 4
        assert why in again.stderr


def test_without_a_terminal_or_a_file_it_says_what_to_do(letters: Any) -> None:
    done = letters("init", "own")
    assert done.returncode == 2
    assert "--answers FILE" in done.stderr


def interview(folder: Path) -> OfficeInterview:
    library = Library(ROOT)
    return OfficeInterview.of(Assembler(library), folder / "own", folder / "drafts", forms_of_kinds(library))


def test_what_was_typed_is_there_again_after_an_interruption(tmp_path: Path) -> None:
    first = interview(tmp_path)
    first.answer("Typed Office")
    first.answer("New Mexico")
    again = interview(tmp_path)
    assert again.answers == {"name": "Typed Office", "state": "New Mexico"}
    assert again.question is not None
    assert again.question.name == "short_name"
    assert again.file is not None
    assert again.file.stat().st_mode & 0o077 == 0, "only its owner may read it"
    again.file.write_text("name = \n", encoding="utf-8")
    assert interview(tmp_path).answers == {}, "a damaged file is no reason not to begin"
    again.forget()
    assert not again.file.exists()


def test_one_goes_back_and_keeps_what_was_typed_later(tmp_path: Path) -> None:
    asked = interview(tmp_path)
    assert not asked.back()
    for typed in ("One", "Two", "Three"):
        asked.answer(typed)
    assert all((asked.back(), asked.back(), asked.back()))
    assert not asked.back(), "this is the first question"
    asked.answer("One")
    assert asked.question is not None
    assert asked.question.name == "state"
    asked.answer("Other")
    assert asked.answers == {"name": "One", "state": "Other", "short_name": "Three"}
    asked.ask_again(["signatory.1.id", "email"])
    assert asked.question.name == "email"
    asked.ask_again(["signatory"])
    assert asked.question.name == "signatory.1.name"


def test_choices_are_numbers_or_names_and_nothing_else(tmp_path: Path) -> None:
    asked = interview(tmp_path)
    names = list(Library(ROOT).kinds)
    asked.ask_again([KINDS_ASKED])
    assert asked.problem_with("99") == f"Type numbers from 1 to {len(names)}."
    assert asked.problem_with("one")
    assert asked.problem_with("2-1")
    asked.answer("1, 3-4")
    assert asked.chosen(KINDS_ASKED) == [names[number] for number in (0, 2, 3)]
    assert asked.question is None, "one correction is one question"
    asked.ask_again(["bases"])
    asked.answer("")
    assert asked.chosen("bases") is None
    assert asked.question is None


def test_what_goes_out_with_the_letters_goes_out_with_those_of_the_new_library_too(tmp_path: Path) -> None:
    assembler = found(tmp_path / "own", ["conditional-approval"], ["cfr-603-4"])
    answers = assembler.samples("conditional-approval")["sample.toml"]
    files = assembler.make(assembler.check(answers), ["pdf"]).files
    assert list(files) == ["pdf", "disclosure-agreement.pdf", "return-of-records.pdf"]
    agreement = " ".join(pdf_words(files["disclosure-agreement.pdf"]).body.split())
    assert "Arizona Department of Testing" in agreement
    assert "20 C.F.R. § 603.9" in agreement  # nobody chose it, and the agreement names it
    assert not [each for each in lint(tmp_path / "own").findings if each.severity == "error"]


def test_it_asks_in_a_terminal_and_takes_no_wrong_answer(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "XDG_STATE_HOME": str(tmp_path / "state")}
    command = ["-m", "letters", "init", "own"]
    spawned: Any = {"cwd": str(tmp_path), "env": environment, "encoding": "utf-8", "timeout": 60}
    child = pexpect.spawn(sys.executable, command, **spawned)
    for detail in details():
        child.expect_exact(detail.title)
        child.expect_exact("> ")
        if detail.name == "email":
            child.sendline("nowhere")
            child.expect_exact("is not an email address")
            child.expect_exact("> ")
        if detail.name == "time_zone":
            child.sendline("Arizona")
            child.expect_exact("is not a time zone")
            child.expect_exact("> ")
        if detail.name == "law_name":
            child.sendline("?")
            child.expect_exact(f"{detail.title}\r\n  {detail.description}")
            child.expect_exact("> ")
            child.sendline("<")
            child.expect_exact("Short name [")
            child.expect_exact("> ")
            child.sendline("")
            child.expect_exact(detail.title)
            child.expect_exact("> ")
        typed = {"name": "Typed Office", "time_zone": "America/Phoenix"}.get(detail.name)
        child.sendline(typed or detail.example or detail.default)
        if detail.name == "email":  # nothing is lost: the same command goes on
            child.expect_exact("> ")
            child.sendcontrol("d")
            child.expect_exact(
                "\r\nletters: Stopped. Nothing was written. Your answers are saved; to go on: letters init own"
            )
            child.expect(pexpect.EOF)
            child = pexpect.spawn(sys.executable, command, **spawned)
            child.expect_exact("going on from there")
    child.expect_exact("What do your letters answer?")
    child.expect_exact("2  own-records-request: what “Answer to a person about her own")
    child.expect_exact("> ")
    child.sendline("1")  # requests for records
    child.expect_exact("Which letters do you want?")
    child.expect_exact("> ")
    child.sendline("99")
    child.expect_exact("Type numbers from 1 to 14.")
    child.sendline("2")
    child.expect_exact("Which law may they cite?")
    child.expect_exact("  United States\r\n   1  ssa-303-a-1: ")
    child.expect_exact("20 of 40 shown. Type + for more, or words to see the lines that have them.")
    child.sendline("+")
    child.expect_exact("  New Mexico\r\n")
    child.expect_exact("40 of 40 shown. Type words")
    child.sendline("+")
    child.expect_exact("There are no more.")
    child.sendline("moon")
    child.expect_exact("No line has “moon”.")
    child.sendline("NEW MEXICO 51-1-32")
    child.expect_exact("  New Mexico\r\n")
    child.expect_exact("nm-51-1-32: NMSA")
    child.sendline("99")
    child.expect_exact("Type numbers from 1 to 40.")
    child.sendline("<")  # other letters may cite other law
    child.expect_exact("Which letters do you want?")
    child.sendline("4")
    child.expect_exact("Which law may they cite?")
    child.sendline("")
    child.expect_exact("Nothing is vetted yet")
    child.expect(pexpect.EOF)
    library = Library(tmp_path / "own")
    assert list(library.kinds) == ["contact-notice"]
    office = Assembler(library).office
    assert (office.name, office.time_zone) == ("Typed Office", "America/Phoenix")
