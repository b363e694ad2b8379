"""Denials: of a request, and of a request made again."""

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters.errors import Problem
from letters.model.criteria import answer_in
from letters.model.letter import StatusSentence
from letters.model.rule_engine import Case
from letters.model.rulebook import Reason, Rulebook
from letters.model.rules import broken, facts_in_words, not_a_fragment, not_a_sentence, repeated, unknown
from letters.model.values import SENTENCES, Text


class Refusal(StatusSentence):
    """What a first denial and a repeated one share."""

    needs_legal_basis = True

    grounds: list[Text] = Field(
        default=[],
        title="Further grounds",
        description="Short names of the grounds that counsel adds to those the facts give, from reasons.toml.",
        json_schema_extra={"library": "grounds"},
        examples=[["no-state-authority"]],
    )
    interference: Text | None = Field(
        default=None,
        title="How it would interfere",
        description="For the ground that the disclosure would interfere with the administration of the law: how; "
        "complete sentences, printed in the letter.",
        json_schema_extra=SENTENCES,
        examples=["Each query would take an examiner from the claims that wait to be decided."],
    )

    def reasons_given(self, rulebook: Rulebook) -> list[Reason]:
        """The reasons the letter prints, in the order of `reasons.toml`: what the facts give, and what was chosen."""
        return [
            reason
            for reason in rulebook.reasons.values()
            if Case.of(self, rulebook).bears_out(reason, "reasons")
            and (not reason.chosen or reason.id in (self.grounds or []))
        ]

    def cites(self, rulebook: Rulebook) -> Iterator[str]:
        yield from super().cites(rulebook)
        for reason in self.reasons_given(rulebook) if self.request and self.grounds is not None else ():
            yield from reason.basis

    def _ground_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from repeated("grounds", self.grounds)
        for number, name in enumerate(self.grounds or [], 1):
            ground = rulebook.grounds.get(name)
            if ground is None:
                yield unknown(f"grounds.{number}", name, rulebook.grounds)
            elif not ground.fits(self):
                only = f"It may be given only if {facts_in_words(ground.when)}. " if ground.when else ""
                never = f"It may not be given if {facts_in_words(ground.unless)}. " if ground.unless else ""
                yield broken(
                    f"grounds.{number}",
                    f"names “{ground.title or ground.id}”, which the facts given here do not bear out.",
                    f"{only}{never}Remove it, or correct the facts.",
                )
            for needed in ground.needs if ground else ():
                if not answer_in(self, needed):
                    yield broken(needed, "is missing, but a ground that prints it is chosen.", "Write it.", "missing")
        if self.interference and not any("interference" in each.needs for each in self.reasons_given(rulebook)):
            yield broken(
                "interference",
                "is given, but the ground that prints it is not chosen.",
                "Add that ground (grounds), or remove this.",
            )
        yield from not_a_sentence("interference", self.interference)

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if self.request:
            yield from self._ground_problems(rulebook)


class Denial(Refusal):
    """Denies access or records, names the law, and says how to make a proper request."""

    kind: Literal["denial"] = Field(title="Kind of letter", description="Which letter this is.", examples=["denial"])


class RepeatDenial(Refusal):
    """Denies again what was denied before; lists each earlier request and answer, and says what is new."""

    kind: Literal["repeat-denial"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["repeat-denial"]
    )
    new_matter: Text | None = Field(
        default=None,
        title="What is new",
        description="What this request adds to the earlier ones; completes “The only new matter in it is …”. "
        "Left out, the letter says that nothing new was supplied.",
        examples=["a reference to a list of employers, which was not supplied"],
    )
    why_unchanged: Text | None = Field(
        default=None,
        title="Why the answer stays the same",
        description="Why the new matter does not change the answer; a complete sentence.",
        json_schema_extra=SENTENCES,
        examples=["It does not identify an investigation, and it does not narrow the access that is asked for."],
    )

    def earlier_answers(self) -> list[tuple[dt.date, str | None]]:
        """Our letters that answered an earlier request: the day and reference of each."""
        listed = self.request.earlier if self.request else []
        return list(dict.fromkeys((each.answered, each.reference) for each in listed or [] if each.answered))

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if not self.request:
            return
        earlier = self.request.earlier
        if earlier is not None and not any(each.answered for each in earlier):
            yield broken(
                "request.earlier",
                "is missing: a repeated denial lists each earlier request, at least one of which was answered."
                if not earlier
                else "lists no request that was answered, so nothing has been denied before.",
                "Add it with the date of our answer, or write a first denial (denial).",
                "missing",
            )
        answers = len(self.earlier_answers())
        if self.enclosures is not None and len(self.enclosures) < max(answers, 1):
            yield broken(
                "enclosures",
                "is missing: a repeated denial encloses each earlier answer."
                if not self.enclosures
                else f"names {len(self.enclosures)}, but the letter says that {answers} earlier answers are enclosed.",
                "Name each earlier letter of ours that is enclosed.",
                "missing",
            )
        if self.new_matter and not self.why_unchanged:
            yield broken(
                "why_unchanged",
                "is missing, but the request adds something new.",
                "Say in a complete sentence why it does not change the answer.",
                "missing",
            )
        if self.why_unchanged and not self.new_matter:
            yield broken(
                "new_matter",
                "is missing, but a reason is given why it changes nothing.",
                "Say what is new, or remove the reason.",
                "missing",
            )
        yield from not_a_fragment("new_matter", self.new_matter, opening=True)
        yield from not_a_sentence("why_unchanged", self.why_unchanged)
