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
import time
from collections.abc import Callable, Mapping, Sequence
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
    from letters.drafts import Draft
    from letters.face import Face
    from letters.founding.office import Detail
    from letters.holdings import LegalBasis
    from letters.model import Letter
    from letters.session import Session
    from letters.vet import Hand

_EPILOG = """\
exit codes: 0 done, 1 problems in the answers or found by check, 2 wrong usage,
  3 the library is at fault, 4 cannot write, 130 stopped
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
    formats = _formats(arguments.format)
    face = _face(plain=arguments.plain)
    from letters.conversation import Conversation
    from letters.desk import Desk

    desk = Desk(_library(arguments))
    session = _session(arguments, desk, face)
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
    _tell_notes(notes, "the letter")
    _tell_written(paths, as_json=False)
    _offer_to_open(face, [path for path in paths if path.suffix == ".pdf"])
    return 0


def _session(arguments: argparse.Namespace, desk: Desk, face: Face) -> Session | None:
    """The sitting to begin or to go on with; None where counsel picks none."""
    from letters.drafts import Begun, begun, read_draft, unfinished
    from letters.session import Session

    source, place, now = arguments.answers, None, _now(desk)
    if arguments.resume and (arguments.kind or source):
        raise Usage(Problem("--resume goes on with an interview as it is.", hint="Leave KIND and --answers out."))
    folders = [_drafts(), Path(arguments.out)]
    left = unfinished(folders[:1])
    left += [draft for draft in unfinished(folders[1:]) if draft.path.name.startswith("draft-")]
    start = Begun()
    if arguments.resume:
        place = _picked_draft(left, desk.library, face, now)
        if place is None:
            return None
        start = read_draft(place)
    elif source:
        start = begun(_read_bytes(Path(source)), source)
    elif left:
        word = "interview is" if len(left) == 1 else "interviews are"
        face.say(f"{len(left)} earlier {word} not finished: letters new --resume lists what there is.", "aside")
    named = str(start.answers.get("kind") or "") if arguments.resume or not start.written else ""
    if named and named not in desk.library.kinds and not arguments.kind:
        face.say(f"There is no kind of letter called “{_visible(named)}” any more; choose another.", "problem")
        start.answers.pop("kind")
        named = ""
    kind = _kind(arguments.kind, desk.library) if arguments.kind else named
    return Session(
        desk,
        kind,
        start,
        now=now,
        drafts=_drafts(),
        out=Path(arguments.out),
        number=os.getpid(),
        place=place,
    )


def _picked_draft(left: Sequence[Draft], library: Library, face: Face, now: datetime) -> Path | None:
    """The unfinished interview that counsel wants to go on with."""
    from letters.face import Ask
    from letters.interview import Choice

    for draft in left:
        if draft.why_not:
            face.say(f"{draft.path} cannot be gone on with: {draft.why_not}", "problem")
    whole = [draft for draft in left if not draft.why_not]
    if not whole:
        face.say(f"No interview is unfinished in {_drafts()}.")
        return None

    def line(draft: Draft) -> str:
        kind = library.kinds[draft.kind].title if draft.kind in library.kinds else "no kind of letter chosen yet"
        return _visible(f"{draft.who}: {kind}, {draft.answered} answers, saved {draft.when(now)}")

    choices = [Choice(str(number), line(draft)) for number, draft in enumerate(whole)]
    try:
        reply = face.ask(Ask("Which interview do you want to go on with?", "one", "0", choices=choices))
    except (KeyboardInterrupt, EOFError):
        raise Interrupted("Stopped. Every interview is as it was.") from None
    return whole[int(reply.value)].path


def _face(*, plain: bool) -> Face:
    """What asks: lists and keys in a terminal, lines where there is none, or none that could show them."""
    from letters.plain import Plain
    from letters.typeface import ascii_stream

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
    from letters.desktop import pager
    from letters.terminal import Terminal

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
    from letters.desktop import open_file, opener
    from letters.face import Ask

    command = opener(os.environ)
    if not found or command is None or not sys.stdin.isatty():
        return
    try:
        if face.ask(Ask("Open the PDF now?", "yes-no", True)).value and not open_file(command, found[0]):
            face.say(f"{command[0]} cannot be run here; the PDF is at {found[0]}", "problem")
    except (KeyboardInterrupt, EOFError):  # the letter is written; not to answer is to decline
        return


def _fill(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk
    from letters.output import file_names, refuse_existing, write_all

    formats = _formats(arguments.format)
    desk = Desk(_library(arguments))
    letters = _all_checked(desk, [Path(source) for source in arguments.answers])
    out = Path(arguments.out)
    paths = {
        source: {
            suffix: out / name
            for suffix, name in file_names(source.stem, formats, is_draft=desk.is_draft(letter)).items()
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
        why_draft = [Problem(why)] if (why := desk.why_draft(letter)) else []
        _tell_notes((*why_draft, *desk.cautions(letter), *made.notes), str(source))
        files |= {paths[source][suffix]: data for suffix, data in made.files.items()}
    if failures:
        raise type(failures[0])(problem for failure in failures for problem in failure.problems)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=arguments.json)
    return 0


def _batch(arguments: argparse.Namespace) -> int:
    from letters.batching.orders import blank_file, run

    if arguments.blank:
        if arguments.rows or not arguments.output:
            raise Usage(Problem("An empty sheet needs a name.", hint="Write: letters batch --blank KIND -o rows.xlsx"))
        library = _library(arguments)
        path = blank_file(library, _kind(arguments.blank, library), Path(arguments.output), arguments.overwrite)
        _tell_written([path], as_json=False)
        return 0
    if not arguments.rows or not (arguments.out or arguments.dry_run):
        raise Usage(Problem("Rows need a place to go.", hint="Write: letters batch ROWS --out DIR, or --dry-run."))
    return run(
        arguments,
        _library(arguments),
        _formats(arguments.format),
        _read_answers(Path(arguments.answers)) if arguments.answers else {},
        out=lambda text: print(_visible(text)),
        talk=lambda text, ends: print(_visible(text) if ends else text, end="\n" if ends else "", file=sys.stderr),
        flush=lambda: (sys.stdout.flush(), sys.stderr.flush()),
        clock=time.monotonic,
        live=sys.stderr.isatty() and os.environ.get("TERM") != "dumb",
    )


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
            printed = desk.print_word(
                _read_bytes(source),
                str(source),
                accept_changes=arguments.accept_changes,
                strict=arguments.strict,
            )
            _tell_notes(printed.notes, str(source))
            files[Path(arguments.output) if arguments.output else source.with_suffix(".pdf")] = printed.data
    problems.stop_if_any(InvalidAnswers)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from letters import checks
    from letters.desk import Desk

    desk = Desk(_library(arguments))
    day = _today()
    kinds, own, others = _what_to_check(arguments, desk.library)
    if others:
        report = checks.check_files(others, desk, arguments.kind or "")
    else:
        report = checks.check_library(desk, day)
        if kinds or own:
            report = report.only(kinds, own)
        if arguments.pdf:
            report = checks.with_samples_printed(report, desk, kinds)
    match arguments.format:
        case "json":
            print(checks.as_json(report.findings, report.files))
        case "sarif":
            print(checks.as_sarif(report.findings, __version__))
        case _ if report.findings:
            print(_visible(checks.as_text(report.findings)))
    print(f"letters: {checks.summary(report.findings, len(report.files))}", file=sys.stderr)
    if arguments.annotate:
        _write_copies(checks.remarked_copies(report, day), Path(arguments.annotate), arguments)
    if arguments.fix:
        cleaned = checks.mended_copies(report)
        for name, (_, done) in cleaned.items():
            print(f"letters: {name}: {', '.join(done)}.", file=sys.stderr)
        _write_copies({name: data for name, (data, _) in cleaned.items()}, Path(arguments.out), arguments)
    return 1 if report.has_errors else 0


def _what_to_check(arguments: argparse.Namespace, library: Library) -> tuple[list[str], list[str], dict[str, bytes]]:
    """The kinds and the library's own files to check, and other Word files with their bytes; all empty: everything."""
    kinds: list[str] = []
    own: list[str] = []
    others: dict[str, bytes] = {}
    if arguments.kind:
        _kind(arguments.kind, library)
    for each in arguments.what:
        path = Path(each)
        if not arguments.kind and (library.templates / each / "letter.docx").is_file():
            kinds.append(each)
        elif path.resolve().is_relative_to(library.root) and path.is_file() and not arguments.kind:
            own.append(library.name_of(path.resolve()))
        elif path.is_dir():
            files = sorted(path.glob("**/*.do[ct][xm]"))
            for lock in [file for file in files if file.name.startswith("~$")]:
                print(
                    f"letters: note: {lock}: somebody has this file open in Word; it is passed over.", file=sys.stderr
                )
            others |= {str(file): _read_bytes(file) for file in files if not file.name.startswith("~$")}
        elif path.exists():
            others[each] = _read_bytes(path)
        else:
            raise Usage(
                Problem(
                    f"“{each}” is neither a kind of letter nor a file.",
                    hint=f"The kinds are: {', '.join(library.kinds)}.",
                )
            )
    if others and (kinds or own):
        raise Usage(Problem("Files of this library and others cannot be checked in one run.", hint="Run it twice."))
    return kinds, own, others


def _write_copies(copies: Mapping[str, bytes], folder: Path, arguments: argparse.Namespace) -> None:
    """Write copies of Word files below a folder, under the names they have."""
    from letters.output import write_all

    files = {folder / Path(name.lstrip("/\\.")): data for name, data in copies.items()}
    for path in write_all(files, overwrite=arguments.overwrite):
        print(f"letters: wrote {path}", file=sys.stderr)


def _today() -> date:
    from datetime import date

    return date.today()


def _demo(arguments: argparse.Namespace) -> int:
    from letters.demo import story
    from letters.desk import Desk
    from letters.output import file_names, write_all

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
            names = file_names(stem, made.files, is_draft=desk.is_draft(letter))
            files |= {out / names[suffix]: data for suffix, data in made.files.items()}
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


def _vet(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk

    desk = Desk(_library(arguments))
    today = _now(desk).date()
    if arguments.status:
        return _tell_states(desk, today, as_json=arguments.json)
    if bool(arguments.kind) == arguments.all:
        raise Usage(Problem("Say which kind to vet, or --all.", hint=f"There are: {', '.join(desk.library.kinds)}."))
    kinds = list(desk.library.kinds) if arguments.all else [_kind(arguments.kind, desk.library)]
    if arguments.history:
        for kind in kinds:
            _tell_history(desk, kind)
        return 0
    if arguments.withdraw or arguments.roll_back is not None:
        if arguments.all:
            raise Usage(Problem("Withdraw or roll back one kind at a time."))
        return _take_back(arguments, desk, kinds[0], today)
    return _show_and_approve(arguments, desk, kinds, today)


def _show_and_approve(arguments: argparse.Namespace, desk: Desk, kinds: Sequence[str], today: date) -> int:
    from letters import vet
    from letters.changes import changes_of, redline_of
    from letters.output import write_all
    from letters.proof.pack import pack, proof_of

    if arguments.all and (arguments.redline or arguments.proof):
        raise Usage(Problem("--redline and --proof are for one kind at a time.", hint="Name the kind."))
    files: dict[Path, bytes] = {}
    for kind in kinds:
        for line in changes_of(desk, kind).lines():
            print(_visible(line))
    if arguments.redline:
        author = arguments.by or "Letters"
        files[Path(arguments.redline)] = redline_of(desk, kinds[0], author, today)
    if arguments.proof:
        proof = proof_of(desk, kinds[0])
        _tell_notes(proof.notes, "proof")
        files[Path(arguments.proof)] = pack(desk, proof, today)
    _tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    if not arguments.by:
        print("Nothing was recorded. To approve: add --by NAME --title TITLE --why REASON", file=sys.stderr)
        return 0
    hand = _hand(arguments, today)
    expires = _day(arguments.expires, "--expires") if arguments.expires else None
    _tell_notes(vet.inspected(desk, kinds, today), "check")
    if not _agreed(f"Approve exactly these bytes of {', '.join(kinds)}, as {hand.by}, {hand.title}?", arguments):
        print("Nothing was recorded.", file=sys.stderr)
        return 0
    _tell_written(vet.record(desk, kinds, hand, expires), as_json=False)
    return 0


def _take_back(arguments: argparse.Namespace, desk: Desk, kind: str, today: date) -> int:
    from letters import vet
    from letters.dates import long_date
    from letters.desk import Desk

    hand = _hand(arguments, today)
    before = vet.states(desk, today)
    if arguments.withdraw:
        if not _agreed(f"Withdraw the approval of {kind}, as {hand.by}, {hand.title}?", arguments):
            return 0
        written = vet.withdraw(desk, kind, hand)
    else:
        if not _agreed(f"Bring the approved files of {kind} back over the present ones?", arguments):
            return 0
        target, names, written = vet.roll_back(desk, kind, hand, arguments.roll_back or None)
        print(f"Back to what {target.person}, vetted on {long_date(target.date)}: {', '.join(names)}", file=sys.stderr)
    _tell_written(written, as_json=False)
    now = Desk(_library(arguments))
    for other in vet.touched_by(before, vet.states(now, today)):
        print(f"{other}: {now.vetting(other).in_words(today)}", file=sys.stderr)
    return 0


def _hand(arguments: argparse.Namespace, today: date) -> Hand:
    from letters.vet import Hand

    lacking = [f"--{name}" for name in ("by", "title", "why") if not (getattr(arguments, name) or "").strip()]
    if lacking:
        raise Usage(Problem(f"{' and '.join(lacking)} must be said too.", hint="Who acts, with which title, and why."))
    return Hand(arguments.by.strip(), arguments.title.strip(), arguments.why.strip(), today)


def _agreed(question: str, arguments: argparse.Namespace) -> bool:
    """Asked only of a person at a terminal: a script has decided when it runs."""
    if arguments.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print(f"{question} [yes/no] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _day(typed: str, option: str) -> date:
    from letters.dates import parse_date

    try:
        return parse_date(typed)
    except ValueError as error:
        raise Usage(Problem(f"{option}: {error}")) from error


def _tell_states(desk: Desk, today: date, *, as_json: bool) -> int:
    """How every kind stands; the exit code is 1 where one is not vetted, for a script that waits for all."""
    from letters.vet import states

    found = states(desk, today)
    if as_json:
        rows = [
            {
                "kind": kind,
                "state": state,
                "changed": desk.vetting(kind).changed,
                "says": desk.vetting(kind).in_words(today),
            }
            for kind, state in found.items()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for kind, state in found.items():
            print(f"{kind}: {state}")
            _say(desk.vetting(kind).in_words(today), indent="  ")
    return int(any(not desk.vetting(kind).is_vetted(today) for kind in found))


def _tell_history(desk: Desk, kind: str) -> None:
    from letters.dates import long_date

    print(kind)
    number = 0
    for act in desk.register.acts.get(kind, ()):
        number += act.act == "vetted"
        until = f", until {long_date(act.expires)}" if act.expires else ""
        what = f"{number}. vetted" if act.act == "vetted" else "   withdrawn"
        _say(f"{what} on {long_date(act.date)} by {act.person}{until}: {act.why}", indent="  ")


def _scaffold(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk
    from letters.output import write_all
    from letters.scaffold.kinds import new_kind
    from letters.scaffold.sync import synced

    desk = Desk(_library(arguments))
    if bool(arguments.file) == arguments.sync:
        raise Usage(
            Problem("Name the Word file of a new kind, or write --sync for a kind there is.", hint="One of the two.")
        )
    if arguments.sync:
        done = synced(desk, _kind(arguments.kind, desk.library))
        _tell_notes(done.wanted.problems, "letter.docx")
        for line in done.lines():
            print(line, file=sys.stderr)
        files = {} if arguments.dry_run else done.files
        _tell_written(write_all(files, overwrite=True), as_json=False)
        return 0
    made = new_kind(desk, arguments.kind, _read_bytes(Path(arguments.file)), arguments.file)
    _tell_notes(made.notes, arguments.file)
    for line in made.lines():
        print(line, file=sys.stderr)
    if arguments.dry_run:
        return 0
    _tell_written(write_all(made.files), as_json=False)
    return _tell_faults(arguments)


def _tell_faults(arguments: argparse.Namespace) -> int:
    """What is still wrong with a kind that was just written; its files stay, to be mended."""
    from letters.desk import Desk
    from letters.vet import faults

    found = faults(Desk(_library(arguments)), arguments.kind)
    for problem in found:
        print(f"letters: still to mend: {_visible(str(problem))}", file=sys.stderr)
    if not found:
        print(f"Next: letters preview {arguments.kind}, and reword prompts/{arguments.kind}.toml", file=sys.stderr)
    return int(bool(found))


def _preview(arguments: argparse.Namespace) -> int:
    import tempfile
    import webbrowser

    from letters.desk import Desk
    from letters.output import write_all

    desk = Desk(_library(arguments))
    kind = _kind(arguments.kind, desk.library)
    if arguments.watch:
        return _watch(desk, kind, opened=not arguments.no_open)
    samples = desk.samples(kind)
    if arguments.sample not in samples:
        hint = f"There are: {', '.join(samples)}." if samples else f"Write templates/{kind}/sample.toml."
        raise Usage(Problem(f"There is no sample {arguments.sample} of {kind}.", hint=hint))
    letter = desk.check(samples[arguments.sample])
    made = desk.make(letter, ["pdf"])
    if why := desk.why_draft(letter):
        print(f"letters: note: {why}", file=sys.stderr)
    _tell_notes(made.notes, f"templates/{kind}/{arguments.sample}")
    path = Path(arguments.output) if arguments.output else Path(tempfile.mkdtemp(prefix="letters-")) / f"{kind}.pdf"
    _tell_written(write_all({path: made.files["pdf"]}, overwrite=arguments.overwrite), as_json=False)
    if not arguments.no_open:
        webbrowser.open(path.resolve().as_uri())
    return 0


def _watch(desk: Desk, kind: str, *, opened: bool) -> int:
    import webbrowser

    from letters.preview.server import Server
    from letters.preview.watching import Watch

    watch = Watch(desk.library.root, kind)
    with Server(watch) as server:
        watch.start()
        print(server.url, flush=True)
        print("The page follows every save. Stop with Ctrl-C. Only this computer can open it.", file=sys.stderr)
        if opened:
            webbrowser.open(server.url)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print("\nStopped.", file=sys.stderr)
        finally:
            watch.stop()
    return 0


def _init(arguments: argparse.Namespace) -> int:
    from letters.desk import Desk
    from letters.founding.library import founded, office_of
    from letters.founding.office import checked
    from letters.output import write_all

    folder = Path(arguments.dir)
    if folder.exists() and any(folder.iterdir()):
        raise CannotWrite(Problem("is not empty.", where=str(folder), hint="Choose a folder that is new or empty."))
    desk = Desk(_library(arguments))
    if arguments.answers:
        given = office_of(_read_bytes(Path(arguments.answers)), arguments.answers)
        kinds, bases = given.pop("kinds", None), given.pop("bases", None)
        office = checked(given)
    else:
        office, kinds, bases = _asked_for_an_office(desk)
    chosen = [_kind(str(kind), desk.library) for kind in kinds or desk.library.kinds]
    _stop_at_unknown_bases(desk, bases)
    made = founded(desk, office, chosen, bases)
    _tell_written(write_all({folder / name: data for name, data in made.files.items()}), as_json=False)
    for basis, needing in made.kept.items():
        print(f"Kept all the same: {basis}, because of {', '.join(needing)}.", file=sys.stderr)
    print(f"Next: read {folder / 'README.md'}. Nothing is vetted yet, so every letter is a draft.", file=sys.stderr)
    return 0


def _asked_for_an_office(desk: Desk) -> tuple[dict[str, Any], list[str] | None, list[str] | None]:
    """The office's details, the kinds and the legal bases wanted, asked line by line."""
    from letters.founding.office import details, office_from

    if not sys.stdin.isatty():
        hint = "From a script: letters init DIR --answers FILE, a file like office.toml, with kinds and bases."
        raise Usage(Problem("`letters init` asks for the office's details and needs a terminal.", hint=hint))
    print("Who is the office? Every answer can be changed later, in templates/office.toml.\n", file=sys.stderr)
    answers: dict[str, str] = {}
    asked = details()
    while asked:
        for detail in asked:
            answers[detail.name] = _answer_to(detail)
        try:
            office, asked = office_from(answers), []
        except LibraryAtFault as error:  # what no answer can show alone; only those are asked again
            wrong = {problem.field for problem in error.problems}
            asked = [detail for detail in details() if detail.name in wrong] or details()
            _report(error, as_json=False)
    kinds = _chosen("Which letters?", {kind.name: kind.summary for kind in desk.library.kinds.values()})
    bases = _chosen(
        "Which law may they cite?", {each.id: f"{each.citation}: {each.title}" for each in desk.rulebook.bases.values()}
    )
    return office, kinds, bases


def _answer_to(detail: Detail) -> str:
    shown = f" [{detail.default}]" if detail.default else ""
    print(f"{detail.title}{shown}", file=sys.stderr)
    _hint(detail.description, detail.example)
    while not (typed := _line() or detail.default) or (wrong := detail.wrong_with(typed)):
        print(f"  That {wrong}" if typed else "  An answer is needed.", file=sys.stderr)
    return typed


def _hint(description: str, example: str) -> None:
    shown = f" For example: {example}" if example else ""
    print(textwrap.fill(f"{description}{shown}", 98, initial_indent="  ", subsequent_indent="  "), file=sys.stderr)


def _line() -> str:
    print("> ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise Interrupted("Stopped. Nothing was written.")
    return line.strip()


def _chosen(question: str, among: dict[str, str]) -> list[str] | None:
    """Some of these, by number; None for all."""
    print(f"\n{question}", file=sys.stderr)
    for number, (name, line) in enumerate(among.items(), 1):
        print(textwrap.shorten(f"  {number:>2}  {name}: {line}", 110, placeholder=" …"), file=sys.stderr)
    print("  Their numbers, such as 1 3 4-6; Enter for all of them.", file=sys.stderr)
    names = list(among)
    while typed := _line():
        numbers: set[int] = set()
        for part in typed.replace(",", " ").split():
            first, _, last = part.partition("-")
            if first.isdigit() and (last or first).isdigit():
                numbers |= set(range(int(first), int(last or first) + 1))
            else:
                numbers.add(0)
        if numbers and numbers <= set(range(1, len(names) + 1)):
            return [names[number - 1] for number in sorted(numbers)]
        print(f"  Write numbers from 1 to {len(names)}.", file=sys.stderr)
    return None


def _stop_at_unknown_bases(desk: Desk, bases: Sequence[str] | None) -> None:
    unknown = [str(name) for name in bases or () if name not in desk.rulebook.bases]
    if unknown:
        hint = f"There are: {', '.join(desk.rulebook.bases)}."
        raise InvalidAnswers(Problem(f"There is no legal basis {', '.join(unknown)}.", hint=hint))


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


def _at_least_one(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError("write a whole number, 1 or more")
    return int(text)


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
    new.add_argument("--answers", metavar="FILE", help="start from these answers; only what is new is asked")
    new.add_argument("--resume", action="store_true", help="list unfinished interviews, and go on with one of them")
    new.add_argument("--plain", action="store_true", help="line by line, for screen readers and pipes: words, no keys")
    new.add_argument("--out", metavar="DIR", default=".", help="folder for the letter (default: this folder)")
    new.add_argument("--format", default="docx,pdf", help="docx, pdf or docx,pdf (default: both)")

    fill = command("fill", _fill, "Write letters from saved answers (TOML or JSON), with no questions.")
    fill.add_argument("answers", nargs="+", metavar="ANSWERS", help="answer files; each letter takes its file's name")
    fill.add_argument("--out", metavar="DIR", required=True, help="folder for the letters")
    fill.add_argument("--format", default="docx,pdf", help="docx, pdf or docx,pdf (default: both)")
    fill.add_argument("--overwrite", action="store_true", help="replace letters that exist")
    fill.add_argument("--json", action="store_true", help="report files written and problems as JSON")

    batch = command("batch", _batch, "Write a letter for every row of a table: all rows are checked first.")
    batch.add_argument("rows", nargs="?", metavar="ROWS", help=".csv, .xlsx or .jsonl; - is standard input")
    batch.add_argument("--out", metavar="DIR", help="folder for the letters, or an address such as s3://bucket/folder")
    batch.add_argument("--kind", metavar="KIND", help="which letter; else the column kind says it")
    batch.add_argument("--answers", metavar="FILE", help="answers that are the same for all rows")
    batch.add_argument("--format", default="docx,pdf", help="docx, pdf or docx,pdf (default: both)")
    batch.add_argument("--name", metavar="PATTERN", help="of the files (default: {row}-{requester.agency}-{kind})")
    batch.add_argument("--sheet", metavar="NAME", help="which sheet of an Excel file (default: the first)")
    batch.add_argument("--dry-run", action="store_true", help="only check; write no letter")
    batch.add_argument("--report", metavar="FILE", help="write every problem to this .json or .csv file")
    batch.add_argument("--skip-bad", action="store_true", help="write the good rows; put the bad ones aside")
    batch.add_argument("--bad", metavar="FILE", help="where --skip-bad puts them (default: ROWS-bad, beside ROWS)")
    batch.add_argument("--drafts", action="store_true", help="write letters that nobody has vetted, marked as drafts")
    batch.add_argument("--resume", action="store_true", help="go on with a batch that was cut off, if there is one")
    batch.add_argument("--overwrite", action="store_true", help="replace files that exist")
    batch.add_argument("--workers", type=_at_least_one, metavar="N", help="processes (default: one a processor)")
    batch.add_argument("--cluster", metavar="ADDR", help="work on a Dask cluster; local starts one here")
    batch.add_argument("--json", dest="events", action="store_true", help="one JSON event a line, for a script")
    batch.add_argument("--blank", metavar="KIND", help="write an empty sheet for this kind, to -o FILE")
    batch.add_argument("-o", "--output", metavar="FILE", help="with --blank: the sheet, .xlsx or .csv")

    pdf = command("pdf", _pdf, "Print Word letters, hand-edited ones first of all, as the PDFs that say the same.")
    pdf.add_argument("files", nargs="+", metavar="FILE.docx")
    pdf.add_argument("-o", "--output", metavar="FILE", help="name of the PDF (default: the letter's name with .pdf)")
    pdf.add_argument("--overwrite", action="store_true", help="replace a PDF that exists")
    pdf.add_argument("--accept-changes", action="store_true", help="print as with all tracked changes accepted")
    pdf.add_argument("--strict", action="store_true", help="print nothing where something is not carried over")

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

    vet = command("vet", _vet, "Show what changed since a kind was approved, and approve exactly these bytes.")
    vet.add_argument("kind", nargs="?", metavar="KIND")
    vet.add_argument("--all", action="store_true", help="every kind at once")
    vet.add_argument("--by", metavar="NAME", help="who acts; without it nothing is recorded")
    vet.add_argument("--title", metavar="TITLE", help="that person's official title")
    vet.add_argument("--why", metavar="REASON", help="why, for the record")
    vet.add_argument("--expires", metavar="DATE", help="the last day of letters it holds for")
    vet.add_argument("--redline", metavar="FILE.docx", help="write the changes as a Word file with tracked changes")
    vet.add_argument("--proof", metavar="FILE.pdf", help="write the fewest letters that show every paragraph, to sign")
    vet.add_argument("--status", action="store_true", help="list what is vetted, changed, withdrawn, expired (exit 1)")
    vet.add_argument("--history", action="store_true", help="list every approval and withdrawal")
    vet.add_argument("--withdraw", action="store_true", help="withdraw the approval: letters are drafts from now on")
    vet.add_argument(
        "--roll-back", nargs="?", const=0, type=int, metavar="NUMBER",
        help="bring back the files of an earlier approval (default: the last with other bytes)",
    )  # fmt: skip
    vet.add_argument("--yes", action="store_true", help="do not ask again")
    vet.add_argument("--overwrite", action="store_true", help="replace a redline or proof that exists")
    vet.add_argument("--json", action="store_true", help="with --status: as JSON")

    scaffold = command("scaffold", _scaffold, "Make a new kind of letter from a Word file, or keep it in step.")
    scaffold.add_argument("file", nargs="?", metavar="FILE.docx", help="the Word letter; its tags become questions")
    scaffold.add_argument("--kind", metavar="KIND", required=True, help="what the kind is called: hearing-notice")
    scaffold.add_argument("--sync", action="store_true", help="its letter.docx was changed: change its questions")
    scaffold.add_argument("--dry-run", action="store_true", help="only say what would be done")

    check = command("check", _check, "Report everything that is wrong in templates, prompts and law, in one run.")
    check.add_argument("what", nargs="*", metavar="KIND|FILE", help="kinds or Word files (default: the whole library)")
    check.add_argument("--as", dest="kind", metavar="KIND", help="judge the files as templates of this kind")
    check.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="of the report (default: text)"
    )
    check.add_argument("--annotate", metavar="DIR", help="write copies with a Word comment at each finding")
    check.add_argument("--fix", action="store_true", help="write copies in which all that is safe to mend is mended")
    check.add_argument("--out", metavar="DIR", default="mended", help="folder for these copies (default: mended)")
    check.add_argument("--overwrite", action="store_true", help="replace copies that exist")
    check.add_argument("--pdf", action="store_true", help="print the samples as PDF too")

    preview = command("preview", _preview, "Open the sample letter as PDF, once or after every save.")
    preview.add_argument("kind", metavar="KIND")
    preview.add_argument("--watch", action="store_true", help="on a page in the browser that follows every save")
    preview.add_argument("--sample", metavar="NAME", default="sample.toml", help="another of the kind's samples")
    preview.add_argument("-o", "--output", metavar="FILE", help="name of the PDF (default: in a folder of its own)")
    preview.add_argument("--overwrite", action="store_true", help="replace a PDF that exists")
    preview.add_argument("--no-open", action="store_true", help="open no browser; only print the file or the address")

    init = command("init", _init, "Make a library of one's own: the office's details, templates, questions and law.")
    init.add_argument("dir", metavar="DIR", help="a folder that is new or empty")
    init.add_argument("--answers", metavar="FILE", help="a file like office.toml, with kinds = […] and bases = […]")

    demo = command("demo", _demo, "Write the sample letter of every kind, with its answers.")
    demo.add_argument("dir", nargs="?", metavar="DIR", default="letters-demo", help="folder (default: letters-demo)")
    demo.add_argument("--overwrite", action="store_true", help="replace what is there")
    return parser
