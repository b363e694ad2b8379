"""The template context of a letter: the names a template can use, with values that are ready to print.

The names are those of the answers (``request.requester.agency``) and others derived from answers and library:
``office``, ``contact``, ``signatory``, ``law`` and the ``…_words`` of each choice. `PROVIDED` lists the derived
ones for `letters fields`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from itertools import zip_longest
from typing import Any

from msgspec import Struct, field

from letters._text.languages import ENGLISH, Language
from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.light_markup import FormattedAnswer
from letters._text.limited_memory import remember, remembered_by_identity
from letters._text.picture_answers import PictureAnswer
from letters._text.quotation_marks import typeset
from letters.library.office_languages import Untranslated
from letters.library.prompts import Question
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.legal_basis import Deadline, LegalBasis, UnvettedLaw
from letters.model.letter import Letter
from letters.model.office import Office
from letters.model.recipient import Recipient
from letters.model.request import EarlierRequest, Request
from letters.model.requester import Requester
from letters.model.rule_engine import Case
from letters.model.rulebook import Condition, Due, Objection, Rulebook
from letters.model.values import TABLE_OF_FIELD, FormattedText, Model, OwnText, PictureText

Phrases = Mapping[str, Mapping[str, str]]
# Fills the wording of one condition: (wording, names it may use, place for messages) -> text to print.
FillText = Callable[[str, Mapping[str, Any], str], str]

PROVIDED: Mapping[str, str] = {
    "request.made_on": "Date on the request, or the day it was received if it has none.",
    "request.opening_words": "How a letter in answer to it begins, before its date: “your email of”, “your visit of”.",
    "request.link_words": "What follows the date: “in which”, or “during which” after a call or a visit.",
    "request.memo_words": "How a memo tells how it came, before its date: “By email of”.",
    "request.received_by_in_sentence": "Who received it, within a sentence: “the Office of the Director”.",
    "request.channel_words": "The channel in words, from phrases.toml. Also access, nature, and process.",
    "request.names_a_matter": "Whether it identifies a matter for which records may be released: a fact in rules.toml.",
    "request.records": "Printed names of the categories of records asked for.",
    "request.earlier[].how_words": "How an earlier request came, within a sentence: “by email”, “in person”.",
    "request.earlier[].reached_in_sentence": "Who received an earlier request, within a sentence.",
    "request.requester.agency_kind_words": "The kind of agency in words.",
    "request.requester.agency_in_sentence": "The agency inside a sentence: the answer for this, or else its name.",
    "request.requester.asker": "The same, or “you” if a person asks in her own name: the agency is the person.",
    "request.requester.greeting": "What follows “Dear”: the greeting, or else the name, or else “Sir or Madam”.",
    "request.requester.address_block": "Name, title, office, agency, and address, each on its own line.",
    "recipient.address_block": "Of a letter that answers no records request: name, title, organization, and address. "
    "Also recipient.greeting.",
    "addressee.name": "Who it goes to, in every kind of letter: name, title, address_block, email, fax, telephone.",
    "salutation": "The line that opens the letter, in its language: “Dear Ms. Sample:”, “Estimada Sra. Sample:”.",
    "language": "The language of the letter: en-US.",
    "delivery_words": "How the letter is sent, in words: “email and certified mail”.",
    "signatory.name": "Name of the person who signs. Also signatory.title.",
    "legal_basis": "The legal bases cited, in order. Each has citation, case_name, citation_after_name, summary, title "
    "and authority (binding, persuasive or unvetted).",
    "citations": "The same within one sentence: “42 U.S.C. § 503(a)(1); 20 C.F.R. § 603.4(b)-(c); and …”.",
    "law.<id>": "Any basis the letter may cite on its date, with underscores for hyphens: law.cfr_603_4.citation.",
    "law.<role>": "The first of these that has a role in the office's law (see rules.md): law.closes_records.citation.",
    "citable": 'IDs and roles of those, for conditions: {% if "cfr-603-4" in citable %}.',
    "deadlines.<id>": "Legal deadlines for an answer: deadlines.written_denial.day, .days, .citation.",
    "extra.<name>": "The answer to a question added by this office. For a choice, extra.<name>_words is its wording.",
    "fact.<name>": "Whether a [[fact]] in rules.toml holds, with underscores for hyphens: fact.asks_privately.",
    "releases": "Whether this letter releases or produces records, or confirms that they will be.",
    "request_contents": "What a request of this kind should state, from showing.toml: one text for each thing.",
    "earlier_answers": "In a repeated denial: the day of each letter of ours that answered an earlier request.",
    "reasons_given": "In a denial: the reasons that the facts give, and those chosen; each has pieces.",
    "office.name": "Everything in office.toml: short_name, unit, address, address_line, telephone, email, head_title.",
    "contact.name": "The contact person: name, title, telephone, email.",
}


class NamesOnDemand(Mapping[str, Any]):
    """The names a template can use: those that cost nothing, and all of them as soon as another one is asked for."""

    def __init__(self, at_once: Mapping[str, Any], work_out: Callable[[], Mapping[str, Any]]) -> None:
        self._at_once, self._work_out = at_once, work_out

    @lazy_property
    def _all(self) -> Mapping[str, Any]:
        return self._work_out()

    def __getitem__(self, name: str) -> Any:
        return self._at_once[name] if name in self._at_once else self._all[name]

    def __contains__(self, name: object) -> bool:
        return name in self._at_once or name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class CitableLaw(Mapping[str, Mapping[str, Any]]):
    """The legal bases that a letter may cite, for its template. Remembers which ones the template used."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._entries = entries
        self.taken: set[str] = set()

    def copy(self) -> CitableLaw:
        """The same law, and what was taken from it so far, for one more template."""
        copy = CitableLaw(self._entries)
        copy.taken |= self.taken
        return copy

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        entry = self._entries[name]
        self.taken.add(str(entry["id"]))
        return entry

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def context_of(
    letter: Letter,
    office: Office,
    rulebook: Rulebook,
    phrases: Phrases,
    fill_text: FillText,
    *,
    extras: Sequence[Question] = (),
    language: Language = ENGLISH,
    wanted: Collection[str] | None = None,
) -> dict[str, Any]:
    """Everything the template of a letter can use.

    Args:
        letter: checked.
        phrases: wording of each choice, by field.
        fill_text: fills the wording of a condition, which can use the same names as the template.
        extras: the questions about fields that the office has added.
        language: of the letter, in which office, rulebook and phrases are given.
        wanted: the names that are asked for, if it is known: what takes time to work out is left out if it is not
            among them.
    """
    only = None if wanted is None or letter.kind in _WITH_WORDING else frozenset(wanted)

    def wants(*names: str) -> bool:
        return only is None or not only.isdisjoint(names)

    context = _names_of(letter, phrases, "request")
    context["extra"] = _extras(context["extra"], extras)
    context |= names_at_once(letter, office, language)
    if isinstance(letter, LetterWithoutRequest):
        context["recipient"] = _recipient(letter.recipient, phrases)
        context["addressee"] = _addressee(letter, context["recipient"])
        context["salutation"] = salutation(letter.recipient, phrases)
    else:
        if wants("request", "addressee"):
            context["request"] = _request(letter, rulebook, phrases)
            context["addressee"] = _addressee(letter, context["request"]["requester"])
        if wants("salutation"):
            context["salutation"] = salutation(letter.request.requester, phrases)
    if wants("delivery_words"):
        context["delivery_words"] = language.listed([phrases["delivery"][way] for way in letter.delivery])
    context["signatory"] = _entry(rulebook.signatories[letter.signatory])
    if wants("legal_basis", "citations"):
        cites = [_entry(basis) for basis in _in_order(letter, rulebook)]
        context["legal_basis"] = [*cites, *map(_unvetted, letter.unvetted_law)]
        context["citations"] = cited(context["legal_basis"], phrases["citations"])
    case = Case.of(letter, rulebook)
    law: Mapping[str, Mapping[str, Any]] = {}
    if wants("citable", "law"):
        context["citable"], law = _named_law(case.citable, rulebook)
    context["law"] = CitableLaw(law)
    if wants("fact"):
        context["fact"] = _facts(case.facts)
    context["releases"] = letter.releases(rulebook)
    if wants("request_contents"):
        borne_out = case.borne_out("showing")
        context["request_contents"] = [each.text for each in rulebook.showing.values() if each.id in borne_out]
    if wants("deadlines"):
        context["deadlines"] = _deadlines(letter.deadlines(rulebook), language, phrases["days"])

    def pieces(text: str, where: str) -> list[dict[str, str]]:
        if isinstance(text, Untranslated):  # refused where it is printed
            return [{"words": text, "case_name": ""}]
        return _pieces(fill_text(text, context, where), rulebook)

    def entries(chosen: Sequence[str], among: Mapping[str, Condition | Objection], file: str) -> list[dict[str, Any]]:
        return [
            {"subject": among[name].subject, "pieces": pieces(among[name].text, f"{file}, {name}")} for name in chosen
        ]

    # Each model is imported here, because it takes as long as to write a few letters, and this one's is there already.
    match letter.kind:
        case "conditional-approval":
            from letters.model.kinds.conditional_approval import ConditionalApproval

            assert isinstance(letter, ConditionalApproval)
            context["confirms_duty"] = letter.confirms_duty(rulebook)
            context["rests_on_exchange"] = letter.rests_on_exchange(rulebook)
            context["exchange_law"] = _first(case.law_with("exchange-agreement"))
            context["duty_law"] = [_entry(basis) for basis in letter.duty_law(rulebook)]
            context["approved"] = _names(letter.approved, rulebook)
            context["withheld"] = _names(letter.withheld, rulebook)
            context["conditions"] = entries(letter.conditions, rulebook.conditions, "conditions.toml")
        case "subpoena-response":
            from letters.model.kinds.subpoena_response import SubpoenaResponse

            assert isinstance(letter, SubpoenaResponse)
            context["objections"] = entries(letter.objections, rulebook.objections, "objections.toml")
            context["withdraw_by"] = letter.withdrawal_day(rulebook)
        case "denial" | "repeat-denial":
            from letters.model.kinds.denials import Refusal, RepeatDenial

            assert isinstance(letter, Refusal)
            context["reasons_given"] = [
                {"pieces": pieces(each.text, f"reasons.toml, {each.id}")} for each in letter.reasons_given(rulebook)
            ]
            if isinstance(letter, RepeatDenial):
                context["earlier_answers"] = [day for day, _ in letter.earlier_answers()]
        case "request-for-justification":
            from letters.model.kinds.request_for_justification import RequestForJustification

            assert isinstance(letter, RequestForJustification)
            context["missing"] = [
                {"text": each.text, "pieces": pieces(each.why, f"showing.toml, {each.id}")}
                for each in letter.missing(rulebook)
            ]
    return context


_WITH_WORDING = ("conditional-approval", "subpoena-response", "denial", "repeat-denial", "request-for-justification")
"""Kinds of letter that print wording of the office, which can use any name."""


def names_at_once(letter: Letter, office: Office, language: Language) -> dict[str, Any]:
    """What `context_of` gives without working anything out: what most conditions on a whole letter ask about."""
    own = {name: _plain(getattr(letter, name), {}) for name in ("kind", "date", "reference", "delivery", "copies")}
    return {**own, "language": language.tag, "office": _entry(office), "contact": _entry(office.contact)}


@remembered_by_identity(200)
def _named_law(
    citable: Mapping[str, LegalBasis], rulebook: Rulebook
) -> tuple[list[str], Mapping[str, Mapping[str, Any]]]:
    """The short names and roles of the law a letter may cite, and that law by the names its template uses.

    The rulebook gives all letters that may cite the same law one and the same mapping.
    """
    found = dict(citable)
    roles = []
    for role, bases in rulebook.by_role.items():
        if first := next((basis for basis in bases if basis.id in citable), None):
            found.setdefault(role, first)
            roles.append(role)
    return [*citable, *roles], {name.replace("-", "_"): _entry(basis) for name, basis in found.items()}


@remembered_by_identity(200)
def _facts(facts: Mapping[str, bool]) -> Mapping[str, bool]:
    """Whether the office's facts hold, by the names that templates use."""
    return {name.replace("-", "_"): holds for name, holds in facts.items()}


@remembered_by_identity(200)
def _deadlines(
    deadlines: Mapping[str, Due], language: Language, words: Mapping[str, str]
) -> Mapping[str, Mapping[str, Any]]:
    """The deadlines of a request, by the names that templates use."""
    return {
        name.replace("-", "_"): {
            "day": due.day,
            "days": _days(due.deadline, language, words),
            "citation": due.basis.citation,
        }
        for name, due in deadlines.items()
    }


def _first(bases: Sequence[LegalBasis]) -> Mapping[str, Any] | None:
    return _entry(bases[0]) if bases else None


def _extras(given: Mapping[str, Any], extras: Sequence[Question]) -> dict[str, Any]:
    """The answers to the office's own questions, empty values for missing ones, and the wording of choices."""
    found = dict(given)
    for name, empty, question in _asked(extras):
        if name not in found:
            found[name] = [] if empty == [] else empty
        if question is None:
            continue
        value, kind = found[name], question.field.kind
        if question.field.annotation is FormattedText and value:
            found[name] = FormattedAnswer(value)
        if question.field.annotation is PictureText and value:
            found[name] = PictureAnswer(value)
        if kind == "group":
            found[name] = [_own_entry(entry, question.items) for entry in value]
        if kind == "choice":
            found[f"{name}_words"] = question.choices.get(value) if value else None
        if kind == "choices":
            found[f"{name}_words"] = [question.choices[each] for each in value if each in question.choices]
    return found


@remembered_by_identity(200)
def _asked(extras: Sequence[Question]) -> Sequence[tuple[str, Any, Question | None]]:
    """The office's own questions: the name of the answer, what stands for a missing one, and the question.

    Instead of a question, None if nothing follows from the answer: for plain text, and for yes or no.
    """
    asked = []
    for question in extras:
        kind, is_plain = question.field.kind, question.field.annotation is OwnText
        empty: Any = {"list": [], "choices": [], "group": [], "yes-no": False}.get(kind)
        name = question.field.name.removeprefix("extra.")
        asked.append((name, empty, None if is_plain or kind == "yes-no" else question))
    return asked


def _own_entry(given: Mapping[str, Any], parts: Sequence[Question]) -> dict[str, Any]:
    """One entry of a list that the office has added, with every part, and the wording of choices."""
    entry = dict(given)
    for part in parts:
        name, kind = part.field.name, part.field.kind
        value = entry.setdefault(name, False if kind == "yes-no" else None)
        if kind == "choice":
            entry[f"{name}_words"] = part.choices.get(value) if value else None
    return entry


def _pieces(text: str, rulebook: Rulebook) -> list[dict[str, str]]:
    """A text split at the names of cases, which letters print in italics: words, then a case name or nothing."""
    parts = rulebook.case_names.split(text)
    return [{"words": words, "case_name": name} for words, name in zip_longest(parts[::2], parts[1::2], fillvalue="")]


def _in_order(letter: Letter, rulebook: Rulebook) -> list[LegalBasis]:
    """The legal bases cited, by rank, and within a rank in the order of the file."""
    if not letter.legal_basis:
        return []
    chosen = [basis for name, basis in rulebook.bases.items() if name in letter.legal_basis]
    return sorted(chosen, key=lambda basis: basis.rank)


_CONNECTING: Mapping[str, str] = {
    "and": "and",
    "see_also": "see also",
    "one": "persuasive authority",
    "two": "both persuasive",
    "more": "all persuasive",
}


def _days(deadline: Deadline, language: Language, words: Mapping[str, str]) -> str:
    """``3 business days``; ``15 calendar days``."""
    number = "one" if language.plural_category(deadline.days) == "one" else "other"
    return f"{deadline.days} {words[f'{deadline.counted}-{number}']}"


def salutation(to: Requester | Recipient, phrases: Phrases) -> str:
    """The line that opens a letter: ``Dear Ms. Sample:``.

    It is never derived from a name alone, which does not tell whether somebody is a woman, a man or neither. Where the
    language needs to know, the title in the greeting decides (`[salutation_by_title]` in phrases.toml), which may also
    print another one in its place: ``{rest}`` is the greeting without its title.
    """
    name = to.greeting or to.name
    if not name:
        return phrases["salutation"]["unnamed"]
    title, *rest = name.split(maxsplit=1)
    line = phrases.get("salutation_by_title", {}).get(title, phrases["salutation"]["named"])
    return line.replace("{name}", typeset(name)).replace("{rest}", typeset("".join(rest) or name))


def cited(bases: Sequence[Mapping[str, Any]], words: Mapping[str, str] = _CONNECTING) -> str:
    """Several legal bases within one sentence: binding ones first, then “see also” the persuasive ones.

    Three or more are separated by semicolons, because citations contain commas.

    Args:
        words: those that connect them, as under ``[citations]`` in phrases.toml.
    """
    binding = [str(basis["citation"]) for basis in bases if basis["authority"] != "persuasive"]
    persuasive = [str(basis["citation"]) for basis in bases if basis["authority"] == "persuasive"]
    all_binding = _run_together(binding, words["and"])
    if not persuasive:
        return all_binding
    note = words[("one", "two", "more")[min(len(persuasive), 3) - 1]]
    also = f"{_run_together(persuasive, words['and'])} ({note})"
    return f"{all_binding}; {words['see_also']} {also}" if all_binding else also


def _run_together(citations: Sequence[str], word: str) -> str:
    if len(citations) > 2:
        return f"{'; '.join(citations[:-1])}; {word} {citations[-1]}"
    return (f", {word} " if any("," in each for each in citations) else f" {word} ").join(citations)


def _request(letter: Letter, rulebook: Rulebook, phrases: Phrases) -> dict[str, Any]:
    request, names_a_matter = letter.request, Case.of(letter, rulebook).answer_to("fact.names-a-matter")
    return _names_of(request, phrases, "requester") | {
        **_channel(request, phrases),
        "received_by_in_sentence": _office(request.received_by, phrases),
        "made_on": request.dated or request.received,
        "names_a_matter": names_a_matter is True,
        "records": _names(request.records, rulebook),
        "requester": _requester(request.requester, phrases),
        "earlier": [_earlier(each, phrases) for each in request.earlier],
    }


def _channel(request: Request, phrases: Phrases) -> dict[str, str]:
    """How a sentence begins and goes on that says how the request came; its date stands between the two."""
    way = str(request.channel)  # before it is answered, a placeholder stands for it
    words = phrases["channel"].get(way, way)
    return {
        "opening_words": phrases.get("channel_opening", {}).get(way, f"your {words} of"),
        "link_words": phrases.get("channel_link", {}).get(way, "in which"),
        "memo_words": phrases.get("channel_memo", {}).get(way, f"By {words} of"),
    }


def _earlier(earlier: EarlierRequest, phrases: Phrases) -> dict[str, Any]:
    names = _names_of(earlier, phrases)
    way = str(earlier.channel)
    return {
        **names,
        "how_words": phrases.get("channel_how", {}).get(way, f"by {phrases['channel'].get(way, way)}"),
        "reached_in_sentence": _office(earlier.reached, phrases),
    }


def _requester(requester: Requester, phrases: Phrases) -> dict[str, Any]:
    # The greeting is never derived from a name, which does not tell whether somebody is a woman, a man or neither.
    lines = (requester.name, requester.title, requester.office, requester.agency, requester.address)
    in_sentence = typeset(
        requester.agency_in_sentence or _within_a_sentence(requester.agency or "")
    )  # none yet, in an interview
    return _names_of(requester, phrases) | {
        "agency_in_sentence": in_sentence,
        "asker": phrases["asker"]["oneself"] if requester.agency == requester.name else in_sentence,
        "greeting": typeset(requester.greeting or requester.name or phrases["salutation"]["nobody"]),
        "address_block": typeset("\n".join(line for line in dict.fromkeys(lines) if line)),
    }


def _office(name: str | None, phrases: Phrases) -> str | None:
    """A person or an office of ours inside a sentence: an office has the article that phrases.toml gives."""
    if not name:
        return name
    name = typeset(_within_a_sentence(name))
    words = _WORDS.findall(_AFTER_HEAD.split(name)[0])
    article = phrases.get("article", {}).get(words[-1].lower()) if words else None
    return f"{article} {name}" if article and words[0][0].isupper() else name


# The last word of the name of an office says what it is, before “of” and the like: the Bureau of Taxes.
_AFTER_HEAD, _WORDS = pattern(r",|\s(?:of|for|in|at)\s"), pattern(r"[^\W\d_][\w’'&.-]*")  # noqa: RUF001


def _within_a_sentence(name: str) -> str:
    """A name as it stands inside a sentence: the Office of the Attorney General."""
    return f"the {name[4:]}" if name.startswith("The ") and name[4:5].isupper() else name


_OF_ADDRESSEE = ("name", "title", "address_block", "email", "fax", "telephone")


def _addressee(letter: Letter, to: Mapping[str, Any]) -> dict[str, Any]:
    """Who the letter goes to, whatever it answers; a memo goes to our own staff, and not to the requester."""
    if letter.kind == "routing-memo":
        from letters.model.kinds.routing_memo import RoutingMemo

        assert isinstance(letter, RoutingMemo)
        return dict.fromkeys(_OF_ADDRESSEE) | {"address_block": letter.addressees}
    return {name: to[name] for name in _OF_ADDRESSEE}


def _recipient(recipient: Recipient, phrases: Phrases) -> dict[str, Any]:
    lines = (recipient.name, recipient.title, recipient.organization, recipient.address)
    return _names_of(recipient, phrases) | {
        "greeting": typeset(recipient.greeting or recipient.name or phrases["salutation"]["nobody"]),
        "address_block": typeset("\n".join(line for line in lines if line)),
    }


def _unvetted(law: UnvettedLaw) -> dict[str, Any]:
    return _names_of(law, {}) | {"case_name": "", "citation_after_name": law.citation, "authority": "unvetted"}


@remembered_by_identity(2000)
def _entry(entry: Model) -> Mapping[str, Any]:
    """An entry of the library as a dict for templates, which only read it."""
    names = _names_of(entry, {})
    match entry:
        case LegalBasis():
            names["citation_after_name"] = entry.citation[len(entry.case_name or "") :]
            names["authority"] = "unvetted" if entry.unread else entry.authority
        case Office():
            names["address_line"] = ", ".join(entry.address.splitlines())
    return names


def _names(categories: Sequence[str], rulebook: Rulebook) -> list[str]:
    return [rulebook.records[category].name for category in categories]


def _names_of(model: Model, phrases: Phrases, without: str = "") -> dict[str, Any]:
    """A model as a dict, with the wording of each choice as ``…_words``.

    Args:
        without: a field to leave out.
    """
    names = dict(vars(model))
    if names.get(without) is not None:
        del names[without]
    key = tuple(names), tuple(map(type, names.values()))
    known = _TYPES_OF_NAMES.get(key)
    if known is None:
        known = remember(_TYPES_OF_NAMES, _TYPES_KEPT, key, _types_of_names(names))
    said = "".join([names[name] for name in known.texts])
    if "'" in said or '"' in said:
        for name in known.texts:
            names[name] = typeset(names[name])
    for name in known.defined:
        value = names[name]
        names[name] = str(value)
        if name in phrases:
            names[f"{name}_words"] = phrases[name].get(value, value)
    for name, to_plain in known.others:
        value = names[name]
        plain = names[name] = to_plain(value, phrases)
        if name in phrases and isinstance(value, Enum):
            names[f"{name}_words"] = phrases[name][plain]
    return names


class _TypesOfNames(Struct, frozen=True):
    """Which fields of a model are more than they are for templates. Most models of a kind have the same.

    Args:
        texts: those that hold text.
        defined: those that hold one of the values that the office's rules define.
        others: those whose values are another thing for templates, and what makes them one.
    """

    texts: list[str] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    others: list[tuple[str, _ToPlain]] = field(default_factory=list)


_TYPES_OF_NAMES: dict[tuple[tuple[str, ...], tuple[type, ...]], _TypesOfNames] = {}
_TYPES_KEPT = 500


def _types_of_names(names: Mapping[str, Any]) -> _TypesOfNames:
    found = _TypesOfNames()
    for name, value in names.items():
        if value is None:
            continue
        to_plain = _PLAIN[type(value)]
        if name in TABLE_OF_FIELD:
            found.defined.append(name)
        elif type(value) is str:
            found.texts.append(name)
        elif to_plain is not _itself:
            found.others.append((name, to_plain))
    return found


def _plain(value: Any, phrases: Phrases) -> Any:
    return _PLAIN[type(value)](value, phrases)


_ToPlain = Callable[[Any, Phrases], Any]


class _PlainByType(dict[type, _ToPlain]):
    """What templates are given for a value, by its type."""

    def __missing__(self, kind: type) -> _ToPlain:
        if issubclass(kind, Enum):
            found: _ToPlain = _value_of
        elif issubclass(kind, (list, tuple)):
            found = _plain_list
        elif issubclass(kind, dict):
            found = _plain_table
        elif not issubclass(kind, (str, date, int, float)) and issubclass(kind, Model):  # pydantic's check is slow
            found = _names_of
        else:
            found = _typeset if kind is str else _itself
        self[kind] = found
        return found


def _value_of(choice: Enum, _: Phrases) -> Any:
    return choice._value_  # `value` takes ten times as long


def _plain_list(entries: Sequence[Any], phrases: Phrases) -> list[Any]:
    return [_PLAIN[type(each)](each, phrases) for each in entries]


def _plain_table(table: Mapping[str, Any], phrases: Phrases) -> dict[str, Any]:
    said = "".join([each for each in table.values() if type(each) is str])
    if "'" in said or '"' in said:
        return {key: _PLAIN[type(each)](each, phrases) for key, each in table.items()}
    return {key: each if type(each) is str else _PLAIN[type(each)](each, phrases) for key, each in table.items()}


def _typeset(text: str, _: Phrases) -> str:
    return typeset(text)


def _itself(value: Any, _: Phrases) -> Any:
    return value


_PLAIN = _PlainByType()
