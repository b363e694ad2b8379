"""Which encoding a text file is in: known from its bytes, guessed where the words leave no doubt, or else unknown.

Text is hardly ever UTF-8 by chance, so a file in which few bytes are not UTF-8 is UTF-8 with broken bytes. In a file
without any UTF-8, the encodings of older Windows, Mac and DOS programs are tried: read in the wrong one, a word such as
José gets a sign or a capital where no word has one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import BinaryIO

from msgspec import Struct

from letters._text.lazy_pattern import pattern

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20  # bytes
_LONGEST_LINE = 1 << 16  # bytes added to a block, so that it does not end within a character
_MOST_WORDS = 5000  # that a guess looks at
_LONGEST_WORD = 200  # bytes of each
_WORDS_SHOWN = 5
_WORD = pattern(rb'[^\s,;"\x00-\x1f]*[\x80-\xff][^\s,;"\x00-\x1f]*')
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS code page 850", "cp437": "DOS code page 437"}

_COMMON = frozenset("áéíóúñüçãâêôàèäöåøÁÉÍÓÚÑÜÇÖÄ")
_LETTERS = _COMMON | frozenset("æëìîïðòõùûýþßÿœšžÀÂÃÅÆÈÊËÌÎÏÐÒÔÕØÙÛÝÞŸŒŠŽ")
_AFTER_APOSTROPHE = pattern(r"(?:s|t|re|ll|ve|d|m)(?![^\W\d_])", re.IGNORECASE)


class TextEncoding(Struct, frozen=True):
    """How to read a text file.

    Args:
        codec: Python's name for the encoding.
        errors: ``surrogateescape`` if some bytes cannot be read in it; they become U+DC80 to U+DCFF.
        title: what people call the encoding, if it is a guess; otherwise empty.
        words: the first words that the guess decides, as they read in it.
    """

    codec: str
    errors: str = "strict"
    title: str = ""
    words: tuple[str, ...] = ()


def encoding_of(file: BinaryIO) -> TextEncoding:
    """The encoding of a file, which is read from its beginning and left there."""
    start = file.read(4096)
    file.seek(0)
    for mark, codec in _BOMS:
        if start.startswith(mark):
            return TextEncoding(codec, "surrogateescape" if codec == "utf-8-sig" else "strict")
    if start[1::2].count(0) > len(start) // 4:
        return TextEncoding("utf-16-le")
    if start[::2].count(0) > len(start) // 4:
        return TextEncoding("utf-16-be")
    try:
        return TextEncoding("utf-8") if _is_utf8(file) else _without_utf8(file)
    finally:
        file.seek(0)


def broken_bytes(data: bytes) -> tuple[int, int, str] | None:
    """The first bytes of a text that are not UTF-8: line and column, from 1, and the bytes (``0xE9``); or None."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        line_start = before.rfind("\n") + 1
        return before.count("\n") + 1, len(before) - line_start + 1, in_hex(data[error.start : error.end])
    return None


def in_hex(data: Iterable[int]) -> str:
    """Bytes as messages write them: ``0xC3 0x28``."""
    return " ".join(f"0x{each:02X}" for each in data)


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _without_utf8(file: BinaryIO) -> TextEncoding:
    """The encoding of a file that is not valid UTF-8."""
    valid = broken = 0
    for block in _blocks(file):
        text = block.decode("utf-8", "ignore")
        valid += len(text) - len(text.encode("ascii", "ignore"))
        broken += len(block) - len(text.encode())
    utf8 = TextEncoding("utf-8", "surrogateescape")
    if valid * 4 >= broken:
        return utf8
    words: dict[bytes, None] = {}
    for block in _blocks(file):
        words |= dict.fromkeys(word[:_LONGEST_WORD] for word in _WORD.findall(block))
        if len(words) >= _MOST_WORDS:
            break
    codec = _guess(list(words)[:_MOST_WORDS])
    if not codec:
        return utf8
    shown = tuple(word.decode(codec).strip(".:!?()") for word in list(words)[:_WORDS_SHOWN])
    return TextEncoding(codec, title=_NAMES[codec], words=shown)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file from its beginning, in blocks that end where a line does, unless it is very long."""
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block + file.readline(_LONGEST_LINE)


# --- the encodings of older programs ---------------------------------------------------------------------------------


class _Reading(Struct):
    """How well words read in one encoding: signs where no word has them, signs that are doubtful, and likely ones."""

    bad: int = 0
    doubtful: int = 0
    likely: int = 0


def _guess(words: list[bytes]) -> str:
    """The encoding in which the words read as words; empty if there is none, or more than one."""
    readings = {codec: _reading(words, codec) for codec in _NAMES}
    good = {codec: each for codec, each in readings.items() if each.bad * 50 <= len(words)}
    if "cp1252" in good:  # by far the most common
        others = len(good) > 1
        return "" if good["cp1252"].doubtful and others else "cp1252"
    if "cp850" in good and "cp437" in good and _read_alike(words):
        del good["cp437"]
    ranked = sorted(good, key=lambda codec: good[codec].likely - good[codec].doubtful, reverse=True)
    if not ranked:
        return ""
    best, rivals = good[ranked[0]], [good[codec].likely for codec in ranked[1:]]
    is_clear = best.likely >= 2 and all(best.likely >= 1.5 * each for each in rivals)
    return ranked[0] if is_clear else ""


def _read_alike(words: list[bytes]) -> bool:
    return all(word.decode("cp850") == word.decode("cp437") for word in words)


def _reading(words: list[bytes], codec: str) -> _Reading:
    found = _Reading()
    for word in words:
        try:
            text = f" {word.decode(codec)} "
        except UnicodeDecodeError:
            found.bad += 1
            continue
        verdicts = [_verdict(text, place) for place in range(1, len(text) - 1) if not text[place].isascii()]
        if -2 in verdicts:
            found.bad += 1
        elif -1 in verdicts:
            found.doubtful += 1
        else:
            found.likely += sum(verdicts)
    return found


def _verdict(text: str, place: int) -> int:
    """How a character fits where it stands: -2 not at all, -1 doubtful, 1 well, 2 as in many words."""
    before, here, after = text[place - 1], text[place], text[place + 1]
    if here in _LETTERS:
        return _verdict_on_letter(text, place)
    is_inside = before.isalpha() and after.isalpha()
    if here in "’‘":
        if not is_inside:
            return 1
        return 1 if _AFTER_APOSTROPHE.match(text, place + 1) or not text[place - 3 : place].isalpha() else -1
    if here in "“„‚«¿¡":
        return -2 if before.isalnum() or after == " " else 1
    if here in "”»":
        return -2 if after.isalnum() or before == " " else 1
    if here in "–—":
        return -1 if is_inside or not (before.isalnum() or before == " ") else 1
    if here == "\xa0":
        return -1 if is_inside and after.islower() else 1
    if here in "§¶©®™°£€¢½¼¾•·…±×÷ªº²³¹´†":
        return -2 if is_inside else 1
    return -2


def _verdict_on_letter(text: str, place: int) -> int:
    before, here, after = text[place - 1], text[place], text[place + 1]
    if before == after == " " and here not in "àáéèíóòùúÀÁÉÍÓÚ":  # hardly any letter with an accent is a word
        return -2
    if here.isupper() and before.islower():
        return -2
    if here.islower() and before.isupper() and (after.isupper() or before in _LETTERS):
        return -2
    run = text[max(0, place - 2) : place + 1]
    if len(run) == 3 and all(each in _LETTERS for each in run):  # three accents in a row: no European word
        return -2
    return 2 if here in _COMMON else 1


# --- text that was encoded twice -------------------------------------------------------------------------------------


def _doubled_texts() -> Iterator[tuple[str, str]]:
    """What one character of UTF-8 reads as in another encoding, and the character."""
    latin = "".join(map(chr, range(0xA0, 0x100)))
    extended = "".join(map(chr, range(0x100, 0x180)))
    marks = "‘’“”‚„–—…•†‡™€‹›−≤≥"
    for character in f"{latin}{extended}{marks}":
        data = character.encode("utf-8")
        for codec in ("cp1252", "latin-1"):
            text = "".join(_in_windows(byte) if codec == "cp1252" else chr(byte) for byte in data)
            if character not in extended or text[1] not in "‘’“”–—…•™":  # such as the letter “Ä”
                yield text, character
        if character not in extended:
            for codec in ("mac_roman", "cp850", "cp437"):
                yield data.decode(codec), character


def _in_windows(byte: int) -> str:
    """A byte in Windows-1252; the five bytes it does not define are control characters, as browsers read them."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


@cache
def _singles() -> dict[str, str]:
    return dict(_doubled_texts())


def _any_doubled() -> str:
    """The source of `DOUBLED`."""
    # Before a quotation mark or a dash, a capital with an accent may be a letter in its own right: “AMANHÔ.
    ends_in_mark = {text for text in _singles() if len(text) == 2 and text[1] in "‘’“”–—…•™‹›"}
    each = (
        re.escape(text) + ("(?=[^\\W\\d_])" if text in ends_in_mark else "")
        for text in sorted(_singles(), key=len, reverse=True)
    )
    return "|".join(each) + "|â€"


DOUBLED = pattern(_any_doubled)
"""Characters that are one character of UTF-8 in the wrong encoding."""
FIRST_OF_DOUBLED = frozenset("¬ÂÃÄÅÔâ\u0393\u201a√├┬")
"""What such characters begin with."""


def doubled(text: str) -> str:
    """The character that one match of `DOUBLED` was."""
    return _singles().get(text, "”")
