"""A fuzzer guided by coverage, for what reads files of others: Word files, answers, the TOML of a library.

`engine` changes inputs and keeps those that reach new lines; `targets` says what is read and how inputs are changed.
`corpus/<target>` holds what every run starts from: files that reach far, and those that once found something.
"""
