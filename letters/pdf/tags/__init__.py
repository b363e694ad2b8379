"""What makes a PDF accessible and archivable, for both writers: its structure tree, its metadata and its claims.

- ``structure``: the elements of the structure tree, which assistive technology reads aloud in their order
- ``tree``: writes the structure tree, the metadata and the color profile into a PDF whose pages are drawn
- ``claims``: which standards a PDF may claim to conform to (PDF/UA-1, PDF/A-2a), and what prevents it
- ``metadata``: title, language, date and claims as XMP

Neither writer is known here. The composer builds the structure; `letters.pdf.html.box_structure` reads it off the
pages that WeasyPrint has laid out.
"""
