"""Entities as the standard library has them, and patterns that are compiled late."""

import html
import re

import pytest

from letters._text.entities import escaped, unescaped
from letters._text.lazy_pattern import pattern


@pytest.mark.parametrize("text", ["", "plain", 'R&D <b>"it\'s"</b>', "&amp; &lt; &#xA7; &sect; &nothing;", "§ 5"])
def test_texts_are_escaped_and_read_as_in_the_standard_library(text: str) -> None:
    assert escaped(text) == html.escape(text)
    assert unescaped(text) == html.unescape(text)


def test_a_pattern_finds_what_it_finds_when_compiled_at_once() -> None:
    late, at_once = pattern(r"(?P<number>\d+) [a-z]+", re.IGNORECASE), re.compile(r"(?P<number>\d+) [a-z]+", re.I)
    for _ in range(2):
        assert late.sub("", "5 Apples, 7") == at_once.sub("", "5 Apples, 7")
        assert [each["number"] for each in late.finditer("5 apples, 7 Pears")] == ["5", "7"]
        assert late.pattern == at_once.pattern
    with pytest.raises(re.error):
        pattern("(").search("")
