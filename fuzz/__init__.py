"""A coverage-guided fuzzer for code that reads other people's files: Word files, answers, the TOML files of a library.

`engine` mutates inputs and keeps those that reach new lines; `targets` defines what is read and how inputs are mutated.
`corpus/<target>` holds the inputs that every run starts from: some cover much code, and some once found a bug.
"""
