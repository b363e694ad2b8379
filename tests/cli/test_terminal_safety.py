"""Nothing that a command prints can control the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from letters.cli.common import visible
from letters.cli.main import main


@pytest.mark.parametrize("escape", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202egnp.exe", "\r", "\x08", "\u2066"])
def test_control_characters_are_made_visible(escape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert escape not in visible(f"x{escape}y")
    wicked = tmp_path / f"a{escape}b.toml"
    wicked.write_text('kind = "denial"\nnonsense = 1\n', encoding="utf-8")
    assert main(["fill", str(wicked), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert escape not in said.err
    assert "nonsense" in said.err
