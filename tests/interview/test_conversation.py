"""The conversation with a face that is a script: every question of every kind, every move, no terminal."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS

from letters.assembly.assembler import Assembler
from letters.interview.drafts import Begun, begun, document, read_draft, unfinished
from letters.interview.interview import Interview
from letters.interview.session import Session
from letters.interview.terminal.conversation import Conversation
from letters.interview.terminal.face import Ask, Move, Reply
from letters.interview.terminal.sketch import sketch_of
from letters.model.fields import get, put

Sample = Callable[[str], dict[str, Any]]
TODAY = date(2019, 9, 2)


class Script:
    """A face: each reply belongs to a question, found by words of it; what is not in the script is answered by Enter.

    Raises EOFError where the script is at its end, as a face does that nobody is behind any more.
    """

    def __init__(self, *lines: tuple[str, Any]) -> None:
        self.lines = list(lines)
        self.said: list[str] = []
        self.shown: list[str] = []
        self.asked: list[Ask] = []

    def say(self, text: str, style: str = "") -> None:
        self.said.append(text)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        if not self.lines:
            raise EOFError
        words, reply = self.lines[0]
        if words in ask.text:
            self.lines.pop(0)
            if isinstance(reply, Move):
                return Reply(None, reply)
            return reply if isinstance(reply, Reply) else Reply(self.value(ask, reply))
        return Reply(self.value(ask, None))

    @staticmethod
    def value(ask: Ask, reply: Any) -> Any:
        """What counsel picks by the words of a line; without words what stands there already."""
        if ask.form == "one" and reply is not None:
            return next(choice.value for choice in ask.choices if reply in choice.line)
        if ask.form == "one" and ask.standing is None:
            return ask.choices[0].value
        if ask.form == "several":
            return list(ask.standing or ()) if reply is None else reply
        if ask.form == "yes-no":
            return bool(ask.standing) if reply is None else reply
        return str(ask.standing or "") if reply is None else reply

    def text(self) -> str:
        return "\n".join(self.said)


def begin(assembler: Assembler, answers: dict[str, Any] | None = None, **more: Any) -> Interview:
    return Interview(assembler.library, assembler.rulebook, answers or {}, TODAY, advice=assembler.advice, **more)


def talk(assembler: Assembler, interview: Interview, *lines: tuple[str, Any], fails: bool = True) -> Script:
    """Run the conversation along a script, up to its end."""
    script = Script(*lines)
    conversation = Conversation(script, interview, lambda: None, lambda last: sketch_of(assembler, interview, last))
    if fails:
        with pytest.raises(EOFError):
            conversation.run()
    else:
        script.said.append(f"wanted: {conversation.run()}")
    return script


def with_all_passed(assembler: Assembler, answers: dict[str, Any]) -> Interview:
    """An interview at its review: what the answers do not hold has been passed over."""
    interview = begin(assembler, answers)
    open_names = [each.field.name for each in interview.open_questions()]
    return begin(assembler, answers, passed=open_names)


AGENCY, WITHIN, SORT = "Which agency", "in the middle of a sentence", "What kind of organization"


# --- back, forward, jump ----------------------------------------------------------------------------------------------


def test_going_back_shows_the_old_answer_and_going_forward_keeps_it(assembler: Assembler) -> None:
    interview = begin(assembler)
    script = talk(
        assembler, interview,
        (AGENCY, "Example Agency"), (WITHIN, ""), (SORT, Move.BACK), (WITHIN, Move.BACK),
        (AGENCY, Move.FORWARD), (WITHIN, Move.FORWARD), (SORT, Move.BACK), (WITHIN, Move.BACK), (AGENCY, "Another"),
        (SORT, "A federal agency"),
    )  # fmt: skip
    again = [ask for ask in script.asked if AGENCY in ask.text]
    assert [ask.standing for ask in again] == ["", "Example Agency", "Example Agency"]
    assert not again[1].offer  # it stands in the line, to be corrected
    assert Move.FORWARD in again[1].moves
    assert Move.FORWARD not in again[0].moves
    assert get(interview.answers, "request.requester.agency") == "Another"
    assert len([ask for ask in script.asked if SORT in ask.text]) == 3  # after the change straight to what was open


def test_the_first_question_has_nothing_before_it_and_an_open_one_is_not_passed_by(assembler: Assembler) -> None:
    script = talk(assembler, begin(assembler), (AGENCY, Move.BACK), (AGENCY, Move.FORWARD), (AGENCY, "x"))
    assert "This is the first question." in script.text()
    assert "still open" in script.text()


def test_what_was_half_typed_is_there_again(assembler: Assembler) -> None:
    half = Reply("The Human Tra", Move.BACK)
    script = talk(
        assembler, begin(assembler), (AGENCY, "Example"), (WITHIN, half), (AGENCY, Move.FORWARD), (WITHIN, "x")
    )
    assert [ask.standing for ask in script.asked if WITHIN in ask.text] == ["", "The Human Tra"]


def test_help_and_the_letter_so_far_leave_the_question_where_it_was(assembler: Assembler) -> None:
    interview = begin(assembler)
    script = talk(
        assembler, interview,
        (AGENCY, Move.HELP), (AGENCY, Reply("Exam", Move.LETTER)), (AGENCY, "Example Agency"), (WITHIN, Move.LETTER),
        (WITHIN, ""),
    )  # fmt: skip
    assert "Example: U.S. Immigration and Customs Enforcement" in script.text()
    assert "An answer is needed." in script.text()
    assert script.asked[2].standing == "Exam"
    first, second = script.shown
    assert "[requester's agency]" in first
    assert ">>Example Agency<<" in second
    assert "[records sought]" in second


def test_every_question_can_be_reached_from_the_review_and_only_what_depends_on_it_is_asked(
    assembler: Assembler, sample: Sample
) -> None:
    interview = with_all_passed(assembler, sample("denial"))
    script = talk(
        assembler, interview,
        ("What now?", "Change an answer"), ("Which answer?", "Delivery"), ("How will the letter", ["certified-mail"]),
        ("What now?", "Change an answer"), ("Which answer?", "Public-records"), ("Public Records Act", True),
        ("so broad or burdensome", False),
        ("What now?", "Stop"), fails=False,
    )  # fmt: skip
    asked = [ask.text for ask in script.asked if not ask.text.endswith(("now?", "Which answer?"))]
    assert asked == [
        "How will the letter be sent?",
        "Was it made under the Inspection of Public Records Act?",
        "Is it so broad or burdensome that more time is needed?",
    ]
    assert "wanted: False" in script.text()


def test_the_review_is_there_at_any_time_and_leads_back(assembler: Assembler) -> None:
    interview = begin(assembler)
    script = talk(
        assembler, interview, (AGENCY, "Example"), (WITHIN, Move.REVIEW), ("What now?", "Go on"), (WITHIN, "")
    )
    assert "questions are still open" in script.text()
    assert "to be mended" not in script.text()  # what is merely open is not wrong
    menu = next(ask for ask in script.asked if "What now?" in ask.text)
    assert "Write the letter" not in [choice.line for choice in menu.choices]


def test_problems_stand_at_the_top_of_the_review_and_lead_to_their_question(
    assembler: Assembler, sample: Sample
) -> None:
    answers = sample("conditional-approval")
    put(answers, "request.justification", None)
    interview = with_all_passed(assembler, answers | {"departure": "To see."})
    script = talk(
        assembler, interview, ("What now?", "Mend: Justification"), ("How does the requester justify", "It is needed."),
        ("What now?", "Write the letter"), fails=False,
    )  # fmt: skip
    text = script.text()
    assert text.index("One thing has to be mended") < text.index("Your answers")
    assert "• Justification (request.justification) is missing" in text
    assert "wanted: True" in text


def test_an_answer_that_others_speak_against_is_asked_again_with_what_it_said(
    assembler: Assembler, sample: Sample
) -> None:
    interview = with_all_passed(assembler, sample("denial"))
    interview.go_to("request.received")
    script = talk(
        assembler, interview, ("did the Department receive", "8/20/2019"), ("date of the letter", "8/21/2019")
    )
    assert "To be looked at again. This is August 2, 2019, before the request was received" in script.text()
    assert next(ask for ask in script.asked if "date of the letter" in ask.text).standing == "August 2, 2019"


# --- input as people type it ------------------------------------------------------------------------------------------


def test_lines_pasted_into_a_line_become_one_and_are_shown_first(assembler: Assembler) -> None:
    interview = begin(assembler)
    script = talk(assembler, interview, (AGENCY, "Example\r\nAgency\nEast"), (AGENCY, None), (WITHIN, ""))
    assert "has become one line" in script.text()
    assert get(interview.answers, "request.requester.agency") == "Example Agency East"


def test_what_nobody_can_see_is_taken_out_and_told(assembler: Assembler) -> None:
    interview = begin(assembler)
    script = talk(assembler, interview, (AGENCY, "\ufeffExam\u200bple\u00a0Age\x07ncy\u202e "), (WITHIN, ""))
    assert get(interview.answers, "request.requester.agency") == "Example Agency"
    assert "Taken out, because nobody can see it: U+FEFF, U+200B, U+0007, U+202E." in script.text()


def test_a_date_without_a_full_year_is_asked_about_and_each_date_is_read_back(assembler: Assembler) -> None:
    interview = begin(assembler)
    interview.go_to("request.received")
    script = talk(
        assembler, interview,
        ("Department receive", "8/2/19"), ("Is this the day?", "Another"), ("Department receive", "8/2"),
        ("Which day is meant?", "August 2, 2019"), (AGENCY, "x"),
    )  # fmt: skip
    assert get(interview.answers, "request.received") == date(2019, 8, 2)
    assert script.asked[2].standing == "8/2/19"
    interview.go_to("request.received")
    script = talk(assembler, interview, ("Department receive", "8/5/2019"), (WITHIN, "x"))
    assert "= August 5, 2019" in script.text()


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_plain_list_is_added_to_changed_moved_and_shortened(assembler: Assembler, sample: Sample) -> None:
    interview = with_all_passed(assembler, sample("denial") | {"copies": ["One", "Two", "Three"]})
    interview.go_to("copies")
    talk(
        assembler, interview,
        ("What now?", "Add another"), ("Who should receive a copy", "Four\nFive"),
        ("What now?", "Move one"), ("Which one?", "Five"), ("Where to?", "To the top"),
        ("What now?", "Change one"), ("Which one?", "Two"), ("Who should receive a copy", "Two and a half"),
        ("What now?", "Remove one"), ("Which one?", "Four"),
        ("What now?", "That is all"), ("What now?", "Stop"), fails=False,
    )  # fmt: skip
    assert interview.answers["copies"] == ["Five", "One", "Two and a half", "Three"]


def test_persons_are_judged_one_by_one(assembler: Assembler, sample: Sample) -> None:
    interview = with_all_passed(assembler, sample("conditional-approval"))
    interview.go_to("recipients")
    script = talk(
        assembler, interview,
        ("What now?", "Add another"), ("Who may receive", "Nobody"), ("Who may receive", "Quinn Example, Clerk"),
        ("What now?", "That is all"), ("What now?", "Stop"), fails=False,
    )  # fmt: skip
    assert "“Nobody” lacks a title" in script.text()
    assert interview.answers["recipients"][-1] == {"name": "Quinn Example", "title": "Clerk"}


def test_entries_with_parts_are_moved_and_a_part_is_gone_back_to(assembler: Assembler, sample: Sample) -> None:
    interview = with_all_passed(assembler, sample("repeat-denial"))
    before = interview.answers["request"]["earlier"]
    interview.go_to("request.earlier")
    talk(
        assembler, interview,
        ("What now?", "Move one"), ("Which one?", "August 6"), ("Where to?", "To the top"),
        ("What now?", "Change one"), ("Which one?", "August 6"), ("was that request made", None),
        ("How did it arrive", Move.BACK), ("was that request made", "8/5/2019"), ("How did it arrive", "In person"),
        ("Who in the Department", "the front desk"), ("date of our answer", ""),
        ("What now?", "That is all"), ("What now?", "Stop"), fails=False,
    )  # fmt: skip
    after = interview.answers["request"]["earlier"]
    assert after[0] == {"day": date(2019, 8, 5), "channel": "visit", "reached": "the front desk"}
    assert after[1:] == before[:2]


# --- any reply at any question ----------------------------------------------------------------------------------------


class Whim:
    """A face that answers at random: rightly, wrongly, with any move, and at last not at all."""

    def __init__(self, chance: random.Random, asks: int) -> None:
        self.chance, self.left = chance, asks

    def say(self, text: str, style: str = "") -> None:
        assert isinstance(text, str)

    show = say

    def ask(self, ask: Ask) -> Reply:
        self.left -= 1
        if self.left < 0:
            raise EOFError
        chance = self.chance
        if chance.random() < 0.25:
            moves = sorted(ask.moves - {Move.QUIT}, key=lambda move: move.value)
            return Reply("half" if ask.form in ("line", "lines") else None, chance.choice(moves))
        return Reply(self.value(ask))

    def value(self, ask: Ask) -> Any:
        chance = self.chance
        values = [choice.value for choice in ask.choices]
        if ask.form == "one":
            return chance.choice(values)
        if ask.form == "several":
            return chance.sample(values, chance.randint(0, len(values)))
        if ask.form == "yes-no":
            return chance.random() < 0.5
        texts = ["", "a thing", "8/2/2019", "8/2/19", "Quinn Example, Clerk", "one\ntwo", "\x07", "x.", "yesterday"]
        return chance.choice([*texts, str(ask.standing or "")])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_anybody_can_answer_breaks_the_conversation(assembler: Assembler, sample: Sample, kind: str) -> None:
    chance = random.Random(kind)
    interview = with_all_passed(assembler, sample(kind)) if chance.random() < 0.5 else begin(assembler)
    face, saved = Whim(chance, 60), []

    def save() -> None:
        saved.append(document(interview.answers, interview.passed, interview.memory()))

    def go_on_for_ever() -> None:
        while True:  # where counsel would stop or write, begin again
            Conversation(face, interview, save, lambda last: sketch_of(assembler, interview, last)).run()
            interview.go_to("request.sought")

    with pytest.raises(EOFError):
        go_on_for_ever()
    assert saved
    again = begun(saved[-1], "draft.toml")
    resumed = begin(assembler, again.answers, kind=interview.kind, passed=again.passed, before=again.memory)
    assert resumed.settled() == interview.settled()
    assert resumed.step().what


@pytest.mark.parametrize("kind", KINDS)
def test_the_letter_so_far_can_be_shown_at_every_question(assembler: Assembler, sample: Sample, kind: str) -> None:
    wanted = sample(kind)
    for upto in range(0, 80, 8):
        interview = begin(assembler, kind=kind)
        for number, question in enumerate(interview.script.questions):
            if number < upto and (value := get(wanted, question.field.name)) is not None:
                put(interview.answers, question.field.name, value)
        text = sketch_of(assembler, interview, "request.sought")
        assert "cannot be shown" not in text
        assert (">>" in text.partition("---")[2]) == (get(interview.answers, "request.sought") is not None)
    full = sketch_of(assembler, begin(assembler, wanted))
    assert "[" not in full.partition("---")[2]


def test_a_template_that_cannot_be_filled_is_said_in_the_picture_and_stops_nothing(
    assembler: Assembler, tmp_path: Path
) -> None:
    import shutil

    from conftest import ROOT

    from letters.library.library import Library

    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "templates" / "denial" / "letter.docx").write_bytes(b"no Word file")
    broken = Assembler(Library(tmp_path))
    assert "It cannot be shown yet" in sketch_of(broken, begin(broken, kind="denial"))


# --- saving -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sit(assembler: Assembler, tmp_path: Path) -> Callable[..., Session]:
    from datetime import datetime

    def begin_session(start: Begun | None = None, kind: str = "", place: Path | None = None) -> Session:
        now = datetime(2019, 9, 2, 12, 0)
        return Session(
            assembler, kind, start or Begun(), now=now, drafts=tmp_path / "drafts", out=tmp_path, number=1, place=place
        )

    return begin_session


def put_agency(session: Session, agency: str) -> None:
    question = session.interview.state.question("request.requester.agency")
    assert question is not None
    session.interview.answer(question, agency)
    session.save()


def test_a_draft_is_its_owner_s_alone_and_says_who_what_and_when(sit: Callable[..., Session], tmp_path: Path) -> None:
    from datetime import datetime

    session = sit(kind="denial")
    put_agency(session, "Example Agency")
    (draft,) = unfinished([tmp_path / "drafts"])
    assert draft.path == session.saved_at
    assert (draft.path.stat().st_mode | draft.path.parent.stat().st_mode) & 0o077 == 0
    assert (draft.who, draft.kind, draft.answered) == ("Example Agency", "denial", 1)
    assert draft.when(datetime.fromtimestamp(draft.saved)).startswith("today at ")


def test_two_windows_on_one_draft_do_not_write_over_each_other(sit: Callable[..., Session], tmp_path: Path) -> None:
    put_agency(sit(kind="denial"), "Example Agency")
    (draft,) = unfinished([tmp_path / "drafts"])
    one, other = (sit(read_draft(draft.path), place=draft.path) for _ in range(2))
    put_agency(one, "One Agency")
    put_agency(other, "Other Agency")
    assert (one.given_way, other.given_way) == (False, True)
    assert {each.who for each in unfinished([tmp_path / "drafts"])} == {"One Agency", "Other Agency"}


def test_a_damaged_draft_is_named_and_hides_no_other(sit: Callable[..., Session], tmp_path: Path) -> None:
    put_agency(sit(kind="denial"), "Example Agency")
    (tmp_path / "drafts" / "bad.toml").write_text("kind = \n", encoding="utf-8")
    (tmp_path / "drafts" / "empty.toml").write_bytes(b"")
    found = {draft.path.name: draft for draft in unfinished([tmp_path / "drafts"])}
    assert "cannot be read as TOML" in found["bad.toml"].why_not
    assert found["empty.toml"].who == "nobody named yet"
    assert len(found) == 3


def test_what_a_draft_remembers_may_be_spoilt_by_hand_and_the_answers_still_count(assembler: Assembler) -> None:
    spoilt = '# For going on (leave as it is): {"aside": 5, "old": [], "unfinished": {"x": 1}, "entry": {}}\n'
    start = begun(f'{spoilt}kind = "denial"\n'.encode(), "draft.toml")
    interview = begin(assembler, start.answers, before=start.memory)
    assert interview.kind == "denial"
    assert begun(b"# For going on (leave as it is): {{{\n", "draft.toml").memory == {}


def test_an_entry_begun_is_gone_on_with_at_its_first_open_part(assembler: Assembler) -> None:
    interview = begin(assembler)
    question = interview.state.question("request.earlier")
    assert question is not None
    interview.add_entry(question)
    for name, value in (("day", "7/30/2019"), ("channel", "visit")):
        item = next(each for each in question.items if each.field.name == name)
        interview.answer_part(question, item, value)
    saved = begun(document(interview.answers, interview.passed, interview.memory()), "draft.toml")
    step = begin(assembler, saved.answers, before=saved.memory).step()
    assert step.what == "part"
    assert step.item is not None
    assert step.item.field.name == "reached"


def test_the_next_letter_in_a_matter_asks_only_what_is_new(
    assembler: Assembler, sit: Callable[..., Session], sample: Sample
) -> None:
    first = sit(Begun(sample("denial"), tuple(names(assembler, sample("denial")))))
    paths, _ = first.finish(["docx"])
    assert not list((paths[0].parent / "drafts").glob("*"))
    second = sit(read_draft(paths[0]), kind="contact-notice")
    asked = {each.field.name for each in second.interview.open_questions()}
    assert {"date", "reference"} <= asked
    assert not any(name.startswith("request.") for name in asked)
    assert second.interview.before(question_of(second, "reference")) == "OGC-2019-0142"
    assert second.interview.default(question_of(second, "date")) == TODAY
    third = sit(read_draft(paths[0]))  # which letter comes next is for the advice and for counsel
    assert third.interview.step().what == "kind"
    assert third.interview.kind_default() == "denial"


def names(assembler: Assembler, answers: dict[str, Any]) -> Iterator[str]:
    return (each.field.name for each in begin(assembler, answers).open_questions())


def question_of(session: Session, name: str) -> Any:
    return session.interview.state.question(name)
