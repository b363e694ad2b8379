"""A new library: the files of another library that an office chooses, with its own details and nobody's approval.

In: the details of an office, and the kinds and legal bases it wants. Out: the files of a library, by name. Knows what
`letters.authoring` knows.

- `office_details`: what to ask an office, and its `office.toml`
- `office_interview`: what is asked, one question after the other, each answer saved as it is given
- `examples`: the libraries of example offices
- `new_library`: chooses, copies and tries out the files
- `sample_names`: samples that name the new office and its people
- `guide`: the new library's README, with the tag language on one page
"""
