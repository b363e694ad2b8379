"""`letters new --from FILE`: a request that arrived, read and shown."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten

from letters.cli.common import read_bytes, visible
from letters.interview.terminal.frontend import Frontend
from letters.matters.intake.arrived import Arrived
from letters.matters.intake.filing import read_for_office
from letters.model.office import Office

_SHOWN = 3000  # characters of the request


def read(file: Path, office: Office, frontend: Frontend) -> Arrived:
    """Read a request, and show what is in it. Raises InvalidAnswers if it is none."""
    arrived = read_for_office(read_bytes(file), str(file), office)
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


def shorten_lines(text: str) -> list[str]:
    """The lines of a text, up to a limit."""
    return [*text[:_SHOWN].splitlines(), *(["…"] if len(text) > _SHOWN else [])]
