"""Earlier requests the register remembers, offered once: is this the same request again, or a new one?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from letters._text.dates import long_date
from letters.interview import entries
from letters.interview.applicability import known_of_requester
from letters.interview.options import Option
from letters.interview.state import InterviewState
from letters.library.office_files import load_office
from letters.matters.memory import EarlierMatter
from letters.model.fields import get

_EARLIER = "request.earlier"


def to_recall(state: InterviewState) -> list[EarlierMatter]:
    """What the register remembers of this requester and is not listed yet; nothing once counsel was asked."""
    question = state.question(_EARLIER)
    if state.memory is None or state.recalled or question is None or not get(state.answers, "request.requester.agency"):
        return []
    about, received = known_of_requester(state), get(state.answers, "request.received")
    listed = [entry for entry in entries.entries_of(state, question) if isinstance(entry, dict)]
    references = {str(entry.get("reference")) for entry in listed}
    days = {(entry.get("day"), entry.get("channel")) for entry in listed}
    return [
        match
        for match in state.memory.earlier(about, received if isinstance(received, date) else None)
        if match.entry.reference not in {*references, state.filed}
        and (match.as_request().get("day"), match.as_request().get("channel")) not in days
    ]


def take(state: InterviewState, matches: Sequence[EarlierMatter]) -> Iterator[str]:
    """List these as earlier requests; yields what counsel should know of it, in sentences.

    So that the advice goes by them at once, a request whose recipient the register does not know counts as received by
    the office; an entry that lacks something else is asked for next.
    """
    question = state.question(_EARLIER)
    assert question is not None
    assert state.memory is not None
    agency = str(get(state.answers, "request.requester.agency") or "")
    state.opened.add(_EARLIER)
    state.position = ""
    office = load_office(state.library).short_name
    for match in sorted(matches, key=lambda each: each.as_request()["day"]):
        entry = match.as_request()
        if not match.is_certain and match.name and match.reason.endswith("may be the same agency"):
            state.memory.confirm(agency, match.name)
            yield f"From now on, {agency} and {match.name} are one agency to the register."
        day = long_date(entry["day"])
        if "reached" not in entry:
            entry["reached"] = office
            yield f"The register does not say who received the request of {day}; the list says “{office}”."
        if all(part.name in entry for part in question.field.parts if part.required):
            listed = [*entries.entries_of(state, question), entry]
            entries.replace_entries(state, question, sorted(listed, key=lambda each: each["day"]))
            state.position = ""
        else:
            state.unfinished_entries[_EARLIER] = entry
            yield f"The register does not know everything about the request of {day}: complete it in the list."
    if _EARLIER in state.unfinished_entries:
        entries.resume_entry(state, _EARLIER)


WHETHER_SAME = "Is this the same request again, or a new one?"
ON_REPEATS = "A request that repeats an earlier one gets another letter than a new one; the advice goes by this."
_ALL, _NEW = "all", "new"


def options(matches: Sequence[EarlierMatter]) -> list[Option]:
    """What counsel may answer when asked about these."""
    same = "The same as {}: list it as an earlier request" if len(matches) > 1 else "The same request again"
    found = [Option(str(number), same.format(number + 1)) for number in range(len(matches))]
    found += [Option(_ALL, "The same as all of them")] if len(matches) > 1 else []
    return [*found, Option(_NEW, "A new request: list none of them")]


def choose(state: InterviewState, matches: Sequence[EarlierMatter], picked: str) -> list[str]:
    """Do what counsel picked of `options`; returns what counsel should know of it, in sentences."""
    state.recalled = True
    if picked == _NEW:
        return []
    return list(take(state, matches if picked == _ALL else [matches[int(picked)]]))
