"""The interview in a browser without JavaScript: what pages do, and that the same answers make the same letter."""

from __future__ import annotations

import os
import random
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS, ROOT, SHIPPED
from helpers.drafts import begin, drafts
from helpers.libraries import keep_kinds
from helpers.terminal_counsel import TerminalCounsel
from helpers.web import Client, served
from helpers.web_forms import BrowsingCounsel, FormPage

from letters._system.output import file_names
from letters.assembly.assembler import Assembler
from letters.interview.drafts import format_answers, format_draft, parse_saved
from letters.interview.letter_so_far import letter_so_far
from letters.interview.terminal.runner import InterviewRunner
from letters.library.answers import Answers
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.model.fields import get, put

Sample = Callable[[str], dict[str, Any]]
SEEDS = int(os.environ.get("LETTERS_FUZZ", "1"))


@pytest.fixture
def client(library: Library, assembler: Assembler, tmp_path: Path) -> Iterator[Client]:
    with served(library, folder=tmp_path, assembler=assembler) as client:
        yield client


def counsel(client: Client, sample: Sample, kind: str = "denial") -> BrowsingCounsel:
    """Counsel who has hidden the letter, which would be made for every page."""
    found = BrowsingCounsel(client, kind, sample(kind))
    found.send(found.start(), "letter:hide")
    return found


def left_open(client: Client, tmp_path: Path, sample: Sample, *names: str, kind: str = "denial") -> BrowsingCounsel:
    """Counsel who resumes a draft that has everything but these fields."""
    wanted = sample(kind)
    known = load_questionnaire(Library(ROOT), kind).fields
    skipped = [each for each in known if get(wanted, each) is None and each not in names]
    found = BrowsingCounsel(client, kind, sample(kind))
    for name in names:
        put(wanted, name, None)
    state = {"decided": ["x"], "recalled": True, "opened": names}
    folder = tmp_path / "state" / "letters" / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "begun.toml").write_bytes(format_answers(wanted, skipped, state=state))
    page = FormPage(client.post("resume", {"draft": "begun.toml"}))
    assert page.form is not None
    found.address = page.form.get("action").removeprefix(client.server.guard.root)
    found.send(page, "letter:hide")
    return found


def page_of(counsel: BrowsingCounsel) -> FormPage:
    return FormPage(counsel.client.get(counsel.address))


def saved(tmp_path: Path) -> Answers:
    (path,) = drafts(tmp_path)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def in_terminal(assembler: Assembler, kind: str, wanted: dict[str, Any], sample: dict[str, Any]) -> Answers:
    """The answers after the same interview in a terminal, up to the review."""
    state = begin(assembler)
    front = TerminalCounsel(state, kind, wanted, sample)
    with suppress(EOFError):
        InterviewRunner(front, state, lambda: None, lambda last: letter_so_far(assembler, state, last)).run()
    assert front.asked < 300, front.said[-5:]
    return parse_saved(format_draft(state), "draft.toml").answers


# --- the same letter as in a terminal ---


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_draft_begun_in_a_terminal_is_finished_here_in_the_same_bytes(
    client: Client, sample: Sample, assembler: Assembler, tmp_path: Path, kind: str
) -> None:
    finishing = left_open(client, tmp_path, sample, kind=kind)
    page = finishing.until_review(page_of(finishing))
    done = client.post(finishing.address, page.filled("write", {}))
    assert "The letter is written" in done.words
    assert drafts(tmp_path) == []
    known = sample(kind) | {name: value for name, value in finishing.wanted.items() if name == "departure"}
    made = assembler.make(assembler.check(known)).files
    (answers,) = (tmp_path / "out").glob("*.toml")
    for suffix, name in file_names(answers.stem, made, is_draft=False).items():
        assert answers.with_name(name).read_bytes() == made[suffix], name


def test_a_mail_with_the_letter_is_written_once_and_sent_by_nobody(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    finishing = left_open(client, tmp_path, sample, kind="contact-notice")
    client.post(finishing.address, finishing.until_review(page_of(finishing)).filled("write", {}))
    for _ in range(2):
        page = client.post(finishing.address, {"do": "mail"})
        assert "The email, not yet sent" in page.words
    (mail,) = (tmp_path / "out").glob("*.eml")
    message = message_from_bytes(mail.read_bytes())
    assert message["X-Unsent"] == "1"
    enclosed = {part.get_filename() for part in message.walk() if part.get_filename()}
    assert f"{mail.stem}.pdf" in enclosed


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_walk_of_random_answers_ends_in_the_same_answers_in_both_faces(
    client: Client, sample: Sample, assembler: Assembler, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    kind = chance.choice(KINDS)
    wanted = sample(kind)
    for question in begin(assembler, kind=kind).questionnaire.questions:
        name = question.field.name
        if question.field.kind == "yes-no" and not name.startswith("extra"):
            put(wanted, name, chance.random() < 0.3)
        elif question.field.kind == "text" and not question.field.required and chance.random() < 0.3:
            put(wanted, name, "something else")
    asking = counsel(client, lambda _: wanted, kind)
    asking.sample = sample(kind)
    asking.until_review(page_of(asking))
    assert saved(tmp_path) == in_terminal(assembler, kind, wanted, sample(kind))


# --- pages ---


def test_questions_that_belong_together_share_a_page_and_one_that_decides_has_its_own(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = counsel(client, sample)
    assert page_of(asking).names()[3:] == ["request.process"]
    office, name = "request.requester.office", "request.requester.name"
    asking = left_open(client, tmp_path, sample, "date", "reference", office)
    page = page_of(asking)
    assert page.names()[3:] == ["date", "reference"]
    assert asking.answer(page).names()[3:] == [office, name]


def test_a_wrong_answer_is_shown_again_with_the_reason_and_the_right_ones_are_kept(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "date", "reference")
    page = asking.send(page_of(asking), date=["32 August"], reference=["OGC-2019-0142"])
    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.words
    assert page.one("date") == "32 August"
    (link,) = page.root.xpath("//div[@role='alert']//a/@href")
    (field,) = page.root.xpath(f"//*[@id='{link[1:]}']")
    assert field.get("aria-invalid") == "true"
    described = page.root.xpath(f"//*[@id='{field.get('aria-describedby').split()[-2]}']")[0].text_content()
    assert "32 August" in described
    assert saved(tmp_path)["reference"] == "OGC-2019-0142"
    page = asking.send(page, date=["Aug 2 2019"])
    assert "date" not in page.names(), page.words


def test_an_ambiguous_date_is_asked_about_and_the_day_picked_counts(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "date")
    page = asking.send(page_of(asking), date=["08/02/19"])
    assert "Is this the date you mean?" in page.words
    assert page.options("date:day") == ["2019-08-02", ""]
    again = asking.send(page, **{"date:day": [""]})
    assert "Is this the date you mean?" in again.words
    asking.send(again, **{"date:day": ["2019-08-02"]})
    assert saved(tmp_path)["date"].isoformat() == "2019-08-02"


def test_back_forward_and_change_keep_every_answer_and_half_typed_text(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "request.requester.agency")
    page = asking.send(page_of(asking), "back", request__requester__agency=["Half a na"])
    assert page.place == "date"
    page = asking.send(page)
    assert page.one("request.requester.agency") == "Half a na"
    page = asking.send(page, "review")
    assert "Typed but not entered" in page.words
    page = asking.send(page, "change:request.channel")
    page = asking.send(page, request__channel=["letter"])
    assert saved(tmp_path)["request"]["channel"] == "letter"
    assert page.one("request.requester.agency") == "Half a na"


def test_entries_of_a_list_are_added_changed_moved_and_removed(client: Client, sample: Sample, tmp_path: Path) -> None:
    asking = left_open(client, tmp_path, sample, "copies", "request.sought")
    page = asking.send(asking.answer(page_of(asking)), copies=["One\nTwo"])
    page = asking.send(page, "change:copies")
    assert page.root.xpath("//ol[@class='entries']//p[@class='entry']/text()") == ["One", "Two"]
    page = asking.send(page, "list:add", new=["Three"])
    page = asking.send(page, "list:up-2")
    page = asking.send(page, "list:edit-0")
    page = asking.send(page, "list:save-0", line=["First"])
    page = asking.send(page, "list:remove-2")
    assert "Removed: Two" in page.words
    page = asking.send(page, "list:add", new=[""])
    assert "Write the entry first." in page.words
    page = asking.send(page)
    assert page.place != "copies"
    assert saved(tmp_path)["copies"] == ["First", "Three"]


def test_entries_with_parts_are_asked_for_part_by_part(client: Client, sample: Sample, tmp_path: Path) -> None:
    asking = left_open(client, tmp_path, sample, "request.earlier", kind="repeat-denial")
    page = page_of(asking)
    while page.place.startswith("request.earlier"):
        page = asking.answer(page)
    assert saved(tmp_path)["request"]["earlier"] == sample("repeat-denial")["request"]["earlier"]


def test_law_is_ticked_and_its_cautions_are_shown_without_javascript(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "legal_basis")
    page = page_of(asking)
    chosen = [value for name, value in page.pairs() if name == "legal_basis"]
    assert len(chosen) > 2
    assert "Caution:" in page.words
    page = asking.send(page, legal_basis=[*reversed(chosen)])
    assert saved(tmp_path)["legal_basis"] == chosen
    assert "Before you cite these:" in page.words


# --- two tabs, drafts, forged forms ---


def test_a_page_that_is_out_of_date_enters_nothing_and_loses_nothing(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "request.requester.agency", "request.sought")
    old = page_of(asking)
    newer = asking.send(old, request__requester__agency=["Agency of the first tab"])
    page = asking.send(old, request__requester__agency=["Agency of the second tab"])
    assert "went on in another window" in page.words
    assert page.one("request.requester.agency") == "Agency of the second tab"
    assert saved(tmp_path)["request"]["requester"]["agency"] == "Agency of the first tab"
    assert newer.place != "request.requester.agency"


def test_a_draft_is_discarded_once_that_is_confirmed(client: Client, sample: Sample, tmp_path: Path) -> None:
    asking = left_open(client, tmp_path, sample, "request.requester.agency")
    wanted = {"draft": "begun.toml"}
    asked = client.post("discard", wanted)
    assert "Discard this draft?" in asked.words
    assert "Denial, " in asked.words
    assert len(drafts(tmp_path)) == 1
    assert "There are none." in client.post("discard", wanted | {"sure": "yes"}).words
    assert drafts(tmp_path) == []
    assert "This draft was discarded" in client.get(asking.address).words
    assert "There are none." in client.post("discard", wanted | {"sure": "yes"}).words  # a second click


def test_a_form_that_a_double_click_sends_twice_counts_once(client: Client, sample: Sample, tmp_path: Path) -> None:
    asking = left_open(client, tmp_path, sample, "request.requester.agency", "request.sought")
    page = page_of(asking)
    first = asking.send(page, request__requester__agency=["An Agency"])
    second = asking.send(page, request__requester__agency=["An Agency"])
    assert second.place == first.place
    assert "another window" not in second.words


def test_a_draft_that_a_terminal_changes_meanwhile_is_kept_beside_ours(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "date", "request.sought")
    page = page_of(asking)
    (draft,) = drafts(tmp_path)
    theirs = draft.read_bytes() + b"\n# changed in a terminal\n"
    draft.write_bytes(theirs)
    page = asking.answer(page)
    assert "Both versions were kept" in page.words
    assert len(drafts(tmp_path)) == 2
    assert draft.read_bytes() == theirs


def test_what_was_not_asked_or_offered_is_not_entered(client: Client, sample: Sample, tmp_path: Path) -> None:
    asking = counsel(client, sample)
    page = page_of(asking)
    page = asking.send(page, request__process=["no-such-process"], kind=["denial"], signatory=["chief-counsel"])
    assert page.title.startswith("Error: ")
    page = asking.send(page, request__process=["none"], request__access=["bulk"])
    assert saved(tmp_path) == {"request": {"process": "none"}}
    for action in ("write", "list:remove-0", "change:no.such.field", "alternative", "x" * 500):
        page = asking.send(page, action)
    assert saved(tmp_path) == {"request": {"process": "none"}}
    assert not (tmp_path / "out").exists()


def test_an_interview_of_an_earlier_run_says_where_its_answers_are(client: Client) -> None:
    answer = client.get("interview/no-such-interview/")
    assert answer.status == 404
    assert "Your answers are saved" in answer.words
    assert client.post("resume", {"draft": "../../etc/passwd"}).status == 200


# --- the letter beside the questions ---


def test_the_letter_follows_what_is_typed_and_shades_the_sentences_that_it_decides(
    client: Client, sample: Sample, tmp_path: Path
) -> None:
    asking = left_open(client, tmp_path, sample, "request.sought", "delivery")
    page = asking.send(page_of(asking), "letter:show")
    assert "gray" in page.words
    typed = page.filled("continue", {"request.sought": ["a log-in of our own"], "focus": ["request.sought"]})
    live = client.post(f"{asking.address}live", typed)
    assert "a log-in of our own" in live.words
    shown = FormPage(live).root
    marked = [" ".join(each.text_content().split()) for each in shown.xpath("//mark")]
    assert any("asked for a log-in of our own" in each for each in marked)
    assert not any("Sincerely" in each for each in marked)
    assert "[how it is sent]" in [each.text_content() for each in shown.xpath("//*[@class='blank']")]
    assert shown.xpath("//figure/@data-mark")
    picture = shown.xpath("//img/@src")[0].removeprefix(client.server.guard.root)
    assert client.get(picture).body.startswith(b"\x89PNG")
    assert client.get(picture.replace("/0.png", "/99.png")).status == 404
    assert page_of(asking).one("request.sought") == "a log-in of our own"  # kept, and not entered
    assert client.post(f"{asking.address}live", {"version": "0"}).status == 409


def test_a_letter_that_nobody_vetted_is_marked_as_a_draft_beside_the_questions(
    own: Path, sample: Sample, tmp_path: Path
) -> None:
    keep_kinds(own, "denial")
    (own / "templates" / "vetted.toml").unlink()
    with served(Library(own), folder=tmp_path) as client:
        asking = left_open(client, tmp_path, sample, "request.sought", "delivery")
        page = asking.send(page_of(asking), "letter:show")
        assert "will be marked as a draft: denial is not vetted" in page.words
