"""Third-party packages: pinned by version and hash, tied to no index, and listed beside the wheel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from helpers import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

USER, DEVELOPER = ((ROOT / f"requirements{which}.lock").read_text(encoding="utf-8") for which in ("", "-dev"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pinned(lock: str = DEVELOPER) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^\s\\]+)", lock, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def declared() -> list[Requirement]:
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    return [each for line in [*PROJECT["dependencies"], *extras] if (each := Requirement(line)).name != "letters"]


def test_everything_declared_is_pinned_in_a_version_that_fits() -> None:
    versions = pinned()
    for each in declared():
        assert each.specifier.contains(versions[canonicalize_name(each.name)]), each


def test_a_user_gets_what_the_program_needs_and_no_tools_of_developers() -> None:
    user = pinned(USER)
    assert user.items() <= pinned().items()
    excel = PROJECT["optional-dependencies"]["excel"]
    for line in [*PROJECT["dependencies"], *excel]:
        assert canonicalize_name(Requirement(line).name) in user
    assert not user.keys() & {"pytest", "mypy", "ruff", "dask", "distributed", "moto", "flask", "hypothesis", "build"}


@pytest.mark.parametrize("lock", [USER, DEVELOPER], ids=["user", "developer"])
def test_every_package_has_hashes_and_none_an_address(lock: str) -> None:
    assert len(pinned(lock)) > 30
    for entry in re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", lock, re.MULTILINE | re.DOTALL):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:60]
    assert not re.search(r"https?:|file:|--index|--extra|--find|--trusted|@", lock)


def test_a_wheel_comes_with_a_list_of_what_it_contains(tmp_path: Path) -> None:
    wheel = tmp_path / "letters-0.1.0-py3-none-any.whl"
    asked = [f"Requires-Dist: {line}" for line in PROJECT["dependencies"]]
    asked += [f'Requires-Dist: {line}; extra == "excel"' for line in PROJECT["optional-dependencies"]["excel"]]
    about = ["Metadata-Version: 2.4", "Name: letters", "Version: 0.1.0", "License-Expression: MIT", *asked]
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("letters-0.1.0.dist-info/METADATA", "\n".join(about))
        archive.writestr("letters/shipped/fonts/Some-Bold.ttf", b"bold")
        archive.writestr(
            "letters/shipped/fonts/LICENSES.txt", "fonts-some 2.1-1 (Debian), OFL-1.1\n\nSome-Bold.ttf\n\n…"
        )
    command = [sys.executable, str(ROOT / "scripts" / "sbom.py"), str(wheel), str(ROOT / "requirements-dev.lock")]
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    bill = json.loads(first)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    components = {each["name"]: each for each in bill["components"]}
    for line in PROJECT["dependencies"]:
        assert components[canonicalize_name(Requirement(line).name)]["scope"] == "required"
    assert components["openpyxl"]["scope"] == "optional"
    assert components["pydyf"]["scope"] == "required"  # WeasyPrint asks for it
    font = components.pop("fonts-some")
    assert (font["type"], font["version"], font["licenses"]) == ("data", "2.1-1", [{"license": {"id": "OFL-1.1"}}])
    assert [each["value"] for each in font["properties"]] == [sha256(b"bold").hexdigest()]
    assert {name: each["version"] for name, each in components.items()}.items() <= pinned().items()
    references = {each["bom-ref"] for each in bill["components"]} | {"letters"}
    assert {each["ref"] for each in bill["dependencies"]} == references
    assert all(set(each["dependsOn"]) <= references for each in bill["dependencies"])
    assert "pytest" not in components


FAULTY = {"name": "a", "version": "1", "vulns": [{"id": "CVE-0000-0000", "fix_versions": ["2"]}]}


@pytest.mark.skipif(os.name != "posix", reason="a script of the set-up")
@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ("", 0, "were not checked"),
        ("Connection refused", 0, "were not checked"),
        (json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]}), 0, "were not checked"),
        (json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}), 0, ""),
        (json.dumps({"dependencies": [FAULTY]}), 1, "a 1 has a known vulnerability: CVE-0000-0000; fixed in: 2"),
        (json.dumps({"dependencies": [FAULTY, {"name": "b", "skip_reason": "x"}]}), 1, "1 of 2 packages are not in"),
    ],
)
def test_what_the_database_says_of_the_packages_is_reported_and_so_is_its_silence(
    tmp_path: Path, answer: str, code: int, told: str
) -> None:
    """The answers are those pip-audit gives; it itself needs a network."""
    (tmp_path / "env" / "bin").mkdir(parents=True)
    given = tmp_path / "env" / "bin" / "pip-audit"
    given.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\nexit 1\n", encoding="utf-8")
    given.chmod(0o755)
    command = [str(ROOT / "scripts" / "audit"), sys.executable, str(tmp_path / "env"), "requirements-dev.lock"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert told in done.stdout
    assert bool(told) == bool(done.stdout)
