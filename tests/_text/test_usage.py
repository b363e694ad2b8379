"""English as a careful office writes it."""

from __future__ import annotations

import pytest

from letters._text.usage import usage_mistakes


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("the Department's answer", "straight"),
        ("from January 1, 2024 to June 30", "comma after the year"),
        ("It is is so.", "doubled"),
        ("a employer asks", "before a vowel"),
        ("a hour later", "before a vowel"),
        ("an subpoena", "before a consonant"),
        ("an uniform rule", "before a consonant"),
        ("It is denied. the letter says why.", "small letter"),
        ("the request of The agency", "capital in mid-sentence"),
    ],
)
def test_a_mistake_is_named(text: str, what: str) -> None:
    (found,) = usage_mistakes(text)
    assert what in found.what


@pytest.mark.parametrize(
    "text",
    [
        "The Department\u2019s answer of January 1, 2024, is final.",
        "an hour, a unit, a European, an FBI agent, a U.S. court, one a year",
        "20 C.F.R. part 603; see Morton Salt Co. v. United States; No. 5; Fed. Reg. page",
        "He said that that was so. It is (§ 14-2-8). A reply is due.",
    ],
)
def test_what_is_right_is_let_alone(text: str) -> None:
    assert not list(usage_mistakes(text))
