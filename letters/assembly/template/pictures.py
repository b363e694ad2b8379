"""Pictures that are answers: `{{ extra.receipt|picture }}` becomes a picture in Word, with its alternative text.

While a part is filled, the picture is only named. Afterwards its file is read and becomes a part of the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lxml import etree

from letters._text.picture_answers import HOW
from letters.assembly.template.package_editor import PackageEditor
from letters.docx.names import DOC_PR, PIC, RELATIONSHIPS, WP, A, w
from letters.docx.package import QUICK, Packed, package_of
from letters.errors import ANSWER, InvalidAnswers, Problem

_NAMED = "letters-picture:"
_EMBED = f"{{{RELATIONSHIPS}}}embed"
_EMU_PER_PIXEL = 9525  # at 96 pixels to the inch
_WIDEST, _HIGHEST = 6 * 914_400, 7 * 914_400  # EMU
_LARGEST = 10_000_000  # bytes
_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def picture_run(file: str, shows: str) -> etree._Element:
    """A run with a picture that is still only named.

    Args:
        file: its path, as it was typed.
        shows: its alternative text.
    """
    run = etree.Element(w("r"))
    inline = etree.SubElement(etree.SubElement(run, w("drawing")), f"{{{WP}}}inline", dict.fromkeys(
        ("distT", "distB", "distL", "distR"), "0"
    ))  # fmt: skip
    etree.SubElement(inline, f"{{{WP}}}extent", {"cx": "0", "cy": "0"})
    etree.SubElement(inline, DOC_PR, {"id": "0", "name": "Picture", "descr": shows})
    data = etree.SubElement(etree.SubElement(inline, f"{{{A}}}graphic"), f"{{{A}}}graphicData", {"uri": PIC})
    picture = etree.SubElement(data, f"{{{PIC}}}pic")
    about = etree.SubElement(picture, f"{{{PIC}}}nvPicPr")
    etree.SubElement(about, f"{{{PIC}}}cNvPr", {"id": "0", "name": "Picture"})
    etree.SubElement(about, f"{{{PIC}}}cNvPicPr")
    fill = etree.SubElement(picture, f"{{{PIC}}}blipFill")
    etree.SubElement(fill, f"{{{A}}}blip", {_EMBED: f"{_NAMED}{file}"})
    etree.SubElement(etree.SubElement(fill, f"{{{A}}}stretch"), f"{{{A}}}fillRect")
    shape = etree.SubElement(picture, f"{{{PIC}}}spPr")
    place = etree.SubElement(shape, f"{{{A}}}xfrm")
    etree.SubElement(place, f"{{{A}}}off", {"x": "0", "y": "0"})
    etree.SubElement(place, f"{{{A}}}ext", {"cx": "0", "cy": "0"})
    outline = etree.SubElement(shape, f"{{{A}}}prstGeom", {"prst": "rect"})
    etree.SubElement(outline, f"{{{A}}}avLst")
    return run


def with_pictures(members: Mapping[str, Packed], folders: Iterable[Path]) -> dict[str, Packed]:
    """A filled letter with the pictures that it names.

    Args:
        folders: where their files are looked for, in order.

    Raises:
        InvalidAnswers: a file is missing, too large, or no picture.
    """
    package = package_of(members, "letter")
    named = [part for part, data in package.parts.items() if part.endswith(".xml") and _NAMED.encode() in data]
    if not named:
        return dict(members)
    editor, places = PackageEditor(package), tuple(folders)
    ids = [int(node.get("id") or 0) for part in named for node in editor.tree(part).iter(DOC_PR)]
    free = max(ids, default=0) + 1
    for part in named:
        for blip in list(editor.tree(part).iter(f"{{{A}}}blip")):
            name = blip.get(_EMBED, "")
            if name.startswith(_NAMED):
                _embed(editor, part, blip, read_picture(name.removeprefix(_NAMED), places), free)
                free += 1
    return {
        name: members[name] if data is package.parts.get(name) else Packed.of(name, data, level=QUICK)
        for name, data in editor.result().parts.items()
    }


def _embed(editor: PackageEditor, part: str, blip: etree._Element, data: bytes, number: int) -> None:
    kind = "png" if data.startswith(b"\x89PNG") else "jpg"
    target = editor.add(f"word/media/answer.{kind}", data, _TYPES[kind])
    blip.set(_EMBED, editor.link(part, f"{RELATIONSHIPS}/image", target))
    wide, high = (each * _EMU_PER_PIXEL for each in _pixels(data))
    scale = min(1.0, _WIDEST / wide, _HIGHEST / high)
    inline = next(node for node in blip.iterancestors(f"{{{WP}}}inline"))
    for node in (*inline.iter(f"{{{WP}}}extent"), *inline.iter(f"{{{A}}}ext")):
        node.set("cx", str(round(wide * scale)))
        node.set("cy", str(round(high * scale)))
    for node in (*inline.iter(DOC_PR), *inline.iter(f"{{{PIC}}}cNvPr")):
        node.set("id", str(number))
        node.set("name", f"Picture {number}")


def read_picture(name: str, folders: Iterable[Path]) -> bytes:
    """The file of a picture. Raises InvalidAnswers.

    Args:
        name: its path, as it was typed.
        folders: where it is looked for, in order.
    """
    found = next((file for folder in folders if (file := folder / name).is_file()), None)
    if found is None:
        raise _problem(name, "is not there", "Correct its path, or put the file there.")
    try:
        data = found.read_bytes() if found.stat().st_size <= _LARGEST else b""
    except OSError as error:
        raise _problem(name, f"cannot be read: {error.strerror}", "Save it elsewhere.") from error
    if not data:
        raise _problem(name, f"is larger than {_LARGEST // 1_000_000} MB, or empty", "Save it smaller.")
    if 0 in _pixels(data):
        raise _problem(name, "is not a PNG or JPEG picture", HOW)
    return data


def _problem(name: str, what: str, hint: str) -> InvalidAnswers:
    return InvalidAnswers(Problem(f"The picture {name} {what}.", hint=hint, code=ANSWER))


def _pixels(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG picture; zeros if it is neither."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    at = 2 if data[:2] == b"\xff\xd8" else len(data)
    while at + 9 < len(data) and data[at] == 0xFF:
        if data[at + 1] in _START_OF_FRAME:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
