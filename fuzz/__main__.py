"""`python -m fuzz [TARGET …] [--seconds N] [--seed N]`: bugs go to fuzz/finds; with --keep, inputs to fuzz/corpus."""

from __future__ import annotations

import argparse
import hashlib
import sys

from fuzz.engine import Find, fuzz
from fuzz.targets import CORPUS, TARGETS, inputs_of


def main() -> int:
    """Fuzz the targets; the exit code is 1 if a bug was found."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"one or more of {', '.join(TARGETS)} (default: all)"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target (default: 60)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="keep inputs under 4 KB that reach new lines")
    arguments = parser.parse_args()
    finds = 0
    for name in arguments.targets or TARGETS:
        target, news = TARGETS[name], 0
        for each in fuzz(target, inputs_of(target), arguments.seconds, arguments.seed):
            folder = CORPUS.parent / "finds" if isinstance(each, Find) else CORPUS
            data = each.data if isinstance(each, Find) else each
            if isinstance(each, Find):
                finds += 1
                sys.stdout.write(f"{name}: {each.where}: {each.what}\n")
            else:
                news += 1
            if isinstance(each, Find) or (arguments.keep and len(data) < 4096):
                (folder / name).mkdir(parents=True, exist_ok=True)
                (folder / name / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        sys.stdout.write(f"{name}: {news} inputs reached new lines\n")
        sys.stdout.flush()
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
