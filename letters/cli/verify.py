"""`letters verify`: which vetted template a letter was made from, who approved it, and whether it was changed since."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.cli.common import library_of, read_answers, read_bytes, tell_written, visible
from letters.errors import Collector, InvalidAnswers, Problem, Usage
from letters.provenance.hand_edits import redline_of
from letters.provenance.rebuild import rebuild, record_from_letter
from letters.provenance.verify import Verifier


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="finished letters: .docx or .pdf")
    parser.add_argument("--redline", metavar="FILE.docx", help="write the changes as a Word file with tracked changes")
    parser.add_argument(
        "--answers", metavar="ANSWERS", help="the answers of the letter, to show the original words of every change"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an existing redline")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Exit code 1 if a letter was changed, is unknown or is from another library."""
    if (arguments.redline or arguments.answers) and len(arguments.files) > 1:
        raise Usage(Problem("--redline and --answers work on one letter at a time."))
    assembler = Assembler(library_of(arguments))
    verifier, problems, verdicts = Verifier(assembler), Collector(), []
    original = None
    if arguments.answers:
        original = _original_of(assembler, read_bytes(Path(arguments.files[0])), arguments.files[0], arguments.answers)
    for each in arguments.files:
        with problems.collect():
            verdicts.append(verifier.verify(read_bytes(Path(each)), each, original))
    if arguments.json:
        print(json.dumps([verdict.as_dict() for verdict in verdicts], ensure_ascii=False, indent=2))
    else:
        for verdict in verdicts:
            for line in verdict.lines():
                print(visible(line))
    problems.stop_if_any(InvalidAnswers)
    if arguments.redline:
        source = arguments.files[0]
        data = redline_of(read_bytes(Path(source)), source, verdicts[0], original)
        tell_written(write_all({Path(arguments.redline): data}, overwrite=arguments.overwrite), as_json=False)
    return int(not all(verdict.is_genuine for verdict in verdicts))


def _original_of(assembler: Assembler, data: bytes, name: str, answers: str) -> bytes:
    """The original Word letter, made again from its answers."""
    like = "pdf" if data.startswith(b"%PDF-") else "docx"
    record = record_from_letter(data, name, assembler.seal)
    return rebuild(assembler, read_answers(Path(answers)), record, ["docx"], like).files["docx"]
