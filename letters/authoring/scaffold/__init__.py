"""New kinds of letter from Word files: `blanks` reads what a file asks for, `questions` words it, `kinds` and `sync`
write and keep the kind's files."""
