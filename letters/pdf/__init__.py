"""From a .docx to an accessible PDF: a converter of its own, known to the house by `convert`.

It needs no Word and no LibreOffice. Each stage has its own type, and is usable by itself; two writers set a Document::

                                            ┌──compose──▶ Composed ──write──────────────────┐
    bytes ──open_package──▶ Package ──read_document──▶ Document                             ├──▶ bytes
                               │            └──write_page──▶ Page ──Engine.print──▶ Printed─┘     │
                               └─────────────────────────── check_words ──────────────────────────┘

1. `docx.package.Package`: the parts of the file, opened with suspicion; `limits.refuse_excess` turns away what no
   letter is like. `accepting` gives the package with its tracked changes accepted.
2. `document.Document`: the letter as typeset matter. Styles, themes, lists, fields and tables are worked out
   (`reader`, by way of `reader_xml`, `reader_formats`, `reader_styles`, `reader_numbering`, `reader_notes`, and
   `reader_book`, which all parts share; then `reader_text`, `reader_pictures`, `reader_shapes`, `reader_vml`,
   `reader_boxes`, `reader_tables`, `reader_columns`, `reader_blocks`, `reader_sections`). It holds no XML and no HTML.
   Lengths are in points. `settling` gives the document that has everything in its place in the text, for pages that
   cannot be laid out as Word has them. `fonts` knows what is installed and how wide it is; `rules_text`,
   `rules_paragraphs` and `rules_tables` are Word's rules for whoever sets a Document.
3. The composer, `composing` (`by_composing` is its door): ordinary letters, without HTML, several times as fast.
4. By HTML (`by_html`): any letter. `page.Page` is body and style sheet, and the pictures they name (`page`, by way of
   `page_css`, `page_sheet`, `page_places`, `page_text`, `page_paragraphs`, `page_lists`, `page_tables`, `page_boxes`).
   `engine.Printed` is the PDF and its laid-out pages; `engine` is the only module that knows WeasyPrint.
5. For both, `structure` holds what a reader is told, `finisher` writes it into the file, and `claims` decides what the
   file may claim. `job` is what a writer is given and gives back.
6. `parity.check_words` compares `word_text`, read past the reader, with `pdf_text`, decoded from the finished file.

What a stage cannot carry over is a `Problem` among the notes of its result, with its place; what stands in the way is a
`LettersError`. Nothing here prints, fetches, or looks at the clock or the environment. The whole way::

    >>> from datetime import date
    >>> from letters.pdf.convert import PageTemplate, print_letter
    >>> page = PageTemplate(html=LETTER_HTML, css="")
    >>> printed = print_letter(LETTER_DOCX, name="letter.docx", page=page, dated=date(2019, 8, 19))
    >>> printed.pages, printed.data[:5], printed.notes
    (1, b'%PDF-', ())

And the first half, for another writer::

    >>> from letters.docx.package import open_package
    >>> from letters.pdf.document import Text, inlines, paragraphs
    >>> from letters.pdf.reader.reader import read_document
    >>> document = read_document(open_package(LETTER_DOCX, "letter.docx"))
    >>> document.title, document.language, document.sections[0].width
    ('A letter', 'en-US', 612.0)
    >>> [each.text for one in paragraphs(document.sections[0].blocks) for each in inlines(one.content)]
    ['Dear Casey Specimen:']
"""
