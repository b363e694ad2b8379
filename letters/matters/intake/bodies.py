"""The words of a mail: which part to read, how it is encoded, and where the request ends and the rest begins."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message
from html.parser import HTMLParser

from letters._text.lazy_pattern import pattern
from letters.matters.intake.arrived import Arrived

_BLOCKS = frozenset(
    {
        "p",
        "div",
        "br",
        "tr",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "blockquote",
        "hr",
        "ul",
        "ol",
        "section",
        "article",
    }
)
_DROPPED = frozenset({"script", "style", "title", "head", "template", "noscript"})
_VOID = frozenset(
    {"br", "img", "hr", "meta", "link", "input", "col", "base", "area", "wbr", "source", "embed", "track"}
)
_TINY = pattern(r"font-size:(?:0|1)(?:\.\d+)?(?:px|pt|em|%)?(?:;|$)")
_HIDING_CLASS = pattern(r"\.([\w-]+)\s*\{[^}]*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)

_FROM, _SENT = "From|Von|De|Da", r"Sent|Date|Gesendet|Datum|Enviado(?: el)?|Fecha|Envoyé"
_TO, _SUBJECT = "To|An|Para|À|A", "Subject|Betreff|Asunto|Objet"
_START = r"^[ \t>*]*"
FORWARDED = pattern(
    rf"{_START}(?:{_FROM})[*: ]+(?P<who>\S.*)\n(?:{_START}(?:{_SENT})[*: ]+(?P<when>\S.*)\n)"
    rf"(?:{_START}(?:{_TO}|Cc|CC|Kopie)[*: ]+.*\n)*{_START}(?:{_SUBJECT})[*: ]+(?P<subject>.*)\n",
    re.M,
)
_QUOTED = pattern(
    r"^(?:On .{5,150}wrote:|Am .{5,150}schrieb.*:|Le .{5,150}a écrit ?:|-{3,} ?Original Message ?-{3,}|_{20,})\s*$",
    re.M,
)
_CLOSING = pattern(
    r"^(?:-- ?|Sent from my .+|Get Outlook for .+|CONFIDENTIALITY NOTICE.*|DISCLAIMER\b.*|"
    r"This (?:e-?mail|message|communication) .{0,80}(?:confidential|privileged|intended).*)$",
    re.M | re.I,
)
# A salutation: nothing but one on the first line, so that no word of the request goes with it.
_SALUTATION = pattern(
    r"\A\s*(?:dear|hello|hi|good (?:morning|afternoon|evening)|greetings|to whom it may concern)"
    r"(?: [^\n,:!;?]{1,50})?[,:!][ \t]*\n\s*(?=\S)",
    re.I,
)
_PHONE = pattern(r"(?<!\d)(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)")
_WRITTEN_DAYS = (
    "%A, %B %d, %Y %I:%M %p",
    "%A, %B %d, %Y %H:%M",
    "%a, %b %d, %Y at %I:%M %p",
    "%B %d, %Y at %I:%M %p",
    "%m/%d/%Y %I:%M %p",
)
_LOOKED_AT = 200_000  # characters of a body


class _Html(HTMLParser):
    """The visible words of an HTML part."""

    def __init__(self, hiding: frozenset[str]) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hid = False
        self.has_remote = False
        self._hiding = hiding
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "img" and about.get("src", "").lower().startswith(("http", "//")):
            self.has_remote = True
        if tag in _BLOCKS:
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append("\t")
        if tag in _VOID:
            return
        style = about.get("style", "").replace(" ", "").lower()
        hides = (
            "display:none" in style
            or "visibility:hidden" in style
            or _TINY.search(style) is not None
            or "hidden" in about
            or bool(self._hiding & set(about.get("class", "").split()))
        )
        self._open.append((tag, hides or tag in _DROPPED))
        self._hidden += hides or tag in _DROPPED
        self.hid |= hides

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                self._hidden -= sum(hidden for _, hidden in self._open[place:])
                del self._open[place:]
                break
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(re.sub(r"[ \t\r\n\f\xa0]+", " ", data))


def html_words(html: str, arrived: Arrived) -> str:
    """The words a reader of an HTML part sees; notes what is hidden and what would be fetched."""
    parser = _Html(frozenset(_HIDING_CLASS.findall(html[:_LOOKED_AT])))
    parser.feed(html[:_LOOKED_AT])
    parser.close()
    if parser.hid:
        arrived.note("Words that a mail program would not show were left out.")
    if parser.has_remote:
        arrived.note("It refers to pictures elsewhere, which were not fetched.")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parser.words))).strip()


def decoded(part: Message, arrived: Arrived) -> str:
    """The text of a part; what it says of its encoding is not believed if its bytes say otherwise."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    said = (part.get_content_charset() or "us-ascii").lower()
    first = "utf-8" if said in ("us-ascii", "ascii") else said
    for encoding in dict.fromkeys((first, "utf-8", "cp1252", "latin-1")):
        try:
            text = raw.decode(encoding)
        except (LookupError, ValueError):  # no such encoding, or not these bytes
            continue
        if encoding != first:
            arrived.note(f"It says its encoding is {said[:40]}; it was read as {encoding}.")
        break
    if part.get_param("format") == "flowed":  # RFC 3676: a space at the end of a line means that the line goes on
        text = re.sub(r"(?m)^(?!>)(.*\S) \r?\n(?=[^>\s])", r"\1 ", text)
    return text[:_LOOKED_AT]


def split_off(text: str, sender: str, arrived: Arrived) -> str:
    """The request's own words; what was cut (earlier mails, signature, disclaimer) goes to ``left_out``.

    A salutation is cut, too, and told in a note.

    Args:
        sender: whose name on a line of its own begins the signature; may be empty.
    """
    cut: list[str] = []
    if quote := _QUOTED.search(text):
        cut.append(text[quote.start() :])
        text = text[: quote.start()]
        arrived.note("An earlier mail is quoted below the text; it was left out.")
    lines = text.split("\n")
    if any(line.startswith(">") for line in lines):
        cut.append("\n".join(line for line in lines if line.startswith(">")))
        text = "\n".join(line for line in lines if not line.startswith(">"))
    signed = re.search(rf"^[ \t]*{re.escape(sender)}[ \t]*$", text, re.M) if sender else None
    starts = [found.start() for found in (_CLOSING.search(text), signed) if found and text[: found.start()].strip()]
    if starts:
        cut.insert(0, text[min(starts) :])
        text = text[: min(starts)]
        arrived.note("The signature, and what follows it, was left out.")
    if salutation := _SALUTATION.match(text):
        text = text[salutation.end() :]
        arrived.note(f"The salutation, “{salutation[0].strip()}”, was left out.")
    arrived.left_out = "\n\n".join(part.strip() for part in cut if part.strip())
    return text.strip()


def telephone(text: str, signature: str) -> str:
    """A telephone number of a signature block, or of the last lines of a text; empty if there is not exactly one."""
    own = _QUOTED.split(signature)[0] if signature else "\n".join(text.splitlines()[-7:])
    found = set(_PHONE.findall(own))
    return found.pop() if len(found) == 1 else ""


def written_day(text: str) -> datetime | None:
    """The day of a mail as the mail program wrote it into a forwarded one, in English; None if it cannot be read."""
    for form in _WRITTEN_DAYS:
        try:
            return datetime.strptime(" ".join(text.split()), form)
        except ValueError:
            continue
    return None
