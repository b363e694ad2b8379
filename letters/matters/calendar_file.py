"""Deadlines as a calendar file (.ics, RFC 5545): all-day entries, private, without names of persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from letters.matters.clocks import OpenDeadline

_WIDEST = 75  # octets in a line


def calendar_file(deadlines: Sequence[OpenDeadline], register_id: str) -> bytes:
    """The file. A deadline has the same UID each time, so that a calendar that reads the file again moves its entry.

    Args:
        register_id: tells apart the registers of several offices.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Letters//Register//EN", "METHOD:PUBLISH"]
    for each in deadlines:
        if each.day is None:
            continue
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_plain(each.reference)}-{_plain(each.id)}@{register_id[:16]}.letters",
            f"DTSTAMP:{each.day:%Y%m%d}T000000Z",  # no clock: the same deadlines give the same file
            f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{each.reference}: {each.what}')}",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "STATUS:CONFIRMED",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _plain(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A long line in pieces that begin with a space, never within a character."""
    rest = line.encode()
    found: list[bytes] = []
    while len(rest) > _WIDEST - bool(found):
        end = _WIDEST - bool(found)
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        found.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join([*found, rest])
