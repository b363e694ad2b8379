"""The SHA-256 of each file, whatever the files before it began with."""

from __future__ import annotations

import hashlib

from letters.batches.digests import Digests

_LONG = bytes(range(256)) * 40


def test_every_file_has_its_own_digest() -> None:
    digests = Digests()
    files = [
        (_LONG + b"one", "denial.docx"),
        (_LONG + b"two", "denial.docx"),
        (_LONG + b"two and more", "denial.docx"),
        (_LONG, "denial.docx"),
        (b"", "denial.docx"),
        (_LONG + b"two", "closing.docx"),
        (b"another beginning" + _LONG, "denial.docx"),
        (b"another beginning", "denial.docx"),
        (_LONG + b"one", "denial.docx"),
        (_LONG + b"one", "denial.docx"),
    ]
    for data, kind in files:
        assert digests.of(data, kind) == hashlib.sha256(data).hexdigest()
