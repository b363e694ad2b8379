"""The same command again: it takes over what an earlier run worked out, writes the same, and misses no change."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import ROOT, SHIPPED
from helpers.edits import edit
from helpers.libraries import keep_kinds

from letters._system.result_files import ResultFiles
from letters._text import between_runs
from letters.assembly.assembler import Assembler
from letters.assembly.template.template import Template
from letters.docx.package import open_package
from letters.errors import LettersError, TemplateAtFault
from letters.library import office_files, prompts
from letters.library.library import Library, RecoveredLibrary
from letters.model.values import FormattedText

_BODY = "word/document.xml"


@pytest.fixture(autouse=True)
def keeps_nothing_afterward() -> Iterator[None]:
    yield
    between_runs.keep_in(None)


def letters_of(library: Path, kind: str) -> list[object]:
    """What the samples of a kind become: the parts of each letter, with what is said of it, or what is wrong."""
    assembler = Assembler(Library(library))
    found: list[object] = []
    for answers in assembler.samples(kind).values():
        letter = assembler.check(answers)
        made = assembler.make(letter, ["docx"])
        found.append((made.files, made.deadlines, assembler.notes_on(letter), assembler.suffixes(letter)))
    return found


def test_every_kind_of_letter_is_the_same_in_a_later_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anew = {kind: letters_of(ROOT, kind) for kind in SHIPPED}
    first = ResultFiles(tmp_path)
    between_runs.keep_in(first)
    assert {kind: letters_of(ROOT, kind) for kind in SHIPPED} == anew
    first.save()

    def nothing(*_: object, **__: object) -> None:
        raise AssertionError("this was worked out before")

    monkeypatch.setattr(Template, "compile", nothing)
    monkeypatch.setattr(office_files, "read_rulebook", nothing)
    between_runs.keep_in(ResultFiles(tmp_path))
    assert {kind: letters_of(ROOT, kind) for kind in SHIPPED} == anew


def test_the_questions_are_the_same_in_a_later_run(tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts_file = own / "prompts/denial.toml"
    with prompts_file.open("a", encoding="utf-8") as file:
        file.write('\n[[section]]\ntitle = "More"\n[[section.question]]\nfield = "extra.remark"\ntype = "rich-text"\n')
        file.write('ask = "Which?"\n')
    library = Library(own)

    def asked() -> list[prompts.Questionnaire]:
        prompts._SOUND.clear()
        kinds = ["", *library.kinds]
        return [prompts.load_questionnaire(library, kind, language) for kind in kinds for language in ("", "es")]

    anew = asked()
    between_runs.keep_in(first := ResultFiles(tmp_path / "results"))
    assert asked() == anew
    first.save()

    def nothing(*_: object) -> None:
        raise AssertionError("this was worked out before")

    monkeypatch.setattr(prompts, "_read_checked", nothing)
    between_runs.keep_in(ResultFiles(tmp_path / "results"))
    assert asked() == anew
    remark = next(each.field for each in asked()[2].questions if each.field.name == "extra.remark")
    assert remark.annotation is FormattedText
    monkeypatch.undo()
    prompts_file.write_text(prompts_file.read_text("utf-8").replace("Which?", "Which one?"), "utf-8")
    assert asked() != anew


def test_a_fault_is_told_in_the_same_words_in_a_later_run(tmp_path: Path, own: Path) -> None:
    keep_kinds(own, "denial")
    edit(own / "templates/denial/letter.docx", _BODY, "I write for", "On {{ request.recieved }}, I write for")
    told = []
    for _ in range(2):
        between_runs.keep_in(results := ResultFiles(tmp_path / "results"))
        with pytest.raises(TemplateAtFault) as stopped:
            letters_of(own, "denial")
        results.save()
        told.append(stopped.value.problems)
    assert told[0] == told[1]
    assert "recieved" in told[0][0].message


def test_a_library_that_is_checked_is_read_anew(tmp_path: Path, own: Path) -> None:
    """Each mistake in it is to be found again, which what was kept would not tell."""
    rules = own / "templates/rules.toml"
    rules.write_text(rules.read_text("utf-8") + "\n[[rule]\n", "utf-8")
    for _ in range(2):
        between_runs.keep_in(results := ResultFiles(tmp_path / "results"))
        library = RecoveredLibrary(own)
        office = office_files.load_office(library)
        office_files.load_rulebook(library, office)
        results.save()
        assert any("rules.toml" in problem.where for problem in library.problems)
        with pytest.raises(LettersError):
            office_files.load_rulebook(Library(own), office)


class _Office:
    """An office that runs the program, with a folder of its own for what Python keeps."""

    def __init__(self, library: Path, folder: Path) -> None:
        self.library, self.folder, self.kept = library, folder, folder / "kept"
        self.answers = folder / "letter.toml"
        self.answers.write_text((library / "templates/denial/sample.toml").read_text("utf-8"), "utf-8")

    def fill(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "letters", "fill", self.answers, "--out", self.folder / "out"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(self.kept)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return subprocess.run(
            [*command, "--format", "docx", "--overwrite", "--library", self.library],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def letter(self) -> bytes:
        done = self.fill()
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip()).read_bytes()

    def words(self) -> str:
        package = open_package(self.letter(), "letter.docx")
        return " ".join("".join(package.xml(part).itertext()) for part in package.parts if part.startswith("word/"))


def test_every_change_of_the_library_is_in_the_next_letter(own: Path, tmp_path: Path) -> None:
    office = _Office(keep_kinds(own, "denial"), tmp_path)
    first = office.letter()
    (results,) = office.kept.rglob("results.*")
    assert len([*results.iterdir()]) >= 5
    assert office.letter() == first

    template, passage = own / "templates/denial/letter.docx", own / "templates/shared/contact.docx"
    settings = own / "templates/office.toml"
    before = {file: file.read_bytes() for file in (template, passage, settings)}
    edit(template, _BODY, "I write for", "Today I write for")
    edit(passage, _BODY, "Other employees", "All other employees")
    settings.write_text(before[settings].decode().replace("87102", "87199"), "utf-8")
    words = office.words()
    assert "Today I write for" in words
    assert "All other employees" in words
    assert "87199" in words

    law = own / "templates/legal_basis.toml"
    text = law.read_text("utf-8")
    law.write_text(text.replace('id = "cfr-603-4"', 'id = "cfr-603-5"', 1), "utf-8")
    refused = office.fill()
    assert refused.returncode != 0
    assert "cfr-603-4" in refused.stderr
    law.write_text(text, "utf-8")
    for file, data in before.items():
        file.write_bytes(data)
    assert office.letter() == first


def test_nothing_that_a_letter_says_is_kept(own: Path, tmp_path: Path) -> None:
    office = _Office(keep_kinds(own, "denial"), tmp_path)
    answers = office.answers.read_text("utf-8")
    assert "Jordan Sample" in answers
    office.answers.write_text(answers.replace("Jordan Sample", "Quentin Xylander"), "utf-8")
    assert "Quentin Xylander" in office.words()
    kept = [file for file in office.kept.rglob("*") if file.is_file()]
    assert any("results." in file.parent.name for file in kept)
    assert [file for file in kept if b"Xylander" in file.read_bytes()] == []
