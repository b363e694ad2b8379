"""`letters preview`: the sample letter as PDF, and as a page in a real browser that follows every save."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.edits import edit, replace

from letters.assembly.assembler import Assembler
from letters.authoring.preview.sample_letter import PreviewedLetter, Variant
from letters.authoring.preview.server import Server
from letters.authoring.preview.watch import Watch
from letters.library.library import Library
from letters.pdf.pdf_file import pdf_words

KIND = "contact-notice"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    root = tmp_path / "own"
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".vetted", "vetted.toml"))
    (root / "letters.toml").touch()
    sample = (root / "templates" / KIND / "sample.toml").read_text(encoding="utf-8")
    (root / "templates" / KIND / "sample-short.toml").write_text(
        "\n".join(line for line in sample.splitlines() if not line.startswith("reference")), encoding="utf-8"
    )
    return root


@pytest.fixture
def served(own: Path) -> Iterator[Server]:
    watch = Watch(own, KIND)
    with Server(watch) as server:
        watch.start()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
        watch.stop()


def ask(server: Server, path: str, *, body: Any = None, secret: str | None = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    target = f"/{server.secret if secret is None else secret}/{path}"
    kind = {"Content-Type": "application/json"} if body is not None else {}
    data = None if body is None else json.dumps(body)
    connection.request("GET" if body is None else "POST", target, data, {**kind, **headers})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_a_browser_that_goes_away_leaves_no_word_in_the_terminal(
    served: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", served.server_port), timeout=10) as browser:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset
            browser.sendall(f"GET /{served.secret}/page.js HTTP/1.1\r\nHost: ".encode())
    assert ask(served, "page.js")[0] == 200
    assert "Exception" not in capfd.readouterr().err


def state(server: Server, until: Any) -> dict[str, Any]:
    """The first state that is as wanted."""
    after = 0
    for _ in range(60):
        status, data = ask(server, f"state?after={after}")
        assert status == 200
        found: dict[str, Any] = json.loads(data)
        if found.get("paragraphs") is not None and until(found):
            return found
        after = found["version"]
    raise AssertionError(found)


# --- once ---


def test_the_sample_letter_is_written_as_pdf(own: Path, letters: Any, tmp_path: Path) -> None:
    done = letters("preview", KIND, "--no-open", "-o", tmp_path / "a.pdf", "--library", own)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "a.pdf")
    assert "Fromnowon" in "".join(pdf_words((tmp_path / "a.pdf").read_bytes()).body.split())
    assert "is not vetted" in done.stderr
    wrong = letters("preview", KIND, "--sample", "other.toml", "--no-open", "--library", own)
    assert wrong.returncode == 2
    assert "sample.toml, sample-short.toml" in wrong.stderr


# --- what is shown ---


def test_each_paragraph_says_where_it_comes_from_and_why(own: Path) -> None:
    at = Assembler(Library(own))
    look = PreviewedLetter(at, KIND, Variant("sample.toml"))
    look.find_sources(at.anatomy(KIND))
    by_place = {each["place"]: each for each in look.paragraphs}
    reference = by_place["templates/shared/address.docx, paragraph 8"]
    assert reference["template"] == "Our reference:\t{{ reference }}".replace("\t", " ")
    assert reference["names"] == ["reference"]
    assert reference["conditions"] == ["reference"]
    assert reference["words"].startswith("Our reference: OGC-2019-")
    assert any(each["place"].startswith("templates/contact-notice/letter.docx, body") for each in look.paragraphs)
    assert {each.says: each.holds for each in look.conditions}["reference"] is True


def test_a_save_is_seen_and_the_last_letter_stays_while_something_is_wrong(served: Server, own: Path) -> None:
    first = state(served, lambda found: found["paragraphs"])
    template = own / "templates" / KIND / "letter.docx"
    edit(template, "word/document.xml", "From now on", "As of today")
    second = state(served, lambda found: any("As of today" in each["words"] for each in found["paragraphs"]))
    assert second["pdf"] > first["pdf"]
    edit(template, "word/document.xml", "As of today", "As of {{ tody }}")
    broken = state(served, lambda found: found["problems"])
    assert "tody" in broken["problems"][0]
    assert "templates/contact-notice/letter.docx" in broken["problems"][0]
    assert broken["pdf"] == second["pdf"]
    assert ask(served, "letter.pdf")[1].startswith(b"%PDF")
    found = state(served, lambda found: found["findings"])["findings"]
    assert any("tody" in each["message"] and each["file"].endswith("letter.docx") for each in found)


def test_samples_are_switched_and_conditions_turned(served: Server) -> None:
    shown = state(served, lambda found: found["conditions"])
    assert shown["samples"] == ["sample.toml", "sample-short.toml"]
    number = next(each["number"] for each in shown["conditions"] if each["says"] == "reference")
    assert ask(served, "flip", body={"condition": number})[0] == 200
    turned = state(served, lambda found: found["changes"] and not found["conditions"][number]["holds"])
    assert [each["field"] for each in turned["changes"]] == ["reference"]
    assert not any("Our reference" in each["words"] for each in turned["paragraphs"])
    ask(served, "reset", body={})
    state(served, lambda found: not found["changes"] and found["conditions"][number]["holds"])
    ask(served, "sample", body={"sample": "sample-short.toml"})
    other = state(
        served, lambda found: found["sample"] == "sample-short.toml" and found["conditions"][number]["holds"] is False
    )
    assert not other["changes"]


def test_a_change_to_a_question_file_is_seen_too(served: Server, own: Path) -> None:
    state(served, lambda found: found["paragraphs"])
    replace(own / "templates" / "office.toml", "Morgan Example", "Dana Exemplar")
    state(served, lambda found: any("Dana Exemplar" in each["words"] for each in found["paragraphs"]))


# --- to this machine alone ---


def test_it_listens_on_this_machine_alone_and_answers_nobody_without_the_secret(served: Server) -> None:
    assert served.server_address[0] == "127.0.0.1"
    assert len(served.secret) >= 32
    assert ask(served, "")[0] == 200
    for path in ("", "state", "letter.pdf", "page.js"):
        assert ask(served, path, secret="")[0] == 404
        assert ask(served, path, secret="x" * 32)[0] == 404
    for path in ("..", "../server.py", "%2e%2e/server.py", "templates/office.toml", "page.py", "state/x"):
        assert ask(served, path)[0] == 404, path


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "0.0.0.0", ""])
def test_another_host_name_that_leads_here_is_refused(served: Server, host: str) -> None:
    assert ask(served, "", Host=host)[0] == 403
    assert ask(served, "reset", body={}, Host=host)[0] == 403


def test_another_page_cannot_give_orders(served: Server) -> None:
    assert ask(served, "reset", body={}, Origin="https://evil.example")[0] == 403
    assert ask(served, "reset", body={}, **{"Content-Type": "text/plain"})[0] == 403
    assert ask(served, "reset", body={"x" * 20_000: 1})[0] == 413
    for path, body in (("flip", {"condition": -1}), ("flip", {"condition": "1"}), ("sample", []), ("other", {})):
        assert ask(served, path, body=body)[0] == 400, path


def test_the_page_may_load_nothing_from_elsewhere(served: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.server_port, timeout=60)
    connection.request("GET", f"/{served.secret}/")
    headers = dict(connection.getresponse().getheaders())
    connection.close()
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    for file in ("page.html", "page.js", "page.css"):
        assert "://" not in (ROOT / "letters" / "authoring" / "preview" / file).read_text(encoding="utf-8")


# --- in a real browser ---


class Browser:
    """Chromium without a window, told what to do through a pipe (the DevTools protocol)."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM
        (commands, self._out), (self._in, answers) = os.pipe(), os.pipe()
        script = f'exec 3<&{commands} 4>&{answers}; exec "$@"'
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        options = ["--remote-debugging-pipe", f"--user-data-dir={profile}", "--window-size=1400,1000"]
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", CHROMIUM, *flags, *options],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        self._buffer, self._number, self._session = b"", 0, ""

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._buffer:
                self._buffer += os.read(self._in, 65_536)
            answer, self._buffer = self._buffer.split(b"\0", 1)
            found = json.loads(answer)
            if found.get("id") == self._number:
                return dict(found["result"])

    def open(self, url: str) -> None:
        target = self.tell("Target.createTarget", url=url)["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def run(self, script: str) -> Any:
        return self.tell("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def until(self, script: str) -> Any:
        for _ in range(1_500):
            if found := self.run(script):
                return found
            time.sleep(0.02)
        raise AssertionError(script)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium")
def test_in_a_browser_the_page_follows_a_save_and_turns_a_condition(served: Server, own: Path, tmp_path: Path) -> None:
    template = own / "templates" / KIND / "letter.docx"
    browser = Browser(tmp_path / "profile")
    turn = (
        "[...document.querySelectorAll('#conditions li')]"
        ".find((each) => each.querySelector('code').textContent === 'reference').querySelector('button')"
    )
    try:
        browser.open(served.url)
        browser.until("document.querySelectorAll('#paragraphs li').length > 10")
        browser.until("document.querySelectorAll('#letter iframe').length === 1")
        assert "/letter.pdf?v=1#" in browser.run("document.querySelector('#letter iframe').src")
        edit(template, "word/document.xml", "From now on", "As of &lt;b>today")
        browser.until("document.querySelector('#paragraphs').textContent.includes('As of <b>today')")
        assert browser.run("document.querySelectorAll('#paragraphs b').length") == 0  # words are words, never markup
        browser.until("document.querySelector('#letter iframe').src.includes('v=2')")
        assert browser.run(f"{turn}.textContent") == "yes"
        browser.run("document.querySelector('[data-tab=conditions]').click()")
        browser.run(f"{turn}.click()")
        browser.until(f"{turn}.textContent === 'no'")
        assert "Our reference" in browser.run("document.querySelector('#changes').textContent")
        browser.run("document.querySelector('#reset').click()")
        browser.until(f"{turn}.textContent === 'yes'")
        browser.run("document.querySelector('#sample').value = 'sample-short.toml'")
        browser.run("document.querySelector('#sample').dispatchEvent(new Event('change'))")
        browser.until(f"{turn}.textContent === 'no'")
        edit(template, "word/document.xml", "As of ", "As of {{ tody }} ")
        assert "tody" in browser.until("document.querySelector('#problems').textContent")
        assert browser.run("document.querySelectorAll('#letter iframe').length") >= 1
    finally:
        browser.close()
