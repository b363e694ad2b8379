"""The forms of citation in `citation_forms.toml`, as patterns; each is compiled when a text holds a word of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli
from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property

SIGN = r"(?:§{1,2}|(?i:sections?|secs?\.|parts?|pts?\.)|\bss?\.)"
ANY_SIGN = rf"(?:{SIGN}|\b(?i:chs?\.|chapters?|arts?\.?|articles?))"
_SIGNS = r"(?:§§|(?i:sections|secs\.|parts|pts\.)|\bss\.)"
PARAGRAPHS = r"(?:\s?\([^)\s]{1,5}\)(?:-\([^)\s]{1,5}\))?)*"
BETWEEN = r"(?:[,;]? (?:and|or) |[,;] ?| ?& ?)"
# A section of a State's code: 405/1900, 282-A:118, 60.2-114, 480-4-2-.01. With no sign before it, it has such a mark,
# and is no span of years: 2009-2012.
_SECTION = r"\d[\dA-Za-z]*(?:(?: / |[-.:/])\.?[\dA-Z][\dA-Za-z]*)*"
_MARKED = r"(?!(?:19|20)\d\d-\d{1,4}\b(?![-.:]))\d[\dA-Za-z]*(?:(?: / |[-.:/]| (?=\.))\.?[\dA-Z][\dA-Za-z]*)+"
_LETTERS = r"(?:[A-Z][A-Za-z]{0,4}\.?[ -]?)?"
_TITLE = r"(?P<title>\d{1,4}[A-Z]?(?:-\d{1,4})*|[IVXL]+)"
_START = r"(?<![\w.$/-])"
_ANNOTATED = r"(?: ?Ann\.?| Annotated)?"
_SUPPLEMENT = r"(?:,? \d{4}(?: Supp\.)?)?"
_PIECE = pattern(r"\{([\w#.:-]+)\}|([\[\]])|(§)|([^\s\[\]{}§]+)|(\s+)")
_INITIALS = pattern(r"\b(?:[A-Z]\. ?)+[A-Z]?\b\.?")


class Form(Struct, frozen=True):
    """One way of citing.

    Args:
        of: what it cites, as the name of a provision begins: ``Vermont statutes``; ``§ statutes`` where the letters
            do not say which State's.
        written: as in the file, but for {state} in place of the State.
    """

    of: str
    written: str

    @property
    def state(self) -> str:
        return self.of.rpartition(" ")[0]


class Forms:
    """Everything in the file.

    Args:
        data: the file.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.states: dict[str, tuple[str, ...]] = {
            each["name"]: (each["name"], *each["short"]) for each in data["state"]
        }
        self.examples = [
            example for table in ("state", "shared") for each in data[table] for example in each["examples"]
        ]
        self.reporters: Mapping[str, Sequence[str]] = data["reporters"]
        self._words: Mapping[str, Sequence[str]] = data["words"]
        self._subjects: Mapping[str, Any] = data["subjects"]
        self._patterns: dict[Form, tuple[re.Pattern[str], ...]] = {}
        self._by_cue: dict[str, list[Form]] = {}
        for form in self._all(data):
            for cue in self._cues(form):
                self._by_cue.setdefault(cue, []).append(form)

    @staticmethod
    def _all(data: Mapping[str, Any]) -> Iterator[Form]:
        for state in data["state"]:
            names = "|".join(map(re.escape, (state["short"][0], state["name"])))
            for group in ("statutes", "rules"):
                for written in state[group]:
                    yield Form(
                        f"{state['name']} {group}", re.sub(rf"(?<![\w.])(?:{names})(?=[ \],])", "{state}", written)
                    )
        for shared in data["shared"]:
            for written in shared["forms"]:
                yield Form(f"§ {shared['group']}", written)

    def _cues(self, form: Form) -> Iterator[str]:
        """Words of which every text with such a citation holds one."""
        needed = re.sub(r"\[.*?\]", "", form.written)
        if "{state}" in needed:
            yield from map(_cue, self.states[form.state])
        else:
            yield _cue(next(word for word in needed.split() if "{" not in word and word != "§"))

    def fitting(self, text: str) -> list[Form]:
        """The forms of which a text holds a word."""
        words = set(re.findall(r"[A-Za-z]+", text))
        for initials in _INITIALS.findall(text):  # N.Y. C.P.L.R.: NYCPLR, NY, CPLR
            words.update(each.replace(".", "") for each in (initials.replace(" ", ""), *initials.split()))
        return list(dict.fromkeys(form for cue in sorted(words & self._by_cue.keys()) for form in self._by_cue[cue]))

    def patterns(self, form: Form) -> tuple[re.Pattern[str], ...]:
        """As written; then, where nothing but a name precedes the section, with the section first."""
        if form not in self._patterns:
            name, _, last = form.written.rpartition(" ")
            found = [f"{_START}{self._pattern(form, form.written)}"]
            if "{title}" not in name:
                named = self._pattern(form, name.removesuffix(" §").removesuffix(","))
                found.append(rf"{_START}{_sections(last[1:-1], signed=False)},?(?: of the)? {named}(?!\w)")
            self._patterns[form] = tuple(map(re.compile, found))
        return self._patterns[form]

    def _pattern(self, form: Form, written: str) -> str:
        pattern, signed = "", False
        for slot, bracket, sign, word, space in _PIECE.findall(written):
            if bracket:
                pattern += "(?:" if bracket == "[" else ",? ?)?"
            elif sign:
                signed = True
            elif space:
                pattern = re.sub(r",\? \??$", "", pattern) + (",? ?" if pattern.endswith("?") else ",? ")
            elif slot in ("section", "rule") or "#" in slot:
                titled = re.match(r"\{title\} [A-Z.]{3,} \{", written) is not None
                pattern += r"(?:\([A-Z.]{2,8}\) )?" + _sections(slot, signed=signed, titled=titled)
            elif slot == "subject":
                pattern += f"(?P<subject>{self.subject}){_ANNOTATED}"
            elif slot == "title":
                pattern += _TITLE
            elif slot == "state":
                pattern += f"(?:{_any(self.states[form.state])})"
            else:
                pattern += self._word(word)
        return pattern

    def _word(self, word: str) -> str:
        name = word.rstrip(".,")
        pattern = f"(?:{_any((word.rstrip(','), *self._words.get(name, ())))})"
        if name in self._words:
            pattern += r"\.?"
        if name in ("Code", "Laws", "Regs", "Stat"):
            pattern += _ANNOTATED
        elif name.replace(".", "").isupper() and len(name) > 2:
            pattern += _SUPPLEMENT
        return pattern + (",?" if word.endswith(",") else "")

    @lazy_property
    def subject(self) -> str:
        """A pattern of the subjects, however they are spelled."""
        names = [" ?".join(map(self._subject_word, name.split())) for name in self._subjects["names"]]
        return f"(?:{'|'.join(sorted(names, key=len, reverse=True))})"

    def _subject_word(self, word: str) -> str:
        if word in "&-":
            return "(?:&|and)" if word == "&" else "[-\N{EN DASH}]"
        return f"(?:{_any((word, *self._subjects['words'].get(word.rstrip('.'), ())))})"

    @lazy_property
    def _common_words(self) -> dict[str, str]:
        words = self._subjects["words"]
        return {each: short for short, others in words.items() for each in (short, *others)} | {"and": "&"}

    def common(self, subject: str) -> str:
        """A subject in one spelling: ``Lab & Empl`` for “Labor and Employment”."""
        return " ".join(self._common_words.get(word, word) for word in re.split(r"[ .]+", subject) if word)


@lru_cache(maxsize=1)
def forms() -> Forms:
    """The forms, read once."""
    return Forms(tomli.loads(Path(__file__).with_name("citation_forms.toml").read_text(encoding="utf-8")))


def _any(spellings: Iterable[str]) -> str:
    return "|".join(map(spelled, sorted(dict.fromkeys(spellings), key=len, reverse=True)))


def spelled(name: str) -> str:
    """A pattern for an abbreviation with or without its periods, and with or without a space after each."""
    if name.isupper() and name.isalpha() and len(name) > 2:  # RCW: R.C.W. also
        return r"\.? ?".join(name) + r"\.?"
    if re.fullmatch(r"[A-Z]\.[A-Z]\.", name):  # F.S., G.S.: without the periods they may mean anything
        return rf"{name[0]}\. ?{name[2]}\.?"
    pieces = re.findall(r"[^ .]+\.?|\s+", name)
    found = ""
    for number, piece in enumerate(pieces):
        if piece.isspace():
            found += " ?" if found.endswith("?") else " "
            continue
        after = pieces[number + 1] if number + 1 < len(pieces) else ""
        period = r"\.?" if piece.endswith(".") else ""
        tight = " ?" if period and after and not after.isspace() else ""
        found += re.escape(piece.rstrip(".")).replace("'", "['\N{RIGHT SINGLE QUOTATION MARK}]") + period + tight
    return found


def _cue(name: str) -> str:
    initials = re.sub("[. ]", "", name)
    if initials.isupper() and initials.isalpha() and len(initials) > 1:
        return str(initials)
    return str(re.findall(r"[A-Za-z]+", name)[0 if name[0].isupper() and "." in name.rstrip(".") else -1])


def _sections(slot: str, *, signed: bool, titled: bool = False) -> str:
    """A pattern for the sections cited: one, or a list after a sign that announces one.

    Args:
        signed: only after a sign.
        titled: a title and a name of letters alone precede, so that any number will do: 22 CCR 1085.
    """
    letters = _LETTERS if slot == "rule" else ""
    shape = re.escape(slot).replace(r"\#", r"\d+(?:-?[A-Z])?") if "#" in slot else ""
    one = rf"{letters}{shape or _SECTION}{PARAGRAPHS}"
    bare = rf"{letters}{shape or _MARKED}{PARAGRAPHS}"
    alone = "" if signed else rf"|{bare}(?:{BETWEEN}{bare})*"
    if titled and not signed:
        alone += rf"|\d{{2,5}}[A-Z]?{PARAGRAPHS}"
    return (
        rf"(?:{_SIGNS} ?(?P<many>{one}(?:{BETWEEN}(?:{ANY_SIGN} ?)?{one})*)"
        rf"|(?P<one>{ANY_SIGN} ?{one}(?:{BETWEEN}{ANY_SIGN} ?{one})*{alone}))(?![\w/])"
    )
