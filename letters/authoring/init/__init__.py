"""A library of one's own: `office` knows what to ask of an office, `library` chooses and copies, `guide` explains."""
