"""Keys in a list: filtering it, choosing by number, and nothing chosen until counsel has chosen it."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any, cast

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import Window
from questionary.prompts.common import InquirerControl

from letters._system.stopwatch import seconds

# Enter chooses nothing for this many seconds after a paste.
_AFTER_PASTE = 0.06


def list_in(application: Application[Any]) -> tuple[Window, InquirerControl]:
    """The list of a question, and the window it is in."""
    found = (each for each in application.layout.find_all_windows() if isinstance(each.content, InquirerControl))
    window = next(found)
    return window, cast(InquirerControl, window.content)


def has_list(application: Application[Any]) -> bool:
    return any(isinstance(each.content, InquirerControl) for each in application.layout.find_all_windows())


def show_nothing_chosen(application: Application[Any]) -> None:
    """Highlight no line, so that Enter chooses nothing yet."""
    list_in(application)[1].pointed_at = -1


def filter_of(control: InquirerControl, text: str) -> None:
    """Show only the lines that contain the text, or whose details do; highlight one that contains it itself."""
    control.search_filter = text.lstrip() or None
    found = control.filtered_choices
    control.pointed_at = 0
    if control.search_filter:
        words = control.search_filter.lower()
        own = [number for number, line in enumerate(found) if words in " ".join(str(line.title).split()).lower()]
        control.pointed_at = own[0] if own else 0 if control.found_in_search else -1


def matches_nothing(application: Application[Any]) -> bool:
    """Whether a list has been filtered until nothing is left."""
    if not has_list(application):
        return False
    control = list_in(application)[1]
    return bool(control.search_filter) and not control.found_in_search


def add_list_keys(*, several: bool, numbered: bool, is_paste: Callable[[], bool]) -> KeyBindings:
    """The keys of a list, besides the arrow keys.

    Args:
        several: several lines can be chosen: Space selects, and Enter does while the list is filtered.
        numbered: the lines have numbers to press: for one line it moves there, for several it selects that line.
        is_paste: whether more keys follow at once.
    """
    keys = KeyBindings()
    pasted_at = -1.0
    filtered = Condition(lambda: bool(control().search_filter))

    def control() -> InquirerControl:
        return list_in(get_app())[1]

    def toggle() -> None:
        chosen, value = control().selected_options, control().get_pointed_at().value
        (chosen.remove if value in chosen else chosen.append)(value)

    def show_all() -> None:
        """Show every line again; the highlighted one stays highlighted."""
        found = control()
        if found.search_filter and found.found_in_search:
            found.pointed_at = found.choices.index(found.get_pointed_at())
        elif found.search_filter:
            found.pointed_at = 0 if several else -1
        found.search_filter = None

    def chooses_nothing() -> bool:
        nonlocal pasted_at
        if is_paste() or seconds() - pasted_at < _AFTER_PASTE:
            pasted_at = seconds()
            return True
        return (control().pointed_at < 0 and not several) or matches_nothing(get_app())

    def narrow(event: KeyPressEvent) -> None:
        if event.data.isprintable():
            filter_of(control(), (control().search_filter or "") + event.data)

    for character in (*string.ascii_letters, *string.digits, *string.punctuation.replace("?", "")):
        keys.add(character, eager=True)(narrow)
    keys.add(Keys.Any)(narrow)  # not eager: it would also take what the terminal itself reports

    @keys.add(" ", eager=True)
    def _(event: KeyPressEvent) -> None:
        if several and not control().search_filter:
            toggle()
        else:
            filter_of(control(), (control().search_filter or "") + " ")

    @keys.add(Keys.BracketedPaste, eager=True)
    def _(event: KeyPressEvent) -> None:
        filter_of(control(), " ".join(((control().search_filter or "") + event.data).split()))

    @keys.add("backspace", eager=True)
    def _(event: KeyPressEvent) -> None:
        if control().search_filter:
            filter_of(control(), (control().search_filter or "")[:-1])

    @keys.add("escape", eager=True)
    def _(event: KeyPressEvent) -> None:
        show_all()

    @keys.add("up", eager=True, filter=Condition(lambda: control().pointed_at < 0))
    def _(event: KeyPressEvent) -> None:
        control().pointed_at = len(control().choices) - 1

    def choose_number(event: KeyPressEvent) -> None:
        found = control()
        if found.search_filter:
            filter_of(found, found.search_filter + event.data)
        elif int(event.data) <= len(found.choices):
            found.pointed_at = int(event.data) - 1
            if several:
                toggle()

    for number in "123456789" if numbered else "":
        keys.add(number, eager=True)(choose_number)

    def select_filtered(event: KeyPressEvent) -> None:
        if not matches_nothing(get_app()):
            toggle()
            show_all()

    if several:
        keys.add("enter", eager=True, filter=filtered)(select_filtered)

    @keys.add("enter", eager=True, filter=Condition(chooses_nothing))
    def _(event: KeyPressEvent) -> None:
        """Choose nothing."""

    return keys
