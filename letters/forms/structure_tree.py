"""Where the fields of a form are in its structure tree, which says how the form is read aloud (ISO 32000-1, 14.7)."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from letters.pdf.pdf_objects import Array, Dictionary, Name, NumberTree, Pdf, integer

_DEEPEST = 200


class FieldElement(Struct, frozen=True):
    """The element that holds a field.

    Args:
        element: its dictionary.
        at: index of the field among its contents; None if the field is all it holds.
    """

    element: Any
    at: int | None


def field_elements(pdf: Pdf) -> dict[Any, FieldElement]:
    """The elements of the structure tree that hold annotations, by the object number of the annotation."""
    found: dict[Any, FieldElement] = {}
    root = pdf.Root.get("/StructTreeRoot")
    waiting = [(root, 0)] if isinstance(root, Dictionary) else []
    seen: set[Any] = set()
    while waiting:
        element, depth = waiting.pop()
        if depth > _DEEPEST or (element.objgen in seen and element.objgen != (0, 0)):
            continue
        seen.add(element.objgen)
        kids: Any = element.get("/K")
        listed = isinstance(kids, Array)
        for at, kid in enumerate(kids if listed else [kids]):
            if not isinstance(kid, Dictionary):
                continue
            if kid.get("/Type") == "/OBJR" or "/Obj" in kid:
                target = kid.get("/Obj")
                if isinstance(target, Dictionary):
                    found[target.objgen] = FieldElement(element, at if listed else None)
            else:
                waiting.append((kid, depth + 1))
    return found


class PageMarks:
    """Gives the contents of one page further marks in the structure tree.

    Args:
        page: its dictionary.
    """

    def __init__(self, pdf: Pdf, page: Any) -> None:
        self._pdf, self._page = pdf, page
        root = pdf.Root.StructTreeRoot
        if not isinstance(root.get("/ParentTree"), Dictionary):
            root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array()))
        tree = NumberTree(root.ParentTree)
        number = page.get("/StructParents")
        if number is None:
            number = max([integer(root.get("/ParentTreeNextKey")), *(key + 1 for key in tree)], default=0)
            page.StructParents = number
            root.ParentTreeNextKey = number + 1
        if number not in tree or not isinstance(tree[number], Array):
            tree[number] = pdf.make_indirect(Array())
        self._parents = tree[number]

    def replace(self, held: FieldElement) -> int:
        """The mark under which a page now prints what was a field; its element then holds that mark."""
        mark = len(self._parents)
        self._parents.append(held.element)
        content = Dictionary(Type=Name.MCR, Pg=self._page, MCID=mark)
        if held.at is None:
            held.element.K = content
        else:
            held.element.K[held.at] = content
        return mark


def forget_annotations(pdf: Pdf, numbers: list[int]) -> None:
    """Remove the entries of annotations that no longer exist, by their numbers in the parent tree."""
    root = pdf.Root.get("/StructTreeRoot")
    if isinstance(root, Dictionary) and isinstance(root.get("/ParentTree"), Dictionary):
        tree = NumberTree(root.ParentTree)
        for number in numbers:
            if number in tree:
                del tree[number]
