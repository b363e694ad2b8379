"""Other programs: the pager for long texts, the editor for long answers, and the program that opens a file."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import rmtree, which
from tempfile import mkdtemp


def pager(environment: Mapping[str, str], otherwise: Callable[[str], None]) -> Callable[[str], None]:
    """A function that shows a text in the user's pager (``PAGER``, else less or more); without one, ``otherwise``."""
    named = _words(environment.get("PAGER", ""))
    command = next((each for each in (named, ["less"], ["more"]) if each and which(each[0])), None)

    def show(text: str) -> None:
        if command is None:
            otherwise(text)
            return
        # Unless the user has set options: leave a short text on the screen, and quit a long one with q.
        settings = {**environment, "LESS": environment.get("LESS", "-FRX"), "LESSCHARSET": "utf-8"}
        try:
            subprocess.run(command, input=text.encode(), env=settings, check=False)
        except (OSError, KeyboardInterrupt):  # Ctrl-C was meant for the pager
            return

    return show


def edited(environment: Mapping[str, str], text: str) -> tuple[str, str]:
    """The text as it is after editing it in the user's editor (``VISUAL``, else ``EDITOR``).

    Returns:
        The text, and why it could not be edited; the latter is empty if it could.
    """
    command = _words(environment.get("VISUAL") or environment.get("EDITOR") or "")
    if not command and sys.platform == "win32":
        command = ["notepad"]
    if not command:
        return text, "No editor is known. Name one in the environment: VISUAL, or EDITOR."
    folder = Path(mkdtemp(prefix="letters-"))  # private to the user, as drafts are
    try:
        file = folder / "answer.txt"
        file.write_text(f"{text}\n" if text else "", encoding="utf-8")
        if subprocess.run([*command, str(file)], check=False).returncode:
            return text, f"{command[0]} reported a failure, so the answer is as it was."
        return file.read_text(encoding="utf-8-sig").rstrip(), ""
    except (OSError, UnicodeError) as error:
        return text, f"{command[0]} could not be used: {error}. The answer is as it was."
    finally:
        rmtree(folder, ignore_errors=True)


def _words(command: str) -> list[str]:
    """The words of a command; on Windows, where a backslash is part of a path, quotation marks only group them."""
    if sys.platform == "win32":
        return [word.strip('"') for word in shlex.split(command, posix=False)]
    return shlex.split(command)


def opener(environment: Mapping[str, str]) -> list[str] | None:
    """The command that opens a file (``LETTERS_OPEN``, else the system's); None on a machine without a screen."""
    if named := _words(environment.get("LETTERS_OPEN", "")):
        return named
    if sys.platform == "win32":
        return ["explorer"]
    if sys.platform == "darwin":
        return ["open"]
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return next(([name] for name in ("xdg-open",) if which(name)), None)
    return None


def open_file(command: list[str], path: Path) -> bool:
    """Open a file without waiting for it to be closed. False if the command cannot be run."""
    try:
        subprocess.Popen(
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True
