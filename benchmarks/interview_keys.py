"""How many questions counsel answers for a letter, and how many keys that takes.

Runs the interview through a front end that answers as an answers file does, and counts what counsel would press in a
terminal: each character typed, each number or arrow key, Space, Tab, and Enter. Every text is typed in full, unless
it is offered in the line (one Enter) or among the suggestions (Tab, after a few letters, and Enter); dates are typed as
8/2, and Tab adds the year. Nothing is known from earlier letters, and nothing is written. The second number is for
counsel who pastes what the letter takes over from the request word for word: the quotation, the explanation, and the
justification.

The letters counted first are those in benchmarks/letters_counted: an everyday denial and an everyday approval, as the
first letter an office ever writes. The samples of the library, which answer almost every question there is, come next.

    python benchmarks/interview_keys.py                       the everyday letters, then their samples
    python benchmarks/interview_keys.py subpoena-response     the samples of the kinds named
    python benchmarks/interview_keys.py --each denial         every question with its keys
"""

from __future__ import annotations

import argparse
import calendar
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from letters.assembly.assembler import Assembler
from letters.interview import navigation
from letters.interview.beginnings import inserted
from letters.interview.completion import letter_of
from letters.interview.interview import start
from letters.interview.options import options_for
from letters.interview.state import InterviewState
from letters.interview.suggestions import matching
from letters.interview.terminal.frontend import Prompt, Reply
from letters.interview.terminal.runner import InterviewRunner
from letters.interview.text_input import as_typed
from letters.library.library import Library
from letters.model.fields import get

# A list longer than this has no numbers to press; see letters/interview/terminal/keyboard.py.
_NUMBERED = 9
# The suggestions on the screen.
_SUGGESTED = 3
# What a letter prints as the requester wrote it.
_WORD_FOR_WORD = ("request.quoted", "request.explanation", "request.justification")


@dataclass
class Counsel:
    """A front end that answers as a sample does.

    Args:
        wanted: the sample's answers.
        counted: for each question answered, its text and the keys pressed.
        saved_by_pasting: the keys that pasting what the requester wrote would save.
    """

    wanted: Mapping[str, Any]
    state: InterviewState | None = None
    counted: list[tuple[str, int]] = field(default_factory=list)
    saved_by_pasting: int = 0

    def say(self, text: str, style: str = "") -> None:
        """Counsel reads; that takes no keys."""

    def show(self, text: str) -> None:
        """The same."""

    def ask(self, prompt: Prompt) -> Reply:
        """Answer, and count the keys."""
        value = self._answer(prompt)
        if [text for text, _ in self.counted[-5:]] == [prompt.text] * 5:
            raise SystemExit(f"The answer to “{prompt.text}” is refused: {value}")
        self.counted.append((prompt.text, _keys(prompt, value)))
        question = navigation.current_step(self.state).question if self.state else None
        if question and question.field.name in _WORD_FOR_WORD and value:
            self.saved_by_pasting += len(str(value)) - 1
        return Reply(value)

    def _answer(self, prompt: Prompt) -> Any:
        assert self.state is not None
        step = navigation.current_step(self.state)
        if step.what == "review":
            return "write"
        if step.what == "kind":
            return self.wanted["kind"]
        if step.what == "seldom":
            return [option.value for option in prompt.options if get(self.wanted, option.value)]
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
            if sum(found := [_found(prompt, number) for number in changed]) < max(changed, default=0) + len(changed):
                return sum(found) + 1
            return len(changed) + (max(changed) if changed else 0) + 1
    if str(value) == str(prompt.current or ""):
        return 1 if prompt.form == "line" or not value else 2
    return sum(_typed(line, prompt) for line in str(value).splitlines()) + (1 if prompt.form == "lines" else 0)


def _found(prompt: Prompt, number: int) -> int:
    """The keys that tick one line of a list by filtering it: three letters or more of a word, and Enter."""
    lines = [option.line.lower() for option in prompt.options if not option.always]
    words = re.findall(r"\w{3,}", lines[number])
    lengths = [length for word in words for length in range(3, len(word) + 1) if _first(lines, word[:length]) == number]
    return min(lengths, default=len(lines[number])) + 1


def _first(lines: Sequence[str], text: str) -> int:
    return next(number for number, line in enumerate(lines) if text in line)


def _typed(line: str, prompt: Prompt) -> int:
    """The keys that give one line, with Enter: typed in full, or completed with Tab.

    A suggestion is found by three letters of it or more, or without any if it is among those on the screen.
    """
    keys = [len(line) + 1]
    if day := re.fullmatch(r"([A-Z][a-z]+) (\d+), (\d{4})", line):
        short = f"{list(calendar.month_name).index(day[1])}/{day[2]}" if day[1] in calendar.month_name else line
        meant = list(prompt.meant(short))
        keys += [len(short) + meant.index(line) + 2] if line in meant else [len(f"{short}/{day[3]}") + 1]
    starts = [match.start() for match in re.finditer(r"\b\w", line)]
    typed = ["", *(line[start : start + length] for start in starts for length in range(3, len(line) - start))]
    for text in typed if prompt.suggestions else ():
        for tabs, each in enumerate(list(matching(text, prompt.suggestions))[:_SUGGESTED], 1):
            if line.startswith(inserted(each)):
                keys.append(len(text) + tabs + len(line) - len(inserted(each)) + 1)
    return min(keys)


def count(assembler: Assembler, wanted: Mapping[str, Any]) -> Counsel:
    """Counsel after answering each question that the interview asks on the letter's date."""
    day = wanted.get("date")
    today = day if isinstance(day, date) else date.today()
    counsel = Counsel(wanted)
    counsel.state = start(assembler.library, assembler.rulebook, {}, today, advice=assembler.advice)
    InterviewRunner(counsel, counsel.state, lambda: None, lambda last: "").run()
    letter_of(counsel.state)  # the answers make a letter
    return counsel


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the number of questions and keys for each kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--each", action="store_true", help="print every question with its keys")
    given = parser.parse_args(arguments)
    library = Library(Path(__file__).parents[1])
    assembler = Assembler(library)
    everyday = [] if given.kinds else sorted(Path(__file__).with_name("letters_counted").glob("*.toml"))
    samples = [library.templates / kind / "sample.toml" for kind in given.kinds or ("denial", "conditional-approval")]
    for file in (*everyday, *samples):
        counsel = count(assembler, tomllib.loads(file.read_text(encoding="utf-8")))
        for text, keys in counsel.counted if given.each else ():
            print(f"{keys:5}  {text}")
        what = f"everyday {file.stem}" if file in everyday else f"sample of {file.parent.name}"
        keys = sum(number for _, number in counsel.counted)
        print(f"{what}: {len(counsel.counted)} questions, {keys} keys ({keys - counsel.saved_by_pasting} with pasting)")


if __name__ == "__main__":
    main()
