"""The page that every letter is set into on the way by HTML. How a letter looks comes from its Word file alone."""

from __future__ import annotations

from datetime import date
from html import escape

BASE_STYLES = """
/* These rules only undo the habits of web pages, and keep all text on the paper. */

html, body, p, h1, h2, h3, h4, h5, h6, ol, ul, li { margin: 0; padding: 0 }

/* A 300-character reference without spaces breaks at the margin instead of running off the paper. */
body { overflow-wrap: anywhere; widows: 2; orphans: 2 }

/* Word kerns and uses ligatures only where the document says so. */
body { font-kerning: none; font-variant-ligatures: none; color: #000000 }
::marker { font-variant-numeric: normal }

/* Word keeps a heading with what follows it, or a list with what introduces it, only where its style says so. */
h1, h2, h3, h4, h5, h6 { break-after: auto; break-inside: auto; font-size: inherit }
ol, ul { break-before: auto }
a { color: inherit; text-decoration: none }

/* Tabs, boxes at tab stops, page numbers. */
.tab, .box { display: inline-block; text-indent: 0; overflow-wrap: normal }
.tab, .box { white-space: nowrap }
.held { white-space: nowrap }
.page::before { content: counter(page) }
.pages::before { content: counter(pages) }
.small { font-size: 80%; text-transform: uppercase }
img { max-width: 100% }

/* Tables have fixed column widths, as in Word. A "layout" table only arranges things and is not read as a table. */
.grid { table-layout: fixed; border-collapse: collapse; border-spacing: 0 }
.grid th, .grid td, .cell { vertical-align: top; text-align: left; font-weight: normal; padding: 0 }
.layout { display: table }
.row { display: table-row }
.cell { display: table-cell }
"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="generator" content="Letters">
<meta name="dcterms.created" content="{dated}">
<meta name="dcterms.modified" content="{dated}">
<style>
{styles}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def page_with(body: str, styles: str, *, title: str, language: str, dated: date) -> str:
    """The whole page, ready to be laid out.

    Args:
        body: HTML.
        styles: CSS for it, which adds to BASE_STYLES.
        title: plain text.
        language: such as ``en-US``.
        dated: the date the PDF says it was made on.
    """
    return _PAGE.format(
        title=escape(title), language=escape(language), dated=dated.isoformat(), styles=styles, body=body
    )
