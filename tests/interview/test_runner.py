"""Running an interview with a scripted front end: every question of every kind, every command, no terminal."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS
from helpers.drafts import begin, saved_and_resumed

from letters.assembly.assembler import Assembler
from letters.interview import applicability, navigation
from letters.interview.drafts import format_draft
from letters.interview.letter_so_far import letter_so_far
from letters.interview.state import InterviewState
from letters.interview.terminal.desktop import edited
from letters.interview.terminal.frontend import Command, Prompt, Reply
from letters.interview.terminal.runner import InterviewRunner
from letters.model.fields import get, put

Sample = Callable[[str], dict[str, Any]]


class Script:
    """A front end with prepared replies, each for the question containing certain words; Enter for all others.

    Raises EOFError at the end of the script, as a front end does when the input ends.
    """

    def __init__(self, *lines: tuple[str, Any]) -> None:
        self.lines = list(lines)
        self.said: list[str] = []
        self.shown: list[str] = []
        self.asked: list[Prompt] = []

    def say(self, text: str, style: str = "") -> None:
        self.said.append(text)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        if not self.lines or len(self.asked) > 300:
            raise EOFError
        words, reply = self.lines[0]
        if words in prompt.text:
            self.lines.pop(0)
            if isinstance(reply, Command):
                return Reply(None, reply)
            return reply if isinstance(reply, Reply) else Reply(self.value(prompt, reply))
        return Reply(self.value(prompt, None))

    @staticmethod
    def value(prompt: Prompt, reply: Any) -> Any:
        """What counsel chooses by words from its line; without them, the current answer."""
        if prompt.form == "one" and reply is not None:
            return next(choice.value for choice in prompt.options if reply in choice.line)
        if prompt.form == "one" and prompt.current is None:
            return prompt.options[0].value
        if prompt.form == "several":
            return list(prompt.current or ()) if reply is None else reply
        if prompt.form == "yes-no":
            return bool(prompt.current) if reply is None else reply
        return str(prompt.current or "") if reply is None else reply

    def text(self) -> str:
        return "\n".join(self.said)


def run(assembler: Assembler, state: InterviewState, *lines: tuple[str, Any], fails: bool = True) -> Script:
    """Run the interview with a script, to its end."""
    script = Script(*lines)
    runner = InterviewRunner(script, state, lambda: None, lambda last: letter_so_far(assembler, state, last))
    if fails:
        with pytest.raises(EOFError):
            runner.run()
    else:
        script.said.append(f"wanted: {runner.run()}")
    return script


def at_review(assembler: Assembler, answers: dict[str, Any]) -> InterviewState:
    """An interview at its review: every other question has been skipped."""
    state = begin(assembler, answers)
    unanswered = [
        each for each in applicability.applicable_questions(state) if get(state.answers, each.field.name) is None
    ]
    return begin(assembler, answers, skipped=[each.field.name for each in unanswered])


AGENCY, SORT, OFFICE = "Which agency", "What kind of organization", "Which component"


def at_requester(assembler: Assembler) -> InterviewState:
    """An interview at the question about the requester's agency."""
    request = {"process": "none", "access": "direct-access", "channel": "email", "received": date(2019, 8, 1)}
    return begin(assembler, {"request": request, "date": date(2019, 8, 2)}, skipped=["request.dated", "reference"])


# --- back, forward, and straight to a question ------------------------------------------------------------------------


def test_going_back_shows_the_old_answer_and_going_forward_keeps_it(assembler: Assembler) -> None:
    state = at_requester(assembler)
    script = run(
        assembler, state,
        (AGENCY, "Example Agency"), (SORT, "A federal agency"), (OFFICE, Command.BACK), (SORT, Command.BACK),
        (AGENCY, Command.FORWARD), (SORT, Command.FORWARD), (OFFICE, Command.BACK), (SORT, Command.BACK),
        (AGENCY, "Another"), (OFFICE, ""),
    )  # fmt: skip
    again = [ask for ask in script.asked if AGENCY in ask.text]
    assert [ask.current for ask in again] == ["", "Example Agency", "Example Agency"]
    assert again[1].offered  # typing replaces it
    assert Command.FORWARD in again[1].commands
    assert Command.FORWARD not in again[0].commands
    assert get(state.answers, "request.requester.agency") == "Another"
    assert (
        len([ask for ask in script.asked if OFFICE in ask.text]) == 3
    )  # after the change, straight to the open question


def test_going_back_from_the_first_question_or_forward_past_an_open_one_does_nothing(assembler: Assembler) -> None:
    first = "a subpoena, order, or warrant"
    script = run(assembler, begin(assembler), (first, Command.BACK), (first, Command.FORWARD), (first, "None"))
    assert "This is the first question." in script.text()
    assert "Please answer this question first." in script.text()


def test_what_was_half_typed_is_kept(assembler: Assembler) -> None:
    half = Reply("The Human Tra", Command.BACK)
    script = run(
        assembler, at_requester(assembler),
        (AGENCY, "Example"), (SORT, None), (OFFICE, half), (SORT, Command.FORWARD), (OFFICE, "x"),
    )  # fmt: skip
    assert [ask.current for ask in script.asked if OFFICE in ask.text] == ["", "The Human Tra"]


def test_help_and_the_letter_so_far_return_to_the_question(assembler: Assembler) -> None:
    script = run(
        assembler, at_requester(assembler),
        (AGENCY, Command.HELP), (AGENCY, Reply("Exam", Command.LETTER)), (AGENCY, "Example Agency"),
        (SORT, Command.LETTER), (SORT, None),
    )  # fmt: skip
    assert "Example: U.S. Immigration and Customs Enforcement" in script.text()
    assert "An answer is required." in script.text()
    assert script.asked[2].current == "Exam"
    first, second = script.shown
    assert "[requester\u2019s agency]" in first
    assert ">>Example Agency<<" in second
    assert "[records sought]" in second


def test_what_need_not_be_asked_is_filled_in_and_said(assembler: Assembler) -> None:
    script = run(
        assembler, begin(assembler),
        ("a subpoena, order", "None"), ("What kind of access", "Direct"), ("arrive", "By email"),
        ("date on the request", "8/1/2019"), ("date of the letter", "8/2/2019"), ("file number", ""),
    )  # fmt: skip
    assert "Filled in: Date received: August 1, 2019" in script.text()
    assert not [ask for ask in script.asked if "did the Department receive" in ask.text]
    assert script.asked[0].where == "What came in, question 1 of about 19"


def test_the_review_leads_to_every_question_and_then_only_its_follow_up_questions_are_asked(
    assembler: Assembler, sample: Sample
) -> None:
    state = at_review(assembler, sample("denial"))
    script = run(
        assembler, state,
        ("What next?", "Change an answer"), ("Which answer?", "Delivery"), ("How will the letter", ["certified-mail"]),
        ("What next?", "Change an answer"), ("Which answer?", "Public-records"), ("Public Records Act", True),
        ("so broad or burdensome", False),
        ("What next?", "Stop"), fails=False,
    )  # fmt: skip
    asked = [ask.text for ask in script.asked if not ask.text.endswith(("What next?", "Which answer?"))]
    assert asked == [
        "How will the letter be sent?",
        "Was it made under the Inspection of Public Records Act?",
        "Is it so broad or burdensome that more time is needed?",
    ]
    assert "wanted: False" in script.text()


def test_the_review_is_available_at_any_time(assembler: Assembler) -> None:
    state = at_requester(assembler)
    script = run(
        assembler, state,
        (AGENCY, "Example"), (SORT, None), (OFFICE, Command.REVIEW), ("What next?", "Continue"), (OFFICE, ""),
    )  # fmt: skip
    assert "questions are still open" in script.text()
    assert "to fix" not in script.text()  # an open question is not a problem
    menu = next(ask for ask in script.asked if "What next?" in ask.text)
    assert "Write the letter" not in [choice.line for choice in menu.options]


def test_problems_come_first_in_the_review_and_lead_to_their_questions(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    put(answers, "request.justification", None)
    state = at_review(assembler, answers | {"departure": "To see."})
    script = run(
        assembler, state, ("What next?", "Fix: Justification"), ("How does the requester justify", "It is needed."),
        ("What next?", "Write the letter"), fails=False,
    )  # fmt: skip
    text = script.text()
    assert text.index("One problem to fix") < text.index("Your answers")
    assert "• Justification is missing" in text
    assert "wanted: True" in text


def test_an_answer_that_conflicts_with_another_is_asked_again_with_its_text(
    assembler: Assembler, sample: Sample
) -> None:
    state = at_review(assembler, sample("denial"))
    navigation.go_to(state, "request.received")
    script = run(
        assembler, state, ("did the Department receive", "8/20/2019"), ("What is the date of the", "8/21/2019")
    )
    assert "Please check this answer. This is August 2, 2019, before the request was received" in script.text()
    assert next(ask for ask in script.asked if "What is the date of the" in ask.text).current == "August 2, 2019"


# --- input as people type it ------------------------------------------------------------------------------------------


def test_lines_pasted_into_a_single_line_answer_are_joined_and_shown_first(assembler: Assembler) -> None:
    state = at_requester(assembler)
    script = run(assembler, state, (AGENCY, "Example\r\nAgency\nEast"), (AGENCY, None), (SORT, None))
    assert "have been joined" in script.text()
    assert get(state.answers, "request.requester.agency") == "Example Agency East"


def test_invisible_characters_are_removed_and_reported(assembler: Assembler) -> None:
    state = at_requester(assembler)
    script = run(assembler, state, (AGENCY, "\ufeffExam\u200bple\u00a0Age\x07ncy\u202e "), (SORT, None))
    assert get(state.answers, "request.requester.agency") == "Example Agency"
    assert "Invisible characters were removed: U+FEFF, U+200B, U+0007, U+202E." in script.text()


def test_an_ambiguous_date_is_asked_about_and_each_date_is_repeated_in_full(assembler: Assembler) -> None:
    state = at_requester(assembler)
    navigation.go_to(state, "request.received")
    script = run(
        assembler, state,
        ("Department receive", "8/2/19"), ("Is this the date you mean?", "Another"), ("Department receive", "8/2"),
        ("Which date do you mean?", "August 2, 2019"), (AGENCY, "x"),
    )  # fmt: skip
    assert get(state.answers, "request.received") == date(2019, 8, 2)
    assert script.asked[2].current == "8/2/19"
    navigation.go_to(state, "request.received")
    script = run(assembler, state, ("Department receive", "8/5/2019"), (SORT, None))
    assert "= August 5, 2019" in script.text()


# --- lists ------------------------------------------------------------------------------------------------------------


def test_lines_of_a_plain_list_are_added_moved_changed_and_removed(assembler: Assembler, sample: Sample) -> None:
    state = at_review(assembler, sample("denial") | {"copies": ["One", "Two", "Three"]})
    navigation.go_to(state, "copies")
    run(
        assembler, state,
        ("What next?", "Add another"), ("Who should receive a copy", "Four\nFive"),
        ("What next?", "Move one"), ("Which one?", "Five"), ("Where to?", "To the top"),
        ("What next?", "Change one"), ("Which one?", "Two"), ("Who should receive a copy", "Two and a half"),
        ("What next?", "Remove one"), ("Which one?", "Four"),
        ("What next?", "Done"), ("What next?", "Stop"), fails=False,
    )  # fmt: skip
    assert state.answers["copies"] == ["Five", "One", "Two and a half", "Three"]


def test_persons_are_checked_one_by_one(assembler: Assembler, sample: Sample) -> None:
    state = at_review(assembler, sample("conditional-approval"))
    navigation.go_to(state, "recipients")
    script = run(
        assembler, state,
        ("What next?", "Add another"), ("Who may receive", "Nobody"), ("Who may receive", "Quinn Example, Clerk"),
        ("What next?", "Done"), ("What next?", "Stop"), fails=False,
    )  # fmt: skip
    assert "“Nobody” has no title" in script.text()
    assert state.answers["recipients"][-1] == {"name": "Quinn Example", "title": "Clerk"}


def test_entries_with_parts_are_moved_and_a_part_can_be_gone_back_to(assembler: Assembler, sample: Sample) -> None:
    state = at_review(assembler, sample("repeat-denial"))
    before = state.answers["request"]["earlier"]
    navigation.go_to(state, "request.earlier")
    run(
        assembler, state,
        ("What next?", "Move one"), ("Which one?", "August 6"), ("Where to?", "To the top"),
        ("What next?", "Change one"), ("Which one?", "August 6"), ("was that request made", None),
        ("How did it arrive", Command.BACK), ("was that request made", "8/5/2019"), ("How did it arrive", "In person"),
        ("Who in the Department", "the front desk"), ("date of our answer", ""),
        ("What next?", "Done"), ("What next?", "Stop"), fails=False,
    )  # fmt: skip
    after = state.answers["request"]["earlier"]
    assert after[0] == {"day": date(2019, 8, 5), "channel": "visit", "reached": "the front desk"}
    assert after[1:] == before[:2]


# --- any reply at any question ----------------------------------------------------------------------------------------


class RandomReplies:
    """A front end that replies at random: with valid and invalid answers and any command, until its input ends."""

    def __init__(self, chance: random.Random, asks: int) -> None:
        self.chance, self.left = chance, asks

    def say(self, text: str, style: str = "") -> None:
        assert isinstance(text, str)

    show = say

    def ask(self, prompt: Prompt) -> Reply:
        self.left -= 1
        if self.left < 0:
            raise EOFError
        chance = self.chance
        if chance.random() < 0.25:
            commands = sorted(prompt.commands - {Command.QUIT}, key=lambda command: command.value)
            return Reply("half" if prompt.form in ("line", "lines") else None, chance.choice(commands))
        return Reply(self.value(prompt))

    def value(self, prompt: Prompt) -> Any:
        chance = self.chance
        values = [choice.value for choice in prompt.options]
        if prompt.form == "one":
            return chance.choice(values)
        if prompt.form == "several":
            return chance.sample(values, chance.randint(0, len(values)))
        if prompt.form == "yes-no":
            return chance.random() < 0.5
        texts = ["", "a thing", "8/2/2019", "8/2/19", "Quinn Example, Clerk", "one\ntwo", "\x07", "x.", "yesterday"]
        return chance.choice([*texts, str(prompt.current or "")])


@pytest.mark.parametrize("kind", KINDS)
def test_no_reply_breaks_the_interview(assembler: Assembler, sample: Sample, kind: str) -> None:
    chance = random.Random(kind)
    state = at_review(assembler, sample(kind)) if chance.random() < 0.5 else begin(assembler)
    frontend, saved = RandomReplies(chance, 60), []

    def save() -> None:
        saved.append(format_draft(state))

    def keep_running() -> None:
        while True:  # start again whenever counsel would stop or write
            InterviewRunner(frontend, state, save, lambda last: letter_so_far(assembler, state, last)).run()
            navigation.go_to(state, "request.sought")

    with pytest.raises(EOFError):
        keep_running()
    assert saved[-1] == format_draft(state)
    resumed = saved_and_resumed(assembler, state)
    assert applicability.effective_answers(resumed) == applicability.effective_answers(state)
    assert navigation.current_step(resumed).what


def test_a_long_answer_is_edited_in_the_users_own_editor(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "and more" >> "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    assert edited({"EDITOR": str(editor)}, "The text") == ("The text\nand more", "")
    assert edited({"EDITOR": "false", "VISUAL": ""}, "The text")[0] == "The text"
    assert "No editor is known" in edited({}, "The text")[1]
    assert "could not be used" in edited({"VISUAL": str(tmp_path / "none")}, "The text")[1]
