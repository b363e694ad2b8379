"""What Python compiles while modules are imported, kept from process to process: regular expressions, dataclasses."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Lock

from letters._system.compiled_patterns import CompiledPatterns, compiled_patterns
from letters._system.generated_code import GeneratedCode, generated_code
from letters._text.lazy_pattern import compile_with

_LOCK = Lock()
_used: list[ExitStack] = []
_importing = 0


@contextmanager
def kept_code() -> Iterator[None]:
    """Take what is compiled meanwhile from earlier processes, and keep for others, when this one ends, what is new.

    What Letters itself compiles is kept from then on. What other libraries compile is kept until nobody imports
    anything in this way any more: after that it is the business of the program that uses them.
    """
    global _importing
    with _LOCK:
        _importing += 1
        if _importing == 1:
            _used.append(_begun())
    try:
        yield
    finally:
        with _LOCK:
            _importing -= 1
            if not _importing:
                _used.pop().close()


def _begun() -> ExitStack:
    patterns, code = _kept()
    until = ExitStack()
    if patterns:
        until.enter_context(patterns.of_libraries())
    if code:
        until.enter_context(code.of_dataclasses())
    return until


@cache
def _kept() -> tuple[CompiledPatterns | None, GeneratedCode | None]:
    patterns, code = compiled_patterns(), generated_code()
    if patterns:
        compile_with(patterns.compile)
        atexit.register(patterns.save)
    if code:
        atexit.register(code.save)
    return patterns, code
