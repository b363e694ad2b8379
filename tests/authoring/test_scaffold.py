"""A Word letter with tags becomes a kind of letter, and its questions stay in step with it."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.documents import docx, paragraph
from helpers.edits import edit, replace

from letters._system.output import write_all
from letters.approval.approve import kind_problems
from letters.assembly.assembler import Assembler
from letters.assembly.template.shared_passages import NO_PASSAGES
from letters.authoring.scaffold.blanks import blanks_of
from letters.authoring.scaffold.new_kind import new_kind
from letters.authoring.scaffold.sync import Sync, sync_questions
from letters.docx.package import open_package
from letters.errors import TemplateAtFault, Usage
from letters.library.library import Library
from letters.library.prompts import load_questionnaire

KIND = "hearing-notice"
LINES = (
    "{{ office.name }}",
    "{{ date }}",
    "Dear {{ client.name }}:",
    "Your hearing is on {{ hearing_date }} at {{ hearing_place }}{% if room %}, room {{ room }}{% endif %}.",
    "It concerns {{ issues|and_list }}.",
    "{%p if has_interpreter %}",
    "An interpreter for {{ interpreter_language }} will be there.",
    "{%p endif %}",
    "{%p if way == “phone” %}",
    "You will be called.",
    '{%p elif way == "video" %}',
    "You will receive a link.",
    "{%p endif %}",
    "{%p for person in witnesses %}",
    "{{ person }}",
    "{%p endfor %}",
    "{{ explanation }}",
    "{{ signatory.name }}",
)


def letter(lines: Sequence[str] = LINES) -> bytes:
    return docx("".join(map(paragraph, lines)), title="Notice of hearing")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    root = tmp_path / "own"
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".vetted", "vetted.toml"))
    return root


def assembler(root: Path) -> Assembler:
    return Assembler(Library(root))


def made(root: Path, lines: Sequence[str] = LINES) -> Path:
    """The folder of the new kind."""
    write_all(new_kind(assembler(root), KIND, letter(lines), "hearing.docx").files)
    return root / "templates" / KIND


def words(root: Path) -> str:
    at = assembler(root)
    (answers,) = at.samples(KIND).values()
    package = open_package(at.make(at.check(answers), ["docx"]).files["docx"], "letter")
    return "\n".join("".join(each.itertext()) for each in package.xml(package.main).iter("{*}p"))


# --- a new kind ---


def test_a_word_letter_becomes_a_kind_that_writes_a_letter_at_once(own: Path) -> None:
    made(own)
    assert kind_problems(assembler(own), KIND) == []
    text = words(own)
    assert "Dear [client name]:" in text
    assert "Your hearing is on August 2, 2019 at [hearing place], room [room]." in text
    assert "It concerns [issues, first] and [issues, second]." in text
    assert "You will be called." in text
    assert assembler(own).library.kinds[KIND].title == "Notice of hearing"


GUESSES: dict[str, dict[str, Any]] = {
    "extra.client_name": {"type": "text", "required": True},
    "extra.hearing_date": {"type": "date", "required": True},
    "extra.hearing_place": {"type": "text", "required": True},
    "extra.room": {"type": "text"},
    "extra.issues": {"type": "list", "required": True},
    "extra.has_interpreter": {"type": "yes-no"},
    "extra.interpreter_language": {"type": "text", "required": True, "when": {"extra.has_interpreter": True}},
    "extra.way": {"type": "choice", "required": True, "choices": {"phone": "Phone", "video": "Video"}},
    "extra.witnesses": {"type": "list"},
    "extra.explanation": {"type": "text", "required": True, "several_lines": True},
}


def test_each_blank_has_a_question_in_the_order_of_the_letter_with_a_guess_and_help(own: Path) -> None:
    made(own)
    data = tomllib.loads((own / "prompts" / f"{KIND}.toml").read_text(encoding="utf-8"))
    questions = [question for section in data["section"] for question in section["question"]]
    assert [question["field"] for question in questions] == list(GUESSES)
    for question in questions:
        guess = {key: value for key, value in question.items() if key not in ("field", "ask", "help")}
        wanted = dict(GUESSES[question["field"]])
        if question["field"] == "extra.witnesses":
            guess.pop("required", None)
        assert guess == wanted, question["field"]
        assert question["ask"].endswith("?")
    asked = {question["field"]: question for question in questions}
    assert asked["extra.has_interpreter"]["ask"] == "Is there an interpreter?"
    assert asked["extra.hearing_place"]["help"] == (
        "It appears in: Your hearing is on ____ at [hearing place], room ____."
    )
    script = load_questionnaire(Library(own), KIND)
    assert script.fields["extra.hearing_date"].kind == "date"


def test_what_is_known_is_not_asked_again_and_what_only_some_letters_ask_is(own: Path) -> None:
    made(own, ["{{ request.sought }}", "{% if responsible %}{{ responsible|length }}{% endif %}", "{{ reference }}"])
    data = tomllib.loads((own / "prompts" / f"{KIND}.toml").read_text(encoding="utf-8"))
    assert [question["field"] for question in data["section"][0]["question"]] == ["responsible"]
    assert kind_problems(assembler(own), KIND) == []


def test_the_file_given_stays_as_it_is_and_the_kind_s_own_says_extra(own: Path, tmp_path: Path, letters: Any) -> None:
    source = tmp_path / "hearing.docx"
    source.write_bytes(letter())
    done = letters("scaffold", source, "--kind", KIND, "--library", own)
    assert done.returncode == 0, done.stderr
    assert source.read_bytes() == letter()
    assert "hearing_date as extra.hearing_date" in done.stderr
    assert {Path(line).name for line in done.stdout.split()} == {
        "letter.docx", "kind.toml", "sample.toml", f"{KIND}.toml",
    }  # fmt: skip
    again = letters("scaffold", source, "--kind", KIND, "--library", own)
    assert again.returncode == 2
    assert "--sync" in again.stderr


def test_mistakes_in_the_tags_are_reported_and_nothing_is_written(own: Path) -> None:
    with pytest.raises(TemplateAtFault, match="never ended"):
        new_kind(assembler(own), KIND, letter(["{%p if a %}", "x"]), "hearing.docx")
    assert not (own / "templates" / KIND).exists()


@pytest.mark.parametrize("name", ["Hearing", "a b", "../x", "shared", "request", ""])
def test_a_kind_needs_a_plain_name(own: Path, name: str) -> None:
    with pytest.raises(Usage):
        new_kind(assembler(own), name, letter(), "hearing.docx")


def test_quoted_words_loop_names_and_parts_of_names_are_left_alone() -> None:
    first = '{% if way == "room" %}{{ room_number }}{% endif %}'
    lines = [first, "{%p for way_ in ways %}", "{{ way_ }}", "{%p endfor %}"]
    wanted = blanks_of(letter(lines), "a.docx", NO_PASSAGES)
    text = "".join(open_package(wanted.data, "a").xml("word/document.xml").itertext())
    assert text.startswith('{% if extra.way == "room" %}{{ extra.room_number }}{% endif %}')
    assert "{%p for way_ in extra.ways %}{{ way_ }}{%p endfor %}" in text
    assert [blank.name for blank in wanted.blanks] == ["way", "room_number", "ways"]


EXHIBITS = ["{%p for item in exhibits %}", "{{ item.title }}, {{ item.dated }}", "{%p endfor %}"]


def test_a_loop_over_parts_becomes_a_list_of_entries(own: Path) -> None:
    made(own, EXHIBITS)
    prompts = tomllib.loads((own / "prompts" / f"{KIND}.toml").read_text(encoding="utf-8"))
    (exhibits,) = prompts["section"][0]["question"]
    assert (exhibits["field"], exhibits["type"]) == ("extra.exhibits", "entries")
    assert [(part["field"], part["type"]) for part in exhibits["item"]] == [("title", "text"), ("dated", "date")]
    assert "[title], August " in words(own)


def test_a_part_of_a_part_cannot_be_asked_for_and_that_is_said() -> None:
    lines = ["{%p for item in items %}", "{{ item.price.amount }}", "{%p endfor %}"]
    (problem,) = blanks_of(letter(lines), "a.docx", NO_PASSAGES).problems
    assert "{{ item.price.amount }} cannot become part of an entry" in problem.message


# --- in step ---


def changed(root: Path) -> Sync:
    """A blank renamed, one gone, one new, and a wording that somebody has cared for."""
    file = made(root) / "letter.docx"
    edit(file, "word/document.xml", "extra.hearing_place", "hearing_venue")
    edit(file, "word/document.xml", "{{ extra.explanation }}", "The fee is {{ fee }}.")
    replace(
        root / "prompts" / f"{KIND}.toml",
        'ask = "What is the hearing place?"',
        '# ask Dana\nask = "Where is it heard?"',
    )
    done = sync_questions(assembler(root), KIND)
    write_all(done.files, overwrite=True)
    return done


def test_added_removed_and_renamed_blanks_are_reported(own: Path) -> None:
    done = changed(own)
    assert ([blank.name for blank in done.added], done.removed, done.renamed) == (
        ["fee"], ("explanation",), {"hearing_place": "hearing_venue"},
    )  # fmt: skip


def test_wording_and_comments_survive(own: Path) -> None:
    changed(own)
    text = (own / "prompts" / f"{KIND}.toml").read_text(encoding="utf-8")
    assert 'field = "extra.hearing_venue"\ntype = "text"\n# ask Dana\nask = "Where is it heard?"' in text
    assert '# field = "extra.explanation"' in text  # set aside, not lost
    assert text.startswith(f"# Questions for {KIND} only")
    names = [question.field.name for question in load_questionnaire(Library(own), KIND).extras]
    first, last = list(GUESSES)[:2], list(GUESSES)[3:9]
    assert names == [*first, "extra.hearing_venue", *last, "extra.fee"]


def test_after_it_the_letter_can_be_written_again(own: Path) -> None:
    changed(own)
    assert kind_problems(assembler(own), KIND) == []
    text = words(own)
    assert "at [hearing place], room" in text  # the answer, under its new name
    assert "The fee is [fee]." in text
    assert sync_questions(assembler(own), KIND).files == {}


def test_a_condition_on_a_renamed_blank_follows(own: Path) -> None:
    file = made(own) / "letter.docx"
    edit(file, "word/document.xml", "extra.has_interpreter", "with_interpreter")
    write_all(sync_questions(assembler(own), KIND).files, overwrite=True)
    fields = {question.field.name: question for question in load_questionnaire(Library(own), KIND).extras}
    assert fields["extra.interpreter_language"].when == {"extra.with_interpreter": True}


def test_a_dry_run_writes_nothing(own: Path, letters: Any) -> None:
    file = made(own) / "letter.docx"
    edit(file, "word/document.xml", "{{ extra.room }}", "{{ extra.hall }}")
    before = (own / "prompts" / f"{KIND}.toml").read_bytes()
    done = letters("scaffold", "--kind", KIND, "--sync", "--dry-run", "--library", own)
    assert done.returncode == 0
    assert "added: hall" in done.stderr
    assert "removed" not in done.stderr  # the condition still asks for the room
    assert (own / "prompts" / f"{KIND}.toml").read_bytes() == before


def test_dates_of_the_sample_are_those_of_the_letter_it_was_taken_from(own: Path) -> None:
    made(own)
    data = tomllib.loads((own / "templates" / KIND / "sample.toml").read_text(encoding="utf-8"))
    assert data["extra"]["hearing_date"] == data["date"] == date(2019, 8, 2)
