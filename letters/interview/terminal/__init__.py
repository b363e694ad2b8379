"""Talking with counsel: the conversation, the faces it goes through, and the letter so far as text.

`conversation` knows what is said and asked and in which words, `face` what a face must be able to do; `terminal` and
`plain` are the two there are. What to ask next and what is allowed is the interview's.
"""
