"""Letters: response letters from vetted Word templates, in Word and in PDF.

    >>> import letters, pathlib, tomllib
    >>> sample = tomllib.loads(pathlib.Path("templates/denial/sample.toml").read_text("utf-8"))
    >>> letter = letters.check(sample)                    # a problem raises InvalidAnswers, with every problem found
    >>> finished = letters.write(letter)                  # one letter, as bytes
    >>> sorted(finished.files), finished.files["pdf"][:5]
    (['docx', 'pdf'], b'%PDF-')

`Library` is an office's folder of templates, questions and law. Every function takes one as ``library=``; otherwise it
uses the one the command line would use. Nothing here prints. What goes wrong is a `LettersError` with ``problems``,
each a `Problem`: where, what, and what to do. docs/api.md describes every function, and so does ``help(letters)``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letters.api.finished import convert, rebuild, verify
    from letters.api.one_letter import advise, check, schema, write
    from letters.api.whole_library import lint
    from letters.batches.api import batch
    from letters.errors import (
        CannotWrite,
        Interrupted,
        InvalidAnswers,
        LettersError,
        LibraryAtFault,
        Problem,
        TemplateAtFault,
        Usage,
    )
    from letters.library.library import Library

    __version__: str

__all__ = [
    "CannotWrite",
    "Interrupted",
    "InvalidAnswers",
    "LettersError",
    "Library",
    "LibraryAtFault",
    "Problem",
    "TemplateAtFault",
    "Usage",
    "advise",
    "batch",
    "check",
    "convert",
    "lint",
    "rebuild",
    "schema",
    "verify",
    "write",
]

# Where each public name is defined; it is imported when first used, so that `import letters` costs nothing.
_HOME = {
    "letters.api.finished": ("convert", "rebuild", "verify"),
    "letters.api.one_letter": ("advise", "check", "schema", "write"),
    "letters.api.whole_library": ("lint",),
    "letters.batches.api": ("batch",),
    "letters.library.library": ("Library",),
    "letters.errors": (
        "CannotWrite",
        "Interrupted",
        "InvalidAnswers",
        "LettersError",
        "LibraryAtFault",
        "Problem",
        "TemplateAtFault",
        "Usage",
    ),
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("letters._system.version").VERSION
    for module, names in _HOME.items():
        if name in names:
            from letters._system.kept_code import kept_code

            with kept_code():
                value = globals()[name] = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
