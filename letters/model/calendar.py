"""The office's calendar: its business days, and when a number of days has passed.

The only module that uses the holidays library.
"""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from enum import IntEnum
from functools import cache
from importlib.util import find_spec, module_from_spec
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from letters._text.between_runs import kept
from letters.errors import LibraryAtFault, Problem
from letters.model.values import Date, Model, Text

_ONE_AT_A_TIME = threading.Lock()  # threads that look up holidays for the first time
_LANGUAGE = "en_US"  # of the names of holidays, where the library has them; otherwise the computer's settings decide
_YEARS_KEPT = 50


class Weekday(IntEnum):
    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def _weekday(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return Weekday[value.strip().upper()]
        except KeyError:
            raise ValueError("is not a day of the week. Write saturday, sunday, …") from None
    return value


class WorkCalendar(Model):
    """When the office is open: `[calendar]` in `templates/office.toml`."""

    country: Text = Field(
        default="US", title="Country", description="Country whose holidays it observes (ISO 3166).", examples=["US"]
    )
    subdivision: Text | None = Field(
        default=None, title="State", description="State or province whose holidays it observes, by its two letters."
    )
    weekend: list[Annotated[Weekday, BeforeValidator(_weekday)]] = Field(
        default=[Weekday.SATURDAY, Weekday.SUNDAY],
        title="Weekend",
        description="Days of the week on which the office is closed.",
        examples=[["saturday", "sunday"]],
    )
    closed: list[Date] = Field(
        default=[],
        title="Closed",
        description="Other days on which the office is closed.",
        examples=[["2019-12-24"]],
    )
    open: list[Date] = Field(
        default=[],
        title="Open",
        description="Holidays on which the office is open anyway.",
        examples=[["2019-11-29"]],
    )

    @field_validator("weekend")
    @classmethod
    def _leaves_a_business_day(cls, days: list[Weekday]) -> list[Weekday]:
        if len(set(days)) == 7:
            raise ValueError("covers the whole week. Remove at least one day.")
        return days

    def why_closed(self, day: date) -> str:
        """Why the office is closed that day, in words; empty if it is open.

        Raises:
            LibraryAtFault: the calendar names a country or state with no known holidays.
        """
        if day in self.open:
            return ""
        if day in self.closed:
            return "a day on which the office is closed"
        if day.weekday() in self.weekend:
            return f"a {Weekday(day.weekday()).name.capitalize()}"
        return _holidays(self.country, self.subdivision, day.year).get(day, "")

    def after(self, day: date, days: int, *, working: bool) -> date:
        """The last of ``days`` days, counting from the day after ``day``.

        Args:
            working: count only business days; otherwise every day counts.
        """
        if not working:
            return day + timedelta(days=days)
        while days:
            day += timedelta(days=1)
            days -= not self.why_closed(day)
        return day

    def before(self, day: date, days: int) -> date:
        """The business day that is ``days`` business days before ``day``."""
        while days:
            day -= timedelta(days=1)
            days -= not self.why_closed(day)
        return day

    def next_working_day(self, day: date) -> date:
        """``day``, or the first business day after it."""
        while self.why_closed(day):
            day += timedelta(days=1)
        return day

    def last_working_day(self, day: date) -> date:
        """``day``, or the last business day before it."""
        while self.why_closed(day):
            day -= timedelta(days=1)
        return day


@cache
def _holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The names of the holidays of a year. Raises LibraryAtFault."""
    made_from = country, subdivision or "", str(year)
    return kept("holidays", lambda: made_from, lambda: _looked_up(country, subdivision, year), most=_YEARS_KEPT)


def _looked_up(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    import holidays

    try:
        with _one_country_alone():
            found = holidays.country_holidays(country, subdiv=subdivision, years=year, language=_LANGUAGE)
    except NotImplementedError:
        place = f"{country}, {subdivision}" if subdivision else country
        raise LibraryAtFault(
            Problem(
                f"The public holidays of {place} are not known.",
                where="templates/office.toml, [calendar]",
                hint='Write the codes of ISO 3166: country = "US", and the two letters of the State under subdivision.',
            )
        ) from None
    return {day: str(name) for day, name in found.items() if day.year == year}


@contextmanager
def _one_country_alone() -> Iterator[None]:
    """Lets the holidays library import the module of a country without those of two hundred others.

    It keeps each country in a module of its own and imports the one it needs by name, but importing that imports their
    package, which imports all of them. Here the package is there already, and is empty.
    """
    name = "holidays.countries"
    with _ONE_AT_A_TIME:
        spec = find_spec(name) if name not in sys.modules else None
        if spec is None:
            yield
            return
        sys.modules[name] = module_from_spec(spec)
        try:
            yield
        finally:
            del sys.modules[name]  # for whoever wants the whole package
