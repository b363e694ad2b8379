"""How letters write dates, lists, numbers and plurals, language by language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from letters._text.languages import ENGLISH, Language, is_known, matching

SPANISH = Language("es-US", ordinals=(("other", ".º"),))
DAY = date(2019, 8, 2)


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en-US", "August 2, 2019"),
        ("en-GB", "2 August 2019"),
        ("es-US", "2 de agosto de 2019"),
        ("es", "2 de agosto de 2019"),
        ("pt-BR", "2 de agosto de 2019"),
        ("fr", "2 août 2019"),
    ],
)
def test_each_language_writes_dates_its_own_way(tag: str, written: str) -> None:
    assert Language(tag).long_date(DAY) == written


@pytest.mark.parametrize(
    ("words", "how", "written"),
    [
        (["uno"], "and", "uno"),
        (["uno", "dos"], "and", "uno y dos"),
        (["uno", "dos", "tres"], "and", "uno, dos y tres"),
        (["uno", "dos", "tres", "cuatro"], "or", "uno, dos, tres o cuatro"),
        (["padres", "hijos"], "and", "padres e hijos"),
        (["padres", "Índice"], "and", "padres e Índice"),
        (["agua", "hielo"], "and", "agua y hielo"),
        (["siete", "ocho"], "or", "siete u ocho"),
        (["mujeres", "hombres"], "or", "mujeres u hombres"),
    ],
)
def test_spanish_lists_sound_right(words: list[str], how: str, written: str) -> None:
    assert SPANISH.listed(words, how) == written


def test_english_lists_keep_their_comma() -> None:
    assert ENGLISH.listed(["one", "two", "three"]) == "one, two, and three"
    assert ENGLISH.listed(["one", "two"], "or") == "one or two"


def test_numbers_money_and_ordinals() -> None:
    assert (ENGLISH.number(12500), ENGLISH.money(Decimal("1234.5"))) == ("12,500", "$1,234.50")
    assert [ENGLISH.ordinal(number) for number in (1, 2, 3, 4, 11, 22)] == ["1st", "2nd", "3rd", "4th", "11th", "22nd"]
    assert (SPANISH.ordinal(3), SPANISH.money(5)) == ("3.º", "$5.00")
    assert Language("es").number(Decimal("12345.5")) == "12.345,5"


def test_plurals_are_counted_as_the_language_counts() -> None:
    assert [ENGLISH.plural_category(number) for number in (0, 1, 2)] == ["other", "one", "other"]
    assert [Language("fr").plural_category(number) for number in (0, 1, 2)] == ["one", "one", "other"]
    assert "few" in Language("ru").plural_categories


def test_a_quotation_inside_a_quotation_gets_the_inner_marks() -> None:
    assert ENGLISH.quoted("the “file”") == "“the \u2018file\u2019”"
    assert SPANISH.with_forms({}, ["«", "»", "“", "”"]).quoted("el “registro”") == "«el “registro”»"


def test_tags_are_known_or_not() -> None:
    assert [is_known(tag) for tag in ("en-US", "es", "vi", "xx", "Spanish", "../es")] == [True] * 3 + [False] * 3
    assert matching("ES-us", ("en-US", "es")) == "es"
    assert matching("en", ("en-US", "es")) == "en-US"
    assert matching("fr", ("en-US", "es")) == ""
