"""Which fonts there are: read from their files, the same with and without fontconfig."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from letters._system import font_folders as where
from letters.pdf import fonts
from letters.pdf.font_files import FontFace, faces_in, installed_faces


def some_font() -> FontFace:
    return fonts.metrics("Times New Roman").face


def test_fonts_are_found_in_folders_below_and_each_once(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    shutil.copy(some_font().file, tmp_path / "a" / "deep" / "É font.TTF")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "broken.ttf").write_bytes(b"\0\1\0\0\0\4nothing")
    (tmp_path / "a" / "empty.otf").touch()
    [face] = faces_in([tmp_path / "a", tmp_path / "b", tmp_path / "none"])
    assert (face.family, face.bold, face.italic, face.cut) == ("Liberation Serif", False, False, (400, 5))
    assert fonts.Metrics(face).width("Words") == fonts.Metrics(some_font()).width("Words")  # whatever its name


def test_fontconfig_finds_the_same_families() -> None:
    if shutil.which("fc-list") is None:
        pytest.skip("no fontconfig to compare with")
    listed = subprocess.run(
        ["fc-list", ":scalable=true:variable=false", "family"], capture_output=True, text=True, check=True
    ).stdout
    theirs = {name.casefold() for line in listed.splitlines() for name in line.split(",")[:1]}
    ours = set(installed_faces())
    assert not {name for name in theirs - ours if "liberation" in name or "noto sans" in name or "carlito" in name}


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        ("win32", {"SYSTEMROOT": r"D:\Windows", "LOCALAPPDATA": r"C:\Users\Ana\AppData\Local"}, r"D:\Windows/Fonts"),
        ("win32", {"LOCALAPPDATA": "C:/Users/Ana"}, "C:/Users/Ana/Microsoft/Windows/Fonts"),
        ("darwin", {}, "/System/Library/Fonts"),
        ("darwin", {"HOME": "/Users/ana"}, "/Users/ana/Library/Fonts"),
        ("linux", {}, "/usr/share/fonts"),
        ("linux", {"HOME": "/home/ana"}, "/home/ana/.local/share/fonts"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/fonts"),
    ],
)
def test_every_system_has_its_folders(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr("sys.platform", system)
    for name in ("XDG_DATA_HOME", "FONTCONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Path(folder) in where.font_folders()


def test_the_settings_of_fontconfig_may_name_other_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    monkeypatch.setenv("HOME", "/home/ana")
    settings = tmp_path / "fonts.conf"
    settings.write_text('<fontconfig><dir>/a &amp; b</dir><dir prefix="xdg">own</dir><dir>~/mine</dir></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(settings))
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert where.font_folders() == (Path("/a & b"), Path("/data/own"), Path("/home/ana/mine"))


def test_fonts_for_other_scripts_are_asked_in_the_same_order_everywhere() -> None:
    order = [face.family for face in fonts.alternatives("Liberation Serif", False, False, "en-US")]
    assert order.index("Noto Serif") < order.index("Noto Sans Hebrew")
    assert len(order) == len(set(order)) > 3
    bold = fonts.alternatives("Liberation Sans", True, False, "en-US")
    assert next(face for face in bold if face.family == "Liberation Serif").bold
