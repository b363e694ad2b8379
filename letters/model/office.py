"""The office: who writes the letters, who signs them, and whom to contact."""

from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, field_validator

from letters._text.dates import DateOrder
from letters.model.calendar import WorkCalendar
from letters.model.values import EMail, Model, ShortName, Text

_USUAL_ZONES = {
    **dict.fromkeys(("eastern", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("central", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mountain", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pacific", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("alaska", "akst"), "America/Anchorage"),
    **dict.fromkeys(("hawaii", "hst"), "Pacific/Honolulu"),
}
"""What people in the United States call their time zones, by a word of it."""
# Names that exist, but for an hour that never changes, which is hardly what is meant.
_WITHOUT_SUMMER_TIME = ("EST", "MST", "HST")


class Person(Model):
    """A named official, with the title that goes with the name."""

    name: Text = Field(title="Name", description="Full name, as it should be printed.", examples=["Jordan Sample"])
    title: Text = Field(title="Title", description="Official title.", examples=["Investigative Assistant"])


class Signatory(Person):
    """Someone who may sign for the office."""

    id: ShortName = Field(
        title="Short name", description="The name used in answers for this signatory.", examples=["chief-counsel"]
    )


class Contact(Person):
    """The person to whom further requests are sent."""

    telephone: Text = Field(title="Telephone", description="Direct line.", examples=["555-0100"])
    email: EMail = Field(title="Email", description="Email address.", examples=["counsel@agency.example"])


class Office(Model):
    """The office's details: `templates/office.toml`."""

    name: Text = Field(title="Name of the office", description="Full legal name of the department.")
    state: Text = Field(title="State", description="The State whose law the office applies, as a letter names it.")
    short_name: Text = Field(title="Short name", description="What a letter calls it after the first mention.")
    law_name: Text = Field(title="Governing law", description="Name of the law under which the records are kept.")
    unit: Text = Field(title="Unit", description="The unit that writes the letters.")
    head_title: Text = Field(title="Title of the head", description="Title of the head of the department.")
    address: Text = Field(title="Address", description="Mailing address, each line on a line of its own.")
    telephone: Text = Field(title="Telephone", description="Main number.")
    email: EMail = Field(title="Email", description="General address.")
    language: Text = Field(default="en-US", title="Language", description="Language of the letters (BCP 47).")
    time_zone: Text = Field(
        title="Time zone", description="IANA name; determines what day it is.", examples=["America/Denver"]
    )
    date_order: DateOrder = Field(
        default="month-first",
        title="Order of dates",
        description="How 8/2/2019 is read: month-first, day-first, or ask.",
    )
    calendar: WorkCalendar = Field(title="Calendar", description="The days on which the office is open.")
    accepts_service: Text = Field(
        title="Service of process",
        description="Who accepts process, and where; completes “Process may be served on …”.",
    )
    records_custodian: Contact = Field(
        title="Records custodian", description="Who receives requests under the public-records law."
    )
    contact: Contact = Field(title="Contact", description="The only contact for further requests.")
    window_envelope: bool = Field(
        default=False,
        title="Window envelopes",
        description="Whether letters go out in #10 window envelopes; `letters check --pdf` then checks the address.",
    )
    review: list[Text] = Field(
        default=[],
        title="Review",
        description="Kinds of letter that a colleague must approve before they count as issued; see `letters review`.",
        examples=[["denial", "conditional-approval"]],
    )
    signatory: list[Signatory] = Field(min_length=1, title="Signatories", description="Who may sign.")

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
            if name.upper() in _WITHOUT_SUMMER_TIME:
                raise ValueError(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            usual = next((zone for word, zone in _USUAL_ZONES.items() if word in name.lower().split()), "")
            near = [usual] if usual else get_close_matches(name, available_timezones(), n=1)
            hint = f"Did you mean {near[0]}?" if near else "Write an IANA name, such as America/Denver."
            raise ValueError(f"is “{name[:60]}”, which is not a time zone. {hint}") from None
        return name

    @field_validator("signatory")
    @classmethod
    def _ids_are_unique(cls, people: list[Signatory]) -> list[Signatory]:
        if len({person.id for person in people}) < len(people):
            raise ValueError("has two signatories with the same short name. Give each a name of its own.")
        return people
