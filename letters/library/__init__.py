"""The library: the folder an office owns (`templates/`, `prompts/`), read and checked; and what of it is approved.

In: a folder, or bytes of an answers file. Out: the library's files, questions, law and advice as typed values; the
letter that some answers describe; the state of each approval. Problems name file, line and entry. May import the model
and read files of the library; only `Library` reads the environment, and nothing here reads the clock or writes files.

- `library`: the folder, its files and its kinds of letter (`Library.find`, `Library.open`)
- `office_files`: the office's details, phrases, law and terms, read into the rulebook
- `office_languages`: the office's phrases, names and law in the languages of its letters
- `prompts`: the questions; `extra_questions`: those an office adds itself; `prompt_translations`: in other languages
- `rules_file`: the office's rules
- `criteria_problems`: what is wrong with a `when` or `unless`
- `prompt_errors`: problems in prompt files; `toml_lines`: the lines they are on; `toml`: TOML read safely;
  `toml_recovery`: what is wrong in a TOML file, and what the rest of it says; `stand_ins`: for values that are wrong
- `advice`: the decision guide applied; `advice_file`: the guide read from its file
- `answers`: answers files; `validation`: answers checked, and the letter they describe
- `approvals`: what is approved and what changed since; `approval_record`: the record, `vetted.toml`
- `kind_files`: which files a kind of letter is made of
- `trust`: whether the record is signed by those who may sign; `ssh_signatures`: signatures by OpenSSH
"""
