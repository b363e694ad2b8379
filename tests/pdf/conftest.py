"""What the tests of both PDF writers share."""

from __future__ import annotations

import pytest
from helpers import pages


@pytest.fixture(params=["composed", "by HTML"])
def writer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test once with each writer, which `pages.printed` then uses."""
    monkeypatch.setattr(pages, "page", pages.PAGE if request.param == "composed" else pages.OWN_PAGE)
    return str(request.param)
