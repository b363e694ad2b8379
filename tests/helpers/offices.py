"""Libraries as offices have them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from helpers import ROOT, SHIPPED
from letters.approval.approve import Approver, record
from letters.assembly.assembler import Assembler
from letters.library.approval_record_head import RECORD
from letters.library.library import Library
from letters.provenance import seal

COUNSEL = Approver("Morgan Example", "Chief Legal Counsel", "The wording is clearer.", date(2026, 11, 22))


def approved_office(root: Path) -> Path:
    """Copies the shipped library into ``root``, and approves all of it."""
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".vetted", RECORD, seal.NAME))
    record(Assembler(Library(root)), SHIPPED, COUNSEL, key=bytes(range(32)))
    return root


def office_of_one_kind(root: Path, kind: str) -> Path:
    """Copies the shipped library into ``root`` with one kind of letter, and without the forms that go out with it."""
    others = [each.parent.name for each in ROOT.glob("templates/*/kind.toml") if each.parent.name != kind]
    left_out = shutil.ignore_patterns("enclosures", ".vetted", RECORD, *others, *(f"{each}*.toml" for each in others))
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    return root
