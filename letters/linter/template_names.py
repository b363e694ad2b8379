"""Every name that a template may use, and what kind of value it stands for.

The fields of a letter come from the model. What `assembly.template_context` adds is described here, and nowhere else; a
test compares this description with the context of every sample letter.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from enum import Enum
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct, field
from msgspec.structs import replace

from letters.library.prompts import Question
from letters.model.fields import Field, bare
from letters.model.kinds import letter_type
from letters.model.kinds.conditional_approval import ConditionalApproval
from letters.model.kinds.denials import Refusal, RepeatDenial
from letters.model.kinds.request_for_justification import RequestForJustification
from letters.model.kinds.subpoena_response import SubpoenaResponse
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.legal_basis import LegalBasis, UnvettedLaw
from letters.model.letter import Letter
from letters.model.office import Office, Signatory
from letters.model.recipient import Recipient
from letters.model.request import EarlierRequest, Request
from letters.model.requester import Requester
from letters.model.rulebook import Rulebook
from letters.model.values import TABLE_OF_FIELD, Model

TEXT, NUMBER, DATE, YES_NO, LIST, GROUP, ANY = "text", "number", "date", "yes-no", "list", "group", "any"
_IN_WORDS = {
    TEXT: "a text",
    NUMBER: "a number",
    DATE: "a date",
    YES_NO: "yes or no",
    LIST: "a list",
    GROUP: "a group of fields",
}


class NameShape(Struct, frozen=True):
    """What a name stands for.

    Args:
        kind: text, number, date, yes-no, list, group, or any if it is not known.
        values: all values that are possible, if that is known; for a list, all values of its entries.
        optional: whether it may have no value; for a list, whether it may be empty.
        parts: of a group, by name.
        entry: of a list.
    """

    kind: str
    values: tuple[str, ...] = ()
    optional: bool = False
    parts: Mapping[str, NameShape] = field(default_factory=dict)
    entry: NameShape | None = None

    @property
    def in_words(self) -> str:
        """The kind of value, for messages."""
        return _IN_WORDS.get(self.kind, "anything")


_TEXT, _MAYBE, _DATE, _YES_NO, _ANY = (
    NameShape(TEXT),
    NameShape(TEXT, optional=True),
    NameShape(DATE),
    NameShape(YES_NO),
    NameShape(ANY),
)
_MOST_SUGGESTIONS = 200  # each takes milliseconds, and a broken file may have thousands of unknown names
_PARTS_OF_A_DATE = ("day", "month", "year")


class TemplateNames(Struct, frozen=True, eq=False, dict=True):
    """The names of one kind of letter.

    Args:
        kind: of letter.
        root: a group of all names.
        barred: ids of the legal bases that letters of this kind may not cite, by the name a template would use.
    """

    kind: str
    root: NameShape
    barred: Mapping[str, str]
    _nearest: dict[str, str] = field(default_factory=dict)

    def find(self, path: str) -> NameShape | None:
        """What a path such as ``earlier_letters[].date`` stands for; None if there is no such name."""
        shape: NameShape | None = self.root
        for step in path.split("."):
            name, *entries = step.split("[")
            if name:
                shape = _part(shape, name)
            for _ in entries:
                shape = None if shape is None else _ANY if shape.kind == ANY else shape.entry
        return shape

    def nearest(self, path: str) -> str:
        """The path that was probably meant; empty if none is close, or if too many were asked for."""
        if path not in self._nearest and len(self._nearest) < _MOST_SUGGESTIONS:
            self._nearest[path] = self._nearest_to(path)
        return self._nearest.get(path, "")

    def _nearest_to(self, path: str) -> str:
        tail = f".{path}"
        ends_so = [known for known in self.paths if known.endswith(tail)]
        if ends_so:
            return min(ends_so, key=len)
        within, _, last = path.rpartition(".")
        same_last = [known for known in self.paths if known.rpartition(".")[2] == last and "[]" not in known]
        if len(same_last) == 1:
            return same_last[0]
        parent = self.find(within) if within else self.root
        if parent is not None and (near := get_close_matches(last, parent.parts, 1)):
            return f"{within}.{near[0]}" if within else near[0]
        tails = self._tails(path.count(".") + 1)
        if near := get_close_matches(path, tails, 1, 0.75):
            return tails[near[0]]
        near = get_close_matches(path, self.paths, 1, 0.7)
        return near[0] if near else ""

    def _tails(self, steps: int) -> dict[str, str]:
        """The shortest path for each of the last few names of a path, such as ``requester.name``."""
        found: dict[str, str] = {}
        for path in sorted(self.paths, key=len):
            if "[]" not in path:
                found.setdefault(".".join(path.split(".")[-steps:]), path)
        return found

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every path, including groups and lists."""
        return tuple(_paths(self.root, ""))


def names_of(
    kind: str,
    rulebook: Rulebook,
    phrases: Mapping[str, Mapping[str, str]],
    kinds: Mapping[str, object],
    extras: tuple[Question, ...] = (),
) -> TemplateNames:
    """Every name that a template for this kind of letter may use.

    Args:
        kind: of letter.
        rulebook: the library's law and terms.
        phrases: the library's wording of choices, by field.
        kinds: all kinds in the library.
        extras: the questions whose fields the office has added.
    """
    worded = frozenset(phrases)
    model = letter_type(kind, rulebook.form_of(kind))
    found = _with_values(_of_model(model, worded), rulebook)
    bases = {name.replace("-", "_"): name for name, each in rulebook.bases.items() if kind in each.supports}
    for role, fill in rulebook.by_role.items():
        if any(kind in each.supports for each in fill):
            bases.setdefault(role.replace("-", "_"), fill[0].id)
    barred = {name.replace("-", "_"): name for name, each in rulebook.bases.items() if kind not in each.supports}
    basis = {**_of_model(LegalBasis), "citation_after_name": _TEXT}
    deadlines = [deadline.id for each in rulebook.bases.values() for deadline in each.deadlines]
    found |= {
        "kind": NameShape(TEXT, tuple(kinds)),
        **_addressee(model, rulebook, worded),
        "salutation": _TEXT,
        "language": NameShape(TEXT),
        "delivery_words": _TEXT,
        "office": _group({**_of_model(Office), "address_line": _TEXT}),
        "contact": _part(_group(_of_model(Office)), "contact") or _ANY,
        "signatory": _group(_of_model(Signatory)),
        "legal_basis": _list(_group(_cited()), optional=found["legal_basis"].optional),
        "citations": _MAYBE,  # empty if no law is cited
        "citable": _list(NameShape(TEXT, (*rulebook.bases, *rulebook.by_role)), optional=True),
        "law": _group(dict.fromkeys(bases, _group(basis))),
        "fact": _group(dict.fromkeys((name.replace("-", "_") for name in rulebook.office_rules.facts), _YES_NO)),
        "releases": _YES_NO,
        "request_contents": _list(_TEXT),
        "deadlines": _group(dict.fromkeys((name.replace("-", "_") for name in deadlines), _group(_DUE))),
        "extra": _group(dict(_extras(extras))) if extras else _ANY,
    }
    if model is ConditionalApproval:
        found |= {
            "confirms_duty": _YES_NO,
            "rests_on_exchange": _YES_NO,
            "exchange_law": replace(_group(basis), optional=True),
            "duty_law": _list(_group(basis), optional=True),
            "approved": _list(_TEXT),
            "withheld": _list(_TEXT, optional=True),
            "conditions": _list(_group({"subject": _TEXT, "pieces": _PIECES})),
        }
    elif model is SubpoenaResponse:
        found["objections"] = _list(_group({"subject": _TEXT, "pieces": _PIECES}), optional=True)
    elif issubclass(model, Refusal):
        found["reasons_given"] = _list(_group({"pieces": _PIECES}), optional=True)
        if model is RepeatDenial:
            found["earlier_answers"] = _list(_DATE)
    elif model is RequestForJustification:
        found["missing"] = _list(_group({"text": _TEXT, "pieces": _PIECES}), optional=True)
    return TemplateNames(kind, _group(found), barred)


def _addressee(model: type[Letter], rulebook: Rulebook, worded: frozenset[str]) -> dict[str, NameShape]:
    """The request that a letter answers, or the recipient of one that answers none."""
    parts = dict.fromkeys(("name", "title", "email", "fax", "telephone"), _MAYBE) | {"address_block": _TEXT}
    if not issubclass(model, LetterWithoutRequest):
        return {"request": _group(_request(rulebook, worded)), "addressee": _group(parts)}
    recipient = {**_of_model(Recipient), "greeting": _TEXT, "address_block": _TEXT}
    return {"recipient": _group(recipient), "addressee": _group(parts)}


def _request(rulebook: Rulebook, worded: frozenset[str]) -> dict[str, NameShape]:
    found = _with_values(_of_model(Request, worded), rulebook)
    found["paper"] = replace(found["paper"], parts=_with_values(found["paper"].parts, rulebook))
    requester = _with_values(_of_model(Requester, worded), rulebook)
    requester |= {"agency_in_sentence": _TEXT, "asker": _TEXT, "greeting": _TEXT, "address_block": _TEXT}
    earlier = {**_of_model(EarlierRequest, worded), "how_words": _TEXT, "reached_in_sentence": _TEXT}
    return found | {
        "earlier": _list(_group(earlier), optional=True),
        "opening_words": _TEXT,
        "link_words": _TEXT,
        "memo_words": _TEXT,
        "received_by_in_sentence": found["received_by"],
        "made_on": _DATE,
        "names_a_matter": _YES_NO,
        "records": _list(_TEXT, optional=True),
        "asserted": _list(NameShape(TEXT, tuple(rulebook.assertable)), optional=True),
        "requester": _group(requester),
    }


def _cited() -> dict[str, NameShape]:
    """What every legal basis that a letter cites has, whether it is in the library or not."""
    common = {"case_name": _MAYBE, "citation_after_name": _TEXT}
    return {**_of_model(UnvettedLaw), **common, "authority": NameShape(TEXT, ("binding", "persuasive", "unvetted"))}


def _extras(extras: tuple[Question, ...]) -> Iterator[tuple[str, NameShape]]:
    for question in extras:
        added = question.field
        name, optional = added.name.removeprefix("extra."), not added.required
        if added.kind == "group":
            yield name, _list(_group(dict(_parts(added.parts))), optional=optional)
            continue
        shape = NameShape(_KINDS_OF_ANSWERS.get(added.kind, TEXT), added.choices, optional)
        yield name, replace(shape, entry=NameShape(TEXT, added.choices)) if shape.kind == LIST else shape
        if added.kind in ("choice", "choices"):
            yield (
                f"{name}_words",
                _list(_TEXT, optional=optional) if shape.kind == LIST else NameShape(TEXT, (), optional),
            )


_KINDS_OF_ANSWERS = {
    "date": DATE,
    "yes-no": YES_NO,
    "number": NUMBER,
    "money": NUMBER,
    "list": LIST,
    "choices": LIST,
}


def _parts(parts: tuple[Field, ...]) -> Iterator[tuple[str, NameShape]]:
    """The parts of an entry that the office has added."""
    for part in parts:
        yield part.name, NameShape(_KINDS_OF_ANSWERS.get(part.kind, TEXT), part.choices, not part.required)
        if part.kind == "choice":
            yield f"{part.name}_words", NameShape(TEXT, (), not part.required)


@cache
def _of_model(model: type[Model], worded: frozenset[str] = frozenset()) -> Mapping[str, NameShape]:
    """The fields of a model as a template sees them; choices that are ``worded`` also have a field for their words."""
    found: dict[str, NameShape] = {}
    for name, info in model.model_fields.items():
        if info.exclude:
            continue
        shape = _of_type(info.annotation, worded)
        if shape.kind == LIST and not info.is_required():
            shape = replace(shape, optional=True)
        found[name] = shape
        core = bare(info.annotation)
        is_choice = isinstance(core, type) and issubclass(core, Enum)
        if (is_choice or name in TABLE_OF_FIELD) and name in worded:
            found[f"{name}_words"] = NameShape(TEXT, optional=shape.optional)
    return found


def _with_values(shapes: Mapping[str, NameShape], rulebook: Rulebook) -> dict[str, NameShape]:
    """The same with the values that the office's rules define."""
    found = dict(shapes)
    for name, table in TABLE_OF_FIELD.items():
        if name in found:
            found[name] = replace(found[name], values=tuple(getattr(rulebook, table)))
    return found


def _of_type(annotation: Any, worded: frozenset[str]) -> NameShape:
    optional, several = _options(annotation)
    if several:
        return NameShape(ANY, optional=optional)
    core = bare(annotation)
    if get_origin(core) is list:
        return _list(_of_type(get_args(core)[0], worded), optional=optional)
    if get_origin(core) is Literal:
        return NameShape(TEXT, tuple(map(str, get_args(core))), optional)
    if isinstance(core, type) and issubclass(core, Model):
        return replace(_group(_of_model(core, worded)), optional=optional)
    if isinstance(core, type) and issubclass(core, Enum) and issubclass(core, str):
        return NameShape(TEXT, tuple(member.value for member in core), optional)
    kinds: dict[Any, str] = {bool: YES_NO, date: DATE, int: NUMBER, str: TEXT}
    return NameShape(kinds.get(core, ANY), optional=optional)


def _options(annotation: Any) -> tuple[bool, bool]:
    """Whether a type allows None, and whether it is a union of several other types."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, types.UnionType):
        return False, False
    inner = [each for each in get_args(annotation) if each is not type(None)]
    return len(inner) < len(get_args(annotation)), len(inner) > 1


def _group(parts: Mapping[str, NameShape]) -> NameShape:
    return NameShape(GROUP, parts=parts)


def _list(entry: NameShape, *, optional: bool = False) -> NameShape:
    return NameShape(LIST, entry.values, optional, entry=entry)


_PIECES = _list(_group({"words": _TEXT, "case_name": _MAYBE}))
_DUE = {"day": _DATE, "days": _TEXT, "citation": _TEXT}


def _part(shape: NameShape | None, name: str) -> NameShape | None:
    if shape is None or shape.kind == ANY:
        return shape
    if shape.kind == DATE and name in _PARTS_OF_A_DATE:
        return NameShape(NUMBER)
    return shape.parts.get(name)


def _paths(shape: NameShape, prefix: str) -> Iterator[str]:
    for name, part in shape.parts.items():
        path = f"{prefix}.{name}" if prefix else name
        yield path
        yield from _paths(part, path)
        if part.entry is not None:
            yield from _paths(part.entry, f"{path}[]")
