"""The answer to a subpoena, a summons, an order or a warrant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from letters.dates import long_date
from letters.errors import Problem
from letters.holdings import Rulebook
from letters.model import StatusSentence
from letters.rules import broken, not_a_fragment, repeated, unknown
from letters.values import AGENCY_PROCESS, JUDICIAL_PROCESS, Access, Day, Decision, Process, Text

# What may be done about each: 20 C.F.R. § 603.7(a) for a litigant's subpoena; 11.3.100.106(C) NMAC for the rest.
_DECISION: Mapping[Process, Decision] = {
    Process.LITIGANT_SUBPOENA: Decision.MOTION_TO_QUASH,
    **dict.fromkeys(AGENCY_PROCESS, Decision.OBJECTION),
    **dict.fromkeys(JUDICIAL_PROCESS, Decision.COMPLIANCE),
}
# The law each answer cannot do without.
_RESTS_ON: Mapping[Process, tuple[str, ...]] = {
    Process.LITIGANT_SUBPOENA: ("cfr-603-7-a",),
    Process.ADMINISTRATIVE_SUBPOENA: ("cfr-603-7-b-2", "nmac-106-c"),
    Process.CUSTOMS_SUMMONS: ("tariff-act-509", "nmac-106-c"),
    **dict.fromkeys(JUDICIAL_PROCESS, ("nmac-106-c",)),
}


class SubpoenaResponse(StatusSentence):
    """Answers compulsory process, each kind on its own terms.

    A litigant's subpoena is met with a motion to quash; an agency's subpoena or summons with objections, because the
    State rule does not list it; a court order, a warrant or a grand jury subpoena is complied with, within its terms.
    """

    needs_legal_basis = True

    kind: Literal["subpoena-response"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["subpoena-response"]
    )
    decision: Decision = Field(
        title="Decision",
        description="What the Department does: motion-to-quash (litigant's subpoena), objection (agency's subpoena or "
        "summons), compliance (court order, warrant, grand jury subpoena).",
        examples=["objection"],
    )
    objections: list[str] = Field(
        default=[],
        title="Objections",
        description="Short names of the objections made, from objections.toml.",
        json_schema_extra={"library": "objections"},
        examples=[["state-rule", "scope"]],
    )
    reasons: Text | None = Field(
        default=None,
        title="Further reasons",
        description="What counsel adds about this paper; whole sentences, printed in the letter.",
        examples=["The subpoena names an employer and no person, and asks for the records of everyone it employs."],
    )
    motion_filed: Day | None = Field(
        default=None,
        title="Day the motion was filed",
        description="Day the motion to quash was filed; left out, the letter says that it will be.",
        examples=["2019-08-28"],
    )
    produces: Text | None = Field(
        default=None,
        title="What is produced",
        description="For compliance; completes “Within the terms of …, the Department produces …”.",
        examples=["the quarterly wage records of the person named in it"],
    )
    asks_protection: bool = Field(
        default=True,
        title="Protective terms",
        description="For compliance: whether to ask that the records be kept from further disclosure, and for costs.",
        examples=[True],
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        request = self.request
        if not request:
            return
        if request.process is Process.NONE:
            yield broken(
                "request.process",
                "is “none”: this letter answers a subpoena, a summons, an order or a warrant.",
                "Say which was served, or choose another kind of letter.",
            )
        elif request.process:
            yield from self._decision_problems(request.process, rulebook)
            yield from self._paper_problems(request.process)
        if request.access is Access.POLICY:
            yield broken(
                "request.access",
                "is “policy-inquiry”: process demands records, not a policy.",
                "Correct the access sought.",
            )
        yield from self._objection_problems(rulebook)
        yield from not_a_fragment("produces", self.produces)

    def _decision_problems(self, process: Process, rulebook: Rulebook) -> Iterator[Problem]:
        wanted = _DECISION[process]
        if self.decision and self.decision is not wanted:
            yield broken(
                "decision",
                f"is “{self.decision}”, which does not answer “{process}”.",
                f"Write {wanted}; if the facts call for something else, counsel must draft the letter.",
            )
        for name in _RESTS_ON[process]:
            if self.legal_basis and name in rulebook.bases and name not in self.legal_basis:
                yield broken(
                    "legal_basis",
                    f"does not cite {rulebook.bases[name].citation}, on which an answer to “{process}” rests.",
                    f"Add {name}.",
                )
        if wanted is Decision.OBJECTION and self.objections is not None and not self.objections:
            yield broken(
                "objections", "is missing: the letter must say what is objected to.", "Choose at least one.", "missing"
            )
        if wanted is Decision.COMPLIANCE and not self.produces:
            yield broken("produces", "is missing: the letter must say what is produced.", "Write it.", "missing")
        if self.motion_filed and wanted is not Decision.MOTION_TO_QUASH:
            yield broken("motion_filed", "is given, yet no motion answers this process.", "Take it out.")
        if self.motion_filed and self.date and self.motion_filed > self.date:
            yield broken(
                "motion_filed",
                f"is {long_date(self.motion_filed)}, after the letter's date.",
                "Correct one of the two.",
            )

    def _paper_problems(self, process: Process) -> Iterator[Problem]:
        paper = self.request.paper
        wanted = ["issued_by", "served", "served_how"]
        if process is Process.LITIGANT_SUBPOENA:
            wanted.append("court")
        if process in AGENCY_PROCESS or process is Process.LITIGANT_SUBPOENA:
            wanted.append("return_date")
        for name in wanted:
            if not getattr(paper, name):
                yield broken(
                    f"request.paper.{name}",
                    "is missing: the letter must identify the paper it answers.",
                    "Copy it from the paper.",
                    "missing",
                )
        if process in (Process.COURT_ORDER, Process.SEARCH_WARRANT) and not paper.signed_by_judge:
            yield broken(
                "request.paper.signed_by_judge",
                f"is “no”: a paper that no judge signed is not a {process.replace('-', ' ')}.",
                "Look at the signature. If an officer of the agency signed it, stop and ask counsel.",
            )

    def _objection_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from repeated("objections", self.objections)
        process = self.request.process
        for number, name in enumerate(self.objections or [], 1):
            objection = rulebook.objections.get(name)
            if objection is None:
                yield unknown(f"objections.{number}", name, rulebook.objections)
            elif process and process not in objection.answers_to:
                yield broken(
                    f"objections.{number}",
                    f"names {objection.subject.lower()}, which is no objection to “{process}”.",
                    f"It answers: {', '.join(objection.answers_to)}.",
                )

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        due = self.request.paper.return_date
        if due and self.date > due:
            yield broken(
                "date",
                f"is after the return date of the paper ({long_date(due)}).",
                "An answer should be sent before it; ask counsel what a late one needs.",
            )
