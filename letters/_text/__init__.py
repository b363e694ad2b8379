"""Text: small readers and writers of plain text, which know nothing of letters or files.

In: text, dates and values. Out: what was found in the text, or new text. May import the standard library,
and Babel for other languages than English.

- `dates`: dates as people type them and as letters print them
- `english`: lists as part of a sentence
- `languages`: dates, lists, numbers, money and plurals in the language of a letter
- `language_tags`: what the tag of a language looks like
- `light_markup`: bold, italics, links and lists in typed text
- `citations`: citations in running text
- `damage`: text damaged on its way, refused or noted: the gate of every text answer
- `encodings`: which encoding a text file is in
- `personal`: social security numbers and wages in running text
- `number_formats`, `number_format_sections`, `number_format_dates`: numbers and dates as a spreadsheet shows them
- `stretches`: long stretches without some character
- `toml_inline`: a value as TOML on one line
- `lazy_pattern`, `limited_memory`: patterns compiled when they are first used, and results remembered up to a number
- `between_runs`: results that are kept from one run of the program to the next
"""
