"""The proof: the fewest letters in which every paragraph of a template appears, as one PDF for counsel to sign.

In: the assembler and a kind of letter. Out: the letters found and the PDF. Knows what `letters.approval` knows.

- `answer_trials`: thinks up answers that the rules allow
- `search`: finds letters that show what has not been shown yet
- `cover`: chooses the fewest of them
- `pack`: prints them, with a cover sheet to sign; `binder`: binds PDFs into one
"""
