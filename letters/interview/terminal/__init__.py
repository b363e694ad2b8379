"""The interview in a terminal: what counsel is told and asked, with keys or line by line.

In: an `InterviewState`. Out: the same state, changed, and whether to write the letter. This is the only part of the
interview that prints and reads the keyboard; what to ask and what to accept is decided outside it.

- `frontend`: what both front ends can do: say, show, ask
- `keyboard`: the front end with lists and keys; with its parts, the only importer of questionary and prompt_toolkit
- `list_keys`: the keys in a list: filtering, and choosing by number
- `letter_pane`: the letter on the screen while a question is being answered
- `text_keys`: the keys in an answer line, and completing it
- `narrowing`: erasing a question after the window was made narrower
- `waiting_keys`: what is typed before a question is shown
- `plain`: the front end that prints and reads lines
- `runner`: runs an interview through either
- `prompter`: asks one thing, with help and the letter so far available
- `list_prompts`: asks for lists
- `ascii_output`: output for terminals without Unicode
- `desktop`: the pager, and opening a PDF
"""
