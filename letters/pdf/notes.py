"""What the notes on a printed letter are about, by their codes."""

LOOKS = frozenset({
    "alternative-text", "cmyk", "columns", "floating-picture", "font", "look", "no-claim", "numbering", "page-number",
    "place", "private-characters", "settled", "shape", "tab", "table-header", "table-shape",
})  # fmt: skip
"""Codes of notes on the look alone, or on what the PDF cannot claim: no word and no picture is missing."""
