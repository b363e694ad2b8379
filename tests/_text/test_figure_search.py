r"""Figures are found in every script, as ``\d`` finds them."""

from __future__ import annotations

import re

import pytest

from letters._text.figure_search import FigureSearch

_PATTERN = r"[x\d]-\d\d(?!\d)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x-12",
        "1-12",
        "1-123",
        "a-12",
        "“é§” 1-12",
        "٣-١٢",
        "x-١٢",
        "“x”-12",
        "\uff11-\uff11\uff12",
        "x-1٢",
        "\U0001d7ce-12",
    ],
)
def test_the_pattern_occurs_where_python_finds_it(text: str) -> None:
    assert FigureSearch(_PATTERN).occurs_in(text) is (re.search(_PATTERN, text) is not None)
