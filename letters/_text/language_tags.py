"""What the tag of a language looks like (BCP 47). Not in `languages`, which takes long to import."""

from __future__ import annotations

from letters._text.lazy_pattern import pattern

LANGUAGE_TAG = pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
