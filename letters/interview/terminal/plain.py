"""The interview line by line, with words instead of keys: for screen readers, basic terminals, and pipes.

Nothing is drawn and nothing moves. Each question is printed once with its possible answers, and a line is read. Over a
pipe, a script can answer the questions in order, one line each.
"""

from __future__ import annotations

import re
import select
import textwrap
from collections.abc import Iterator, Sequence
from typing import TextIO

from letters.interview.beginnings import MORE, inserted
from letters.interview.options import Option
from letters.interview.terminal.frontend import Command, Prompt, Reply

_COMMANDS = {command.value: command for command in Command}
# The commands listed with each question, in this order.
_LISTED = (
    Command.BACK, Command.FORWARD, Command.SKIP, Command.EDIT, Command.LETTER, Command.REVIEW, Command.QUIT,
)  # fmt: skip
_NONE = "none"
# Suggestions shown with a question.
_SUGGESTED = 9
# Pasted lines arrive within this many seconds of each other.
_BURST = 0.05
_INSTRUCTIONS = (
    "Type each answer on one line. Instead of an answer, you can type one of the words in square brackets; “help” "
    'explains the question and gives an example. To use such a word as an answer, put it in quotation marks: "back".'
)


class PlainFrontend:
    """Asks by printing lines and reading lines.

    Args:
        source: where answers come from.
        sink: where questions go.
        width: the longest line, in characters; 0 does not wrap.
    """

    def __init__(self, source: TextIO, sink: TextIO, *, width: int = 78) -> None:
        self._source, self._sink, self._width = source, sink, width
        self._is_terminal = source.isatty()
        self._instructed = False
        self._early: list[str] = []

    def say(self, text: str, style: str = "") -> None:
        """Print a paragraph; every style looks the same."""
        self._instruct()
        for line in text.split("\n"):
            indent = line[: len(line) - len(line.lstrip())]
            lines = textwrap.wrap(line, self._width, subsequent_indent=indent, break_on_hyphens=False)
            print_lines(self._sink, (lines or [""]) if self._width else [line])

    def show(self, text: str) -> None:
        """Print a long text, without a pager."""
        print_lines(self._sink, text.splitlines())

    def ask(self, prompt: Prompt) -> Reply:
        """Ask one thing. Raises EOFError when the input ends."""
        self._instruct()
        self._print(prompt)
        early = self._typed_early()
        while True:
            lines = self._read(prompt) or early
            try:
                if len(lines) != 1 or not _is_command(lines[0]):
                    return _answer(prompt, lines)
                word, *number = lines[0].lower().split()
                if number:
                    self._print_detail(prompt, int(number[0]))
                elif _COMMANDS[word] in prompt.commands:
                    return Reply(None, _COMMANDS[word])
                else:
                    self.say(f"“{word}” is not available here.")
            except ValueError as error:
                self.say(str(error))

    def _instruct(self) -> None:
        """Print the instructions, once, before anything else."""
        if not self._instructed:
            self._instructed = True
            self.say(_INSTRUCTIONS)

    # --- asking ---

    def _print(self, prompt: Prompt) -> None:
        sentence = _sentence(prompt)  # before anything is printed, so that the question appears all at once
        self.say("")
        if prompt.where:
            self.say(f"{prompt.where}.")
        self.say(prompt.text + (f" ({prompt.note})" if prompt.note else ""))
        for number, option in enumerate(prompt.options, 1):
            mark = f"({option.mark}) " if option.mark else ""
            always = " (always included)" if option.always else ""
            self.say(f"  {number}. {mark}{option.line}{always}")
        if sentence:
            self.say(sentence)
        for number, text in enumerate(prompt.suggestions[:_SUGGESTED], 1):
            self.say(f"  ={number} for: {text}")
        self.say(" ".join(_how_to_answer(prompt)))

    def _print_detail(self, prompt: Prompt, number: int) -> None:
        if 1 <= number <= len(prompt.options):
            option = prompt.options[number - 1]
            self.say(f"{option.line}\n{option.detail or 'There is no more information on this.'}")
        else:
            self.say(f"There is no number {number} here.")

    # --- reading ---

    def _read(self, prompt: Prompt) -> list[str]:
        """The lines of an answer: one, or for a text of several lines all those up to an empty one."""
        lines = [self._line()]
        if prompt.form == "lines":
            while lines[-1].strip() and not (len(lines) == 1 and _is_command(lines[0])):
                if prompt.keep:
                    prompt.keep("\n".join(lines))
                lines.append(self._line())
            return [line for line in lines if line.strip()]
        while self._more_waiting():
            lines.append(self._line())
        if len(lines) > 1:  # pasted; the last line may still need its Enter
            self.say("You pasted several lines. Press Enter once more.")
            lines.append(self._line())
        return [line for line in lines if line.strip()]

    def _line(self) -> str:
        self._sink.write("> ")
        self._sink.flush()
        try:
            line = self._source.readline()
        except KeyboardInterrupt:  # the terminal has just echoed ^C
            print_lines(self._sink, [""])
            raise
        if not line:
            raise EOFError
        if not self._is_terminal:  # over a pipe the answer is not echoed
            print_lines(self._sink, [""])
        return line.rstrip("\r\n")

    def _more_waiting(self, seconds: float = _BURST) -> bool:
        """Whether more lines came with the last one; over a pipe, each line waits for its question."""
        if not self._is_terminal:
            return False
        try:
            return bool(select.select([self._source.fileno()], [], [], seconds)[0])
        except (OSError, ValueError):
            return False

    def _typed_early(self) -> list[str]:
        """The next line typed before this question was shown; it answers nothing until counsel accepts it."""
        while self._more_waiting(0) and (line := self._source.readline()):
            self._early.append(line.rstrip("\r\n"))
        self._early = [line for line in self._early if line.strip()]
        if not self._early:
            return []
        line = self._early.pop(0)
        self.say(f"Typed before the question appeared: “{line}”. Press Enter to accept it, or type another answer.")
        return [line]


def print_lines(sink: TextIO, lines: Sequence[str]) -> None:
    """Write the lines and flush."""
    for line in lines:
        sink.write(f"{line}\n")
    sink.flush()


# --- what to answer ---------------------------------------------------------------------------------------------------


def _sentence(prompt: Prompt) -> str:
    """The sentence of the letter that the answer completes, or that yes would add."""
    letter = prompt.live(prompt.current) if prompt.live and prompt.form in ("line", "lines", "yes-no") else None
    sentence = letter.sentence(str(prompt.current or "")) if letter else None
    what = "Yes adds" if prompt.form == "yes-no" else "In the letter"
    return f"{what}: {' '.join(''.join(sentence).split())}" if sentence else ""


def _how_to_answer(prompt: Prompt) -> Iterator[str]:
    if prompt.form == "one":
        yield "Answer with a number, or with words from the line."
    elif prompt.form == "several":
        yield f"Answer with numbers separated by commas, or “{_NONE}”."
    elif prompt.form == "yes-no":
        yield "Answer yes or no."
    if any(option.detail for option in prompt.options):
        yield "“help 2” explains number 2."
    if accepted := _accepted_by_enter(prompt):
        yield f"Press Enter for: {accepted}."
    words = [command.value for command in _LISTED if command in prompt.commands]
    yield f"[help, {', '.join(words)}]" if words else "[help]"


def _accepted_by_enter(prompt: Prompt) -> str:
    """What Enter alone answers, in words."""
    if prompt.form == "yes-no":
        return "yes" if prompt.current else "no"
    if prompt.form in ("one", "several"):
        picked = prompt.current if isinstance(prompt.current, list | tuple) else [prompt.current]
        numbers = [str(number) for number, option in enumerate(prompt.options, 1) if option.value in picked]
        return ", ".join(numbers) or (_NONE if prompt.form == "several" else "")
    return " / ".join(str(prompt.current or "").splitlines())


# --- what was answered ------------------------------------------------------------------------------------------------


def _answer(prompt: Prompt, lines: Sequence[str]) -> Reply:
    """The answer. Raises ValueError with a sentence for counsel if it is not valid."""
    if not lines:
        return Reply(_current(prompt))
    text = "\n".join(_unquoted(_suggested(prompt, line)) for line in lines)
    match prompt.form:
        case "yes-no":
            if text.strip().lower() not in ("y", "yes", "n", "no"):
                raise ValueError("Please answer yes or no.")
            return Reply(text.strip().lower() in ("y", "yes"))
        case "one":
            return Reply(_one(prompt.options, text).value)
        case "several":
            picked = [] if text.strip().lower() == _NONE else _several(prompt.options, text)
            return Reply(prompt.in_order([option.value for option in picked]))
    return Reply(text)


def _suggested(prompt: Prompt, line: str) -> str:
    """The suggestion that a line such as ``=2`` stands for, and what follows it; any other line as it is."""
    found = re.fullmatch(r"=(\d)( .*)?", line.strip()) if prompt.suggestions else None
    number = int(found[1]) if found else 0
    if not found or not 1 <= number <= min(_SUGGESTED, len(prompt.suggestions)):
        return line
    text, more = prompt.suggestions[number - 1], found[2] or ""
    return f"{inserted(text)}{more.strip() if text.endswith(MORE) else more}"


def _current(prompt: Prompt) -> object:
    """What Enter alone answers."""
    match prompt.form:
        case "yes-no":
            return bool(prompt.current)
        case "several":
            current = prompt.current or ()
            return [option.value for option in prompt.options if option.always or option.value in current]
        case "one":
            if prompt.current in (None, ""):
                raise ValueError("Please answer with a number, or with words from the line.")
            return prompt.current
    return str(prompt.current or "")


def _is_command(line: str) -> bool:
    return line.strip().lower() in _COMMANDS or re.fullmatch(r"help \d+", line.strip().lower()) is not None


def _unquoted(line: str) -> str:
    inner = line.strip()[1:-1]
    quoted = len(line.strip()) > 2 and line.strip()[0] in "\"“'" and line.strip()[-1] in "\"”'"
    return inner if quoted and (_is_command(inner) or inner.lower() == _NONE) else line


def _one(options: Sequence[Option], text: str) -> Option:
    words = text.strip().lower()
    if words.rstrip(".").isdigit():
        number = int(words.rstrip("."))
        if 1 <= number <= len(options):
            return options[number - 1]
        raise ValueError(f"There is no number {words} here; the numbers are 1 to {len(options)}.")
    exact = [option for option in options if words in (option.line.lower(), option.value.lower())]
    found = exact or [option for option in options if words in option.line.lower()]
    found = found or [option for option in options if words in option.detail.lower()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValueError(f"No line contains “{text.strip()}”.")
    lines = "\n".join(f"  {number}. {option.line}" for number, option in enumerate(options, 1) if option in found)
    raise ValueError(f"Several lines contain “{text.strip()}”. Please answer with a number:\n{lines}")


def _several(options: Sequence[Option], text: str) -> list[Option]:
    parts = text.replace("\n", ",").split(",")
    if re.fullmatch(r"[\d\s,]+", text):
        parts = re.findall(r"\d+", text)
    return [_one(options, part) for part in parts if part.strip()]
