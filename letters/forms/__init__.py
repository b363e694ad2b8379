"""PDF forms and pages that go out with a letter, and forms that come back.

In: an office's own fillable PDF or HTML page with its mapping (`templates/<kind>/enclosures/<name>.toml`), and the
values of a letter. Out: finished PDFs; and, from a returned form, what its sender claims. Knows PDF objects, fonts and
the office's files. It does not know how tags are filled: whoever makes letters passes that in.

What an office takes in:

- `enclosure_file`: the TOML file of an enclosure
- `acroform`: the fields of a PDF form, as they are in the file
- `intake`: refuses what cannot be a template, and removes what a form that goes out must not hold
- `form_summary`: the fields of a form in words
- `taking_in`: a form as it comes into the library, with what was removed in words
- `field_map`: a form with its fields numbered and colored, for whoever maps them
- `page_comparison`: the changed pages of a form, before and after
- `draft_mapping`: the TOML file that `letters enclose` proposes
- `mapping_check`: compares a mapping with its form

What goes out:

- `fitting`: breaks words into lines, and finds the size at which they fit a box
- `shaped_text`: draws words of simple scripts with the fonts that letters use
- `laid_out_text`: draws words of all other scripts
- `appearances`: what a field shows
- `marks`: check marks, crosses and dots
- `filling`: puts values into a form
- `structure_tree`: where fields are in the structure that is read aloud
- `flattening`: a form without fields, which shows the same
- `continuation`: the sheet for words that do not fit
- `page_fields`: the fields of a page in HTML
- `html_pages`: forms and sheets written in HTML and CSS
- `finishing`: the record, the draft notice and the bytes
- `enclosure_choice`: which enclosures go out with a letter
- `enclosures`: makes them

What comes back:

- `returned`: a returned form, XFDF or FDF as claims of its sender
- `data_files`: reads XFDF and FDF
- `shown_words`: what a field of another program's making shows
"""
