"""Filling of Word templates: docxtpl's dialect, read from the XML nodes, made safe, compiled once.

The way of a template: `sanitize` and `leftovers` (what is dropped, what is refused) → `spots` (tags found and
normalised) → `blocks` (pairs, containers, whole paragraphs and rows) → `parts` (docxtpl's cell tags, one compiled
script a part) → `compilation`. Per letter: `sandbox` renders, `repair` checks. Use it through `letters.word`.
"""
