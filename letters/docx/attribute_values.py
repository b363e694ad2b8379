"""The values of attributes: on and off, measures, sizes and colors, read as Word reads them."""

from __future__ import annotations

from functools import lru_cache

from letters._text.language_tags import LANGUAGE_TAG
from letters._text.lazy_pattern import pattern
from letters.docx.names import VAL, Node, w

_MEASURE = pattern(r"\s*(-?\d+(?:\.\d+)?)\s*(pt|in|cm|mm|pc|pi)?\s*")
_HEX, _COLOR, _NUMBER = pattern(r"[0-9A-Fa-f]{1,8}"), pattern(r"[0-9A-Fa-f]{6}"), pattern(r"\d+")
_SORTED = pattern(r"_[a-z]{5,}$")
_LANGUAGE_NUMBER = pattern(r"(?=.*\d)[0-9A-Fa-f]{4}")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FARTHEST = 1584.0
"""Points: 22 inches, the longest indent, space or margin that Word accepts."""
_LARGEST = float(2**31 - 1)


def value_of(node: Node | None, name: str, attribute: str = "val") -> str | None:
    """The attribute of the child ``name`` of ``node``; None where there is none."""
    child = None if node is None else node.find(w(name))
    return None if child is None else child.get(w(attribute))


def is_on(node: Node | None) -> bool:
    """Whether an on/off property such as ``w:vanish`` is there and on (17.17.4)."""
    return node is not None and node.get(VAL, "true") not in ("0", "false", "off", "none")


def flag(node: Node | None, name: str) -> bool:
    """Whether the on/off property ``name`` of ``node`` is on."""
    return node is not None and is_on(node.find(w(name)))


@lru_cache(maxsize=1_000)
def number_of(text: str | None, otherwise: float = 0.0) -> float:
    """A measure: a plain number as it is, or one with a unit (``12pt``, ``1in``) in twentieths of a point."""
    if not text:
        return otherwise
    match = _MEASURE.fullmatch(text)
    if not match:
        return otherwise
    factor = {None: 1, "pt": 20, "in": 1440, "cm": 567, "mm": 56.7, "pc": 240, "pi": 240}[match[2]]
    return min(max(float(match[1]) * factor, -_LARGEST), _LARGEST)


def points(text: str | None, otherwise: float = 0.0) -> float:
    """Twentieths of a point as points, within the limits of Word."""
    return otherwise if text is None else within_reach(number_of(text, otherwise * 20) / 20)


def within_reach(length: float) -> float:
    """A length in points, no longer than Word accepts."""
    return min(max(length, -_FARTHEST), _FARTHEST)


@lru_cache(maxsize=200)
def language_of(text: str | None) -> str:
    """A language tag, such as ``en-US`` (RFC 5646); empty if the text names no language.

    Word adds how words are sorted (``es-ES_tradnl``), has numbers for languages as well (``0C0A``), and names
    text that has none ``x-none``.
    """
    said = (text or "").strip()
    if _LANGUAGE_NUMBER.fullmatch(said):
        from locale import windows_locale  # here, because hardly a letter has such a number

        said = windows_locale.get(int(said, 16), "")
    tag = _SORTED.sub("", said).replace("_", "-")
    return tag if LANGUAGE_TAG.fullmatch(tag) else ""


def hex_of(text: str | None) -> int:
    """A hexadecimal number; 0 for anything else."""
    return int(text, 16) if text and _HEX.fullmatch(text) else 0


def half_points(text: str | None, otherwise: float = 0.0) -> float:
    """A measure in half points, or one with a unit, as points."""
    found = number_of(text, otherwise * 2)
    return found / 20 if text and text.strip()[-1:].isalpha() else found / 2


def font_size(text: str | None) -> float:
    """A font size in half points as points, within the limits of Word (1 to 1638)."""
    return min(max(half_points(text, 10.0), 1.0), 1638.0)


def color_of(text: str | None) -> str:
    """``#rrggbb``; empty for automatic."""
    return f"#{text.lower()}" if text and _COLOR.fullmatch(text) else ""


def red_green_blue(color: str) -> tuple[int, int, int]:
    """The parts of ``#rrggbb``, from 0 to 255."""
    return hex_of(color[1:3]), hex_of(color[3:5]), hex_of(color[5:7])


def shade_of(node: Node | None) -> str:
    """The background of ``w:shd``; a pattern becomes the even gray or color that it looks like (17.18.78)."""
    if node is None:
        return ""
    fill, shading = color_of(node.get(w("fill"))), node.get(VAL, "clear")
    if shading in ("clear", "nil"):
        return fill
    ink = color_of(node.get(w("color"))) or "#000000"
    share = 100 if shading == "solid" else min(int((_NUMBER.findall(shading) or ["25"])[0]), 100)
    both = zip(red_green_blue(ink), red_green_blue(fill or "#ffffff"), strict=True)
    mixed = [(of_ink * share + of_fill * (100 - share)) // 100 for of_ink, of_fill in both]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def preserved_text(node: Node) -> str:
    """The text of ``w:t``: without spaces at its ends unless they are to be preserved (17.3.3.31; XML 1.0, 2.10)."""
    text = node.text or ""
    if not text or not (text[0].isspace() or text[-1].isspace()):
        return text
    said = next((each.get(_SPACE) for each in (node, *node.iterancestors()) if each.get(_SPACE) is not None), "default")
    return text if said == "preserve" else text.strip(" \t\r\n")
