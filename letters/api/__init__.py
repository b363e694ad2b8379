"""The functions a program uses: `import letters` shows these and nothing else.

In come answers and Word files; out come letters as bytes, verdicts and findings, or a `LettersError` with every problem
found. The room may know every room below it and has no rules of its own: it opens a library, keeps it open for the next
call, and calls the room that does the work. Nothing is printed, and nothing is written to disk. `letters.batch` is
defined in its own room, `batches`.

`opened`: a library opened once for all calls. `one_letter`: check, write, advise, schema. `finished`: convert, verify,
rebuild. `whole_library`: lint.
"""
