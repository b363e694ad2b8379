"""Social security numbers in text, however they are typed; and numbers that only resemble them."""

from __future__ import annotations

import pytest

from letters._text.personal import masked, may_be_personal, personal

NUMBERS = [
    "123-45-6789",
    "123 45 6789",
    "123.45.6789",
    "123\u201345\u20136789",
    "123\u201145\u20116789",
    "123\u00a045\u00a06789",
    "123 - 45 - 6789",
    "(123-45-6789)",
    "SSN 123456789",
    "SSN: 123456789",
    "Social Security number 123456789",
    "social security number is 123456789",
    "Social Security No. 123456789",
    "912-70-1234",
]
NO_NUMBERS = [
    "(505) 555-0100",
    "505-555-0100",
    "505.555.0100",
    "87102-1234",
    "Santa Fe, New Mexico 87504-1928",
    "No. 19-cv-0000",
    "No. 123-45-67",
    "51-1-32",
    "Section 51-1-32(A) NMSA 1978",
    "11.3.100.106 NMAC",
    "20 C.F.R. § 603.4(b)-(c)",
    "42 U.S.C. § 503(a)(1)",
    "OGC-2019-0142",
    "2019-08-02",
    "000-12-3456",
    "666-12-3456",
    "123-00-4567",
    "123-45-0000",
    "XXX-XX-6789",
    "1123-45-6789",
    "123-45-67890",
    "12-3456789",
    "account 123456789",
    "123-45-6789-0",
    "1-123-45-6789",
    "pages 100 to 120 of 2019",
]


def told(text: str) -> list[str]:
    return [found.what for found in personal(text)]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_social_security_number_is_recognized_however_it_is_typed(text: str) -> None:
    assert "social security number" in told(f"The records of {text}, please.")
    assert not any(digit in masked(text) for digit in "123456789")


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_telephone_numbers_zip_codes_dockets_and_statutes_are_not_social_security_numbers(text: str) -> None:
    assert "social security number" not in told(f"As to {text}, we write.")


@pytest.mark.parametrize("number", NUMBERS)
def test_one_is_found_among_many_texts(number: str) -> None:
    assert may_be_personal(f"Room 5\n{number}\nSuite 12")
    assert not may_be_personal("Room 5\nSuite 12\n2 copies")
