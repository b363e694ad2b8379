"""`letters kinds`: list the kinds of letter, and when to use each one."""

from __future__ import annotations

import argparse
import json

from letters.cli.common import library_of, say


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    kinds = library_of(arguments).kinds.values()
    if arguments.json:
        rows = [{"kind": k.name, "title": k.title, "summary": k.summary, "use_when": k.use_when} for k in kinds]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for kind in kinds:
        print(f"{kind.name}\n  {kind.summary}")
        say(f"Use it when: {kind.use_when}", indent="  ")
    return 0
