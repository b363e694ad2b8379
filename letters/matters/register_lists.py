"""The register in words: lists of its entries, deadlines, and everything about one entry."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from letters._text.dates import long_date
from letters.matters.clocks import OpenDeadline
from letters.matters.particulars import title_of
from letters.matters.register import OPEN, Register, RegisterEntry, said_of_state

_COLUMNS = ("reference", "day", "way", "state", "kind", "agency", "person", "received", "sought")


def chosen(register: Register, *, only_open: bool, words: str) -> list[RegisterEntry]:
    """The entries to list, in the order of their numbers.

    Args:
        only_open: leave out what is sent, void, or answered.
        words: that the agency, office, or person must have; empty for any.
    """
    entries = register.entries()
    if only_open:
        sent = [each for each in entries if each.way == "out" and each.state == "sent"]
        answered = {(each.matter, each.request) for each in sent}
        latest = {each.matter: each.day for each in sorted(sent, key=lambda each: each.day)}
        entries = [
            each
            for each in entries
            if each.state in OPEN
            and each.state != "taken"
            and (each.matter, each.request) not in answered
            and not (each.way == "in" and each.matter in latest and latest[each.matter] >= each.day)
        ]
    if words:
        wanted = words.casefold()
        names = ("agency", "office", "person", "email")
        entries = [
            each for each in entries if wanted in " ".join(str(each.remembered.get(n, "")) for n in names).casefold()
        ]
    return entries


def listing(entries: Sequence[RegisterEntry], form: str) -> Iterator[str]:
    """The lines of a list.

    Args:
        form: ``text``, ``csv`` or ``json``.
    """
    rows = [entry_row(entry) for entry in entries]
    if form == "json":
        yield json.dumps(rows, ensure_ascii=False, indent=2)
    elif form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([_harmless(str(row.get(name) or "")) for name in _COLUMNS] for row in rows)
        yield out.getvalue().rstrip("\n")
    else:
        width = max((len(entry.reference) for entry in entries), default=0)
        for entry in entries:
            title = title_of(entry.remembered) if entry.about is not None else "(erased)"
            what = entry.kind or {"in": "request", "other": "other mail"}.get(entry.way, "")
            yield f"{entry.reference:<{width}}  {entry.day}  {entry.state:<8}  {what:<25}  {title}".rstrip()


def due_lines(deadlines: Sequence[OpenDeadline], today: date, *, as_json: bool) -> Iterator[str]:
    """The deadlines of requests that no letter has answered."""
    if as_json:
        yield json.dumps([each.as_dict(today) for each in deadlines], ensure_ascii=False, indent=2)
        return
    for each in deadlines:
        day = each.day.isoformat() if each.day else "          "
        why = f"; {each.why}" if each.why else ""
        yield f"{day}  {each.state(today):<10}  {each.reference}  {each.what}: {each.about}{why}".rstrip(": ")


def entry_row(entry: RegisterEntry) -> dict[str, Any]:
    """An entry for programs, without empty values."""
    about = entry.remembered
    found: dict[str, Any] = {
        "reference": entry.reference,
        "day": entry.day.isoformat(),
        "way": entry.way,
        "state": entry.state,
        "kind": entry.kind,
        "hold": entry.hold,
        "erased": entry.about is None,
        **{name: about.get(name) for name in ("agency", "office", "person", "received", "sought", "their_reference")},
    }
    return {name: value for name, value in found.items() if value not in (None, "", False)}


def entry_as_json(register: Register, entry: RegisterEntry) -> list[str]:
    """Everything about an entry, as JSON."""
    data = {
        **entry_row(entry),
        "about": entry.about,
        "files": [{"role": role, "path": path, "sha256": digest} for role, path, digest in register.files(entry.id)],
        "matter": [each.reference for each in register.matter_of(entry) if each.id != entry.id],
        "history": [
            {"row": row.seq, "at": row.at, "who": row.who, "what": row.what, "detail": row.detail}
            for row in register.history(entry)
        ],
    }
    return [json.dumps(data, ensure_ascii=False, indent=2)]


def entry_lines(register: Register, entry: RegisterEntry) -> Iterator[str]:
    """Everything about an entry, for a person."""
    about = entry.remembered
    what = entry.kind or {"in": "request", "other": "other mail"}.get(entry.way, "")
    yield f"{entry.reference}: {what}, {entry.is_what}, {long_date(entry.day)}"
    if entry.about is None:
        yield "  What names persons was erased."
    for name in ("title", "agency", "office", "person", "email", "received", "channel", "reached", "sought", "said"):
        if about.get(name):
            yield f"  {name.replace('_', ' ')}: {about[name]}"
    if entry.hold:
        yield f"  on hold: {entry.hold}"
    for role, path, digest in register.files(entry.id):
        yield f"  {role}: {path} (SHA-256 {digest[:16]}…)"
    others = [each for each in register.matter_of(entry) if each.id != entry.id]
    if others:
        yield "The same matter:"
    for each in others:
        yield f"  {each.reference}  {each.day}  {each.state}  {each.kind or 'request'}  {title_of(each.remembered)}"
    yield "What happened:"
    for row in register.history(entry):
        done, detail = row.what, dict(row.detail or {})
        if done == "issued" and (state := detail.pop("state", done)) != done:
            done = f"written, {said_of_state(state)}"
        told = "; ".join(_shown(detail))
        yield f"  {row.at}  {row.who}: {done}{f' ({told})' if told else ''}"


def _shown(detail: Any) -> Iterator[str]:
    for name, value in detail.items():
        if value and name == "signature":
            yield "signed"
        elif value and name not in ("files", "content", "entries"):
            yield f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}"


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
