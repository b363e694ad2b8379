"""Letters: response letters from vetted Word templates, in Word and in PDF."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letters.batches.api import batch as batch

__version__ = "0.2.0"


def __getattr__(name: str) -> object:
    """`letters.batch(...)`, imported when it is first used: see `letters.batches.api`."""
    if name == "batch":
        import importlib

        return importlib.import_module("letters.batches.api").batch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
