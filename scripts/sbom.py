"""Writes what a wheel of Letters is made of and leans on, as CycloneDX 1.5 (ECMA-424): sbom.py WHEEL LOCK > FILE.

The packages are those its metadata ask for, and what these ask for in their turn, in the versions of the lock; those of
an extra are optional. The same wheel and lock give the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata as metadata
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def locked(text: str) -> dict[str, tuple[str, list[str]]]:
    """Name to version and SHA-256 hashes."""
    found = re.findall(r"^([\w.-]+)==([^\s\\]+)((?:\s*\\?\s*--hash=sha256:[0-9a-f]{64})*)", text, re.MULTILINE)
    return {canonicalize_name(name): (version, re.findall(r"[0-9a-f]{64}", rest)) for name, version, rest in found}


def asked_for(requires: list[str], extras: set[str]) -> Iterator[tuple[str, bool]]:
    """Names asked for on this kind of machine, and whether only by an extra."""
    for line in requires:
        each = Requirement(line)
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            yield canonicalize_name(each.name), False
        elif any(each.marker.evaluate({"extra": extra}) for extra in extras):
            yield canonicalize_name(each.name), True


def bill(wheel: Path, lock: dict[str, tuple[str, list[str]]]) -> dict[str, Any]:
    """The bill of materials."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = HeaderParser().parsestr(archive.read(name).decode())
        fonts = list(shipped_fonts(archive))
    own = canonicalize_name(about["Name"])
    waiting = [
        (each, optional) for each, optional in asked_for(about.get_all("Requires-Dist", []), {"cluster", "excel"})
    ]
    needs: dict[str, list[str]] = {own: sorted({each for each, _ in waiting})}
    scopes: dict[str, bool] = {}
    while waiting:
        each, optional = waiting.pop(0)
        if each not in lock or (each in scopes and scopes[each] <= optional):
            continue
        scopes[each] = optional
        more = [inner for inner, _ in asked_for(said_of(each).get_all("Requires-Dist", []), set())]
        needs[each] = sorted({inner for inner in more if inner in lock})
        waiting += [(inner, optional) for inner in more]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": own,
                "version": about["Version"],
                "licenses": [{"expression": about["License-Expression"] or about["License"] or "MIT"}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
            }
        },
        "components": [*(component(each, scopes[each], *lock[each]) for each in sorted(scopes)), *fonts],
        "dependencies": [
            *({"ref": each, "dependsOn": needs[each]} for each in sorted(needs)),
            *({"ref": each["bom-ref"], "dependsOn": []} for each in fonts),
        ],
    }


def shipped_fonts(archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    """The fonts in the wheel, a component for each package they were taken from, with the hashes of its files."""
    folder = "letters/shipped/fonts/"
    if f"{folder}LICENSES.txt" not in archive.namelist():
        return
    text = archive.read(f"{folder}LICENSES.txt").decode()
    for name, version, licence, files in re.findall(r"^(\S+) (\S+) \(Debian\), (\S+)\n\n((?:\S+\.ttf\n)+)", text, re.M):
        hashes = [hashlib.sha256(archive.read(folder + file)).hexdigest() for file in files.split()]
        yield {
            "type": "data",
            "bom-ref": name,
            "name": name,
            "version": version,
            "purl": f"pkg:deb/debian/{name}@{version}?arch=all",
            "scope": "required",
            "licenses": [{"license": {"id": licence}}],
            "properties": [{"name": "letters:sha256", "value": each} for each in hashes],
        }


def said_of(name: str) -> Message:
    """What an installed package says of itself; nothing where it is not installed on this kind of machine."""
    try:
        return HeaderParser().parsestr(metadata.distribution(name).read_text("METADATA") or "")
    except metadata.PackageNotFoundError:
        return Message()


def component(name: str, optional: bool, version: str, hashes: list[str]) -> dict[str, Any]:
    """One package. Its hashes are those of every file the lock allows, in the order of the lock."""
    about = said_of(name)
    said = about["License-Expression"] or about["License"] or ""
    licence = said if said and "\n" not in said else "see the package"
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "scope": "optional" if optional else "required",
        "licenses": [{"license": {"name": licence}}],
        "properties": [{"name": "letters:sha256", "value": each} for each in hashes],
    }


if __name__ == "__main__":
    made = bill(Path(sys.argv[1]), locked(Path(sys.argv[2]).read_text(encoding="utf-8")))
    sys.stdout.write(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
