"""The rules on what a letter may cite.

A letter cites law that supports its kind, is in force on its date and fits its request; some law is never cited without
other law beside it; and no citation is typed into the letter's own words unless `legal_basis.toml` has it, or it is
declared as law outside that file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from letters._text.citations import citations_in, same
from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.legal_basis import LegalBasis, UnvettedLaw
from letters.model.rules import broken, not_a_fragment, repeated, unknown
from letters.model.typed_law import LAW_FILE, entry_for, nearest


class CitationRules(Struct, frozen=True):
    """What one letter may cite.

    Args:
        kind: the kind of letter; None while it is not known.
        date: the letter's date; None while it is not known.
        topics: what the request is about; None while nothing is known of it.
        asserted: short names of the provisions the requester relies on.
    """

    kind: str | None
    date: date | None
    topics: frozenset[str] | None
    asserted: frozenset[str] = frozenset()

    def allow(self, basis: LegalBasis) -> bool:
        """Whether this letter may cite a basis."""
        return self.kind in basis.supports and next(self.bars(basis), None) is None

    def bars(self, basis: LegalBasis) -> Iterator[tuple[str, str]]:
        """Each reason why no letter of this date, on this request, may cite a basis, and what to do about it."""
        if self.date and not basis.in_force_on(self.date):
            since = f" It took effect on {long_date(basis.in_force_from)}." if basis.in_force_from else ""
            until = f" It was in force until {long_date(basis.in_force_until)}." if basis.in_force_until else ""
            yield (
                f"is not in force on {long_date(self.date)}, the letter's date.{since}{until}",
                "Remove it, or correct the date.",
            )
        if self.topics is None:
            return
        if basis.only_for and not self.topics & set(basis.only_for):
            yield (
                f"may be cited only where the request is about {', '.join(basis.only_for)}.",
                "Remove it, or correct the answers about the request.",
            )
        if basis.only_if_asserted and basis.id not in self.asserted:
            yield (
                "may be cited only in answer to a requester who relies on it.",
                "Remove it, or add it to the statutes the requester relies on (request.asserted).",
            )

    def chosen_problems(
        self, chosen: Sequence[str], bases: Mapping[str, LegalBasis], *, required: bool
    ) -> Iterator[Problem]:
        """What is wrong with the legal bases chosen for the letter.

        Args:
            chosen: their short names, in the order of the answers.
            required: whether a letter of this kind must name the law it rests on.
        """
        if required and not chosen:
            yield broken(
                "legal_basis",
                "is missing: this letter must say what law it rests on.",
                f"Choose at least one basis; `letters fields {self.kind or 'KIND'}` lists them.",
                "missing",
            )
        yield from repeated("legal_basis", chosen)
        for number, name in enumerate(chosen, 1):
            place = f"legal_basis.{number}"
            if name in bases:
                yield from self._misuses(bases[name], place)
            else:
                yield unknown(place, name, bases)
        known = [bases[name] for name in chosen if name in bases]
        if required and known and all(basis.authority == "persuasive" for basis in known):
            yield broken(
                "legal_basis",
                "rests only on decisions of other courts, which are persuasive but not binding.",
                "Add the statute or rule that the letter rests on.",
            )
        yield from self.unpaired(chosen, bases)

    def _misuses(self, basis: LegalBasis, place: str) -> Iterator[Problem]:
        named = f"names {basis.citation}, which"
        if self.kind and self.kind not in basis.supports:
            yield broken(
                place,
                f"{named} does not support a letter of the kind {self.kind}.",
                f"It supports: {', '.join(basis.supports)}.",
            )
        for why, hint in self.bars(basis):
            yield broken(place, f"{named} {why}", hint)

    def unpaired(self, cited: Collection[str], bases: Mapping[str, LegalBasis]) -> Iterator[Problem]:
        """Bases that must not be cited without another one, where that one is missing.

        Args:
            cited: short names of the bases chosen, or of every basis the finished letter cites.
        """
        for name in sorted(set(cited) & bases.keys()):
            basis = bases[name]
            if not self._needs_partners(basis):
                continue
            for partner in basis.pair_with:
                other = bases.get(partner)
                if other and partner not in cited and self.kind in other.supports:
                    yield broken(
                        "legal_basis",
                        f"cites {basis.citation} without {other.citation}, which must be cited with it.",
                        f"Add {other.citation}.",
                    )

    def _needs_partners(self, basis: LegalBasis) -> bool:
        return not basis.pair_for or bool((self.topics or frozenset()) & set(basis.pair_for))

    def typed_problems(
        self, texts: Sequence[tuple[str, str]], declared: Sequence[UnvettedLaw], bases: Mapping[str, LegalBasis]
    ) -> Iterator[Problem]:
        """Citations typed into the letter's own words that it may not make.

        Args:
            texts: the letter's own words, each with its dotted field; the requester's words are left alone.
            declared: the law declared as outside the file.
        """
        typed = [(place, citations) for place, text in texts if (citations := citations_in(text))]
        if not typed:
            return
        allowed = {found for each in declared for found in citations_in(each.citation)}
        barred: dict[str, tuple[str, str]] = {}
        for basis in bases.values():
            if (bar := next(self.bars(basis), None)) is not None:
                barred |= dict.fromkeys(citations_in(basis.citation), bar)
            else:
                allowed |= citations_in(f"{basis.citation}; {basis.summary}").keys()
        for place, citations in typed:
            for found, words in citations.items():
                if same(found, allowed):
                    continue
                if known := same(found, barred):
                    why, hint = barred[known]
                    yield broken(place, f"cites “{words}”, which {why}", hint)
                    continue
                near = nearest(found, [basis for basis in bases.values() if next(self.bars(basis), None) is None])
                entry = f"The nearest it has is {near.citation}." if near else f"Add it to {LAW_FILE}."
                yield broken(
                    place,
                    f"cites “{words}”, which is not in legal_basis.toml.",
                    f"{entry} Or remove it, or enter it as law outside the file (unvetted_law); the letter is then a "
                    "draft.",
                    "unvetted",
                )

    def amended_problems(
        self, cited: Iterable[str], checked: Sequence[str], bases: Mapping[str, LegalBasis]
    ) -> Iterator[Problem]:
        """Law amended between the words that were read and the letter's date, unless counsel has looked it up.

        Args:
            cited: short names of the law the letter cites or may cite.
            checked: those that counsel has looked up for the letter's date.
        """
        yield from repeated("law_checked", checked)
        for number, name in enumerate(checked, 1):
            if name not in bases:
                yield unknown(f"law_checked.{number}", name, bases)
        if not self.date:
            return
        for name in dict.fromkeys(cited):
            basis = bases.get(name)
            if basis is None or name in checked or next(self.bars(basis), None) is not None:
                continue
            if amendment := basis.amended_before(self.date):
                yield broken(
                    "law_checked",
                    f"lacks {name}: {basis.citation} was amended effective {long_date(amendment)}, and the text on "
                    f"file is not that of the letter's date ({basis.read_as_of}).",
                    f"Look up the text in force on {long_date(self.date)}; if the letter states it right, add it here.",
                    "missing",
                )

    def declared_problems(self, declared: Sequence[UnvettedLaw], bases: Mapping[str, LegalBasis]) -> Iterator[Problem]:
        """Law declared as outside the file that the file has, or keeps out of this letter."""
        yield from repeated("unvetted_law", [each.citation for each in declared])
        for number, each in enumerate(declared, 1):
            yield from not_a_fragment(f"unvetted_law.{number}.summary", each.summary)
            place, cited = f"unvetted_law.{number}.citation", citations_in(each.citation).keys()
            meant = [basis for basis in bases.values() if any(entry_for(name, [basis]) for name in cited)]
            allowed = [basis for basis in meant if next(self.bars(basis), None) is None]
            if meant and not allowed:
                why, hint = next(self.bars(meant[0]))
                yield broken(place, f"is “{each.citation}”, which {why}", hint)
            elif allowed and all(entry_for(name, allowed) for name in cited):
                if any(self.kind in basis.supports for basis in allowed):
                    hint = "Choose it as a legal basis; then it needs no entry here."
                else:
                    hint = f"It is there for other letters: remove it, or have {allowed[0].citation} support this kind."
                yield broken(place, f"is “{each.citation}”, which is in legal_basis.toml.", hint)


def stale_law(bases: Iterable[LegalBasis], on: date) -> Iterator[Problem]:
    """A caution, if the words of any of these texts were not read as they stood on that day."""
    stale = [f"{basis.citation} ({basis.read_as_of})" for basis in bases if basis.stale_on(on)]
    if stale:
        yield broken(
            "legal_basis",
            f"rests on text that was not read as it stood on the letter's date, or is undated: {'; '.join(stale)}.",
            f"Look each one up in the official source as of {long_date(on)} before the letter goes out.",
            "stale",
        )
