"""What is compressed for a PDF: the same content gives the same bytes, whatever was compressed before it."""

from __future__ import annotations

import zlib

from letters.pdf.compose.compression import packed

COMMON = b"".join([b"1 0 0 1 72.000 %d.250 Tm <%08x> Tj\n" % (at, at * 40503) for at in range(200)])
CONTENTS = [COMMON + b"(one)", COMMON[:3000] + b"(two)" + COMMON, COMMON + b"(three)", COMMON, b"", b"short"]


def test_content_that_begins_like_an_earlier_one_is_packed_as_if_there_were_none() -> None:
    expected = [zlib.compress(content, 4) for content in CONTENTS]

    for _ in range(3):
        assert [packed(content) for content in CONTENTS] == expected
    assert [packed(content) for content in reversed(CONTENTS)] == expected[::-1]


def test_many_contents_are_packed_whole() -> None:
    contents = [b"%d %b" % (at, COMMON) for at in range(40) for _ in range(2)]

    assert [zlib.decompress(packed(content)) for content in contents] == contents
