"""Citations in running text, in the forms of every State and of the reporters of cases."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from letters._text.citations import citations_in, may_cite, same

DATA: dict[str, Any] = tomllib.loads((files("letters._text") / "citation_forms.toml").read_text(encoding="utf-8"))
STATES: dict[str, list[str]] = {state["name"]: state["examples"] for state in DATA["state"]}
SHARED = [example for table in DATA["shared"] for example in table["examples"]]


def test_every_state_and_the_district_have_statutes_and_rules() -> None:
    assert len(STATES) == 51
    for state in DATA["state"]:
        assert state["statutes"], state["name"]
        assert state["rules"], state["name"]
        assert len(state["examples"]) > 1, state["name"]


@pytest.mark.parametrize(
    ("state", "words"), [(state, words) for state, examples in STATES.items() for words in examples]
)
def test_the_examples_of_a_state_are_its_law(state: str, words: str) -> None:
    (name,) = citations_in(f"The rule, {words}, so says.")
    assert name.startswith((f"{state} statutes", f"{state} rules"))
    assert may_cite(f"Room 5 | {words} | Suite 12")


@pytest.mark.parametrize("words", [*SHARED, *DATA["reporters"]["examples"]])
def test_the_other_examples_are_one_citation_each(words: str) -> None:
    found = citations_in(f"The rule, {words}, so says.")
    assert len(found) == 1
    assert may_cite(f"Room 5 | {words} | Suite 12")


# One provision each, however an office of that State writes it.
SPELLINGS = {
    "Illinois statutes 820 405/1900": [
        "820 ILCS 405/1900", "820 I.L.C.S. 405/1900(A)", "820 Ill. Comp. Stat. Ann. 405/1900",
        "820 Illinois Compiled Statutes 405/1900",
    ],
    "Illinois rules 56 2960.120": ["56 Ill. Adm. Code 2960.120", "56 Illinois Administrative Code 2960.120(b)"],
    "California statutes Gov 7922.000": [
        "Cal. Gov. Code § 7922.000", "Cal. Gov't Code § 7922.000", "Cal. Gov\u2019t Code, § 7922.000",
        "California Government Code section 7922.000",
    ],
    "§ Gov 6254": ["Gov't Code § 6254", "Gov. Code, § 6254(f)", "section 6254 of the Government Code"],
    "Washington statutes 50.13.020": [
        "RCW 50.13.020", "R.C.W. § 50.13.020", "50.13.020 RCW", "Wash. Rev. Code Ann. § 50.13.020",
        "Revised Code of Washington (RCW) 50.13.020",
    ],
    "Massachusetts statutes 151A 46": ["M.G.L. c. 151A, § 46", "MGL ch. 151A, section 46", "G.L. c. 151A, § 46(a)"],
    "Florida statutes 443.1715": ["Fla. Stat. § 443.1715", "s. 443.1715, Florida Statutes", "§ 443.1715, F.S."],
    "Ohio statutes 4141.21": ["R.C. 4141.21", "Ohio R.C. 4141.21", "section 4141.21 of the Ohio Revised Code"],
    "New York statutes Lab 537": ["N.Y. Lab. Law § 537", "New York Labor Law § 537"],
    "Texas statutes Lab 301.081": ["Tex. Lab. Code Ann. § 301.081", "Texas Labor Code section 301.081"],
    "West Virginia statutes 29B-1-4": ["W. Va. Code § 29B-1-4", "West Virginia Code § 29B-1-4"],
    "Fed. R. CivP 45": ["Fed. R. Civ. P. 45", "Fed.R.Civ.P. 45(d)(3)"],
    "E.O. 14243": ["Exec. Order No. 14243", "Executive Order 14243"],
    "New York Const. art. I": ["N.Y. Const. art. I, § 6", "New York Constitution, article I"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, each in SPELLINGS.items() for words in each])
def test_one_provision_has_one_name_in_every_spelling(name: str, words: str) -> None:
    assert list(citations_in(f"The rule, {words}, so says.")) == [name]


def test_a_list_is_several_citations() -> None:
    assert list(citations_in("Fla. Stat. §§ 443.1715, 443.171(5)")) == [
        "Florida statutes 443.1715",
        "Florida statutes 443.171",
    ]
    assert len(citations_in("See 820 ILCS 405/1900 and 410 U.S. 113; RCW 50.13.020, 50.13.040.")) == 4


@pytest.mark.parametrize(
    ("found", "known", "meant"),
    [
        ("§ 51-1-32", ["New Mexico statutes 51-1-32"], "New Mexico statutes 51-1-32"),
        ("§ 8-72-107", ["New Mexico statutes 51-1-32"], ""),
        ("§ Gov 6254", ["California statutes Gov 6254"], "California statutes Gov 6254"),
        ("§ rules 22 1085", ["California rules 22 1085"], "California rules 22 1085"),
        ("California statutes Gov 6254", ["§ Gov 6254"], "§ Gov 6254"),
        ("Texas statutes Lab 98", ["California statutes Lab 98"], ""),
    ],
)
def test_a_citation_without_its_state_means_the_one_the_library_has(found: str, known: list[str], meant: str) -> None:
    assert same(found, known) == meant


NONE = [
    "401 Broadway NE, Albuquerque, New Mexico 87102", "1500 N.W. 12 Avenue", "500 S.W. 5th Street, Suite 12",
    "12 N.E. 3rd Ave.", "at 5 P.M. on May 3", "5 P.M.", "OGC-2019-0142", "GS 9-11 analyst", "SAME AS 12.5 BEFORE",
    "OFFICE HRS 8-12", "2009-2012 ARM Limited", "1990-1992, RSA Data Security", "Atlanta, Ga. 30303",
    "Room 12, Portland, Or. 97201", "Phoenix, AZ 85001-1234", "Washington, DC 20001", "version 2.3-4 of the form",
    "the Labor Code of conduct", "in 2019 IL offices closed", "August 2, 2019 OK", "P.O. Box 12 Me. 04101",
    "Tel. 555-0100, fax 555-0101", "Highway I-25, exit 12-A", "1 Miss. Smith", "item 3-2-1", "pages 10-12",
    "May 3, 2019 ME 04333", "Case No. 19-CV-00123", "invoice 12-34-56", "Form SSA-1099", "3 Ill. residents",
    "U.S. 54 at mile 12", "Room 5 A.M. shift 12", "Zip code 87102-1234", "area code 505", "5 So. 3 No.", "Unit 3 P. 12",
    "Wash. 2 cups", "Rule 3 of the office", "Section 3 of the Agreement", "Dress Code section 4", "RSA 2048-bit key",
    "WAC 5 meeting", "IC 10-20", "MCA 12-13", "the year 1990 U.S. 5 million", "in the ILCS", "$5.00 Stat. 3", "MS 12-3",
    "directors 12-5", "5 Or. 6 people", "Form I-138, No. EP-2019-0000", "000-00-0000", "December 12-14",
    "1-800-555-0100",
    "a 2019 VT 05001 address", "Chapter 3 of the manual", "The 50 States' statutes", "10:30-11:15", "12/25/2019",
]  # fmt: skip


@pytest.mark.parametrize("words", NONE)
def test_ordinary_text_cites_nothing(words: str) -> None:
    assert citations_in(words) == {}


@pytest.mark.parametrize(
    "text",
    [
        "§§ 1-1" + ", 1-1" * 20_000, "Fla. Stat. " * 10_000, "820 ILCS " * 10_000, "Cal. Gov. Code " * 5_000,
        "1 U.S. 1 " * 5_000, "N.Y. " * 20_000, "RCW " + "1.1" * 30_000, "section 1 of the " * 5_000, "A. 1-" * 20_000,
        "Ohio Rev. Code Ann. §" + " " * 50_000, "2019 IL " * 10_000, "G.L. c. 1, " * 10_000,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_hostile_texts_are_read_in_seconds(text: str) -> None:
    started = time.perf_counter()
    citations_in(text)
    assert time.perf_counter() - started < 10  # quadratic growth would take minutes
