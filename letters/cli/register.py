"""`letters register`: the office's letters and requests, their numbers, and what happened to them."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from letters._system.output import write_all
from letters._text.dates import long_date, parse_date
from letters.cli.common import library_of, read_bytes, tell_written, visible
from letters.errors import CannotWrite, LettersError, Problem, Usage
from letters.library.library import Library
from letters.library.office_files import load_office, load_rulebook
from letters.library.trust import signers_of
from letters.matters import register_copies, register_lists
from letters.matters.calendar_file import calendar_file
from letters.matters.clocks import open_deadlines
from letters.matters.integrity import verify_register
from letters.matters.location import (
    DEFAULT_NAME,
    RegisterLocation,
    choose,
    create_register,
    location_for_new,
    no_register,
    open_at,
    read_head,
    register_location,
)
from letters.matters.reference_numbers import DEFAULT, NumberFormat
from letters.matters.register import Register
from letters.model.office import Office

_HOW = ("email", "mail", "certified-mail", "hand", "portal", "fax")


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    def action(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        found = actions.add_parser(name, help=summary, description=summary)
        found.set_defaults(action=run)
        found.add_argument("--library", metavar="DIR", default=argparse.SUPPRESS, help="folder of the library")
        return found

    create = action("create", _create, "Begin a register for this library.")
    create.add_argument("--format", default=DEFAULT, help=f'how numbers are written (default: "{DEFAULT}")')
    create.add_argument("--next", metavar="NUMBER", action="append", default=[], help="the first number, if not 1")
    create.add_argument("--at", metavar="PLACE", help=f"a file, or postgresql://HOST/NAME (default: {DEFAULT_NAME})")

    listing = action("list", _list, "List letters and requests by number.")
    listing.add_argument("--open", action="store_true", help="only those that are not sent, void, or answered")
    listing.add_argument("--due", action="store_true", help="deadlines of requests that no letter has answered, by day")
    listing.add_argument("--ics", metavar="FILE", help="with --due: write them as a calendar file")
    listing.add_argument("--overwrite", action="store_true", help="replace an existing calendar file")
    listing.add_argument("--agency", metavar="WORDS", help="only those whose agency, office, or person has these words")
    listing.add_argument("--csv", action="store_true", help="print CSV")
    listing.add_argument("--json", action="store_true", help="print JSON")

    show = action("show", _show, "Show one letter or request, its matter, and everything that happened to it.")
    _reference(show)
    show.add_argument("--json", action="store_true", help="print JSON")

    adding = action("add", _add, "File a request that arrived, or a paper of the matter.")
    adding.add_argument("files", nargs="*", metavar="FILE", help="what arrived: its digest is kept, not the file")
    adding.add_argument("--received", metavar="DATE", required=True, help="the day it arrived")
    for name in ("agency", "office", "person", "email", "sought", "reached", "channel"):
        adding.add_argument(f"--{name}", metavar="TEXT", help=_ABOUT[name])
    adding.add_argument("--their-reference", metavar="TEXT", help="the sender's own number")
    adding.add_argument(
        "--topic", metavar="TOPIC", action="append", default=[], help="what it is about, such as public-records"
    )
    adding.add_argument("--matter", metavar="NUMBER", help="a letter or request of the same matter")

    take = action("take", _take, "Take numbers for other mail of the office.")
    take.add_argument("--for", dest="why", metavar="WHAT", type=_words, required=True, help="what they are for")
    take.add_argument("--count", type=int, default=1, metavar="N", help="how many (default: 1)")
    take.add_argument("--date", metavar="DATE", help="the day of that mail (default: today)")

    sent = action("sent", _sent, "Note that a letter was sent, or correct when and how it was.")
    _reference(sent)
    sent.add_argument("--on", metavar="DATE", required=True, help="the day it was sent")
    sent.add_argument("--how", choices=_HOW, required=True, help="how it was sent")
    sent.add_argument("--tracking", metavar="TEXT", default="", help="the carrier's number")

    clock = action("clock", _clock, "Note that a deadline was stopped, restarted, or extended, and by what law.")
    clock.add_argument("event", choices=("stop", "restart", "extend"))
    _reference(clock)
    clock.add_argument("--on", metavar="DATE", required=True, help="the day it happened")
    clock.add_argument(
        "--basis", metavar="TEXT", type=_words, required=True, help="the provision or agreement that allows it"
    )
    clock.add_argument("--days", type=int, metavar="N", help="with extend: by how many days")
    clock.add_argument("--deadline", metavar="ID", default="", help="one deadline in legal_basis.toml (default: all)")

    void = action("void", _void, "Note that a number will not be used.")
    _reference(void)
    void.add_argument("--why", metavar="TEXT", type=_words, required=True, help="the reason, for the log")

    hold = action("hold", _hold, "Keep a matter from being erased, or release it.")
    _reference(hold)
    hold.add_argument("--why", metavar="TEXT", default="", help="the reason, such as a lawsuit")
    hold.add_argument("--release", action="store_true", help="end the hold")

    erase = action("erase", _erase, "Erase what names persons; numbers and days stay.")
    _reference(erase)
    erase.add_argument(
        "--why", metavar="TEXT", type=_words, required=True, help="the reason, such as the retention schedule"
    )

    join = action("join", _join, "Put a letter or request, and its matter, into the matter of another.")
    _reference(join)
    join.add_argument("other", metavar="OTHER", help="a number of the other matter")

    same = action("same", _same, "Note that two names are of one agency.")
    same.add_argument("name")
    same.add_argument("known", metavar="KNOWN-NAME")

    verify = action("verify", _verify, "Check that log, numbers, and entries are as they were written.")
    verify.add_argument("letters", nargs="*", metavar="LETTER", help="finished letters, whose record names the log")

    backup = action("backup", _backup, "Copy the register into one file. Keep its key as well, elsewhere.")
    backup.add_argument("file", metavar="FILE")

    restore = action("restore", _restore, "Put a backup back. Numbers given since then become void.")
    restore.add_argument("file", metavar="FILE")

    move = action("move", _move, "Move the register to another file, or to PostgreSQL.")
    move.add_argument("to", metavar="PLACE", help="a file, or postgresql://HOST/NAME")


_ABOUT = {
    "agency": "the agency or organization that sent it",
    "office": "its component or field office",
    "person": "who signed or made it",
    "email": "the sender's email address",
    "sought": "what is requested, in our words",
    "reached": "who in the office received it",
    "channel": "how it arrived: email, letter, telephone, …",
}


def _reference(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reference", metavar="NUMBER", help="a file number, such as OGC-2019-0142")


def _words(text: str) -> str:
    """What stands in the log as a reason, which cannot be empty."""
    if not text.strip():
        raise argparse.ArgumentTypeError("It is empty. Write a few words for the log.")
    return text.strip()


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    return int(arguments.action(arguments))


# --- one register ---


def _create(arguments: argparse.Namespace) -> int:
    library = library_of(arguments)
    where = location_for_new(library, arguments.at or "")
    numbers = NumberFormat(arguments.format)
    starts = {}
    for each in arguments.next:
        if (parsed := numbers.parse(each)) is None:
            raise Usage(Problem(f"“{each}” is not written like {numbers.text}.", "--next"))
        starts[parsed[0]] = parsed[1]
    create_register(where, numbers, starts).close()
    found = register_location(library)
    if found is None or found.address != where.address:
        tell_written([choose(library, where.address)], as_json=False)
    written = [where.file, where.key_file] if where.is_file else [where.key_file]
    tell_written(written, as_json=False)
    print(f"Keep a copy of {where.key_file.name} elsewhere. From now on every letter is entered.", file=sys.stderr)
    return 0


@contextmanager
def _register(arguments: argparse.Namespace, *, even_if_older: bool = False) -> Iterator[tuple[Register, Office]]:
    library = library_of(arguments)
    register = open_at(_where(library), even_if_older=even_if_older)
    try:
        yield register, load_office(library)
    finally:
        register.close()


def _where(library: Library) -> RegisterLocation:
    where = register_location(library)
    if where is None:
        raise no_register(library)
    return where


def _list(arguments: argparse.Namespace) -> int:
    if arguments.ics and not arguments.due:
        raise Usage(Problem("goes with --due.", "--ics"))
    with _register(arguments) as (register, office):
        if arguments.due:
            found = open_deadlines(register, load_rulebook(library_of(arguments), office))
            if arguments.ics:
                calendar = {Path(arguments.ics): calendar_file(found, register.meta("id"))}
                tell_written(write_all(calendar, overwrite=arguments.overwrite), as_json=False)
            today = _day("today", "", office)
            for line in register_lists.due_lines(found, today, as_json=arguments.json):
                print(line if arguments.json else visible(line))
            if not found:
                print("No deadline is open.", file=sys.stderr)
            return 0
        entries = register_lists.chosen(register, only_open=arguments.open, words=arguments.agency or "")
        form = "csv" if arguments.csv else "json" if arguments.json else "text"
        for line in register_lists.listing(entries, form):
            print(line if arguments.csv or arguments.json else visible(line))
        if not entries:
            every = not (arguments.open or arguments.agency)
            print("The register is empty." if every else "Nothing in the register is like that.", file=sys.stderr)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, _):
        entry = register.find(arguments.reference)
        lines = register_lists.entry_as_json(register, entry) if arguments.json else None
        for line in lines or register_lists.entry_lines(register, entry):
            print(line if lines else visible(line))
    return 0


def _add(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, office):
        day = _day_past(arguments.received, "--received", office)
        about: dict[str, object] = {name: value for name in _ABOUT if (value := getattr(arguments, name))}
        about |= {"received": day.isoformat()}
        if arguments.their_reference:
            about["their_reference"] = arguments.their_reference
        if arguments.topic:
            about["topics"] = arguments.topic
        files = {
            str(Path(file).resolve()): hashlib.sha256(read_bytes(Path(file))).hexdigest() for file in arguments.files
        }
        known = register.filed(files.values())
        entry = known or register.file_request(day, about, files, matter_of=arguments.matter or "")
        print(entry.reference)
        if known:
            told = f"This file is in the register already, as {known.reference}"
            print(f"{told}, received {long_date(known.day)}. Nothing was changed.", file=sys.stderr)
    return 0


def _take(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.count <= 1000:
        raise Usage(Problem("is not between 1 and 1000.", "--count"))
    with _register(arguments) as (register, office):
        day = _day(arguments.date or "today", "--date", office)
        for reference in register.take(day, arguments.why, arguments.count):
            print(reference)
    return 0


# --- one entry ---


def _sent(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, office):
        day = _day_past(arguments.on, "--on", office)
        _tell(register.sent(arguments.reference, day, arguments.how, arguments.tracking).reference, "sent")
    return 0


def _clock(arguments: argparse.Namespace) -> int:
    if (arguments.event == "extend") != (arguments.days is not None) or (arguments.days or 1) < 1:
        raise Usage(Problem("goes with extend, and is 1 or more.", "--days"))
    with _register(arguments) as (register, office):
        day = _day(arguments.on, "--on", office)
        event = {"stop": "stopped", "restart": "restarted", "extend": "extended"}[arguments.event]
        entry = register.add_clock(
            arguments.reference, event, day, days=arguments.days, deadline=arguments.deadline, basis=arguments.basis
        )
        _tell(entry.reference, f"clock {event} on {long_date(day)}")
    return 0


def _void(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, _):
        _tell(register.void(arguments.reference, arguments.why).reference, "void")
    return 0


def _hold(arguments: argparse.Namespace) -> int:
    if bool(arguments.why) == arguments.release:
        raise Usage(Problem("Give --why to hold a matter, or --release to end the hold."))
    with _register(arguments) as (register, _):
        for entry in register.hold(arguments.reference, arguments.why):
            _tell(entry.reference, "on hold" if arguments.why else "no longer on hold")
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, _):
        paths = register.erase(arguments.reference, arguments.why)
        _tell(arguments.reference, "erased")
        if paths:
            print("Its files are not deleted by this; neither are backups of the register:", file=sys.stderr)
            for path in paths:
                print(f"  {visible(path)}", file=sys.stderr)
    return 0


def _join(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, _):
        register.join(arguments.reference, arguments.other)
        _tell(arguments.reference, f"in the matter of {arguments.other}")
    return 0


def _same(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, _):
        register.same_name(arguments.name, arguments.known)
        _tell(arguments.name, f"the same agency as {arguments.known}")
    return 0


# --- the whole register ---


def _verify(arguments: argparse.Namespace) -> int:
    from letters.matters.colleague_review import signature_problems
    from letters.matters.letter_heads import head_of

    heads = [(name, head_of(read_bytes(Path(name)), name)) for name in arguments.letters]
    unentered = [name for name, head in heads if not head]
    with _register(arguments, even_if_older=True) as (register, _):
        verdict = verify_register(register, [each for each in heads if each[1]])
        library = library_of(arguments)
        signatures = list(signature_problems(register, signers_of(library)))
        kept = read_head(_where(library))
    problems = [*verdict.problems, *signatures, *(f"{name} was not entered in a register." for name in unentered)]
    seq = int(kept.get("seq", 0))
    if seq > verdict.rows:
        problems.append(f"The log ends at row {verdict.rows}, but row {seq} was written already: it was cut off.")
    for problem in problems:
        print(visible(problem))
    if not kept:
        name = _where(library).head_file.name
        told = "only letters and backups can show whether the end of the log was cut off."
        print(f"{name} is missing or damaged: {told}", file=sys.stderr)
    if problems:
        return LettersError.exit_code
    print(f"As it was written: {verdict.entries:,} in the register, {verdict.rows:,} in the log, head {verdict.head}")
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    with _register(arguments) as (register, _):
        head = register_copies.back_up(register, Path(arguments.file))
    tell_written([Path(arguments.file)], as_json=False)
    print(f"Head of its log: {head}. Keep it as you keep the register.", file=sys.stderr)
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    library = library_of(arguments)
    where, office = _where(library), load_office(library)
    source = RegisterLocation(str(Path(arguments.file).absolute()), "FILE", library.root)
    if source.file.absolute() == where.file.absolute() and where.is_file:
        register = open_at(where, even_if_older=True)
    else:
        register = register_copies.put_back(source, where)
    try:
        register_copies.refuse_faulty(register)
        lost = register_copies.after_restoring(register, read_head(where), _day("today", "", office))
    finally:
        register.close()
    for reference in lost:
        _tell(reference, "void, because it was given after this backup was made")
    return 0


def _move(arguments: argparse.Namespace) -> int:
    library = library_of(arguments)
    where = _where(library)
    target = RegisterLocation(arguments.to, "PLACE", library.root)
    if where.chosen_by == "LETTERS_REGISTER":
        print("LETTERS_REGISTER names the old place: change it too.", file=sys.stderr)
    register_copies.move(where, target)
    if library.is_shipped:
        return 0
    try:
        tell_written([choose(library, arguments.to)], as_json=False)
    except CannotWrite:
        print(f"Write it into letters.toml yourself: register = {arguments.to!r}", file=sys.stderr)
        raise
    return 0


def _tell(reference: str, what: str) -> None:
    print(visible(f"{reference}: {what}"))


def _day(text: str, where: str, office: Office) -> date:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    try:
        return parse_date(text, today=datetime.now(ZoneInfo(office.time_zone)).date(), order=office.date_order)
    except ValueError as error:
        raise Usage(Problem(str(error), where)) from error


def _day_past(text: str, where: str, office: Office) -> date:
    """The day of something that has happened. Raises Usage if it is still to come."""
    day, today = _day(text, where, office), _day("today", "", office)
    if day > today:
        raise Usage(Problem(f"{long_date(day)}, is still to come: today is {long_date(today)}.", where))
    return day
