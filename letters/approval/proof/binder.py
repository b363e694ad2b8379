"""Binds several PDFs into one."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf


def bound(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """The parts as one PDF, each with its title as a bookmark; untitled parts get none. Same parts, same bytes."""
    whole = pikepdf.new()
    with whole.open_outline() as outline:
        for title, data in parts:
            first = len(whole.pages)
            with pikepdf.open(io.BytesIO(data)) as part:
                whole.pages.extend(part.pages)
            if title:
                outline.root.append(pikepdf.OutlineItem(title, first))
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()
