"""The HTML writer: lays out any letter as PDF, through HTML, CSS and WeasyPrint.

In comes a `document.Document`; out come the bytes of a PDF and notes. It is slower than the composer, but also supports
what the composer does not. Only `weasyprint` may import WeasyPrint.

- `writer`: lays the page out, writes it and compares its words with the Word file
- `base`: the base style sheet, and the page that the body and styles of a letter go into
- `page`: the Document as HTML and CSS, section by section, with headers and footers
- `paragraphs`, `lists`, `tables`, `boxes`, `text`: the HTML of each kind of block, and of what is inside a paragraph
- `css`, `positions`: formats and positions as CSS declarations
- `stylesheet`: the CSS classes, pictures and notes collected along the way
- `weasyprint`: the layout engine
- `tagging`, `box_structure`: its own tags are replaced with the structure tree read off the laid-out boxes
"""
