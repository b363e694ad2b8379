"""The types of the office's own questions: numbers, money, and entries with several parts."""

from __future__ import annotations

import csv
import io
import struct
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers.documents import docx, paragraph
from helpers.libraries import keep_kinds
from helpers.reading import words
from jsonschema import Draft202012Validator

from letters.assembly.assembler import Assembler
from letters.docx.package import open_package
from letters.errors import InvalidAnswers, LibraryAtFault
from letters.interview import answering, entries, interview, navigation
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.linter.lint import lint_library
from letters.model.json_schema import schema_of

KIND = "hearing-notice"
PROMPTS = """\
[[section]]
title = "The hearing"

[[section.question]]
field = "extra.fee"
type = "money"
ask = "What is the fee?"
required = true

[[section.question]]
field = "extra.pages"
type = "number"
ask = "How many pages?"

[[section.question]]
field = "extra.exhibits"
type = "entries"
ask = "Which exhibits?"

[[section.question.item]]
field = "number"
ask = "What is its number?"
required = true

[[section.question.item]]
field = "day"
type = "date"
ask = "What is its date?"

[[section.question.item]]
field = "cost"
type = "money"
ask = "What does it cost?"

[[section.question.item]]
field = "form"
type = "choice"
ask = "In which form?"
choices = { paper = "on paper", file = "as a file" }

[[section.question]]
field = "extra.receipt"
type = "picture"
ask = "Which picture shows the receipt?"
"""
LINES = (
    "{{ recipient.name }} pays {{ extra.fee }}{% if extra.pages %} for {{ extra.pages }} pages{% endif %}.",
    "{%p for each in extra.exhibits %}",
    "Exhibit {{ each.number }}{% if each.day %} of {{ each.day }}{% endif %}"
    "{% if each.cost %} ({{ each.cost }}){% endif %}"
    "{% if each.form_words %}, {{ each.form_words }}{% endif %}.",
    "{%p endfor %}",
    "{%p if extra.receipt %}",
    "The receipt: {{ extra.receipt|picture }}",
    "{%p endif %}",
)
ANSWERS: dict[str, Any] = {
    "kind": KIND,
    "date": date(2026, 8, 14),
    "delivery": ["email"],
    "signatory": "chief-counsel",
    "recipient": {"name": "Pat Example", "email": "pat@mail.example"},
    "extra": {
        "fee": "$1,234.5",
        "pages": 12500,
        "exhibits": [{"number": "A", "day": date(2026, 1, 2), "cost": 12.5, "form": "paper"}, {"number": "B"}],
    },
}


@pytest.fixture
def office(own: Path) -> Path:
    folder = own / "templates" / KIND
    folder.mkdir()
    (folder / "letter.docx").write_bytes(docx("".join(map(paragraph, LINES))))
    (folder / "kind.toml").write_text('title = "Hearing"\nsummary = "s"\nuse_when = "w"\nform = "none"\n', "utf-8")
    (own / "prompts" / f"{KIND}.toml").write_text(PROMPTS, "utf-8")
    return own


def written(office: Path, extra: dict[str, Any]) -> str:
    assembler = Assembler(Library(office))
    letter = assembler.check({**ANSWERS, "extra": {**ANSWERS["extra"], **extra}})
    return words(assembler.make(letter, ["docx"]).files["docx"])


def test_numbers_money_and_entries_print_as_a_letter_writes_them(office: Path) -> None:
    text = written(office, {})
    assert "Pat Example pays $1,234.50 for 12,500 pages." in text
    assert "Exhibit A of January 2, 2026 ($12.50), on paper." in text
    assert "Exhibit B." in text


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ({"fee": "12.345"}, "extra.fee"),
        ({"fee": "about 5"}, "extra.fee"),
        ({"fee": True}, "extra.fee"),
        ({"pages": "1.234,5"}, "extra.pages"),
        ({"pages": "1e9"}, "extra.pages"),
        ({"exhibits": [{"day": date(2026, 1, 2)}]}, "extra.exhibits"),
        ({"exhibits": [{"number": "A", "colour": "red"}]}, "extra.exhibits"),
        ({"exhibits": [{"number": "A", "form": "stone"}]}, "extra.exhibits"),
    ],
)
def test_what_is_no_such_answer_is_refused(office: Path, extra: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidAnswers) as raised:
        written(office, extra)
    assert [problem.field for problem in raised.value.problems] == [place]


def test_the_schema_and_check_know_them(office: Path) -> None:
    assembler = Assembler(Library(office))
    schema = schema_of(KIND, assembler.rulebook, [question.field for question in assembler.extras(KIND)])
    accepts = Draft202012Validator(schema).is_valid
    extra = {"fee": "12.50", "exhibits": [{"number": "A"}]}
    answers = {**ANSWERS, "date": "2026-08-14", "extra": extra}
    assert accepts(answers)
    assert not accepts({**answers, "extra": {**extra, "exhibits": [{"number": 1}]}})
    file = office / "templates" / KIND / "letter.docx"
    file.write_bytes(docx("".join(map(paragraph, (*LINES[:2], "{{ each.numbr }}", LINES[3])))))
    keep_kinds(office, KIND)
    found = [each for each in lint_library(Assembler(Library(office))).findings if "numbr" in each.message]
    assert found


def test_the_interview_asks_for_each_part(office: Path) -> None:
    assembler = Assembler(Library(office))
    answers = {key: value for key, value in ANSWERS.items() if key != "extra"}
    state = interview.start(assembler.library, assembler.rulebook, answers, date(2026, 8, 14), kind=KIND)
    fee = state.question("extra.fee")
    exhibits = state.question("extra.exhibits")
    assert fee is not None
    assert exhibits is not None
    assert "not a number" in answering.error_in(state, fee, "lots")
    answering.accept(state, fee, "1,000")
    state.position = "extra.exhibits"
    assert navigation.current_step(state).what == "list"
    assert [part.field.name for part in exhibits.items] == ["number", "day", "cost", "form"]
    entries.replace_entries(state, exhibits, [{"number": "A", "cost": "3"}])
    assert entries.entry_line(exhibits, entries.entries_of(state, exhibits)[0]) == "A · 3"


def test_rows_have_a_column_for_each_part(letters: Callable[..., Any], office: Path) -> None:
    row = {
        "recipient.name": "Pat Example", "recipient.email": "pat@mail.example", "delivery": "email",
        "date": "2026-08-14", "signatory": "chief-counsel", "extra.fee": "$5", "extra.pages": "",
        "extra.exhibits.1.number": "A", "extra.exhibits.1.form": "on paper", "extra.exhibits.2.number": "B",
    }  # fmt: skip
    with (office / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    options = ("--kind", KIND, "--out", "out", "--format", "docx", "--draft")
    done = letters("batch", "rows.csv", *options, env={"LETTERS_LIBRARY": str(office)})
    assert done.returncode == 0, done.stderr
    (made,) = (office / "out").glob("*.docx")
    text = words(made.read_bytes())
    assert "pays $5.00." in text
    assert "Exhibit A, on paper." in text
    assert "Exhibit B." in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('type = "entries"', 'type = "table"', "There is no type “table”"),
        ('field = "day"\ntype = "date"', 'field = "number"\ntype = "date"', "cannot be the name of a part"),
        ('field = "cost"\ntype = "money"', 'field = "cost"\ntype = "list"', "There is no type “list” for a part"),
        ('type = "choice"\n', "", "The part form is of the type “text”"),
    ],
)
def test_a_question_that_cannot_work_is_named(office: Path, old: str, new: str, message: str) -> None:
    file = office / "prompts" / f"{KIND}.toml"
    assert old in PROMPTS
    file.write_text(PROMPTS.replace(old, new), "utf-8")
    with pytest.raises(LibraryAtFault, match=message):
        load_questionnaire(Library(office), KIND)


def picture(wide: int, high: int) -> bytes:
    """A gray PNG."""
    rows = b"".join(b"\0" + b"\x80" * wide for _ in range(high))
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    framed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def test_a_picture_reaches_word_and_the_pdf_with_words_for_what_it_shows(office: Path) -> None:
    (office / "templates" / KIND / "receipt.png").write_bytes(picture(960, 96))
    assembler = Assembler(Library(office))
    answers = {**ANSWERS, "extra": {**ANSWERS["extra"], "receipt": "receipt.png | The “signed” receipt & stamp"}}
    files = assembler.make(assembler.check(answers)).files
    package = open_package(files["docx"], "letter")
    body = package.xml(package.main)
    (about,) = body.iter("{*}docPr")
    assert about.get("descr") == "The “signed” receipt & stamp"
    assert next(body.iter("{*}extent")).get("cx") == str(6 * 914_400)  # 10 inches at 96 pixels to the inch
    assert any(data == picture(960, 96) for data in package.parts.values())
    with pikepdf.open(io.BytesIO(files["pdf"])) as pdf:
        assert any(
            str(each.get("/Alt")) == "The “signed” receipt & stamp"
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and "/Alt" in each
        )
    assert assembler.make(assembler.check(answers)).files == files


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("receipt.png", "is not a picture with words for what it shows"),
        ("receipt.gif | The receipt", "is not a picture with words for what it shows"),
        ("nowhere.png | The receipt", "The picture nowhere.png is not there"),
        ("odd.png | The receipt", "The picture odd.png is not a PNG or JPEG picture"),
    ],
)
def test_what_is_no_picture_is_refused(office: Path, typed: str, says: str) -> None:
    (office / "templates" / KIND / "odd.png").write_bytes(b"MZ")
    with pytest.raises(InvalidAnswers, match=says):
        written(office, {"receipt": typed})
