"""Prints what a checkout wants, a requirement a line: for the package, for every extra, and for the editable build."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
wanted = [*project["dependencies"], "editables"]
for lines in project["optional-dependencies"].values():
    wanted += [line for line in lines if not line.startswith(f"{project['name']}[")]
sys.stdout.write("\n".join(wanted) + "\n")
