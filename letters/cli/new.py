"""`letters new`: ask for the facts, say which letter they call for, ask for the rest, write the letter."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from letters.assembly.assembler import Assembler
from letters.cli.common import (
    add_format,
    drafts_folder,
    formats_of,
    kind_of,
    library_of,
    now_at,
    read_bytes,
    tell_notes,
    tell_written,
    visible,
)
from letters.errors import Interrupted, Problem, Usage
from letters.interview.drafts import Begun, Draft, begun, read_draft, unfinished
from letters.interview.interview import Option
from letters.interview.session import Session
from letters.interview.terminal.conversation import Conversation
from letters.interview.terminal.desktop import open_file, opener, pager
from letters.interview.terminal.face import Ask, Face
from letters.interview.terminal.plain import Plain
from letters.interview.terminal.typeface import ascii_stream
from letters.library.library import Library


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="which letter; chosen after the facts when left out")
    parser.add_argument("--answers", metavar="FILE", help="start from these answers; only what is new is asked")
    parser.add_argument("--resume", action="store_true", help="list unfinished interviews, and go on with one of them")
    parser.add_argument(
        "--plain", action="store_true", help="line by line, for screen readers and pipes: words, no keys"
    )
    parser.add_argument("--out", metavar="DIR", default=".", help="folder for the letter (default: this folder)")
    add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    formats = formats_of(arguments.format)
    face = _face(plain=arguments.plain)
    assembler = Assembler(library_of(arguments))
    session = _session(arguments, assembler, face)
    if session is None:
        return 0
    try:
        wanted = Conversation(face, session.interview, session.save, session.sketch).run()
    except (KeyboardInterrupt, EOFError):
        raise Interrupted(f"Stopped. {session.where}") from None
    if session.given_way:
        print("These answers were changed in another window too; each has a file of its own.", file=sys.stderr)
    if not wanted:
        print(session.where, file=sys.stderr)
        return 0
    try:
        paths, notes = session.finish(formats)
    except BaseException:
        print(session.where, file=sys.stderr)
        raise
    tell_notes(notes, "the letter")
    tell_written(paths, as_json=False)
    _offer_to_open(face, [path for path in paths if path.suffix == ".pdf"])
    return 0


def _session(arguments: argparse.Namespace, assembler: Assembler, face: Face) -> Session | None:
    """The sitting to begin or to go on with; None where counsel picks none."""
    source, place, now = arguments.answers, None, now_at(assembler)
    if arguments.resume and (arguments.kind or source):
        raise Usage(Problem("--resume goes on with an interview as it is.", hint="Leave KIND and --answers out."))
    folders = [drafts_folder(), Path(arguments.out)]
    left = unfinished(folders[:1])
    left += [draft for draft in unfinished(folders[1:]) if draft.path.name.startswith("draft-")]
    start = Begun()
    if arguments.resume:
        place = _picked_draft(left, assembler.library, face, now)
        if place is None:
            return None
        start = read_draft(place)
    elif source:
        start = begun(read_bytes(Path(source)), source)
    elif left:
        word = "interview is" if len(left) == 1 else "interviews are"
        face.say(f"{len(left)} earlier {word} not finished: letters new --resume lists what there is.", "aside")
    named = str(start.answers.get("kind") or "") if arguments.resume or not start.written else ""
    if named and named not in assembler.library.kinds and not arguments.kind:
        face.say(f"There is no kind of letter called “{visible(named)}” any more; choose another.", "problem")
        start.answers.pop("kind")
        named = ""
    kind = kind_of(arguments.kind, assembler.library) if arguments.kind else named
    return Session(
        assembler,
        kind,
        start,
        now=now,
        drafts=drafts_folder(),
        out=Path(arguments.out),
        number=os.getpid(),
        place=place,
    )


def _picked_draft(left: Sequence[Draft], library: Library, face: Face, now: datetime) -> Path | None:
    """The unfinished interview that counsel wants to go on with."""
    for draft in left:
        if draft.why_not:
            face.say(f"{draft.path} cannot be gone on with: {draft.why_not}", "problem")
    whole = [draft for draft in left if not draft.why_not]
    if not whole:
        face.say(f"No interview is unfinished in {drafts_folder()}.")
        return None

    def line(draft: Draft) -> str:
        kind = library.kinds[draft.kind].title if draft.kind in library.kinds else "no kind of letter chosen yet"
        return visible(f"{draft.who}: {kind}, {draft.answered} answers, saved {draft.when(now)}")

    choices = [Option(str(number), line(draft)) for number, draft in enumerate(whole)]
    try:
        reply = face.ask(Ask("Which interview do you want to go on with?", "one", "0", choices=choices))
    except (KeyboardInterrupt, EOFError):
        raise Interrupted("Stopped. Every interview is as it was.") from None
    return whole[int(reply.value)].path


def _face(*, plain: bool) -> Face:
    """What asks: lists and keys in a terminal, lines where there is none, or none that could show them."""
    if not plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(
            Problem(
                "`letters new` asks questions and needs a terminal.",
                hint="Over a pipe, line by line: letters new --plain. From saved answers, with no questions: "
                "letters fill ANSWERS --out DIR",
            )
        )
    unicode = _shows_unicode()
    in_lines = Plain(sys.stdin, sys.stderr if unicode else ascii_stream(sys.stderr))
    if plain or os.environ.get("TERM") in ("dumb", "unknown"):
        return in_lines
    from letters.interview.terminal.terminal import Terminal

    try:
        show = pager(os.environ, in_lines.show)
        return Terminal(colour="NO_COLOR" not in os.environ, unicode=unicode, pager=show)
    except OSError:  # Git Bash without winpty, for one
        in_lines.say("This window cannot show lists to pick from, so the questions come line by line.")
        return in_lines


def _shows_unicode() -> bool:
    """Whether the terminal shows more than ASCII, as far as it says."""
    if "utf" not in (sys.stdout.encoding or "").lower():
        return False
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(name))), "")
    return locale.split(".")[0] not in ("C", "POSIX") or "utf" in locale.lower()


def _offer_to_open(face: Face, found: Sequence[Path]) -> None:
    command = opener(os.environ)
    if not found or command is None or not sys.stdin.isatty():
        return
    try:
        if face.ask(Ask("Open the PDF now?", "yes-no", True)).value and not open_file(command, found[0]):
            face.say(f"{command[0]} cannot be run here; the PDF is at {found[0]}", "problem")
    except (KeyboardInterrupt, EOFError):  # the letter is written; not to answer is to decline
        return
