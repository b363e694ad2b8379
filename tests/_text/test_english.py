"""English that is right for one, two and many; for persons with titles and without, for organisations, with accents."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from helpers import KINDS
from lxml import etree

from letters._text.held_together import with_typed_spaces
from letters.assembly.assembler import Assembler
from letters.assembly.template_context import cited
from letters.docx.names import W
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]

ONE_PERSON = [{"name": "María José Núñez-Ejemplo", "title": "Records Officer"}]
TWO_PERSONS = [*ONE_PERSON, {"name": "Łukasz Przykład", "title": "Director"}]
EARLIER = {"day": date(2019, 7, 15), "channel": "email", "reached": "Office of the Secretary"}
ANSWERED = EARLIER | {"answered": date(2019, 7, 16), "reference": "OGC-2019-0099"}
SENT = {"date": date(2019, 8, 1), "reference": "OGC-2019-0100", "said": "denied direct access"}


def paragraphs(assembler: Assembler, answers: dict[str, Any]) -> list[str]:
    docx = zipfile.ZipFile(io.BytesIO(assembler.make(assembler.check(answers), ["docx"]).files["docx"]))
    body = etree.fromstring(docx.read("word/document.xml"))
    return [
        with_typed_spaces(
            "".join("\n" if node.tag == f"{{{W}}}br" else node.text or "" for node in p.iter(f"{{{W}}}t", f"{{{W}}}br"))
        )
        for p in body.iter(f"{{{W}}}p")
    ]


def refuse_clumsy(text: list[str]) -> None:
    """What gives a letter away as machine-made."""
    for paragraph in text:
        assert paragraph.strip(), text
        for pattern in (
            r"  ",
            r" [,.;:)]",
            r"\( ",
            r"\.\.",
            r",,",
            r"\b1 \w+s\b",
            r"None",
            r"\{",
            r"and and",
            r"\ba [aeio]",
        ):
            assert not re.search(pattern, paragraph), (pattern, paragraph)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("many", [0, 1, 2, 3])
def test_every_list_reads_right_at_every_count(assembler: Assembler, sample: Sample, kind: str, many: int) -> None:
    answers = sample(kind)
    people = (TWO_PERSONS * 2)[:many]
    if "responsible" in answers:
        answers["responsible"] = people
    if kind == "conditional-approval" and people:
        answers["recipients"] = people
    answers["copies"] = [f"Office number {['one', 'two', 'three'][n]}" for n in range(many)]
    answers["enclosures"] = [f"Letter number {['one', 'two', 'three'][n]}" for n in range(many)]
    answers["earlier_letters"] = [SENT] * many
    if kind not in ("repeat-denial",) or many:
        put(answers, "request.earlier", [ANSWERED, EARLIER, EARLIER][:many])
    if kind == "repeat-denial" and not many:
        answers["enclosures"] = ["Our letter of August 2, 2019 (OGC-2019-0142)"]
    text = paragraphs(assembler, answers)
    refuse_clumsy(text)
    whole = "\n".join(text)
    assert whole.count("denied direct access") >= (0 if kind == "routing-memo" else many)
    if many == 1:
        for plural in (
            "The following persons",
            "these letters of the Department",
            "The earlier requests",
            "Copies of the",
        ):
            assert plural not in whole, plural
    if many > 1:
        for singular in (
            "The following person is",
            "follows our letter",
            "The earlier request\n",
        ):
            assert singular not in whole, singular


@pytest.mark.parametrize(
    ("requester", "greeting", "address"),
    [
        ({"name": "Jordan Sample", "title": "Analyst"}, "Dear Jordan Sample:", "Jordan Sample\nAnalyst\n"),
        ({"name": "Jordan Sample", "title": None}, "Dear Jordan Sample:", "Jordan Sample\nHomeland"),
        ({"name": None, "title": None}, "Dear Sir or Madam:", "Homeland Security"),
        ({"greeting": "Ms. Núñez-Ejemplo", "name": "María Núñez-Ejemplo"}, "Dear Ms. Núñez-Ejemplo:", "María Núñez-E"),
        ({"greeting": "Mr. Sample"}, "Dear Mr. Sample:", "Sample"),
        ({"greeting": "Mx. Sample"}, "Dear Mx. Sample:", "Sample"),
        ({"name": "田中 太郎", "greeting": "Investigator 田中"}, "Dear Investigator 田中:", "田中 太郎"),
        ({"name": None, "title": None, "agency": "Exemples Associés & Fils"}, "Dear Sir or Madam:", "Associés & Fils"),
    ],
)  # fmt: skip
def test_persons_and_organisations_are_addressed_as_they_asked(
    assembler: Assembler, sample: Sample, requester: dict[str, Any], greeting: str, address: str
) -> None:
    answers = sample("denial")
    for name, value in requester.items():
        put(answers, f"request.requester.{name}", value)
    text = paragraphs(assembler, answers)
    refuse_clumsy(text)
    assert greeting in text
    assert any(paragraph.startswith(address) or address in paragraph for paragraph in text)


def test_an_agency_that_needs_an_article_has_one_within_a_sentence_and_none_on_the_envelope(
    assembler: Assembler, sample: Sample
) -> None:
    text = paragraphs(assembler, sample("conditional-approval"))
    assert any("in which the Human Trafficking Task Force asked for" in paragraph for paragraph in text)
    assert any(paragraph.startswith("Cost. The Human Trafficking Task Force pays") for paragraph in text)
    assert any("\nHuman Trafficking Task Force\n" in paragraph for paragraph in text)


def test_what_is_missing_is_one_thing_or_several(assembler: Assembler, sample: Sample) -> None:
    answers = sample("request-for-justification") | {"also_asked": []}
    for name, value in {
        "request.period": "the year 2018",
        "request.nature": "criminal",
        "request.investigation": "a criminal investigation of wage theft",
        "request.case_number": "EP-2019-0000",
        "request.statute": "the statute named in the request",
        "request.authority": "11.3.100.106(D) NMAC",
        "request.explanation": "The records show who was paid.",
        "request.justification": "No other source holds them.",
        "request.other_sources": "The employer did not answer.",
        "request.requester.supervisor": "Quinn Example, Unit Chief",
    }.items():
        put(answers, name, value)
    text = paragraphs(assembler, answers)
    assert any("because something is missing from it" in paragraph for paragraph in text)
    assert sum(paragraph.startswith("The safeguards that will protect the records.") for paragraph in text) == 1
    put(answers, "request.requester.supervisor", None)
    assert any("because several things are missing" in paragraph for paragraph in paragraphs(assembler, answers))


def test_several_bases_are_one_sentence_in_the_right_order(assembler: Assembler, sample: Sample) -> None:
    answers = sample("contact-notice")
    for chosen, sentence in (
        (["nmac-106-d"], "Such requests are decided under 11.3.100.106(D) NMAC."),
        (
            ["nmac-106-d", "nmac-106-c"],
            "Such requests are decided under 11.3.100.106(C) NMAC and 11.3.100.106(D) NMAC.",
        ),
        (
            ["nmac-106-d", "nm-51-1-32"],
            "Such requests are decided under NMSA 1978, § 51-1-32, and 11.3.100.106(D) NMAC.",
        ),
        (
            ["nmac-106-c", "cfr-603-4", "nm-51-1-32"],
            "Such requests are decided under NMSA 1978, § 51-1-32; 20 C.F.R. § 603.4(b)-(c); and 11.3.100.106(C) NMAC.",
        ),
    ):
        assert sentence in paragraphs(assembler, answers | {"legal_basis": chosen})
    known = assembler.rulebook.bases
    chosen = ("nm-51-1-32", "us-v-california", "peters-v-us")
    bases = [{"citation": known[name].citation, "authority": known[name].authority} for name in chosen]
    assert cited(bases) == (
        "NMSA 1978, § 51-1-32; see also United States v. California, 921 F.3d 865, 891 (9th Cir. 2019), and "
        "Peters v. United States, 853 F.2d 692 (9th Cir. 1988) (both persuasive)"
    )
