"""Checks a machine: what Letters needs there, what is missing, and the command that fixes it.

Every check tries the real thing: it loads a library, writes to a folder, or makes a PDF and reads it. Nothing is
changed, and nothing is looked up anywhere else.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from letters.assembly.assembler import Assembler
from letters.errors import LettersError
from letters.library.library import Library
from letters.pdf.fontconfig import INSTALL_FONTS

CheckState = Literal["ok", "warning", "missing"]

_OLDEST = (3, 11)
_FREE_SPACE = 200 * 1024 * 1024  # bytes; a day of letters, drafts and temporary files takes less
# What WeasyPrint draws with: its name, the file on Linux, macOS and Windows, and the Debian package.
_LIBRARIES = (
    ("Pango", ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"), "libpango-1.0-0"),
    ("PangoFT2", ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"), "libpangoft2-1.0-0"),
    ("GObject", ("libgobject-2.0.so.0", "libgobject-2.0.dylib", "libgobject-2.0-0.dll"), "libglib2.0-0"),
    ("HarfBuzz", ("libharfbuzz.so.0", "libharfbuzz.dylib", "libharfbuzz-0.dll"), "libharfbuzz0b"),
    ("HarfBuzz subset", ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib", "libharfbuzz-subset-0.dll"),
     "libharfbuzz-subset0"),
    ("fontconfig", ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll"), "libfontconfig1"),
)  # fmt: skip
_FAMILIES = {"Times New Roman": "Liberation", "Arial": "Liberation", "Calibri": "Carlito", "Cambria": "Caladea"}
_FIXES = {
    "darwin": "brew install pango && brew install --cask font-liberation font-carlito font-caladea",
    "win32": "Install MSYS2, run in its window: pacman -S mingw-w64-ucrt-x86_64-pango, and set "
    "WEASYPRINT_DLL_DIRECTORIES to C:\\msys64\\ucrt64\\bin. The fonts that come with Windows are enough.",
}


@dataclass(frozen=True, slots=True)
class Check:
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


@dataclass(frozen=True, slots=True)
class DoctorContext:
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
    libraries = list(_libraries())
    yield from libraries
    fonts = list(_fonts())
    yield from fonts
    yield _folder("Drafts", context.drafts)
    yield _folder("Temporary files", Path(tempfile.gettempdir()))
    yield _terminal(context)
    try:
        assembler = Assembler(context.find())
        yield from _library(assembler, context.today)
    except LettersError as error:
        yield _failed("Library", error)
        return
    yield from _signatures(assembler.library)
    if any(each.state == "missing" for each in (*libraries, *fonts)):
        yield Check(
            "PDF", "missing", "PDFs cannot be made until the libraries and fonts above are installed.", "See above."
        )
    else:
        yield _pdf(assembler)


def _failed(name: str, error: LettersError) -> Check:
    first = error.problems[0]
    where = f"{first.where}: " if first.where else ""
    return Check(name, "missing", f"{where}{first.message}", first.hint or "For details: letters check")


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST:
        return Check("Python", "ok", f"Version {version}.")
    oldest = ".".join(map(str, _OLDEST))
    fix = {"darwin": f"brew install python@{oldest}"}.get(sys.platform, f"sudo apt-get install python{oldest}")
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


def _libraries() -> Iterator[Check]:
    for name, files, package in _LIBRARIES:
        if any(_loads(file) for file in files):
            yield Check(name, "ok", "Loads.")
        else:
            fix = _FIXES.get(sys.platform, f"sudo apt-get install {package}")
            yield Check(name, "missing", f"The library was not found ({_own_name(files)}); PDFs need it.", fix)


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _own_name(files: tuple[str, ...]) -> str:
    return files[{"darwin": 1, "win32": 2}.get(sys.platform, 0)]


def _fonts() -> Iterator[Check]:
    from letters.pdf.fonts import choose

    fix = _FIXES.get(sys.platform, INSTALL_FONTS)
    try:
        unmatched = [family for family in _FAMILIES if not choose(family).same_widths]
    except LettersError as error:
        yield Check("Fonts", "missing", error.problems[0].message, fix)
        return
    if unmatched:
        wanted = ", ".join(dict.fromkeys(_FAMILIES[family] for family in unmatched))
        message = f"No font matches {', '.join(unmatched)}, so lines break differently than in Word. Install {wanted}."
        yield Check("Fonts", "warning", message, fix)
    else:
        yield Check("Fonts", "ok", f"Fonts here match the widths of {', '.join(_FAMILIES)}.")


def _folder(name: str, folder: Path) -> Check:
    """Writes to a folder, or to the nearest one above it that exists; nothing is left there."""
    nearest = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
        free = shutil.disk_usage(nearest).free
    except OSError as error:
        message = f"{folder} is not writable: {(error.strerror or str(error)).lower()}."
        fix = (
            "Set TMPDIR to a folder of your own." if name != "Drafts" else "Set XDG_STATE_HOME to a folder of your own."
        )
        return Check(name, "missing", message, fix)
    if free < _FREE_SPACE:
        message = (
            f"Only {free // 1024 // 1024} MB are free in {nearest}; {_FREE_SPACE // 1024 // 1024} MB are recommended."
        )
        return Check(name, "warning", message, f"Free some space: du -xh {nearest} | sort -h | tail")
    if name == "Drafts" and os.name == "posix" and folder.exists() and folder.stat().st_mode & 0o077:
        return Check(name, "warning", f"Other users can read {folder}.", f"chmod 700 {folder}")
    return Check(name, "ok", f"{folder} is writable; {free // 1024 // 1024:,} MB are free.")


def _terminal(context: DoctorContext) -> Check:
    if not context.encoding.lower().replace("-", "").startswith("utf"):
        message = f"Its encoding, {context.encoding}, has no § or “ ”, so they are printed as codes."
        return Check("Terminal", "warning", message, "export LC_ALL=C.UTF-8" if os.name == "posix" else "chcp 65001")
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


def _signatures(library: Library) -> Iterator[Check]:
    from letters.library.trust import signers_of, why_untrusted

    if signers_of(library) is None:
        return
    if not shutil.which("ssh-keygen"):
        fix = "sudo apt-get install openssh-client" if sys.platform == "linux" else "Install OpenSSH."
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
