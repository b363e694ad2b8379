"""Which characters are written from right to left: a sample of the test file of Unicode Standard Annex 9."""

from __future__ import annotations

import lzma
from pathlib import Path

from letters.pdf.compose.text_direction import levels_of

STANDARD = Path(__file__).parent / "bidi_character_test.txt.xz"


def test_the_test_file_of_the_standard() -> None:
    wrong, lines = [], lzma.decompress(STANDARD.read_bytes()).decode().splitlines()
    for line in lines:
        codes, direction, _, expected, _ = line.split(";")
        text = "".join(chr(int(code, 16)) for code in codes.split())
        found = levels_of(text, backwards=direction == "1")
        if any(level not in ("x", str(own)) for level, own in zip(expected.split(), found, strict=True)):
            wrong.append(line)
    assert len(lines) == 1656
    assert not wrong


def test_characters_that_unicode_has_not_assigned_have_the_direction_of_their_block() -> None:
    assert levels_of("a\u05ff\u07bf", backwards=False) == bytes([0, 1, 1])
