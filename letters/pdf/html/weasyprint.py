"""WeasyPrint, and nothing else that knows it: HTML in, a finished PDF and its laid-out pages out.

It is imported when the first letter is printed. It carries on after most mishaps and only logs them, so a letter is
printed while somebody listens (``listening``); it asks for files it is pointed to, so nothing is served but what the
page itself holds. What letters of one process share (fonts, parsed style sheets, decoded pictures) is kept."""

from __future__ import annotations

import base64
import ctypes.util
import gc
import hashlib
import importlib.util
import io
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any

from letters.errors import CannotWrite, LibraryAtFault, Problem
from letters.pdf import fonts
from letters.pdf.html.css import pt
from letters.pdf.html.page import HtmlToMeasure, Measure
from letters.pdf.html.stylesheet import Picture
from letters.pdf.limits import CannotPrint
from letters.pdf.tags.finisher import Describe, Finisher

INSTALL_PANGO = "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_MEASURED: dict[tuple[str, str, float], float] = {}
_KEPT = 512
_PX = 0.75  # points in a CSS pixel, WeasyPrint's inner unit
_EDGE = 1.0  # points a glyph may stick out: rounding, not a lost word


class _Listener(logging.Handler):
    """Keeps every warning and error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Hear what WeasyPrint says."""
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


class _Counter(logging.Handler):
    """Hears of every page that is begun; the only way to stop WeasyPrint where it goes round in circles."""

    def __init__(self, most_pages: int) -> None:
        super().__init__(logging.INFO)
        self.most = most_pages

    def emit(self, record: logging.LogRecord) -> None:
        number = next((each for each in record.args or () if isinstance(each, int)), 0)
        if "Page" in str(record.msg) and number > self.most:
            raise CannotPrint(
                Problem(
                    f"The layout of the letter does not come to an end: it has made {number} pages.",
                    hint="In Word: look for headers, footers, boxes or table rows that are taller than a page.",
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


@dataclass(frozen=True)
class LaidOutPdf:
    """A finished PDF, with WeasyPrint's pages as they were laid out."""

    data: bytes
    pages: list[Any]

    def off_page(self) -> Iterator[tuple[int, str]]:
        """Words set outside the paper, with the number of the page."""
        return _off_page(self.pages)

    def rows_in_pieces(self) -> Iterator[str]:
        """Words of table rows that go over from one page to the next; repeated header rows do not."""
        return _rows_in_pieces(self.pages)


def _import() -> None:
    with redirect_stdout(io.StringIO()):  # where it prints what it lacks, among the results
        importlib.import_module("weasyprint")


@contextmanager
def _quickly() -> Iterator[None]:
    """Import WeasyPrint in half the time.

    It asks for each library by its names on other systems first, and for each name that is not there Python starts the
    compiler and the linker to look for it. It imports what subsets fonts though Harfbuzz does so. And while so much is
    imported there is no garbage to look for, nor later in what was.
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
    """Let a module be loaded when something in it is first asked for."""
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
    except OSError:  # the libraries have other names here, which only a search finds
        try:
            _import()
        except OSError as error:
            raise CannotWrite(
                Problem(
                    "A PDF cannot be made here: the Pango libraries are missing.",
                    hint=f"Install them: {INSTALL_PANGO}. The .docx can still be made with --format docx.",
                    code="no-pango",
                )
            ) from error
    import weasyprint
    from weasyprint.pdf import pydyf  # the very one it writes with
    from weasyprint.text.ffi import ffi, pangoft2
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyEmbedded(URLFetcher):  # type: ignore[misc]
        """Serves what is inside the page itself, and nothing from anywhere else."""

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
    if older := fonts.older_versions():
        fonts.without(older, int(ffi.cast("uintptr_t", configuration._config)))
        pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", configuration.font_map))
    return Engine(weasyprint, pydyf, configuration, OnlyEmbedded(fail_on_errors=True), FatalURLFetchingError)


class Engine:
    """WeasyPrint with what letters of one process share: fonts, parsed style sheets, decoded pictures."""

    def __init__(
        self, weasyprint: Any, pydyf: Any, font_config: Any, fetcher: Any, refused: type[BaseException]
    ) -> None:
        self._weasyprint, self._pydyf = weasyprint, pydyf
        self._fonts, self._fetcher, self._refused = font_config, fetcher, refused
        self._sheets: dict[str, Any] = {}
        self._pictures: dict[str, Any] = {}

    def stylesheet(self, css: str) -> Any:
        """A parsed style sheet, kept: the office's page rules are the same for every letter."""
        if css not in self._sheets:
            if len(self._sheets) > 8:
                self._sheets.clear()
            with self._fetching():
                sheet = self._weasyprint.CSS(string=css, font_config=self._fonts, url_fetcher=self._fetcher)
            self._sheets[css] = sheet
        return self._sheets[css]

    def forget(self) -> None:
        """Read style sheets again: what is wrong with one is said only when it is read."""
        self._sheets.clear()

    @contextmanager
    def _fetching(self) -> Iterator[None]:
        try:
            yield
        except self._refused as error:
            raise LibraryAtFault(
                Problem(
                    f"The page asks for something outside it ({str(error)[:80]}), or a picture is damaged.",
                    hint="Pictures belong into the Word template, fonts on the system.",
                    code="outside",
                )
            ) from error

    def _render(self, html: str, sheets: list[Any], pictures: Mapping[str, Picture], most_pages: int) -> Any:
        if len(self._pictures) > 64:
            self._pictures.clear()
        self._fetcher.pictures = pictures
        with self._fetching(), _counting(most_pages):
            source = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
            return source.render(font_config=self._fonts, stylesheets=sheets, pdf_tags=True, cache=self._pictures)

    def print(
        self, html: str, base: Any, pictures: Mapping[str, Picture], describe: Describe, most_pages: int
    ) -> LaidOutPdf:
        """Lay out and write. The identifier is that of the content, so that equal letters are equal files.

        Args:
            base: the office's page rules, from ``stylesheet``.
            pictures: by the addresses the page has for them.
            describe: writes the metadata of the finished file.
            most_pages: a layout that makes more does not come to an end, and raises CannotPrint.
        """
        laid_out = self._render(html, [base], pictures, most_pages)
        identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
        finisher = Finisher(self._pydyf, laid_out.pages, describe)
        with self._fetching(), finisher.watching():  # what the page attaches is fetched only here
            data = laid_out.write_pdf(
                pdf_tags=True,
                pdf_identifier=identifier,
                finisher=lambda _, pdf: finisher.finish(pdf),
            )
        return LaidOutPdf(data, laid_out.pages)

    def measurer(self, base: Any) -> Measure:
        """Measures headers and footers under the page rules ``base``."""

        def measure(fragments: HtmlToMeasure, width: float) -> Mapping[str, float]:
            return self._measure(fragments, width, base)

        return measure

    def _measure(self, fragments: HtmlToMeasure, width: float, base: Any) -> dict[str, float]:
        """Set fragments one under another on one endless page, and see where each begins and ends."""
        known = {name: _MEASURED.get((html, fragments.css, width)) for name, html in fragments.html.items()}
        if any(height is None for height in known.values()):
            marked = "".join(
                f'<div id="{name}"></div><div style="display:flow-root">{html}</div><div id="{name}-end"></div>'
                for name, html in fragments.html.items()
            )
            css = f"@page{{size:{pt(width)} 50000pt;margin:0}}{fragments.css}"
            page = self._render(
                f'<!DOCTYPE html><html lang="en"><style>{css}</style><body>{marked}</body></html>',
                [base],
                fragments.pictures,
                2,
            )
            anchors = page.pages[0].anchors
            if len(page.pages) > 1:
                raise CannotPrint(Problem("A header or footer is taller than any page.", code="furniture"))
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
