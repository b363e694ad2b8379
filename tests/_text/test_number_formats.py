"""What Excel shows in a cell. The texts are Excel's, checked against LibreOffice where the two agree.

They differ, and Excel's text stands here, in these: General with many digits or decimals (LibreOffice shows them all);
the point of `0.##` (Excel keeps it); days before March 1, 1900 (Excel has a February 29); seconds with a fraction
(Excel rounds them); `A/P` (Excel: capitals); percentages such as 28.5 (Excel rounds the decimal digits).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letters._text.number_formats import NumberFormatNotSupported, shown

ACCOUNTING = '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)'
PHONE = "[<=9999999]###-####;(###) ###-####"
MOMENT = datetime(2019, 8, 2, 13, 5, 9)

GENERAL: list[tuple[Any, Any, str]] = [
    (0, "General", "0"),
    (142, "General", "142"),
    (-142, "general", "-142"),
    (1.0, "General", "1"),
    (0.1 + 0.2, "General", "0.3"),
    (12345.67, "General", "12345.67"),
    (0.333333333333333, "General", "0.333333333"),
    (123456.789123, "General", "123456.7891"),
    (123456789.123, "General", "123456789.1"),
    (12345678901, "General", "12345678901"),
    (123456789012, "General", "1.23457E+11"),
    (100000000000, "General", "1E+11"),
    (0.0001234567, "General", "0.000123457"),
    (0.00001234567, "General", "1.23457E-05"),
    (0.000000012, "General", "0.000000012"),
    (0.0000000012, "General", "1.2E-09"),
    (-0.00001, "General", "-0.00001"),
    (142, '"No. "General', "No. 142"),
    (-142, "[Red]General", "-142"),
    (-3, 'General;"minus "General', "minus 3"),
    (142, 0, "142"),
    (142, "@", "142"),
    (123456789012, 49, "1.23457E+11"),
    (True, "General", "TRUE"),
    (False, "0.00", "FALSE"),
    (None, "0.00", ""),
]

DIGITS: list[tuple[Any, Any, str]] = [
    (142, "0", "142"),
    (142.5, "0", "143"),
    (-142.5, "0", "-143"),
    (0, "#", ""),
    (5, "000", "005"),
    (142, "00000", "00142"),
    (5, "???", "  5"),
    (1, "0.00", "1.00"),
    (1.005, "0.00", "1.01"),
    (2.675, "0.00", "2.68"),
    (-1.005, "0.00", "-1.01"),
    (999.995, "0.00", "1000.00"),
    (0.5, ".00", ".50"),
    (12.5, ".00", "12.50"),
    (0, "#.##", "."),
    (1, "0.##", "1."),
    (1.25, "0.##", "1.25"),
    (1.2, "0.0#", "1.2"),
    (1.25, "0.0#", "1.25"),
    (1.2, "0.0??", "1.2  "),
    (-10.29, "#.##0", "-10.290"),
    (1234.5, "#,##0", "1,235"),
    (1234567.891, "#,##0.00", "1,234,567.89"),
    (12, "#,##0", "12"),
    (12, "0,000", "0,012"),
    (1234567.89, "0,0", "1,234,568"),
    (0, "#,###", ""),
    (1234567, "#,##0,", "1,235"),
    (1234567, '0.0,,"M"', "1.2M"),
    (12345, "00,000.00,", "00,012.35"),
    (1234567890123.45, "#,##0.00", "1,234,567,890,123.45"),
    (0.285, "0%", "29%"),
    (0.0295, "0.0%", "3.0%"),
    (0.07, "0.00%", "7.00%"),
    (-0.5, "0%", "-50%"),
    (0.5, 9, "50%"),
    (0.1234, 10, "12.34%"),
    (1234.5, 3, "1,235"),
    (1234.5, 4, "1,234.50"),
]

LITERALS: list[tuple[Any, Any, str]] = [
    (142, '"OGC-2019-"0000', "OGC-2019-0142"),
    (20190142, '"OGC-"0000-0000', "OGC-2019-0142"),
    (20190142, "0000-0000", "2019-0142"),
    (142, r"\F\O\I\A-0000", "FOIA-0142"),
    (142, "FOIA-0000", "FOIA-0142"),
    (142, '0000"-A"', "0142-A"),
    (5, '0" days"', "5 days"),
    (799001234, "00000-0000", "79900-1234"),
    (799001234, r"00000\-0000", "79900-1234"),
    (142, "00000", "00142"),
    (123456789, "000-00-0000", "123-45-6789"),
    (12345678, r"000\-00\-0000", "012-34-5678"),
    (2175551234, "(000) 000-0000", "(217) 555-1234"),
    (2175551234, r"\(000\)\ 000\-0000", "(217) 555-1234"),
    (2175551234, PHONE, "(217) 555-1234"),
    (5551234, PHONE, "555-1234"),
    (5551234, "(###) ###-####", "() 555-1234"),
    (101, r"###\###\##0.00", "#1#01.00"),
    (1234567, r"000\.00\-0000", "001.23-4567"),
    (5, '"§ "0', "§ 5"),
    (5, "№0", "№5"),
    (5, "0 €", "5 €"),
    (930, '0":"00', "9:30"),
    (5, "{0}", "{5}"),
    (7, "123", "123"),
    (1, '"Yes";"Yes";"No"', "Yes"),
    (0, '"Yes";"Yes";"No"', "No"),
    (-1, '"no sign"', "-no sign"),
    (5, '"1-"0', "1-5"),
]

MONEY: list[tuple[Any, Any, str]] = [
    (1234.5, "$#,##0.00", "$1,234.50"),
    (-1234.5, "$#,##0.00", "-$1,234.50"),
    (1234.5, '"$"#,##0.00_);("$"#,##0.00)', "$1,234.50 "),
    (-1234.5, '"$"#,##0.00_);("$"#,##0.00)', "($1,234.50)"),
    (-1234.5, r'"$"#,##0.00_);[Red]\("$"#,##0.00\)', "($1,234.50)"),
    (1234.5, 5, "$1,235 "),
    (-1234.5, 6, "($1,235)"),
    (1234.5, 7, "$1,234.50 "),
    (-1234.5, 8, "($1,234.50)"),
    (1234.5, "[$$-409]#,##0.00", "$1,234.50"),
    (1234.5, "[$$-en-US]#,##0.00", "$1,234.50"),
    (-1234.5, "[$$-409]#,##0.00;[Red]-[$$-409]#,##0.00", "-$1,234.50"),
    (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
    (1234.5, "[$USD] #,##0.00", "USD 1,234.50"),
    (1234.5, "£#,##0.00", "£1,234.50"),
    (1234.5, ACCOUNTING, " $1,234.50 "),
    (-1234.5, ACCOUNTING, " $(1,234.50)"),
    (0, ACCOUNTING, " $-   "),
    ("see note", ACCOUNTING, " see note "),
    (1234.5, 44, " $1,234.50 "),
    (1234.5, r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)', " $1,234.50 "),  # 44 as openpyxl spells it
    (1234.5, 41, " 1,235 "),
    (-1234.5, 42, " $(1,235)"),
    (1234.5, 43, " 1,234.50 "),
    (-1234.5, 37, "(1,235)"),
    (-1234.5, 38, "(1,235)"),
    (1234.5, 39, "1,234.50 "),
    (-1234.5, 40, "(1,234.50)"),
]

SECTIONS: list[tuple[Any, Any, str]] = [
    (5, "0;(0)", "5"),
    (-5, "0;(0)", "(5)"),
    (0, "0;(0)", "0"),
    (0, '0;(0);"none"', "none"),
    (-5, "0;-0;;@", "-5"),
    (0, "0;-0;;@", ""),
    (5, ";;;", ""),
    ("secret", ";;;", ""),
    (-5, "0.00_);;", ""),
    (5, "[Red]0.00", "5.00"),
    (-5, "[Blue]0.00;[Red](0.00)", "(5.00)"),
    (5, "[Color 3]0", "5"),
    (5, "[color10]0;[Color56]-0", "5"),
    (250, '[>=100]"big "0;"small "0', "big 250"),
    (50, '[>=100]"big "0;"small "0', "small 50"),
    (0.5, "[<1]0.00%;0.00", "50.00%"),
    (2, "[<1]0.00%;0.00", "2.00"),
    (1, '[=1]0" day";0" days"', "1 day"),
    (5, '[=1]0" day";0" days"', "5 days"),
    (2, '[=1]"one";[=2]"two";0', "two"),
    (3, '[=1]"one";[=2]"two";0', "3"),
    (3, '[<>3]"other";0', "3"),
    (-6, '[>6]"A"0;[<-5]"B"0', "B6"),
    (-5, "[Red][<100]0;[Blue][>=100]0", "-5"),
    (250, "[Red][<100]0;[Blue][>=100]0.0", "250.0"),
    (7, '0;[=-11]"B"0;"C"0', "7"),
]

TEXTS: list[tuple[Any, Any, str]] = [
    ("00142", "General", "00142"),
    ("00142", "0.00", "00142"),
    ("00142", "m/d/yyyy", "00142"),
    ("142", '"OGC-"@', "OGC-142"),
    ("142", '0;-0;0;"OGC-"@', "OGC-142"),
    ("142", "#,##0;@", "142"),
    ("a", "@@", "aa"),
    ("a", '@" (see file)"', "a (see file)"),
    ("a", '"foo";"bar";"baz";"qux"', "qux"),
    ("a", '"foo";"bar";"baz"', "a"),
    (1, '"foo";"bar";@', "foo"),
    (0, '"foo";"bar";@', "foo"),
]

DATES: list[tuple[Any, Any, str]] = [
    (date(2019, 8, 2), "m/d/yyyy", "8/2/2019"),
    (43679, "m/d/yyyy", "8/2/2019"),
    (date(2019, 8, 2), "mm/dd/yy", "08/02/19"),
    (date(2019, 8, 2), "yyyy-mm-dd", "2019-08-02"),
    (date(2019, 8, 2), "YYYY-MM-DD", "2019-08-02"),
    (date(2019, 8, 2), "mmmm d, yyyy", "August 2, 2019"),
    (date(2019, 8, 2), r"mmmm\ d\,\ yyyy", "August 2, 2019"),
    (date(2019, 8, 2), "[$-409]mmmm d, yyyy;@", "August 2, 2019"),
    (date(2019, 8, 2), "[$-en-US]dddd, mmmm dd, yyyy", "Friday, August 02, 2019"),
    (date(2019, 8, 2), "[$-F800]dddd, mmmm dd, yyyy", "Friday, August 2, 2019"),
    (date(2019, 8, 2), "[$-x-sysdate]dddd, mmmm dd, yyyy", "Friday, August 2, 2019"),
    (date(2019, 8, 2), '[$-80A]d" de "mmmm" de "yyyy;@', "2 de agosto de 2019"),
    (date(2019, 8, 3), '[$-C0A]dddd, d" de "mmmm;@', "sábado, 3 de agosto"),
    (date(2019, 8, 2), '[$-es-MX]mmmm" de "yyyy', "agosto de 2019"),
    (date(2019, 8, 2), "[$-809]d mmmm yyyy", "2 August 2019"),
    (date(2019, 8, 2), "[$-0409]d-mmm-yy", "2-Aug-19"),
    (date(2019, 8, 2), "ddd d mmm yy", "Fri 2 Aug 19"),
    (date(2019, 8, 2), "mmmmm", "A"),
    (date(2019, 8, 2), "dddd", "Friday"),
    (date(2019, 8, 2), '"Received "mmmm d', "Received August 2"),
    (date(2019, 8, 2), "d.m.yyyy", "2.8.2019"),
    (date(2019, 8, 2), 'yyyy"年"m"月"d"日"', "2019年8月2日"),
    (date(2019, 8, 2), 14, "8/2/2019"),
    (date(2019, 8, 2), 15, "2-Aug-19"),
    (date(2019, 8, 2), 16, "2-Aug"),
    (date(2019, 8, 2), 17, "Aug-19"),
    (MOMENT, 22, "8/2/2019 13:05"),
    (MOMENT, "m/d/yy h:mm AM/PM", "8/2/19 1:05 PM"),
    (MOMENT, "yyyy-mm-dd\\Thh:mm:ss", "2019-08-02T13:05:09"),
    (MOMENT, "mm/dd/yyyy hh:mm:ss mm", "08/02/2019 13:05:09 08"),
    (datetime(2019, 8, 2), "h:mm", "0:00"),
    (1, "m/d/yyyy", "1/1/1900"),
    (date(1900, 1, 1), "dddd", "Sunday"),
    (60, "m/d/yyyy", "2/29/1900"),
    (date(1900, 3, 1), "m/d/yyyy", "3/1/1900"),
    (time(0), "m/d/yyyy", "1/0/1900"),
    (2958465, "yyyy-mm-dd", "9999-12-31"),
]

TIMES: list[tuple[Any, Any, str]] = [
    (0.7, "hh:mm AM/PM", "04:48 PM"),
    (0.5, "h:mm AM/PM", "12:00 PM"),
    (0, "h:mm AM/PM", "12:00 AM"),
    (time(9, 5), "h:mm A/P", "9:05 A"),
    (time(9, 5), "hh:mm am/pm", "09:05 AM"),
    (time(13, 5), "h:mm", "13:05"),
    (time(13, 5, 9), "h:mm:ss", "13:05:09"),
    (time(13, 5, 9), "mm:ss", "05:09"),
    (time(13, 5, 59), "h:mm", "13:05"),
    (time(13, 5), "[$-F400]h:mm:ss AM/PM", "1:05:00 PM"),
    (time(13, 5), 'h "h" m "min"', "13 h 5 min"),
    (0.70707, "hh:mm:ss.000", "16:58:10.848"),
    (0.70707, "hh:mm:ss", "16:58:11"),
    (0.70707, "ss.00", "10.85"),
    (time(0, 1, 2, 500000), 47, "01:02.5"),
    (time(0, 1, 2, 500000), "mmss.0", "01:02.5"),  # 47 as openpyxl spells it
    (43679.4381944444, "h:mm", "10:31"),
    (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    (timedelta(hours=30, minutes=5), 46, "30:05:00"),
    (1.25, "[h]:mm:ss", "30:00:00"),
    (2.9999999999999996, "[h]:mm:ss;@", "72:00:00"),
    (timedelta(minutes=90, seconds=5), "[mm]:ss", "90:05"),
    (timedelta(seconds=65), "[ss]", "65"),
    (timedelta(hours=3), "[hh]:mm", "03:00"),
    (0.5, 18, "12:00 PM"),
    (0.5, 19, "12:00:00 PM"),
    (0.5, 20, "12:00"),
    (0.5, 21, "12:00:00"),
    (time(0, 5, 9), 45, "05:09"),
]

FRACTIONS: list[tuple[Any, Any, str]] = [
    (1, "# ?/?", "1    "),
    (0, "# ?/?", "0    "),
    (0.5, "# ?/?", " 1/2"),
    (5.25, "# ?/?", "5 1/4"),
    (-1.2, "# ?/?", "-1 1/5"),
    (123.45, "# ?/?", "123 4/9"),
    (12.3456789, "# ??/??", "12 28/81"),
    (12.3, 13, "12  3/10"),
    (5.25, 12, "5 1/4"),
    (-12345.67891, "# ???/???", "-12345 573/844"),
    (12.3, "# ?/8", "12 2/8"),
    (-1.2, "# ?/2", "-1    "),
    (12.3, "# ??/16", "12  5/16"),
    (12.3, "# ?/10", "12 3/10"),
    (12.34, "# ??/100", "12 34/100"),
    (12.5, "?/?", "25/2"),
    (1, "??/??", " 1/1 "),
    (0, "?/?", "0/1"),
    (12.345, "# #/#", "12 1/3"),
    (1, "# #/#", "1"),
    (1234.5, "#,##0 ?/?", "1,234 1/2"),
    (0.5, '# ?/?" cup"', " 1/2 cup"),
]

SCIENTIFIC: list[tuple[Any, Any, str]] = [
    (123456789, "0.00E+00", "1.23E+08"),
    (0.00012, "0.00E+00", "1.20E-04"),
    (0, "0.00E+00", "0.00E+00"),
    (-12, "0.00E+00", "-1.20E+01"),
    (9.999, "0.00E+00", "1.00E+01"),
    (1234, "0E+0", "1E+3"),
    (1234, "0.0E-0", "1.2E3"),
    (0.0012, "0.0E-0", "1.2E-3"),
    (12345, "##0.0E+0", "12.3E+3"),
    (123456789, 48, "123.5E+6"),
    (123456789, 11, "1.23E+08"),
]

TABLE = [*GENERAL, *DIGITS, *LITERALS, *MONEY, *SECTIONS, *TEXTS, *DATES, *TIMES, *FRACTIONS, *SCIENTIFIC]


@pytest.mark.parametrize(("value", "number_format", "text"), TABLE)
def test_a_cell_shows_what_excel_shows(value: Any, number_format: str | int, text: str) -> None:
    assert shown(value, number_format) == text


@pytest.mark.parametrize(
    ("value", "number_format", "unsupported"),
    [
        (10**15, "0", "15 digits"),
        (1234567890123456, "General", "15 digits"),
        (1e20, "0", "15 digits"),
        (float("nan"), "0", "15 digits"),
        (5, "[DBNum1]0", "DBNum1"),
        (5, "[ENG]0", "ENG"),
        (5, "[$-407]d. mmmm yyyy", "407"),
        (5, "[$-D000000]0", "d000000"),
        (45000, "[$-80A]mmm", "Spanish"),
        (45000.5, "[$-80A]h:mm AM/PM", "AM and PM"),
        (5, 27, "built-in format 27"),
        (5, "**0", "column"),
        (5, "0 days", "0"),
        (5, "OGC-0000", "G"),
        (5, "0.0.0", "two points"),
        (5, "0%%", "percent"),
        (5, "1-800-000", "figure"),
        (5, '#,##0"x"0', "grouped"),
        (5, ",0", "comma"),
        (5, "(000) ###-####", "digit marks"),
        (-0.001, "0.00", "rounds to zero"),
        (-0.001, "0.00;(0.00)", "rounds to zero"),
        (-5, "0;", "empty section"),
        (-5, "[>=100]0;0.0", "condition"),
        (5, "[>=100]0", "none of its conditions"),
        (5, "[Red]", "nothing but a color"),
        (5, "##,##0[Red],", "[Red] in this place"),
        (5, "[>=100]0;0.0;0.00", "condition"),
        (-1, "m/d/yyyy", "below zero"),
        (2958466, "m/d/yyyy", "9999"),
        (0.999997, "h:mm:ss", "midnight"),
        (5, "b", "code b"),
        (5, "e", "code e"),
        (5, "aaa", "aaa"),
        (5, "dddddd", "dddddd"),
        (5, "h:mm.00", "seconds"),
        (5, "yyyy [h]", "elapsed"),
        (0.3, "# ?/?", "two fractions"),
        (0.99, "# ?/8", "one"),
        (5, "0/", "fraction"),
        (5, "00.0E+0", "scientific"),
        (5, '"OGC-"@', "texts"),
        (True, '"OGC-"@', "true or false"),
        ("a", "@;0", "@"),
        (5, "0;0;0;0;0", "four sections"),
        (5, "", "no format"),
        (5, '"open', '"'),
        (5, "0\\", "\\"),
        (datetime(2019, 8, 2, tzinfo=UTC), "m/d/yyyy", "time zone"),
        (1j, "0", "complex"),
    ],
)
def test_what_cannot_be_told_exactly_is_refused_with_what_it_is(
    value: Any, number_format: str | int, unsupported: str
) -> None:
    with pytest.raises(NumberFormatNotSupported) as refused:
        shown(value, number_format)
    assert unsupported in refused.value.unsupported
    if isinstance(number_format, str):
        assert refused.value.number_format == number_format


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0, "m/d/yyyy", "1/1/1904"),
        (42217, "m/d/yyyy", "8/2/2019"),
        (date(2019, 8, 2), "dddd, m/d/yyyy", "Friday, 8/2/2019"),
        (1.25, "[h]:mm", "30:00"),
        (0.5, "h:mm", "12:00"),
        (1234.5, "#,##0.00", "1,234.50"),
    ],
)
def test_a_workbook_may_count_days_from_1904(value: Any, number_format: str, text: str) -> None:
    assert shown(value, number_format, date1904=True) == text


def test_a_negative_day_of_1904_is_refused() -> None:
    with pytest.raises(NumberFormatNotSupported):
        shown(-5, "m/d/yyyy", date1904=True)


# --- properties ------------------------------------------------------------------------------------------------------

SIGNS = ' #?0,.%/@;[]"\\_*-$():18xEeé年\nymdhs'
WORDS = 'E+ General yyyy mm mmm dddd hh ss .00 AM/PM A/P [h] [mm] [Red] [>=100] [<0] [$-409] [$€-407] _) "OGC-" \\x'
PIECES = st.sampled_from([*SIGNS, *WORDS.split(), "* "])
CODES = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=12)
VALUES = (
    st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.booleans()
    | st.none()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.floats(0, 60000)
    | st.integers(0, 3_000_000)
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
@given(value=VALUES, number_format=CODES | st.integers(-5, 200), date1904=st.booleans())
def test_any_cell_gives_a_text_or_the_refusal(value: Any, number_format: str | int, date1904: bool) -> None:
    try:
        text = shown(value, number_format, date1904=date1904)
    except NumberFormatNotSupported as refused:
        text = refused.unsupported
    assert isinstance(text, str)


@given(number=st.integers(-(10**15) + 1, 10**15 - 1))
def test_grouping_and_literals_keep_every_digit(number: int) -> None:
    assert shown(number, "#,##0") == f"{number:,}"
    assert shown(abs(number), '"OGC-"0000') == f"OGC-{abs(number):04d}"


@given(day=st.dates(date(1900, 3, 1), date(9999, 12, 31)))
def test_every_day_is_shown_as_its_date(day: date) -> None:
    assert shown(day, "yyyy-mm-dd") == day.isoformat()
    assert shown(day, "dddd, mmmm d, yyyy") == f"{day:%A, %B} {day.day}, {day.year}"


@given(text=st.text(max_size=20), number_format=st.sampled_from(["General", "0.00", "m/d/yyyy", "0;-0", "@"]))
def test_a_text_stays_as_it_is_in_every_format_but_one_with_a_text_section(text: str, number_format: str) -> None:
    assert shown(text, number_format) == text
    assert shown(text, '"OGC-"@') == f"OGC-{text}"
