"""What goes out: a draft mail with the letter, and a colleague's approval before it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.registers import new_register, place_at, wanted

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.errors import InvalidAnswers, Usage
from letters.library.answers import write_answers
from letters.library.library import Library
from letters.matters import colleague_review
from letters.matters.email_draft import email_draft
from letters.matters.integrity import verify_register
from letters.matters.location import open_at
from letters.matters.register import WrittenLetter
from letters.matters.registration import Registration
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]


def test_a_draft_mail_opens_unsent_with_the_letter_and_is_the_same_each_time(
    assembler: Assembler, sample: Sample
) -> None:
    letter = assembler.check(sample("denial"))
    data = email_draft(letter, assembler.office, {"2019-08-02-denial.pdf": b"%PDF-1.7"})
    assert data == email_draft(letter, assembler.office, {"2019-08-02-denial.pdf": b"%PDF-1.7"})
    assert b"\n" not in data.replace(b"\r\n", b"")
    mail: Any = message_from_bytes(data, policy=policy.default)
    assert (mail["To"], mail["X-Unsent"], mail["From"], mail["Date"]) == (
        "jordan.sample@agency.example",
        "1",
        None,
        None,
    )
    assert mail["Subject"] == "OGC-2019-0142: Your request of August 1, 2019"
    assert "Our letter of August 2, 2019 (OGC-2019-0142) is attached." in mail.get_body().get_content()
    [attached] = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("2019-08-02-denial.pdf", b"%PDF-1.7")


def test_a_letter_without_an_address_has_no_draft_mail(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"delivery": ["mail"]}
    del answers["request"]["requester"]["email"]
    with pytest.raises(InvalidAnswers, match="nobody to address"):
        email_draft(assembler.check(answers), assembler.office, {})


def test_fill_writes_the_draft_mail_beside_the_letter(
    tmp_path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETTERS_REGISTER", "none")
    source = tmp_path / "a.toml"
    source.write_text(write_answers(sample("denial")), "utf-8")
    command = ["fill", str(source), "--out", str(tmp_path / "out"), "--format", "docx", "--email-draft"]
    assert main([*command, "--library", str(ROOT)]) == 0
    mail: Any = message_from_bytes((tmp_path / "out" / "a.eml").read_bytes(), policy=policy.default)
    [attached] = mail.iter_attachments()
    assert attached.get_content() == (tmp_path / "out" / "a.docx").read_bytes()


@pytest.fixture
def office(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library whose denials a colleague must approve, with a register."""
    file = own / "templates" / "office.toml"
    file.write_text('review = ["denial"]\n' + file.read_text("utf-8"), "utf-8")
    new_register(own, y2019=142).close()
    monkeypatch.delenv("LETTERS_REGISTER", raising=False)
    monkeypatch.setenv("LETTERS_LIBRARY", str(own))
    monkeypatch.setenv("LOGNAME", "writer")
    monkeypatch.chdir(own)
    return own


def enter(office: Path, name: str, content: bytes) -> str:
    """A denial in the register, as `fill` enters it, with one file."""
    file = office / name
    file.write_bytes(content)
    with closing(open_at(place_at(office))) as register:
        [found] = register.reserve([wanted("one", content=name)])
        digest = hashlib.sha256(content).hexdigest()
        register.issue([WrittenLetter(found.entry, "review", {str(file): digest})])
    return found.reference


def test_a_letter_waits_until_a_colleague_approves_exactly_these_files(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    reference = enter(office, "letter.txt", b"as written")
    assert main(["review"]) == 1
    assert "by writer" in capsys.readouterr().out
    assert main(["register", "sent", reference, "--on", "2019-08-02", "--how", "mail"]) == 2
    assert main(["review", reference, "--approve"]) == 2
    assert "was written by you" in capsys.readouterr().err
    monkeypatch.setenv("LOGNAME", "colleague")
    (office / "letter.txt").write_bytes(b"changed")
    assert main(["review", reference, "--approve"]) == 2
    assert "changed or are missing" in capsys.readouterr().err
    (office / "letter.txt").write_bytes(b"as written")
    assert main(["review", reference, "--approve", "--comment", "Good."]) == 0
    assert main(["review"]) == 0
    assert main(["register", "sent", reference, "--on", "2019-08-02", "--how", "mail"]) == 0
    with closing(open_at(place_at(office))) as register:
        row = next(row for row in register.history(register.find(reference)) if row.what == "approved")
        assert (row.who, (row.detail or {})["comment"]) == ("colleague", "Good.")
        assert verify_register(register).problems == ()


def test_a_letter_that_is_returned_waits_again_once_it_is_written_again(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = enter(office, "letter.txt", b"as written")
    monkeypatch.setenv("LOGNAME", "colleague")
    assert main(["review", reference, "--return"]) == 2
    assert main(["review", reference, "--return", "--comment", "Cite the rule."]) == 0
    with closing(open_at(place_at(office))) as register:
        assert register.find(reference).state == "returned"
        with pytest.raises(Usage, match="does not wait"):
            colleague_review.approve(register, reference, by="colleague")
    monkeypatch.setenv("LOGNAME", "writer")
    assert enter(office, "second.txt", b"with the rule") == reference
    with closing(open_at(place_at(office))) as register:
        assert [entry.reference for entry in colleague_review.waiting(register)] == [reference]
        assert [role for role, _, _ in register.files(1)] == ["earlier", "letter"]


def test_the_library_decides_which_letters_wait(office: Path) -> None:
    assembler = Assembler(Library(office))
    found = Registration.of(assembler.library, assembler.office, assembler.rulebook)
    assert found is not None
    assert (found.state_of("denial"), found.state_of("contact-notice")) == ("review", "issued")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="signatures need ssh-keygen")
def test_where_keys_are_listed_an_approval_is_signed_and_the_signature_is_checked_later(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for name in ("colleague", "stranger"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(office / name)]
        subprocess.run(command, check=True, timeout=60)
    allowed = office / "templates" / "allowed_signers"
    allowed.write_text(f'"A Colleague" {(office / "colleague.pub").read_text("utf-8")}', "utf-8")
    reference = enter(office, "letter.txt", b"as written")
    monkeypatch.setenv("LOGNAME", "colleague")
    assert main(["review", reference, "--approve"]) == 2
    assert "must be signed" in capsys.readouterr().err
    assert main(["review", reference, "--approve", "--sign", "stranger"]) == 2
    assert "not among the allowed signers" in capsys.readouterr().err
    assert main(["review", reference, "--approve", "--sign", "colleague"]) == 0
    assert main(["register", "verify"]) == 0
    assert main(["register", "show", reference]) == 0
    shown = capsys.readouterr().out
    assert "written, waiting for a colleague" in shown
    assert "signer: A Colleague" in shown
    assert "signed" in shown.split("approved (")[1].split(")")[0]
    assert "BEGIN SSH SIGNATURE" not in shown
    allowed.write_text(f'"A Colleague" {(office / "stranger.pub").read_text("utf-8")}', "utf-8")
    assert main(["register", "verify"]) == 1
    assert f"approval of {reference} is not valid" in capsys.readouterr().out
    allowed.unlink()  # without a list, at least what was signed is these files
    assert main(["register", "verify"]) == 0


def test_what_was_changed_since_a_letter_was_returned_is_shown_as_tracked_changes(
    office: Path, monkeypatch: pytest.MonkeyPatch, sample: Sample, capsys: Any
) -> None:
    def write(sought: str) -> str:
        answers = sample("denial")
        answers.pop("reference")
        put(answers, "request.sought", sought)
        (office / "a.toml").write_text(write_answers(answers), "utf-8")
        command = ["fill", "a.toml", "--out", "out", "--format", "docx", "--overwrite", "--library", str(ROOT)]
        monkeypatch.setenv("LETTERS_REGISTER", str(office / "register.db"))
        assert main(command) == 0
        with closing(open_at(place_at(office))) as register:
            [entry] = register.entries()
            register.change(entry.reference, "waits", "review", ("issued",))  # as where denials need a colleague
        return entry.reference

    reference = write("a log-in")
    monkeypatch.setenv("LOGNAME", "colleague")
    assert main(["review", reference, "--redline", "changes.docx"]) == 2
    assert "no earlier version" in capsys.readouterr().err
    assert main(["review", reference, "--return", "--comment", "Say which."]) == 0
    monkeypatch.setenv("LOGNAME", "writer")
    assert write("a log-in to the database") == reference
    assert main(["review", reference, "--redline", "changes.docx"]) == 0
    with zipfile.ZipFile(office / "changes.docx") as file:
        document = file.read("word/document.xml").decode()
    inserted = [re.sub("<[^>]+>", "", each) for each in re.findall(r"<w:ins .*?</w:ins>", document, re.S)]
    assert {each.strip() for each in inserted} == {"to the database"}
