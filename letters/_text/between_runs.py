"""Results that are the same in the next run: where Letters runs as a program, they are kept from one to the next.

To read an office's rules and to compile a template takes longer than to write a letter, and both change only when
somebody edits them. Whatever is kept here follows from files of the office alone, never from answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

_Result = TypeVar("_Result")


class Store(Protocol):
    """Where results are kept."""

    def of(
        self,
        group: str,
        made_from: Callable[[], Iterable[str | bytes]],
        make: Callable[[], _Result],
        is_kept: Callable[[_Result], bool],
        most: int,
    ) -> _Result:
        """See `kept`."""
        ...

    def save(self) -> None:
        """Keep what has been made, unless it cannot be written."""
        ...


_store: Store | None = None


def keep_in(store: Store | None) -> None:
    """Keep results in a store from now on; None keeps none."""
    global _store
    _store = store


def is_kept_here() -> bool:
    """Whether results are kept by this process."""
    return _store is not None


def save_kept() -> None:
    """Let later runs, and the workers of this one, have what has been made."""
    if _store is not None:
        _store.save()


def kept(
    group: str,
    made_from: Callable[[], Iterable[str | bytes]],
    make: Callable[[], _Result],
    is_kept: Callable[[_Result], bool] = lambda _: True,
    most: int = 1,
) -> _Result:
    """The result of ``make``, or an equal one from an earlier run. What it raises is raised, and is not kept.

    Args:
        group: results that are kept together, such as ``texts``.
        made_from: everything that the result depends on, besides the code.
        is_kept: whether a result is to be kept.
        most: results that are kept of the group.
    """
    return make() if _store is None else _store.of(group, made_from, make, is_kept, most)
