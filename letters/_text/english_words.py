"""The lists of English words in `english_words.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import tomli


@cache
def _file() -> Mapping[str, object]:
    return tomli.loads(resources.files("letters._text").joinpath("english_words.toml").read_text("utf-8"))


@cache
def english_words() -> Mapping[str, frozenset[str]]:
    """Every list, by its name."""
    return {name: frozenset(words.split()) for name, words in _file().items() if isinstance(words, str)}


@cache
def misspelled() -> Mapping[str, str]:
    """Words as they are often misspelled, and how they are written."""
    return _pairs("misspelled")


@cache
def stiff() -> Mapping[str, str]:
    """Phrases, in small letters, that say stiffly what a letter says in a sentence; and what it would say."""
    return _pairs("stiff")


def _pairs(name: str) -> Mapping[str, str]:
    found = _file()[name]
    assert isinstance(found, dict)
    return found
