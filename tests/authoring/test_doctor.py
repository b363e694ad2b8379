"""`letters doctor` on this machine, and on machines that lack something."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT

from letters._system.installing import install_pango, install_ssh_keygen
from letters.authoring.doctor import Check, DoctorContext, run_checks
from letters.errors import LettersError
from letters.library.library import Library

Run = Callable[..., subprocess.CompletedProcess[str]]


def checks_of(tmp_path: Path, **changes: Any) -> dict[str, Check]:
    here: dict[str, Any] = {
        "drafts": tmp_path / "state" / "drafts",
        "encoding": "utf-8",
        "terminal": "xterm",
        "find": lambda: Library(ROOT),
        "today": date(2019, 8, 2),
    }
    return {check.name: check for check in run_checks(DoctorContext(**(here | changes)))}


def test_a_machine_that_makes_letters_has_nothing_missing(tmp_path: Path) -> None:
    found = checks_of(tmp_path)
    assert {each.name: each.message for each in found.values() if each.state == "missing"} == {}
    assert found["PDF"].message.startswith("The sample of denial was printed")
    assert {"Python", "Pango", "Fonts", "Drafts", "Library"} <= set(found)
    assert list(tmp_path.iterdir()) == []  # nothing was changed


def test_everything_wrong_says_how_to_fix_it(tmp_path: Path) -> None:
    open_to_all = tmp_path / "drafts"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    found = checks_of(tmp_path, drafts=open_to_all, encoding="ascii")
    assert found["Drafts"].fix == f"chmod 700 {open_to_all}"
    assert "LC_ALL" in found["Terminal"].fix
    assert all(bool(each.fix) == (each.state != "ok") for each in found.values())


def test_a_folder_that_cannot_be_written_to_is_missing(tmp_path: Path) -> None:
    found = checks_of(tmp_path, drafts=Path("/proc/none/drafts"))["Drafts"]
    assert (found.state, "XDG_STATE_HOME" in found.fix) == ("missing", True)


def test_a_missing_library_is_reported_and_the_rest_is_still_checked(tmp_path: Path) -> None:
    found = checks_of(tmp_path, find=lambda: Library.open(tmp_path / "none"))
    assert found["Library"].state == "missing"
    assert found["Python"].state == "ok"
    with pytest.raises(LettersError):
        Library.open(tmp_path / "none")


def test_a_template_that_is_wrong_is_no_fault_of_the_machine_s_fonts(tmp_path: Path) -> None:
    for name in ("templates", "prompts"):
        shutil.copytree(ROOT / name, tmp_path / "library" / name)
    (tmp_path / "library" / "templates" / "denial" / "letter.docx").write_bytes(b"nothing")
    found = checks_of(tmp_path, find=lambda: Library(tmp_path / "library"))
    assert found["Fonts"].state == "ok"
    assert found.get("Vetted", found["Library"]).state != "ok"
    assert "missing" in {each.state for name, each in found.items() if name in ("Library", "PDF")}


def test_the_command_reports_it_and_its_exit_code_says_so(letters: Run, tmp_path: Path) -> None:
    well = letters("doctor", "--library", ROOT, "--json")
    assert well.returncode == 0
    checks = json.loads(well.stdout)["checks"]
    assert {check["state"] for check in checks} <= {"ok", "warning"}
    ill = letters("doctor", "--library", tmp_path / "none")
    assert ill.returncode == 1
    assert "MISSING  Library: " in ill.stdout
    assert "Traceback" not in ill.stderr


def test_what_doctor_names_is_what_the_set_up_installs() -> None:
    """Said in two places, because an installed wheel has no scripts: they must not part."""
    script = (ROOT / "scripts" / "system-packages").read_text(encoding="utf-8")
    wanted = re.search(r'wanted="([^"]+)"', script)
    assert wanted is not None
    assert set(install_pango("apt-get").split()[3:]) <= set(wanted[1].split())


@pytest.mark.parametrize("system", ["apt-get", "dnf", "zypper", "pacman", "apk", "darwin", "win32"])
def test_every_system_has_a_command(system: str) -> None:
    assert "pango" in install_pango(system)
    assert "ssh" in install_ssh_keygen(system).lower() or system == "darwin"
