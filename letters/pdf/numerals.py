"""Numbers in Word's number formats: digits, letters, Roman numerals and words (17.18.59)."""

from __future__ import annotations

_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip
_MOST_LETTERS = 780
"""Thirty times the alphabet: the limit of Word's letter formats."""
_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip

SUPPORTED_NUMBER_FORMATS = frozenset({
    "decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman", "bullet", "none", "ordinal", "cardinalText",
    "ordinalText", "decimalZero",
})  # fmt: skip
"""Formats that need no note; any other is shown as digits."""


def format_number(number: int, number_format: str) -> str:
    """``number`` in one of Word's number formats (17.18.59); in digits if the format is unknown."""
    if number_format in ("lowerLetter", "upperLetter") and 0 < number <= _MOST_LETTERS:
        turns, letter = divmod(number - 1, 26)
        text = chr(ord("a") + letter) * (turns + 1)
        return text if number_format == "lowerLetter" else text.upper()
    if number_format in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text, rest = "", number
        for value, letters in _ROMAN:
            text, rest = text + letters * (rest // value), rest % value
        return text if number_format == "lowerRoman" else text.upper()
    if number_format == "ordinal":
        ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    if number_format in ("cardinalText", "ordinalText") and 0 < number < 100:
        return _in_words(number, ordinal=number_format == "ordinalText")
    if number_format == "decimalZero":
        return f"{number:02d}"
    return "" if number_format == "none" else str(number)


def _in_words(number: int, *, ordinal: bool) -> str:
    words = [_SMALL[number]] if number < 20 else [_TENS[number // 10], *([_SMALL[number % 10]] if number % 10 else [])]
    if ordinal:
        last = words[-1]
        words[-1] = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return "-".join(words).capitalize()
