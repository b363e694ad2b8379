"""Makes letters at random, of what letters are made of; every paragraph begins with a word of its own: ``q12``.

A paragraph has one font in one size, because WeasyPrint makes lines of several higher than Word and LibreOffice do.
"""

from __future__ import annotations

import random
import re

from helpers.documents import PIXEL, SECTION, docx, field, paragraph, picture, text
from helpers.pages import NUMBERED, table

_SENTENCES = (
    "The Department has your request and will answer it by the day that the rule names.",
    "Records of wages may be disclosed only to those whom the law permits to have them.",
    "We hold no such records.",
    "Under 20 C.F.R. § 603.5, a claimant may have the file about the claim at no cost; others need consent.",
    "“Confidential” means what section 603.4 says it means, in the whole of this letter.",
    "Please write to the Office of General Counsel, P.O. Box 1928, Albuquerque, NM 87103.",
)
_FONTS = ("Times New Roman", "Arial", "Calibri", "Cambria")
_TAB, _BREAK = "<w:r><w:tab/></w:r>", "<w:r><w:br/></w:r>"


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance, self.count, self.notes = chance, 0, ""

    def word(self) -> str:
        self.count += 1
        return f"q{self.count}"

    def words(self, most: int = 6) -> str:
        return " ".join([self.word(), *self.chance.choices(_SENTENCES, k=self.chance.randint(1, most))])

    def font(self) -> str:
        """The font of a paragraph."""
        family, size = self.chance.choice(_FONTS), self.chance.choice((20, 22, 24, 24, 28))
        return f'<w:rFonts w:ascii="{family}" w:hAnsi="{family}"/><w:sz w:val="{size}"/>'

    def run(self, font: str) -> str:
        """The format of a run."""
        return font + self.chance.choice(
            ("", "", "<w:b/>", "<w:i/>", '<w:u w:val="single"/>', '<w:kern w:val="1"/>', "<w:strike/>")
        )

    def layout(self, rules: tuple[str, ...] = ("exact", "atLeast")) -> str:
        """The properties of a paragraph."""
        pick, number = self.chance.choice, self.chance.randint
        parts = [
            pick(("", "", "", "<w:keepNext/>", "<w:keepLines/>", "<w:contextualSpacing/>")),
            pick(("", f'<w:spacing w:before="{number(0, 12) * 20}" w:after="{number(0, 12) * 20}"/>',
                  f'<w:spacing w:after="120" w:line="{pick((240, 259, 276, 360))}" w:lineRule="auto"/>',
                  f'<w:spacing w:line="{number(14, 20) * 20}" w:lineRule="{pick(rules)}"/>')),
            pick(("", "", f'<w:ind w:left="{number(0, 4) * 360}" w:right="{number(0, 2) * 360}"/>',
                  '<w:ind w:left="720" w:hanging="360"/>', '<w:ind w:firstLine="720"/>')),
            pick(("", "", '<w:jc w:val="both"/>', '<w:jc w:val="center"/>', '<w:jc w:val="right"/>')),
        ]  # fmt: skip
        return "".join(parts)

    def plain(self) -> str:
        font, more = self.font(), self.chance.choices(_SENTENCES, k=self.chance.randint(0, 3))
        runs = "".join([text(f" {each}", self.run(font)) for each in more])
        mark = f"<w:rPr>{font}</w:rPr>"
        return paragraph(self.words(), self.layout() + mark, inner=runs, run=self.run(font))

    def item(self) -> str:
        level = self.chance.randint(0, 1)
        return paragraph(self.words(3), f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    def tabbed(self) -> str:
        kind, at = self.chance.choice(("left", "right", "center", "decimal")), self.chance.randint(8, 16) * 360
        leader = self.chance.choice(("none", "dot"))
        stop = f'<w:tabs><w:tab w:val="{kind}" w:leader="{leader}" w:pos="{at}"/></w:tabs>'
        rows = [text(self.word()) + _TAB + text(number) for number in ("12.50", "7.5")]
        return paragraph(inner=_BREAK.join(rows), properties=stop)

    def grid(self) -> str:
        rows = [tuple(self.words(2) for _ in range(3)) for _ in range(self.chance.randint(2, 6))]
        return table(*rows, head=self.chance.random() < 0.5)

    def noted(self) -> str:
        number = self.notes.count("<w:footnote ") + 1
        note = f"<w:p><w:r><w:footnoteRef/></w:r>{text(f' {self.words(2)}')}</w:p>"
        self.notes += f'<w:footnote w:id="{number}">{note}</w:footnote>'
        mark = f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'
        return paragraph(self.words(2), inner=mark + text(" And so on."))

    def shown(self) -> str:
        return paragraph(self.word(), self.layout(("atLeast",)), inner=text(" Seal ") + picture(description="The seal"))

    def broken(self) -> str:
        return paragraph(self.words(2), "<w:pageBreakBefore/>")

    def wrapped(self) -> str:
        """A paragraph around a picture at its left or right margin."""
        side, size = self.chance.choice(("left", "right")), self.chance.randint(4, 9) * 114300
        place = '<wp:anchor distT="0" distR="114300" distB="0" distL="114300" behindDoc="0">'
        place += f'<wp:positionH relativeFrom="column"><wp:align>{side}</wp:align></wp:positionH>'
        place += '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        extent = f'<wp:extent cx="{size}" cy="{size}"/><wp:wrapSquare wrapText="bothSides"/>'
        shown = picture(description="The seal").replace("<wp:inline>", place).replace("</wp:inline>", "</wp:anchor>")
        shown = re.sub("<wp:extent[^>]*/>", extent, shown)
        return paragraph(self.words(), inner=shown + text(" " + " ".join(_SENTENCES)))

    def beside(self) -> str:
        """A table at the left margin, and the paragraph beside it."""
        place = '<w:tblpPr w:rightFromText="180" w:vertAnchor="text" w:tblpY="60"/>'
        grid = table((self.word(), "Wages"), (self.word(), "Claims"), head=False).replace("3000", "1400")
        return grid.replace("<w:tblPr>", f"<w:tblPr>{place}") + paragraph(f"{self.words()} {' '.join(_SENTENCES)}")

    def columns(self) -> str:
        """A few paragraphs in two columns, between sections that go on on the same page."""
        whole, halves = (
            paragraph("", f'<w:sectPr><w:type w:val="continuous"/>{SECTION}<w:cols w:num="{count}" w:space="720"/>'
                      "</w:sectPr>")
            for count in (1, 2)
        )  # fmt: skip
        return whole + "".join(paragraph(self.words(3)) for _ in range(self.chance.randint(2, 5))) + halves

    def letter(self) -> bytes:
        kinds = [self.plain, self.item, self.tabbed, self.grid, self.noted, self.shown, self.broken]
        weights = [10, 5, 2, 2, 2, 1, 1]
        if self.chance.random() < 0.4:
            kinds, weights = [*kinds, self.wrapped, self.beside, self.columns], [*weights, 2, 2, 1]
        body = "".join(make() for make in self.chance.choices(kinds, weights, k=self.chance.randint(8, 30)))
        footer = paragraph(inner=text("Page ") + field("PAGE", "1") + text(" of ") + field("NUMPAGES", "1"))
        header = {"default": paragraph(self.word() + " State of Specimen", self.layout())}
        return docx(
            body, numbering=NUMBERED, footnotes=self.notes, pictures={"rIdPicture": PIXEL}, footers={"default": footer},
            headers=header if self.chance.random() < 0.5 else {}, section='<w:type w:val="continuous"/>',
        )  # fmt: skip


def random_letter(seed: int) -> tuple[bytes, int]:
    """A .docx, and how many words of its own it has."""
    maker = _Maker(random.Random(seed))
    return maker.letter(), maker.count
