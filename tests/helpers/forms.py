"""Small PDF forms built for tests, and what a reader of a form sees."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

MULTILINE, COMB = 1 << 12, 1 << 24
COMBO, SEVERAL, RADIO = 1 << 17, 1 << 21, 1 << 15
Rect = tuple[float, float, float, float]


class FormBuilder:
    """A form on one page of 400 by 300 points."""

    def __init__(self, *, rotate: int = 0, tagged: bool = False) -> None:
        self.pdf = pikepdf.new()
        self.pdf.add_blank_page(page_size=(400, 300))
        self.page = self.pdf.pages[0]
        self.page.obj.Annots = Array()
        if rotate:
            self.page.obj.Rotate = rotate
        helvetica = self.pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        self.form = self.pdf.make_indirect(
            Dictionary(Fields=Array(), DA=String("/Helv 0 Tf 0 g"), DR=Dictionary(Font=Dictionary(Helv=helvetica)))
        )
        self.pdf.Root.AcroForm = self.form
        self._tags = self._tree() if tagged else None

    def _tree(self) -> Any:
        document = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        root = self.pdf.make_indirect(
            Dictionary(Type=Name.StructTreeRoot, K=Array([document]), ParentTree=Dictionary(Nums=Array()))
        )
        document.P = root
        self.pdf.Root.StructTreeRoot, self.pdf.Root.MarkInfo = root, Dictionary(Marked=True)
        return document

    def field(
        self, name: str | None, kind: str, rect: Rect, *, flags: int = 0, listed: bool = True, **more: Any
    ) -> Any:
        """A field with one widget, and what else its dictionary has."""
        entries = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name(f"/{kind}"), Rect=Array(rect), F=4, P=self.page.obj,
            DA=String("/Helv 10 Tf 0 g"), MK=Dictionary(BC=Array([0])),
        )  # fmt: skip
        obj = self.pdf.make_indirect(entries)
        if name is not None:
            obj.T, obj.TU = String(name), String(f"What {name} is for")
        if flags:
            obj.Ff = flags
        for key, value in more.items():
            obj[f"/{key}"] = value
        self.page.obj.Annots.append(obj)
        if listed:
            self.form.Fields.append(obj)
        if self._tags is not None:
            self._tag(obj)
        return obj

    def _tag(self, obj: Any) -> None:
        number = len(self._tags.K)
        held = Dictionary(Type=Name.OBJR, Pg=self.page.obj, Obj=obj)
        element = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, P=self._tags, K=held))
        self._tags.K.append(element)
        obj.StructParent = number
        self.pdf.Root.StructTreeRoot.ParentTree.Nums.extend([number, element])

    def text(self, name: str | None, rect: Rect, flags: int = 0, **more: Any) -> Any:
        return self.field(name, "Tx", rect, flags=flags, **more)

    def tick(self, name: str, rect: Rect = (10, 10, 22, 22), **more: Any) -> Any:
        return self.field(name, "Btn", rect, **more)

    def choice(self, name: str, rect: Rect, options: list[tuple[str, str]], flags: int = COMBO, **more: Any) -> Any:
        listed = Array([Array([String(stored), String(shown)]) for stored, shown in options])
        return self.field(name, "Ch", rect, flags=flags, Opt=listed, **more)

    def radio(self, name: str, words: list[str]) -> Any:
        """Buttons whose states are only numbers, with their real words in the list of options."""
        group = self.pdf.make_indirect(
            Dictionary(FT=Name.Btn, Ff=RADIO, T=String(name), Kids=Array(), Opt=Array([String(each) for each in words]))
        )
        self.form.Fields.append(group)
        for number in range(len(words)):
            box = Array([10, 40 + 20 * number, 22, 52 + 20 * number])
            states = Dictionary(
                {f"/{number}": self.pdf.make_stream(b"", Subtype=Name.Form, BBox=Array([0, 0, 12, 12]))}
            )
            button = self.pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot, Subtype=Name.Widget, Rect=box, F=4, Parent=group, MK=Dictionary(BC=Array([0])),
                    AP=Dictionary(N=states), AS=Name.Off,
                )
            )  # fmt: skip
            group.Kids.append(button)
            self.page.obj.Annots.append(button)
        return group

    def written(self, **options: Any) -> bytes:
        out = io.BytesIO()
        with warnings.catch_warnings():  # about fields that the form is meant not to list
            warnings.simplefilter("ignore")
            self.pdf.save(out, **({"deterministic_id": True} | options if "encryption" not in options else options))
        return out.getvalue()


def values_in(data: bytes) -> dict[str, Any]:
    """What the top fields of a form store, by name."""
    found: dict[str, Any] = {}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            value = field.get("/V")
            found[str(field.T)] = [str(each) for each in value] if isinstance(value, Array) else value and str(value)
    return found


def seen_by_pdfium(data: bytes) -> str:
    """The words that pdfium finds on the pages of a file without a form."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return words.replace("\ufffe", "-")  # how pdfium reports a hyphen at the end of a line


def ink_in(data: bytes, rect: Rect, page: int = 0) -> int:
    """How many dark pixels pdfium draws inside a rectangle of a page, its border left out."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    picture = document[page].render(scale=2).to_pil().convert("L")
    document.close()
    left, bottom, right, top = (int(each * 2) for each in rect)
    inside = picture.crop((left + 4, picture.height - top + 4, right - 4, picture.height - bottom - 4))
    return sum(inside.histogram()[:128])
