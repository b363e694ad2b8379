"""A paragraph whose values are put into a form that is known is the one that is put together and taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from markupsafe import Markup, escape

from letters.assembly.template.paragraph_forms import FilledParagraph, PartForms, finished
from letters.docx.paragraph_texts import StoredParagraph, taken_apart

T = '<w:t xml:space="preserve">'
OPTIONAL_RUN = f"<w:r><?letters r?>{T}", "</w:t></w:r>"
FORMS = [
    (f"<w:p><w:r>{T}Dear ", None, ":</w:t></w:r>"),
    (f"<w:p><w:r>{T}", None, f"</w:t></w:r><w:r><w:rPr><w:b/></w:rPr>{T}.", None, " Then.</w:t></w:r>"),
    ("<w:p><?letters p?>" + OPTIONAL_RUN[0], None, OPTIONAL_RUN[1] + OPTIONAL_RUN[0], None, OPTIONAL_RUN[1]),
    ('<w:p><w:drawing descr="', None, f'"/><w:r>{T}', None, "</w:t></w:r>"),
    ("<w:p><w:r><w:instrText> DATE ", None, f"</w:instrText></w:r><w:r>{T}20 C.F.R. § ", None, " (b)</w:t></w:r>"),
    (f'<w:p>\n  <w:r>{T}{{x}} a="b {{', None, "</w:t></w:r>"),
]
BREAK = Markup('a</w:t><w:br/><w:t xml:space="preserve">b')
PLAIN = ["", "Sample", "I.C.E.", ".", "§ 603.4(b)", " ", "20 C.F.R. part 603."]
VALUES = [BREAK, *map(escape, [*PLAIN, 'a < b & “c” "d"', "\ufdd0x\ufdd1", "\x07", "\xa0", "the “rule.”", "said “no”"])]


def parts_of(each: FilledParagraph) -> tuple[object, ...]:
    """All that a letter is made from; only what is plain words needs no parser."""
    stored = each.paragraph
    return each.xml, each.shape, each.is_plain, each.has_leftover, stored.xml, stored.markup, stored.texts


@pytest.mark.parametrize("form", FORMS)
def test_the_same_as_put_together(form: tuple[str | None, ...]) -> None:
    forms = PartForms(is_american=True)
    for values in product(VALUES, repeat=form.count(None)):
        left = iter(values)
        pieces = [next(left) if each is None else each for each in form]
        for around in ("", "<w:body>"):
            found = forms.filled(["<w:document>", *([around] if around else []), *pieces, f"</w:p>{around}</w:p>"])
            assert found is not None
            first, *others = "".join(["<w:document>", around, *pieces, f"</w:p>{around}</w:p>"]).split("</w:p>")
            wanted = [finished(first, True, True), *(finished(each, False, True) for each in others)]
            assert list(map(parts_of, found)) == list(map(parts_of, wanted))


def stored(paragraphs: Iterable[StoredParagraph]) -> list[tuple[object, ...]]:
    return [(each.xml, each.markup, each.texts) for each in paragraphs]


@pytest.mark.parametrize("form", FORMS)
def test_the_outline_of_several_letters_gives_the_paragraphs_of_each(form: tuple[str | None, ...]) -> None:
    forms, by_outline = PartForms(is_american=True), 0
    for values in product(VALUES, repeat=form.count(None)):
        left = iter(values)
        pieces = [next(left) if each is None else each for each in form]
        whole = ["<w:document>", *pieces, "</w:p><w:body>", *pieces, "</w:p></w:p>"]
        for _ in range(2):  # there is an outline from the second letter on
            outlined = forms.outlined(whole)
        if outlined is None:
            continue
        found = forms.filled(whole)
        assert found is not None
        wanted = stored(each.paragraph for each in found)
        assert stored(outlined.part.paragraphs) == wanted
        assert stored(taken_apart(outlined.part.xml)) == wanted
        assert all(each.is_plain for each in found)
        by_outline += 1
    assert by_outline or form in FORMS[3:]  # pictures, fields, and braces are looked at one by one
