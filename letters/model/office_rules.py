"""The office's own rules: the entries of `templates/rules.toml`, each a statement about answers and the law.

A rule names answers, roles of law and deadlines; never an entry of the law by its short name. So an entry can be
renamed, replaced or added without touching a rule, and a rule whose law is gone is an error of the library.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from msgspec import Struct, field
from pydantic import BeforeValidator, Field, model_validator

from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.model.criteria import tables_of
from letters.model.values import Model, ShortName, Text

Tables = Annotated[list[dict[str, Any]], BeforeValidator(tables_of)]
# What stands for something in the text of a rule: {{ request.process }}, {{ law.closes-records }}.
TAG = pattern(r"\{\{\s*([\w.-]+)\s*\}\}")
LAW_TAG = pattern(r"\{\{\s*law\.([\w-]+)\s*\}\}")
# A day that a rule compares with: an answer, perhaps some days later, or a deadline of the law.
_DAY = pattern(
    r"(?:deadline (?P<deadline>[a-z0-9-]+)|(?P<field>[a-z_][a-z_0-9.]*)"
    r"(?: \+ (?P<count>\d{1,3}) (?P<counted>calendar|business) days?)?)"
)


class DayTerm(Model):
    """A day named in a rule: ``date``, ``extra.served + 5 calendar days``, or ``deadline written-denial``."""

    deadline: str = ""
    field: str = ""
    days: int = 0
    working: bool = False


def _read_day_term(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _DAY.fullmatch(value.strip())
    if not found:
        raise ValueError("is not a day. Write a field, “FIELD + 5 calendar days”, or “deadline NAME”.")
    return {
        "deadline": found["deadline"] or "",
        "field": found["field"] or "",
        "days": int(found["count"] or 0),
        "working": found["counted"] == "business",
    }


Day = Annotated[DayTerm, BeforeValidator(_read_day_term)]


class OfficeFact(Model):
    """A statement about a letter that several rules share, by name: ``"fact.rests-on-consent" = true``."""

    id: ShortName = Field(title="Short name", description="The name that rules use.")
    says: Text = Field(title="Statement", description="What holds, in a sentence a lawyer can check.")
    when: Tables = Field(default=[], title="When", description="The answers for which it holds; none means always.")
    unless: Tables = Field(default=[], title="Unless", description="The answers for which it does not hold after all.")


class OfficeTopic(Model):
    """What a request can be about, in the words that entries of the law use under ``applies_to``."""

    id: ShortName = Field(title="Short name", description="The name that entries of the law use.")
    when: Tables = Field(min_length=1, title="When", description="The answers that make a request one of this sort.")


class RequesterKind(Model):
    """A kind of requester: whom the law treats alike."""

    id: ShortName = Field(title="Short name", description="The value of request.requester.agency_kind.")
    duty: ShortName | None = Field(
        default=None,
        title="Duty",
        description="Role of the law that requires disclosure to it: no letter is recommended that refuses it.",
    )
    groups: list[ShortName] = Field(
        default=[],
        title="Groups",
        description="Groups it belongs to; conditions may name a group where they name a kind of requester.",
    )
    example: Text | None = Field(
        default=None,
        title="Example",
        description="One of them, as a sentence names it, for proofs: “the Bureau of Labor Statistics”.",
    )


class MatterNature(Model):
    """What the matter behind a request may be."""

    id: ShortName = Field(title="Short name", description="The value of request.nature.")


class DecisionRule(Model):
    """A decision that may answer compulsory process."""

    id: ShortName = Field(title="Short name", description="The value of decision.")
    releases: bool = Field(default=False, title="Releases", description="Whether it produces records.")
    asks_withdrawal: bool = Field(
        default=False, title="Asks for a withdrawal", description="Whether the paper is to be withdrawn by a day."
    )


class ProcessRule(Model):
    """What the office does about one kind of compulsory process."""

    id: ShortName = Field(title="Process", description="Which kind of process.")
    decisions: list[ShortName] = Field(min_length=1, title="Decisions", description="The decisions that may answer it.")
    cites: list[ShortName] = Field(
        default=[], title="Cites", description="Roles of law; the answer cites an entry of each."
    )
    needs: list[str] = Field(default=[], title="Needs", description="The answers that identify the paper.")


class PowerRule(Model):
    """A power to demand records; law with its role is cited only where the paper relies on that power."""

    role: ShortName = Field(title="Role", description="The role of the law that grants the power.")
    process: ShortName = Field(title="Process", description="The process by which the power is used.")
    power: ShortName | None = Field(
        default=None, title="Power", description="The power the paper must rely on, if any."
    )


class OfficeRule(Model):
    """One rule on when a letter may be sent, or what counsel must know before it is."""

    id: ShortName = Field(title="Short name", description="The name for `letters explain`.")
    why: Text = Field(title="Why", description="What the rule rests on: law, or the office's practice.")
    kinds: list[str] = Field(default=[], title="Kinds", description="Kinds of letter; none means every kind.")
    level: Literal["refuse", "caution"] = Field(
        default="refuse", title="Level", description="Whether it stops the letter, or only tells counsel."
    )
    when: Tables = Field(default=[], title="When", description="The answers it speaks about; none means always.")
    unless: Tables = Field(default=[], title="Unless", description="The answers for which it does not speak.")
    at: str = Field(default="", title="At", description="The answer that has to change.")
    needs: list[str] = Field(default=[], title="Needs", description="Answers that must be given.")
    cites: list[ShortName] = Field(
        default=[], title="Cites", description="Roles of law; the letter cites an entry of each."
    )
    earliest: Day | None = Field(default=None, title="Earliest", description="The first day allowed under `at`.")
    latest: Day | None = Field(default=None, title="Latest", description="The last day allowed under `at`.")
    business_day: bool = Field(
        default=False, title="Business day", description="Whether the day under `at` must be a business day."
    )
    says: Text = Field(title="Says", description="What is wrong; continues a sentence that begins with the answer.")
    do: Text | None = Field(default=None, title="Do", description="What to do about it.")

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        asked = [bool(self.needs), bool(self.cites), bool(self.earliest or self.latest), self.business_day]
        if sum(asked) > 1:
            raise ValueError(
                "asks several things. Write one rule for each of needs, cites, business_day, earliest, and latest."
            )
        if not sum(asked) and not self.when:
            raise ValueError("has no “when”, so no letter could be sent. Say for which answers it speaks.")
        if not self.at and not (self.needs or self.cites):
            raise ValueError("has no “at”. Name the answer that has to change.")
        return self

    @property
    def texts(self) -> str:
        """Everything it prints."""
        return f"{self.why} {self.says} {self.do or ''}"


_SELECTED_KEPT = 200


class RuleSet(Struct, frozen=True, dict=True):
    """Everything in `templates/rules.toml`.

    Args:
        renamed: old names of fields in answers files, each with the name it has now.
    """

    facts: Mapping[str, OfficeFact] = field(default_factory=dict)
    topics: Mapping[str, OfficeTopic] = field(default_factory=dict)
    requesters: Mapping[str, RequesterKind] = field(default_factory=dict)
    natures: Mapping[str, MatterNature] = field(default_factory=dict)
    decisions: Mapping[str, DecisionRule] = field(default_factory=dict)
    processes: Mapping[str, ProcessRule] = field(default_factory=dict)
    powers: Sequence[PowerRule] = ()
    rules: Mapping[str, OfficeRule] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str, level: str = "") -> Sequence[OfficeRule]:
        """The rules on letters of one kind, in the order of the file.

        Args:
            level: if given, only those of this level.
        """
        found = self._selected.get((kind, level))
        if found is None:
            found = [
                rule
                for rule in self.rules.values()
                if (not rule.kinds or kind in rule.kinds) and (not level or rule.level == level)
            ]
            remember(self._selected, _SELECTED_KEPT, (kind, level), found)  # answers may call a kind anything
        return found

    @lazy_property
    def _selected(self) -> dict[tuple[str, str], Sequence[OfficeRule]]:
        return {}

    def roles(self, rule: OfficeRule) -> list[str]:
        """Every role of law that a rule asks for, in what it tests, what it demands and what it prints."""
        tested = [name for table in (*rule.when, *rule.unless) for name in _roles_tested(table)]
        printed = [name.split(".")[1] for name in TAG.findall(rule.texts) if name.startswith(("law.", "ids."))]
        return list(dict.fromkeys([*rule.cites, *tested, *printed]))

    def answers_used(self, kind: str) -> Iterator[str]:
        """The answers that rules on a kind of letter, and the facts and topics they share, look at."""
        rules = self.of(kind)
        tested = [(each.when, each.unless) for each in rules]
        tested += [(each.when, each.unless) for each in self.facts.values()]
        for when, unless in tested:
            for table in (*when, *unless):
                yield from table
        for topic in self.topics.values():
            for table in topic.when:
                yield from table
        for rule in rules:
            yield from (rule.at, *rule.needs)
            yield from (term.field for term in (rule.earliest, rule.latest) if term)


def _roles_tested(table: Mapping[str, Any]) -> list[str]:
    wanted = table.get("cites", [])
    return [each for each in (wanted if isinstance(wanted, list) else [wanted]) if isinstance(each, str)]
