"""One letter: from answers to its files, which letter the facts call for, and what answers may hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

if TYPE_CHECKING:
    from letters.api.opened import LibraryLike
    from letters.assembly.assembler import FinishedLetter
    from letters.library.advice import Outcome
    from letters.model.letter import Letter

FORMATS = ("docx", "pdf")


def check(answers: Mapping[str, Any], *, library: LibraryLike = None) -> Letter:
    """The letter that these answers describe, with every rule of the model and of the library checked.

    Args:
        answers: as an answers file holds them: nested mappings, dates as `datetime.date` or as YYYY-MM-DD.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        The letter. ``notes``, `Problem` objects about what does not stop it: why it is a draft, and cautions for
        counsel, such as law that has not been looked up for long; ``is_draft``, whether it would be marked as a draft.

    Raises:
        InvalidAnswers: with every problem: the field, what is wrong with it, what to write.
        LibraryAtFault: the law, the questions or the office's details are wrong.

    >>> import letters, pathlib, tomllib
    >>> sample = tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))
    >>> letters.check(sample).kind
    'denial'
    >>> del sample["request"]["received"]
    >>> try:
    ...     letters.check(sample)
    ... except letters.InvalidAnswers as error:
    ...     print(error.problems[0].field, error.exit_code)
    request.received 1
    """
    from letters.api.opened import answers_from, assembler_for

    given = answers_from(answers)
    assembler = assembler_for(library)
    letter = assembler.check(given)
    return letter.with_notes(assembler.notes_on(letter))


def write(
    answers: Mapping[str, Any] | Letter, *, formats: Collection[str] = FORMATS, library: LibraryLike = None
) -> FinishedLetter:
    """One finished letter, as bytes.

    The library stays open between calls: a second letter costs what filling costs. A library that has changed on disk
    is read again. If the library has a register, the letter is entered in it and gets its number; the same letter again
    gets the same number. A letter of a kind that nobody has vetted, or that cites law nobody has vetted, is marked as a
    draft.

    Args:
        answers: as for `check`; or what `check` gave.
        formats: ``docx``, ``pdf`` or both.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``files``, the bytes by format; ``is_draft``, whether it is marked as a draft; ``notes``, `Problem` objects: why
        it is a draft, cautions for counsel, what the letter discloses, and what looks different in the PDF;
        ``deadlines``, each day by which the law or the paper served wants an answer: ``day``, ``sentence``,
        ``citation``, ``passed``.

    Raises:
        InvalidAnswers: as `check`; or the letter would disclose what is confidential.
        TemplateAtFault: the template cannot be filled with these answers; names the paragraph.
        CannotWrite: the PDF needs fonts or libraries that this machine lacks.
        Usage: a format that does not exist.

    >>> import letters, pathlib, tomllib
    >>> sample = tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))
    >>> letters.write(sample, formats=["docx"]).files["docx"][:2]
    b'PK'
    """
    from letters._system.arguments import Arguments
    from letters.api.opened import answers_from, assembler_for
    from letters.matters.registration import LetterToEnter, Registration, with_number
    from letters.model.letter import Letter

    arguments = Arguments()
    wanted = arguments.formats(formats, FORMATS)
    arguments.check()
    given = answers if isinstance(answers, Letter) else answers_from(answers)
    assembler = assembler_for(library)
    letter = given if isinstance(given, Letter) else assembler.check(given)
    registration = Registration.of(assembler.library, assembler.office, assembler.rulebook)
    numbered = registration.number([LetterToEnter(letter)])[0] if registration else None
    if numbered:
        letter = with_number(letter, numbered)
    made = assembler.make(letter, wanted, entered=numbered.head if numbered else "")
    remembered = registration.remembered(letter) if registration else ()
    notes, deadlines = (*assembler.notes_on(letter), *remembered, *made.notes), assembler.due_dates(letter)
    if registration and numbered:
        registration.join(numbered, letter)
        told = {each.id: each.day.isoformat() for each in deadlines}
        registration.issue([registration.entered(letter, numbered, made.files, is_draft=made.is_draft, told=told)])
        registration.register.close()
    return replace(made, notes=notes, deadlines=deadlines, reference=letter.reference or "")


def advise(answers: Mapping[str, Any], *, library: LibraryLike = None) -> Outcome:
    """Which letter the facts of a request call for, by the office's decision guide. Counsel decides.

    Args:
        answers: as for `check`; they may be incomplete.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``kind``, the kind of letter recommended (empty where counsel is to be asked first: ``stop``); ``kinds``, what
        may go out beside it; ``rules``, each with its reason and its row in the guide.

    Raises:
        LibraryAtFault: the guide is wrong.

    >>> import letters, pathlib, tomllib
    >>> letters.advise(tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))).kind
    'denial'
    """
    from letters.api.opened import answers_from, assembler_for

    given = answers_from(answers)
    return assembler_for(library).advice.on(given)


def schema(kind: str, *, library: LibraryLike = None) -> dict[str, Any]:
    """The JSON Schema of the answers for one kind of letter.

    Args:
        kind: such as ``denial``.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Raises:
        Usage: the library has no such kind.

    >>> import letters
    >>> letters.schema("denial")["properties"]["kind"]["const"]
    'denial'
    """
    from letters.api.opened import assembler_for
    from letters.errors import Problem, Usage
    from letters.model.json_schema import schema_of

    assembler = assembler_for(library)
    if kind not in assembler.library.kinds:
        raise Usage(Problem(f"There is no kind “{kind}”.", hint=f"There are: {', '.join(assembler.library.kinds)}."))
    return schema_of(kind, assembler.rulebook, [question.field for question in assembler.extras(kind)])
