"""What a finished letter says about itself: what it was made from, whether it was changed, and the same bytes again."""

from __future__ import annotations

import io
import random
import re
import shutil
import struct
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import helpers.documents as word
import pikepdf
import pytest
from helpers import KINDS, ROOT
from helpers.edits import edited
from helpers.offices import COUNSEL, approved_office
from helpers.reading import plain, settled
from msgspec.structs import replace as with_

from letters.approval.approve import record, withdraw
from letters.assembly.assembler import Assembler
from letters.docx.names import CUSTOM, W
from letters.docx.package import Packed, members_of, open_package, write_letter
from letters.errors import InvalidAnswers, LettersError, LibraryAtFault, Usage
from letters.interview.drafts import format_answers, parse_saved
from letters.library.approval_record_head import RECORD
from letters.library.library import Library
from letters.provenance import seal
from letters.provenance.custom_properties import file_fingerprint, read_record, with_record
from letters.provenance.hand_edits import redline_of
from letters.provenance.letter_text import (
    PREFIXES,
    fingerprint,
    fingerprints,
    fold,
    sentences,
    split_fingerprints,
    text_of_members,
    text_of_package,
)
from letters.provenance.pdf_reading import read_pdf
from letters.provenance.rebuild import rebuild, record_from_letter
from letters.provenance.record import Record
from letters.provenance.record_comparison import LetterState, changes_in_stream, compare
from letters.provenance.seal import Seal, load_seal
from letters.provenance.verify import Verification, Verifier
from letters.provenance.xmp import file_fingerprint_matches

Sample = Callable[[str], dict[str, Any]]
KIND = "contact-notice"
MAIN = "word/document.xml"


def recorded(docx: bytes, record: Record, seal: Seal) -> bytes:
    """The letter with another record."""
    return write_letter(with_record(members_of(docx), record, seal))


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped library as an office has it: every kind approved, and a seal of its own."""
    return approved_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def own(office: Path, tmp_path: Path) -> Path:
    root = tmp_path / "own"
    shutil.copytree(office, root)
    return root


@pytest.fixture(scope="session")
def at(office: Path) -> Assembler:
    return Assembler(Library(office))


@pytest.fixture(scope="session")
def made(at: Assembler) -> dict[str, bytes]:
    """The sample letter of every kind, as Word files."""
    return {kind: at.make(at.check(at.samples(kind)["sample.toml"]), ["docx"]).files["docx"] for kind in KINDS}


@pytest.fixture(scope="session")
def printed(at: Assembler) -> bytes:
    return at.make(at.check(at.samples(KIND)["sample.toml"]), ["pdf"]).files["pdf"]


def verified(assembler: Assembler, data: bytes) -> Verification:
    return Verifier(assembler).verify(data, "letter")


# --- a letter that was left alone ---


@pytest.mark.parametrize("kind", KINDS)
def test_verify_names_the_approval_of_an_unchanged_letter(at: Assembler, made: dict[str, bytes], kind: str) -> None:
    verdict = verified(at, made[kind])
    assert verdict.comparison.state is LetterState.UNCHANGED
    assert verdict.is_genuine
    told = " ".join(verdict.notes)
    assert f"Kind: {kind}" in told
    assert "Morgan Example, Chief Legal Counsel, on November 22, 2026, which is in force" in told
    assert "with the current law of the library" in told


def test_a_letter_of_letters_0_2_0_is_unchanged(at: Assembler, made: dict[str, bytes]) -> None:
    """Its file has the fingerprint of its parts in the order of their names."""
    members = members_of(made[KIND])
    stated = [
        f"{name}\0{len(each.data)}\0".encode() + each.data for name, each in sorted(members.items()) if name != CUSTOM
    ]
    earlier = at.seal.fingerprint("docx", b"".join(stated)).hex()
    now = file_fingerprint(members, at.seal)
    assert earlier != now
    record = members[CUSTOM].content
    assert record.count(now.encode()) == 1
    letter = write_letter({**members, CUSTOM: Packed.of(CUSTOM, record.replace(now.encode(), earlier.encode()))})
    assert verified(at, letter).comparison.state is LetterState.UNCHANGED
    saved_again = {**members_of(letter), MAIN: Packed.of(MAIN, members[MAIN].content + b"\n")}
    assert verified(at, write_letter(saved_again)).comparison.state is LetterState.SAVED_AGAIN


def test_the_same_answers_give_the_same_record(office: Path, made: dict[str, bytes]) -> None:
    other = Assembler(Library(office))
    assert other.make(other.check(other.samples(KIND)["sample.toml"]), ["docx"]).files["docx"] == made[KIND]


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_is_read_the_same_while_it_is_written_and_when_it_is_verified(
    made: dict[str, bytes], kind: str
) -> None:
    assert text_of_members(members_of(made[kind]).values()) == text_of_package(open_package(made[kind], kind))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One, ", "One, last."),
        ("12 & <3>", "12 & <3>last."),
        ("", "last."),
        (" ", "last."),
        ("two\u00a0words, l\u00adong ", "two words, l\u00adong last."),
        ('w:instr=" PAGE 3 ', 'w:instr=" PAGE last.'),  # what looks like the number of a page is left out
        ("Another, ", "Another, last."),
    ],
)
@pytest.mark.parametrize("looks", ["", "<w:b/>"])
def test_the_same_markup_around_other_words_is_read_correctly(text: str, said: str, looks: str) -> None:
    runs = f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'
    body = word.paragraph(inner=runs + word.text("last.")) + word.paragraph(inner=word.field(" PAGE ", "page 7"))
    found = text_of_members(members_of(word.docx(body)).values())
    assert found.body == (said, "page")
    assert fold(text).replace("3", "" if "PAGE" in text else "3") in found.looks
    assert ("b=1" in found.looks) == bool(looks and text.strip())


@pytest.mark.parametrize("kind", KINDS)
def test_the_record_holds_hashes_and_identifiers_only(made: dict[str, bytes], kind: str, sample: Sample) -> None:
    said = read_record(open_package(made[kind], kind))
    assert said is not None
    shapes = {
        "kind": r"[a-z-]+", "state": "vetted|draft", "tool": r"[\d.]+", "dated": r"\d{4}-\d\d-\d\d", "form": "1",
        "words": r"[\w-]+", "headings": r"[\w-]+", "key": "[0-9a-f]{8}",
    }  # fmt: skip
    for name, value in said.as_mapping().items():
        assert re.fullmatch(shapes.get(name, "[0-9a-f]{32}|[0-9a-f]{64}"), value), name
    custom = open_package(made[kind], kind).parts["docProps/custom.xml"].decode()
    assert max(map(len, re.findall("<vt:lpwstr>(.*?)</", custom))) <= 255


# --- saved again ---


def split_runs(xml: str) -> str:
    """What Word does when somebody has put the cursor somewhere and saved."""
    xml = re.sub(
        r'<w:r>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t xml:space="preserve">([^<]{8})([^<]+)</w:t></w:r>',
        r'<w:r w:rsidR="00AB12CD">\1<w:t xml:space="preserve">\2</w:t></w:r><w:proofErr w:type="spellStart"/>'
        r'<w:r w:rsidRPr="00AB12CD">\1<w:t xml:space="preserve">\3</w:t></w:r>',
        xml,
    )
    return xml.replace("<w:p>", '<w:p w:rsidR="00AB12CD" w:rsidRDefault="00AB12CD">')


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_that_was_only_saved_again_is_unchanged(at: Assembler, made: dict[str, bytes], kind: str) -> None:
    xml = open_package(made[kind], kind).parts[MAIN].decode()
    again = edited(made[kind], (xml, split_runs(xml)))
    assert split_runs(xml) != xml
    verdict = verified(at, again)
    assert verdict.comparison.state is LetterState.SAVED_AGAIN
    assert verdict.is_genuine


def test_style_ids_and_names_of_parts_that_another_program_gives_change_nothing(
    at: Assembler, made: dict[str, bytes]
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, xml in open_package(made[KIND], KIND).parts.items():
            if name.endswith((".xml", ".rels")):
                xml = xml.replace(b'"BodyText"', b'"TextBody"').replace(b"header1.xml", b"header7.xml")
            new.writestr(name.replace("header1.xml", "header7.xml"), xml)
    assert verified(at, out.getvalue()).comparison.state is LetterState.SAVED_AGAIN


# --- changed by hand ---


def test_a_changed_sentence_is_shown_with_the_vetted_one(at: Assembler, made: dict[str, bytes]) -> None:
    verdict = verified(at, edited(made[KIND], ("will not be answered there", "will be returned")))
    assert verdict.comparison.state is LetterState.WORDS
    assert not verdict.is_genuine
    (finding,) = verdict.findings
    assert finding.change.now == ("A request that is sent elsewhere in the Department will be returned.",)
    assert finding.was == ("A request that is sent elsewhere in the Department will not be answered there.",)


def test_words_that_are_not_in_the_library_are_not_made_up(own: Path, sample: Sample) -> None:
    assembler = Assembler(Library(own))
    answers = sample(KIND)
    answers["request"]["requester"]["name"] = "Harper Sample"
    data = assembler.make(assembler.check(answers), ["docx"]).files["docx"]
    verdict = verified(assembler, edited(data, ("Dear Harper Sample", "Dear Drew Specimen")))
    assert [finding.was for finding in verdict.findings] == [(None,)]
    told = Verifier(assembler).verify(edited(data, ("Dear Harper Sample", "Dear Drew Specimen")), "letter", data)
    assert [finding.was for finding in told.findings] == [("Dear Harper Sample:",)]
    assert any("not in the library" in line for line in verdict.lines())


def test_a_change_of_formatting_alone_is_reported_as_such(at: Assembler, made: dict[str, bytes]) -> None:
    xml = open_package(made[KIND], KIND).parts[MAIN].decode()
    run = re.search(r"<w:r>(<w:rPr>.*?</w:rPr>)?<w:t[^>]*>From now on", xml)
    assert run is not None
    bold = (
        run[0].replace("<w:rPr>", "<w:rPr><w:b/>") if run[1] else run[0].replace("<w:r>", "<w:r><w:rPr><w:b/></w:rPr>")
    )
    verdict = verified(at, edited(made[KIND], (run[0], bold)))
    assert verdict.comparison.state is LetterState.LOOKS
    assert not verdict.findings


def test_a_change_in_the_letterhead_is_found(at: Assembler, made: dict[str, bytes]) -> None:
    package = open_package(made[KIND], KIND)
    part = next(name for name in package.parts if "header" in name and b"401 Broadway" in package.parts[name])
    verdict = verified(at, edited(made[KIND], ("401 Broadway", "402 Broadway"), part=part))
    assert [finding.change.in_heading for finding in verdict.findings] == [True]


def test_tracked_changes_are_read_as_accepted_and_reported(at: Assembler, made: dict[str, bytes]) -> None:
    xml = open_package(made[KIND], KIND).parts[MAIN].decode()
    run = re.search(r"<w:r>(?:<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t[^>]*>From now on[^<]*</w:t></w:r>", xml)
    assert run is not None
    gone = run[0].replace("<w:t", "<w:delText").replace("</w:t>", "</w:delText>")
    mark = 'w:id="1" w:author="Morgan Example" w:date="2026-11-22T00:00:00Z"'
    new = '<w:r><w:t xml:space="preserve">As of today, please send every request of </w:t></w:r>'
    verdict = verified(at, edited(made[KIND], (run[0], f"<w:del {mark}>{gone}</w:del><w:ins {mark}>{new}</w:ins>")))
    assert verdict.comparison.tracked
    assert verdict.comparison.state is LetterState.WORDS
    assert any("tracked changes" in note for note in verdict.notes)


def test_changes_of_words_are_found_and_changes_of_spaces_are_not(at: Assembler, made: dict[str, bytes]) -> None:
    chance = random.Random(8)
    xml = open_package(made["denial"], "denial").parts[MAIN].decode()
    texts = list(re.finditer(r'(<w:t xml:space="preserve">)([^<]{12,})(</w:t>)', xml))
    for _ in range(40):
        match = chance.choice(texts)
        words = match[2].split(" ")
        at_word = chance.randrange(len(words))
        what = chance.choice(["gone", "new", "other", "space"])
        if what == "gone":
            del words[at_word]
        elif what == "new":
            words.insert(at_word, "not")
        elif what == "other":
            words[at_word] = words[at_word].swapcase() + "x"
        text = "  ".join(words) if what == "space" else " ".join(words)
        new = f"{xml[: match.start(2)]}{text}{xml[match.end(2) :]}"
        state = compare(edited(made["denial"], (xml, new)), "letter", at.seal).state
        assert (state is LetterState.SAVED_AGAIN) if what == "space" else (state is LetterState.WORDS), (what, match[2])


def test_removing_the_draft_notice_is_found(own: Path, sample: Sample) -> None:
    withdraw(Assembler(Library(own)), KIND, COUNSEL)
    assembler = Assembler(Library(own))
    data = assembler.make(assembler.check(sample(KIND)), ["docx"]).files["docx"]
    assert "It was a draft" in " ".join(verified(assembler, data).notes)
    package = open_package(data, KIND)
    part = next(name for name in package.parts if b"not vetted" in package.parts[name])
    words = re.search(r"DRAFT[^<]*", package.parts[part].decode())
    assert words is not None
    for part in [name for name in package.parts if b"not vetted" in package.parts[name]]:
        data = edited(data, (words[0], ""), part=part)
    verdict = verified(assembler, data)
    assert not verdict.is_genuine
    assert verdict.comparison.record is not None
    assert verdict.comparison.record.state == "draft"
    assert [len(finding.change.gone) for finding in verdict.findings] == [1]


# --- records that are not true ---


def with_custom(data: bytes, custom: bytes) -> bytes:
    old = open_package(data, "letter").parts["docProps/custom.xml"].decode()
    return edited(data, (old, custom.decode()), part="docProps/custom.xml")


def test_the_record_of_another_letter_is_found(at: Assembler, made: dict[str, bytes]) -> None:
    custom = open_package(made["denial"], "denial").parts["docProps/custom.xml"]
    verdict = verified(at, with_custom(made[KIND], custom))
    assert verdict.comparison.is_another_letter
    assert any("taken from another letter" in note for note in verdict.notes)


@pytest.mark.parametrize("lie", [("2019", "2020"), ("vetted", "draft"), ("contact-notice", "denial")])
def test_an_altered_record_is_found(at: Assembler, made: dict[str, bytes], lie: tuple[str, str]) -> None:
    custom = open_package(made[KIND], KIND).parts["docProps/custom.xml"].decode()
    assert lie[0] in custom
    verdict = verified(at, with_custom(made[KIND], custom.replace(*lie).encode()))
    assert verdict.comparison.state is LetterState.FORGED
    assert verdict.as_dict()["record"] == {}


def test_a_record_made_without_the_seal_is_found(at: Assembler, made: dict[str, bytes]) -> None:
    mine = Record(kind="denial", state="vetted", approval="0" * 64, version="0" * 64, tool="0.1.0", dated="2019-08-02")
    forged = recorded(made[KIND], mine, Seal(b"guessed"))
    assert verified(at, forged).comparison.state is LetterState.OTHER_SEAL
    named = with_(Record.from_properties(read_record(open_package(forged, KIND)).as_mapping()), key=at.seal.name)  # type: ignore[union-attr,type-var]
    custom = open_package(forged, KIND).parts["docProps/custom.xml"].decode()
    swapped = custom.replace(Seal(b"guessed").name, named.key)  # type: ignore[union-attr]
    assert verified(at, with_custom(made[KIND], swapped.encode())).comparison.state is LetterState.FORGED


def test_a_letter_without_a_record_is_unknown(at: Assembler, made: dict[str, bytes]) -> None:
    empty = b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    verdict = verified(at, with_custom(made[KIND], empty))
    assert verdict.comparison.state is LetterState.UNKNOWN
    assert not verdict.is_genuine
    template = (ROOT / "templates" / KIND / "letter.docx").read_bytes()
    assert verified(at, template).comparison.state is LetterState.UNKNOWN


def test_a_second_copy_of_a_part_in_the_zip_is_found(at: Assembler, made: dict[str, bytes]) -> None:
    """A zip is read by its directory at the end, which may point past what stands at its beginning."""
    data, wanted = made[KIND], MAIN.encode()
    other = edited(data, ("From now on", "Until now"))
    start = other.find(b"PK\x03\x04", 0)
    while other[start + 30 : start + 30 + len(wanted)] != wanted:
        start = other.find(b"PK\x03\x04", start + 4)
    with zipfile.ZipFile(io.BytesIO(other)) as archive:
        info = archive.getinfo(MAIN)
    entry = other[start : start + 30 + len(wanted) + info.compress_size]
    directory = data.find(b"PK\x01\x02")
    forged = bytearray(data[:directory] + entry + data[directory:])
    place = forged.find(b"PK\x01\x02", directory)
    while forged[place + 46 : place + 46 + len(wanted)] != wanted:
        place = forged.find(b"PK\x01\x02", place + 4)
    forged[place + 16 : place + 28] = struct.pack("<III", info.CRC, info.compress_size, info.file_size)
    forged[place + 42 : place + 46] = struct.pack("<I", directory)
    end = forged.rfind(b"PK\x05\x06")
    forged[end + 16 : end + 20] = struct.pack("<I", directory + len(entry))
    with zipfile.ZipFile(io.BytesIO(bytes(forged))) as archive:
        assert b"Until now" in archive.read(MAIN)
    assert verified(at, bytes(forged)).comparison.state is LetterState.WORDS


HIDDEN = '<w:r><w:t xml:space="preserve"> Not so.</w:t></w:r>'
WAYS: dict[str, Callable[[str], str]] = {
    "another prefix": lambda run: run.replace("w:", "x:").replace("<x:r>", f'<x:r xmlns:x="{W}" xml:lang="en">'),
    "a comment inside": lambda run: run.replace("Not", "N<!-- -->ot"),
    "an element inside": lambda run: run.replace("Not", "N<w:bookmarkEnd w:id='9'/>ot"),
    "a character by number": lambda run: run.replace("Not", "&#78;ot"),
    "another quotation mark": lambda run: run.replace('"preserve"', "'preserve'"),
    "more space in the tag": lambda run: run.replace("<w:t ", "<w:t\n\t"),
    "for old programs only": lambda run: (
        f'<mc:AlternateContent xmlns:mc="{PREFIXES["mc"]}"><mc:Choice xmlns:q="urn:q" Requires="q"><w:r/></mc:Choice>'
        f"<mc:Fallback>{run}</mc:Fallback></mc:AlternateContent>"
    ),
    "a symbol": lambda run: '<w:r><w:sym w:font="Wingdings" w:char="F0FB"/></w:r>',
    "a link": lambda run: f'<w:hyperlink w:anchor="x">{run}</w:hyperlink>',
    "a field": lambda run: f'<w:fldSimple w:instr=" QUOTE x ">{run}</w:fldSimple>',
    "a text box": lambda run: (
        f'<w:r><w:pict><v:shape xmlns:v="{PREFIXES["v"]}"><v:textbox><w:txbxContent><w:p>{run}</w:p></w:txbxContent>'
        "</v:textbox></v:shape></w:pict></w:r>"
    ),
    "word art": lambda run: (
        f'<w:r><w:pict><v:shape xmlns:v="{PREFIXES["v"]}"><v:textpath on="t" string="Not so."/></v:shape></w:pict>'
        "</w:r>"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_words_cannot_hide_from_the_record(at: Assembler, made: dict[str, bytes], way: str) -> None:
    xml = open_package(made[KIND], KIND).parts[MAIN].decode()
    place = xml.index("</w:p>", xml.index("From now on"))
    added = edited(made[KIND], (xml, f"{xml[:place]}{WAYS[way](HIDDEN)}{xml[place:]}"))
    assert verified(at, added).comparison.state is LetterState.WORDS


def test_words_in_the_numbers_of_a_list_cannot_hide(at: Assembler, made: dict[str, bytes]) -> None:
    data = made["denial"]
    xml = open_package(data, "letter").parts["word/numbering.xml"].decode()
    level = re.search(r'<w:lvlText w:val="[^"]*"', xml)
    assert level is not None
    added = edited(data, (level[0], '<w:lvlText w:val="It is not true that %1"'), part="word/numbering.xml")
    assert verified(at, added).comparison.state is LetterState.WORDS


def test_another_picture_is_found(at: Assembler, made: dict[str, bytes]) -> None:
    out = io.BytesIO(edited(made[KIND]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/media/signature.png", b"a signature")
    assert verified(at, out.getvalue()).comparison.state is LetterState.LOOKS


def test_the_library_that_comes_with_letters_has_no_seal() -> None:
    """Everybody has it, so that a seal in it would promise what it cannot keep."""
    assert not (ROOT / "templates" / seal.NAME).exists()


def test_versions_missing_from_the_library_are_reported(own: Path, made: dict[str, bytes]) -> None:
    (own / "templates" / RECORD).unlink()
    verdict = verified(Assembler(Library(own)), made[KIND])
    told = " ".join(verdict.notes)
    assert not verdict.is_genuine
    assert "names an approval that is not in this library" in told


def test_a_later_withdrawal_is_reported(own: Path, made: dict[str, bytes]) -> None:
    record(Assembler(Library(own)), [KIND], COUNSEL)
    assert "which is in force" in " ".join(
        verified(Assembler(Library(own)), made[KIND]).notes
    )  # the same bytes, approved again
    withdraw(Assembler(Library(own)), KIND, COUNSEL)
    told = " ".join(verified(Assembler(Library(own)), made[KIND]).notes)
    assert "has since been withdrawn or replaced" in told


def test_the_law_and_the_version_of_letters_are_reported(own: Path, made: dict[str, bytes]) -> None:
    law = own / "templates" / "legal_basis.toml"
    before = law.read_bytes()
    law.write_bytes(before + b"# read again\n")
    assembler = Assembler(Library(own))
    assert "with the law as approved on November 22, 2026" in " ".join(verified(assembler, made[KIND]).notes)
    said = read_record(open_package(made[KIND], KIND))
    assert said is not None
    older = recorded(made[KIND], with_(said, tool="0.0.9", law="0" * 64, seal="", words=""), assembler.seal)
    told = " ".join(verified(assembler, older).notes)
    assert "Written by Letters 0.0.9 (this is" in told
    assert "with law (0000000000000000…) that is not in this library" in told


def test_verify_says_that_a_record_without_a_seal_proves_nothing(own: Path, sample: Sample) -> None:
    (own / "templates" / seal.NAME).unlink()
    names = own / "templates" / "vetted.toml"  # of a library that never had one
    names.write_text(re.sub("(?m)^# The seal of this library: .*\n", "", names.read_text("utf-8")), encoding="utf-8")
    assembler = Assembler(Library(own))
    verdict = verified(assembler, assembler.make(assembler.check(sample(KIND)), ["docx"]).files["docx"])
    assert verdict.is_genuine
    assert "The library has no seal" in verdict.notes[-1]


def test_a_record_without_a_seal_does_not_pass_where_there_is_one(at: Assembler, made: dict[str, bytes]) -> None:
    said = read_record(open_package(made[KIND], KIND))
    assert said is not None
    verdict = verified(at, recorded(made[KIND], said, Seal()))
    assert verdict.comparison.state is LetterState.OTHER_SEAL
    assert not verdict.is_genuine
    assert "without a seal" in verdict.notes[0]


def test_a_damaged_seal_is_an_error(own: Path) -> None:
    (own / "templates" / seal.NAME).write_text("# gone\n", encoding="utf-8")
    with pytest.raises(LibraryAtFault, match="not a valid seal"):
        load_seal(Library(own))


def test_an_approval_makes_the_seal_once(own: Path) -> None:
    place = own / "templates" / seal.NAME
    before = place.read_bytes()
    record(Assembler(Library(own)), [KIND], COUNSEL, key=bytes(32))
    assert place.read_bytes() == before


# --- PDF ---


def test_a_pdf_is_unchanged_down_to_the_byte(at: Assembler, printed: bytes) -> None:
    verdict = verified(at, printed)
    assert verdict.comparison.state is LetterState.UNCHANGED
    assert verdict.is_genuine
    assert "Morgan Example" in " ".join(verdict.notes)
    for place in (10, printed.index(b"endstream") + 4, len(printed) - 3):
        other = bytearray(printed)
        other[place] ^= 1
        assert not file_fingerprint_matches(bytes(other), at.seal)
    assert file_fingerprint_matches(printed, at.seal)
    assert not file_fingerprint_matches(printed + b"\n", at.seal)


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_a_pdf_saved_by_another_program_still_says_the_same(at: Assembler, printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert verified(at, saved(pdf)).comparison.state is LetterState.SAVED_AGAIN


def test_the_metadata_of_another_pdf_are_found(at: Assembler, printed: bytes) -> None:
    other = at.make(at.check(at.samples("own-records")["sample.toml"]), ["pdf"]).files["pdf"]
    with pikepdf.open(io.BytesIO(other)) as pdf, pikepdf.open(io.BytesIO(printed)) as mine:
        pdf.Root.Metadata = pdf.make_stream(mine.Root.Metadata.read_bytes())
        verdict = verified(at, saved(pdf))
    assert verdict.comparison.is_another_letter
    assert any(now for finding in verdict.findings for now in finding.change.now)


def test_the_pdf_of_an_edited_letter_says_so_and_reveals_nothing(at: Assembler, made: dict[str, bytes]) -> None:
    gone = "A request that is sent elsewhere in the Department will not be answered there."
    pdf = at.converter.convert(edited(made[KIND], (gone, "")), "letter").data
    verdict = verified(at, pdf)
    assert verdict.comparison.state is LetterState.UNCHANGED
    assert not verdict.is_genuine
    assert any("words were changed by hand (1 sentence)" in note for note in verdict.notes)
    said = read_pdf(pdf, "letter").record
    assert said is not None
    before = read_record(open_package(made[KIND], KIND))
    assert before is not None
    for cased in (True, False):
        mark = fingerprint(fold(gone), at.seal, cased=cased)
        assert mark not in split_fingerprints(said.words)
    assert fingerprint(fold(gone), at.seal) in split_fingerprints(before.words)
    assert said.file != before.file


def test_a_record_that_is_not_ours_is_not_copied_into_a_pdf(at: Assembler, made: dict[str, bytes]) -> None:
    custom = open_package(made[KIND], KIND).parts["docProps/custom.xml"].decode()
    forged = with_custom(made[KIND], custom.replace("2019", "2020").encode())
    done = at.converter.convert(forged, "letter")
    assert [note.code for note in done.notes] == ["record"]
    assert verified(at, done.data).comparison.state is LetterState.UNKNOWN


def test_a_guess_cannot_be_tested_without_the_seal(made: dict[str, bytes], at: Assembler) -> None:
    said = read_record(open_package(made[KIND], KIND))
    assert said is not None
    words = text_of_package(open_package(made[KIND], KIND))
    for guessed in (Seal(), Seal(at.seal.name.encode())):
        assert not set(fingerprints(words.body, guessed)) & set(split_fingerprints(said.words))
        assert guessed.fingerprint("looks", words.looks.encode()).hex() != said.looks


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n", b"hello", b"PK\x03\x04", b""])
def test_a_file_that_is_not_a_letter_is_refused(at: Assembler, data: bytes) -> None:
    with pytest.raises(LettersError):
        verified(at, data)


# --- redline ---


def test_the_redline_with_the_original_has_every_word(at: Assembler, made: dict[str, bytes]) -> None:
    now = edited(made[KIND], ("Dear Drew Specimen", "Dear Mx. Specimen"), ("From now on", "As of today"))
    data = redline_of(now, "letter", verified(at, now), made[KIND])
    marked = open_package(data, "redline")
    assert settled(marked, MAIN, accept=True) == plain(open_package(now, "now"), MAIN)
    assert settled(marked, MAIN, accept=False) == plain(open_package(made[KIND], "then"), MAIN)


def test_the_redline_without_answers_has_the_words_of_the_library(own: Path, sample: Sample) -> None:
    assembler, answers = Assembler(Library(own)), sample(KIND)
    answers["request"]["requester"]["name"] = "Harper Sample"
    then = assembler.make(assembler.check(answers), ["docx"]).files["docx"]
    now = edited(then, ("will not be answered there", "will be returned"), ("Dear Harper Sample", "Dear Drew Specimen"))
    marked = open_package(redline_of(now, "letter", verified(assembler, now)), "redline")
    assert settled(marked, MAIN, accept=True) == plain(open_package(now, "now"), MAIN)
    before = settled(marked, MAIN, accept=False)
    assert any("will not be answered there" in line for line in before)
    assert "[a sentence whose words are not in the library]" in before
    assert not any("Harper Sample" in line for line in before if line.startswith("Dear"))


def paragraph_of(xml: str, words: str) -> str:
    return next(each for each in re.findall(r"<w:p>(?:(?!</w:p>).)*</w:p>", xml, re.S) if words in each)


def test_new_and_deleted_paragraphs_are_in_the_redline(at: Assembler, made: dict[str, bytes]) -> None:
    xml = open_package(made["denial"], "denial").parts[MAIN].decode()
    gone = paragraph_of(xml, "The request states no purpose.")
    here = paragraph_of(xml, "This letter decides that request")
    new = re.sub(r"<w:t[^>]*>.*</w:t>", "<w:t>Nobody answered.</w:t>", here, flags=re.S)
    now = edited(made["denial"], (gone, ""), (here, new + here))
    verdict = verified(at, now)
    marked = open_package(redline_of(now, "letter", verdict), "redline")
    assert settled(marked, MAIN, accept=True) == plain(open_package(now, "now"), MAIN)
    assert settled(marked, MAIN, accept=False) == plain(open_package(made["denial"], "then"), MAIN)


def test_a_redline_needs_a_word_letter_with_a_record(at: Assembler, made: dict[str, bytes], printed: bytes) -> None:
    with pytest.raises(Usage, match=r"\.docx the PDF was made from"):
        redline_of(printed, "letter", verified(at, printed))
    template = (ROOT / "templates" / KIND / "letter.docx").read_bytes()
    with pytest.raises(Usage, match="no usable record"):
        redline_of(template, "letter", verified(at, template))


# --- once more ---


def test_a_letter_is_rebuilt_after_the_library_has_changed(own: Path, made: dict[str, bytes], sample: Sample) -> None:
    template, law = own / "templates" / KIND / "letter.docx", own / "templates" / "legal_basis.toml"
    template.write_bytes(edited(template.read_bytes(), ("From now on", "As of today")))
    law.write_bytes(law.read_bytes() + b"# read again\n")
    (own / "templates" / "shared" / "signature.docx").unlink()
    shutil.copy(ROOT / "templates" / "shared" / "signature.docx", own / "templates" / "shared" / "signature.docx")
    record(Assembler(Library(own)), [KIND], COUNSEL)
    assembler = Assembler(Library(own))
    assert assembler.make(assembler.check(sample(KIND)), ["docx"]).files["docx"] != made[KIND]
    hand_edited = edited(made[KIND], ("will not be answered there", "will be returned"))
    rebuilt = rebuild(
        assembler, sample(KIND), record_from_letter(hand_edited, "letter", assembler.seal), ["docx"], "docx"
    )
    assert rebuilt.files == {"docx": made[KIND]}
    assert not rebuilt.is_draft


def test_a_law_approved_with_another_kind_is_found(own: Path, sample: Sample) -> None:
    """A law entered for another kind leaves an approval standing, and letters are made with it."""
    law = own / "templates" / "legal_basis.toml"
    law.write_bytes(law.read_bytes() + b"# for denials\n")
    record(Assembler(Library(own)), ["denial"], COUNSEL)
    assembler = Assembler(Library(own))
    data = assembler.make(assembler.check(sample(KIND)), ["docx"]).files["docx"]
    assert verified(assembler, data).comparison.record.state == "vetted"  # type: ignore[union-attr]
    law.write_bytes(law.read_bytes() + b"# and again\n")
    record(Assembler(Library(own)), KINDS, COUNSEL)
    assembler = Assembler(Library(own))
    assert (
        rebuild(assembler, sample(KIND), record_from_letter(data, "letter", assembler.seal), ["docx"], "docx").files[
            "docx"
        ]
        == data
    )


def missing(own: Path, answers: dict[str, Any], data: bytes) -> str:
    assembler = Assembler(Library(own))
    with pytest.raises(LettersError) as error:
        rebuild(assembler, answers, record_from_letter(data, "letter", assembler.seal), ["docx"], "docx")
    return str(error.value)


def test_what_is_missing_is_named(own: Path, made: dict[str, bytes], sample: Sample) -> None:
    answers = sample(KIND)
    answers["request"]["requester"]["name"] = "Harper Sample"
    assert "The answers were changed after the letter was written" in missing(own, answers, made[KIND])
    template = own / "templates" / KIND / "letter.docx"
    kept = (own / "templates" / ".vetted").glob("*.docx")
    copy = next(file for file in kept if file.read_bytes() == template.read_bytes())
    template.write_bytes(edited(template.read_bytes(), ("From now on", "As of today")))
    copy.unlink()
    assert copy.name in missing(own, sample(KIND), made[KIND])
    (own / "templates" / RECORD).unlink()
    assert "is not in this library" in missing(own, sample(KIND), made[KIND])
    shutil.rmtree(template.parent)
    assert "no longer has a kind of letter called" in missing(own, sample(KIND), made[KIND])


def test_a_letter_by_another_version_of_letters_is_not_rebuilt(
    own: Path, made: dict[str, bytes], sample: Sample
) -> None:
    assembler = Assembler(Library(own))
    said = read_record(open_package(made[KIND], KIND))
    assert said is not None
    older = recorded(made[KIND], with_(said, tool="0.0.9", seal="", file=""), assembler.seal)
    assert "Install letters==0.0.9" in missing(own, sample(KIND), older)
    with pytest.raises(LettersError, match=r"letters==0\.0\.9"):
        rebuild(
            assembler, sample(KIND), with_(assembler.record_of(assembler.check(sample(KIND))), tool="0.0.9"), ["docx"]
        )


def test_saved_answers_say_what_their_letter_was_made_with(
    at: Assembler, made: dict[str, bytes], sample: Sample
) -> None:
    made_with = at.record_of(at.check(sample(KIND))).as_mapping()
    start = parse_saved(format_answers(sample(KIND), written="a letter", made_with=made_with), "answers.toml")
    assert start.written == "a letter"
    assert rebuild(at, start.answers, Record.from_answers(start.made_with), ["docx"]).files["docx"] == made[KIND]


def test_a_pdf_is_rebuilt_unless_its_letter_was_edited(
    at: Assembler, made: dict[str, bytes], printed: bytes, sample: Sample
) -> None:
    assert rebuild(at, sample(KIND), record_from_letter(printed, "letter", at.seal), ["pdf"], "pdf").files == {
        "pdf": printed
    }
    hand_edited = at.converter.convert(edited(made[KIND], ("will not be answered there", "will be returned")), "letter")
    with pytest.raises(LettersError, match="edited by hand"):
        rebuild(at, sample(KIND), record_from_letter(hand_edited.data, "letter", at.seal), ["pdf"], "pdf")


def test_a_pdf_with_far_more_text_is_not_searched(at: Assembler, printed: bytes) -> None:
    record_ = read_pdf(printed, "letter").record
    assert record_ is not None
    changes = list(changes_in_stream(list(split_fingerprints(record_.words)), "x" * 1_000_000, frozenset(), at.seal))
    assert [len(change.gone) for change in changes] == [len(record_.words) // 10]


def test_a_letter_without_a_record_cannot_be_rebuilt(at: Assembler) -> None:
    with pytest.raises(InvalidAnswers, match="unknown"):
        record_from_letter((ROOT / "templates" / KIND / "letter.docx").read_bytes(), "letter", at.seal)


# --- sentences ---


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two. Three.", 3),
        ("It cites 42 U.S.C. § 503(a) and no more.", 1),
        ("Write to P.O. Box 7. Then wait.", 2),
        ("No. 7 is here.", 1),
        ("He said “No.” Then he left.", 2),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count
    assert fold("".join(sentences(text))) == fold(text)
