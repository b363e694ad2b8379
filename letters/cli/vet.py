"""`letters vet`: show what changed since a kind was approved, and approve exactly these bytes."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from letters._system.output import write_all
from letters._text.dates import long_date, parse_date
from letters.approval import approve
from letters.approval.approve import Approver, approval_states
from letters.approval.changes_since_approval import changes_of, pages_changed, redlines_of
from letters.approval.proof.pack import pack, proof_of
from letters.assembly.assembler import Assembler
from letters.cli.common import kind_of, library_of, now_at, say, tell_error, tell_notes, tell_written, visible
from letters.errors import LibraryAtFault, Problem, Usage
from letters.library.ssh_signatures import refuse_signer_name, sign
from letters.library.trust import Sign, signers_of


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("kind", nargs="?", metavar="KIND")
    parser.add_argument("--all", action="store_true", help="every kind at once")
    parser.add_argument("--by", metavar="NAME", help="who approves or withdraws; without it nothing is recorded")
    parser.add_argument("--title", metavar="TITLE", help="that person's official title")
    parser.add_argument("--why", metavar="REASON", help="why, for the record")
    parser.add_argument(
        "--sign", nargs="?", const="", metavar="KEY",
        help="sign the record with this SSH key (default: yours in ~/.ssh); without KIND, what you approved earlier",
    )  # fmt: skip
    parser.add_argument("--expires", metavar="DATE", help="the last date of letters it covers")
    parser.add_argument(
        "--redline",
        metavar="FILE.docx",
        help="write the changes as a Word file with tracked changes, one for each language; and the changed pages of "
        "PDF forms as PDF files beside it",
    )
    parser.add_argument(
        "--proof", metavar="FILE.pdf", help="write the fewest letters that show every paragraph, for signature"
    )
    parser.add_argument(
        "--status",
        action="store_true",
        help="list what is vetted, changed, withdrawn, or expired (exit 1 if not everything is vetted)",
    )
    parser.add_argument("--history", action="store_true", help="list every approval and withdrawal")
    parser.add_argument(
        "--withdraw", action="store_true", help="withdraw the approval; letters are drafts from then on"
    )
    parser.add_argument(
        "--roll-back", nargs="?", const=0, type=int, metavar="NUMBER",
        help="restore the files of an earlier approval (default: the last one that differs)",
    )  # fmt: skip
    parser.add_argument("--new-seal", action="store_true", help="replace the seal, if every copy of it is lost")
    parser.add_argument("--without-seal", action="store_true", help="with --status: the seal is kept elsewhere")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing redline or proof")
    parser.add_argument("--json", action="store_true", help="with --status: as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    assembler = Assembler(library_of(arguments))
    today = now_at(assembler).date()
    if arguments.status:
        return _tell_approval_states(assembler, today, arguments)
    if arguments.new_seal:
        return _new_seal(arguments, assembler, today)
    if arguments.sign is not None and not (arguments.kind or arguments.all):
        return _sign(arguments, assembler)
    if bool(arguments.kind) == arguments.all:
        raise Usage(
            Problem("Name the kind to vet, or use --all.", hint=f"Kinds: {', '.join(assembler.library.kinds)}.")
        )
    kinds = list(assembler.library.kinds) if arguments.all else [kind_of(arguments.kind, assembler.library)]
    if arguments.history:
        for kind in kinds:
            _tell_history(assembler, kind)
        return 0
    if arguments.withdraw or arguments.roll_back is not None:
        if arguments.all:
            raise Usage(Problem("Withdraw or roll back one kind at a time."))
        return _take_back(arguments, assembler, kinds[0], today)
    return _show_and_approve(arguments, assembler, kinds, today)


def _show_and_approve(arguments: argparse.Namespace, assembler: Assembler, kinds: Sequence[str], today: date) -> int:
    if arguments.all and (arguments.redline or arguments.proof):
        raise Usage(Problem("--redline and --proof are for one kind at a time.", hint="Name the kind."))
    _ = assembler.seal  # if it is lost, no letter can be made to compare, and that is said before anybody reads on
    files: dict[Path, bytes] = {}
    for kind in kinds:
        for line in changes_of(assembler, kind).lines():
            print(visible(line))
    if arguments.redline:
        author = arguments.by or "Letters"
        named = Path(arguments.redline)
        for language, data in redlines_of(assembler, kinds[0], author, today).items():
            files[named.with_suffix(f".{language}{named.suffix}") if language else named] = data
        for form, data in pages_changed(assembler, kinds[0]).items():
            files[named.with_name(f"{named.stem}-{form}.pdf")] = data
    if arguments.proof:
        proof = proof_of(assembler, kinds[0])
        tell_notes(proof.notes, "proof")
        files[Path(arguments.proof)] = pack(assembler, proof, today)
    tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    if not arguments.by:
        print("Nothing was recorded. To approve, add: --by NAME --title TITLE --why REASON", file=sys.stderr)
        return 0
    approver = _approver(arguments, today)
    expires = _day(arguments.expires, "--expires") if arguments.expires else None
    tell_notes(approve.check_before_approval(assembler, kinds, today), "check")
    _tell_what_signing_means(arguments, assembler)
    if not _agreed(
        f"Approve exactly these bytes of {', '.join(kinds)}, as {approver.by}, {approver.title}?", arguments
    ):
        print("Nothing was recorded.", file=sys.stderr)
        return 0
    key = (
        b"" if assembler.library.is_shipped else secrets.token_bytes(32)
    )  # a library that everybody has cannot keep a secret
    tell_written(approve.record(assembler, kinds, approver, expires, key), as_json=False)
    _tell_trust_problem(arguments)
    return 0


def _sign(arguments: argparse.Namespace, assembler: Assembler) -> int:
    by = (arguments.by or "").strip()
    signer = _signer(arguments, by)
    if not by or signer is None:
        raise Usage(Problem("Say who signs: --by NAME."))
    tell_written(approve.sign_record(assembler, by, signer), as_json=False)
    _tell_trust_problem(arguments)
    return 0


def _new_seal(arguments: argparse.Namespace, assembler: Assembler, today: date) -> int:
    """Give a library that has lost its seal a new one."""
    approver = _approver(arguments, today)
    print(
        "With a new seal, letters that went out can no longer be told from forgeries. Do this only if no copy is left.",
        file=sys.stderr,
    )
    if not _agreed(f"Replace the seal of this library, as {approver.by}, {approver.title}?", arguments):
        print("Nothing was changed.", file=sys.stderr)
        return 0
    tell_written(approve.new_seal(assembler, approver, secrets.token_bytes(32)), as_json=False)
    _tell_trust_problem(arguments)
    return 0


def _tell_what_signing_means(arguments: argparse.Namespace, assembler: Assembler) -> None:
    """Say beforehand that an unsigned record makes every letter a draft, if this office requires signatures."""
    if arguments.sign is None and signers_of(assembler.library) is not None:
        print(
            "letters: note: this office requires signatures. Without --sign, every letter of every kind becomes a "
            f'draft, until you run: letters vet --sign --by "{arguments.by.strip()}"',
            file=sys.stderr,
        )


def _signer(arguments: argparse.Namespace, by: str) -> Sign | None:
    """Signs the record with the key that was named, or with the first one that SSH would use."""
    if arguments.sign is None:
        return None
    refuse_signer_name(by)
    if arguments.sign:
        key = Path(arguments.sign)
    else:
        names = ("id_ed25519_sk", "id_ed25519", "id_ecdsa_sk", "id_ecdsa", "id_rsa")
        found = [place for name in names if (place := Path.home() / ".ssh" / name).is_file()]
        if not found:
            raise Usage(
                Problem(
                    "There is no SSH key in ~/.ssh.", hint="Name one: --sign FILE. To make one: ssh-keygen -t ed25519"
                )
            )
        key = found[0]
    if not key.is_file():
        hint = "Put the kind before --sign." if not arguments.kind else "Name the file of a private key."
        raise Usage(Problem("There is no such key file.", str(key), hint))
    return partial(sign, key=key)


def _tell_trust_problem(arguments: argparse.Namespace) -> None:
    """Say if the record cannot be trusted as it is now."""
    if problem := Assembler(library_of(arguments)).approvals.trust_problem:
        print(f"letters: note: letters are drafts: {problem}.", file=sys.stderr)


def _take_back(arguments: argparse.Namespace, assembler: Assembler, kind: str, today: date) -> int:
    approver = _approver(arguments, today)
    _tell_what_signing_means(arguments, assembler)
    before = approve.approval_states(assembler, today)
    if arguments.withdraw:
        if not _agreed(f"Withdraw the approval of {kind}, as {approver.by}, {approver.title}?", arguments):
            return 0
        written = approve.withdraw(assembler, kind, approver)
    else:
        if not _agreed(f"Replace the present files of {kind} with the approved ones?", arguments):
            return 0
        target, names, written = approve.roll_back(assembler, kind, approver, arguments.roll_back or None)
        print(f"Restored what {target.person}, vetted on {long_date(target.date)}: {', '.join(names)}", file=sys.stderr)
    tell_written(written, as_json=False)
    _tell_trust_problem(arguments)
    now = Assembler(library_of(arguments))
    for other in approve.changed_states(before, approve.approval_states(now, today)):
        print(f"{other}: {now.vetting(other).in_words(today)}", file=sys.stderr)
    return 0


def _approver(arguments: argparse.Namespace, today: date) -> Approver:
    missing = [f"--{name}" for name in ("by", "title", "why") if not (getattr(arguments, name) or "").strip()]
    if missing:
        raise Usage(
            Problem(f"{' and '.join(missing)} must be given too.", hint="Say who approves, with what title, and why.")
        )
    by = arguments.by.strip()
    return Approver(by, arguments.title.strip(), arguments.why.strip(), today, _signer(arguments, by))


def _agreed(question: str, arguments: argparse.Namespace) -> bool:
    """Confirmation, asked only of a person at a terminal: a script has already decided."""
    if arguments.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print(f"{question} [yes/no] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _day(typed: str, option: str) -> date:
    try:
        return parse_date(typed)
    except ValueError as error:
        raise Usage(Problem(f"{option}: {error}")) from error


def _tell_approval_states(assembler: Assembler, today: date, arguments: argparse.Namespace) -> int:
    """The state of every kind. The exit code is 1 if any is not vetted, or if the seal is lost, for scripts."""
    found = approval_states(assembler, today)
    is_sealed = arguments.without_seal or _tell_if_the_seal_is_lost(assembler)
    if arguments.json:
        rows = [
            {
                "kind": kind,
                "state": state,
                "changed": assembler.vetting(kind).changed,
                "says": assembler.vetting(kind).in_words(today),
            }
            for kind, state in found.items()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for kind, state in found.items():
            print(f"{kind}: {state}")
            say(assembler.vetting(kind).in_words(today), indent="  ")
            if way_out := assembler.vetting(kind).way_out(today):
                say(way_out, indent="  ")
    return int(not is_sealed or any(not assembler.vetting(kind).is_vetted(today) for kind in found))


def _tell_if_the_seal_is_lost(assembler: Assembler) -> bool:
    try:
        _ = assembler.seal
    except LibraryAtFault as error:
        tell_error(error, as_json=False)
        return False
    return True


def _tell_history(assembler: Assembler, kind: str) -> None:
    print(kind)
    number = 0
    for entry in assembler.approvals.entries.get(kind, ()):
        number += entry.act == "vetted"
        until = f", through {long_date(entry.expires)}" if entry.expires else ""
        what = f"{number}. vetted" if entry.act == "vetted" else "   withdrawn"
        say(f"{what} on {long_date(entry.date)} by {entry.person}{until}: {entry.why}", indent="  ")
