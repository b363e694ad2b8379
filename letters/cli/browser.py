"""Opening pages in the browser, and serving them until Ctrl-C."""

from __future__ import annotations

import sys

from letters.library.library import Library
from letters.web.application import WebApplication
from letters.web.server import LocalServer


def open_in_browser(address: str) -> None:
    """Open an address in the user's browser, if there is one."""
    import webbrowser

    webbrowser.open(address)


def serve(library: Library, start: str, words: str, *, opened: bool) -> int:
    """Serve the pages of a library until Ctrl-C; returns the exit code.

    Args:
        start: the page to open.
        words: what to say about it.
        opened: whether to open the browser; the address is printed in any case.
    """
    with LocalServer(lambda guard: WebApplication(library, guard), start) as server:
        address = server.guard.first_address
        print(address, flush=True)
        print(
            f"{words} The address works once, on this computer only. Press Ctrl-C to stop.", file=sys.stderr, flush=True
        )
        if opened:
            open_in_browser(address)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print("\nStopped.", file=sys.stderr)
    return 0
