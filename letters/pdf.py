"""Prints a Word letter as an accessible PDF: same words, same look, and nothing left to chance.

The only module that knows WeasyPrint, which is imported when the first letter is printed. WeasyPrint carries
on after most mishaps and only logs them; here every such line is an error, because a letter without its seal,
or with a box for a letter, must not go out. The same letter gives the same bytes, today, tomorrow and in
another process."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from letters.errors import CannotWrite, LettersError, LibraryAtFault, Problem
from letters.package import open_package
from letters.printing import fonts
from letters.printing.accepting import accepted
from letters.printing.claims import Lack, claims, lacks_of_file, lacks_of_letter, metadata
from letters.printing.document import Document
from letters.printing.finisher import Finisher
from letters.printing.page import Fragments, Page, pt, write_page
from letters.printing.parity import WordsDiffer, check_words
from letters.printing.reader import read_document
from letters.printing.structure import Node

INSTALL_PANGO = "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_PLACEHOLDERS = frozenset({"title", "language", "dated", "styles", "body"})
_NO_GLYPH = re.compile(
    r'\.notdef glyph rendered for Unicode string unsupported by fonts: ".*" \(U\+([0-9A-F]+)\)', re.S
)
_MEASURED: dict[tuple[str, str, float], float] = {}
_KEPT = 512
_PX = 0.75  # points in a CSS pixel, WeasyPrint's inner unit
_EDGE = 1.0  # points a glyph may stick out: rounding, not a lost word


@dataclass(frozen=True)
class PageTemplate:
    """The office's vetted page: ``letter.html`` and ``letter.css`` of the library's ``templates/page``."""

    html: str
    css: str


@dataclass(frozen=True)
class PrintedLetter:
    """A PDF, and what of the Word letter it could not carry over."""

    data: bytes
    pages: int
    notes: tuple[Problem, ...]


class CannotPrint(LettersError):
    """The letter cannot be printed as it stands; the problems say what to change in it."""


def print_letter(
    docx: bytes, *, name: str, page: PageTemplate, dated: date, accept_changes: bool = False
) -> PrintedLetter:
    """Print the bytes of a .docx.

    Args:
        docx: the whole file.
        name: how messages call it.
        page: the page it is set into.
        dated: the date the PDF says it was made on: that of the letter.
        accept_changes: print it as it reads with its tracked changes accepted; otherwise they are refused.

    Raises:
        LettersError: of the kinds NotAWordFile, TrackedChanges, CannotPrint, WordsDiffer, LibraryAtFault (the page
            template is wrong) or CannotWrite (fonts or libraries are missing here).
    """
    package = open_package(docx, name)
    if accept_changes:
        package = accepted(package)
    document = read_document(package)
    fonts.check_fonts()  # before WeasyPrint: without any font Pango ends the process
    engine = _engine()
    try:
        with _listening() as heard:
            base = engine.stylesheet(page.css)
            laid_out = write_page(document, engine.measurer(base))
            html = _fill(page, laid_out, document.title, document.language, dated)
            lacks = tuple(lacks_of_letter(document, laid_out.notes))
            printed = engine.print(html, base, _Describer(document, dated, lacks))
    except LettersError as error:
        raise type(error)([problem.within(name) for problem in error.problems]) from error
    except AssertionError as error:  # WeasyPrint's own checks: a layout it cannot do
        raise CannotPrint(
            Problem(
                "The page cannot be laid out.",
                where=name,
                hint="Simplify its headers, footers and tables, and send the Word letter to whoever keeps Letters.",
            )
        ) from error
    _refuse_mishaps(heard, name)
    pages = printed.pages
    _refuse_text_off_page(printed, name)
    try:
        check_words(package, document, printed.data)
    except WordsDiffer:
        _refuse_row_in_pieces(printed, name)
        raise
    notes = tuple(
        problem.within(name) if problem.where != name else problem
        for problem in document.notes + laid_out.notes + printed.notes
    )
    return PrintedLetter(printed.data, len(pages), notes)


def _fill(page: PageTemplate, laid_out: Page, title: str, language: str, dated: date) -> str:
    """Set the letter into the page template. A placeholder that is missing or unknown is an error."""
    template = Template(page.html)
    found = set(template.get_identifiers())
    if not template.is_valid() or found != _PLACEHOLDERS:
        missing = ", ".join(f"${name}" for name in sorted(_PLACEHOLDERS - found))
        unknown = ", ".join(f"${name}" for name in sorted(found - _PLACEHOLDERS))
        said = " ".join(
            text
            for text in (
                f"It lacks {missing}." if missing else "",
                f"It has the unknown {unknown}." if unknown else "",
            )
            if text
        )
        raise LibraryAtFault(
            Problem(
                f"The page template cannot be filled. {said}".strip(),
                where="page/letter.html",
                hint="A plain dollar sign is written $$.",
                code="page-template",
            )
        )
    return template.substitute(
        title=escape(title),
        language=escape(language),
        dated=dated.isoformat(),
        styles=laid_out.styles,
        body=laid_out.body,
    )


class _Describer:
    """Decides what a finished PDF may claim, and says it with its title, language and date."""

    def __init__(self, document: Document, dated: date, lacks: tuple[Lack, ...]) -> None:
        self.document, self.dated, self.lacks = document, dated, lacks
        self.notes: tuple[Problem, ...] = ()

    def __call__(self, told: Node, found: list[str], info: Mapping[str, str]) -> bytes:
        document = self.document
        claimed = claims((*self.lacks, *lacks_of_file(told, found)))
        self.notes = claimed.notes
        return metadata(document.title, document.language, self.dated, claimed.standards, info)


# ---------------------------------------------------------------- what went wrong


class _Listener(logging.Handler):
    """Keeps every warning and error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Hear what WeasyPrint says, and keep fontTools (which comments on the dates inside font files) off
    stderr.
    """
    ours, mute = _Listener(), logging.NullHandler()
    heard: list[str] = []
    loggers = [(logging.getLogger("weasyprint"), ours), (logging.getLogger("fontTools"), mute)]
    before = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger, _ in loggers]
    for logger, handler in loggers:
        logger.handlers, logger.propagate = [handler], False
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        for logger, handlers, propagate, level in before:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
        heard += [record.getMessage() for record in ours.records]


def _refuse_mishaps(heard: list[str], name: str) -> None:
    characters = sorted({int(match[1], 16) for line in heard if (match := _NO_GLYPH.match(line))})
    if characters:
        shown = ", ".join(
            f"U+{code:04X} {chr(code)}" if chr(code).isprintable() else f"U+{code:04X} (invisible)"
            for code in characters
        )
        raise CannotPrint(
            Problem(
                "No font installed here has "
                f"{'this character' if len(characters) == 1 else 'these characters'}: {shown}.",
                where=name,
                hint=(
                    "Take it out of the letter, or install a font that has it (for instance sudo apt-get install "
                    "fonts-noto-core fonts-noto-cjk fonts-symbola)."
                ),
                code="no-glyph",
            )
        )
    if heard:
        raise LibraryAtFault(
            [Problem(f"The page could not be set as it should be: {line}", where=name, code="page",
                     hint="If page/letter.css was changed, look there.") for line in dict.fromkeys(heard)]
        )  # fmt: skip


def _refuse_text_off_page(printed: _Printed, name: str) -> None:
    for number, words in printed.off_page:
        raise CannotPrint(
            Problem(
                f"Words run off page {number}: “{words[:60]}”.",
                where=name,
                hint="Look at the indents, table widths and text boxes there in Word.",
                code="off-page",
            )
        )


def _refuse_row_in_pieces(printed: _Printed, name: str) -> None:
    """A row of several cells that no page can hold is cut, and its cells can no longer be read one after another."""
    for words in _rows_in_pieces(printed.pages):
        raise CannotPrint(
            Problem(
                f"A table row is taller than a page: “{words[:60]}”.",
                where=name,
                hint="In Word: make several rows of it, or put its text below the table.",
                code="tall-row",
            )
        )


# ---------------------------------------------------------------- WeasyPrint


@dataclass(frozen=True)
class _Printed:
    data: bytes
    pages: list[Any]
    off_page: list[tuple[int, str]]
    notes: tuple[Problem, ...]


@cache
def _engine() -> _Engine:
    """WeasyPrint, imported once. Raises CannotWrite when its libraries are missing."""
    try:
        import weasyprint
        from weasyprint.pdf import pydyf  # the very one it writes with
        from weasyprint.text.ffi import ffi, pangoft2
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
    except OSError as error:
        raise CannotWrite(
            Problem(
                "A PDF cannot be made here: the Pango libraries are missing.",
                hint=f"Install them: {INSTALL_PANGO}. The .docx can still be made with --format docx.",
                code="no-pango",
            )
        ) from error

    class OnlyEmbedded(URLFetcher):  # type: ignore[misc]
        """Serves what is inside the page itself, and nothing from anywhere else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            match = re.match(r"data:(image/(?:png|jpeg));base64,", url)
            if not match:
                raise FatalURLFetchingError(url)
            return URLFetcherResponse(url, base64.b64decode(url[match.end() :]), {"Content-Type": match[1]})

    configuration = FontConfiguration()
    if older := fonts.older_versions():
        fonts.without(older, int(ffi.cast("uintptr_t", configuration._config)))
        pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", configuration.font_map))
    return _Engine(weasyprint, pydyf, configuration, OnlyEmbedded(fail_on_errors=True), FatalURLFetchingError)


@cache
def _colours() -> bytes:
    """The ICC profile of sRGB, which comes with WeasyPrint: what the colours of a letter mean."""
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


class _Engine:
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

    def _render(self, html: str, sheets: list[Any]) -> Any:
        if len(self._pictures) > 64:
            self._pictures.clear()
        with self._fetching():
            source = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
            return source.render(font_config=self._fonts, stylesheets=sheets, pdf_tags=True, cache=self._pictures)

    def print(self, html: str, base: Any, describe: _Describer) -> _Printed:
        """Lay out and write. The identifier is that of the content, so that equal letters are equal files."""
        laid_out = self._render(html, [base])
        identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
        finisher = Finisher(self._pydyf, laid_out.pages, _colours(), describe)
        with finisher.watching():
            data = laid_out.write_pdf(
                pdf_tags=True,
                pdf_identifier=identifier,
                finisher=lambda _, pdf: finisher.finish(pdf),
            )
        return _Printed(data, laid_out.pages, list(_off_page(laid_out.pages)), describe.notes)

    def measurer(self, base: Any) -> Any:
        def measure(fragments: Fragments, width: float) -> Mapping[str, float]:
            return self._measure(fragments, width, base)

        return measure

    def _measure(self, fragments: Fragments, width: float, base: Any) -> dict[str, float]:
        """Set fragments one under another on one endless page, and see where each begins and ends."""
        known = {name: _MEASURED.get((html, fragments.css, width)) for name, html in fragments.html.items()}
        if any(height is None for height in known.values()):
            marked = "".join(
                f'<div id="{name}"></div><div style="display:flow-root">{html}</div><div id="{name}-end"></div>'
                for name, html in fragments.html.items()
            )
            css = f"@page{{size:{pt(width)} 50000pt;margin:0}}{fragments.css}"
            page = self._render(
                f'<!DOCTYPE html><html lang="en"><style>{css}</style><body>{marked}</body></html>', [base]
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
    """Words set outside the paper, with the number of the page."""
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
    """Words of table rows that go over from one page to the next; repeated header rows do not."""
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
