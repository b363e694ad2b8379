"""`letters doctor`: say what is missing on this machine, and the command that mends it."""

from __future__ import annotations

import argparse
import json
import os
import sys

from letters.authoring.doctor import Surroundings, look_over
from letters.cli.common import drafts_folder, library_of, today, visible

_MARKS = {"fine": "ok", "poor": "poor", "missing": "MISSING"}


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code: 1 where something is missing without which letters cannot be made."""
    surroundings = Surroundings(
        drafts=drafts_folder(),
        encoding=sys.stdout.encoding or "",
        terminal=os.environ.get("TERM", "") if sys.stdin.isatty() else "",
        find=lambda: library_of(arguments),
        today=today(),
    )
    found = []
    for check in look_over(surroundings):
        found.append(check)
        if not arguments.json:
            print(visible(f"{_MARKS[check.state]:<8} {check.name}: {check.said}"), flush=True)
            if check.mend:
                print(visible(f"         → {check.mend}"), flush=True)
    if arguments.json:
        print(json.dumps({"checks": [check.as_dict() for check in found]}, ensure_ascii=False, indent=2))
    return 1 if any(check.state == "missing" for check in found) else 0
