"""Entities of XML and HTML. The standard library's `html` does the same; few letters need the table that it loads."""

from __future__ import annotations


def escaped(text: str) -> str:
    """A text as it is written in markup, also within an attribute."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;")):
        text = text.replace(character, entity)
    return text


def unescaped(text: str) -> str:
    """A text from markup, without entities."""
    if "&" not in text:
        return text
    from html import unescape

    return unescape(text)
