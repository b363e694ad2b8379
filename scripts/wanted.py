"""Prints what a checkout needs, a requirement a line: what a user of it needs, or a developer too.

Usage: wanted.py pyproject.toml user|developer

A user gets the package with Excel files of rows and the pages in the browser; a developer every extra. Both build the
package in place.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

settings = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
project, extras = settings["project"], settings["project"]["optional-dependencies"]
chosen = {"user": ["excel", "web"], "developer": list(extras)}[sys.argv[2]]
wanted = [*project["dependencies"], *settings["build-system"]["requires"], "editables"]
for extra in chosen:
    wanted += [line for line in extras[extra] if not line.startswith(f"{project['name']}[")]
sys.stdout.write("\n".join(wanted) + "\n")
