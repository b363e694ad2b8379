"""The requester: who sent the request."""

import re
from collections.abc import Iterable

from pydantic import Field

from letters.model.values import CONFIDENTIAL, EMail, Model, RequesterName, Text

NAMES_OTHERS = "names-others"
"""What criteria call it that a request names somebody besides the requester."""


def names_others(subjects: Iterable[str], requester: Iterable[str | None]) -> bool:
    """Whether any of the persons and employers named is not the requester.

    A name that has all the words of another is taken for the same: Jane Placeholder and Jane Q. Placeholder.

    Args:
        requester: its names.
    """
    own = [_words_of(name) for name in requester if name]
    return any(not any(words <= each or each <= words for each in own) for words in map(_words_of, subjects))


def _words_of(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold()))


class Requester(Model):
    """Who sent the request."""

    agency: Text = Field(
        title="Requester's agency",
        description="Full name of the agency, organization, or person that sent the request.",
        examples=["U.S. Immigration and Customs Enforcement"],
    )
    agency_in_sentence: Text | None = Field(
        default=None,
        title="Agency within a sentence",
        description="The agency's name in the middle of a sentence, if it needs an article there.",
        examples=["the Human Trafficking Task Force"],
    )
    agency_kind: RequesterName = Field(
        title="Kind of agency",
        description="What kind of agency, organization, or person the requester is, from rules.toml.",
        json_schema_extra={"library": "requesters"},
        examples=["federal"],
    )
    office: Text | None = Field(
        default=None,
        title="Requester's office",
        description="Component or field office.",
        examples=["Homeland Security Investigations, field office"],
    )
    name: Text | None = Field(
        default=None,
        title="Requester's name",
        description="Person who signed or made the request.",
        examples=["Jordan Sample"],
    )
    title: Text | None = Field(
        default=None,
        title="Requester's title",
        description="That person's official title.",
        examples=["Investigative Assistant"],
    )
    greeting: Text | None = Field(
        default=None,
        title="Greeting",
        description="Name to print after “Dear”. If left out, the full name is used, or “Sir or Madam”.",
        examples=["Ms. Sample"],
    )
    identification: Text | None = Field(
        default=None,
        title="Requester's identification",
        description="Badge or identification number, for the file; not printed.",
        json_schema_extra=CONFIDENTIAL,
        examples=["Badge 0000"],
    )
    address: Text | None = Field(
        default=None,
        title="Requester's address",
        description="Mailing address, as on an envelope, each line on a line of its own.",
        examples=["P.O. Box 0000\nSpringfield 00000"],
    )
    email: EMail | None = Field(
        default=None,
        title="Requester's email",
        description="Email address.",
        examples=["jordan.sample@agency.example"],
    )
    telephone: Text | None = Field(
        default=None,
        title="Requester's telephone",
        description="Telephone number.",
        examples=["555-0100"],
    )
    supervisor: Text | None = Field(
        default=None,
        title="Requester's supervisor",
        description="Supervisor, if named; for the file.",
        examples=["Taylor Specimen, Resident Agent"],
    )
    fax: Text | None = Field(
        default=None, title="Requester's fax number", description="Fax number.", examples=["555-0101"]
    )
