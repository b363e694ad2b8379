"""What the notes on a converted letter are about, by their codes."""

APPEARANCE = frozenset({
    "alternative-text", "cmyk", "columns", "floating-picture", "font", "formula", "look", "no-claim", "no-language",
    "numbering", "page-number", "place", "private-characters", "reflowed", "shape", "tab", "table-header",
    "table-shape", "title",
})  # fmt: skip
"""Codes of notes on appearance alone, or on what the PDF cannot claim: no word and no picture is missing."""
