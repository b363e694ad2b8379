"""What is confidential stays so: in files, in messages, and in the letter itself."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import helpers.documents as word
import pytest
from helpers import KINDS, ROOT
from helpers.batches import rows, save

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.docx.package import Packed, members_of, open_package, write_package
from letters.errors import InvalidAnswers, Problem, TemplateAtFault
from letters.interview.applicability import applies
from letters.interview.drafts import SavedAnswers, format_answers
from letters.interview.interview import start
from letters.interview.session import Session
from letters.library.answers import write_answers
from letters.library.prompts import load_questionnaire
from letters.model.fields import fields_of
from letters.privacy.disclosure_scan import DisclosureScan
from letters.privacy.redaction import Redactor

Sample = Callable[[str], dict[str, Any]]
ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="rights of files are kept otherwise there")
SECRET = "Zyxwvut Fabrication LLC"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask() -> Any:
    """Sets the umask for one test."""
    before = os.umask(0)
    os.umask(before)
    yield os.umask
    os.umask(before)


# --- files -----------------------------------------------------------------------------------------------------------


@ON_POSIX
def test_an_interview_makes_an_open_drafts_folder_private(
    assembler: Assembler, sample: Sample, tmp_path: Path, umask: Callable[[int], int]
) -> None:
    drafts, out = tmp_path / "state" / "drafts", tmp_path / "out"
    drafts.mkdir(parents=True)
    drafts.chmod(0o777)
    umask(0o000)
    saved = SavedAnswers(sample("denial"))
    session = Session(assembler, "denial", saved, now=datetime(2019, 8, 2), drafts=drafts, out=out, number=1)
    session.save()
    (draft,) = drafts.iterdir()
    assert (mode(drafts), mode(draft)) == (0o700, 0o600)
    kept = session.finish(["docx"])[0][0]
    assert kept.suffix == ".toml"
    assert mode(kept) == 0o600
    assert list(drafts.iterdir()) == []


@ON_POSIX
def test_files_of_bad_rows_and_reports_are_readable_by_their_owner_only(
    tmp_path: Path, umask: Callable[[int], int]
) -> None:
    umask(0o000)
    table = save(tmp_path / "rows.csv", rows(1, date="nonsense"))
    report, bad = tmp_path / "report.json", tmp_path / "bad.csv"
    given = ["--library", str(ROOT), "--kind", "denial", "--out", str(tmp_path / "out"), "--workers", "1"]
    assert main(["batch", str(table), *given, "--report", str(report), "--skip-bad", "--bad", str(bad)]) == 1
    assert (mode(report), mode(bad)) == (0o600, 0o600)


# --- messages --------------------------------------------------------------------------------------------------------


def test_answers_about_persons_and_employers_are_marked_confidential() -> None:
    marked = {field.name for field in fields_of("denial").values() if field.confidential}
    assert {"request.subjects", "request.quoted", "request.explanation", "request.justification"} <= marked
    assert "request.requester.agency" not in marked


def test_a_message_names_the_field_and_not_the_confidential_answer(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["subjects"] = [SECRET, SECRET]
    with pytest.raises(InvalidAnswers) as refusal:
        assembler.check(answers)
    told = str(refusal.value)
    assert "request.subjects" in told
    assert "second time" in told
    assert "Zyxwvut" not in told


def test_a_citation_is_quoted_and_a_confidential_answer_beside_it_is_not(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["enclosures"] = [f"A copy of 99 U.S.C. § 99999 for {SECRET}"]
    answers["request"]["subjects"] = [SECRET]
    with pytest.raises(InvalidAnswers) as refusal:
        assembler.check(answers)
    assert "99 U.S.C. § 99999" in str(refusal.value)
    assert "Zyxwvut" not in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            f"Word has “for {SECRET} of”, the PDF has “x”.",
            "Word has “for [Persons or employers named] of”, the PDF has “x”.",
        ),
        (
            "Words run off page 2: “records of Zyxwvut Fabrication”.",
            "Words run off page 2: “[Persons or employers named]”.",
        ),
        ("The text “Zyxwvut” is hidden.", "The text “[Persons or employers named]” is hidden."),
        ("No letter holds 123-45-6789.", "No letter holds •••-••-••••."),
        ("Write “no” or “yes”.", "Write “no” or “yes”."),
    ],
)
def test_words_of_a_letter_are_quoted_without_what_is_confidential(said: str, told: str) -> None:
    answers = {"request": {"subjects": [SECRET]}}
    secrets = Redactor(answers, fields_of("denial").values())
    assert secrets.redact(Problem(said)).message == told


def test_a_batch_reports_a_bad_row_without_what_is_confidential(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"request.subjects.1": f"{SECRET}\x07", "request.subjects.2": SECRET, "reference": "123-45-6789 \x07"}
    table = save(tmp_path / "rows.csv", rows(1, **columns))
    report = tmp_path / "report.json"
    given = ["--library", str(ROOT), "--kind", "denial", "--out", str(tmp_path / "out"), "--workers", "1", "--drafts"]
    assert main(["batch", str(table), *given, "--report", str(report)]) == 1
    found = json.loads(report.read_text(encoding="utf-8"))["problems"]
    told = report.read_text(encoding="utf-8") + "".join(capsys.readouterr())
    assert {each["field"] for each in found} >= {"request.subjects.1", "reference"}
    assert "Zyxwvut" not in told
    assert "123-45-6789" not in told


def test_a_question_added_by_the_office_may_be_confidential(tmp_path: Path) -> None:
    from letters.library.extra_questions import extra_field

    field = extra_field({"field": "extra.claimant", "ask": "Who?", "confidential": True})
    secrets = Redactor({"extra": {"claimant": SECRET}}, [field])
    assert secrets.redact_text(f"Nobody is called {SECRET}.") == "Nobody is called [Claimant]."


# --- the letter ------------------------------------------------------------------------------------------------------

NUMBERS = [
    "123-45-6789",
    "123 45 6789",
    "123.45.6789",
    "123\u201345\u20136789",
    "123\u201145\u20116789",
    "123\u00a045\u00a06789",
]


@pytest.mark.parametrize("kind", KINDS)
def test_no_sample_letter_is_refused(assembler: Assembler, kind: str) -> None:
    for answers in assembler.samples(kind).values():
        assert assembler.make(assembler.check(answers), ["docx"]).notes == ()


@pytest.mark.parametrize("number", NUMBERS)
def test_answers_that_state_a_number_are_refused(assembler: Assembler, sample: Sample, number: str) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = f"the wage records of the person with the number {number}"
    with pytest.raises(InvalidAnswers) as refusal:
        assembler.check(answers)
    (problem,) = refusal.value.problems
    assert problem.field == "disclosure"
    assert "request.sought states a social security number" in problem.message
    assert "6789" not in str(refusal.value)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_letter_that_states_a_number_is_refused(number: str) -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        DisclosureScan().check(members_of(finished(word.paragraph(f"The number is {number}."))), "The letter")
    (problem,) = refusal.value.problems
    assert problem.code == "social-security-number"
    assert "body, paragraph" in problem.where
    assert "disclosure" in problem.hint
    assert "6789" not in str(refusal.value)


def test_what_counsel_typed_into_the_word_letter_is_noted(assembler: Assembler) -> None:
    docx = word.docx(word.paragraph("The number is 123-45-6789, and the fee is $20."))
    (note,) = [each for each in assembler.converter.convert(docx, "edited.docx").notes if "states a" in each.message]
    assert note.message == "The letter states a social security number."
    assert note.where.startswith("edited.docx, body, paragraph 1, “The number is")
    assert "6789" not in str(note)


def test_a_number_that_is_not_printed_needs_no_reason(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["requester"]["identification"] = "SSN 123-45-6789"
    assert assembler.make(assembler.check(answers), ["docx"]).notes == ()


def test_counsel_is_asked_why_only_where_an_answer_states_one(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    question = {each.field.name: each for each in load_questionnaire(assembler.library, "denial").questions}[
        "disclosure"
    ]
    before = start(assembler.library, assembler.rulebook, answers, date(2019, 8, 2))
    assert not applies(before, question)
    answers["request"]["sought"] = "the wage records of the person with the number 123-45-6789"
    after = start(assembler.library, assembler.rulebook, answers, date(2019, 8, 2))
    assert applies(after, question)


def test_counsel_may_state_it_for_a_recorded_reason_and_it_is_noted(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"disclosure": "The court ordered it."}
    answers["request"]["sought"] = "the wage records of the person with the number 123-45-6789"
    made = assembler.make(assembler.check(answers), ["docx"])
    assert [note.code for note in made.notes] == ["disclosed"] * len(made.notes) != []
    assert "The court ordered it." in str(made.notes[0])
    assert b"The court ordered it." not in b"".join(open_package(made.files["docx"], "l").parts.values())


@pytest.mark.parametrize(
    ("sentence", "refused"),
    [
        ("the records, which show wages of $12,345.67 in the first quarter", True),
        ("the records, which show that she earned US$ 900 a week", True),
        ("the gross income of 45,000 dollars reported for 2018", True),
        ("the wage records, for which a fee of $25 was offered", False),
        ("the wage records; a violation carries a fine of up to $10,000", False),
        ("a box that costs $12.00", False),
        ("the wage records for 2018 and 2019", False),
    ],
)
def test_a_wage_is_refused_and_a_fee_is_not(assembler: Assembler, sample: Sample, sentence: str, refused: bool) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = sentence
    if not refused:
        assert assembler.make(assembler.check(answers), ["docx"]).files
        return
    with pytest.raises(InvalidAnswers, match="states a wage") as refusal:
        assembler.check(answers)
    assert "12,345" not in str(refusal.value)


def finished(body: str = word.paragraph("Dear Sir"), **parts: str) -> bytes:
    members = dict(open_package(word.docx(body), "l.docx").parts)
    members |= {
        name.replace("__", "/").replace("_xml", ".xml").replace("_rels", ".rels"): xml.encode()
        for name, xml in parts.items()
    }
    return write_package(Packed.of(name, data) for name, data in members.items())


@pytest.mark.parametrize(
    ("docx", "told"),
    [
        (finished(word.paragraph("secret", run="<w:vanish/>")), "hidden text"),
        (finished(f'<w:p><w:ins w:id="1" w:author="A">{word.text("x")}</w:ins></w:p>'), "tracked changes"),
        (finished('<w:p><w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del></w:p>'), "tracked changes"),
        (finished('<w:p><w:commentRangeStart w:id="1"/></w:p>'), "comments"),
        (finished(word__comments_xml="<x/>"), "comments"),
        (finished(word__people_xml="<x/>"), "comments"),
        (finished('<w:p w:rsidR="00A1"/>'), "who edited"),
        (finished(docProps__app_xml="<Properties><Company>Other Office</Company></Properties>"), "people or places"),
        (finished(docProps__app_xml="<Properties><Template>C:\\x.dotx</Template></Properties>"), "people or places"),
        (finished(word__x_xml='<a b="C:\\Users\\me\\x.docx"/>'), "somebody's disk"),
        (finished(word__x_xml='<a b="\\\\server\\share\\x.docx"/>'), "somebody's disk"),
        (finished(word__x_xml='<a b="file:///home/me"/>'), "somebody's disk"),
        (
            finished(word___rels__x_xml_rels='<R><Relationship Target="file:///c:/x.dotx" TargetMode="External"/></R>'),
            "other than a web page",
        ),
    ],
)
def test_a_file_with_hidden_content_is_refused(docx: bytes, told: str) -> None:
    with pytest.raises(TemplateAtFault, match=told):
        DisclosureScan().check(members_of(docx), "The letter")


def test_a_paragraph_that_was_clean_once_is_checked_in_another_letter() -> None:
    gate = DisclosureScan()
    gate.check(members_of(finished(word.paragraph("Dear Sir") + word.paragraph("No number."))), "l")
    for _ in range(2):
        with pytest.raises(InvalidAnswers):
            gate.check(members_of(finished(word.paragraph("Dear Sir") + word.paragraph("SSN 123-45-6789."))), "l")
    gate.check(
        members_of(finished(word.paragraph("Dear Sir") + word.paragraph("Marks off.", run='<w:vanish w:val="0"/>'))),
        "l",
    )


@pytest.mark.parametrize(
    "texts",
    [
        ("123-45-6789", " ", " "),
        ("12", "3-45-6789", "."),
        ("123-45-", "6789", "."),
        ("&#49;23-45-6789", " ", " "),
        ("&#xAEF;" * 3, "-" + "&#xAEF;" * 2, "-" + "&#xAEF;" * 4),
        ("\u0661\u0662\u0663-\u0664\u0665-\u0666\u0667\u0668\u0669", " ", " "),
        ("SSN", " is ", "123456789"),
        ("wages of", " $500", " a week"),
        ("wages of ", "500 DOLLAR\u017f", "."),
    ],
)
def test_other_words_in_known_markup_are_checked(texts: tuple[str, str, str]) -> None:
    def letter(*texts: str) -> dict[str, Packed]:
        one, two, three = (f"<w:r><w:t>{text}</w:t></w:r>" for text in texts)
        return members_of(finished(f"<w:p>{one}{two}{three}</w:p><w:p><w:r><w:tab/></w:r>The end.</w:p>"))

    gate = DisclosureScan()
    assert gate.check(letter("No", " number", "here"), "l") == ()
    for _ in range(2):
        with pytest.raises(InvalidAnswers, match="body, paragraph 1"):
            gate.check(letter(*texts), "l")
    assert gate.check(letter("No", " number", "here"), "l") == ()


def test_a_tab_separates_words_in_every_letter() -> None:
    def letter(one: str, two: str) -> dict[str, Packed]:
        return members_of(finished(f"<w:p><w:r><w:t>{one}</w:t><w:tab/><w:t>{two}</w:t></w:r></w:p>"))

    gate = DisclosureScan()
    for told in (("No", "number"), ("12", "3-45-6789"), ("The 4th", "of 5")):
        assert gate.check(letter(*told), "l") == ()
    for stated in (("SSN", "123456789"), ("123", "45 6789")):
        with pytest.raises(InvalidAnswers):
            gate.check(letter(*stated), "l")


def test_fields_are_looked_at_in_every_letter() -> None:
    def letter(name: str, code: str) -> dict[str, Packed]:
        field = f'<w:fldSimple w:instr="PAGE"/><w:r><w:instrText>{code}</w:instrText></w:r>'
        return members_of(finished(word.paragraph(name) + f"<w:p>{field}</w:p>"))

    gate = DisclosureScan()
    assert gate.check(letter("Sample", "PAGE"), "l") == gate.check(letter("Specimen", "PAGE"), "l") == ()
    for _ in range(2):
        with pytest.raises(TemplateAtFault, match="fetches something"):
            gate.check(letter("Sample", "INCLUDETEXT x"), "l")


@pytest.mark.parametrize(
    "stray", ["<w:p>{}</w:p>", "{}<w:p/>", "<w:p><w:r><w:t/></w:r></w:p>{}", "<w:p>{}<w:r/></w:p>"]
)
def test_a_number_is_found_outside_of_runs_too(stray: str) -> None:
    gate = DisclosureScan()
    said = "<w:p><w:r><w:t>Dear Sir</w:t></w:r></w:p>"
    gate.check(members_of(finished(said + stray.format("no number") + said)), "l")
    with pytest.raises(InvalidAnswers):
        gate.check(members_of(finished(said + stray.format("123-45-6789 <w:t/>") + said)), "l")


@pytest.mark.parametrize("words", ['a="C:\\x"', "C:\\Users\\x", '&lt;a href="/home/x"&gt;', ' w:rsidR="00AB12CD"'])
def test_words_that_look_like_a_path_or_markup_are_words(words: str) -> None:
    gate = DisclosureScan()
    gate.check(members_of(finished("<w:p><w:r><w:t>a word</w:t></w:r></w:p>")), "l")
    assert gate.check(members_of(finished(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>")), "l") == ()


def test_a_number_split_over_several_runs_is_found() -> None:
    pieces = "".join(word.text(piece) for piece in ("12", "3-4", "5-6", "789"))
    with pytest.raises(InvalidAnswers):
        DisclosureScan().check(members_of(finished(word.paragraph(inner=pieces))), "l")


def test_a_saved_answers_file_contains_the_reason(sample: Sample) -> None:
    answers = sample("denial") | {"disclosure": "The court ordered it."}
    assert b"The court ordered it." in format_answers(answers)
    assert "disclosure" in write_answers(answers)
    assert date(2019, 8, 2) == answers["date"]
