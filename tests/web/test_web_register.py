"""The register, the review by a colleague, and a request dropped on the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from helpers.documents import docx, paragraph
from helpers.registers import new_register, place_at, wanted
from helpers.web import Answer, Client, served
from helpers.web_forms import FormPage

from letters.assembly.assembler import Assembler
from letters.library.library import Library
from letters.matters.location import open_at
from letters.matters.register import Register, WrittenLetter

MAIL = (
    b"From: Jordan Sample <jordan.sample@agency.example>\r\nTo: legal@dws.example\r\nSubject: Log-in\r\n"
    b"Date: Thu, 01 Aug 2019 10:00:00 -0600\r\nMessage-ID: <1@agency.example>\r\n\r\nPlease give us a log-in.\r\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the register is, and the letters."""
    new_register(tmp_path, y2019=142).close()
    monkeypatch.setenv("LETTERS_REGISTER", str(tmp_path / "register.db"))
    monkeypatch.setenv("LOGNAME", "writer")
    return tmp_path


@pytest.fixture
def client(library: Library, assembler: Assembler, folder: Path) -> Iterator[Client]:
    with served(library, folder=folder, assembler=assembler) as client:
        yield client


def enter(register: Register, folder: Path, name: str, words: str) -> int:
    """A denial that waits for a colleague; returns its id."""
    file = folder / name
    file.write_bytes(docx(paragraph(words)))
    [found] = register.reserve([wanted("one", content=name)])
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    register.issue([WrittenLetter(found.entry, "review", {str(file): digest})])
    return found.entry


def upload(client: Client, name: str, data: bytes) -> Answer:
    token = client.server.guard.form_token.encode()
    parts = (b'name="token"\r\n\r\n' + token, f'name="request"; filename="{name}"\r\n\r\n'.encode() + data)
    body = b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--x--\r\n"
    target = f"{client.server.guard.root}request"
    answer = client.send("POST", target, body, Content_Type="multipart/form-data; boundary=x")
    return client.send("GET", answer.headers["Location"]) if answer.status == 303 else answer


def test_a_colleague_returns_a_letter_sees_what_changed_and_approves_it(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_at(place_at(folder))) as register:
        id_ = enter(register, folder, "first.docx", "We deny the request for a log-in.")
        assert "OGC-2019-0142" in client.get("review").words
        assert "Written by writer" in client.get("review").words
        monkeypatch.setenv("LOGNAME", "robin")
        assert "Say what must change" in client.post(f"review/{id_}", {"do": "return"}).words
        returned = client.post(f"review/{id_}", {"do": "return", "comment": "Cite the rule."})
        assert "returned" in returned.words
        assert "Cite the rule." in returned.words
        monkeypatch.setenv("LOGNAME", "writer")
        enter(register, folder, "second.docx", "We deny the request for a log-in under the rule.")
        page = client.get(f"review/{id_}")
        inserted = FormPage(page).root.xpath("//ins")
        assert "under the rule" in " ".join(each.text_content() for each in inserted)
        redline = client.get(f"register/{id_}/redline.docx")
        assert redline.body.startswith(b"PK")
        monkeypatch.setenv("LOGNAME", "robin")
        assert "issued" in client.post(f"review/{id_}", {"do": "approve"}).words
        again = client.post(f"review/{id_}", {"do": "approve"})
        assert "does not wait for a colleague" in again.words
        assert register.find("OGC-2019-0142").state == "issued"


def test_who_wrote_a_letter_is_offered_no_decision(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "robin")
    with closing(open_at(place_at(folder))) as register:
        id_ = enter(register, folder, "first.docx", "We deny the request.")
    page = client.get(f"review/{id_}")
    assert "You wrote this letter" in page.words
    assert "Approve" not in page.words
    assert "was written by you" in client.post(f"review/{id_}", {"do": "approve"}).words


def test_the_register_is_searched_without_words_in_addresses(client: Client, folder: Path) -> None:
    with closing(open_at(place_at(folder))) as register:
        id_ = enter(register, folder, "first.docx", "We deny the request.")
        register.reserve([wanted("two", agency="Another Agency")])
    assert "Immigration and Customs" in client.get("register").words
    found = client.post("register", {"words": "another"})
    assert "Another Agency" in found.words
    assert "Immigration" not in found.words
    entry = client.get(f"register/{id_}")
    assert "What happened:" in entry.words
    assert client.get(f"register/{id_}/files/0").body.startswith(b"PK")
    for path in ("register/99", "register/x", f"register/{id_}/files/9", f"register/{id_}/files/../0", "review/99"):
        assert client.get(path).status == 404, path


def test_a_request_that_is_dropped_on_the_page_is_filed_and_offered_with_the_questions(
    client: Client, folder: Path
) -> None:
    page = upload(client, "../../request.eml", MAIL)
    assert "The request is in the register as R-1" in page.words
    assert "Please give us a log-in." in page.words
    assert [path.name for path in (folder / "out").iterdir()] == ["request-request.eml"]
    with closing(open_at(place_at(folder))) as register:
        (entry,) = register.entries("way=?", "in")
        assert entry.day == date(2019, 8, 1)
    again = upload(
        client, "request.eml", MAIL.replace(b"Subject: Log-in", b"Subject: Log-in\r\nAuto-Submitted: auto-replied")
    )
    assert "was sent by a program" in again.words
    assert "Choose a file first" in upload(client, "", b"").words
    assert "There is a problem" in upload(client, "x.pdf", b"%PDF-1.7 broken").words
    assert len(list((folder / "out").iterdir())) == 1


def test_without_a_register_the_pages_say_how_to_begin_one(
    library: Library, assembler: Assembler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETTERS_REGISTER", "none")
    with served(library, folder=tmp_path, assembler=assembler) as client:
        for place in ("register", "review"):
            monkeypatch.setenv("LETTERS_REGISTER", "none")
            assert "LETTERS_REGISTER is “none”, so there is no register. Unset it" in client.get(place).words
            monkeypatch.delenv("LETTERS_REGISTER", raising=False)
            assert "comes with Letters keeps no register. Make a library" in client.get(place).words
