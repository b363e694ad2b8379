"""The model: what a request and a letter are made of, and the rules that decide whether a letter may be sent.

In: answers as plain values, and the rulebook of the office. Out: checked, frozen letters, and problems that name their
field. May import pydantic, `letters.errors` and `letters._text`. It reads no files and no clock, and names no State:
the law itself is data in the office's library.

The modules of models have no `from __future__ import annotations`: pydantic would compile each annotation again
whenever the program starts.

- `values`: text, dates, choices and `Model`, the base class of everything that is checked
- `request`, `requester`, `legal_process`: what came in, from whom, and the subpoena or order that came with it
- `recipient`: whom a letter without a request is written to
- `office`, `legal_basis`, `rulebook`: what the office owns and the rules need
- `criteria`: facts compared with `when` and `unless`
- `calendar`: business days and holidays
- `due_dates`: the days by which an answer is due, in words
- `letter`: the fields and rules of every letter; `kinds`: what each kind of letter adds
- `office_rules`: the types of the office's own rules; `rule_engine`: applies them; `criteria`: their tests of answers
- `citation_rules`: what a letter may cite; `rules`: rules that many fields share
- `answer_texts`: every text within an answer
- `fields`: every field by its dotted name; `json_schema`: JSON Schema of the answers
- `error_wording`: pydantic's findings in plain words
"""
