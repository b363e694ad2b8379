"""What `letters pdf` asks of a Word letter before it prints it, whoever wrote it.

A letter that still has tags, or fields whose stored results may be out of date, is refused unless the options say
otherwise. So is one whose PDF would lack a symbol, a formula or a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from letters._text.lazy_pattern import pattern
from letters._text.leftovers import leftovers
from letters.docx.fields import fields, has_computed_fields, why_refused
from letters.docx.markup import ByMarkup, first_words, own_nodes
from letters.docx.names import P, T, w
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.note_codes import APPEARANCE

if TYPE_CHECKING:
    from letters.docx.names import Node

_STORIES = ("header", "footer", "footnotes", "endnotes")
_NO_LOSS = APPEARANCE | {"comments", "hidden", "record", "field", "field-updated"}
_TAG = pattern(r"\{\{.{0,500}?\}\}|\{%.{0,500}?%\}|\{#.{0,500}?#\}|\{\{|\{%")
_MOST = 20


class ConversionOptions(Struct, frozen=True):
    """How a Word letter is converted.

    Args:
        accept_changes: convert it as it reads with its tracked changes accepted; otherwise they are refused.
        strict: refuse it for anything that looks different in the PDF.
        allow_loss: convert it although a symbol, a formula or a picture is missing from the PDF, which is noted.
        keep_fields: print fields such as DATE and IF with the results that Word last stored.
        keep_tags: print ``{{ … }}`` and ``{% … %}`` as they are; otherwise they are refused.
        title: of the letter, instead of the one in the file's properties or the one made from its words.
        language: of the letter, such as ``en-US``, instead of the one in the file.
        alternatives: the number of each picture without alternative text, and a text for it; an empty one means that
            the picture is decorative.
    """

    accept_changes: bool = False
    strict: bool = False
    allow_loss: bool = False
    keep_fields: bool = False
    keep_tags: bool = False
    title: str = ""
    language: str = ""
    alternatives: tuple[tuple[int, str], ...] = ()


PLAIN = ConversionOptions()


def as_printed(package: Package, options: ConversionOptions) -> tuple[Package, tuple[Problem, ...]]:
    """The letter as it is printed, with the results of its cross-references, and notes on results that have changed.

    Raises:
        LettersError: it has tags, or fields that cannot be computed, and the options do not allow them.
    """
    if options.accept_changes:
        from letters.docx.revisions import accepted

        package = accepted(package)
    stories = _stories(package)
    problems: list[Problem] = []
    if not options.keep_tags:
        problems += _tags(package, stories)
    updated: tuple[Problem, ...] = ()
    if not options.keep_fields:
        problems += _refused_fields(package, stories)
        if any(_may_be_updated(package, part) for part in stories.values()):
            package, updated, faults = _with_results(package, options.language)
            problems += faults
    if problems:
        raise LettersError(problems[:_MOST])
    return package, updated


def _may_be_updated(package: Package, part: str) -> bool:
    return b"instr" in package.parts[part] and has_computed_fields(package.tree(part))


def _with_results(package: Package, language: str) -> tuple[Package, tuple[Problem, ...], tuple[Problem, ...]]:
    """The letter with the results of its cross-references, notes on those that have changed, and what is wrong."""
    from letters.pdf.field_results import WrongField, computed_results  # here, because few letters have any

    try:
        results = computed_results(package, language=language)
    except WrongField as error:
        hint = "Correct it in Word; or print fields as they are: --keep-fields."
        return package, (), tuple(replace(each, hint=hint).within(package.name) for each in error.problems)
    updated = tuple(note.within(package.name) for note in results.changed)
    return Package(package.name, {**package.parts, **results.parts}) if results.parts else package, updated, ()


def refuse_loss(notes: Iterable[Problem]) -> None:
    """Raise LettersError if something is missing from the PDF."""
    lost = [note for note in notes if note.code not in _NO_LOSS]
    if lost:
        add = "Or print the letter without it: --allow-loss."
        raise LettersError(replace(note, hint=" ".join(filter(None, (note.hint, add)))) for note in lost)


def with_options(notes: Iterable[Problem]) -> Iterator[Problem]:
    """The notes, with the option of the command that would help."""
    for note in notes:
        if note.code == "alternative-text" and (match := re.match(r"Picture (\d+) ", note.message)):
            number = match[1]
            add = f"Or describe it here: --alt {number}=“…”; --alt {number}= if it is decorative."
            yield replace(note, hint=f"{note.hint} {add}")
        else:
            yield note


def leftovers_in(package: Package) -> Iterator[Problem]:
    """Placeholders that somebody forgot to fill."""
    for label, part in _stories(package).items():
        marked = package.marked(part)
        for number, ((paragraph, _), found) in enumerate(zip(marked, _left_over.of_all(marked), strict=True), 1):
            for words in found:
                place = f"{package.name}, {label}, paragraph {number}, “{first_words(paragraph)}”"
                message = f"“{words}” looks like a placeholder that was never filled."
                yield Problem(message, place, "Write the words in Word, unless it is meant.", "placeholder")


def _stories(package: Package) -> dict[str, str]:
    """The parts with the body, headers, footers and notes, by what messages call them."""
    found = {"body": package.main}
    for link in package.links(package.main).values():
        if link.kind in _STORIES and not link.external and link.target in package.parts:
            found[link.target.rpartition("/")[2].removesuffix(".xml")] = link.target
    return found


@ByMarkup
def _left_over(paragraph: Node) -> tuple[str, ...]:
    """The placeholders in a paragraph."""
    return tuple([each.words for each in leftovers(_words(paragraph))])


def _words(paragraph: Node) -> str:
    """The text of a paragraph, without that of the text boxes in it."""
    return "".join(
        [node.text or "" if node.tag == T else _KINDS.get(str(node.tag), "") for node in own_nodes(paragraph)]
    )


_KINDS = {w("tab"): "\t", w("br"): " ", w("noBreakHyphen"): "-"}
"""What other elements stand for."""


def _tags(package: Package, stories: dict[str, str]) -> Iterator[Problem]:
    for label, part in stories.items():
        if b"{" not in package.parts[part] and b"&#" not in package.parts[part]:
            continue
        for number, paragraph in enumerate(package.paragraphs(part), 1):
            for tag in _tags_in(paragraph, package.markup(paragraph)):
                yield Problem(
                    f"The tag {tag[:60]} was never filled.",
                    f"{package.name}, {label}, paragraph {number}, “{first_words(paragraph)}”",
                    "Fill the template with `letters fill`, or write the words in Word; to print tags: --keep-tags.",
                    "unfilled",
                )


@ByMarkup
def _tags_in(paragraph: Node) -> tuple[str, ...]:
    words = _words(paragraph)
    return tuple(dict.fromkeys(_TAG.findall(words))) if "{" in words else ()


def _refused_fields(package: Package, stories: dict[str, str]) -> Iterator[Problem]:
    for label, part in stories.items():
        root = package.tree(part)
        paragraphs: dict[Node, int] = {}
        for each in fields(root):
            refused = why_refused(each.code, nested=each.nested)
            if refused is None or each.parsed.name == "HYPERLINK":
                continue  # a link that must not be followed is printed as text, with a note
            paragraphs = paragraphs or {node: at for at, node in enumerate(root.iter(P), 1)}
            holder = each.paragraph
            place = "" if holder is None else f", paragraph {paragraphs[holder]}, “{first_words(holder)}”"
            yield Problem(
                refused[0],
                f"{package.name}, {label}{place}",
                "Replace it with text: in Word, click the field and press Ctrl-Shift-F9. "
                "Or print fields as they are: --keep-fields.",
                "field",
            )
