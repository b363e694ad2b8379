"""`letters preview`: open the sample letter as PDF, once or again after every save."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from letters._system.output import file_names, write_all
from letters.assembly.assembler import Assembler
from letters.cli.browser import open_in_browser, serve, web_settings
from letters.cli.common import add_no_open, kind_of, library_of, tell_notes, tell_written
from letters.errors import Problem, Usage


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("kind", metavar="KIND")
    parser.add_argument("--watch", action="store_true", help="show it in the browser and update it on every save")
    parser.add_argument("--sample", metavar="NAME", default="sample.toml", help="another sample of the kind")
    parser.add_argument("-o", "--output", metavar="FILE", help="name of the PDF (default: in a new temporary folder)")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing PDF")
    add_no_open(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    assembler = Assembler(library_of(arguments))
    kind = kind_of(arguments.kind, assembler.library)
    if arguments.watch:
        settings = web_settings(assembler.library, Path.cwd(), assembler=assembler)
        words = "The page updates on every save."
        return serve(settings, words, opened=not arguments.no_open, start=f"preview/{kind}/")
    samples = assembler.samples(kind)
    if arguments.sample not in samples:
        hint = f"Samples: {', '.join(samples)}." if samples else f"Write templates/{kind}/sample.toml."
        raise Usage(Problem(f"There is no sample {arguments.sample} of {kind}.", hint=hint))
    letter = assembler.check(samples[arguments.sample])
    made = assembler.make(letter, ["pdf"])
    if why := assembler.why_draft(letter):
        print(f"letters: note: {why}", file=sys.stderr)
    tell_notes(made.notes, f"templates/{kind}/{arguments.sample}")
    path = Path(arguments.output) if arguments.output else Path(tempfile.mkdtemp(prefix="letters-")) / f"{kind}.pdf"
    names = file_names(path.stem, made.files, is_draft=False)
    files = {path if suffix == "pdf" else path.with_name(names[suffix]): data for suffix, data in made.files.items()}
    tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    if not arguments.no_open:
        open_in_browser(path.resolve().as_uri())
    return 0
