"""The answer to a subpoena, summons, order, or warrant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters._text.english import listed
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.office_rules import DecisionRule
from letters.model.rule_engine import Case
from letters.model.rulebook import Objection, Rulebook
from letters.model.rules import (
    broken,
    facts_in_words,
    not_a_fragment,
    not_a_sentence,
    not_after,
    not_before,
    repeated,
    unknown,
)
from letters.model.values import SENTENCES, Day, DecisionName, Text


def _may_be_made(objection: Objection) -> str:
    """On which facts an objection may be made, as a hint."""
    only = f"It may be made only if {facts_in_words(objection.when)}. " if objection.when else ""
    never = f"It may not be made if {facts_in_words(objection.unless)}. " if objection.unless else ""
    return f"{only}{never}Remove it, or correct the facts."


class SubpoenaResponse(StatusSentence):
    """Answers compulsory process, each kind on its own terms.

    Which decisions may answer which process, what each needs and what law it rests on is in the office's rules.
    """

    needs_legal_basis = True

    kind: Literal["subpoena-response"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["subpoena-response"]
    )
    decision: DecisionName = Field(
        title="Decision",
        description="What the Department does about the paper, from rules.toml.",
        json_schema_extra={"library": "decisions"},
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
    withdraw_by: Day | None = Field(
        default=None,
        title="Withdrawal asked by",
        description="For a litigant's subpoena: the day by which it is asked to be withdrawn, before a motion is "
        "filed; if left out, two business days before the return date.",
        examples=["2019-09-03"],
    )
    preserved: bool = Field(
        default=False,
        title="Records being kept",
        description="Whether a hold was asked for and the offices that keep the records have confirmed it; only then "
        "does the letter say that they are being preserved.",
        examples=[True],
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

    def releases(self, rulebook: Rulebook) -> bool:
        return self._decided(rulebook).releases

    def _decided(self, rulebook: Rulebook) -> DecisionRule:
        """What the office's rules say about the decision; nothing, if there is none yet."""
        return rulebook.office_rules.decisions.get(self.decision or "") or DecisionRule(id="none")

    def withdrawal_day(self, rulebook: Rulebook) -> dt.date | None:
        """The day by which a litigant is asked to withdraw: the one given, or two business days before the return date.

        None if the letter leaves no such day between its own date and the return date.
        """
        if self.withdraw_by or not self.request.paper.return_date:
            return self.withdraw_by
        day = rulebook.calendar.before(self.request.paper.return_date, 2)
        return day if day > self.date else None

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        request = self.request
        if not request:
            return
        if request.process:
            yield from self._process_problems(Case.of(self, rulebook))
            if self.request.paper:
                yield from self._withdrawal_problems(rulebook)
            yield from self._power_problems(request.process, rulebook)
        yield from self._objection_problems(rulebook)
        yield from not_a_fragment("produces", self.produces, opening=True)
        yield from not_a_sentence("reasons", self.reasons)

    def _process_problems(self, case: Case) -> Iterator[Problem]:
        rules, process = case.rulebook.office_rules, self.request.process
        wanted = rules.processes.get(process)
        if wanted is None:
            return
        if self.decision and self.decision not in wanted.decisions:
            yield broken(
                "decision",
                f"is “{self.decision}”, which does not answer “{process}”.",
                f"Write {listed(wanted.decisions, 'or')}; if the facts call for something else, counsel must draft the "
                "letter.",
            )
        for role in wanted.cites:
            law = listed([each.citation for each in case.law_with(role)], "or") or f"law with the role “{role}”"
            yield from case.uncited(
                role, f"does not cite {law}, on which an answer to “{process}” rests.", f"Add {law}."
            )
        for name in wanted.needs:
            if case.answer_to(name) in (None, "", []):
                yield broken(
                    name,
                    "is missing: the letter must identify the paper it answers.",
                    "Copy it from the paper.",
                    "missing",
                )
        paper = self.request.paper
        yield from not_after("motion_filed", self.motion_filed, self.date, "the letter's date")
        yield from not_before(
            "motion_filed", self.motion_filed, paper.served if paper else None, "the paper was served"
        )
        for name in ("issued", "served"):
            yield from not_after(f"request.paper.{name}", getattr(paper, name, None), self.date, "the letter's date")

    def _withdrawal_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        if not self._decided(rulebook).asks_withdrawal or self.motion_filed:
            if self.withdraw_by:
                yield broken("withdraw_by", "is given, but the letter does not ask for a withdrawal.", "Remove it.")
            return
        last = self.request.paper.return_date
        if self.date and last and self.withdrawal_day(rulebook) is None:
            yield broken(
                "withdraw_by",
                f"is missing: the letter asks for the subpoena to be withdrawn before {long_date(last)}, its return "
                "date, and that is too near for a day two business days before it.",
                "Write the day, or file the motion first and write when (motion_filed).",
                "missing",
            )
        yield from not_before("withdraw_by", self.withdraw_by, self.date, "the letter's date")
        yield from not_after("withdraw_by", self.withdraw_by, last, "the return date")
        if self.withdraw_by and (why := rulebook.calendar.why_closed(self.withdraw_by)):
            yield broken("withdraw_by", f"is {long_date(self.withdraw_by)}, {why}.", "Choose a business day.")

    def _power_problems(self, process: str, rulebook: Rulebook) -> Iterator[Problem]:
        """A power is cited only where the paper relies on it."""
        for number, name in enumerate(self.legal_basis or [], 1):
            if name not in rulebook.bases or name in (self.request.asserted or []):
                continue
            basis, relied_on = rulebook.bases[name], self.request.paper and self.request.paper.power
            powers = [power for power in rulebook.office_rules.powers if power.role in basis.roles]
            if powers and not any(
                process == power.process and (power.power is None or relied_on in (power.power, None))
                for power in powers
            ):
                yield broken(
                    f"legal_basis.{number}",
                    f"names {basis.citation}, a power that this paper does not rely on.",
                    "Remove it, or correct the power the paper relies on (request.paper.power).",
                )

    def _objection_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from repeated("objections", self.objections)
        process, rules = self.request.process, self.citation_rules(rulebook)
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
            elif not objection.fits(self):
                yield broken(
                    f"objections.{number}",
                    f"names {objection.subject.lower()}, which the facts given here do not bear out.",
                    _may_be_made(objection),
                )
            for basis in (rulebook.bases[each] for each in objection.basis):
                for why, _ in rules.bars(basis):
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
