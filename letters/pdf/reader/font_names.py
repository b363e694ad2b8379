"""Which font a Word file means by a name: one of its theme, one that it embeds, or one of the computer."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct, field

from letters.docx.names import LINK_ID, A, Node, w
from letters.docx.package import Package
from letters.pdf.embedded_fonts import FontStyle, clear_text, keep
from letters.pdf.font_files import installed_faces, is_shipped
from letters.pdf.fonts import is_symbol_font

_EMBEDDED = {
    "embedRegular": FontStyle(),
    "embedBold": FontStyle(bold=True),
    "embedItalic": FontStyle(italic=True),
    "embedBoldItalic": FontStyle(bold=True, italic=True),
}


class FontNames(Struct, frozen=True):
    """The names of fonts in one Word file.

    Args:
        theme: the families of the theme, by names such as ``majorHAnsi``.
        embedded: the names of the families that the file embeds, by the names it has for them, case-folded.
    """

    theme: dict[str, str] = field(default_factory=dict)
    embedded: dict[str, str] = field(default_factory=dict)

    def family(self, themed: str, named: str) -> str:
        """The family of text; empty if there is no name. A font of the theme overrides a named one (17.3.2.26)."""
        family = self.theme.get(themed) or named
        return self.embedded.get(family.casefold(), family) if self.embedded else family


def embedded_names(package: Package, part: str) -> dict[str, str]:
    """The families embedded in a Word file, by the names that it has for them (17.8.3).

    A font that comes with Letters precedes one that is embedded, so that its letters look alike. So does an installed
    one where the embedded one has only the characters that the file once had.

    Args:
        part: the name of the table of fonts.
    """
    found: dict[str, str] = {}
    if b":embed" not in package.parts.get(part, b""):
        return found
    links = package.links(part)
    for node in package.tree(part).iter(w("font")):
        family = node.get(w("name"), "")
        fonts: dict[FontStyle, bytes] = {}
        subset = False
        for kind, style in _EMBEDDED.items():
            said = node.find(w(kind))
            link = None if said is None else links.get(said.get(LINK_ID, ""))
            if said is None or link is None or link.external or link.target not in package.parts:
                continue
            subset |= said.get(w("subsetted")) in ("1", "true", "on")
            with suppress(ValueError):
                fonts[style] = clear_text(package.parts[link.target], said.get(w("fontKey"), ""))
        here = installed_faces().get(family.casefold(), ())
        if not fonts or is_symbol_font(family) or any(subset or is_shipped(face) for face in here):
            continue
        if name := keep(family, fonts):
            found[family.casefold()] = name
    return found


_SCRIPTS = {
    "ar": "Arab", "fa": "Arab", "ur": "Arab", "ps": "Arab", "he": "Hebr", "yi": "Hebr", "th": "Thai", "hi": "Deva",
    "mr": "Deva", "ne": "Deva", "bn": "Beng", "pa": "Guru", "gu": "Gujr", "or": "Orya", "ta": "Taml", "te": "Telu",
    "kn": "Knda", "ml": "Mlym", "si": "Sinh", "km": "Khmr", "lo": "Laoo", "am": "Ethi", "syr": "Syrc", "dv": "Thaa",
    "ja": "Jpan", "ko": "Hang", "zh": "Hans", "zh-tw": "Hant", "zh-hk": "Hant", "zh-mo": "Hant",
}  # fmt: skip
"""The script for which a theme names the font of a language, by what the tag of the language begins with."""


def theme_fonts(root: Node, languages: tuple[str, str] = ("", "")) -> dict[str, str]:
    """The theme's Latin, East Asian and complex-script families, by names such as ``majorHAnsi`` (20.1.6).

    Args:
        languages: the East Asian and the complex one that the file is written in: where the theme leaves a family open,
            it is that for the script of the language (17.15.1.88).
    """
    found = {}
    for kind in ("major", "minor"):
        fonts = root.find(f".//{{{A}}}{kind}Font")
        for slot, names, language in (
            ("latin", ("HAnsi", "Ascii"), ""), ("ea", ("EastAsia",), languages[0]), ("cs", ("Bidi",), languages[1])
        ):  # fmt: skip
            node = None if fonts is None else fonts.find(f"{{{A}}}{slot}")
            family = "" if node is None else node.get("typeface", "")
            if fonts is not None and language and not family:
                family = _of_script(fonts, language.casefold())
            for name in names if family else ():
                found[f"{kind}{name}"] = family
    return found


def _of_script(fonts: Node, language: str) -> str:
    script = _SCRIPTS.get(language) or _SCRIPTS.get(language.partition("-")[0], "")
    each = fonts.iterchildren(f"{{{A}}}font")
    return next((node.get("typeface", "") for node in each if node.get("script") == script), "")
