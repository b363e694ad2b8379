"""The gate that every text answer passes: what is refused, what is noted, and what is nobody's business."""

from __future__ import annotations

import pytest

from letters._text.damage import (
    _RULES,
    IN_DATES,
    IN_OWN_ANSWERS,
    damage_in,
    is_invisible,
    is_sound,
    notes_on,
    refusal,
)
from letters._text.encodings import _singles
from letters._text.usual_characters import is_usual


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jordan\x1a", "control-character"),
        ("a\x00b", "control-character"),
        ("Jos\ufffd", "replacement-character"),
        ("Jordan \u202eelpmaS", "direction-override"),
        ("Jordan \u2066Sample\u2069", "direction-override"),
        ("Sample\U000e0041\U000e0042", "hidden-text"),
        ("\uf0b7 wage records", "private-use"),
        ("\U000f0001", "private-use"),
        ("JosÃ© Sample", "twice-encoded"),
        ("MUÃ‘OZ", "twice-encoded"),
        ("the Departmentâ€™s records", "twice-encoded"),
        ("20 C.F.R. Â§ 603.4", "twice-encoded"),
        ("Jos√© Sample", "twice-encoded"),
        ("the Department‚Äôs records", "twice-encoded"),
        ("Jos├® Sample", "twice-encoded"),
        ("the DepartmentÔÇÖs records", "twice-encoded"),
        ("\u00e2\u0080\u0099s", "twice-encoded"),
        ("Mu¤oz", "wrong-encoding"),
        ("Pe‚a", "wrong-encoding"),
        ("P.O. Box 0_x000D_El Paso", "excel-escape"),
        ("Smith &amp; Co.", "html-entity"),
        ("Jos&eacute;", "html-entity"),
        ("O&#39;Brien", "html-entity"),
        ("O&#x27;Brien", "html-entity"),
        ("Smith&nbsp& Co.", "html-entity"),
        ("Jos\\u00e9", "escape"),
        ('="00142"', "formula"),
        ('=T("00142")', "formula"),
        ("=HYPERLINK(A1)", "formula"),
        ("NULL", "no-value"),
        ("null", "no-value"),
        ("nan", "no-value"),
        ("NaN", "no-value"),
        ("<NA>", "no-value"),
        ("#N/A", "excel-error"),
        ("#REF!", "excel-error"),
        ("########", "excel-error"),
        ("N/A", "no-answer"),
        ("n/a", "no-answer"),
        ("None", "no-answer"),
        ("2-Jan", "excel-date"),
        ("02-Jan-19", "excel-date"),
        ("Jan-02", "excel-date"),
        ("ene-02", "excel-date"),
    ],
)
def test_damage_that_nobody_meant_is_refused(text: str, code: str) -> None:
    found = refusal(text)
    assert found is not None
    assert found.code == code
    assert found.message[0].islower()  # it continues a sentence that begins with the name of the field
    assert found.hint.endswith((".", "”"))
    assert not is_sound(text)
    assert not is_sound(f" {text}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Null", "no-answer"),
        ("Nan", "no-answer"),
        ("-", "no-answer"),
        ("TBD", "no-answer"),
        ("XXXX", "no-answer"),
        ("JosŽ", "wrong-encoding"),
        ("Jos? Sample", ""),
        ("Mu?oz", "lost-letter"),
        ("El Paso<br>Texas", "html-tag"),
        ("P.O. Box 0\\nEl Paso", "escape"),
        ("'00142", "text-mark"),
        ("8/2/2019", "excel-date"),
        ("2019-08-02", "excel-date"),
        ("log\u00adin", "invisible-character"),
        ("log\u200bin", "invisible-character"),
        ("\ufeffJordan", "invisible-character"),
        ("Jordan\u200e", "invisible-character"),
    ],
)
def test_what_may_be_meant_is_noted_and_not_refused(text: str, code: str) -> None:
    assert refusal(text) is None
    assert [note.code for note in notes_on(text)] == ([code] if code else [])
    assert not is_sound(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jordan Sample",
        "Jordan Null",
        "Casey Null, Secretary",
        "None of the records",
        "n/a in the form, N/A in the letter",
        "José Muñoz Peña, 1 Cañón St, Española",
        "JOSÉ MUÑOZ",
        "Straße, Ørsted, Þór, ÆØÅ, ÞÓRÐUR, L’État",
        "Büro für Beschäftigung — “Süd”",
        "the letter “Ä”, “AMANHÔ, Ä’s",
        "שלום עולם",
        "محمد علي",
        "می\u200cخواهم",
        "עברית\u200f (Hebrew)",
        "20 C.F.R. § 603.4(b)–(c)",
        "mother–daughter",
        "col·legi",
        "AT&T; R&D",
        "Smith & Sons; Co.",
        "https://agency.example/a?b=c&d=e",
        "Who? When?",
        "C:\\new\\reports",
        "Jordan <jordan@agency.example>",
        "5 < 6 > 4",
        "= 5",
        "OGC-2019-0142",
        "MAR-19",
        "2-Jan is the date in the subject line",
        "$1,234.50",
        "5°C, 1ª, ½, €5, 50¢",
        "'Abd al-Rahman",
        "snake_x_case",
    ],
)
def test_ordinary_text_passes_without_a_word(text: str) -> None:
    assert list(damage_in(text)) == []
    assert not is_sound(f"{text} ")
    assert not is_sound(f"\n{text}")


def test_most_text_needs_no_closer_look() -> None:
    for text in ("2019-08-02", "federal", "the wage records of one employer, for 2019", "P.O. Box 0000\nEl Paso"):
        assert is_sound(text) == (text != "2019-08-02"), text


def test_twice_encoded_text_is_refused_with_the_right_character() -> None:
    found = refusal("the Departmentâ€™s records")
    assert found is not None
    assert "“â€™”, which is “’”" in found.message


def test_an_offices_own_question_may_be_answered_with_none() -> None:
    assert refusal("None", IN_OWN_ANSWERS) is None
    assert [note.code for note in notes_on("None")] == ["no-answer"]
    assert refusal("NULL", IN_OWN_ANSWERS) is not None


def test_a_date_is_no_damage_where_a_date_is_expected() -> None:
    assert refusal("2-Jan-19", IN_DATES) is None


@pytest.mark.parametrize(
    ("text", "position", "expected"), [("a\u200db", 1, True), ("م\u200cخ", 1, False), ("é", 0, False)]
)
def test_a_joiner_is_invisible_only_where_no_word_needs_it(text: str, position: int, expected: bool) -> None:
    assert is_invisible(text, position) is expected


def test_a_search_is_left_out_only_where_it_would_find_nothing() -> None:
    characters = [*map(chr, range(0x20, 0x3000)), *map(chr, range(0xE000, 0x10000)), "\U000e0041", "\U000f0001"]
    texts = [f"{before}{character}{after}" for character in characters for before, after in ((" ", " "), ("a", "a"))]
    texts += [
        *_singles(),
        "a_x000D_",
        "='a'",
        "'19",
        "#REF!",
        "Err:5",
        "&amp;",
        "&#39;",
        "<br>",
        "\\u00e9",
        "a\\n",
        "Jos? a?b",
    ]
    for text in texts:
        for rule in _RULES:
            if rule.signs is not None and (rule.found.fullmatch if rule.whole else rule.found.search)(text):
                assert not rule.signs.isdisjoint(text) if rule.signs else not is_usual(text), (rule.code, ascii(text))
