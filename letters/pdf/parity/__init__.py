"""Parity: proof that a Word file and its PDF have the same words in the same order. Done for every letter.

- ``comparison``: compares the words of both, and reports the first difference
- ``word_text``: the words of the Word file, read from its XML without the reader, so that what the reader loses shows

The words of the PDF are decoded from the finished file by `letters.pdf.pdf_file`.
"""
