"""A picture as an answer: the path of its file, a bar, and what it shows: ``receipt.png | The signed receipt``."""

from __future__ import annotations

import re

from letters._text.lazy_pattern import pattern

_ANSWER = pattern(r"(?P<file>[^|\n]+\.(?:png|jpe?g))\s*\|\s*(?P<shows>[^|\n]*\w[^|\n]*)", re.I)
HOW = "Write the path of a .png or .jpg file, a bar, and what it shows: receipt.png | The signed receipt"


class PictureAnswer(str):
    """An answer that is a picture, so that it must not be printed as it was typed."""


def picture_parts(answer: str) -> tuple[str, str]:
    """The path of the file, and what it shows in words for those who cannot see it.

    Raises:
        ValueError: the answer is not of this form; the message completes a sentence.
    """
    found = _ANSWER.fullmatch(answer.strip())
    if found is None:
        raise ValueError(f"is not a picture with words for what it shows. {HOW}")
    return found["file"].strip(), found["shows"].strip()
