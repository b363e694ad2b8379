"""Measures a batch that is written to S3: how many requests it takes, and what their latency costs.

    python benchmarks/bucket.py       prints the table
    --letters N   letters to write (default 2000)   --delay MS   put in before every answer (default 30)
    --workers N   processes (default 2)             --write      write into RESULTS.md

The server is moto's, on this machine, in a process of its own; it counts what it is asked. Beside the batch, the same
files are stored the simple way: look whether there is one of that name, then write it, one file after another.
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from results import write_section
from work import KIND, ROOT, prepare, prepare_rows

_BUCKET = "letters"
_HEAD = (
    "| delay | PUT a letter | objects of the journal | other requests | times as long as into a folder "
    "| requests a letter, the simple way | times as long, the simple way |\n| --- | --- | --- | --- | --- | --- | --- |"
)
_KINDS = {
    "PUT of a letter": re.compile(r"PUT /letters/[^?]*\.docx"),
    "its journal": re.compile(r"PUT /letters/.*\.journal/"),
    "everything else": re.compile(""),
}


def serve(port: int, delay: float, log: Path) -> None:
    """Answer as S3 does, after a delay in seconds; every request is a line of the log."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, run_simple

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_: object) -> None:
            pass

    whole, lines = DomainDispatcherApplication(create_backend_app), log.open("a", buffering=1)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        lines.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}\n")
        time.sleep(delay)
        return whole(environ, start)

    run_simple("127.0.0.1", port, answer, threaded=True, request_handler=Quiet)


def started(delay: float, folder: Path) -> tuple[subprocess.Popen[bytes], str, Path]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    log = folder / f"requests-{delay}.log"
    command = [sys.executable, __file__, "--serve", str(port), "--delay", str(1000 * delay), "--log", str(log)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        with suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(f"{address}/{_BUCKET}", method="PUT"), timeout=5).close()
            return server, address, log
        time.sleep(0.1)
    raise SystemExit("the server does not start")


def batch(folder: Path, rows: Path, out: str, workers: int) -> float:
    """Seconds from the start of `letters batch` to its end."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "letters", "batch", str(rows), "--kind", KIND, "--out", out, "--drafts"]
    more = ["--library", str(folder / "library"), "--format", "docx", "--workers", str(workers)]
    subprocess.run([*command, *more], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - begun


def simply(files: list[Path], address: str) -> float:
    """Seconds to store the files one after another, each after a look."""
    import s3fs

    system = s3fs.S3FileSystem(endpoint_url=address, skip_instance_cache=True)
    begun = time.perf_counter()
    for file in files:
        path = f"{_BUCKET}/simply/{file.name}"
        system.invalidate_cache()
        if not system.exists(path):
            system.pipe_file(path, file.read_bytes())
    return time.perf_counter() - begun


def counted(lines: Iterable[str]) -> dict[str, int]:
    found: collections.Counter[str] = collections.Counter()
    for line in lines:
        found[next(name for name, pattern in _KINDS.items() if pattern.search(line))] += 1
    return dict(found)


def measure(options: argparse.Namespace, folder: Path) -> str:
    prepare(folder)
    rows = prepare_rows(folder, options.letters)
    local = batch(folder, rows, str(folder / "local"), options.workers)
    files = sorted((folder / "local").glob("*.docx"))
    few = files[: max(len(files) // 20, 1)]
    os.environ.update(AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any", AWS_DEFAULT_REGION="us-east-1")
    lines = []
    for delay in (0.0, options.delay / 1000):
        server, address, log = started(delay, folder)
        try:
            os.environ["AWS_ENDPOINT_URL"] = address
            before = len(log.read_text().splitlines())
            remote = batch(folder, rows, f"s3://{_BUCKET}/out", options.workers)
            asked = log.read_text().splitlines()[before:]
            slow = simply(few, address) * len(files) / len(few)
            theirs = (len(log.read_text().splitlines()) - before - len(asked)) / len(few)
        finally:
            server.kill()
            server.wait()
        kinds = counted(asked)
        puts, journal, rest = (kinds.get(name, 0) for name in _KINDS)
        lines.append(
            f"| {1000 * delay:.0f} ms | {puts / len(files):.2f} | {journal} | {rest} | {remote / local:.1f} "
            f"| {theirs:.1f} | {slow / remote:.1f} |"
        )
    return f"""## Remote storage

Measured by `benchmarks/bucket.py`: {options.letters:,} Word letters, {options.workers} workers, moto's S3 on the same
machine with a delay put in before every answer. The simple way looks whether a file of that name is there and then
writes it, one file after another.

{_HEAD}
{chr(10).join(lines)}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--delay", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.delay / 1000, options.log)
        return
    with tempfile.TemporaryDirectory() as folder:
        text = measure(options, Path(folder))
    print(text)
    if options.write:
        write_section("bucket", text)


if __name__ == "__main__":
    main()
