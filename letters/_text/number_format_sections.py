"""One section of a number format: its parts, and the text it makes of a number.

A section such as `#,##0.00_)` is a row of parts: digit marks, literals, date codes. Each kind of section (General,
decimal, scientific, fraction) has a function here that lays out a number, and refuses parts it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from letters._text.lazy_pattern import pattern

_MOST_DECIMALS = 30
_DATE_PARTS = frozenset({"date", "elapsed", "clock"})


class NumberFormatNotSupported(ValueError):
    """What a number format shows cannot be told exactly.

    Args:
        unsupported: what in it, or about the value; a noun phrase for a message.
        number_format: the whole code, once known.
    """

    def __init__(self, unsupported: str, number_format: str = "") -> None:
        super().__init__(unsupported)
        self.unsupported, self.number_format = unsupported, number_format


class Part(NamedTuple):
    """A part of a section.

    Args:
        kind: ``literal``, ``digit`` (0 # ?), ``figure`` (1 to 9), ``point``, ``comma``, ``percent``, ``slash``,
            ``exponent``, ``general``, ``text`` (@), ``date``, ``elapsed`` ([h]), ``clock`` (AM/PM) or ``fill``.
        text: what it prints, or its code.
    """

    kind: str
    text: str


class FormatSection(Struct, frozen=True):
    """What a number format says for some numbers, or for texts.

    Args:
        condition: such as ``("<=", 9999999)``.
        language: of month names and weekdays: ``en``; ``en-other``, the English of elsewhere; ``es``.
    """

    parts: tuple[Part, ...]
    condition: tuple[str, Decimal] | None = None
    language: str = "en"

    def has(self, *kinds: str) -> bool:
        return any(part.kind in kinds for part in self.parts)

    @property
    def is_date(self) -> bool:
        return self.has(*_DATE_PARTS)


def number_text(section: FormatSection, size: Decimal, *, negative: bool) -> str:
    """What a section without date codes makes of a number, without its automatic minus sign.

    Args:
        size: of the number, zero or more, in at most 15 significant digits.
        negative: whether the number is below zero.

    Raises:
        NumberFormatNotSupported: it cannot be told exactly.
    """
    if section.has("general"):
        return _joined(section, "general", lambda _: general_digits(size))
    if not section.has("digit"):
        return _joined(section, "figure", lambda part: part.text)
    with localcontext(prec=80):
        if section.has("exponent"):
            return _scientific(section, size)
        if section.has("slash"):
            return _fraction(section, size, negative)
        return _decimal(section.parts, size, negative)


def text_text(section: FormatSection, value: str) -> str:
    """What a text section, such as `"OGC-"@`, makes of a text. Raises NumberFormatNotSupported."""
    return _joined(section, "text", lambda _: value)


def _joined(section: FormatSection, kind: str, render: Callable[[Part], str]) -> str:
    """A section of literals and parts of one kind."""
    if section.has("general") and sum(part.kind == "general" for part in section.parts) > 1:
        raise NumberFormatNotSupported("General twice in one section")
    refuse_others(section.parts, "literal", kind)
    return "".join(render(part) if part.kind == kind else part.text for part in section.parts)


def refuse_others(parts: Sequence[Part], *kinds: str) -> None:
    """Raise NumberFormatNotSupported for a part of another kind than these."""
    for part in parts:
        if part.kind not in kinds:
            what = f"a fill with {part.text}, whose length depends on the column" if part.kind == "fill" else ""
            raise NumberFormatNotSupported(what or f"{part.text} in this place")


# --- General ---------------------------------------------------------------------------------------------------------


def general_digits(size: Decimal) -> str:
    """A number of zero or more in the format General: at most 11 characters, else rounded or in powers of ten."""
    if not size:
        return "0"
    exponent, digits = size.adjusted(), _plain(size)
    if len(digits) <= 11:
        return digits
    if 9 <= exponent <= 10:
        if size % 1 >= Decimal("0.5"):
            raise NumberFormatNotSupported("General for a decimal this large")  # versions differ
        return _plain(size.to_integral_value(ROUND_FLOOR))
    if -4 <= exponent < 9:
        return _plain(_rounded(size, 9 - max(exponent, 0)))
    mantissa = _rounded(size.scaleb(-exponent), 5)
    if mantissa >= 10:
        mantissa, exponent = mantissa / 10, exponent + 1
    return f"{_plain(mantissa)}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _plain(number: Decimal) -> str:
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _rounded(number: Decimal, places: int) -> Decimal:
    if places > _MOST_DECIMALS:
        raise NumberFormatNotSupported(f"{places} decimal places")
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# --- decimal and scientific ------------------------------------------------------------------------------------------


def _decimal(parts: Sequence[Part], size: Decimal, negative: bool) -> str:
    """Digits in their marks, `#,##0.00` or `000-00-0000`: whole digits from the right, decimals from the left."""
    refuse_others(parts, "literal", "digit", "figure", "point", "comma", "percent")
    _refuse_touching_figures(parts)
    if sum(part.kind == "point" for part in parts) > 1 or sum(part.kind == "percent" for part in parts) > 1:
        raise NumberFormatNotSupported("two points, or two percent signs")
    point = next((place for place, part in enumerate(parts) if part.kind == "point"), len(parts))
    whole_places = [place for place, part in enumerate(parts[:point]) if part.kind == "digit"]
    decimal_places = [place for place, part in enumerate(parts) if part.kind == "digit" and place > point]
    is_grouped, thousands = _commas(parts, point, whole_places, decimal_places)
    if any(part.kind == "percent" for part in parts):
        size = size.scaleb(2)
    size = _rounded(size.scaleb(-3 * thousands), len(decimal_places))
    if negative and not size:
        raise NumberFormatNotSupported("a number below zero that rounds to zero")  # versions differ
    whole, _, decimals = f"{size:f}".partition(".")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    laid = dict(zip(whole_places, _whole_digits(whole, _marks(parts, whole_places), is_grouped), strict=True))
    laid |= dict(zip(decimal_places, _decimal_digits(decimals, _marks(parts, decimal_places)), strict=True))
    text = ""
    for place, part in enumerate(parts):
        if place == point and not whole_places:
            text += whole
        text += laid.get(place, "" if part.kind == "comma" else part.text)
    return text


def _marks(parts: Sequence[Part], places: Sequence[int]) -> str:
    return "".join(parts[place].text for place in places)


def _refuse_touching_figures(parts: Sequence[Part]) -> None:
    """Figures print as they are; how Excel reads those next to digit marks is not documented."""
    for before, after in pairwise(parts):
        if "figure" in (before.kind, after.kind) and {"digit", "comma"} & {before.kind, after.kind}:
            raise NumberFormatNotSupported(f"{before.text}{after.text}, a figure beside a digit mark")


def _commas(
    parts: Sequence[Part], point: int, whole_places: Sequence[int], decimal_places: Sequence[int]
) -> tuple[bool, int]:
    """Whether thousands are grouped, and how many times the number is divided by a thousand."""
    is_grouped, thousands = False, 0
    for place, part in enumerate(parts):
        if part.kind != "comma":
            continue
        before = parts[place - 1].kind if place else ""
        if before not in ("digit", "comma") or place + 1 == point < len(parts):
            raise NumberFormatNotSupported("a comma outside the digits")
        if place < point and any(each > place for each in whole_places):
            is_grouped = True
        elif any(each > place for each in decimal_places) and place > point:
            raise NumberFormatNotSupported("a comma between decimals")
        else:
            thousands += 1
    if is_grouped and any(part.kind not in ("digit", "comma") for part in parts[whole_places[0] : whole_places[-1]]):
        raise NumberFormatNotSupported("words between grouped digits")
    return is_grouped, thousands


def _whole_digits(digits: str, marks: str, is_grouped: bool) -> list[str]:
    """What each mark left of the point prints. The first takes all digits that have no mark."""
    if len(digits) < len(marks) and not re.fullmatch(r"#*\?*0*", marks):
        raise NumberFormatNotSupported(f"the digit marks {marks} for so few digits")
    if not marks:
        return []
    beyond = max(0, len(digits) - len(marks))
    texts = [""] * len(marks)
    length = len(marks) + beyond
    for place in range(length):
        mark, from_right = max(0, place - beyond), length - place - 1
        own = place - (length - len(digits))
        digit = digits[own] if own >= 0 else _PADDING[marks[mark]]
        texts[mark] += digit
        if is_grouped and digit and from_right and from_right % 3 == 0:
            texts[mark] += " " if digit == " " else ","
    return texts


_PADDING = {"0": "0", "#": "", "?": " "}


def _decimal_digits(digits: str, marks: str) -> list[str]:
    if "?" in marks and not re.fullmatch(r"0*\?*", marks):
        raise NumberFormatNotSupported(f"the digit marks .{marks}")
    return [digits[place] if place < len(digits) else _PADDING[mark] for place, mark in enumerate(marks)]


def _scientific(section: FormatSection, size: Decimal) -> str:
    """`0.00E+00`, and `##0.0E+0` whose exponents are multiples of three."""
    parts = section.parts
    place = next(place for place, part in enumerate(parts) if part.kind == "exponent")
    mantissa, rest = parts[:place], parts[place + 1 :]
    length = next((number for number, part in enumerate(rest) if part.kind != "digit"), len(rest))
    refuse_others(mantissa, "literal", "digit", "point")
    refuse_others(rest[length:], "literal")
    point = next((number for number, part in enumerate(mantissa) if part.kind == "point"), len(mantissa))
    marks = "".join(part.text for part in mantissa[:point] if part.kind == "digit")
    if (marks != "0" and (marks != "##0" or not size)) or not length or any(part.text != "0" for part in rest[:length]):
        raise NumberFormatNotSupported("this kind of scientific notation")
    exponent = size.adjusted() // len(marks) * len(marks) if size else 0
    decimals = sum(part.kind == "digit" for part in mantissa[point:])
    scaled = _rounded(size.scaleb(-exponent), decimals)
    if scaled >= 10 ** len(marks):
        if marks != "0":
            raise NumberFormatNotSupported("scientific notation of a number that rounds up to the next power")
        scaled, exponent = scaled / 10, exponent + 1
    sign = "-" if exponent < 0 else "+" if parts[place].text == "E+" else ""
    tail = "".join(part.text for part in rest[length:])
    return f"{_decimal(mantissa, scaled, False)}E{sign}{abs(exponent):0{length}d}{tail}"


# --- fractions -------------------------------------------------------------------------------------------------------

_FRACTION = pattern(r"(?P<whole>[#0?,]+ )?(?P<top>\?+|#+)/(?P<bottom>\?+|#+|[1-9][0-9]*)")


def _fraction(section: FormatSection, size: Decimal, negative: bool) -> str:
    """`# ?/?`, `# ??/16`: the nearest fraction whose denominator has so many digits, or the one given."""
    refuse_others(section.parts, "literal", "digit", "figure", "comma", "slash")
    places = [place for place, part in enumerate(section.parts) if part.kind in ("digit", "slash", "comma", "figure")]
    first, last = places[0], places[-1] + 1
    match = _FRACTION.fullmatch("".join(part.text for part in section.parts[first:last]))
    if not match:
        raise NumberFormatNotSupported("this kind of fraction")
    before = "".join(part.text for part in section.parts[:first])
    after = "".join(part.text for part in section.parts[last:])
    return before + _mixed_number(match, size, negative) + after


def _mixed_number(match: re.Match[str], size: Decimal, negative: bool) -> str:
    whole_marks, top_marks, bottom_marks = match["whole"], match["top"], match["bottom"]
    whole = int(size) if whole_marks else 0
    numerator, denominator = _nearest(size - whole, bottom_marks)
    if whole_marks and numerator == denominator:
        raise NumberFormatNotSupported("a fraction that rounds up to one")  # Excel's own rules differ
    if negative and not numerator and not whole:
        raise NumberFormatNotSupported("a number below zero that rounds to zero")
    is_padded = "?" in top_marks + bottom_marks
    if not whole_marks:
        top = str(numerator).rjust(len(top_marks) if "?" in top_marks else 0)
        return f"{top}/{str(denominator).ljust(len(bottom_marks) if '?' in bottom_marks else 0)}"
    parts = [Part("comma" if mark == "," else "digit", mark) for mark in whole_marks.strip()]
    text = _decimal(parts, Decimal(whole), False)
    if not numerator:
        blank = " " * (len(top_marks) + len(bottom_marks) + 2) if is_padded else ""
        return (text or "0") + blank
    top, bottom = str(numerator), str(denominator)
    if is_padded:
        top, bottom = top.rjust(len(top_marks)), bottom.ljust(len(bottom_marks))
    return f"{text}{' ' if text or is_padded else ''}{top}/{bottom}"


def _nearest(size: Decimal, marks: str) -> tuple[int, int]:
    """Numerator and denominator. Excel uses continued fractions; where these miss the nearest one, it is refused."""
    if marks.isdigit():
        numerator = size * int(marks)
        if numerator % 1 == Decimal("0.5"):
            raise NumberFormatNotSupported("a number between two fractions")
        return int(_rounded(numerator, 0)), int(marks)
    most = 10 ** len(marks) - 1
    best, found = Fraction(size).limit_denominator(most), _convergent(Fraction(size), most)
    if best != found:
        raise NumberFormatNotSupported("a number between two fractions")
    return best.numerator, best.denominator


def _convergent(size: Fraction, most: int) -> Fraction:
    """The last convergent of a number's continued fraction whose denominator is at most so large."""
    tops, bottoms, rest = (0, 1), (1, 0), size
    while True:
        term = rest.numerator // rest.denominator
        top, bottom = term * tops[1] + tops[0], term * bottoms[1] + bottoms[0]
        if bottom > most:
            return Fraction(tops[1], bottoms[1])
        if rest == term:
            return Fraction(top, bottom)
        tops, bottoms, rest = (tops[1], top), (bottoms[1], bottom), 1 / (rest - term)
