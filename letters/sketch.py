"""The letter so far, as text: what has been answered stands in it, what has not is a marked blank.

It is made from the kind's own template, filled with stand-ins where answers are missing. It shows and decides nothing
else: whatever goes wrong in it is said in its place, and the interview goes on.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from letters.answers import partial_letter
from letters.assemble import context_of
from letters.dates import long_date
from letters.desk import Desk
from letters.errors import LettersError
from letters.fields import bare, get
from letters.interview import Interview
from letters.model import Letter
from letters.values import Model

# Characters of the private area, which no answer holds: a blank and the answer just given, until the text is there.
_OPEN, _SHUT, _FROM, _TO = "\ue010", "\ue011", "\ue012", "\ue013"
# Days no letter has stand for days that are blank or marked: a template may print a day in any form but a text in none.
_FIRST_STAND_IN = date(1600, 1, 1).toordinal()
_WIDTH = 76


class _Day(date):
    """A day that is not known, or that was answered last."""

    said: str = f"{_OPEN}date{_SHUT}"


def sketch_of(desk: Desk, interview: Interview, marked: str = "") -> str:
    """The letter as far as the answers make it.

    Args:
        marked: the field answered last; its answer stands between ``>>`` and ``<<``.
    """
    kind = interview.kind or interview.kind_default() or _likely(interview)
    head = [f"{desk.library.kinds[kind].title}, as far as it goes."]
    if not interview.kind:
        head.append("No kind of letter has been chosen yet; this is the one the answers point to so far.")
    head.append("[ ] is still open." + (" >> << is your last answer." if marked else ""))
    try:
        text = _text(desk, interview, kind, marked)
    except LettersError as error:
        text = f"It cannot be shown yet: {error.problems[0]}"
    except Exception as error:  # noqa: BLE001 - a picture of the letter never stops the interview that it is a picture of
        text = f"It cannot be shown yet ({type(error).__name__}). The letter itself is checked before it is written."
    if marked and ">>" not in text:
        head.append("Your last answer is not printed in this letter, or not yet.")
    return "\n".join([*(textwrap.fill(line, _WIDTH) for line in head), "-" * _WIDTH, "", text, ""])


def _likely(interview: Interview) -> str:
    """The kind the facts point to as long as they are incomplete."""
    state = interview.state
    outcome = state.guide.on(state.settled_facts()) if state.guide else None
    return outcome.kind if outcome and outcome.kind in state.library.kinds else next(iter(state.library.kinds))


def _text(desk: Desk, interview: Interview, kind: str, marked: str) -> str:
    from letters.word import Properties, fill_text

    answers = interview.settled() | {"kind": kind}
    partial = partial_letter(answers)
    letter = _stand_in(type(partial), partial, answers, "", marked)
    assert isinstance(letter, Letter)
    law = {"date": letter.date if not isinstance(letter.date, _Day) else interview.state.today}
    law |= {"signatory": letter.signatory if letter.signatory in desk.rulebook.signatories else _first(desk)}
    known = letter.model_copy(update=law)
    extras = desk.extras(kind)
    context = context_of(known, desk.office, desk.rulebook, desk.phrases, fill_text, extras=extras)
    context["date"] = letter.date
    if letter.signatory != law["signatory"]:
        context["signatory"] = {name: _blank(f"{name} of the signatory") for name in ("name", "title")}
    for question in extras:
        name = question.field.name.removeprefix("extra.")
        if context["extra"].get(name) is None:
            context["extra"][name] = _Day.fromordinal(1) if question.field.kind == "date" else _blank(question.field.title)
    stand_ins: dict[str, str] = {}
    filled = desk.template(kind).fill(
        {name: _printable(value, desk.phrases, stand_ins) for name, value in context.items()},
        Properties(title="", author="", language=desk.office.language, dated=interview.state.today),
    )
    return _finished("\n".join(_paragraphs(filled)), stand_ins)


def _first(desk: Desk) -> str:
    return next(iter(desk.rulebook.signatories))


def _stand_in(model: type[Model], known: Model, given: Mapping[str, Any], prefix: str, marked: str) -> Model:
    """The model with something in each place that must hold something, and a mark round the answer given last."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        value, inner = getattr(known, name, None), bare(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Model):
            part = value if isinstance(value, Model) else inner.model_construct()
            values[name] = _stand_in(inner, part, given, f"{path}.", marked)
        elif value is None and (info.is_required() or not _may_be_none(info.annotation)):
            values[name] = _missing(inner, info.title or name)
        elif path == marked:
            values[name] = _marked(value)
        else:
            values[name] = value
    return model.model_construct(**values)


def _may_be_none(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation)


def _missing(kind: Any, title: str) -> Any:
    if kind is date:
        day = _Day(1, 1, 1)
        day.said = _blank(title)
        return day
    if get_origin(kind) is list:
        return []
    return None if isinstance(kind, type) and issubclass(kind, Enum) else _blank(title)


def _blank(title: str) -> str:
    return f"{_OPEN}{title[:1].lower()}{title[1:]}{_SHUT}"


def _marked(value: Any) -> Any:
    """The value so that it can be told from the rest where it is printed; what must be looked up stays as it is."""
    if isinstance(value, date):
        day = _Day(value.year, value.month, value.day)
        day.said = f"{_FROM}{long_date(value)}{_TO}"
        return day
    if isinstance(value, str) and not isinstance(value, Enum):
        return f"{_FROM}{value}{_TO}"
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if isinstance(value, Model):
        return value.model_copy(update={name: _marked(getattr(value, name)) for name in type(value).model_fields})
    return value


def _printable(value: Any, phrases: Mapping[str, Mapping[str, str]], stand_ins: dict[str, str]) -> Any:
    """Plain data for the template: each stand-in day one of its own, and words for each choice not made."""
    if isinstance(value, _Day):
        day = date.fromordinal(_FIRST_STAND_IN + len(stand_ins))
        stand_ins[long_date(day)] = value.said
        return day
    if isinstance(value, list | tuple):
        return [_printable(each, phrases, stand_ins) for each in value]
    if isinstance(value, dict):
        blanks = {f"{name}_words": _blank(name.replace("_", " ")) for name in value if value[name] is None}
        found = {name: blank for name, blank in blanks.items() if name.removesuffix("_words") in phrases}
        return {name: _printable(each, phrases, stand_ins) for name, each in (found | value).items()}
    return value


def _finished(text: str, stand_ins: Mapping[str, str]) -> str:
    for day, said in stand_ins.items():
        text = text.replace(day, said)
    text = text.replace(_OPEN, "[").replace(_SHUT, "]")
    return re.sub(f"{_TO}(\\s?){_FROM}", r"\1", text).replace(_FROM, ">>").replace(_TO, "<<")


def _paragraphs(docx: bytes) -> Iterator[str]:
    """The words of a Word letter, a paragraph each; a list's entries are marked, a table's rows run on a line."""
    from letters.package import open_package

    package = open_package(docx, "the letter so far")
    names = [link.target for link in package.links(package.main).values() if link.kind == "header"]
    for part in (*names[:1], package.main):
        root = package.xml(part)
        word = root.tag.partition("}")[0] + "}"
        for node in root.iter(f"{word}p"):
            if any(above.tag == f"{word}tc" for above in node.iterancestors()):
                continue
            yield from _wrapped(_words(node, word), listed=node.find(f".//{word}numPr") is not None)
        for row in root.iter(f"{word}tr"):
            cells = (" ".join(_words(each, word) for each in cell.iter(f"{word}p")) for cell in row.iter(f"{word}tc"))
            yield from _wrapped("  ".join(cells), listed=True)


def _words(node: Any, word: str) -> str:
    said = {f"{word}tab": " ", f"{word}br": "\n", f"{word}noBreakHyphen": "-"}
    pieces = (each.text or "" if each.tag == f"{word}t" else said.get(each.tag, "") for each in node.iter())
    return "".join(pieces).strip()


def _wrapped(text: str, *, listed: bool) -> Iterator[str]:
    for line in text.split("\n"):
        first = "  - " if listed and line else ""
        yield textwrap.fill(line, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
    if text:
        yield ""
