"""Batches on more than one machine: a real Dask scheduler and workers on the loopback address, and S3 storage."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.batches import begin, files_in, journal, rows, save, wait_for

from letters.batches.api import batch
from letters.batches.remote_storage import RemoteStorage
from letters.errors import CannotWrite, Usage

for needed in ("distributed", "s3fs", "moto"):  # looked for, not imported: most processes that collect run none of this
    if find_spec(needed) is None:
        pytest.skip(f"needs {needed}", allow_module_level=True)

MANY = 30
SERVER = """
import sys
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
whole = DomainDispatcherApplication(create_backend_app)

def answer(environ, start):
    if environ["PATH_INFO"].startswith("/careless/"):  # as servers do that do not know the condition
        environ.pop("HTTP_IF_NONE_MATCH", None)
    return whole(environ, start)

run_simple("127.0.0.1", int(sys.argv[1]), answer, threaded=True)
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
    """A process of Python, what it says in the file ``said``."""
    with (cwd / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=said,
            stdin=subprocess.DEVNULL,
        )


@dataclass
class TestStorage:
    """A server of S3.

    Args:
        environment: in which s3:// addresses lead to it.
        log: what it has answered, a line for each request.
    """

    __test__ = False  # for pytest
    environment: dict[str, str]
    log: Path

    def asked(self, folder: str) -> list[str]:
        """The requests about objects below a folder: method and path, and what the answer was."""
        plain = re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text())
        return [" ".join(each) for each in re.findall(rf'"(\w+ /letters/{folder}/\S+) HTTP/1.1" (\d+)', plain)]

    def written(self, folder: str) -> list[str]:
        """The letters that were written there, in order."""
        return [each for each in self.asked(folder) if each.startswith("PUT") and each.endswith(".docx 200")]


@pytest.fixture(scope="module")
def expected(vetted: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("expected")
    table = save(folder / "rows.csv", rows(MANY))
    for _ in batch(table, kind="denial", library=vetted, formats=["docx"], out=folder / "out", workers=0):
        pass
    return table, files_in(folder / "out")


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStorage]:
    port, folder = free_port(), tmp_path_factory.mktemp("s3")
    server = start("-c", SERVER, str(port), cwd=folder)
    address = f"http://127.0.0.1:{port}"
    secret = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    try:
        until = time.monotonic() + 30
        while True:
            try:
                for bucket in ("letters", "careless"):
                    request = urllib.request.Request(f"{address}/{bucket}", method="PUT")
                    urllib.request.urlopen(request, timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < until
                time.sleep(0.05)
        yield TestStorage({**secret, "AWS_ENDPOINT_URL": address}, folder / "said")
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def cluster(storage: TestStorage, tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers: its address, and the workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    options = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    scheduler = start("-m", "distributed.cli.dask_scheduler", *options, cwd=tmp_path)
    plain = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--local-directory", str(tmp_path / "scratch"))
    worker = ("-m", "distributed.cli.dask_worker", address, *plain)
    workers = [start(*worker, cwd=tmp_path, **storage.environment) for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def objects(storage: TestStorage, folder: str) -> dict[str, str]:
    """Every object below a folder of the storage, with the digest of its bytes; the journal's are left out."""
    import s3fs

    system: Any = s3fs.S3FileSystem(
        key="any", secret="any", endpoint_url=storage.environment["AWS_ENDPOINT_URL"], skip_instance_cache=True
    )
    system.invalidate_cache()
    found = system.find(folder) if system.exists(folder) else []
    return {
        name.removeprefix(f"{folder}/"): hashlib.sha256(system.cat_file(name)).hexdigest()
        for name in found
        if ".letters-batch" not in name
    }


def arguments_for(table: Path, out: object, library: Path, *more: object) -> list[object]:
    return [table, "--out", out, "--kind", "denial", "--format", "docx", "--library", library, *more]


def test_a_cluster_worker_killed_during_a_run_loses_no_letter_and_none_is_written_twice(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    storage: TestStorage,
    expected: tuple[Path, dict[str, str]],
    vetted: Path,
    tmp_path: Path,
) -> None:
    address, workers = cluster
    table, whole = expected
    arguments = arguments_for(table, "s3://letters/cluster", vetted, "--cluster", address)
    process = begin(*arguments, cwd=tmp_path, **storage.environment)
    wait_for(lambda: len(storage.written("cluster")) > 5, process)
    workers[0].send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    asked = storage.asked("cluster")
    assert objects(storage, "letters/cluster") == whole
    assert len(storage.written("cluster")) == MANY
    letters = [each for each in asked if ".letters-batch" not in each]
    refused = {each.split()[1] for each in letters if each.endswith(" 412")}
    assert {each.split()[1] for each in letters if not each.startswith("PUT")} == refused, (
        "a letter is one request, unless the lost worker had written it: that is read, and is the same"
    )
    assert len([each for each in asked if each.startswith("PUT") and ".journal/" in each]) < MANY / 3


def test_a_batch_in_remote_storage_resumes_and_never_overwrites(
    storage: TestStorage,
    expected: tuple[Path, dict[str, str]],
    vetted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, whole = expected
    arguments = arguments_for(table, "s3://letters/resumed", vetted, "--workers", 1)
    process = begin(*arguments, cwd=tmp_path, **storage.environment)
    wait_for(lambda: len(storage.written("resumed")) > 5, process)
    process.kill()
    process.communicate(timeout=30)
    assert objects(storage, "letters/resumed").items() <= whole.items()
    for name, value in storage.environment.items():
        monkeypatch.setenv(name, value)
    same: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0}
    again = list(batch(table, out="s3://letters/resumed", resume=True, **same))
    assert 0 < len(again) < MANY
    assert objects(storage, "letters/resumed") == whole
    assert len(storage.written("resumed")) == MANY  # each once, in both runs together
    with pytest.raises(CannotWrite, match="There is a file of this name already"):
        list(batch(table, out="s3://letters/resumed", **same))


def test_a_local_cluster_writes_the_same_letters_as_one_process(
    expected: tuple[Path, dict[str, str]], vetted: Path, tmp_path: Path
) -> None:
    table, whole = expected
    local = ("--cluster", "local", "--workers", 1)
    process = begin(*arguments_for(table, tmp_path / "out", vetted, *local), cwd=tmp_path)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert files_in(tmp_path / "out") == whole
    assert len({json.loads(line)["row"] for line in journal(tmp_path / "out")}) == MANY


@pytest.mark.parametrize("address", ["memory://kept", "s3://letters/kept", "s3://careless/kept"])
def test_a_file_in_remote_storage_is_replaced_only_when_asked(
    storage: TestStorage, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for name, value in storage.environment.items():
        monkeypatch.setenv(name, value)
    place = RemoteStorage(address)
    place.put({"a.docx": b"one"}, overwrite=False)()
    place.put({"a.docx": b"one"}, overwrite=False)()
    with pytest.raises(CannotWrite, match=f"{address}/a.docx: There is a file of this name already"):
        place.put({"b.docx": b"two", "a.docx": b"other"}, overwrite=False)()
    assert (place.state("a.docx", 3, ""), place.state("b.docx", 3, "")) == ("same", "missing")
    place = RemoteStorage(address)
    place.put({"a.docx": b"other"}, overwrite=True)()
    assert place.state("a.docx", 5, "") == "same"


def test_a_bucket_that_does_not_exist_is_not_made(
    storage: TestStorage, vetted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in storage.environment.items():
        monkeypatch.setenv(name, value)
    same: Any = {"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0}
    with pytest.raises(CannotWrite, match=r"cannot be written: The specified bucket does not exist.*Check the address"):
        list(batch(rows(1), out="s3://mistyped/letters", **same))
    with pytest.raises(Usage, match=r"is neither a folder nor an address. Write: s3://letters/a"):
        list(batch(rows(1), out="s3:/letters/a", **same))


def test_a_cluster_that_does_not_answer_is_reported(vetted: Path, tmp_path: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(CannotWrite, match="The cluster does not answer"):
        list(batch(rows(1), kind="denial", library=vetted, out=tmp_path / "out", cluster=address, connect_seconds=1))
