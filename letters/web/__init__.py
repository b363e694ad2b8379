"""The web pages of Letters: the interview with the letter beside it, drafts, the register, review, and the preview.

In: what a browser on this computer sends. Out: pages, made of the same interview, register and library as the commands
in a terminal. The pages work without JavaScript; with it, the letter follows what is typed. This room alone serves
HTTP, on the loopback address only, and decides what a browser may send. It knows no terminal; the command line starts
it and passes in the clock.

- `server`: the HTTP server; every request passes its guard
- `guard`: who may send what: the address, the cookie, the form's token, the size of a body
- `http_messages`: requests and responses, and reading forms
- `application`: which page answers which address
- `page_renderer`: the HTML pages (in `pages/`), style sheets and scripts (in `assets/`)
- `open_interviews`: the interviews of this run; starting and resuming them
- `web_interview`: one interview: the page to show, and what a page that was sent does
- `question_groups`: which questions share a page; `controls`: a question as part of a form
- `interview_pages`: questions, lists, the review of the answers, and the finished letter
- `letter_beside`, `letter_images`: the letter with the answers as they are typed, and its pages as pictures
- `register_pages`: the register, and the letters that wait for a colleague, with the redline
- `home_pages`: the start page, drafts, and templates
- `preview_pages`: the sample letter of a kind, made again on every save
"""
