"""Text damaged on its way to us: the one gate that every text answer passes, whatever file or prompt it comes from.

`_RULES` is the whole table: what is looked for, whether it is refused or noted, and why. What is refused is never what
somebody meant, and would be printed; what is noted may be meant, so that only a person can tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from letters._text.encodings import DOUBLED, FIRST_OF_DOUBLED, doubled
from letters._text.lazy_pattern import pattern
from letters._text.usual_characters import is_usual

_RETYPE = "Delete it, or type the text again."
_AS_TEXT = "Format the column as Text, and type the value again."


IN_OWN_ANSWERS = frozenset({"no-answer"})
"""Accepted in answers to an office's own questions, where “None” may be meant."""
IN_DATES = frozenset({"excel-date"})
"""Accepted where a date is expected."""


class Damage(Struct, frozen=True):
    """One thing wrong with a text.

    Args:
        code: short, stable name for scripts.
        message: the rest of a sentence that begins with the name of the field.
        hint: what to write instead.
        is_refused: whether no letter may print it; otherwise it is only noted.
    """

    code: str
    message: str
    hint: str
    is_refused: bool


_UNUSUAL = frozenset[str]()
"""Any character that `is_usual` does not know."""


class _DamageRule(Struct, frozen=True):
    """One line of the table.

    Args:
        found: what to look for.
        whole: whether only a text that consists of it is meant.
        refused: whether no letter may print it.
        why: the reason for refusing or only noting it.
        message: may use {0}, what was found, and {place}, at which character.
        hint: what to write instead.
        meant: of several finds, which are damage; all of them by default.
        signs: the text has one of these characters if anything is found, or `_UNUSUAL`; None if it need not. Looked at
            first, because most texts have none, and the search, with its pattern, takes a hundred times as long.
    """

    code: str
    found: re.Pattern[str]
    refused: bool
    why: str
    message: str
    hint: str
    whole: bool = False
    meant: Callable[[re.Match[str]], bool] = bool
    signs: frozenset[str] | None = None


def _words(*words: str) -> re.Pattern[str]:
    return pattern("|".join(map(re.escape, words)))


def _joins_letters(text: str, position: int) -> bool:
    """Whether a zero-width joiner is part of a word, as in Persian and many scripts of India."""
    around = text[max(0, position - 1) : position] + text[position + 1 : position + 2]
    return text[position] in "\u200c\u200d" and len(around) == 2 and not around.isascii()


def is_invisible(text: str, position: int) -> bool:
    """Whether nobody can see a character and no word needs it: a control, format, private-use or half character."""
    category = unicodedata.category(text[position])
    return category in ("Cc", "Cs", "Co") or (category == "Cf" and not _joins_letters(text, position))


def _is_stray_format(match: re.Match[str]) -> bool:
    """Whether an invisible character has no use: joiners belong to words, marks of direction to Hebrew or Arabic."""
    text, character = match.string, match[0]
    if unicodedata.category(character) != "Cf" or _joins_letters(text, match.start()):
        return False
    is_mark = character in "\u200e\u200f\u061c"
    return not (is_mark and any(unicodedata.bidirectional(each) in ("R", "AL") for each in text))


def _is_entity(match: re.Match[str]) -> bool:
    from html import entities  # here, because few answers have what may be one

    return match[0][1] == "#" or match[0][1:].rstrip(";") + ";" in entities.html5


def _is_lost_letter(match: re.Match[str]) -> bool:
    """Whether a question mark stands within a word that is not an address on the web."""
    start = match.string.rfind(" ", 0, match.start()) + 1
    return not re.search(r"[/=@]|www\.", match.string[start:].split(" ", 1)[0])


_BOXES = frozenset(map(chr, (*range(0x2500, 0x2580), *range(0x2591, 0x2594))))
_NONCHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|ene|abr|ago|sept|dic|feb|mar|may|jun|jul|sep|oct|nov)"

_RULES = (
    _DamageRule(
        "twice-encoded",
        DOUBLED,
        signs=FIRST_OF_DOUBLED,
        refused=True,
        why="UTF-8 was read as another encoding. Nobody writes these characters in this order.",
        message="contains “{0}”, which is “{single}” in the wrong encoding.",
        hint="Type “{single}” instead, or export the file again as UTF-8.",
    ),
    _DamageRule(
        "control-character",
        pattern(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]"),
        signs=_UNUSUAL,
        refused=True,
        why="No font has it, and Word refuses files that contain it. It includes the end-of-file byte 0x1A.",
        message="contains the control character {code_point}, at character {place}, which no letter can print.",
        hint=_RETYPE,
    ),
    _DamageRule(
        "replacement-character",
        pattern("[\ufffd\ufffc]"),
        signs=_UNUSUAL,
        refused=True,
        why="A program wrote it in place of a letter it could not read, or of a picture; what was there is lost.",
        message="contains {code_point}, at character {place}: a character was lost there before the text came here.",
        hint="Type the word again, from the original.",
    ),
    _DamageRule(
        "direction-override",
        pattern("[\u202a-\u202e\u2066-\u2069]"),
        signs=_UNUSUAL,
        refused=True,
        why="It makes words read differently from what is stored. Hebrew and Arabic do not need it.",
        message="contains {code_point}, at character {place}, an invisible character that changes the order of others.",
        hint="Delete it. Names in Hebrew or Arabic are printed correctly without it.",
    ),
    _DamageRule(
        "hidden-text",
        pattern("[\U000e0000-\U000e007f]"),
        signs=_UNUSUAL,
        refused=True,
        why="Tag characters can hide whole sentences, which nobody sees and programs read.",
        message="contains hidden text: {code_point}, at character {place}.",
        hint="Type the text again instead of pasting it.",
    ),
    _DamageRule(
        "private-use",
        pattern("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"),
        signs=_UNUSUAL,
        refused=True,
        why="It means something in one font only, often a bullet of Wingdings or Symbol; elsewhere it is an empty box.",
        message="contains {code_point}, at character {place}, a character that only one font knows.",
        hint="Delete it, or type an ordinary character, such as • or -.",
    ),
    _DamageRule(
        "wrong-encoding",
        pattern("(?<=[^\\W\\d_])[¤‚ˆ‡‰¢£¬\u2500-\u257f\u2591-\u2593](?=[^\\W\\d_])"),
        signs=frozenset("¤‚ˆ‡‰¢£¬") | _BOXES,
        refused=True,
        why="Within a word these signs are letters of another encoding: Mu¤oz is Muñoz.",
        message="has “{0}” within a word, at character {place}: the text was read in the wrong encoding.",
        hint="Type the word again, or export the file again as UTF-8.",
    ),
    _DamageRule(
        "wrong-encoding",
        pattern("(?<=[a-zà-ÿ])[ŽŠŸÐÞ](?![A-ZÀ-Þ])"),
        signs=frozenset("ŽŠŸÐÞ"),
        refused=False,
        why="JosŽ is José in the encoding of old Macs; but some name may be written so.",
        message="has “{0}” after a small letter, at character {place}; the encoding may be wrong.",
        hint="Check the word.",
    ),
    _DamageRule(
        "lost-letter",
        pattern("(?<=[A-Za-z])[?](?=[a-z])"),
        signs=frozenset("?"),
        refused=False,
        why="Jos? Mu?oz: some programs write ? for a letter they do not have. A typing error looks the same.",
        message="has a question mark within a word, at character {place}; perhaps a letter was lost.",
        hint="Check the word.",
        meant=_is_lost_letter,
    ),
    _DamageRule(
        "excel-escape",
        pattern("_x[0-9A-Fa-f]{4}_"),
        signs=frozenset("_"),
        refused=True,
        why="It is how an Excel file writes a character that XML cannot hold, most often a line break (_x000D_).",
        message="contains “{0}”, Excel's code for a character.",
        hint="Delete it; for a line break, start a new line.",
    ),
    _DamageRule(
        "html-entity",
        pattern("&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|&(?:amp|nbsp|quot)(?![\\w=])"),
        signs=frozenset("&"),
        refused=True,
        why="It is a character in the notation of web pages, copied from their source.",
        message="contains “{0}”, the code of a web page for “{entity}”.",
        hint="Write “{entity}”.",
        meant=_is_entity,
    ),
    _DamageRule(
        "html-tag",
        pattern(r"</?(?:br|p|b|i|u|em|strong|span|div|font|li|ul|ol|td|tr|table|a)(?:\s[^<>]*)?/?>", re.IGNORECASE),
        signs=frozenset("<"),
        refused=False,
        why="It is printed as it stands, which somebody who writes about web pages may want.",
        message="contains “{0}”, the code of a web page, which is printed as it stands.",
        hint="Delete it, unless the letter is to say so.",
    ),
    _DamageRule(
        "escape",
        pattern(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}(?![0-9A-Za-z]))"),
        signs=frozenset("\\"),
        refused=True,
        why="It is a character in the notation of programs: Jos\\u00e9.",
        message="contains “{0}”, a program's code for a character.",
        hint="Type the character itself.",
    ),
    _DamageRule(
        "escape",
        pattern(r"\\[nrt](?=[A-Z0-9 ]|$)"),
        signs=frozenset("\\"),
        refused=False,
        why="It is a program's code for a line break or tab, but may be part of a path.",
        message="contains “{0}”, which is printed as it stands.",
        hint="For a line break, start a new line.",
    ),
    _DamageRule(
        "formula",
        pattern(r'=\s*(?:".*"|T\(.*\)|[A-Z][A-Z.]*\(.*\)|\$?[A-Z]{1,3}\$?\d+)', re.DOTALL),
        signs=frozenset("="),
        refused=True,
        why='A spreadsheet would show its result (="00142" is written to keep the zeros); here it would be printed.',
        message="is an Excel formula.",
        hint='Write only what the cell shows, without =, brackets and quotation marks: ="00142" is 00142.',
        whole=True,
    ),
    _DamageRule(
        "text-mark",
        pattern(r"'\d.*", re.DOTALL),
        signs=frozenset("'"),
        refused=False,
        why="Excel marks text with an apostrophe that it does not show; but '19 may be a year.",
        message="begins with an apostrophe, which is printed.",
        hint="Delete it, if a spreadsheet put it there.",
        whole=True,
    ),
    _DamageRule(
        "no-value",
        _words("NULL", "null", "(null)", "<null>", "[null]", "\\N", "NaN", "nan", "-nan", "NaT", "<NA>", "undefined"),
        refused=True,
        why="Databases and programs write it where there is nothing. A person called Null is not written so.",
        message="is “{0}”, which a program writes where it has no value.",
        hint="If there is none, leave it empty.",
        whole=True,
    ),
    _DamageRule(
        "excel-error",
        pattern(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BUSY!|GETTING_DATA|#+)|Err:\d+"),
        signs=frozenset("#E"),
        refused=True,
        why="A spreadsheet shows it where a formula fails or a column is too narrow.",
        message="is “{0}”, which a spreadsheet shows in place of a value.",
        hint="Correct the spreadsheet, or type the value.",
        whole=True,
    ),
    _DamageRule(
        "no-answer",
        _words("N/A", "n/a", "N.A.", "n.a.", "NA", "None", "none", "NONE"),
        refused=True,
        why="“Dear N/A”: a letter would print it. An office's own questions may ask for it; there it is noted.",
        message="is “{0}”, which a letter would print.",
        hint="If there is none, leave it empty.",
        whole=True,
    ),
    _DamageRule(
        "no-answer",
        pattern(r"Null|Nan|NAN|Na|[Nn]il|NIL|TB[DAC]|tb[dac]|[Uu]nknown|[-–—?.]{1,3}|[Xx]{3,}"),
        refused=False,
        why="Null, Nan, and Na are surnames; the others may be the best that is known.",
        message="is only “{0}”, which the letter prints.",
        hint="If there is no answer, leave it empty.",
        whole=True,
    ),
    _DamageRule(
        "excel-date",
        pattern(rf"\d{{1,2}}-{_MONTHS}(?:-\d{{2,4}})?|{_MONTHS}-\d{{2}}|\d{{1,2}}\. ?(?:Jan|Feb|Mär|Apr|Mai|Jun)"),
        refused=True,
        why="Excel makes it of 2-1 or 1/2, so the answer itself is lost. Dates have fields of their own.",
        message="is “{0}”, a date that Excel may have made of something else, such as 2-1.",
        hint=_AS_TEXT,
        whole=True,
    ),
    _DamageRule(
        "excel-date",
        pattern(r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00)?)?"),
        refused=False,
        why="Excel may have made it of something else, but a date may also be what somebody wanted to write.",
        message="is “{0}”: a date, in a field that is not one.",
        hint="Check it.",
        whole=True,
    ),
    _DamageRule(
        "invisible-character",
        pattern("[\u00ad\u0600-\u061c\u06dd\u070f\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]"),
        signs=_UNUSUAL,
        refused=False,
        why="Nobody sees it; it keeps a word from being found, or breaks a line where nobody expects it.",
        message="contains {code_point}, at character {place}, which nobody can see.",
        hint=_RETYPE,
        meant=_is_stray_format,
    ),
)

# What none of the rules can match: printable, and none of the characters below. Most texts are of this kind, and only
# words that stand alone are then looked up.
_USUAL = r"""\n\t A-Za-z0-9!"$%'()*+,./:;>@\[\]^`{|}~§’“”–—-"""
_SUSPICIOUS = pattern(f"[^{_USUAL}]")
_SOUND = pattern(rf"(?![\n\t '])[{_USUAL}]+(?<![\n\t ])")
_LONGEST_WORD = 24  # characters of a text that may be nothing but a word or date of the table
_INSIDE = tuple(rule for rule in _RULES if not rule.whole)
_WHOLE = tuple(rule for rule in _RULES if rule.whole)
_ANY_WHOLE = pattern("|".join(rule.found.pattern for rule in _WHOLE), re.DOTALL)


def is_sound(text: str) -> bool:
    """Whether there is nothing wrong with a text, nor white space around it; false where a closer look is needed."""
    if len(text) <= _LONGEST_WORD:
        return _is_sound_word(text)
    return _SOUND.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _is_sound_word(text: str) -> bool:
    return _SOUND.fullmatch(text) is not None and not _may_be_damaged(text)


def damage_in(text: str) -> Iterable[Damage]:
    """Everything wrong with a text, without white space around it."""
    if not _may_be_damaged(text):
        return ()
    # What a short text holds, such as a date, is in many rows of a table, and is looked at several times in each.
    return _found_in_word(text) if len(text) <= _LONGEST_WORD else _found_in(text)


@lru_cache(maxsize=1024)
def _found_in_word(text: str) -> tuple[Damage, ...]:
    return tuple(_found_in(text))


def _found_in(text: str) -> Iterator[Damage]:
    present, usual = frozenset(text), is_usual(text)
    for rule in (*_WHOLE, *_INSIDE):
        if rule.signs is not None and (rule.signs.isdisjoint(present) if rule.signs else usual):
            continue
        if rule.whole:
            match = rule.found.fullmatch(text)
        else:
            match = next((each for each in rule.found.finditer(text) if rule.meant(each)), None)
        if match:
            yield _damage(rule, match)


def _may_be_damaged(text: str) -> bool:
    """Whether any rule can match; tells quickly that none can, as for most texts."""
    if _SUSPICIOUS.search(text) or text.startswith("'"):
        return True
    return len(text) <= _LONGEST_WORD and _ANY_WHOLE.fullmatch(text) is not None


def refusal(text: str, accepted: frozenset[str] = frozenset()) -> Damage | None:
    """Why no letter may print a text; None if it may.

    Args:
        accepted: codes of damage that is none here: `IN_OWN_ANSWERS`, `IN_DATES`.
    """
    return next((each for each in damage_in(text) if each.is_refused and each.code not in accepted), None)


def may_have_notes(texts: Collection[str]) -> bool:
    """Whether `notes_on` may find something in any of several texts; tells quickly that it cannot, as for most."""
    together = "\n".join(texts)
    return (
        _SUSPICIOUS.search(together) is not None
        or together.startswith("'")
        or "\n'" in together
        or not all(map(_is_sound_word, [text for text in texts if len(text) <= _LONGEST_WORD]))
    )


def notes_on(text: str) -> Iterable[Damage]:
    """What a person should check in a text that was accepted."""
    return () if is_sound(text) or not _may_be_damaged(text) else _notes_on(text)


def _notes_on(text: str) -> Iterator[Damage]:
    seen = set()
    for found in damage_in(text):
        if found.code not in seen:
            seen.add(found.code)
            yield found


def _damage(rule: _DamageRule, match: re.Match[str]) -> Damage:
    from html import unescape

    found = match[0]
    parts = {
        "place": match.start() + 1,
        "code_point": f"U+{ord(found[0]):04X}",
        "single": doubled(found) if rule.code == "twice-encoded" else "",
        "entity": unescape(found if found.endswith(";") else f"{found};") if rule.code == "html-entity" else "",
    }
    return Damage(rule.code, rule.message.format(found, **parts), rule.hint.format(found, **parts), rule.refused)
