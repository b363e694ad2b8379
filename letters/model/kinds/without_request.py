"""A letter that answers no records request: a notice, a reply on another form of the office, or a letter of its own.

Its facts are answers to the office's own questions; it has a recipient instead of a requester.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from letters.errors import Problem
from letters.model.answer_texts import texts_in
from letters.model.letter import Letter, cannot_be_reached
from letters.model.recipient import Recipient
from letters.model.rulebook import Due, Rulebook
from letters.model.rules import broken, not_a_fragment, repeated


def _nothing(value: Any) -> None:
    if value is not None:
        raise ValueError("is not part of this kind of letter, which answers no records request. Remove it.")


class LetterWithoutRequest(Letter):
    """A letter of a kind whose form is not the records request."""

    request: Annotated[None, BeforeValidator(_nothing)] = Field(  # type: ignore[assignment]  # it has none
        default=None, exclude=True, title="Request", description="Not part of this kind of letter."
    )
    recipient: Recipient = Field(title="Recipient", description="Who the letter is written to.")

    @property
    def addressee(self) -> str:
        """Who the letter goes to, for titles and file names."""
        return self.recipient.organization or self.recipient.name or ""

    def topics(self, rulebook: Rulebook) -> frozenset[str]:
        """Every one: which law fits is decided by the kinds it supports, and by the date."""
        return frozenset(topic for basis in rulebook.bases.values() for topic in basis.applies_to)

    def deadlines(self, rulebook: Rulebook) -> Mapping[str, Due]:
        """None: the deadlines of the law run from the receipt of a records request."""
        return {}

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Every rule that the letter breaks."""
        yield from super().problems(rulebook)
        yield from repeated("delivery", self.delivery)
        if self.recipient:
            yield from self._recipient_problems()

    def _recipient_problems(self) -> Iterator[Problem]:
        to = self.recipient
        if not (to.name or to.organization):
            yield broken(
                "recipient.name",
                "is missing, and no organization is named either.",
                "Write who the letter is to.",
                "missing",
            )
        yield from not_a_fragment("recipient.greeting", to.greeting, ":,")
        yield from cannot_be_reached("recipient", to, self.delivery)

    def _own_texts(self, rulebook: Rulebook) -> list[tuple[str, str]]:
        found = [each for each in super()._own_texts(rulebook) if not each[0].startswith("recipient.")]
        return found + [each for each in texts_in("recipient", self.recipient) if each[0] == "recipient.greeting"]
