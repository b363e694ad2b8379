"""The limits of the composer.

It supports left-to-right text in paragraphs, lists, tables, footnotes, headers and footers, and pictures and text boxes
that no text wraps around. At anything else it stops, and WeasyPrint lays out the letter, which takes longer."""

from __future__ import annotations


class Unsupported(Exception):
    """The composer cannot lay out the letter. Users never see this: the other writer takes over."""


class OffPage(Unsupported):
    """Text would be off the page, as that of a table wider than the page is in Word."""


class NoGlyph(Unsupported):
    """No font that the composer can use has some character."""
