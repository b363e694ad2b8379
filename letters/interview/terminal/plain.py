"""The interview line by line, with words for keys: for screen readers, for the plainest terminal, and over a pipe.

Nothing is drawn and nothing moves. Each question is printed once with what may be answered, and a line is read.
Behind a pipe may be a person or a script: it answers the questions in their order, a line each.
"""

from __future__ import annotations

import re
import select
import textwrap
from collections.abc import Iterator, Sequence
from typing import TextIO

from letters.interview.interview import Option
from letters.interview.terminal.face import Ask, Move, Reply

_WORDS = {move.value: move for move in Move}
# The words that are shown with every question, in this order.
_SHOWN = (Move.BACK, Move.FORWARD, Move.SKIP, Move.LETTER, Move.REVIEW, Move.QUIT)
_NONE = "none"
_BURST = 0.05
_HOW = (
    "Each answer is a line. The words in square brackets may be typed instead of one; “help” tells more about a "
    'question and gives an example. Such a word in quotation marks ("back") is an answer.'
)


class Plain:
    """Asks by printing lines and reading lines.

    Args:
        source, sink: where answers come from, and questions go to.
        width: of a line; 0 does not wrap.
    """

    def __init__(self, source: TextIO, sink: TextIO, *, width: int = 78) -> None:
        self._source, self._sink, self._width = source, sink, width
        self._is_terminal = source.isatty()
        self._told = False

    def say(self, text: str, style: str = "") -> None:
        """A paragraph; headings and warnings are told by their words alone."""
        self._tell_how()
        for line in text.split("\n"):
            indent = line[: len(line) - len(line.lstrip())]
            lines = textwrap.wrap(line, self._width, subsequent_indent=indent, break_on_hyphens=False)
            print_lines(self._sink, (lines or [""]) if self._width else [line])

    def show(self, text: str) -> None:
        """A long text, as it is: here nothing is paged."""
        print_lines(self._sink, text.splitlines())

    def ask(self, ask: Ask) -> Reply:
        """Ask one thing. Raises EOFError where the lines end."""
        self._tell_how()
        self._put(ask)
        while True:
            lines = self._read(ask)
            try:
                if len(lines) != 1 or not self._is_word(lines[0]):
                    return self._answer(ask, lines)
                word, *number = lines[0].lower().split()
                if number:
                    self._detail(ask, number[0])
                elif _WORDS[word] in ask.moves:
                    return Reply(None, _WORDS[word])
                else:
                    self.say("That cannot be done here.")
            except ValueError as error:
                self.say(str(error))

    def _tell_how(self) -> None:
        """Once, before anything else."""
        if not self._told:
            self._told = True
            self.say(_HOW)

    # --- asking ---

    def _put(self, ask: Ask) -> None:
        self.say("")
        if ask.place:
            self.say(f"{ask.place}.")
        self.say(ask.text + (f" ({ask.note})" if ask.note else ""))
        for number, choice in enumerate(ask.choices, 1):
            mark = f"({choice.mark}) " if choice.mark else ""
            always = " (always)" if choice.always else ""
            self.say(f"  {number}. {mark}{choice.line}{always}")
        self.say(" ".join(self._how(ask)))

    def _how(self, ask: Ask) -> Iterator[str]:
        if ask.form == "one":
            yield "Answer with a number, or with words of the line."
        elif ask.form == "several":
            yield f"Answer with numbers, parted by commas, or “{_NONE}”."
        elif ask.form == "yes-no":
            yield "Answer yes or no."
        if any(choice.detail for choice in ask.choices):
            yield "“help 2” tells more about number 2."
        if standing := self._standing(ask):
            yield f"Enter for: {standing}."
        words = [move.value for move in _SHOWN if move in ask.moves]
        yield f"[help, {', '.join(words)}]" if words else "[help]"

    def _standing(self, ask: Ask) -> str:
        """What Enter alone answers, in words."""
        if ask.form == "yes-no":
            return "yes" if ask.standing else "no"
        if ask.form in ("one", "several"):
            picked = ask.standing if isinstance(ask.standing, list | tuple) else [ask.standing]
            numbers = [str(place) for place, choice in enumerate(ask.choices, 1) if choice.value in picked]
            return ", ".join(numbers) or (_NONE if ask.form == "several" else "")
        return " / ".join(str(ask.standing or "").splitlines())

    # --- reading ---

    def _read(self, ask: Ask) -> list[str]:
        """The lines of an answer: one, or for a text of several lines those up to an empty one."""
        self._drain()
        lines = [self._line()]
        if ask.form == "lines":
            while lines[-1].strip() and not (len(lines) == 1 and self._is_word(lines[0])):
                lines.append(self._line())
            return [line for line in lines if line.strip()]
        while self._more():
            lines.append(self._line())
        if len(lines) > 1:  # of a paste; its last line may still wait for its Enter
            self.say("Several lines were pasted. Press Enter once more.")
            lines.append(self._line())
        return [line for line in lines if line.strip()]

    def _line(self) -> str:
        self._sink.write("> ")
        self._sink.flush()
        line = self._source.readline()
        if not line:
            raise EOFError
        if not self._is_terminal:  # behind a pipe nothing shows what was answered
            print_lines(self._sink, [""])
        return line.rstrip("\r\n")

    def _more(self) -> bool:
        """Whether more lines came with the last one; a script's lines wait for their questions."""
        if not self._is_terminal:
            return False
        try:
            return bool(select.select([self._source.fileno()], [], [], _BURST)[0])
        except (OSError, ValueError):
            return False

    def _drain(self) -> None:
        """Throw away what was typed before the question could be read."""
        if not self._is_terminal:
            return
        try:
            import termios

            termios.tcflush(self._source.fileno(), termios.TCIFLUSH)
        except (ImportError, OSError, ValueError):
            return

    @staticmethod
    def _is_word(line: str) -> bool:
        return line.strip().lower() in _WORDS or re.fullmatch(r"help \d+", line.strip().lower()) is not None

    def _detail(self, ask: Ask, number: str) -> None:
        place = int(number) - 1
        if 0 <= place < len(ask.choices):
            choice = ask.choices[place]
            self.say(f"{choice.line}\n{choice.detail or 'There is no more to say about it.'}")
        else:
            self.say(f"There is no number {number} here.")

    # --- understanding ---

    def _answer(self, ask: Ask, lines: Sequence[str]) -> Reply:
        """The answer; raises ValueError with a sentence where it is none."""
        if not lines:
            if ask.form in ("line", "lines"):
                return Reply(str(ask.standing or ""))
            return Reply(self._taken(ask))
        text = "\n".join(self._literal(line) for line in lines)
        match ask.form:
            case "yes-no":
                if text.strip().lower() not in ("y", "yes", "n", "no"):
                    raise ValueError("Answer yes or no.")
                return Reply(text.strip().lower() in ("y", "yes"))
            case "one":
                return Reply(_one(ask.choices, text).value)
            case "several":
                picked = [] if text.strip().lower() == _NONE else _several(ask.choices, text)
                return Reply([choice.value for choice in ask.choices if choice.always or choice in picked])
        return Reply(text)

    @staticmethod
    def _taken(ask: Ask) -> object:
        if ask.form == "yes-no":
            return bool(ask.standing)
        if ask.form == "several":
            standing = ask.standing or ()
            return [choice.value for choice in ask.choices if choice.always or choice.value in standing]
        if ask.standing is None:
            raise ValueError("An answer is needed: a number, or words of the line.")
        return ask.standing

    def _literal(self, line: str) -> str:
        inner = line.strip()[1:-1]
        quoted = len(line.strip()) > 2 and line.strip()[0] in "\"“'" and line.strip()[-1] in "\"”'"
        return inner if quoted and (self._is_word(inner) or inner.lower() == _NONE) else line


def print_lines(sink: TextIO, lines: Sequence[str]) -> None:
    for line in lines:
        sink.write(f"{line}\n")
    sink.flush()


def _one(choices: Sequence[Option], text: str) -> Option:
    words = text.strip().lower()
    if words.rstrip(".").isdigit():
        place = int(words.rstrip(".")) - 1
        if 0 <= place < len(choices):
            return choices[place]
        raise ValueError(f"There is no number {words} here; the numbers go from 1 to {len(choices)}.")
    exact = [choice for choice in choices if words in (choice.line.lower(), choice.value.lower())]
    found = exact or [choice for choice in choices if words in choice.line.lower()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValueError(f"Nothing in the list reads “{text.strip()}”.")
    lines = "\n".join(f"  {place}. {choice.line}" for place, choice in enumerate(choices, 1) if choice in found)
    raise ValueError(f"Several lines read “{text.strip()}”; answer with a number:\n{lines}")


def _several(choices: Sequence[Option], text: str) -> list[Option]:
    parts = text.replace("\n", ",").split(",")
    if re.fullmatch(r"[\d\s,]+", text):
        parts = re.findall(r"\d+", text)
    return [_one(choices, part) for part in parts if part.strip()]
