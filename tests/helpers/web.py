"""A browser without pages: sends requests to a running server as a browser does, and gives back what it answers."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from helpers.drafts import TODAY
from letters.assembly.assembler import Assembler
from letters.library.library import Library
from letters.web.application import WebApplication
from letters.web.open_interviews import WebSettings
from letters.web.server import LocalServer

Fields = dict[str, object] | Sequence[tuple[str, str]]


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def words(self) -> str:
        """What a page says, without markup."""
        page = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.text, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@dataclass
class Client:
    """Sends what a browser would send; keeps its cookie."""

    server: LocalServer
    cookie: str = ""
    host: str = field(init=False)

    def __post_init__(self) -> None:
        self.host = f"127.0.0.1:{self.server.server_port}"

    def enter(self) -> Answer:
        """Open the first address."""
        answer = self.send("GET", urlsplit(self.server.guard.first_address).path)
        self.cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", self.server.guard.root + path, **headers)

    def post(self, path: str, fields: Fields = (), **headers: str) -> Answer:
        """Post a form of ours, and follow it to the page it leads to."""
        pairs = [*(fields.items() if isinstance(fields, dict) else fields)]
        body = urlencode([("token", self.server.guard.form_token), *pairs], doseq=True).encode()
        answer = self.send("POST", self.server.guard.root + path, body, **headers)
        while answer.status == 303:
            answer = self.send("GET", answer.headers["Location"])
        return answer

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request; ``headers`` replace those of a browser, with _ for -, and empty ones are left out."""
        sent = {"Host": self.host, "Cookie": self.cookie}
        if method == "POST":
            sent |= {"Origin": f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=60)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            if body is not None and "Content-Length" not in sent:
                sent["Content-Length"] = str(len(body))
            for name, value in sent.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.read(), dict(response.getheaders()))
        finally:
            connection.close()


def settings(library: Library, folder: Path, assembler: Assembler | None) -> WebSettings:
    """Of a user who works in this folder, on September 2, 2019."""
    return WebSettings(
        library,
        lambda zone: datetime.combine(TODAY, time(9), ZoneInfo(zone)),
        folder / "state" / "letters" / "drafts",
        folder / "out",
        "robin",
        assembler=assembler,
    )


@contextmanager
def served(
    library: Library,
    start: str = "",
    *,
    folder: Path = Path("nowhere"),
    assembler: Assembler | None = None,
    come_in: bool = True,
) -> Iterator[Client]:
    """The pages of a library, and a client that has come in, unless a real browser is to."""
    with LocalServer(lambda guard: WebApplication(settings(library, folder, assembler), guard), start) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            client = Client(server)
            if come_in:
                client.enter()
            yield client
        finally:
            server.shutdown()
            thread.join()
