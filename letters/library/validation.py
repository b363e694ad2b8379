"""Answers checked against the model and the rulebook: the letter they describe, or every problem with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from letters._text.damage import is_sound
from letters._text.english import folded_words
from letters._text.limited_memory import remembered_by_identity
from letters._text.toml_inline import in_toml
from letters.errors import InvalidAnswers, Problem
from letters.library.library import kind_meant
from letters.library.prompts import Question
from letters.model.error_wording import named, problems_in
from letters.model.fields import Field, annotation_of, bare, fields_of, get, put
from letters.model.kinds import letter_type
from letters.model.letter import Letter
from letters.model.rulebook import RECORDS_REQUEST, Rulebook
from letters.model.values import Model, OwnText, ReadAnswers


def check(
    answers: Mapping[str, Any], rulebook: Rulebook, kinds: Collection[str], extras: Sequence[Question] = ()
) -> Letter:
    """The letter that these answers describe.

    Args:
        answers: as read; ``kind`` says which kind of letter.
        rulebook: what the library allows.
        kinds: the kinds of letter in the library.
        extras: the questions the office has added; their answers are checked by the types they declare.

    Raises:
        InvalidAnswers: with every problem of fields and rules, each naming its field in words.
    """
    kind = answers.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise InvalidAnswers(_no_such_kind(kind, kinds))
    model = letter_type(kind, rulebook.form_of(kind))
    answers = with_new_names(answers, rulebook)
    answers, wrong = _extras_checked(answers, extras, rulebook)
    try:
        letter = model.model_validate(dict(answers), context=rulebook)
        if not wrong:
            return letter
        raise InvalidAnswers(wrong)
    except ValidationError as error:
        found = problems_in(error, model) + wrong
    if not any(problem.code == "rule" for problem in found):  # pydantic stops before the rules if a field is wrong
        found += [named(problem, model) for problem in rules_broken(answers, rulebook)]
    raise InvalidAnswers(_distinct(found))


def with_new_names(answers: Mapping[str, Any], rulebook: Rulebook) -> Mapping[str, Any]:
    """The answers with the names that fields and entries of the library have now.

    An old name of a field is replaced by its new one (`[renamed]` in `rules.toml`), and a citation, or the subject of a
    condition or objection, by the short name of its entry.
    """
    return _with_short_names(_with_new_fields(answers, rulebook), rulebook)


def _with_short_names(answers: Mapping[str, Any], rulebook: Rulebook) -> Mapping[str, Any]:
    kind = answers.get("kind")
    changed: dict[str, Any] = {}
    for name, library in rulebook.remembered(_named_in_library, str(kind) if isinstance(kind, str) else ""):
        listed = get(answers, name)
        known, by_words = getattr(rulebook, library), rulebook.by_words[library]
        if isinstance(listed, list) and any(isinstance(each, str) and each not in known for each in listed):
            changed[name] = [
                by_words.get(folded_words(each), each) if isinstance(each, str) and each not in known else each
                for each in listed
            ]
    if not changed:
        return answers
    new = deepcopy(dict(answers))
    for name, value in changed.items():
        put(new, name, value)
    return new


def _named_in_library(rulebook: Rulebook, kind: str) -> Iterator[tuple[str, str]]:
    """The fields whose answers name entries of the library, each with its list."""
    for name, field in fields_of(kind, rulebook.form_of(kind)).items():
        if field.kind == "choices" and field.library in rulebook.by_words:
            yield name, field.library


def _with_new_fields(answers: Mapping[str, Any], rulebook: Rulebook) -> Mapping[str, Any]:
    old = {name: new for name, new in rulebook.office_rules.renamed.items() if get(answers, name) is not None}
    if not old:
        return answers
    changed = deepcopy(dict(answers))
    for name, new in old.items():
        if get(changed, new) is None:  # of two answers to the same question, the old one is reported as unknown
            put(changed, new, get(changed, name))
            put(changed, name, None)
    return changed


def _extras_checked(
    answers: Mapping[str, Any], extras: Sequence[Question], rulebook: Rulebook
) -> tuple[Mapping[str, Any], list[Problem]]:
    """The answers, with those to the office's own questions read by their types; and what is wrong with those."""
    given = answers.get("extra", {})
    if not extras or not isinstance(given, Mapping):
        return answers, []
    read, wrong = dict(given), []
    names = _names_of(extras)
    for name, question in names.items():
        value, field = given.get(name), question.field
        if type(value) is str and field.annotation is OwnText and is_sound(value):
            continue
        if value is None or (value == [] and field.required):
            if field.required and question.applies(answers):
                where = f"{field.title} ({field.name})"
                wrong.append(
                    Problem("is missing.", where, f"{question.ask} {field.example or ''}", "missing", field.name)
                )
            continue
        try:
            read[name] = _reader(field)(value, context=rulebook)
        except ValidationError as error:
            example = f" For example: {in_toml(field.example)}" if field.example is not None else ""
            hint, where = f"Expected: {field.type_in_words}.{example}", f"{field.title} ({field.name})"
            wrong.append(Problem(_said(error), where, hint, "value", field.name))
    is_all = not wrong and given.keys() <= names.keys()
    return {**answers, "extra": ReadAnswers(read) if is_all else read}, wrong


def _said(error: ValidationError) -> str:
    """What is wrong with an answer, as the rest of a sentence."""
    first = error.errors(include_url=False)[0]
    said = first.get("ctx", {}).get("error")
    return str(said) if not first["loc"] and said else "is not the type of answer its question asks for."


@remembered_by_identity(200)
def _names_of(extras: Sequence[Question]) -> Mapping[str, Question]:
    """The office's own questions by the names of their answers, without the ``extra.`` that all have."""
    return {question.field.name.removeprefix("extra."): question for question in extras}


@remembered_by_identity(2000)
def _reader(field: Field) -> Callable[..., Any]:
    """Reads answers to one question. To make one costs far more than to use it."""
    return TypeAdapter(field.annotation).validator.validate_python


def rules_broken(answers: Mapping[str, Any], rulebook: Rulebook) -> list[Problem]:
    """Rules broken by answers that may be incomplete, judged by those that are valid on their own."""
    form = rulebook.form_of(str(answers.get("kind")))
    return list(partial_letter(with_new_names(answers, rulebook), form).problems(rulebook))


def partial_letter(answers: Mapping[str, Any], form: str = RECORDS_REQUEST, known: KnownValues | None = None) -> Letter:
    """The letter as far as the answers describe it; whatever is missing or wrong is None.

    Args:
        form: the request form of its kind.
        known: what is remembered for other letters that have some of the very same values.
    """
    partial = partial_model(letter_type(str(answers.get("kind")), form), answers, known)
    assert isinstance(partial, Letter)
    return partial


KnownValues = dict[tuple[type[Model], str, int], tuple[Any, Any]]
"""What the very same objects are as values of a field: each object, which it keeps alive, and the value."""


def partial_model(model: type[Model], data: Any, known: KnownValues | None = None) -> Model:
    """A model with the valid values, defaults for what was left out, and None for what is wrong."""
    data = data if isinstance(data, Mapping) else {}
    values: dict[str, Any] = {}
    for name, info, inner in _parts(model):
        if inner:
            values[name] = partial_model(inner, data.get(name), known)
        elif name not in data:
            values[name] = None if info.is_required() else info.get_default(call_default_factory=True)
        elif known is None:
            values[name] = _valid(model, name, data[name])
        else:
            key = (model, name, id(data[name]))
            if key not in known:
                known[key] = (data[name], _valid(model, name, data[name]))
            values[name] = known[key][1]
    return model.model_construct(**values)


def _valid(model: type[Model], name: str, value: Any) -> Any:
    try:
        return _adapter(model, name).validate_python(value)
    except ValidationError:
        return None


@cache
def _parts(model: type[Model]) -> list[tuple[str, FieldInfo, type[Model] | None]]:
    """Each field: its name, what the model says of it, and the model it holds, if it holds one."""
    cores = {name: bare(info.annotation) for name, info in model.model_fields.items()}
    return [
        (name, info, core if isinstance(core := cores[name], type) and issubclass(core, Model) else None)
        for name, info in model.model_fields.items()
    ]


@cache
def _adapter(model: type[Model], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(annotation_of(model.model_fields[name]))


def _no_such_kind(kind: object, kinds: Collection[str]) -> Problem:
    near = kind_meant(kind, kinds) if isinstance(kind, str) else None
    return Problem(
        "is missing." if kind is None else f"is “{_printable(kind)}”, which is not a kind of letter in this library.",
        where="Kind of letter (kind)",
        hint=f"Did you mean {near}?" if near else f"Write one of: {', '.join(kinds)}.",
        code="missing" if kind is None else "unknown",
        field="kind",
    )


def _printable(value: object) -> str:
    return str(value)[:40].encode("utf-8", "replace").decode("utf-8")


def _distinct(problems: list[Problem]) -> Iterator[Problem]:
    """Each problem once, and no missing field that is already reported."""
    seen: set[tuple[str, str]] = set()
    reported: set[str] = set()
    for problem in problems:
        if (problem.field, problem.message) in seen or (problem.code == "missing" and problem.field in reported):
            continue
        seen.add((problem.field, problem.message))
        reported.add(problem.field)
        yield problem
