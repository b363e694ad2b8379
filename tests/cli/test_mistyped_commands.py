"""What somebody who mistyped a command is told: the usage of that command, and what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("typed", "usage", "told"),
    [
        ("pdf --bogus x.docx", "letters pdf [-h]", "There is no option “--bogus” here."),
        ("batch a.csv --kidn denial", "letters batch [-h]", "There is no option “--kidn” here. Did you mean --kind?"),
        ("fill -out x a.toml", "letters fill [-h]", "There is no option “-out” here. Did you mean --out?"),
        ("fill --outt=x a.toml", "letters fill [-h]", "There is no option “--outt” here. Did you mean --out?"),
        ("register create --nxt 7", "letters register create [-h]", "no option “--nxt” here. Did you mean --next?"),
        ("register --nxt 7 create", "letters register [-h]", "The options of a command are written after its name."),
        ("--library x kinds", "letters [-h]", "no option “--library” here. The options of a command are written after"),
        ("kinds denial", "letters kinds [-h]", "“denial” is more than the command takes."),
        ("batc rows.csv", "letters [-h]", "There is no command “batc”. Did you mean batch?"),
        ("help", "letters [-h]", "There is no command “help”. To list all: letters --help"),
        ("register craete", "letters register [-h]", "There is no action “craete”. Did you mean create?"),
        ("check --format jsn", "letters check [-h]", "argument --format: “jsn” is not known. Did you mean json?"),
        ("check --format pdf", "letters check [-h]", "“pdf” is not known. Write one of: text, json, sarif, github,"),
    ],
)
def test_a_mistyped_command_names_the_word_and_what_was_meant(letters: Any, typed: str, usage: str, told: str) -> None:
    done = letters(*typed.split())
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"usage: {usage}")
    assert told in done.stderr.splitlines()[-1]


def test_an_option_that_is_unknown_is_told_before_what_is_missing(letters: Any) -> None:
    assert letters("fill", "a.toml").stderr.endswith("the following arguments are required: --out\n")
    assert "required" not in letters("fill", "a.toml", "--outt", "x").stderr


def test_what_begins_with_a_hyphen_and_is_no_option_is_left_alone(letters: Any) -> None:
    assert "--x.docx cannot be read" in letters("pdf", "--", "--x.docx").stderr
    assert letters("kinds", "--lib", "/nowhere").stderr.startswith("letters: ")  # options may still be shortened
