"""What the tests of both PDF writers share."""

from __future__ import annotations

import pytest
from helpers import pages

from letters.pdf.convert import Writer


@pytest.fixture(params=[None, "html"], ids=["composed", "by HTML"])
def writer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Writer | None:
    """Runs a test once with the writer that Letters chooses, and once by HTML, through `pages.printed`."""
    chosen: Writer | None = request.param
    monkeypatch.setattr(pages, "writer", chosen)
    return chosen
