"""The preview: the sample letter, made again whenever a file of the library is saved.

In: the folder of a library and a kind of letter. Out: the letter as PDF, where each of its paragraphs comes from, and
what is wrong; the web pages show them.

- `watch`: notices each save and keeps the current state
- `sample_letter`: makes the letter, and says where each paragraph comes from and what is wrong
- `condition_flips`: turns a condition of the letter on or off
"""
