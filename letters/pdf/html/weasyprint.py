"""WeasyPrint, imported here and nowhere else: HTML in, a finished PDF and its laid-out pages out.

It is imported when the first letter needs it. It carries on after most errors and only logs them, so its log is
captured (``listening``). It fetches whatever a page refers to, so it is served nothing but what the page itself holds.
What the letters of one process share (fonts, the base style sheet, decoded pictures) is kept.
"""

from __future__ import annotations

import base64
import ctypes.util
import gc
import hashlib
import importlib.util
import io
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache, cached_property
from html import escape
from typing import Any

from msgspec import Struct

from letters._system.installing import install_pango
from letters._text.lazy_pattern import pattern
from letters.errors import CannotWrite, Problem
from letters.pdf import font_files
from letters.pdf.html.base import BASE_STYLES
from letters.pdf.html.css import pt
from letters.pdf.html.page import HtmlToMeasure
from letters.pdf.html.stylesheet import Picture
from letters.pdf.html.tagging import Tagger
from letters.pdf.size_limits import CannotConvert
from letters.pdf.tags.tree import Describe

_NO_GLYPH = pattern(r'\.notdef glyph rendered for Unicode string unsupported by fonts: ".*" \(U\+([0-9A-F]+)\)', re.S)
_FONTCONFIG = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")
_MEASURED: dict[tuple[str, str, float], float] = {}
_KEPT = 512
_PX = 0.75  # points in a CSS pixel, WeasyPrint's inner unit
_EDGE = 1.0  # points that a glyph may stick out, from rounding; no word is lost


# It logs remarks about dates inside font files, which Python would print to stderr.
logging.getLogger("fontTools").addHandler(logging.NullHandler())


class _Listener(logging.Handler):
    """Keeps every warning and error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def listening() -> Iterator[list[str]]:
    """The warnings and errors that WeasyPrint logs; the list is filled at the end."""
    logger, ours = logging.getLogger("weasyprint"), _Listener()
    heard: list[str] = []
    handlers, propagate, level = logger.handlers[:], logger.propagate, logger.level
    logger.handlers, logger.propagate = [ours], False
    logger.setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
        heard += [record.getMessage() for record in ours.records]


def without_glyph(warnings: Iterable[str]) -> set[int]:
    """The code points of the characters that no font has, going by what WeasyPrint logged."""
    return {int(match[1], 16) for line in warnings if (match := _NO_GLYPH.match(line))}


class _Counter(logging.Handler):
    """Counts the pages that WeasyPrint begins: the only way to stop it when a layout goes in circles."""

    def __init__(self, most_pages: int) -> None:
        super().__init__(logging.INFO)
        self.most = most_pages

    def emit(self, record: logging.LogRecord) -> None:
        number = next((each for each in record.args or () if isinstance(each, int)), 0)
        if "Page" in str(record.msg) and number > self.most:
            raise CannotConvert(
                Problem(
                    f"The layout of the letter never ends: it is at page {number}.",
                    hint="In Word: look for headers, footers, boxes, or table rows that are taller than a page.",
                    code="layout",
                )
            )


@contextmanager
def _counting(most_pages: int) -> Iterator[None]:
    logger, counter = logging.getLogger("weasyprint.progress"), _Counter(most_pages)
    before = logger.level, logger.propagate
    logger.addHandler(counter)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(counter)
        logger.setLevel(before[0])
        logger.propagate = before[1]


class LaidOutPdf(Struct, frozen=True):
    """A finished PDF, and its pages as WeasyPrint laid them out."""

    data: bytes
    pages: list[Any]

    def off_page(self) -> Iterator[tuple[int, str]]:
        """Words outside the paper, with the number of the page."""
        return _off_page(self.pages)

    def pages_of_anchors(self) -> dict[str, int]:
        """The page, from 0, on which each element with an id begins."""
        found: dict[str, int] = {}
        for number, page in enumerate(self.pages):
            for anchor in page.anchors:
                found.setdefault(anchor, number)
        return found

    def rows_in_pieces(self) -> Iterator[str]:
        """The words of table rows that continue on the next page; not those of repeated header rows."""
        return _rows_in_pieces(self.pages)


def _import() -> None:
    # It prints what it lacks, and warns that there are no fonts before ours are there.
    with redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        importlib.import_module("weasyprint")


@contextmanager
def _quickly() -> Iterator[None]:
    """Import WeasyPrint in half the time.

    It looks for each library under the names of other systems first, and for every name that does not exist Python
    runs the compiler and the linker. It imports a font subsetter that HarfBuzz makes unnecessary. And garbage
    collection finds nothing while so much is being imported, nor in it later.
    """
    search, collecting = ctypes.util.find_library, gc.isenabled()
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    gc.disable()
    _when_needed("fontTools.subset")
    try:
        yield
    finally:
        ctypes.util.find_library = search
        if collecting:
            gc.enable()
        gc.freeze()


def _when_needed(name: str) -> None:
    """Load a module when something in it is first used."""
    if name in sys.modules or (spec := importlib.util.find_spec(name)) is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


@cache
def engine() -> Engine:
    """WeasyPrint, imported once. Raises CannotWrite when its libraries are missing."""
    try:
        with _quickly():
            _import()
    except OSError:  # the libraries have other names here, which only the search finds
        try:
            _import()
        except OSError as error:
            raise CannotWrite(
                Problem(
                    "Pages in HTML, and letters with a few rare layouts, need the Pango libraries, which are missing.",
                    hint=f"Install them: {install_pango()}. The .docx can still be made with --format docx.",
                    code="no-pango",
                )
            ) from error
    import weasyprint
    from weasyprint.pdf import pydyf  # the copy that it writes with
    from weasyprint.text.ffi import ffi, pangoft2
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyEmbedded(URLFetcher):  # type: ignore[misc]
        """Serves what the page itself holds, and nothing else."""

        pictures: Mapping[str, Picture] = {}

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in self.pictures:
                data, kind = self.pictures[url]
                return URLFetcherResponse(url, data, {"Content-Type": kind})
            match = re.match(r"data:(image/(?:png|jpeg));base64,", url)
            if not match:
                raise FatalURLFetchingError(url)
            return URLFetcherResponse(url, base64.b64decode(url[match.end() :]), {"Content-Type": match[1]})

    configuration = FontConfiguration()
    _use_our_fonts(int(ffi.cast("uintptr_t", configuration._config)))
    pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", configuration.font_map))
    return Engine(weasyprint, pydyf, configuration, OnlyEmbedded(fail_on_errors=True), FatalURLFetchingError)


def _use_our_fonts(config: int) -> None:
    """Add the fonts that come with Letters to a loaded configuration of fontconfig, and remove other versions of fonts.

    Args:
        config: its address in memory.
    """
    library = next(filter(None, map(_loaded, _FONTCONFIG)), None)
    if library is None:
        return
    library.FcConfigAppFontAddDir.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
    library.FcConfigParseAndLoadFromMemory.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    library.FcConfigBuildFonts.argtypes = (ctypes.c_void_p,)
    globs = "".join(f"<glob>{escape(file)}</glob>" for file in font_files.superseded())
    rules = f"<fontconfig><selectfont><rejectfont>{globs}</rejectfont></selectfont></fontconfig>"
    library.FcConfigParseAndLoadFromMemory(config, rules.encode(), 0)
    library.FcConfigBuildFonts(config)
    library.FcConfigAppFontAddDir(config, os.fsencode(font_files.shipped_fonts()))


def _loaded(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


class Engine:
    """WeasyPrint, with what the letters of one process share: fonts, the base style sheet, decoded pictures."""

    def __init__(
        self, weasyprint: Any, pydyf: Any, font_config: Any, fetcher: Any, refused: type[BaseException]
    ) -> None:
        self._weasyprint, self._pydyf = weasyprint, pydyf
        self._fonts, self._fetcher, self._refused = font_config, fetcher, refused
        self._pictures: dict[str, Any] = {}

    @cached_property
    def _base(self) -> Any:
        return self._weasyprint.CSS(string=BASE_STYLES, font_config=self._fonts, url_fetcher=self._fetcher)

    @contextmanager
    def _fetching(self) -> Iterator[None]:
        try:
            yield
        except self._refused as error:
            raise CannotConvert(
                Problem(
                    f"The page refers to something outside the letter ({str(error)[:80]}), or a picture is damaged.",
                    hint="In Word: insert the picture again, as a picture and not as a link.",
                    code="outside",
                )
            ) from error

    def _render(self, html: str, pictures: Mapping[str, Picture], most_pages: int) -> Any:
        if len(self._pictures) > 64:
            self._pictures.clear()
        self._fetcher.pictures = pictures
        with self._fetching(), _counting(most_pages):
            source = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
            return source.render(font_config=self._fonts, stylesheets=[self._base], pdf_tags=True, cache=self._pictures)

    def print(self, html: str, pictures: Mapping[str, Picture], describe: Describe, most_pages: int) -> LaidOutPdf:
        """Lay a page out and write it. The identifier comes from the content, so that equal letters are equal files.

        Args:
            html: the whole page, with its styles.
            pictures: by the addresses that the page has for them.
            describe: gives the metadata of the finished file.
            most_pages: a layout with more pages would never end.

        Raises:
            CannotConvert: the layout never ends, or something outside the page would have to be fetched.
        """
        laid_out = self._render(html, pictures, most_pages)
        identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
        tagger = Tagger(self._pydyf, laid_out.pages, describe)
        with self._fetching(), tagger.watching():  # attachments of the page are fetched only here
            data = laid_out.write_pdf(
                pdf_tags=True,
                pdf_identifier=identifier,
                finisher=lambda _, pdf: tagger.finish(pdf),
            )
        return LaidOutPdf(data, laid_out.pages)

    def draw(self, html: str, most_pages: int, **options: Any) -> LaidOutPdf:
        """Lay a page out by its own styles alone, and write it as WeasyPrint does, with the tags of WeasyPrint.

        Args:
            options: of WeasyPrint's ``write_pdf``.

        Raises:
            CannotConvert: as `print`.
        """
        self._fetcher.pictures = {}
        identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
        with self._fetching(), _counting(most_pages):
            source = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
            laid_out = source.render(font_config=self._fonts, cache=self._pictures, **options)
            data = laid_out.write_pdf(pdf_identifier=identifier, **options)
        return LaidOutPdf(data, laid_out.pages)

    def measure(self, fragments: HtmlToMeasure, width: float) -> Mapping[str, float]:
        """The heights of headers and footers, in points: each is set on an endless page, in a column of ``width``."""
        known = {name: _MEASURED.get((html, fragments.css, width)) for name, html in fragments.html.items()}
        if any(height is None for height in known.values()):
            marked = "".join(
                f'<div id="{name}"></div><div style="display:flow-root">{html}</div><div id="{name}-end"></div>'
                for name, html in fragments.html.items()
            )
            css = f"@page{{size:{pt(width)} 50000pt;margin:0}}{fragments.css}"
            page = self._render(
                f'<!DOCTYPE html><html lang="en"><style>{css}</style><body>{marked}</body></html>',
                fragments.pictures,
                2,
            )
            anchors = page.pages[0].anchors
            if len(page.pages) > 1:
                raise CannotConvert(Problem("A header or footer is taller than any page.", code="furniture"))
            if len(_MEASURED) > _KEPT:
                _MEASURED.clear()
            for name, html in fragments.html.items():
                height = (anchors[f"{name}-end"][1] - anchors[name][1]) * _PX
                _MEASURED[html, fragments.css, width] = known[name] = height
        return {name: height for name, height in known.items() if height is not None}


def _off_page(pages: list[Any]) -> Iterator[tuple[int, str]]:
    edge = _EDGE / _PX
    for number, page in enumerate(pages, 1):
        for box in page._page_box.descendants(placeholders=True):
            text = getattr(box, "text", "")
            if not text or not text.strip():
                continue
            right = box.position_x + (box.width if isinstance(box.width, int | float) else 0)
            below = box.position_y + (box.height if isinstance(box.height, int | float) else 0)
            if (
                box.position_x < -edge
                or right > page.width + edge
                or box.position_y < -edge
                or below > page.height + edge
            ):
                yield number, text


def _rows_in_pieces(pages: list[Any]) -> Iterator[str]:
    begun: dict[Any, str] = {}
    for page in pages:
        boxes = list(page._page_box.descendants(placeholders=True))
        heads = {row for box in boxes if getattr(box, "is_header", False) for row in getattr(box, "children", ())}
        for row in boxes:
            if type(row).__name__ != "TableRowBox" or row in heads or len(row.children) < 2:
                continue
            if row.element in begun:
                yield begun[row.element]
            begun[row.element] = " ".join(" ".join(getattr(box, "text", "") for box in row.descendants()).split())
