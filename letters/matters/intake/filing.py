"""A request that arrived: read for one office, and filed in its register."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from letters.errors import InvalidAnswers, Problem
from letters.matters.intake.arrived import Arrived
from letters.matters.intake.request_reader import read_request
from letters.matters.register import Register
from letters.model.office import Office


def read_for_office(data: bytes, name: str, office: Office) -> Arrived:
    """Read a request; mail from the office's own domains was forwarded. Raises InvalidAnswers if it is no request.

    Args:
        name: of its file, for messages.
    """
    addresses = (office.email, office.contact.email, office.records_custodian.email)
    ours = {address.rpartition("@")[2] for address in addresses}
    arrived = read_request(data, name, ZoneInfo(office.time_zone), ours)
    if arrived.is_automatic:
        hint = "There is nothing to answer. If a person did write it, start without it."
        raise InvalidAnswers(Problem("was sent by a program: an automatic reply, or a notice.", name, hint))
    return arrived


def file_request(register: Register, arrived: Arrived, file: Path, data: bytes, today: date) -> str:
    """File a request, and its attachments by digest; returns its name in the register.

    Args:
        file: where the request is kept.
        data: its bytes.
    """
    values = {name.removeprefix("request.requester."): each.value for name, each in arrived.proposals.items()}
    received = arrived.proposals.get("request.received")
    day = received.value if received and isinstance(received.value, date) else today
    about = {
        "person": values.get("name"),
        "email": values.get("email"),
        "title": values.get("subject"),
        "received": day.isoformat(),
        "channel": values.get("request.channel"),
        "reached": values.get("request.received_by"),
    }
    files = {str(file.absolute()): hashlib.sha256(data).hexdigest()}
    about["attachments"] = [f"{each.original or each.name} {each.sha256}" for each in arrived.attachments]
    mentioned = [entry.reference for entry in register.mentioned_in(f"{values.get('subject', '')}\n{arrived.text}")]
    known = {name: value for name, value in about.items() if value}
    return register.file_request(day, known, files, matter_of=mentioned[0] if mentioned else "").reference
