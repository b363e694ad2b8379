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

from letters._system.output import write_all
from letters._text.personal import masked, may_be_personal, personal
from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.docx.package import Packed, members_of, open_package, write_package
from letters.errors import InvalidAnswers, Problem, TemplateAtFault
from letters.interview.drafts import Begun, document
from letters.interview.interview import Interview
from letters.interview.session import Session
from letters.library.answers import write_answers
from letters.library.prompts import load_questionnaire
from letters.model.fields import fields_of
from letters.privacy.redact import Secrets
from letters.privacy.scan import Gate

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
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_answers_are_their_owner_s_whatever_the_umask(tmp_path: Path, umask: Callable[[int], int], mask: int) -> None:
    tmp_path.chmod(0o777)
    path = tmp_path / "answers.toml"
    umask(mask)
    write_all({path: b"x"}, private=True)
    write_all({path: b"y"}, private=True, overwrite=True)
    umask(0o022)
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["answers.toml"]


@ON_POSIX
def test_answers_that_others_could_read_are_their_owner_s_once_written_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_bytes(b"x")
    path.chmod(0o666)
    write_all({path: b"y"}, private=True, overwrite=True)
    assert mode(path) == 0o600


@ON_POSIX
def test_a_sitting_closes_a_drafts_folder_that_stood_open(
    assembler: Assembler, sample: Sample, tmp_path: Path, umask: Callable[[int], int]
) -> None:
    drafts, out = tmp_path / "state" / "drafts", tmp_path / "out"
    drafts.mkdir(parents=True)
    drafts.chmod(0o777)
    umask(0o000)
    begun = Begun(sample("denial"))
    session = Session(assembler, "denial", begun, now=datetime(2019, 8, 2), drafts=drafts, out=out, number=1)
    session.save()
    (draft,) = drafts.iterdir()
    assert (mode(drafts), mode(draft)) == (0o700, 0o600)
    kept = session.finish(["docx"])[0][0]
    assert kept.suffix == ".toml"
    assert mode(kept) == 0o600
    assert list(drafts.iterdir()) == []


@ON_POSIX
def test_a_link_in_place_of_a_draft_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "draft.toml"
    victim.write_bytes(b"untouched")
    link.symlink_to(victim)
    write_all({link: b"answers"}, private=True, overwrite=True)
    assert victim.read_bytes() == b"untouched"
    assert not link.is_symlink()
    assert link.read_bytes() == b"answers"


@ON_POSIX
def test_what_a_batch_puts_aside_and_reports_is_its_owner_s(tmp_path: Path, umask: Callable[[int], int]) -> None:
    umask(0o000)
    table = save(tmp_path / "rows.csv", rows(1, date="nonsense"))
    report, bad = tmp_path / "report.json", tmp_path / "bad.csv"
    given = ["--library", str(ROOT), "--kind", "denial", "--out", str(tmp_path / "out"), "--workers", "1"]
    assert main(["batch", str(table), *given, "--report", str(report), "--skip-bad", "--bad", str(bad)]) == 1
    assert (mode(report), mode(bad)) == (0o600, 0o600)


# --- messages --------------------------------------------------------------------------------------------------------


def test_what_a_request_tells_of_persons_and_employers_is_marked() -> None:
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


def test_a_citation_is_quoted_and_a_secret_beside_it_is_not(assembler: Assembler, sample: Sample) -> None:
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
    secrets = Secrets(answers, fields_of("denial").values())
    assert secrets.left_out(Problem(said)).message == told


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


def test_a_question_of_the_office_may_be_confidential(tmp_path: Path) -> None:
    from letters.library.extra_questions import extra_field

    field = extra_field({"field": "extra.claimant", "ask": "Who?", "confidential": True})
    secrets = Secrets({"extra": {"claimant": SECRET}}, [field])
    assert secrets.without(f"Nobody is called {SECRET}.") == "Nobody is called [Claimant]."


# --- the letter ------------------------------------------------------------------------------------------------------

NUMBERS = [
    "123-45-6789",
    "123 45 6789",
    "123.45.6789",
    "123\u201345\u20136789",
    "123\u201145\u20116789",
    "123\u00a045\u00a06789",
    "123 - 45 - 6789",
    "(123-45-6789)",
    "SSN 123456789",
    "SSN: 123456789",
    "Social Security number 123456789",
    "social security number is 123456789",
    "Social Security No. 123456789",
    "912-70-1234",
]
NO_NUMBERS = [
    "(505) 555-0100",
    "505-555-0100",
    "505.555.0100",
    "87102-1234",
    "Santa Fe, New Mexico 87504-1928",
    "No. 19-cv-0000",
    "No. 123-45-67",
    "51-1-32",
    "Section 51-1-32(A) NMSA 1978",
    "11.3.100.106 NMAC",
    "20 C.F.R. § 603.4(b)-(c)",
    "42 U.S.C. § 503(a)(1)",
    "OGC-2019-0142",
    "2019-08-02",
    "000-12-3456",
    "666-12-3456",
    "123-00-4567",
    "123-45-0000",
    "XXX-XX-6789",
    "1123-45-6789",
    "123-45-67890",
    "12-3456789",
    "account 123456789",
    "123-45-6789-0",
    "1-123-45-6789",
    "pages 100 to 120 of 2019",
]


def told(text: str) -> list[str]:
    return [found.what for found in personal(text)]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_social_security_number_is_known_however_it_is_typed(text: str) -> None:
    assert "social security number" in told(f"The records of {text}, please.")
    assert not any(digit in masked(text) for digit in "123456789")


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_telephones_zip_codes_dockets_and_statutes_are_no_social_security_numbers(text: str) -> None:
    assert "social security number" not in told(f"As to {text}, we write.")


@pytest.mark.parametrize("kind", KINDS)
def test_no_sample_is_held_up(assembler: Assembler, kind: str) -> None:
    for answers in assembler.samples(kind).values():
        assert assembler.make(assembler.check(answers), ["docx"]).notes == ()


@pytest.mark.parametrize("number", NUMBERS)
def test_one_is_not_overlooked_among_many_texts(number: str) -> None:
    assert may_be_personal(f"Room 5\n{number}\nSuite 12")
    assert not may_be_personal("Room 5\nSuite 12\n2 copies")


@pytest.mark.parametrize("number", NUMBERS[:6])
def test_a_letter_that_states_one_is_not_finished(assembler: Assembler, sample: Sample, number: str) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = f"the wage records of the person with the number {number}"
    with pytest.raises(InvalidAnswers) as refusal:
        assembler.check(answers)
    (problem,) = refusal.value.problems
    assert problem.field == "disclosure"
    assert "request.sought states a social security number" in problem.message
    assert "6789" not in str(refusal.value)


@pytest.mark.parametrize("number", NUMBERS[:6])
def test_wherever_it_came_from(number: str) -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        Gate().pass_through(members_of(finished(word.paragraph(f"The number is {number}."))), "The letter")
    (problem,) = refusal.value.problems
    assert problem.code == "social-security-number"
    assert "body, paragraph" in problem.where
    assert "disclosure" in problem.hint
    assert "6789" not in str(refusal.value)


def test_what_counsel_typed_into_the_word_letter_is_noted(assembler: Assembler) -> None:
    docx = word.docx(word.paragraph("The number is 123-45-6789, and the fee is $20."))
    (note,) = [each for each in assembler.print_word(docx, "edited.docx").notes if "states a" in each.message]
    assert note.message == "The letter states a social security number."
    assert note.where.startswith("edited.docx, body, paragraph 1, “The number is")
    assert "6789" not in str(note)


def test_what_is_only_for_the_file_needs_no_reason(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["requester"]["identification"] = "SSN 123-45-6789"
    assert assembler.make(assembler.check(answers), ["docx"]).notes == ()


def test_counsel_is_asked_why_only_where_an_answer_states_one(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    question = {each.field.name: each for each in load_questionnaire(assembler.library, "denial").questions}[
        "disclosure"
    ]
    before = Interview(assembler.library, assembler.rulebook, answers, date(2019, 8, 2))
    assert not before.state.applies(question)
    answers["request"]["sought"] = "the wage records of the person with the number 123-45-6789"
    after = Interview(assembler.library, assembler.rulebook, answers, date(2019, 8, 2))
    assert after.state.applies(question)


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
def test_a_wage_is_not_disclosed_and_a_fee_is_no_wage(
    assembler: Assembler, sample: Sample, sentence: str, refused: bool
) -> None:
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
            "outside",
        ),
    ],
)
def test_a_file_that_tells_what_it_does_not_show_is_not_finished(docx: bytes, told: str) -> None:
    with pytest.raises(TemplateAtFault, match=told):
        Gate().pass_through(members_of(docx), "The letter")


def test_what_was_passed_once_is_not_passed_for_another_letter() -> None:
    gate = Gate()
    gate.pass_through(members_of(finished(word.paragraph("Dear Sir") + word.paragraph("No number."))), "l")
    for _ in range(2):
        with pytest.raises(InvalidAnswers):
            gate.pass_through(
                members_of(finished(word.paragraph("Dear Sir") + word.paragraph("SSN 123-45-6789."))), "l"
            )
    gate.pass_through(
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
def test_other_words_in_the_markup_of_a_letter_that_was_passed_are_looked_at(texts: tuple[str, str, str]) -> None:
    def letter(*texts: str) -> dict[str, Packed]:
        one, two, three = (f"<w:r><w:t>{text}</w:t></w:r>" for text in texts)
        return members_of(finished(f"<w:p>{one}{two}{three}</w:p><w:p><w:r><w:tab/></w:r>The end.</w:p>"))

    gate = Gate()
    assert gate.pass_through(letter("No", " number", "here"), "l") == ()
    for _ in range(2):
        with pytest.raises(InvalidAnswers, match="body, paragraph 1"):
            gate.pass_through(letter(*texts), "l")
    assert gate.pass_through(letter("No", " number", "here"), "l") == ()


def test_a_tab_parts_words_in_every_letter() -> None:
    def letter(one: str, two: str) -> dict[str, Packed]:
        return members_of(finished(f"<w:p><w:r><w:t>{one}</w:t><w:tab/><w:t>{two}</w:t></w:r></w:p>"))

    gate = Gate()
    for told in (("No", "number"), ("12", "3-45-6789"), ("The 4th", "of 5")):
        assert gate.pass_through(letter(*told), "l") == ()
    for stated in (("SSN", "123456789"), ("123", "45 6789")):
        with pytest.raises(InvalidAnswers):
            gate.pass_through(letter(*stated), "l")


@pytest.mark.parametrize(
    "stray", ["<w:p>{}</w:p>", "{}<w:p/>", "<w:p><w:r><w:t/></w:r></w:p>{}", "<w:p>{}<w:r/></w:p>"]
)
def test_a_number_is_found_outside_of_runs_too(stray: str) -> None:
    gate = Gate()
    said = "<w:p><w:r><w:t>Dear Sir</w:t></w:r></w:p>"
    gate.pass_through(members_of(finished(said + stray.format("no number") + said)), "l")
    with pytest.raises(InvalidAnswers):
        gate.pass_through(members_of(finished(said + stray.format("123-45-6789 <w:t/>") + said)), "l")


def test_words_that_look_like_a_place_on_a_disk_are_looked_at_each_time() -> None:
    gate = Gate()
    gate.pass_through(members_of(finished("<w:p><w:r><w:t>a word</w:t></w:r></w:p>")), "l")
    with pytest.raises(TemplateAtFault, match="somebody's disk"):
        gate.pass_through(members_of(finished('<w:p><w:r><w:t>a="C:\\x"</w:t></w:r></w:p>')), "l")


def test_a_number_over_several_runs_is_found() -> None:
    pieces = "".join(word.text(piece) for piece in ("12", "3-4", "5-6", "789"))
    with pytest.raises(InvalidAnswers):
        Gate().pass_through(members_of(finished(word.paragraph(inner=pieces))), "l")


def test_a_saved_answers_file_holds_the_reason(sample: Sample) -> None:
    answers = sample("denial") | {"disclosure": "The court ordered it."}
    assert b"The court ordered it." in document(answers, (), {})
    assert "disclosure" in write_answers(answers)
    assert date(2019, 8, 2) == answers["date"]
