"""Attacks on the web pages: other sites, other programs on this computer, forged and oversized forms."""

from __future__ import annotations

import http.client
import socket
import struct
from collections.abc import Iterator

import pytest
from helpers.web import Client, served

from letters.library.library import Library

PAGE = "assets/preview.js"


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[Client]:
    with served(library) as client:
        yield client


def test_it_listens_on_this_computer_alone(client: Client) -> None:
    assert client.server.server_address[0] == "127.0.0.1"
    assert client.get(PAGE).status == 200


def test_the_first_address_works_once_and_is_exchanged_for_a_cookie(library: Library) -> None:
    with served(library, "preview/denial/", come_in=False) as browser:
        first = browser.server.guard.first_address
        entered = browser.enter()
        cookie = entered.headers["Set-Cookie"]
        assert entered.status == 200
        assert f"Path={browser.server.guard.root}" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert 'href="../preview/denial/"' in entered.text
        again = browser.send("GET", first.removeprefix(f"http://{browser.host}"))
        assert again.status == 403
        assert "has been used" in again.words


def test_without_the_path_or_the_cookie_nothing_is_given_away(client: Client) -> None:
    root = client.server.guard.root
    refused = [
        client.send("GET", "/"),
        client.send("GET", f"/{'x' * 32}/{PAGE}"),
        client.get(PAGE, Cookie=""),
        client.get(PAGE, Cookie="letters=guess"),
        client.get(PAGE, Cookie='letters="'),
        client.post("preview/denial/reset", Cookie=""),
    ]
    assert [each.status for each in refused] == [404, 404, 403, 403, 403, 403]
    for each in refused:
        assert root.strip("/") not in each.text
        assert client.server.guard.form_token not in each.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost", "0.0.0.0", "[::1]"])
def test_another_name_that_leads_here_is_refused(client: Client, host: str) -> None:
    assert client.get(PAGE, Host=host).status == 403
    assert client.post("preview/denial/reset", Host=host).status == 403
    assert client.get(PAGE, Host=f"{host}:{client.server.server_port}").status == (200 if host == "127.0.0.1" else 403)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_loads_is_refused(client: Client, site: str) -> None:
    assert client.get(PAGE, Sec_Fetch_Site=site).status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:1"])
def test_a_form_from_elsewhere_is_refused(client: Client, origin: str) -> None:
    assert client.post("preview/denial/reset", Origin=origin).status == 403


def test_a_form_needs_the_token_of_this_run_and_a_type_that_forms_have(client: Client) -> None:
    target = f"{client.server.guard.root}preview/denial/reset"
    token = f"token={client.server.guard.form_token}".encode()
    assert client.send("POST", target, b"").status == 403
    assert client.send("POST", target, b"token=guess").status == 403
    assert client.send("POST", target, token, Content_Type="application/json").status == 400
    assert client.send("POST", target, token, Content_Type="text/plain").status == 400
    assert client.send("POST", target, b"token=%ff").status == 400
    assert client.send("POST", target, token + b"&a=" * 5_000).status == 400
    assert client.send("POST", target, token, Transfer_Encoding="chunked", Content_Length="").status == 411


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_is_too_large_is_refused_in_words_and_not_kept(client: Client, media: str) -> None:
    target = f"{client.server.guard.root}preview/denial/reset"
    answer = client.send("POST", target, b"x" * 53_000_000, Content_Type=media)
    assert answer.status == 413
    assert "Nothing was stored" in answer.words
    assert client.send("POST", target, b"", Content_Length="9" * 30, Content_Type=media).status == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\n\r\nno name\r\n--x--", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"],
)
def test_parts_that_are_none_are_refused(client: Client, body: bytes) -> None:
    answer = client.send("POST", f"{client.server.guard.root}x", body, Content_Type="multipart/form-data; boundary=x")
    assert answer.status == 400


@pytest.mark.parametrize(
    "path",
    [
        *("../server.py", "%2e%2e/server.py", "assets/..%2f..%2fserver.py", "assets/../server.py", "assets/server.py"),
        *("assets/%00", "assets/..%5cserver.py", "%ff", "preview/../../x/", "templates/office.toml", "files/0"),
    ],
)
def test_no_path_leads_out_of_the_pages(client: Client, path: str) -> None:
    assert client.get(path).status == 404, path


def test_every_page_forbids_what_it_does_not_need(client: Client) -> None:
    for answer in (client.get(PAGE), client.get("no-such-page"), client.get(PAGE, Host="evil.example")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("line", [b"GET / HTTP/9.9", b"\x00\x01", b"DELETE / HTTP/1.1", b"GET " + b"x" * 70_000])
def test_what_is_no_request_ends_in_a_refusal(client: Client, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", client.server.server_port), timeout=10) as browser:
        browser.sendall(line + b"\r\nHost: x\r\n\r\n")
        answer = http.client.HTTPResponse(browser)
        answer.begin()
        assert answer.status >= 400


def test_a_browser_that_goes_away_leaves_no_word_in_the_terminal(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", client.server.server_port), timeout=10) as browser:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset
            browser.sendall(f"GET {client.server.guard.root}{PAGE} HTTP/1.1\r\nHost: ".encode())
    assert client.get(PAGE).status == 200
    assert capfd.readouterr().err == ""
