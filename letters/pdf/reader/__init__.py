"""The reader: turns the parts of a Word file into a Document.

In comes a `docx.package.Package`; out comes a `document.Document`, with notes on everything that is not carried over.
It may import the docx room and the Document, and knows nothing about layout or PDF beyond the widths of fonts.

- `reader`: `read_document`, the entry point
- `context`: what all stories of a file share while they are read
- `sections`, `columns`: sections, their pages, headers and footers; newspaper columns
- `blocks`, `lists`, `tables`, `boxes`: paragraphs, and the lists, tables and boxes made of them
- `text`, `notes`: runs, fields, links and breaks; footnotes and endnotes
- `font_names`: which font a name means: of the theme, embedded, or of the computer
- `formats`, `styles`, `numbering`: character and paragraph formatting, styles, list labels
- `automatic_color`: the color of text that Word chooses itself, by the ground
- `automatic_space`: space around paragraphs that Word chooses itself
- `formulas`: formulas as text on one line, and the parts of their shape
- `drawings`, `pictures`, `drawingml`, `vml`, `anchors`: pictures, drawn shapes, and the positions of both
- `drawn_parts`, `diagrams`, `charts`, `chart_drawing`, `drawn_nodes`: diagrams and charts as groups of drawn shapes,
  before anything is read
- `geometry`, `drawn_shapes`, `word_art`: outlines of shapes; shapes and words drawn as pictures
- `bound_controls`: content controls that do not show the data behind them
"""
