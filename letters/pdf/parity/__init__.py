"""Parity: proof that a Word file and its PDF have the same words in the same order, and that all can be read.

Done for every letter.

- ``comparison``: compares the words of both, and reports the first difference
- ``overprint``: finds text that is printed over other text
- ``word_text``: the words of the Word file, read from its XML without the reader, so that what the reader loses shows

The words of the PDF are decoded from the finished file by `letters.pdf.pdf_file`.
"""
