"""English as a careful office writes it: what is wrong in a text that a letter prints.

In: a text of one or more sentences. Out: each mistake, with the words around it. Knows nothing of letters. The
rules say only what is wrong whatever the sentence means; what takes understanding is left to a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct

from letters._text.citation_forms import forms
from letters._text.english_words import english_words, misspelled, stiff
from letters._text.lazy_pattern import pattern
from letters._text.serial_commas import missing_serial_commas

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# Words that begin with a vowel and sound as if they did not.
_SOUNDS_LIKE_YOU = (
    r"(?:[Oo]nc?e\b|[Oo]ne-|[Uu]ni(?:t|on|que|form|vers|late|fi|corn)|[Uu]s[eu]|[Uu]til|[Uu]biq|[Uu]ran|[Ee]u|[Ee]we)"
)
_SILENT_H = r"(?:[Hh]our|[Hh]onest|[Hh]onor|[Hh]eir)"
# Acronyms that are spelled out, by the sound of their first letter; others, such as HIPAA, are read as words.
_SPELLED_WITH_VOWEL = (
    r"(?!(?:HUD|SIM|RAM|LAN|FAQ|SAR|NAS|LEP|HIT|MAC|SEP|MAP|FEMA|NATO|NASA|FERPA)\b)"
    r"(?:[AEFHILMNORSX](?:-\d|\d|(?:\.[A-Z])+)|[AEIO][A-Z]{1,3}\b|[FHLMNRSX][A-Z]{1,2}\b"
    r"|[FHLMNRSX][BCDFGHJKLMNPQRSTVWXZ]{2,4}\b)"
)
_SPELLED_WITH_CONSONANT = r"(?:[BCDGJKPQTVWYZ](?:-\d|(?:\.[A-Z])+|[A-Z]+\b)|U(?:(?:\.[A-Z])+|[A-Z]{1,2}\b))"
_NUMBER_WITH_VOWEL = r"(?:8\d*(?!\d)|1[18](?!\d)|1[18],\d{3}\b)"
# Plural in form, and not in number.
_SINGULAR_S = (
    r"(?!\w*(?:ss|us|is)\b|(?:news|series|means|headquarters|species|always|perhaps|thus|states|congress|summons)\b)"
)
_PLURAL = rf"{_SINGULAR_S}[a-z]{{3,}}s"
_COUNTED = r"(?:days|hours|weeks|months|years|records|copies|pages|requests|letters|employers|persons|agencies)"
_SEVERAL = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|thirty|[2-9]|[1-9]\d+)"


class UsageMistake(Struct, frozen=True):
    """One mistake.

    Args:
        what: is wrong; completes a sentence.
        hint: what to write.
        start, end: of the words in the text.
    """

    what: str
    hint: str
    start: int
    end: int


class _UsageRule(Struct, frozen=True):
    """A pattern of what is wrong.

    Args:
        unless: whether what was found is right all the same.
    """

    pattern: re.Pattern[str]
    what: str
    hint: str
    unless: Callable[[re.Match[str]], bool] = lambda found: False


def _is_abbreviation(found: re.Match[str]) -> bool:
    return found["last"].lower() in english_words()["abbreviations"]


def _is_name_or_english(found: re.Match[str]) -> bool:
    """“Walla Walla”, “that that”."""
    words = found[0].split()
    return found[0].lower() in ("that that", "had had") or (words[0].istitle() and words[1].istitle())


def _article(pattern: str, what: str, hint: str) -> _UsageRule:
    return _UsageRule(re.compile(rf"(?<![(.§])(?<!§ )\b{pattern}"), what, hint)


_RULES = (
    _UsageRule(pattern(r"[\"']"), "a quotation mark or apostrophe is straight", "Write curly ones."),
    _UsageRule(
        pattern(r"\w[\u2018\u201c](?=\w|\s|$)"),
        "a mark that opens a quotation closes a word",
        "Write a closing mark.",
    ),
    _UsageRule(pattern(r"(?:^|\s)\u201d(?=\w)"), "a mark that closes a quotation opens one", "Write “."),
    _UsageRule(
        pattern(r"(?<=\w)\u201d(?:,|\.(?!\w))(?! ?(?:\.|…))"),
        "a comma or period stands after the quotation mark",
        "Write it before the mark, as American printers do.",
    ),
    _UsageRule(pattern(r"[;]\u201d"), "a semicolon stands before the quotation mark", "Write it after the mark."),
    _UsageRule(
        pattern(rf"\b{_MONTH} \d{{1,2}}, \d{{4}} (?=[a-z])"),
        "there is no comma after the year",
        "Write one: January 1, 2024, to June 30, 2025.",
    ),
    _UsageRule(pattern(rf"\b{_MONTH}, \d{{4}}\b"), "a comma stands between month and year", "Write May 2026."),
    _UsageRule(pattern(rf"\b{_MONTH} \d{{1,2}} \d{{4}}\b"), "there is no comma before the year", "Write May 5, 2026."),
    _UsageRule(pattern(rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)\b"), "a date has an ordinal", "Write May 5."),
    _UsageRule(pattern(r"\b\d{1,2}(?::\d\d)? ?[AaPp][Mm]\b"), "the time of day is not a.m. or p.m.", "Write 9 a.m."),
    _UsageRule(
        pattern(r"\b([A-Za-z]++) \1\b(?! \1)", re.IGNORECASE),
        "a word is doubled",
        "Delete one.",
        _is_name_or_english,
    ),
    _article(
        rf"[Aa] (?!{_SOUNDS_LIKE_YOU})(?!(?:is|or|and|of|in|as|are|above|under)\b)(?:[aeiouAEIO][a-z]|{_SILENT_H})",
        "“a” stands before a vowel",
        "Write “an”.",
    ),
    _article(
        rf"[Aa] (?:{_SPELLED_WITH_VOWEL}|{_NUMBER_WITH_VOWEL})", "“a” stands before the sound of a vowel", "Write “an”."
    ),
    _article(
        rf"[Aa]n (?!{_SILENT_H})(?:[b-df-hj-np-tv-z][a-z]|[B-DF-HJ-NP-TV-Z][a-z]|{_SOUNDS_LIKE_YOU})",
        "“an” stands before a consonant",
        "Write “a”.",
    ),
    _article(
        rf"[Aa]n (?:{_SPELLED_WITH_CONSONANT}|(?!{_NUMBER_WITH_VOWEL})\d)",
        "“an” stands before the sound of a consonant",
        "Write “a”.",
    ),
    _UsageRule(
        pattern(r"(?<![A-Za-z])(?P<last>[A-Za-z]{2,30}+)(?<![A-Z])[.?!] (?=[a-z]{2,})"),
        "a sentence begins with a small letter",
        "Begin it with a capital, or join the two.",
        _is_abbreviation,
    ),
    _UsageRule(
        pattern(
            r"(?<=[a-z,;] )(?:The|A|An|By|From|To|With|Within|Of|In|And|Or|But|If|When|Where|Because|However|Please"
            r"|This|These|That|Those|Its|It|We|You|Your|Our|For|On|At|As|Is|Are|Not|Any|All|Such) (?=[a-z])"
        ),
        "a small word has a capital in mid-sentence",
        "Write it with a small letter.",
    ),
    _UsageRule(pattern(r"\b[Aa]nd/or\b"), "“and/or” stands for one of the two", "Write “or”, or “a, b, or both”."),
    _UsageRule(
        pattern(r"(?<![\w.-])(?:19|20)\d\d-(?:19|20)\d\d(?![\w-])"),
        "a hyphen stands in a range of years",
        "Write an en dash.",
    ),
    _UsageRule(
        pattern(r"\b(?:[Pp]ages?|pp\.|[Ll]ines|[Pp]aragraphs|[Ii]tems|[Dd]ays|[Ww]eeks) \d+-\d+"),
        "a hyphen stands in a range",
        "Write an en dash.",
    ),
    _UsageRule(pattern(r"\w -{1,2} (?=\w)|(?<=\w)--(?=\w)"), "a hyphen stands for a dash", "Write a dash, or a comma."),
    _UsageRule(pattern(r"(?<!\.)\.{3}(?!\.)"), "an ellipsis is three periods", "Write … instead."),
    _UsageRule(
        pattern(r"(?<![\w/@.])[a-z]+,(?=[A-Za-z]{2})|(?<![\w/@.])[a-z]{3,}\.(?=[A-Z][a-z]+\s)"),
        "there is no space after a punctuation mark",
        "Write one.",
    ),
    _UsageRule(
        pattern(r"\b(?:i\.e|e\.g)\.(?!,)"),
        "there is no comma after “i.e.” or “e.g.”",
        "Write “that is,” or “for example,”.",
    ),
    _UsageRule(
        pattern(r"\b(?:could|should|would|must|may) of\b(?! course)"), "“of” stands for “have”", "Write “have”."
    ),
    _UsageRule(
        pattern(r"\bin regards to\b|\bwith regards to\b"), "“regards” has an s", "Write “in regard to” or “about”."
    ),
    _UsageRule(
        pattern(rf"\b(?:{'|'.join(misspelled())})\b", re.IGNORECASE),
        "a word is misspelled",
        "Write it as American dictionaries do.",
    ),
    _UsageRule(
        pattern(rf"\b(?:1|[Oo]ne) (?:business |calendar |working )?{_COUNTED}\b"),
        "“one” stands before a plural",
        "Write the singular.",
    ),
    _UsageRule(
        pattern(
            rf"(?<![\w.,§(-])\b(?i:{_SEVERAL}) (?:business |calendar |working )?"
            r"(?:day|hour|week|month|year|copy|page|record)\b(?![-\u2019])"
        ),
        "a number stands before a singular",
        "Write the plural, or a hyphen: a 30-day period.",
    ),
    _UsageRule(
        pattern(
            r"\b(?i:these|those) (?:record|request|letter|document|employer|person|provision"
            r"|condition|agency|subsection)\b"
            r"|\b(?i:this) (?:records|requests|letters|documents|employers|persons|provisions|conditions|agencies)\b"
        ),
        "“this” or “these” does not fit the noun",
        "Make both singular or both plural.",
    ),
    _UsageRule(
        pattern(
            rf"(?:^|[.?!;:] )(?:The|These|Those|Our|Your|Such|All|[Tt]he following) {_PLURAL}"
            r" (?:is|was|has|does|applies|requires|allows|forbids)\b"
        ),
        "the subject is plural and the verb singular",
        "Write “are”, “were”, “have”, “do”.",
    ),
    _UsageRule(
        pattern(
            r"(?:^|[.?!] )(?:The|A|An|Our|Your|Its) [a-z]+(?:, (?:the|an?|our|your|its) [a-z]+)*,?"
            r" and (?:the|an?|our|your|its) [a-z]+ (?:is|was|has|does|applies|requires)\b"
        ),
        "several subjects stand before a singular verb",
        "Write “are”, “were”, “have”, “do”.",
    ),
    _UsageRule(
        pattern(rf"\b(?i:there) (?:is|was) (?:no |several |many |other |some |two |three )?{_PLURAL}\b(?! ?\w*ing\b)"),
        "“there is” stands before a plural",
        "Write “there are”.",
    ),
    _UsageRule(
        pattern(
            r"(?:^|[.?!] )(?:The|This|That|Our|Your|A|An|Each|Every) (?!(?:following|few)\b)"
            r"[A-Za-z]+(?<!s) (?:are|have|were)\b"
        ),
        "the subject is singular and the verb plural",
        "Write “is”, “has”, “was”.",
        lambda found: found[0].split()[-2] in english_words()["plural_without_s"],
    ),
    _UsageRule(
        pattern(r"\b(?:it|he|she) (?:are|have)\b|\b(?:they|we) (?:is|was|has)\b|\byou (?:is|was|has)\b", re.IGNORECASE),
        "the verb does not fit the pronoun",
        "Make both singular or both plural.",
    ),
    _UsageRule(
        pattern(
            r"\b(?:[Ee]ach|[Oo]ne|[Nn]either|[Ee]ither) of (?:the |these |those |our |your )?[a-z]+ (?:are|were|have)\b"
        ),
        "“each of” stands before a plural verb",
        "Write “is” or “has”.",
    ),
)
_SPACING = (
    _UsageRule(pattern(r"(?<=\S) {2,}(?=\S)"), "there are two spaces in a row", "Write one."),
    _UsageRule(
        pattern(r"(?<!\.) [,.;:?!](?=\s|$)(?! \.)| \)"), "there is a space before a punctuation mark", "Delete it."
    ),
    _UsageRule(pattern(r"\( |[\u201c\u2018] "), "there is a space after a mark that opens", "Delete it."),
    _UsageRule(pattern(r"[,;:]\s?[.,;:]|(?<!\.)\.\.(?!\.)"), "there are two punctuation marks in a row", "Delete one."),
)
_STIFF = pattern(rf"\b(?:{'|'.join(stiff())})\b", re.IGNORECASE)
_CITY_AND_STATE = pattern(r"\b[A-Z][a-z]+, (?P<state>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?= [a-z]{2,})")


def usage_mistakes(text: str, *, spacing: bool = True) -> Iterator[UsageMistake]:
    """Every mistake in a text, in the order of the rules. Each of its lines is read by itself.

    Args:
        spacing: with those of spaces and of punctuation marks that follow one another.
    """
    for rule in (*_RULES, *(_SPACING if spacing else ())):
        for found in rule.pattern.finditer(text):
            if not rule.unless(found):
                yield UsageMistake(rule.what, rule.hint, *found.span())
    for phrase in _STIFF.finditer(text):
        yield UsageMistake("a phrase is stiff", f"Write: {stiff()[phrase[0].lower()]}.", *phrase.span())
    for start, end in missing_serial_commas(text):
        yield UsageMistake("there is no comma before the last item of a list", "Write one: a, b, and c.", start, end)
    yield from _states(text)
    yield from _quotations(text)


def _states(text: str) -> Iterator[UsageMistake]:
    for found in _CITY_AND_STATE.finditer(text):
        rest = text[found.end() :]
        lists_states = re.match(r" (?:and|or) (?:[A-Z]\w+)", rest) and found[0].split(",")[0] in _state_names()
        if found["state"] in _state_names() and not lists_states:
            yield UsageMistake("there is no comma after the State", "Write one, as after the year.", *found.span())


@cache
def _state_names() -> frozenset[str]:
    return frozenset(forms().states)


def _quotations(text: str) -> Iterator[UsageMistake]:
    """Quotations within quotations: double marks outside, single ones inside."""
    inside = False
    for at, mark in enumerate(text):
        if mark == "\u201c":
            if inside:
                yield UsageMistake(
                    "a quotation within a quotation has double marks", "Write single marks inside.", at, at + 1
                )
            inside = True
        elif mark == "\u201d" or mark == "\n":
            inside = False
        elif (
            mark == "\u2018"
            and not inside
            and re.match(r"[^\u2019\n]{0,300}\w\u2019(?![\w])", text[at + 1 :])
            and not re.match(r"\d0s", text[at + 1 :])
        ):
            yield UsageMistake("a quotation has single marks", "Write “ and ”.", at, at + 1)
