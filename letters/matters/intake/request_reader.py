"""The one door for what arrives: a file is read by its content, not by its name."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from letters.errors import InvalidAnswers, Problem
from letters.matters.intake.arrived import Arrived
from letters.matters.intake.documents import read_document
from letters.matters.intake.mail import read_mail
from letters.matters.intake.outlook import read_outlook

_LIMIT = 50_000_000  # bytes; more than any mail server lets through


def read_request(data: bytes, name: str, zone: ZoneInfo, ours: Collection[str] = ()) -> Arrived:
    """Read a file that arrived, by its content and not by its name.

    Args:
        name: of the file, for messages.
        zone: of the office, which decides the day of receipt.
        ours: the office's own mail domains: what comes from there was forwarded by staff.

    Raises:
        InvalidAnswers: it is no mail, PDF or Word file, or is made in a way no mail program makes.
    """
    if len(data) > _LIMIT:
        raise InvalidAnswers(Problem("is larger than 50 MB.", name, "Save the request itself, without attachments."))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return read_outlook(data, name, zone, ours)
    if data[:1024].lstrip().startswith(b"%PDF-") or data.startswith(b"PK\x03\x04"):
        return read_document(data, name)
    return read_mail(data, name, zone, ours)
