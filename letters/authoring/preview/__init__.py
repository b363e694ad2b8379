"""The preview: the sample letter on a page in the browser, made again whenever a file of the library is saved.

In: the folder of a library and a kind of letter. Out: a web page, served to this machine only. `server` is one of
the few modules that may use the network.

- `watch`: notices each save and keeps the current state
- `sample_letter`: makes the letter, and says where each paragraph comes from and what is wrong
- `condition_flips`: turns a condition of the letter on or off
- `server`: serves the page; `page.html`, `page.js` and `page.css` are what it shows
"""
