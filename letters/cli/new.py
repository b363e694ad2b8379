"""`letters new`: ask for the facts, advise on the kind of letter, ask for the rest, and write the letter.

What only some runs need is imported where it is needed, so that the first question appears at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letters._system.output import write_all
from letters._text.languages import matching
from letters.assembly.assembler import Assembler
from letters.cli.common import (
    add_format,
    add_no_open,
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
from letters.errors import Interrupted, InvalidAnswers, LettersError, Problem, Usage
from letters.interview.completion import letter_of
from letters.interview.drafts import Draft, SavedAnswers, parse_saved, read_draft, unfinished
from letters.interview.options import Option
from letters.interview.session import Session
from letters.interview.terminal.ascii_output import ascii_stream
from letters.interview.terminal.desktop import edited, open_file, opener, pager
from letters.interview.terminal.frontend import Frontend, Prompt, Reply
from letters.interview.terminal.plain import PlainFrontend
from letters.interview.terminal.runner import InterviewRunner
from letters.library.library import Library
from letters.matters.intake.arrived import Arrived
from letters.matters.registration import Registration

if TYPE_CHECKING:
    from letters.web.application import WebApplication


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="the kind of letter (default: choose after the facts)")
    parser.add_argument("--answers", metavar="FILE", help="start from these answers; ask only what they leave open")
    parser.add_argument(
        "--from",
        dest="request",
        metavar="FILE",
        help="read a request (.eml, .msg, .pdf, .docx), or a form of ours that came back (.pdf, .xfdf, .fdf), and "
        "propose answers",
    )
    parser.add_argument("--resume", action="store_true", help="list unfinished interviews and continue one of them")
    parser.add_argument("--discard", action="store_true", help="list unfinished interviews and delete those you choose")
    parser.add_argument(
        "--plain", action="store_true", help="line by line, with words instead of keys: for screen readers and pipes"
    )
    parser.add_argument(
        "--language", metavar="CODE", help="ask in this language, and write the letter in it where its kind can be: es"
    )
    parser.add_argument("--out", metavar="DIR", default=".", help="folder for the letter (default: this folder)")
    parser.add_argument(
        "--matter-folder",
        action="store_true",
        help="put the letter, its answers, its enclosures, and the request into a folder for the matter in that one",
    )
    parser.add_argument(
        "--enclose",
        action="append",
        metavar="FILE",
        default=[],
        help="a file that goes out with the letter: copied beside it, offered among the enclosures, and attached to "
        "the mail; may be given several times",
    )
    add_format(parser)
    parser.add_argument("--web", action="store_true", help="in your browser, with the letter beside the questions")
    add_no_open(parser)
    parser.add_argument("--email-draft", action="store_true", help="also write an unsent mail (.eml) with the letter")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    formats = formats_of(arguments.format)
    if arguments.discard:
        return _discard(arguments)
    if arguments.web:
        return _in_browser(arguments, formats)
    frontend = _frontend(plain=arguments.plain)
    assembler = Assembler(library_of(arguments))
    _ = assembler.seal  # a library that has lost it makes no letters, which is said before the first question
    session = _session(arguments, assembler, frontend)
    if session is None:
        return 0
    if not session.state.kind and (own := _of_other_forms(assembler.library)):
        words = "Letters that answer something else are written by name"
        frontend.say(f"{words}: {', '.join(f'letters new {kind}' for kind in own)}", "aside")
    try:
        wanted = InterviewRunner(
            frontend,
            session.state,
            session.save,
            session.letter_so_far,
            session.live_letter,
            partial(edited, os.environ),
        ).run()
    except (KeyboardInterrupt, EOFError):
        raise Interrupted(f"Stopped. {session.where}") from None
    if session.draft_was_changed:
        print(
            "This interview was also changed in another window. Both versions were kept, in separate files.",
            file=sys.stderr,
        )
    if not wanted:
        print(session.where, file=sys.stderr)
        return 0
    try:
        paths, notes = session.finish(formats)
    except BaseException:
        print(session.where, file=sys.stderr)
        raise
    tell_notes(notes, "")
    if arguments.email_draft:
        from letters.matters.email_draft import email_draft, to_attach

        letter = letter_of(session.state)
        request = Path(arguments.request).name if arguments.request else ""  # for the file, not for the requester
        made = {path.name: path.read_bytes() for path in paths if path.suffix != ".toml" and path.name != request}
        draft = email_draft(letter, session.assembler.office, to_attach(made))
        paths += write_all({paths[0].with_suffix(".eml"): draft})
    tell_written(paths, as_json=False)
    _offer_to_open(frontend, [path for path in paths if path.suffix in (".pdf", ".docx")])
    return 0


def _in_browser(arguments: argparse.Namespace, formats: Sequence[str]) -> int:
    """The same interview in the browser; what is said before its first question is said on the first page."""
    from letters.cli.browser import serve, web_settings

    out, library = Path(arguments.out), library_of(arguments)
    settings = web_settings(library, out, formats, per_matter=arguments.matter_folder)
    words = "The interview is in your browser."
    if arguments.resume:
        return serve(settings, words, opened=not arguments.no_open, start="drafts")

    def begin(pages: WebApplication) -> str:
        only = not (arguments.answers or arguments.kind or arguments.enclose or arguments.language)
        if arguments.request and only and not arguments.matter_folder and not _is_form(file := Path(arguments.request)):
            return pages.begin_with_request(read_bytes(file), file.absolute())
        notes = _CollectedWords()
        session = _session(arguments, pages.assembler, notes)
        assert session is not None  # only an interview to resume may be missing
        return pages.begin(session, notes.lines)

    return serve(settings, words, opened=not arguments.no_open, begin=begin)


class _CollectedWords:
    """Collects what is said, to be shown elsewhere."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def say(self, text: str, style: str = "") -> None:
        self.lines.append((style, text))

    def show(self, text: str) -> None:
        self.lines.append(("", text))

    def ask(self, prompt: Prompt) -> Reply:
        raise EOFError


def _session(arguments: argparse.Namespace, assembler: Assembler, frontend: Frontend) -> Session | None:
    """The session to start or to resume; None if there is no interview to resume."""
    source, draft, now = arguments.answers, None, now_at(assembler)
    returned = Path(arguments.request) if arguments.request and _is_form(Path(arguments.request)) else None
    request = None if returned else arguments.request
    if (request and (arguments.resume or source)) or (returned and arguments.resume):
        raise Usage(Problem(f"--from cannot be combined with --resume{'' if returned else ' or --answers'}."))
    if arguments.resume and (arguments.kind or source):
        raise Usage(
            Problem(
                "--resume cannot be combined with KIND or --answers.",
                hint="An interview is resumed with its own kind and answers.",
            )
        )
    drafts = unfinished(drafts_folder(), Path(arguments.out))
    start = SavedAnswers()
    if arguments.resume:
        draft = _choose_draft(drafts, assembler.library, frontend, now)
        if draft is None:
            return None
        start = read_draft(draft)
    elif source:
        start = parse_saved(read_bytes(Path(source)), source)
    elif drafts:
        number = "1 unfinished interview" if len(drafts) == 1 else f"{len(drafts)} unfinished interviews"
        words = "To list and continue: letters new --resume. To delete: letters new --discard"
        frontend.say(f"You have {number}. {words}", "aside")
    registration = Registration.of(assembler.library, assembler.office, assembler.rulebook)
    arrived = _read_request(Path(request), assembler, frontend) if request else None
    enclosed = {Path(name).name: read_bytes(Path(name)) for name in arguments.enclose}
    for_the_file = {Path(request).name: read_bytes(Path(request))} if request and arguments.matter_folder else {}
    session = Session(
        assembler,
        _kind(arguments, assembler.library, start, frontend),
        start,
        now=now,
        drafts=drafts_folder(),
        out=Path(arguments.out),
        number=os.getpid(),
        draft=draft,
        language=_language(arguments, assembler),
        registration=registration,
        per_matter=arguments.matter_folder,
        put_with_it=for_the_file | enclosed,
        arrived=arrived,
        claims=_claims(returned, assembler, frontend) if returned else None,
    )
    if enclosed:
        titles = [Path(name).stem.replace("-", " ").replace("_", " ") for name in enclosed]
        session.offer("enclosures", [f"{title[:1].upper()}{title[1:]}" for title in titles])
    if arrived and registration:
        from letters.matters.intake.filing import file_request

        file = Path(arguments.request)
        session.state.filed = file_request(registration.register, arrived, file, read_bytes(file), now.date())
        frontend.say(f"The request is in the register as {session.state.filed}.", "aside")
    return session


def _read_request(file: Path, assembler: Assembler, frontend: Frontend) -> Arrived:
    from letters.cli import request_file

    return request_file.read(file, assembler.office, frontend)


def _of_other_forms(library: Library) -> list[str]:
    """The kinds that answer something else, if others answer a records request, whose facts are asked first."""
    forms = {kind.name: kind.form for kind in library.kinds.values()}
    return [kind for kind, form in forms.items() if form != "request"] if "request" in forms.values() else []


def _is_form(file: Path) -> bool:
    """Whether a file is a PDF with fields, or what was typed into one; anything else is read as a request."""
    if file.suffix.lower() in (".xfdf", ".fdf"):
        return True
    if file.suffix.lower() != ".pdf":
        return False
    from letters.forms.acroform import fields_in
    from letters.forms.intake import open_form

    try:
        return bool(fields_in(open_form(read_bytes(file), str(file))).fields)
    except LettersError:  # a request that cannot be opened; reading it as one says why
        return False


def _claims(file: Path, assembler: Assembler, frontend: Frontend) -> dict[str, Any]:
    """What a returned form may answer. Raises InvalidAnswers if it is not one of the library's forms."""
    from letters.cli.read import read_returned
    from letters.forms.returned import FormIdentity

    returned = read_returned(assembler, file)
    if returned.identity is FormIdentity.OTHER:
        hint = f"To see what it says: letters read {file}"
        raise InvalidAnswers(Problem(note.message, str(file), hint, note.code) for note in returned.notes[:1])
    for note in returned.notes:
        frontend.say(visible(f"Note on {file.name}: {note.message} {note.hint}".strip()), "problem")
    for claim in returned.claims:
        if claim.to and claim.doubt:
            shows = f", but shows “{claim.shows}”" if claim.shows else ""
            text = f"“{claim.label}” says “{claim.says}”{shows}. It is not proposed, because {claim.doubt}."
            frontend.say(visible(text), "problem")
    frontend.say("What the form says is what its sender claims. Confirm each answer, or type another.")
    return returned.proposed


def _language(arguments: argparse.Namespace, assembler: Assembler) -> str:
    """The language to ask in, by the suffix of its files; empty for the office's own."""
    if not arguments.language:
        return ""
    offered = assembler.library.languages
    found = matching(arguments.language, (assembler.office.language, *offered))
    if not found:
        there_are = ", ".join((assembler.office.language, *offered))
        raise Usage(Problem(f"The library has nothing in “{arguments.language}”.", hint=f"Its languages: {there_are}."))
    return "" if found == assembler.office.language else found


def _kind(arguments: argparse.Namespace, library: Library, start: SavedAnswers, frontend: Frontend) -> str:
    """The kind of letter named on the command line, or in the answers of an interview; empty to let counsel choose."""
    if arguments.kind:
        return kind_of(arguments.kind, library)
    named = str(start.answers.get("kind") or "") if arguments.resume or not start.written else ""
    if named and named not in library.kinds:
        frontend.say(f"The kind of letter “{visible(named)}” no longer exists. Please choose another.", "problem")
        start.answers.pop("kind")
        return ""
    return named


def _choose_draft(drafts: Sequence[Draft], library: Library, frontend: Frontend, now: datetime) -> Path | None:
    """The unfinished interview counsel wants to continue; None if there is none."""
    for draft in drafts:
        if draft.error:
            frontend.say(f"{draft.path} cannot be resumed: {draft.error}", "problem")
    readable = [draft for draft in drafts if not draft.error]
    if not readable:
        frontend.say(_NO_DRAFTS.format(drafts_folder()))
        return None
    options = _options(readable, library, now)
    reply = _asked(frontend, Prompt("Which interview do you want to continue?", "one", "0", options=options))
    return readable[int(reply.value)].path


def _discard(arguments: argparse.Namespace) -> int:
    """Delete the unfinished interviews that counsel chooses."""
    if arguments.kind or arguments.answers or arguments.request or arguments.resume or arguments.web:
        raise Usage(Problem("--discard cannot be combined with KIND, --answers, --from, --resume, or --web."))
    frontend, assembler = _frontend(plain=arguments.plain), Assembler(library_of(arguments))
    drafts = unfinished(drafts_folder(), Path(arguments.out))
    if not drafts:
        frontend.say(_NO_DRAFTS.format(drafts_folder()))
        return 0
    options = _options(drafts, assembler.library, now_at(assembler))
    reply = _asked(frontend, Prompt("Which interviews do you want to discard?", "several", (), options=options))
    chosen = [drafts[int(number)] for number in reply.value or ()]
    number = "1 interview" if len(chosen) == 1 else f"{len(chosen)} interviews"
    if not chosen or not _asked(frontend, Prompt(f"Delete the answers of {number} for good?", "yes-no", False)).value:
        frontend.say("Nothing was deleted.")
        return 0
    for draft in chosen:
        draft.discard()
    frontend.say(f"{number} deleted.")
    return 0


_NO_DRAFTS = "There are no unfinished interviews in {}."


def _options(drafts: Sequence[Draft], library: Library, now: datetime) -> list[Option]:
    """A line for each draft, by its number."""
    lines = [visible(f"{draft.who or draft.path}: {draft.in_words(library.kinds, now)}") for draft in drafts]
    return [Option(str(number), line) for number, line in enumerate(lines)]


def _asked(frontend: Frontend, prompt: Prompt) -> Reply:
    """The reply to a question about drafts. Raises Interrupted if counsel stops."""
    try:
        return frontend.ask(prompt)
    except (KeyboardInterrupt, EOFError):
        raise Interrupted("Stopped. No interview was changed.") from None


def _frontend(*, plain: bool) -> Frontend:
    """Keys and lists in a terminal; line by line if asked to, or if the terminal cannot show lists."""
    if not plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(
            Problem(
                "`letters new` asks questions, so it needs a terminal.",
                hint="Over a pipe, line by line: letters new --plain. From saved answers, without questions: "
                "letters fill ANSWERS --out DIR",
            )
        )
    unicode = _shows_unicode()
    line_by_line = PlainFrontend(sys.stdin, sys.stderr if unicode else ascii_stream(sys.stderr))
    if plain or os.environ.get("TERM") in ("dumb", "unknown"):
        return line_by_line
    from letters.interview.terminal.keyboard import KeyboardFrontend

    try:
        show = pager(os.environ, line_by_line.show)
        color = "NO_COLOR" not in os.environ
        return KeyboardFrontend(color=color, unicode=unicode, rebreaks=_rebreaks_lines(), pager=show)
    except OSError:  # Git Bash without winpty, for one
        line_by_line.say("This window cannot show lists, so the questions come line by line.")
        return line_by_line


def _rebreaks_lines() -> bool:
    """Whether the terminal breaks its lines anew when its window is made narrower, as all do but a few old ones."""
    return "XTERM_VERSION" not in os.environ and os.environ.get("TERM") not in ("linux", "putty")


def _shows_unicode() -> bool:
    """Whether the terminal shows more than ASCII, going by its encoding and locale."""
    if "utf" not in (sys.stdout.encoding or "").lower():
        return False
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(name))), "")
    return locale.split(".")[0] not in ("C", "POSIX") or "utf" in locale.lower()


def _offer_to_open(frontend: Frontend, found: Sequence[Path]) -> None:
    command = opener(os.environ)
    if not found or command is None or not sys.stdin.isatty():
        return
    names = {".pdf": "The PDF", ".docx": "The Word file"}
    by_suffix = {path.suffix: path for path in found}
    options = [Option(suffix, names[suffix]) for suffix in (".pdf", ".docx") if suffix in by_suffix]
    options.append(Option("", "Nothing"))
    try:
        picked = frontend.ask(Prompt("What do you want to open?", "one", options[0].value, options=options)).value
        if picked and not open_file(command, by_suffix[picked]):
            frontend.say(f"{command[0]} could not be run. {names[picked]} is {by_suffix[picked]}", "problem")
    except (KeyboardInterrupt, EOFError):  # the letter is written; no answer means no
        return
