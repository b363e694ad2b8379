"""Word's layout rules, for both PDF writers.

Functions of a `document.Document` and the widths of fonts: where tabs, labels and floats go, which paragraphs share a
box, which header rows repeat. They know neither HTML nor PDF.

- `paragraphs`: indents, boxes, headings, page breaks and labels
- `text`: tab stops, widths, line heights, links
- `tables`: header rows, and rows that stay together
- `positions`: floats on the page
"""
