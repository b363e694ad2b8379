"""The interview in a real terminal: a pseudo-terminal, keys sent as counsel presses them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.drafts import all_but, draft, drafts, until_requester
from helpers.terminals import in_terminal

from letters.assembly.assembler import Assembler
from letters.interview.terminal.text_keys import BURST
from letters.library.answers import write_answers

pexpect = pytest.importorskip("pexpect", reason="pseudo-terminals need pexpect and a Unix system")

Sample = Callable[[str], dict[str, Any]]
Start = Callable[..., Any]

# The comment with which the interview saves its answers: skipped questions are not asked again.
SKIPPED = (
    "# Skipped: request.requester.agency_in_sentence, request.requester.identification, "
    "request.requester.telephone, request.received_by, request.staff_contacted, request.quoted, "
    "request.public_records, request.statute, request.asserted, request.other_sources, request.safeguards, "
    "request.emergency, request.explanation, request.agreement, request.earlier, earlier_letters, unvetted_law\n"
)
ENTER, SPACE, DOWN = "\r", " ", "\x1b[B"
CTRL_C, CTRL_D, BACK, FORWARD = "\x03", "\x04", "\x10", "\x0e"
LETTER, REVIEW, SKIP, CLEAR = "\x0c", "\x12", "\x18", "\x15"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Start]:
    """Starts `letters` in a pseudo-terminal of 80 columns and 24 lines."""
    children = []
    here = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}

    def start(*arguments: object, columns: int = 80, within: tuple[str, ...] = (), **environment: str) -> Any:
        given = [str(each) for each in arguments]
        environment = {
            **here,
            "LANG": "en_US.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "TERM": "xterm",
            "PAGER": "cat",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            **environment,
        }
        if within:
            command, *first = (*within, sys.executable, "-m", "letters")
            where: dict[str, Any] = {"cwd": str(tmp_path), "env": environment, "dimensions": (24, columns)}
            child = pexpect.spawn(command, [*first, *given], encoding="utf-8", timeout=30, **where)
        else:
            child = in_terminal(given, tmp_path, environment, columns)
        child.delaybeforesend = None
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def say(child: Any, question: str, keys: str) -> None:
    see(child, question)
    child.send(keys)


def see(child: Any, words: str) -> None:
    """Wait for words on the screen, wherever the lines are broken and whatever their look."""
    child.expect(
        r"(?:\s|\x1b\[[0-9;?]*[a-zA-Z])*".join(re.escape(character) for character in words if character != " ")
    )


def pause() -> None:
    """As long as a person waits between two keys; keys that follow each other at once were pasted."""
    signal.sigtimedwait([], 2 * BURST)


def end(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus or 0)


def test_counsel_answers_the_questions_and_gets_a_denial(terminal: Start, tmp_path: Path) -> None:
    """The first refusal of the story: a log-in asked for by email, with no process."""
    child = terminal("new", "--out", tmp_path / "out", "--format", "docx")
    say(child, "a subpoena, order", "1" + ENTER)
    say(child, "What kind of access", "1" + ENTER)
    say(child, "How did the request arrive?", "1" + ENTER)
    say(child, "What is the date on the request", "Aug 1 2019" + ENTER)
    see(child, "Filled in: Date received: August 1, 2019")
    say(child, "What is the date of the", "7/31/2019" + ENTER)
    see(child, "before the request was received")  # reported at once, with the answer there to correct
    say(child, "What is the date of the", CLEAR + "8/2/2019" + ENTER)
    see(child, "our file number")
    see(child, "Our reference: [our reference]")  # the sentence that the answer completes, as it is typed
    child.send("OGC-2019-0142")
    see(child, "OGC-2019-0142")
    child.send(ENTER)
    say(child, "Which agency, organization, or person", "immigr")
    see(child, "Tab: U.S. Immigration and Customs Enforcement")
    child.send("\t" + ENTER)
    say(child, "What kind of organization", ENTER)  # known from the agency
    say(child, "Which component", ENTER)
    say(child, "Who signed or made", "Jordan Sample" + ENTER)
    say(child, "What is that person", "Investigative Assistant" + ENTER)
    say(child, "Which categories", SPACE + ENTER)
    say(child, "What is requested, in our", "a log-in to the database of employment records" + ENTER)
    say(child, "What purpose", ENTER)
    say(child, "Which of these apply", "letter should address")
    see(child, "address...")  # a long list is filtered as one types
    child.send(ENTER)  # ticks the line
    pause()
    child.send(ENTER)
    say(child, "How should the letter address", "Ms. Sample" + ENTER)
    see(child, "Advice: denial")
    see(child, "20 C.F.R. § 603.4; 11.3.100.106(C) NMAC; 11.3.100.106(D) NMAC; 2019 practice")
    see(child, "Which letter do you want to write?")
    see(child, "» (recommended) Denial")
    child.send(ENTER)
    say(child, "letter be sent?", DOWN + SPACE + ENTER)
    say(child, "requester's email", "jordan.sample@agency.example" + ENTER)
    see(child, "mailing address?")
    # Pasted without bracketed paste: the lines stay in this answer and do not answer the next question.
    child.send("P.O. Box 0000\rEl Paso, Texas 79900\r")
    child.send(ENTER)
    see(child, "Filled in: Signatory: Morgan Example")
    say(child, "have you looked up", "1" + ENTER)
    see(child, "What legal authority")
    # The caveat of the basis the pointer stands on, before anything is picked.
    see(child, "Caution:")
    child.send(ENTER)
    see(child, "Before you cite these")
    say(child, "What else belongs in this letter?", "2" + "6" + ENTER)
    say(child, "receive a copy?", "Office of the Secretary\r" + ENTER)
    say(child, "responsible for the decision?", "Casey Specimen, Secretary\r" + ENTER)
    see(child, "Your letter")
    see(child, "Advice: denial")  # again, on the final facts
    see(child, "Your answers")
    see(child, "The letter is ready. What next?")
    child.send(DOWN + ENTER)
    say(child, "Which answer?", "greet")  # a long list is filtered as one types
    say(child, "greet...", ENTER)
    say(child, "How should the letter address", CLEAR + "Investigator Sample" + ENTER)
    say(child, "What next?", ENTER)
    assert end(child) == 0

    written = {path.suffix: path for path in (tmp_path / "out").iterdir()}
    assert set(written) == {".toml", ".docx"}
    answers = tomllib.loads(written[".toml"].read_text(encoding="utf-8"))
    assert answers["request"]["requester"]["agency"] == "U.S. Immigration and Customs Enforcement"
    assert answers["request"]["requester"]["address"] == "P.O. Box 0000\nEl Paso, Texas 79900"
    assert answers["request"]["requester"]["greeting"] == "Investigator Sample"
    assert answers["copies"] == ["Office of the Secretary"]
    assert answers["delivery"] == ["email", "mail"]
    assert answers["status_sentence"] is True  # ticked from the start
    assert "departure" not in answers
    assert not drafts(tmp_path)


def test_earlier_requests_are_listed_one_by_one_and_can_be_corrected(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    source = all_but(assembler, tmp_path, sample("denial") | {"kind": None}, "request.earlier")
    child = terminal("new", "--answers", source)
    say(child, "made the same request before?", ENTER)  # “Add one” comes first: the question was picked
    say(child, "was that request made?", "8/3/2019" + ENTER)
    see(child, "after this request was received")
    say(child, "was that request made?", CLEAR + "7/25/2019" + ENTER)
    say(child, "How did it arrive?", "1" + ENTER)
    say(child, "Who in the Department received it?", "Office of the Secretary" + ENTER)
    say(child, "What is the date of our answer?", "7/26/2019" + ENTER)
    say(child, "our file number on that letter?", "OGC-2019-0140" + ENTER)
    see(child, "1. July 25, 2019 · By email · Office of the Secretary · July 26, 2019")
    say(child, "What next?", DOWN + ENTER)  # another
    say(child, "was that request made?", "7/30/2019" + ENTER)
    say(child, "How did it arrive?", BACK)  # one part back, with its answer
    see(child, "was that request made?")
    say(child, "July 30, 2019", ENTER)
    say(child, "How did it arrive?", "3" + ENTER)
    say(child, "Who in the Department received it?", "the front desk" + ENTER)
    say(child, "What is the date of our answer?", ENTER)  # not answered: no number is asked for
    see(child, "2. July 30, 2019 · By telephone · the front desk")
    say(child, "What next?", DOWN * 3 + ENTER)  # move one
    say(child, "Which one?", DOWN + ENTER)
    say(child, "Where to?", ENTER)
    see(child, "1. July 30, 2019 · By telephone · the front desk")
    say(child, "What next?", DOWN * 4 + ENTER)  # remove one
    say(child, "Which one?", ENTER)
    see(child, "1. July 25, 2019")
    say(child, "What next?", ENTER)
    see(child, "Advice: repeated denial")
    see(child, "» (recommended) Repeated denial")
    child.send(CTRL_C)
    assert end(child) == 130
    answers = draft(tmp_path)
    assert [entry["reached"] for entry in answers["request"]["earlier"]] == ["Office of the Secretary"]
    assert "kind" not in answers

    child = terminal("new", "--resume")  # nothing that was skipped is asked again
    see(child, "Jordan Sample, U.S. Immigration and Customs Enforcement: no kind of letter chosen yet")
    child.send(ENTER)
    see(child, "Advice: repeated denial")
    see(child, "Which letter do you want to write?")


def test_a_letter_that_departs_from_the_advice_asks_for_the_reason(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    child = terminal("new", "contact-notice", "--answers", all_but(assembler, tmp_path, sample("denial"), "delivery"))
    see(child, "Advice: denial")
    see(child, "Which letter do you want to write?")
    see(child, "Contact notice")  # the kind named on the command line stays preselected
    child.send(ENTER)
    say(child, "Why this kind of letter", ENTER)
    see(child, "A reason is required")
    say(child, "Why this kind of letter", "The denial went out yesterday.\r" + ENTER)
    say(child, "How will the letter be sent", CTRL_C)
    assert end(child) == 130
    answers = draft(tmp_path)
    assert answers["kind"] == "contact-notice"
    assert answers["departure"] == "The denial went out yesterday."


def test_an_approval_that_lacks_something_becomes_a_request_for_justification(
    terminal: Start, tmp_path: Path, sample: Sample
) -> None:
    answers = sample("conditional-approval")
    del answers["request"]["explanation"]
    source = tmp_path / "begun.toml"
    source.write_text(SKIPPED + write_answers(answers), encoding="utf-8")
    child = terminal("new", "--answers", source, "--out", tmp_path / "out", "--format", "docx")
    see(child, "Advice: request for justification")
    say(child, "Which letter do you want to write?", ENTER)  # stays with the approval
    say(child, "Why this kind of letter", "To see what is missing.\r" + ENTER)
    see(child, "One problem to fix:")
    see(child, "Explanation is missing: the request must give an explanation.")
    see(child, "» 1. Write a request for justification instead")
    child.send(ENTER)
    see(child, "Set aside")
    see(child, "Categories approved")
    see(child, "It will come back if you choose a kind of letter that does.")
    say(child, "When is the answer due?", "9/13/2019" + ENTER)
    say(child, "What else belongs in this letter?", ENTER)
    say(child, "The letter is ready. What next?", ENTER)
    assert end(child) == 0
    (written,) = (tmp_path / "out").glob("*.toml")
    assert tomllib.loads(written.read_text(encoding="utf-8"))["kind"] == "request-for-justification"


# --- each type of question, each key ----------------------------------------------------------------------------------

# A question of each type, near the end of the interview; the one before it; what its help says.
FORMS = {
    "line": ("reference", "What is our file number?", "What is the date of the", "Example: OGC-2019-0142"),
    "date": (
        "date",
        "What is the date of the letter?",
        "did the Department receive it?",
        "A date, written as you like",
    ),
    "lines": ("request.requester.address", "mailing address?", "requester's email", "Example: P.O. Box 0000"),
    "one": ("request.channel", "How did the request arrive?", "What kind of access", "Choose one."),
    "several": ("delivery", "How will the letter be sent?", "Which letter do you want", "Choose all that apply."),
    "yes-no": ("request.child_victim", "Could a person under 18", "Which investigation", "Yes or no."),
    "persons": ("responsible", "Who is responsible for", "What legal authority", "name and title separated by a comma"),
    "list": ("copies", "Who should receive a copy?", "Who will sign it?", "Example: Office of the Director"),
    "group": ("earlier_letters", "earlier letters we sent", "Who will sign it?", "Our earlier letters in the same"),
    "seldom": ("status_sentence", "What else belongs in this letter?", "Who is responsible", "Tick what the letter"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_key_works_at_every_type_of_question(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample, form: str
) -> None:
    name, question, before, help_ = FORMS[form]
    kind = "conditional-approval" if form == "yes-no" else "denial"
    child = terminal("new", "--answers", all_but(assembler, tmp_path, sample(kind), name, opened=form != "seldom"))
    say(child, question, "?")
    see(child, help_)
    say(child, question, LETTER)
    see(child, ": the letter so far.")
    say(child, question, REVIEW)
    say(child, "What next?", ENTER)
    see(child, question)
    see(child, "Ctrl-P back")
    child.send(BACK)
    see(child, before)
    see(child, "Ctrl-N forward")
    child.send(FORWARD)
    see(child, question)
    see(child, "Ctrl-C stop")
    child.send(CTRL_D)
    see(child, "Your answers are saved in" if drafts(tmp_path) else "Stopped.")
    assert end(child) == 130


def test_a_skipped_question_has_no_answer(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    child = terminal("new", "--answers", all_but(assembler, tmp_path, sample("denial"), "reference"))
    say(child, "What is our file number?", REVIEW)
    say(child, "What next?", DOWN + ENTER)
    say(child, "Which answer?", "office")
    say(child, "office...", ENTER)
    see(child, "Which component or field office")
    see(child, "Homeland Security Investigations, El Paso")
    child.send(SKIP)
    say(child, "What is our file number?", CTRL_C)
    assert end(child) == 130
    assert "office" not in draft(tmp_path)["request"]["requester"]


# --- stopping, losing the terminal, going on --------------------------------------------------------------------------


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize(
    ("answers", "question"),
    [
        (["Example Agency"], "What kind of organization"),  # a list to pick from
        (["Example Agency", "A federal"], "Which component"),  # a line of text
    ],
    ids=["list", "text"],
)
def test_stopping_loses_nothing_and_reports_where_the_answers_are(
    terminal: Start, tmp_path: Path, key: str, answers: list[str], question: str
) -> None:
    child = terminal("new", "policy-statement", "--answers", until_requester(tmp_path))
    order = ("Which agency, organization, or person", "What kind of organization")
    for asked, typed in zip(order, answers, strict=False):
        say(child, asked, typed + ENTER)
    say(child, question, key)
    see(child, "Your answers are saved in")
    see(child, "letters new --resume")
    assert end(child) == 130
    (saved,) = drafts(tmp_path)
    assert (saved.stat().st_mode | saved.parent.stat().st_mode) & 0o077 == 0
    assert draft(tmp_path)["request"]["requester"]["agency"] == "Example Agency"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP], ids=["kill -9", "a lost connection"])
def test_answers_survive(terminal: Start, tmp_path: Path, how: int) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path))
    say(child, "Which agency, organization, or person", "Example Agency" + ENTER)
    say(child, "What kind of organization", "A federal" + ENTER)
    see(child, "Which component")
    child.kill(how)
    child.expect(pexpect.EOF)
    assert [path.name[0] for path in (tmp_path / "state" / "letters" / "drafts").iterdir()] == ["2"]
    child = terminal("new", "--resume")
    see(child, "Example Agency: Denial, 9 answers, saved today at")
    child.send(ENTER)
    say(child, "Which component", BACK)
    see(child, "What kind of organization")
    child.send(CTRL_C)
    assert end(child) == 130
    assert len(drafts(tmp_path)) == 1  # resumed, not copied


def test_answers_that_a_change_to_the_questions_made_invalid_are_asked_again(terminal: Start, tmp_path: Path) -> None:
    library = tmp_path / "library"
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, library / folder)
    child = terminal("new", "denial", "--library", library, "--answers", until_requester(tmp_path))
    say(child, "Which agency, organization, or person", "Example Agency" + ENTER)
    say(child, "What kind of organization", "private individual" + ENTER)
    say(child, "Which component", "The El Paso office" + ENTER)
    see(child, "Who signed")
    child.kill(signal.SIGKILL)
    child.expect(pexpect.EOF)

    questions = library / "prompts" / "request.toml"
    text = questions.read_text(encoding="utf-8")
    text = text.replace(', private = "A private individual, company, or lawyer"', "")
    text = text.replace(
        'field = "request.requester.office"\n', 'field = "extra.branch"\ntype = "text"\nrequired = true\n'
    )
    questions.write_text(text, encoding="utf-8")
    child = terminal("new", "--resume", "--library", library)
    say(child, "Which interview", ENTER)
    see(child, "“private” is no longer offered.")
    say(child, "What kind of organization", "A federal" + ENTER)
    say(child, "Which component", "The new branch" + ENTER)
    say(child, "Who signed", CTRL_C)
    assert end(child) == 130
    answers = draft(tmp_path)
    assert answers["request"]["requester"]["agency_kind"] == "federal"
    assert answers["extra"] == {"branch": "The new branch"}
    assert "The El Paso office" in drafts(tmp_path)[0].read_text(encoding="utf-8")  # set aside, not lost


def test_with_a_read_only_home_folder_the_draft_is_saved_beside_the_letter(terminal: Start, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    child = terminal("new", "denial", "--out", tmp_path / "out", "--answers", until_requester(tmp_path))
    say(child, "Which agency, organization, or person", "Example Agency" + ENTER)
    say(child, "What kind of organization", CTRL_C)
    see(child, "Your answers are saved in")
    assert end(child) == 130
    (saved,) = (tmp_path / "out").glob("draft-*.toml")
    assert "Example Agency" in saved.read_text(encoding="utf-8")


# --- input as people type it ------------------------------------------------------------------------------------------

ADDRESS = "12 High Street\rBuilding 4\rSanta Fe, New Mexico 87500"


@pytest.mark.parametrize("paste", [ADDRESS, f"\x1b[200~{ADDRESS}\x1b[201~"], ids=["raw", "bracketed"])
@pytest.mark.parametrize("trailing", ["", "\r"], ids=["", "with Enter"])
def test_lines_pasted_into_a_single_line_answer_fill_only_that_answer(
    terminal: Start, tmp_path: Path, paste: str, trailing: str
) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path))
    see(child, "Which agency, organization, or person")
    child.send(paste + trailing)
    if not trailing:
        see(child, "87500")
        child.send(ENTER)
    see(child, "have been joined")
    say(child, "12 High Street Building 4 Santa Fe, New Mexico 87500", ENTER)
    say(child, "What kind of organization", CTRL_C)
    assert end(child) == 130
    requester = draft(tmp_path)["request"]["requester"]
    assert requester == {"agency": "12 High Street Building 4 Santa Fe, New Mexico 87500"}


def test_a_long_text_with_empty_lines_pasted_raw_stays_in_its_answer(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    child = terminal("new", "--answers", all_but(assembler, tmp_path, sample("denial"), "request.quoted"))
    see(child, "in the request's own words?")
    paragraphs = [f"Paragraph {number}: {'we ask for the records ' * 12}".strip() for number in range(8)]
    child.send("\r\r".join(paragraphs))  # more than a terminal hands over at once
    see(child, "Paragraph 7")
    child.send(ENTER + ENTER)
    say(child, "What next?", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["quoted"].split("\n\n") == paragraphs


def test_a_paste_into_a_list_chooses_nothing(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    child = terminal("new", "--answers", all_but(assembler, tmp_path, sample("denial"), "request.channel"))
    see(child, "How did the request arrive?")
    child.send(f"{ADDRESS}\r")
    see(child, "87500...")
    see(child, "Esc clears it.")
    child.send(ENTER)  # chooses nothing
    child.send("\x1b")
    see(child, "Ctrl-P back")
    child.send("port")
    see(child, "port...")
    child.send(ENTER)
    say(child, "What next?", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["channel"] == "portal"


def test_keys_pressed_before_a_question_is_shown_wait_in_its_answer_line(terminal: Start, tmp_path: Path) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path))
    child.send("Example Agency" + ENTER + "federal" + ENTER)
    see(child, "Typed before the question appeared")
    assert "requester" not in draft(tmp_path)["request"]  # nothing has been answered
    child.send(ENTER)
    see(child, "What kind of organization")
    see(child, "Typed before the question appeared: “federal”.")
    child.send(ENTER)
    say(child, "Which component", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["requester"] == {"agency": "Example Agency", "agency_kind": "federal"}


def test_typing_replaces_an_offered_answer_and_an_arrow_key_edits_it(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    source = all_but(assembler, tmp_path, sample("denial"), "date", "reference")
    before = 'kind = "denial"\ndate = 2019-08-02\nreference = "OGC-2019-0142"\n'
    text = source.read_text(encoding="utf-8").replace('kind = "denial"\n', before)
    source.write_text(f"# The letter has been written: before\n{text}", encoding="utf-8")
    child = terminal("new", "denial", "--answers", source)
    see(child, "Which request is this letter about?")
    child.send("1")
    see(child, "» 1.")
    child.send(ENTER)
    say(child, "What is the date of the letter?", "8/5/2019" + ENTER)
    see(child, "Previous answer: OGC-2019-0142")
    say(child, "type to replace", "OGC-2019-0150" + ENTER)
    see(child, "Previous answer: 11.3.100.106(C) NMAC: Release of department records")  # not its id
    say(child, "have you looked up", "1" + ENTER)
    see(child, "What next?")
    assert draft(tmp_path)["reference"] == "OGC-2019-0150"
    child.send(DOWN + ENTER)
    say(child, "Which answer?", "0150")
    say(child, "0150...", ENTER)
    see(child, "What is our file number?")
    see(child, "OGC-2019-0150")
    child.send("\x1b[F-A" + ENTER)  # End, then more text
    see(child, "What next?")
    assert draft(tmp_path)["reference"] == "OGC-2019-0150-A"
    child.send(CTRL_C)
    assert end(child) == 130


@pytest.mark.parametrize("stop", [CTRL_C, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_half_typed_text_survives(terminal: Start, tmp_path: Path, stop: str | int) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path))
    say(child, "Which agency, organization, or person", "Example Ag")
    see(child, "Example Ag")
    if isinstance(stop, str):
        child.send(stop)
    else:
        for _ in range(100):
            if drafts(tmp_path):
                break
            signal.sigtimedwait([], 0.1)
        child.kill(stop)
    child.expect(pexpect.EOF)
    child = terminal("new", "--resume")
    say(child, "Which interview", ENTER)
    see(child, "Which agency, organization, or person sent the request? Example Ag")
    child.send("ency" + ENTER)
    say(child, "What kind of organization", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["requester"]["agency"] == "Example Agency"
    assert "typed" not in drafts(tmp_path)[0].read_text(encoding="utf-8").partition("kind")[0]


def test_ctrl_z_suspends_and_the_question_comes_back(terminal: Start, tmp_path: Path) -> None:
    child = terminal(
        "new",
        "denial",
        "--answers",
        until_requester(tmp_path),
        within=("bash", "-c", 'set -m; "$@"; echo in the shell; fg', "-"),
    )
    say(child, "Which agency, organization, or person", "Example ")
    see(child, "Example")
    child.send("\x1a")
    see(child, "in the shell")
    see(child, "Which agency, organization, or person")
    child.send("Agency" + ENTER)
    say(child, "What kind of organization", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["requester"]["agency"] == "Example Agency"


def test_a_list_is_filtered_with_spaces_and_esc_shows_it_again(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    child = terminal("new", "--answers", all_but(assembler, tmp_path, sample("denial"), "legal_basis"))
    see(child, "What legal authority")
    child.send("no such words")
    see(child, "Nothing here contains")
    child.send("\x1b")
    see(child, "Binding.")  # what the highlighted line says
    child.send("administrative grants")
    see(child, "...")
    pause()
    child.send(ENTER)  # selects the line, and does not answer the question
    pause()
    child.send(ENTER)
    say(child, "What next?", CTRL_C)
    assert end(child) == 130
    assert "ssa-303-b" in draft(tmp_path)["legal_basis"]


def test_without_a_default_enter_chooses_nothing(terminal: Start, tmp_path: Path) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path))
    say(child, "Which agency, organization, or person", "Example Agency" + ENTER)
    say(child, "What kind of organization", ENTER)
    child.send("city or")
    see(child, "city or...")
    pause()
    child.send(ENTER)
    say(child, "Which component", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["requester"]["agency_kind"] == "local"


# --- everyone's terminal ----------------------------------------------------------------------------------------------


def test_a_window_made_narrow_and_wide_again_keeps_question_and_answer(terminal: Start, tmp_path: Path) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path))
    see(child, "Which agency, organization, or person")
    child.send("Example ")
    for columns in (30, 132, 80):
        child.setwinsize(20, columns)
        see(child, "Which agency")
    child.send("Agency" + ENTER)
    see(child, "What kind of organization")
    child.setwinsize(12, 40)
    see(child, "A federal agency")
    child.send("A state" + ENTER)
    say(child, "Which component", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["requester"] == {"agency": "Example Agency", "agency_kind": "state"}


def test_a_question_whose_lines_a_narrower_window_breaks_is_erased_whole(terminal: Start, tmp_path: Path) -> None:
    up = {}
    for name, known in {"most": {}, "xterm": {"XTERM_VERSION": "XTerm(390)"}}.items():  # xterm breaks no line anew
        child = terminal("new", "denial", "--answers", until_requester(tmp_path), columns=100, **known)
        see(child, "Which agency, organization, or person")
        child.send("Example Agency of Example County")  # with it, the line has 90 columns: two rows of the next window
        see(child, "Agency of Example County asked for [records sought].")
        child.setwinsize(24, 60)
        child.expect(r"(\x1b\[A)?\x1b\[90D\x1b\[J")  # up, to the left, and everything from there on is erased
        up[name] = child.match[1]
        see(child, "Which agency")
        child.close(force=True)
    assert up == {"most": "\x1b[A", "xterm": None}


def test_yes_and_no_stand_whole_at_the_edge_and_nothing_is_offered_with_tab_beside_them(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    source = all_but(assembler, tmp_path, sample("subpoena-response"), "request.requester.title", "preserved")
    child = terminal("new", "--answers", source, columns=73)
    see(child, "Tab: Special Agent")
    child.send("Special Agent" + ENTER)
    see(child, "confirmed a hold on them?")
    child.expect_exact("(y/N)")
    see(child, "Ctrl-C stop")
    assert "Tab:" not in child.before
    child.send(CTRL_C)
    assert end(child) == 130


def test_without_color_no_color_is_sent_and_without_unicode_only_ascii(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    source = all_but(assembler, tmp_path, sample("denial"), "legal_basis")
    child = terminal("new", "--answers", source, NO_COLOR="1", LANG="C", LC_ALL="C")
    see(child, "Advice: denial.")
    see(child, "* Direct, standing, or bulk access")
    see(child, "42 U.S.C. S 503(a)(1)")
    see(child, "Ctrl-C stop")
    shown = child.before + child.after
    child.send(CTRL_C)
    assert end(child) == 130
    assert not re.search(r"\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;|m)", shown)
    assert shown.isascii()


def test_a_dumb_terminal_is_asked_line_by_line(terminal: Start, tmp_path: Path) -> None:
    child = terminal("new", "denial", "--answers", until_requester(tmp_path), TERM="dumb")
    for asked, answer in (
        ("Which agency, organization, or person", "Example Agency"),
        ("What kind of organization", "back"),
    ):
        see(child, asked)
        see(child, "\n> ")  # what is typed before the question is there must be confirmed
        child.send(f"{answer}\n")
    see(child, "Press Enter for: Example Agency.")
    child.send("quit\n")
    see(child, "letters new --resume")
    assert end(child) == 0


def test_the_pdf_can_be_opened(terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample) -> None:
    opener = tmp_path / "opener"
    opener.write_text('#!/bin/sh\necho "$1" > opened\n', encoding="utf-8")
    opener.chmod(0o755)
    source = all_but(assembler, tmp_path, sample("contact-notice"))
    child = terminal("new", "--answers", source, "--out", "out", LETTERS_OPEN=str(opener))
    say(child, "The letter is ready. What next?", ENTER)
    see(child, ".pdf")
    say(child, "What do you want to open?", ENTER)
    assert end(child) == 0
    opened = tmp_path / "opened"
    for _ in range(100):  # the program is started and not waited for; its file is empty at first
        if opened.exists() and opened.read_text(encoding="utf-8").endswith("\n"):
            break
        signal.sigtimedwait([], 0.1)
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    assert opened.read_text(encoding="utf-8").strip() == str(Path("out") / pdf.name)


def test_an_interview_starts_from_saved_answers(terminal: Start, tmp_path: Path, sample: Sample) -> None:
    answers = sample("conditional-approval")
    del answers["expires"]
    answers["request"]["received_by"] = "Office of the Secretary"
    source = tmp_path / "begun.toml"
    source.write_text(SKIPPED + write_answers(answers), encoding="utf-8")
    child = terminal("new", "--answers", source, "--out", tmp_path / "out", "--format", "docx")
    see(child, "Advice: conditional approval")
    say(child, "When does the approval expire?", "8/1/2019" + ENTER)
    see(child, "not after the letter's date")
    say(child, "approval expire?", CLEAR + "November 27, 2019" + ENTER)
    say(child, "What next?", ENTER)
    assert end(child) == 0
    assert list((tmp_path / "out").glob("*.docx"))


def test_in_a_wide_window_the_letter_stands_beside_the_question(
    terminal: Start, tmp_path: Path, assembler: Assembler, sample: Sample
) -> None:
    child = terminal("new", "--answers", all_but(assembler, tmp_path, sample("denial"), "request.purpose"), columns=140)
    see(child, "What purpose does the requester state?")
    see(child, "You gave the purpose of the request as [stated")
    child.send("an audit")
    see(child, "udit.")
    child.send(ENTER)
    say(child, "What next?", CTRL_C)
    assert end(child) == 130
    assert draft(tmp_path)["request"]["purpose"] == "an audit"
