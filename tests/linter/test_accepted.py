"""Findings that an office accepts, baselines, and what the services that show findings get to read."""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
from pathlib import Path

import pytest
from helpers import ROOT
from helpers.terminals import in_terminal

from letters.cli.main import main
from letters.errors import Collector, InvalidAnswers, Usage
from letters.library.library import Library
from letters.linter.accepted import as_baseline, load_acceptances, with_accepted, without_baseline
from letters.linter.findings import Finding, LintReport
from letters.linter.report_formats import as_text
from letters.linter.rule_catalog import CHECK_RULES, explained, rule_id
from letters.linter.service_formats import as_github, as_gitlab, as_markdown, as_sarif

LETTER = "templates/denial/letter.docx"
SLIP = Finding(
    "error", "slip", "In the sample letter, there are two spaces.", "Delete one.", LETTER, "body", 0, 7, "", "A  b"
)
LAW = Finding("note", "stale-law", "100%: look up “x | y”,\nplease.", "", "templates/legal_basis.toml", "basis a", 12)
TODAY = dt.date(2026, 11, 30)
ENTRY = '[[accept]]\nrule = "slip"\nabout = "two spaces"\nreason = "As printed for years."\non = 2026-11-01\n'


def report_of(*findings: Finding) -> LintReport:
    return LintReport(findings, (LETTER, "templates/legal_basis.toml"))


def library(folder: Path, entries: str) -> Library:
    for name in ("templates", "prompts"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "templates" / "check.toml").write_text(entries, encoding="utf-8")
    return Library.open(folder)


def sifted(folder: Path, entries: str, *findings: Finding) -> LintReport:
    problems = Collector()
    found = load_acceptances(library(folder, entries), problems)
    assert list(problems) == []
    return with_accepted(report_of(*findings), found, TODAY)


def test_what_is_accepted_is_not_reported_and_keeps_its_reason(tmp_path: Path) -> None:
    report = sifted(tmp_path, ENTRY, SLIP, LAW)
    assert report.findings == (LAW,)
    assert report.accepted == ((SLIP, "As printed for years."),)
    assert not report.has_errors


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("until = 2026-11-29", "was accepted until 2026-11-29"),
        ('file = "templates/other.docx"', "Nothing that is found is what it accepts (slip)"),
    ],
)
def test_an_entry_that_has_ended_or_accepts_nothing_is_noted(tmp_path: Path, more: str, told: str) -> None:
    report = sifted(tmp_path, f"{ENTRY}{more}\n", SLIP)
    assert SLIP in report.findings
    (note,) = [each for each in report.findings if each.code == "acceptance"]
    assert told in note.message
    assert note.severity == "note"


def test_an_entry_needs_a_reason_a_day_and_a_rule_that_exists(tmp_path: Path) -> None:
    problems = Collector()
    entries = '[[accept]]\nrule = "slop"\n[other]\n'
    assert load_acceptances(library(tmp_path, entries), problems) == []
    told = "\n".join(map(str, problems))
    for words in (
        "Reason (reason) is missing",
        "On (on) is missing",
        "There is no rule “slop”",
        "“other” is not known",
    ):
        assert words in told


def test_a_baseline_knows_a_finding_again_although_its_paragraph_moved() -> None:
    baseline = as_baseline([SLIP, LAW]).encode()
    moved = Finding("error", "slip", SLIP.message, SLIP.hint, LETTER, "body", 0, 9, "Heading", "A  b")
    again = Finding("error", "slip", SLIP.message, SLIP.hint, LETTER, "body", 0, 10, "", "A  b")
    report, gone = without_baseline(report_of(moved, again), baseline, "known.json")
    assert report.findings == (again,), "the baseline has it once"
    assert [found for found, _ in report.accepted] == [moved]
    assert gone == 1
    with pytest.raises(InvalidAnswers, match="is not a baseline"):
        without_baseline(report, b'{"version": 1}', "known.json")


def test_each_service_gets_file_line_rule_and_words_in_its_own_format() -> None:
    error, note = as_github([SLIP, LAW]).splitlines()
    assert error.startswith(f"::error file={LETTER},title=letters check%3A slip::body, paragraph 7, “A b”: In the")
    assert note == "::notice file=templates/legal_basis.toml,line=12,title=letters check%3A stale-law::" + (
        "line 12, basis a: 100%25: look up “x | y”,%0Aplease."
    )
    issues = json.loads(as_gitlab([SLIP, SLIP, LAW]))
    assert [each["check_name"] for each in issues] == ["slip", "slip", "stale-law"]
    assert len({each["fingerprint"] for each in issues}) == 3
    assert issues[2]["location"] == {"path": "templates/legal_basis.toml", "lines": {"begin": 12}}
    assert [each["severity"] for each in issues] == ["major", "major", "info"]
    page = as_markdown([SLIP, LAW], 2).splitlines()
    assert "1 error and 1 note in 2 files." in page
    assert "| note | line 12, basis a | 100%: look up “x \\| y”, please. |  | stale-law |" in page
    run = json.loads(as_sarif([LAW], "1.0", [(SLIP, "As ever.")]))["runs"][0]
    assert [rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"]] == [
        CHECK_RULES["stale-law"].title, CHECK_RULES["slip"].title,
    ]  # fmt: skip
    assert run["results"][1]["suppressions"] == [{"kind": "external", "justification": "As ever."}]
    assert run["results"][0]["partialFingerprints"]


def test_every_report_tells_a_finding_in_a_sentence_with_a_subject() -> None:
    zone = Finding("error", "value", "is not a time zone.", "", "office.toml", "zones, Time zone", 3)
    seal = Finding("error", "seal", "is missing: restore it.", "", "templates/seal.key")
    zone_told, seal_told = "Time zone is not a time zone.", "The file is missing: restore it."
    text = as_text([zone, seal])
    assert f"  error: line 3, zones\n    {zone_told} (value)\n" in text
    assert f"  error: {seal_told} (seal)\n" in text
    assert [line.rpartition("::")[2] for line in as_github([zone, seal]).splitlines()] == [
        f"line 3, zones: {zone_told}", seal_told,
    ]  # fmt: skip
    assert [each["description"] for each in json.loads(as_gitlab([zone, seal]))] == [
        f"line 3, zones: {zone_told}", seal_told,
    ]  # fmt: skip
    assert f"| error | line 3, zones | {zone_told} |  | value |" in as_markdown([zone, seal], 2)
    results = json.loads(as_sarif([zone, seal], "1.0", []))["runs"][0]["results"]
    assert [each["message"]["text"] for each in results] == [zone_told, seal_told]


def test_every_finding_has_a_rule_that_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for code, file in (("", LETTER), ("", "prompts/denial.toml"), ("nothing", "templates/rules.toml"), ("", "")):
        assert rule_id(code, file) in CHECK_RULES
    assert main(["check", "--explain", "trial", "--library", str(ROOT)]) == 0
    told = capsys.readouterr().out
    assert "A letter that cannot be written although the rules allow it" in told
    assert 'rule = "trial"' in told
    assert main(["check", "--explain", "--library", str(ROOT)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CHECK_RULES)
    with pytest.raises(Usage, match="Did you mean curly-quotes"):
        explained("curly-quote")


def test_what_is_told_in_a_terminal_fits_into_its_window(tmp_path: Path) -> None:
    child = in_terminal(["check", "--explain", "slip"], tmp_path, {"PATH": os.environ["PATH"]}, columns=40)
    why = child.read().split("\r\n\r\n")[1]
    assert max(map(len, why.splitlines())) in range(30, 40)


def test_every_code_of_the_linter_and_of_templates_is_a_rule() -> None:
    codes = set()
    for room in ("linter", "assembly/template"):
        for file in (ROOT / "letters" / room).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                    "Problem", "fault", "Finding",
                ):  # fmt: skip
                    at = {"Problem": 3, "fault": 2, "Finding": 1}[
                        getattr(node.func, "attr", getattr(node.func, "id", ""))
                    ]
                    given = node.args[at : at + 1] + [each.value for each in node.keywords if each.arg == "code"]
                    codes |= {each.value for each in given if isinstance(each, ast.Constant)}
    assert len(codes) > 40
    assert codes - {"", "baseline", "unreadable"} <= CHECK_RULES.keys()


def test_the_command_writes_a_baseline_and_then_tells_only_what_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from helpers.documents import docx, paragraph

    file, known = tmp_path / "a.docx", tmp_path / "known.json"
    file.write_bytes(docx(paragraph("{{ a")))
    asked = ["check", str(file), "--library", str(ROOT)]
    assert main([*asked, "--write-baseline", str(known)]) == 0
    assert main([*asked, "--baseline", str(known)]) == 0
    assert "1 more accepted or known" in capsys.readouterr().err
    file.write_bytes(docx(paragraph("{{ b") + paragraph("{{ a")))
    assert main([*asked, "--baseline", str(known), "--format", "github"]) == 1
    assert "::error file=" in (told := capsys.readouterr().out)
    assert told.count("::error") == 1
    file.write_bytes(docx(paragraph("A")))
    assert main([*asked, "--baseline", str(known)]) == 0
    assert "1 of the baseline is gone" in capsys.readouterr().err
