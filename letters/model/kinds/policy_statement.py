"""The policy statement: the office's policy in writing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from letters.model.letter import StatusSentence


class PolicyStatement(StatusSentence):
    """States the office's policy in writing to a lawyer who asks for it."""

    needs_legal_basis = True

    kind: Literal["policy-statement"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["policy-statement"]
    )
