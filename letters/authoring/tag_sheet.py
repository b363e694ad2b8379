"""Every tag that a template of one kind may use, as a Word file to copy from: `letters fields KIND --word FILE.docx`.

Every tag in it is one that `letters check` accepts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from letters.assembly.assembler import Assembler
from letters.assembly.template_context import PROVIDED
from letters.docx.builder import DocumentBuilder
from letters.linter.template_names import ANY, GROUP, LIST, TEXT, YES_NO, NameShape, names_of
from letters.model.fields import fields_of, fields_of_model
from letters.model.office import Office

_WIDTHS = 5200, 4160
_HEAD = "Tag", "What it prints"
_APART = ("law", "deadlines")  # one entry for each provision, listed after the answers
_HOW = (
    "Copy a tag from here into the letter, with its braces, and give all of it one format. Where a tag stands "
    "between “if” and “endif”, the answer may be missing, and then nothing is printed. Lines that begin with a brace, "
    "a percent sign, and the letter p stand in paragraphs of their own, which do not appear in the letter."
)


def tag_sheet(assembler: Assembler, kind: str, day: date) -> bytes:
    """The sheet for a kind of letter, as a .docx.

    Args:
        day: that the file is dated.
    """
    rulebook, extras = assembler.rulebook, assembler.extras(kind)
    names = names_of(kind, rulebook, assembler.phrases, assembler.library.kinds, extras)
    title = f"Tags for {assembler.library.kinds[kind].title}"
    sheet = DocumentBuilder(title, day, assembler.office.language)
    sheet.heading(title)
    sheet.say(_HOW)
    meanings = _meanings(assembler, kind)
    for group, shape in _grouped(names.root).items():
        sheet.heading(group or "the letter", 2)
        loops = {path: inner for path, inner in _listed(shape) if _is_loop(inner)}
        rows = [row for path, inner in _listed(shape) if path not in loops for row in _rows(path, inner, meanings)]
        if rows:
            sheet.table([_HEAD, *rows], _WIDTHS)
        for path, inner in loops.items():
            _loop(sheet, path, inner, meanings)
    law = names.root.parts["law"].parts
    if law:
        sheet.heading("law", 2)
        bases = {basis.id.replace("-", "_"): basis for basis in rulebook.bases.values()}
        citable = [name for name in law if name in bases and not bases[name].only_for]
        told = [(f"{{{{ law.{name}.citation }}}}", bases[name].title) for name in citable]
        sheet.table([_HEAD, *told], _WIDTHS)
        if any(name in bases and bases[name].only_for for name in law):
            sheet.say(
                "Law that only letters on some matters may cite is left out: such a letter takes it from its answers."
            )
    if passages := assembler.passages.names:
        sheet.heading("shared passages", 2)
        sheet.say("Each stands in a paragraph of its own. These are names, between quotation marks:")
        sheet.points(f'include "{name}"' for name in passages)
    return sheet.written()


def _meanings(assembler: Assembler, kind: str) -> dict[str, str]:
    """What each path prints, in words."""
    fields = {**fields_of(kind, assembler.library.form(kind))}
    fields |= {question.field.name: question.field for question in assembler.extras(kind)}
    found: dict[str, str] = {}
    for field in fields.values():
        found[field.name] = field.description or field.title
        for part in field.parts:
            found[f"{field.name}[].{part.name}"] = part.description or part.title
    for name, field in fields_of_model(Office).items():
        found |= {f"office.{name}": field.description, name: field.description}
    return found | dict(PROVIDED)


def _grouped(root: NameShape) -> dict[str, dict[str, NameShape]]:
    """The paths of each group of names; those that belong to no group come first."""
    found: dict[str, dict[str, NameShape]] = {"": {}}
    for name, shape in root.parts.items():
        if name in _APART:
            continue
        if shape.kind == GROUP:
            found[name] = {f"{name}.{part}": inner for part, inner in shape.parts.items()}
        else:
            found[""][name] = shape
    return found


def _listed(shapes: Mapping[str, NameShape]) -> Iterator[tuple[str, NameShape]]:
    """Each path of a group that can be printed, tested or looped over."""
    for path, shape in shapes.items():
        if shape.kind == GROUP:
            yield from _listed({f"{path}.{name}": part for name, part in shape.parts.items()})
        elif shape.kind != ANY and not (_is_code(shape) and f"{path}_words" in shapes):
            yield path, shape
        elif shape.kind != ANY:
            yield path, NameShape(YES_NO, shape.values, shape.optional)


def _is_code(shape: NameShape) -> bool:
    """Whether its values are codes, which a letter tests and does not print."""
    entry = shape.entry if shape.kind == LIST and shape.entry is not None else shape
    return entry.kind == TEXT and bool(entry.values)


def _is_loop(shape: NameShape) -> bool:
    return shape.kind == LIST and shape.entry is not None and shape.entry.kind == GROUP


def _rows(path: str, shape: NameShape, meanings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    meaning = meanings.get(path) or meanings.get(path.removesuffix("_words"), "")
    meaning = meaning.split("{%")[0].rstrip(" :")  # an example tag would be half of a condition here
    if shape.values and shape.kind == YES_NO:
        return  # a choice: its words are printed, and what it is can be tested
    if _is_loop(shape) and shape.entry is not None:
        first = next(iter(shape.entry.parts))
        yield f"{{% for each in {path} %}}{{{{ each.{first} }}}}{{% endfor %}}", meaning
        return
    if shape.kind == YES_NO:
        yield f"{{% if {path} %}}…{{% endif %}}", meaning
        return
    tag = f"{{{{ {path}|and_list }}}}" if shape.kind == LIST else f"{{{{ {path} }}}}"
    may_be_missing = shape.optional or path.startswith("extra.")  # such as a question that is not always asked
    yield f"{{% if {path} %}}{tag}{{% endif %}}" if may_be_missing else tag, meaning


def _loop(sheet: DocumentBuilder, path: str, shape: NameShape, meanings: Mapping[str, str]) -> None:
    """A loop over a list whose entries have several parts, with a line for each of them."""
    assert shape.entry is not None
    if meaning := meanings.get(path):
        sheet.say(meaning)
    sheet.say(f"{{%p for one in {path} %}}")
    parts = {f"one.{name}": part for name, part in shape.entry.parts.items()}
    for part, inner in _listed(parts):
        for tag, told in _rows(part, inner, {f"one.{name}": words for name, words in _parts(path, meanings)}):
            sheet.say(f"{tag}\t{told}".rstrip())
    sheet.say("{%p endfor %}")


def _parts(path: str, meanings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    begins = f"{path}[]."
    yield from ((name.removeprefix(begins), words) for name, words in meanings.items() if name.startswith(begins))
