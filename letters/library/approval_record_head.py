"""The head of the record of approvals: the comments above its entries, which name the seal and the record before.

It is read for every letter, so this module imports nothing that only the entries need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from letters._text.lazy_pattern import pattern

RECORD, SIGNATURE, KEPT = "vetted.toml", "vetted.toml.sig", ".vetted"
_HEAD = """\
# Who approved which bytes, when and why. Written by `letters vet`, which adds to it and takes nothing away.
# `letters vet --status` says what holds today. The bytes themselves are kept in the folder .vetted beside this file.
"""
_BEFORE = "# The record signed before this one: "
_SEAL, _LOST = "# The seal of this library: ", "# A seal that was lost: "
_BEFORE_LINE = pattern(rf"^{re.escape(_BEFORE)}([0-9a-f]{{64}})$".encode(), re.M)
_SEAL_LINE = pattern(rf"^{re.escape(_SEAL)}([0-9a-f]{{8}})$".encode(), re.M)
_LOST_LINE = pattern(rf"^{re.escape(_LOST)}(.*)$".encode(), re.M)


def record_head(before: str = "", seal: str = "", lost: Sequence[str] = ()) -> str:
    """The head of a record.

    Args:
        before: SHA-256 of the last signed record, which this one adds to; empty if there is none.
        seal: the name of the library's seal, so that its loss is noticed; empty if it has none.
        lost: earlier seals, each with when, by whom and why it was replaced.
    """
    link = f"{_BEFORE}{before}\n" if before else ""
    named = f"{_SEAL}{seal}\n" if seal else ""
    earlier = "".join(f"{_LOST}{' '.join(each.split())}\n" for each in lost)
    return f"{_HEAD}{link}{named}{earlier}"


def record_before(data: bytes) -> str:
    """SHA-256 of the record that was signed before this one; empty if there is none."""
    match = _BEFORE_LINE.search(data)
    return match[1].decode() if match else ""


def record_seal(data: bytes) -> str:
    """The name of the seal that the library has or should have; empty if it never had one."""
    match = _SEAL_LINE.search(data)
    return match[1].decode() if match else ""


def lost_seals(data: bytes) -> list[str]:
    """The earlier seals that a record names, each with when, by whom and why it was replaced."""
    return [match.decode() for match in _LOST_LINE.findall(data)]
