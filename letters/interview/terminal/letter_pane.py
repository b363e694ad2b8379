"""The letter on the screen while a question is being answered: one sentence below the question, or all of it beside."""

from __future__ import annotations

import textwrap
from typing import Any

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.filters import is_done
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, VSplit, Window

from letters.interview.live_letter import LiveLetter
from letters.interview.terminal.frontend import Prompt
from letters.interview.terminal.list_keys import has_list, list_in

# The lines of a sentence that are shown: the one with the answer, and those next to it.
_SHOWN = 3
# Lines of the letter above the answer.
_ABOVE = 8


def sentence_in(application: Application[Any], prompt: Prompt, width: int) -> StyleAndTextTuples:
    """The sentence that the answer completes, with what has been typed or highlighted; nothing if there is none."""
    if prompt.form == "one" and list_in(application)[1].pointed_at < 0:
        return []  # nothing is highlighted yet
    letter, typed = _now(application, prompt)
    sentence = letter.sentence(typed) if letter else None
    if not sentence or not sentence.answer.strip():
        return []
    before, answer, after = (" ".join(part.split()) for part in sentence)
    before += " " if sentence.before[-1:].isspace() else ""
    after = f" {after}" if sentence.after[:1].isspace() and after else after
    lines = textwrap.wrap(f"{before}{answer}{after}", width - 2, break_on_hyphens=False)
    at = len(textwrap.wrap(f"{before}x", width - 2, break_on_hyphens=False)) - 1
    first = max(0, min(at - 1, len(lines) - _SHOWN))
    kept = lines[first : first + _SHOWN]
    if first:
        kept[0] = f"… {kept[0]}"[:width]
    if first + _SHOWN < len(lines):
        kept[-1] = f"{kept[-1][: width - 4]} …"
    return [("", "".join(f"| {line}\n" for line in kept))]


def beside(application: Application[Any], prompt: Prompt, *, width: int, height: int) -> None:
    """Show the letter to the right of the question until it is answered, from the place of the answer."""

    def text() -> StyleAndTextTuples:
        letter, typed = _now(get_app(), prompt)
        if letter is None:
            return []
        lines, at = letter.lines(typed, width)
        first = max(0, min(at.start - _ABOVE, len(lines) - height))
        shown = enumerate(lines[first : first + height], first)
        return [("class:question" if number in at else "", f"{line}\n") for number, line in shown]

    application.erase_when_done = True
    pane = [
        Window(width=1, char="\u2502", style="class:aside"),
        Window(width=1),
        Window(FormattedTextControl(text), width=width, height=Dimension.exact(height)),
    ]
    question = application.layout.container
    application.layout.container = VSplit(
        [question, *(ConditionalContainer(window, filter=~is_done) for window in pane)]
    )


def _now(application: Application[Any], prompt: Prompt) -> tuple[LiveLetter | None, str]:
    """The letter with what is highlighted, and what is typed."""
    if prompt.live is None:
        return None, ""
    if not has_list(application):
        is_text = prompt.form in ("line", "lines")
        return prompt.live(None), application.current_buffer.text if is_text else ""
    control = list_in(application)[1]
    if prompt.form == "several":
        always = [option.value for option in prompt.options if option.always]
        order = [option.value for option in prompt.options]
        chosen = sorted({*always, *map(str, control.selected_options)}, key=order.index)
        highlighted = str(control.get_pointed_at().value) if control.pointed_at >= 0 else ""
        return prompt.live(chosen, [each for each in chosen if each != highlighted]), ""
    return prompt.live(control.get_pointed_at().value if control.pointed_at >= 0 else None), ""
