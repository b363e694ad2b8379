"""Authoring: tools for those who keep a library of letters, and for those who set one up.

In: a library, a Word file or an office's details. Out: new or changed files of a library, a preview, and reports for
the command line. May use every room except the command line; it prints nothing and reads no clock.

- `init`: a new library for an office
- `scaffold`: a new kind of letter from a Word file, and its questions kept in step
- `preview`: the sample letter in a browser, made again on every save
- `tag_sheet`: every tag of a kind, as a Word file to copy from
- `doctor`: what is missing on this machine, and how to fix it
- `demo`, `demo_register`: the sample letters in the order of their dates; the register they enter
"""
