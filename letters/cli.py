"""The command line: the only place that prints, reads the clock or looks at the environment.

Results (paths of files written, tables, JSON) go to standard output, talk to standard error. Heavy modules are imported
inside the commands that need them, so that `letters --help` and `letters kinds` answer at once.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letters import __version__
from letters.errors import (
    CannotWrite,
    Collector,
    Interrupted,
    InvalidAnswers,
    LettersError,
    LibraryAtFault,
    Problem,
    Usage,
)
from letters.library import Library, find_library

if TYPE_CHECKING:
    from datetime import datetime

    from letters.answers import Answers
    from letters.desk import Desk
    from letters.model import Letter

_EPILOG = """\
exit codes: 0 done, 1 problems in the answers, 2 wrong usage, 3 the library is at fault, 4 cannot write, 130 stopped
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except LettersError as error:
        _report(error, as_json=getattr(arguments, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        print("\nStopped. Nothing was left half-written.", file=sys.stderr)
        return Interrupted.exit_code
    except BrokenPipeError:  # the reader of our output went away (`letters fields denial | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("letters: the disk is full; the output is incomplete.", file=sys.stderr)
        return CannotWrite.exit_code


def _report(error: LettersError, *, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                {"written": [], "problems": [p.as_dict() for p in error.problems]},
                ensure_ascii=False,
                indent=2,
            )
        )
    if len(error.problems) == 1:
        print(f"letters: {_visible(str(error.problems[0]))}", file=sys.stderr)
        return
    print(f"letters: {len(error.problems)} things to mend:", file=sys.stderr)
    for problem in error.problems:
        print(f"  • {_visible(str(problem))}", file=sys.stderr)


def _visible(text: str) -> str:
    """The text with nothing in it that would act on a terminal: names in an answers file may hold anything."""
    return "".join(c if c.isprintable() or c == "\n" else f"<U+{ord(c):04X}>" for c in text)


# --- commands --------------------------------------------------------------------------------------------------------


def _new(arguments: argparse.Namespace) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(
            Problem(
                "`letters new` asks questions and needs a terminal.",
                hint="From a script, write the answers to a file and run: letters fill ANSWERS --out DIR",
            )
        )
    from letters.desk import Desk
    from letters.session import Session
    from letters.terminal import Terminal

    formats = _formats(arguments.format)
    desk = Desk(_library(arguments))
    answers = _read_answers(Path(arguments.answers)) if arguments.answers else {}
    terminal = Terminal(colour="NO_COLOR" not in os.environ)
    session = None
    try:
        wanted_kind = arguments.kind or answers.get("kind") or terminal.choose_kind(desk.library.kinds)
        kind = _kind(str(wanted_kind), desk.library)
        session = Session(
            desk, kind, answers, now=_now(desk), drafts=_drafts(), out=Path(arguments.out), number=os.getpid()
        )
        wanted = terminal.converse(session.interview, session.save)
    except (KeyboardInterrupt, EOFError):
        raise Interrupted(f"Stopped. {session.where if session else 'Nothing had been answered.'}") from None
    if not wanted:
        print(session.where, file=sys.stderr)
        return 0
    try:
        paths, notes = session.finish(formats)
    except BaseException:
        print(session.where, file=sys.stderr)
        raise
    _tell_notes(notes, "the PDF")
    _tell_written(paths, as_json=False)
    return 0


def _fill(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk
    from letters.output import refuse_existing, write_all

    formats = _formats(arguments.format)
    desk = Desk(_library(arguments))
    letters = _all_checked(desk, [Path(source) for source in arguments.answers])
    out = Path(arguments.out)
    refuse_existing(
        {out / f"{source.stem}.{suffix}": b"" for source in letters for suffix in formats},
        overwrite=arguments.overwrite,
    )
    files: dict[Path, bytes] = {}
    failures: list[LettersError] = []
    for source, letter in letters.items():
        try:
            made = desk.make(letter, formats)
        except LettersError as error:
            failures.append(type(error)(problem.within(str(source)) for problem in error.problems))
            continue
        _tell_notes((*desk.cautions(letter), *made.notes), str(source))
        files |= {out / f"{source.stem}.{suffix}": data for suffix, data in made.files.items()}
    if failures:
        raise type(failures[0])(problem for failure in failures for problem in failure.problems)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=arguments.json)
    return 0


def _all_checked(desk: Desk, sources: Sequence[Path]) -> dict[Path, Letter]:
    """The letters the files describe, or every problem of every file."""
    letters: dict[Path, Letter] = {}
    problems = Collector()
    taken: dict[str, Path] = {}
    for source in sources:
        # Folded, because Windows and macOS take Letter.docx and letter.docx for one file.
        other = taken.setdefault(source.stem.casefold(), source)
        if other != source:
            problems.add(
                Problem(
                    f"would be written under the same name as {other}.",
                    where=str(source),
                    hint="Rename one of the two files, or fill them into different folders.",
                )
            )
        with problems.collect():
            letters[source] = _checked(desk, source)
    problems.stop_if_any(InvalidAnswers)
    return letters


def _pdf(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk
    from letters.output import write_all

    sources = [Path(each) for each in arguments.files]
    if arguments.output and len(sources) > 1:
        raise Usage(Problem("-o names one file, but there are several to print.", hint="Leave it out, or print one."))
    desk = Desk(_library(arguments))
    files: dict[Path, bytes] = {}
    problems = Collector()
    for source in sources:
        with problems.collect():
            printed = desk.print_word(_read_bytes(source), str(source))
            _tell_notes(printed.notes, str(source))
            files[Path(arguments.output) if arguments.output else source.with_suffix(".pdf")] = printed.data
    problems.stop_if_any(InvalidAnswers)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from letters.answers import write_answers
    from letters.demo import samples
    from letters.desk import Desk
    from letters.output import write_all

    desk = Desk(_library(arguments))
    out = Path(arguments.dir)
    files: dict[Path, bytes] = {}
    problems = Collector()
    for kind, answers in samples(desk).items():
        where = f"templates/{kind}/sample.toml"
        with problems.collect(within=where):
            made = desk.make(desk.check(answers))
            _tell_notes(made.notes, where)
            files[out / f"{kind}.toml"] = write_answers(answers).encode()
            files |= {out / f"{kind}.{suffix}": data for suffix, data in made.files.items()}
    problems.stop_if_any(LibraryAtFault)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    return 0


def _kinds(arguments: argparse.Namespace) -> int:
    kinds = _library(arguments).kinds.values()
    if arguments.json:
        rows = [{"kind": k.name, "title": k.title, "summary": k.summary, "use_when": k.use_when} for k in kinds]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for kind in kinds:
        print(f"{kind.name}\n  {kind.summary}")
        _say(f"Use it when: {kind.use_when}", indent="  ")
    return 0


def _fields(arguments: argparse.Namespace) -> int:
    from letters.assemble import PROVIDED
    from letters.desk import Desk
    from letters.fields import fields_of
    from letters.law import ids_for
    from letters.wording import in_toml

    desk = Desk(_library(arguments))
    kind = _kind(arguments.kind, desk.library)
    fields, ids = fields_of(kind).values(), ids_for(kind, desk.rulebook)
    if arguments.json:
        rows = [
            {
                "field": each.name,
                "type": each.type_in_words,
                "required": each.required,
                "title": each.title,
                "meaning": each.description,
                "example": each.example,
                **({"ids": ids[each.name]} if each.name in ids else {}),
            }
            for each in fields
        ]
        print(json.dumps({"fields": rows, "provided": PROVIDED}, ensure_ascii=False, indent=2, default=str))
        return 0
    print("In answers, and in the template under the same name:\n")
    for each in fields:
        print(f"{each.name}  ({each.type_in_words}{', required' if each.required else ''})")
        _say(each.description)
        if each.example not in (None, [], {}):
            print(f"    Example: {in_toml(each.example)}")
        for id_, line in ids.get(each.name, {}).items():
            _say(f"{id_}: {line}", indent="      ")
    print("\nProvided to the template beside them:\n")
    for name, meaning in PROVIDED.items():
        print(name)
        _say(meaning)
    return 0


def _say(text: str, indent: str = "    ") -> None:
    print(textwrap.fill(text, 98, initial_indent=indent, subsequent_indent=f"{indent}  "))


def _schema(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk
    from letters.fields import schema_of

    desk = Desk(_library(arguments))
    kind = _kind(arguments.kind, desk.library)
    print(json.dumps(schema_of(kind, desk.rulebook), ensure_ascii=False, indent=2))
    return 0


# --- shared by commands ----------------------------------------------------------------------------------------------


def _library(arguments: argparse.Namespace) -> Library:
    return find_library(arguments.library, os.environ.get("LETTERS_LIBRARY"), Path.cwd())


def _kind(name: str, library: Library) -> str:
    if name not in library.kinds:
        from difflib import get_close_matches

        near = get_close_matches(name, library.kinds, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(library.kinds)}."
        raise Usage(Problem(f"There is no kind of letter called “{name}”.", hint=hint))
    return name


def _formats(wanted: str) -> tuple[str, ...]:
    known = ("docx", "pdf")
    formats = tuple(dict.fromkeys(part.strip().lower() for part in wanted.split(",") if part.strip()))
    if not formats or set(formats) - set(known):
        raise Usage(
            Problem(f"“{wanted}” is not a format.", hint="Write --format docx, --format pdf or --format docx,pdf.")
        )
    return formats


def _checked(desk: Desk, source: Path) -> Letter:
    """The letter an answers file describes; every problem names the file."""
    answers = _read_answers(source)
    try:
        return desk.check(answers)
    except InvalidAnswers as error:
        raise InvalidAnswers(problem.within(str(source)) for problem in error.problems) from error


def _read_answers(source: Path) -> Answers:
    from letters.answers import parse_answers

    return parse_answers(_read_bytes(source), str(source))


def _read_bytes(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidAnswers(Problem(f"cannot be read: {reason}.", where=str(source), code="unreadable")) from error


def _tell_notes(notes: Sequence[Problem], where: str) -> None:
    """What is worth knowing and stands in nobody's way."""
    for note in notes:
        print(f"letters: note: {note.within(where)}", file=sys.stderr)


def _tell_written(paths: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"written": [str(path) for path in paths], "problems": []}, ensure_ascii=False, indent=2))
    else:
        for path in paths:
            print(path)


def _now(desk: Desk) -> datetime:
    """The time at the office: what day “today” is there."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(desk.office.time_zone))


def _drafts() -> Path:
    """Where interviews save their answers: private to the user, away from shared folders."""
    try:
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:  # no home folder
        state = Path.cwd()
    return state / "letters" / "drafts"


# --- the parser ------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="letters",
        description="Response letters from vetted Word templates: questions in, the Word letter and its PDF out.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"letters {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], summary: str, **more: Any
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary, **more)
        sub.add_argument("--library", metavar="DIR", help="folder with templates/ and prompts/ (default: see README)")
        sub.set_defaults(run=run)
        return sub

    new = command("new", _new, "Ask the questions in the terminal, show the answers, write the letter.")
    new.add_argument("kind", nargs="?", metavar="KIND", help="which letter; asked for when left out")
    new.add_argument("--answers", metavar="FILE", help="start from these answers; only what is open is asked")
    new.add_argument("--out", metavar="DIR", default=".", help="folder for the letter (default: this folder)")
    new.add_argument("--format", default="docx,pdf", help="docx, pdf or docx,pdf (default: both)")

    fill = command("fill", _fill, "Write letters from saved answers (TOML or JSON), with no questions.")
    fill.add_argument("answers", nargs="+", metavar="ANSWERS", help="answer files; each letter takes its file's name")
    fill.add_argument("--out", metavar="DIR", required=True, help="folder for the letters")
    fill.add_argument("--format", default="docx,pdf", help="docx, pdf or docx,pdf (default: both)")
    fill.add_argument("--overwrite", action="store_true", help="replace letters that exist")
    fill.add_argument("--json", action="store_true", help="report files written and problems as JSON")

    pdf = command("pdf", _pdf, "Print Word letters, hand-edited ones first of all, as the PDFs that say the same.")
    pdf.add_argument("files", nargs="+", metavar="FILE.docx")
    pdf.add_argument("-o", "--output", metavar="FILE", help="name of the PDF (default: the letter's name with .pdf)")
    pdf.add_argument("--overwrite", action="store_true", help="replace a PDF that exists")

    kinds = command("kinds", _kinds, "List the kinds of letter, and when to use each.")
    kinds.add_argument("--json", action="store_true", help="as JSON")

    fields = command("fields", _fields, "List what answers may hold and a template may use.")
    fields.add_argument("kind", metavar="KIND")
    fields.add_argument("--json", action="store_true", help="as JSON")

    schema = command("schema", _schema, "Print the JSON Schema of the answers for a kind.")
    schema.add_argument("kind", metavar="KIND")

    demo = command("demo", _demo, "Write the sample letter of every kind, with its answers.")
    demo.add_argument("dir", nargs="?", metavar="DIR", default="letters-demo", help="folder (default: letters-demo)")
    demo.add_argument("--overwrite", action="store_true", help="replace what is there")
    return parser
