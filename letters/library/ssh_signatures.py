"""Signatures with SSH keys, made and checked by OpenSSH's own `ssh-keygen`. No other module runs it.

A signature can be checked by hand, without Letters:
`ssh-keygen -Y verify -f allowed_signers -I "NAME" -n letters-vetted -s vetted.toml.sig < vetted.toml`
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.errors import CannotWrite, Problem, Usage

if TYPE_CHECKING:
    import subprocess

NAMESPACE = "letters-vetted"
_PROGRAM = "ssh-keygen"
_INSTALL = "Install it: sudo apt-get install openssh-client (on Windows: Settings, Optional features, OpenSSH Client)."
_TIMEOUT = 120  # seconds: a key on a token waits to be touched
_VALID = pattern(r'(?:,valid-(?:after|before)="?[0-9Z]+"?|(?<=\s)valid-(?:after|before)="?[0-9Z]+"?(?:,|\s))')
_PATTERN = frozenset(',*?!"\n')  # characters with a meaning in a list of allowed signers


class Signers(Struct, frozen=True):
    """The keys an office allows, and for whom: a file in the allowed_signers format (see ssh-keygen(1)).

    Revoked keys, or a revocation list, may be in `revoked_signers` in the same folder.
    """

    file: Path

    @property
    def revoked(self) -> Path:
        return self.file.with_name("revoked_signers")


def refuse_signer_name(name: str) -> None:
    """Raise Usage for a name that cannot be in a list of allowed signers."""
    if odd := sorted(_PATTERN & set(name)):
        raise Usage(Problem(f"A signer's name cannot contain {' '.join(odd)}", "--by", "Write the name without it."))


def sign(data: bytes, key: Path) -> bytes:
    """The signature of these bytes.

    Args:
        key: a private key, or the public half of one in the SSH agent. ssh-keygen asks for its passphrase itself.

    Raises:
        Usage: the key cannot be used.
        CannotWrite: ssh-keygen is not installed.
    """
    done = _run(["-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE], data)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        raise Usage(
            Problem(
                f"The key cannot sign: {_reason(done)}.", str(key), "Name a private key: --sign FILE.", "signing-key"
            )
        )
    return done.stdout


def signers_in(signature: bytes, signers: Signers, on: date) -> list[str]:
    """Whose key made a signature, among the allowed signers whose keys were valid on a day.

    Raises:
        CannotWrite: ssh-keygen is not installed.
    """
    if not signers.file.is_file():
        return []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "signature"
        place.write_bytes(signature)
        valid = ["-O", f"verify-time={on:%Y%m%d}120000"]
        found = _run(["-Y", "find-principals", "-f", str(signers.file), *valid, "-s", str(place)], b"")
    return [line for line in found.stdout.decode(errors="replace").split("\n") if line]


def is_intact(data: bytes, signature: bytes) -> bool:
    """Whether a signature, whoever made it, is one of these bytes. Raises CannotWrite without ssh-keygen."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "signature"
        place.write_bytes(signature)
        return _passes(["-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(place)], data)


def signature_problem(data: bytes, signature: bytes, signers: Signers, who: str, on: date) -> str:
    """Why this is not a valid signature by this person, as a clause; empty if it is.

    Args:
        on: the day on which the key must have been valid; the signed approval states it.

    Raises:
        CannotWrite: ssh-keygen is not installed.
    """
    if not signers.file.is_file():
        return f"the file of allowed signers is missing ({signers.file})"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "signature"
        place.write_bytes(signature)
        common = ["-n", NAMESPACE, "-s", str(place)]
        valid = ["-O", f"verify-time={on:%Y%m%d}120000"]
        revoked = ["-r", str(signers.revoked)] if signers.revoked.is_file() else []
        allowed = ["-f", str(signers.file), *valid]
        if _passes(["-Y", "verify", *allowed, *revoked, "-I", who, *common], data):
            return ""
        if not is_intact(data, signature):
            return "it was changed after it was signed"
        if revoked and _passes(["-Y", "verify", *allowed, "-I", who, *common], data):
            return f"the key of {who} has been revoked"
        if others := ", ".join(signers_in(signature, signers, on)):
            return f"it was signed by {others}, not by {who}"
        timeless = Path(folder) / "signers"  # the same people, without limits on when their keys are valid
        timeless.write_text(
            _VALID.sub("", signers.file.read_text(encoding="utf-8", errors="replace")), encoding="utf-8"
        )
        if _passes(["-Y", "find-principals", "-f", str(timeless), "-s", str(place)], b""):
            return f"the key it was signed with was not valid on {on.isoformat()}"
        return "it was signed with a key that is not among the allowed signers"


def _passes(arguments: Sequence[str], data: bytes) -> bool:
    return _run(arguments, data).returncode == 0


def _run(arguments: Sequence[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    import subprocess  # few libraries have signatures

    try:
        return subprocess.run([_PROGRAM, *arguments], input=data, capture_output=True, timeout=_TIMEOUT, check=False)
    except FileNotFoundError as error:
        raise CannotWrite(
            Problem("Signatures need ssh-keygen, which is not installed here.", hint=_INSTALL, code="no-ssh-keygen")
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CannotWrite(
            Problem(f"ssh-keygen did not answer within {_TIMEOUT} seconds.", code="ssh-keygen")
        ) from error


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return (lines[-1] if lines else "ssh-keygen gave no reason").rstrip(".")
