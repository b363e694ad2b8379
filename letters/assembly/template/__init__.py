"""Fills Word templates written in docxtpl's dialect of Jinja. Tags are read from the XML nodes, checked, compiled once.

In: the bytes of a template, its shared passages, and plain data. Out: the parts of a finished .docx, or every problem
of the template with its place. It may read `docx` and `errors`; it knows nothing about letters, libraries or law.

In the order of the work, when a template is compiled:

- `template`: the public face: compile, fill, expand
- `compilation`: reads a whole template, collects its problems, compiles its parts
- `sanitize`: drops parts and markup that a letter does not keep
- `refused_content`: finds tracked changes, comments, hidden text and other content that is refused
- `shared_passages`: inserts the passages a template includes
- `passage_merge`: brings the styles, lists, pictures and links of a passage into the template
- `package_editor`: adds parts, links and content types to a package
- `link_targets`: links whose address contains tags
- `paragraph_origins`: remembers which file each paragraph comes from
- `tag_positions`: finds the tags and replaces them with tokens
- `tags`: the text of a tag: delimiters, typographic quotes, tokens
- `grammar`: checks what a single tag says
- `blocks`: pairs conditions and loops with their ends, and removes the paragraphs and rows that only hold a tag
- `names_used`: lists the names and paths that tags use
- `template_part`: one compiled part; docxtpl's patching of table cells
- `paragraph_forms`: its paragraphs, which are read once and then only get their values

And for each letter:

- `sandbox`: runs the tags in a Jinja sandbox
- `filters`: what tags may do with values
- `pictures`: puts pictures that are answers into the filled letter
- `rich_text`: turns formatted answers into paragraphs, lists and links
- `structure_repair`: restores valid structure, or refuses the letter
- `document_properties`: title, author, language and date
- `draft_mark`: the draft notice on every page
"""
