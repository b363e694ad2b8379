"""A new kind of letter from one Word file: its folder, its questions and its sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import tomli
from msgspec import Struct

from letters._system.resource_limits import READING_MEGABYTES, READING_SECONDS, within_limits
from letters._text.lazy_pattern import pattern
from letters._text.toml_inline import in_toml
from letters.assembly.anatomy import answers_behind
from letters.assembly.assembler import Assembler
from letters.authoring.scaffold.blanks import LetterBlanks, blanks_of
from letters.authoring.scaffold.prompt_text import question, question_for, sample_value
from letters.docx.package import open_package
from letters.errors import LibraryAtFault, Problem, Usage
from letters.library.answers import Answers, write_answers
from letters.library.library import Library
from letters.model.fields import fields_of
from letters.model.rulebook import NO_FORM, RECORDS_REQUEST

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_NAME = pattern(r"[a-z0-9]+(-[a-z0-9]+)*")
_RECIPIENT = {
    "name": "[recipient]",
    "address": "P.O. Box 0000\nAnytown 00000",
    "email": "recipient@mail.example",
}
# A new form of the office's own.
_FORM = """\
# {title}: the questions about what came in, or about what the letter is for. Every kind whose kind.toml says
# form = "…", with the name of this file, is asked them before the letter itself. request.toml explains the lines; a
# question here has a field of the office's own.

[[section]]
title = "{title}"

# [[section.question]]
# field = "extra.received"
# type = "date"
# ask = "When did it arrive?"
# required = true
"""
# Fields that `letters new` fills by itself, or asks for in every letter.
_ASKED_ANYWAY = frozenset({"kind", "departure", "disclosure", "extra"})


class NewKind(Struct, frozen=True):
    """The files of a new kind, ready to be written."""

    files: dict[Path, bytes]
    blanks: LetterBlanks
    notes: tuple[Problem, ...]

    def lines(self) -> Iterator[str]:
        """What was found in the file, for a terminal."""
        for blank in self.blanks.blanks:
            yield f"  {blank.name}: {blank.in_words()}"
        if renamed := [f"{old} as {new}" for old, new in self.blanks.renamed.items() if old != new]:
            yield f"Tags renamed in the letter.docx of the new kind: {', '.join(renamed)}."


def new_kind(assembler: Assembler, kind: str, data: bytes, name: str, form: str = RECORDS_REQUEST) -> NewKind:
    """A new kind from a Word letter.

    Args:
        kind: its name.
        data: the .docx file.
        name: what messages call the file.
        form: what it is asked about first: ``request`` for the records request, ``none``, or another prompt file of the
            library; one that does not exist yet is written too.

    Raises:
        Usage: the name cannot be used, or is taken.
        TemplateAtFault: with every problem in the file's tags.
    """
    library = assembler.library
    if not _NAME.fullmatch(kind) or kind in ("shared", "request", "letter", "advice"):
        raise Usage(
            Problem(
                f"A kind cannot be named “{kind}”.", hint="Use lowercase letters, digits, and hyphens: hearing-notice."
            )
        )
    folder, prompts = library.templates / kind, library.prompts / f"{kind}.toml"
    if folder.exists() or prompts.exists():
        hint = f"After changing its letter.docx, run: letters scaffold --kind {kind} --sync"
        raise Usage(Problem(f"There is already a kind named {kind}.", hint=hint))
    if not _NAME.fullmatch(form) or form == kind or (form != RECORDS_REQUEST and form in library.kinds):
        raise Usage(Problem(f"A form cannot be named “{form}”.", hint="Use lowercase letters, digits, and hyphens."))
    with within_limits(name, READING_SECONDS, READING_MEGABYTES, doing="Reading"):
        found = blanks_of(data, name, assembler.passages, form)
    sample = _sample(assembler, kind, found, form)
    files = {
        folder / "letter.docx": found.data,
        folder / "kind.toml": _kind_file(data, name, kind, library, form).encode(),
        folder / "sample.toml": sample.encode(),
        prompts: _prompt_file(kind, found, library, form).encode(),
    }
    own_form = library.prompts / f"{form}.toml"
    if form not in (RECORDS_REQUEST, NO_FORM) and not own_form.exists():
        files[own_form] = _FORM.format(title=form.replace("-", " ").capitalize()).encode()
    return NewKind(files, found, (*found.problems, *_likely_known(found, kind, form)))


def _kind_file(data: bytes, name: str, kind: str, library: Library, form: str) -> str:
    title = _title_of(data, name) or kind.replace("-", " ").capitalize()
    order = max((each.order for each in library.kinds.values() if each.order < 99), default=0) + 1
    return (
        f"title = {in_toml(title)}\n"
        'summary = "To be written: what the letter does, in one sentence."\n'
        'use_when = "To be written: when counsel chooses it."\n'
        f"order = {order}\n" + ("" if form == RECORDS_REQUEST else f"form = {in_toml(form)}\n")
    )


def _title_of(data: bytes, name: str) -> str:
    package = open_package(data, name)
    for link in package.links("").values():
        if link.kind == "core-properties" and link.target in package.parts:
            title = package.xml(link.target).findtext(_TITLE, "").strip()
            return "" if "{" in title else title
    return ""


def _prompt_file(kind: str, found: LetterBlanks, library: Library, form: str) -> str:
    asked = _asked_for_all(library, form)
    fields = fields_of(kind, form)
    behind = dict.fromkeys(name for path in found.fields for name in answers_behind(path, fields))
    if form != RECORDS_REQUEST and not any(name.startswith("recipient.") for name in asked):
        behind |= dict.fromkeys(name for name in fields if name.startswith("recipient."))  # an older letter.toml
    known = [name for name in behind if name not in asked and name not in _ASKED_ANYWAY]
    parts = [
        f"# Questions for {kind} only, made from its letter.docx; reword them. request.toml explains the lines.\n"
        f"# After changing letter.docx, run: letters scaffold --kind {kind} --sync\n",
        '[[section]]\ntitle = "This letter\'s own facts"\n',
        *(question(blank) for blank in found.blanks),
        *(question_for(fields[name]) for name in known),
    ]
    if not found.blanks and not known:
        del parts[1]
    return "\n".join(parts)


def _asked_for_all(library: Library, form: str) -> set[str]:
    """The fields that a form and letter.toml ask for in every letter of that form."""
    found = set()
    for name in dict.fromkeys((form, "request", "letter")):
        if not library.has(library.prompts / f"{name}.toml"):
            continue
        for section in library.toml(library.prompts / f"{name}.toml").get("section", []):
            found |= {str(entry.get("field", "")) for entry in section.get("question", [])}
    return found


def _sample(assembler: Assembler, kind: str, found: LetterBlanks, form: str) -> str:
    """Sample answers: the facts of the library's first sample, and a placeholder for each blank."""
    answers = _donor(assembler)
    day = answers.get("date")
    fields = fields_of(kind, form)
    own = {name.split(".")[0] for name in fields} - {"legal_basis", "extra"}
    kept = {name: value for name, value in answers.items() if name in own}
    if form != RECORDS_REQUEST and "recipient" not in kept:
        kept["recipient"] = _RECIPIENT
    extra = {blank.name: sample_value(blank, day if isinstance(day, date) else date(2019, 8, 2))
             for blank in found.blanks}  # fmt: skip
    head = "# Sample answers, copied from another letter. Replace what is in [brackets].\n\n"
    return head + write_answers({**kept, "kind": kind, **({"extra": extra} if extra else {})})


def _donor(assembler: Assembler) -> Answers:
    for kind in assembler.library.kinds:
        for answers in assembler.samples(kind).values():
            return answers
    raise LibraryAtFault(
        Problem("The library has no sample to copy facts from.", hint="Add templates/<kind>/sample.toml to a kind.")
    )


def _likely_known(found: LetterBlanks, kind: str, form: str) -> Sequence[Problem]:
    """Blanks whose names suggest a field that every letter has."""
    fields = {name.rsplit(".", 1)[-1]: name for name in fields_of(kind, form) if name not in _ASKED_ANYWAY}
    return [
        Problem(
            f"“{blank.name}” is treated as a blank of this letter only.",
            hint=f"If you mean the {fields[blank.name]} that every letter has, write {{{{ {fields[blank.name]} }}}}.",
            code="perhaps-known",
        )
        for blank in found.blanks
        if blank.name in fields
    ]


def prompt_file_of(library: Library, kind: str) -> str:
    """The text of a kind's prompt file; empty if there is none. Raises LibraryAtFault if it is not TOML."""
    file = library.prompts / f"{kind}.toml"
    if not file.is_file():
        return ""
    text = library.text(file)
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise LibraryAtFault(Problem(f"The file cannot be read: {error}.", library.name_of(file))) from error
    return text
