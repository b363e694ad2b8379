"""A root folder with Python and some installed packages, and no library, font, or program besides.

It holds the interpreter, the libraries that it and its modules are linked to, the standard library, and the packages.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement

CAN_CHANGE_ROOT = hasattr(os, "getuid") and os.getuid() == 0 and bool(shutil.which("ldd") and shutil.which("chroot"))
_LEFT_OUT = ("site-packages", "test", "tests", "idlelib", "tkinter", "ensurepip", "turtledemo", "_tkinter*", "_curses*")


def _with_all_they_want(lines: list[str], seen: set[str]) -> set[str]:
    """The packages that some requirements name, and all that these ask for, without extras."""
    for line in lines:
        requirement = Requirement(line)
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name not in seen and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            seen.add(name)
            _with_all_they_want(importlib.metadata.requires(name) or [], seen)
    return seen


def make_root(root: Path, installed: Path, package: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Make the root for a package.

    Args:
        root: an empty folder.
        installed: the folder that holds the package, without what it asks for.

    Returns:
        What runs the package's program there.
    """
    site, interpreter = root / "site", Path(sys.executable).resolve()
    standard = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(installed, site, copy_function=_place)
    [about] = importlib.metadata.distributions(name=package, path=[str(installed)])
    for name in _with_all_they_want(about.requires or [], set()):
        for file in importlib.metadata.files(name) or []:
            if ".." not in file.parts:
                _place(str(file.locate()), str(site / file))
    shutil.copytree(standard, _in(root, standard), copy_function=_place, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    _place(str(interpreter), str(_in(root, interpreter)))
    for library in _linked([interpreter, *_in(root, standard).rglob("*.so"), *site.rglob("*.so*")]):
        if not library.is_relative_to(root):
            _place(str(library), str(_in(root, library)))
    (root / "tmp").mkdir(exist_ok=True)
    settings = {"PYTHONPATH": "/site", "PYTHONHOME": sysconfig.get_config_var("prefix"), "HOME": "/tmp"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["chroot", str(root), str(interpreter), "-m", package, *arguments]
        return subprocess.run(
            command, env=settings | {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    return run


def _in(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _place(source: str, target: str) -> None:
    """A file in the root: a hard link, which costs nothing, where the disk allows it."""
    if Path(target).exists():
        return
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        Path(target).hardlink_to(Path(source).resolve())
    except OSError:
        shutil.copy(source, target)


def _linked(files: list[Path]) -> set[Path]:
    """The libraries that programs and modules are linked to."""
    told = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False).stdout
    return {Path(name) for name in re.findall(r"(?:=> |\t)(/\S+) \(0x", told)}
