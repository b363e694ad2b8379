"""Opening pages in the browser, and serving them until Ctrl-C."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from letters._system.environment import user_name
from letters.assembly.assembler import Assembler
from letters.cli.common import drafts_folder, visible
from letters.library.library import Library
from letters.web.application import WebApplication
from letters.web.open_interviews import WebSettings
from letters.web.server import LocalServer


def open_in_browser(address: str) -> None:
    """Open an address in the user's browser, if there is one."""
    import webbrowser

    webbrowser.open(address)


def web_settings(
    library: Library,
    out: Path,
    formats: Sequence[str] = ("docx", "pdf"),
    *,
    per_matter: bool = False,
    language: str = "",
    assembler: Assembler | None = None,
) -> WebSettings:
    """What the pages need to know of this user and this machine."""
    return WebSettings(
        library,
        lambda zone: datetime.now(ZoneInfo(zone)),
        drafts_folder(),
        out.absolute(),
        user_name(),
        formats,
        per_matter,
        language,
        os.getpid(),
        assembler,
    )


def serve(
    settings: WebSettings,
    words: str,
    *,
    opened: bool,
    start: str = "",
    begin: Callable[[WebApplication], str] | None = None,
) -> int:
    """Serve the pages of a library until Ctrl-C; returns the exit code.

    Args:
        words: what to say about the page.
        opened: whether to open the browser; the address is printed in any case.
        start: the page to open.
        begin: called before anything is served; returns the page to open instead.
    """
    with LocalServer(lambda guard: WebApplication(settings, guard), start) as server:
        if begin:
            pages = server.pages
            assert isinstance(pages, WebApplication)
            server.start = server.run(lambda: begin(pages))
        address = server.guard.first_address
        print(address, flush=True)
        told = f"{words} The address works once, on this computer only. Press Ctrl-C to stop."
        print(visible(told), file=sys.stderr, flush=True)
        if opened:
            open_in_browser(address)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print("\nStopped. Every answer is saved.", file=sys.stderr)
    return 0
