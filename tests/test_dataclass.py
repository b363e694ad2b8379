"""The dataclasses of the house behave as those of the standard library do."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from letters import dataclass as ours

TEXT = """
@dataclass
class Plain:
    name: str
    sizes: list[int] = field(default_factory=list)

@dataclass(frozen=True, slots=True)
class Frozen:
    name: str
    size: float = 1.0
    about: object = field(default=None, compare=False, repr=False)

@dataclass(slots=True)
class Above:
    height: float
    keep: bool = False

@dataclass(slots=True)
class Below(Above):
    words: str = ""
    notes: tuple[str, ...] = ()

    def both(self):
        return self.height, super().__class__.__name__

@dataclass(eq=False, slots=True)
class Same:
    kids: list[object] = field(default_factory=list)

@dataclass(frozen=True)
class Named:
    root: str
    signers: str | None = field(default=None, kw_only=True)

@dataclass
class Checked:
    name: str

    def __post_init__(self):
        self.name = self.name.strip()
"""


def classes(library: Any) -> dict[str, Any]:
    names: dict[str, Any] = {"dataclass": library.dataclass, "field": library.field, "__name__": __name__}
    exec(TEXT, names)
    return names


OURS, STANDARD = classes(ours), classes(dataclasses)
globals().update({name: OURS[name] for name in ("Plain", "Frozen", "Below")})  # where pickle looks for them
MADE: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = (
    ("Plain", ("a",), {}), ("Plain", ("a", [1]), {}), ("Plain", (), {"name": "b"}),
    ("Frozen", ("a", 2.0, [3]), {}), ("Frozen", ("a", 2.0), {"about": 4}), ("Frozen", ("b",), {}),
    ("Below", (1.0, True, "x"), {}), ("Below", (1.0,), {"words": "x"}), ("Above", (1.0,), {}),
    ("Named", ("r",), {"signers": "s"}), ("Checked", (" a ",), {}), ("Same", (), {}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "values", "named"), MADE)
def test_objects_have_the_same_values_and_texts(name: str, values: Any, named: Any) -> None:
    mine, its = OURS[name](*values, **named), STANDARD[name](*values, **named)
    assert repr(mine) == repr(its)
    assert [getattr(mine, each.name) for each in ours.fields(mine)] == [
        getattr(its, each.name) for each in dataclasses.fields(its)
    ]
    assert type(mine).__match_args__ == type(its).__match_args__
    assert dataclasses.asdict(mine) == dataclasses.asdict(its)
    assert (type(mine).__hash__ is None) == (type(its).__hash__ is None)


def test_objects_are_equal_and_hashed_as_in_the_standard_library() -> None:
    for one, a, c in MADE:
        for other, b, d in MADE:
            mine = OURS[one](*a, **c) == OURS[other](*b, **d)
            assert mine == (STANDARD[one](*a, **c) == STANDARD[other](*b, **d)), (one, other)
    assert hash(OURS["Frozen"]("a", 2.0, [3])) == hash(OURS["Frozen"]("a", 2.0))


def test_frozen_objects_stay_as_they_are_and_slots_are_all_there_is() -> None:
    frozen = OURS["Frozen"]("a")
    for change in (lambda: setattr(frozen, "name", "b"), lambda: delattr(frozen, "name")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert not hasattr(OURS["Below"](1.0), "__dict__")
    with pytest.raises(AttributeError):
        OURS["Below"](1.0).other = 1


@pytest.mark.parametrize("made", [OURS["Plain"]("a", [1]), OURS["Frozen"]("a", 2.0), OURS["Below"](1.0, words="x")])
def test_objects_are_pickled_and_replaced(made: Any) -> None:
    assert pickle.loads(pickle.dumps(made)) == made
    first = ours.fields(made)[0].name
    for replace in (ours.replace, dataclasses.replace):
        other = replace(made, **{first: 7.0})
        assert getattr(other, first) == 7.0
        assert replace(other, **{first: getattr(made, first)}) == made


def test_wrong_arguments_are_refused_the_first_time_and_later() -> None:
    for _ in range(2):
        with pytest.raises(TypeError):
            OURS["Named"]("r", "s")
        with pytest.raises(TypeError):
            OURS["Above"]()
    assert OURS["Plain"]("a").sizes is not OURS["Plain"]("a").sizes
