"""The public functions: what `import letters` shows, that its examples are true, and that a library stays open."""

from __future__ import annotations

import ast
import doctest
import inspect
import io
import pydoc
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from helpers import KINDS, ROOT
from helpers.edits import edit
from helpers.libraries import keep_kinds

import letters
from letters.errors import LettersError

Sample = Callable[[str], dict[str, Any]]
FUNCTIONS = ("advise", "batch", "check", "convert", "lint", "rebuild", "schema", "verify", "write")


def test_the_package_shows_its_public_names_and_no_others() -> None:
    assert set(letters.__all__) == {*FUNCTIONS, "Library", "Problem", *(each.__name__ for each in kinds_of_error())}
    assert {name for name in dir(letters) if not name.startswith("_")} == set(letters.__all__)
    shown = pydoc.plain(pydoc.render_doc(letters))
    sections = re.split(r"^(?=[A-Z][A-Z ]+\n)", shown, flags=re.MULTILINE)
    functions = next(each for each in sections if each.startswith("FUNCTIONS"))
    assert re.findall(r"^    (\w+)\(", functions, re.MULTILINE) == sorted(FUNCTIONS)
    assert not any(each.startswith("DATA") and "__all__" not in each for each in sections)


def kinds_of_error() -> list[type[LettersError]]:
    found = [LettersError]
    for each in found:
        found += [kind for kind in each.__subclasses__() if kind.__module__ == "letters.errors"]
    return found


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, letters; print([name for name in sys.modules if name.startswith('letters.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_plain_typed_and_described_with_an_example(name: str) -> None:
    function = getattr(letters, name)
    assert inspect.isfunction(function)
    described = inspect.getdoc(function) or ""
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter
        assert re.search(rf"^\s*{parameter.name}: ", described, re.MULTILINE), parameter
    assert inspect.signature(function).return_annotation not in ("None", inspect.Signature.empty)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "batch"])
def test_the_example_of_every_function_is_true(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestFinder(recurse=False).find(getattr(letters, name), name, globs={})[0]
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_example_of_the_package_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(letters.__doc__ or "", {}, "letters", None, None)
    assert doctest.DocTestRunner().run(test) == doctest.TestResults(failed=0, attempted=5)


def test_the_page_on_the_api_names_every_function_and_its_python_runs(own: Path) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in letters.__all__:
        assert f"`{name}" in page, name
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 6
    script = keep_kinds(own, "denial") / "page.py"
    script.write_text("\n\n".join(blocks), encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=own, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["README.md", "docs/pdf.md"])
def test_the_python_of_other_pages_runs_as_printed(tmp_path: Path, sample: Sample, page: str) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "page.py").write_text(block, encoding="utf-8")
    shutil.copy(ROOT / "templates" / "denial" / "sample.toml", tmp_path / "answers.toml")
    (tmp_path / "letter.docx").write_bytes(
        letters.write(sample("denial"), formats=["docx"], library=ROOT).files["docx"]
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "page.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF-")


def test_types_can_be_read_by_a_program() -> None:
    tree = ast.parse((ROOT / "letters" / "__init__.py").read_text(encoding="utf-8"))
    typed = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for node in typed:
        module = sys.modules.get(str(node.module)) or __import__(str(node.module), fromlist=["_"])
        for alias in node.names:
            assert getattr(letters, alias.name, getattr(module, alias.name)) is getattr(module, alias.name)
    assert get_type_hints(letters.Library.open)["return"] is letters.Library


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_has_the_bytes_the_command_line_gives_it(
    letters: Any, sample: Sample, kind: str, tmp_path: Path
) -> None:
    import letters as package

    source = tmp_path / f"{kind}.toml"
    source.write_bytes((ROOT / "templates" / kind / "sample.toml").read_bytes())
    assert letters("fill", source, "--out", tmp_path / "out", "--format", "docx").returncode == 0
    made = package.write(sample(kind), formats=["docx"], library=ROOT)
    assert made.files["docx"] == (tmp_path / "out" / f"{kind}.docx").read_bytes()


def test_a_library_stays_open_and_is_read_again_when_a_file_of_it_changes(own: Path, sample: Sample) -> None:
    def words() -> str:
        made = letters.write(sample("denial"), formats=["docx"], library=own).files["docx"]
        return zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()

    from letters.api.opened import assembler_for

    first = words()
    opened = assembler_for(own)
    assert words() == first
    assert assembler_for(str(own)) is opened
    edit(own / "templates" / "denial" / "letter.docx", "word/document.xml", "The following law bears on", "It rests on")
    assert "It rests on" in words()


def test_an_argument_that_cannot_be_meant_is_refused_in_words(sample: Sample) -> None:
    given = sample("denial")
    calls: dict[str, Callable[[], object]] = {
        "formats is 'docx', but must be a list": lambda: letters.write(given, formats="docx", library=ROOT),
        "formats is [], but": lambda: letters.write(given, formats=[], library=ROOT),
        "formats is ['odt'], but": lambda: letters.write(given, formats=["odt"], library=ROOT),
        "answers is 'a.toml', but must be a mapping": lambda: letters.write("a.toml"),  # type: ignore[arg-type]
        "answers is None": lambda: letters.check(None),  # type: ignore[arg-type]
        "answers is [], but": lambda: letters.advise([]),  # type: ignore[arg-type]
        "library is 5, but must be a Library": lambda: letters.check(given, library=5),  # type: ignore[arg-type]
        "docx is 'a.docx', but must be the bytes": lambda: letters.convert("a.docx"),  # type: ignore[arg-type]
        "language is 5": lambda: letters.convert(b"", language=5),  # type: ignore[arg-type]
        "strict is 'no', but": lambda: letters.convert(b"", strict="no"),  # type: ignore[arg-type]
        "data is None, but": lambda: letters.verify(None),  # type: ignore[arg-type]
        "formats is 'pdf'": lambda: letters.rebuild(given, b"", formats="pdf", library=ROOT),
        "finished is 'a.docx'": lambda: letters.rebuild(given, "a.docx", library=ROOT),  # type: ignore[arg-type]
        "Write kinds=['denial']": lambda: letters.lint(kinds="denial", library=ROOT),
        "files is 'a.docx'": lambda: letters.lint(files="a.docx", library=ROOT),
        "files['a'] is 'x', but": lambda: letters.lint(files={"a": "x"}, library=ROOT),  # type: ignore[dict-item]
        "day is '2026-01-01'": lambda: letters.lint(day="2026-01-01", library=ROOT),  # type: ignore[arg-type]
        "folder is 5, but": lambda: letters.Library.open(5),  # type: ignore[arg-type]
    }
    for told, call in calls.items():
        with pytest.raises(letters.Usage, match=re.escape(told)):
            call()


def test_a_folder_that_is_no_library_and_a_kind_that_does_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(letters.LibraryAtFault, match="templates"):
        letters.Library.open(tmp_path)
    with pytest.raises(letters.Usage, match="There is no kind “memo”"):
        letters.schema("memo", library=ROOT)


def test_the_library_is_found_as_the_command_line_finds_it(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LETTERS_LIBRARY", raising=False)
    monkeypatch.delenv("LETTERS_ALLOWED_SIGNERS", raising=False)
    (own / "letters.toml").touch()
    (own / "matters").mkdir()
    monkeypatch.chdir(own / "matters")
    assert letters.Library.find().root == own.resolve()
    monkeypatch.setenv("LETTERS_LIBRARY", str(ROOT))
    monkeypatch.setenv("LETTERS_ALLOWED_SIGNERS", "signers")
    assert letters.Library.find().root == ROOT
    assert letters.Library.find().signers == (own / "matters" / "signers").resolve()


def test_a_letter_brings_the_notes_that_the_command_line_prints(sample: Sample) -> None:
    letter = letters.check(sample("denial"))
    made = letters.write(letter, formats=["docx"])
    assert "stale" in [note.code for note in letter.notes]
    assert [note.code for note in made.notes] == [note.code for note in letter.notes]
    assert (letter.is_draft, made.is_draft) == (False, False)


def test_a_letter_says_that_it_is_a_draft_and_why(sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates", ignore=shutil.ignore_patterns("vetted.toml", ".vetted"))
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    letter = letters.check(sample("denial"), library=tmp_path)
    made = letters.write(letter, formats=["docx"], library=tmp_path)
    assert letter.is_draft
    assert made.is_draft
    assert letter.notes[0].code == made.notes[0].code == "draft"


def test_a_letter_brings_its_deadlines(sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["public_records"] = True
    made = letters.write(answers, formats=["docx"])
    assert made.deadlines[0].day.isoformat() == "2019-08-06"
    assert made.deadlines[0].citation == "NMSA 1978, § 14-2-8"
