"""`letters init`: make a library for your office: its details, templates, questions and law."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.authoring.init.examples import example_files, examples
from letters.authoring.init.guide import KEPT
from letters.authoring.init.new_library import NewLibrary, new_library, office_of
from letters.authoring.init.office_details import Detail, checked, office_from
from letters.authoring.init.office_interview import BASES, FORMS, KINDS, Choice, OfficeInterview
from letters.cli.ask_lines import forms_of_kinds
from letters.cli.common import drafts_folder, kind_of, library_of, line_width, read_bytes, tell_error, tell_written
from letters.errors import CannotWrite, Interrupted, InvalidAnswers, LibraryAtFault, Problem, Usage

_BACK, _NOTHING, _MORE, _AGAIN = "<", "-", "+", "?"
_LINES = 20  # of a long list that are shown at a time


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("dir", metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--example",
        metavar="NAME",
        help=f"copy the library of an example office, as it is, and nothing else: {', '.join(examples())}",
    )
    parser.add_argument(
        "--answers", metavar="FILE", help="a file like office.toml, which may add kinds = […] and bases = […]"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    folder = Path(arguments.dir)
    _refuse_taken(folder)
    if arguments.example:
        return _from_example(folder, arguments)
    assembler = Assembler(library_of(arguments))
    interview = None
    if arguments.answers:
        given = office_of(read_bytes(Path(arguments.answers)), arguments.answers)
        kinds, bases = given.pop("kinds", None), given.pop("bases", None)
        office = checked(given)
        chosen = [kind_of(str(kind), assembler.library) for kind in kinds or assembler.library.kinds]
        _refuse_unknown_bases(assembler, bases)
        made = new_library(assembler, office, chosen, bases)
    else:
        interview = OfficeInterview.of(assembler, folder, drafts_folder(), forms_of_kinds(assembler.library))
        try:
            made = _asked_for(assembler, interview)
        except KeyboardInterrupt:
            print(file=sys.stderr)  # what is told stands on a line of its own
            saved = f" Your answers are saved; to go on: letters init {arguments.dir}" if interview.answers else ""
            raise Interrupted(f"Stopped. Nothing was written.{saved}") from None
    tell_written(write_all({folder / name: data for name, data in made.files.items()}), as_json=False)
    if interview:
        interview.forget()
    if made.kept:
        more = "1 more legal basis" if len(made.kept) == 1 else f"{len(made.kept)} more legal bases"
        print(f"Kept {more} than you chose. What needs them: README.md, under “{KEPT}”.", file=sys.stderr)
    print(f"Next: read {folder / 'README.md'}. Nothing is vetted yet, so every letter is a draft.", file=sys.stderr)
    return 0


def _refuse_taken(folder: Path) -> None:
    """Raise CannotWrite unless the folder is new or empty."""
    try:
        taken = "is not empty." if folder.exists() and any(folder.iterdir()) else ""
    except NotADirectoryError:
        taken = "is a file."
    except OSError as error:
        taken = f"cannot be read: {error.strerror}."
    if taken:
        raise CannotWrite(Problem(taken, where=str(folder), hint="Choose a new or empty folder."))


def _from_example(folder: Path, arguments: argparse.Namespace) -> int:
    """Copy the library of an example office."""
    if arguments.answers or arguments.library:
        raise Usage(
            Problem(
                "--example copies a library as it is.", hint="Leave out --answers and --library; edit it afterward."
            )
        )
    files = example_files(arguments.example)
    tell_written(write_all({folder / name: data for name, data in files.items()}), as_json=False)
    office = folder / "templates" / "office.toml"
    print(
        f"Next: put your own details into {office}, then run `letters check` in {folder}. Nothing is vetted, so every "
        "letter is a draft.",
        file=sys.stderr,
    )
    return 0


def _asked_for(assembler: Assembler, interview: OfficeInterview) -> NewLibrary:
    """The library that somebody asks for, line by line; what does not work together is asked again."""
    if not sys.stdin.isatty():
        hint = "In a script, use: letters init DIR --answers FILE, with a file like office.toml."
        raise Usage(Problem("`letters init` asks for the office's details, so it needs a terminal.", hint=hint))
    _say("Tell me about your office. You can change every answer later, in templates/office.toml.", indent="")
    _say("Each answer is saved. < goes back, - takes back an answer, ? shows the question again.", indent="")
    print(file=sys.stderr)
    if interview.answers:
        count = len(interview.answers)
        before = f"{count} question{'' if count == 1 else 's'}"
        print(f"You have answered {before} before; going on from there.\n", file=sys.stderr)
    while True:
        while (question := interview.question) is not None:
            _ask(interview, question)
        again: Sequence[str] = ()
        try:
            office = office_from(interview.answers)
            again = (KINDS,)  # what is wrong from here on is the choice of letters and law
            return new_library(assembler, office, interview.chosen(KINDS) or [], interview.chosen(BASES))
        except LibraryAtFault as error:  # problems that only show together
            interview.ask_again(again or [problem.field for problem in error.problems])
            tell_error(error, as_json=False)


def _ask(interview: OfficeInterview, question: Detail | Choice) -> None:
    """Ask one question until it is answered, or until somebody goes back."""
    before = interview.answers.get(question.name, "")
    options = _Options(question, range(1, len(question.options) + 1)) if isinstance(question, Choice) else None
    _show(question, options, before)
    while True:
        typed = _line()
        if options is not None and options.turned(typed):
            continue
        if typed == _AGAIN:
            if options is not None:
                options.shown = 0
            _show(question, options, before)
            continue
        if typed == _BACK:
            if not interview.back():
                print("  This is the first question.", file=sys.stderr)
            return
        if typed == _NOTHING and not _is_required(question):
            return interview.answer("")
        typed = typed or before or (question.default if isinstance(question, Detail) else "")
        if not typed and _is_required(question):
            print("  An answer is needed.", file=sys.stderr)
        elif typed and (wrong := interview.problem_with(typed)):
            _say(wrong)
        else:
            return interview.answer(typed)


def _is_required(question: Detail | Choice) -> bool:
    return isinstance(question, Detail) and question.info.is_required()


class _Options(Struct):
    """The lines of a choice: of a long one, some at a time, or only those with some words.

    Args:
        numbers: of the options that are listed at present.
        shown: how many of them were shown.
    """

    choice: Choice
    numbers: Sequence[int]
    shown: int = 0

    def show(self) -> None:
        """Print the next lines, with the heading of each group, and how to see others."""
        names, heading, width = list(self.choice.options), "", line_width(sys.stderr) - len("  12  ")
        for number in self.numbers[self.shown : self.shown + _LINES]:
            name = names[number - 1]
            if (group := self.choice.groups.get(name, "")) != heading:
                heading = group
                print(f"  {heading}", file=sys.stderr)
            line = textwrap.shorten(f"{name}: {self.choice.options[name]}", width, placeholder=" …")
            print(f"  {number:>2}  {line}", file=sys.stderr)
        self.shown = min(self.shown + _LINES, len(self.numbers))
        if self._is_long:
            more = f"{_MORE} for more, or " if self.shown < len(self.numbers) else ""
            seen = f"{self.shown} of {len(self.numbers)} shown"
            print(f"  {seen}. Type {more}words to see the lines that have them.", file=sys.stderr)

    @property
    def _is_long(self) -> bool:
        return len(self.choice.options) > _LINES

    def turned(self, typed: str) -> bool:
        """Whether what was typed asks for other lines, which are then shown."""
        if not self._is_long or typed in (_BACK, _NOTHING, "") or self.choice.chosen(typed):
            return False
        if typed == _MORE:
            if self.shown < len(self.numbers):
                self.show()
            else:
                print("  There are no more.", file=sys.stderr)
            return True
        if not any(letter.isalpha() or letter == "§" for letter in typed):
            return False
        if found := self.choice.with_words(typed):
            self.numbers, self.shown = found, 0
            self.show()
        else:
            print(f"  No line has “{typed}”.", file=sys.stderr)
        return True


def _show(question: Detail | Choice, options: _Options | None, before: str) -> None:
    if isinstance(question, Detail):
        shown = before or question.default
        print(f"{question.title}{f' [{shown}]' if shown else ''}", file=sys.stderr)
        _hint(question.description, question.example)
        return
    print(f"\n{question.title}", file=sys.stderr)
    if options is not None:
        options.show()
    says = f"for {before}; - for all of them" if before else "for all of them"
    type_ = "its number" if question.only_one else "their numbers, such as 1 3 4-6"
    print(f"  Type {type_}, or press Enter {says}.", file=sys.stderr)
    if question.name == FORMS:
        print("  Letters that answer something else, or nothing, are made with: letters scaffold", file=sys.stderr)


def _hint(description: str, example: str) -> None:
    shown = f" For example: {example}" if example else ""
    _say(f"{description}{shown}")


def _say(text: str, indent: str = "  ") -> None:
    width = line_width(sys.stderr)
    print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent), file=sys.stderr)


def _line() -> str:
    print("> ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip()


def _refuse_unknown_bases(assembler: Assembler, bases: Sequence[str] | None) -> None:
    unknown = [str(name) for name in bases or () if name not in assembler.rulebook.bases]
    if unknown:
        hint = f"There are: {', '.join(assembler.rulebook.bases)}."
        raise InvalidAnswers(Problem(f"There is no legal basis {', '.join(unknown)}.", hint=hint))
