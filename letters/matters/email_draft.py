"""A letter as an unsent mail (.eml), to be opened, read and sent in a mail program; and the text to paste."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage

from letters._text.dates import long_date
from letters.errors import InvalidAnswers, Problem
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.letter import Letter
from letters.model.office import Office

_POLICY = policy.SMTP.clone(max_line_length=78)
_MEDIA = {"pdf": ("application", "pdf"), "docx": ("application", "octet-stream")}


def email_draft(letter: Letter, office: Office, attachments: Mapping[str, bytes], text: str = "") -> bytes:
    """The mail. The same letter gives the same bytes: it has no date and no sender, which the mail program adds.

    Args:
        attachments: the files of the letter and what goes with it, by name.
        text: of the mail; the usual words if empty.

    Raises:
        InvalidAnswers: the letter has no email address to go to.
    """
    to = letter.recipient.email if isinstance(letter, LetterWithoutRequest) else letter.request.requester.email
    if not to:
        hint = "Add the requester's email address, or leave out --email-draft."
        raise InvalidAnswers(Problem("is missing, so there is nobody to address the mail to.", "Email address", hint))
    mail = EmailMessage(policy=_POLICY)
    mail["To"] = to
    mail["Subject"] = subject(letter)
    mail["X-Unsent"] = "1"
    mail.set_content(text or covering_text(letter, office), cte="quoted-printable")
    for name, data in attachments.items():
        main, sub = _MEDIA.get(name.rpartition(".")[2].lower(), ("application", "octet-stream"))
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    if attachments:
        digest = hashlib.sha256(b"".join(attachments.values())).hexdigest()
        mail.set_boundary(f"letters-{digest[:24]}")
    return mail.as_bytes()


def to_attach(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Which files of a letter go out by mail: not the Word file, if there is a PDF of it."""
    has_pdf = any(name.endswith(".pdf") for name in files)
    return {name: data for name, data in files.items() if not (has_pdf and name.endswith(".docx"))}


def subject(letter: Letter) -> str:
    """The subject of the mail: our number, and which request it answers."""
    if isinstance(letter, LetterWithoutRequest):
        about = f"Our letter of {long_date(letter.date)}"
    else:
        about = f"Your request of {long_date(letter.request.dated or letter.request.received)}"
    return ": ".join(part for part in (letter.reference, about) if part)


def covering_text(letter: Letter, office: Office) -> str:
    """The usual text of the mail, also to paste where a mail program does not open drafts."""
    to = letter.recipient if isinstance(letter, LetterWithoutRequest) else letter.request.requester
    who = to.greeting or to.name or "Sir or Madam"
    number = f" ({letter.reference})" if letter.reference else ""
    signer = next((each for each in office.signatory if each.id == letter.signatory), office.signatory[0])
    return (
        f"Dear {who}:\n\nOur letter of {long_date(letter.date)}{number} is attached.\n\n"
        f"{signer.name}\n{signer.title}\n{office.unit}\n{office.name}\n{office.telephone}\n"
    )
