"""Filling of Word templates: docxtpl's dialect, read from the XML nodes, made safe, compiled once.

The way of a template: `sanitize` (what is dropped) → `passages` and `grafts` (what several templates share is put in,
`origins` remembers from where) → `leftovers` (what is refused) → `spots` (tags found and normalised) → `blocks` (pairs,
containers, whole paragraphs and rows) → `parts` (docxtpl's cell tags, one compiled script a part) → `compilation`. Per
letter: `sandbox` renders, `repair` checks. `marks` heads a finished letter as a draft. `template` is the door.
"""
