"""A window that is made narrower: a terminal that breaks its lines anew then shows the question on more rows than were
drawn, all of which have to be erased before it is drawn again.
"""

from __future__ import annotations

from typing import Any

from prompt_toolkit.application import Application


def erase_rebroken_lines(application: Application[Any]) -> None:
    """Erase a question together with the rows that its lines have been broken into since it was drawn."""
    erase = application.renderer.erase

    def erase_all(leave_alternate_screen: bool = True) -> None:
        if rows := _rows_added(application):
            application.output.cursor_up(rows)
        erase(leave_alternate_screen)

    application.renderer.erase = erase_all  # type: ignore[method-assign]


def _rows_added(application: Application[Any]) -> int:
    """How many more rows there are above the cursor than were drawn, in a window of the present width."""
    screen = application.renderer.last_rendered_screen
    if screen is None:
        return 0
    width = max(1, application.output.get_size().columns)
    cursor = screen.get_cursor_position(application.layout.current_window)
    above = (_length(screen.data_buffer[y]) for y in range(cursor.y))
    return sum(max(0, length - 1) // width for length in above) + cursor.x // width


def _length(row: Any) -> int:
    """How many columns of a row are used."""
    return max((x + max(1, cell.width) for x, cell in row.items() if cell.char != " "), default=0)
