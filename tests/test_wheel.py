"""The built wheel, installed far from the checkout, is whole: its templates and questions are inside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import KINDS, ROOT
from helpers.bare_root import CAN_CHANGE_ROOT, make_root


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel. Its dependencies are those of the running environment."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, str(ROOT / "scripts" / "fonts"), str(ROOT / "fonts")], check=True)
    for command in (
        ["build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        ["pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder / "site"), "--find-links",
         str(folder), "letters"],
    ):  # fmt: skip
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "LETTERS_LIBRARY")}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from letters.cli.main import main; sys.exit(main())", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def written(demo: Path) -> set[str]:
    return {path.name for path in demo.iterdir()}


@pytest.mark.skipif(CAN_CHANGE_ROOT, reason="done where there is nothing but wheels, below")
def test_the_wheel_writes_the_samples_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "demo", "out")
    assert done.returncode == 0, done.stderr
    assert {f"{number}-{kind}.pdf" for number, kind in enumerate(KINDS, 1)} <= written(tmp_path / "out")


@pytest.mark.skipif(not CAN_CHANGE_ROOT, reason="needs the right to change the root")
def test_the_wheel_writes_the_samples_where_there_is_nothing_but_wheels(installed: Path, tmp_path: Path) -> None:
    bare = make_root(tmp_path / "root", installed, "letters")
    outside = [path for path in (tmp_path / "root").rglob("*") if "site" not in path.parts]
    assert not [
        path for path in outside if re.match(r"lib(pango|harfbuzz|fontconfig|gobject|glib)|.*\.tt[fc]$", path.name)
    ]
    done = bare("demo", "/tmp/demo")
    assert done.returncode == 0, done.stderr
    letters = {f"{number}-{kind}.{suffix}" for number, kind in enumerate(KINDS, 1) for suffix in ("docx", "pdf")}
    assert letters <= written(tmp_path / "root" / "tmp" / "demo")
    assert re.search(r"Not made: \S+\.pdf, .* need the Pango libraries, which are missing", done.stderr)

    here = run(installed, tmp_path, "fill", str(ROOT / "templates" / "denial" / "sample.toml"), "--out", "here")
    assert here.returncode == 0, here.stderr
    sample = "/site/letters/shipped/templates/denial/sample.toml"
    assert bare("fill", sample, "--out", "/tmp/there").returncode == 0
    for suffix in ("docx", "pdf"):
        there = tmp_path / "root" / "tmp" / "there" / f"sample.{suffix}"
        assert (tmp_path / "here" / f"sample.{suffix}").read_bytes() == there.read_bytes()


def test_the_wheel_holds_every_template_and_every_question(installed: Path) -> None:
    for folder in ("templates", "prompts", "examples"):
        here = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*.*") if path.is_file()}
        there = {
            path.relative_to(installed / "letters" / "shipped" / folder).as_posix()
            for path in (installed / "letters" / "shipped" / folder).rglob("*.*")
        }
        assert here
        assert here <= there


def test_a_library_of_one_s_own_is_found_upward_from_the_working_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.toml").write_text("# this office's library\n")
    for folder in ("templates", "prompts"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "matters" / "2019").mkdir(parents=True)
    done = run(installed, tmp_path / "matters" / "2019", "kinds", "--json")
    assert done.returncode == 0, done.stderr
    (tmp_path / "prompts").unlink()
    broken = run(installed, tmp_path / "matters" / "2019", "kinds")
    assert broken.returncode == 3
    assert "There is no folder “prompts”" in broken.stderr
