"""Where lines may break: the test file of Unicode Standard Annex 14, and what Word does otherwise."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

import pytest

from letters.pdf.compose.line_breaking import breaks
from letters.pdf.compose.unsupported import Unsupported

STANDARD = Path(__file__).parent / "line_break_test.txt.xz"


def test_every_line_of_the_test_file_of_the_standard() -> None:
    wrong, lines = [], lzma.decompress(STANDARD.read_bytes()).decode().splitlines()
    for line in lines:
        parts = line.split()
        text = "".join(chr(int(code, 16)) for code in parts[1::2])
        expected = [mark == "÷" for mark in parts[::2]]
        for at, character in enumerate(text):
            if character == "/":  # not in Word
                expected[at + 1] = False
        for sign in re.finditer("(?<=[}!?|\u2026.,:;])(?=[^\\s\u2014\u2e80-\U0010ffff])|(?<=[)\\]}])(?=[(\\[{])", text):
            expected[sign.start()] = False  # not in Word
        for space in re.finditer(r" +(?=\S)", text):
            if text[: space.start()].endswith(_OPENING) or text[space.end()] in "!?:;)]},./":
                expected[space.end()] = True  # in Word
        for space in re.finditer("(?<=[\"'\u2019\u201d\u00bb]) +(?=[(\\[{\u00a1\u00bf])", text):
            expected[space.end()] = True  # in Word
        if list(map(bool, breaks(text, holds_citations=False))) != expected:
            wrong.append(line)
    assert len(lines) == 7654
    assert not wrong


_OPENING = ("(", "[", "{", "\u00a1", "\u00bf")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("see 20 C.F.R. § 603.5(e) or", ["see ", "20 C.F.R. § 603.5(e) ", "or"]),
        ("NMSA 1978, § 14-2-11(B); 8 U.S.C. §§ 1373(a)-(b)", ["NMSA 1978, § 14-2-11(B); ", "8 U.S.C. §§ 1373(a)-(b)"]),
        ("11.3.100.106(D) NMAC, of May 4, 2026", ["11.3.100.106(D) NMAC, ", "of ", "May 4, ", "2026"]),
        ("Co., 338 U.S. 632, 652 (1950)", ["Co., ", "338 U.S. 632, 652 (1950)"]),
        ("pay $1,200.50 (or 5%) by 8/2/2019", ["pay ", "$1,200.50 ", "(or ", "5%) ", "by ", "8/2/2019"]),
        ("Why?No {{ name }}: a(b)(c) ( d|e f…g", ["Why?No ", "{{ ", "name ", "}}: ", "a(b)(c) ", "( ", "d|e ", "f…g"]),
        ("and/or the so-called “log-in”", ["and/or ", "the ", "so-", "called ", "“log-", "in”"]),
        ("https://www.dws.state.nm.us/records", ["https://www.dws.state.nm.us/records"]),
        ("10\u00a0a.m.\u2014noon", ["10\u00a0a.m.", "\u2014", "noon"]),
        ("日本語、です。", ["日", "本", "語、", "で", "す。"]),
        ("သမ္မတမြန်မာ၊ မြို့ရှိ", ["သမ္မ", "တ", "မြန်", "မာ၊ ", "မြို့", "ရှိ"]),
        ("အင်္ဂလိပ်စာကို ၁၂", ["အင်္ဂ", "လိပ်", "စာ", "ကို ", "၁၂"]),
    ],
)
def test_the_pieces_of_a_line(text: str, pieces: list[str]) -> None:
    found, at = [], 0
    for end, opportunity in enumerate(breaks(text, holds_citations=True)):
        if opportunity:
            found.append(text[at:end])
            at = end
    assert found == pieces


def test_words_of_a_script_without_spaces_need_a_dictionary() -> None:
    name = "สมชาย"
    assert breaks(f"Dear {name}:", holds_citations=False)[5]
    with pytest.raises(Unsupported, match="no spaces between"):
        breaks("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย", holds_citations=False)
