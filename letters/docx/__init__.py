"""Word files: the container, its vocabulary, and what can be done with one without knowing what it is for.

In come the bytes of a .docx; out come its parts, parsed, or the bytes of another .docx. This room knows OOXML and
nothing of letters, templates or PDF; it imports only ``errors``. Nothing here touches the disk.

- ``names``: namespaces, and the names of elements, attributes and parts
- ``package``: a .docx opened with suspicion, and written the same way every time
- ``strict``: files in the strict form of the standard, read as the usual one
- ``attribute_values``: what the values of attributes mean: on and off, measures, colors
- ``markup``: reading and changing an element or the text of a part
- ``fields``: the codes of fields, and which of them are not harmless
- ``revisions``: tracked changes accepted, comments dropped
- ``diff``: two versions of a text compared
- ``redline``: two versions of a document as one with tracked changes, made with
  ``paragraph_pieces`` (what is compared), ``story_pairs`` (headers and notes), ``change_marks``, ``adopted_parts``
  (pictures and links of the old version), and ``beside_words`` (styles, settings and the like, listed at the end)
- ``builder``: plain documents written from scratch
"""
