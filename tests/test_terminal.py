"""The interview in a real terminal: a pseudo-terminal, keys sent as counsel presses them."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from letters.answers import write_answers

pexpect = pytest.importorskip("pexpect", reason="pseudo-terminals need pexpect and a Unix system")

# As the interview writes it above answers it saved: nothing that was passed over is asked again.
PASSED = (
    "# Passed over without an answer: request.requester.agency_in_sentence, request.requester.identification, "
    "request.requester.telephone, request.received_by, request.staff_contacted, request.quoted, "
    "request.public_records, request.statute, request.asserted, request.other_sources, request.safeguards, "
    "request.explanation, request.agreement, request.earlier, earlier_letters, unvetted_law\n"
)
ENTER, SPACE, DOWN, CTRL_C, CTRL_D = "\r", " ", "\x1b[B", "\x03", "\x04"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts `letters` in a pseudo-terminal of 80 columns and 24 lines."""
    children = []

    def start(*arguments: object) -> Any:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "letters", *map(str, arguments)],
            cwd=str(tmp_path),
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "XDG_STATE_HOME": str(tmp_path / "state"),
                "TERM": "xterm",
                "PROMPT_TOOLKIT_NO_CPR": "1",
            },
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=20,
        )
        child.delaybeforesend = 0.12  # a person waits for the question; keys typed ahead are thrown away
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def drafts(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "letters" / "drafts").glob("*.toml"))


def say(child: Any, question: str, keys: str) -> None:
    child.expect_exact(question)
    child.send(keys)


def see(child: Any, words: str) -> None:
    """Wait for words on the screen, wherever the lines are broken and whatever their look."""
    child.expect(r"(?:\s|\x1b\[[0-9;?]*[a-zA-Z])+".join(re.escape(word) for word in words.split()))


def answer_the_facts(child: Any) -> None:
    """The first refusal of the story: a log-in asked for by email, with no process."""
    say(child, "Which agency or organization", "U.S. Immigration and Customs Enforcement" + ENTER)
    say(child, "How does the name stand", ENTER)
    say(child, "What sort of body", ENTER)
    say(child, "Which component", ENTER)
    say(child, "Who signed or made", "Jordan Sample" + ENTER)
    say(child, "What is that person", "Investigative Assistant" + ENTER)
    say(child, "How should the letter greet", "Ms. Sample" + ENTER)
    say(child, "What badge", ENTER)
    say(child, "telephone number?", ENTER)
    say(child, "How did the request come?", ENTER)
    say(child, "What date does the request", "Aug 1 2019" + ENTER)
    say(child, "Department receive it?", ENTER)
    say(child, "Whom in the Department", ENTER)
    say(child, "outside the legal office?", "n" + ENTER)
    say(child, "reference or file number", ENTER)
    say(child, "Public Records Act?", "n" + ENTER)
    say(child, "What sort of access", ENTER)
    say(child, "What is asked for, in our", "a log-in to the database of employment records" + ENTER)
    say(child, "What is asked for, in the req", ENTER)
    say(child, "Which categories", SPACE + ENTER)
    say(child, "a subpoena, an order", ENTER)
    say(child, "What purpose", ENTER)
    say(child, "What sort of matter", ENTER)
    say(child, "Which legal authority", ENTER)
    say(child, "rely on any of these statutes?", ENTER)
    say(child, "Under which written", ENTER)


def test_counsel_answers_the_questions_and_holds_a_denial(terminal: Callable[..., Any], tmp_path: Path) -> None:
    child = terminal("new", "--out", tmp_path / "out", "--format", "docx")
    answer_the_facts(child)
    say(child, "ask for the same before?", ENTER)
    child.expect_exact("The advice: denial")
    see(child, "20 C.F.R. § 603.4; 11.3.100.106(C)-(D) NMAC; 2019 practice")
    child.expect_exact("Which letter do you want to write?")
    see(child, "» (advised) Denial")
    child.send(ENTER)
    say(child, "What date should", "7/31/2019" + ENTER)
    child.expect_exact("before the request was received")  # told at once, and the line is there to correct
    say(child, "What date should", "\x15" + "8/2/2019" + ENTER)
    say(child, "our file number", "OGC-2019-0142" + ENTER)
    say(child, "letter be sent?", DOWN + SPACE + ENTER)
    say(child, "requester's email", "jordan.sample@agency.example" + ENTER)
    child.expect_exact("postal address?")
    # Pasted without bracketed paste: the lines stay in this answer and do not answer the next question.
    child.send("P.O. Box 0000\rEl Paso, Texas 79900\r")
    child.send(ENTER)
    say(child, "Who signs?", ENTER)
    say(child, "letters we sent before", ENTER)
    say(child, "receives a copy?", "Office of the Secretary\r" + ENTER)
    say(child, "What is enclosed?", ENTER)
    child.expect_exact("On which law does")
    see(
        child, "Mind: The statute does not itself mention confidentiality"
    )  # the caveat of the basis the pointer stands on, before anything is picked
    child.send(ENTER)
    child.expect_exact("What to mind before citing")
    say(child, "not in that list?", ENTER)
    say(child, "responsible for the decision?", "Casey Specimen, Secretary\r" + ENTER)
    say(child, "Say that the letter", ENTER)
    child.expect_exact("Your answers")
    child.expect_exact("The advice: denial")  # again, on the final facts
    child.expect_exact("What now?")
    child.send(DOWN + ENTER)
    say(child, "Which answer?", DOWN * 6 + ENTER)  # the greeting
    say(child, "Without an answer the letter uses", "\x15" + "Investigator Sample" + ENTER)
    child.expect_exact("Your answers")
    child.expect_exact("What now?")
    child.send(ENTER)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0

    written = {path.suffix: path for path in (tmp_path / "out").iterdir()}
    assert set(written) == {".toml", ".docx"}
    answers = tomllib.loads(written[".toml"].read_text(encoding="utf-8"))
    assert answers["request"]["requester"]["address"] == "P.O. Box 0000\nEl Paso, Texas 79900"
    assert answers["request"]["requester"]["greeting"] == "Investigator Sample"
    assert answers["copies"] == ["Office of the Secretary"]
    assert answers["delivery"] == ["email", "mail"]
    assert "departure" not in answers
    assert not drafts(tmp_path)


def test_earlier_requests_are_listed_one_by_one_and_can_be_mended(terminal: Callable[..., Any], tmp_path: Path) -> None:
    child = terminal("new")
    answer_the_facts(child)
    say(child, "ask for the same before?", DOWN + ENTER)
    say(child, "was that request made?", "8/3/2019" + ENTER)
    child.expect_exact("after this request was received")
    say(child, "was that request made?", "\x15" + "7/25/2019" + ENTER)
    say(child, "How did it come?", ENTER)
    say(child, "Whom in the Department did it reach?", "Office of the Secretary" + ENTER)
    say(child, "our letter in answer bear?", "7/26/2019" + ENTER)
    say(child, "our file number on that letter?", "OGC-2019-0140" + ENTER)
    child.expect_exact("1. July 25, 2019 · By email · Office of the Secretary · July 26, 2019")
    say(child, "What now?", DOWN + ENTER)  # another
    say(child, "was that request made?", "7/30/2019" + ENTER)
    say(child, "How did it come?", DOWN * 2 + ENTER)
    say(child, "Whom in the Department did it reach?", "the front desk" + ENTER)
    say(child, "our letter in answer bear?", ENTER)  # not answered: no number is asked for
    child.expect_exact("2. July 30, 2019 · By telephone · the front desk")
    say(child, "What now?", DOWN * 2 + ENTER)  # change one
    say(child, "Which one?", DOWN + ENTER)
    say(child, "was that request made?", ENTER)
    say(child, "How did it come?", ENTER)
    say(child, "Whom in the Department did it reach?", "\x15" + "the tax bureau" + ENTER)
    say(child, "our letter in answer bear?", ENTER)
    child.expect_exact("2. July 30, 2019 · By telephone · the tax bureau")
    say(child, "What now?", DOWN + ENTER)
    say(child, "was that request made?", "7/31/2019" + ENTER)
    say(child, "How did it come?", ENTER)
    say(child, "Whom in the Department did it reach?", "nobody" + ENTER)
    say(child, "our letter in answer bear?", ENTER)
    child.expect_exact("3. July 31, 2019")
    say(child, "What now?", DOWN * 3 + ENTER)  # remove one
    say(child, "Which one?", DOWN * 2 + ENTER)
    say(child, "What now?", ENTER)
    child.expect_exact("The advice: repeated denial")
    see(child, "» (advised) Repeated denial")
    child.send(CTRL_C)
    child.expect(pexpect.EOF)
    (draft,) = drafts(tmp_path)
    answers = tomllib.loads(draft.read_text(encoding="utf-8"))
    assert [entry["reached"] for entry in answers["request"]["earlier"]] == [
        "Office of the Secretary",
        "the tax bureau",
    ]
    assert "kind" not in answers

    child = terminal("new", "--answers", draft)  # nothing that was passed over is asked again
    child.expect_exact("The advice: repeated denial")
    child.expect_exact("Which letter do you want to write?")


def test_an_entry_is_kept_as_soon_as_it_is_whole(terminal: Callable[..., Any], tmp_path: Path) -> None:
    child = terminal("new")
    answer_the_facts(child)
    say(child, "ask for the same before?", DOWN + ENTER)
    say(child, "was that request made?", "7/25/2019" + ENTER)
    say(child, "How did it come?", ENTER)
    say(child, "Whom in the Department did it reach?", "Office of the Secretary" + ENTER)
    say(child, "our letter in answer bear?", CTRL_C)
    child.expect(pexpect.EOF)
    (draft,) = drafts(tmp_path)
    (entry,) = tomllib.loads(draft.read_text(encoding="utf-8"))["request"]["earlier"]
    assert entry["reached"] == "Office of the Secretary"


def test_a_letter_that_departs_from_the_advice_asks_for_the_reason(
    terminal: Callable[..., Any], tmp_path: Path
) -> None:
    child = terminal("new", "contact-notice")
    answer_the_facts(child)
    say(child, "ask for the same before?", ENTER)
    child.expect_exact("The advice: denial")
    child.expect_exact("Which letter do you want to write?")
    see(child, "» Contact notice")  # the kind named on the command line stays preselected
    child.send(ENTER)
    say(child, "Why this kind of letter", ENTER)
    child.expect_exact("A reason is needed")
    say(child, "Why this kind of letter", "The denial went out yesterday.\r" + ENTER)
    say(child, "What date should", CTRL_C)
    child.expect(pexpect.EOF)
    (draft,) = drafts(tmp_path)
    answers = tomllib.loads(draft.read_text(encoding="utf-8"))
    assert answers["kind"] == "contact-notice"
    assert answers["departure"] == "The denial went out yesterday."


def test_an_approval_that_falls_short_becomes_the_letter_that_asks(
    terminal: Callable[..., Any], tmp_path: Path, sample: Callable[[str], dict[str, Any]]
) -> None:
    answers = sample("conditional-approval")
    del answers["request"]["explanation"]
    source = tmp_path / "begun.toml"
    source.write_text(PASSED + write_answers(answers), encoding="utf-8")
    child = terminal("new", "--answers", source, "--out", tmp_path / "out", "--format", "docx")
    child.expect_exact("The advice: request for justification")
    say(child, "Which letter do you want to write?", ENTER)  # stays with the approval
    say(child, "Why this kind of letter", "To see what is missing.\r" + ENTER)
    see(child, "To mend: Explanation (request.explanation) is missing: the request must give an explanation.")
    see(child, "» Write a request for justification instead")
    child.send(ENTER)
    child.expect_exact("Set aside")
    see(child, "Categories approved")
    see(child, "are kept in")
    say(child, "What else should the requester state", ENTER)
    say(child, "By what day is an answer wanted?", "9/13/2019" + ENTER)
    say(child, "Say that the letter", ENTER)
    child.expect_exact("All answered. What now?")
    child.send(ENTER)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    (written,) = (tmp_path / "out").glob("*.toml")
    assert tomllib.loads(written.read_text(encoding="utf-8"))["kind"] == "request-for-justification"
    (left,) = drafts(tmp_path)  # the approval as it was
    assert "approved" in tomllib.loads(left.read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize(
    ("answers", "question"),
    [
        (["Example Agency", ""], "What sort of body"),  # a list to pick from
        (["Example Agency", "", ""], "Which component"),  # a line of text
    ],
    ids=["list", "text"],
)
def test_stopping_loses_nothing_and_says_where_the_answers_are(
    terminal: Callable[..., Any], tmp_path: Path, key: str, answers: list[str], question: str
) -> None:
    child = terminal("new", "policy-statement")
    order = ("Which agency or organization", "How does the name stand", "What sort of body")
    for asked, typed in zip(order, answers, strict=False):
        say(child, asked, typed + ENTER)
    say(child, question, key)
    child.expect_exact("Your answers are in")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    (draft,) = drafts(tmp_path)
    assert draft.stat().st_mode & 0o077 == 0
    assert tomllib.loads(draft.read_text(encoding="utf-8"))["request"]["requester"]["agency"] == "Example Agency"


def test_several_lines_pasted_into_a_line_are_shown_as_one_and_answer_nothing_else(
    terminal: Callable[..., Any], tmp_path: Path
) -> None:
    child = terminal("new", "denial")
    child.expect_exact("Which agency or organization")
    child.send("\x1b[200~Example\nAgency\nEast\x1b[201~" + ENTER)
    child.expect_exact("has become one line")
    child.expect_exact("Example Agency East")
    child.send(ENTER)
    child.expect_exact("How does the name stand")
    child.send(CTRL_C)
    child.expect(pexpect.EOF)
    (draft,) = drafts(tmp_path)
    answers = tomllib.loads(draft.read_text(encoding="utf-8"))
    assert answers == {
        "kind": "denial",
        "request": {"requester": {"agency": "Example Agency East"}},
    }


def test_a_home_that_cannot_be_written_to_keeps_the_draft_beside_the_letter(
    terminal: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    child = terminal("new", "denial", "--out", tmp_path / "out")
    say(child, "Which agency or organization", "Example Agency" + ENTER)
    say(child, "How does the name stand", CTRL_C)
    child.expect_exact("Your answers are in")
    child.expect(pexpect.EOF)
    (draft,) = (tmp_path / "out").glob("draft-*.toml")
    assert "Example Agency" in draft.read_text(encoding="utf-8")


def test_a_closed_terminal_loses_nothing(terminal: Callable[..., Any], tmp_path: Path) -> None:
    child = terminal("new", "denial")
    say(child, "Which agency or organization", "Example Agency" + ENTER)
    child.expect_exact("How does the name stand")
    child.close(force=True)
    (draft,) = drafts(tmp_path)
    assert tomllib.loads(draft.read_text(encoding="utf-8"))["request"]["requester"]["agency"] == "Example Agency"


def test_an_interview_goes_on_from_saved_answers(
    terminal: Callable[..., Any], tmp_path: Path, sample: Callable[[str], dict[str, Any]]
) -> None:
    answers = sample("conditional-approval")
    del answers["expires"]
    answers["request"]["received_by"] = "Office of the Secretary"
    source = tmp_path / "begun.toml"
    source.write_text(PASSED + write_answers(answers), encoding="utf-8")
    child = terminal("new", "--answers", source, "--out", tmp_path / "out", "--format", "docx")
    child.expect_exact("The advice: conditional approval")
    say(child, "On what day does the approval end?", "8/1/2019" + ENTER)
    child.expect_exact("not after the letter's date")
    say(child, "approval end?", "\x15" + "November 29, 2019" + ENTER)
    child.expect_exact("What now?")
    child.send(ENTER)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert list((tmp_path / "out").glob("*.docx"))
