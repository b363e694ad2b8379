"""Examines one Word file: what is wrong with it as a Word file and as a template, whatever names it may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from letters.assembly.template.compilation import FILLABLE, ExpandedTemplate, TemplateAnalysis, part_labels
from letters.assembly.template.grammar import BEYOND
from letters.assembly.template.shared_passages import SharedPassages
from letters.assembly.template.tags import Tag, TagPlace, paragraph_of
from letters.docx.package import Package, open_package
from letters.errors import LettersError, Problem
from letters.linter.docxtpl_limits import docxtpl_limits
from letters.linter.findings import Finding, Severity, finding
from letters.linter.formatting import check_formatting
from letters.linter.hidden_content import hidden_content

# What docxtpl accepts and Letters refuses: an error in the library's templates, a note in other files.
_DOCXTPL_ACCEPTS = frozenset({BEYOND, "embedded", "lone-brace", "passage"})


class TemplateFindings(Struct):
    """A template, and what was found in it.

    Args:
        file: what messages call it.
        examination: of the template; None if it cannot be read at all.
        findings: in the order they were found.
        headings: the nearest heading above each paragraph, by part and number.
        expanded: the template with its passages inserted.
        placeholders: the paragraphs that would print one, so that their sentences make no sense yet.
    """

    file: str
    examination: TemplateAnalysis | None = None
    findings: list[Finding] = field(default_factory=list)
    headings: Mapping[tuple[str, int], str] = field(default_factory=dict)
    expanded: ExpandedTemplate | None = None
    placeholders: set[tuple[str, int] | None] = field(default_factory=set)

    @property
    def is_sound(self) -> bool:
        """Whether it can be filled, to see what else is wrong with it."""
        return self.examination is not None and all(each.code in FILLABLE for each in self.examination.problems)

    def add(self, problem: Problem, severity: Severity = "error", kinds: tuple[str, ...] = ()) -> None:
        """Add a problem, with the heading above its place."""
        about = problem.about
        if problem.code == "placeholder" and severity == "error":
            self.placeholders.add(paragraph_of(about))
        if isinstance(about, Tag):
            problem = replace(problem, about=replace(about, place=self._with_heading(about.place)))
        elif isinstance(about, TagPlace):
            problem = replace(problem, about=self._with_heading(about))
        self.findings.append(finding(problem, severity, files=(self.file,), kinds=kinds))

    def _with_heading(self, place: TagPlace) -> TagPlace:
        heading = place.heading or self.headings.get((place.part, place.number), "")
        return replace(place, heading=heading)


def examine(
    data: bytes, name: str, passages: SharedPassages, language: str = "", *, foreign: bool = False
) -> TemplateFindings:
    """Examine a template.

    Args:
        language: of the letters; empty for the language of the file.
        foreign: whether it is not a template of the library. Formatting, and what docxtpl accepts, are only notes then.
    """
    found = TemplateFindings(name)
    try:
        package = open_package(data, name)
        examination = TemplateAnalysis(package, passages, traced=True)
    except LettersError as error:
        for problem in error.problems:
            found.add(problem)
        return found
    labels = {part: f"{name}, {label}" for part, label in part_labels(package).items()}
    found.expanded = examination.expanded()
    graded = [*hidden_content(package, labels), *check_formatting(found.expanded, language)]
    examination.read()
    found.examination = examination
    found.headings = {(each.part, each.number): each.heading for each in examination.reading.places or ()}
    for problem in examination.problems:
        found.add(problem, "note" if foreign and problem.code in _DOCXTPL_ACCEPTS else "error")
    for note in (*examination.notes, *(docxtpl_limits(examination.tags, examination.faulty) if foreign else ())):
        found.add(note, "note")
    for severity, problem in graded:
        found.add(problem, "note" if foreign and problem.code != "remote-template" else severity)
    return found


def hidden_content_of_passages(passages: SharedPassages) -> Iterator[tuple[Severity, Problem]]:
    """The hidden content of shared passages. Their text is checked with the templates that include them."""
    for name in passages.names:
        try:
            package = passages.open(name).package
            yield from hidden_content(package, {package.main: package.name})
        except LettersError as error:
            yield from (("error", problem) for problem in error.problems)


def opened(data: bytes, name: str) -> Package | None:
    """The file as a package; None if it is not one."""
    try:
        return open_package(data, name)
    except LettersError:
        return None
