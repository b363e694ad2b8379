"""Printing of Word letters: the steps from the .docx to the page, each in a module of its own.

`reader` makes a `document` of the file by way of `reader_xml` (names and values), `reader_formats` (what is said of
characters and paragraphs), `reader_styles`, `reader_numbering`, `reader_book` (what all parts share),
`reader_pictures`, `reader_text`, `reader_tables`, `reader_blocks` and `reader_sections`. `page` writes the document as
HTML and CSS by way of `page_css` (formats), `page_sheet` (what all writers share), `page_text`, `page_paragraphs`,
`page_lists` and `page_tables`. `finisher` puts the tags of the PDF right. `fonts` knows what is installed. `parity`
compares `word_text` with `pdf_text`. The document between reader and page holds no XML and no HTML, so that another
writer can follow. Use it through `letters.pdf`.
"""
