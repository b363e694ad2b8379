"""The conditional approval, and what it needs before it can be written.

It needs a targeted request with an explanation and a justification, categories of records that may be approved, and
counsel's advice with the secretary's consent (11.3.100.106(D) NMAC), or signed releases, or a child support duty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import Letter
from letters.model.office import Person
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment, not_a_sentence, not_after, not_before, repeated, unknown
from letters.model.values import SENTENCES, Access, AgencyKind, Day, Nature, Process, Text


class ConditionalApproval(Letter):
    """Approves a targeted request on conditions (11.3.100.106(D) NMAC), or confirms a duty owed for child support."""

    needs_legal_basis = True

    kind: Literal["conditional-approval"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["conditional-approval"]
    )
    counsel_advised: Day | None = Field(
        default=None,
        title="Date of counsel's advice",
        description="Day the general counsel advised on this request.",
        examples=["2019-08-20"],
    )
    secretary_consented: Day | None = Field(
        default=None,
        title="Date of the secretary's consent",
        description="Day the secretary consented to and approved the release.",
        examples=["2019-08-22"],
    )
    approved: list[Text] = Field(
        min_length=1,
        title="Categories approved",
        description="Short names of the categories of records approved; only categories that were asked for.",
        json_schema_extra={"library": "records"},
        examples=[["wage", "employer"]],
    )
    withheld_reason: Text | None = Field(
        default=None,
        title="Reason for withholding the rest",
        description="Why the other categories asked for are withheld; a complete sentence.",
        json_schema_extra=SENTENCES,
        examples=["They are not needed for the purpose stated."],
    )
    agreement: Text = Field(
        title="Written agreement",
        description="The written agreement to be signed before any release; completes “under …”.",
        examples=["Disclosure Agreement OGC-2019-A07"],
    )
    recipients: list[Person] = Field(
        min_length=1,
        title="Recipients",
        description="Each person who may receive the records because the purpose requires it.",
        examples=[[{"name": "Riley Placeholder", "title": "Task Force Investigator"}]],
    )
    method: Text = Field(
        title="Method of delivery",
        description="How the records are delivered; completes “The records will be delivered …”.",
        examples=["by encrypted file through the Department's secure portal"],
    )
    timing: Text = Field(
        title="Time of delivery",
        description="When the records are delivered; completes “The records will be delivered …”.",
        examples=["within ten business days after the agreement is signed"],
    )
    format: Text = Field(
        title="Format",
        description="The format of the records; completes “The records will be delivered …”.",
        examples=["as a comma-separated file with a record layout"],
    )
    conditions: list[Text] = Field(
        min_length=1,
        title="Conditions",
        description="Short names of the conditions, from conditions.toml.",
        json_schema_extra={"library": "conditions"},
        examples=[["purpose", "need-to-know", "safeguards"]],
    )
    cost: Text | None = Field(
        default=None,
        title="Cost",
        description="What the requester pays; completes “The requester pays …”.",
        examples=["the Department's actual cost of preparing the records"],
    )
    expires: Day = Field(title="Expiry date", description="Last day of the approval.", examples=["2019-11-29"])
    log_number: Text | None = Field(
        default=None,
        title="Log number",
        description="Number of the entry in the disclosure log.",
        examples=["DL-2019-0031"],
    )

    def confirms_duty(self, rulebook: Rulebook) -> bool:
        """Whether the law itself requires the disclosure, so that the letter confirms a duty and grants nothing.

        The duty covers certain categories for child support (42 U.S.C. § 503(e)(1): wage information).
        """
        owed = all(
            rulebook.records[name].owed_for_child_support for name in self.approved or [] if name in rulebook.records
        )
        return self.request.nature is Nature.CHILD_SUPPORT and owed

    @property
    def withheld(self) -> list[str]:
        """Categories that were asked for but not approved."""
        return [category for category in self.request.records if category not in self.approved]

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if self.request:
            yield from self._request_falls_short()
            yield from self._consent_problems(rulebook)
            yield from self._records_problems(rulebook)
            yield from self._authority_problems(rulebook)
        yield from self._condition_problems(rulebook)
        for name in ("agreement", "method", "timing", "format", "cost"):
            yield from not_a_fragment(name, getattr(self, name), opening=name != "agreement")
        yield from not_a_sentence("withheld_reason", self.withheld_reason)
        for name in ("explanation", "justification"):
            yield from not_a_sentence(f"request.{name}", getattr(self.request, name, None))
        if self.expires and self.date and self.expires <= self.date:
            yield broken(
                "expires",
                f"is {long_date(self.expires)}, not after the letter's date ({long_date(self.date)}).",
                "Write a later day.",
            )

    def _request_falls_short(self) -> Iterator[Problem]:
        ask = "An approval needs it. If the requester has not given it, ask for it: send a request-for-justification."
        request = self.request
        if request.access and request.access is not Access.TARGETED:
            yield broken(
                "request.access",
                f"is “{request.access}”: only a targeted request can be approved.",
                "Deny it, or ask for a targeted request: send a request-for-justification.",
            )
        if not request.subjects and request.subjects is not None:
            yield broken("request.subjects", "is missing: no person or employer is named.", ask, "missing")
        # A duty, or the consent of the persons concerned, needs neither.
        unasked = request.nature is Nature.CHILD_SUPPORT or request.released
        for name, what in (
            ("purpose", "the purpose"),
            ("explanation", "an explanation"),
            ("justification", "a justification"),
            ("investigation", "the investigation or proceeding"),
        ):
            duty = unasked and name in ("explanation", "justification")
            if not getattr(request, name) and not duty:
                yield broken(f"request.{name}", f"is missing: the request must give {what}.", ask, "missing")
        if not request.records and request.records is not None:
            yield broken("request.records", "is missing: no category of records is named.", ask, "missing")
        if request.nature in (Nature.CIVIL, Nature.NOT_STATED) and not request.released:
            yield broken(
                "request.nature",
                f"is “{request.nature}”: 11.3.100.106(D) NMAC covers only criminal investigations and child support "
                "proceedings.",
                "Deny the request, or ask which criminal investigation it serves (request-for-justification).",
            )
        kind = request.requester.agency_kind if request.requester else None
        if request.nature is Nature.CHILD_SUPPORT and kind and kind is not AgencyKind.CHILD_SUPPORT:
            yield broken(
                "request.requester.agency_kind",
                f"is “{kind}”: the duty to disclose for child support is owed only to a State or local child support "
                "enforcement agency.",
                "Correct the kind of agency or the nature of the matter; if both are right, ask counsel.",
            )
        if kind is AgencyKind.PRIVATE and not request.released and request.nature is not Nature.CHILD_SUPPORT:
            yield broken(
                "request.requester.agency_kind",
                "is “private”: 11.3.100.106(D) NMAC allows release only to law enforcement agencies.",
                "Deny the request, or ask for a signed release from every person named.",
            )
        if request.public_records and request.nature is not Nature.CHILD_SUPPORT:
            yield broken(
                "request.public_records",
                "is “yes”: a public-records request is granted to everyone or denied; it cannot be approved on "
                "conditions.",
                "Answer it separately (denial), or answer no if it was not made under that law.",
            )
        if request.process and request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{request.process}”: compulsory process is answered on its own terms, not by an approval.",
                "Counsel must answer the process itself (subpoena-response).",
            )

    def _consent_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        duty = self.confirms_duty(rulebook) or self.request.released
        for name, day, who in (
            ("counsel_advised", self.counsel_advised, "the general counsel's advice"),
            ("secretary_consented", self.secretary_consented, "the secretary's consent and approval"),
        ):
            if day is None and not duty:
                yield broken(
                    name,
                    f"is missing: 11.3.100.106(D) NMAC requires {who} before any release.",
                    "Obtain it first; no approval can be written until then.",
                    "missing",
                )
            yield from not_after(name, day, self.date, "the letter's date")
            yield from not_before(name, day, self.request.received, "the request was received")

    def _authority_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """The letter must cite the law behind its decision: the duty, the releases, or the consent and advice."""
        chosen = self.legal_basis or []
        consent = self.counsel_advised and self.secretary_consented
        decision = (
            ("ssa-303-e-child-support", "this letter confirms the duty to child support enforcement")
            if self.confirms_duty(rulebook)
            else ("nmac-106-c", "the approval rests on signed, written releases")
            if self.request.released
            else ("nmac-106-d", "the approval rests on the secretary's consent and counsel's advice")
        )
        if chosen and decision[0] in rulebook.bases and decision[0] not in chosen:
            citation = rulebook.bases[decision[0]].citation
            yield broken("legal_basis", f"does not cite {citation}, but {decision[1]}.", f"Add {decision[0]}.")
        if "nmac-106-d" in chosen and decision[0] != "nmac-106-d" and not consent:
            yield broken(
                "legal_basis",
                f"cites {rulebook.bases['nmac-106-d'].citation}, which needs consent and counsel's advice.",
                "Remove nmac-106-d, or give both dates.",
            )

    def _records_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        requested = self.request.records or []
        yield from repeated("approved", self.approved)
        owed = {name for name, each in rulebook.records.items() if each.owed_for_child_support}
        if (
            self.request.nature is Nature.CHILD_SUPPORT
            and owed & set(self.approved or [])
            and set(self.approved) - owed
        ):
            yield broken(
                "approved",
                "mixes records that must be disclosed for child support with records that are granted.",
                "Confirm the first in one letter, and decide on the others in another.",
            )
        for number, name in enumerate(self.approved or [], 1):
            place, category = f"approved.{number}", rulebook.records.get(name)
            if category is None:
                yield unknown(place, name, rulebook.records)
            elif not category.may_be_approved:
                yield broken(place, f"names {category.name}: {category.reason}", "Remove it, or ask counsel.")
            elif requested and name not in requested:
                yield broken(
                    place,
                    f"names {category.name}, which the request does not ask for.",
                    "Approve only what was asked for, or correct the categories asked for.",
                )
        if self.withheld_reason and self.approved and requested and set(requested) <= set(self.approved):
            yield broken(
                "withheld_reason",
                "is given, but nothing that was asked for is withheld.",
                "Remove it, or correct the categories.",
            )
        if self.approved and set(requested) - set(self.approved) and not self.withheld_reason:
            left = [
                rulebook.records[name].name
                for name in requested
                if name not in self.approved and name in rulebook.records
            ]
            yield broken(
                "withheld_reason",
                f"is missing, but part of what was asked for is withheld ({', '.join(left)}).",
                "Say why, in a complete sentence.",
                "missing",
            )

    def _condition_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        if self.conditions is None:
            return
        yield from repeated("conditions", self.conditions)
        for number, name in enumerate(self.conditions, 1):
            if name not in rulebook.conditions:
                yield unknown(f"conditions.{number}", name, rulebook.conditions)
        for condition in rulebook.conditions.values():
            if condition.required and condition.id not in self.conditions:
                yield broken(
                    "conditions",
                    f"does not include “{condition.subject}” ({condition.id}), which every approval must carry.",
                    f"Add {condition.id}.",
                )
        if "cost" in self.conditions and not self.cost:
            yield broken(
                "cost", "is missing, but the condition on cost is chosen.", "Write what the requester pays.", "missing"
            )
        if self.cost and "cost" in rulebook.conditions and "cost" not in self.conditions:
            yield broken(
                "cost",
                "is given, but the condition on cost is not chosen, so the letter would not mention it.",
                "Add the condition cost, or remove this.",
            )

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        advised, consented = self.counsel_advised, self.secretary_consented
        if advised and consented and consented < advised:
            yield broken(
                "secretary_consented",
                f"is {long_date(consented)}, before counsel advised ({long_date(advised)}).",
                "The rule requires consent on counsel's advice: check the dates, or obtain the consent again.",
            )
        if not self.request.period:
            yield broken(
                "request.period",
                "is not given, so the approval covers records from any period.",
                "Write the period the request names, or ask for it.",
            )
