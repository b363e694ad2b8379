"""Findings for the services that show them beside a change: SARIF 2.1.0, GitHub, GitLab, and Markdown."""

from __future__ import annotations

import json
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from letters._text.lazy_pattern import pattern
from letters.assembly.template.tags import short
from letters.linter.accepted import fingerprint
from letters.linter.findings import Finding
from letters.linter.report_formats import summary
from letters.linter.rule_catalog import CHECK_RULES

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_SPECIAL_IN_MARKDOWN = pattern(r"([\\`*_{}\[\]<>|~#])")


def as_sarif(findings: Sequence[Finding], version: str, accepted: Sequence[tuple[Finding, str]] = ()) -> str:
    """A SARIF log of one run.

    Args:
        version: of Letters.
        accepted: findings that are not reported, each with the reason.
    """
    codes = list(dict.fromkeys(found.code for found in (*findings, *(each for each, _ in accepted))))
    results = [_result(found, codes.index(found.code)) for found in findings]
    results += [
        {**_result(found, codes.index(found.code)), "suppressions": [{"kind": "external", "justification": reason}]}
        for found, reason in accepted
    ]
    run = {
        "tool": {"driver": {"name": "letters check", "version": version, "rules": list(map(_rule, codes))}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str) -> Mapping[str, Any]:
    rule = CHECK_RULES[code]
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.why}"},
        "help": {"text": rule.why},
    }


def _result(found: Finding, rule: int) -> Mapping[str, Any]:
    uri = urllib.parse.quote(found.file.replace("\\", "/"))
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if found.line:
        physical["region"] = {"startLine": found.line}
    location: dict[str, Any] = {"physicalLocation": physical} if uri else {}
    if found.where:
        location["logicalLocations"] = [{"name": short(found.where, 120), "fullyQualifiedName": found.where}]
    extra = {"paragraph": found.paragraph, "heading": found.heading, "words": found.words, "tag": found.tag}
    properties = {name: value for name, value in extra.items() if value}
    return {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity,
        "message": {"text": f"{found.told[1]} {found.hint}".strip()},
        "partialFingerprints": {"letters/v1": fingerprint(found)},
        **({"locations": [location]} if location else {}),
        **({"properties": properties | {"kinds": list(found.kinds)}} if properties or found.kinds else {}),
    }


def as_github(findings: Iterable[Finding]) -> str:
    """A workflow command for each finding: GitHub shows it at its line, or at the file if it is a Word file."""
    return "\n".join(map(_command, findings))


def _command(found: Finding) -> str:
    level = "error" if found.severity == "error" else "notice"
    about = {"file": found.file, "line": str(found.line or ""), "title": f"letters check: {found.code}"}
    properties = ",".join(f"{name}={_in_property(value)}" for name, value in about.items() if value)
    return f"::{level} {properties}::{_in_message(_told(found))}"


def _told(found: Finding) -> str:
    """Place, message and hint, for services that show only one text."""
    where, sentence = found.told
    place = f"{where}: " if where and where != f"line {found.line}" else ""
    return f"{place}{sentence} {found.hint}".strip()


def _in_message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _in_property(text: str) -> str:
    return _in_message(text).replace(":", "%3A").replace(",", "%2C")


def as_gitlab(findings: Iterable[Finding]) -> str:
    """A GitLab Code Quality report."""
    seen: Counter[str] = Counter()
    return json.dumps([_issue(found, seen) for found in findings], ensure_ascii=False, indent=2)


def _issue(found: Finding, seen: Counter[str]) -> Mapping[str, Any]:
    name = fingerprint(found)
    seen[name] += 1
    return {
        "description": _told(found),
        "check_name": found.code,
        "fingerprint": name if seen[name] == 1 else f"{name}-{seen[name]}",
        "severity": "major" if found.severity == "error" else "info",
        "location": {"path": found.file or ".", "lines": {"begin": found.line or 1}},
    }


def as_markdown(findings: Sequence[Finding], files: int) -> str:
    """A page with a table for each file, such as for a comment on a change.

    Args:
        files: how many were checked.
    """
    lines = ["## letters check", "", summary(findings, files)]
    for file, each in groupby(findings, key=lambda found: found.file):
        lines += ["", f"### {_in_cell(file or 'the library')}", "", "| | Where | What | What to do | Rule |"]
        lines += ["|---|---|---|---|---|", *(_row(found) for found in each)]
    return "\n".join(lines)


def _row(found: Finding) -> str:
    cells: Iterator[str] = map(_in_cell, (found.severity, *found.told, found.hint, found.code))
    return f"| {' | '.join(cells)} |"


def _in_cell(text: str) -> str:
    return _SPECIAL_IN_MARKDOWN.sub(r"\\\1", " ".join(text.split()))
