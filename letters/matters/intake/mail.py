"""A mail in its standard form (.eml): read with limits, because a mail can be made to exhaust whoever parses it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import cast
from zoneinfo import ZoneInfo

from letters.errors import InvalidAnswers, Problem
from letters.matters.intake.arrived import Arrived, Attachment, Proposal
from letters.matters.intake.bodies import FORWARDED, decoded, html_words, split_off, telephone, written_day
from letters.matters.intake.clean_text import clean, clean_line, file_name
from letters.matters.intake.headers import (
    header,
    is_automatic,
    is_ours,
    note_reply_address,
    person,
    propose_day,
    propose_person,
    propose_sender,
)

_MOST_PARTS = 200
_LONGEST_HEADER = 20_000
_TYPED = "typed text of the forwarded mail, which may have been edited"
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})


def read_mail(data: bytes, name: str, zone: ZoneInfo, ours: Collection[str] = ()) -> Arrived:
    """Read a mail. Arguments and errors as for `read_request`."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if data.startswith(b"From "):  # the line before each mail in a mailbox file
        data = data.partition(b"\n")[2]
    _refuse_monsters(data, name)
    try:
        mail = cast("Message", BytesParser(policy=policy.default).parsebytes(data))
        if mail.get("from") is None:
            hint = "Save the mail as .eml or .msg, or the request as PDF or Word."
            raise InvalidAnswers(Problem("is no mail: it has no From.", name, hint))
        return read_message(mail, zone, ours)
    except RecursionError as error:
        raise InvalidAnswers(_monster(name)) from error
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:  # faults of the library
        hint = "Open it in your mail program, and save the request itself as a PDF."
        raise InvalidAnswers(Problem("has a header that cannot be read.", name, hint, "mail")) from error


def read_message(mail: Message, zone: ZoneInfo, ours: Collection[str], *, within: bool = False) -> Arrived:
    """Read a parsed mail.

    Args:
        within: whether it was attached to another one.
    """
    arrived = Arrived(is_automatic=is_automatic(mail))
    if arrived.is_automatic:
        arrived.note("A program sent it (an automatic reply, or a notice about delivery). It is no request.")
        arrived.text = clean(_body(mail, arrived))[0].strip()
        return arrived
    address = propose_sender(mail, arrived)
    note_reply_address(mail, address, arrived)
    propose_day(mail, zone, arrived)
    arrived.proposals["request.channel"] = Proposal("email", "the kind of file")
    arrived.attachments += _attachments(mail, arrived)
    inner = next(_inner_mails(mail), None)
    if inner is not None and not within and is_ours(address, ours):
        return forwarded(arrived, read_message(inner, zone, ours, within=True), "the mail attached to it")
    body, cleaned = clean(_body(mail, arrived))
    if cleaned and body != body.replace("\r", ""):
        arrived.note("Control characters, or marks that change the direction of text, were removed.")
    if is_ours(address, ours) and (block := FORWARDED.search(body)):
        return forwarded(arrived, of_block(block, body[block.end() :]), "the block of the forwarded mail")
    propose_words(body, header(mail, "subject", arrived), arrived)
    return arrived


def propose_words(body: str, subject: str, arrived: Arrived) -> None:
    """Propose the request's own words, the telephone number in its signature, and the subject."""
    sender = arrived.proposals.get("request.requester.name")
    arrived.text = split_off(body, str(sender.value) if sender else "", arrived)
    if phone := telephone(arrived.text, arrived.left_out):
        arrived.proposals["request.requester.telephone"] = Proposal(phone, "the signature", "not verified")
    if subject:
        arrived.proposals["subject"] = Proposal(subject, "header Subject")
    if arrived.text:
        arrived.proposals["request.quoted"] = Proposal(arrived.text, arrived.text_source)
    elif not any("protected" in note or "winmail" in note for note in arrived.notes):
        arrived.note("It has no text; the request may be in an attachment. Open that, and type what it says.")


def of_block(block: re.Match[str], body: str) -> Arrived:
    """The mail that a staff member's mail program copied into another one."""
    found = Arrived()
    who = re.match(r"\"?(?P<name>[^<\"\[]*)\"?\s*(?:[<\[](?:mailto:)?(?P<address>[^>\]]+))?", block["who"])
    if who:
        name, address = person(who["name"], found), (who["address"] or "").strip()
        if "@" in name and not address:
            name, address = "", name
        propose_person(name, address, "From in the forwarded mail", _TYPED, found)
    if day := written_day(block["when"]):
        doubt = "in the time zone of whoever forwarded it; when it reached us is not known"
        found.proposals["request.received"] = Proposal(day.date(), "Sent in the forwarded mail", doubt)
        found.proposals["request.dated"] = Proposal(day.date(), "Sent in the forwarded mail", _TYPED)
    else:
        found.note(f"The day of the forwarded mail cannot be read: {block['when'].strip()[:60]}. It was not guessed.")
    propose_words(body, clean_line(block["subject"])[0], found)
    return found


def forwarded(outer: Arrived, inner: Arrived, where: str) -> Arrived:
    """A request that reached an employee, who forwarded it: what the inner mail says counts."""
    employee = outer.proposals.get("request.requester.name") or outer.proposals.get("request.requester.email")
    who = str(employee.value) if employee else "an employee"
    inner.proposals["request.staff_contacted"] = Proposal(True, f"it was forwarded by {who}")
    if employee:
        inner.proposals["request.received_by"] = Proposal(employee.value, "header From of the mail that forwarded it")
    inner.proposals["request.channel"] = Proposal("email", "the kind of file")
    inner.note(f"An employee forwarded it. Sender and day were read from {where}.")
    for note in outer.notes:
        if "no text" not in note:
            inner.note(note)
    inner.attachments = [*outer.attachments, *inner.attachments]
    return inner


def _body(mail: Message, arrived: Arrived) -> str:
    """The words of a mail: its text part, or its HTML part if the text is missing or says less."""
    plain = html = None
    for part in _own_parts(mail):
        kind = part.get_content_type()
        if kind in _ENCRYPTED:
            arrived.note(
                "It is protected (encrypted, or signed as one piece). Save it unprotected from your mail program."
            )
        elif kind == "application/ms-tnef":
            arrived.note("Its content is in winmail.dat, for Outlook only. Save it from Outlook, or ask for a PDF.")
        elif part.get_content_disposition() == "attachment":
            continue
        elif kind == "text/plain" and plain is None:
            plain = decoded(part, arrived)
        elif kind == "text/html" and html is None:
            html = decoded(part, arrived)
    words = html_words(html, arrived) if html is not None else ""
    if plain is None or not plain.strip():
        if words:
            arrived.text_source = "the HTML part of the mail"
        return words
    if words and _bare(words) != _bare(plain):
        arrived.html = clean(words)[0]
        if len(plain.strip()) < 80 < len(words) or "html" in plain.casefold():
            arrived.note("Its text part only stands in for its HTML part, so the HTML part is proposed.")
            arrived.text_source = "the HTML part of the mail"
            return words
        arrived.note("Its text and HTML parts do not say the same. Both are shown; the text part is proposed.")
    return plain


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", re.sub(r"https?://\S+", "", text)).casefold()


def _own_parts(mail: Message) -> Iterator[Message]:
    """The parts of a mail, without those of mails attached to it."""
    yield mail
    if mail.get_content_maintype() == "multipart":
        for part in cast("list[Message]", mail.get_payload()) if mail.is_multipart() else ():
            yield from _own_parts(part)


def _inner_mails(mail: Message) -> Iterator[Message]:
    for part in _own_parts(mail):
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            yield cast("list[Message]", part.get_payload())[0]


def _attachments(mail: Message, arrived: Arrived) -> Iterator[Attachment]:
    number = 0
    for part in _own_parts(mail):
        kind = part.get_content_type()
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if part.get_content_maintype() == "multipart" or is_text or part is mail or kind in _ENCRYPTED:
            continue
        number += 1
        original = clean_line(_file_name(part))[0]
        if kind.startswith("message/"):
            inner = cast("list[Message]", part.get_payload()) if part.is_multipart() else []
            data = b"".join(each.as_bytes(policy=policy.compat32) for each in inner[:1])
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
        name = file_name(number, original or "attachment")
        yield Attachment(name, original[:200], kind, len(data), hashlib.sha256(data).hexdigest())


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, TypeError, LookupError):
        return ""


def _refuse_monsters(data: bytes, name: str) -> None:
    """Count before parsing what would exhaust the parser."""
    head = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    unfolded = re.sub(rb"\n[ \t]+", b" ", head)
    too_long = any(len(line) > _LONGEST_HEADER for line in unfolded.split(b"\n"))
    if too_long or data.lower().count(b"content-type:") > _MOST_PARTS:
        raise InvalidAnswers(_monster(name))


def _monster(name: str) -> Problem:
    return Problem(
        "is nested, or has headers, in a way no mail program makes.",
        name,
        "Open it in your mail program, and save the request itself as a PDF.",
        "mail",
    )
