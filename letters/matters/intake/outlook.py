"""A mail that Outlook saved (.msg, [MS-OXMSG]): what intake needs of it. The only module that uses olefile."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import struct
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from email.message import Message
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from letters.errors import CannotWrite, InvalidAnswers, Problem
from letters.matters.intake.arrived import Arrived, Attachment, Proposal
from letters.matters.intake.bodies import FORWARDED, html_words
from letters.matters.intake.clean_text import clean, clean_line, file_name
from letters.matters.intake.headers import (
    NOT_VERIFIED,
    is_automatic,
    is_ours,
    is_program,
    note_reply_address,
    person,
    propose_day,
    propose_person,
)
from letters.matters.intake.mail import forwarded, of_block, propose_words

if TYPE_CHECKING:
    import olefile

_LIMIT = 50_000_000
_DEEPEST = 5  # mails within mails
_PROPERTIES = "__properties_version1.0"
_MAIL = "__substg1.0_3701000D"  # a mail attached to another one
# Property tags of [MS-OXPROPS].
_CLASS, _SUBJECT, _BODY, _HTML, _RTF, _HEADERS = 0x001A, 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
_SENDER_NAMES = (0x0042, 0x0C1A)
_SENDER_ADDRESSES = (0x5D02, 0x5D01, 0x0065, 0x0C1F)
_DELIVERED, _SUBMITTED = 0x0E06, 0x0039
_CODE_PAGES = (0x3FDE, 0x3FFD)
_ATTACHMENT_NAMES = (0x3707, 0x3704, 0x3001)
_UNICODE, _BYTES, _STRING8, _TIME = 0x1F, 0x102, 0x1E, 0x40


class _Stored:
    """A mail or an attachment in the file: a storage with properties."""

    def __init__(self, file: olefile.OleFileIO, root: tuple[str, ...], arrived: Arrived) -> None:
        self._file, self.root, self._arrived = file, root, arrived
        self.fixed: dict[int, tuple[int, bytes]] = {}
        place = [*root, _PROPERTIES]
        if file.exists(place):
            raw = file.openstream(place).read(1_000_000)
            for start in range(24 if root else 32, len(raw) - 15, 16):
                kind, tag = struct.unpack_from("<HH", raw, start)
                self.fixed[tag] = (kind, raw[start + 8 : start + 16])

    def stream(self, tag: int, kind: int) -> bytes | None:
        place = [*self.root, f"__substg1.0_{tag:04X}{kind:04X}"]
        if not self._file.exists(place) or self._file.get_type(place) != 2:  # a stream, not a storage
            return None
        return cast("bytes", self._file.openstream(place).read(_LIMIT))

    def text(self, *tags: int) -> str:
        """The first of these properties that there is, as text; code pages are not believed blindly."""
        for tag in tags:
            if (data := self.stream(tag, _UNICODE)) is not None:
                return data.decode("utf-16-le", "replace").rstrip("\0")
            if (data := self.stream(tag, _STRING8)) is not None:
                return self._decoded(data)
        return ""

    def _decoded(self, data: bytes) -> str:
        said = self.code_page
        for encoding in dict.fromkeys((said, "utf-8", "cp1252")):
            try:
                text = data.decode(encoding).rstrip("\0")
            except UnicodeDecodeError:
                continue
            if encoding != said:
                self._arrived.note(f"It says its code page is {said}; it was read as {encoding}.")
            return text
        return data.decode("latin-1").rstrip("\0")

    @property
    def code_page(self) -> str:
        for tag in _CODE_PAGES:
            if tag in self.fixed:
                (number,) = struct.unpack("<I", self.fixed[tag][1][:4])
                name = {65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 28591: "latin-1"}.get(number, f"cp{number}")
                try:
                    return codecs.lookup(name).name
                except LookupError:
                    continue
        return "cp1252"

    def when(self, *tags: int) -> datetime | None:
        """The first of these times that was set."""
        for tag in tags:
            kind, raw = self.fixed.get(tag, (0, b""))
            if kind == _TIME:
                (ticks,) = struct.unpack("<Q", raw)
                if 0 < ticks < 2_650_467_743_990_000_000:
                    found = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
                    if found.year >= 1980:  # before, it is a date that nobody set
                        return found
        return None

    def children(self, prefix: str) -> Iterator[tuple[str, ...]]:
        depth = len(self.root)
        found = {
            tuple(each[: depth + 1])
            for each in self._file.listdir(streams=True, storages=True)
            if len(each) > depth and tuple(each[:depth]) == self.root and each[depth].startswith(prefix)
        }
        yield from sorted(found)


def read_outlook(data: bytes, name: str, zone: ZoneInfo, ours: Collection[str] = ()) -> Arrived:
    """Read a mail that Outlook saved. Arguments and errors as for `read_request`."""
    try:
        import olefile
    except ImportError as error:
        hint = "Install it: pip install 'letters[intake]'. Or save the mail as .eml, or as PDF."
        raise CannotWrite(Problem(f"Reading {name} needs olefile, which is not installed.", hint=hint)) from error
    try:
        with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_FATAL) as file:
            if not file.exists(_PROPERTIES):
                raise InvalidAnswers(_no_mail(name, "is not a mail that Outlook saved."))
            return _read(file, (), name, zone, ours, depth=0)
    except (OSError, ValueError, struct.error, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise InvalidAnswers(_no_mail(name, "is damaged.")) from error


def _read(
    file: olefile.OleFileIO, root: tuple[str, ...], name: str, zone: ZoneInfo, ours: Collection[str], *, depth: int
) -> Arrived:
    arrived = Arrived()
    stored = _Stored(file, root, arrived)
    kind = stored.text(_CLASS)
    if not kind.upper().startswith("IPM.NOTE"):
        what = {"IPM.CONTACT": "a contact", "IPM.TASK": "a task", "IPM.APPOINTMENT": "an appointment"}
        said = what.get(kind.upper(), f"no mail ({clean_line(kind)[0][:40] or 'unknown'})")
        raise InvalidAnswers(_no_mail(name, f"is {said}."))
    headers = _headers(stored)
    if (
        (headers is not None and is_automatic(headers))
        or kind.upper().startswith(("IPM.NOTE.RULES", "IPM.NOTE.REPORT"))
        or is_program(stored.text(*_SENDER_ADDRESSES))
    ):
        arrived.is_automatic = True
        arrived.note("A program sent it (an automatic reply, or a notice about delivery). It is no request.")
        arrived.text = clean(stored.text(_BODY))[0].strip()
        return arrived
    address = _propose_sender(stored, headers, arrived)
    if headers is not None:
        note_reply_address(headers, address, arrived)
        propose_day(headers, zone, arrived)
    if "request.received" not in arrived.proposals:
        _propose_stored_day(stored, zone, arrived)
    arrived.proposals["request.channel"] = Proposal("email", "the kind of file")
    inner = list(_attachments(file, stored, arrived))
    if inner and depth < 1 and is_ours(address, ours):
        within = _read(file, inner[0], name, zone, ours, depth=depth + 1)
        return forwarded(arrived, within, "the mail attached to it")
    body, _ = clean(_body(stored, arrived))
    if is_ours(address, ours) and (block := FORWARDED.search(body)):
        return forwarded(arrived, of_block(block, body[block.end() :]), "the block of the forwarded mail")
    propose_words(body, clean_line(stored.text(_SUBJECT))[0], arrived)
    return arrived


def _headers(stored: _Stored) -> Message | None:
    text = stored.text(_HEADERS)[:100_000]
    text = re.sub(r"\AMicrosoft Mail Internet Headers.*?\r?\n", "", text)
    if not text.strip() or max(map(len, text.splitlines())) > 20_000:
        return None
    return cast("Message", message_from_string(text, policy=policy.default))


def _propose_sender(stored: _Stored, headers: Message | None, arrived: Arrived) -> str:
    name, address, source = person(stored.text(*_SENDER_NAMES), arrived), "", "the sender's properties"
    if headers is not None:
        found = getattr(headers["from"], "addresses", ())
        if found:
            name, address, source = person(found[0].display_name, arrived) or name, found[0].addr_spec, "header From"
    if not address:  # Exchange stores a name of its own (/O=…), which is no address
        address = next((text for tag in _SENDER_ADDRESSES if "@" in (text := stored.text(tag))), "")
    if "@" in name:
        name = ""
    return propose_person(name, address, source, NOT_VERIFIED, arrived)


def _propose_stored_day(stored: _Stored, zone: ZoneInfo, arrived: Arrived) -> None:
    delivered = stored.when(_DELIVERED)
    found = delivered or stored.when(_SUBMITTED)
    if found is None:
        arrived.note("No day of receipt can be read. Ask whoever received it.")
        return
    source = f"{'delivered' if delivered else 'sent'} {found:%Y-%m-%d %H:%M} UTC, in {zone.key}"
    doubt = "" if delivered else "this is when it was sent, by the sender's clock"
    arrived.proposals["request.received"] = Proposal(found.astimezone(zone).date(), source, doubt)


def _body(stored: _Stored, arrived: Arrived) -> str:
    if (body := stored.text(_BODY)).strip():
        return body
    raw = stored.stream(_HTML, _BYTES)
    html = raw.decode(stored.code_page, "replace") if raw else stored.text(_HTML)
    if html.strip():
        arrived.text_source = "the HTML part of the mail"
        return html_words(html, arrived)
    if stored.stream(_RTF, _BYTES):
        arrived.note("Its text is only in Rich Text Format. Open it in Outlook, and save it as .eml or PDF.")
    return ""


def _attachments(file: olefile.OleFileIO, stored: _Stored, arrived: Arrived) -> Iterator[tuple[str, ...]]:
    """Note the attachments; yields the place of each that is a mail itself."""
    for number, root in enumerate(stored.children("__attach_version1.0_"), 1):
        attached = _Stored(file, root, arrived)
        original = clean_line(attached.text(*_ATTACHMENT_NAMES))[0]
        is_mail = file.exists([*root, _MAIL])
        data = _all_streams(file, [*root, _MAIL]) if is_mail else attached.stream(0x3701, _BYTES) or b""
        media = "application/vnd.ms-outlook" if is_mail else clean_line(attached.text(0x370E))[0]
        name = file_name(number, original or "attachment")
        digest = hashlib.sha256(data).hexdigest()
        arrived.attachments.append(Attachment(name, original[:200], media, len(data), digest))
        if is_mail:
            yield (*root, _MAIL)


def _all_streams(file: olefile.OleFileIO, place: list[str]) -> bytes:
    """What a mail attached to another is made of, for its size and digest."""
    inside = sorted(each for each in file.listdir() if each[: len(place)] == place)
    return b"".join(file.openstream(each).read(_LIMIT) for each in inside)


def _no_mail(name: str, what: str) -> Problem:
    return Problem(what, name, "Open it in Outlook, and save the request as .eml or PDF.", "mail")
