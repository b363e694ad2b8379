"""Finished letters: any Word letter as PDF, where a letter came from, and the same bytes once more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from letters.api.opened import LibraryLike
    from letters.pdf.job import ConvertedLetter
    from letters.provenance.rebuild import Rebuilt
    from letters.provenance.verify import Verification


def convert(
    docx: bytes,
    *,
    name: str = "letter.docx",
    accept_changes: bool = False,
    strict: bool = False,
    allow_loss: bool = False,
    keep_fields: bool = False,
    keep_tags: bool = False,
    title: str = "",
    language: str = "",
    library: LibraryLike = None,
) -> ConvertedLetter:
    """Any Word letter as an accessible PDF with the same words, a hand-edited one above all.

    Args:
        docx: the bytes of the Word file.
        name: what messages call it.
        accept_changes: print it as it reads with all tracked changes accepted; otherwise tracked changes are refused.
        strict: refuse it for anything that looks different in the PDF.
        allow_loss: convert it although a symbol, a formula or a picture is missing from the PDF, which is noted.
        keep_fields: print fields such as DATE with the results that Word last stored; otherwise they are refused.
        keep_tags: print ``{{ … }}`` and ``{% … %}`` as they are; otherwise they are refused.
        title: of the letter, instead of the one in the file's properties.
        language: of the letter, such as ``en-US``, instead of the one in the file.
        library: whose letter it may be: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``data``, the PDF; ``pages``, how many; ``notes``, `Problem` objects that name what looks different.

    Raises:
        LettersError: the file is not a Word file, its words would not be those of the PDF, or
            it has what the options do not allow.
        CannotWrite: fonts or libraries that this machine lacks.

    >>> import letters, pathlib, tomllib
    >>> sample = tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))
    >>> edited = letters.write(sample, formats=["docx"]).files["docx"]
    >>> letters.convert(edited).pages
    3
    """
    from letters._system.arguments import Arguments
    from letters.api.opened import file_from, library_from
    from letters.assembly.edited_letter import ConversionOptions
    from letters.assembly.letter_pdf import LetterConverter

    arguments = Arguments()
    for argument, value in {"name": name, "title": title, "language": language}.items():
        arguments.must_be(argument, value, str, "a text")
    arguments.flags(
        accept_changes=accept_changes,
        strict=strict,
        allow_loss=allow_loss,
        keep_fields=keep_fields,
        keep_tags=keep_tags,
    )
    arguments.check()
    data = file_from("docx", docx, "the bytes of a Word file")
    options = ConversionOptions(accept_changes, strict, allow_loss, keep_fields, keep_tags, title, language)
    return LetterConverter(library_from(library)).convert(data, name, options)


def verify(data: bytes, *, name: str = "letter", library: LibraryLike = None) -> Verification:
    """Which vetted template made a letter, under which approval, and what was changed since.

    Args:
        data: the bytes of the finished letter, .docx or PDF.
        name: what messages call it.
        library: whose letter it should be: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``is_genuine``: it is an unchanged letter of this library, under a trusted approval; ``lines()``: all of it in
        words; ``as_dict()``: all of it for a program.

    Raises:
        LettersError: the file cannot be read.

    >>> import letters, pathlib, tomllib
    >>> sample = tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))
    >>> letters.verify(letters.write(sample, formats=["docx"]).files["docx"]).is_genuine
    True
    """
    from letters.api.opened import assembler_for, file_from
    from letters.provenance.verify import Verifier

    finished = file_from("data", data, "the bytes of a letter")
    return Verifier(assembler_for(library)).verify(finished, name)


def rebuild(
    answers: Mapping[str, Any],
    finished: bytes,
    *,
    name: str = "letter",
    formats: Collection[str] = ("docx", "pdf"),
    library: LibraryLike = None,
) -> Rebuilt:
    """The same letter once more, byte for byte, from the versions it was made with.

    Args:
        answers: those the letter was made from.
        finished: the letter as it went out, .docx or PDF. It says which versions made it; the new bytes are compared
            with it.
        name: what messages call it.
        formats: ``docx``, ``pdf`` or both.
        library: a `Library`, its folder, or None for the one `Library.find` finds.

    Returns:
        ``files``, the bytes by format; ``is_draft``.

    Raises:
        LettersError: with everything that is missing to make it again.

    >>> import letters, pathlib, tomllib
    >>> sample = tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))
    >>> docx = letters.write(sample, formats=["docx"]).files["docx"]
    >>> letters.rebuild(sample, docx, formats=["docx"]).files["docx"] == docx
    True
    """
    from letters._system.arguments import Arguments
    from letters.api.opened import answers_from, assembler_for, file_from
    from letters.assembly.assembler import FORMATS
    from letters.provenance.rebuild import rebuild as rebuilt
    from letters.provenance.rebuild import record_from_letter

    arguments = Arguments()
    wanted = arguments.formats(formats, FORMATS)
    arguments.check()
    given, letter = answers_from(answers), file_from("finished", finished, "the bytes of the letter as it went out")
    assembler = assembler_for(library)
    like = "pdf" if letter.startswith(b"%PDF-") else "docx"
    return rebuilt(assembler, given, record_from_letter(letter, name, assembler.seal), wanted, like)
