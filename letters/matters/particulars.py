"""What the register remembers of a letter or a request: enough to find it again, and to say what it was about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from letters._text.dates import long_date
from letters.matters.agency_names import folded
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.letter import Letter
from letters.model.rulebook import Rulebook

FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "aol.com"),
        *("icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "gmx.de", "mail.com"),
        *("comcast.net", "att.net", "verizon.net", "zoho.com", "fastmail.com", "web.de", "yandex.com", "mail.ru"),
    }
)
"""Domains of mail that anybody can have: two senders there have nothing in common."""

# What a letter said, as a later letter would recall it: “our letter of …, in which the Department …”.
_SAID = {
    "denial": "denied the request for {sought}",
    "repeat-denial": "denied the repeated request for {sought}",
    "contact-notice": "asked that further requests be sent only to its chief legal counsel",
    "policy-statement": "stated its policy in writing",
    "request-for-justification": "asked for an explanation and a justification of the request for {sought}",
    "conditional-approval": "approved on conditions the request for {sought}",
    "subpoena-response": "answered the paper served",
}


def particulars_of(letter: Letter, rulebook: Rulebook | None = None) -> dict[str, Any]:
    """What is remembered of a letter; empty values are left out.

    Args:
        rulebook: says what the letter is about, which its deadlines depend on.
    """
    if isinstance(letter, LetterWithoutRequest):
        return _of_recipient(letter)
    request, who = letter.request, letter.request.requester
    found = {
        "agency": who.agency,
        "office": who.office,
        "person": who.name,
        "email": who.email,
        "telephone": who.telephone,
        "sought": request.sought,
        "access": request.access.value,
        "channel": request.channel.value,
        "received": request.received.isoformat(),
        "custodian_received": request.custodian_received.isoformat() if request.custodian_received else None,
        "dated": request.dated.isoformat() if request.dated else None,
        "reached": request.received_by,
        "their_reference": request.their_reference,
        "case_number": request.case_number,
        "topics": sorted(letter.topics(rulebook)) if rulebook else [],
        "return_date": request.paper.return_date.isoformat() if request.paper.return_date else None,
        "records": [str(each) for each in request.records],
        "said": _said(letter),
        "copies": list(letter.copies),
        "enclosures": list(letter.enclosures),
        "recipients": _persons(letter, "recipients"),
        "responsible": _persons(letter, "responsible"),
        "cites": sorted(letter.legal_basis),
        "earlier": [
            *(each.reference for each in letter.earlier_letters if each.reference),
            *(each.reference for each in request.earlier if each.reference),
        ],
    }
    return {name: value for name, value in found.items() if value}


def _of_recipient(letter: LetterWithoutRequest) -> dict[str, Any]:
    """What is remembered of a letter that answers no records request."""
    to, received = letter.recipient, letter.extra.get("received")
    found = {
        "agency": to.organization,
        "person": to.name,
        "email": to.email,
        "received": received.isoformat() if isinstance(received, date) else None,
        "copies": list(letter.copies),
        "enclosures": list(letter.enclosures),
        "earlier": [each.reference for each in letter.earlier_letters if each.reference],
    }
    return {name: value for name, value in found.items() if value}


def _persons(letter: Letter, name: str) -> list[str]:
    """The persons in a list that some kinds of letter have, each with the title."""
    return [f"{each.name}, {each.title}" for each in getattr(letter, name, None) or ()]


def _said(letter: Letter) -> str:
    return _SAID.get(letter.kind, "").format(sought=letter.request.sought)


def title_of(about: Mapping[str, Any]) -> str:
    """A line about a request or letter, for lists."""
    parts = [about.get("agency") or about.get("person") or about.get("email") or "", about.get("sought") or ""]
    return ": ".join(part for part in parts if part) or str(about.get("title") or "")


def request_key(about: Mapping[str, Any]) -> str:
    """One text for one request: two letters with the same one answer the same request."""
    parts = [folded(str(about.get("agency") or "")), str(about.get("received") or ""), str(about.get("sought") or "")]
    return hashlib.sha256("\n".join(parts).casefold().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def identifiers_of(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """By what a request or letter is found again: what it is, and its form for comparing."""
    for what in ("agency", "office", "person"):
        if form := folded(str(about.get(what) or "")):
            yield what, form
    if email := str(about.get("email") or "").strip().casefold():
        yield "email", email
        domain = email.rpartition("@")[2]
        if domain and domain not in FREE_MAIL:
            yield "domain", domain
    for what in ("their_reference", "case_number"):
        if form := "".join(str(about.get(what) or "").casefold().split()):
            yield what, form


def in_words(day: str) -> str:
    """A day as counsel reads it."""
    return long_date(date.fromisoformat(day))
