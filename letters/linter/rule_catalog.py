"""Every rule that a finding can be about: its id, what it finds, why that matters, and what to do."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import tomli
from msgspec import Struct

from letters.errors import Problem, Usage


class CheckRule(Struct, frozen=True):
    """One rule of `letters check`.

    Args:
        id: short and stable, for scripts, baselines and `templates/check.toml`.
        title: what it finds.
        why: why that matters, and what to do.
    """

    id: str
    title: str
    why: str


_BY_FILE = {
    "legal_basis": "law",
    "office": "office",
    "rules": "rules",
    "kind": "kind",
    "check": "acceptance",
    **dict.fromkeys(("conditions", "objections", "showing", "reasons", "phrases", "contradictions"), "wording"),
}


def _read() -> dict[str, CheckRule]:
    data = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: CheckRule(name, texts["title"], texts["why"]) for name, texts in data.items()}


CHECK_RULES = _read()
"""Every rule by its id."""


def rule_id(code: str, file: str) -> str:
    """The rule that a finding is about.

    Args:
        code: of the problem; a code that is no rule falls under the rule for its file.
        file: that it is in.
    """
    if code in CHECK_RULES:
        return code
    folder, _, name = file.rpartition("/")
    stem = name.split(".")[0]
    if name.endswith((".docx", ".dotx", ".docm")):
        return "pdf" if code else "template"
    if "enclosures" in folder or name.endswith((".pdf", ".html", ".css")):
        return "form"
    if folder.endswith("prompts"):
        return "prompts"
    if stem.startswith("sample"):
        return "answers"
    return _BY_FILE.get(stem, "library")


def explained(rule: str) -> CheckRule:
    """The rule with this id. Raises Usage if there is none."""
    if rule not in CHECK_RULES:
        near = get_close_matches(rule, CHECK_RULES, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`letters check --explain` lists the rules."
        raise Usage(Problem(f"There is no rule called “{rule}”.", hint=hint))
    return CHECK_RULES[rule]
