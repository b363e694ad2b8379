"""The folders in which Windows, macOS and Linux keep fonts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from letters._system.environment import home_folder, variable
from letters._text.entities import unescaped
from letters._text.lazy_pattern import pattern

_USUAL = ("/usr/share/fonts", "/usr/local/share/fonts")
_SETTINGS = Path("/etc/fonts")
_FOLDER = pattern(r'<dir(?:\s+prefix="(\w+)")?[^>]*>([^<]+)</dir>')


def font_folders() -> tuple[Path, ...]:
    """The folders of this machine, those of everybody first. Not all of them exist."""
    home = home_folder()
    if sys.platform == "win32":
        found = [Path(variable("SYSTEMROOT") or r"C:\Windows") / "Fonts"]
        if local := variable("LOCALAPPDATA"):
            found.append(Path(local) / "Microsoft" / "Windows" / "Fonts")
    elif sys.platform == "darwin":
        found = [Path("/System/Library/Fonts"), Path("/Library/Fonts")]
        if home is not None:
            found.append(home / "Library" / "Fonts")
    else:
        found = list(_of_fontconfig(home))
    return tuple(dict.fromkeys(found))


def _of_fontconfig(home: Path | None) -> Iterator[Path]:
    """The folders in the settings of fontconfig, or where there are none, the usual ones."""
    data = Path(variable("XDG_DATA_HOME")) if variable("XDG_DATA_HOME") else home and home / ".local" / "share"
    if only := variable("FONTCONFIG_FILE"):
        yield from _named_in(Path(only), home, data)
        return
    settings = [_SETTINGS / "fonts.conf", _SETTINGS / "local.conf"]
    with suppress(OSError):
        settings += sorted(file for file in (_SETTINGS / "conf.d").iterdir() if file.suffix == ".conf")
    if home is not None:
        settings += [home / ".config" / "fontconfig" / "fonts.conf"]
    yield from map(Path, _USUAL)
    for file in settings:
        yield from _named_in(file, home, data)
    if data is not None:
        yield data / "fonts"
    if home is not None:
        yield home / ".fonts"


def _named_in(file: Path, home: Path | None, data: Path | None) -> Iterator[Path]:
    text = ""
    with suppress(OSError, UnicodeError):
        written = file.read_bytes()
        text = written.decode("utf-8") if b"<dir" in written else ""  # as few have
    for prefix, name in _FOLDER.findall(text):
        path = unescaped(name.strip())
        if prefix == "xdg":
            if data is not None:
                yield data / path
        elif path.startswith("~"):
            if home is not None:
                yield home / path.lstrip("~/")
        elif Path(path).is_absolute():
            yield Path(path)
