"""Batches on more than one machine: a real Dask scheduler and workers on the loopback address, and S3 storage."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.batches import begin, files_in, journal, rows, save, wait_for

from letters.batches.api import batch
from letters.errors import CannotWrite

pytest.importorskip("distributed")
pytest.importorskip("s3fs")
pytest.importorskip("moto.server")

MANY = 30


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def expected(vetted: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("expected")
    table = save(folder / "rows.csv", rows(MANY))
    for _ in batch(table, kind="denial", library=vetted, formats=["docx"], out=folder / "out", workers=0):
        pass
    return table, files_in(folder / "out")


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which s3:// addresses lead to a test server."""
    port = free_port()
    server = start("moto.server", "-p", str(port), cwd=tmp_path_factory.mktemp("s3"))
    address = f"http://127.0.0.1:{port}"
    secret = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    try:
        until = time.monotonic() + 30
        while True:
            try:
                request = urllib.request.Request(f"{address}/letters", method="PUT")
                urllib.request.urlopen(request, timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < until
                time.sleep(0.05)
        yield {**secret, "AWS_ENDPOINT_URL": address}
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def cluster(storage: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers: its address, and the workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", cwd=tmp_path
    )
    plain = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--local-directory", str(tmp_path / "scratch"))
    workers = [start("distributed.cli.dask_worker", address, *plain, cwd=tmp_path, **storage) for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def objects(storage: dict[str, str], folder: str) -> dict[str, str]:
    """Every object below a folder of the storage, with the digest of its bytes; the journal's are left out."""
    import s3fs

    system: Any = s3fs.S3FileSystem(
        key="any", secret="any", endpoint_url=storage["AWS_ENDPOINT_URL"], skip_instance_cache=True
    )
    system.invalidate_cache()
    found = system.find(folder) if system.exists(folder) else []
    return {
        name.removeprefix(f"{folder}/"): hashlib.sha256(system.cat_file(name)).hexdigest()
        for name in found
        if ".letters-batch" not in name
    }


def how_many(storage: dict[str, str], folder: str) -> int:
    """How many letters there are below a folder of the storage."""
    address = f"{storage['AWS_ENDPOINT_URL']}/letters?list-type=2&prefix={folder}/"
    with urllib.request.urlopen(address, timeout=5) as answer:
        return int(answer.read().count(b".docx</Key>"))


def arguments_for(table: Path, out: object, library: Path, *more: object) -> list[object]:
    return [table, "--out", out, "--kind", "denial", "--format", "docx", "--library", library, *more]


def test_a_cluster_worker_killed_during_a_run_loses_no_letter_and_none_is_written_twice(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    storage: dict[str, str],
    expected: tuple[Path, dict[str, str]],
    vetted: Path,
    tmp_path: Path,
) -> None:
    address, workers = cluster
    table, whole = expected
    process = begin(
        *arguments_for(table, "s3://letters/cluster", vetted, "--cluster", address), cwd=tmp_path, **storage
    )
    wait_for(lambda: how_many(storage, "cluster") > 5, process)
    workers[0].send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert objects(storage, "letters/cluster") == whole


def test_a_batch_in_remote_storage_resumes_and_never_overwrites(
    storage: dict[str, str],
    expected: tuple[Path, dict[str, str]],
    vetted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, whole = expected
    process = begin(*arguments_for(table, "s3://letters/resumed", vetted), cwd=tmp_path, **storage)
    wait_for(lambda: how_many(storage, "resumed") > 5, process)
    process.kill()
    process.communicate(timeout=30)
    assert objects(storage, "letters/resumed").items() <= whole.items()
    for name, value in storage.items():
        monkeypatch.setenv(name, value)
    same: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0}
    again = list(batch(table, out="s3://letters/resumed", resume=True, **same))
    assert 0 < len(again) < MANY
    assert objects(storage, "letters/resumed") == whole
    with pytest.raises(CannotWrite, match="already exists"):
        list(batch(table, out="s3://letters/resumed", **same))


def test_a_local_cluster_writes_the_same_letters_as_one_process(
    expected: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path
) -> None:
    table, whole = expected
    local = ("--cluster", "local", "--workers", 2)
    process = begin(*arguments_for(table, tmp_path / "out", vetted, *local), cwd=tmp_path)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert files_in(tmp_path / "out") == whole
    assert len({json.loads(line)["row"] for line in journal(tmp_path / "out")}) == MANY


def test_a_cluster_that_does_not_answer_is_reported(vetted: Path, tmp_path: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(CannotWrite, match="The cluster does not answer"):
        list(batch(rows(1), kind="denial", library=vetted, out=tmp_path / "out", cluster=address, connect_seconds=1))
