"""What a person who mistyped a command is told: the usage of that command, and the word that was probably meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any, NoReturn


class CommandParser(argparse.ArgumentParser):
    """Parses a command and whatever stands after it.

    Words that it does not know are reported by the parser of the command that they were written for, and before what is
    missing, since ``--outt`` is also why ``--out`` is missing. All errors end the process with exit code 2.
    """

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """The arguments, and nothing that is left over."""
        given = list(sys.argv[1:] if args is None else args)
        options = list(takewhile(lambda word: word != "--", given))
        if self._subparsers:  # what stands after the name of a command is for that command
            options = list(takewhile(lambda word: word.startswith("-"), options))
        for word in filter(self._is_unknown, options):
            self._refuse(word, given)
        parsed, rest = super().parse_known_args(given, namespace)
        if rest:
            self._refuse(rest[0], given)
        return parsed, []

    def _is_unknown(self, word: str) -> bool:
        """Whether argparse would take the word for an option, and has none of that name."""
        if word[:1] != "-" or word == "-" or " " in word or word[1].isdigit():
            return False
        if word.startswith("--"):
            return not any(option.startswith(word.partition("=")[0]) for option in self._option_string_actions)
        return word[:2] not in self._option_string_actions

    def _refuse(self, word: str, given: Sequence[str]) -> NoReturn:
        if not self._is_unknown(word):
            self.error(f"“{word}” is more than the command takes.")
        name = word.partition("=")[0]
        hint = _meant(name.strip("-"), (option.strip("-") for option in self._option_string_actions), "--")
        if not hint and self._subparsers and any(not other.startswith("-") for other in given):
            hint = " The options of a command are written after its name."
        self.error(f"There is no option “{name}” here.{hint}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        if isinstance(action, argparse._SubParsersAction):
            hint = _meant(str(value), known) or f" To list all: {self.prog} --help"
            raise argparse.ArgumentError(None, f"There is no {str(action.metavar).lower()} “{value}”.{hint}")
        hint = _meant(str(value), known) or f" Write one of: {', '.join(known)}."
        raise argparse.ArgumentError(action, f"“{value}” is not known.{hint}")


def _meant(word: str, known: Iterable[str], before: str = "") -> str:
    """The question whether the nearest of what is known was meant; empty if none is near."""
    from difflib import get_close_matches  # here, because only a mistake needs it

    near = get_close_matches(word, list(known), n=1)
    return f" Did you mean {before}{near[0]}?" if near else ""
