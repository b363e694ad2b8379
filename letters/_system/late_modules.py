"""Modules of the standard library that libraries import for what few letters need, imported when first used.

Where Letters runs as a program, a module stands in for each of these: it has what is asked of it at once, and becomes
the module itself as soon as anything else is. Python 3.15 does the same when told to (PEP 810). `inspect` alone, with
the parser of Python that it imports, takes a twentieth of the time in which a letter becomes a PDF.
"""

from __future__ import annotations

import os
import sys
import urllib  # noqa: F401 - where a module that is imported late is put
from _operator import _compare_digest
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from importlib import import_module
from importlib.machinery import PathFinder
from types import MappingProxyType, ModuleType
from typing import Any, TextIO, cast

CODE_FLAGS = MappingProxyType({
    "CO_OPTIMIZED": 1, "CO_NEWLOCALS": 2, "CO_VARARGS": 4, "CO_VARKEYWORDS": 8, "CO_NESTED": 16, "CO_GENERATOR": 32,
    "CO_NOFREE": 64, "CO_COROUTINE": 128, "CO_ITERABLE_COROUTINE": 256, "CO_ASYNC_GENERATOR": 512,
})  # fmt: skip
"""What `inspect` says of code objects (https://docs.python.org/3/library/inspect.html#inspect-module-co-flags)."""

_SMALL = 1_000
"""Bytes of which Python makes a SHA-256 before OpenSSL, which is several times as fast, would be loaded."""


class _LateModule(ModuleType):
    def __init__(self, name: str, at_hand: Mapping[str, Any], functions: Iterable[str]) -> None:
        super().__init__(name)
        vars(self).update(at_hand, **{function: self._late(function) for function in functions})

    def _late(self, function: str) -> Callable[..., Any]:
        return lambda *args, **named: getattr(self._module(), function)(*args, **named)

    def _module(self) -> ModuleType:
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        module = import_module(name)
        vars(self).update(vars(module))  # for whoever has imported it already
        return module

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # Python asks whether it has modules of its own
            raise AttributeError(name)
        return getattr(self._module(), name)


class _WithPlainTables(_LateModule):
    """A module with tables (`typing.TypedDict`) that only type checkers read. pydantic has one with some ninety, and to
    work out the types of all that is in them takes an eighth of the time in which it is imported."""

    def _module(self) -> ModuleType:
        with ExitStack() as stack:
            for name in ("typing", "typing_extensions"):
                module = import_module(name)
                stack.callback(setattr, module, "TypedDict", module.TypedDict)
                vars(module)["TypedDict"] = _PlainTable
            return super()._module()


class _PlainTable:
    def __init_subclass__(cls, *, total: bool = True) -> None:
        """As every table takes it."""

    def __new__(cls, **values: Any) -> dict[str, Any]:  # type: ignore[misc]  # as a table makes dictionaries
        return values


def import_late() -> None:
    """Let these modules be imported when they are first used, unless they have been imported already."""
    # uharfbuzz asks for the flags, as whatever Cython compiles for several versions of Python; lxml for the function.
    _stand_in("inspect", CODE_FLAGS, ["getfullargspec"])
    _stand_in("textwrap")  # msgspec
    for name in ("bz2", "lzma"):  # zipfile and shutil, for archives that no Word file is
        if PathFinder.find_spec(f"_{name}"):
            _stand_in(name)
    _stand_in("msgspec.inspect")
    _stand_in("msgspec._json_schema", functions=["schema", "schema_components"])
    # argparse, which asks for every argument how wide the terminal is; zipfile, to unpack files.
    _stand_in("shutil", {"get_terminal_size": _terminal_size})
    with suppress(ImportError):  # Python can be built without hashes of its own
        _stand_in("hashlib", _hashes())
        _stand_in("hmac", {"compare_digest": _compare_digest})  # it imports hashlib
    # It makes enumerations of the numbers that Python's own module has.
    own = import_module("_signal")
    _stand_in("signal", {name: value for name, value in vars(own).items() if not name.startswith("_")})
    _stand_in("importlib.metadata", functions=["entry_points"])  # pydantic, for plugins
    # holidays, which looks for its own version among all packages that are installed, and reads dates that are texts.
    _stand_in("holidays.version", {"__version__": "unknown"})
    _stand_in("dateutil.parser", functions=["parse"])
    _stand_in("tempfile")  # jinja2
    _stand_in("urllib.parse", functions=["quote_from_bytes"])  # pathlib
    _stand_in("ipaddress")  # urllib.parse, when it is used
    # argparse, which Python has in English only, but looks in several folders for every word.
    in_english = {"gettext": lambda text: text, "ngettext": lambda one, more, count: one if count == 1 else more}
    _stand_in("gettext", in_english)
    _stand_in("pydantic_core.core_schema", kind=_WithPlainTables)
    if hasattr(os, "uname"):
        _stand_in("platform", {"system": lambda: os.uname().sysname})  # uuid, for msgspec


def _hashes() -> dict[str, Callable[..., Any]]:
    """What Python makes itself; `hashlib` loads OpenSSL, which takes longer than to make a few of them."""
    own = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256")

    def sha256(data: bytes = b"", **named: bool) -> Any:
        is_small = 0 < len(data) <= _SMALL and not named
        return own.sha256(data) if is_small else _itself("hashlib").sha256(data, **named)

    others = {"blake2b": "_blake2", "md5": "_md5", "sha1": "_sha1"}
    return {"sha256": sha256, **{name: getattr(import_module(module), name) for name, module in others.items()}}


def _terminal_size(fallback: tuple[int, int] = (80, 24)) -> os.terminal_size:
    """As `shutil.get_terminal_size`."""
    from letters._system.environment import variable  # here, because it imports what is to be imported late

    size = os.terminal_size(fallback)
    with suppress(AttributeError, OSError, ValueError):  # no terminal
        size = os.get_terminal_size(cast("TextIO", sys.__stdout__).fileno())
    if all(size) and not variable("COLUMNS") and not variable("LINES"):
        return size
    return cast("os.terminal_size", _itself("shutil").get_terminal_size(fallback))


def _itself(name: str) -> ModuleType:
    """The module that another may stand in for."""
    module = import_module(name)
    return module._module() if isinstance(module, _LateModule) else module


def _stand_in(
    name: str,
    at_hand: Mapping[str, Any] = MappingProxyType({}),
    functions: Iterable[str] = (),
    kind: type[_LateModule] = _LateModule,
) -> None:
    if name in sys.modules:
        return
    sys.modules[name] = module = kind(name, at_hand, functions)
    package, _, own_name = name.rpartition(".")
    if package in sys.modules:
        setattr(sys.modules[package], own_name, module)
