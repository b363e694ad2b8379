"""Checks a machine: what Letters needs there, what is missing, and the command that fixes it.

Every check tries the real thing: it loads a library, writes to a folder, or makes a PDF and reads it. Nothing is
changed, and nothing is looked up anywhere else.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from letters._system.installing import install_pango, install_ssh_keygen
from letters._system.private_files import private_folder
from letters.assembly.assembler import Assembler
from letters.errors import LettersError
from letters.library.library import Library
from letters.pdf.font_files import installed_faces, is_shipped

CheckState = Literal["ok", "warning", "missing"]

_OLDEST = (3, 11)
_FREE_SPACE = 200 * 1024 * 1024  # bytes; a day of letters, drafts and temporary files takes less
_FAMILIES = {"Times New Roman": "Liberation", "Arial": "Liberation", "Calibri": "Carlito", "Cambria": "Caladea"}
_PYTHON = {
    "darwin": "brew install python@{}", "win32": "winget install Python.Python.{}",
    "linux": "uv python install {}",
}  # fmt: skip


class Check(Struct, frozen=True):
    """The result of one check.

    Args:
        name: what was checked.
        state: ``warning`` if letters can be made anyway, but not as well.
        message: what was found, a sentence.
        fix: a command, or what else to do; empty if there is nothing to fix.
    """

    name: str
    state: CheckState
    message: str
    fix: str = ""

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        return {"name": self.name, "state": self.state, "message": self.message, "fix": self.fix}


class DoctorContext(Struct, frozen=True):
    """What only the command line knows.

    Args:
        drafts: the folder where drafts are saved.
        encoding: of the terminal's output.
        terminal: the kind of terminal; empty if there is none.
        find: finds the library. Raises LettersError.
        today: the day for which approvals are checked.
    """

    drafts: Path
    encoding: str
    terminal: str
    find: Callable[[], Library]
    today: date


def run_checks(context: DoctorContext) -> Iterator[Check]:
    """Every check, each as soon as it is done; later ones need what earlier ones check."""
    yield _python()
    yield _packages()
    fonts = _fonts()
    yield fonts
    yield _pango()
    yield _folder("Drafts", context.drafts)
    yield _folder("Temporary files", Path(tempfile.gettempdir()))
    yield _terminal(context)
    try:
        assembler = Assembler(context.find())
        yield from _library(assembler, context.today)
    except LettersError as error:
        yield _failed("Library", error)
        return
    seal = _seal(assembler)
    yield seal
    yield from _signatures(assembler.library)
    if fonts.state == "missing":
        yield Check("PDF", "missing", "PDFs cannot be made until there are fonts.", "See above.")
    elif seal.state == "missing":
        yield Check("PDF", "missing", "No letter can be made until the seal is there again.", "See above.")
    else:
        yield _pdf(assembler)


def _failed(name: str, error: LettersError) -> Check:
    first = error.problems[0]
    return Check(name, "missing", str(replace(first, hint="")), first.hint or "For details: letters check")


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST:
        return Check("Python", "ok", f"Version {version}.")
    oldest = ".".join(map(str, _OLDEST))
    fix = _PYTHON.get(sys.platform, _PYTHON["linux"]).format(oldest)
    return Check("Python", "missing", f"Version {version}; Letters needs {oldest} or newer.", fix)


def _packages() -> Check:
    """The Python packages that Letters declares it needs."""
    try:
        declared = importlib.metadata.requires("letters") or []
    except importlib.metadata.PackageNotFoundError:
        return Check("Packages", "warning", "Letters is running from its folder and is not installed.", "make setup")
    missing = []
    names = [match[0] for each in declared if "extra ==" not in each and (match := re.match(r"[\w.-]+", each))]
    for name in names:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        fix = f"{sys.executable} -m pip install {' '.join(missing)}"
        return Check("Packages", "missing", f"Not installed: {', '.join(missing)}.", fix)
    return Check("Packages", "ok", f"All {len(names)} are installed.")


def _pango() -> Check:
    """What only WeasyPrint needs; everything else is set without it."""
    from letters.pdf.html.weasyprint import engine

    try:
        engine()
    except LettersError as error:
        return Check("Pango", "warning", error.problems[0].message, install_pango())
    return Check("Pango", "ok", "Loads; pages in HTML and letters with rare layouts can be made.")


def _fonts() -> Check:
    from letters.pdf.fonts import choose, metrics

    fix = "Install Letters from its wheel, which has them: pip install letters. In a checkout: make setup"
    try:
        faces = installed_faces()
        unmatched = [family for family in _FAMILIES if not choose(family).same_widths]
    except LettersError as error:
        return Check("Fonts", "missing", error.problems[0].message, fix)
    if unmatched:
        wanted = ", ".join(dict.fromkeys(_FAMILIES[family] for family in unmatched))
        message = f"No font matches {', '.join(unmatched)}, so lines break differently than in Word. Missing: {wanted}."
        return Check("Fonts", "warning", message, fix)
    ours = sum(is_shipped(own[0]) for own in faces.values())
    cambria = metrics("Cambria").face
    narrower = cambria.family == "Caladea" and not is_shipped(cambria)
    others = len(faces) - ours
    message = (
        f"{ours} families come with Letters, {others} with this computer; widths match those of Word"
        f"{', but that Caladea sets words narrower than Cambria' if narrower else ''}."
    )
    if ours:
        return Check("Fonts", "ok", message)
    return Check("Fonts", "warning", f"{message} PDFs may differ from those of other computers.", fix)


def _folder(name: str, folder: Path) -> Check:
    """Writes to a folder, or to the nearest one above it that exists; nothing is left there."""
    nearest = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
        free = shutil.disk_usage(nearest).free
    except OSError as error:
        message = f"{folder} is not writable: {(error.strerror or str(error)).lower()}."
        variable = (("LOCALAPPDATA", "TEMP") if sys.platform == "win32" else ("XDG_STATE_HOME", "TMPDIR"))[
            name != "Drafts"
        ]
        fix = f"Set {variable} to a folder of your own."
        return Check(name, "missing", message, fix)
    if free < _FREE_SPACE:
        message = (
            f"Only {free // 1024 // 1024} MB are free in {nearest}; {_FREE_SPACE // 1024 // 1024} MB are recommended."
        )
        return Check(name, "warning", message, "Free some space there.")
    if name == "Drafts" and folder.exists() and not _is_private(folder):
        return Check(name, "warning", f"Other users can read {folder}.", _make_private_command(folder))
    return Check(name, "ok", f"{folder} is writable; {free // 1024 // 1024:,} MB are free.")


def _is_private(folder: Path) -> bool:
    """Whether only its owner can read a folder; on Windows, whether its access list can be limited to the owner."""
    if sys.platform == "win32":
        return private_folder(folder)
    return not folder.stat().st_mode & 0o077


def _make_private_command(folder: Path) -> str:
    if sys.platform == "win32":
        return "Keep drafts on a drive with permissions (NTFS): set LOCALAPPDATA to a folder there."
    return f"chmod 700 {folder}"


def _terminal(context: DoctorContext) -> Check:
    try:
        "§".encode(context.encoding or "ascii")
    except (UnicodeError, LookupError):
        message = f"Its encoding, {context.encoding}, has no §, so it is printed as a code."
        fix = "chcp 65001" if sys.platform == "win32" else "export LC_ALL=C.UTF-8"
        return Check("Terminal", "warning", message, fix)
    if context.terminal in ("", "dumb", "unknown"):
        return Check("Terminal", "ok", "Not interactive; letters new --plain asks line by line.")
    return Check("Terminal", "ok", f"{context.terminal}, {context.encoding}.")


def _library(assembler: Assembler, today: date) -> Iterator[Check]:
    kinds = assembler.library.kinds
    yield Check("Library", "ok", f"{assembler.library.root}, with {len(kinds)} kinds of letter.")
    unvetted = [kind for kind in kinds if not assembler.vetting(kind).is_vetted(today)]
    if unvetted:
        message = f"Not vetted, so their letters are drafts: {', '.join(unvetted)}."
        yield Check("Vetted", "warning", message, "letters vet KIND shows what to read before approving it.")
    else:
        yield Check("Vetted", "ok", "Every kind is vetted.")


def _seal(assembler: Assembler) -> Check:
    try:
        seal = assembler.seal
    except LettersError as error:
        return _failed("Seal", error)
    if seal.key:
        return Check("Seal", "ok", f"It is there ({seal.name}). Keep a copy outside this folder.")
    return Check("Seal", "ok", "There is none yet: the first approval makes it.")


def _signatures(library: Library) -> Iterator[Check]:
    from letters.library.trust import signers_of, why_untrusted

    if signers_of(library) is None:
        return
    if not shutil.which("ssh-keygen"):
        fix = install_ssh_keygen()
        yield Check(
            "Signatures", "missing", "This office requires signed approvals, but ssh-keygen is not installed.", fix
        )
        return
    why = why_untrusted(library)
    fix = "Have someone who may sign run: letters vet KIND --sign KEY"
    yield (
        Check("Signatures", "warning", why, fix)
        if why
        else Check("Signatures", "ok", "The record of approvals is signed correctly.")
    )


def _pdf(assembler: Assembler) -> Check:
    """Prints a sample letter; printing itself compares the words of the Word file and the PDF."""
    for kind in assembler.library.kinds:
        try:
            if answers := next(iter(assembler.samples(kind).values()), None):
                size = len(assembler.make(assembler.check(answers)).files["pdf"])
                return Check("PDF", "ok", f"The sample of {kind} was printed and checked: {size:,} bytes.")
        except LettersError as error:
            return _failed("PDF", error)
    return Check("PDF", "warning", "No kind has a sample to print.", "Write templates/KIND/sample.toml.")
