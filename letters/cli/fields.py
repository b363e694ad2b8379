"""`letters fields`: list the fields that answers may contain and templates may use."""

from __future__ import annotations

import argparse
import json

from letters._text.toml_inline import in_toml
from letters.assembly.assembler import Assembler
from letters.assembly.template_context import PROVIDED
from letters.cli.common import kind_of, library_of, say
from letters.library.office_files import ids_for
from letters.model.fields import fields_of


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("kind", metavar="KIND", help="kind of letter, such as denial")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    assembler = Assembler(library_of(arguments))
    kind = kind_of(arguments.kind, assembler.library)
    fields = [*fields_of(kind).values(), *(question.field for question in assembler.extras(kind))]
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
