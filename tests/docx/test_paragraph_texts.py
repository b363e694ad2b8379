"""A part taken apart into its paragraphs."""

from __future__ import annotations

from letters.docx.paragraph_texts import as_written, in_pieces, joined, taken_apart, whole

_PART = (
    '<?xml version="1.0"?>\n<w:body><w:p><w:r><w:t>One &amp; two</w:t><w:br/><w:t>three</w:t></w:r></w:p>\n '
    '<w:p><w:r><w:instrText> PAGE </w:instrText></w:r></w:p><w:p><w:t>a="b" c</w:t> </w:p><w:p/><w:sectPr/></w:body>'
)


def test_a_part_is_markup_and_texts_and_nothing_is_lost() -> None:
    first, field, attribute, last = taken_apart(_PART)
    assert joined((first, field, attribute, last)) == _PART
    assert first.texts == ("\n", "One &amp; two", "three")
    assert first.markup == '<?xml version="1.0"?>\0<w:body><w:p><w:r><w:t>\0</w:t><w:br/><w:t>\0</w:t></w:r>'
    assert (field.texts, "> PAGE <" in field.markup) == (("\n ",), True)
    assert (attribute.texts, 'a="b" c' in attribute.markup) == ((" ",), True)
    assert (last.texts, last.markup) == ((), "<w:p/><w:sectPr/></w:body>")


def test_a_paragraph_is_shared_by_all_letters_that_have_it_unless_it_is_very_long() -> None:
    again = taken_apart(_PART.replace("three", "four"))
    assert [one is other for one, other in zip(taken_apart(_PART), again, strict=True)] == [False, True, True, True]
    assert again[0].markup is taken_apart(_PART)[0].markup
    long = f"<w:p><w:t>{'x' * 30_000}</w:t></w:p>"
    assert taken_apart(long)[0] is not taken_apart(long)[0]


def test_pieces_make_the_same_paragraph_again() -> None:
    for xml in _PART.split("</w:p>"):
        assert whole(in_pieces(xml)) == xml


def test_paragraphs_are_told_apart_as_they_stand_or_not_at_all() -> None:
    part = '<w:document xmlns:w="w"><w:body><w:p><w:pPr/></w:p><w:tbl/><w:p w:x=">"><w:r/></w:p></w:body></w:document>'
    for head in ("", '<?xml version="1.0"?>\n'):
        assert as_written(taken_apart(head + part)) == ["<w:p><w:pPr/>", '<w:p w:x=">"><w:r/>']
        for old, new in (
            ("<w:r/>", "<w:p><w:r/></w:p>"), ("<w:tbl/>", "<w:p/>"), ("<w:tbl/>", '<w:p w:x="y"/>'),
            ("<w:tbl/>", "<!--</w:p>-->"), ("<w:body>", '<w:body xmlns:r="r">'), ("<w:r/>", '<r:r xmlns:r="r"/>'),
        ):  # fmt: skip
            assert as_written(taken_apart(head + part.replace(old, new))) is None
