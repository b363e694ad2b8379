"""`letters check` finds letters that the rules allow and that would contradict themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.edits import edit, replace

from letters.assembly.assembler import Assembler
from letters.errors import LibraryAtFault
from letters.library.library import Library
from letters.linter.contradiction_search import ContradictionSearch


def contradictions(root: Path, kind: str) -> list[str]:
    assembler = Assembler(Library(root))
    return [str(each) for each in ContradictionSearch(assembler, kind, assembler.contradictions).problems()]


def test_an_objection_without_its_facts_is_found(own: Path) -> None:
    file = own / "templates" / "objections.toml"
    whole = file.read_text(encoding="utf-8")
    head, unnamed = whole.split('id = "unnamed-group"')
    file.write_text(
        f'{head}id = "unnamed-group"{unnamed.replace(chr(10) + "when =", chr(10) + "# when =", 1)}', "utf-8"
    )
    (found,) = contradictions(own, "subpoena-response")
    assert "templates/objections.toml, unnamed-group: “whom it does not name” can stand although its facts" in found
    assert "request.subjects" in found


def test_a_reason_without_its_facts_is_found_against_another(own: Path) -> None:
    replace(
        own / "templates" / "reasons.toml",
        'unless = { "request.nature" = ["criminal", "child-support"], "request.investigation" = "any" }\n',
        "",
    )
    found = contradictions(own, "denial")
    assert any("can stand with “Although it refers to”" in each for each in found)
    assert any("request.nature: criminal" in each for each in found)


def test_a_sentence_whose_condition_is_taken_away_is_found(own: Path) -> None:
    replace(own / "templates" / "contradictions.toml", "The request states no purpose", "law bears on the decision")
    (found,) = contradictions(own, "denial")
    assert "templates/denial/letter.docx" in found
    assert "“law bears on the decision” can stand with “You gave the purpose of the request”" in found


MOON = """
[[pair]]
words = "the moon is green"
against = "the moon is blue"
why = "It has one color."
"""


def added(own: Path, kind: str, before: str, *paragraphs: str, language: str = "") -> list[str]:
    """What is found if a template has more paragraphs, and the moon is listed."""
    with (own / "templates" / "contradictions.toml").open("a", encoding="utf-8") as file:
        file.write(MOON)
    here = f'<w:p><w:pPr><w:pStyle w:val="TemplateTag"/></w:pPr><w:r><w:t xml:space="preserve">{before}'
    new = "".join(f'<w:p><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>' for words in paragraphs)
    edit(own / "templates" / kind / f"letter{language}.docx", "word/document.xml", here, new + here)
    return [each for each in contradictions(own, kind) if "It has one color" in each]


SIGN = '{%p include "signature" %}'


@pytest.mark.parametrize(
    ("kind", "paragraphs", "language"),
    [
        ("denial", ["See: the moon is green. But the moon is blue."], ""),
        ("own-records", ["{% if extra.signed %}the moon is green{% endif %}", "the moon is blue"], ""),
        ("own-records", ["the moon is green", "{% if not extra.signed %}the moon is blue{% endif %}"], ".es"),
    ],
)
def test_sentences_side_by_side_on_the_office_s_own_answers_and_in_another_language_are_found(
    own: Path, kind: str, paragraphs: list[str], language: str
) -> None:
    assert len(added(own, kind, SIGN, *paragraphs, language=language)) == 1


def test_branches_of_one_paragraph_that_exclude_each_other_are_no_contradiction(own: Path) -> None:
    branches = "{% if request.purpose %}the moon is green{% else %}the moon is blue{% endif %}"
    assert added(own, "denial", SIGN, branches) == []


SAID_IN = {
    "own-records": ("legal_basis.toml", "makes information obtained", "the moon is green, obtained", "nm-51-1-32"),
    "request-for-justification": (
        "showing.toml",
        "The Department searches",
        "As the moon is green, it searches",
        "period",
    ),
}


@pytest.mark.parametrize(("kind", "file", "words", "new", "place"), [(kind, *said) for kind, said in SAID_IN.items()])
def test_the_law_and_what_is_asked_for_are_searched_too(
    own: Path, kind: str, file: str, words: str, new: str, place: str
) -> None:
    replace(own / "templates" / file, words, new)
    (found,) = added(own, kind, SIGN, "the moon is blue")
    assert f"templates/{file}, {place}" in found


def test_the_words_of_a_choice_are_searched_where_a_template_prints_them(own: Path) -> None:
    replace(
        own / "templates" / "phrases.toml", 'email = "your email of"', 'email = "the moon is green, as your email of"'
    )
    (found,) = added(own, "denial", SIGN, "the moon is blue")
    assert "request.channel: email" in found


def test_the_words_of_one_choice_do_not_stand_with_a_sentence_for_another(own: Path) -> None:
    replace(
        own / "templates" / "phrases.toml", 'email = "your email of"', 'email = "the moon is green, as your email of"'
    )
    assert added(own, "denial", SIGN, '{% if request.channel == "letter" %}the moon is blue{% endif %}') == []


def test_an_objection_is_tried_on_the_process_it_answers(own: Path) -> None:
    file = own / "templates" / "objections.toml"
    head, rest = file.read_text(encoding="utf-8").split('id = "litigant-unnamed"')
    file.write_text(
        f'{head}id = "litigant-unnamed"{rest.replace(chr(10) + "when =", chr(10) + "# when =", 1)}', "utf-8"
    )
    assert any("litigant-unnamed" in each for each in contradictions(own, "subpoena-response"))


def test_a_misspelt_fact_is_named(own: Path) -> None:
    replace(own / "templates" / "contradictions.toml", '"request.subjects" = "any"', '"request.subject" = "any"')
    with pytest.raises(LibraryAtFault, match=r"Did you mean request\.subjects\?"):
        contradictions(own, "denial")


def test_a_library_without_the_table_has_nothing_to_prove(own: Path) -> None:
    (own / "templates" / "contradictions.toml").unlink()
    assert contradictions(own, "denial") == []


def test_what_only_one_of_many_rules_refuses_is_found_when_the_rule_goes(own: Path) -> None:
    assert contradictions(own, "conditional-approval") == []
    file = own / "templates" / "rules.toml"
    head, rest = file.read_text(encoding="utf-8").split('[[rule]]\nid = "approval-consent"')
    file.write_text(f"{head}{rest[rest.index('[[rule]]') :]}", "utf-8")
    (found,) = contradictions(own, "conditional-approval")
    assert "“The general counsel advised on this request on” can stand although its facts refute it" in found
