"""`letters new --from FILE`: a request that arrived, read, shown, and filed in the register."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from textwrap import shorten
from zoneinfo import ZoneInfo

from letters.cli.common import read_bytes, visible
from letters.errors import InvalidAnswers, Problem
from letters.interview.terminal.frontend import Frontend
from letters.matters.intake.arrived import Arrived
from letters.matters.intake.request_reader import read_request
from letters.matters.register import Register
from letters.model.office import Office

_SHOWN = 3000  # characters of the request


def read(file: Path, office: Office, frontend: Frontend) -> Arrived:
    """Read a request, and show what is in it. Raises InvalidAnswers if it is none."""
    addresses = (office.email, office.contact.email, office.records_custodian.email)
    ours = {address.rpartition("@")[2] for address in addresses}
    arrived = read_request(read_bytes(file), str(file), ZoneInfo(office.time_zone), ours)
    if arrived.is_automatic:
        hint = "There is nothing to answer. If a person did write it, start without --from."
        raise InvalidAnswers(Problem("was sent by a program: an automatic reply, or a notice.", str(file), hint))
    frontend.say(visible(f"\nThe request: {file.name}"), "section")
    for line in shorten_lines(arrived.text):
        frontend.say(visible(f"  {line}"))
    if arrived.html:
        frontend.say("Its HTML part says:", "aside")
        for line in shorten_lines(arrived.html):
            frontend.say(visible(f"  {line}"), "aside")
    if arrived.left_out:
        frontend.say(visible(f"Left out: {shorten(arrived.left_out, 500, placeholder=' …')}"), "aside")
    for attachment in arrived.attachments:
        size = f"{attachment.size:,} bytes"
        frontend.say(visible(f"Attachment: {attachment.original or attachment.name} ({size})"), "aside")
    for note in arrived.notes:
        frontend.say(visible(f"Note: {note}"), "problem")
    frontend.say(
        "What was read is offered with each question, with the place where it stands. Nothing is an answer until you "
        "press Enter.",
        "aside",
    )
    return arrived


def file_in(register: Register, arrived: Arrived, file: Path, today: date) -> str:
    """File a request, and its attachments by digest; returns its name in the register."""
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
    files = {str(file.absolute()): hashlib.sha256(file.read_bytes()).hexdigest()}
    about["attachments"] = [f"{each.original or each.name} {each.sha256}" for each in arrived.attachments]
    mentioned = [entry.reference for entry in register.mentioned_in(f"{values.get('subject', '')}\n{arrived.text}")]
    known = {name: value for name, value in about.items() if value}
    return register.file_request(day, known, files, matter_of=mentioned[0] if mentioned else "").reference


def shorten_lines(text: str) -> list[str]:
    """The lines of a text, up to a limit."""
    return [*text[:_SHOWN].splitlines(), *(["…"] if len(text) > _SHOWN else [])]
