"""Answers: everything counsel said, as one file; read, checked against the model, saved.

Answers are saved as TOML, which a lawyer can read and correct, and read as TOML or JSON. A key that stands twice is
refused in both, because nobody can tell which one was meant.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import PurePath
from typing import Any

import tomli_w
from pydantic import TypeAdapter, ValidationError

from letters.errors import InvalidAnswers, Problem
from letters.library.prompts import Question
from letters.library.toml import loads
from letters.model.error_wording import in_toml, named, problems_in
from letters.model.fields import Field, annotation_of, bare
from letters.model.kinds import letter_type
from letters.model.letter import Letter
from letters.model.office_data import Rulebook
from letters.model.values import Model

Answers = dict[str, Any]


def parse_answers(data: bytes, name: str) -> Answers:
    """Answers from the bytes of a .toml or .json file. Raises InvalidAnswers naming the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidAnswers(
            Problem("The file is not text in UTF-8.", where=name, hint="Save it again as UTF-8.", code="encoding")
        ) from error
    if PurePath(name).suffix.lower() == ".json":
        return _parse_json(text, name)
    try:
        return loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidAnswers(
            Problem(
                f"The file cannot be read as TOML: {error}.",
                where=name,
                hint='Each line is: name = "text". Texts need quotation marks; dates are written 2019-08-02.',
                code="syntax",
            )
        ) from error
    except (RecursionError, ValueError) as error:  # a number of 5,000 digits is a ValueError
        raise InvalidAnswers(_beyond_reading(name)) from error


def _parse_json(text: str, name: str) -> Answers:
    def without_doubles(pairs: list[tuple[str, Any]]) -> Answers:
        found: Answers = {}
        for key, value in pairs:
            if key in found:
                raise InvalidAnswers(
                    Problem(f"“{key}” stands twice in the same place.", where=name, hint="Keep one.", code="twice")
                )
            found[key] = value
        return found

    try:
        answers = json.loads(text, object_pairs_hook=without_doubles)
    except json.JSONDecodeError as error:
        raise InvalidAnswers(
            Problem(
                f"The file cannot be read as JSON at line {error.lineno}, column {error.colno}.",
                where=name,
                hint="Check quotation marks, commas and brackets there.",
                code="syntax",
            )
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidAnswers(_beyond_reading(name)) from error
    if not isinstance(answers, dict):
        raise InvalidAnswers(
            Problem("The file does not hold answers.", where=name, hint="It must hold one object {…}.")
        )
    return answers


def _beyond_reading(name: str) -> Problem:
    return Problem(
        "The file holds a number or a nesting no answer needs, and cannot be read.", name, "Take it out.", "syntax"
    )


def write_answers(answers: Mapping[str, Any]) -> str:
    """The answers as a TOML document. Unanswered questions (None) are left out."""
    return tomli_w.dumps(_without_none(answers), multiline_strings=True)


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_none(inner) for inner in value if inner is not None]
    return value


# --- checking --------------------------------------------------------------------------------------------------------


def check(
    answers: Mapping[str, Any], rulebook: Rulebook, kinds: Collection[str], extras: Sequence[Question] = ()
) -> Letter:
    """The letter these answers describe.

    Args:
        answers: as read; ``kind`` says which letter.
        rulebook: what the library allows.
        kinds: the kinds the library has.
        extras: the questions whose fields the office has added; their answers are checked by the types given there.

    Raises:
        InvalidAnswers: with every problem of fields and rules, each naming its field in words.
    """
    kind = answers.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise InvalidAnswers(_no_such_kind(kind, kinds))
    model = letter_type(kind)
    answers, wrong = _extras_checked(answers, extras, rulebook)
    try:
        letter = model.model_validate(dict(answers), context=rulebook)
        if not wrong:
            return letter
        raise InvalidAnswers(wrong)
    except ValidationError as error:
        found = problems_in(error, model) + wrong
    if not any(problem.code == "rule" for problem in found):  # pydantic stops before the rules where a field is wrong
        found += [named(problem, model) for problem in rules_broken(answers, rulebook)]
    raise InvalidAnswers(_distinct(found))


def _extras_checked(
    answers: Mapping[str, Any], extras: Sequence[Question], rulebook: Rulebook
) -> tuple[Mapping[str, Any], list[Problem]]:
    """The answers with those to an office's own questions read by their types, and what is wrong with them."""
    given = answers.get("extra", {})
    if not extras or not isinstance(given, Mapping):
        return answers, []
    read, wrong = dict(given), []
    for question in extras:
        field = question.field
        name = field.name.removeprefix("extra.")
        value = given.get(name)
        if value is None:
            if field.required and question.applies(answers):
                where = f"{field.title} ({field.name})"
                wrong.append(
                    Problem("is missing.", where, f"{question.ask} {field.example or ''}", "missing", field.name)
                )
            continue
        try:
            read[name] = _reader(field)(value, context=rulebook)
        except ValidationError:
            example = f" For example: {in_toml(field.example)}" if field.example is not None else ""
            hint, where = f"What is wanted: {field.type_in_words}.{example}", f"{field.title} ({field.name})"
            wrong.append(Problem("is not what its question asks for.", where, hint, "value", field.name))
    return {**answers, "extra": read}, wrong


def _reader(field: Field) -> Callable[..., Any]:
    """Reads answers to one question; costs far more to make than to use, and a type costs much to look up."""
    known = _READERS.get(id(field))
    if known is None:
        if len(_READERS) > 2000:  # of libraries that were opened before
            _READERS.clear()
        reader = TypeAdapter(field.annotation).validator.validate_python
        known = _READERS[id(field)] = field, reader  # with the field, so that no other can take its id
    return known[1]


_READERS: dict[int, tuple[Field, Callable[..., Any]]] = {}


def rules_broken(answers: Mapping[str, Any], rulebook: Rulebook) -> list[Problem]:
    """Rules broken by answers that may be incomplete, judged by what is there and valid on its own."""
    return list(partial_letter(answers).problems(rulebook))


def partial_letter(answers: Mapping[str, Any]) -> Letter:
    """The letter as far as answers describe it: what is missing or wrong in it is None."""
    partial = _partial(letter_type(str(answers.get("kind"))), answers)
    assert isinstance(partial, Letter)
    return partial


def _partial(model: type[Model], data: Any) -> Model:
    """A model holding what is valid, its defaults where nothing was said, and None where something is wrong."""
    data = data if isinstance(data, Mapping) else {}
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        inner = bare(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Model):
            values[name] = _partial(inner, data.get(name))
        elif name not in data:
            values[name] = None if info.is_required() else info.get_default(call_default_factory=True)
        else:
            try:
                values[name] = _adapter(model, name).validate_python(data[name])
            except ValidationError:
                values[name] = None
    return model.model_construct(**values)


@cache
def _adapter(model: type[Model], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(annotation_of(model.model_fields[name]))


def _no_such_kind(kind: object, kinds: Collection[str]) -> Problem:
    near = get_close_matches(kind, kinds, n=1) if isinstance(kind, str) else []
    return Problem(
        "is missing." if kind is None else f"is “{_printable(kind)}”, which is no kind of letter here.",
        where="Kind of letter (kind)",
        hint=f"Did you mean {near[0]}?" if near else f"Write one of: {', '.join(kinds)}.",
        code="missing" if kind is None else "unknown",
        field="kind",
    )


def _printable(value: object) -> str:
    return str(value)[:40].encode("utf-8", "replace").decode("utf-8")


def _distinct(problems: list[Problem]) -> Iterator[Problem]:
    """Each problem once, and no rule about a field that is already reported."""
    seen: set[tuple[str, str]] = set()
    reported: set[str] = set()
    for problem in problems:
        if (problem.field, problem.message) in seen or (problem.code == "missing" and problem.field in reported):
            continue
        seen.add((problem.field, problem.message))
        reported.add(problem.field)
        yield problem
