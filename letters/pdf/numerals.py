"""Numbers in Word's number formats: digits, letters, Roman numerals and words (17.18.59)."""

from __future__ import annotations

_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip
_MOST_LETTERS = 780
"""Thirty times the alphabet: the limit of Word's letter formats."""
_MOST_HEBREW = 392
"""The largest number that Word writes in Hebrew."""
_ALPHABETS = {
    "russianLower": "".join(map(chr, [*range(0x430, 0x439), *range(0x43A, 0x44A), 0x44B, *range(0x44D, 0x450)])),
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
}
"""The letters that lists are counted with; after the last, each is doubled."""
_HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
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
    "ordinalText", "decimalZero", *_ALPHABETS, "russianUpper", "hebrew1", "hebrew2",
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
    if (alphabet := _ALPHABETS.get(number_format.replace("Upper", "Lower"))) and 0 < number <= 30 * len(alphabet):
        turns, letter = divmod(number - 1, len(alphabet))
        text = alphabet[letter] * (turns + 1)
        return text.upper() if number_format.endswith("Upper") else text
    if number_format in ("hebrew1", "hebrew2") and 0 < number <= _MOST_HEBREW:
        return _in_hebrew(number, as_numeral=number_format == "hebrew1")
    if number_format == "ordinal":
        ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    if number_format in ("cardinalText", "ordinalText") and 0 < number < 100:
        return _in_words(number, ordinal=number_format == "ordinalText")
    if number_format == "decimalZero":
        return f"{number:02d}"
    return "" if number_format == "none" else str(number)


def _in_hebrew(number: int, *, as_numeral: bool) -> str:
    """A Hebrew numeral, of which 15 and 16 are nine and six, nine and seven; or a letter, after as many of the last one
    as there are whole alphabets before it.
    """
    if not as_numeral:
        turns, letter = divmod(number - 1, len(_HEBREW))
        return _HEBREW[-1] * turns + _HEBREW[letter]
    hundreds, rest = divmod(number, 100)
    text = _HEBREW[-1] * (hundreds // 4) + (_HEBREW[17 + hundreds % 4] if hundreds % 4 else "")
    if rest in (15, 16):
        return text + _HEBREW[8] + _HEBREW[rest - 10]
    tens, ones = divmod(rest, 10)
    return text + (_HEBREW[8 + tens] if tens else "") + (_HEBREW[ones - 1] if ones else "")


def _in_words(number: int, *, ordinal: bool) -> str:
    words = [_SMALL[number]] if number < 20 else [_TENS[number // 10], *([_SMALL[number % 10]] if number % 10 else [])]
    if ordinal:
        last = words[-1]
        words[-1] = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return "-".join(words).capitalize()
