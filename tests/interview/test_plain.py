"""The interview line by line: over a pipe, answered by a script, and in a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.drafts import all_but, draft, drafts, until_requester

from letters.assembly.assembler import Assembler
from letters.interview.options import Option
from letters.interview.terminal.frontend import Command, Prompt
from letters.interview.terminal.plain import PlainFrontend
from letters.model.fields import get

Sample = Callable[[str], dict[str, Any]]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def plainly(tmp_path: Path) -> Run:
    """Runs `letters new --plain` with these lines as its input."""

    def run(*lines: str, options: tuple[object, ...] = ()) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "letters", "new", "--plain", *map(str, options)],
            input="".join(f"{line}\n" for line in lines),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "XDG_STATE_HOME": str(tmp_path / "state")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


# What a script sends for the first refusal of the story, a line for each question.
FACTS = [
    "none", "1", "email", "Aug 1 2019", "8/2/2019", "OGC-2019-0142", "=1", "", "skip", "Jordan Sample",
    "Investigative Assistant", "1, 3", "a log-in to the database", "", "none",
]  # fmt: skip


def test_a_script_answers_line_by_line_and_gets_the_letter(plainly: Run, tmp_path: Path) -> None:
    letter = [
        "", "1, 2", "jordan.sample@agency.example", "P.O. Box 0000", "El Paso, Texas 79900", "", "1", "1",
        "2, 6, 7", "Office of the Secretary", "", "Casey Specimen, Secretary", "", "1",
    ]  # fmt: skip
    done = plainly(*FACTS, *letter, options=("--out", tmp_path / "out", "--format", "docx"))
    assert done.returncode == 0, done.stderr[-2000:]
    paths = [Path(line) for line in done.stdout.splitlines()]  # results alone on standard output
    assert [path.suffix for path in paths] == [".toml", ".docx"]
    answers = tomllib.loads(paths[0].read_text(encoding="utf-8"))
    assert answers["request"]["requester"]["address"] == "P.O. Box 0000\nEl Paso, Texas 79900"
    assert answers["request"]["records"] == ["wage", "employer"]
    assert answers["request"]["requester"]["agency"] == "U.S. Immigration and Customs Enforcement"  # =1
    assert answers["kind"] == "denial"
    assert "Advice: denial." in done.stderr
    assert "\x1b" not in done.stderr
    assert not drafts(tmp_path)


def test_commands_are_words(plainly: Run, tmp_path: Path) -> None:
    done = plainly(
        "help", "Example Agency", "back", "forward", "help", "help 2", "a federal", "letter", '"back"',
        "review", "1", "skip", "quit", options=("--answers", until_requester(tmp_path)),
    )  # fmt: skip
    assert done.returncode == 0
    said = done.stderr
    assert "Example: U.S. Immigration and Customs Enforcement" in said
    assert "Press Enter for: Example Agency." in said
    assert "[help, back, forward, letter, review, quit]" in said
    assert "Example: A federal agency" in said
    assert "Denial: the letter so far." in said
    assert ">>" not in said.partition("Denial: the letter so far")[2].partition("Kind of")[0] or "<<" in said
    assert "questions are still open" in said
    assert "To continue:  letters new --resume" in said
    requester = draft(tmp_path)["request"]["requester"]
    assert requester == {
        "agency": "Example Agency", "agency_kind": "federal", "office": "back",
    }  # fmt: skip


def test_when_the_input_ends_the_answers_are_kept_and_can_be_resumed(plainly: Run, tmp_path: Path) -> None:
    done = plainly("Example Agency", "7", options=("--answers", until_requester(tmp_path)))
    assert done.returncode == 130
    assert "Your answers are saved in" in done.stderr
    done = plainly("1", "Santa Fe", options=("--resume",))
    assert "1. Example Agency: no kind of letter chosen yet, 9 answers, saved today at" in done.stderr
    assert draft(tmp_path)["request"]["requester"]["office"] == "Santa Fe"
    assert plainly(options=("--resume",)).returncode == 130
    assert plainly(options=("--resume", "denial")).returncode == 2


def test_without_unfinished_interviews_resume_says_so(plainly: Run) -> None:
    done = plainly(options=("--resume",))
    assert done.returncode == 0
    assert "There are no unfinished interviews" in done.stderr


def test_unfinished_interviews_are_discarded_once_that_is_confirmed(plainly: Run, tmp_path: Path) -> None:
    for agency in ("Example Agency", "Other Agency"):
        plainly(agency, "7", options=("--answers", until_requester(tmp_path)))
    first, second = (each for each in drafts(tmp_path))
    broken = first.with_name("broken.toml")
    broken.write_text("x = [", encoding="utf-8")
    for answers in (("1", "no"), ("none",), ("1",)):
        done = plainly(*answers, options=("--discard",))
        assert done.returncode == (130 if answers == ("1",) else 0)
        assert "1 interview deleted" not in done.stderr
        assert {first, second, broken} == {*drafts(tmp_path)}
    assert "Example Agency: no kind of letter chosen yet, 9 answers, saved today at" in done.stderr
    assert "broken.toml: it cannot be resumed: " in done.stderr
    named = re.search(r"(\d)\. Example Agency: no kind", done.stderr)
    unreadable = re.search(r"(\d)\. /[^:]*broken\.toml: it cannot", done.stderr.replace("\n", ""))
    assert named
    assert unreadable
    done = plainly(f"{named[1]}, {unreadable[1]}", "yes", options=("--discard",))
    assert "2 interviews deleted." in done.stderr
    assert draft(tmp_path)["request"]["requester"]["agency"] == "Other Agency"
    assert plainly(options=("--discard", "--resume")).returncode == 2
    assert plainly("1", "y", options=("--discard",)).returncode == 0
    assert "There are no unfinished interviews" in plainly(options=("--discard",)).stderr


def test_invalid_answers_are_refused_and_asked_for_again(
    plainly: Run, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    names = ("date", "request.requester.agency_kind", "request.child_victim", "legal_basis")
    source = all_but(assembler, tmp_path, sample("conditional-approval"), *names)
    done = plainly(
        "8/2", "forward", "3", "8/26/2019", "29", "e", "nobody", "2", "maybe", "no", "99", "2-3", "2, 3", "1, 2, 3",
        "quit", options=("--answers", source),
    )  # fmt: skip
    for words in (
        "Which date do you mean?",
        "There is no number 29 here; the numbers are 1 to 21.",
        "Several lines contain “e”. Please answer with a number:",
        "No line contains “nobody”.",
        "There is no number 99 here",
        "No line contains “2-3”.",
        "Please answer yes or no.",
        "Add 11.3.100.106(D) NMAC.",
    ):
        assert words in done.stderr, words
    answers = draft(tmp_path)
    assert get(answers, "request.requester.agency_kind") == "state"
    assert len(answers["legal_basis"]) == 3


def test_without_a_terminal_the_plain_option_is_suggested(letters: Run) -> None:
    done = letters("new")
    assert done.returncode == 2
    assert "letters new --plain" in done.stderr


def ask(source: str, asked: Prompt) -> tuple[Any, str]:
    sink = StringIO()
    return PlainFrontend(StringIO(source), sink).ask(asked), sink.getvalue()


def test_a_suggestion_that_begins_an_answer_is_continued() -> None:
    prompt = Prompt("Which?", suggestions=("a criminal investigation of …", "An Agency"))
    assert [ask(f"{typed}\n", prompt)[0].value for typed in ("=1 wage fraud", "=2", "=3", "=2, Inc.")] == [
        "a criminal investigation of wage fraud", "An Agency", "=3", "=2, Inc."
    ]  # fmt: skip


CHOICES = (Option("a", "First thing", "More about it."), Option("b", "Second thing"), Option("c", "Third", always=True))


def test_help_explains_one_line_of_a_list() -> None:
    reply, said = ask("help 1\nhelp 2\nhelp 7\nsecond\n", Prompt("Which?", "one", options=CHOICES))
    assert reply.value == "b"
    for words in ("More about it.", "There is no more information on this.", "There is no number 7 here."):
        assert words in said


def test_required_choices_stay_chosen_and_enter_keeps_the_current_answer() -> None:
    several = Prompt("Which?", "several", ["b"], options=CHOICES)
    assert ask("\n", several)[0].value == ["b", "c"]
    assert ask("none\n", several)[0].value == ["c"]
    assert ask("2 1\n", several)[0].value == ["a", "b", "c"]
    assert ask("first, Second thing\n", several)[0].value == ["a", "b", "c"]
    assert ask("\n", Prompt("Name?", current="Old"))[0].value == "Old"
    assert ask("\n", Prompt("Really?", "yes-no", True))[0].value is True
    assert ask("\nfirst\n", Prompt("Which?", "one", options=CHOICES))[0].value == "a"


def test_a_command_that_is_not_available_is_not_an_answer() -> None:
    reply, said = ask("back\nskip\nx\n", Prompt("Name?", commands=frozenset({Command.HELP})))
    assert reply.value == "x"
    assert said.count("is not available here.") == 2


def test_several_lines_end_with_an_empty_one() -> None:
    assert ask("one\n back to back \n\nmore\n", Prompt("Text?", "lines"))[0].value == "one\n back to back "
    assert ask("help\n", Prompt("Text?", "lines", commands=frozenset({Command.HELP})))[0].command is Command.HELP
    with pytest.raises(EOFError):
        ask("one\ntwo\n", Prompt("Text?", "lines"))


# --- in a terminal ----------------------------------------------------------------------------------------------------


@pytest.fixture
def at_a_terminal(tmp_path: Path) -> Any:
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "letters", "new", "denial", "--plain", "--answers", str(until_requester(tmp_path))],
        cwd=str(tmp_path),
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "XDG_STATE_HOME": str(tmp_path / "state")},
        encoding="utf-8",
        timeout=30,
    )
    child.delaybeforesend = 0.1
    yield child
    child.close(force=True)


def test_pasted_lines_fill_one_answer_and_early_typing_is_only_offered(at_a_terminal: Any, tmp_path: Path) -> None:
    child = at_a_terminal
    child.send("too early\n")
    child.expect_exact("Which agency, organization, or person sent the request?")
    child.expect_exact("Typed before the question appeared: “too early”.")
    child.expect_exact("> ")
    child.send("12 High Street\nBuilding 4\nSanta Fe")  # the last line waits for its Enter
    child.expect_exact("Press Enter once more.")
    child.expect_exact("> ")
    child.send("\n")
    child.expect_exact("have been joined")
    child.expect_exact("Press Enter for: 12 High Street Building 4 Santa Fe.")
    child.expect_exact("> ")
    child.send("\n")
    child.expect_exact("What kind of organization")
    child.expect_exact("> ")
    child.send("\x03")
    child.expect_exact("Your answers are saved in")
    assert draft(tmp_path)["request"]["requester"] == {"agency": "12 High Street Building 4 Santa Fe"}
