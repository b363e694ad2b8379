"""JSON Schema of the answers for one kind of letter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from letters.model.fields import Field
from letters.model.kinds import letter_type
from letters.model.rulebook import Rulebook


def schema_of(kind: str, rulebook: Rulebook, extras: Iterable[Field] = ()) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the answers for one kind, with the ids in this library as choices.

    Args:
        extras: the fields that the office has added; their names begin with ``extra.``.
    """
    model = letter_type(kind, rulebook.form_of(kind))
    schema = model.model_json_schema()
    for name, info in model.model_fields.items():
        if info.exclude:  # a field that this kind of letter does not have
            del schema["properties"][name]

    def with_choices(node: Any) -> Any:
        if isinstance(node, list):
            return [with_choices(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        node = {key: with_choices(inner) for key, inner in node.items()}
        if isinstance(node.get("library"), str):
            name = node.pop("library")
            ids = list(rulebook.languages_of(kind) if name == "languages" else getattr(rulebook, name))
            if node.get("type") == "array":
                node["items"] = {**node.get("items", {}), "enum": ids}
            else:
                node["enum"] = ids
        return node

    properties = schema.pop("properties")
    added = {field.name.removeprefix("extra."): _schema_of_extra(field) for field in extras}
    for each in added.values():  # definitions are referred to from the root
        schema.setdefault("$defs", {}).update(each.pop("$defs", {}))
    if added:
        properties["extra"] = {**properties["extra"], "properties": added}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **with_choices(schema),
        "title": f"Answers for a letter of the kind {kind}",
        "properties": {**with_choices(properties), "kind": {**properties["kind"], "const": kind}},
    }


def _schema_of_extra(field: Field) -> dict[str, Any]:
    examples = {"examples": [field.example]} if field.example is not None else {}
    schema = TypeAdapter(field.annotation).json_schema()
    return {**schema, "title": field.title, "description": field.description, **examples}
