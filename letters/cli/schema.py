"""`letters schema`: print the JSON Schema of the answers for a kind of letter."""

from __future__ import annotations

import argparse
import json

from letters.assembly.assembler import Assembler
from letters.cli.common import kind_of, library_of
from letters.model.json_schema import schema_of


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("kind", metavar="KIND", help="kind of letter, such as denial")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    assembler = Assembler(library_of(arguments))
    kind = kind_of(arguments.kind, assembler.library)
    extras = [question.field for question in assembler.extras(kind)]
    print(json.dumps(schema_of(kind, assembler.rulebook, extras), ensure_ascii=False, indent=2))
    return 0
