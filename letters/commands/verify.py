"""`letters verify`: say which vetted template made a letter, by whose approval, and whether it was changed since."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from letters.commands.common import library_of, read_answers, read_bytes, tell_written, visible
from letters.desk import Desk
from letters.errors import Collector, InvalidAnswers, Problem, Usage
from letters.output import write_all
from letters.verify import Verifier


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="finished letters: .docx or .pdf")
    parser.add_argument("--redline", metavar="FILE.docx", help="write what changed as a Word file with tracked changes")
    parser.add_argument(
        "--answers", metavar="ANSWERS", help="of the letter, so that the redline shows every word that stood there"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a redline that exists")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code: 1 where a letter is changed, unknown or not this library's."""
    if arguments.redline and len(arguments.files) > 1:
        raise Usage(Problem("--redline is for one letter at a time."))
    desk = Desk(library_of(arguments))
    verifier, problems, verdicts = Verifier(desk), Collector(), []
    for each in arguments.files:
        with problems.collect():
            verdicts.append(verifier.verify(read_bytes(Path(each)), each))
    if arguments.json:
        print(json.dumps([verdict.as_dict() for verdict in verdicts], ensure_ascii=False, indent=2))
    else:
        for verdict in verdicts:
            for line in verdict.lines():
                print(visible(line))
    problems.stop_if_any(InvalidAnswers)
    if arguments.redline:
        from letters.tracing import redline_of

        answers = read_answers(Path(arguments.answers)) if arguments.answers else None
        source = arguments.files[0]
        data = redline_of(verifier, read_bytes(Path(source)), source, verdicts[0], answers)
        tell_written(write_all({Path(arguments.redline): data}, overwrite=arguments.overwrite), as_json=False)
    return int(not all(verdict.is_whole for verdict in verdicts))
