"""Scaffold: a new kind of letter from a Word file, and its questions kept in step when the file changes.

In: the bytes of a Word file with tags. Out: the kind's folder, prompt file and sample. Knows what `letters.authoring`
knows.

- `blanks`: what a file's tags ask for that the program does not know
- `prompt_text`: questions as text, added and changed without touching anyone's wording
- `new_kind`: the files of a new kind; `sync`: the files that follow a change
"""
