"""The TOML file of an enclosure: when it goes out with a letter, and which values of the letter go into its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from pydantic import Field, ValidationError, field_validator

from letters.errors import Collector, LibraryAtFault, Problem
from letters.forms.page_fields import names_in
from letters.library.library import Library
from letters.model.error_wording import problems_in
from letters.model.values import Model, Text

SHARED = "shared"
SMALLEST = 8.0
_LEAST, _MOST = 4.0, 24.0
_READABLE = ("request.", "extra.")
_NEVER_READ = ("request.asserted", "request.authority", "request.released", "request.received")


class ReadTarget(Model):
    """What a returned field may answer."""

    to: Text = Field(title="Answer", description="The dotted name of the answer.")
    split: Literal["", "lines"] = Field(default="", title="Split", description="“lines” for a list, one per line.")
    longest: int = Field(default=5000, ge=1, title="Longest", description="Characters that are read.")


class EnclosureFile(Model):
    """An enclosure, as its TOML file describes it."""

    title: Text = Field(title="Title", description="As the letter lists it; it may have tags.")
    titles: dict[str, str] = Field(
        default={}, title="Titles", description="The title in letters in other languages, by language: es."
    )
    source: Literal["form", "page"] = Field(
        default="form", title="Source", description="An office's own PDF form, or an HTML page."
    )
    when: str = Field(default="", title="When", description="The condition on which it goes out, as in a tag.")
    shared: bool = Field(
        default=False, title="Shared", description="Whether its form or page is in templates/shared/enclosures."
    )
    listed: bool = Field(default=True, title="Listed", description="Whether the letter lists it among its enclosures.")
    ships_as: Literal["fillable", "fixed", "flat"] = Field(
        default="fixed", title="Ships as", description="Whether its fields stay open, are locked, or become print."
    )
    smallest: float = Field(
        default=SMALLEST, ge=_LEAST, le=_MOST, title="Smallest", description="Smallest size of words, in points."
    )
    fits: Literal["stop", "continue"] = Field(
        default="stop", title="Fits", description="What to do with words that do not fit."
    )
    continued: Text = Field(
        default="See continuation sheet.", title="Continued", description="What a field says whose words do not fit."
    )
    fields: dict[str, str] = Field(default={}, title="Fields", description="Tags by the name of the field.")
    ticks: dict[str, str] = Field(default={}, title="Ticks", description="Conditions by the name of the check box.")
    choices: dict[str, dict[str, str]] = Field(
        default={}, title="Choices", description="By the name of the field: the answer, and a choice for each value."
    )
    empty: dict[str, list[str]] = Field(default={}, title="Empty", description="Fields left for the recipient.")
    read: dict[str, ReadTarget] = Field(
        default={}, title="Read", description="What may come back, and as which answer."
    )

    @field_validator("read", mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {name: {"to": each} if isinstance(each, str) else each for name, each in value.items()}


class Enclosure(Struct, frozen=True):
    """An enclosure of a kind of letter.

    Args:
        kind: of the letter.
        name: the name of its files, without suffix.
        where: what messages call its TOML file.
        about: what that file says.
        files: every file it is made of, by suffix, such as ``toml``, ``pdf``, ``html``, ``css``, ``es.html``.
        page_fields: the names of the fields of an HTML page, which its TOML file need not list.
    """

    kind: str
    name: str
    where: str
    about: EnclosureFile
    files: Mapping[str, Path]
    page_fields: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """What its finished file is called after the name of its letter."""
        return f"{self.name}.pdf"

    @property
    def is_page(self) -> bool:
        """Whether it is made from an HTML page."""
        return self.about.source == "page"

    @property
    def left_empty(self) -> tuple[str, ...]:
        """The names of fields that are left for the recipient."""
        return tuple(self.about.empty.get("fields", ()))

    @property
    def mapped(self) -> tuple[str, ...]:
        """The names of fields of a PDF form that get a value."""
        return (*self.about.fields, *self.about.ticks, *self.about.choices)

    @property
    def known_fields(self) -> frozenset[str]:
        """The names of all the fields that it is known to have."""
        return frozenset((*self.mapped, *self.left_empty, *self.about.read, *self.page_fields))


def folder_of(library: Library, kind: str) -> Path:
    """Where the enclosures of a kind are."""
    return library.templates / kind / "enclosures"


def read_enclosures(library: Library, kind: str) -> tuple[Enclosure, ...]:
    """The enclosures of a kind, by name. Raises LibraryAtFault with everything that is wrong with their TOML files."""
    found, problems = [], Collector()
    for name in library.enclosures(kind):
        with problems.collect():
            found.append(_read(library, kind, name))
    problems.stop_if_any(LibraryAtFault)
    return tuple(found)


def _read(library: Library, kind: str, name: str) -> Enclosure:
    file = library.enclosure(kind, name)
    where = library.name_of(file)
    try:
        about = EnclosureFile.model_validate(library.toml(file))
    except ValidationError as error:
        raise LibraryAtFault(problem.within(where) for problem in problems_in(error, EnclosureFile)) from error
    if problems := list(_contradictions(about, where)):
        raise LibraryAtFault(problems)
    folder = folder_of(library, SHARED) if about.shared else file.parent
    main = folder / f"{name}.{'html' if about.source == 'page' else 'pdf'}"
    files = {"toml": file, main.suffix[1:]: main}
    if about.source == "page":
        others = ("css", *(f"{language}.html" for language in library.translations(kind)))
        files |= {each: found for each in others if library.has(found := folder / f"{name}.{each}")}
    if not library.has(main):
        hint = (
            "Write the page there."
            if about.source == "page"
            else f"To take a form in: letters enclose FORM.pdf --kind {kind}"
        )
        raise LibraryAtFault(Problem("The file is missing.", library.name_of(main), hint, "missing"))
    fields = tuple(names_in(library.text(main))) if about.source == "page" else ()
    return Enclosure(kind, name, where, about, files, fields)


def _contradictions(about: EnclosureFile, where: str) -> Iterator[Problem]:
    tables: dict[str, Iterable[str]] = {"[fields]": about.fields, "[ticks]": about.ticks, "[choices]": about.choices}
    if about.source == "page":
        tables = {}  # [choices] only says what the words of a returned page mean
    places: dict[str, str] = {}
    for table, entries in tables.items():
        for field in entries:
            if field in places:
                yield Problem(
                    f"“{field}” is listed under {places[field]} and again under {table}.", where, "Keep one.", "twice"
                )
            places.setdefault(field, table)
    for field in about.empty.get("fields", ()):
        if field in places:
            yield Problem(
                f"“{field}” gets a value under {places[field]}, but [empty] leaves it for the recipient.",
                where,
                "Remove it from one of the two.",
                "twice",
            )
    for field, target in about.read.items():
        if not target.to.startswith(_READABLE) or target.to.startswith(_NEVER_READ):
            yield Problem(
                f"“{field}” may not become the answer {target.to}: a form that comes back gives facts about a request, "
                "never law, consent, or who signs.",
                f"{where}, [read]",
                "Name an answer that begins with request. or extra.",
                "read",
                field,
            )
    if set(about.empty) - {"fields"}:
        yield Problem("[empty] has something other than “fields”.", where, 'Write: fields = ["name", …]', "unknown")
    for field, choice in about.choices.items():
        if not choice.get("from"):
            yield Problem(
                f"The choice for “{field}” does not say which answer decides.",
                where,
                'Write: { from = "request.nature", criminal = "Criminal" }',
                "missing",
            )
    if about.source == "page" and (about.ticks or about.fields):
        yield Problem(
            "A page fills its fields itself, so its TOML file has no [fields] or [ticks].",
            where,
            "Write the tags into the page.",
            "page",
        )
