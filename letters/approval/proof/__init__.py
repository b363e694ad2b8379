"""The proof pack: the smallest set of letters in which every paragraph of a template appears, for counsel to sign off.

`trials` thinks up answers, `search` finds letters with them, `cover` chooses among the letters, `pack` prints them.
"""
