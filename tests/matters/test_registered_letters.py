"""Letters written by commands and the API, in a library that keeps a register, and in one that does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.reading import words
from helpers.registers import new_register, place_at

import letters as api
from letters.cli.main import main
from letters.library.answers import write_answers
from letters.matters.integrity import verify_register
from letters.matters.letter_heads import head_of
from letters.matters.location import open_at
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped library, with a register whose next number of 2019 is 142."""
    new_register(tmp_path, y2019=142).close()
    monkeypatch.setenv("LETTERS_REGISTER", str(tmp_path / "register.db"))
    monkeypatch.setenv("LETTERS_LIBRARY", str(ROOT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def without_number(answers: dict[str, Any], name: str, folder: Path) -> Path:
    path = folder / name
    path.write_text(write_answers({key: value for key, value in answers.items() if key != "reference"}), "utf-8")
    return path


def test_fill_numbers_its_letters_and_enters_them_with_their_files(office: Path, sample: Sample, capsys: Any) -> None:
    sources = [without_number(sample("denial"), "a.toml", office)]
    sources.append(without_number(sample("denial") | {"delivery": ["mail"]}, "b.toml", office))
    assert main(["fill", *map(str, sources), "--out", "out", "--format", "docx", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [each["reference"] for each in report["letters"]] == ["OGC-2019-0142", "OGC-2019-0143"]
    letter = (office / "out" / "a.docx").read_bytes()
    assert "OGC-2019-0142" in words(letter)
    with closing(open_at(place_at(office))) as register:
        entry = register.find("OGC-2019-0142")
        assert (entry.state, entry.kind) == ("issued", "denial")
        assert [path for _, path, _ in register.files(entry.id)] == [str(office / "out" / "a.docx")]
        assert verify_register(register, [("a.docx", head_of(letter, "a.docx"))]).problems == ()
    assert main(["verify", "out/a.docx"]) == 0
    assert main(["register", "verify", "out/a.docx"]) == 0


def test_the_same_answers_give_the_same_letter_again_and_it_can_be_rebuilt(office: Path, sample: Sample) -> None:
    source = without_number(sample("denial"), "a.toml", office)
    for out in ("one", "two"):
        assert main(["fill", str(source), "--out", out, "--format", "docx"]) == 0
    first, second = ((office / out / "a.docx").read_bytes() for out in ("one", "two"))
    assert first == second
    answers = sample("denial") | {"reference": "OGC-2019-0142"}
    assert api.rebuild(answers, first, formats=["docx"]).files["docx"] == first


def test_answers_that_failed_and_were_corrected_keep_their_number(office: Path, sample: Sample) -> None:
    answers = sample("denial")
    secret = "the log-in of 123-45-6789"  # refused only when the letter is made: it would disclose a number
    source = without_number(answers | {"copies": [secret]}, "a.toml", office)
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 1
    without_number(answers, "a.toml", office)
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 0
    assert "OGC-2019-0142" in words((office / "out" / "a.docx").read_bytes())


def test_without_a_register_nothing_changes(
    tmp_path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch, assembler: Any
) -> None:
    monkeypatch.setenv("LETTERS_LIBRARY", str(ROOT))
    monkeypatch.delenv("LETTERS_REGISTER", raising=False)
    made = api.write(sample("denial"), formats=["docx"])
    assert made.files == assembler.make(assembler.check(sample("denial")), ["docx"]).files
    assert head_of(made.files["docx"], "x") == ""
    assert main(["register", "list"]) == 2


def test_the_api_and_a_batch_share_the_series(office: Path, sample: Sample) -> None:
    answers = {name: value for name, value in sample("denial").items() if name != "reference"}
    made = api.write(answers, formats=["docx"])
    assert made.reference == "OGC-2019-0142"
    rows = [{"request.requester.name": name} for name in ("Ada Sample", "Ben Sample")]
    for _ in range(2):  # the same rows have the same numbers
        results = list(api.batch(rows, answers=answers, formats=["docx"], workers=0))
        found = [words(each.data["docx"]) for each in results]
        assert "OGC-2019-0143" in found[0]
        assert "OGC-2019-0144" in found[1]
    with closing(open_at(place_at(office))) as register:
        assert [entry.state for entry in register.entries()] == ["issued"] * 3
        assert verify_register(register).problems == ()


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_batch_says_what_contradicts_earlier_letters(
    office: Path, sample: Sample, capsys: pytest.CaptureFixture[str], *, dry_run: bool
) -> None:
    answers = {name: value for name, value in sample("denial").items() if name != "reference"}
    api.write(answers, formats=["docx"])
    put(answers, "request.received", date(2019, 8, 5))
    put(answers, "request.dated", date(2019, 8, 5))
    (office / "shared.toml").write_text(write_answers(answers | {"date": date(2019, 8, 6)}), encoding="utf-8")
    (office / "rows.csv").write_text("Requester's name\nAda Sample\n", encoding="utf-8")
    options = ["--answers", "shared.toml", "--format", "docx", *(["--dry-run"] if dry_run else [])]
    assert main(["batch", "rows.csv", "--kind", "denial", "--out", "letters", *options]) == 0
    assert "does not list the request of August 1, 2019" in " ".join(capsys.readouterr().err.split())
    with closing(open_at(place_at(office))) as register:
        assert len(register.entries()) == (1 if dry_run else 2)


def test_a_batch_with_a_number_that_is_not_free_writes_nothing(office: Path, sample: Sample) -> None:
    rows = [{"reference": "OGC-2019-0142"}, {"reference": "OGC-2019-0150"}]
    with pytest.raises(api.InvalidAnswers, match="would leave a gap"):
        list(api.batch(rows, answers=sample("denial"), out="out", formats=["docx"], workers=0))
    assert not list(office.glob("out/*.docx"))


def test_a_draft_has_a_number_and_keeps_it_when_it_becomes_a_letter(office: Path, sample: Sample) -> None:
    law = {"citation": "1 U.S.C. § 1", "summary": "says what words mean"}
    source = without_number(sample("denial") | {"unvetted_law": [law]}, "a.toml", office)
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 0
    without_number(sample("denial"), "a.toml", office)
    with closing(open_at(place_at(office))) as register:
        assert [entry.state for entry in register.entries()] == ["draft"]
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 0
    with closing(open_at(place_at(office))) as register:
        assert [(entry.reference, entry.state) for entry in register.entries()] == [("OGC-2019-0142", "issued")]


def test_the_commands_of_the_register(office: Path, sample: Sample, capsys: Any) -> None:
    def run(*words: str) -> str:
        assert main(["register", *words]) == 0
        return str(capsys.readouterr().out)

    source = without_number(sample("denial"), "a.toml", office)
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 0
    capsys.readouterr()
    assert run("take", "--for", "other mail", "--date", "2019-08-03").split() == ["OGC-2019-0143"]
    run("sent", "OGC-2019-0142", "--on", "2019-08-02", "--how", "email")
    assert "sent" in run("list")
    assert [each["reference"] for each in json.loads(run("list", "--json"))] == ["OGC-2019-0142", "OGC-2019-0143"]
    assert run("list", "--open").strip() == ""
    shown = json.loads(run("show", "OGC-2019-0142", "--json"))
    assert [row["what"] for row in shown["history"]] == ["reserved", "issued", "sent"]
    assert run("add", "--received", "2019-08-05", "--agency", "=1+1", str(source)).strip() == "R-1"
    assert ",'=1+1," in run("list", "--csv")  # no formula for a spreadsheet
    run("backup", "backup.db")
    assert run("take", "--for", "more mail", "--date", "2019-08-03").split() == ["OGC-2019-0144"]
    assert run("restore", "backup.db").startswith("OGC-2019-0144: void")
    assert "As it was written" in run("verify")


def test_what_a_command_of_the_register_did_and_did_not_do_is_said(office: Path, sample: Sample, capsys: Any) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = main(["register", *words])
        except SystemExit as usage:
            code = int(usage.code or 0)
        told = capsys.readouterr()
        return code, told.out.strip(), told.err.strip()

    assert run("list") == (0, "", "The register is empty.")
    assert run("list", "--due") == (0, "", "No deadline is open.")
    source = without_number(sample("denial"), "a.toml", office)
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 0
    capsys.readouterr()
    assert run("list", "--agency", "nobody") == (0, "", "Nothing in the register is like that.")
    code, _, told = run("sent", "OGC-2019-0142", "--on", "1/2/2119", "--how", "email")
    assert (code, told[:50]) == (2, "letters: --on: January 2, 2119, is still to come: ")
    code, _, told = run("add", "--received", "1/2/2119", str(source))
    assert (code, told[:56]) == (2, "letters: --received: January 2, 2119, is still to come: ")
    assert run("add", "--received", "8/5/2019", str(source)) == (0, "R-1", "")
    assert run("add", "--received", "8/6/2019", str(source)) == (
        0,
        "R-1",
        "This file is in the register already, as R-1, received August 5, 2019. Nothing was changed.",
    )
    stopped = run("clock", "stop", "R-1", "--on", "8/6/2019", "--basis", "§ 14-2-10")
    assert stopped == (0, "R-1: clock stopped on August 6, 2019", "")
    assert run("join", "R-1", "OGC-2019-0142") == (0, "R-1: in the matter of OGC-2019-0142", "")
    assert run("same", "ICE", "U.S. Immigration")[1] == "ICE: the same agency as U.S. Immigration"
    for given in (("void", "OGC-2019-0142", "--why", " "), ("erase", "R-1", "--why", ""), ("take", "--for", "")):
        code, _, told = run(*given)
        assert (code, told.endswith("It is empty. Write a few words for the log.")) == (2, True), told
    assert run("void", "OGC-2019-0142", "--why", "withdrawn")[1] == "OGC-2019-0142: void"
    assert run("void", "OGC-2019-0142", "--why", "withdrawn") == (2, "", "letters: OGC-2019-0142 is void.")


@pytest.mark.parametrize("left", ["register.key", "register.head"])
def test_a_register_whose_file_has_gone_is_missed_and_restored(
    own: Path, sample: Sample, capsys: Any, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    monkeypatch.delenv("LETTERS_REGISTER", raising=False)
    library = ("--library", str(own))
    assert main(["register", "create", "--next", "2019-0142", *library]) == 0
    source = without_number(sample("denial"), "a.toml", own)
    assert main(["fill", str(source), "--out", str(own / "out"), *library]) == 0
    assert main(["register", "backup", str(own / "backup.db"), *library]) == 0
    key = (own / "register.key").read_bytes()
    for name in {"register.db", "register.key", "register.head"} - {left}:
        (own / name).unlink()
    capsys.readouterr()
    assert main(["fill", str(source), "--out", str(own / "more"), *library]) == 4
    told = capsys.readouterr().err
    assert "register.db is missing. Restore it: letters register restore BACKUP." in told
    assert main(["register", "create", *library]) == 4  # or numbers would be given twice
    assert f"{left} already exists." in capsys.readouterr().err
    assert not (own / "more").exists()
    (own / "register.key").write_bytes(key)
    assert main(["register", "restore", str(own / "backup.db"), *library]) == 0
    assert main(["register", "list", *library]) == 0
    assert "2019-0142" in capsys.readouterr().out


def test_the_place_of_the_register_is_written_into_the_library(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LETTERS_REGISTER", raising=False)
    (own / "letters.toml").write_text("# A comment.\n\n[office]\nx = 1\n", encoding="utf-8")
    create = ["register", "create", "--library", str(own), "--format", "A-{year}-{number}", "--at", "records/r.db"]
    assert main(create) == 0
    text = (own / "letters.toml").read_text(encoding="utf-8")
    assert text == '# A comment.\n\nregister = "records/r.db"\n[office]\nx = 1\n'
    assert main(["register", "move", "other.db", "--library", str(own)]) == 0
    assert 'register = "other.db"' in (own / "letters.toml").read_text(encoding="utf-8")
    assert main(["register", "verify", "--library", str(own)]) == 0


def test_the_shipped_library_keeps_no_register(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.delenv("LETTERS_REGISTER", raising=False)
    for action in ("create", "list"):
        assert main(["register", action, "--library", str(ROOT)]) == 2
        assert (
            "keeps no register. Make a library of your own (letters init), or name a file in LETTERS_REGISTER."
            in capsys.readouterr().err
        )


def test_a_register_begins_where_it_will_be_found(own: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    create = ["register", "create", "--library"]
    for library in (ROOT, own):
        monkeypatch.setenv("LETTERS_REGISTER", str(own / "named.db"))
        assert main([*create, str(library), "--at", "other.db"]) == 2
        assert "--at: LETTERS_REGISTER names the place of the register" in capsys.readouterr().err
        monkeypatch.setenv("LETTERS_REGISTER", "none")
        for command in ([*create, str(library)], ["register", "list", "--library", str(library)]):
            assert main(command) == 2
            assert "LETTERS_REGISTER is “none”, so there is no register. Unset it" in capsys.readouterr().err
    monkeypatch.setenv("LETTERS_REGISTER", str(own / "named.db"))
    assert main([*create, str(ROOT)]) == 0
    assert (own / "named.db").is_file()
    assert not (own / "letters.toml").exists()
    monkeypatch.delenv("LETTERS_REGISTER", raising=False)
    assert main([*create, str(own)]) == 0
    capsys.readouterr()
    assert main([*create, str(own), "--at", "other.db"]) == 2
    assert "has a register already. To move it: letters register move PLACE." in capsys.readouterr().err
    assert not (own / "other.db").exists()


def test_a_letter_that_answers_no_request_is_entered_too(office: Path, sample: Sample, capsys: Any) -> None:
    source = without_number(sample("own-records"), "a.toml", office)
    assert main(["fill", str(source), "--out", "out", "--format", "docx"]) == 0
    capsys.readouterr()
    assert main(["register", "show", "OGC-2026-0001", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["about"]["person"] == "Jane Placeholder"
    assert main(["register", "list", "--due"]) == 0
