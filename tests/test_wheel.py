"""The built wheel, installed far from the checkout, is whole: its templates and questions are inside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import KINDS, ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel. Its dependencies are those of the running environment."""
    folder = tmp_path_factory.mktemp("wheel")
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


def test_the_wheel_writes_the_samples_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "demo", "out")
    assert done.returncode == 0, done.stderr
    written = {path.name for path in (tmp_path / "out").glob("*.pdf")}
    assert {f"{number}-{kind}.pdf" for number, kind in enumerate(KINDS, 1)} <= written


def test_the_wheel_holds_every_template_and_every_question(installed: Path) -> None:
    for folder in ("templates", "prompts"):
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
