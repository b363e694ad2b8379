"""What a finished letter says of itself, and whether it still says what was written.

A letter carries a record: which kind it is, from which approved bytes it was made, and a keyed fingerprint of every
sentence. The rooms are in the order of the work: `seal` (the key), `words` (a Word file as sentences), `record` (what
is written down), `custom` and `xmp` (where it stands in a .docx and in a PDF), `printed` (a PDF as sentences),
`judging`.

What leaves the office must not betray what was taken out of it. A hash of a sentence can be guessed at (there are only
so many names), and the record keeps the fingerprint of a sentence that counsel has deleted by hand. So:

- every fingerprint is keyed with the seal of the library (`seal`), which never leaves the office; nobody without it
  can test a guess, nor write a record that passes;
- a PDF printed from an edited letter records the words it holds, and of those it no longer holds only how many they
  were;
- names, answers and the approver stand nowhere in the record: it has hashes, the kind, dates and versions. Who approved
  a version is in the library.
"""
