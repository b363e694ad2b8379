"""Arguments of the functions a program calls: what is wrong with them, in words, before anything is done with them."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Collection, Iterable
from typing import Any

from letters.errors import Problem, Usage

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHOWN = (str, int, float, list, tuple, set, dict, bytes, os.PathLike)
PATH = (str, os.PathLike)
BYTES = (bytes, bytearray, memoryview)


class Arguments:
    """Collects what is wrong with the arguments of one call."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def refuse(self, name: str, value: object, expected: str, hint: str = "") -> None:
        """Note that an argument is not what it should be.

        Args:
            expected: what it must be, such as “a list of formats”.
        """
        shown = (
            _SHORT.repr(value) if value is None or isinstance(value, _SHOWN) else f"of the type {type(value).__name__}"
        )
        self._problems.append(Problem(f"{name} is {shown}, but must be {expected}.", hint=hint, code=name))

    def must_be(
        self,
        name: str,
        value: object,
        kinds: type | tuple[Any, ...],
        expected: str,
        hint: str = "",
        *,
        none: bool = False,
    ) -> None:
        """Note if an argument has none of the types that it may have. True and False are no numbers.

        Args:
            none: whether it may be None.
        """
        if (value is None and none) or (isinstance(value, kinds) and not (isinstance(value, bool) and kinds is int)):
            return
        self.refuse(name, value, expected, hint)

    def flags(self, **values: object) -> None:
        """Note each argument that is neither True nor False: a word such as ``"no"`` would count as true."""
        for name, value in values.items():
            self.must_be(name, value, bool, "True or False")

    def formats(self, value: object, known: Collection[str]) -> tuple[str, ...]:
        """The formats, each once; none if there is something wrong with them."""
        given = list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else []
        if given and all(isinstance(each, str) and each in known for each in given):
            return tuple(dict.fromkeys(given))
        self.refuse("formats", value, "a list of formats", 'Write formats=["docx"], ["pdf"] or ["docx", "pdf"].')
        return ()

    def texts(self, name: str, value: object, expected: str) -> tuple[str, ...]:
        """A list of texts; none if there is something wrong with it."""
        given = list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else None
        if given is not None and all(isinstance(each, str) for each in given):
            return tuple(given)
        hint = f"Write {name}=[{value!r}]." if isinstance(value, str) else ""
        self.refuse(name, value, expected, hint)
        return ()

    def check(self) -> None:
        """Raise Usage if anything is wrong."""
        if self._problems:
            raise Usage(self._problems)
