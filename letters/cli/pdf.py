"""`letters pdf`: Word letters as PDFs with the same words, above all those edited by hand."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from letters._system.output import NewFiles, refuse_existing
from letters._text.language_tags import LANGUAGE_TAG
from letters.assembly.edited_letter import ConversionOptions
from letters.assembly.many_pdfs import Conversion, WordFile, convert_all
from letters.cli.common import library_of, read_bytes, tell_notes, tell_written, visible
from letters.docx.package import MAX_TOTAL
from letters.errors import Collector, InvalidAnswers, Problem, Usage


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("files", nargs="+", metavar="FILE.docx")
    parser.add_argument("-o", "--output", metavar="FILE", help="name of the PDF (default: the letter's name with .pdf)")
    parser.add_argument("--overwrite", action="store_true", help="replace a PDF that exists")
    parser.add_argument("--accept-changes", action="store_true", help="convert with all tracked changes accepted")
    parser.add_argument("--title", metavar="TEXT", help="title of the PDF (default: the file's, or its subject)")
    parser.add_argument("--lang", metavar="CODE", help="language, such as en-US (default: the file's, or the office's)")
    parser.add_argument(
        "--alt",
        metavar="N=TEXT",
        action="append",
        default=[],
        help="alternative text for picture N of those without any, as the note counts them; N= if it is decorative",
    )
    parser.add_argument(
        "--allow-loss",
        action="store_true",
        help="print the letter even if a symbol, a formula, or a picture is missing from the PDF, and note each one",
    )
    parser.add_argument(
        "--keep-fields",
        action="store_true",
        help="print fields such as DATE, IF, and MERGEFIELD with the words that Word last stored in them, which may be "
        "out of date; without this, such a letter is refused",
    )
    parser.add_argument(
        "--keep-tags", action="store_true", help="print tags such as {{ date }} as they are, instead of refusing them"
    )
    parser.add_argument(
        "--strict", action="store_true", help="write no PDF if anything in it would look different, too"
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="convert N letters at a time (default: one a processor)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    sources = [Path(each) for each in arguments.files]
    if arguments.output and len(sources) > 1:
        raise Usage(
            Problem("-o names one file, but there are several letters.", hint="Leave it out, or give one letter.")
        )
    if arguments.strict and arguments.allow_loss:
        raise Usage(Problem("--strict and --allow-loss exclude each other.", hint="Leave one of them out."))
    if arguments.title and len(sources) > 1:
        raise Usage(Problem("--title names one letter, but there are several.", hint="Convert them one at a time."))
    if arguments.alt and len(sources) > 1:
        raise Usage(Problem("--alt describes the pictures of one letter, but there are several.",
                            hint="Convert them one at a time."))  # fmt: skip
    alternatives = tuple(map(_alternative, arguments.alt))
    if arguments.lang and not LANGUAGE_TAG.fullmatch(arguments.lang):
        raise Usage(Problem(f"“{arguments.lang}” is not a language code.", hint="Write one such as en-US or es-MX."))
    targets = [Path(arguments.output) if arguments.output else source.with_suffix(".pdf") for source in sources]
    refuse_existing(dict.fromkeys(targets), overwrite=arguments.overwrite)
    problems = Collector()
    readable: list[tuple[Path, Path]] = []

    def letters() -> Iterator[WordFile]:
        for source, target in zip(sources, targets, strict=True):
            with problems.collect():
                letter = WordFile(_bytes_of(source), str(source))
                readable.append((source, target))
                yield letter

    library = library_of(arguments)
    options = ConversionOptions(
        accept_changes=arguments.accept_changes,
        strict=arguments.strict,
        allow_loss=arguments.allow_loss,
        keep_fields=arguments.keep_fields,
        keep_tags=arguments.keep_tags,
        title=" ".join((arguments.title or "").split()),
        language=arguments.lang or "",
        alternatives=alternatives,
    )
    asks = len(sources) == 1 and not alternatives and sys.stdin.isatty() and sys.stderr.isatty()
    with NewFiles(overwrite=arguments.overwrite) as new:
        for at, conversion in enumerate(
            convert_all(library, letters(), len(sources), options=options, workers=arguments.workers)
        ):
            source, target = readable[at]
            if asks and (described := tuple(_described(conversion))):
                again = WordFile(_bytes_of(source), str(source))
                [conversion] = convert_all(library, [again], 1, options=replace(options, alternatives=described))
            for problem in conversion.problems:
                problems.add(problem)
            if not conversion.problems:
                tell_notes(conversion.notes, str(source))
                if not problems:  # otherwise nothing is written
                    new.stage(target, conversion.pdf)  # while others are still converted
        problems.stop_if_any(InvalidAnswers)
        tell_written(new.place(), as_json=False)
    return 0


def _described(conversion: Conversion) -> Iterator[tuple[int, str]]:
    """Asks for the alternative text of each picture that has none. Raises Interrupted at the end of the input."""
    from letters.cli.ask_lines import typed_line

    asked = [note for note in (*conversion.problems, *conversion.notes) if note.code == "alternative-text"]
    for at, note in enumerate(asked):
        if match := re.match(r"Picture (\d+) ", note.message):
            print(visible(f"\n{note.where}: {note.message}"), file=sys.stderr)
            if not at:
                print("  Say what it shows. Enter: say nothing. A minus sign: it is decorative.", file=sys.stderr)
            if typed := typed_line():
                yield int(match[1]), "" if typed == "-" else " ".join(typed.split())


def _alternative(said: str) -> tuple[int, str]:
    """The number of a picture and its alternative text."""
    number, sign, words = said.partition("=")
    if not sign or not number.strip().isdecimal():
        raise Usage(
            Problem(f"“{said[:60]}” is not an alternative text.", hint="Write --alt 1=“The seal of the Department”.")
        )
    return int(number), " ".join(words.split())


def _bytes_of(source: Path) -> bytes:
    """The bytes of a file, unless it is larger than any letter."""
    if source.is_file() and source.stat().st_size > MAX_TOTAL:
        size = source.stat().st_size // 1024 // 1024
        raise InvalidAnswers(Problem(f"The file has {size} MB, which is more than any letter.", where=str(source)))
    return read_bytes(source)
