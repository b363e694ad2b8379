"""Whether the inside address of a printed letter stands in the window of a #10 envelope.

The window is 4 1/2 by 1 1/8 inches, 7/8 inch from the left edge of the envelope and 1/2 inch from its bottom; the
envelope is 9 1/2 by 4 1/8 inches. A letter of 8 1/2 by 11 inches, folded in three, rests on the bottom of the envelope
and may slide sideways by an inch. What stands between the lines given here is seen wherever it slides.
"""

from __future__ import annotations

from letters.errors import Problem
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.letter import Letter
from letters.model.values import Delivery
from letters.pdf.pdf_file import pdf_words
from letters.pdf.text_positions import PlacedText

_INCH = 72.0
_PAGE_HEIGHT = 11 * _INCH
_SINKS = (4.125 - 11 / 3) * _INCH  # how far the top of the folded letter is below the top of the envelope
_TOP = (4.125 - 0.5 - 1.125) * _INCH - _SINKS  # of the window, from the top of the page
_BOTTOM = (4.125 - 0.5) * _INCH - _SINKS
_LEFT, _RIGHT = 0.875 * _INCH, (0.875 + 4.5 - 1.0) * _INCH


def window_problem(pdf: bytes, letter: Letter, name: str) -> Problem | None:
    """What is wrong with the place of the inside address; None if it stands in the window, or there is none.

    Args:
        pdf: the printed letter.
        name: of the template, for the message.
    """
    words = _address_of(letter)
    upper = _PAGE_HEIGHT / 2
    lines = [each for each in pdf_words(pdf, positions=True).placed[0] if _shown(each) in words and each.y > upper]
    if not lines:
        return None
    top = _PAGE_HEIGHT - max(each.y + each.size for each in lines)
    bottom = _PAGE_HEIGHT - min(each.y for each in lines)
    left, right = min(each.x for each in lines), max(each.x + each.width for each in lines)
    wrong = [
        *([f"begins {_inches(top)} below the top of the page, above the window"] if top < _TOP else []),
        *([f"ends {_inches(bottom)} below the top of the page, below the window"] if bottom > _BOTTOM else []),
        *([f"begins {_inches(left)} from the left edge, left of the window"] if left < _LEFT else []),
        *([f"ends {_inches(right)} from the left edge, right of the window"] if right > _RIGHT else []),
    ]
    if not wrong:
        return None
    return Problem(
        f"The inside address does not stand in the window of a #10 envelope: it {'; it '.join(wrong)}.",
        name,
        f"Move it between {_inches(_TOP)} and {_inches(_BOTTOM)} from the top, and between {_inches(_LEFT)} and "
        f"{_inches(_RIGHT)} from the left; or take window_envelope out of office.toml.",
        "window",
    )


def _address_of(letter: Letter) -> frozenset[str]:
    """The lines of the inside address; none if the letter does not go by mail."""
    if not {Delivery.MAIL, Delivery.CERTIFIED_MAIL} & set(letter.delivery):
        return frozenset()
    if isinstance(letter, LetterWithoutRequest):
        to = letter.recipient
        lines = [to.name, to.organization, *(to.address or "").splitlines()]
    else:
        who = letter.request.requester
        lines = [who.name, who.title, who.office, who.agency, *(who.address or "").splitlines()]
    return frozenset(line.strip() for line in lines if line)


def _shown(text: PlacedText) -> str:
    return "".join(glyph for glyph, _, _ in text.glyphs()).strip()


def _inches(points: float) -> str:
    return f"{points / _INCH:.2f} inches"
