"""Mails as Outlook saves them: the smallest compound files ([MS-CFB]) with the properties of a mail."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_SECTOR = 512
_SMALL = 4096
_FREE, _END, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF
Storage = Mapping[str, Any]


def outlook_mail(texts: Mapping[int, str | bytes], times: Mapping[int, datetime] | None = None, **more: Any) -> bytes:
    """A .msg file.

    Args:
        texts: by property tag; text is stored as Unicode, bytes as they are.
        times: by property tag.
        more: ``attachments``, each a mapping like ``texts``, or a mail's storage; ``string8``, texts in a code page;
            ``numbers``, by property tag; ``kind``, the message class.
    """
    return compound_file(mail_storage(texts, times, **more))


def mail_storage(
    texts: Mapping[int, str | bytes],
    times: Mapping[int, datetime] | None = None,
    *,
    attachments: tuple[Any, ...] = (),
    string8: Mapping[int, bytes] | None = None,
    numbers: Mapping[int, int] | None = None,
    kind: str = "IPM.Note",
    root: bool = True,
) -> dict[str, Any]:
    fixed = b""
    for tag, when in (times or {}).items():
        ticks = int((when - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
        fixed += struct.pack("<HHIQ", 0x40, tag, 6, ticks)
    for tag, number in (numbers or {}).items():
        fixed += struct.pack("<HHIQ", 0x3, tag, 6, number)
    found: dict[str, Any] = {"__properties_version1.0": bytes(32 if root else 24) + fixed}
    for tag, value in {0x001A: kind, **texts}.items():
        suffix, data = ("001F", value.encode("utf-16-le")) if isinstance(value, str) else ("0102", value)
        found[f"__substg1.0_{tag:04X}{suffix}"] = data
    for tag, data in (string8 or {}).items():
        found[f"__substg1.0_{tag:04X}001E"] = data
    for number, each in enumerate(attachments):
        found[f"__attach_version1.0_#{number:08X}"] = each
    return found


def attached_mail(name: str, mail: Storage) -> dict[str, Any]:
    """A mail attached to a mail; its storage must be made with ``root=False``."""
    name_property = {"__substg1.0_3707001F": name.encode("utf-16-le")}
    return {"__properties_version1.0": bytes(24), **name_property, "__substg1.0_3701000D": mail}


def compound_file(root: Storage) -> bytes:
    """A compound file. Every stream is padded to the size at which it is kept in ordinary sectors."""
    entries: list[list[Any]] = []  # name, type, right, child, start, size
    sectors: list[bytes] = []
    table: list[int] = []

    def add_stream(data: bytes) -> int:
        if not data:
            return _END
        start = len(sectors)
        for at in range(0, len(data), _SECTOR):
            sectors.append(data[at : at + _SECTOR].ljust(_SECTOR, b"\0"))
            table.append(len(sectors) if at + _SECTOR < len(data) else _END)
        return start

    def add(storage: Storage) -> int:
        first = before = _NONE
        for name in sorted(storage, key=lambda each: (len(each), each.upper())):
            value = storage[name]
            number = len(entries)
            if isinstance(value, bytes):
                value = value.ljust(_SMALL, b"\0")
                entries.append([name, 2, _NONE, _NONE, add_stream(value), len(value)])
            else:
                entries.append([name, 1, _NONE, _NONE, 0, 0])
                entries[number][3] = add(value)
            if before == _NONE:
                first = number
            else:
                entries[before][2] = number
            before = number
        return first

    entries.append(["Root Entry", 5, _NONE, _NONE, _END, 0])
    entries[0][3] = add(root)
    directory = b""
    for name, kind, right, child, start, size in entries:
        text = name.encode("utf-16-le") + b"\0\0"
        directory += text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _NONE, right, child)
        directory += bytes(36) + struct.pack("<IQ", start, size)
    directory_start = add_stream(directory)
    fat_sectors = 1
    while (len(sectors) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    fat_at = len(sectors)
    table += [0xFFFFFFFD] * fat_sectors
    fat = struct.pack(f"<{len(table)}I", *table).ljust(fat_sectors * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, directory_start, 0, _SMALL, _END, 0, _END, 0)
    header += struct.pack("<109I", *[*range(fat_at, fat_at + fat_sectors), *[_FREE] * (109 - fat_sectors)])
    return header + b"".join(sectors) + fat
