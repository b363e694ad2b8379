"""Which pieces of a line no break may divide, and how Word is told so."""

from __future__ import annotations

import re
from random import Random

import pytest

from letters._text.citation_forms import forms
from letters._text.citations import citations_in
from letters._text.held_together import (
    has_held_citations,
    held_together,
    with_no_break_spaces,
    with_typed_spaces,
)


@pytest.mark.parametrize(
    "text",  # with an underscore for each space that is held
    [
        "see 20_C.F.R._§_603.5(e) or 8_U.S.C._§§_1373(a)-(b) and 1644",
        "under NMSA_1978,_§_14-2-6(A),_(E),_(F), and 11.3.100.106(D)_NMAC",
        "(RCW_50.13.060(1)) and WAC_192-02-130; Cal._Unemp._Ins._Code_§_1094",
        "Morton Salt Co., 338_U.S._632,_652_(1950), and 853_F.2d_692_(9th_Cir._1988)",
        "2025_N.M._Laws, ch._138, and Fed._R._Civ._P._45(d)(3), and Rule_1-045_NMRA",
        "section_443.1715, and art._XIV, and 88_Fed._Reg._47829",
        "on May 5, 2026, No. 7, at 401 Broadway NE, telephone (505) 841-8405, for $1,200.50",
        "the first line\n20_C.F.R._§_603.5(e)",
        "N.Y. Comp. Codes R._&_Regs._tit._12,_§_470.1",  # the longest that still fits a narrow column
    ],
)
def test_the_spaces_of_a_citation_are_held_in_word_and_no_others(text: str) -> None:
    typed = text.replace("_", " ")
    held = with_no_break_spaces(typed)
    assert held.replace("\u00a0", "_") == text
    assert with_typed_spaces(held) == typed


def test_every_form_of_citation_is_held_after_its_sign() -> None:
    assert len(forms().examples) > 200
    for citation in forms().examples:
        held = with_no_break_spaces(f"see {citation}, and")
        assert not re.search(r"§ \d", held), held
        assert with_typed_spaces(held) == f"see {citation}, and"


def test_a_citation_that_is_held_is_recognized_as_the_same() -> None:
    typed = "under 20 C.F.R. § 603.5(e) and NMSA 1978, § 51-1-32(B), and in 338 U.S. 632, 652 (1950)"
    held = with_no_break_spaces(typed)
    assert held != typed
    assert list(citations_in(held)) == list(citations_in(typed)) != []


def test_a_no_break_space_that_somebody_typed_elsewhere_stays() -> None:
    assert with_typed_spaces("10\u00a0000 at 10\u00a0a.m.") == "10\u00a0000 at 10\u00a0a.m."


def test_dates_and_numbers_are_held_in_the_pdf() -> None:
    text = "of May 4, 2026, No. 7-B"
    assert [text[start:end] for start, end in held_together(text)] == ["May 4", "No. 7-B"]


def test_a_piece_within_a_citation_is_part_of_the_citation() -> None:
    text = "No. 7 of May 4, Pub. L. No. 104-193, 20 C.F.R. § 603.5(e), June 5, No. 8 C.F.R. § 2"
    held = [text[start:end] for start, end in held_together(text)]
    assert held == ["No. 7", "May 4", "Pub. L. No. 104-193", "20 C.F.R. § 603.5(e)", "June 5", "No. 8", "C.F.R. § 2"]


def test_a_text_is_held_together_in_the_same_places_if_it_is_looked_at_in_parts() -> None:
    words = re.findall(
        r"\S+",
        "§ §§ 5-1-32 603.5(e) No. 1024 May 5 U.S.C. 42 C.F.R. part Part pt. under records access the of to NMSA 1978, "
        "Code Rule 1-015 NMRA Fed. R. Civ. P. 12(b)(6) (about those) (10th Cir. 2019) within Section s. NMAC E.O. "
        "13,526 Pub. L. 116-92 ch. 12A art. IV amend. Laws 2019 years other matters N.M. 123 F.3d (A) (B), Lab. title",
    )
    chosen = Random(5)

    for _ in range(500):
        text = " ".join([*chosen.choices(words, k=25), "end."])
        long = text + " x" * 2500
        assert list(held_together(text)) == list(held_together(long))


def test_a_word_file_says_whether_its_citations_are_held_together() -> None:
    def part(words: str) -> bytes:
        return f"<w:document><w:t>Dear\u00a0Ms. Sample, see</w:t><w:t>{words}</w:t></w:document>".encode()

    assert not has_held_citations(part("20 C.F.R. \N{SECTION SIGN} 603.5(e)"))
    assert has_held_citations(part(with_no_break_spaces("20 C.F.R. \N{SECTION SIGN} 603.5(e)")))
    assert not has_held_citations(part("10\u00a0a.m. " * 200))
