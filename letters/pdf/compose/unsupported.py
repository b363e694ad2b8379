"""What the composer sets: letters, and not everything Word can do.

It sets paragraphs, lists, tables, footnotes, headers and footers of text from left to right, and pictures and boxes
that no text goes round. Anything else is left to WeasyPrint, which takes longer: the composer gives up as soon as it
meets it, and leaves nothing behind."""

from __future__ import annotations


class Unsupported(Exception):
    """The letter holds something the composer does not set. Nobody is told: the other writer sets it."""
