"""`letters check` proofreads the English of the letters it makes."""

from __future__ import annotations

from lxml import etree

from letters.assembly.template.tag_positions import TRACE
from letters.assembly.template.tags import TagPlace
from letters.docx.names import BR, P, T, w
from letters.linter.english_usage import english_mistakes
from letters.linter.proofreading import finished_paragraphs


def mistakes_in(*lines: str) -> list[str]:
    """What is found in a paragraph of a letter with line breaks between these lines."""
    body = etree.Element(w("body"))
    run = etree.SubElement(etree.SubElement(body, P, {TRACE: "0"}), w("r"))
    for number, line in enumerate(lines):
        if number:
            etree.SubElement(run, BR)
        etree.SubElement(run, T).text = line
    (paragraph,) = finished_paragraphs([body], [TagPlace("body", 1)])
    return [what for what, _ in english_mistakes(paragraph.text)]


def test_each_entry_of_the_enclosure_list_is_read_by_itself() -> None:
    assert not mistakes_in("Form", "Form B", "Statement of the agency", "The answer of March 4", "a", "application")


def test_a_mistake_within_one_entry_is_found() -> None:
    (found,) = mistakes_in("Form", "Form B and and C", "Map")
    assert found == "a word is doubled (“…Form Form B and and C Map…”)"
