"""The office's rules: their file, the roles of law they ask for, and what attacks on the law file cannot disarm."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.libraries import keep_kinds
from helpers.reading import words

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.errors import InvalidAnswers, LibraryAtFault, Problem
from letters.library.advice_file import load_advice
from letters.library.library import Library
from letters.library.office_files import load_office, load_rulebook
from letters.library.prompts import load_questionnaire
from letters.linter.lint import lint
from letters.model.fields import put

Sample = Callable[[str], dict[str, Any]]
LAW = "templates/legal_basis.toml"
RULES = "templates/rules.toml"


def edited(own: Path, *changes: tuple[str, str, str]) -> Library:
    """The library after replacing, in a file, every occurrence of a text."""
    for file, old, new in changes:
        text = (own / file).read_text(encoding="utf-8")
        assert old in text, (file, old)
        (own / file).write_text(text.replace(old, new), encoding="utf-8")
    return Library(own)


def faults(library: Library) -> tuple[Problem, ...]:
    try:
        load_rulebook(library, load_office(library))
    except LibraryAtFault as error:
        return error.problems
    return ()


def added(own: Path, rule: str) -> Library:
    with (own / RULES).open("a", encoding="utf-8") as file:
        file.write(f"\n[[rule]]\nwhy = 'a test'\n{rule}\n")
    return Library(own)


def roles_of(basis: str) -> list[str]:
    text = (ROOT / LAW).read_text(encoding="utf-8")
    found = re.search(rf'id = "{basis}"\n(?:(?!\[\[).*\n)*?roles = \[(.*)\]', text)
    assert found, basis
    return re.findall(r'"([^"]+)"', found[1])


# --- attacks on the law ---


@pytest.mark.parametrize(
    "basis",
    ["nmac-106-d", "ssa-303-e-child-support", "cfr-603-7-a", "cfr-603-7-b-2", "tariff-act-509", "ipra-14-2-10"],
)
def test_law_that_a_rule_needs_cannot_be_removed_without_a_word(own: Path, basis: str) -> None:
    path = own / LAW
    head, *entries = re.split(r"(?m)^(?=\[\[)", path.read_text(encoding="utf-8"))
    path.write_text(head + "".join(each for each in entries if f'id = "{basis}"\n' not in each), encoding="utf-8")
    said = [str(problem) for problem in faults(Library(own))]
    for role in roles_of(basis):
        assert any(f"asks for law with the role “{role}”" in each or f"the role “{role}”" in each for each in said), (
            said
        )


def test_a_renamed_entry_keeps_its_rules(own: Path, sample: Sample) -> None:
    for file in (LAW, "prompts/advice.toml", "prompts/conditional-approval.toml"):
        path = own / file
        path.write_text(path.read_text(encoding="utf-8").replace("ssa-303-e-child-support", "duty"), encoding="utf-8")
    library = Library(own)
    rulebook = load_rulebook(library, load_office(library))
    answers = sample("conditional-approval") | {"approved": ["wage"], "withheld_reason": "Not needed.",
                                                "legal_basis": ["cfr-603-9"], "law_checked": []}  # fmt: skip
    put(answers, "request.nature", "child-support")
    put(answers, "request.requester.agency_kind", "child-support")
    from letters.library.validation import check

    with pytest.raises(
        InvalidAnswers, match=r"does not cite 42 U\.S\.C\. § 503\(e\)\(1\).*Add 42 U\.S\.C\. § 503\(e\)\(1\)\."
    ):
        check(answers, rulebook, library.kinds)


def test_a_role_taken_from_every_entry_is_an_error_of_the_library(own: Path) -> None:
    library = edited(own, (LAW, '"closes-records"', '"closes-record"'))
    problem, partial = faults(library)
    assert "rule public-release-cites" in partial.where
    assert "rule denial-without-basis" in problem.where
    assert "“closes-records”, but no entry of legal_basis.toml has it" in problem.message
    assert "Did you mean closes-record?" in problem.hint


def test_persuasive_law_does_not_fill_a_role(own: Path, sample: Sample) -> None:
    library = edited(own, (LAW, 'authority = "persuasive"\n', 'authority = "persuasive"\nroles = ["closes-records"]\n'))
    answers = sample("denial") | {"legal_basis": ["us-v-california", "ssa-303-b"]}
    with pytest.raises(InvalidAnswers, match="cites no law that makes the records confidential"):
        Assembler(library).check(answers)


def test_law_of_a_jurisdiction_without_a_name_is_reported(own: Path) -> None:
    (problem, *_) = faults(edited(own, (LAW, 'id = "us-nm"\nname', 'id = "us-nx"\nname')))
    assert problem.message == "The file names no jurisdiction “us-nm”."
    assert "us-nx" in problem.hint


def test_a_library_without_rules_is_at_fault(own: Path) -> None:
    (own / RULES).unlink()
    assert any("templates/rules.toml: The file is missing" in str(problem) for problem in faults(Library(own)))


def test_an_office_of_another_state_puts_its_own_law_in_place(own: Path, sample: Sample) -> None:
    """The shipped letters and rules follow the roles, whatever the entries are called and cite."""
    library = edited(
        own,
        (LAW, 'id = "us-nm"\nname = "New Mexico"', 'id = "us-fr"\nname = "Franklin"'),
        (LAW, 'jurisdiction = "us-nm"', 'jurisdiction = "us-fr"'),
        (LAW, 'citation = "11.3.100.106(D) NMAC"', 'citation = "Franklin Code § 20"'),
        ("templates/office.toml", 'state = "New Mexico"', 'state = "Franklin"'),
    )
    for file in (*own.glob("templates/**/*.toml"), *own.glob("prompts/*.toml")):
        file.write_text(file.read_text("utf-8").replace('"nmac-106-d"', '"franklin-20"'), encoding="utf-8")
    assembler = Assembler(library)
    answers = sample("conditional-approval")
    put(answers, "request.authority", None)  # which quotes the law by its old citation
    answers["legal_basis"] = ["franklin-20" if each == "nmac-106-d" else each for each in answers["legal_basis"]]
    letter = assembler.check(answers)
    said = words(assembler.make(letter, ("docx",)).files["docx"])
    assert "Franklin Code § 20" in said
    assert "11.3.100.106(D) NMAC" not in said
    without = answers | {"legal_basis": ["cfr-603-9"]}
    with pytest.raises(InvalidAnswers, match=r"does not cite Franklin Code § 20.*Add Franklin Code § 20\."):
        assembler.check(without)


def test_law_of_another_state_is_an_error_unless_persuasive(own: Path) -> None:
    library = edited(own, ("templates/office.toml", 'state = "New Mexico"', 'state = "Franklin"'))
    keep_kinds(own, "denial")
    found = [each for each in lint(library.root).findings if each.code == "foreign-law"]
    assert [each.severity for each in found] == ["error"]
    assert "Law of New Mexico does not bind an office of Franklin: nm-51-1-32" in found[0].message


# --- the file ---


WRONG = [
    ('id = "r"\nat = "date"\nsays = "x"\nwhen = { "request.accss" = "bulk" }', "“request.accss”", "request.access"),
    ('id = "r"\nat = "date"\nsays = "x"\nwhen = { "request.access" = "bulky" }', "“bulky”, which it can never", "bulk"),
    ('id = "r"\nat = "date"\nsays = "x"\nwhen = { "request.released" = "x" }', "“x”, which it can never", "true or"),
    ('id = "r"\nat = "date"\nsays = "x"\nwhen = { "fact.zzz" = true }', "the fact “zzz”", ""),
    ('id = "r"\nat = "date"\nsays = "x"\nwhen = { "owed" = "some" }', "owed to be “some”", "Possible: all, none"),
    ('id = "r"\nat = "date"\nsays = "x"\nlatest = "deadline written-denail"', "“written-denail”", "written-denial"),
    ('id = "r"\nat = "date"\nsays = "x"\nlatest = "in 5 days"', "is not a day", ""),
    ('id = "r"\nat = "date"\nsays = "{{ law.zzz }}"\nwhen = { "request.access" = "bulk" }', "the role “zzz”", "Add to"),
    ('id = "r"\nat = "date"\nsays = "{% if x %}"\nwhen = { "request.access" = "bulk" }', "cannot print", ""),
    ('id = "r"\nat = "date"\nsays = "x"', "no letter could be sent", ""),
    ('id = "r"\nsays = "x"\nwhen = { "request.access" = "bulk" }', "has no “at”", ""),
    ('id = "r"\nsays = "x"\nneeds = ["date"]\ncites = ["more-time"]', "asks several things", ""),
    ('id = "r"\nkinds = ["denail"]\nsays = "x"\nneeds = ["date"]', "“denail”, which is not a kind", "denial"),
    ('id = "r"\nkinds = ["denial"]\nsays = "x"\nneeds = ["approved"]', "“approved”, which is not an answer", ""),
    ('id = "r"\nkinds = ["routing-memo"]\nsays = "x"\ncites = ["more-time"]', "no binding entry with that role", "Add"),
    ('id = "denial-late"\nsays = "x"\nneeds = ["date"]', "rule denial-late appears twice", ""),
    ('id = "r"\nsays = "x"\nneeds = ["date"]\nunles = {}', "is not a field here", "unless"),
]


@pytest.mark.parametrize(("rule", "message", "hint"), WRONG)
def test_a_mistake_in_a_rule_is_reported_with_its_place(own: Path, rule: str, message: str, hint: str) -> None:
    found = faults(added(own, rule))
    assert any(message in str(each) and hint in each.hint and RULES in each.where for each in found), found


def test_other_mistakes_in_the_file_are_reported(own: Path) -> None:
    library = edited(
        own,
        (RULES, 'id = "search-warrant"\ndecisions', 'id = "court-order"\ndecisions'),
        (RULES, 'secretary_consented = "head_consented"', 'secretary_consented = "haed_consented"'),
        (RULES, 'id = "trafficking"', 'id = "traffic"'),
    )
    assert "process court-order appears twice" in str(faults(library)[0])
    library = edited(own, (RULES, '[[process]]\nid = "court-order"\ndecisions = ["compliance"]', "[[process]]"))
    assert all("Process (id)" in str(each) or "Decisions" in str(each) for each in faults(library))


def test_names_that_lead_nowhere_are_reported(own: Path) -> None:
    library = edited(
        own,
        (RULES, 'secretary_consented = "head_consented"', 'secretary_consented = "haed_consented"'),
        (RULES, 'id = "trafficking"', 'id = "traffic"'),
        (RULES, 'decisions = ["motion-to-quash"]', 'decisions = ["motion-to-quas"]'),
        (RULES, 'duty = "nutrition-program-duty"', 'duty = "nutrition-duty"'),
    )
    said = "\n".join(map(str, faults(library)))
    assert "“haed_consented”, which is not an answer. Did you mean head_consented?" in said
    assert "names the topic “trafficking” under applies_to" in said
    assert "names “motion-to-quas”, which no [[decision]] in rules.toml defines. Did you mean motion-to-quash?" in said
    assert "asks for law with the role “nutrition-duty”, but no entry" in said


def test_questions_offer_only_what_the_rules_define(own: Path) -> None:
    library = edited(own, (RULES, '[[nature]]\nid = "not-stated"\n', ""))
    assert any("No [[nature]] is “not-stated”" in str(each) for each in faults(library))
    library = edited(own, (RULES, 'id = "search-warrant"\ndecisions', 'id = "none"\ndecisions'))
    with pytest.raises(LibraryAtFault, match="offers “search-warrant”, which is not a possible answer"):
        load_questionnaire(library, "subpoena-response")


# --- what rules do ---


def test_a_group_of_requesters_stands_for_its_members_in_every_file(own: Path) -> None:
    assert Library(own).requester_groups["law-enforcement"] == ["federal", "state", "local", "tribal"]
    tribal = 'id = "tribal"\ngroups = ["law-enforcement", "government"]'
    library = edited(own, (RULES, tribal, 'id = "tribal"\ngroups = ["government", "press"]'))
    rulebook = load_rulebook(Library.shipped(), load_office(Library.shipped()))
    rule = next(each for each in load_advice(library, rulebook).rules if each.id == "guide-3")
    assert rule.when[0]["request.requester.agency_kind"] == ["federal", "state", "local"]
    assert "“press”, which is also the name of a kind of requester" in " ".join(map(str, faults(library)))


def test_an_office_adds_a_rule_of_its_own(own: Path, sample: Sample) -> None:
    """A wait after an event, which no other State's office has."""
    library = added(
        own,
        'id = "wait"\nkinds = ["denial"]\nat = "date"\nearliest = "request.received + 5 business days"\n'
        'says = "is {{ date }}, less than five business days after {{ request.received }}."\ndo = "Wait."',
    )
    assembler = Assembler(library)
    with pytest.raises(
        InvalidAnswers, match=r"is August 2, 2019, less than five business days after August 1, 2019\. W"
    ):
        assembler.check(sample("denial"))
    answers = sample("denial") | {"date": sample("denial")["date"].replace(day=8)}
    assert assembler.check(answers).date.day == 8


def test_a_rule_does_not_speak_where_an_answer_is_not_known(assembler: Assembler) -> None:
    from letters.library.validation import rules_broken

    known = [each.field for each in rules_broken({"kind": "policy-statement", "request": {}}, assembler.rulebook)]
    assert "request.access" not in known
    wrong = {"kind": "policy-statement", "request": {"access": "bulk"}}
    assert "request.access" in [each.field for each in rules_broken(wrong, assembler.rulebook)]


def test_answers_with_an_old_name_are_read(assembler: Assembler, sample: Sample) -> None:
    answers = sample("conditional-approval")
    answers["secretary_consented"] = answers.pop("head_consented")
    assert assembler.check(answers).kind == "conditional-approval"
    with pytest.raises(InvalidAnswers, match="secretary_consented"):
        assembler.check(sample("conditional-approval") | {"secretary_consented": answers["date"]})


# --- letters explain ---


def test_every_rule_can_be_explained(capsys: pytest.CaptureFixture[str], assembler: Assembler) -> None:
    assert main(["explain"]) == 0
    listed = capsys.readouterr().out
    assert all(rule in listed for rule in assembler.rulebook.office_rules.rules)
    assert main(["explain", "approval-consent"]) == 0
    told = capsys.readouterr().out
    assert "templates/rules.toml, line " in told
    assert "discretionary-release: 11.3.100.106(D) NMAC (nmac-106-d)" in told
    assert "it rests on consent and counsel's advice" in told
    assert "is missing: 11.3.100.106(D) NMAC requires the secretary's consent" in told
    assert main(["explain", "approval-consnt"]) == 2
    assert "Did you mean approval-consent?" in capsys.readouterr().err


def test_a_rule_is_traced_through_answers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answers = (ROOT / "templates/denial/sample.toml").read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(answers.replace("[request]\n", "[request]\npublic_records = true\n"), "utf-8")
    file = str(tmp_path / "a.toml")
    assert main(["explain", "denial-names-the-responsible", "--answers", file]) == 0
    told = capsys.readouterr().out
    assert re.search(r"request\.public_records is yes +→ yes", told), told
    assert main(["explain", "notice-says-when", "--answers", file, "--json"]) == 0
    assert '"speaks": false' in capsys.readouterr().out
