"""The conditional approval, and what it needs before it can be written.

What the request must show, whose advice and consent come first, and which law the letter cites is in the office's
rules.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.legal_basis import LegalBasis
from letters.model.letter import Letter
from letters.model.office import Person
from letters.model.rule_engine import Case
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment, not_a_sentence, not_after, not_before, repeated, unknown
from letters.model.values import SENTENCES, Day, Text


class ConditionalApproval(Letter):
    """Approves a targeted request on conditions, or confirms that the law itself requires the disclosure."""

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
    head_consented: Day | None = Field(
        default=None,
        title="Date of the head's consent",
        description="Day the head of the department consented to and approved the release.",
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
        """Whether the law itself requires the disclosure, so that the letter confirms a duty and grants nothing."""
        return bool(Case.of(self, rulebook).answer_to("owed") == "all")

    def duty_law(self, rulebook: Rulebook) -> list[LegalBasis]:
        """The law cited that requires disclosure to this kind of requester; none if there is no such duty."""
        kind = rulebook.office_rules.requesters.get(self.request.requester.agency_kind)
        role = kind and kind.duty
        cited = [rulebook.bases[name] for name in self.legal_basis if name in rulebook.bases]
        return [basis for basis in cited if role in basis.roles]

    def releases(self, rulebook: Rulebook) -> bool:
        return True

    def rests_on_exchange(self, rulebook: Rulebook) -> bool:
        """Whether the records are released under an agreement to exchange information: a fact in the office's rules."""
        return Case.of(self, rulebook).answer_to("fact.rests-on-exchange") is True

    @property
    def withheld(self) -> list[str]:
        """Categories that were asked for but not approved."""
        return [category for category in self.request.records if category not in self.approved]

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if self.request:
            yield from self._consent_problems()
            yield from self._records_problems(rulebook)
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

    def _consent_problems(self) -> Iterator[Problem]:
        for name, day in (("counsel_advised", self.counsel_advised), ("head_consented", self.head_consented)):
            yield from not_after(name, day, self.date, "the letter's date")
            yield from not_before(name, day, self.request.received, "the request was received")

    def _records_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        requested = self.request.records or []
        yield from repeated("approved", self.approved)
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
            elif not rulebook.conditions[name].fits(self):
                yield broken(
                    f"conditions.{number}",
                    f"names {rulebook.conditions[name].subject.lower()}, which does not fit the facts given here.",
                    "Remove it, or correct the facts.",
                )
        for condition in rulebook.conditions.values():
            if condition.required and condition.id not in self.conditions and condition.fits(self):
                yield broken(
                    "conditions",
                    f"does not include “{condition.subject}”, which every approval must carry.",
                    f"Add “{condition.subject}”.",
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
