"""The policy statement: the office's policy in writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.rulebook import Rulebook
from letters.model.rules import broken
from letters.model.values import Access, Process


class PolicyStatement(StatusSentence):
    """States the office's policy in writing to a lawyer who asks for it."""

    needs_legal_basis = True

    kind: Literal["policy-statement"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["policy-statement"]
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if self.request and self.request.access and self.request.access is not Access.POLICY:
            yield broken(
                "request.access",
                f"is “{self.request.access}”: a policy statement answers a question about policy, not a request "
                "for records.",
                "Write policy-inquiry, or choose another kind of letter.",
            )
        if self.request and self.request.process and self.request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{self.request.process}”: compulsory process is answered on its own terms, not by a policy.",
                "Choose subpoena-response as the kind of letter.",
            )
