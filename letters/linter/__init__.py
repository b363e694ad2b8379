"""The checking of a library: everything that could go wrong with a letter, found before anybody writes one.

`findings` is what is told. What is looked at: `sources` (law and terms), `questions` (prompts against the model and the
templates), `looks` and `remains` (a Word file as such), `meaning` (tags against the names there are; `conditions`:
those that never hold), `trials` (letters filled with every condition flipped: `branches`, `changes`; each checked
whole: `finished`). What can be done: `reports` (text, JSON, SARIF), `remarks` (a copy with Word comments), `mending`
(a cleaned copy). Use it through `letters.linter.lint`.
"""
