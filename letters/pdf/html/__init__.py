"""The HTML writer: lays out any letter as PDF, through HTML, CSS and WeasyPrint.

In comes a `document.Document`; out come the bytes of a PDF and notes. It is slower than the composer, but also supports
what the composer does not. Only `weasyprint` may import WeasyPrint.

- `writer`: fills the page template, prints it and compares its words with the Word file
- `page`: the Document as HTML and CSS, section by section, with headers and footers
- `paragraphs`, `lists`, `tables`, `boxes`, `text`: the HTML of each kind of block, and of what is inside a paragraph
- `css`, `positions`: formats and positions as CSS declarations
- `stylesheet`: the CSS classes, pictures and notes collected along the way
- `weasyprint`: the layout engine
"""
