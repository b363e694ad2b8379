"""How many questions counsel answers for a letter, and how many keys that takes.

Runs the interview for the sample of a kind through a front end that answers as the sample does and counts what counsel
would press in a terminal: each character typed, each number or arrow key, Space, and Enter. An answer offered in the
line costs one Enter. Nothing is written.

    python benchmarks/interview_keys.py                       denial and conditional-approval
    python benchmarks/interview_keys.py subpoena-response     the kinds named
    python benchmarks/interview_keys.py --each denial         every question with its keys
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from letters.assembly.assembler import Assembler
from letters.interview import navigation
from letters.interview.completion import letter_of
from letters.interview.interview import start
from letters.interview.options import options_for
from letters.interview.state import InterviewState
from letters.interview.terminal.frontend import Prompt, Reply
from letters.interview.terminal.runner import InterviewRunner
from letters.interview.text_input import as_typed
from letters.library.library import Library
from letters.model.fields import get

# A list longer than this has no numbers to press; see letters/interview/terminal/keyboard.py.
_NUMBERED = 8


@dataclass
class Counsel:
    """A front end that answers as a sample does.

    Args:
        wanted: the sample's answers.
        counted: for each question answered, its text and the keys pressed.
    """

    wanted: Mapping[str, Any]
    state: InterviewState | None = None
    counted: list[tuple[str, int]] = field(default_factory=list)

    def say(self, text: str, style: str = "") -> None:
        """Counsel reads; that takes no keys."""

    def show(self, text: str) -> None:
        """The same."""

    def ask(self, prompt: Prompt) -> Reply:
        """Answer, and count the keys."""
        value = self._answer(prompt)
        self.counted.append((prompt.text, _keys(prompt, value)))
        return Reply(value)

    def _answer(self, prompt: Prompt) -> Any:
        assert self.state is not None
        step = navigation.current_step(self.state)
        if step.what == "review":
            return "write"
        if step.what == "kind":
            return self.wanted["kind"]
        question = step.question
        assert question is not None
        if step.what == "list":
            given = get(self.state.answers, question.field.name) or []
            return "add" if len(given) < len(get(self.wanted, question.field.name) or []) else "done"
        if step.what == "part":
            assert step.item is not None
            entry = get(self.wanted, question.field.name)[step.number]
            value = entry.get(step.item.field.name)
            return value if prompt.form == "one" else as_typed(step.item, value)
        value = get(self.wanted, question.field.name)
        match prompt.form:
            case "yes-no":
                return bool(prompt.current) if value is None else value
            case "several":
                allowed = {option.value for option in options_for(self.state, question)}
                chosen = prompt.current if value is None else value
                return [each for each in chosen or () if each in allowed]
            case "one":
                return prompt.current if value is None else value
        return as_typed(question, value)


def _keys(prompt: Prompt, value: Any) -> int:
    """The keys that give this answer, with Enter."""
    values = [option.value for option in prompt.options if not option.always]
    numbered = len(values) <= _NUMBERED
    match prompt.form:
        case "yes-no":
            return 1 if bool(prompt.current) == value else 2
        case "one":
            if prompt.current == value or (prompt.current == "" and values[0] == value):
                return 1
            return 2 if numbered else 1 + values.index(value) + 1
        case "several":
            changed = [values.index(each) for each in values if (each in value) != (each in (prompt.current or ()))]
            if numbered:
                return len(changed) + 1
            return len(changed) + (max(changed) if changed else 0) + 1
    if str(value) == str(prompt.current or ""):
        return 1 if prompt.form == "line" or not value else 2
    return len(str(value)) + (2 if prompt.form == "lines" and value else 1)


def count(assembler: Assembler, wanted: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Each question that the interview asks on the letter's date, and the keys for it."""
    day = wanted.get("date")
    today = day if isinstance(day, date) else date.today()
    counsel = Counsel(wanted)
    counsel.state = start(assembler.library, assembler.rulebook, {}, today, advice=assembler.advice)
    InterviewRunner(counsel, counsel.state, lambda: None, lambda last: "").run()
    letter_of(counsel.state)  # the answers make a letter
    return counsel.counted


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the number of questions and keys for each kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("kinds", nargs="*", default=["denial", "conditional-approval"], metavar="KIND")
    parser.add_argument("--each", action="store_true", help="print every question with its keys")
    given = parser.parse_args(arguments)
    library = Library(Path(__file__).parents[1])
    assembler = Assembler(library)
    for kind in given.kinds:
        sample = (library.templates / kind / "sample.toml").read_text(encoding="utf-8")
        counted = count(assembler, tomllib.loads(sample))
        for text, keys in counted if given.each else ():
            print(f"{keys:5}  {text}")
        print(f"{kind}: {len(counted)} questions, {sum(keys for _, keys in counted)} keys")


if __name__ == "__main__":
    main()
