"""Letters in a second language: the template, the office's words, what `check` compares, what vetting covers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers import ROOT
from helpers.documents import docx, paragraph
from helpers.offices import COUNSEL
from helpers.reading import words

from letters.approval.approve import record
from letters.approval.changes_since_approval import changes_of, redlines_of
from letters.approval.proof.pack import proof_of
from letters.assembly.assembler import Assembler
from letters.docx.package import open_package
from letters.errors import InvalidAnswers, LibraryAtFault, TemplateAtFault
from letters.interview import interview
from letters.interview.options import default_for, options_for
from letters.library.library import Library
from letters.linter.lint import lint_library
from letters.provenance.rebuild import rebuild, record_from_letter

KIND = "records-copy"
ENGLISH = (
    "{{ date }}",
    "{{ salutation }}",
    "We received your {{ request.channel_words }} of {{ request.made_on }}.",
    "{%p if enclosures %}",
    "Enclosed: {{ enclosures|and_list }}.",
    "{%p endif %}",
    "{{ office.short_name|capitalize_first }} answers {{ legal_basis|length }} of them. {{ signatory.title }}",
)
SPANISH = (
    "{{ date }}",
    "{{ salutation }}",
    "Recibimos su {{ request.channel_words }} del {{ request.made_on }}.",
    "{%p if enclosures %}",
    'Se {{ enclosures|plural("adjunta", "adjuntan") }}: {{ enclosures|and_list }}.',
    "{%p endif %}",
    "{{ office.short_name|capitalize_first }} responde a {{ legal_basis|length }}. {{ signatory.title }}",
)


def template(lines: tuple[str, ...]) -> bytes:
    return docx("".join(map(paragraph, lines)))


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A library with one kind, which has an English and a Spanish template."""
    for folder in ("templates", "prompts"):
        ignored = shutil.ignore_patterns(".vetted", "vetted.toml", "seal.toml", "*-*")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored if folder == "templates" else None)
    for kind in (folder for folder in (tmp_path / "templates").iterdir() if folder.is_dir()):
        shutil.rmtree(kind)
    law = tmp_path / "templates" / "legal_basis.toml"
    law.write_text(law.read_text("utf-8").replace(', "own-records"', ""), "utf-8")
    folder = tmp_path / "templates" / KIND
    folder.mkdir()
    (folder / "letter.docx").write_bytes(template(ENGLISH))
    (folder / "letter.es.docx").write_bytes(template(SPANISH))
    (folder / "kind.toml").write_text(
        'title = "Copy"\nsummary = "Sends a copy."\nuse_when = "Asked."\n\n[es]\ntitle = "Copia"\n', "utf-8"
    )
    (folder / "sample.toml").write_text(SAMPLE, "utf-8")
    (tmp_path / "prompts" / f"{KIND}.toml").write_text("# no questions of its own\n", "utf-8")
    return tmp_path


SAMPLE = f"""\
kind = "{KIND}"
date = 2026-08-14
delivery = ["email"]
signatory = "chief-counsel"
enclosures = ["Registro", "Índice"]

[request]
received = 2026-08-03
channel = "letter"
access = "policy-inquiry"
sought = "a copy"

[request.requester]
agency = "Pat Example"
agency_kind = "private"
greeting = "Sra. Example"
email = "pat@agency.example"
"""


@pytest.fixture
def answers(office: Path) -> dict[str, Any]:
    return dict(Assembler(Library(office)).samples(KIND)["sample.toml"])


def written(office: Path, answers: dict[str, Any], **changes: Any) -> str:
    assembler = Assembler(Library(office))
    return words(assembler.make(assembler.check({**answers, **changes}), ["docx"]).files["docx"])


def test_the_answers_choose_the_language(office: Path, answers: dict[str, Any]) -> None:
    english, spanish = written(office, answers), written(office, answers, language="es")
    assert "August 14, 2026" in english
    assert "Enclosed: Registro and Índice." in english
    assert "14 de agosto de 2026" in spanish
    assert "Estimada Sra. Example:" in spanish
    assert "Recibimos su carta del 3 de agosto de 2026." in spanish
    assert "Se adjuntan: Registro e Índice." in spanish
    assert "El Departamento responde" in spanish
    assert "Asesor jurídico principal" in spanish
    assert written(office, answers, language="es-US") == spanish
    assert written(office, answers, language="en") == english


def test_both_files_carry_the_language(office: Path, answers: dict[str, Any]) -> None:
    assembler = Assembler(Library(office))
    letter = assembler.check({**answers, "language": "es"})
    made = assembler.make(letter)
    package = open_package(made.files["docx"], "letter")
    assert b"<dc:language>es-US</dc:language>" in package.parts["docProps/core.xml"]
    assert b"Copia: Pat Example" in package.parts["docProps/core.xml"]
    assert b'w:val="es-US"' in package.parts["word/styles.xml"]  # the template, a copy of the English one, says en-US
    assert b"en-US" not in package.parts["word/styles.xml"]
    assert any(b"BORRADOR" in data for data in package.parts.values())
    with pikepdf.open(BytesIO(made.files["pdf"])) as pdf:
        assert str(pdf.Root.Lang) == "es-US"


def test_a_language_the_kind_lacks_is_refused(office: Path, answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidAnswers, match="language"):
        Assembler(Library(office)).check({**answers, "language": "fr"})
    (office / "templates" / KIND / "letter.es.docx").unlink()
    with pytest.raises(InvalidAnswers, match="Write one of: en-US"):
        Assembler(Library(office)).check({**answers, "language": "es"})


def test_check_names_what_one_language_lacks(office: Path) -> None:
    def found() -> list[str]:
        report = lint_library(Assembler(Library(office)))
        return [f"{each.file}: {each.message}" for each in report.findings if each.code == "translation"]

    assert found() == []
    file = office / "templates" / KIND / "letter.es.docx"
    file.write_bytes(template((*SPANISH[:3], *SPANISH[4:5], *SPANISH[6:], "{{ reference }}")))
    messages = found()
    es, en = (f"templates/{KIND}/letter{suffix}.docx" for suffix in (".es", ""))
    assert f"{en}: The condition {{%p if enclosures %}} is not at the same place in {es}." in messages
    printed = '{{ enclosures|plural("adjunta", "adjuntan") }}'
    assert f"{es}: {printed} is printed here, but not in {en}, where it is printed elsewhere." in messages
    assert f"{es}: {{{{ reference }}}} is printed here, but not in {en}." in messages


def test_a_condition_that_only_counts_may_differ(office: Path) -> None:
    file = office / "templates" / KIND / "letter.es.docx"
    counting = "Se {% if enclosures|length == 1 %}adjunta{% else %}adjuntan{% endif %}: {{ enclosures|and_list }}."
    file.write_bytes(template((*SPANISH[:4], counting, *SPANISH[5:])))
    report = lint_library(Assembler(Library(office)))
    assert [each for each in report.findings if each.code == "translation"] == []


def test_a_passage_needs_a_version_in_the_language(office: Path, answers: dict[str, Any]) -> None:
    shared = office / "templates" / "shared"
    shared.mkdir()
    (shared / "closing.docx").write_bytes(template(("Sincerely,",)))
    (shared / "signer.docx").write_bytes(template(("{{ signatory.name }}",)))
    for suffix, lines in (("", ENGLISH), (".es", SPANISH)):
        includes = ('{%p include "closing" %}', '{%p include "signer" %}')
        (office / "templates" / KIND / f"letter{suffix}.docx").write_bytes(template((*lines, *includes)))
    with pytest.raises(TemplateAtFault, match=r"Save it in that language as templates/shared/closing\.es\.docx"):
        written(office, answers, language="es")
    (shared / "closing.es.docx").write_bytes(template(("Atentamente,",)))
    spanish = written(office, answers, language="es")
    assert "Atentamente," in spanish
    assert "Morgan Example" in spanish  # a passage without words of its own serves both
    assert "Sincerely," in written(office, answers)
    assert "templates/shared/closing.es.docx" in Assembler(Library(office)).files_of(KIND)


def test_law_without_words_in_the_language_is_not_printed(office: Path, answers: dict[str, Any]) -> None:
    law = office / "templates" / "legal_basis.toml"
    before, id_, entry = law.read_text("utf-8").partition('id = "cfr-603-4"')
    law.write_text(before + id_ + entry.replace("supports = [", f'supports = ["{KIND}", ', 1), "utf-8")
    cites = "{{ law.cfr_603_4.citation }} {{ law.cfr_603_4.summary }}."
    for suffix, lines in (("", ENGLISH), (".es", SPANISH)):
        (office / "templates" / KIND / f"letter{suffix}.docx").write_bytes(template((*lines, cites)))
    with pytest.raises(TemplateAtFault, match=r"legal_basis\.es\.toml, cfr-603-4"):
        written(office, answers, language="es")
    (office / "templates" / "legal_basis.es.toml").write_text(
        '[[basis]]\nid = "cfr-603-4"\nsummary = "exige que la ley estatal mantenga la confidencialidad"\n', "utf-8"
    )
    assert "603.4(b)-(c) exige que la ley estatal" in written(office, answers, language="es")


def test_what_the_office_left_out_is_named(office: Path, answers: dict[str, Any]) -> None:
    file = office / "templates" / "office.es.toml"
    file.write_text('short_name = "el Departamento"\n', "utf-8")
    with pytest.raises(LibraryAtFault) as raised:
        written(office, answers, language="es")
    said = "\n".join(map(str, raised.value.problems))
    assert "unit is missing" in said
    assert "The title of the signatory chief-counsel is missing" in said
    (office / "templates" / "phrases.es.toml").unlink()
    with pytest.raises(LibraryAtFault, match=r"Copy phrases\.toml to phrases\.es\.toml"):
        written(office, answers, language="es")


def test_one_approval_covers_both_languages(office: Path, answers: dict[str, Any]) -> None:
    record(Assembler(Library(office)), [KIND], COUNSEL, key=bytes(range(32)))
    assembler = Assembler(Library(office))
    letter = assembler.check({**answers, "language": "es"})
    made = assembler.make(letter, ["docx"])
    assert not made.is_draft
    assert f"templates/{KIND}/letter.es.docx" in assembler.files_of(KIND)
    file = office / "templates" / KIND / "letter.es.docx"
    file.write_bytes(template((*SPANISH[:2], "Recibimos hoy su {{ request.channel_words }} del {{ request.made_on }}.",
                               *SPANISH[3:])))  # fmt: skip
    now = Assembler(Library(office))
    assert now.make(now.check(answers), ["docx"]).is_draft
    assert "hoy" in str(changes_of(now, KIND).files[f"templates/{KIND}/letter.es.docx"])
    assert sorted(redlines_of(now, KIND, "Letters", date(2026, 8, 15))) == ["", "es"]
    before = record_from_letter(made.files["docx"], "letter.docx", now.seal)
    again = rebuild(now, {**answers, "language": "es"}, before, ["docx"], "docx")
    assert again.files["docx"] == made.files["docx"]


def test_the_proof_shows_both_languages(office: Path) -> None:
    proof = proof_of(Assembler(Library(office)), KIND)
    assert {letter.letter.language for letter in proof.letters} == {None, "es"}
    shown = {number for letter in proof.letters for number in letter.seen}
    assert shown == {piece.number for piece in proof.pieces}


def test_the_interview_offers_the_language_and_asks_in_it(office: Path) -> None:
    assembler = Assembler(Library(office))
    state = interview.start(
        assembler.library, assembler.rulebook, {"kind": KIND}, date(2026, 8, 14), kind=KIND, language="es"
    )
    asked = {question.field.name: question for question in state.questionnaire.questions}
    assert asked["date"].ask == "¿Cuál es la fecha de la carta?"
    assert asked["request.sought"].ask == "What is requested, in our words?"  # not translated
    assert [option.line for option in options_for(state, asked["language"])] == ["English", "Spanish"]
    assert default_for(state, asked["language"]) == "es"


def test_a_translated_question_that_does_not_fit_is_found(office: Path) -> None:
    (office / "prompts" / "letter.es.toml").write_text(
        '[[question]]\nfield = "dat"\nask = "?"\n\n[[question]]\nfield = "delivery"\nchoices = { email = "x" }\n',
        "utf-8",
    )
    messages = [str(each.message) for each in lint_library(Assembler(Library(office))).findings]
    assert "No such question is asked there." in messages
    assert "“choices” lacks “hand”." in messages


def test_a_kind_in_one_language_is_not_asked_about_it(assembler: Assembler, sample: Callable[..., Any]) -> None:
    state = interview.start(assembler.library, assembler.rulebook, sample("denial"), date(2026, 8, 14))
    assert "language" not in {question.field.name for question in state.questionnaire.questions}
