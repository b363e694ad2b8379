"""Which encoding a file is in: known, guessed where the words leave no doubt, or unknown."""

from __future__ import annotations

import io

import pytest

from letters._text.encodings import DOUBLED, broken_bytes, doubled, encoding_of, in_hex

SPANISH = "José Muñoz Peña, 1 Cañón St, Española"
ENGLISH = "the Department’s records – “all” of them, § 603.4"


def file_of(text: str, encoding: str) -> io.BytesIO:
    return io.BytesIO(f"reference,date,agency\n1,2019-08-02,{text}\n".encode(encoding))


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("text", [SPANISH, "JOSÉ MUÑOZ", "São Paulo, ação, Müller, Straße"])
def test_an_old_encoding_is_recognized_by_its_words(encoding: str, text: str) -> None:
    found = encoding_of(file_of(text, encoding))
    assert found.codec == encoding
    assert found.title
    assert set(found.words) <= set(text.replace(",", "").split())


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_typographic_signs_tell_windows_from_the_mac(encoding: str) -> None:
    found = encoding_of(file_of(ENGLISH, encoding))
    assert found.codec == encoding
    assert found.words[0] == "Department’s"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Peña", "mac_roman"),  # or Pe-a, with a dash, in Windows-1252
        ("mother–daughter", "cp1252"),  # or motherñdaughter in MacRoman
        ("Иванов Петр Сергеевич", "cp1251"),
        ("日本語テキスト", "shift-jis"),
        ("Łódź Wałęsa", "cp1250"),
    ],
)
def test_an_encoding_that_words_do_not_decide_is_not_guessed(text: str, encoding: str) -> None:
    found = encoding_of(file_of(text, encoding))
    assert (found.codec, found.errors, found.title) == ("utf-8", "surrogateescape", "")


@pytest.mark.parametrize("stray", [b"\xe9", b"\xff", b"\x92", b"\xe2\x80", b"\xc3"])
def test_a_file_that_is_nearly_all_utf8_is_utf8_whatever_its_broken_bytes(stray: bytes) -> None:
    rows = "the Department’s database,É\n".encode() * 10
    found = encoding_of(io.BytesIO(rows + b"jos" + stray + b"x\n"))
    assert (found.codec, found.errors, found.title) == ("utf-8", "surrogateescape", "")


def test_one_byte_that_no_word_explains_is_not_a_guess() -> None:
    assert encoding_of(io.BytesIO(b"plain words, one \xff byte\n")).title == ""


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-32", "utf-32"),
    ],
)
def test_unicode_is_known_and_not_guessed(encoding: str, codec: str) -> None:
    found = encoding_of(file_of(SPANISH, encoding))
    assert (found.codec, found.title) == (codec, "")


def test_the_file_is_left_at_its_beginning() -> None:
    file = file_of(SPANISH, "cp850")
    encoding_of(file)
    assert file.tell() == 0


def test_the_first_broken_bytes_are_named_with_line_and_column() -> None:
    assert broken_bytes("a\nJosé\n".encode()) is None
    assert broken_bytes("é\nJos".encode() + b"\xe9 ") == (2, 4, "0xE9")
    assert in_hex(b"\xc3\x28") == "0xC3 0x28"


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman", "cp850", "cp437"])
@pytest.mark.parametrize("character", "éñóüÉ§’“—")
def test_a_character_encoded_twice_is_found_and_read(codec: str, character: str) -> None:
    match = DOUBLED.search(f"a{character.encode().decode(codec)}b")
    assert match is not None
    assert doubled(match[0]) == character
