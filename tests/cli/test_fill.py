"""`letters fill`, `kinds`, `fields`, `schema` and `demo`, run as a script runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from helpers import KINDS, ROOT, SHIPPED
from helpers.documents import paragraph
from helpers.edits import edited
from helpers.offices import office_of_one_kind
from helpers.reading import words

from letters.cli.main import main
from letters.library.answers import write_answers
from letters.model.fields import fields_of

Sample = Callable[[str], dict[str, Any]]


def save(folder: Path, name: str, answers: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if path.suffix == ".json":
        path.write_text(json.dumps(answers, default=str), encoding="utf-8")
    else:
        path.write_text(write_answers(answers), encoding="utf-8")
    return path


GOES_OUT = {
    "request-for-justification": ["targeted-request"],
    "policy-statement": ["targeted-request"],
    "conditional-approval": ["disclosure-agreement", "return-of-records"],
}
"""The forms and pages that go out with letters of a kind."""


def test_saved_answers_become_letters_in_both_formats(letters: Any, tmp_path: Path, sample: Sample) -> None:
    sources = [save(tmp_path / "a", f"{kind}.toml", sample(kind)) for kind in KINDS]
    done = letters("fill", *sources, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    endings = {kind: (".docx", ".pdf", *(f"-{name}.pdf" for name in GOES_OUT.get(kind, ()))) for kind in KINDS}
    written = [tmp_path / "out" / f"{kind}{ending}" for kind in KINDS for ending in endings[kind]]
    assert done.stdout.split() == [str(path) for path in written]
    assert all(path.read_bytes()[:4] in (b"PK\x03\x04", b"%PDF") for path in written)


def test_json_and_toml_give_the_same_bytes_in_another_process(letters: Any, tmp_path: Path, sample: Sample) -> None:
    for number, suffix in enumerate(("toml", "json", "toml")):
        source = save(tmp_path / str(number), f"letter.{suffix}", sample("denial"))
        assert letters("fill", source, "--out", tmp_path / f"out{number}").returncode == 0
    for suffix in ("docx", "pdf"):
        made = {(tmp_path / f"out{number}" / f"letter.{suffix}").read_bytes() for number in range(3)}
        assert len(made) == 1, suffix


def test_bad_answers_are_all_reported_and_nothing_is_written(letters: Any, tmp_path: Path, sample: Sample) -> None:
    bad = sample("denial") | {"date": "31/12/2019", "legal_basis": ["nm-sensitive-information-2025"]}
    sources = [save(tmp_path, "good.toml", sample("denial")), save(tmp_path, "bad.toml", bad)]
    done = letters("fill", *sources, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "bad.toml, Date of the letter (date): “31/12/2019” is not a calendar date" in done.stderr
    assert "bad.toml, Legal basis, item 1 (legal_basis.1)" in done.stderr or "date" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_problems_come_as_json_for_a_script(letters: Any, tmp_path: Path, sample: Sample) -> None:
    answers = sample("denial")
    del answers["signatory"]
    done = letters("fill", save(tmp_path, "a.toml", answers), "--out", tmp_path / "out", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(each["field"], each["code"]) for each in report["problems"]] == [("signatory", "missing")]


def test_an_existing_letter_is_not_overwritten_unless_told(letters: Any, tmp_path: Path, sample: Sample) -> None:
    source = save(tmp_path, "a.toml", sample("denial"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.docx").write_text("signed already")
    refused = letters("fill", source, "--out", tmp_path / "out", "--format", "docx")
    assert refused.returncode == 4
    assert "There is a file of this name already" in refused.stderr
    assert (tmp_path / "out" / "a.docx").read_text() == "signed already"
    done = letters("fill", source, "--out", tmp_path / "out", "--format", "docx", "--overwrite")
    assert done.returncode == 0
    assert (tmp_path / "out" / "a.docx").read_bytes().startswith(b"PK")


def test_what_was_replaced_is_brought_back_when_another_file_cannot_be(
    letters: Any, tmp_path: Path, sample: Sample
) -> None:
    source = save(tmp_path, "a.toml", sample("denial"))
    (tmp_path / "out" / "a.pdf").mkdir(parents=True)
    (tmp_path / "out" / "a.docx").write_text("the old letter")
    done = letters("fill", source, "--out", tmp_path / "out", "--overwrite")
    assert done.returncode == 4
    assert "A folder has that name" in done.stderr
    assert (tmp_path / "out" / "a.docx").read_text() == "the old letter"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.docx", "a.pdf"]


def test_two_answer_files_of_one_name_are_refused(letters: Any, tmp_path: Path, sample: Sample) -> None:
    sources = [save(tmp_path / side, "letter.toml", sample("denial")) for side in ("left", "right")]
    done = letters("fill", *sources, "--out", tmp_path / "out", "--format", "docx")
    assert done.returncode == 1
    assert "under the same name" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.toml", "kind = denial", "The value on this line cannot be read"),
        ("a.toml", 'kind = "denial"\nkind = "denial"', "The name on this line appears twice"),
        ("a.json", '{"kind": "denial", "kind": "denial"}', "appears twice"),
        ("a.json", "[1, 2]", "does not contain answers"),
        ("a.json", '{"kind": "denail"}', "Did you mean denial?"),
        ("a.toml", "", "Kind of letter (kind) is missing"),
        ("a.toml", "kind = " + "9" * 5000, "a number in it is too long"),
        ("a.json", "[" * 100_000, "a number in it is too long"),
        ("a.json", '{"kind": "denial", "\\u001b[31mred": 1}', "<U+001B>"),
    ],
)
def test_junk_for_answers_gets_a_sentence(letters: Any, tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = letters("fill", name, "--out", "out")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_and_bytes_that_are_no_text_get_a_sentence(letters: Any, tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    done = letters("fill", "nowhere.toml", "binary.toml", "--out", "out")
    assert done.returncode == 1
    assert "nowhere.toml" in done.stderr
    assert "no such file" in done.stderr
    assert "not UTF-8 text" in done.stderr


def test_bytes_that_are_not_utf8_are_named_with_line_and_column(letters: Any, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b'kind = "denial"\nreference = "Jos\xe9"\n')
    done = letters("fill", "a.toml", "--out", "out")
    assert "0xE9 in line 2, at character 17" in done.stderr


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_an_override_of_direction_is_refused_in_any_answers_file(
    letters: Any, tmp_path: Path, sample: Sample, suffix: str
) -> None:
    answers = sample("denial")
    answers["request"]["requester"]["name"] = "Jordan \u202eelpmaS"
    done = letters("fill", save(tmp_path, f"a.{suffix}", answers), "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "Requester's name (request.requester.name) contains U+202E, at character 8" in done.stderr


def test_null_for_a_list_says_what_to_write(letters: Any, tmp_path: Path, sample: Sample) -> None:
    answers = sample("denial") | {"copies": None, "enclosures": ["Your email", None], "delivery": None}
    done = letters("fill", save(tmp_path, "a.json", answers), "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "Copies (copies) is null, which is no value. Leave it out or write []." in done.stderr
    assert "Enclosures, item 2 (enclosures.2) is null, which is no value. Leave it out." in done.stderr
    assert "Delivery (delivery) is null, which is no value. How the letter is sent." in done.stderr


def test_json_gives_a_script_every_date_and_note_that_the_prompt_shows(
    letters: Any, tmp_path: Path, sample: Sample
) -> None:
    answers = sample("denial")
    answers["request"]["public_records"] = True
    answers["request"]["requester"]["name"] = "Null"
    done = letters("fill", save(tmp_path, "a.toml", answers), "--out", tmp_path / "out", "--json", "--format", "docx")
    report = json.loads(done.stdout)
    (letter,) = report["letters"]
    assert letter["files"] == report["written"]
    assert (letter["kind"], letter["is_draft"]) == ("denial", False)
    first = letter["deadlines"][0]
    assert (first["id"], first["day"], first["citation"]) == ("explain-when", "2019-08-06", "NMSA 1978, § 14-2-8")
    assert {"stale", "no-answer"} <= {note["code"] for note in letter["notes"]}


def test_new_without_a_terminal_says_which_command_to_use(letters: Any) -> None:
    done = letters("new", "denial")
    assert done.returncode == 2
    assert "letters fill ANSWERS --out DIR" in done.stderr


def test_a_folder_that_cannot_be_written_is_exit_4(letters: Any, tmp_path: Path, sample: Sample) -> None:
    (tmp_path / "file").write_text("in the way")
    done = letters("fill", save(tmp_path, "a.toml", sample("denial")), "--out", tmp_path / "file", "--format", "docx")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_the_library_at_fault_is_exit_3(letters: Any, tmp_path: Path) -> None:
    (tmp_path / "templates" / "denial").mkdir(parents=True)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "templates" / "denial" / "kind.toml").write_text('title = "Denial"')
    done = letters("kinds", "--library", tmp_path)
    assert done.returncode == 3
    assert "“summary” is missing" in done.stderr


def test_a_fault_of_the_library_is_told_once_for_all_answers_beside_theirs(
    letters: Any, tmp_path: Path, sample: Sample
) -> None:
    own = office_of_one_kind(tmp_path / "own", "routing-memo")
    with (own / "templates" / "office.toml").open("a", encoding="utf-8") as office:
        office.write("nonsense = 1\n")
    source = save(tmp_path, "1.toml", sample("routing-memo"))
    save(tmp_path, "2.toml", sample("routing-memo"))
    done = letters(
        "fill", source, tmp_path / "2.toml", tmp_path / "none.toml", "--out", tmp_path / "out", "--library", own
    )
    assert done.returncode == 3
    said = [line for line in done.stderr.splitlines() if line.startswith("  • ")]
    assert [line.split()[1].rstrip(":,") for line in said] == [
        "templates/office.toml",
        str(tmp_path / "none.toml"),
    ], done.stderr
    assert done.stderr.endswith(f"letters: for everything that is wrong: letters check --library {own}\n")
    demo = letters("demo", tmp_path / "demo", "--library", own)
    assert demo.stderr.startswith("letters: templates/office.toml, "), "and not a sample"


def test_what_is_wrong_in_many_places_is_told_once(letters: Any, tmp_path: Path, sample: Sample) -> None:
    own = office_of_one_kind(tmp_path / "own", "routing-memo")
    template = own / "templates" / "routing-memo" / "letter.docx"
    wrong = paragraph("{{ request.sougth }}") * 12 + paragraph("{{ dat }}")
    template.write_bytes(edited(template.read_bytes(), ("<w:sectPr", f"{wrong}<w:sectPr")))
    source = save(tmp_path, "1.toml", sample("routing-memo"))
    done = letters("fill", source, "--out", tmp_path / "out", "--library", own)
    first, *said = done.stderr.splitlines()
    assert first == "letters: 2 problems:", said
    assert "“dat”" in said[0]
    assert re.match(
        r"  • templates/routing-memo/letter\.docx, body, paragraph \d+ under “Contact”, “\{\{ request\.sougth \}\}”"
        r"(; paragraph \d+ under “Contact”){7}; and 4 more: Nothing is called “sougth” in \{\{ request\.sougth",
        said[1],
    ), said[1]
    script = letters("fill", source, "--out", tmp_path / "out", "--library", own, "--json")
    assert len(json.loads(script.stdout)["problems"]) == 13
    checked = letters("check", "routing-memo", "--library", own)
    assert checked.stdout.count("Unknown name “request.sougth”") == 1
    assert "and 4 more" in " ".join(checked.stdout.split())
    assert checked.stderr.startswith("letters: 13 errors")


def test_a_list_is_not_said_to_be_missing_beside_a_name_that_is(letters: Any, tmp_path: Path, sample: Sample) -> None:
    own = office_of_one_kind(tmp_path / "own", "routing-memo")
    template = own / "templates" / "routing-memo" / "letter.docx"
    assert b"request.earlier" in zipfile.ZipFile(template).read("word/document.xml")
    template.write_bytes(edited(template.read_bytes(), ("<w:sectPr", paragraph("{{ dat }}") + "<w:sectPr")))
    answers = sample("routing-memo")
    assert answers["request"]["earlier"]
    done = letters("fill", save(tmp_path, "1.toml", answers), "--out", tmp_path / "out", "--library", own)
    told = done.stderr.splitlines()[0]
    assert told.startswith("letters: templates/routing-memo/letter.docx, body, paragraph")
    assert told.endswith("Nothing is called “dat” in {{ dat }}. Did you mean “date”?")


def test_kinds_are_listed(letters: Any) -> None:
    listed = json.loads(letters("kinds", "--json").stdout)
    assert [row["kind"] for row in listed] == list(SHIPPED)
    assert all(row["use_when"] for row in listed)


@pytest.mark.parametrize("kind", KINDS)
def test_fields_tell_type_meaning_example_and_whether_required(letters: Any, kind: str) -> None:
    report = json.loads(letters("fields", kind, "--json").stdout)
    by_name = {row["field"]: row for row in report["fields"]}
    assert by_name["request.requester.agency"]["required"] is True
    assert by_name["date"]["type"].startswith("date")
    assert all(row["meaning"] and row["type"] and row["example"] is not None for row in by_name.values())
    assert "NMSA 1978, § 51-1-32" in by_name["legal_basis"]["ids"]["nm-51-1-32"]
    assert set(by_name["signatory"]["ids"]) == {"chief-counsel", "secretary"}
    shown = letters("fields", kind).stdout
    assert all(name in shown for name in by_name)
    assert "nm-51-1-32: NMSA 1978, § 51-1-32" in shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_valid_and_accepts_the_sample(letters: Any, sample: Sample, kind: str) -> None:
    schema = json.loads(letters("schema", kind).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    answers = json.loads(json.dumps(sample(kind), default=str))
    validator.validate(answers)
    assert not validator.is_valid(answers | {"legal_basis": ["made-up"]})
    assert not validator.is_valid(answers | {"unknown": 1})
    for name, each in schema["properties"].items():
        assert each.get("description") or "$ref" in each, name


def test_a_wrong_kind_suggests_the_right_one(letters: Any) -> None:
    done = letters("fields", "denail")
    assert done.returncode == 2
    assert "Did you mean denial?" in done.stderr


def test_demo_writes_every_kind_with_its_answers(letters: Any, tmp_path: Path) -> None:
    done = letters("demo", "out")
    assert done.returncode == 0, done.stderr
    written = {Path(line).name for line in done.stdout.split()}
    assert written == {"register.db", "register.key"} | {
        f"{number}-{kind}{ending}"
        for number, kind in enumerate(SHIPPED, 1)
        for ending in (".toml", ".docx", ".pdf", *(f"-{name}.pdf" for name in GOES_OUT.get(kind, ())))
    }
    assert "2-repeat-denial: The register remembers the request of August 1, 2019" in done.stderr
    register = {"env": {"LETTERS_REGISTER": str(tmp_path / "out" / "register.db")}}
    listed = json.loads(letters("register", "list", "--json", **register).stdout)
    assert len([each for each in listed if each["state"] == "sent"]) == len(SHIPPED)
    letter = tmp_path / "out" / "2-repeat-denial.docx"
    assert letters("register", "verify", letter, **register).returncode == 0
    assert letters("demo", "out").returncode == 4


@pytest.mark.parametrize("form", ["toml", "json"])
def test_answers_come_from_standard_input(letters: Any, tmp_path: Path, form: str) -> None:
    answers = (ROOT / "templates" / "denial" / "sample.toml").read_text(encoding="utf-8")
    if form == "json":
        answers = json.dumps(tomllib.loads(answers), default=str)
    done = subprocess.run(
        [sys.executable, "-m", "letters", "fill", "-", "--out", "out", "--format", "docx"],
        cwd=tmp_path, input=answers, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "out/letter.docx\n"


def test_streams_that_are_closed_stop_no_command(
    tmp_path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save(tmp_path, "letter.toml", sample("policy-statement"))
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert main(["fill", "-", "--out", str(tmp_path / "out")]) == 1
    assert main(["fill", str(source), "--out", str(tmp_path / "out"), "--format", "docx"]) == 0
    assert (tmp_path / "out" / "letter.docx").exists()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


def test_help_answers_without_the_heavy_libraries(letters: Any) -> None:
    done = letters("--help", env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "letters.cli.main" in imported
    assert not imported & {"pydantic", "questionary", "docxtpl", "weasyprint", "lxml", "jinja2"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_citation_of_a_letter_comes_from_the_data(assembler: Any, sample: Sample, kind: str) -> None:
    template = words((ROOT / "templates" / kind / "letter.docx").read_bytes())
    for mark in ("§", "C.F.R.", "U.S.C.", "NMSA", "NMAC", " v. "):
        assert mark not in template, f"{mark} is typed into the template of {kind}"
    letter = words(assembler.make(assembler.check(sample(kind)), ["docx"]).files["docx"])
    for name in sample(kind)["legal_basis"]:
        assert assembler.rulebook.bases[name].citation in letter


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_has_no_blank_paragraph_double_space_or_tag(assembler: Any, sample: Sample, kind: str) -> None:
    for changes in (
        {},
        {"reference": None, "copies": [], "enclosures": [], "status_sentence": False, "responsible": []},
    ):
        if kind == "repeat-denial":
            changes.pop("enclosures", None)  # it must have some
        answers = {key: value for key, value in (sample(kind) | changes).items() if value is not None}
        if "status_sentence" not in fields_of(kind):
            answers.pop("status_sentence", None)
        text = words(assembler.make(assembler.check(answers), ["docx"]).files["docx"])
        assert "" not in text.split("\n")
        assert "  " not in text
        assert "{" not in text
        assert " ," not in text
        assert " ." not in text


def test_a_file_that_is_no_answers_is_refused_in_few_words(tmp_path: Path, letters: Any) -> None:
    many = "".join(f"k{number} = 1\n" for number in range(2000))
    (tmp_path / "many.toml").write_text(f'kind = "denial"\n{many}', encoding="utf-8")
    done = letters("fill", "many.toml", "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "There are 1,9" in done.stderr
    assert len(done.stderr.splitlines()) < 120
    (tmp_path / "key.toml").write_text(f'kind = "denial"\n{"k" * 5000} = 1\n', encoding="utf-8")
    assert "k" * 300 not in letters("fill", "key.toml", "--out", "out", cwd=tmp_path).stderr
    (tmp_path / "large.json").write_text(f'{{"kind": "{"x" * 1_000_000}"}}', encoding="utf-8")
    done = letters("fill", "large.json", "--out", "out", cwd=tmp_path)
    assert (done.returncode, "The file has more than 1,000,000 bytes." in done.stderr) == (1, True), done.stderr


def test_json_from_standard_input_is_called_what_it_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "letters", "fill", "-", "--out", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, input='{"kind": ', capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert (done.returncode, done.stderr.startswith("letters: standard input: The file cannot be read as JSON")) == (
        1,
        True,
    )
