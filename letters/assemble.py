"""From a checked letter to what a template sees: names, words and dates ready to print, nothing left to compute.

A template's names are the answers' own names (``request.requester.agency``), and beside them what follows from the
answers and from the library: ``office``, ``contact``, ``signatory``, ``law`` and the ``…_words`` of each choice.
`PROVIDED` lists the latter for `letters fields`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from letters.english import listed
from letters.holdings import LegalBasis, Office, Rulebook
from letters.kinds import ConditionalApproval
from letters.law import citable
from letters.model import Letter
from letters.request import Request, Requester
from letters.values import Model

Phrases = Mapping[str, Mapping[str, str]]
# Fills one condition's wording: (wording, names it may use, what messages call it) -> the text to print.
FillText = Callable[[str, Mapping[str, Any], str], str]

PROVIDED: Mapping[str, str] = {
    "request.made_on": "Date the request bears, or the day it was received if it bears none.",
    "request.channel_words": "The channel in words, from phrases.toml; access, nature and process likewise.",
    "request.names_a_matter": "Whether it identifies a criminal investigation or a child support proceeding.",
    "request.records": "Names of the categories of records asked for, as they are printed.",
    "request.requester.agency_kind_words": "The kind of agency in words.",
    "request.requester.greeting": "What stands after “Dear”: the greeting given, else the name, else “Sir or Madam”.",
    "request.requester.address_block": "Name, title, office, agency and address, a line each.",
    "delivery_words": "How the letter is sent, in words: “email and certified mail”.",
    "signatory.name": "Name of the person who signs; also signatory.title.",
    "legal_basis": "The bases chosen: citation, case_name, citation_after_name, summary, title, authority of each.",
    "law.<id>": "Any basis this kind of letter may cite on its date, hyphens as underscores: law.nmac_106_d.citation.",
    "office.name": "Everything in office.toml: short_name, unit, address, address_line, telephone, email, head_title.",
    "contact.name": "The only contact: name, title, telephone, email.",
}


def context_of(
    letter: Letter, office: Office, rulebook: Rulebook, phrases: Phrases, fill_text: FillText
) -> dict[str, Any]:
    """Everything a template may use for this letter.

    Args:
        letter: checked.
        fill_text: fills the wording of a condition with the same names a template has.
    """
    context = _names_of(letter, phrases)
    context["request"] = _request(letter.request, rulebook, phrases)
    context["delivery_words"] = listed([phrases["delivery"][way] for way in letter.delivery])
    context["office"] = _names_of(office, {}) | {"address_line": ", ".join(office.address.splitlines())}
    context["contact"] = _names_of(office.contact, {})
    context["signatory"] = _names_of(rulebook.signatories[letter.signatory], {})
    context["legal_basis"] = [_basis(rulebook.bases[name]) for name in letter.legal_basis]
    context["law"] = {name.replace("-", "_"): _basis(basis) for name, basis in citable(letter, rulebook).items()}
    if isinstance(letter, ConditionalApproval):
        context["confirms_duty"] = letter.confirms_duty(rulebook)
        context["approved"] = _names(letter.approved, rulebook)
        context["withheld"] = _names(letter.withheld, rulebook)
        context["conditions"] = [
            {
                "subject": rulebook.conditions[name].subject,
                "text": fill_text(rulebook.conditions[name].text, context, f"conditions.toml, condition {name}"),
            }
            for name in letter.conditions
        ]
    return context


def _request(request: Request, rulebook: Rulebook, phrases: Phrases) -> dict[str, Any]:
    return _names_of(request, phrases) | {
        "made_on": request.dated or request.received,
        "names_a_matter": request.names_a_matter,
        "records": _names(request.records, rulebook),
        "requester": _requester(request.requester, phrases),
    }


def _requester(requester: Requester, phrases: Phrases) -> dict[str, Any]:
    # A woman, a man, neither: the greeting is never worked out from a name.
    lines = (requester.name, requester.title, requester.office, requester.agency, requester.address)
    return _names_of(requester, phrases) | {
        "greeting": requester.greeting or requester.name or "Sir or Madam",
        "address_block": "\n".join(line for line in lines if line),
    }


def _basis(basis: LegalBasis) -> dict[str, Any]:
    name = basis.case_name or ""
    return _names_of(basis, {}) | {"citation_after_name": basis.citation[len(name) :]}


def _names(categories: Sequence[str], rulebook: Rulebook) -> list[str]:
    return [rulebook.records[category].name for category in categories]


def _names_of(model: Model, phrases: Phrases) -> dict[str, Any]:
    """A model as a dict, each choice with its words beside it."""
    names: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        names[name] = _plain(value, phrases)
        if isinstance(value, Enum) and name in phrases:
            names[f"{name}_words"] = phrases[name][value.value]
    return names


def _plain(value: Any, phrases: Phrases) -> Any:
    if isinstance(value, Model):
        return _names_of(value, phrases)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_plain(item, phrases) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, phrases) for key, item in value.items()}
    return value
