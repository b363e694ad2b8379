"""What can go wrong, in words a lawyer can act on, and the exit code of each kind of failure.

    LettersError                 1   any failure that can be explained; carries every problem found
    ├── InvalidAnswers           1   the answers must change
    ├── Usage                    2   the command cannot be run as typed
    ├── LibraryAtFault           3   a template, a prompt file, the law or the office's details must change
    │   └── TemplateAtFault      3   a .docx template must change, at a named place
    ├── CannotWrite              4   a file exists, a folder is read-only, or a program or font is missing
    └── Interrupted            130   Ctrl-C, Ctrl-D or a closed terminal; says where the answers were saved

Anything else that escapes is a bug in Letters and shows its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

_MOST_PLACES = 8
ANSWER = "answer"
"""Code of a problem found while a template was filled that another answer would solve: the template is right."""


class Problem(Struct, frozen=True, eq=False):
    """One thing wrong: where it is, what is wrong, and what to do about it.

    Args:
        message: what is wrong, one sentence; if it begins in lowercase, ``where`` is the beginning of that sentence.
        where: the file, field, paragraph or row, in the reader's words; may be empty.
        hint: what to write or do instead; may be empty.
        code: a short, stable name for scripts, such as ``missing`` or ``template-syntax``.
        field: the dotted field name for scripts, such as ``request.requester.agency``; may be empty.
        about: what ``where`` describes, for programs: a tag of a template, or a place in one.
    """

    message: str
    where: str = ""
    hint: str = ""
    code: str = ""
    field: str = ""
    about: object = None

    def __eq__(self, other: object) -> bool:
        return self._told == other._told if isinstance(other, Problem) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._told)

    @property
    def _told(self) -> tuple[str, ...]:
        return self.message, self.where, self.hint, self.code, self.field

    def __str__(self) -> str:
        # “Date received is missing.” but “denial/letter.docx, paragraph 3: Nothing closes this tag.”
        between = " " if self.message[:1].islower() else ": "
        place = f"{self.where}{between}" if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"

    def within(self, outer: str) -> Problem:
        """The same problem with ``outer``, such as a file or a row, put before its place."""
        return replace(self, where=f"{outer}, {self.where}" if self.where else outer)

    def as_dict(self) -> dict[str, str]:
        """For ``--json`` output: the non-empty parts."""
        parts = ("message", "where", "hint", "code", "field")
        return {name: value for name in parts if (value := getattr(self, name))}


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """The problems; what is wrong in the same way in several places is one of them, with all its places."""
    alike: dict[object, list[Problem]] = {}
    for problem in problems:
        goes_on = problem.message[:1].islower()  # then its place is what it is about
        alike.setdefault(problem if goes_on else (problem.message, problem.hint, problem.code), []).append(problem)
    return [replace(each[0], where=joined_places([problem.where for problem in each])) for each in alike.values()]


def joined_places(places: Sequence[str]) -> str:
    """Places in one line: “a.docx, body, paragraph 3; paragraph 9; and 5 more”.

    Args:
        places: at least one; each begins with the outermost, such as a file.
    """
    first, *others = dict.fromkeys(places)
    shown = [first, *(_where_it_differs(place, first) for place in others[: _MOST_PLACES - 1])]
    if left := 1 + len(others) - len(shown):
        shown.append(f"and {left:,} more")
    return "; ".join(shown)


def _where_it_differs(place: str, other: str) -> str:
    """The place without what both begin with, such as the file, and what both end with, such as the same words."""
    parts, others = place.split(", "), other.split(", ")
    while len(parts) > 1 and others[1:] and parts[0] == others[0]:
        del parts[0], others[0]
    while len(parts) > 1 and others[1:] and parts[-1] == others[-1]:
        del parts[-1], others[-1]
    return ", ".join(parts)


class LettersError(Exception):
    """A failure that can be explained. ``problems`` has everything found before stopping."""

    exit_code = 1

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def in_words(self) -> list[str]:
        """Every problem, in one or more sentences each."""
        return [str(problem) for problem in told_once(self.problems)]

    @property
    def briefly(self) -> str:
        """The first problem, where there is no room for all."""
        return str(self.problems[0])


class InvalidAnswers(LettersError):
    """The answers do not describe a letter that may be sent."""


class Usage(LettersError):
    """The command cannot be run as typed."""

    exit_code = 2


class LibraryAtFault(LettersError):
    """Something the office owns is wrong: templates, prompts, law or its own details."""

    exit_code = 3
    TELLS_ALL = "For everything that is wrong: letters check"

    @property
    def briefly(self) -> str:
        return f"{super().briefly} {self.TELLS_ALL}"


class TemplateAtFault(LibraryAtFault):
    """A .docx template is wrong, at a place that the problems name."""


class CannotWrite(LettersError):
    """The letter is right, but it cannot be written here."""

    exit_code = 4


class Interrupted(LettersError):
    """Counsel stopped. Nothing is lost; the message says where the answers were saved."""

    exit_code = 130


class Collector:
    """Collects problems, so that a reader sees all of them at once; ``raised`` has the kinds of the errors collected.

    >>> problems = Collector()
    >>> with problems.collect():
    ...     raise InvalidAnswers("no date")
    >>> len(problems)
    1
    """

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self._found: list[Problem] = [*found]
        self.raised: list[type[LettersError]] = []

    def add(self, problem: Problem) -> None:
        self._found.append(problem)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    @contextmanager
    def collect(self, within: str = "", *, answers: str = "") -> Iterator[None]:
        """Turn a LettersError raised inside the block into collected problems.

        Args:
            within: put before the place of each.
            answers: the file of answers that is at work, put before the place of what other answers would solve.
        """
        try:
            yield
        except LettersError as error:
            self.raised.append(type(error))
            in_library = isinstance(error, LibraryAtFault)
            for problem in error.problems:
                outer = within or ("" if in_library and problem.code != ANSWER else answers)
                self._found.append(problem.within(outer) if outer else problem)

    def stop_if_any(self, kind: type[LettersError]) -> None:
        """Raise ``kind`` with everything collected, each once, if anything was; LibraryAtFault if some is its fault."""
        if self._found:
            in_library = any(issubclass(each, LibraryAtFault) for each in self.raised)
            raise (LibraryAtFault if in_library and not issubclass(kind, LibraryAtFault) else kind)(
                dict.fromkeys(self._found)
            )
