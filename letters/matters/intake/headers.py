"""What the headers of a mail say: the sender, the day it reached the office, the subject. All of it may be untrue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import Message
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from letters._text.dates import long_date
from letters._text.lazy_pattern import pattern
from letters.matters.intake.arrived import Arrived, Proposal
from letters.matters.intake.clean_text import alphabets, clean_line

NOT_VERIFIED = "not verified: anybody can write this"
_ADDRESS = pattern(r"[^@\s<>\"(),;:]+@[^@\s<>\"(),;:]+\.[^@\s<>\"(),;:]+")
# The days that one mail may take; a larger difference means that a clock was wrong.
_PLAUSIBLE_DAYS = 5


def header(mail: Message, name: str, arrived: Arrived) -> str:
    """A header as text on one line; empty if there is none, or it cannot be read."""
    try:
        value = mail[name]
        text, cleaned = clean_line(str(value)) if value is not None else ("", False)
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):  # faults of the library, on bad headers
        arrived.note(f"The header {name} cannot be read.")
        return ""
    if cleaned:
        arrived.note("Control characters, or marks that change the direction of text, were removed.")
    return text


def propose_sender(mail: Message, arrived: Arrived) -> str:
    """Propose the sender's name and address; returns the address."""
    if len(mail.get_all("from") or ()) > 1:
        arrived.note("It has several From lines; the first one was read.")
    addresses = _addresses(mail, "from")
    if len(addresses) > 1:
        arrived.note("It names several senders; the first one was read.")
    if not addresses or "@" not in addresses[0].addr_spec:
        arrived.note("The header From has no address that can be read.")
        return ""
    name, address = person(addresses[0].display_name, arrived), addresses[0].addr_spec
    if "@" in name:
        if name.casefold() != address.casefold():
            arrived.note(f"The sender's name is itself an address, and another one: {name}. It was not taken.")
        name = ""
    return propose_person(name, address, "header From", NOT_VERIFIED, arrived)


def propose_person(name: str, address: str, source: str, doubt: str, arrived: Arrived) -> str:
    """Propose a name and an address, if they can be one; returns the address."""
    if name:
        strange = alphabets(name) - {"LATIN"}
        if strange and "LATIN" in alphabets(name):
            arrived.note(f"The name {name} mixes letters of different alphabets that look alike.")
            doubt = f"letters of another alphabet ({', '.join(sorted(strange)).lower()})"
        arrived.proposals["request.requester.name"] = Proposal(name, source, doubt)
    cleaned, _ = clean_line(address)
    if not _ADDRESS.fullmatch(cleaned):
        return ""
    if not cleaned.isascii():
        arrived.note(f"The address {cleaned} has letters outside ASCII.")
    arrived.proposals["request.requester.email"] = Proposal(cleaned, source, doubt)
    return cleaned


def person(name: str, arrived: Arrived) -> str:
    """A name as people write it: “Sample, Jordan” is Jordan Sample."""
    text, cleaned = clean_line(name)
    if cleaned:
        arrived.note("Control characters, or marks that change the direction of text, were removed.")
    text = text.strip("\"' ")
    return " ".join(reversed([part.strip() for part in text.split(",")])) if text.count(",") == 1 else text


def note_reply_address(mail: Message, address: str, arrived: Arrived) -> None:
    """Note that answers are to go to another address."""
    named = [each.addr_spec for each in _addresses(mail, "reply-to")]
    others = [each for each in named if each.casefold() != address.casefold()]
    if others:
        arrived.note(f"Answers are to go to another address: {clean_line(others[0])[0]}.")


def is_automatic(mail: Message) -> bool:
    """Whether a program sent it: an automatic reply, or a notice that a mail could not be delivered."""
    said = str(mail.get("auto-submitted") or "no").strip().lower()
    is_report = mail.get_content_type() == "multipart/report"
    is_reply = str(mail.get("x-autoreply") or mail.get("x-autorespond") or "").strip() != ""
    senders = [each.addr_spec for each in _addresses(mail, "from")]
    return is_report or is_reply or not said.startswith("no") or any(map(is_program, senders))


def is_program(address: str) -> bool:
    """Whether an address is that of a mail server, which says when mail cannot be delivered."""
    return address.partition("@")[0].strip().casefold() in ("mailer-daemon", "postmaster")


def propose_day(mail: Message, zone: ZoneInfo, arrived: Arrived) -> None:
    """Propose the day of receipt in the office's zone, as the last server noted it, else by the sender's clock."""
    received, sent = _when(mail, "received", arrived), _when(mail, "date", arrived)
    found = received or sent
    if found is None:
        arrived.note("No day of receipt can be read. Ask whoever received it.")
        return
    doubts = []
    if received is None:
        doubts.append("this is the sender's clock; the mail has no line of our own server")
    elif sent and abs((_utc(received) - _utc(sent)).days) > _PLAUSIBLE_DAYS:
        theirs = long_date(_utc(sent).astimezone(zone).date())
        arrived.note(f"The sender dated it {theirs}; the server got it on another day.")
    if found.tzinfo is None:
        doubts.append("the time zone is not given")
    day = _utc(found).astimezone(zone).date()
    source = "header Received (the last server)" if received else "header Date"
    source += f", {found:%Y-%m-%d %H:%M %z}".rstrip() + f", in {zone.key}"
    arrived.proposals["request.received"] = Proposal(day, source, "; ".join(doubts))
    if sent is not None:
        doubt = "the time zone is not given" if sent.tzinfo is None else ""
        implausible = received is not None and abs((_utc(received) - _utc(sent)).days) > _PLAUSIBLE_DAYS
        if not implausible and _utc(sent).astimezone(zone).date() <= day:
            own = _utc(sent).astimezone(zone).date()
            arrived.proposals["request.dated"] = Proposal(own, "header Date (the sender's clock)", doubt)


def is_ours(address: str, ours: Collection[str]) -> bool:
    """Whether an address is one of the office's own."""
    return bool(address) and address.rpartition("@")[2].casefold() in {each.casefold() for each in ours}


def _addresses(mail: Message, name: str) -> tuple[Address, ...]:
    try:
        return tuple(getattr(mail[name], "addresses", ()))
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):  # faults of the library, on bad headers
        return ()


def _when(mail: Message, name: str, arrived: Arrived) -> datetime | None:
    try:
        lines = mail.get_all(name) or []
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        lines = []
    if not lines:
        return None
    text = clean_line(str(lines[0]))[0].rsplit(";", 1)[-1].strip()
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        arrived.note(f"The header {name.capitalize()} has no day that can be read: {text[:40]}.")
        return None
    return found if found.year >= 1980 else None


def _utc(moment: datetime) -> datetime:
    """The moment in UTC; a time without a zone is taken for UTC, never for that of this machine."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
