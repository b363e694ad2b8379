"""An interview loses no answer: on a full disk, with a wrong clock, without a home folder, beside another interview."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.system import names_in

from letters.assembly.assembler import Assembler
from letters.errors import CannotWrite
from letters.interview.drafts import SavedAnswers, read_draft
from letters.interview.session import Session

Sample = Callable[[str], dict[str, Any]]


def session(
    assembler: Assembler, answers: dict[str, Any], tmp_path: Path, *, now: datetime, number: int = 1
) -> Session:
    saved = SavedAnswers(answers)
    folders = {"drafts": tmp_path / "drafts", "out": tmp_path / "out"}
    return Session(assembler, "denial", saved, now=now, number=number, **folders)


def test_a_full_disk_loses_no_answer(assembler: Assembler, sample: Sample, small_disk: Path) -> None:
    sitting = session(assembler, sample("denial"), small_disk, now=datetime(2019, 8, 2))
    sitting.save()
    place = sitting.saved_at
    assert place is not None
    before = place.read_bytes()
    (small_disk / "filler").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize))
    with pytest.raises(CannotWrite, match="Free some space"):
        sitting.finish(["docx"])
    assert place.read_bytes() == before
    assert list((small_disk / "out").glob("*")) == []
    (small_disk / "filler").unlink()
    assert [path.suffix for path in sitting.finish(["docx"])[0]] == [".toml", ".docx"]


def test_two_sessions_with_the_same_name_and_clock_do_not_mix(
    assembler: Assembler, sample: Sample, tmp_path: Path
) -> None:
    """The clock was set back and the process number is the same, so both would use the same name."""
    first, second = (session(assembler, sample("denial"), tmp_path, now=datetime(2019, 8, 2)) for _ in range(2))
    first.save()
    second.save()
    assert first.saved_at != second.saved_at
    assert len(names_in(tmp_path / "drafts")) == 2
    written = [path for sitting in (first, second) for path in sitting.finish(["docx"])[0]]
    assert len(set(written)) == 4
    assert names_in(tmp_path / "drafts") == []


@pytest.mark.parametrize("now", [datetime(1970, 1, 1), datetime(2019, 8, 2), datetime(2199, 12, 31)])
def test_a_wrong_clock_loses_no_draft(assembler: Assembler, sample: Sample, tmp_path: Path, now: datetime) -> None:
    sitting = session(assembler, sample("denial"), tmp_path, now=now)
    sitting.save()
    sitting.save()
    assert sitting.saved_at is not None
    assert read_draft(sitting.saved_at).answers["request"] == sample("denial")["request"]


def test_without_a_home_folder_the_draft_is_saved_beside_the_letter(
    assembler: Assembler, sample: Sample, tmp_path: Path
) -> None:
    folders = {"drafts": Path("/proc/none/letters/drafts"), "out": tmp_path / "out"}
    sitting = Session(
        assembler, "denial", SavedAnswers(sample("denial")), now=datetime(2019, 8, 2), number=1, **folders
    )
    sitting.save()
    assert sitting.saved_at is not None
    assert sitting.saved_at.parent == tmp_path / "out"
    assert sitting.saved_at.name.startswith("draft-")
