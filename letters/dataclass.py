"""The dataclasses of the house: what the standard library's do, made when it is first needed.

A command that prints one letter defines more than a hundred of these classes, and creates objects of half of them. The
standard library writes out and compiles six methods for each class; that was a quarter of the time of the command.
Here the initializer of a class is compiled when its first object is created, and the other methods are shared. Type
checkers see the standard library's. Use it in whatever `letters pdf` loads; elsewhere, either will do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "fields", "replace"]

_NONE: Any = object()
_set_attribute = object.__setattr__


class _Attribute:
    """What the class says about one attribute."""

    __slots__ = ("compare", "default", "factory", "kw_only", "name", "repr")

    def __init__(
        self,
        *,
        default: Any = _NONE,
        default_factory: Any = _NONE,
        repr: bool = True,
        compare: bool = True,
        kw_only: bool = False,
    ) -> None:
        self.name = ""
        self.default, self.factory, self.repr, self.compare, self.kw_only = (
            default, default_factory, repr, compare, kw_only,
        )  # fmt: skip


class _StandardFields:
    """The fields as the standard library has them, so that its functions take these classes, too."""

    def __get__(self, instance: object, owner: Any) -> Mapping[str, Any]:
        import dataclasses

        found = {}
        for each in owner._attributes.values():
            default = dataclasses.MISSING if each.default is _NONE else each.default
            factory = dataclasses.MISSING if each.factory is _NONE else each.factory
            made: Any = (
                dataclasses.field(default=default, repr=each.repr, compare=each.compare, kw_only=each.kw_only)
                if factory is dataclasses.MISSING
                else dataclasses.field(
                    default_factory=factory, repr=each.repr, compare=each.compare, kw_only=each.kw_only
                )
            )
            made.name, made._field_type = each.name, dataclasses._FIELD  # type: ignore[attr-defined]
            found[each.name] = made
        return found


def _dataclass(
    cls: Any = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False
) -> Any:
    """As `dataclasses.dataclass`, with these of its arguments."""
    if cls is None:
        return lambda cls: _made(cls, frozen=frozen, slots=slots, eq=eq, kw_only=kw_only)
    return _made(cls, frozen=frozen, slots=slots, eq=eq, kw_only=kw_only)


def _made(cls: Any, *, frozen: bool, slots: bool, eq: bool, kw_only: bool) -> Any:
    space = cls.__dict__
    own = [name for name, kind in space.get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")]
    known: dict[str, _Attribute] = {}
    for base in cls.__mro__[-1:0:-1]:
        known |= base.__dict__.get("_attributes", {})
    inherited = frozenset(known)
    for name in own:
        said = space.get(name, _NONE)
        if not isinstance(said, _Attribute):
            said = _Attribute(default=said, kw_only=kw_only)
        said.name = name
        known[name] = said
    added: dict[str, Any] = {
        "_attributes": known,
        "__dataclass_fields__": _StandardFields(),
        "__match_args__": tuple([name for name, each in known.items() if not each.kw_only]),
        "__repr__": space.get("__repr__", _shown),
    }
    if eq and "__eq__" not in space:
        added["__eq__"] = _same
        if frozen:
            added["__hash__"] = space.get("__hash__") or _hash
        else:
            added["__hash__"] = None
        names = [name for name, each in known.items() if each.compare]
        added["_compared"] = staticmethod(attrgetter(*names)) if names else staticmethod(lambda _: ())
    if frozen:
        added["__setattr__"] = added["__delattr__"] = _refuse
    if slots:
        kept = {name: value for name, value in space.items() if name not in (*own, "__dict__", "__weakref__")}
        added["__slots__"] = tuple([name for name in own if name not in inherited])
        if frozen:
            added["__getstate__"], added["__setstate__"] = _state, _set_state
        name = cls.__qualname__
        cls = type(cls)(cls.__name__, cls.__bases__, kept | added)
        cls.__qualname__ = name
    else:
        for name in own:
            if known[name].default is not _NONE:
                setattr(cls, name, known[name].default)
            elif name in space:
                delattr(cls, name)
        for name, value in added.items():
            setattr(cls, name, value)
    if "__init__" not in space:
        cls.__init__ = _first_initializer(cls, frozen)
    return cls


def _first_initializer(cls: Any, frozen: bool) -> Callable[..., None]:
    def __init__(self: Any, *values: Any, **named: Any) -> None:
        cls.__init__ = _initializer(cls, frozen)
        cls.__init__(self, *values, **named)

    return __init__


def _initializer(cls: Any, frozen: bool) -> Callable[..., None]:
    """The initializer of a class, compiled."""
    names: dict[str, Any] = {"set_attribute": _set_attribute, "NONE": _NONE}
    parameters, by_name, body = ["self"], list[str](), list[str]()
    for at, each in enumerate(cls._attributes.values()):
        value, parameter = each.name, each.name
        if each.factory is not _NONE:
            names[f"factory_{at}"] = each.factory
            parameter, value = f"{each.name}=NONE", f"factory_{at}() if {each.name} is NONE else {each.name}"
        elif each.default is not _NONE:
            names[f"default_{at}"] = each.default
            parameter = f"{each.name}=default_{at}"
        (by_name if each.kw_only else parameters).append(parameter)
        body.append(f"set_attribute(self, {each.name!r}, {value})" if frozen else f"self.{each.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    if by_name:
        parameters += ["*", *by_name]
    exec(f"def __init__({', '.join(parameters)}):\n  " + "\n  ".join(body or ["pass"]), names)
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _same(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._compared(self) == self._compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _shown(self: Any) -> str:
    values = [f"{name}={getattr(self, name)!r}" for name, each in self._attributes.items() if each.repr]
    return f"{self.__class__.__qualname__}({', '.join(values)})"


def _refuse(self: Any, name: str, *_: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot change {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self._attributes]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self._attributes, state, strict=True):
        _set_attribute(self, name, value)


def _replaced(instance: Any, /, **changes: Any) -> Any:
    """As `dataclasses.replace`, for objects of either kind."""
    known = getattr(instance, "_attributes", None) or instance.__dataclass_fields__
    for name in known:
        if name not in changes:
            changes[name] = getattr(instance, name)
    return instance.__class__(**changes)


def _fields_of(cls: Any) -> Any:
    """As `dataclasses.fields`, for classes made here; of each field, there is the name and little else."""
    return tuple(cls._attributes.values())


if TYPE_CHECKING:
    from dataclasses import dataclass, field, fields, replace
else:
    dataclass, field, fields, replace = _dataclass, _Attribute, _fields_of, _replaced
