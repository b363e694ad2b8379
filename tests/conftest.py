"""What every test shares: the shipped library, and a `letters` command run as its users run it."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.batches import vetted_library
from helpers.command import run_letters

from letters.assembly.assembler import Assembler
from letters.library.library import Library

gc.disable()  # until the tests are collected, of which nothing is garbage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those of the whole program, of pages in a browser, and of batches take longest: none is left to the end."""
    items.sort(key=lambda item: item.path.parent.name not in {"tests", "web", "batches"})


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end; looking through them for garbage again and again would take its time."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def library() -> Library:
    return Library(ROOT)


@pytest.fixture(scope="session")
def assembler(library: Library) -> Assembler:
    return Assembler(library)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder made by whichever of the processes that share the tests needs it first; no test changes it."""

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        base = tmp_path_factory.getbasetemp()
        shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / name).exists():
                unfinished = shared / f"{name}.unfinished"
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(shared / name)
        return shared / name

    return folder


@pytest.fixture(scope="session")
def vetted(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A copy of the shipped library, every kind vetted as it is."""
    return made_once("vetted", vetted_library)


@pytest.fixture
def sample() -> Callable[[str], dict[str, Any]]:
    """The sample answers of a kind, fresh, to be changed by the test."""

    def read(kind: str) -> dict[str, Any]:
        return deepcopy(tomllib.loads((ROOT / "templates" / kind / "sample.toml").read_text(encoding="utf-8")))

    return read


@pytest.fixture
def letters(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line in a process and a folder of its own."""

    def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path / "state")}
        environment.pop("LETTERS_LIBRARY", None)
        folder = more.pop("cwd", tmp_path)
        if not more:  # else Python must be started for it: what it reads of the environment, it reads when it starts
            return run_letters([*map(str, arguments)], folder, environment)
        return subprocess.run(
            [sys.executable, "-m", "letters", *map(str, arguments)],
            cwd=folder,
            env=environment | more.pop("env", {}),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
            **more,
        )

    return run


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A library of one's own, to be edited."""
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "letters", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)
