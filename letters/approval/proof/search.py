"""Finds letters that show every piece of a template, by changing the answers that its conditions ask about.

Nothing is assumed about what a condition does: each letter is checked by the rules and filled, and then read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from itertools import combinations, islice, product
from typing import Any

from jinja2 import nodes
from msgspec import Struct

from letters.approval.proof.answer_trials import AnswerTrials
from letters.approval.proof.cover import smallest_cover
from letters.approval.proof.moved_dates import moved, weeks_between
from letters.approval.proof.plausible_matters import PlausibleMatters
from letters.assembly.anatomy import Anatomy, Guard, WordingPiece, answers_behind
from letters.assembly.assembler import Assembler
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.grammar import parsed
from letters.errors import InvalidAnswers, LettersError, LibraryAtFault
from letters.library.answers import Answers
from letters.library.prompts import load_questionnaire
from letters.model.fields import get, put
from letters.model.letter import Letter

# Letters to start from, and changes to try on each, for one piece: a few for every piece, then many for paragraphs.
_FEW, _MANY = (4, 80), (10, 400)
_FLIPS = 400  # changes to try when one condition is turned on or off
_MERGES, _MERGE_CHANGES = 1500, 60  # changes to try, in all and for one piece, to make one letter of two
_COUNSEL_DECIDED = "Counsel was asked, and decided that this is the letter to send."
_VALUES = 12  # tried for one field when several are changed together


class Candidate(Struct, frozen=True):
    """A letter that the rules allow, with the pieces it shows.

    Args:
        seen: the numbers of those pieces.
        sample: the sample file it was made from; empty if its answers were thought up.
    """

    answers: Answers
    letter: Letter
    seen: frozenset[int]
    sample: str = ""


class Search:
    """The letters found so far for one kind, in one language.

    Args:
        translation: the language, by the suffix of its template; empty for the office's own.
    """

    def __init__(self, assembler: Assembler, kind: str, translation: str = "") -> None:
        self.assembler, self.kind, self.translation = assembler, kind, translation
        self.anatomy: Anatomy = assembler.anatomy(kind, translation)
        self.fields = load_questionnaire(assembler.library, kind).fields
        self.pieces = self.anatomy.pieces
        self.found: list[Candidate] = []
        self.others: dict[str, Search] = {}  # of kinds that include the same passages
        self._known: set[str] = set()
        samples = {
            name: self._in_language(answers)
            for name, answers in assembler.samples(kind).items()
            if not translation or assembler.translation_named(kind, answers.get("language")) in ("", translation)
        }
        if not translation:
            samples = {
                name: answers
                for name, answers in samples.items()
                if not assembler.translation_named(kind, answers.get("language"))
            }
        others = [_as(kind, answers, samples) for other in assembler.library.kinds if other != kind
                  for answers in assembler.samples(other).values()]  # fmt: skip
        self._trials = AnswerTrials(assembler, kind, [*samples.values(), *others])
        self._matters = PlausibleMatters(
            next(iter(samples.values()), {}),
            [answers for each in assembler.library.kinds for answers in assembler.samples(each).values()],
            {each.id: each.example for each in assembler.rulebook.office_rules.requesters.values() if each.example},
            "P.O. Box 0000\n" + assembler.office.address.strip().splitlines()[-1],
        )
        for name, answers in samples.items():
            where = assembler.library.name_of(assembler.library.kinds[kind].folder / name)
            try:
                self._keep(answers, assembler.check(answers), name)
            except InvalidAnswers as error:
                raise LibraryAtFault(problem.within(where) for problem in error.problems) from error
        for answers in others:
            self._try(answers, ())

    def _in_language(self, answers: Answers) -> Answers:
        return {**answers, "language": self.translation} if self.translation else answers

    @property
    def seen(self) -> frozenset[int]:
        """The numbers of the pieces that any letter found shows."""
        return frozenset(number for each in self.found for number in each.seen)

    @property
    def facts(self) -> tuple[str, ...]:
        """The answers that conditions of the template ask about, in the order of the fields."""
        asked = {name for piece in self.pieces for name in self._names(piece)}
        return tuple(name for name in self.fields if name in asked)

    def run(self) -> None:
        """Look for every piece that letters of this kind could show."""
        for effort in (_FEW, _MANY):
            for piece in self.pieces:
                is_worth_it = effort is _FEW or not piece.branch
                if is_worth_it and piece.number not in self.seen and not self.never_by_kind(piece):
                    self._aim(piece, effort)
        self._fill_up()
        self._merge()

    def cover(self) -> list[Candidate]:
        """The fewest letters that together show every piece seen; samples are preferred; each is one matter."""
        order = sorted(range(len(self.found)), key=lambda number: not self.found[number].sample)
        chosen = smallest_cover({number: self.found[number].seen for number in order}, self.seen)
        letters = [self.found[number] for number in chosen]
        samples = [each for each in letters if each.sample]
        shown = frozenset(number for each in samples for number in each.seen)
        return [*samples, *self._plausible([each for each in letters if not each.sample], shown)]

    def for_book(self, variants: int) -> list[Candidate]:
        """Every sample, then letters that show what no sample does, and others that differ from all of these.

        Args:
            variants: how many letters there are besides the samples, at least; fewer if no more were found.
        """
        samples = [each for each in self.found if each.sample]
        others = {number: each.seen for number, each in enumerate(self.found) if not each.sample}
        shown = frozenset(number for each in samples for number in each.seen)
        # A request for other things than the kind is for is changed more than one like its samples.
        usual = {get(each.answers, "request.access") for each in samples}
        near = {number: seen for number, seen in others.items()
                if get(self.found[number].answers, "request.access") in usual}  # fmt: skip
        within = frozenset(number for seen in near.values() for number in seen) - shown
        chosen = smallest_cover(near, within)
        chosen += smallest_cover(others, self.seen - shown - within)
        while len(chosen) < variants:
            left = [number for number in near if number not in chosen]
            left = left or [number for number in others if number not in chosen]
            if not left:
                break
            known = [*(each.seen for each in samples), *(others[number] for number in chosen)]
            chosen.append(max(left, key=lambda number: min(len(others[number] ^ seen) for seen in known)))
        others_ = self._plausible([self.found[number] for number in chosen], shown)
        return [*samples, *self._no_drafts(others_, shown)]

    def _plausible(self, letters: list[Candidate], shown: frozenset[int]) -> list[Candidate]:
        """The same letters, each about one matter, as far as they still show what is needed.

        Args:
            shown: the pieces that other letters show.
        """
        now = list(letters)
        for at in range(len(now)):
            elsewhere = shown.union(*(each.seen for number, each in enumerate(now) if number != at))
            for step in self._matters.steps:
                for changes in step(now[at].answers):
                    if (better := self._with(now[at], changes)) and now[at].seen - elsewhere <= better.seen:
                        now[at] = better
                        break
        return now

    def _with(self, one: Candidate, changes: Mapping[str, Any]) -> Candidate | None:
        """A letter with these answers changed and no others; None if the rules do not allow it."""
        answers = deepcopy(one.answers)
        for name, value in changes.items():
            put(answers, name, deepcopy(value))
        try:
            letter = self.assembler.check(answers)
            return Candidate(answers, letter, self._seen_in(letter))
        except LettersError:
            return None

    def _no_drafts(self, letters: list[Candidate], shown: frozenset[int]) -> list[Candidate]:
        """The same letters with what a reader would take for an accident put right, if they still show what is needed.

        Args:
            shown: the pieces that other letters show.
        """
        now = list(letters)
        for at, one in enumerate(now):
            if not self.assembler.why_draft(one.letter):
                continue
            elsewhere = shown.union(*(each.seen for each in now if each is not one))
            for changes in self._ways_out(one):
                found = self._trials.repaired(self._trials.changed(one.answers, changes), tuple(changes))
                if found is None or self.assembler.why_draft(found[1]):
                    continue
                seen = self._seen_in(found[1])
                if one.seen - elsewhere <= seen:
                    now[at] = Candidate(*found, seen)
                    break
        return now

    def _ways_out(self, one: Candidate) -> Iterator[Mapping[str, Any]]:
        """Changes after which a letter may no longer be a draft."""
        bases = self.assembler.rulebook.bases
        read = [name for name in one.letter.legal_basis if not bases[name].unread]
        decided = {"departure": _COUNSEL_DECIDED}
        law: dict[str, Any] = {"unvetted_law": None} if get(one.answers, "unvetted_law") else {}
        if len(read) < len(one.letter.legal_basis):
            law["legal_basis"] = read
        yield from (each for each in (decided, law, {**decided, **law}) if each)

    def look_for(self, origin: tuple[str, int, str]) -> bool:
        """Whether a letter of this kind shows a piece of a shared passage."""
        wanted = [piece for piece in self.pieces if piece.origin == origin]
        for piece in wanted:
            if piece.number not in self.seen and not self.never_by_kind(piece):
                self._aim(piece, _FEW if piece.branch else _MANY)
        return any(piece.number in self.seen for piece in wanted)

    def flipped(self, answers: Answers, numbers: Collection[int], *, on: bool) -> Candidate | None:
        """A letter close to these answers in which some of the pieces appear, or none do; None if none was found."""
        names = tuple(dict.fromkeys(name for number in numbers for name in self._names(self.pieces[number])))
        for changes in islice(self._changes(names, answers), _FLIPS):
            repaired = self._trials.repaired(self._trials.changed(answers, changes), tuple(changes))
            if repaired is None:
                continue
            try:
                seen = self._seen_in(repaired[1])
            except LettersError:
                continue
            if bool(seen & set(numbers)) is on:
                return Candidate(*repaired, seen)
        return None

    def never_by_kind(self, piece: WordingPiece) -> bool:
        """Whether the conditions of a piece of a shared passage rule out this kind."""
        return any(_by_kind(guard, self.kind) is False for guard in piece.guards)

    # --- searching ---

    def _aim(self, piece: WordingPiece, effort: tuple[int, int]) -> None:
        names = self._names(piece)
        for start in sorted(self.found, key=lambda each: -self._near(each, piece))[: effort[0]]:
            for changes in islice(self._changes(names, start.answers), effort[1]):
                self._try(self._trials.changed(start.answers, changes), tuple(changes))
                if piece.number in self.seen:
                    return

    def _names(self, piece: WordingPiece) -> tuple[str, ...]:
        """The answers that decide whether a piece appears."""
        return tuple(dict.fromkeys(name for path in piece.guard_names for name in answers_behind(path, self.fields)))

    def _near(self, found: Candidate, piece: WordingPiece) -> int:
        """How many of a piece's conditions hold in a letter, judging by the pieces it shows."""
        deep = [len(p.guards) for p in self.pieces
                if p.number in found.seen and p.guards == piece.guards[: len(p.guards)]]  # fmt: skip
        return max(deep, default=0) * 10 + bool(found.sample)

    def _changes(self, names: tuple[str, ...], answers: Answers) -> Iterator[Mapping[str, Any]]:
        values = {name: self._trials.values(name, answers) for name in names}
        for count in (1, 2, 3):
            for chosen in combinations(names, count):
                options = (values[name] if count == 1 else values[name][:_VALUES] for name in chosen)
                yield from (dict(zip(chosen, each, strict=True)) for each in product(*options))

    def _try(self, answers: Answers, fixed: tuple[str, ...]) -> Candidate | None:
        repaired = self._trials.repaired(answers, fixed)
        return self._keep(*repaired) if repaired else None

    def _keep(self, answers: Answers, letter: Letter, sample: str = "") -> Candidate | None:
        key = letter.model_dump_json()
        if key in self._known:
            return None
        self._known.add(key)
        try:
            seen = self._seen_in(letter)
        except LettersError:
            if sample:
                raise
            return None  # a letter that cannot be made for another reason is never sent, so it shows nothing
        found = Candidate(answers, letter, seen, sample)
        if sample or not any(seen <= each.seen for each in self.found):
            self.found.append(found)
        return found

    def _seen_in(self, letter: Letter) -> frozenset[int]:
        self.assembler.refuse_unpaired(letter, context := self.assembler.context(letter))
        wording = self.assembler.wording(self.translation)
        tag = wording.language.tag
        properties = DocumentProperties(title="Proof", author=wording.office.name, language=tag, dated=letter.date)
        return self.anatomy.seen_in(context, properties)

    def _fill_up(self) -> None:
        """Let each letter show whatever else it can, so that fewer are needed."""
        fields = self.fields
        optional = [name for name in self.facts if not fields[name].required]
        for start in list(self.found):
            now = start
            for name in (name for name in optional if get(now.answers, name) in (None, [], False)):
                for value in self._trials.values(name, now.answers)[:4]:
                    more = self._try(self._trials.changed(now.answers, {name: value}), (name,))
                    if more is not None and more.seen > now.seen:
                        now = more
                        break

    def _merge(self) -> None:
        """Replace two letters of the cover with one wherever a letter shows what both do."""
        budget = [_MERGES]
        while budget[0] > 0 and self._merged_two(self.cover(), budget):
            pass

    def _merged_two(self, cover: list[Candidate], budget: list[int]) -> bool:
        def alone(one: Candidate) -> frozenset[int]:
            return one.seen.difference(*(each.seen for each in cover if each is not one))

        for giver in sorted(cover, key=lambda each: len(alone(each))):
            for taker in sorted(cover, key=lambda each: -len(each.seen & giver.seen)):
                if taker is not giver and self._takes_over(taker, alone(taker), alone(giver), budget):
                    return True
        return False

    def _takes_over(self, now: Candidate, needed: frozenset[int], wanted: frozenset[int], budget: list[int]) -> bool:
        """Whether a letter can be changed to show ``wanted`` too, and still show ``needed``."""
        for number in sorted(wanted):
            if number in now.seen:
                continue
            names = self._names(self.pieces[number])
            for changes in islice(self._changes(names, now.answers), _MERGE_CHANGES):
                budget[0] -= 1
                more = self._try(self._trials.changed(now.answers, changes), tuple(changes))
                if budget[0] <= 0:
                    return False
                if more is not None and number in more.seen and more.seen >= needed:
                    now, needed = more, needed | {number}
                    break
            else:
                return False
        return True


def _as(kind: str, answers: Answers, own: Mapping[str, Answers]) -> Answers:
    """The facts of another kind's sample, as answers for a letter of this kind."""
    first = next(iter(own.values()), {})
    first = moved(first, weeks_between(first.get("date"), answers.get("date")))
    return {**first, "kind": kind, **{key: answers[key] for key in ("request", "date") if key in answers}}


def _by_kind(guard: Guard, kind: str) -> bool | None:
    """Whether a condition holds for a kind, if the kind alone decides it; None if something else matters."""
    if guard.tag.word == "for":
        return None
    test = parsed(guard.tag).find(nodes.If)
    holds = None if test is None else _value(test.test if not test.elif_ else test.elif_[0].test, kind)
    return None if holds is None else holds is guard.holds


def _value(node: nodes.Node, kind: str) -> bool | None:
    match node:
        case nodes.Not():
            inner = _value(node.node, kind)
            return None if inner is None else not inner
        case nodes.And() | nodes.Or():
            decisive = isinstance(node, nodes.Or)
            sides = {_value(node.left, kind), _value(node.right, kind)}
            return decisive if decisive in sides else None if None in sides else not decisive
        case nodes.Compare(expr=nodes.Name(name="kind"), ops=[nodes.Operand(op=op, expr=nodes.Const(value=value))]):
            return {"eq": kind == value, "ne": kind != value}.get(op)
        case nodes.Compare(expr=nodes.Name(name="kind"), ops=[nodes.Operand(op=op, expr=nodes.List(items=items))]):
            inside = kind in [item.value for item in items if isinstance(item, nodes.Const)]
            return {"in": inside, "notin": not inside}.get(op)
    return None
