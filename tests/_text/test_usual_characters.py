"""Texts that need no search for what is unusual."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from letters._text.usual_characters import is_usual


def test_usual_characters_stand_for_themselves_from_left_to_right() -> None:
    usual = [character for character in map(chr, range(sys.maxunicode + 1)) if is_usual(character)]
    assert 200 < len(usual) < 300
    for character in usual:
        assert unicodedata.category(character)[0] in "LNPSZ", ascii(character)
        assert unicodedata.category(character) != "Nd" or character.isascii(), ascii(character)
        assert unicodedata.bidirectional(character) not in ("R", "AL", "AN", "RLE", "RLO", "RLI"), ascii(character)
        assert unicodedata.normalize("NFC", character) == character, ascii(character)
        assert not unicodedata.combining(character), ascii(character)


@pytest.mark.parametrize("text", ["", "§ 603.5(e)", "\u201cSeñor Núñez\u201d \u2013 5 €", "a\u00a0b"])
def test_texts_of_usual_characters(text: str) -> None:
    assert is_usual(text)


@pytest.mark.parametrize("text", ["a\tb", "\x07", "so\u00adft", "\u2011", "e\u0301", "\u05d0", "\ue000", "\u0667"])
def test_one_other_character_is_enough(text: str) -> None:
    assert not is_usual(f"usual {text} usual")
