"""The request: what came in, from whom, and why."""

from collections.abc import Iterator

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.legal_process import Paper
from letters.model.requester import Requester
from letters.model.rules import broken, not_a_fragment, not_after, not_before, repeated
from letters.model.values import (
    CONFIDENTIAL,
    NATURE_NOT_STATED,
    NO_PROCESS,
    SENTENCES,
    Access,
    Channel,
    Day,
    Model,
    NatureName,
    ProcessName,
    Text,
)


class EarlierRequest(Model):
    """An earlier request, and how it was answered."""

    day: Day = Field(title="Day", description="The day it was made.", examples=["2019-08-01"])
    channel: Channel = Field(title="Channel", description="How it was made.", examples=["email"])
    reached: Text = Field(
        title="Who received it",
        description="The person or office here that received it.",
        examples=["Office of the Director"],
    )
    answered: Day | None = Field(
        default=None,
        title="Day of our answer",
        description="Date of our answer; left out if this letter is the answer.",
        examples=["2019-08-02"],
    )
    reference: Text | None = Field(
        default=None,
        title="Reference of our answer",
        description="Our file number on that letter.",
        examples=["OGC-2019-0142"],
    )


class Request(Model):
    """What came in, and why."""

    received: Day = Field(
        title="Date received", description="The day the Department received the request.", examples=["2019-08-01"]
    )
    custodian_received: Day | None = Field(
        default=None,
        title="Delivered to the custodian",
        description="For a public-records request: the day it was delivered to the custodian's office, if later.",
        examples=["2019-08-05"],
    )
    dated: Day | None = Field(
        default=None,
        title="Date of the request",
        description="The date on the request, if there is one.",
        examples=["2019-08-01"],
    )
    channel: Channel = Field(title="Channel", description="How the request was made.", examples=["email"])
    received_by: Text | None = Field(
        default=None,
        title="Received by",
        description="Who in the Department received it; for the file.",
        examples=["Office of the Director"],
    )
    their_reference: Text | None = Field(
        default=None,
        title="Requester's reference",
        description="Reference or file number the requester uses.",
        examples=["EP-2019-0000"],
    )
    requester: Requester = Field(title="Requester", description="Who sent the request.")
    access: Access = Field(
        title="Access sought",
        description="What kind of access is requested.",
        examples=["direct-access"],
    )
    sought: Text = Field(
        title="Records sought",
        description="What is requested, in our words; completes “your request for …”.",
        examples=["a log-in to the Department's database of employment records"],
    )
    quoted: Text | None = Field(
        default=None,
        title="Request in its own words",
        description="What is requested, word for word, without quotation marks.",
        json_schema_extra=CONFIDENTIAL,
        examples=["direct access to your wage and employer database"],
    )
    subjects: list[Text] = Field(
        default=[],
        title="Persons or employers named",
        description="Each person or employer whose records are requested.",
        json_schema_extra=CONFIDENTIAL,
        examples=[["Example Fabrication LLC"]],
    )
    period: Text | None = Field(
        default=None,
        title="Period of the records",
        description="The period for which records are requested.",
        examples=["January 1, 2018, to June 30, 2019"],
    )
    records: list[Text] = Field(
        default=[],
        title="Categories of records requested",
        description="Short names of the categories in conditions.toml.",
        json_schema_extra={"library": "records"},
        examples=[["wage", "employer"]],
    )
    purpose: Text | None = Field(
        default=None,
        title="Stated purpose",
        description="Why the requester wants the records, as stated; completes “the purpose of the request as …”.",
        examples=["enforcement of the immigration laws"],
    )
    nature: NatureName = Field(
        default=NATURE_NOT_STATED,
        title="Nature of the matter",
        description="Whether the underlying matter is criminal, civil, child support, or not stated, from rules.toml.",
        json_schema_extra={"library": "natures"},
        examples=["criminal"],
    )
    investigation: Text | None = Field(
        default=None,
        title="Investigation",
        description="The investigation or proceeding, as a letter may name it; completes “in connection with …”.",
        examples=["a criminal investigation of suspected labor trafficking"],
    )
    case_number: Text | None = Field(
        default=None,
        title="Case number",
        description="Number of that investigation or proceeding.",
        examples=["TF-2019-0000"],
    )
    authority: Text | None = Field(
        default=None,
        title="Authority asserted",
        description="Legal authority the requester relies on, in the requester's words; an approval prints it.",
        examples=["the statute named in the request"],
    )
    explanation: Text | None = Field(
        default=None,
        title="Explanation",
        description="The requester's explanation of how the records relate to the matter; complete sentences.",
        json_schema_extra=CONFIDENTIAL | SENTENCES,
        examples=["The named employer's wage reports show who was paid during the period under investigation."],
    )
    justification: Text | None = Field(
        default=None,
        title="Justification",
        description="The requester's justification for needing confidential records; complete sentences.",
        json_schema_extra=CONFIDENTIAL | SENTENCES,
        examples=["The employer's own books are not available and no other source holds the reports."],
    )
    process: ProcessName = Field(
        default=NO_PROCESS,
        title="Compulsory process",
        description="Subpoena, order, or warrant that came with the request, from rules.toml.",
        json_schema_extra={"library": "processes"},
        examples=["none"],
    )
    emergency: bool = Field(
        default=False,
        title="Emergency",
        description="Whether the requester says that somebody's life or safety is in danger.",
        examples=[False],
    )
    released: bool = Field(
        default=False,
        title="Signed releases",
        description="Whether every person named has signed a written release.",
        examples=[False],
    )
    paper: Paper = Field(
        default=Paper(), title="Paper served", description="The subpoena, summons, order, or warrant that was served."
    )
    statute: Text | None = Field(
        default=None,
        title="Statute said to be violated",
        description="Statute whose violation is being investigated, as the requester names it.",
        examples=["18 U.S.C. § 1589, as named in the request"],
    )
    other_sources: Text | None = Field(
        default=None,
        title="Other sources tried",
        description="What the requester says about getting the records elsewhere, such as from the employer.",
        json_schema_extra=CONFIDENTIAL,
        examples=["The employer did not answer two requests."],
    )
    safeguards: Text | None = Field(
        default=None,
        title="Safeguards offered",
        description="How the requester says it will protect the records.",
        examples=["Encrypted storage, two named readers"],
    )
    asserted: list[Text] = Field(
        default=[],
        title="Statutes relied on",
        description="Short names of the provisions the requester relies on, if they are in legal_basis.toml.",
        json_schema_extra={"library": "assertable"},
        examples=[["ina-290-b"]],
    )
    earlier: list[EarlierRequest] = Field(
        default=[],
        title="Earlier requests",
        description="Each earlier request for the same records, and our answer to it.",
        examples=[[{"day": "2019-08-01", "channel": "email", "reached": "Office of the Director"}]],
    )
    staff_contacted: bool = Field(
        default=False,
        title="Staff contacted",
        description="Whether it was made to employees outside the legal office.",
        examples=[False],
    )
    agreement: Text | None = Field(
        default=None,
        title="Existing agreement",
        description="Written agreement under which the requester may already receive records, if there is one.",
        examples=["Agreement 2018-00 of March 1, 2018"],
    )
    public_records: bool = Field(
        default=False,
        title="Public-records request",
        description="Whether it is made under the public-records law.",
        examples=[False],
    )
    burdensome: bool = Field(
        default=False,
        title="Burdensome or broad",
        description="Whether a public-records request is so broad or burdensome that more time is needed.",
        examples=[False],
    )
    trafficking: bool = Field(
        default=False,
        title="Human trafficking",
        description="Whether the matter is an investigation of human trafficking.",
        examples=[False],
    )
    child_victim: bool = Field(
        default=False,
        title="Possible child victim",
        description="Whether a person under 18 may be a victim of trafficking.",
        examples=[False],
    )

    def problems(self) -> Iterator[Problem]:
        """Every rule that the request breaks, whatever letter answers it."""
        yield from not_after("request.dated", self.dated, self.received, "the day the request was received")
        if self.paper:
            yield from self.paper.problems()
        yield from self._earlier_problems()
        yield from repeated("request.asserted", self.asserted)
        yield from repeated("request.subjects", self.subjects)
        if self.released and self.subjects == []:
            yield broken(
                "request.released",
                "is “yes”, but nobody is named who could have signed a release.",
                "Name each person or employer (request.subjects), or answer no.",
            )
        for name in ("sought", "purpose", "investigation", "statute"):
            yield from not_a_fragment(f"request.{name}", getattr(self, name), opening=name != "statute")
        if self.requester:
            yield from not_a_fragment("request.requester.greeting", self.requester.greeting, ":,")
        if self.child_victim and not self.trafficking:
            yield broken(
                "request.trafficking",
                "is “no”, but a possible child victim of trafficking is noted.",
                "Answer yes here, or no about the child victim.",
            )
        if self.burdensome and not self.public_records:
            yield broken(
                "request.burdensome",
                "is “yes”, but this is not a public-records request; only for those can the time be extended.",
                "Answer no, or correct whether it is a public-records request.",
            )

    def _earlier_problems(self) -> Iterator[Problem]:
        for number, each in enumerate(self.earlier or [], 1):
            place = f"request.earlier.{number}"
            if self.received and each.day > self.received:
                yield broken(
                    f"{place}.day",
                    f"is {long_date(each.day)}, after this request was received ({long_date(self.received)}).",
                    "List only requests made before this one.",
                )
            if self._is_this_request(each):
                yield broken(
                    f"{place}.day",
                    "is the request that this letter answers: the same day, and the same way of arriving.",
                    "List only requests made before this one; if there were two that day, say who received each.",
                )
            yield from not_before(f"{place}.answered", each.answered, each.day, "that request was made")
            if each.reference and not each.answered:
                yield broken(
                    f"{place}.answered",
                    "is missing, but our answer has a reference.",
                    "Write the date of that letter.",
                    "missing",
                )
            yield from not_a_fragment(f"{place}.reached", each.reached)

    def _is_this_request(self, other: EarlierRequest) -> bool:
        """Whether an earlier request is this very one, entered by mistake."""
        same_day = other.day == (self.dated or self.received)
        return same_day and other.channel == self.channel and self.received_by in (None, other.reached)
