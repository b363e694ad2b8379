"""What changed in a kind of letter since it was approved, and what that affects: for whoever approves it next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import PurePosixPath

from msgspec import Struct, field

from letters._text.dates import long_date
from letters.approval.file_changes import appendix, file_changes, versions
from letters.assembly.anatomy import WordingPiece, answers_behind
from letters.assembly.assembler import Assembler
from letters.docx.diff import aligned, in_line
from letters.docx.markup import text_of
from letters.docx.names import P
from letters.docx.package import open_package
from letters.docx.redline import redline
from letters.errors import LettersError, Problem, Usage
from letters.library.approval_record import VettingEntry
from letters.library.prompts import load_questionnaire


class Changes(Struct, frozen=True):
    """What an approval would newly cover.

    Args:
        since: the approval compared with; None if there is none, and then everything is new.
        files: each changed file with its changes, a line each; ``[-…-]`` was deleted, ``{+…+}`` was added.
        questions: that changed, or whose answers the changed words use.
        conditions: under which changed words are printed.
        bases: legal bases that changed, or that changed words cite.
        samples: sample letters that read differently, each with the differences.
        others: other kinds that use a changed file.
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
        """All of this, for a terminal."""
        since = self.since
        if since is None:
            yield f"{self.kind} has never been vetted. It is made of:"
        elif self.files:
            yield f"Changed in {self.kind} since {since.person}, vetted it on {long_date(since.date)}:"
        else:
            yield f"Nothing changed in {self.kind} since {since.person}, vetted it on {long_date(since.date)}."
        for name, lines in self.files.items():
            yield f"  {name}"
            yield from (f"    {line}" for line in lines if since is not None)
        for title, touched in (
            ("Questions affected", self.questions),
            ("Conditions under which the changed words are printed", self.conditions),
            ("Legal bases affected", self.bases),
            ("Other kinds that the same changes affect; vet them too", self.others),
        ):
            if touched:
                yield title
                yield from (f"  {each}" for each in touched)
        for name, lines in self.samples.items():
            yield f"The sample letter {name} reads differently"
            yield from (f"  {line}" for line in lines)


def changes_of(assembler: Assembler, kind: str) -> Changes:
    """What changed in a kind since its last approval.

    Raises:
        LettersError: the present or the approved template cannot be read.
    """
    since = assembler.vetting(kind).approval
    if since is None:
        return Changes(kind, None, dict.fromkeys(assembler.files_of(kind), ()))
    before, changed = Assembler(assembler.approvals.as_approved(since)), _changed(assembler, kind, since)
    files = {name: file_changes(assembler, since, name) for name in changed}
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


def redlines_of(assembler: Assembler, kind: str, by: str, on: date) -> dict[str, bytes]:
    """The letter's whole wording as a .docx with the changes since the last approval tracked, for each language.

    The changes in text files, such as questions and law, follow at the end of the one in the office's own language.

    Returns:
        The files, by the suffix of the language's template; empty for the office's own. A language that was not
        approved yet has none: everything in it is new.

    Raises:
        Usage: it has never been approved, so there is nothing to compare with.
    """
    since = assembler.vetting(kind).approval
    if since is None:
        raise Usage(
            Problem(
                f"{kind} has never been vetted, so there is nothing to compare it with.",
                hint=f"Read all of it: letters vet {kind} --proof FILE.pdf",
            )
        )
    before = Assembler(assembler.approvals.as_approved(since))
    texts = [
        appendix(assembler, since, name) for name in _changed(assembler, kind, since) if not name.endswith(".docx")
    ]
    found: dict[str, bytes] = {}
    for each in assembler.translations(kind):
        if assembler.library.name_of(assembler.library.kinds[kind].file(each)) in since.files:
            old, new = before.expanded(kind, each).package, assembler.expanded(kind, each).package
            found[each] = redline(old, new, by=by, on=on, appendices=[] if each else texts)
    return found


def pages_changed(assembler: Assembler, kind: str) -> dict[str, bytes]:
    """The changed pages of each PDF form that goes out with a kind, as approved and as they are now, side by side.

    Returns:
        PDFs, by the name of the form. Empty if the kind has never been approved.
    """
    from letters.forms.page_comparison import pages_side_by_side

    since = assembler.vetting(kind).approval
    found: dict[str, bytes] = {}
    if since is None:
        return found
    for name in _changed(assembler, kind, since):
        if not name.endswith(".pdf"):
            continue
        before, now = versions(assembler, since, name)
        if data := pages_side_by_side(before, now, f"{name}, as approved and now"):
            found[PurePosixPath(name).stem] = data
    return found


def _changed(assembler: Assembler, kind: str, since: VettingEntry) -> list[str]:
    added = [name for name in assembler.files_of(kind) if name not in since.files]
    return [*assembler.approvals.changed(kind, since), *added]


# --- what is affected ---


def _changed_pieces(before: Assembler, now: Assembler, kind: str) -> list[WordingPiece]:
    """Pieces of the wording that are new, and those that are gone."""

    def key(piece: WordingPiece) -> tuple[str, str, tuple[str, ...]]:
        return piece.place.part, piece.words, tuple(map(str, piece.guards))

    old: list[WordingPiece] = []
    for translation in before.translations(kind):
        with suppress(LettersError):  # its copy is lost, or this version of the program cannot read it
            old += before.anatomy(kind, translation).pieces
    new = [piece for translation in now.translations(kind) for piece in now.anatomy(kind, translation).pieces]
    had, has = {key(piece) for piece in old}, {key(piece) for piece in new}
    return [piece for piece in new if key(piece) not in had] + [piece for piece in old if key(piece) not in has]


def _questions(
    assembler: Assembler, kind: str, files: Mapping[str, Sequence[str]], paths: Sequence[str]
) -> Iterator[str]:
    script = load_questionnaire(assembler.library, kind)
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
    """Sample letters that read differently than before."""
    for name in now.samples(kind):
        try:
            new = _letter(now, now, kind, name)
        except LettersError as error:
            yield name, (f"cannot be made now: {error.problems[0]} `letters check {kind}` lists all that is wrong.",)
            continue
        try:
            old = _letter(before, now, kind, name)
        except LettersError:
            yield name, ("could not be made before.",)
            continue
        pairs = aligned(old, new, str, lambda a, b: True)
        if lines := tuple(in_line(left or "", right or "") for left, right in pairs if left != right):
            yield name, lines


def _letter(assembler: Assembler, now: Assembler, kind: str, name: str) -> list[str]:
    """The paragraphs of a sample letter, as this version of the library writes them."""
    package = open_package(assembler.make(assembler.check(now.samples(kind)[name]), ["docx"]).files["docx"], name)
    return [text_of(paragraph) for paragraph in package.tree(package.main).iter(P)]


def _shares(assembler: Assembler, kind: str, changed: Sequence[str]) -> bool:
    return any(name in assembler.vetting(kind).changed for name in changed)
