"""What was found in a file that arrived."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Proposal(Struct, frozen=True):
    """A value that may answer a question.

    Args:
        value: as an answer would hold it.
        source: where it stands, for counsel.
        doubt: why it may be wrong; empty if nothing speaks against it.
    """

    value: Any
    source: str
    doubt: str = ""


class Attachment(Struct, frozen=True):
    """A file that came with a mail.

    Args:
        name: harmless; see `clean_text.file_name`.
        original: the name as sent, cleaned.
        size: in bytes.
        sha256: of its bytes.
    """

    name: str
    original: str
    media: str
    size: int
    sha256: str


class Arrived(Struct):
    """What a file says of the request.

    Args:
        proposals: by field, such as ``request.received``.
        notes: what counsel should know, in sentences.
        text: the request's own words, to read beside the questions.
        html: the words of the HTML part, where they differ.
        left_out: what was cut from the text: signature, disclaimer, quoted mails.
        is_automatic: whether no person sent it.
        text_source: where the text stands.
    """

    proposals: dict[str, Proposal] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    text: str = ""
    html: str = ""
    left_out: str = ""
    is_automatic: bool = False
    text_source: str = "the text of the mail"

    def note(self, sentence: str) -> None:
        """Add a note, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)
