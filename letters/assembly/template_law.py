"""The law that templates name in their tags, for the rule that amended law is looked up before it is cited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from letters.errors import LettersError

if TYPE_CHECKING:
    from letters.assembly.template.template import Template


class TemplateLaw(Mapping[str, frozenset[str]]):
    """Short names of the law each kind's template names, by kind. A template is compiled when its kind is looked up.

    A template that cannot be compiled names none; what is wrong with it is reported when it is filled.
    """

    def __init__(self, kinds: Mapping[str, object], template_of: Callable[[str], Template]) -> None:
        self._kinds = kinds
        self._template_of = template_of
        self._known: dict[str, frozenset[str]] = {}

    def __getitem__(self, kind: str) -> frozenset[str]:
        if kind not in self._kinds:
            raise KeyError(kind)
        known = self._known.get(kind)
        if known is None:
            known = frozenset()
            with suppress(LettersError):
                paths = [use.path.split(".") for use in self._template_of(kind).uses]
                known = frozenset(path[1].replace("_", "-") for path in paths if path[0] == "law" and path[1:])
            self._known[kind] = known  # not before it is complete, because other threads may ask meanwhile
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)
