"""What is asked, offered, accepted and shown, with no terminal in any of them.

`state` (what is known and what is open) ← `choices` (what is offered), `reading` (what was typed, and how an answer is
shown), `fitting` (which answers fit), `turning` (which letter, and what another one has no place for), `entries` (lists
of entries with parts), `notices` (what the law wants by when). Use it through `letters.interview.interview`.
"""
