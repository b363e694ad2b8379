"""Makes letters: a checked letter and the office's library become a Word file and its PDF.

In: a library and answers. Out: the bytes of the finished letter with notes, or every problem with its place. It may
import any room below it (`provenance`, `privacy`, `library`, `pdf`, `docx`, `model`). It writes no files, and reads
neither the clock nor the environment.

- `assembler`: makes letters from one library
- `template_context`: the names and values that the template of a letter can use
- `template`: fills Word templates (a package of its own)
- `anatomy`: the paragraphs and branches of a template, each with its conditions
- `letter_pdf`, `many_pdfs`: the PDF of one Word letter, and of many
"""
