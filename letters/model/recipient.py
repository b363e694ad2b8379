"""The recipient of a letter that answers no records request."""

from pydantic import Field

from letters.model.values import EMail, Model, Text


class Recipient(Model):
    """Who the letter is written to."""

    name: Text | None = Field(
        default=None, title="Recipient's name", description="The person it is written to.", examples=["Jordan Sample"]
    )
    title: Text | None = Field(
        default=None, title="Recipient's title", description="That person's title.", examples=["Director"]
    )
    organization: Text | None = Field(
        default=None,
        title="Recipient's organization",
        description="The organization it is written to, or where that person works.",
        examples=["Example Fabrication LLC"],
    )
    greeting: Text | None = Field(
        default=None,
        title="Recipient's greeting",
        description="Name to print in the salutation. If left out, the full name is used.",
        examples=["Ms. Sample"],
    )
    address: Text | None = Field(
        default=None,
        title="Recipient's address",
        description="Mailing address, as on an envelope, each line on a line of its own.",
        examples=["P.O. Box 0000\nAnytown 00000"],
    )
    email: EMail | None = Field(
        default=None, title="Recipient's email", description="Email address.", examples=["jordan.sample@mail.example"]
    )
    telephone: Text | None = Field(
        default=None,
        title="Recipient's telephone",
        description="Telephone number.",
        examples=["(505) 555-0170"],
    )
    fax: Text | None = Field(
        default=None, title="Recipient's fax number", description="Fax number.", examples=["(505) 555-0171"]
    )
