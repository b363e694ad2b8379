"""What a template maintainer does: edit Word files and text files, save, and see it in the next letter."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS, ROOT
from helpers.edits import edit, replace

from letters.assembly.assembler import Assembler, FinishedLetter
from letters.errors import LibraryAtFault, TemplateAtFault
from letters.library.library import Library
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]


def write(own: Path, answers: dict[str, Any]) -> FinishedLetter:
    assembler = Assembler(Library(own))
    return assembler.make(assembler.check(answers))


def words_of(made: FinishedLetter) -> tuple[str, str]:
    """The letter's words in Word and in PDF, without white space."""
    from letters.pdf.pdf_file import pdf_words

    document = zipfile.ZipFile(io.BytesIO(made.files["docx"])).read("word/document.xml").decode()
    printed = pdf_words(made.files["pdf"])
    return "".join(document.split()), "".join(printed.body.split())


# A sentence of each kind's own template.
OWN_WORDS = {
    "denial": "The following law bears on",
    "repeat-denial": "The following law bears on",
    "routing-memo": "Be courteous",
    "contact-notice": "From now on",
    "policy-statement": "The following law bears on",
    "request-for-justification": "Please supply",
    "conditional-approval": "The records are released on",
    "subpoena-response": "The following law bears on",
}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Assembler:
    """A library with a new sentence in each kind's own template, and new wording in passages that they share."""
    own = tmp_path_factory.mktemp("changed")
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, own / folder, ignore=shutil.ignore_patterns(".vetted"))
    for kind, words in OWN_WORDS.items():
        edit(own / "templates" / kind / "letter.docx", "word/document.xml", words, "Quite plainly, this is new on")
    edit(own / "templates" / "shared" / "signature.docx", "word/document.xml", "Sincerely,", "Respectfully yours,")
    edit(own / "templates" / "shared" / "letterhead.docx", "word/document.xml", "{{ office.unit }}", "Our Legal Office")
    return Assembler(Library(own))


@pytest.mark.parametrize("kind", KINDS)
def test_wording_changed_once_is_in_every_next_letter_in_both_formats(
    changed: Assembler, sample: Sample, kind: str
) -> None:
    made = changed.make(changed.check(sample(kind)))
    for words in words_of(made):
        assert "Quiteplainly,thisisnewon" in words
        assert ("Respectfullyyours," in words) == (kind != "routing-memo")
        assert "Sincerely" not in words
    heads = [
        zipfile.ZipFile(io.BytesIO(made.files["docx"])).read(f"word/{name}.xml").decode()
        for name in ("header1", "header2")
    ]
    assert any("Our Legal Office" in head for head in heads)


def test_a_changed_style_is_in_the_next_letter_in_both_formats(own: Path, sample: Sample) -> None:
    before = write(own, sample("denial"))
    edit(own / "templates" / "denial" / "letter.docx", "word/styles.xml", "1F3A5F", "7A1F1F")
    after = write(own, sample("denial"))
    styles = zipfile.ZipFile(io.BytesIO(after.files["docx"])).read("word/styles.xml").decode()
    assert "7A1F1F" in styles
    mark = "DRAFT:notvetted,notforrelease"  # of what has changed since it was approved
    assert words_of(after)[1] == mark + words_of(before)[1].removeprefix(mark)
    assert before.files["pdf"] != after.files["pdf"]


def test_office_details_and_law_come_from_their_files(own: Path, sample: Sample) -> None:
    replace(own / "templates" / "office.toml", "Morgan Example", "Dana Exemplar")
    replace(own / "templates" / "legal_basis.toml", '"11.3.100.106(C) NMAC"', '"11.3.100.107(C) NMAC"')
    for words in words_of(write(own, sample("denial"))):
        assert "DanaExemplar" in words
        assert "11.3.100.107(C)NMAC" in words
        assert "11.3.100.106(C)" not in words


def test_a_condition_s_wording_may_use_the_same_tags(own: Path, sample: Sample) -> None:
    replace(
        own / "templates" / "conditions.toml",
        "{{ request.requester.agency_in_sentence|capitalize_first }} pays {{ cost }}.",
        "By {{ expires }} {{ request.requester.agency_in_sentence }} & others pay {{ cost }}.",
    )
    docx, _ = words_of(write(own, sample("conditional-approval")))
    assert "ByNovember27,2019theHumanTraffickingTaskForce&amp;otherspay" in docx


def test_a_misspelt_name_in_a_template_stops_the_letter_and_says_where(own: Path, sample: Sample) -> None:
    template = own / "templates" / "denial" / "letter.docx"
    edit(template, "word/document.xml", "{{ request.sought }}.", "{{ request.sougth }}.")
    with pytest.raises(TemplateAtFault) as caught:
        write(own, sample("denial"))
    assert "templates/denial/letter.docx" in str(caught.value)
    assert "sougth" in str(caught.value)
    assert "sought" in str(caught.value).replace("sougth", "")
    assert "paragraph" in str(caught.value)


def test_a_basis_a_template_cites_but_may_not_is_named(own: Path, sample: Sample) -> None:
    template = own / "templates" / "denial" / "letter.docx"
    edit(template, "word/document.xml", "The following law bears on", "{{ law.ssa_303_e_child_support.citation }} on")
    with pytest.raises(TemplateAtFault) as caught:
        write(own, sample("denial"))
    assert "ssa_303_e_child_support" in str(caught.value)


def test_every_mistake_in_a_template_is_reported_at_once(own: Path) -> None:
    template = own / "templates" / "denial" / "letter.docx"
    edit(template, "word/document.xml", "{{ office.short_name }}", "{{ office.short_name")
    edit(template, "word/document.xml", "{{ request.sought }}.", "{request.sought}}.")
    with pytest.raises(TemplateAtFault) as caught:
        Assembler(Library(own)).template("denial")
    assert len(caught.value.problems) >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_shipped_template_uses_only_names_that_exist_in_every_branch(
    assembler: Assembler, sample: Sample, kind: str
) -> None:
    contexts = [assembler.context(assembler.check(sample(each))) for each in (kind, *KINDS)]
    used = {use.path for use in assembler.template(kind).uses}
    assert {"date", "office.name", "contact.email"} <= used
    for path in used:
        first, *rest = path.split(".")
        if first == "law":
            named = [
                basis
                for basis in assembler.rulebook.bases.values()
                if rest[0] in (basis.id.replace("-", "_"), *(role.replace("-", "_") for role in basis.roles))
            ]
            assert any(kind in basis.supports for basis in named), path
        elif first == "deadlines":
            ids = [deadline.id for basis in assembler.rulebook.bases.values() for deadline in basis.deadlines]
            assert rest[0].replace("_", "-") in ids, path
        elif first != "duty_law[]":  # no sample answers a requester to whom the law itself requires disclosure
            # A list that is empty in this sample is looked at in another kind's.
            assert any(leads_somewhere(path, context) for context in contexts), path


def leads_somewhere(path: str, context: Any) -> bool:
    for step in path.split("."):
        name = step.removesuffix("[]")
        if not isinstance(context, dict) or name not in context:
            return False
        context = context[name]
        if step.endswith("[]"):
            if not context:
                return False
            context = context[0]
    return True


LAW = [
    ('as_of = 2024-09-30\n', 'as_of = "lately"\n', "As of"),
    ('source = "https://github.com', 'source = "my desk', "Source"),
    ('in_force_from = 2025-07-01', "in_force_from = 2025-07-01\nin_force_until = 2024-01-01", "before it takes effect"),
    ('pair_with = ["cfr-603-4"]', 'pair_with = ["cfr-603-44"]', "cfr-603-44"),
    ('authority = "persuasive"', 'authority = "strong"', "Authority"),
    ('id = "ssa-303-b"', 'id = "ssa-303-a-1"', "appears twice"),
    ('title = "Loss of federal', 'titel = "x"\ntitle = "Loss of federal', "titel"),
    ('title = "Loss of federal', 'title = "x"\ntitle = "Loss of federal', "appears twice"),
]  # fmt: skip


def test_a_choice_without_words_is_named(own: Path) -> None:
    replace(own / "templates" / "phrases.toml", 'portal = "online message"', "")
    with pytest.raises(LibraryAtFault) as caught:
        _ = Assembler(Library(own)).phrases
    assert "[channel] has no words for “portal”" in str(caught.value)


OFFICE = [
    ('time_zone = "America/Denver"', 'time_zone = "New Mexico"', "is not a time zone"),
    ('email = "legal@dws.example"', 'email = "legal at dws"', "is not an email address"),
    ('id = "secretary"', 'id = "chief-counsel"', "with the same short name"),
    ('short_name = "the Department"', "", "Short name (short_name) is missing"),
]


@pytest.mark.parametrize(("old", "new", "said"), OFFICE, ids=[each[2] for each in OFFICE])
def test_a_mistake_in_the_office_file_is_named(own: Path, old: str, new: str, said: str) -> None:
    replace(own / "templates" / "office.toml", old, new)
    with pytest.raises(LibraryAtFault) as caught:
        _ = Assembler(Library(own)).office
    assert said in str(caught.value)
    assert "templates/office.toml" in str(caught.value)


@pytest.mark.parametrize(("old", "new", "said"), LAW, ids=[each[2] for each in LAW])
def test_a_mistake_in_the_law_file_is_named(own: Path, old: str, new: str, said: str) -> None:
    replace(own / "templates" / "legal_basis.toml", old, new)
    with pytest.raises(LibraryAtFault) as caught:
        _ = Assembler(Library(own)).rulebook
    assert said in str(caught.value)
    assert "templates/legal_basis.toml" in str(caught.value)


def test_every_basis_says_what_it_rests_on(assembler: Assembler) -> None:
    assert len(assembler.rulebook.bases) >= 36
    for basis in assembler.rulebook.bases.values():
        assert basis.caveat
        assert not basis.summary.endswith(".")
        assert set(basis.supports) <= set(assembler.library.kinds)
        if basis.case_name:
            assert basis.in_force_from or basis.id == "morton-salt"


def test_an_office_may_add_a_kind_without_code(own: Path, sample: Sample) -> None:
    shutil.copytree(own / "templates" / "policy-statement", own / "templates" / "receipt")
    (own / "prompts" / "receipt.toml").write_text('[set]\n"request.access" = "policy-inquiry"\n', encoding="utf-8")
    replace(own / "templates" / "legal_basis.toml", '"policy-statement"', '"receipt", "policy-statement"')
    template = own / "templates" / "receipt" / "letter.docx"
    shutil.copy(own / "templates" / "denial" / "letter.docx", template)
    source = zipfile.ZipFile(io.BytesIO(template.read_bytes()))
    body = source.read("word/document.xml").decode()
    start, end = body.index("<w:p>", body.index("salutation")), body.index("<w:sectPr>")
    said = '<w:p><w:r><w:t xml:space="preserve">We have received it. {{ extra.note }}</w:t></w:r></w:p>'
    edit(template, "word/document.xml", body[start:end], said)
    answers = sample("policy-statement") | {
        "kind": "receipt",
        "earlier_letters": [],
        "legal_basis": [],
        "extra": {"note": "Thank you."},
    }
    del answers["status_sentence"]
    put(answers, "request.access", "policy-inquiry")
    assert "Wehavereceivedit.Thankyou." in words_of(write(own, answers))[1]
