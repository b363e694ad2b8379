"""What a letter may cite: the guards of the decision guide, citations typed by hand, and the office's own law files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import KINDS, ROOT
from msgspec.structs import replace

from letters._text.citations import citations_in, may_cite
from letters.assembly.assembler import Assembler, typed_law
from letters.assembly.template.tags import TagPlace
from letters.assembly.template_context import cited
from letters.errors import InvalidAnswers, LibraryAtFault, Problem
from letters.library.library import Library
from letters.library.office_files import load_office, load_rulebook
from letters.model.fields import put
from letters.model.legal_basis import LegalBasis
from letters.model.letter import Letter
from letters.model.rulebook import RecordCategory

Sample = Callable[[str], dict[str, Any]]
LITIGANT: dict[str, Any] = {
    "request.process": "litigant-subpoena", "request.paper.court": "First Judicial District Court",
    "request.paper.power": "other", "request.asserted": [], "decision": "motion-to-quash", "objections": [],
    "legal_basis": ["cfr-603-7-a", "nmac-106-c"],
}  # fmt: skip


def changed(answers: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    answers = deepcopy(answers)
    for name, value in changes.items():
        put(answers, name, value)
    return answers


def blamed(assembler: Assembler, answers: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidAnswers) as caught:
        assembler.check(answers)
    found: dict[str, str] = {}
    for problem in caught.value.problems:
        found[problem.field] = f"{found.get(problem.field, '')} {problem}"
    return found


def accepted(assembler: Assembler, answers: dict[str, Any]) -> Letter:
    return assembler.check(answers)


# --- the guards at the end of the decision guide ---


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_dated_2019_cites_law_of_2025(assembler: Assembler, sample: Sample, kind: str) -> None:
    later = {
        name: basis for name, basis in assembler.rulebook.bases.items() if not basis.in_force_on(date(2019, 12, 31))
    }
    assert "nm-sensitive-information-2025" in later
    for name, basis in later.items():
        refused = blamed(assembler, sample(kind) | {"legal_basis": ["nm-51-1-32", name]})
        assert "not in force on August" in refused["legal_basis.2"] or "does not support" in refused["legal_basis.2"]
        assert name not in accepted(assembler, sample(kind)).citable(assembler.rulebook)
        assert name.replace("-", "_") not in assembler.context(assembler.check(sample(kind)))["law"]
        if name == "ipra-14-2-1-l":  # typed, a section is recognized whatever its paragraph, and § 14-2-1 is citable
            continue
        said = f"as {basis.citation} says"
        assert "not in force on August" in blamed(assembler, sample(kind) | {"copies": [said]})["copies.1"]
        outside = {"unvetted_law": [{"citation": basis.citation, "summary": "forbids it"}]}
        assert "not in force on August" in blamed(assembler, sample(kind) | outside)["unvetted_law.1.citation"]


def test_law_is_cited_from_its_first_day(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"legal_basis": ["nm-51-1-32", "nm-sensitive-information-2025"]}
    answers["law_checked"] = ["nmac-106-d"]  # amended in 2019, after the text that was read
    assert "took effect on July 1, 2025" in blamed(assembler, answers | {"date": date(2025, 6, 30)})["legal_basis.2"]
    assert "nm-sensitive-information-2025" in accepted(assembler, answers | {"date": date(2025, 7, 1)}).citable(
        assembler.rulebook
    )


@pytest.mark.parametrize("kind", KINDS)
def test_clocks_of_the_records_act_run_for_its_requests_alone(assembler: Assembler, sample: Sample, kind: str) -> None:
    answers = changed(sample(kind), {"covers_public_records": False}) if kind == "routing-memo" else sample(kind)
    letter = accepted(assembler, answers)
    clocks = [name for name, basis in assembler.rulebook.bases.items() if basis.deadlines]
    assert clocks == ["ipra-14-2-8", "ipra-14-2-10", "ipra-14-2-11-b"]
    assert letter.deadlines(assembler.rulebook) == {}
    assert not letter.citable(assembler.rulebook).keys() & {*clocks, "ipra-14-2-12"}
    for name in (*clocks, "ipra-14-2-12"):
        refused = blamed(assembler, answers | {"legal_basis": ["nm-51-1-32", name]})["legal_basis.2"]
        assert "only where the request is about public-records" in refused or "does not support" in refused
        typed = answers | {"copies": [f"You have 15 days ({assembler.rulebook.bases[name].citation})"]}
        assert "only where the request is about public-records" in blamed(assembler, typed)["copies.1"]


def test_clocks_of_the_records_act_are_cited_where_it_is_one(assembler: Assembler, sample: Sample) -> None:
    bases = ["nm-51-1-32", "ipra-14-2-1", "ipra-14-2-8", "ipra-14-2-11-b", "ipra-14-2-12"]
    letter = accepted(assembler, changed(sample("denial"), {"request.public_records": True, "legal_basis": bases}))
    assert {name: due.day for name, due in letter.deadlines(assembler.rulebook).items()} == {
        "explain-when": date(2019, 8, 6),
        "permit-inspection": date(2019, 8, 16),
        "more-time": date(2019, 8, 16),
        "written-denial": date(2019, 8, 16),
    }
    assert assembler.context(letter)["deadlines"]["written_denial"] == {
        "day": date(2019, 8, 16), "days": "15 calendar days", "citation": "NMSA 1978, § 14-2-11(B)",
    }  # fmt: skip
    memo = accepted(assembler, sample("routing-memo") | {"legal_basis": ["nm-51-1-32", "ipra-14-2-8"]})
    assert "ipra-14-2-8" in memo.citable(assembler.rulebook)  # the memo tells staff where such requests go


OFFICIALS = ("federal", "state", "local", "tribal", "child-support", "labor")


@pytest.mark.parametrize("agency", OFFICIALS)
@pytest.mark.parametrize("process", ["administrative-subpoena", "litigant-subpoena"])
def test_the_duty_to_quash_is_not_held_against_an_official_without_its_exception(
    assembler: Assembler, sample: Sample, agency: str, process: str
) -> None:
    answers = sample("subpoena-response")
    if process == "litigant-subpoena":
        answers = changed(answers, LITIGANT)
    answers = changed(answers, {"request.requester.agency_kind": agency, "legal_basis": ["cfr-603-7-a", "nmac-106-c"]})
    assert "must be cited with it. Add 20 C.F.R. § 603.7(b)(2)." in blamed(assembler, answers)["legal_basis"]
    assert accepted(assembler, answers | {"legal_basis": ["cfr-603-7-a", "cfr-603-7-b-2", "nmac-106-c"]})


def test_the_duty_to_quash_is_cited_alone_against_a_litigant_and_not_in_a_policy(
    assembler: Assembler, sample: Sample
) -> None:
    private = changed(sample("subpoena-response"), LITIGANT | {"request.requester.agency_kind": "private"})
    assert accepted(assembler, private)
    policy = sample("policy-statement") | {"legal_basis": ["nm-51-1-32", "cfr-603-7-a"]}
    assert "Add 20 C.F.R. § 603.7(b)(2)." in blamed(assembler, policy)["legal_basis"]


def test_persuasive_law_is_marked_as_such_and_never_cited_alone(assembler: Assembler, sample: Sample) -> None:
    persuasive = [name for name, basis in assembler.rulebook.bases.items() if basis.authority == "persuasive"]
    assert persuasive == ["us-v-california", "peters-v-us", "ramirez-ins-subpoena"]
    for name in persuasive:
        for kind in set(assembler.rulebook.bases[name].supports):
            said = blamed(assembler, sample(kind) | {"legal_basis": [name], "objections": []})["legal_basis"]
            assert "persuasive but not binding" in said or "Add" in said
    letter = accepted(assembler, sample("subpoena-response"))
    context = assembler.context(letter)
    marks = {basis["id"]: basis["authority"] for basis in context["legal_basis"]}
    assert marks["ramirez-ins-subpoena"] == "persuasive"
    assert marks["nmac-106-c"] == "binding"
    assert context["citations"].endswith("905 F.2d 97 (5th Cir. 1990) (persuasive authority)")


def test_what_answers_a_requester_s_own_statute_waits_for_it(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"legal_basis": ["nm-51-1-32", "ina-290-b"]}
    assert "request.asserted" in blamed(assembler, answers)["legal_basis.2"]
    relied_on = changed(answers, {"request.asserted": ["ina-290-b"]})
    assert "ina-290-b" in accepted(assembler, relied_on).citable(assembler.rulebook)
    typed = sample("denial") | {"copies": ["8 U.S.C. § 1360(b) is no answer"]}
    assert "only in answer to a requester" in blamed(assembler, typed)["copies.1"]
    assert accepted(assembler, changed(typed, {"request.asserted": ["ina-290-b"]}))
    outside = sample("denial") | {"unvetted_law": [{"citation": "8 U.S.C. § 1360(b)", "summary": "speaks of others"}]}
    assert "only in answer to a requester" in blamed(assembler, outside)["unvetted_law.1.citation"]


@pytest.mark.parametrize(("kind", "basis", "partner"), [
    ("denial", "ssa-303-a-1", "cfr-603-4"), ("repeat-denial", "ssa-303-a-1", "cfr-603-4"),
    ("subpoena-response", "ssa-303-a-1", "cfr-603-4"), ("denial", "ipra-14-2-1", "nm-51-1-32"),
])  # fmt: skip
def test_what_is_cited_in_pairs_is_not_cited_alone(
    assembler: Assembler, sample: Sample, kind: str, basis: str, partner: str
) -> None:
    rest = [name for name in sample(kind)["legal_basis"] if name not in (basis, partner)]
    added = f"Add {assembler.rulebook.bases[partner].citation}."
    assert added in blamed(assembler, sample(kind) | {"legal_basis": [*rest, basis]})["legal_basis"]
    assert accepted(assembler, sample(kind) | {"legal_basis": [*rest, basis, partner]})


# --- how old the text may be that was read ---


def basis(**changes: Any) -> LegalBasis:
    return LegalBasis.model_validate(
        {
            "id": "x", "citation": "1 U.S.C. § 1", "title": "T", "form": "statute", "jurisdiction": "us",
            "summary": "says",
            "supports": ["denial"], "applies_to": ["bulk"], "source": "https://law.example", "as_of": "undated",
            "caveat": "C",
        } | changes
    )  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "day", "stale"),
    [
        (date(2017, 8, 2), date(2019, 8, 2), False),
        (date(2017, 8, 1), date(2019, 8, 2), True),
        (date(2018, 3, 1), date(2020, 3, 1), False),  # over a leap day
        (date(2018, 2, 28), date(2020, 2, 29), False),
        (date(2018, 2, 27), date(2020, 2, 29), True),
        (date(2016, 2, 29), date(2018, 2, 28), False),
        (date(2016, 2, 29), date(2018, 3, 1), True),
        (date(2019, 8, 3), date(2019, 8, 2), True),
        (date(2019, 8, 2), date(2019, 8, 2), False),
        (date(2026, 3, 26), date(2019, 8, 2), True),  # of a later day than the letter
        ("2017", date(2016, 12, 31), True),  # a year counts from its first day to its last
        ("2017", date(2017, 1, 1), False),
        ("2017", date(2019, 12, 31), False),
        ("2017", date(2020, 1, 1), True),
        ("undated", date(2019, 8, 2), True),
    ],
)
def test_text_is_stale_two_years_after_it_was_read(as_of: object, day: date, stale: bool) -> None:
    assert basis(as_of=as_of).stale_on(day) is stale


@pytest.mark.parametrize(
    ("first", "last", "day", "stale"),
    [
        (date(1985, 12, 31), None, date(2019, 8, 2), False),
        (date(1985, 12, 31), None, date(1985, 12, 30), True),
        (date(1985, 12, 31), None, date(2028, 2, 11), False),
        (date(1985, 12, 31), None, date(2028, 2, 12), True),
        (None, date(2026, 6, 30), date(2026, 6, 30), False),
        (None, date(2026, 6, 30), date(2026, 7, 1), True),  # known to have changed: no two years of grace
        (None, date(2026, 6, 30), date(2026, 2, 10), True),
    ],
)
def test_the_days_for_which_words_were_read_may_be_known(
    first: date | None, last: date | None, day: date, stale: bool
) -> None:
    read = basis(as_of=date(2026, 2, 11), words_from=first, words_until=last)
    assert read.stale_on(day) is stale


@pytest.mark.parametrize(
    ("changes", "day", "amended"),
    [
        ({"words_from": date(2019, 10, 29)}, date(2019, 8, 2), date(2019, 10, 29)),  # words newer than the letter
        ({"words_from": date(2019, 10, 29)}, date(2019, 10, 28), date(2019, 10, 29)),
        ({"words_from": date(2019, 10, 29)}, date(2019, 10, 29), None),
        ({"words_from": date(2019, 10, 29)}, date(2026, 1, 1), None),
        ({"as_of": date(2017, 7, 13)}, date(2019, 10, 28), None),  # words older than the letter
        ({"as_of": date(2017, 7, 13)}, date(2019, 10, 29), date(2019, 10, 29)),
        ({"as_of": date(2019, 10, 1)}, date(2019, 11, 1), date(2019, 10, 29)),  # within the two years of grace
        ({"as_of": "2018"}, date(2020, 1, 1), date(2019, 10, 29)),
        ({"as_of": "undated"}, date(2020, 1, 1), None),
    ],
)
def test_an_amendment_between_the_words_and_the_letter_is_known(
    changes: dict[str, Any], day: date, amended: date | None
) -> None:
    read = basis(**{"as_of": date(2024, 11, 5), "amended": [date(2019, 10, 29)]} | changes)
    assert read.amended_before(day) == amended
    if amended:
        assert read.stale_on(day)


@pytest.mark.parametrize(
    ("kind", "day", "name"),
    [("denial", date(2019, 8, 2), "nmac-106-c"), ("denial", date(2026, 8, 2), "nmac-106-d"),
     ("conditional-approval", date(2019, 8, 26), "nmac-106-c"),
     ("contact-notice", date(2026, 9, 1), "nmac-106-d")],
)  # fmt: skip
def test_amended_law_is_cited_only_when_counsel_has_looked_it_up(
    assembler: Assembler, sample: Sample, kind: str, day: date, name: str
) -> None:
    answers = sample(kind) | {"date": day, "law_checked": []}
    said = blamed(assembler, answers)["law_checked"]
    assert f"lacks {name}: {assembler.rulebook.bases[name].citation} was amended effective October" in said
    assert "Look up the text in force on" in said
    checked = answers | {"law_checked": [name]}
    assert accepted(assembler, checked)
    assert not [each for each in assembler.cautions(assembler.check(checked)) if name in each.message]


def test_amended_law_that_only_the_template_names_is_looked_up_too(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial") | {"legal_basis": ["nm-51-1-32"], "law_checked": []}
    assert "lacks nmac-106-c" in blamed(assembler, answers)["law_checked"]
    assert accepted(assembler, answers | {"law_checked": ["nmac-106-c"]})


def test_law_looked_up_is_law_the_library_has(assembler: Assembler, sample: Sample) -> None:
    assert "nmac-106-cc" in blamed(assembler, sample("denial") | {"law_checked": ["nmac-106-cc"]})["law_checked.1"]
    twice = sample("denial") | {"law_checked": ["nmac-106-c", "nmac-106-c"]}
    assert "second time" in blamed(assembler, twice)["law_checked.2"]


def test_the_letter_of_the_records_act_depends_on_the_day(assembler: Assembler) -> None:
    bases = assembler.rulebook.bases
    for day, letter in ((date(2019, 8, 2), "h"), (date(2023, 3, 29), "h"), (date(2023, 3, 30), "l")):
        citable = [name for name in ("ipra-14-2-1-h", "ipra-14-2-1-l") if bases[name].in_force_on(day)]
        assert citable == [f"ipra-14-2-1-{letter}"]
    assert not bases["ipra-14-2-1-h"].in_force_on(date(2019, 6, 13))


def test_a_case_does_not_go_stale() -> None:
    case = basis(form="case", case_name="A v. B", citation="A v. B, 1 U.S. 1 (1800)", as_of="1800")
    assert not case.stale_on(date(2026, 11, 21))
    assert not basis(form="case", case_name="A v. B", citation="A v. B, 1 U.S. 1", as_of="undated").stale_on(
        date(2019, 8, 2)
    )


def test_counsel_is_warned_once_of_everything_stale(assembler: Assembler, sample: Sample) -> None:
    chosen = {"legal_basis": ["nm-51-1-32", "nmac-106-d", "cfr-603-10", "ina-274a-b-3"]}
    answers = sample("request-for-justification") | chosen
    stale = [each for each in assembler.cautions(assembler.check(answers)) if each.code == "stale"]
    assert len(stale) == 1
    assert "20 C.F.R. § 603.10(a)-(b) (undated); " in stale[0].message
    assert "8 U.S.C. § 1324a(b)(3) (August 11, 2025)" in stale[0].message  # of a later day than the letter
    assert "51-1-32" not in stale[0].message
    assert "106(D)" not in stale[0].message
    fresh = sample("contact-notice") | {"legal_basis": ["nm-51-1-32"]}
    assert not [each for each in assembler.cautions(assembler.check(fresh)) if each.code == "stale"]


def test_undated_copies_are_those_of_the_federal_rules(assembler: Assembler) -> None:
    undated = {name for name, basis in assembler.rulebook.bases.items() if basis.as_of == "undated"}
    assert {"cfr-603-5-e", "cfr-603-10", "cfr-603-6-a", "cfr-8-287-4-d"} <= undated
    assert all(name.startswith("cfr-") for name in undated)


# --- citations in running text ---

CITATIONS = {
    "42 U.S.C. 654": [
        "42 U.S.C. § 654", "42 USC 654", "42 U. S. C. § 654", "42 U.S.C.A. § 654", "42 U.S. Code § 654",
        "42 u.s.c. sec. 654",
        "42 United States Code § 654", "42 U.S.C., section 654", "42 U.S.C. § 654(a)(1)(B)-(C)",
        "42 U.S.C.\u00a0§\u00a0654 (a)",
        "42\nU.S.C.\n§ 654", "section 654 of title 42, United States Code",
        "section 654(a) of title 42 of the U.S. Code",
        "title 42 of the United States Code, section 654", "(42 U.S.C. § 654)", "see 42 U.S.C. § 654.",
    ],
    "42 U.S.C. 1320b-7": ["42 U.S.C. § 1320b-7(d)", "42 U.S.C. § 1320b\u20137", "42 U.S.C. § 1320b\u20117(a)(5)"],
    "20 C.F.R. 603.4": ["20 C.F.R. § 603.4(b)-(c)", "20 CFR 603.4", "20 C. F. R. §603.4",
    "20 Code of Federal Regulations 603.4"],
    "20 C.F.R. 603": ["20 C.F.R. part 603", "20 CFR pt. 603", "part 603 of title 20, Code of Federal Regulations"],
    "New Mexico statutes 51-1-32": [
        "NMSA 1978, § 51-1-32", "NMSA 1978 Section 51-1-32(A)", "N.M.S.A. 1978, § 51-1-32", "Section 51-1-32 NMSA 1978",
        "51-1-32 NMSA", "N.M. Stat. Ann. § 51-1-32", "NM Stat § 51-1-32 (2019)",
    ],
    "§ 51-1-32": ["§ 51-1-32", "section 51-1-32"],
    "New Mexico statutes 14-2-11": ["NMSA 1978, § 14-2-11(B)", "Section 14-2-11(B) NMSA 1978"],
    "New Mexico rules 11.3.100.106": [
        "11.3.100.106(C) NMAC", "11.3.100.106 NMAC", "Subsection D of 11.3.100.106 NMAC", "NMAC 11.3.100.106",
        "11.3.100.106 N.M.A.C.",
        "N.M. Admin. Code § 11.3.100.106", "N.M. Code R. § 11.3.100.106",
    ],
    "2025 New Mexico Laws 138": ["2025 N.M. Laws, ch. 138, §§ 1-4", "2025 NM Laws chapter 138"],
    "521 US 898": ["Printz v. United States, 521 U.S. 898 (1997)", "521 U. S. 898", "521 US 898 (1997)",
    "521 US 898, 935 (1997)"],
    "921 F3d 865": ["921 F.3d 865, 891 (9th Cir. 2019)", "921 F. 3d 865", "921 F3d 865"],
    "100 FSupp3d 12": ["100 F. Supp. 3d 12", "100 F.Supp.3d 12"],
    "90 FedReg 42143": ["90 Fed. Reg. 42143"],
    "1977-NMSC-076": ["State ex rel. Newsome v. Alarid, 1977-NMSC-076"],
    "E.O. 14243": ["Executive Order 14243", "Executive Order No. 14243", "E.O. 14243", "EO 14243"],
    "Pub. L. 104-208": ["Pub. L. No. 104-208", "Public Law 104-208", "P.L. 104-208"],
    "New Mexico Const. art. II": ["N.M. Const. art. II, § 10"],
}  # fmt: skip


@pytest.mark.parametrize(("named", "words"), [(named, words) for named, each in CITATIONS.items() for words in each])
def test_a_citation_is_known_in_every_spelling(named: str, words: str) -> None:
    assert list(citations_in(f"The rule, {words}, so says.")) == [named]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("8 U.S.C. §§ 1373(a)-(b), 1644", ["8 U.S.C. 1373", "8 U.S.C. 1644"]),
        ("8 U.S.C. §§ 1373 & 1644", ["8 U.S.C. 1373", "8 U.S.C. 1644"]),
        ("8 U.S.C. § 1373 and § 1644", ["8 U.S.C. 1373", "8 U.S.C. 1644"]),
        ("20 C.F.R. §§ 603.4, 603.9, and 603.10(b)", ["20 C.F.R. 603.4", "20 C.F.R. 603.9", "20 C.F.R. 603.10"]),
        ("sections 654 and 655 of title 42, United States Code", ["42 U.S.C. 654", "42 U.S.C. 655"]),
        ("8 U.S.C. § 1373, 5 times", ["8 U.S.C. 1373"]),
        ("20 C.F.R. § 603.2(b), (j)", ["20 C.F.R. 603.2"]),
        ("42 U.S.C. § 503(a)(1) and 20 C.F.R. § 603.4", ["42 U.S.C. 503", "20 C.F.R. 603.4"]),
    ],
)
def test_each_section_of_a_list_is_a_citation(words: str, named: list[str]) -> None:
    assert list(citations_in(words)) == named


@pytest.mark.parametrize(
    "words",
    [
        "$100 U.S. 12 people", "$1,100 U.S. 12 people", "(505) 555-0100", "505-555-0100", "August 2, 2019",
        "2019-08-02", "8/2/2019",
        "5 C.F.R. agencies", "401 Broadway NE, Albuquerque, New Mexico 87102", "P.O. Box 0000",
        "OGC-2019-0142",
        "12 U.S. citizens", "the 8 U.S. offices", "Part 2 of 5", "section 3 of the form", "Form I-138",
        "version 1.2.3.4", "10.0.0.1",
        "ages 18-20-22", "15 calendar days", "000-00-0000", "Las Cruces, N.M. 88000", "100 U.S. employers",
        "No. 19-cv-0000", "8 US 12",
        "the Constitution", "title 42", "20 CFRs", "Title 8 officers", "1 2 3 4",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_citation_is_none(words: str) -> None:
    assert citations_in(words) == {}


@pytest.mark.parametrize("words", [words for each in CITATIONS.values() for words in each])
def test_a_citation_is_not_overlooked_among_many_texts(words: str) -> None:
    assert may_cite(f"Room 5 | {words} | Suite 12")
    assert not may_cite("Room 5 | Suite 12 | August 2019")


def test_long_texts_are_read_at_once() -> None:
    assert citations_in("42 U.S.C." + " " * 100_000 + "§ 654") == {"42 U.S.C. 654": "42 U.S.C. § 654"}
    for text in ("NMSA" + " " * 100_000, "1 U.S.C. " * 10_000, "1.1.1.1" + "(a)" * 30_000, "1, " * 30_000):
        assert len(citations_in(text)) < 3


# --- citations typed into answers ---

NEW = "42 U.S.C. § 654"
OWN_PLACES: list[tuple[str, str, dict[str, Any]]] = [
    ("conditional-approval", "withheld_reason", {"withheld_reason": f"It is withheld under {NEW}."}),
    ("conditional-approval", "agreement", {"agreement": f"the agreement that {NEW} asks for"}),
    ("contact-notice", "earlier_letters.1.said", {"earlier_letters": [{"date": date(2019, 8, 2),
     "said": f"cited {NEW} at length"}]}),
    ("denial", "enclosures.2", {"enclosures": ["Your email", f"A copy of {NEW}"]}),
    ("denial", "copies.1", {"copies": [f"The agency under {NEW}"]}),
    ("denial", "responsible.1.title", {"responsible": [{"name": "Casey Specimen", "title": f"Official under {NEW}"}]}),
    ("denial", "extra.why", {"extra": {"why": f"Because of {NEW}"}}),
    ("denial", "extra.more.2.why", {"extra": {"more": ["a", {"why": f"Because of {NEW}"}]}}),
    ("repeat-denial", "why_unchanged", {"new_matter": "a list", "why_unchanged": f"{NEW} says so."}),
    ("routing-memo", "addressees", {"addressees": f"Staff working under {NEW} in the field"}),
    ("request-for-justification", "also_asked.1", {"also_asked": [f"whether {NEW} applies"]}),
    ("subpoena-response", "reasons", {"reasons": f"{NEW} does not ask for it."}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "place", "changes"), OWN_PLACES, ids=[place for _, place, _ in OWN_PLACES])
def test_law_typed_into_our_own_words_is_refused_and_declared_makes_a_draft(
    assembler: Assembler, sample: Sample, kind: str, place: str, changes: dict[str, Any]
) -> None:
    answers = sample(kind) | changes
    assert f"cites “{NEW}”, which is not in legal_basis.toml." in blamed(assembler, answers)[place]
    declared = {
        "unvetted_law": [{"citation": "42 U.S.C. §§ 654, 655", "summary": "lists what a State plan must provide"}]
    }
    letter = accepted(assembler, answers | declared)
    assert letter.is_draft
    context = assembler.context(letter)
    assert context["legal_basis"][-1]["authority"] == "unvetted"
    assert "42 U.S.C. §§ 654, 655" in context["citations"]
    assert not accepted(assembler, sample(kind)).is_draft


def test_law_the_file_has_may_be_named_in_our_words_in_any_spelling(assembler: Assembler, sample: Sample) -> None:
    words = "They are closed by Section 51-1-32 NMSA 1978, 20 CFR part 603, and NMAC 11.3.100.106."
    assert not accepted(assembler, sample("conditional-approval") | {"withheld_reason": words}).is_draft


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("820 ILCS 405/1900", "Add it to templates/legal_basis.toml."),
        ("56 Ill. Adm. Code 2960.120", "Add it to templates/legal_basis.toml."),
        ("Cal. Gov. Code § 7922.000", "Add it to templates/legal_basis.toml."),
        ("NMSA 1978, § 51-1-33", "The nearest it has is NMSA 1978, § 51-1-32."),
        ("20 C.F.R. § 603.99", "The nearest it has is 20 C.F.R. § 603."),
        ("8 U.S.C. § 1374", "The nearest it has is 8 U.S.C. §§ 1373(a)-(b) and 1644."),
    ],
)
def test_the_remedy_for_a_typed_citation_names_what_the_library_has(
    assembler: Assembler, sample: Sample, words: str, remedy: str
) -> None:
    said = blamed(assembler, sample("denial") | {"copies": [f"The agency under {words}"]})["copies.1"]
    assert f"cites “{words}”, which is not in legal_basis.toml. {remedy}" in said


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("Section 51-1-32 NMSA 1978", "Use {{ law.nm_51_1_32.citation }} instead"),
        ("11.3.100.106(D) NMAC", "Use {{ law.nmac_106_d.citation }} instead"),
        ("§ 14-2-10", "Use {{ law.ipra_14_2_10.citation }} instead"),
        ("§§ 1373, 1644 of title 8, United States Code", "Use {{ law.usc_8_1373_1644.citation }} instead"),
        ("NMSA 1978, § 51-1-33", "is NMSA 1978, § 51-1-32: {{ law.nm_51_1_32.citation }}. If you mean another, add an"),
        ("820 ILCS 405/1900", "The library does not have it: add an entry to templates/legal_basis.toml"),
    ],
)
def test_the_remedy_in_a_template_names_what_the_library_has(assembler: Assembler, words: str, remedy: str) -> None:
    bases = assembler.rulebook.bases.values()
    (problem,) = typed_law([(TagPlace("body"), f"The rule, {words}, so says.")], bases)
    assert remedy in problem.hint
    assert all(tag in assembler.rulebook.bases for tag in _tags(problem.hint))


def _tags(hint: str) -> list[str]:
    tags = [tag.replace("_", "-") for tag in re.findall(r"law\.(\w+)\.citation", hint)]
    return [tag for tag in tags if tag != "ID"]


@pytest.mark.parametrize(
    ("citation", "words"),
    [
        ("NMSA 1978, § 51-1-32", "Choose it as a legal basis"),
        ("Section 51-1-32 NMSA 1978", "Choose it as a legal basis"),
        ("42 U.S.C. § 503(e)(1); 20 C.F.R. § 603.4", "Choose it as a legal basis"),
        ("19 U.S.C. § 1509", "have 19 U.S.C. § 1509(a) support this kind"),
        ("NMSA 1978, § 14-2-8", "only where the request is about public-records"),
    ],
)
def test_law_outside_the_file_is_outside_the_file(
    assembler: Assembler, sample: Sample, citation: str, words: str
) -> None:
    answers = sample("denial") | {"unvetted_law": [{"citation": citation, "summary": "says something"}]}
    assert words in blamed(assembler, answers)["unvetted_law.1.citation"]


def test_law_outside_the_file_may_be_in_a_form_nobody_knows_and_cite_no_further_law(
    assembler: Assembler, sample: Sample
) -> None:
    law = {"citation": "Tribal Code of Example, title 3", "summary": "requires consent"}
    assert accepted(assembler, sample("denial") | {"unvetted_law": [law]}).is_draft
    answers = sample("denial") | {"unvetted_law": [law | {"summary": f"refers to {NEW} for consent"}]}
    assert NEW in blamed(assembler, answers)["unvetted_law.1.summary"]


def test_the_requester_s_own_words_are_left_alone(assembler: Assembler, sample: Sample) -> None:
    theirs = {
        "request.sought": f"records under {NEW} and others", "request.quoted": f"records under {NEW}",
        "request.authority": NEW,
        "request.purpose": f"enforcement of {NEW} and other law", "request.explanation": f"{NEW} asks for it.",
        "request.justification": f"{NEW} asks for it.", "request.statute": "2025 N.M. Laws, ch. 138",
        "request.paper.statute": NEW, "request.investigation": f"an investigation under {NEW} of one employer",
        "request.safeguards": f"those of {NEW}", "request.their_reference": "521 U.S. 899",
    }  # fmt: skip
    assert not accepted(assembler, changed(sample("conditional-approval"), theirs)).is_draft


def test_the_file_number_and_the_reason_of_departure_are_not_printed_law(assembler: Assembler, sample: Sample) -> None:
    assert accepted(assembler, sample("denial") | {"reference": "521 U.S. 899", "departure": f"{NEW} calls for it."})


def test_a_kind_an_office_has_added_keeps_the_rules_of_every_letter(assembler: Assembler, sample: Sample) -> None:
    from letters.library.validation import check

    answers = changed(
        sample("denial"), {"kind": "reminder", "legal_basis": [], "responsible": [], "status_sentence": None}
    )
    assert check(answers, assembler.rulebook, ["reminder"]).kind == "reminder"
    with pytest.raises(InvalidAnswers) as caught:
        check(answers | {"copies": [NEW], "legal_basis": ["nm-51-1-32"]}, assembler.rulebook, ["reminder"])
    assert {problem.field for problem in caught.value.problems} == {"copies.1", "legal_basis.1"}


# --- the order of citing, and the sentence ---


def test_what_binds_comes_first_then_statutes_regulations_cases_and_federal_before_state(
    assembler: Assembler, sample: Sample
) -> None:
    mixed = [
        "us-v-california",
        "nmac-106-c",
        "printz",
        "cfr-603-4",
        "nm-51-1-32",
        "murphy-v-ncaa",
        "ssa-303-b",
        "ssa-303-a-1",
    ]
    context = assembler.context(accepted(assembler, sample("denial") | {"legal_basis": mixed}))
    assert [each["id"] for each in context["legal_basis"]] == [
        "ssa-303-a-1", "ssa-303-b", "nm-51-1-32", "cfr-603-4", "nmac-106-c", "printz", "murphy-v-ncaa",
        "us-v-california",
    ]  # fmt: skip
    assert context["citations"] == (
        "42 U.S.C. § 503(a)(1); 42 U.S.C. § 503(b); NMSA 1978, § 51-1-32; 20 C.F.R. § 603.4(b)-(c); "
        "11.3.100.106(C) NMAC; Printz v. United States, 521 U.S. 898 (1997); "
        "and Murphy v. Nat\u2019l Collegiate Athletic Ass\u2019n, 584 U.S. 453 (2018); "
        "see also United States v. California, 921 F.3d 865, 891 (9th Cir. 2019) (persuasive authority)"
    )


def entry(citation: str, authority: str = "binding") -> dict[str, str]:
    return {"citation": citation, "authority": authority}


ONE, TWO, THREE, COMMA = (
    entry("1 U.S.C. § 1"),
    entry("2 C.F.R. § 2"),
    entry("3.3.3.3 NMAC"),
    entry("NMSA 1978, § 5-5-5"),
)
FAR, FARTHER = (
    entry("A v. B, 1 F.3d 1 (9th Cir. 1995)", "persuasive"),
    entry("C v. D, 2 F.3d 2 (5th Cir. 1996)", "persuasive"),
)
NEWEST = entry("4 U.S.C. § 4", "unvetted")


@pytest.mark.parametrize(
    ("bases", "sentence"),
    [
        ([], ""),
        ([ONE], "1 U.S.C. § 1"),
        ([ONE, TWO], "1 U.S.C. § 1 and 2 C.F.R. § 2"),
        ([ONE, COMMA], "1 U.S.C. § 1, and NMSA 1978, § 5-5-5"),
        ([ONE, TWO, THREE], "1 U.S.C. § 1; 2 C.F.R. § 2; and 3.3.3.3 NMAC"),
        ([FAR], "A v. B, 1 F.3d 1 (9th Cir. 1995) (persuasive authority)"),
        ([FAR, FARTHER], "A v. B, 1 F.3d 1 (9th Cir. 1995), and C v. D, 2 F.3d 2 (5th Cir. 1996) (both persuasive)"),
        ([FAR, FARTHER, entry("E v. F", "persuasive")],
         "A v. B, 1 F.3d 1 (9th Cir. 1995); C v. D, 2 F.3d 2 (5th Cir. 1996); and E v. F (all persuasive)"),
        ([ONE, FAR], "1 U.S.C. § 1; see also A v. B, 1 F.3d 1 (9th Cir. 1995) (persuasive authority)"),
        ([ONE, TWO, FAR, FARTHER], "1 U.S.C. § 1 and 2 C.F.R. § 2; see also A v. B, 1 F.3d 1 (9th Cir. 1995), "
         "and C v. D, 2 F.3d 2 (5th Cir. 1996) (both persuasive)"),
        ([ONE, NEWEST], "1 U.S.C. § 1 and 4 U.S.C. § 4"),
        ([ONE, FAR, NEWEST],
         "1 U.S.C. § 1 and 4 U.S.C. § 4; see also A v. B, 1 F.3d 1 (9th Cir. 1995) (persuasive authority)"),
    ],
)  # fmt: skip
def test_law_is_cited_in_one_sentence(bases: list[dict[str, str]], sentence: str) -> None:
    assert cited(bases) == sentence


# --- the office's own law files ---


@pytest.fixture
def own(tmp_path: Path) -> Library:
    """A library of one's own, to be spoilt."""
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.docx"))
    return Library(tmp_path)


def spoil(library: Library, file: str, old: str, new: str) -> tuple[Problem, ...]:
    """The problems found once the first ``old`` of a file has become ``new``; none where nothing is wrong with it."""
    path = library.templates / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        load_rulebook(library, load_office(library))
    except LibraryAtFault as error:
        return error.problems
    return ()


SPOILT: list[tuple[str, str, str, str, str]] = [
    # file, what stands there, what is written instead, words about where, words about what and what to do
    ("objections.toml", 'basis = ["nmac-106-c"]', 'basis = ["nmac-106-x"]', "objections.toml, state-rule",
     "The legal basis “nmac-106-x” is not in legal_basis.toml. Did you mean nmac-106-"),
    ("objections.toml", 'basis = ["nmac-106-c"]', 'basis = ["zzz"]', "objections.toml",
     "Remove it, or add it there."),
    ("objections.toml", 'basis = ["nmac-106-c"]', 'basis = ["printz"]', "objections.toml, state-rule",
     "The legal basis printz does not support a letter of the kind subpoena-response. Add subpoena-"),
    ("objections.toml", '"administrative-subpoena", "customs-summons"', '"administrative-subpena"',
     "objections.toml, state-rule",
     "names “administrative-subpena”, which no [[process]] in rules.toml defines. Did you mean"),
    ("objections.toml", 'answers_to = ["administrative-subpoena", "customs-summons"]', "answers_to = []",
     "objection state-rule",
     "Answers to (answers_to) is empty."),
    ("objections.toml", 'id = "issuer"', 'id = "state-rule"', "objections.toml",
     "objection state-rule appears twice. Give each"),
    ("objections.toml", 'subject = "State rule"', 'subjekt = "State rule"', "objection state-rule",
     "is not a field here"),
    ("objections.toml", 'subject = "State rule"\\n', "", "objection state-rule", "Subject (subject) is missing."),
    ("objections.toml", 'id = "state-rule"', 'id = "State Rule"', "objection State Rule",
     "is not a short name"),
    ("objections.toml", "[[objection]]", "[[objektion]]", "objections.toml",
     "“objektion” is not known here, so nothing reads it"),
    ("objections.toml", "{{ law.lists_process.citation }}", "11.3.100.106 NMAC", "objections.toml",
          "is cited as plain text. Use {{ law.nmac_106_c.citation }} instead"),
    ("showing.toml", 'fields = ["request.subjects"]', 'fields = ["request.subject"]', "showing.toml, subjects",
     "“request.subject” is not a field of a request. `letters fields"),
    ("showing.toml", 'fields = ["request.subjects"]', 'fields = ["purpose"]', "showing.toml",
     "“purpose” is not a field of a request"),
    ("showing.toml", 'fields = ["request.subjects"]', "fields = []", "element subjects", "Fields (fields) is empty."),
    ("showing.toml", 'basis = ["cfr-603-10"]', 'basis = ["printz"]', "showing.toml",
     "The legal basis printz does not support a letter of the kind"),
    ("showing.toml", 'basis = ["cfr-603-10"]', 'basis = ["cfr-603-100"]', "showing.toml", "Did you mean cfr-603-10?"),
    ("showing.toml", 'id = "records"', 'id = "subjects"', "showing.toml", "element subjects appears twice."),
    ("conditions.toml", 'basis = ["cfr-603-10"]', 'basis = ["cfr-603-13"]', "conditions.toml, agreement",
     "The legal basis “cfr-603-13” is not in legal_basis.toml."),
    ("conditions.toml", 'id = "claim"', 'id = "wage"', "conditions.toml", "records wage appears twice."),
    ("conditions.toml", "[[condition]]", "[[conditions]]", "conditions.toml",
     "Its entries begin with [[records]] or [[condition]]."),
    ("legal_basis.toml", 'pair_with = ["cfr-603-4"]', 'pair_with = ["cfr-603-44"]', "legal_basis.toml",
     "Did you mean cfr-603-4?"),
    ("legal_basis.toml", 'supports = ["denial",', 'supports = ["denail",', "legal_basis.toml, ssa-303-a-1",
     "“denail”, which it supports, is not a kind of letter. Did you mean denial?"),
    ("legal_basis.toml", 'id = "more-time"', 'id = "written-denial"', "legal_basis.toml",
     "The deadline written-denial appears in ipra-14-2-10 and in ipra-14-2-11-b. Give each deadline"),
    ("legal_basis.toml", 'id = "more-time", days = 15', 'id = "more-time", days = 0', "basis ipra-14-2-10",
     "item 1, days"),
    ("legal_basis.toml", 'days = 15, counted = "calendar"', 'days = 15, counted = "business"', "basis ipra-14-2-8",
     "is not one of the choices. Write one of: calendar or working"),
    ("legal_basis.toml", 'case_name = "Printz v. United States"\\n', "", "basis printz", "must have a case name"),
    ("legal_basis.toml", 'case_name = "Printz v.', 'case_name = "Prinz v.', "basis printz",
     "must begin with the case name"),
    ("legal_basis.toml", 'form = "case"', 'form = "statute"', "basis printz", "nothing else may have one"),
    ("legal_basis.toml", 'form = "statute"', 'form = "law"', "basis ssa-303-a-1",
     "Write one of: statute, regulation or case"),
    ("legal_basis.toml", "in_force_from = 2025-07-01", "in_force_from = 2025-07-01\\nin_force_until = 2025-06-30",
     "basis nm-sensitive-information-2025", "it ends before it takes effect"),
    ("legal_basis.toml", "as_of = 2026-03-26", 'as_of = "spring"', "basis ssa-303-a-1", "As of (as_of)"),
    ("legal_basis.toml", "in_force_from = 2025-07-01", 'in_force_from = "20250701"',
     "basis nm-sensitive-information-2025",
     "is not a date that can be read"),
    ("legal_basis.toml", 'source = "https://', 'source = "', "basis ssa-303-a-1",
     "Source (source) is not a web address"),
    ("legal_basis.toml", 'id = "ssa-303-b"', 'id = "ssa-303-a-1"', "legal_basis.toml",
     "basis ssa-303-a-1 appears twice."),
    ("legal_basis.toml", 'applies_to = ["direct-access"', 'applies_to = ["direkt-access"', "basis ssa-303-a-1",
     "names the topic “direkt-access” under applies_to"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "what"), SPOILT, ids=[f"{s[0][:4]} {s[2][:30]}" for s in SPOILT]
)
def test_a_mistake_in_a_law_file_is_reported_with_its_place(
    own: Library, file: str, old: str, new: str, where: str, what: str
) -> None:
    found = spoil(own, file, old.replace("\\n", "\n"), new.replace("\\n", "\n"))
    right = [problem for problem in found if what in str(problem) and where in problem.where]
    assert right, found
    assert all(problem.where.startswith("templates/") for problem in found)


def test_one_mistake_in_an_entry_is_one_problem_though_others_refer_to_it(own: Library) -> None:
    (problem,) = spoil(own, "legal_basis.toml", 'id = "cfr-603-10"\n', 'id = "cfr-603-10"\nsumary = "x"\n')
    assert "basis cfr-603-10" in problem.where
    assert "Did you mean summary?" in str(problem)


def test_every_mistake_is_reported_at_once(own: Library) -> None:
    for file, old, new in (
        ("objections.toml", 'basis = ["nmac-106-c"]', 'basis = ["zzz"]'),
        ("showing.toml", 'fields = ["request.subjects"]', 'fields = ["request.zzz"]'),
    ):
        path = own.templates / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    found = spoil(own, "legal_basis.toml", 'id = "more-time"', 'id = "written-denial"')
    assert {problem.where for problem in found} == {
        f"templates/{place}" for place in ("objections.toml, state-rule", "showing.toml, subjects", "legal_basis.toml")
    } | {f"templates/rules.toml, rule {name}" for name in ("more-time-late", "extension-late")}


@pytest.mark.parametrize(
    "wrong", ["objection = 5\n", 'objection = "x"\n', "[objection]\nid = 1\n", "objection = [1]\n"]
)
def test_a_law_file_of_another_shape_is_reported(own: Library, wrong: str) -> None:
    (own.templates / "objections.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(LibraryAtFault, match=r"templates/objections\.toml"):
        load_rulebook(own, load_office(own))


def test_a_missing_law_file_is_reported(own: Library) -> None:
    (own.templates / "showing.toml").unlink()
    with pytest.raises(LibraryAtFault, match=r"templates/showing\.toml: The file is missing"):
        load_rulebook(own, load_office(own))


def test_an_objection_whose_law_is_not_in_force_is_not_made(assembler: Assembler, sample: Sample) -> None:
    from letters.library.validation import check

    peters = assembler.rulebook.bases["peters-v-us"].model_copy(update={"in_force_until": date(2019, 1, 1)})
    later = replace(assembler.rulebook, bases={**assembler.rulebook.bases, "peters-v-us": peters})
    with pytest.raises(InvalidAnswers, match="unnamed group, which cites Peters"):
        check(sample("subpoena-response"), later, assembler.library.kinds)


def test_an_office_s_own_law_keeps_the_rules_by_its_roles(assembler: Assembler, sample: Sample) -> None:
    """Rules ask for what law does, so they hold for law of any name; without the role, no letter is written."""
    from letters.library.validation import check

    roles = ["closes-records", "lists-process", "discretionary-release", "official-subpoena"]
    own_law = basis(id="own-law", citation="Own Code § 1", supports=list(KINDS), roles=roles)
    bases = {"own-law": own_law}
    bare = replace(assembler.rulebook, bases=bases, objections={}, showing={}, records={}, conditions={})
    for kind in KINDS:
        none = {"law_checked": [], "request.records": [], "request.asserted": []}
        answers = changed(sample(kind), {"legal_basis": ["own-law"], **none})
        with pytest.raises(InvalidAnswers) if kind in ("conditional-approval", "subpoena-response") else _fine():
            check(answers, bare, assembler.library.kinds)
    without = replace(bare, bases={"own-law": own_law.model_copy(update={"roles": []})})
    answers = changed(sample("denial"), {"legal_basis": ["own-law"], **none})
    with pytest.raises(InvalidAnswers, match=r"nothing in legal_basis\.toml with the role “closes-records”"):
        check(answers, without, assembler.library.kinds)


def _fine() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_answers_may_name_law_by_its_citation_and_conditions_by_their_subject(
    assembler: Assembler, sample: Callable[[str], dict[str, Any]]
) -> None:
    """A message names the citation, so an answers file may, too."""
    answers = sample("conditional-approval")
    law = [assembler.rulebook.bases[name].citation for name in answers["legal_basis"]]
    terms = [assembler.rulebook.conditions[name].subject.upper() for name in answers["conditions"]]
    letter = assembler.check(answers | {"legal_basis": law, "conditions": terms})
    assert letter == assembler.check(answers)


def test_a_library_written_before_owed_for_is_still_read() -> None:
    old = {"id": "wage", "name": "wage records", "owed_for_child_support": True}
    assert RecordCategory.model_validate(old).owed_for == ["child-support"]
    assert RecordCategory.model_validate(old | {"owed_for_child_support": False}).owed_for == []


def test_what_rules_and_the_guide_rest_on_follows_the_office_s_own_law(assembler: Assembler) -> None:
    """No line of either names a State, so that an office of another State need not look for them."""
    for name in ("templates/rules.toml", "prompts/advice.toml"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.startswith(("why =", "source =")) and ("NM" in line)]
    assert assembler.rulebook.with_law("{{ law.more-time }}") == "NMSA 1978, § 14-2-10"
    sources = [rule.source for rule in assembler.advice.rules]
    assert any("NMSA 1978, § 14-2-10" in each for each in sources)
    assert not any("{{" in each for each in sources)


def test_no_letter_names_an_entry_of_state_law(assembler: Assembler) -> None:
    """It is named by its role, so that an office of another State need not touch the tags of a letter."""
    state = {name for name, basis in assembler.rulebook.bases.items() if basis.jurisdiction == "us-nm"}
    assert "nm-51-1-32" in state
    for kind in assembler.library.kinds:
        for template in assembler.templates(kind):
            named = {use.path.split(".")[1].replace("_", "-") for use in template.uses if use.path.startswith("law.")}
            said = " ".join(tag.says for tag in template.tags)
            assert not [name for name in state if name in named or f'"{name}"' in said], kind
