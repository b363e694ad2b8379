"""The files of a new library: chosen from another one, with the office's own details and nobody's approval."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from letters.advice import load_advice
from letters.desk import Desk
from letters.errors import Collector, InvalidAnswers, LibraryAtFault, Problem
from letters.founding.guide import guide
from letters.founding.office import office_file
from letters.library import Library
from letters.output import write_all
from letters.vet import faults

_BLOCK = re.compile(r"^\[\[basis\]\]\s*$", re.M)
_ID = re.compile(r'^id\s*=\s*"([^"]+)"', re.M)
_SHARED = ("request", "letter", "advice")
_TABLES = ("conditions", "objections", "showing", "phrases")
CHECKS = """\
# An example: checks the library whenever somebody changes it, and says which letters are not approved as they are.
# GitHub runs it from this folder; other services want the same two commands.
name: letters
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: sudo apt-get update && sudo apt-get install --yes libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
      - run: pip install letters
      - run: letters check
      - run: letters vet --status || echo "::warning::some letters are drafts until they are vetted"
"""
_LETTERS = (
    "# This folder is a library for Letters: the folders templates and prompts beside this file. See README.md.\n"
)
# Approvals are for bytes: no program may change the ends of lines on the way.
_ATTRIBUTES = "templates/** -text\nprompts/** -text\n"


@dataclass(frozen=True)
class Founding:
    """A new library.

    Args:
        files: by name within it.
        kept: legal bases that were not chosen and are there all the same, each with the files that need it.
    """

    files: Mapping[str, bytes]
    kept: Mapping[str, tuple[str, ...]]


def founded(desk: Desk, office: Mapping[str, Any], kinds: Collection[str], bases: Collection[str] | None) -> Founding:
    """A library of some kinds of another.

    Args:
        office: checked.
        bases: the legal bases wanted; None for all.

    Raises:
        LibraryAtFault: what was chosen does not go together, with every problem.
    """
    library = desk.library
    files = dict(_copied(desk, kinds))
    dropped = set(desk.rulebook.bases) - set(bases) if bases is not None else set()
    files = {name: _without(data, dropped) if name.endswith(".toml") else data for name, data in files.items()}
    signs = office["signatory"][0]["id"]
    files = {name: _signed_by(signs, data) if "/sample" in name else data for name, data in files.items()}
    kept = {basis: needing for basis in sorted(dropped) if (needing := tuple(_needing(basis, files, desk, kinds)))}
    law = library.text(library.templates / "legal_basis.toml")
    files["templates/legal_basis.toml"] = _law(law, dropped - kept.keys()).encode()
    files["templates/office.toml"] = office_file(office).encode()
    files["letters.toml"] = _LETTERS.encode()
    files["README.md"] = guide(str(office["name"]), [library.kinds[kind] for kind in kinds]).encode()
    files[".github/workflows/letters.yml"] = CHECKS.encode()
    files[".gitattributes"] = _ATTRIBUTES.encode()
    _try_out(files)
    return Founding(files, kept)


def _copied(desk: Desk, kinds: Collection[str]) -> Iterator[tuple[str, bytes]]:
    library = desk.library
    passages = {passage for kind in kinds for passage in desk.template(kind).passages}
    places = [
        *(file for kind in kinds for file in sorted(library.kinds[kind].folder.iterdir()) if _is_ours(file)),
        *(library.templates / "shared" / f"{passage}.docx" for passage in sorted(passages)),
        *(library.templates / f"{name}.toml" for name in _TABLES),
        *(library.templates / "page" / name for name in ("letter.html", "letter.css")),
        *(library.prompts / f"{name}.toml" for name in (*_SHARED, *kinds)),
    ]
    for place in places:
        yield library.name_of(place), library.read(place)


def _is_ours(file: Path) -> bool:
    return file.is_file() and file.suffix in (".docx", ".toml") and not file.name.startswith(("~", "."))


def _law(text: str, dropped: Collection[str]) -> str:
    """The law file without some entries; comments and order stay."""
    starts = [match.start() for match in _BLOCK.finditer(text)]
    blocks = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    head = text[: starts[0]] if starts else text
    return head + "".join(block for block in blocks if (found := _ID.search(block)) is None or found[1] not in dropped)


def _without(data: bytes, dropped: Collection[str]) -> bytes:
    """A text file without some ids in its lists."""
    text = data.decode("utf-8-sig")
    for basis in dropped:
        quoted = re.escape(f'"{basis}"')
        text = re.sub(rf"(?m)^(?!\s*#)([^#\n]*\[[^\]\n]*?){quoted},\s*", r"\1", text)
        text = re.sub(rf"(?m)^(?!\s*#)([^#\n]*\[[^\]\n]*?)(?:,\s*)?{quoted}(?=\])", r"\1", text)
    return text.encode()


def _signed_by(signatory: str, data: bytes) -> bytes:
    """A sample that somebody of this office signs."""
    return re.sub(rb'(?m)^signatory\s*=\s*"[^"]*"', f'signatory = "{signatory}"'.encode(), data)


def _needing(basis: str, files: Mapping[str, bytes], desk: Desk, kinds: Collection[str]) -> Iterator[str]:
    """The files that still name a legal basis."""
    name = basis.replace("-", "_")
    due = [deadline.id for deadline in desk.rulebook.bases[basis].deadlines]
    for file, data in files.items():
        if file.endswith(".toml"):
            words = re.sub(r"(?m)^\s*#.*$", "", data.decode("utf-8-sig"))
            if any(f'"{each}"' in words for each in (basis, *due)) or re.search(rf"\blaw\.{name}\b", words):
                yield file
    for kind in kinds:
        template = desk.template(kind)
        paths = [f"law.{name}", *(f"deadlines.{each.replace('-', '_')}" for each in due)]
        if any(f"{use.path}.".startswith(f"{path}.") for use in template.uses for path in paths) or any(
            f'"{basis}"' in tag.says for tag in template.tags
        ):
            yield f"templates/{kind}/letter.docx"


def _try_out(files: Mapping[str, bytes]) -> None:
    """Open the library as it will be. Raises LibraryAtFault with everything wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_all({root / name: data for name, data in files.items()})
        desk, problems = Desk(Library(root)), Collector()
        for kind in desk.library.kinds:
            for problem in faults(desk, kind, ["docx"]):
                problems.add(problem)
        with problems.collect():
            load_advice(desk.library, desk.rulebook)
    if len(problems):
        raise LibraryAtFault(dict.fromkeys(problems))


def office_of(data: bytes, name: str) -> dict[str, Any]:
    """The office's details from a file like `office.toml`. Raises InvalidAnswers naming the line."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidAnswers(Problem(f"The file cannot be read: {error}.", where=name)) from error
