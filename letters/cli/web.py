"""`letters web`: write letters in the browser; drafts, the register, review, and the preview of templates."""

from __future__ import annotations

import argparse
from pathlib import Path

from letters.cli.browser import serve, web_settings
from letters.cli.common import add_format, add_no_open, formats_of, library_of


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("--out", metavar="DIR", default=".", help="folder for letters (default: this folder)")
    parser.add_argument(
        "--matter-folder", action="store_true", help="put the files into a folder for the matter, inside that one"
    )
    add_format(parser)
    add_no_open(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    settings = web_settings(
        library_of(arguments),
        Path(arguments.out),
        formats_of(arguments.format),
        per_matter=arguments.matter_folder,
    )
    return serve(settings, "Letters are written in your browser.", opened=not arguments.no_open)
