"""Compulsory process: the subpoena, summons, order, or warrant that was served."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.rules import broken, not_a_fragment
from letters.model.values import OTHER_POWER, Day, Model, PowerName, Text

_DAYS = {"issued": "date on the paper", "served": "day of service"}


class Paper(Model):
    """The subpoena, summons, order, or warrant that was served."""

    form: Text | None = Field(
        default=None, title="Form", description="Form number on the paper.", examples=["Form I-138"]
    )
    number: Text | None = Field(
        default=None,
        title="Number",
        description="Number of the subpoena, order, or warrant.",
        examples=["EP-2019-0000"],
    )
    power: PowerName = Field(
        default=OTHER_POWER,
        title="Power relied on",
        description="For an agency's subpoena: the power to demand records that it relies on, from rules.toml.",
        json_schema_extra={"library": "powers"},
        examples=["immigration"],
    )
    issued_by: Text | None = Field(
        default=None,
        title="Issued by",
        description="Court or agency that issued it, as the letter names it.",
        examples=["U.S. Immigration and Customs Enforcement"],
    )
    signer: Text | None = Field(
        default=None, title="Signed by", description="Person who signed it.", examples=["Quinn Example"]
    )
    signer_title: Text | None = Field(
        default=None,
        title="Title of the signer",
        description="That person's title, as it appears on the paper.",
        examples=["Investigative Assistant"],
    )
    signer_authority: Literal["shown", "not-shown"] | None = Field(
        default=None,
        title="Authority of the signer",
        description="Whether the signer's title is among those that may issue such a paper, or a delegation is shown: "
        "shown, or not-shown; left out if counsel has not looked.",
        examples=["not-shown"],
    )
    signed_by_judge: bool = Field(
        default=False,
        title="Signed by a judge",
        description="For an order or a warrant: whether a judge of a court signed it.",
        examples=[False],
    )
    statute: Text | None = Field(
        default=None,
        title="Statute cited",
        description="Statute the paper names as its authority, in its own words.",
        examples=["8 U.S.C. § 1225(d)(4)"],
    )
    court: Text | None = Field(
        default=None,
        title="Court",
        description="Court that issued the paper, or where a motion would be filed.",
        examples=["United States District Court"],
    )
    docket: Text | None = Field(
        default=None, title="Docket number", description="Caption or docket number.", examples=["No. 19-cv-0000"]
    )
    issued: Day | None = Field(
        default=None, title="Date of the paper", description="The date on the paper.", examples=["2019-08-21"]
    )
    served: Day | None = Field(
        default=None, title="Day of service", description="The day it was served.", examples=["2019-08-22"]
    )
    served_how: Text | None = Field(
        default=None,
        title="Manner of service",
        description="How it was served; completes “served on the Department …”.",
        examples=["by hand"],
    )
    served_on: Text | None = Field(
        default=None,
        title="Served on",
        description="Person or office that was served.",
        examples=["the Office of General Counsel"],
    )
    return_date: Day | None = Field(
        default=None, title="Return date", description="Day by which it requires an answer.", examples=["2019-09-05"]
    )
    return_place: Text | None = Field(
        default=None, title="Place of return", description="Where it must be answered.", examples=["Springfield"]
    )
    testimony: bool = Field(
        default=False, title="Testimony demanded", description="Whether it also demands testimony.", examples=[False]
    )
    nondisclosure: bool = Field(
        default=False,
        title="Nondisclosure requested",
        description="Whether it asks that its existence be kept secret; for the file.",
        examples=[False],
    )

    def problems(self) -> Iterator[Problem]:
        """Dates out of order, and texts that would not fit into a sentence."""
        for early, late in (("issued", "served"), ("served", "return_date"), ("issued", "return_date")):
            first, second = getattr(self, early), getattr(self, late)
            if first and second and first > second:
                yield broken(
                    f"request.paper.{late}",
                    f"is {long_date(second)}, before the {_DAYS[early]} ({long_date(first)}).",
                    "Correct one of the two dates.",
                )
        for name in ("form", "number", "issued_by", "signer", "signer_title", "court", "served_how", "served_on"):
            yield from not_a_fragment(f"request.paper.{name}", getattr(self, name))
