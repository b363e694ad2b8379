"""What is vetted, and what becomes of letters that are not: drafts, redlines, withdrawals, the way back, the proof."""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers import KINDS, ROOT
from helpers.edits import edit, replace
from helpers.libraries import keep_kinds
from msgspec.structs import replace as with_

from letters.approval.approve import Approver, approval_states, check_before_approval, record, roll_back, withdraw
from letters.approval.changes_since_approval import changes_of, redlines_of
from letters.approval.proof.book import bound, proofs_in
from letters.approval.proof.cover import smallest_cover
from letters.approval.proof.moved_dates import moved, weeks_between
from letters.approval.proof.pack import pack, proof_of
from letters.approval.proof.plausible_matters import PlausibleMatters
from letters.assembly.assembler import Assembler
from letters.docx.package import open_package
from letters.errors import LettersError, LibraryAtFault, Usage
from letters.library.approval_record import digest_of
from letters.library.approvals import ApprovalState
from letters.library.library import Library
from letters.model.fields import put
from letters.model.letter import Letter
from letters.pdf.pdf_file import pdf_words

Sample = Callable[[str], dict[str, Any]]
TODAY = date(2026, 11, 22)
COUNSEL = Approver("Morgan Example", "Chief Legal Counsel", "First approval.", TODAY)
KIND = "contact-notice"
APPROVED = (
    "denial",
    "repeat-denial",
    "routing-memo",
    KIND,
    "policy-statement",
    "conditional-approval",
    "subpoena-response",
)


@pytest.fixture(scope="session")
def vetted_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven kinds of the shipped library as they are now, each approved."""
    root = tmp_path_factory.mktemp("vetted")
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".vetted", "vetted.toml"))
    (root / "letters.toml").touch()
    record(Assembler(Library(keep_kinds(root, *APPROVED))), APPROVED, COUNSEL)
    return root


@pytest.fixture
def own(vetted_library: Path, tmp_path: Path) -> Path:
    root = tmp_path / "own"
    shutil.copytree(vetted_library, root)
    return root


@pytest.fixture(scope="session")
def shipped(library: Library) -> Assembler:
    return Assembler(library)


def assembler(root: Path) -> Assembler:
    return Assembler(Library(root))


def state(root: Path, kind: str = KIND, on: date = TODAY) -> ApprovalState:
    return assembler(root).vetting(kind).state(on)


# --- letters ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_of_a_vetted_kind_has_no_draft_mark(shipped: Assembler, sample: Sample, kind: str) -> None:
    made = shipped.make(shipped.check(sample(kind)), ["docx"])
    assert b"DRAFT" not in b"".join(open_package(made.files["docx"], "letter").parts.values())


CHANGES: dict[str, Callable[[Path], None]] = {
    "templates/contact-notice/letter.docx": lambda root: edit(
        root / "templates/contact-notice/letter.docx", "word/document.xml", "From now on", "As of today"
    ),
    "templates/shared/signature.docx": lambda root: edit(
        root / "templates/shared/signature.docx", "word/document.xml", "Sincerely,", "Yours,"
    ),
    "templates/legal_basis.toml": lambda root: replace(
        root / "templates/legal_basis.toml", 'citation = "11.3.100.106(D) NMAC"', 'citation = "11.3.100.107(D) NMAC"'
    ),
    "templates/office.toml": lambda root: replace(root / "templates/office.toml", "0142", "0143"),
    "prompts/contact-notice.toml": lambda root: replace(root / "prompts/contact-notice.toml", "?", "??"),
}


@pytest.mark.parametrize("file", CHANGES)
def test_any_change_to_what_it_is_made_of_makes_a_letter_a_draft(own: Path, sample: Sample, file: str) -> None:
    CHANGES[file](own)
    at = assembler(own)
    letter = at.check(sample(KIND))
    assert at.is_draft(letter)
    assert at.vetting(KIND).changed == (file,)
    assert f"changed since then: {file}." in at.why_draft(letter)
    assert b"DRAFT" in zipfile.ZipFile(io.BytesIO(at.make(letter, ["docx"]).files["docx"])).read("docProps/core.xml")


def test_a_draft_says_so_on_every_page_of_both_files_and_in_their_names(
    own: Path, letters: Any, tmp_path: Path, sample: Sample
) -> None:
    CHANGES["templates/shared/signature.docx"](own)
    shutil.copy(ROOT / "templates" / "denial" / "sample.toml", tmp_path / "a.toml")
    done = letters("fill", "a.toml", "--out", "out", "--library", own)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a-DRAFT.docx", "a-DRAFT.pdf"}
    assert "The letter is a draft, because denial is not vetted" in done.stderr
    assert "templates/shared/signature.docx" in done.stderr
    words = pdf_words((tmp_path / "out" / "a-DRAFT.pdf").read_bytes())
    assert len(words.furniture) > 1
    assert "DRAFT:notvetted" in "".join(words.body.split())  # the head of the first page is read aloud
    assert all("DRAFT:notvetted" in "".join(page.split()) for page in words.furniture[1:])
    package = zipfile.ZipFile(tmp_path / "out" / "a-DRAFT.docx")
    heads = [package.read(name).decode() for name in package.namelist() if name.startswith("word/header")]
    assert len(heads) == 2
    assert all("DRAFT: not vetted" in head for head in heads)


def test_a_change_to_another_letter_s_files_changes_nothing(own: Path) -> None:
    edit(own / "templates" / "denial" / "letter.docx", "word/document.xml", "bears on the decision", "bears on it")
    replace(own / "templates" / "objections.toml", "text = ", "# a remark\ntext = ")
    (own / "templates" / KIND / "sample.toml").write_text("# nothing\n")
    assert state(own) is ApprovalState.VETTED
    assert approval_states(assembler(own), TODAY) == {
        kind: ApprovalState.CHANGED if kind in ("denial", "subpoena-response") else ApprovalState.VETTED
        for kind in APPROVED
    }


def test_law_and_terms_count_as_far_as_a_letter_takes_them(own: Path) -> None:
    law, terms = own / "templates" / "legal_basis.toml", own / "templates" / "conditions.toml"
    text = law.read_text(encoding="utf-8")
    entry = next(each for each in text.split("[[basis]]") if 'supports = ["denial", "repeat-denial", "policy-' in each)
    changed = text.replace(entry, entry.replace('title = "', 'title = "New: '))
    law.write_text(f"# a remark\n{changed}", encoding="utf-8")
    assert state(own) is ApprovalState.VETTED
    assert state(own, "denial") is ApprovalState.CHANGED
    assert state(own, "conditional-approval") is ApprovalState.VETTED
    replace(terms, 'subject = "Cost"', 'subject = "Costs"')
    assert state(own) is ApprovalState.VETTED
    assert state(own, "conditional-approval") is ApprovalState.CHANGED
    replace(terms, 'name = "quarterly wage records"', 'name = "wage records"')
    assert state(own) is ApprovalState.CHANGED


def test_rolling_back_one_letter_leaves_the_law_of_others(own: Path) -> None:
    law = own / "templates" / "legal_basis.toml"
    law.write_text("# a remark\n" + law.read_text(encoding="utf-8"), encoding="utf-8")
    CHANGES["templates/contact-notice/letter.docx"](own)
    _, names, _ = roll_back(assembler(own), KIND, COUNSEL, None)
    assert names == ["templates/contact-notice/letter.docx"]
    assert law.read_text(encoding="utf-8").startswith("# a remark")
    assert state(own) is ApprovalState.VETTED
    assert assembler(own).approvals.approvals(KIND)[-1].files["templates/legal_basis.toml"] == digest_of(
        law.read_bytes()
    )


# --- approvals ---


def test_an_approval_says_who_when_why_and_for_which_bytes(own: Path) -> None:
    (act,) = assembler(own).approvals.entries[KIND]
    assert (act.by, act.title, act.date, act.why) == (COUNSEL.by, COUNSEL.title, TODAY, COUNSEL.why)
    for name, digest in act.files.items():
        data = (own / name).read_bytes()
        assert digest == digest_of(data)
        assert (own / "templates" / ".vetted" / f"{digest}{Path(name).suffix}").read_bytes() == data
    template = assembler(own).template(KIND)
    assert {f"templates/shared/{each}.docx" for each in template.passages} <= act.files.keys()
    assert {
        "templates/legal_basis.toml",
        "prompts/contact-notice.toml",
    } <= act.files.keys()
    assert f"templates/{KIND}/sample.toml" not in act.files


def test_it_holds_for_letters_dated_until_its_last_day(own: Path, sample: Sample) -> None:
    record(assembler(own), [KIND], COUNSEL, expires=date(2026, 12, 31))
    assert state(own, on=date(2026, 12, 31)) is ApprovalState.VETTED
    assert state(own, on=date(2027, 1, 1)) is ApprovalState.EXPIRED
    at = assembler(own)
    assert not at.is_draft(at.check(sample(KIND)))  # dated 2019: by the letter's date, not by the clock
    with pytest.raises(Usage):
        record(assembler(own), [KIND], COUNSEL, expires=date(2026, 1, 1))


def test_withdrawn_it_is_a_draft_until_it_is_approved_again(own: Path) -> None:
    withdraw(assembler(own), KIND, with_(COUNSEL, why="The law changed."))
    assert state(own) is ApprovalState.WITHDRAWN
    assert "withdrew it on November 22, 2026: The law changed." in assembler(own).vetting(KIND).in_words(TODAY)
    with pytest.raises(Usage):
        withdraw(assembler(own), KIND, COUNSEL)
    record(assembler(own), [KIND], COUNSEL)
    assert state(own) is ApprovalState.VETTED
    assert [entry.act for entry in assembler(own).approvals.entries[KIND]] == ["vetted", "withdrawn", "vetted"]


def test_nothing_is_approved_while_something_is_wrong(own: Path, letters: Any) -> None:
    template = own / "templates" / KIND / "letter.docx"
    edit(template, "word/document.xml", "From now on", "{{ office.nmae }} From now on")
    keep_kinds(own, KIND)
    before = (own / "templates" / "vetted.toml").read_bytes()
    who = ("--by", "Dana Exemplar", "--title", "Deputy Counsel", "--why", "A slip.")
    refused = letters("vet", KIND, "--library", own, *who)
    assert refused.returncode == 3
    assert "nmae" in refused.stderr
    assert refused.stderr.endswith(f"letters: for everything that is wrong: letters check {KIND} --library {own}\n")
    assert (own / "templates" / "vetted.toml").read_bytes() == before


def test_a_sample_that_makes_no_letter_prevents_approval(own: Path) -> None:
    replace(own / "templates" / KIND / "sample.toml", 'signatory = "chief-counsel"', 'signatory = "nobody"')
    keep_kinds(own, KIND)
    with pytest.raises(LibraryAtFault, match="nobody"):
        check_before_approval(assembler(own), [KIND], TODAY)


def test_rolled_back_the_files_are_as_approved_and_what_they_replace_is_kept(own: Path) -> None:
    files = [own / name for name in ("templates/contact-notice/letter.docx", "prompts/contact-notice.toml")]
    before = [file.read_bytes() for file in files]
    for name in ("templates/contact-notice/letter.docx", "prompts/contact-notice.toml"):
        CHANGES[name](own)
    changed = [file.read_bytes() for file in files]
    _, names, _ = roll_back(assembler(own), KIND, COUNSEL, None)
    assert sorted(own / name for name in names) == sorted(files)
    assert [file.read_bytes() for file in files] == before
    assert state(own) is ApprovalState.VETTED
    kept = {path.read_bytes() for path in (own / "templates" / ".vetted").iterdir()}
    assert set(changed) <= kept
    with pytest.raises(Usage):
        roll_back(assembler(own), KIND, COUNSEL, None)


def test_rolling_back_a_withdrawn_approval_goes_to_the_one_before(own: Path) -> None:
    file = own / "templates" / KIND / "letter.docx"
    before = file.read_bytes()
    CHANGES["templates/contact-notice/letter.docx"](own)
    record(assembler(own), [KIND], COUNSEL)
    withdraw(assembler(own), KIND, COUNSEL)
    target, _, _ = roll_back(assembler(own), KIND, COUNSEL, None)
    assert target == assembler(own).approvals.approvals(KIND)[0]
    assert file.read_bytes() == before
    roll_back(assembler(own), KIND, COUNSEL, 2)
    assert file.read_bytes() != before


def test_a_damaged_copy_is_detected(own: Path) -> None:
    digest = assembler(own).approvals.approvals(KIND)[0].files["prompts/contact-notice.toml"]
    CHANGES["prompts/contact-notice.toml"](own)
    (own / "templates" / ".vetted" / f"{digest}.toml").write_text("forged")
    with pytest.raises(LibraryAtFault, match="damaged"):
        roll_back(assembler(own), KIND, COUNSEL, None)


@pytest.mark.parametrize("name", ["/etc/passwd", "templates/../../x", "letters.toml", "prompts/..\\x"])
def test_a_record_that_leads_out_of_the_library_is_refused(own: Path, name: str) -> None:
    replace(own / "templates" / "vetted.toml", '"prompts/contact-notice.toml" =', f"{json.dumps(name)} =")
    with pytest.raises(LibraryAtFault, match="not a file of a library"):
        roll_back(assembler(own), KIND, COUNSEL, None)


def test_the_shipped_letters_are_vetted_as_they_are() -> None:
    """To be recorded again after a change: letters vet --all --by … --title … --why …"""
    at = Assembler(Library(ROOT))
    assert {kind: at.vetting(kind).in_words(TODAY) for kind in KINDS if not at.vetting(kind).is_vetted(TODAY)} == {}
    entries = [entry for each in at.approvals.entries.values() for entry in each]
    assert {act.person for act in entries} == {"Morgan Example, Chief Legal Counsel"}
    assert all(act.why for act in entries)
    for kind in KINDS:
        for name, digest in at.approvals.approvals(kind)[-1].files.items():
            assert (ROOT / "templates" / ".vetted" / f"{digest}{Path(name).suffix}").is_file(), name


# --- what changed ---


def test_what_changed_is_shown_with_what_it_affects(own: Path) -> None:
    decision = own / "templates" / "shared" / "decision-limits.docx"
    edit(decision, "word/document.xml", "It will not provide a bulk extract", "It will never provide a bulk copy")
    replace(own / "templates" / "legal_basis.toml", 'summary = "conditions federal', 'summary = "makes federal')
    replace(own / "prompts" / "denial.toml", "supports the denial", "supports our denial")
    found = changes_of(assembler(own), "denial")
    assert set(found.files) == {
        "templates/shared/decision-limits.docx", "templates/legal_basis.toml", "prompts/denial.toml",
    }  # fmt: skip
    (line,) = found.files["templates/shared/decision-limits.docx"]
    assert line.startswith("paragraph 1: ")
    assert "It will [-not-]{+never+} provide a bulk [-extract-]{+copy+} of" in line
    assert any("question legal_basis, ask: What legal authority supports [-the-]{+our+}" in each
               for each in found.files["prompts/denial.toml"])  # fmt: skip
    assert {each.split(":")[0] for each in found.questions} >= {"request.access", "legal_basis"}
    assert found.conditions == ('not (request.access == "direct-access")', 'request.access == "bulk"')
    assert found.bases == ("ssa-303-a-1: 42 U.S.C. § 503(a)(1)",)
    assert any("[-conditions-]{+makes+} federal" in each for each in found.samples["sample.toml"])
    assert found.others == ("repeat-denial", "policy-statement", "subpoena-response")


def test_without_the_kept_copies_it_can_still_be_approved_again(own: Path) -> None:
    shutil.rmtree(own / "templates" / ".vetted")
    CHANGES["templates/shared/signature.docx"](own)
    found = changes_of(assembler(own), KIND)
    assert "the approved version cannot be shown" in found.files["templates/shared/signature.docx"][0]
    record(assembler(own), [KIND], COUNSEL)
    assert state(own) is ApprovalState.VETTED


def test_it_says_when_nothing_changed(own: Path) -> None:
    found = changes_of(assembler(own), KIND)
    assert list(found.lines()) == [
        "Nothing changed in contact-notice since Morgan Example, Chief Legal Counsel, vetted it on November 22, 2026."
    ]


def test_the_redline_shows_passages_in_their_places_and_text_files_at_the_end(own: Path) -> None:
    edit(own / "templates" / "shared" / "signature.docx", "word/document.xml", "Sincerely,", "Respectfully,")
    replace(own / "prompts" / "contact-notice.toml", "?", "??")
    data = redlines_of(assembler(own), KIND, "Dana Exemplar", TODAY)[""]
    package = open_package(data, "redline")
    root = package.xml(package.main)
    text = "".join(root.itertext())
    assert text.index("From now on") < text.index("Respectfully") < text.index("prompts/contact-notice.toml")
    authors = {value for node in root.iter() for name, value in node.items() if name.endswith("}author")}
    assert authors == {"Dana Exemplar"}


def test_without_an_approval_there_is_no_redline(own: Path) -> None:
    (own / "templates" / "vetted.toml").unlink()
    with pytest.raises(Usage, match="has never been vetted"):
        redlines_of(assembler(own), KIND, "M", TODAY)


# --- the proof ---


def test_the_proof_shows_every_paragraph_in_the_fewest_letters(own: Path) -> None:
    at = assembler(keep_kinds(own, "denial", "repeat-denial", "routing-memo", "conditional-approval"))
    proof = proof_of(at, "denial")
    pieces = {piece.number for piece in proof.pieces}
    seen = set().union(*(found.seen for found in proof.letters))
    assert pieces - seen == {piece.number for piece in proof.elsewhere}
    assert proof.notes == ()
    assert 2 <= len(proof.letters) <= 6
    for found in proof.letters:
        others = set().union(*(each.seen for each in proof.letters if each is not found))
        assert found.seen - others, "a letter that shows nothing new is one too many"
        at.check(found.answers)
    words = ["".join(_document(at, found.letter).split()) for found in proof.letters]
    for said in ("Itwillnotprovideabulkextract", "YoumadetherequestundertheInspectionofPublicRecordsAct",
                 "Therequeststatesnopurpose", "Thisletterfollowstheseletters"):  # fmt: skip
        assert any(said in each for each in words), said
    assert not any("employmentrecords(2)" in each for each in words), "a second entry reads like a first one"


def _document(at: Assembler, letter: Letter) -> str:
    package = open_package(at.make(letter, ["docx"]).files["docx"], "letter")
    return "".join(package.xml(package.main).itertext())


def test_a_paragraph_that_can_never_appear_is_an_error_that_names_it(own: Path) -> None:
    dead = "".join(
        f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
        for words in ('{%p if request.access == "sideways" %}', "Never said.", "{%p endif %}")
    )
    file = own / "templates" / KIND / "letter.docx"
    document = zipfile.ZipFile(file).read("word/document.xml").decode()
    first = re.search(r"<w:p[ >].*?</w:p>", document)
    assert first
    edit(file, "word/document.xml", first[0], first[0] + dead)
    with pytest.raises(LibraryAtFault) as caught:
        proof_of(assembler(keep_kinds(own, KIND, "conditional-approval")), KIND)
    (problem,) = caught.value.problems
    assert "“Never said.”" in problem.message
    assert 'request.access == "sideways"' in problem.hint
    assert problem.where.startswith("templates/contact-notice/letter.docx, body, paragraph ")


def test_the_book_has_every_sample_and_variants_whose_dates_go_together_each_behind_its_facts(own: Path) -> None:
    at = assembler(keep_kinds(own, KIND))
    failed: list[tuple[str, LettersError]] = []
    (proof,) = proofs_in(at, [KIND], failed)
    assert failed == []
    (note,) = proof.notes  # of a shared passage, for kinds that this library does not have
    assert "confirms nothing beyond the records it releases" in note.message
    assert [each.sample for each in proof.letters] == ["sample.toml", "", "", ""]
    for each in proof.letters:
        ages = sorted(each.letter.date - day for day in _days_in(each.answers))
        assert timedelta(-300) < ages[0] <= ages[-1] < timedelta(300), each.answers
        asked = each.letter.request.dated or each.letter.request.received
        numbers = [letter.reference for letter in each.letter.earlier_letters if letter.reference]
        assert all(letter.date <= asked for letter in each.letter.earlier_letters)
        assert [*numbers, each.letter.reference] == sorted({*numbers, each.letter.reference})
    data, book = pack(at, proof, TODAY), bound(at, [proof], failed, TODAY)
    assert (book.samples, book.variants) == (1, 3)
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as outline:
        titles, pages = [item.title for item in outline.root], len(pdf.pages)
    assert titles == ["What is being approved", *(f"Letter {number} of 4" for number in range(1, 5))]
    with pikepdf.open(io.BytesIO(book.data)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["The letters in this book", at.library.kinds[KIND].title]
        assert len(pdf.pages) == pages + 1


def test_answers_of_several_samples_become_one_matter() -> None:
    county = {"agency": "Example County", "agency_kind": "local", "name": "Lee Sample", "address": "Taos"}
    donor = {
        "date": TODAY,
        "delivery": ["mail"],
        "request": {"sought": "two files", "access": "targeted", "requester": county},
    }
    own = {"date": date(2026, 4, 6), "reference": "X-2026-0007", "request": {"received": date(2026, 3, 2)}}
    matters = PlausibleMatters(own, [donor], {"tribal": "the Pueblo of Example"}, "P.O. Box 0000")
    mixed: dict[str, Any] = {
        "date": date(2026, 2, 6),
        "reference": "X-2026-0009",
        "earlier_letters": [
            {"date": date(2026, 3, 9), "reference": "X-2026-0012", "to": "Example County"},
            {"date": date(2026, 3, 5), "reference": "X-2026-0011"},
        ],
        "request": {"received": date(2026, 2, 2), "access": "targeted", "sought": "a policy", "their_reference": "A-1",
                    "requester": {"agency": "The Courier", "agency_kind": "local", "address": "El Paso"}},
    }  # fmt: skip
    for step in matters.steps:
        for name, value in next(step(mixed), {}).items():
            put(mixed, name, deepcopy(value))
    assert (mixed["date"], mixed["reference"]) == (date(2026, 4, 6), "X-2026-0007")
    assert mixed["request"]["requester"] == county
    assert (mixed["request"]["sought"], mixed["delivery"]) == ("two files", ["mail"])
    letters = [
        (each["reference"], each["date"] < date(2026, 3, 2), each.get("to")) for each in mixed["earlier_letters"]
    ]
    assert letters == [("X-2026-0005", True, None), ("X-2026-0006", True, None)]
    put(mixed, "request.requester.agency_kind", "tribal")
    assert "Pueblo of Example" in str([list(step(mixed)) for step in matters.steps])


def _days_in(value: object) -> Iterator[date]:
    if isinstance(value, date):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _days_in(each)


def test_a_matter_moves_to_another_year_with_everything_in_it_that_has_a_date() -> None:
    answers = {
        "date": date(2019, 8, 2),
        "reference": "OGC-2019-0142",
        "request": {"dated": date(2019, 8, 1), "sought": "the records of August 1, 2019, under NMSA 1978, § 51-1-32"},
        "enclosures": ["Your letter of July 31, 2019", "Form I-138"],
    }
    later = moved(answers, weeks_between(answers["date"], date(2026, 1, 2), whole_years=True))
    assert later == {
        "date": date(2026, 8, 7),
        "reference": "OGC-2026-0142",
        "request": {"dated": date(2026, 8, 6), "sought": "the records of August 6, 2026, under NMSA 1978, § 51-1-32"},
        "enclosures": ["Your letter of August 5, 2026", "Form I-138"],
    }
    assert weeks_between(date(2019, 8, 2), date(2019, 9, 2)) == 0


def test_the_cover_is_the_smallest_there_is() -> None:
    for seed in range(40):
        chance = random.Random(seed)
        holdings = {key: frozenset(chance.sample(range(8), chance.randint(1, 4))) for key in range(7)}
        wanted = frozenset().union(*holdings.values())
        cover = smallest_cover(holdings, wanted)
        assert frozenset().union(*(holdings[key] for key in cover)) == wanted
        smaller = itertools.combinations(holdings.values(), len(cover) - 1)
        assert not any(frozenset().union(*each) == wanted for each in smaller)


# --- the command ---


def test_without_a_name_nothing_is_recorded(own: Path, letters: Any) -> None:
    before = (own / "templates" / "vetted.toml").read_bytes()
    CHANGES["templates/shared/signature.docx"](own)
    done = letters("vet", KIND, "--library", own, "--redline", "changes.docx")
    assert done.returncode == 0, done.stderr
    assert "[-Sincerely-]{+Yours+}," in done.stdout
    assert "Nothing was recorded" in done.stderr
    assert (own / "templates" / "vetted.toml").read_bytes() == before
    assert letters("vet", KIND, "--library", own, "--by", "M").returncode == 2


def test_the_command_approves_withdraws_and_rolls_back(own: Path, letters: Any) -> None:
    keep_kinds(own, KIND, "denial")
    who = ("--library", own, "--by", "Dana Exemplar", "--title", "Deputy Counsel")
    CHANGES["templates/shared/signature.docx"](own)
    waiting = letters("vet", "--status", "--json", "--library", own)
    assert waiting.returncode == 1
    assert {row["kind"]: row["state"] for row in json.loads(waiting.stdout)}[KIND] == "changed"
    done = letters("vet", KIND, *who, "--why", "A shorter close.")
    assert done.returncode == 0, done.stderr
    assert state(own) is ApprovalState.VETTED
    assert letters("vet", KIND, *who, "--why", "A slip.", "--withdraw").returncode == 0
    back = letters("vet", KIND, *who, "--why", "Back.", "--roll-back")
    assert back.returncode == 0, back.stderr
    assert "denial: Morgan Example, Chief Legal Counsel, vetted it" in back.stderr  # it shares the passage
    history = letters("vet", KIND, "--history", "--library", own).stdout
    assert [line.split(" on ")[0].strip() for line in history.splitlines() if " on " in line] == [
        "1. vetted", "2. vetted", "withdrawn", "3. vetted",
    ]  # fmt: skip
    assert letters("vet", "--status", "--library", own).returncode == 0


def test_a_sample_letter_that_can_no_longer_be_made_is_said_with_why(own: Path, letters: Any) -> None:
    edit(own / "templates" / "denial" / "letter.docx", "word/document.xml", "{{ request.sought", "{{ request.soght")
    done = letters("vet", "denial", "--library", own)
    assert "cannot be made now: " in done.stdout
    assert "Nothing is called “soght” in {{ request.soght }}. Did you mean “sought”?" in done.stdout
    assert "`letters check denial` lists all that is wrong." in done.stdout


def test_an_approval_whose_output_nobody_reads_to_its_end_is_said_to_be_stopped(own: Path) -> None:
    replace(own / "templates" / "objections.toml", "text = ", "# a remark\ntext = ")
    approve = [sys.executable, "-m", "letters", "vet", "--all", "--by", "N", "--title", "T", "--why", "W"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*approve, "--library", str(own)], stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, "letters vet --status" in done.stderr) == (1, True), done.stderr
