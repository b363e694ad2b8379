"""The texts that the cells of a workbook share, in every form that XML allows."""

from __future__ import annotations

import pytest
from lxml import etree

from letters.batches.cell_texts import CellText, SharedTexts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def texts(entries: str, prefix: str = "", encoding: str = "utf-8") -> SharedTexts:
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    data = f'<?xml version="1.0" encoding="{encoding}"?>\r\n<{prefix}sst {name}="{MAIN}">{entries}</{prefix}sst>'
    return SharedTexts.of(data.encode(encoding), 1000)


def test_each_form_of_a_text_is_read() -> None:
    found = texts(
        "<si><t>plain ä</t></si><si><t xml:space='preserve'> kept </t></si><si/><si><t/></si>"
        "<si><t>R&amp;D &#228; _x000D_\n</t></si><si><r><t>one </t></r><r><rPr><strike/></rPr><t>gone</t></r>"
        "<rPh sb='0' eb='1'><t>reading</t></rPh></si>\n<si> <t>a\r\nb</t> </si>"
    )
    assert [found[number].words for number in range(7)] == [
        "plain ä", " kept ", "", "", "R&D ä \n", "one gone", "a\nb",
    ]  # fmt: skip
    assert found[5] == CellText("one gone", "gone")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "iso-8859-1"])
def test_comments_cdata_prefixes_and_other_encodings_hide_nothing(encoding: str) -> None:
    entries = (
        "<x:si><x:t>one</x:t></x:si><!-- <x:si> --><x:si><x:t><![CDATA[<x:si>]]></x:t></x:si><x:si><x:t>ö</x:t></x:si>"
    )
    found = texts(entries, "x:", encoding)
    assert [found[number].words for number in range(3)] == ["one", "<x:si>", "ö"]


def test_what_is_not_there_too_long_or_damaged_is_refused() -> None:
    found = texts(f"<si><t>{'x' * 1000}</t></si><si><t>a</b></si><si><t>end</t></si>")
    with pytest.raises(ValueError, match="too long"):
        found[0]
    with pytest.raises(etree.XMLSyntaxError):
        found[1]
    assert found[2].words == "end"
    for number in (3, -1):
        with pytest.raises(IndexError):
            found[number]
    with pytest.raises(IndexError):
        SharedTexts.of(b"", 10)[0]
    with pytest.raises(ValueError, match="document type"):
        SharedTexts.of(b"<!DOCTYPE sst><sst/>", 10)
