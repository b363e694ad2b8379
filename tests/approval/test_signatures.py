"""Who may approve, where an office asks for signatures: real keys, real signatures, and everything that is not one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.edits import replace
from msgspec.structs import replace as with_

from letters.approval.approve import Approver, record, sign_record, withdraw
from letters.assembly.assembler import Assembler
from letters.batches.library_snapshot import library_digest
from letters.batches.row_checker import BatchJob
from letters.batches.worker_tasks import checker_of
from letters.cli.main import main
from letters.errors import CannotWrite, Usage
from letters.library.approval_record import read_record, write_record
from letters.library.approval_record_head import RECORD, SIGNATURE
from letters.library.approvals import ApprovalState
from letters.library.library import Library
from letters.library.ssh_signatures import NAMESPACE, sign
from letters.library.trust import ALLOWED, last_signed
from letters.linter.lint import lint_library
from letters.provenance.seal import load_seal
from letters.provenance.verify import Verifier

pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="signatures need ssh-keygen (apt-get install openssh-client)"
)
Sample = Callable[[str], dict[str, Any]]
TODAY = date(2026, 11, 22)
KIND, OTHER = "contact-notice", "routing-memo"
MORGAN, CASEY = "Morgan Example", "Casey Specimen"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    found = {}
    for name in (MORGAN, CASEY, "stranger"):
        found[name] = folder / name.replace(" ", "-")
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(found[name])]
        subprocess.run(command, check=True, timeout=60)
    return found


def line(who: str, key: Path, options: str = "") -> str:
    """A line of allowed_signers."""
    public = key.with_name(f"{key.name}.pub").read_text(encoding="utf-8")
    return f'"{who}" {options}{"," if options else ""}namespaces="{NAMESPACE}" {public}'


def approver(who: str, keys: dict[str, Path], key: str = "", on: date = TODAY) -> Approver:
    place = keys[key or who]
    return Approver(who, "Counsel", "The wording is clearer.", on, lambda data: sign(data, place))


@pytest.fixture(scope="session")
def signed_library(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, Path]) -> Path:
    """Two kinds, approved by Morgan Example and signed; two people may sign."""
    root = tmp_path_factory.mktemp("signed")
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".vetted", RECORD))
    for kind in {file.parent for file in (root / "templates").glob("*/kind.toml")}:
        if kind.name not in (KIND, OTHER):
            shutil.rmtree(kind)
    signers = line(MORGAN, keys[MORGAN]) + line(CASEY, keys[CASEY])
    (root / "templates" / ALLOWED).write_text(signers, encoding="utf-8")
    record(Assembler(Library(root)), [KIND, OTHER], approver(MORGAN, keys))
    return root


@pytest.fixture
def own(signed_library: Path, tmp_path: Path) -> Path:
    root = tmp_path / "own"
    shutil.copytree(signed_library, root)
    return root


def trust_problem(root: Path, signers: Path | None = None) -> str:
    return Assembler(Library(root, signers=signers)).approvals.trust_problem


def state(root: Path, kind: str = KIND) -> ApprovalState:
    return Assembler(Library(root)).vetting(kind).state(TODAY)


def test_a_signed_approval_counts(own: Path, sample: Sample) -> None:
    assert trust_problem(own) == ""
    assert state(own) is ApprovalState.VETTED
    assembler = Assembler(Library(own))
    assert not assembler.is_draft(assembler.check(sample(KIND)))


def test_anybody_can_check_the_signature_without_letters(own: Path) -> None:
    folder = own / "templates"
    command = ["ssh-keygen", "-Y", "verify", "-f", ALLOWED, "-I", MORGAN, "-n", NAMESPACE, "-s", SIGNATURE]
    done = subprocess.run(
        command, input=(folder / RECORD).read_bytes(), cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_signatures_are_asked_for_where_nobody_says_who_may_sign(own: Path) -> None:
    (own / "templates" / ALLOWED).unlink()
    (own / "templates" / SIGNATURE).unlink()
    assert state(own) is ApprovalState.VETTED


# --- what does not count ---


def changed_record(root: Path) -> None:
    replace(root / "templates" / RECORD, 'why = "The wording is clearer."', 'why = "Because."')


def no_signature(root: Path) -> None:
    (root / "templates" / SIGNATURE).unlink()


def no_key(root: Path) -> None:
    (root / "templates" / ALLOWED).write_text("", encoding="utf-8")


def garbage(root: Path) -> None:
    (root / "templates" / SIGNATURE).write_bytes(b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n")


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        (changed_record, "changed after it was signed"),
        (no_signature, "nobody has signed"),
        (no_key, "not among the allowed signers"),
        (garbage, "changed after it was signed"),
    ],
)
def test_a_bad_signature_is_reported_and_makes_drafts(
    own: Path, sample: Sample, attack: Callable[[Path], None], told: str
) -> None:
    attack(own)
    assert told in trust_problem(own)
    assert state(own) is ApprovalState.UNSIGNED
    assembler = Assembler(Library(own))
    letter = assembler.check(sample(KIND))
    assert told in assembler.why_draft(letter)
    found = [finding for finding in lint_library(assembler, TODAY, [KIND]).findings if finding.code == "signature"]
    assert [finding.severity for finding in found] == ["error"]


def test_an_approval_one_makes_for_oneself_does_not_count(own: Path, keys: dict[str, Path]) -> None:
    """Somebody with the library, and without a key the office allows, changes a template and approves it."""
    replace(own / "prompts" / f"{KIND}.toml", "?", "??")
    entries = dict(read_record((own / "templates" / RECORD).read_bytes(), RECORD))
    assembler = Assembler(Library(own))
    files = {name: assembler.approvals.digest(name) or "" for name in assembler.files_of(KIND)}
    entries[KIND] = (*entries[KIND], approver(MORGAN, keys).entry("vetted", files))
    data = write_record(entries)
    (own / "templates" / RECORD).write_bytes(data)
    assert state(own) is ApprovalState.UNSIGNED
    (own / "templates" / SIGNATURE).write_bytes(sign(data, keys["stranger"]))
    assert "not among the allowed signers" in trust_problem(own)
    (own / "templates" / SIGNATURE).write_bytes(sign(data, keys[CASEY]))
    assert f"signed by {CASEY}, not by {MORGAN}" in trust_problem(own)


def test_nobody_signs_in_the_name_of_another(own: Path, keys: dict[str, Path]) -> None:
    before = (own / "templates" / RECORD).read_bytes()
    with pytest.raises(Usage, match=f"signed by {CASEY}, not by {MORGAN}"):
        record(Assembler(Library(own)), [KIND], approver(MORGAN, keys, CASEY))
    assert (own / "templates" / RECORD).read_bytes() == before


def test_each_signs_for_their_own_approvals(own: Path, keys: dict[str, Path]) -> None:
    record(Assembler(Library(own)), [OTHER], approver(CASEY, keys))
    record(Assembler(Library(own)), [KIND], approver(MORGAN, keys))
    withdraw(Assembler(Library(own)), OTHER, approver(CASEY, keys))
    assert trust_problem(own) == ""
    assert (state(own, KIND), state(own, OTHER)) == (ApprovalState.VETTED, ApprovalState.WITHDRAWN)


def test_one_who_may_sign_cannot_slip_in_what_another_did(own: Path, keys: dict[str, Path]) -> None:
    """Casey backdates an approval by Morgan, adds one of their own, and signs the whole with a good key."""
    library = Library(own)
    entries = dict(read_record((own / "templates" / RECORD).read_bytes(), RECORD))
    backdated = with_(approver(MORGAN, keys), on=date(2026, 1, 2)).entry("vetted", dict(entries[KIND][0].files))
    entries[KIND] = (*entries[KIND], backdated)
    entries[OTHER] = (*entries[OTHER], approver(CASEY, keys).entry("withdrawn", {}))
    data = write_record(entries, last_signed(library))
    (own / "templates" / RECORD).write_bytes(data)
    (own / "templates" / SIGNATURE).write_bytes(sign(data, keys[CASEY]))
    assert "one signature covers approvals by" in trust_problem(own)


def test_a_withdrawal_cannot_be_taken_out(own: Path, keys: dict[str, Path]) -> None:
    withdraw(Assembler(Library(own)), KIND, approver(MORGAN, keys))
    library = Library(own)
    entries = dict(read_record((own / "templates" / RECORD).read_bytes(), RECORD))
    entries[KIND] = entries[KIND][:-1]
    entries[OTHER] = (*entries[OTHER], approver(CASEY, keys).entry("withdrawn", {}))
    data = write_record(entries, last_signed(library))
    (own / "templates" / RECORD).write_bytes(data)
    (own / "templates" / SIGNATURE).write_bytes(sign(data, keys[CASEY]))
    assert "removed or changed" in trust_problem(own)


def test_a_lost_or_damaged_earlier_record_is_reported(own: Path, keys: dict[str, Path]) -> None:
    first = (own / "templates" / SIGNATURE).read_bytes()
    record(Assembler(Library(own)), [KIND], approver(MORGAN, keys))
    kept = own / "templates" / ".vetted"
    link = next(file for file in kept.glob("*.toml.sig") if file.read_bytes() == first)
    link.write_bytes(b"x")
    assert "changed after it was signed" in trust_problem(own)
    link.unlink()
    assert "cannot be checked" in trust_problem(own)


# --- keys ---


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ('valid-before="20261201"', ""),
        ('valid-before="20261101"', "not valid on 2026-11-22"),
        ('valid-after="20261201"', "not valid on 2026-11-22"),
    ],
)
def test_a_key_must_be_valid_on_the_day(own: Path, keys: dict[str, Path], options: str, told: str) -> None:
    (own / "templates" / ALLOWED).write_text(line(MORGAN, keys[MORGAN], options), encoding="utf-8")
    assert told in trust_problem(own)
    assert bool(told) == bool(trust_problem(own))


def test_a_revoked_key_is_not_accepted(own: Path, keys: dict[str, Path]) -> None:
    public = keys[MORGAN].with_name(f"{keys[MORGAN].name}.pub")
    shutil.copy(public, own / "templates" / "revoked_signers")
    assert f"the key of {MORGAN} has been revoked" in trust_problem(own)


def test_a_key_for_other_purposes_is_not_accepted(own: Path, keys: dict[str, Path]) -> None:
    signers = line(MORGAN, keys[MORGAN]).replace(NAMESPACE, "git")
    (own / "templates" / ALLOWED).write_text(signers, encoding="utf-8")
    assert trust_problem(own)


def test_a_key_that_cannot_sign_is_reported(own: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key", encoding="utf-8")
    with pytest.raises(Usage, match="The key cannot sign"):
        sign(b"data", tmp_path / "key")


# --- who says who may sign ---


def test_signers_outside_the_library_count_alone(own: Path, keys: dict[str, Path], tmp_path: Path) -> None:
    outside = tmp_path / "signers"
    outside.write_text(line(CASEY, keys[CASEY]), encoding="utf-8")
    assert "not among the allowed signers" in trust_problem(own, outside)
    outside.write_text(line(MORGAN, keys[MORGAN]), encoding="utf-8")
    (own / "templates" / ALLOWED).write_text(line(MORGAN, keys["stranger"]), encoding="utf-8")
    assert trust_problem(own, outside) == ""


def test_deleting_the_signers_file_does_not_turn_signatures_off(own: Path, tmp_path: Path) -> None:
    assert "the file of allowed signers is missing" in trust_problem(own, tmp_path / "gone")
    no_signature(own)
    (own / "templates" / ALLOWED).unlink()
    assert "nobody has signed" in trust_problem(own, tmp_path / "gone")


def test_where_ssh_keygen_is_not_installed_letters_are_drafts(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(own))
    assert "Install it: sudo apt-get install openssh-client" in trust_problem(own)
    assert state(own) is ApprovalState.UNSIGNED
    with pytest.raises(CannotWrite, match="openssh-client"):
        sign(b"data", own / "key")


# --- signing later, and the commands ---


def test_what_was_approved_unsigned_is_signed_later(own: Path, keys: dict[str, Path]) -> None:
    record(Assembler(Library(own)), [KIND], Approver(MORGAN, "Counsel", "Now.", TODAY))
    assert state(own) is ApprovalState.UNSIGNED
    with pytest.raises(Usage, match=f"approvals by {MORGAN} that are not signed"):
        record(Assembler(Library(own)), [OTHER], approver(CASEY, keys))
    sign_record(Assembler(Library(own)), MORGAN, lambda data: sign(data, keys[MORGAN]))
    assert trust_problem(own) == ""
    record(Assembler(Library(own)), [OTHER], approver(CASEY, keys))
    assert trust_problem(own) == ""


def test_a_letter_says_when_its_approval_does_not_count(own: Path, sample: Sample) -> None:
    assembler = Assembler(Library(own))
    data = assembler.make(assembler.check(sample(KIND)), ["docx"]).files["docx"]
    no_signature(own)
    verdict = Verifier(Assembler(Library(own))).verify(data, "letter")
    told = " ".join(verdict.notes)
    assert not verdict.is_genuine
    assert "That approval is not trusted here: nobody has signed" in told


def test_a_batch_refuses_badly_signed_approvals(own: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    (row,) = [Assembler(Library(own)).samples(KIND)["sample.toml"]]
    rows.write_text(json.dumps(row, default=str) + "\n", encoding="utf-8")
    assert main(["batch", str(rows), "--kind", KIND, "--out", str(tmp_path / "a"), "--format", "docx",
                 "--workers", "1", "--library", str(own)]) == 0  # fmt: skip
    no_signature(own)
    assert main(["batch", str(rows), "--kind", KIND, "--out", str(tmp_path / "b"), "--format", "docx",
                 "--workers", "1", "--library", str(own)]) == 1  # fmt: skip
    assert not list((tmp_path / "b").glob("*.docx"))


def test_a_worker_takes_over_what_was_seen_where_the_batch_began(own: Path) -> None:
    """Another machine has the same files, but not who may sign, and perhaps no ssh-keygen."""
    assembler = Assembler(Library(own))
    job = BatchJob(
        str(own), library_digest(assembler.library), "", ("docx",), "{number}", KIND, distrust="it was not signed"
    )
    vetting = checker_of(job).assembler.vetting(KIND)
    assert vetting.state(TODAY) is ApprovalState.UNSIGNED
    assert "it was not signed" in vetting.in_words(TODAY)
    assert checker_of(with_(job, distrust="")).assembler.vetting(KIND).state(TODAY) is ApprovalState.VETTED


def test_the_commands(own: Path, keys: dict[str, Path], capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    library = ("--library", str(own))
    who = ("--by", MORGAN, "--title", "Chief Legal Counsel", "--why", "Read again.", "--yes")
    assert main(["vet", "--status", *library]) == 0
    assert main(["vet", KIND, *who, *library]) == 0
    assert "letters are drafts: the record cannot be trusted" in capsys.readouterr().err
    assert load_seal(Library(own)).key  # made by the first approval from the command line
    assert main(["vet", "--status", *library]) == 1
    assert f"{KIND}: not signed" in capsys.readouterr().out
    assert main(["vet", "--sign", str(keys[MORGAN]), "--by", MORGAN, *library]) == 0
    assert main(["vet", KIND, "--sign", str(keys[MORGAN]), *who, *library]) == 0
    assert main(["vet", "--status", *library]) == 0
    capsys.readouterr()
    assert main(["vet", KIND, "--sign", str(keys[CASEY]), *who, *library]) == 2
    assert f"not by {MORGAN}" in capsys.readouterr().err
    assert main(["vet", "--sign", KIND, "--by", MORGAN, *library]) == 2
    assert "Put the kind before --sign" in capsys.readouterr().err
    monkeypatch.setenv("LETTERS_ALLOWED_SIGNERS", os.devnull + "x")
    assert main(["vet", "--status", *library]) == 1
    assert "the file of allowed signers is missing" in " ".join(capsys.readouterr().out.split())
