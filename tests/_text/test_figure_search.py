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


@pytest.mark.parametrize(
    "text",
    [
        "x-12",
        "a 123 45 6789 b",
        "a 123-45-6789",
        "123\u00a045\u00a06789 é",
        "“123—45—6789”",
        "123456789",
        "é123456789é",
        "٣٣٣-٣٣-٣٣٣٣",
        "12 34 56",
        "A12345",
    ],
)
def test_what_lacks_the_shape_of_the_pattern_is_passed_over_and_nothing_else(text: str) -> None:
    source = r"\d\d\d(?:\W\d\d\W\d\d\d\d|\d\d\d\d\d\d)"
    found = FigureSearch(source, has=(b" 00 ", b"000000000")).occurs_in(text)
    assert found is (re.search(source, text) is not None)
