"""The sample letter on a page of one's own browser, made again on every save: `watching` sees the saves, `letter` makes
the letter and says what is in it, `flips` turns its conditions, `server` serves it to this machine alone."""
