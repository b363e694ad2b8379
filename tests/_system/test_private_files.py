"""Files with answers are readable by their owner only."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from letters._system.output import write_all
from letters._system.private_files import private_folder

ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="file permissions work differently there")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask() -> Any:
    """Sets the umask for one test."""
    before = os.umask(0)
    os.umask(before)
    yield os.umask
    os.umask(before)


@ON_POSIX
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_only_the_owner_can_read_answers_whatever_the_umask(
    tmp_path: Path, umask: Callable[[int], int], mask: int
) -> None:
    tmp_path.chmod(0o777)
    path = tmp_path / "answers.toml"
    umask(mask)
    write_all({path: b"x"}, private=True)
    write_all({path: b"y"}, private=True, overwrite=True)
    umask(0o022)
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["answers.toml"]


@ON_POSIX
def test_folders_made_for_a_private_one_are_private_and_those_of_others_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "state" / "drafts" / "offices"
    assert private_folder(folder)
    assert [mode(each) for each in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3
    assert mode(tmp_path) == 0o755


@ON_POSIX
def test_answers_that_others_could_read_are_private_once_written_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_bytes(b"x")
    path.chmod(0o666)
    write_all({path: b"y"}, private=True, overwrite=True)
    assert mode(path) == 0o600


@ON_POSIX
def test_a_link_in_place_of_a_draft_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "draft.toml"
    victim.write_bytes(b"untouched")
    link.symlink_to(victim)
    write_all({link: b"answers"}, private=True, overwrite=True)
    assert victim.read_bytes() == b"untouched"
    assert not link.is_symlink()
    assert link.read_bytes() == b"answers"
