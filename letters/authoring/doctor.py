"""Looks a machine over: what Letters needs of it, what is missing, and the command that mends it.

Every check looks at the thing itself: a library is loaded, a folder is written to, a PDF is made and read. Nothing is
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

State = Literal["fine", "poor", "missing"]

_OLDEST = (3, 11)
_ROOM = 200 * 1024 * 1024  # bytes a day of letters, drafts and files on their way takes at most
# By name, for Linux, macOS and Windows: what WeasyPrint draws with, and the package of Debian that brings it.
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
_MENDED_BY = {
    "darwin": "brew install pango && brew install --cask font-liberation font-carlito font-caladea",
    "win32": "Install MSYS2, run in its window: pacman -S mingw-w64-ucrt-x86_64-pango, and set "
    "WEASYPRINT_DLL_DIRECTORIES to C:\\msys64\\ucrt64\\bin. Fonts: those of Windows will do.",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Args:
        name: of the thing.
        state: ``poor`` where letters can be made without it, but not so well.
        said: what was found, a sentence.
        mend: the command, or what to do; empty where all is well.
    """

    name: str
    state: State
    said: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        return {"name": self.name, "state": self.state, "said": self.said, "mend": self.mend}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What only the command line knows.

    Args:
        drafts: the folder of the drafts.
        encoding: of what is written to the terminal.
        terminal: the kind of terminal; empty where there is none.
        find: the library. Raises LettersError.
        today: for whether it is vetted.
    """

    drafts: Path
    encoding: str
    terminal: str
    find: Callable[[], Library]
    today: date


def look_over(surroundings: Surroundings) -> Iterator[Check]:
    """Every check, each as soon as it is done; the later ones need what the earlier ones look at."""
    yield _python()
    yield _packages()
    libraries = list(_libraries())
    yield from libraries
    fonts = list(_fonts())
    yield from fonts
    yield _folder("Drafts", surroundings.drafts)
    yield _folder("Temporary files", Path(tempfile.gettempdir()))
    yield _terminal(surroundings)
    try:
        assembler = Assembler(surroundings.find())
        yield from _library(assembler, surroundings.today)
    except LettersError as error:
        yield _failed("Library", error)
        return
    yield from _signatures(assembler.library)
    if any(each.state == "missing" for each in (*libraries, *fonts)):
        yield Check("PDF", "missing", "None can be made before the libraries and fonts are there.", "See above.")
    else:
        yield _pdf(assembler)


def _failed(name: str, error: LettersError) -> Check:
    first = error.problems[0]
    where = f"{first.where}: " if first.where else ""
    return Check(name, "missing", f"{where}{first.message}", first.hint or "letters check says more.")


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST:
        return Check("Python", "fine", f"Version {version}.")
    oldest = ".".join(map(str, _OLDEST))
    mend = {"darwin": f"brew install python@{oldest}"}.get(sys.platform, f"sudo apt-get install python{oldest}")
    return Check("Python", "missing", f"Version {version}; {oldest} is the oldest that will do.", mend)


def _packages() -> Check:
    """The Python packages Letters is declared to need, by their own records."""
    try:
        declared = importlib.metadata.requires("letters") or []
    except importlib.metadata.PackageNotFoundError:
        return Check("Packages", "poor", "Letters is run from its folder, without being installed.", "make setup")
    lacking = []
    names = [match[0] for each in declared if "extra ==" not in each and (match := re.match(r"[\w.-]+", each))]
    for name in names:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            lacking.append(name)
    if lacking:
        mend = f"{sys.executable} -m pip install {' '.join(lacking)}"
        return Check("Packages", "missing", f"Not installed: {', '.join(lacking)}.", mend)
    return Check("Packages", "fine", f"All {len(names)} are installed.")


def _libraries() -> Iterator[Check]:
    for name, files, package in _LIBRARIES:
        if any(_loads(file) for file in files):
            yield Check(name, "fine", "Can be loaded.")
        else:
            mend = _MENDED_BY.get(sys.platform, f"sudo apt-get install {package}")
            yield Check(name, "missing", f"The library is not there ({_own_name(files)}); PDFs need it.", mend)


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

    mend = _MENDED_BY.get(sys.platform, INSTALL_FONTS)
    try:
        poor = [family for family in _FAMILIES if not choose(family).same_widths]
    except LettersError as error:
        yield Check("Fonts", "missing", error.problems[0].message, mend)
        return
    if poor:
        wanted = ", ".join(dict.fromkeys(_FAMILIES[family] for family in poor))
        said = f"Nothing here is as wide as {', '.join(poor)}: lines break elsewhere than in Word. Wanted: {wanted}."
        yield Check("Fonts", "poor", said, mend)
    else:
        yield Check("Fonts", "fine", f"There are ones as wide as {', '.join(_FAMILIES)}.")


def _folder(name: str, folder: Path) -> Check:
    """A folder is written to, as far down as it is there; nothing of that stays."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        room = shutil.disk_usage(there).free
    except OSError as error:
        said = f"{folder} cannot be written to: {(error.strerror or str(error)).lower()}."
        mend = (
            "Set TMPDIR to a folder of your own." if name != "Drafts" else "Set XDG_STATE_HOME to a folder of your own."
        )
        return Check(name, "missing", said, mend)
    if room < _ROOM:
        said = f"{room // 1024 // 1024} MB are free in {there}; {_ROOM // 1024 // 1024} MB are wanted."
        return Check(name, "poor", said, f"Free some space: du -xh {there} | sort -h | tail")
    if name == "Drafts" and os.name == "posix" and folder.exists() and folder.stat().st_mode & 0o077:
        return Check(name, "poor", f"Others can look into {folder}.", f"chmod 700 {folder}")
    return Check(name, "fine", f"{folder} can be written to; {room // 1024 // 1024:,} MB are free.")


def _terminal(surroundings: Surroundings) -> Check:
    if not surroundings.encoding.lower().replace("-", "").startswith("utf"):
        said = f"It is written to in {surroundings.encoding}, which lacks § and “ ”; they come out as codes."
        return Check("Terminal", "poor", said, "export LC_ALL=C.UTF-8" if os.name == "posix" else "chcp 65001")
    if surroundings.terminal in ("", "dumb", "unknown"):
        return Check("Terminal", "fine", "There is none with keys; letters new --plain asks line by line.")
    return Check("Terminal", "fine", f"{surroundings.terminal}, {surroundings.encoding}.")


def _library(assembler: Assembler, today: date) -> Iterator[Check]:
    kinds = assembler.library.kinds
    yield Check("Library", "fine", f"{assembler.library.root}, with {len(kinds)} kinds of letter.")
    unvetted = [kind for kind in kinds if not assembler.vetting(kind).is_vetted(today)]
    if unvetted:
        said = f"Not vetted, so that letters of them are drafts: {', '.join(unvetted)}."
        yield Check("Vetted", "poor", said, "letters vet KIND shows what to read before it is approved.")
    else:
        yield Check("Vetted", "fine", "Every kind is vetted.")


def _signatures(library: Library) -> Iterator[Check]:
    from letters.library.trust import signers_of, why_not_trusted

    if signers_of(library) is None:
        return
    if not shutil.which("ssh-keygen"):
        mend = "sudo apt-get install openssh-client" if sys.platform == "linux" else "Install OpenSSH."
        yield Check("Signatures", "missing", "Approvals are signed here, and ssh-keygen is not installed.", mend)
        return
    why = why_not_trusted(library)
    mend = "letters vet KIND --sign KEY by somebody the office allows."
    yield Check("Signatures", "poor", why, mend) if why else Check("Signatures", "fine", "They hold.")


def _pdf(assembler: Assembler) -> Check:
    """A sample letter is printed; printing compares the words of both files itself."""
    for kind in assembler.library.kinds:
        try:
            if answers := next(iter(assembler.samples(kind).values()), None):
                size = len(assembler.make(assembler.check(answers)).files["pdf"])
                return Check("PDF", "fine", f"The sample of {kind} was printed and read back: {size:,} bytes.")
        except LettersError as error:
            return _failed("PDF", error)
    return Check("PDF", "poor", "No kind has a sample to try.", "Write templates/KIND/sample.toml.")
