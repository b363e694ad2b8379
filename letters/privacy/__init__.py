"""What must not leave the office: confidential information in letters, and confidential answers in messages.

In: the parts of a finished .docx, or the answers and the problems to report. Out: the disclosures found, or problems
with the confidential words replaced. It may read `model` and `docx`; it opens and writes no files.

- `disclosure_scan`: searches a finished letter for social security numbers, wages and hidden content
- `redaction`: removes confidential answers from messages
"""
