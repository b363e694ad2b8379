"""Approval: deciding that letters of a kind may go out, recording who decided, and showing what changed since.

In: a library and the person who acts. Out: files to write (the record of approvals, copies of what was approved, a
signature), lists of changes, a redline, a proof as PDF. May use the linter and the assembler; it reads no clock, so the
day is passed in, and only `approve` writes files.

- `approve`: approve, withdraw, roll back, sign
- `changes_since_approval`: what changed in a kind, and what that affects; `file_changes`: the changes in one file
- `proof`: the fewest letters that show every paragraph of a template, for counsel to sign
"""
