"""`letters fields`: list the fields that answers may contain and templates may use."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from letters._system.output import write_all
from letters._text.toml_inline import in_toml
from letters.assembly.assembler import Assembler
from letters.assembly.template_context import PROVIDED
from letters.cli.common import kind_of, library_of, now_at, read_bytes, say, tell_written, visible
from letters.library.office_files import ids_for
from letters.model.fields import fields_of


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("kind", metavar="KIND|FORM.pdf", help="kind of letter, such as denial; or a PDF form")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--word", metavar="FILE.docx", help="write the tags of a kind as a Word file to copy from")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing Word file")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if arguments.kind.lower().endswith(".pdf"):
        return _tell_form(Path(arguments.kind), as_json=arguments.json)
    assembler = Assembler(library_of(arguments))
    kind = kind_of(arguments.kind, assembler.library)
    if arguments.word:
        from letters.authoring.tag_sheet import tag_sheet

        data = tag_sheet(assembler, kind, now_at(assembler).date())
        tell_written(write_all({Path(arguments.word): data}, overwrite=arguments.overwrite), as_json=arguments.json)
        return 0
    fields = [
        *fields_of(kind, assembler.library.form(kind)).values(),
        *(question.field for question in assembler.extras(kind)),
    ]
    ids = ids_for(kind, assembler.rulebook)
    if arguments.json:
        rows = [
            {
                "field": each.name,
                "type": each.type_in_words,
                "required": each.required,
                "title": each.title,
                "meaning": each.description,
                "example": each.example,
                **({"ids": ids[each.name]} if each.name in ids else {}),
            }
            for each in fields
        ]
        print(json.dumps({"fields": rows, "provided": PROVIDED}, ensure_ascii=False, indent=2, default=str))
        return 0
    print("In answers, and under the same name in templates:\n")
    for each in fields:
        print(f"{each.name}  ({each.type_in_words}{', required' if each.required else ''})")
        say(each.description)
        if each.example not in (None, [], {}):
            print(f"    Example: {in_toml(each.example)}")
        for id_, line in ids.get(each.name, {}).items():
            say(f"{id_}: {line}", indent="      ")
    print("\nAlso available in templates:\n")
    for name, meaning in PROVIDED.items():
        print(name)
        say(meaning)
    return 0


def _tell_form(file: Path, *, as_json: bool) -> int:
    """Print the fields of a PDF form."""
    from letters.forms.acroform import fields_in
    from letters.forms.form_summary import field_data, line_of
    from letters.forms.intake import open_form

    form = fields_in(open_form(read_bytes(file), str(file)))
    if as_json:
        print(json.dumps([field_data(each) for each in form.fields.values()], ensure_ascii=False, indent=2))
        return 0
    for each in form.fields.values():
        print(visible(line_of(each)))
    for page, name in form.orphans:
        print(visible(f"{name or 'a field without a name'}: on page {page + 1}, but not in the form"))
    if not form.fields and not form.orphans:
        print("The PDF has no fields.")
    return 0
