"""`letters doctor`: report what is missing on this machine, and the command that fixes it."""

from __future__ import annotations

import argparse
import json
import os
import sys

from letters.authoring.doctor import DoctorContext, run_checks
from letters.cli.common import drafts_folder, library_of, today, visible

_MARKS = {"ok": "ok", "warning": "warning", "missing": "MISSING"}


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code: 1 if something is missing that letters cannot be made without."""
    context = DoctorContext(
        drafts=drafts_folder(),
        encoding=sys.stdout.encoding or "",
        terminal=os.environ.get("TERM", "") if sys.stdin.isatty() else "",
        find=lambda: library_of(arguments),
        today=today(),
    )
    found = []
    for check in run_checks(context):
        found.append(check)
        if not arguments.json:
            print(visible(f"{_MARKS[check.state]:<8} {check.name}: {check.message}"), flush=True)
            if check.fix:
                print(visible(f"         → {check.fix}"), flush=True)
    if arguments.json:
        print(json.dumps({"checks": [check.as_dict() for check in found]}, ensure_ascii=False, indent=2))
    return 1 if any(check.state == "missing" for check in found) else 0
