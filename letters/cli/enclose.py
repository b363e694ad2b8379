"""`letters enclose`: take a PDF form in, so that it goes out with a kind of letter."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from letters._system.output import safe_stem, write_all
from letters.assembly.assembler import Assembler
from letters.assembly.template_context import PROVIDED
from letters.cli.common import kind_of, library_of, now_at, read_bytes, tell_written, visible
from letters.errors import Problem, Usage
from letters.forms.draft_mapping import OfferedValue, draft
from letters.forms.enclosure_file import SHARED, folder_of
from letters.forms.field_map import field_map
from letters.forms.taking_in import take_in
from letters.model.fields import fields_of
from letters.model.values import TABLE_OF_FIELD


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("form", metavar="FORM.pdf", help="a fillable PDF")
    parser.add_argument("--kind", metavar="KIND", required=True, help="the kind of letter that it goes out with")
    parser.add_argument("--name", metavar="NAME", help="what its files are called (default: after the form)")
    parser.add_argument("--title", metavar="TITLE", help="as the letter lists it (default: the form's own title)")
    parser.add_argument("--shared", action="store_true", help="keep the form where other kinds can use it too")
    parser.add_argument("--map", metavar="FILE.pdf", help="also write the form with its fields numbered and colored")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be removed and written")
    parser.add_argument("--overwrite", action="store_true", help="replace the files of an enclosure of that name")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    assembler = Assembler(library_of(arguments))
    library, kind = assembler.library, kind_of(arguments.kind, assembler.library)
    source = Path(arguments.form)
    name = arguments.name or safe_stem(source.stem).lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise Usage(Problem(f"“{name}” cannot be a name.", "--name", "Use lowercase letters, digits, and hyphens."))
    taken = take_in(read_bytes(source), source.name, assembler.office.language)
    for line in taken.removed:
        print(f"letters: removed: {visible(line)}", file=sys.stderr)
    for note in taken.notes:
        print(f"letters: note: {visible(str(note))}", file=sys.stderr)
    title = arguments.title or taken.title or name.replace("-", " ").capitalize()
    toml = draft(title, taken.form.fields.values(), _offered(assembler, kind))
    if arguments.shared:
        toml = toml.replace("\nships_as", "\nshared   = true\nships_as", 1)
    folder = folder_of(library, kind)
    files = {
        folder / f"{name}.toml": toml.encode(),
        (folder_of(library, SHARED) if arguments.shared else folder) / f"{name}.pdf": taken.data,
    }
    if arguments.map:
        files[Path(arguments.map)] = field_map(taken.data, title, now_at(assembler).date(), assembler.office.language)
    if arguments.dry_run:
        print(toml, end="")
        return 0
    tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    print(f"letters: next, complete {name}.toml, then: letters check {kind}", file=sys.stderr)
    return 0


def _offered(assembler: Assembler, kind: str) -> Iterator[OfferedValue]:
    """What a letter of a kind offers: its answers, and what is derived from them."""
    fields = [
        *fields_of(kind, assembler.library.form(kind)).values(),
        *(question.field for question in assembler.extras(kind)),
    ]
    for field in fields:
        is_optional = not field.required and field.kind not in ("list", "choices", "yes-no")
        table = TABLE_OF_FIELD.get(field.name.rpartition(".")[2])  # values that the office's rules define
        offered = tuple(getattr(assembler.rulebook, table)) if table else field.choices
        yield OfferedValue(field.name, field.title, "choice" if table else field.kind, offered, is_optional)
    for name, meaning in PROVIDED.items():
        if "<" not in name and name not in ("legal_basis", "citable", "request.records"):
            yield OfferedValue(name, meaning.split(".")[0])
    for part, title in (("name", "Signed by"), ("title", "Title of the signatory")):
        yield OfferedValue(f"signatory.{part}", title)
    for part in ("address_line", "telephone", "email", "short_name"):
        yield OfferedValue(f"office.{part}", f"Our {part.replace('_', ' ')}")
