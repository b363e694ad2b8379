"""The interview: which question comes next, which answers are accepted, and which letter they make.

In: a library's questions and rules, and whatever answers there are. Out: answers for a letter, saved after every one of
them. The interview is one plain `InterviewState` and functions over it. Nothing outside `terminal` prints or reads a
keyboard, so any user interface can be built on the same functions.

- `state`: everything known about one interview, as plain data
- `interview`: starting one
- `applicability`: which questions apply, which must be answered, and which answers count
- `navigation`: the current step; back, forward, and straight to any question
- `answering`: checking and storing an answer
- `entries`: answers that are lists, one entry at a time
- `options`: the choices a question offers, and its default
- `seldom`: the list of questions seldom needed, to pick from
- `derived_answers`: answers filled in and shown instead of asked
- `suggestions`, `beginnings`: texts to complete an answer with, and those that only begin one
- `earlier_letters`: what the letters in a folder had in their lists
- `next_letter`: the next letter of a matter: about the same request, or a new one
- `kind_choice`: choosing and changing the kind of letter, and the advice on it
- `answer_validity`: type checks, and rechecking the other answers after a change
- `completion`: the finished letter, or the problems that prevent it
- `question_notes`, `question_help`: what is said around a question, whatever shows it
- `review`: the page that shows every answer
- `recall`: earlier requests that the register remembers
- `deadline_notices`: the deadlines the law sets for this request
- `text_input`: from typed text to values, and back
- `wording`: what lists and messages say: the library's wording filled in, and no names that only files use
- `live_letter`: the letter with the answer being typed, and the sentence that it completes
- `marked_letter`: the unfinished letter as a Word file, with blanks and the sentences that an answer decides shaded
- `letter_so_far`, `placeholders`, `plain_text`: the unfinished letter as text
- `drafts`, `saved_state`: an interview as a file
- `session`: an interview with its draft, up to the letter
- `terminal`: the interview in a terminal
"""
