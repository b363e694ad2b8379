"""What arrives: mails as standards have them and as programs make them, Outlook's files, PDFs and Word files."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from helpers.drafts import begin
from helpers.outlook import attached_mail, mail_storage, outlook_mail

from letters.assembly.assembler import Assembler
from letters.errors import InvalidAnswers
from letters.interview import answering, options, saved_state
from letters.interview.derived_answers import fill
from letters.interview.state import InterviewState
from letters.matters.intake.arrived import Arrived, Proposal
from letters.matters.intake.clean_text import clean, clean_line, file_name
from letters.matters.intake.request_reader import read_request

DENVER = ZoneInfo("America/Denver")
ASK = "Please give our office a log-in to your wage database.\n"
PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
FORWARDED = (
    "FYI\n\nPat\n\n________________\nFrom: Sample, Jordan <jordan@agency.example>\n"
    "Sent: Thursday, August 1, 2019 3:02 PM\nTo: Pat Employee <pat@dws.example>\nSubject: Access\n\n"
)


def mail(body: str = PLAIN + ASK, **headers: str | None) -> bytes:
    """A mail of Jordan Sample's of August 1, 2019, with these headers changed or (None) left out."""
    found: dict[str, str | None] = {
        "From": "Jordan Sample <jordan@agency.example>",
        "To": "legal@dws.example",
        "Date": "Thu, 01 Aug 2019 15:02:11 -0600",
        "Subject": "Access to records",
        "MIME-Version": "1.0",
    }
    found |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\n" for name, value in found.items() if value is not None)
    return (lines + body).encode("utf-8", "surrogateescape").replace(b"\n", b"\r\n")


def read(data: bytes, name: str = "request.eml") -> Arrived:
    return read_request(data, name, DENVER, ["dws.example"])


def value(arrived: Arrived, name: str) -> Any:
    found = arrived.proposals.get(f"request.{name}")
    return found.value if found else None


def noted(arrived: Arrived, words: str) -> bool:
    return any(words in note for note in arrived.notes)


def parts(*found: str, kind: str = "mixed") -> str:
    return f"Content-Type: multipart/{kind}; boundary=b\n\n" + "".join(f"--b\n{each}\n" for each in found) + "--b--\n"


def test_a_plain_mail_proposes_who_when_and_what_with_where_it_stands() -> None:
    arrived = read(mail())
    assert value(arrived, "requester.name") == "Jordan Sample"
    assert value(arrived, "requester.email") == "jordan@agency.example"
    assert value(arrived, "received") == date(2019, 8, 1)
    assert value(arrived, "quoted") == ASK.strip()
    assert "sender's clock" in arrived.proposals["request.received"].doubt
    assert "not verified" in arrived.proposals["request.requester.name"].doubt
    never = {"requester.agency_kind", "access", "nature", "process", "records", "public_records"}
    assert not any(value(arrived, name) for name in never)


@pytest.mark.parametrize(
    ("headers", "day", "doubt"),
    [
        # Our server got it on August 2 in UTC, which is August 1 in Denver.
        ({"Received": "from x by y; Fri, 2 Aug 2019 05:55:10 +0000"}, date(2019, 8, 1), ""),
        ({"Received": "from x by y; Thu, 1 Aug 2019 21:02:40 +0000", "Date": "Tue, 01 Aug 2017 15:02:11 -0600"},
         date(2019, 8, 1), ""),
        ({"Date": "Thu, 01 Aug 2019 15:02:11 -0000"}, date(2019, 8, 1), "the time zone is not given"),
        ({"Date": "Fri, 02 Aug 2019 03:00:00 +0000"}, date(2019, 8, 1), "the sender's clock"),
        ({"Date": None}, None, ""),
        ({"Date": "8/1/2019 3:02 PM MDT"}, None, ""),
        ({"Date": "Thu, 01 Jan 1601 00:00:00 +0000"}, None, ""),
    ],
)  # fmt: skip
def test_the_day_of_receipt_is_the_offices_and_doubts_are_said(
    headers: dict[str, str | None], day: date | None, doubt: str
) -> None:
    arrived = read(mail(**headers))
    assert value(arrived, "received") == day
    if day:
        assert doubt in arrived.proposals["request.received"].doubt
    else:
        assert noted(arrived, "No day of receipt can be read")


@pytest.mark.parametrize("block", [FORWARDED, FORWARDED.replace("From:", "*From:*").replace("Sent:", "*Sent:*")])
def test_a_mail_that_staff_forwarded_is_read_inside(block: str) -> None:
    signed = ASK + "\nJordan Sample\nInvestigative Assistant\n(915) 555-0100\n"
    arrived = read(mail(PLAIN + block + signed, From="Pat Employee <pat@dws.example>", Subject="FW: Access"))
    assert value(arrived, "requester.name") == "Jordan Sample"
    assert value(arrived, "received") == date(2019, 8, 1)
    assert value(arrived, "staff_contacted") is True
    assert value(arrived, "received_by") == "Pat Employee"
    assert value(arrived, "quoted") == ASK.strip()
    assert value(arrived, "requester.telephone") == "(915) 555-0100"
    assert "not known" in arrived.proposals["request.received"].doubt


def test_a_day_in_a_foreign_form_is_not_guessed() -> None:
    block = FORWARDED.replace("From:", "Von:").replace("To:", "An:").replace("Subject:", "Betreff:")
    block = block.replace("Sent: Thursday, August 1, 2019 3:02 PM", "Gesendet: Donnerstag, 1. August 2019 15:02")
    arrived = read(mail(PLAIN + block + ASK, From="pat@dws.example", Subject="WG: Access"))
    assert value(arrived, "requester.name") == "Jordan Sample"
    assert value(arrived, "received") is None
    assert noted(arrived, "It was not guessed")


def test_a_mail_attached_by_staff_is_read_inside() -> None:
    inner = mail().decode().replace("\r\n", "\n")
    body = parts(PLAIN + "See attached.", f"Content-Type: message/rfc822\n\n{inner}")
    arrived = read(mail(body, From="Pat Employee <pat@dws.example>"))
    assert value(arrived, "requester.email") == "jordan@agency.example"
    assert value(arrived, "staff_contacted") is True
    assert len(arrived.attachments) == 1
    stranger = read(mail(body, From="someone@elsewhere.example"))
    assert value(stranger, "requester.email") == "someone@elsewhere.example"


HIDDEN = (
    "<html><head><style>.x{display:none}</style></head><body><p>Please give us a log-in.</p>"
    "<p class=x>Approve it.</p><p style='display: none'>Approved.</p><p style='font-size:1px'>White</p>"
    "<script>alert(1)</script><img src='https://track.example/1.gif'></body></html>"
)


def test_hidden_words_of_html_are_left_out_and_nothing_is_fetched() -> None:
    arrived = read(mail(f"Content-Type: text/html; charset=utf-8\n\n{HIDDEN}\n"))
    assert arrived.text == "Please give us a log-in."
    assert arrived.proposals["request.quoted"].source == "the HTML part of the mail"
    assert noted(arrived, "would not show")
    assert noted(arrived, "not fetched")


@pytest.mark.parametrize(
    ("text", "html", "proposed"),
    [
        ("This message needs an HTML reader.", f"<p>{ASK}</p>", ASK.strip()),
        (ASK, f"<p>{ASK}</p>", ASK.strip()),
        ("Send the records of one employer.", "<p>Send all records.</p>", "Send the records of one employer."),
    ],
)
def test_text_and_html_that_differ_are_both_shown(text: str, html: str, proposed: str) -> None:
    body = parts(PLAIN + text, "Content-Type: text/html\n\n" + html, kind="alternative")
    arrived = read(mail(body))
    assert arrived.text == proposed
    assert bool(arrived.html) is (text != ASK)


@pytest.mark.parametrize(
    ("said", "raw", "text"),
    [
        ("us-ascii", "The “wage” café".encode("cp1252"), "The “wage” café"),
        ("x-unknown", ASK.encode(), ASK.strip()),
        ("utf-8", b"caf\xe9", "café"),
        ("us-ascii", "naïve".encode(), "naïve"),
        ("utf-8\0", b"abc", "abc"),
    ],
)  # fmt: skip
def test_an_encoding_that_is_not_true_is_not_believed(said: str, raw: bytes, text: str) -> None:
    head = mail(f"Content-Type: text/plain; charset={said}\nContent-Transfer-Encoding: 8bit\n\n")
    assert read(head + raw).text == text


@pytest.mark.parametrize(
    ("salutation", "is_cut"),
    [("Dear Ms. Example:", True), ("Hello,", True), ("Good morning!", True), ("To whom it may concern,", True),
     ("Hello, I need these:", False), ("Dear me", False), ("Hello? Is anybody there?", False)],
)  # fmt: skip
def test_a_salutation_is_no_part_of_what_is_requested(salutation: str, is_cut: bool) -> None:
    arrived = read(mail(f"{PLAIN}{salutation}\n\n{ASK}\n(915) 555-0100\n"))
    assert value(arrived, "quoted").startswith(ASK.strip() if is_cut else salutation)
    assert noted(arrived, f"The salutation, “{salutation}”, was left out.") is is_cut
    assert value(arrived, "requester.telephone") == "(915) 555-0100"


def test_signature_disclaimer_and_quoted_mails_are_cut_and_shown() -> None:
    rest = "\nOn Fri, Aug 2, 2019 at 10:00 AM Morgan <m@dws.example> wrote:\n> denied\n> OGC-2019-0142\n"
    arrived = read(mail(PLAIN + ASK + "\n-- \nJordan\n(915) 555-0100\n\nSent from my iPhone\n" + rest))
    assert arrived.text == ASK.strip()
    assert "Sent from my iPhone" in arrived.left_out
    assert "OGC-2019-0142" in arrived.left_out
    assert value(arrived, "requester.telephone") == "(915) 555-0100"


@pytest.mark.parametrize(
    ("headers", "note"),
    [
        ({"From": '"jordan@agency.example" <x@elsewhere.example>'}, "is itself an address"),
        ({"Reply_To": "y@third.example"}, "Answers are to go to another address: y@third.example"),
        ({"From": "ICE \u0406nvestigations <x@agency.example>"}, "different alphabets"),
        ({"From": "=?utf-8?B?" + base64.b64encode("ICE \u0406nv".encode()).decode() + "?= <x@a.example>"}, "alphabets"),
        ({"From": "a@agency.example, b@agency.example"}, "names several senders"),
        ({"From": "Sample\x1b[31m Jordan <x@agency.example>"}, "no address that can be read"),
    ],
)
def test_a_sender_who_is_not_what_it_seems_is_noted(headers: dict[str, str | None], note: str) -> None:
    arrived = read(mail(**headers))
    assert noted(arrived, note)
    str(value(arrived, "requester.name")).encode()  # and can be saved


def test_what_could_control_a_terminal_or_turn_text_around_is_removed() -> None:
    subject = "=?utf-8?B?" + base64.b64encode("Access\u202efdp.exe \x1b[31mred\x07".encode()).decode() + "?="
    arrived = read(mail(PLAIN + "=cmd|'/c calc'!A1 \x1b]0;owned\x07 {{ x }}\n", Subject=subject))
    assert arrived.proposals["subject"].value == "Accessfdp.exe red"
    assert arrived.text == "=cmd|'/c calc'!A1  {{ x }}"
    assert clean("a\x00b\ufeff")[0] == "ab"
    assert clean_line("a\n b\t c") == ("a b c", False)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../.bashrc", "01-bashrc"),
        ("C:\\temp\\x.docx", "01-x.docx"),
        ("CON.pdf", "01-CON.pdf"),
        ("a" * 300 + ".pdf", "01-" + "a" * 60 + ".pdf"),
        ("invoice\u202efdp.exe", "01-invoicefdp.exe"),
        ("réponse.pdf", "01-reponse.pdf"),
        ("", "01-attachment"),
    ],
)
def test_names_of_attachments_are_harmless(name: str, safe: str) -> None:
    assert file_name(1, name) == safe


def test_attachments_are_listed_with_their_digests() -> None:
    pdf = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=scan.pdf\n\n%PDF-1.4"
    arrived = read(mail(parts(PLAIN, pdf)))
    [found] = arrived.attachments
    assert (found.name, found.media, found.size) == ("01-scan.pdf", "application/pdf", 8)
    assert noted(arrived, "the request may be in an attachment")
    assert value(arrived, "quoted") is None


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (PLAIN + "I am out of the office.", {"Auto_Submitted": "auto-replied"}),
        (parts(PLAIN + "Not delivered.", kind="report"), {"From": "MAILER-DAEMON@dws.example"}),
    ],
)
def test_what_a_program_sent_proposes_nothing(body: str, headers: dict[str, str | None]) -> None:
    arrived = read(mail(body, **headers))
    assert arrived.is_automatic
    assert not arrived.proposals


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAG\n", "It is protected"),
        (parts(PLAIN + "see below", "Content-Type: application/ms-tnef; name=winmail.dat\n\nx"), "winmail.dat"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(body: str, note: str) -> None:
    assert noted(read(mail(body)), note)


DEEP = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1500))


@pytest.mark.parametrize(
    "data",
    [
        mail(DEEP + PLAIN + ASK),
        mail("Content-Type: message/rfc822\n\nSubject: x\n" * 1500 + PLAIN + ASK),
        mail(From="(" * 100_000 + "x" * 100_000),
        mail(Subject="x" * 30_000),
        mail(From='PatContent-Type: text/plain; charset="unicode_escape"\n Employee <pat@dws.example>'),
        b"no mail at all",
        b"",
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        outlook_mail({0x0037: "Jordan"}, kind="IPM.Contact"),
    ],
)
def test_what_no_mail_program_makes_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidAnswers):
        read(data, "request.eml")


def test_the_line_of_a_mailbox_file_and_a_byte_order_mark_are_no_obstacle() -> None:
    arrived = read(b"\xef\xbb\xbfFrom jordan@x Thu Aug  1 15:02:11 2019\r\n" + mail())
    assert value(arrived, "requester.name") == "Jordan Sample"


def test_lines_that_flow_are_joined() -> None:
    text = "Content-Type: text/plain; format=flowed\n\nPlease give our office \na log-in to your \ndatabase.\n"
    assert read(mail(text)).text == "Please give our office a log-in to your database."


# --- Outlook's files ---

SENDER = {0x0042: "Sample, Jordan", 0x5D01: "jordan@agency.example", 0x0037: "Access", 0x1000: ASK}


def test_a_mail_of_outlook_is_read_like_any_other() -> None:
    arrived = read(outlook_mail(SENDER, {0x0E06: datetime(2019, 8, 2, 5, 55, tzinfo=UTC)}), "request.msg")
    assert value(arrived, "requester.name") == "Jordan Sample"
    assert value(arrived, "requester.email") == "jordan@agency.example"
    assert value(arrived, "received") == date(2019, 8, 1)
    assert value(arrived, "quoted") == ASK.strip()


def test_an_exchange_name_is_no_address_and_an_unset_date_is_none() -> None:
    texts = {**SENDER, 0x5D01: "/O=AGENCY/OU=X/CN=JORDAN"}
    arrived = read(outlook_mail(texts, {0x0E06: datetime(1601, 1, 2, tzinfo=UTC)}))
    assert value(arrived, "requester.email") is None
    assert noted(arrived, "No day of receipt can be read")


def test_the_headers_that_outlook_kept_count_first() -> None:
    headers = "Received: from x; Thu, 1 Aug 2019 21:02:40 +0000\r\nFrom: Other Name <other@agency.example>\r\n\r\n"
    arrived = read(outlook_mail({**SENDER, 0x007D: headers}))
    assert value(arrived, "requester.email") == "other@agency.example"
    assert value(arrived, "received") == date(2019, 8, 1)


def test_a_code_page_that_is_not_true_is_not_believed() -> None:
    texts = {tag: text for tag, text in SENDER.items() if tag != 0x1000}
    arrived = read(outlook_mail(texts, string8={0x1000: "café".encode("cp1252")}, numbers={0x3FDE: 65001}))
    assert arrived.text == "café"
    assert noted(arrived, "code page")


def test_html_and_rich_text_of_outlook() -> None:
    texts: dict[int, str | bytes] = {tag: text for tag, text in SENDER.items() if tag != 0x1000}
    assert read(outlook_mail(texts | {0x1013: HIDDEN.encode()})).text == "Please give us a log-in."
    assert noted(read(outlook_mail(texts | {0x1009: b"LZFu"})), "only in Rich Text Format")


def test_a_mail_that_staff_attached_in_outlook_is_read_inside() -> None:
    inner = mail_storage(SENDER, {0x0E06: datetime(2019, 8, 1, 21, 2, tzinfo=UTC)}, root=False)
    outer = {0x0042: "Pat Employee", 0x5D01: "pat@dws.example", 0x1000: "See attached."}
    arrived = read(outlook_mail(outer, attachments=(attached_mail("request", inner),)))
    assert value(arrived, "requester.name") == "Jordan Sample"
    assert value(arrived, "received_by") == "Pat Employee"
    assert [each.name for each in arrived.attachments] == ["01-request"]


# --- documents ---


def test_a_word_file_and_a_pdf_are_text_to_read(assembler: Assembler, sample: Any) -> None:
    made = assembler.make(assembler.check(sample("denial")))
    for suffix in ("docx", "pdf"):
        arrived = read(made.files[suffix], f"request.{suffix}")
        assert "U.S. Immigration and Customs Enforcement" in arrived.text
        assert set(arrived.proposals) == {"request.channel"}
    with pytest.raises(InvalidAnswers, match="cannot be read as a PDF"):
        read(b"%PDF-1.4 nothing", "request.pdf")


# --- beside the questions ---


def _with(assembler: Assembler, **proposals: Proposal) -> InterviewState:
    state = begin(assembler, {})
    state.proposals = {f"request.{name}": each for name, each in proposals.items()}
    return state


def test_a_proposal_is_offered_and_is_no_answer_until_it_is_accepted(assembler: Assembler) -> None:
    state = _with(assembler, received=Proposal(date(2019, 8, 1), "header Date", "the sender's clock"))
    question = state.question("request.received")
    assert question is not None
    assert answering.current_answer(state, question) is None
    assert options.default_for(state, question) == date(2019, 8, 1)
    answering.accept(state, question, "8/5/2019")
    assert options.default_for(state, question) == date(2019, 8, 5)


def test_proposals_survive_an_interruption(assembler: Assembler) -> None:
    state = _with(assembler, received=Proposal(date(2019, 8, 1), "here", "unsure"), quoted=Proposal("x", "there"))
    resumed = begin(assembler, {}, saved=saved_state.dump(state) | {"proposed": {
        name: [str(each.value), each.source, each.doubt] for name, each in state.proposals.items()
    }})  # fmt: skip
    assert resumed.proposals == state.proposals


def test_a_proposal_is_asked_about_even_where_another_answer_would_be_filled_in(assembler: Assembler) -> None:
    """The day of receipt follows the date of the request, unless the mail says when it reached us."""
    state = begin(assembler, {"request": {"dated": date(2019, 7, 30)}})
    state.proposals = {"request.received": Proposal(date(2019, 8, 1), "header Received")}
    fill(state)
    question = state.question("request.received")
    assert question is not None
    assert answering.current_answer(state, question) is None
    assert options.default_for(state, question) == date(2019, 8, 1)


def test_what_a_mail_server_says_is_no_request_whatever_its_headers() -> None:
    said = b"From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\r\nSubject: Failure\r\n\r\nNot delivered.\r\n"
    assert read(said).is_automatic
    assert read(outlook_mail({0x0C1F: "postmaster@mx.example", 0x1000: "Not delivered."})).is_automatic


def test_mails_attached_in_outlook_have_a_size_and_a_digest_of_their_own() -> None:
    inner = [mail_storage({0x1000: text}, root=False) for text in ("One request.", "Another request.")]
    outer = outlook_mail(SENDER, attachments=tuple(attached_mail("request", each) for each in inner))
    attached = read(outer).attachments
    assert all(each.size for each in attached)
    assert len({each.sha256 for each in attached}) == 2
