"""The interview in a real terminal: a pseudo-terminal, keys sent as counsel presses them."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from letters.answers import write_answers

pexpect = pytest.importorskip("pexpect", reason="pseudo-terminals need pexpect and a Unix system")

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


def test_counsel_answers_the_questions_and_holds_a_denial(terminal: Callable[..., Any], tmp_path: Path) -> None:
    child = terminal("new", "denial", "--out", tmp_path / "out", "--format", "docx")
    say(child, "Which agency or organization", "U.S. Immigration and Customs Enforcement" + ENTER)
    say(child, "What sort of body", ENTER)
    say(child, "Which component", ENTER)
    say(child, "Who signed or made", "Jordan Sample" + ENTER)
    say(child, "What is that person", "Investigative Assistant" + ENTER)
    say(child, "How should the letter greet", "Ms. Sample" + ENTER)
    say(child, "How did the request come?", ENTER)
    say(child, "What date does the request", "Aug 1 2019" + ENTER)
    say(child, "Department receive it?", ENTER)
    say(child, "Whom in the Department", ENTER)
    say(child, "reference or file number", ENTER)
    say(child, "Public Records Act?", "n" + ENTER)
    say(child, "What sort of access", ENTER)
    say(child, "What is asked for, in our", "a log-in to the database of employment records" + ENTER)
    say(child, "What is asked for, in the req", ENTER)
    say(child, "Which categories", SPACE + ENTER)
    say(child, "a subpoena, an order", ENTER)
    say(child, "Under which written", ENTER)
    say(child, "What purpose", ENTER)
    say(child, "What sort of matter", ENTER)
    say(child, "Which legal authority", ENTER)
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
    say(child, "receives a copy?", "Office of the Secretary\r" + ENTER)
    say(child, "What is enclosed?", ENTER)
    say(child, "On which law does", ENTER)
    child.expect_exact("What to mind before citing")
    say(child, "responsible for the decision?", "Casey Specimen, Secretary\r" + ENTER)
    say(child, "Say that the letter", ENTER)
    child.expect_exact("Your answers")
    child.expect_exact("What now?")
    child.send(DOWN + ENTER)
    say(child, "Which answer?", DOWN * 5 + ENTER)  # the greeting
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
    assert not drafts(tmp_path)


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize(
    ("answers", "question"),
    [
        (["Example Agency"], "What sort of body"),  # a list to pick from
        (["Example Agency", ""], "Which component"),  # a line of text
    ],
    ids=["list", "text"],
)
def test_stopping_loses_nothing_and_says_where_the_answers_are(
    terminal: Callable[..., Any], tmp_path: Path, key: str, answers: list[str], question: str
) -> None:
    child = terminal("new", "policy-statement")
    for asked, typed in zip(("Which agency or organization", "What sort of body"), answers, strict=False):
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
    child.expect_exact("What sort of body")
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
    say(child, "What sort of body", CTRL_C)
    child.expect_exact("Your answers are in")
    child.expect(pexpect.EOF)
    (draft,) = (tmp_path / "out").glob("draft-*.toml")
    assert "Example Agency" in draft.read_text(encoding="utf-8")


def test_a_closed_terminal_loses_nothing(terminal: Callable[..., Any], tmp_path: Path) -> None:
    child = terminal("new", "denial")
    say(child, "Which agency or organization", "Example Agency" + ENTER)
    child.expect_exact("What sort of body")
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
    source.write_text(write_answers(answers), encoding="utf-8")
    child = terminal("new", "--answers", source, "--out", tmp_path / "out", "--format", "docx")
    say(child, "On what day does the approval end?", "8/1/2019" + ENTER)
    child.expect_exact("not after the letter's date")
    say(child, "approval end?", "\x15" + "November 29, 2019" + ENTER)
    child.expect_exact("What now?")
    child.send(ENTER)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert list((tmp_path / "out").glob("*.docx"))
