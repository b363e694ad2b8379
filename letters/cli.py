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
from dataclasses import asdict
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
    from datetime import date, datetime

    from letters.advice import Advice, Outcome
    from letters.answers import Answers
    from letters.desk import Desk
    from letters.holdings import LegalBasis
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
    from letters.session import Session, begun
    from letters.terminal import Terminal

    formats = _formats(arguments.format)
    desk = Desk(_library(arguments))
    source = arguments.answers
    answers, passed = begun(_read_bytes(Path(source)), source) if source else ({}, ())
    kind = str(arguments.kind or answers.get("kind") or "")
    session = Session(
        desk,
        _kind(kind, desk.library) if kind else "",
        answers,
        now=_now(desk),
        drafts=_drafts(),
        out=Path(arguments.out),
        number=os.getpid(),
        passed=passed,
    )
    terminal = Terminal(colour="NO_COLOR" not in os.environ)
    try:
        wanted = terminal.converse(session.interview, session.save, session.branch)
    except (KeyboardInterrupt, EOFError):
        raise Interrupted(f"Stopped. {session.where}") from None
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
    from letters.output import file_names, refuse_existing, write_all

    formats = _formats(arguments.format)
    desk = Desk(_library(arguments))
    letters = _all_checked(desk, [Path(source) for source in arguments.answers])
    out = Path(arguments.out)
    paths = {
        source: {
            suffix: out / name for suffix, name in file_names(source.stem, formats, is_draft=letter.is_draft).items()
        }
        for source, letter in letters.items()
    }
    refuse_existing({path: b"" for each in paths.values() for path in each.values()}, overwrite=arguments.overwrite)
    files: dict[Path, bytes] = {}
    failures: list[LettersError] = []
    for source, letter in letters.items():
        try:
            made = desk.make(letter, formats)
        except LettersError as error:
            failures.append(type(error)(problem.within(str(source)) for problem in error.problems))
            continue
        _tell_notes((*desk.cautions(letter), *made.notes), str(source))
        files |= {paths[source][suffix]: data for suffix, data in made.files.items()}
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
    from letters.demo import story
    from letters.desk import Desk
    from letters.output import write_all

    desk = Desk(_library(arguments))
    out = Path(arguments.dir)
    files: dict[Path, bytes] = {}
    problems = Collector()
    for number, (source, answers) in enumerate(story(desk), 1):
        where = desk.library.name_of(source)
        with problems.collect(within=where):
            letter = desk.check(answers)
            made = desk.make(letter)
            _tell_notes(made.notes, where)
            stem = f"{number}-{letter.kind}"
            files[out / f"{stem}.toml"] = desk.library.read(source)
            files |= {out / f"{stem}.{suffix}": data for suffix, data in made.files.items()}
    problems.stop_if_any(LibraryAtFault)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    return 0


def _advise(arguments: argparse.Namespace) -> int:
    from letters.advice import load_advice
    from letters.desk import Desk
    from letters.values import read_date

    desk = Desk(_library(arguments))
    answers = _read_answers(Path(arguments.answers))
    _stop_at_mistyped(answers, desk, arguments.answers)
    advice = load_advice(desk.library, desk.rulebook)
    outcome = advice.on(answers)
    day = read_date(answers["date"]) if answers.get("date") is not None else _now(desk).date()
    named = dict.fromkeys(name for rule in outcome.rules if rule.stop or not outcome.stop for name in rule.bases)
    bases = [desk.rulebook.bases[name] for name in named]
    kind = answers.get("kind")
    departs = outcome.departs(kind) if kind else False
    if arguments.json:
        found = {
            "kind": outcome.kind,
            "stop": outcome.stop,
            "kinds": outcome.kinds,
            "date": day,
            "rules": [asdict(rule) for rule in outcome.rules],
            "bases": [
                {
                    "id": basis.id,
                    "citation": basis.citation,
                    "authority": basis.authority,
                    "in_force": basis.in_force_on(day),
                    "stale": basis.stale_on(day),
                    "supports": basis.supports,
                    "caveat": basis.caveat,
                }
                for basis in bases
            ],
            "unanswered": advice.unanswered(answers),
            "weighing": advice.weighing(answers),
            "departs": departs,
            "departure": answers.get("departure"),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return 0
    _tell_advice(outcome, desk.library)
    _tell_bases(bases, outcome, day)
    _tell_open(advice, answers)
    if departs:
        why = answers.get("departure")
        print("\nYour answers depart from this")
        _say(f"They say {kind}." + (f" The reason recorded: {_visible(why)}" if why else ""), indent="  ")
        if not why:
            _say("No reason is recorded. If counsel decides so, write it: departure = “…”", indent="  ")
    return 0


def _stop_at_mistyped(answers: Answers, desk: Desk, source: str) -> None:
    """Answers may be incomplete, but those that advice looks at must be what they are meant to be."""
    from letters.answers import check
    from letters.kinds import KINDS

    fields = {name for model in KINDS.values() for name in model.model_fields}
    looked_at = {"kind", "date", "departure", "request"}
    given = {name: answers[name] for name in answers if name in looked_at or name not in fields}
    kinds = list(dict.fromkeys([*desk.library.kinds, *KINDS]))
    if given.get("kind") is None:  # checked then as what every kind of letter has
        given["kind"] = "letter"
        kinds.append("letter")
    try:
        check(given, desk.rulebook, kinds)
    except InvalidAnswers as error:
        problems = [each for each in error.problems if each.code in ("value", "unknown")]
        problems = [each.within(source) for each in problems if each.field.split(".")[0] in given]
        if problems:
            raise InvalidAnswers(problems) from error


def _tell_advice(outcome: Outcome, library: Library) -> None:
    def title(kind: str) -> str:
        return f"{library.kinds[kind].title} ({kind})" if kind in library.kinds else kind

    print("No letter is recommended: stop and ask counsel." if outcome.stop else f"Recommended: {title(outcome.kind)}")
    print("\nWhy")
    leading = [rule for rule in outcome.rules if rule.stop or not outcome.stop]
    for rule in leading:
        beside = f"For {rule.recommend}: " if rule.recommend not in ("", outcome.kind) else ""
        _say(f"{beside}{rule.reason} [{rule.row}: {rule.source}]", indent="  ")
    if without := [rule for rule in outcome.rules if rule not in leading]:
        print("\nWithout that, these would fit")
        for rule in without:
            _say(f"{title(rule.recommend)} [{rule.row}]", indent="  ")
    if len(outcome.kinds) > 1:
        print("\nBeside it, or instead")
        for kind in outcome.kinds[1:]:
            print(f"  {title(kind)}")
    print("\nWhen to stop and ask" if not outcome.stop else "\nWhat to ask")
    for line in dict.fromkeys(rule.ask for rule in leading if rule.ask):
        _say(line, indent="  ")


def _tell_bases(bases: Sequence[LegalBasis], outcome: Outcome, day: date) -> None:
    from letters.dates import long_date

    if usable := [basis for basis in bases if basis.in_force_on(day)]:
        print(f"\n{'What counsel looks at first' if outcome.stop else 'What it may cite'}, on {long_date(day)}")
    for basis in usable:
        others = [kind for kind in outcome.kinds if kind in basis.supports]
        marks = ["persuasive only"] if basis.authority == "persuasive" else []
        if others and outcome.kind not in others:
            marks.append(f"for {', '.join(others)}")
        _say(f"{basis.id}: {basis.citation}{' (' + '; '.join(marks) + ')' if marks else ''}", indent="  ")
        _say(basis.caveat)
        if basis.stale_on(day):
            _say("Its text was read more than two years before, or is undated: look it up before it is cited.")
    if absent := [basis for basis in bases if not basis.in_force_on(day)]:
        print(f"\nLeft out, because it is not in force on {long_date(day)}")
        for basis in absent:
            _say(f"{basis.id}: {basis.citation}", indent="  ")


def _tell_open(advice: Advice, answers: Answers) -> None:
    from letters.fields import fields_of_model
    from letters.model import Letter

    titles = {name: field.title for name, field in fields_of_model(Letter).items()}
    weighing = advice.weighing(answers)
    if weighing:
        print("\nNot answered, and could change this")
        for name in weighing:
            print(f"  {titles[name]} ({name})")
    if rest := [titles[name].lower() for name in advice.unanswered(answers) if name not in weighing]:
        print("\nNot answered, and of no weight as things stand")
        _say(f"{', '.join(rest)}.", indent="  ")


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
    fields = [*fields_of(kind).values(), *(question.field for question in desk.extras(kind))]
    ids = ids_for(kind, desk.rulebook)
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
    extras = [question.field for question in desk.extras(kind)]
    print(json.dumps(schema_of(kind, desk.rulebook, extras), ensure_ascii=False, indent=2))
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

    new = command("new", _new, "Ask for the facts, say which letter they call for, ask for the rest, write the letter.")
    new.add_argument("kind", nargs="?", metavar="KIND", help="which letter; chosen after the facts when left out")
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

    advise = command("advise", _advise, "Say which letter the facts in an answers file call for, why, and on what law.")
    advise.add_argument("answers", metavar="ANSWERS", help="answers (TOML or JSON); they may be incomplete")
    advise.add_argument("--json", action="store_true", help="as JSON")

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
