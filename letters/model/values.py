"""The values that answers are made of: text, dates and choices; and the base class of everything that is checked."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from math import isfinite
from operator import attrgetter
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from letters._text.damage import IN_DATES, IN_OWN_ANSWERS, is_sound, refusal
from letters._text.dates import HOW_TO_WRITE, DateOrder, parse_date
from letters._text.lazy_pattern import pattern
from letters._text.light_markup import parse_rich_text
from letters._text.picture_answers import picture_parts

_LINE_END = pattern("\r\n|[\r\x85\u2028\u2029]")
# Marks what a request says about the persons and employers whose records it is for: messages never quote it.
CONFIDENTIAL: JsonDict = {"confidential": True}
# Marks text that a letter prints as sentences of its own.
SENTENCES: JsonDict = {"sentences": True}


def clean_text(value: Any, accepted: frozenset[str] = frozenset()) -> Any:
    """Text as typed, except that line endings become newlines and white space around it is removed.

    Args:
        accepted: codes of damage that is none here; see `refusal`.

    Raises:
        ValueError: for text that was damaged on its way here and that no letter may print; see `letters._text.damage`.
    """
    if type(value) is str and is_sound(value):
        return value
    if not isinstance(value, str):
        return value
    if not value.isprintable():  # most texts are: nothing in them needs to change
        value = _LINE_END.sub("\n", value)
    value = value.strip()
    if found := refusal(value, accepted):
        raise ValueError(f"{found.message} {found.hint}")
    if not value:
        raise ValueError("is empty. Fill it in, or leave it out altogether.")
    return value


def read_date(value: Any, order: DateOrder = "month-first") -> date:
    """A date from a TOML date or from text; never from a number, and never with a time of day."""
    day = _date_in(value, order) if isinstance(value, str) else value
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError(f"is not a date. {HOW_TO_WRITE}")
    return day


@lru_cache(maxsize=1024)  # the letters of a batch have most of their days in common
def _date_in(text: str, order: DateOrder) -> date:
    return parse_date(clean_text(text, IN_DATES), order=order)


class ReadAnswers(dict[str, Any]):
    """Answers to an office's own questions, each read by the type of its question already."""


def clean_answers(value: Any, depth: int = 0) -> Any:
    """Answers to an office's own questions: text, numbers, dates, yes or no, and lists and tables of these.

    Raises:
        ValueError: for anything else, and for anything that no letter can print.
    """
    if type(value) is ReadAnswers:
        return dict(value)
    if isinstance(value, str):
        return clean_text(value, IN_OWN_ANSWERS)
    if depth < 8 and isinstance(value, list):
        return [clean_answers(each, depth + 1) for each in value]
    if depth < 8 and isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {clean_text(key): clean_answers(each, depth + 1) for key, each in value.items()}
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, (bool, int, Decimal)) or (isinstance(value, float) and isfinite(value)):
        return value
    raise ValueError(
        "contains something that no letter can print. Write text, numbers, dates, true or false, or lists and tables "
        "of these."
    )


def _read_day(value: Any, info: ValidationInfo) -> date:
    """A date, read in the order the office uses if the letter is checked against its rulebook."""
    return read_date(value, getattr(info.context, "date_order", "month-first"))


def _plausible(day: date) -> date:
    if not 1900 <= day.year < 2200:
        raise ValueError(f"is in the year {day.year}, which must be a typing error. {HOW_TO_WRITE}")
    return day


def _links_are_sound(value: str) -> str:
    parse_rich_text(value)
    return value


def _picture(value: str) -> str:
    picture_parts(value)
    return value


_EMAIL = pattern(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("is not an email address. Write it like name@agency.example.")
    return value


Text = Annotated[str, BeforeValidator(lambda value: clean_text(value))]
OwnText = Annotated[str, BeforeValidator(lambda value: clean_text(value, IN_OWN_ANSWERS))]
FormattedText = Annotated[OwnText, AfterValidator(_links_are_sound)]
PictureText = Annotated[OwnText, AfterValidator(_picture)]
EMail = Annotated[str, BeforeValidator(clean_text), BeforeValidator(lambda v: _email(v) if isinstance(v, str) else v)]
Date = Annotated[date, BeforeValidator(lambda value: read_date(value))]
# A day on which something happened in a matter; dates of the law may be older.
Day = Annotated[date, BeforeValidator(_read_day), AfterValidator(_plausible)]


class Money(Decimal):
    """An amount of money, which a letter prints with the sign of the currency and two decimals."""


_QUANTITY = pattern(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_LONGEST_NUMBER = 18  # digits


def read_number(value: Any) -> Decimal:
    """A quantity from a number, or from text such as ``1,234.5``. Never from yes or no."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("is not a number. Write it like 1,234.5.")
    text = clean_text(value, IN_OWN_ANSWERS) if isinstance(value, str) else repr(value)
    if not _QUANTITY.fullmatch(text) or len(re.sub(r"\D", "", text)) > _LONGEST_NUMBER:
        raise ValueError(f"is “{text[:40]}”, which is not a number that can be read. Write it like 1,234.5.")
    return Decimal(text.replace(",", ""))


def read_money(value: Any) -> Money:
    """An amount from a number, or from text such as ``$1,234.50``; with two decimals at most."""
    text = value.strip().removeprefix("$").strip() if isinstance(value, str) else value
    try:
        amount = read_number(text)
    except ValueError as error:
        raise ValueError(str(error).replace("1,234.5.", "1,234.50.")) from None
    if amount != round(amount, 2):
        raise ValueError("has more than two decimals. Write an amount like 1,234.50.")
    return Money(round(amount, 2))


Number = Annotated[Decimal, BeforeValidator(read_number)]
Amount = Annotated[Decimal, BeforeValidator(read_money), AfterValidator(Money)]


# The name of an entry in a file of the library, as other files and answers use it.
SHORT_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ShortName = Annotated[str, Field(pattern=SHORT_NAME)]
WEB_ADDRESS = r"^https?://"
YEAR_OR_UNDATED = r"^([12]\d{3}|undated)$"


# The values that stand for nothing said; every library has them.
NO_PROCESS, NATURE_NOT_STATED, OTHER_POWER = "none", "not-stated", "other"


# Which attribute of the rulebook lists the values of a field that `templates/rules.toml` defines.
TABLE_OF_FIELD = {
    "agency_kind": "requesters",
    "nature": "natures",
    "process": "processes",
    "power": "powers",
    "decision": "decisions",
}


class RuleValue(str):
    """A value that the office's rules define: the name of a choice, not words of the letter."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return _rule_value, (str(self),)


def _rule_value(value: str) -> RuleValue:
    return RuleValue(value)


def _defined(field: str) -> AfterValidator:
    """Accepts only values that the office's rules define, if the letter is checked against its rulebook."""

    def check(value: str, info: ValidationInfo) -> RuleValue:
        known = getattr(info.context, TABLE_OF_FIELD[field], None)
        if known is not None and value not in known:
            raise PydanticCustomError("literal_error", "is not one of the choices", {"expected": ", ".join(known)})
        return RuleValue(value)

    return AfterValidator(check)


_Value = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
RequesterName = Annotated[_Value, _defined("agency_kind")]
NatureName = Annotated[_Value, _defined("nature")]
ProcessName = Annotated[_Value, _defined("process")]
PowerName = Annotated[_Value, _defined("power")]
DecisionName = Annotated[_Value, _defined("decision")]


class FixedChoice(StrEnum):
    """One of a few values that are the same for every office."""

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """How it is pickled: such that a row of a batch finds it again in a fraction of the usual time."""
        return _chosen, (_name_of(type(self)), self._value_)


def _chosen(name: str, value: str) -> Any:
    return _class_named(name)._value2member_map_[value]


@lru_cache(maxsize=512)
def _name_of(kind: type) -> str:
    """The name that a class has in a pickle: to pickle the class itself takes longer than most of its objects."""
    return f"{kind.__module__}:{kind.__qualname__}"


@lru_cache(maxsize=512)
def _class_named(name: str) -> Any:
    module, _, path = name.partition(":")
    return attrgetter(path)(import_module(module))


class Channel(FixedChoice):
    EMAIL = "email"
    LETTER = "letter"
    TELEPHONE = "telephone"
    VISIT = "visit"
    PORTAL = "portal"
    SERVICE = "service"


class Delivery(FixedChoice):
    EMAIL = "email"
    MAIL = "mail"
    CERTIFIED_MAIL = "certified-mail"
    HAND = "hand"
    FAX = "fax"


class Access(FixedChoice):
    DIRECT = "direct-access"
    BULK = "bulk"
    TARGETED = "targeted"
    POLICY = "policy-inquiry"


class Model(BaseModel):
    """Base class of everything that is checked: unknown fields are refused, and errors never quote values."""

    # The validator of a model is made when it is first needed: few commands need all of them.
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True, defer_build=True
    )

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """How it is pickled: such that a row of a batch is kept in half of the usual time."""
        values = _name_of(type(self)), self.__dict__, self.__pydantic_fields_set__, self.__pydantic_private__
        return _restored, values


def _restored(name: str, values: dict[str, Any], given: set[str], private: dict[str, Any] | None) -> Model:
    kind = _class_named(name)
    new: Model = kind.__new__(kind)
    setting = object.__setattr__  # as pydantic itself does, because the model is frozen
    setting(new, "__dict__", values)
    setting(new, "__pydantic_fields_set__", given)
    setting(new, "__pydantic_extra__", None)
    setting(new, "__pydantic_private__", private)
    return new
