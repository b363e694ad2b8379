"""What changed in a kind of letter since it was approved, and what that touches: for whoever approves it next."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from letters._text.dates import long_date
from letters.assembly.anatomy import WordingPiece, answers_behind
from letters.assembly.assembler import Assembler
from letters.docx.diff import aligned, in_line
from letters.docx.markup import numbered, text_of
from letters.docx.names import P
from letters.docx.package import Package, open_package
from letters.docx.redline import Appendix, redline
from letters.errors import LettersError, Problem, Usage
from letters.library.approval_record import VettingEntry
from letters.library.prompts import load_script

_CONTEXT = 3  # lines shown round a change of a text file
_KEYS = ("id", "field", "name", "title")  # what entries of a list are told apart by
_LONGEST = 600  # characters of one change in a list


@dataclass(frozen=True)
class Changes:
    """What an approval would newly cover.

    Args:
        since: the approval it is set against; None where there is none, and then everything is new.
        files: each changed file, with its changes line by line; ``[-…-]`` went, ``{+…+}`` came.
        questions: asked otherwise, or filling changed words.
        conditions: under which changed words stand.
        bases: changed, or cited by changed words.
        samples: letters that read otherwise, each with what.
        others: kinds that a changed file touches too.
    """

    kind: str
    since: VettingEntry | None
    files: Mapping[str, tuple[str, ...]]
    questions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """All of it, for a terminal."""
        since = self.since
        if since is None:
            yield f"{self.kind} was never vetted. It is made of:"
        elif self.files:
            yield f"Changed in {self.kind} since {since.person}, vetted it on {long_date(since.date)}:"
        else:
            yield f"Nothing changed in {self.kind} since {since.person}, vetted it on {long_date(since.date)}."
        for name, lines in self.files.items():
            yield f"  {name}"
            yield from (f"    {line}" for line in lines if since is not None)
        for title, touched in (
            ("Questions this touches", self.questions),
            ("Conditions the changed words stand under", self.conditions),
            ("Legal bases this touches", self.bases),
            ("Kinds that the same changes touch, to be vetted too", self.others),
        ):
            if touched:
                yield title
                yield from (f"  {each}" for each in touched)
        for name, lines in self.samples.items():
            yield f"The letter of {name} reads otherwise"
            yield from (f"  {line}" for line in lines)


def changes_of(assembler: Assembler, kind: str) -> Changes:
    """Raises LettersError when the template as it is now, or as it was, cannot be read."""
    since = assembler.vetting(kind).approval
    if since is None:
        return Changes(kind, None, dict.fromkeys(assembler.files_of(kind), ()))
    before, changed = Assembler(assembler.approvals.as_approved(since)), _changed(assembler, kind, since)
    files = {name: _told(assembler, since, name) for name in changed}
    pieces = _changed_pieces(before, assembler, kind)
    paths = [path for piece in pieces for path in (*piece.names, *piece.guard_names)]
    return Changes(
        kind,
        since,
        files,
        tuple(_questions(assembler, kind, files, paths)),
        tuple(dict.fromkeys(str(guard) for piece in pieces for guard in piece.guards)),
        tuple(_bases(assembler, files, paths)),
        dict(_samples(before, assembler, kind)),
        tuple(other for other in assembler.library.kinds if other != kind and _shares(assembler, other, changed)),
    )


def redline_of(assembler: Assembler, kind: str, by: str, on: date) -> bytes:
    """The letter's whole wording as a .docx with the changes since the last approval tracked.

    The changed text files (questions, law …) follow at its end.

    Raises:
        Usage: it was never approved, so there is nothing to compare with.
    """
    since = assembler.vetting(kind).approval
    if since is None:
        raise Usage(
            Problem(
                f"{kind} was never vetted, so there is nothing to compare it with.",
                hint=f"Read the whole of it: letters vet {kind} --proof FILE.pdf",
            )
        )
    before = Assembler(assembler.approvals.as_approved(since))
    texts = [
        _appendix(assembler, since, name) for name in _changed(assembler, kind, since) if not name.endswith(".docx")
    ]
    return redline(before.expanded(kind).package, assembler.expanded(kind).package, by=by, on=on, appendices=texts)


def _changed(assembler: Assembler, kind: str, since: VettingEntry) -> list[str]:
    came = [name for name in assembler.files_of(kind) if name not in since.files]
    return [*assembler.approvals.changed(kind, since), *came]


# --- files ---


def _was(assembler: Assembler, since: VettingEntry, name: str) -> bytes:
    return assembler.approvals.kept(name, since.files[name]) if name in since.files else b""


def _is(assembler: Assembler, name: str) -> bytes:
    return assembler.library.read(assembler.library.root / name) if assembler.approvals.digest(name) else b""


def _told(assembler: Assembler, since: VettingEntry, name: str) -> tuple[str, ...]:
    try:
        return tuple(_of_file(assembler, since, name))
    except LettersError as error:  # an approval must not hang on an old copy that is lost
        return ("changed, but what it was cannot be shown:", *(str(problem) for problem in error.problems))


def _of_file(assembler: Assembler, since: VettingEntry, name: str) -> Iterator[str]:
    old, new = _was(assembler, since, name), _is(assembler, name)
    if not old or not new:
        yield "is no longer part of it." if old else "is new."
    elif name.endswith(".docx"):
        yield from _of_word(open_package(old, name), open_package(new, name))
    elif name.endswith(".toml"):
        found = list(_of_toml(tomllib.loads(_text(old)), tomllib.loads(_text(new)), ""))
        yield from found or ["only comments or the layout of the file changed."]
    else:
        for left, right in aligned(_text(old).splitlines(), _text(new).splitlines(), str, lambda a, b: True):
            if left != right:
                yield in_line(left or "", right or "")


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", errors="replace")


def _of_word(old: Package, new: Package) -> Iterator[str]:
    """Changed paragraphs, by their numbers in the file as it is now; then what changed in looks alone."""
    parts = [part for part in dict.fromkeys((*old.parts, *new.parts)) if part.endswith(".xml")]
    looks = []
    for part in parts:
        before, now = _paragraphs(old, part), _paragraphs(new, part)
        found = [
            (right or left or (0, ""), in_line(left[1] if left else "", right[1] if right else ""))
            for left, right in aligned(before, now, lambda each: each[1], lambda a, b: True)
            if (left and left[1]) != (right and right[1])
        ]
        label = "" if part == new.main else f"{_base(part)}, "
        for (number, _), line in found:
            yield f"{label}paragraph {number}: {line if len(line) <= _LONGEST else line[:_LONGEST] + '…'}"
        if not found and old.parts.get(part) != new.parts.get(part) and not part.startswith("docProps/"):
            looks.append(_base(part))
    if looks:
        yield f"the look or the make-up changed, which no redline shows: {', '.join(looks)}."


def _base(part: str) -> str:
    return part.rsplit("/", 1)[-1].removesuffix(".xml")


def _paragraphs(package: Package, part: str) -> list[tuple[int, str]]:
    if part not in package.parts:
        return []
    return [(number, text_of(paragraph)) for number, paragraph in numbered(package.tree(part))]


def _of_toml(old: Any, new: Any, where: str) -> Iterator[str]:
    """Each entry that is new, gone or different, named as its owner names it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            place = f"{where}, {key}" if where else key
            if key not in new or key not in old:
                yield f"{place}: {in_line(_in_words(old.get(key)), _in_words(new.get(key)))}"
            else:
                yield from _of_toml(old[key], new[key], place)
    elif _is_table(old) and _is_table(new):
        before, now = _keyed(old), _keyed(new)
        for key in dict.fromkeys((*before, *now)):
            if key not in now or key not in before:
                yield f"{where} {key}: {'is new' if key in now else 'is gone'}"
            else:
                yield from _of_toml(before[key], now[key], f"{where} {key}")
    elif old != new:
        yield f"{where}: {in_line(_in_words(old), _in_words(new))}"


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _keyed(entries: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, entry in enumerate(entries, 1):
        name = next((str(entry[key]) for key in _KEYS if key in entry), str(number))
        found[name if name not in found else f"{name} ({number})"] = entry
    return found


def _in_words(value: Any) -> str:
    return "" if value is None else ", ".join(map(_in_words, value)) if isinstance(value, list) else str(value)


def _appendix(assembler: Assembler, since: VettingEntry, name: str) -> Appendix:
    """The changed lines of a text file with those around them."""
    old, new = (_text(data).splitlines() for data in (_was(assembler, since, name), _is(assembler, name)))
    before: list[str] = []
    now: list[str] = []
    for group in SequenceMatcher(None, old, new, False).get_grouped_opcodes(_CONTEXT):
        before += [*(["…"] if group[0][1] else []), *old[group[0][1] : group[-1][2]]]
        now += [*(["…"] if group[0][1] else []), *new[group[0][3] : group[-1][4]]]
    return Appendix(name, before, now)


# --- what is touched ---


def _changed_pieces(before: Assembler, now: Assembler, kind: str) -> list[WordingPiece]:
    """Pieces of the wording that were not there before, and those that are gone."""

    def key(piece: WordingPiece) -> tuple[str, str, tuple[str, ...]]:
        return piece.place.part, piece.words, tuple(map(str, piece.guards))

    old: list[WordingPiece] = []
    with suppress(LettersError):  # its copy is lost, or this version of the program reads it no more
        old = before.anatomy(kind).pieces
    new = now.anatomy(kind).pieces
    had, has = {key(piece) for piece in old}, {key(piece) for piece in new}
    return [piece for piece in new if key(piece) not in had] + [piece for piece in old if key(piece) not in has]


def _questions(
    assembler: Assembler, kind: str, files: Mapping[str, Sequence[str]], paths: Sequence[str]
) -> Iterator[str]:
    script = load_script(assembler.library, kind)
    names = {name for path in paths for name in answers_behind(path, script.fields)}
    lines = [line for name, each in files.items() if name.startswith("prompts/") for line in each]
    for question in script.questions:
        if question.field.name in names or any(f"question {question.field.name}" in line for line in lines):
            yield f"{question.field.name}: {question.ask}"


def _bases(assembler: Assembler, files: Mapping[str, Sequence[str]], paths: Sequence[str]) -> Iterator[str]:
    cited = {path.split(".")[1] for path in paths if path.startswith("law.") and path.count(".") > 1}
    lines = files.get("templates/legal_basis.toml", ())
    for basis in assembler.rulebook.bases.values():
        if basis.id.replace("-", "_") in cited or any(f"basis {basis.id}" in line for line in lines):
            yield f"{basis.id}: {basis.citation}"


def _samples(before: Assembler, now: Assembler, kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sample letters that read otherwise than they would have."""
    for name in now.samples(kind):
        texts: list[list[str]] = []
        for assembler in (before, now):
            with suppress(LettersError):
                texts.append(_letter(assembler, now, kind, name))
        if len(texts) < 2:
            yield name, ("could not be made, then or now.",)
            continue
        pairs = aligned(texts[0], texts[1], str, lambda a, b: True)
        if lines := tuple(in_line(left or "", right or "") for left, right in pairs if left != right):
            yield name, lines


def _letter(assembler: Assembler, now: Assembler, kind: str, name: str) -> list[str]:
    """The paragraphs of a sample letter as a desk writes them."""
    package = open_package(assembler.make(assembler.check(now.samples(kind)[name]), ["docx"]).files["docx"], name)
    return [text_of(paragraph) for paragraph in package.tree(package.main).iter(P)]


def _shares(assembler: Assembler, kind: str, changed: Sequence[str]) -> bool:
    return any(name in assembler.vetting(kind).changed for name in changed)
