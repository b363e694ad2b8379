"""The document properties of a letter: title, author, language and date, instead of the template's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from lxml import etree
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.assembly.template.sandbox import CompiledText, with_braces
from letters.docx.markup import DOCUMENT_HEAD, STRICT, serialized
from letters.docx.names import CORE_PROPERTIES, DUBLIN_CORE, DUBLIN_CORE_TERMS, R_PR, VAL, XSI, w
from letters.docx.package import Packed
from letters.errors import Problem, TemplateAtFault

# Properties of the template whose tags are filled, each with its namespace prefix in docProps/core.xml.
_PREFIXES = {"title": "dc", "subject": "dc", "keywords": "cp", "category": "cp", "description": "dc"}
FILLED = frozenset(_PREFIXES)
_ESCAPED = pattern("(?:[^<>&]|&(?:amp|lt|gt|quot|#34|#39);)*")
_DEFAULT = f"{w('docDefaults')}/{w('rPrDefault')}/{R_PR}/{w('lang')}"
_LANGUAGE = "letters-language"  # placeholder in styles.xml until the letter's language is known


class DocumentProperties(Struct, frozen=True):
    """The properties of a letter, which Word shows under File, Info.

    Args:
        author: the office; never a person.
        language: tag such as ``en-US``.
        dated: the date of the letter, used as the date of creation and modification.
    """

    title: str
    author: str
    language: str
    dated: dt.date


def core_properties(
    filled: Mapping[str, CompiledText], values: Mapping[str, Any], properties: DocumentProperties, where: str
) -> bytes:
    """docProps/core.xml. From the template it takes only properties that contain tags.

    Args:
        filled: those properties, compiled, by name.
        values: for their tags.
        where: the place, for messages.
    """
    texts = {name: with_braces(script.fill(values)) for name, script in filled.items()}
    stamp = f"{properties.dated.isoformat()}T00:00:00Z"
    title = texts.pop("title", escape(properties.title, quote=False))
    others = "".join(
        f"<{_PREFIXES[name]}:{name}>{text}</{_PREFIXES[name]}:{name}>" for name, text in sorted(texts.items())
    )
    xml = (
        f'{DOCUMENT_HEAD}<cp:coreProperties xmlns:cp="{CORE_PROPERTIES}" xmlns:dc="{DUBLIN_CORE}" '
        f'xmlns:dcterms="{DUBLIN_CORE_TERMS}" xmlns:xsi="{XSI}">'
        f"<dc:title>{title}</dc:title><dc:creator>{escape(properties.author, quote=False)}</dc:creator>{others}"
        f"<dc:language>{escape(properties.language, quote=False)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )
    printed = "".join([*texts.values(), title, properties.author, properties.language])
    if printed.isprintable() and all(map(_ESCAPED.fullmatch, (*texts.values(), title))):
        return xml.encode()  # no parser can find anything wrong with it
    try:
        etree.fromstring(xml.encode(), STRICT)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise TemplateAtFault(
            Problem(
                "The letter's title, office, or language contains a character that a Word file cannot contain.",
                where,
                code="template-value",
            )
        ) from error
    return xml.encode()


def lacks_language(root: etree._Element) -> bool:
    """Whether this is a styles.xml that sets no language."""
    return bool(root.tag == w("styles") and root.find(_DEFAULT) is None)


def is_in_another_language(styles: etree._Element, tag: str) -> bool:
    """Whether this styles.xml says that its text is in another language."""
    default = styles.find(_DEFAULT)
    before = default.get(VAL, "") if default is not None else ""
    return bool(before) and _base(before) != _base(tag)


def mark_language(trees: Iterable[etree._Element], tag: str) -> None:
    """Mark the text of a template as what it is written in, if Word still marks it as another language.

    A template in a second language often begins as a copy of the first, whose language then stays in its styles and in
    its runs; it would be read aloud and spell-checked as that language. Text marked as a third language is left as it
    is.
    """
    trees = list(trees)
    styles = next((tree for tree in trees if is_in_another_language(tree, tag)), None)
    if styles is None:
        return
    default = styles.find(_DEFAULT)
    assert default is not None
    before = default.get(VAL, "")
    default.set(VAL, tag)
    for tree in trees:
        for node in tree.iter(w("lang")):
            if node is not default and _base(node.get(VAL, "")) == _base(before):
                node.set(VAL, tag)


def _base(tag: str) -> str:
    return tag.split("-")[0].lower()


def with_language(root: etree._Element) -> bytes:
    """styles.xml with a placeholder for the letter's language, which screen readers and spell checkers need."""
    node = root
    for name in ("docDefaults", "rPrDefault", "rPr"):
        child = node.find(w(name))
        if child is None:
            child = etree.Element(w(name))
            node.insert(0, child)
        node = child
    etree.SubElement(node, w("lang"), {VAL: _LANGUAGE})
    return serialized(root)


@lru_cache(maxsize=64)
def styles_in(language: str, name: str, xml: bytes) -> Packed:
    """The result of ``with_language`` for one language."""
    return Packed.of(name, xml.replace(_LANGUAGE.encode(), escape(language).encode()))
