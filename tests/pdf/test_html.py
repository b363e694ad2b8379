"""The way by HTML fetches nothing, whatever a page refers to."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from helpers.documents import PIXEL

from letters.pdf.html.base import page_with
from letters.pdf.html.weasyprint import engine, listening
from letters.pdf.size_limits import CannotConvert

ADDRESSES = ["{secret}", "http://127.0.0.1:9/x.png", "ftp://evil.example/x", "data:image/svg+xml;base64,PHN2Zy8+"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("body", "styles"),
    [
        ("", "body { background: url({}) }"),
        ("", "@font-face { font-family: x; src: url({}) } body { font-family: x }"),
        ("", "p::before { content: url({}) }"),
        ("", '</style><link rel="stylesheet" href="{}"><style>'),
        ("", '</style><link rel="attachment" href="{}"><style>'),
        ("", "</style><style>@import '{}';"),
        ('<a rel="attachment" href="{}">', ""),
        ('<img src="{}" alt="">', ""),
        ('<object data="{}"></object>', ""),
        ('<embed src="{}">', ""),
    ],
)
def test_a_page_cannot_fetch(tmp_path: Path, body: str, styles: str, address: str) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PIXEL)
    address = address.replace("{secret}", secret.as_uri())
    html = page_with(
        f"<p>Dear Sir</p>{body.replace('{}', address)}", styles.replace("{}", address), title="", language="en-US",
        dated=date(2019, 8, 19),
    )  # fmt: skip
    assert re.search("refers to something outside the letter|Failed to load", said_of(html))


def said_of(html: str) -> str:
    """What keeps a page from being written, or what WeasyPrint warns about."""
    with listening() as warnings:
        try:
            engine().print(html, {}, lambda *_: b"", 2)
        except CannotConvert as error:
            return str(error)
    return " ".join(warnings)
