"""From a .docx to an accessible PDF, without Word or LibreOffice. `convert` is the entry point.

The room may import the docx room and what is below it, nothing else. Each stage has a type of its own and can be used
by itself; two writers lay out a Document::

                                            ┌──compose──▶ Composed ──write──────────────────┐
    bytes ──open_package──▶ Package ──read_document──▶ Document                             ├──▶ bytes
                               │            └──write_page──▶ Page ──Engine.print──▶ LaidOutPdf─┘  │
                               └─────────────────────────── check_pages ──────────────────────────┘

1. `docx.package.Package`: the parts of the file, opened with care; `size_limits.refuse_excess` refuses what is far
   larger than any letter, `time_limit` stops a layout that never ends.
2. `document.Document`: the letter as a tree of blocks (paragraphs, lists, tables, boxes), each with its story and its
   location in the file. `reader` resolves styles, themes, numbering and fields. The Document contains no XML and no
   HTML; its lengths are in points. `reflow` puts floats, columns and footnotes in line with the text, for pages that
   cannot be laid out as in Word. `font_files` finds the fonts that are installed, `embedded_fonts` keeps those
   that Word files bring along, `fonts` knows how wide their characters are; `layout_rules` are Word's rules for both
   writers; `numerals` are Word's number formats; `metafiles` draws EMF and WMF pictures as pixels; `vector_pictures`
   are drawn shapes as lines and areas; `kept_results` keeps what was worked out of objects that letters have in
   common.
3. `compose`: the composer, for ordinary letters, without HTML and several times as fast.
4. `html`: any letter. `html.page.Page` is HTML, CSS and the pictures they refer to; `html.weasyprint.LaidOutPdf` is the
   PDF and its pages. Only `html.weasyprint` knows WeasyPrint.
5. For both, `tags.structure` holds the structure tree, `tags.tree` writes it into the file, `tags.claims` decides
   which standards the file may claim, and `tags.metadata` says so. `job` is what a writer takes and returns.
6. `parity.comparison` compares `parity.word_text`, which does not use the reader, with the text of the finished file,
   which `pdf_file` decodes; `parity.overprint` finds text over other text, from where `text_positions` says that it is
   painted. `note_codes` says which notes are about appearance alone.

What a stage cannot carry over becomes a `Problem` among the notes of its result, with its location; what prevents a PDF
is a `LettersError`. Nothing here prints, fetches, or reads the clock or the environment. The whole conversion::

    >>> from letters.pdf.convert import convert
    >>> letter = convert(LETTER_DOCX)
    >>> letter.pages, letter.data[:5], letter.notes
    (1, b'%PDF-', ())

The first half, for another writer::

    >>> from letters.docx.package import open_package
    >>> from letters.pdf.document import Text, inlines, paragraphs
    >>> from letters.pdf.reader.reader import read_document
    >>> document = read_document(open_package(LETTER_DOCX, "letter.docx"))
    >>> document.title, document.language, document.sections[0].width
    ('A letter', 'en-US', 612.0)
    >>> [each.text for one in paragraphs(document.sections[0].blocks) for each in inlines(one.content)]
    ['Dear Casey Specimen:']
"""
