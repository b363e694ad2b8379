"""What a finished letter says about its own origin, and whether it still says what was written.

Every letter carries a record: its kind, the approved files it was made from, and a keyed fingerprint of each sentence.
This room writes that record, reads it back, compares a letter with it, and makes the same letter again.

In: the bytes of a .docx or PDF, and the library. Out: the record, a verdict with the changed sentences, a redline, or
the rebuilt letter. It may read the library, `docx`, `pdf` and `model`; letters are made by whoever is passed in as a
`LetterMaker`. It writes no files.

- `seal`: the library's secret key for fingerprints
- `record`: the fields of the record
- `letter_text`: a Word file as sentences, and their fingerprints
- `custom_properties`, `xmp`: where the record is stored in a .docx and in a PDF
- `pdf_reading`: the text and record of a PDF
- `record_comparison`: a letter compared with its record
- `letter_maker`: what verifying and rebuilding need from whoever makes letters
- `verify`: the verdict on a letter, with approval, law and changed sentences
- `hand_edits`: the changes as a Word file with tracked changes
- `rebuild`: the same letter again, byte for byte

What leaves the office must not reveal what was taken out of it. A plain hash of a sentence can be guessed (there are
only so many names), and a .docx still has the fingerprints of sentences that counsel deleted by hand. Therefore:

- Every fingerprint is keyed with the seal, which never leaves the office. Without it nobody can test a guess or forge
  a record.
- A PDF made from an edited letter has fingerprints only of the words it contains, and a count of the changed ones.
- The record contains hashes, the kind, dates and versions, but no names, answers or approvers. The library knows who
  approved a version.
"""
