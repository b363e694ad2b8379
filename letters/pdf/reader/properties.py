"""The title and the language of a letter, which an accessible PDF must state (ISO 14289-1, 7.1 and 7.2).

Word leaves the title empty, so a letter without one gets a title from its own words: the subject after “Re:”, or else
its first heading, or else the name of the file.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from letters._text.language_tags import LANGUAGE_TAG
from letters._text.lazy_pattern import pattern
from letters.docx.attribute_values import language_of, value_of
from letters.docx.markup import own_nodes
from letters.docx.names import DUBLIN_CORE, VAL, Node, P, T, w
from letters.docx.package import Package
from letters.errors import LettersError, Problem
from letters.pdf.reader.context import NO_CELL_STYLE, ReadingContext

_SUBJECT = pattern(r"(?:Re|Subject|Betreff|Asunto|Objet|Oggetto)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_HEADING = pattern(r"(?:title|subject|heading ?\d)", re.IGNORECASE)
_LONGEST = 100


class Properties(Struct, frozen=True):
    """What a PDF says about the letter as a whole."""

    title: str
    language: str
    notes: tuple[Problem, ...] = ()
    """On what is not stated in the file."""


def properties_of(
    package: Package,
    context: ReadingContext,
    *,
    title: str = "",
    language: str = "",
    usual_language: Callable[[], str] = str,
) -> Properties:
    """The title and the language of a letter.

    Args:
        title, language: instead of those that the file names.
        usual_language: gives that of a letter that does not say which language it is in; empty to refuse it.

    Raises:
        LettersError: the letter does not say which language it is in, and there is no usual one.
    """
    stated_title, stated_language = _core_properties(package)
    title, notes = title or stated_title, []
    if not title:
        title = derived_title(package)
        notes.append(
            Problem(
                f"The file names no title, so the PDF is titled “{title}”.",
                where=package.name,
                hint="To name another one: --title, or in Word: File, Info, Properties, Title.",
                code="title",
            )
        )
    language = language or stated_language or _language_of_text(package, context)
    if not LANGUAGE_TAG.fullmatch(language):
        language = usual_language()
        problem = Problem(
            f"The file does not say which language it is in; {language} is assumed."
            if language
            else "The document does not say which language it is in.",
            where=package.name,
            code="no-language",
            hint="Name it with --lang, such as --lang en-US. Or in Word: select all, then Review, Language, Set "
            "Proofing Language. Then save.",
        )
        if not language:
            raise LettersError(problem)
        notes.append(problem)
    return Properties(title, language, tuple(notes))


def _core_properties(package: Package) -> tuple[str, str]:
    """The title and the language that the properties of the file name; a damaged file may have several such parts."""
    title = language = ""
    for link in package.links("").values():
        if link.kind.endswith("core-properties") and link.target in package.parts:
            core = package.tree(link.target)
            title = title or " ".join((core.findtext(f"{{{DUBLIN_CORE}}}title") or "").split())
            language = language or language_of(core.findtext(f"{{{DUBLIN_CORE}}}language"))
    return title, language


def _language_of_text(package: Package, context: ReadingContext) -> str:
    """The language of ordinary text; if the styles name none, that of most of the text, or of the theme's fonts."""
    usual = context.run_props(None, context.styles.default.get("paragraph", ""), NO_CELL_STYLE).get("language", "")
    if usual:
        return str(usual)
    amounts: Counter[str] = Counter()
    for node in package.tree(package.main).iter(w("lang")):
        run = node.getparent() if node.getparent() is None else node.getparent().getparent()  # type: ignore[union-attr]
        if run is not None and run.tag == w("r") and (said := language_of(node.get(VAL))):
            amounts[said] += len("".join(run.itertext(T)))
    if amounts:
        return max(amounts, key=lambda said: amounts[said])
    return language_of(value_of(context.settings, "themeFontLang"))


def derived_title(package: Package) -> str:
    """A title for a letter that names none: its subject, its first heading, or the name of the file."""
    names = _style_names(package)
    heading, subject_follows = "", False
    for paragraph in package.tree(package.main).iter(P):
        words = " ".join(_words(paragraph).split())
        if subject_follows and words:
            return _shortened(words)
        if match := _SUBJECT.fullmatch(words):
            if match[1]:
                return _shortened(match[1])
            subject_follows = True  # it is in the next cell
        style = value_of(paragraph.find(w("pPr")), "pStyle") or ""
        if words and not heading and _HEADING.match(names.get(style, style)):
            heading = words
    name = posixpath.basename(package.name.replace("\\", "/"))
    return _shortened(heading) or name.removesuffix(".docx") or "Letter"


def _style_names(package: Package) -> dict[str, str]:
    return {
        style.get(w("styleId"), ""): value_of(style, "name") or ""
        for link in package.links(package.main).values()
        if link.kind == "styles" and link.target in package.parts
        for style in package.tree(link.target).iter(w("style"))
    }


def _words(paragraph: Node) -> str:
    """The text of a paragraph, without that of the text boxes in it."""
    kinds = {w("tab"): " ", w("br"): " ", w("noBreakHyphen"): "-"}
    return "".join(
        [node.text or "" if node.tag == T else kinds.get(str(node.tag), "") for node in own_nodes(paragraph)]
    )


def _shortened(words: str) -> str:
    words = re.sub('[“”"]', "", words)
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0]
