"""Checks what goes out with letters: forms against their TOML files, tags against the model, and the samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from letters.assembly.assembler import Assembler
from letters.assembly.template.names_used import uses
from letters.assembly.template.tags import Tag
from letters.assembly.template.template import read_text
from letters.errors import LettersError, Problem
from letters.forms.enclosure_file import Enclosure
from letters.forms.mapping_check import mapping_problems, page_problems
from letters.linter.findings import Severity
from letters.linter.tag_checks import ConditionVerdict, check_tags
from letters.linter.template_names import TemplateNames

Graded: TypeAlias = tuple[Severity, Problem]


class EnclosureLinter:
    """Checks the enclosures of one kind.

    Args:
        names: that its tags may use.
        remember: takes what is known about each condition.
    """

    def __init__(
        self, assembler: Assembler, kind: str, names: TemplateNames, remember: Callable[[list[ConditionVerdict]], None]
    ) -> None:
        self._assembler, self._kind, self._names, self._remember = assembler, kind, names, remember
        self.used: set[str] = set()

    def problems(self, *, with_samples: bool) -> Iterator[Graded]:
        """Everything found.

        Args:
            with_samples: also make the enclosures of each sample letter; not if the letters cannot be made.
        """
        try:
            enclosures = self._assembler.enclosures.of(self._kind)
        except LettersError as error:
            yield from (("error", problem) for problem in error.problems)
            return
        sound = True
        for each in enclosures:
            found = list(self._of(each))
            sound = sound and not any(severity == "error" for severity, _ in found)
            yield from found
        if enclosures and sound and with_samples:
            yield from self._samples()

    def _of(self, enclosure: Enclosure) -> Iterator[Graded]:
        for place, text in (*_texts(enclosure), *self._pages(enclosure).items()):
            _, tags, faults = read_text(text, f"{enclosure.where}, {place}")
            faulty = frozenset(fault.about for fault in faults if isinstance(fault.about, Tag))
            problems, verdicts = check_tags(tags, faulty, self._names)
            self.used |= {use.path for use in uses(tags, faulty)}
            self._remember(verdicts)
            yield from (("error", problem) for problem in (*faults, *problems))
        self.used |= {choice["from"] for choice in enclosure.about.choices.values()}
        yield from self._untranslated(enclosure)
        if enclosure.is_page:
            for source in self._pages(enclosure).values():
                yield from page_problems(enclosure, source)
            return
        try:
            pdf, form = self._assembler.enclosure_maker.opened(enclosure)
        except LettersError as error:
            yield from (("error", problem) for problem in error.problems)
            return
        yield from mapping_problems(enclosure, pdf, form, self._assembler.office.language)

    def _pages(self, enclosure: Enclosure) -> dict[str, str]:
        """The sources of a page in its languages, by their place in messages; none if it is a form."""
        pages = {suffix: file for suffix, file in enclosure.files.items() if suffix.endswith("html")}
        return {
            "its page" if suffix == "html" else f"its page {file.name}": self._assembler.library.text(file)
            for suffix, file in pages.items()
        }

    def _untranslated(self, enclosure: Enclosure) -> Iterator[Graded]:
        """What goes out with letters in another language, but is not in that language."""
        about, where = enclosure.about, enclosure.where
        for language in self._assembler.library.translations(self._kind):
            if about.listed and language not in about.titles:
                hint = f'Add: titles = {{ {language} = "…" }}'
                message = f"The title has no translation ({language}), so the letter lists it in the office's language."
                yield "error", Problem(message, where, hint, "untranslated")
            if enclosure.is_page and f"{language}.html" not in enclosure.files:
                name = f"{enclosure.files['html'].stem}.{language}.html"
                message = f"The page has no translation ({language}), so it goes out in the office's language."
                yield "note", Problem(message, where, f"Write it: {name}", "untranslated")

    def _samples(self) -> Iterator[Graded]:
        for name, answers in self._assembler.samples(self._kind).items():
            where = f"templates/{self._kind}/{name}"
            try:
                letter = self._assembler.check(answers)
                values = self._assembler.letter_values(letter)
                goes_out = self._assembler.enclosures.for_letter(self._kind, values)
            except LettersError:  # reported with the template
                continue
            for each in goes_out:
                try:
                    self._assembler.enclosure_maker.make(each, values)
                except LettersError as error:
                    for problem in error.problems:
                        hint = f"{problem.hint} It was found with {where}.".strip()
                        yield "error", Problem(problem.message, problem.where, hint, problem.code, problem.field)


def _texts(enclosure: Enclosure) -> Iterator[tuple[str, str]]:
    """Every text with tags, with its place; conditions as they are in a tag."""
    about = enclosure.about
    yield "title", about.title
    yield from _in_table("titles", about.titles)
    if about.when:
        yield "when", _condition(about.when)
    yield from _in_table("fields", about.fields)
    yield from ((place, _condition(each)) for place, each in _in_table("ticks", about.ticks))


def _in_table(table: str, entries: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((f"[{table}] {name}", text) for name, text in entries.items())


def _condition(source: str) -> str:
    return f"{{% if {source} %}}yes{{% endif %}}"
