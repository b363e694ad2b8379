"""The library: the folder an office owns, with `templates/` and `prompts/`. Where it is, and which kinds it has.

Nothing heavy is imported here, so that `letters kinds` answers at once.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from letters._system.arguments import PATH, Arguments
from letters._system.environment import variable, working_folder
from letters._text.between_runs import kept
from letters._text.language_tags import LANGUAGE_TAG
from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters.errors import Collector, InvalidAnswers, LibraryAtFault, Problem, Usage

if TYPE_CHECKING:  # what reads a library's TOML is imported where it is read: `letters pdf` reads none
    from letters.library.answers import Answers
    from letters.library.toml_recovery import Recovered

_Result = TypeVar("_Result")

_PACKAGE = Path(__file__).parents[1]
_TRANSLATION = pattern(rf"letter\.{LANGUAGE_TAG.pattern}\.docx")
_OF_WORD = (".docx", ".docm", ".dotx", ".dotm", ".doc", ".odt", ".rtf")


class Kind(Struct, frozen=True):
    """One kind of letter, as `templates/<kind>/kind.toml` describes it."""

    name: str
    title: str
    summary: str
    use_when: str
    order: int
    folder: Path
    translations: tuple[str, ...] = ()
    """The languages it can be written in besides the office's: ``es`` if there is a letter.es.docx."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Its title in each of those."""
    form: str = "request"
    """What the kind is asked about before the letter itself: the records request, which is `prompts/request.toml`;
    another prompt file of the office's own; or ``none``."""

    effect: str = ""
    """What its letters do: ``releases`` records, or ``refuses`` them; empty if neither, or if answers decide it."""

    def file(self, translation: str = "") -> Path:
        """Its Word template; the one in another language if that is one of its translations."""
        return self.folder / (f"letter.{translation}.docx" if translation else "letter.docx")


def kind_meant(name: str, kinds: Collection[str]) -> str | None:
    """The kind of letter that somebody may have meant: one whose name has all the words, or a similar one."""
    from difflib import get_close_matches

    words = set(name.lower().split("-"))
    longer = [kind for kind in kinds if words <= set(kind.split("-"))]
    return next(iter(longer or get_close_matches(name, kinds, n=1)), None)


def no_such_kind(name: str, kinds: Collection[str]) -> Usage:
    """What to raise where a library has no such kind of letter."""
    near = kind_meant(name, kinds)
    hint = f"Did you mean {near}?" if near else f"The kinds are: {', '.join(kinds)}."
    return Usage(Problem(f"There is no kind of letter called “{name}”.", hint=hint))


class Library(Struct, frozen=True, dict=True):
    """An office's own files. Get one with `Library.find` or `Library.open`.

    Args:
        root: the folder that contains `templates` and `prompts`.
        signers: a file outside the library that says who may sign approvals; None to use the library's own.
    """

    root: Path
    signers: Path | None = None

    @classmethod
    def find(cls, chosen: Path | str | None = None) -> Library:
        """The library that the command line uses.

        The first of these is used: ``chosen``, which is what ``--library`` names; the folder that the environment
        variable ``LETTERS_LIBRARY`` names; the nearest folder with a `letters.toml`, from the working folder upward;
        the library shipped with Letters. Its signers are as in `open`.

        Raises:
            LibraryAtFault: the folder found is not a library.
        """
        if chosen:
            return cls.open(chosen, source="--library")
        if named := variable("LETTERS_LIBRARY"):
            return cls.open(named, source="LETTERS_LIBRARY")
        here = working_folder()
        for folder in (here, *here.parents):
            if (folder / "letters.toml").is_file():
                return cls.open(folder, source=str(folder / "letters.toml"))
        return cls.open(_shipped(), source="the library shipped with Letters")

    @classmethod
    def open(cls, folder: Path | str, *, source: str = "") -> Library:
        """The library in a folder.

        Who may sign approvals is listed in the library, or in the file that ``LETTERS_ALLOWED_SIGNERS`` names.

        Args:
            folder: contains the folders `templates` and `prompts`.
            source: how the folder was chosen, for messages, such as ``--library``; may be empty.

        Raises:
            LibraryAtFault: one of the two folders is missing.
            Usage: it is no path.
        """
        if not isinstance(folder, PATH):
            refused = Arguments()
            refused.refuse("folder", folder, "the path of a library")
            refused.check()
        root = Path(folder)
        for name in ("templates", "prompts"):
            if not (root / name).is_dir():
                raise LibraryAtFault(
                    Problem(
                        f"There is no folder “{name}” in {root}.",
                        where=f"Library ({source})" if source else "Library",
                        hint="A library is a folder that contains the folders templates and prompts.",
                    )
                )
        signers = variable("LETTERS_ALLOWED_SIGNERS")
        return Library(root.resolve(), signers=Path(signers).absolute() if signers else None)

    @classmethod
    def shipped(cls) -> Library:
        """The library that comes with Letters."""
        return cls(_shipped().resolve())

    @property
    def is_shipped(self) -> bool:
        """Whether this is the library that comes with Letters, which everybody has."""
        return self.root == _shipped().resolve()

    @property
    def templates(self) -> Path:
        """The folder of templates and law."""
        return self.root / "templates"

    @property
    def prompts(self) -> Path:
        """The folder of questions."""
        return self.root / "prompts"

    @lazy_property
    def kinds(self) -> Mapping[str, Kind]:
        """Every kind of letter in the library, in the order its owner chose. Raises LibraryAtFault."""
        found, problems = [], Collector()
        for file in sorted(self.templates.glob("*/kind.toml")):
            with problems.collect():
                found.append(self._kind(file))
        self.refuse(problems)
        if not found:
            raise LibraryAtFault(
                Problem(
                    "The library has no kind of letter.",
                    where=str(self.templates),
                    hint="A kind is a folder in templates that contains kind.toml and letter.docx.",
                )
            )
        return {kind.name: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.name))}

    @property
    def passages(self) -> tuple[str, ...]:
        """The names of the shared passages, in `templates/shared`; `contact.es` is the Spanish one of `contact`."""
        files = (self.templates / "shared").glob("*.docx")
        return tuple(sorted(file.stem for file in files if not file.name.startswith("~$")))

    def enclosures(self, kind: str) -> tuple[str, ...]:
        """The names of what may go out with letters of a kind: its own, and what is shared by all kinds."""
        folders = (self.templates / owner / "enclosures" for owner in (kind, "shared"))
        return tuple(sorted({file.stem for folder in folders for file in folder.glob("*.toml")}))

    def enclosure(self, kind: str, name: str) -> Path:
        """The TOML file of what goes out with letters of a kind: its own, or else the one that all kinds share."""
        own = self.templates / kind / "enclosures" / f"{name}.toml"
        return own if self.has(own) else self.templates / "shared" / "enclosures" / own.name

    def translations(self, kind: str) -> tuple[str, ...]:
        """The languages that a kind has a second template in, by the names of the files: ``es``."""
        files = (self.templates / kind).glob("letter.*.docx")
        return tuple(sorted(file.name.split(".")[1] for file in files if _TRANSLATION.fullmatch(file.name)))

    def stray_documents(self, kind: str) -> list[Path]:
        """What looks like a template in the folder of a kind, but has a name under which nothing reads it."""
        files = (file for file in sorted((self.templates / kind).iterdir()) if file.suffix.lower() in _OF_WORD)
        return [
            file
            for file in files
            if file.name != "letter.docx"
            and not _TRANSLATION.fullmatch(file.name)
            and not file.name.startswith(("~$", "."))  # kept while a file is open, or hidden
        ]

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language besides the office's own that the library has phrases, questions or a letter in."""
        files = [
            *self.templates.glob("phrases.*.toml"),
            *self.prompts.glob("*.*.toml"),
            *self.templates.glob("*/letter.*.docx"),
        ]
        found = {file.name.split(".")[1] for file in files if file.name.count(".") == 2}
        return tuple(sorted(tag for tag in found if LANGUAGE_TAG.fullmatch(tag)))

    def has(self, file: Path) -> bool:
        """Whether there is such a file."""
        return file.is_file()

    def translation(self, file: Path, language: str) -> Path | None:
        """The file with the words of another one in a language: `phrases.es.toml`; None if there is none."""
        found = file.with_name(f"{file.stem}.{language}{file.suffix}")
        return found if language and self.has(found) else None

    def _kind(self, file: Path) -> Kind:
        data = self.toml(file)
        texts = {}
        for name in ("title", "summary", "use_when"):
            if not isinstance(data.get(name), str):
                raise LibraryAtFault(
                    Problem(f"“{name}” is missing.", where=self.name_of(file), hint=f'Add a line: {name} = "…"')
                )
            texts[name] = data[name]
        order = data.get("order", 99)
        name = file.parent.name
        order = order if isinstance(order, int) else 99
        translations = self.translations(name)
        titles = {each: self._translated_title(file, data, each) for each in translations}
        return Kind(
            name,
            **texts,
            order=order,
            folder=file.parent,
            translations=translations,
            titles=titles,
            form=self._form(file, data),
            effect=self._effect(file, data),
        )

    def _form(self, file: Path, data: Mapping[str, Any]) -> str:
        form = str(data.get("form", "request"))
        # The file of the records request is reported where it is read, if it is missing.
        if form in ("none", "request") or self.has(self.prompts / f"{form}.toml"):
            return form
        hint = 'Write form = "none", leave the line out for the records request, or add that file.'
        raise LibraryAtFault(Problem(f"There is no form “{form}” in prompts.", self.name_of(file), hint))

    def _effect(self, file: Path, data: Mapping[str, Any]) -> str:
        effect = data.get("effect", "")
        if effect not in ("", "releases", "refuses"):
            hint = 'Write effect = "releases" or effect = "refuses", or leave the line out.'
            raise LibraryAtFault(Problem(f"The effect “{effect}” is not known.", self.name_of(file), hint))
        return str(effect)

    def form(self, kind: str) -> str:
        """The request form of a kind; that of a records request if it cannot be read."""
        file = self.templates / kind / "kind.toml"
        with suppress(LibraryAtFault, ValueError):  # a name with a null character is no file's
            return str(self.toml(file).get("form", "request"))
        return "request"

    def prompt_files(self, kind: str) -> tuple[str, ...]:
        """The names of the prompt files that ask for a letter of this kind; without a kind, for the facts alone.

        There are no facts to ask for before the kind is chosen if no kind of the library answers a records request.
        """
        if not kind:
            forms = {self.form(file.parent.name) for file in self.templates.glob("*/kind.toml")}
            return ("request",) if "request" in forms or not forms else ()
        form = self.form(kind)
        if form == "request":
            return ("request", "letter", kind)
        # What request.toml asks about any letter, such as its date, is asked for these letters too.
        also = ("request",) if self.has(self.prompts / "request.toml") else ()
        return (*(() if form == "none" else (form,)), *also, "letter", kind)

    def _translated_title(self, file: Path, data: Mapping[str, Any], language: str) -> str:
        words = data.get(language)
        title = words.get("title") if isinstance(words, dict) else None
        if not isinstance(title, str):
            message = f"The title of the letter is missing in the language of letter.{language}.docx."
            hint = f'Add a line [{language}], and under it: title = "…"'
            raise LibraryAtFault(Problem(message, self.name_of(file), hint))
        return title

    def name_of(self, file: Path) -> str:
        """What messages call a file of the library: its path inside it."""
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)

    def read(self, file: Path) -> bytes:
        """The bytes of a file of the library. Raises LibraryAtFault if it cannot be read."""
        try:
            return file.read_bytes()
        except FileNotFoundError:
            raise LibraryAtFault(
                Problem("The file is missing.", where=self.name_of(file), hint=f"It belongs in {file.parent}.")
            ) from None
        except OSError as error:
            raise LibraryAtFault(
                Problem(f"The file cannot be read: {error.strerror}.", where=self.name_of(file))
            ) from error

    def read_once(self) -> Library:
        """The same library, but each file is read only once: what was checked is what is used."""
        return _ReadOnce(self.root, signers=self.signers)

    def text(self, file: Path) -> str:
        """A text file of the library, in UTF-8. Raises LibraryAtFault."""
        try:
            return self.read(file).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise LibraryAtFault(
                Problem("The file is not UTF-8 text.", where=self.name_of(file), hint="Save it again as UTF-8.")
            ) from error

    def toml(self, file: Path) -> dict[str, Any]:
        """A TOML file of the library. Raises LibraryAtFault with everything that is not TOML, each with its line."""
        from letters.library.requester_groups import COMPARED
        from letters.library.toml import loads
        from letters.library.toml_recovery import has_conflict

        text = self.text(file)
        with suppress(RecursionError, ValueError):
            if not has_conflict(text):
                data = loads(text)
                return self._with_groups(data) if COMPARED in text else data
        found = self._recovered(file, text)
        raise LibraryAtFault(problem.within(self.name_of(file)) for problem in found.problems)

    def tables(self, file: Path) -> tuple[str, ...]:
        """The outermost tables and keys of a TOML file. Raises as `toml` does."""
        from letters.library.toml import names_in
        from letters.library.toml_recovery import has_conflict

        text = self.text(file)
        with suppress(RecursionError, ValueError):
            if not has_conflict(text):
                return names_in(text)
        return tuple(self.toml(file))

    def _with_groups(self, data: dict[str, Any]) -> dict[str, Any]:
        """The contents of a file with the kinds of requester that each group of them stands for."""
        from letters.library.requester_groups import with_members

        found: dict[str, Any] = with_members(data, self.requester_groups)
        return found

    @property
    def requester_groups(self) -> Mapping[str, list[str]]:
        """The kinds of requester in each group that rules.toml names; those shipped, if it defines no kinds."""
        from letters.library.requester_groups import groups_in

        found = None
        with suppress(LibraryAtFault, RecursionError, ValueError):
            found = groups_in(self.text(self.templates / "rules.toml"))
        if found is None:
            return {} if self.is_shipped else Library.shipped().requester_groups
        return found

    def _recovered(self, file: Path, text: str) -> Recovered:
        from letters.library.toml_recovery import recover

        try:
            return recover(text)
        except (RecursionError, ValueError) as error:  # such as a number of 5,000 digits
            message = "The file cannot be read: something in it is longer or nested deeper than any office's file."
            raise LibraryAtFault(Problem(message, self.name_of(file), code="toml")) from error

    def refuse(self, problems: Collector) -> None:
        """Raise LibraryAtFault with everything collected, if anything was.

        A library that is only read to be checked goes on with what is right: see `RecoveredLibrary`.
        """
        problems.stop_if_any(LibraryAtFault)

    def kept(
        self, what: str, make: Callable[[], _Result], is_kept: Callable[[_Result], bool] = lambda _: True
    ) -> _Result:
        """What follows from the TOML files of the library, from an earlier run if they have not changed since.

        Args:
            what: its name, which nothing else has.
            make: makes it.
            is_kept: whether to keep it for later runs.
        """
        return kept(f"{what} of {self.root}", lambda: (self._state(),), make, is_kept)

    def kept_if_right(self, what: str, read: Callable[[], tuple[_Result, Collector]]) -> tuple[_Result, Collector]:
        """The same for what has been read with the problems found in it, which are refused: see `refuse`."""
        found = self.kept(what, read, lambda found: not found[1])
        self.refuse(found[1])
        return found

    def _state(self) -> bytes:
        """A digest of what the TOML files of the office say, besides samples, and of which files its kinds have.

        For a library that leaves out what the shipped one has, that of the shipped one as well.
        """
        digest = blake2b(digest_size=16)
        for piece in self._stated():
            digest.update(b"%d:" % len(piece))
            digest.update(piece)
        if not self.is_shipped:
            digest.update(Library.shipped()._state())
        return digest.digest()

    def _stated(self) -> Iterator[bytes]:
        own = self.prompts, self.templates
        for folder in (*own, *sorted(file.parent for file in self.templates.glob("*/kind.toml"))):
            for name in _names_in(folder):
                yield f"{folder.name}/{name}".encode(errors="surrogatepass")
                if name == "kind.toml" or (folder in own and name.endswith(".toml")):
                    with suppress(LibraryAtFault):  # reported where it is read
                        yield self.read(folder / name)

    def answers(self, file: Path) -> Answers:
        """An answers file of the library, such as a sample. Raises InvalidAnswers or LibraryAtFault."""
        from letters.library.answers import parse_answers

        return parse_answers(self.read(file), self.name_of(file))

    def lost(self, file: Path) -> bool:
        """Whether something in a file was left out because it cannot be read: only in a library that is checked."""
        return False


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(file.name for file in folder.iterdir())
    except OSError:  # what is missing is reported by what needs it
        return []


class _ReadOnce(Library, frozen=True, dict=True):
    @lazy_property
    def _first_state(self) -> bytes:
        return self._state()

    def kept(
        self, what: str, make: Callable[[], _Result], is_kept: Callable[[_Result], bool] = lambda _: True
    ) -> _Result:
        states = iter((lambda: self._first_state, self._state))  # the files may have changed while it is made
        return kept(f"{what} of {self.root}", lambda: (next(states)(),), make, is_kept)

    @lazy_property
    def _contents(self) -> dict[Path, bytes]:
        return {}

    def read(self, file: Path) -> bytes:
        if file not in self._contents:
            self._contents[file] = super().read(file)
        return self._contents[file]

    @lazy_property
    def _texts(self) -> dict[Path, tuple[bytes, str]]:
        return {}

    def text(self, file: Path) -> str:
        data = self.read(file)
        known = self._texts.get(file)
        if known is None or known[0] is not data:
            known = self._texts[file] = data, super().text(file)
        return known[1]

    @lazy_property
    def requester_groups(self) -> Mapping[str, list[str]]:
        return super().requester_groups

    @lazy_property
    def _enclosures(self) -> dict[str, tuple[str, ...]]:
        return {}

    def enclosures(self, kind: str) -> tuple[str, ...]:
        if kind not in self._enclosures:
            self._enclosures[kind] = super().enclosures(kind)
        return self._enclosures[kind]


class RecoveredLibrary(_ReadOnce, frozen=True, dict=True):
    """A library that is read only to be checked: each mistake is recorded, and the rest is read as if it were right.

    No letter is made from it.
    """

    @lazy_property
    def problems(self) -> list[Problem]:
        """Every mistake found so far."""
        return []

    @lazy_property
    def _lost(self) -> set[Path]:
        return set()

    def read_once(self) -> Library:
        return self

    def kept(
        self, what: str, make: Callable[[], _Result], is_kept: Callable[[_Result], bool] = lambda _: True
    ) -> _Result:
        return make()  # so that every mistake is found again

    def refuse(self, problems: Collector) -> None:
        self.problems.extend(problems)

    def lost(self, file: Path) -> bool:
        return file in self._lost

    @lazy_property
    def _corrected(self) -> dict[Path, dict[str, Any]]:
        return {}

    def toml(self, file: Path) -> dict[str, Any]:
        from copy import deepcopy

        if file in self._corrected:
            return deepcopy(self._corrected[file])
        try:
            return super().toml(file)
        except LibraryAtFault as error:
            try:
                found = self._recovered(file, self.text(file))
            except LibraryAtFault:  # it is missing
                self._lost.add(file)
                raise
            self.problems.extend(error.problems)
            if not found.is_whole:
                self._lost.add(file)
            self._corrected[file] = self._with_groups(found.data)
            return deepcopy(self._corrected[file])

    def text(self, file: Path) -> str:
        try:
            return super().text(file)
        except LibraryAtFault as error:
            if (data := self._contents.get(file)) is None:
                raise
            self.problems.extend(error.problems)  # told once: from here on it is read as what it probably is
            words = _decoded(data)
            self._contents[file] = words.encode()
            return words

    def unread(self) -> Iterator[Path]:
        """The TOML files that nothing has asked for so far, such as the samples of a library without any law."""
        for folder in (self.templates, self.prompts):
            yield from (file for file in sorted(folder.rglob("*.toml")) if file not in self._contents)

    def answers(self, file: Path) -> Answers:
        try:
            return super().answers(file)
        except InvalidAnswers as error:
            self.problems.extend(error.problems)
            self._lost.add(file)
            try:
                return self._recovered(file, self.text(file)).data
            except LibraryAtFault:
                return {}

    def _kind(self, file: Path) -> Kind:
        try:
            return super()._kind(file)
        except LibraryAtFault as error:
            self.problems.extend(error.problems)
            name = file.parent.name
            return Kind(name, name, name, name, 99, file.parent, self.translations(name))


def _decoded(data: bytes) -> str:
    """A text that is not all in UTF-8: what is not, is read as what Windows writes."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    words = data.decode("utf-8-sig", "surrogateescape")
    return re.sub(r"[\udc80-\udcff]", lambda found: bytes([ord(found[0]) & 0xFF]).decode("cp1252", "replace"), words)


def shipped_examples() -> Path:
    """The folder with the libraries of the example offices."""
    return _shipped() / "examples"


def _shipped() -> Path:
    """The shipped library: inside the installed package, or around the package in a checkout."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent
