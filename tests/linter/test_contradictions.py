"""`letters check` finds letters that the rules allow and that would contradict themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.edits import replace

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


def test_a_misspelt_fact_is_named(own: Path) -> None:
    replace(own / "templates" / "contradictions.toml", '"request.subjects" = "any"', '"request.subject" = "any"')
    with pytest.raises(LibraryAtFault, match=r"Did you mean request\.subjects\?"):
        contradictions(own, "denial")


def test_a_library_without_the_table_has_nothing_to_prove(own: Path) -> None:
    (own / "templates" / "contradictions.toml").unlink()
    assert contradictions(own, "denial") == []
