"""Straight marks become those of a typesetter, and a quotation within a quotation has the other marks."""

from __future__ import annotations

import pytest

from letters._text.quotation_marks import quoted, typeset

AMERICAN = ("“", "”", "\u2018", "\u2019")


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        (
            """He said "it's the agency's 'log-in' record".""",
            "He said “it\u2019s the agency\u2019s \u2018log-in\u2019 record”.",
        ),
        (
            "employees' records of the '90s and O'Neill's",
            "employees\u2019 records of the \u201990s and O\u2019Neill\u2019s",
        ),
        ("""("all" records), "'raw' data\"""", "(“all” records), “\u2018raw\u2019 data”"),
        ("""5'10" tall""", "5\u203210\u2033 tall"),
        ("“curly” already, and no marks", "“curly” already, and no marks"),
    ],
)
def test_straight_marks_become_curly_ones_and_primes(typed: str, set_: str) -> None:
    assert typeset(typed) == set_


@pytest.mark.parametrize(
    ("text", "quotation"),
    [
        ('access to "the State\'s records"', "“access to \u2018the State\u2019s records\u2019”"),
        (
            "he wrote “they said \u2018yes\u2019 to workers\u2019 plans” today",
            "“he wrote \u2018they said “yes” to workers\u2019 plans\u2019 today”",
        ),
        ('"direct access"', "“direct access”"),
        ('"a" and "b"', "“\u2018a\u2019 and \u2018b\u2019”"),
    ],
)
def test_marks_change_from_level_to_level(text: str, quotation: str) -> None:
    assert quoted(text, AMERICAN) == quotation


def test_another_language_has_its_own_marks() -> None:
    assert quoted("dijo «hola “tú”»", ("«", "»", "“", "”")) == "«dijo “hola «tú»”»"
