"""The answer to a subpoena, summons, order or warrant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment, not_a_sentence, not_after, not_before, repeated, unknown
from letters.model.values import (
    AGENCY_PROCESS,
    JUDICIAL_PROCESS,
    SENTENCES,
    Access,
    AgencyKind,
    Day,
    Decision,
    Nature,
    Power,
    Process,
    Text,
)

# The answer to each: 20 C.F.R. § 603.7(a) for a litigant's subpoena; 11.3.100.106(C) NMAC for the rest.
_DECISION: Mapping[Process, Decision] = {
    Process.LITIGANT_SUBPOENA: Decision.MOTION_TO_QUASH,
    **dict.fromkeys(AGENCY_PROCESS, Decision.OBJECTION),
    **dict.fromkeys(JUDICIAL_PROCESS, Decision.COMPLIANCE),
}
# The law that each answer must cite.
_RESTS_ON: Mapping[Process, tuple[str, ...]] = {
    Process.LITIGANT_SUBPOENA: ("cfr-603-7-a",),
    Process.ADMINISTRATIVE_SUBPOENA: ("cfr-603-7-b-2", "nmac-106-c"),
    Process.CUSTOMS_SUMMONS: ("tariff-act-509", "nmac-106-c"),
    **dict.fromkeys(JUDICIAL_PROCESS, ("nmac-106-c",)),
}

# The powers to demand records by subpoena or summons; each is cited only where the paper relies on it.
_POWER: Mapping[str, tuple[Process, Power | None]] = {
    "ina-235-d-4": (Process.ADMINISTRATIVE_SUBPOENA, Power.IMMIGRATION),
    "ina-274a-e-2": (Process.ADMINISTRATIVE_SUBPOENA, Power.EMPLOYER_SANCTIONS),
    "tariff-act-509": (Process.CUSTOMS_SUMMONS, None),
}


class SubpoenaResponse(StatusSentence):
    """Answers compulsory process, each kind on its own terms.

    A litigant's subpoena is answered with a motion to quash; an agency's subpoena or summons with objections, because
    the State rule does not list it; a court order, warrant or grand jury subpoena with compliance, within its terms.
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
    objections: list[Text] = Field(
        default=[],
        title="Objections",
        description="Short names of the objections made, from objections.toml.",
        json_schema_extra={"library": "objections"},
        examples=[["state-rule", "scope"]],
    )
    reasons: Text | None = Field(
        default=None,
        title="Further reasons",
        description="What counsel adds about this paper; complete sentences, printed in the letter.",
        json_schema_extra=SENTENCES,
        examples=["The subpoena names an employer and no person, and asks for the records of everyone it employs."],
    )
    motion_filed: Day | None = Field(
        default=None,
        title="Day the motion was filed",
        description="Day the motion to quash was filed; if left out, the letter says that it will be filed.",
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
        description="For compliance: whether to ask for protection from further disclosure, and for costs.",
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
                "is “none”: this letter answers a subpoena, summons, order or warrant.",
                "Say which was served, or choose another kind of letter.",
            )
        elif request.process:
            yield from self._decision_problems(request.process, rulebook)
            yield from self._paper_problems(request.process)
            yield from self._power_problems(request.process, rulebook)
            yield from self._refusal_problems(request.process)
        if request.access is Access.POLICY:
            yield broken(
                "request.access",
                "is “policy-inquiry”: compulsory process demands records, not a policy.",
                "Correct the access sought.",
            )
        yield from self._objection_problems(rulebook)
        yield from not_a_fragment("produces", self.produces, opening=True)
        yield from not_a_sentence("reasons", self.reasons)

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
                "objections",
                "is missing: the letter must make at least one objection.",
                "Choose at least one.",
                "missing",
            )
        if wanted is Decision.COMPLIANCE and not self.produces:
            yield broken("produces", "is missing: the letter must say what is produced.", "Write it.", "missing")
        if self.produces and wanted is not Decision.COMPLIANCE:
            yield broken("produces", f"is given, but nothing is produced in answer to “{process}”.", "Remove it.")
        if self.motion_filed and wanted is not Decision.MOTION_TO_QUASH:
            yield broken("motion_filed", "is given, but this process is not answered with a motion.", "Remove it.")
        yield from not_after("motion_filed", self.motion_filed, self.date, "the letter's date")
        yield from not_before("motion_filed", self.motion_filed, self.request.paper.served, "the paper was served")

    @property
    def always_paired(self) -> bool:
        # A litigant's subpoena may come from a government lawyer; 20 C.F.R. § 603.7(b)(2) then applies too.
        kind = self.request.requester.agency_kind if self.request and self.request.requester else None
        public = bool(kind) and kind is not AgencyKind.PRIVATE
        return public and self.request.process is Process.LITIGANT_SUBPOENA

    def _power_problems(self, process: Process, rulebook: Rulebook) -> Iterator[Problem]:
        """A power is cited only where the paper relies on it."""
        for number, name in enumerate(self.legal_basis or [], 1):
            if name not in _POWER or name not in rulebook.bases or name in (self.request.asserted or []):
                continue
            wanted, power = _POWER[name]
            if process is not wanted or (power and self.request.paper.power not in (power, None)):
                yield broken(
                    f"legal_basis.{number}",
                    f"names {rulebook.bases[name].citation} ({name}), a power that this paper does not rely on.",
                    "Remove it, or correct the power the paper relies on (request.paper.power).",
                )

    def _refusal_problems(self, process: Process) -> Iterator[Problem]:
        """Papers that must not be resisted, because the law or the persons concerned allow the disclosure."""
        if process in JUDICIAL_PROCESS:
            return
        request = self.request
        if request.released:
            yield broken(
                "request.released",
                "is “yes”: signed releases from every person named permit release, so resisting would be wrong.",
                "Ask counsel; 11.3.100.106(C) NMAC allows release upon a signed, written release.",
            )
        if request.nature is Nature.CHILD_SUPPORT and request.requester.agency_kind is AgencyKind.CHILD_SUPPORT:
            yield broken(
                "request.nature",
                "is “child-support”, asked by a child support enforcement agency: 42 U.S.C. § 503(e)(1) requires wage "
                "information to be disclosed to it upon request, so resisting would be wrong.",
                "Ask counsel; the duty is confirmed in a conditional-approval, once the paper is withdrawn.",
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
        for name in ("issued", "served"):
            yield from not_after(f"request.paper.{name}", getattr(paper, name), self.date, "the letter's date")
        if process in AGENCY_PROCESS and paper.signed_by_judge:
            yield broken(
                "request.paper.signed_by_judge",
                "is “yes”, but a paper signed by a judge is not an agency's subpoena or summons.",
                "Look at the signature, and correct this answer or the kind of process.",
            )
        if process in (Process.COURT_ORDER, Process.SEARCH_WARRANT) and paper.signed_by_judge is False:
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
                continue
            if process and process not in objection.answers_to:
                yield broken(
                    f"objections.{number}",
                    f"names {objection.subject.lower()}, which is not an objection to “{process}”.",
                    f"It may be made to: {', '.join(objection.answers_to)}.",
                )
            elif objection.powers and self.request.paper and self.request.paper.power not in objection.powers:
                yield broken(
                    f"objections.{number}",
                    f"names {objection.subject.lower()}, which is not an objection to a paper that relies on the power "
                    f"“{self.request.paper.power}”.",
                    f"It may be made to: {', '.join(objection.powers)}. Remove it, or correct the power relied on.",
                )
            for basis in (rulebook.bases[each] for each in objection.basis):
                for why, _ in self.citation_rules.bars(basis):
                    yield broken(
                        f"objections.{number}",
                        f"names {objection.subject.lower()}, which cites {basis.citation}, which {why}",
                        "Remove the objection.",
                    )

    def cites(self, rulebook: Rulebook) -> Iterator[str]:
        yield from super().cites(rulebook)
        for name in self.objections or []:
            if name in rulebook.objections:
                yield from rulebook.objections[name].basis

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        due = self.request.paper.return_date
        if due and self.date > due:
            yield broken(
                "date",
                f"is after the return date of the paper ({long_date(due)}).",
                "An answer should be sent before that day; ask counsel what a late one requires.",
            )
